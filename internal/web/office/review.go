package office

import (
	"slices"

	"github.com/a-h/templ"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// reviewPage is one dossier side by side with its papers.
type reviewPage struct {
	ui.Base
	D        enrolment.Dossier
	Reg      enrolment.Registration
	Group    report.Group
	Position report.Position
	Today    int64
	Places   map[string]enrolment.Places
	Siblings []people.Pupil
	Shown    *enrolment.PaperStatus
	Versions []document.Deposit // of the paper shown, newest first
	Turn     int64              // quarter turns of a picture
	Large    bool
	Days     int64 // of the delay of a refused paper
	Unready  []string
	Answer   enrolment.Standing // that can still be taken back; its Version is 0 without one
	Refusal  enrolment.Standing // of the paper shown, the same
	Typed    typed
}

// typed is what a refused decision had in its form.
type typed struct {
	Act     string // refuser, sans-valeur, confirmer, refuser-dossier, renoncement
	Reason  string
	Text    string
	Invalid *fault.Invalid
}

// Review shows a dossier: papers and places on the left, the document in the
// middle, the decision on the right.
func (p *Pages) Review(v *door.Visit) error {
	page, err := p.review(v, v.PathValue("id"), v.Query("piece"), report.GroupNamed(v.Query("file")))
	if err != nil {
		return err
	}
	if n := v.Query("tour"); n == "1" || n == "2" || n == "3" {
		page.Turn = int64(n[0] - '0')
	}
	page.Large = v.Query("grand") == "oui"
	return page.show(v)
}

func (r reviewPage) show(v *door.Visit) error {
	r.Base = withErrors(r.Base, r.Typed.Invalid)
	return v.Show(status(r.Typed.Invalid), review(r))
}

// review reads all that the page shows; piece is the deposit to show, or "".
func (p *Pages) review(v *door.Visit, id, piece string, group report.Group) (page reviewPage, err error) {
	ctx := v.Ctx()
	if page.D, err = enrolment.DossierByID(ctx, p.Store, v.Actor, id); err != nil {
		return page, err
	}
	page.Group = group
	if page.Reg, err = enrolment.RegistrationOf(ctx, p.Store, v.Actor, page.D.Pupil); err != nil {
		return page, err
	}
	if page.Base, err = p.base(v, page.Reg.Pupil.FullName()+", "+page.D.Label()); err != nil {
		return page, err
	}
	if page.Position, err = report.PositionOf(ctx, p.Store, v.Actor, v.Season.ID, group, page.D); err != nil {
		return page, err
	}
	if page.Today, err = report.AnsweredSince(ctx, p.Store, v.Now); err != nil {
		return page, err
	}
	if page.Places, err = enrolment.PlacesOf(ctx, p.Store, v.Season.ID); err != nil {
		return page, err
	}
	if page.Siblings, err = people.PupilsOf(ctx, p.Store, page.D.Household); err != nil {
		return page, err
	}
	if page.Answer, _, err = enrolment.AnswerStanding(ctx, p.Store, id, v.Now); err != nil {
		return page, err
	}
	page.Days = v.School.PaperDays
	page.Unready = page.unvalidated()
	if err := p.showPaper(v, &page, piece); err != nil {
		return page, err
	}
	page.Office.FullWidth = true
	page.Office.Bar = reviewBar(page)
	page.Office.Keys = reviewKeys()
	page.Base.Path = "/bureau/dossiers"
	return page, nil
}

func reviewKeys() []ui.KeyEntry {
	return []ui.KeyEntry{
		{Keys: []string{"V"}, Text: "valider la pièce, puis confirmer l’inscription"},
		{Keys: []string{"1", "4"}, Text: "choisir le motif d’un refus"},
		{Keys: []string{"R"}, Text: "refuser la pièce"},
		{Keys: []string{"U"}, Text: "annuler la dernière décision, avant que son mail ne parte"},
		{Keys: []string{"J", "K"}, Text: "dossier suivant, précédent"},
	}
}

// showPaper chooses the paper to show: the one asked for, else the first to
// check, else the first that was deposited.
func (p *Pages) showPaper(v *door.Visit, page *reviewPage, piece string) (err error) {
	papers := page.Reg.Papers
	at := slices.IndexFunc(papers, func(s enrolment.PaperStatus) bool { return piece != "" && s.Deposit.ID == piece })
	if at < 0 {
		at = slices.IndexFunc(papers, func(s enrolment.PaperStatus) bool { return s.Deposit.State == document.Provided })
	}
	if at < 0 {
		at = slices.IndexFunc(papers, func(s enrolment.PaperStatus) bool { return s.Deposit.ID != "" })
	}
	if at < 0 {
		return nil
	}
	page.Shown = &papers[at]
	if page.Refusal, _, err = enrolment.AnswerStanding(v.Ctx(), p.Store, page.Shown.Deposit.ID, v.Now); err != nil {
		return err
	}
	page.Versions, err = document.Versions(v.Ctx(), p.Store, v.Actor, document.Slot{
		Household: page.Shown.Deposit.Household, Pupil: page.Shown.Deposit.Pupil, Paper: page.Shown.Paper.Code,
	})
	return err
}

// unvalidated names the required papers that are not « Validé ».
func (r reviewPage) unvalidated() []string {
	var names []string
	for _, s := range r.Reg.Papers {
		if s.Paper.Required && s.Deposit.State != document.Validated {
			names = append(names, s.Paper.Name)
		}
	}
	return names
}

// step is what the dossier waits for, once the papers are looked at.
type step string

const (
	stepNone    step = ""        // nothing that the office decides now
	stepPapers  step = "papers"  // required papers are not all validated
	stepType    step = "type"    // the paper form is to be typed in
	stepConfirm step = "confirm" // « Confirmer l’inscription »
	stepList    step = "list"    // « Mettre en liste d’attente », or a part with a reason
	stepPart    step = "part"    // on the list already: a part with a reason
)

func (r reviewPage) step() step {
	d := r.D
	if d.State == enrolment.Received && d.OnPaperForm {
		return stepType
	}
	if d.State != enrolment.Complete && d.State != enrolment.OnList {
		return stepNone
	}
	if d.OnPaperForm {
		return stepType
	}
	if len(r.Unready) > 0 {
		return stepPapers
	}
	switch {
	case r.placed() == len(d.Choice) && len(r.Reg.Requests) == len(d.Choice):
		return stepConfirm
	case d.State == enrolment.OnList:
		return stepPart
	default:
		return stepList
	}
}

// placed counts the courses that have their place.
func (r reviewPage) placed() int {
	n := 0
	for _, q := range r.Reg.Requests {
		if q.State == enrolment.Place {
			n++
		}
	}
	return n
}

// toCheck tells whether the paper shown waits for a decision.
func (r reviewPage) toCheck() bool {
	return r.Shown != nil && r.Shown.Deposit.State == document.Provided
}

// url is this page with a deposit shown.
func (r reviewPage) url(pairs ...string) string {
	group := string(r.Group)
	if r.Group == report.ToCheck {
		group = ""
	}
	return link("/bureau/dossiers/"+r.D.ID, append([]string{"file", group}, pairs...)...)
}

// act is the address of a decision about the paper shown.
func (r reviewPage) act(name string) string {
	return "/bureau/dossiers/" + r.D.ID + "/pieces/" + r.Shown.Deposit.ID + "/" + name
}

// importURL imports the paper for the family, and comes back here.
func (r reviewPage) importURL(s enrolment.PaperStatus) string {
	pupil := ""
	if s.Paper.Audience == document.OfPupil {
		pupil = r.D.Pupil
	}
	return importURL(r.D.Household, s.Paper.Code, pupil, r.url())
}

func (r reviewPage) neighbourURL(n report.Neighbour) string { return dossierURL(n.ID, r.Group) }

func (r reviewPage) queueURL() string {
	group := string(r.Group)
	if r.Group == report.ToCheck {
		group = ""
	}
	return link("/bureau/dossiers", "file", group)
}

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
func isPicture(d document.Deposit) bool { return d.MediaType != "application/pdf" }

func fileURL(d document.Deposit) string { return "/pieces/" + d.ID }

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
		return reached(r.Reg.Household, "La famille reçoit un mail avec le motif.") + " Le rang n’est pas touché. " + r.Shown.Paper.Consequence
	}
	told := reached(r.Reg.Household, "La famille reçoit un mail avec le motif et un lien direct pour remplacer la pièce.")
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

func selected(yes bool) templ.Attributes {
	if !yes {
		return nil
	}
	return templ.Attributes{"aria-current": "true"}
}
