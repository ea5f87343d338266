package office

import (
	"net/http"
	"slices"
	"strings"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
	"pupitre/internal/web/upload"
)

// fieldChecked says that the paper was looked at over the counter.
const fieldChecked = "verifie"

// depositPage imports a paper that a family has handed over the counter.
type depositPage struct {
	ui.Base
	upload.Form
	H       people.Household
	Checked bool
	Back    string
}

// importURL opens the import of a paper for its household; suite is the page
// that follows.
func importURL(household, paper, pupil, suite string) string {
	return link(familyURL(household)+"/importer", "document", paper, "eleve", pupil, "suite", suite)
}

func familyURL(household string) string { return "/bureau/familles/" + household }

// importWord is what importing the paper does.
func importWord(s enrolment.PaperStatus) string {
	if s.Deposit.ID == "" {
		return "Importer"
	}
	return "Remplacer"
}

// ShowDeposit asks for a document; ?document=code&eleve=id chooses it.
func (p *Pages) ShowDeposit(v *door.Visit) error {
	page, err := p.deposit(v)
	if err != nil {
		return err
	}
	return p.showDeposit(v, http.StatusOK, page, upload.Value(v.Query("document"), v.Query("eleve")), nil)
}

// SendDeposit hands the paper in for the family; looked at already, it is
// validated in the same act.
func (p *Pages) SendDeposit(v *door.Visit) error {
	page, err := p.deposit(v)
	if err != nil {
		return err
	}
	before, err := enrolment.DossiersOf(v.Ctx(), p.Store, v.Actor, page.H.ID)
	if err != nil {
		return err
	}
	sent, form, err := upload.Read(v, page.Papers, upload.Value(v.Query("document"), v.Query("eleve")))
	page.Checked = form.Has(fieldChecked)
	if err == nil {
		err = sent.HandIn(v, p.uploads, page.H.ID, page.Checked)
	}
	if invalid, status := upload.Refusal(v, err); invalid != nil {
		return p.showDeposit(v, status, page, sent.Chosen, invalid)
	}
	if err != nil {
		return err
	}
	flash := done(sent.Name+" importé", "Il reste à le vérifier.")
	if page.Checked {
		flash = done(sent.Name+" importé et validé", "")
	}
	return v.Redirect(page.Back, append([]ui.Flash{flash}, p.followed(v, page.H.ID, before)...)...)
}

func (p *Pages) deposit(v *door.Visit) (page depositPage, err error) {
	if page.H, err = people.HouseholdByID(v.Ctx(), p.Store, v.Actor, v.PathValue("household")); err != nil {
		return page, err
	}
	if page.Papers, err = enrolment.PapersAsked(v.Ctx(), p.Store, v.Actor, page.H.ID); err != nil {
		return page, err
	}
	if page.Papers, err = p.papersSeen(v, page.Papers); err != nil {
		return page, err
	}
	page.Back = familyURL(page.H.ID)
	if suite := v.Query("suite"); door.IsLocal(suite) {
		page.Back = suite
	}
	page.Base, err = p.base(v, "Importer un document, "+page.H.Name())
	page.Base.Path = familiesPath
	return page, err
}

// papersSeen leaves out the papers of pupils whom the visitor does not see.
func (p *Pages) papersSeen(v *door.Visit, papers []enrolment.PaperAsked) ([]enrolment.PaperAsked, error) {
	var pupils []string
	for _, paper := range papers {
		pupils = append(pupils, paper.Pupil.ID)
	}
	seen, err := report.PupilsSeen(v.Ctx(), p.Store, v.Actor, pupils)
	return slices.DeleteFunc(papers, func(paper enrolment.PaperAsked) bool { return paper.Pupil.ID != "" && !seen[paper.Pupil.ID] }), err
}

func (p *Pages) showDeposit(v *door.Visit, status int, page depositPage, chosen string, invalid *fault.Invalid) error {
	paper, pupil := upload.Split(chosen)
	page.Action = importURL(page.H.ID, paper, pupil, v.Query("suite"))
	page.Chosen, page.Invalid, page.Base = chosen, invalid, withErrors(page.Base, invalid)
	page.Note = "La famille le voit dans ses documents, « déposé par l’école »."
	return v.Show(status, depositView(page))
}

// backWord is what the page's way back leads to.
func (d depositPage) backWord() string {
	switch {
	case strings.HasPrefix(d.Back, familyURL(d.H.ID)+"/importer"):
		return "Passer ce document"
	case strings.HasPrefix(d.Back, "/bureau/dossiers/"):
		return "Dossier"
	default:
		return "Famille " + d.H.Name()
	}
}

// followed says which dossiers of the household an act has made complete, and
// which now lack a paper. An error here costs the message alone, since what was
// done is done.
func (p *Pages) followed(v *door.Visit, household string, before map[string]enrolment.Dossier) []ui.Flash {
	after, err := enrolment.DossiersOf(v.Ctx(), p.Store, v.Actor, household)
	if err != nil {
		return nil
	}
	mail := p.mailOrCall(v, household, "La famille reçoit un mail.")
	var flashes []ui.Flash
	for pupil, is := range after {
		was := before[pupil]
		switch {
		case is.Household != household:
		case is.Rank > 0 && is.Rank != was.Rank:
			flashes = append(flashes, done(is.Label()+" est complet", "Rang "+itoa(is.Rank)+", reçu le "+french.MomentSecond(is.CompleteAt)+". "+mail))
		case is.State == enrolment.PaperRefused && was.State != enrolment.PaperRefused:
			flashes = append(flashes, ui.Flash{Kind: ui.MessageTodo, Title: "Une pièce devient obligatoire pour " + is.Label(),
				Text: mail + " Rang et places sont gardés jusqu’au " + french.Moment(is.HoldUntil) + "."})
		case is.State == enrolment.Complete && was.State == enrolment.PaperRefused:
			flashes = append(flashes, done("Plus rien ne manque à "+is.Label(), "Rang et places sont gardés."))
		}
	}
	slices.SortFunc(flashes, func(a, b ui.Flash) int { return strings.Compare(a.Title, b.Title) })
	return flashes
}

// importAll leads through the import of each paper, one after the other, to the
// page that follows.
func importAll(d enrolment.Dossier, papers []document.Paper, suite string) string {
	for _, paper := range slices.Backward(papers) {
		pupil := ""
		if paper.Audience == document.OfPupil {
			pupil = d.Pupil
		}
		suite = importURL(d.Household, paper.Code, pupil, suite)
	}
	return suite
}
