package billing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/ui"
)

// turning suspends a run, or resumes it.
type turning = func(ctx context.Context, a actor.Actor, run string) error

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// these is « cette facture », « ces 9 ».
func these(n int64) string {
	if n == 1 {
		return "celle-ci"
	}
	return "ces " + itoa(n)
}

func (c controlPage) again() templ.Attributes {
	if !c.running() {
		return templ.Attributes{}
	}
	return templ.Attributes{"hx-get": issuePath + "/avancement", "hx-trigger": "every 1s", "hx-swap": "outerHTML"}
}

func (c controlPage) runTitle() string {
	switch {
	case c.Run.Suspended():
		return "Émission suspendue"
	case c.Run.UnderWay():
		return "Émission en cours"
	default:
		return "Dernière émission"
	}
}

// runWords say what the run has done.
func (c controlPage) runWords() string {
	made := french.Count(c.Run.Made, "facture émise", "factures émises")
	switch {
	case c.Run.Suspended():
		return made + ". Les autres attendent."
	case c.Run.UnderWay():
		return made + ", numérotées sans trou. Vous pouvez quitter cette page."
	default:
		return made + " le " + french.Moment(c.Run.EndedAt) + ", " + c.Run.Said + ", par " + c.Run.AskedBy + "."
	}
}

// standState shows how an invoice stands.
func standState(s billing.Stand) (ui.StateKind, string) {
	switch s {
	case billing.Late:
		return ui.StateTodo, "En retard"
	case billing.ToPay:
		return ui.StateChecking, "À payer"
	case billing.Settled:
		return ui.StateDone, "Soldée"
	case billing.Cancelled:
		return ui.StateRejected, "Annulée"
	case billing.Notes:
		return ui.StateNone, "Avoir"
	default:
		return ui.StateChecking, "Émise"
	}
}

func day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("02/01/2006")
}

func feminine(i billing.Invoice) string {
	if i.Series == billing.Invoices {
		return "e"
	}
	return ""
}

func article(i billing.Invoice) string {
	if i.Series == billing.Invoices {
		return "la facture"
	}
	return "l’avoir"
}

func otherWords(i invoicePage) string {
	if i.Series == billing.Invoices {
		return "Annulée par l’avoir " + i.Other.Label()
	}
	return "Annule la facture " + i.Other.Label()
}

// wayWords names a means where there is little room.
func wayWords(w billing.Way, issuer string) string {
	if w == billing.Voucher {
		return strings.TrimSpace("Titres " + issuer)
	}
	return french.Sentence(w.French())
}

// typedEuros is an amount as one types it.
func typedEuros(cents int64) string { return fmt.Sprintf("%d,%02d", cents/100, cents%100) }

func joined(words []string) string {
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), ", ")
}

func modeOptions(modes []school.BillingMode) (all []ui.Option) {
	for _, m := range modes {
		all = append(all, ui.Option{Value: itoa(m.Code), Label: m.Name})
	}
	return all
}

// refundWays are how money is given back.
var refundWays = []billing.Way{billing.Transfer, billing.Cheque, billing.Cash}

func wayOptions(ways []billing.Way) (all []ui.Option) {
	for _, w := range ways {
		all = append(all, ui.Option{Value: string(w), Label: french.Sentence(w.French())})
	}
	return all
}

// standOf is how an invoice of an account stands, whatever is paid of it.
func standOf(i billing.Invoice) billing.Stand {
	switch {
	case i.Series == billing.CreditNotes:
		return billing.Notes
	case i.CancelledBy != "":
		return billing.Cancelled
	default:
		return billing.AnyStand
	}
}

func (e entryPage) rows() []ui.RecapRow {
	rows := []ui.RecapRow{
		{Term: "Montant", Text: french.Euros(e.Amount)}, {Term: "Moyen", Text: french.Sentence(e.Way.French())}, {Term: "Date", Text: french.CivilDate(e.On)},
		{Term: "Banque", Text: e.Bank}, {Term: "À remettre à partir du", Text: french.CivilDate(e.DepositOn)}, {Term: "Numéro ou référence", Text: e.Reference}, {Term: "Remboursé par", Text: e.Issuer}, {Term: "Motif", Text: e.Entry.Reason},
		{Term: "Saisi", Text: "le " + french.Moment(e.At) + " par " + e.By},
	}
	return slices.DeleteFunc(rows, func(r ui.RecapRow) bool { return r.Text == "" })
}

func (e entryPage) kinds() []ui.Option {
	all := []ui.Option{{Value: string(billing.Bounced), Label: "La banque l’a rendu impayé"}, {Value: string(billing.Corrected), Label: "Cette écriture était une erreur"}}
	if !e.mayBounce() {
		all = all[1:]
	}
	return all
}
