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
	if elsewhere, err := p.ofAnotherSeason(v); err != nil || elsewhere {
		return err
	}
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

// ofAnotherSeason sends the visit to the journal of a dossier that is not of the
// current season: it is read, and decided no more.
func (p *Pages) ofAnotherSeason(v *door.Visit) (bool, error) {
	d, err := enrolment.DossierByID(v.Ctx(), p.Store, v.Actor, v.PathValue("id"))
	if err != nil || d.Season == v.Season.ID {
		return false, err
	}
	s, err := school.SeasonByID(v.Ctx(), p.Store, d.Season)
	if err != nil {
		return false, err
	}
	return true, v.Redirect("/bureau/dossiers/"+d.ID+"/journal", ui.Flash{Title: "Dossier de la saison " + s.Name, Text: "Il se lit encore, il ne se décide plus."})
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
	if page.Today, err = report.AnsweredSince(ctx, p.Store, v.Actor, v.Now); err != nil {
		return page, err
	}
	if page.Places, err = enrolment.PlacesNow(ctx, p.Store, v.Season); err != nil {
		return page, err
	}
	if page.Siblings, _, err = p.pupilsOf(v, page.D.Household); err != nil {
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

func isPicture(d document.Deposit) bool { return d.MediaType != "application/pdf" }

func fileURL(d document.Deposit) string { return "/pieces/" + d.ID }

func selected(yes bool) templ.Attributes {
	if !yes {
		return nil
	}
	return templ.Attributes{"aria-current": "true"}
}
