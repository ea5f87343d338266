package office

import (
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/ui"
)

// where says « 4 sur 84, 12 traités aujourd’hui ».
func (r reviewPage) where() string {
	answered := french.Count(r.Today, "traité aujourd’hui", "traités aujourd’hui")
	if !r.Position.Inside {
		return french.Count(r.Position.Total, "dossier", "dossiers") + " dans la file, " + answered
	}
	return itoa(r.Position.At) + " sur " + itoa(r.Position.Total) + ", " + answered
}

// standing is the line under the name: rank, time, badges.
func (r reviewPage) standing() string {
	s := r.D.Label()
	if r.D.Rank > 0 {
		s += " · rang " + itoa(r.D.Rank)
	}
	return s + " · " + r.D.State.French()
}

func (r reviewPage) badges() []string {
	row := report.Row{State: r.D.State, OnPaperForm: r.D.OnPaperForm, ReceivedOnPaperAt: r.D.ReceivedOnPaperAt, WithdrawalAskedAt: r.D.WithdrawalAskedAt}
	for _, q := range r.Reg.Requests {
		row.Jumped = row.Jumped || q.Jumped > 0
	}
	badges := row.Badges()
	if !r.D.HoldUntil.IsZero() {
		badges = append(badges, "délai jusqu’au "+french.Moment(r.D.HoldUntil))
	}
	return badges
}

func (r reviewPage) level() string {
	return school.LevelWords(school.Level(r.Reg.InSeason.Level), school.Level(r.Reg.Pupil.LevelNow))
}

// count is how the offering stands, for its noteheads.
func placeCount(p enrolment.Places) ui.PlaceCount {
	return ui.PlaceCount{
		Confirmed: int(p.Confirmed), ToVerify: int(p.Taken - p.Confirmed - p.Offered), Offered: int(p.Offered),
		Free: int(p.Capacity - p.Taken), Waiting: int(p.Waiting),
	}
}

// taken says « 9 prises sur 10 ».
func taken(p enrolment.Places) string {
	return french.Count(p.Taken, "prise", "prises") + " sur " + itoa(p.Capacity)
}

// placeNote follows the standing of a request: « 9 prises sur 10 ».
func placeNote(q enrolment.RequestView, p enrolment.Places) string {
	note := taken(p)
	if q.Jumped > 0 {
		note += ", hors de l’ordre"
	}
	return note
}

func paperNote(s enrolment.PaperStatus) string {
	d := s.Deposit
	switch d.State {
	case document.Validated:
		return "validé le " + french.ShortMoment(d.ReviewedAt) + byWhom(d.ReviewedBy)
	case document.Refused:
		return "refusé" + byWhom(d.ReviewedBy) + "\u202f: " + d.Reason
	case document.Worthless:
		return "sans valeur" + byWhom(d.ReviewedBy) + "\u202f: " + d.Reason
	default:
		return markOf(s).words
	}
}

// depositor follows the instant of a deposit: who handed it in.
func depositor(d document.Deposit) string {
	if d.ByOffice {
		return byWhom(d.DepositedBy) + " pour la famille"
	}
	return byWhom(d.DepositedBy)
}

func byWhom(name string) string {
	if name == "" {
		return ""
	}
	return ", " + name
}

// isPicture tells whether the deposit is shown as a picture, else in a frame.
// reason is one of the ready-made reasons of a refusal.
type reason struct{ Value, Label string }

var reasons = []reason{
	{"1", "Illisible ou incomplet"},
	{"2", "Trop ancien"},
	{"3", "Ce n’est pas le bon document"},
	{"4", "Autre motif…"},
}

// declared is what the family has typed that the paper should agree with.
func (r reviewPage) declared() []ui.RecapRow {
	h := r.Reg.Household
	var rows []ui.RecapRow
	for i, g := range h.Guardians {
		term := "Responsable"
		if i > 0 {
			term = "Autre responsable"
		}
		rows = append(rows, ui.RecapRow{Term: term, Text: g.FullName()})
	}
	address := h.Address
	if h.AddressExtra != "" {
		address += ", " + h.AddressExtra
	}
	rows = append(rows, ui.RecapRow{Term: "Adresse", Text: address + ", " + h.Postcode + " " + h.Town})
	if r.Shown.Paper.Condition == "debit" && h.MandateReference != "" {
		rows = append(rows, ui.RecapRow{Term: "RUM du mandat", Text: h.MandateReference})
	}
	if r.Shown.Paper.Audience == document.OfPupil {
		rows = append(rows, ui.RecapRow{Term: "Élève", Text: r.Reg.Pupil.FullName()},
			ui.RecapRow{Term: "Date de naissance", Text: or(french.CivilDate(r.Reg.Pupil.BirthDate), "–")})
	} else if len(r.Siblings) > 0 {
		var names []string
		for _, p := range r.Siblings {
			names = append(names, p.FullName())
		}
		rows = append(rows, ui.RecapRow{Term: "Élèves", Text: french.List(names)})
	}
	return rows
}

// lost says what an act that nothing takes back costs the dossier.
func (r reviewPage) lost() string {
	var places []string
	for _, q := range r.Reg.Requests {
		places = append(places, q.FullTitle()+" ("+q.Standing()+")")
	}
	switch {
	case r.D.Rank == 0:
		return "Le dossier n’a ni rang ni place."
	case len(places) == 0:
		return "Le rang " + itoa(r.D.Rank) + " est perdu."
	default:
		return "Le rang " + itoa(r.D.Rank) + " est perdu, et ses places vont aux suivants\u202f: " + french.List(places) + "."
	}
}

// consequence says what refusing the paper shown does.
func (r reviewPage) consequence() string {
	if !r.Shown.Paper.Required {
		return mailOrCall(r.Reg.Household, "La famille reçoit un mail avec le motif.") + " Le rang n’est pas touché. " + r.Shown.Paper.Consequence
	}
	told := mailOrCall(r.Reg.Household, "La famille reçoit un mail avec le motif et un lien direct pour remplacer la pièce.")
	if r.D.Rank > 0 && r.D.State != enrolment.Enrolled {
		return told + " Le rang " + itoa(r.D.Rank) +
			" et les places sont gardés " + french.Count(r.Days, "jour", "jours") + "."
	}
	return told
}

// after says what « Valider » leads to.
func (r reviewPage) after() string {
	left := 0
	for _, s := range r.Reg.Papers {
		if s.Deposit.State == document.Provided && s.Deposit.ID != r.Shown.Deposit.ID {
			left++
		}
	}
	switch {
	case left > 0:
		return "Valider ouvre la pièce suivante."
	case r.D.State == enrolment.Complete || r.D.State == enrolment.OnList:
		return "Dernière pièce de ce dossier\u202f: valider ouvre la confirmation."
	case r.Position.Next.ID != "":
		return "Valider ouvre le dossier suivant\u202f: " + r.Position.Next.FirstName + " " + r.Position.Next.LastName + "."
	default:
		return ""
	}
}
