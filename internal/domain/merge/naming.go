package merge

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/transfer"
	"pupitre/internal/platform/db"
)

// most is how many changes a refusal names.
const most = 5

// naming says what has changed, each thing once.
func (m Merged) naming(ctx context.Context, r db.Reader, by actor.Actor, changed []transfer.Turned) ([]string, error) {
	var ids []string
	for _, t := range changed {
		ids = append(ids, t.Column("pupil_id"), t.Column("id"))
	}
	pupils, err := people.PupilsByID(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	w, err := paperNames(ctx, r)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, t := range changed {
		name := m.nameOf(t, pupils, w)
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if rest := len(names) - most; rest > 0 {
		names = append(names[:most:most], fmt.Sprintf("%d autres choses", rest))
	}
	return names, nil
}

func (m Merged) nameOf(t transfer.Turned, pupils map[string]people.Pupil, papers map[string]string) string {
	pupil := pupils[t.Column("pupil_id")].FullName()
	switch t.Table {
	case "household", "household_payment_mean":
		return "l’adresse ou la facturation du foyer"
	case "guardian":
		return "le responsable " + people.Guardian{FirstName: t.Column("first_name"), LastName: t.Column("last_name")}.FullName()
	case "pupil":
		return "la fiche de " + people.Pupil{FirstName: t.Column("first_name"), LastName: t.Column("last_name")}.FullName()
	case "pupil_household":
		return "les foyers de " + pupil
	case "pupil_season", "pupil_course_now":
		return "le niveau ou les réponses de " + pupil
	case "pupil_note":
		return "la remarque sur " + pupil
	case "dossier":
		if n, err := strconv.Atoi(t.Column("number")); err == nil {
			return fmt.Sprintf("le dossier D-%04d", n)
		}
		return "un dossier"
	case "deposit":
		name := papers[t.Column("paper_code")]
		if name == "" {
			name = t.Column("paper_code")
		}
		return "la pièce « " + name + " »"
	case "account":
		return "l’identifiant " + t.Column("login")
	case "application":
		return "la pré-inscription"
	case "household_apart":
		return "ce qui a été dit des foyers qui ressemblent"
	case "household_change":
		return "un changement à vérifier"
	case "invoice", "invoice_line":
		return "une facture"
	case "instalment", "payment", "allocation":
		return "un paiement ou une échéance"
	case "quotient":
		return "un quotient familial"
	case "reminder":
		return "une relance"
	case "pupil_billing", "cost_share":
		return "la facturation de " + pupil
	case notices:
		return "un message de l’école"
	case "imported":
		return "ce que l’import sait du foyer"
	default:
		return "le passage à la saison suivante"
	}
}
