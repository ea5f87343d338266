package family

import (
	"slices"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/choosing"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type changePage struct {
	ui.Base
	Pupil     string
	Name      string
	New       bool // new to the school
	Choosing  bool
	Open      []ui.Option
	Closed    []choosing.Closed
	Form      choosing.Form
	Checking  bool // the consequences, before « Valider »
	Ranked    bool
	RankShown bool
	Rank      int64
	Kept      []ui.RecapRow
	Dropped   []string
	Fresh     []ui.RecapRow
	Site      string
	Wishes    []hiddenWish
}

// hiddenWish carries a ticked course from the consequences to « Valider ».
type hiddenWish struct{ Name, Value string }

// changing reads a dossier whose choice the family may change (R30b); sent is
// true when it may not (« inscrit », but for a course cancelled since), and the visit has then been sent to its page.
func (p *Pages) changing(v *door.Visit) (r enrolment.Registration, sent bool, err error) {
	r, err = p.registration(v)
	if err != nil {
		return r, false, err
	}
	if r.Elsewhere || !r.Dossier.State.Sent() || r.Dossier.State == enrolment.Enrolled && !r.MustChooseAgain() {
		return r, true, v.Redirect(wizardPath(r.Pupil.ID))
	}
	return r, false, nil
}

// wantedProgramme is the formule named by the form or the address, else the dossier's.
func wantedProgramme(r enrolment.Registration, id string) catalogue.Programme {
	if programme, ok := r.Catalogue.Programme(id); ok && r.Catalogue.Fillable(programme, r.Facts) {
		return programme
	}
	return r.Programme
}

// ShowChange shows the choice to change; ?formule=id under another formule.
func (p *Pages) ShowChange(v *door.Visit) error {
	r, sent, err := p.changing(v)
	if err != nil || sent {
		return err
	}
	page := changePage{Base: v.Base("Changer de choix")}
	programme := wantedProgramme(r, v.Query("formule"))
	if v.Query("formule") == "choisir" || programme.ID == "" {
		page.Choosing, page.Pupil, page.Name, page.New = true, r.Pupil.ID, called(r.Pupil), isNew(r.Pupil, r.Season)
		page.Open, page.Closed = choosing.Programmes(r, r.Programme.ID)
		return v.Show(200, changeView(page))
	}
	return p.showChange(v, r, programme, choosing.Chosen{Site: r.Dossier.Site, Wishes: r.Dossier.Choice}, page)
}

func (p *Pages) showChange(v *door.Visit, r enrolment.Registration, programme catalogue.Programme, c choosing.Chosen, page changePage) (err error) {
	page.Pupil, page.Name, page.New, page.Ranked = r.Pupil.ID, called(r.Pupil), isNew(r.Pupil, r.Season), r.Dossier.State.Ranked()
	if page.Form, err = choosing.Lay(v, p.store, r, programme, c); err != nil {
		return err
	}
	return v.Show(status(page.Base), changeView(page))
}

// SendChange first says what the change costs, then, on « Valider », changes.
func (p *Pages) SendChange(v *door.Visit) error {
	r, sent, err := p.changing(v)
	if err != nil || sent {
		return err
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	programme := wantedProgramme(r, form.Value("formule"))
	c := choosing.Read(form, r, programme)
	invalid := choosing.Judged(r, programme, c)
	if invalid == nil && form.Value("action") == "valider" {
		err = p.registrar.Change(v.Ctx(), v.Actor, enrolment.NewChoice{Pupil: r.Pupil.ID, Programme: programme.ID, Site: c.Site, Wishes: c.Wishes})
		if refused, ok := door.AsInvalid(err); ok {
			invalid = refused
		} else if err != nil {
			return err
		} else {
			return v.Redirect(wizardPath(r.Pupil.ID), ui.Flash{Kind: ui.MessageOK, Title: "Votre nouveau choix est enregistré", Text: "Votre rang est conservé. Un mail vous le confirme."})
		}
	}
	if invalid != nil {
		return p.showChange(v, r, programme, c, changePage{Base: invalidBase(v, "Changer de choix", invalid)})
	}
	return p.showConsequences(v, r, programme, c)
}

// showConsequences tells, before « Valider », what is kept, given up and asked for (R30b).
func (p *Pages) showConsequences(v *door.Visit, r enrolment.Registration, programme catalogue.Programme, c choosing.Chosen) error {
	places, err := enrolment.PlacesLeft(v.Ctx(), p.store, r.Season)
	if err != nil {
		return err
	}
	page := changePage{
		Base: v.Base("Changer de choix, avant de valider"), Checking: true, Pupil: r.Pupil.ID, Name: called(r.Pupil), New: isNew(r.Pupil, r.Season), Site: c.Site,
		Ranked: r.Dossier.State.Ranked(), RankShown: v.School.RankShown, Rank: r.Dossier.Rank, Form: choosing.Form{Programme: programme, Cleared: c.Cleared},
	}
	asked := map[string]bool{}
	for _, q := range r.Requests {
		asked[q.Offering] = true
		if slices.Contains(c.Wishes, catalogue.Wish{Course: q.CourseID, Semester: q.Semester}) {
			page.Kept = append(page.Kept, ui.RecapRow{Term: q.FullTitle(), Text: sentence(q.Standing())})
		} else {
			page.Dropped = append(page.Dropped, q.FullTitle()+", "+q.Standing())
		}
	}
	for _, w := range c.Wishes {
		if offering := choosing.WishValue(w); !asked[offering] {
			course, _ := r.Catalogue.Course(w.Course)
			page.Fresh = append(page.Fresh, ui.RecapRow{Term: course.Title, Text: freshText(places[offering], page.Ranked), Note: course.Slot()})
		}
	}
	for i, line := range r.Catalogue.ChoicesFor(programme, r.Facts) {
		for _, o := range line.Options {
			if w := (catalogue.Wish{Course: o.Course.ID, Semester: o.Semester}); slices.Contains(c.Wishes, w) {
				page.Wishes = append(page.Wishes, hiddenWish{choosing.LineName(i), choosing.WishValue(w)})
			}
		}
	}
	return v.Show(200, changeView(page))
}

func freshText(p enrolment.Places, ranked bool) string {
	switch {
	case !ranked:
		return "Demandé quand le dossier sera complet"
	case p.Left() > 0:
		return french.Count(p.Left(), "place libre", "places libres") + " à cet instant"
	default:
		return waits(p)
	}
}
