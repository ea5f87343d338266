package office

import (
	"errors"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/application"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/merge"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/quotient"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/trail"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// householdPage is all that the office knows of a family.
type householdPage struct {
	ui.Base
	H        people.Household
	Account  account.Account // its ID is "" without one
	Pupils   []pupilLine
	Hidden   int                       // pupils of another pole, whom the visitor does not see
	Changes  []people.Change           // made by the family, which the office has not seen
	Alike    []application.Resemblance // households that may be this one, for who may merge them
	Papers   []enrolment.PaperAsked
	Mails    []correspondence.Outgoing
	Lines    []journal.Line
	Means    []string
	Billing  string
	Quotient string // that counts today, in words
	All      string // which list is shown whole: mails or journal
	Closed   bool   // the campaign is over: only then is a reopening of use
	Typed    householdForm

	MayMerge       bool
	MayHandOver    bool // all that is kept about it, to the family
	MaySeeAccesses bool
	SignedInAt     time.Time // the last time, as far as the journal of accesses goes back
}

type pupilLine struct {
	Pupil     people.Pupil
	InSeason  people.PupilSeason
	Dossier   enrolment.Dossier // its ID is "" without one
	Courses   []report.CourseName
	Site      string
	Elsewhere []otherHousehold
}

type otherHousehold struct{ ID, Name string }

type householdForm struct {
	Act     string // adresse, rouvrir
	ID      string // guardian or pupil
	Value   string
	Reason  string
	Invalid *fault.Invalid
}

func (f householdForm) of(act, id, field string) string {
	if f.Act != act || f.ID != id {
		return ""
	}
	return f.Invalid.Of(field)
}

func (f householdForm) typed(act, id, otherwise string) string {
	if f.Act != act || f.ID != id {
		return otherwise
	}
	return f.Value
}

const familiesPath = "/bureau/foyers"

// mostLines is how many mails or lines of the journal a page shows at most.
const mostLines = 300

// most is how many lines of the list the page shows: few, unless it is asked for whole.
func (h householdPage) most(list string, few int) int {
	if h.All == list {
		return mostLines
	}
	return few
}

// pupilsByID are the household's pupils, to name those of the changes.
func (h householdPage) pupilsByID() map[string]people.Pupil {
	all := map[string]people.Pupil{}
	for _, l := range h.Pupils {
		all[l.Pupil.ID] = l.Pupil
	}
	return all
}

// shared are the pupils that have another household too.
func (h householdPage) shared() []pupilLine {
	return slices.DeleteFunc(slices.Clone(h.Pupils), func(l pupilLine) bool { return len(l.Elsewhere) == 0 })
}

// answers says who answers for the dossier of a pupil of two households.
func (h householdPage) answers(l pupilLine) string {
	switch {
	case !l.Dossier.State.Sent():
		return "Le dossier n’est pas envoyé\u202f: le premier foyer qui l’envoie répond de ses papiers et paie."
	case l.Dossier.Household == h.H.ID:
		return "Ce foyer a envoyé le dossier\u202f: il répond des papiers et paie. L’autre voit l’élève, ses cours, son rang et l’état."
	default:
		return "L’autre foyer a envoyé le dossier\u202f: il répond des papiers et paie. Celui-ci voit l’élève, ses cours, son rang et l’état."
	}
}

// Household shows a family: responsibles, pupils, papers, mails, journal.
func (p *Pages) Household(v *door.Visit) error {
	page, err := p.household(v, v.PathValue("household"))
	if errors.Is(err, fault.ErrNotFound) && v.Actor.May(actor.Changes, actor.Merges) {
		return p.becameOf(v, err)
	}
	if err != nil {
		return err
	}
	return v.Show(200, householdView(page))
}

// becameOf leads to the household that one that is no more has become a part of.
func (p *Pages) becameOf(v *door.Visit, notFound error) error {
	merged, found, err := merge.Into(v.Ctx(), p.Store, v.Actor, v.PathValue("household"))
	if err != nil || !found {
		return errors.Join(err, notFound)
	}
	return v.Redirect(familyURL(merged.Kept), ui.Flash{Kind: ui.MessageInfo, Title: "Foyer fusionné", Text: merged.Words()})
}

func (p *Pages) household(v *door.Visit, id string) (page householdPage, err error) {
	ctx := v.Ctx()
	page.All = v.Query("tout")
	if page.H, err = people.HouseholdByID(ctx, p.Store, v.Actor, id); err != nil {
		return page, err
	}
	page.Account, err = account.OfHousehold(ctx, p.Store, id)
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return page, err
	}
	if page.Pupils, page.Hidden, err = p.pupilLines(v, id); err != nil {
		return page, err
	}
	if page.Changes, err = people.ChangesOf(ctx, p.Store, v.Actor, id); err != nil {
		return page, err
	}
	page.MayHandOver = v.Actor.May(actor.Sees, actor.PersonalData)
	if page.MayMerge = v.Actor.May(actor.Changes, actor.Merges); page.MayMerge {
		if err := p.alike(v, &page); err != nil {
			return page, err
		}
	}
	if page.Papers, err = enrolment.PapersAsked(ctx, p.Store, v.Actor, id); err != nil {
		return page, err
	}
	if page.Mails, err = correspondence.OfHousehold(ctx, p.Store, id, page.most("mails", 6)); err != nil {
		return page, err
	}
	if page.Lines, err = journal.OfHousehold(ctx, p.Store, id, page.most("journal", 12)); err != nil {
		return page, err
	}
	page.hide()
	if page.Lines, err = p.naming(v, page.Lines); err != nil {
		return page, err
	}
	page.linesLead()
	if err := p.money(v, &page); err != nil {
		return page, err
	}
	page.MaySeeAccesses = v.Actor.May(actor.Sees, actor.Accesses)
	if page.SignedInAt, err = trail.LastSignIn(ctx, p.Store, id); err != nil {
		return page, err
	}
	page.Closed = v.Season.HasClosed(v.Now)
	page.Base, err = p.base(v, "Foyer "+page.H.Name())
	page.Base.Path = familiesPath
	return page, err
}

// linesLead leaves the lines of the journal no way to a page that is not the reader's.
func (h *householdPage) linesLead() {
	for i := range h.Lines {
		if !h.MayMerge {
			h.Lines[i].Subject = ""
		}
	}
}

// alike reads the households that may be this one, known twice.
func (p *Pages) alike(v *door.Visit, page *householdPage) (err error) {
	var pupils []people.Pupil
	for _, l := range page.Pupils {
		pupils = append(pupils, l.Pupil)
	}
	page.Alike, err = application.Resembling(v.Ctx(), p.Store, v.Actor, v.Season.ID, page.H, pupils)
	return err
}

func (p *Pages) money(v *door.Visit, page *householdPage) error {
	means, err := school.PaymentMeans(v.Ctx(), p.Store)
	if err != nil {
		return err
	}
	for _, m := range means {
		if slices.Contains(page.H.Means, m.Code) {
			page.Means = append(page.Means, m.Name)
		}
	}
	modes, err := school.BillingModes(v.Ctx(), p.Store)
	if err != nil {
		return err
	}
	for _, m := range modes {
		if m.Code == page.H.BillingMode {
			page.Billing = m.Name
		}
	}
	proved, err := quotient.Of(v.Ctx(), p.Store, v.Actor, page.H.ID)
	if err != nil {
		return err
	}
	if q, state := quotient.On(proved, v.Now.In(clock.Paris).Format(time.DateOnly)); state == quotient.Valid {
		page.Quotient = q.Words()
	}
	return nil
}

// pupilsOf are the household's pupils that the visitor may know of, and how many
// are hidden.
func (p *Pages) pupilsOf(v *door.Visit, household string) (pupils []people.Pupil, hidden int, err error) {
	if pupils, err = people.PupilsOf(v.Ctx(), p.Store, household); err != nil {
		return nil, 0, err
	}
	all := len(pupils)
	ids := make([]string, all)
	for i, pupil := range pupils {
		ids[i] = pupil.ID
	}
	seen, err := report.PupilsSeen(v.Ctx(), p.Store, v.Actor, ids)
	pupils = slices.DeleteFunc(pupils, func(p people.Pupil) bool { return !seen[p.ID] })
	return pupils, all - len(pupils), err
}

// hide leaves out of what is the household's all that is about a pupil of another
// pole, or may be: a line of the journal or a mail about a dossier that is not shown.
func (h *householdPage) hide() {
	if h.Hidden == 0 {
		return
	}
	pupil, dossier := map[string]bool{"": true}, map[string]bool{"": true}
	for _, l := range h.Pupils {
		pupil[l.Pupil.ID], dossier[l.Dossier.ID] = true, true
	}
	h.Changes = slices.DeleteFunc(h.Changes, func(c people.Change) bool { return !pupil[c.Pupil] })
	h.Papers = slices.DeleteFunc(h.Papers, func(p enrolment.PaperAsked) bool { return !pupil[p.Pupil.ID] })
	h.Mails = slices.DeleteFunc(h.Mails, func(m correspondence.Outgoing) bool { return !dossier[m.Dossier] })
	h.Lines = slices.DeleteFunc(h.Lines, func(l journal.Line) bool { return !pupil[l.Pupil] || !dossier[l.Dossier] })
}

func (p *Pages) pupilLines(v *door.Visit, id string) ([]pupilLine, int, error) {
	ctx := v.Ctx()
	pupils, hidden, err := p.pupilsOf(v, id)
	if err != nil {
		return nil, 0, err
	}
	dossiers, err := enrolment.DossiersOf(ctx, p.Store, v.Actor, id)
	if err != nil {
		return nil, 0, err
	}
	c, err := catalogue.InForce(ctx, p.Store, v.Season)
	if err != nil {
		return nil, 0, err
	}
	var lines []pupilLine
	for _, pupil := range pupils {
		line := pupilLine{Pupil: pupil, Dossier: dossiers[pupil.ID]}
		if line.InSeason, err = people.PupilSeasonOf(ctx, p.Store, pupil.ID, v.Season.ID); err != nil {
			return nil, 0, err
		}
		line.Site = c.SiteName(line.Dossier.Site)
		line.Courses = report.CourseNames(c, line.Dossier.Choice)
		if line.Elsewhere, err = p.elsewhere(v, pupil.ID, id); err != nil {
			return nil, 0, err
		}
		lines = append(lines, line)
	}
	return lines, hidden, nil
}

// elsewhere names the pupil's other households.
func (p *Pages) elsewhere(v *door.Visit, pupil, household string) ([]otherHousehold, error) {
	ids, err := people.HouseholdsOf(v.Ctx(), p.Store, pupil)
	if err != nil || len(ids) < 2 {
		return nil, err
	}
	all, err := people.HouseholdsByID(v.Ctx(), p.Store, v.Actor, ids)
	var others []otherHousehold
	for _, id := range ids {
		if id != household {
			others = append(others, otherHousehold{id, all[id].Name()})
		}
	}
	return others, err
}

func (h householdPage) url(act string) string { return familyURL(h.H.ID) + "/" + act }

func (h householdPage) address() string {
	parts := []string{h.H.Address, h.H.AddressExtra, strings.TrimSpace(h.H.Postcode + " " + h.H.Town)}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// signedIn says whether the family has a password of its own: without one it
// has not come in, though its dossier may have been handed in on paper.
func (h householdPage) signedIn() string {
	switch {
	case h.Account.ID == "":
		return "aucun compte"
	case !h.Account.HasPassword:
		return "n’a pas encore demandé de mot de passe"
	case !h.Account.PasswordChangedAt.IsZero():
		words := "a choisi son mot de passe le " + french.ShortMoment(h.Account.PasswordChangedAt)
		if !h.SignedInAt.IsZero() {
			words += ", dernière connexion le " + french.ShortMoment(h.SignedInAt)
		}
		return words
	default:
		return "a demandé un mot de passe"
	}
}
