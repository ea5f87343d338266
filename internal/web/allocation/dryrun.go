package allocation

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// Bounds of what a page shows; the counts above are of everybody.
const (
	differencesShown = 100
	coursesCompared  = 60
)

// dryRunsPage is the scenarios that are kept.
type dryRunsPage struct {
	ui.Base
	Scenarios []enrolment.Scenario
	Dossiers  int64
	Totals    enrolment.Totals
	Now       time.Time
}

// DryRuns lists the scenarios of the season.
func (p *Pages) DryRuns(v *door.Visit) error {
	base, err := p.base(v, "Essais à blanc")
	if err != nil {
		return err
	}
	page := dryRunsPage{Base: base, Now: v.Now}
	if v.Season.ID != "" {
		if page.Scenarios, err = enrolment.Scenarios(v.Ctx(), p.store, v.Actor, v.Season.ID); err != nil {
			return err
		}
		c, now, err := p.situation(v)
		if err != nil {
			return err
		}
		page.Totals, page.Dossiers = now.TotalsOf(now.Board, c), dossiers(now)
	}
	return v.Show(200, dryRunsView(page))
}

func (p *Pages) situation(v *door.Visit) (catalogue.Catalogue, enrolment.Situation, error) {
	c, err := p.offer(v)
	if err != nil {
		return c, enrolment.Situation{}, err
	}
	now, err := enrolment.SituationOf(v.Ctx(), p.store, v.Actor, c, v.Season.ID)
	return c, now, err
}

// dossiers counts the complete dossiers that ask for a course.
func dossiers(s enrolment.Situation) int64 {
	seen := map[string]bool{}
	for _, l := range s.Line {
		seen[l.Dossier] = true
	}
	return int64(len(seen))
}

// dryRunPage compares today with a scenario.
type dryRunPage struct {
	ui.Base
	S           enrolment.Scenario
	C           catalogue.Catalogue
	Now         time.Time
	Dossiers    int64
	A, B        enrolment.Totals
	Places      [2]int64 // capacity of all courses, in A and in B
	Courses     int      // all of them
	Rows        []comparedCourse
	Changes     []string // « Guitare, Sèvre : 10 → 12 places »
	Steps       []enrolment.Step
	TooFew      []enrolment.TooFew
	Differences []enrolment.Difference
	Line        map[string]enrolment.InLine
	Kept        []notOffered
	Lines       []journal.Line
	Leaves      time.Time // of the mails, if it is published now
	Days        int64
	Reason      string
	Invalid     *fault.Invalid
}

// comparedCourse is one offering, in A and in B.
type comparedCourse struct {
	Title  string
	ID     string
	A, B   enrolment.Places
	Change int64 // of the capacity
}

func (c comparedCourse) same() bool { return c.A == c.B }

// notOffered says why a place that nobody has is not offered, or for whom it is held.
type notOffered struct {
	Title, Head, Why string
	Offered          bool
}

// DryRun shows what a scenario would change.
func (p *Pages) DryRun(v *door.Visit) error {
	page, err := p.dryRun(v)
	if err != nil {
		return err
	}
	return v.Show(200, dryRunView(page))
}

func (p *Pages) dryRun(v *door.Visit) (page dryRunPage, err error) {
	if page.S, err = enrolment.ScenarioByID(v.Ctx(), p.store, v.Actor, v.PathValue("scenario")); err != nil {
		return page, err
	}
	if page.S.Season != v.Season.ID {
		return page, fault.ErrNotFound
	}
	c, now, err := p.situation(v)
	if err != nil {
		return page, err
	}
	page.C, page.Line, page.Dossiers, page.Now = c, now.Line, dossiers(now), v.Now
	page.run(now)
	page.Leaves = enrolment.MailsLeave(v.Now, v.School)
	if page.Days = page.S.Days; page.Days == 0 {
		page.Days = v.School.OfferDays
	}
	if page.Lines, err = journal.About(v.Ctx(), p.store, page.S.Subject(), 20); err != nil {
		return page, err
	}
	page.Base, err = p.base(v, "Essai à blanc\u202f: "+page.S.Name)
	return page, err
}

// run rehearses the scenario on the real board.
func (d *dryRunPage) run(now enrolment.Situation) {
	plan := d.S.PlanIn(d.C)
	after, steps, tooFew := now.Board.Rehearse(plan, now.Turns)
	var closing *enrolment.Board
	if plan.AtClosing {
		closing = now.Board.AtClosing(plan, now.Turns)
	}
	d.Steps, d.TooFew = steps, tooFew
	d.Differences = enrolment.Compare(now.Board, after, closing, steps)
	d.A, d.B = now.TotalsOf(now.Board, d.C), now.TotalsOf(after, d.C)
	for _, s := range steps {
		d.Changes = append(d.Changes, title(d.C, s.Offering)+"\u202f: "+itoa(s.From)+" → "+french.Count(s.To, "place", "places"))
	}
	d.compare(now, after)
}

// compare lays the courses of both boards side by side: what changes first, then
// where somebody waits, and no more than a page can bear.
func (d *dryRunPage) compare(now enrolment.Situation, after *enrolment.Board) {
	a, b := now.PlacesOn(now.Board), now.PlacesOn(after)
	d.Courses = len(a)
	for id := range a {
		row := comparedCourse{Title: title(d.C, id), ID: id, A: a[id], B: b[id], Change: b[id].Capacity - a[id].Capacity}
		d.Places[0] += row.A.Capacity
		d.Places[1] += row.B.Capacity
		if !row.same() || row.A.Waiting > 0 || row.A.Offered > 0 {
			d.Rows = append(d.Rows, row)
		}
	}
	slices.SortFunc(d.Rows, func(x, y comparedCourse) int {
		return cmp.Or(first(x.same(), y.same()), cmp.Compare(y.A.Waiting, x.A.Waiting), cmp.Compare(french.Fold(x.Title), french.Fold(y.Title)), cmp.Compare(x.ID, y.ID))
	})
	d.notOffered(b)
	if len(d.Rows) > coursesCompared {
		d.Rows = d.Rows[:coursesCompared]
	}
}

// notOffered explains the places of the changed courses that nobody holds, and
// those on offer already.
func (d *dryRunPage) notOffered(b map[string]enrolment.Places) {
	for _, step := range d.Steps {
		if said := enrolment.WhyFree(b[step.Offering], false); said != "" {
			head, reason, _ := strings.Cut(said, ". ")
			d.Kept = append(d.Kept, notOffered{Title: title(d.C, step.Offering), Head: head, Why: reason})
		}
	}
	var on []enrolment.InLine
	for _, l := range d.Line {
		if l.State == enrolment.Offered {
			on = append(on, l)
		}
	}
	slices.SortFunc(on, func(x, y enrolment.InLine) int {
		return cmp.Or(x.OfferedUntil.Compare(y.OfferedUntil), cmp.Compare(x.ID, y.ID))
	})
	for i, l := range on {
		if i == 10 {
			break
		}
		d.Kept = append(d.Kept, notOffered{title(d.C, l.Offering), "1 place tenue", "Proposée à " + named(l) + ", réponse avant le " + french.Moment(l.OfferedUntil) + ".", true})
	}
}

// first orders false before true.
func first(x, y bool) int {
	if x == y {
		return 0
	}
	if x {
		return 1
	}
	return -1
}

// outOfOrder tells whether publishing serves somebody out of the order of a list.
func (d dryRunPage) outOfOrder() bool {
	return slices.ContainsFunc(d.Steps, func(s enrolment.Step) bool { return len(s.Jumps) > 0 })
}

func (d dryRunPage) offers() int64 { return enrolment.Published{Steps: d.Steps}.Offers() }

// undoable tells whether the publication can still be undone.
func (d dryRunPage) undoable() bool {
	return !d.S.PublishedAt.IsZero() && d.Now.Before(d.S.Published.LeavesAt)
}

// shown writes the steps into the form, to be compared when they are published.
func shown(s enrolment.Step) string {
	return strings.Join([]string{s.Offering, itoa(s.From), itoa(s.To), strings.Join(s.Offers, "+"), strings.Join(s.Jumps, "+")}, " ")
}

// readShown reads what shown wrote; false when it is something else.
func readShown(text string) (s enrolment.Step, ok bool) {
	parts := strings.Split(text, " ")
	if len(parts) < 3 || len(parts) > 5 {
		return s, false
	}
	for len(parts) < 5 { // the form trims what is empty at the end
		parts = append(parts, "")
	}
	s = enrolment.Step{Offering: parts[0], From: int64(number(parts[1])), To: int64(number(parts[2]))}
	if parts[3] != "" {
		s.Offers = strings.Split(parts[3], "+")
	}
	if parts[4] != "" {
		s.Jumps = strings.Split(parts[4], "+")
	}
	return s, true
}

// Publish applies the scenario, as it was shown.
func (p *Pages) Publish(v *door.Visit) error {
	form, err := v.TypedForm("motif")
	if err != nil {
		return err
	}
	page, err := p.dryRun(v)
	if err != nil {
		return err
	}
	var c fault.Check
	page.Reason = form.Optional(&c, "motif", 300)
	in := enrolment.Publication{Scenario: page.S.ID, Version: int64(number(form.Value("version"))), Reason: page.Reason}
	for _, text := range form.Values("vu") {
		step, ok := readShown(text)
		if !ok {
			return fault.Refuse("Cette page n’a pas pu être relue\u202f: rechargez-la et recommencez.")
		}
		in.Shown = append(in.Shown, step)
	}
	err = c.Err()
	var published enrolment.Published
	if err == nil {
		published, err = p.registrar.Publish(v.Ctx(), v.Actor, in)
	}
	return p.answer(v, page, err, func() ui.Flash {
		flash := done("Scénario publié\u202f: "+published.Says(), "Les mails partent le "+french.Moment(published.LeavesAt)+". Jusque-là, la publication s’annule.")
		flash.UndoURL = scenarioURL(page.S.ID, "annuler")
		return flash
	})
}

// answer shows the dry run again when an act on it was refused.
func (p *Pages) answer(v *door.Visit, page dryRunPage, err error, said func() ui.Flash) error {
	if conflict, ok := asConflict(err); ok {
		page.Base.Errors = []ui.FieldError{{Message: conflict.Message}}
		return v.Show(409, dryRunView(page))
	}
	invalid, err := refused(err)
	if err != nil {
		return err
	}
	if invalid != nil {
		page.Invalid, page.Base.Errors = invalid, door.FieldErrors(invalid)
		return v.Show(422, dryRunView(page))
	}
	return v.Redirect(scenarioURL(page.S.ID, ""), said())
}

// Unpublish undoes a publication until its mails leave.
func (p *Pages) Unpublish(v *door.Visit) error {
	page, err := p.dryRun(v)
	if err != nil {
		return err
	}
	err = p.registrar.Unpublish(v.Ctx(), v.Actor, page.S.ID)
	return p.answer(v, page, err, func() ui.Flash {
		return done("Publication annulée", "Les places et les listes sont comme avant, aucun mail n’est parti.")
	})
}

// Throw deletes a scenario.
func (p *Pages) Throw(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	page, err := p.dryRun(v)
	if err != nil {
		return err
	}
	err = enrolment.ThrowScenario(v.Ctx(), p.store, p.clock, v.Actor, page.S.ID, int64(number(form.Value("version"))))
	if err == nil {
		return v.Redirect(dryRunsPath, done("Scénario jeté", "Rien n’a changé dans les places."))
	}
	return p.answer(v, page, err, func() ui.Flash { return ui.Flash{} })
}
