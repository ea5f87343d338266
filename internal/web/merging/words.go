package merging

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/merge"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/french"
)

// row is one thing of the two households, side by side.
type row struct {
	label      string
	kept, lost []string
}

func rows(v merge.Preview) []row {
	both := func(label string, of func(merge.Side) []string) row { return row{label, of(v.Kept), of(v.Lost)} }
	return []row{
		both("Responsables", responsibles),
		both("Adresse", func(s merge.Side) []string {
			return some(s.Address, s.AddressExtra, strings.TrimSpace(s.Postcode+" "+s.Town))
		}),
		both("Identifiant", func(s merge.Side) []string { return some(s.Account.Login) }),
		both("Élèves", func(s merge.Side) []string { return pupils(s.Pupils) }),
		both("Dossiers", func(s merge.Side) []string { return dossiers(v, s.Dossiers) }),
		both("Mails et journal", func(s merge.Side) []string {
			return some(french.Count(int64(s.Mails), "message", "messages"), french.Count(int64(s.Lines), "ligne de journal", "lignes de journal"))
		}),
	}
}

func some(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}

func responsibles(s merge.Side) []string {
	var all []string
	for _, g := range s.Guardians {
		all = append(all, strings.Join(some(g.FullName(), french.Phone(or(g.Mobile, g.Phone)), g.Email), ", "))
	}
	return all
}

func pupils(all []people.Pupil) []string {
	var names []string
	for _, p := range all {
		names = append(names, strings.Join(some(p.FullName(), french.CivilDate(p.BirthDate)), ", "))
	}
	return names
}

// dossiers names those of the season that families register for.
func dossiers(v merge.Preview, all []enrolment.Dossier) []string {
	var names []string
	for _, d := range all {
		if d.Season == v.Season() {
			names = append(names, dossier(v, d))
		}
	}
	return names
}

func dossier(v merge.Preview, d enrolment.Dossier) string {
	said := []string{d.Label(), v.PupilName(d.Pupil), d.State.French()}
	if d.Rank > 0 {
		said = append(said, "rang "+strconv.FormatInt(d.Rank, 10))
	}
	return strings.Join(some(said...), ", ")
}

// dossiersOf are those of the lost household, which change hands.
func dossiersOf(v merge.Preview) []string { return dossiers(v, v.Lost.Dossiers) }

func twinLabel(t merge.Twin) string {
	return strings.Join(some(t.Kept.FullName(), french.CivilDate(t.Kept.BirthDate)), ", ") + ", et " + strings.Join(some(t.Lost.FullName(), french.CivilDate(t.Lost.BirthDate)), ", ")
}

func taken(f merge.Field) string {
	if f.Take {
		return merge.OfLost
	}
	return merge.OfKept
}

// value is a value as one reads it.
func value(f merge.Field, v string) string {
	if strings.HasPrefix(f.Name, "mobile") || strings.HasPrefix(f.Name, "fixe") {
		return french.Phone(v)
	}
	return v
}

func outdone(o merge.Outdone) string {
	name := o.Paper
	if o.Pupil != "" {
		name += ", " + o.Pupil
	}
	said := func(d document.Deposit) string {
		return strings.ToLower(d.State.French()) + " le " + french.ShortDate(d.DepositedAt)
	}
	return fmt.Sprintf("%s"+french.Nbsp+": le document %s reste, celui %s devient une version antérieure.", name, said(o.Stays), said(o.Older))
}

// signingIn says which identifiant goes on, what becomes of the other, and where mails go.
func signingIn(v merge.Preview) []string {
	goesOn, shut := v.Account()
	var all []string
	switch {
	case shut.ID != "":
		all = append(all, "L’identifiant "+goesOn.Login+" continue, avec son mot de passe. "+shut.Login+" ne sert plus"+french.Nbsp+": ses sessions se terminent, il n’ouvre plus rien et personne ne peut le reprendre. Dites-le à la famille («\u202fLettre d’identifiant\u202f» ou «\u202fIdentifiant par mail\u202f», sur la page du foyer).")
	case goesOn.ID != "":
		all = append(all, "L’identifiant "+goesOn.Login+" ouvre le foyer.")
	}
	to, no := v.Mails()
	if len(to) > 0 {
		all = append(all, "Les mails de l’école partent à "+french.List(to)+".")
	} else {
		all = append(all, "Aucune adresse mail"+french.Nbsp+": la famille est à appeler.")
	}
	if len(no) > 0 {
		all = append(all, french.Sentence(french.List(no))+" n’en "+french.Noun(int64(len(no)), "reçoit", "reçoivent")+" plus.")
	}
	return all
}

// placeOf is where an obstacle is removed.
func placeOf(o merge.Obstacle) string {
	switch o.At {
	case merge.AtHousehold:
		return familyURL(o.ID)
	case merge.AtPupil:
		return "/bureau/eleves/" + url.PathEscape(o.ID) + "/foyers"
	case merge.AtDossier:
		return "/bureau/dossiers/" + url.PathEscape(o.ID)
	default:
		return "/bureau/pre-inscriptions"
	}
}

// exchanged is the same page with the other household kept.
func exchanged(p page) string {
	return familyURL(p.H.ID) + "/fusion?" + url.Values{fieldWith: {p.With}, fieldKept: {p.V.Lost.ID}}.Encode()
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
