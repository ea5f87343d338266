package family

import (
	"errors"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type offerPage struct {
	ui.Base
	Action     string
	Inside     bool // signed in
	First      string
	Course     string
	Until      string
	Rows       []ui.RecapRow
	Answered   string // what became of it, "" while it is open
	Phone      string
	Onward     string // the dossier, behind the sign-in page when nobody is signed in
	OnwardWord string
}

// ShowMailedOffer is the page that the mail's link opens; only its buttons act (R33).
func (p *Pages) ShowMailedOffer(v *door.Visit) error {
	offer, err := enrolment.OfferOf(v.Ctx(), p.store, v.PathValue("token"))
	if err != nil {
		return err
	}
	return v.Show(200, offerView(mailedOffer(v, offer)))
}

// AnswerMailedOffer accepts or declines, by the mail's token alone.
func (p *Pages) AnswerMailedOffer(v *door.Visit) error {
	token := v.PathValue("token")
	offer, err := enrolment.OfferOf(v.Ctx(), p.store, token)
	if err != nil {
		return err
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	if accept, ok := answerOf(form); ok {
		by := actor.Actor{Name: "la famille, par le lien de son mail", Role: actor.Family, Household: offer.Dossier.Household}
		err := p.registrar.Answer(v.Ctx(), by, enrolment.OfferAnswer{Token: token, Accept: accept})
		var conflict *fault.Conflict
		if err != nil && !errors.As(err, &conflict) {
			return err
		}
	}
	return v.Redirect(v.R.URL.Path)
}

func answerOf(form door.Form) (accept, ok bool) {
	switch form.Value("reponse") {
	case "accepter":
		return true, true
	case "refuser":
		return false, true
	default:
		return false, false
	}
}

func mailedOffer(v *door.Visit, o enrolment.Offer) offerPage {
	view := enrolment.RequestView{Title: o.Course, Semester: o.Semester}
	page := offerPage{
		Base: v.Base("Une place pour " + o.PupilFirst), Action: v.R.URL.Path, First: o.PupilFirst, Course: view.FullTitle(),
		Until: french.Moment(o.Request.OfferedUntil), Phone: v.School.Phone,
	}
	page.rows(v, o.Dossier, joinNonEmpty(", ", o.Course, o.Site), o.Teacher, o.Slot, o.Kept)
	if o.Answered {
		page.Answered = answeredWords(o.AnsweredWith)
		page.Onward, page.OnwardWord = wizardPath(o.Dossier.Pupil), "Voir le dossier"
		if v.Actor.Role != actor.Family || v.Actor.Household != o.Dossier.Household {
			page.Onward, page.OnwardWord = door.SignInFor(page.Onward), "Se connecter pour voir le dossier"
		}
	}
	return page
}

func (page *offerPage) rows(v *door.Visit, d enrolment.Dossier, course, teacher, slot string, kept []enrolment.RequestView) {
	if slot == "" {
		slot = "Fixé avec le professeur à la rentrée"
	}
	page.Rows = []ui.RecapRow{{Term: "Cours", Text: course}}
	if teacher != "" {
		page.Rows = append(page.Rows, ui.RecapRow{Term: "Professeur", Text: teacher})
	}
	page.Rows = append(page.Rows, ui.RecapRow{Term: "Horaire", Text: sentence(slot)})
	if d.Rank > 0 && v.School.RankShown {
		page.Rows = append(page.Rows, ui.RecapRow{Term: "Votre rang", Text: french.Ordinal(d.Rank)})
	}
	for _, q := range kept {
		page.Rows = append(page.Rows, ui.RecapRow{Term: "Reste du dossier", Text: q.FullTitle(), Note: q.Standing()})
	}
}

func answeredWords(s enrolment.RequestState) string {
	switch s {
	case enrolment.Place:
		return "La place est acceptée" + colon + "elle vous est réservée."
	case enrolment.Declined:
		return "La place n’est plus proposée" + colon + "elle est déclinée, ou le délai est passé. Elle est allée à la famille suivante."
	default:
		return "Cette place n’est plus proposée."
	}
}

// inside finds the request among the visitor's own.
func (p *Pages) inside(v *door.Visit) (enrolment.Registration, enrolment.RequestView, error) {
	r, err := p.registration(v)
	if err != nil {
		return r, enrolment.RequestView{}, err
	}
	for _, q := range r.Requests {
		if q.ID == v.PathValue("request") && !r.Elsewhere {
			return r, q, nil
		}
	}
	return r, enrolment.RequestView{}, fault.ErrNotFound
}

// ShowOffer is the same page for a family signed in.
func (p *Pages) ShowOffer(v *door.Visit) error {
	r, q, err := p.inside(v)
	if err != nil {
		return err
	}
	if q.State != enrolment.Offered {
		return v.Redirect(wizardPath(r.Pupil.ID))
	}
	course, _ := r.Catalogue.Course(q.CourseID)
	page := offerPage{
		Base: v.Base("Une place pour " + r.Pupil.FirstName), Action: v.R.URL.Path, Inside: true, First: called(r.Pupil), Course: q.FullTitle(),
		Until: french.Moment(q.OfferedUntil), Phone: v.School.Phone,
	}
	var kept []enrolment.RequestView
	for _, other := range r.Requests {
		if other.ID != q.ID {
			kept = append(kept, other)
		}
	}
	page.rows(v, r.Dossier, joinNonEmpty(", ", course.Title, r.Catalogue.SiteName(course.SiteID)), course.Teacher, q.Slot, kept)
	return v.Show(200, offerView(page))
}

// AnswerOffer accepts or declines for a family signed in.
func (p *Pages) AnswerOffer(v *door.Visit) error {
	r, q, err := p.inside(v)
	if err != nil {
		return err
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	accept, ok := answerOf(form)
	if !ok {
		return v.Redirect(v.R.URL.Path)
	}
	if err := p.registrar.Answer(v.Ctx(), v.Actor, enrolment.OfferAnswer{Request: q.ID, Accept: accept}); err != nil {
		return err
	}
	flash := ui.Flash{Kind: ui.MessageOK, Title: "Place acceptée" + colon + q.FullTitle(), Text: "Elle est réservée. Un mail vous le confirme."}
	if !accept {
		flash = ui.Flash{Kind: ui.MessageOK, Title: "Place refusée" + colon + q.FullTitle(), Text: "Elle va à la famille suivante. Vous gardez le reste du dossier."}
	}
	return v.Redirect(wizardPath(r.Pupil.ID), flash)
}
