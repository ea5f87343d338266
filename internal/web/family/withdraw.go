package family

import (
	"slices"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type withdrawPage struct {
	ui.Base
	Pupil    string
	Name     string
	New      bool   // new to the school
	Request  string // "" for the whole dossier
	Course   string
	Enrolled bool // then it is a request that the school answers
	Lost     []string
	Kept     []string
	Lacks    []string // what the formule demands and would have no more
	Reason   string
	Invalid  *fault.Invalid
}

// withdrawing reads a dossier that may be given up.
func (p *Pages) withdrawing(v *door.Visit) (r enrolment.Registration, sent bool, err error) {
	r, err = p.registration(v)
	if err != nil {
		return r, false, err
	}
	if r.Elsewhere || !r.Dossier.State.Sent() {
		return r, true, v.Redirect(wizardPath(r.Pupil.ID))
	}
	return r, false, nil
}

// ShowWithdraw says what is lost, before anything is (R33c).
func (p *Pages) ShowWithdraw(v *door.Visit) error {
	r, sent, err := p.withdrawing(v)
	if err != nil || sent {
		return err
	}
	return p.showWithdraw(v, r, v.Query("demande"), "", nil)
}

func (p *Pages) showWithdraw(v *door.Visit, r enrolment.Registration, request, reason string, invalid *fault.Invalid) error {
	page := withdrawPage{
		Base: invalidBase(v, "Renoncer", invalid), Pupil: r.Pupil.ID, Name: called(r.Pupil), New: isNew(r.Pupil, r.Season), Request: request,
		Enrolled: r.Dossier.State == enrolment.Enrolled, Reason: reason, Invalid: invalid,
	}
	found, rest := request == "", r.Dossier.Choice
	for _, q := range r.Requests {
		what := q.FullTitle() + ", " + q.Standing()
		if request == "" || q.ID == request {
			page.Lost = append(page.Lost, what)
		} else {
			page.Kept = append(page.Kept, what)
		}
		if q.ID == request {
			found, page.Course = true, q.FullTitle()
			given := catalogue.Wish{Course: q.CourseID, Semester: q.Semester}
			rest = slices.DeleteFunc(slices.Clone(rest), func(w catalogue.Wish) bool { return w == given })
		}
	}
	if !found {
		return fault.ErrNotFound
	}
	if len(page.Kept) > 0 && !r.Dossier.OnPaperForm {
		page.Lacks = lacksOf(r, rest)
	}
	if len(page.Kept) == 0 && r.Dossier.Rank > 0 && v.School.RankShown {
		page.Lost = append(page.Lost, "Votre rang, le "+french.Ordinal(r.Dossier.Rank))
	}
	return v.Show(status(page.Base), withdrawView(page))
}

// SendWithdraw gives up a course or the whole dossier; after « inscrit » it asks the school.
func (p *Pages) SendWithdraw(v *door.Visit) error {
	r, sent, err := p.withdrawing(v)
	if err != nil || sent {
		return err
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	var c fault.Check
	reason := form.Optional(&c, "raison", 500)
	request := form.Value("demande")
	if invalid, ok := door.AsInvalid(c.Err()); ok {
		return p.showWithdraw(v, r, request, reason, invalid)
	}
	if err := p.registrar.Withdraw(v.Ctx(), v.Actor, r.Pupil.ID, request, reason); err != nil {
		return err
	}
	flash := ui.Flash{Kind: ui.MessageOK, Title: "C’est fait", Text: "Ce que vous rendez va au suivant de la liste. Un mail vous le confirme."}
	if r.Dossier.State == enrolment.Enrolled {
		flash = ui.Flash{Kind: ui.MessageOK, Title: "Votre demande est transmise", Text: "L’école vous répondra."}
	}
	return v.Redirect(wizardPath(r.Pupil.ID), flash)
}

// lacksOf says what the pupil's formule demands and the wishes do not hold, and
// what to do about it; nothing when the formule is fulfilled.
func lacksOf(r enrolment.Registration, wishes enrolment.Choice) []string {
	var demands []string
	for _, choices := range r.Catalogue.ChoicesFor(r.Programme, r.Facts) {
		line, held := choices.Line, int64(0)
		for _, w := range wishes {
			if course, ok := r.Catalogue.Course(w.Course); ok && line.Accepts(course, w.Semester) {
				held++
			}
		}
		if held < line.Min {
			demands = append(demands, line.Demand())
		}
	}
	if len(demands) == 0 {
		return nil
	}
	what := "La formule " + quoted(r.Programme.Title) + " demande " + french.List(demands) + colon + "sans cela, l’inscription ne peut pas être confirmée telle quelle."
	if r.Dossier.State == enrolment.Enrolled {
		return []string{what, "Le secrétariat verra avec vous un autre cours ou une autre formule."}
	}
	return []string{what, "« Changer de choix » vous permet de demander un autre cours, ou de garder le reste sous une autre formule. Le dossier garde son rang."}
}
