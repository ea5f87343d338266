package settings

import (
	"strconv"
	"time"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/rollover"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type seasonsPage struct {
	page
	Seasons  []seasonRow
	Now      time.Time
	Prepared *preparedSeason // the one that waits, or that was handed over and may be taken back
	Lines    []journal.Line
}

type seasonRow struct {
	school.Season
	State    string
	Enrolled int64
}

// preparedSeason is how far the roll-over has come, and what can be undone of it.
type preparedSeason struct {
	rollover.Prepared
	Season    school.Season
	From      school.Season
	Unsettled []string // what holds the hand-over up
	Overdue   bool     // its date has come, and it is held up
	Changed   []string // why the preparation is not undone any more
	HeldUp    string   // why the hand-over is not undone any more
}

// Seasons lists the seasons, and how far the preparation of the next one has come.
func (p *Pages) Seasons(v *door.Visit) (err error) {
	s := seasonsPage{Now: v.Now}
	if s.page, err = p.page(v, seasonsPath, "Saisons", nil); err != nil {
		return err
	}
	all, err := school.Seasons(v.Ctx(), p.Store)
	if err != nil {
		return err
	}
	for i := len(all) - 1; i >= 0; i-- {
		row := seasonRow{Season: all[i], State: stateOf(all[i], v.Season, v.Now)}
		if row.Enrolled, err = enrolment.CoursesReaders(v.Ctx(), p.Store, row.ID); err != nil {
			return err
		}
		s.Seasons = append(s.Seasons, row)
	}
	if s.Prepared, err = p.prepared(v, all); err != nil {
		return err
	}
	for _, season := range all {
		lines, err := journal.About(v.Ctx(), p.Store, school.SeasonSubject(season.ID), 10)
		if err != nil {
			return err
		}
		s.Lines = append(lines, s.Lines...)
	}
	return v.Show(200, seasonsView(s))
}

// stateOf says what the season is for the families.
func stateOf(s, current school.Season, now time.Time) string {
	today := french.ShortDate(now)
	iso, _ := french.ReadDate(today)
	running := s.StartsOn <= iso && iso <= s.EndsOn
	switch {
	case s.ID == current.ID && running:
		return "les familles s’y inscrivent ; les cours ont lieu"
	case s.ID == current.ID:
		return "les familles s’y inscrivent"
	case s.StartsOn > current.StartsOn:
		return "préparée, les familles ne la voient pas"
	case running:
		return "les cours ont lieu"
	default:
		return "passée"
	}
}

// prepared is the season that waits, else the current one when it was prepared
// here and its campaign has not opened.
func (p *Pages) prepared(v *door.Visit, all []school.Season) (*preparedSeason, error) {
	held, found, err := rollover.Waiting(v.Ctx(), p.Store)
	if err != nil {
		return nil, err
	}
	if !found {
		if held, found, err = rollover.Of(v.Ctx(), p.Store, v.Season.ID); err != nil || !found || !v.Season.BeforeOpening(v.Now) {
			return nil, err
		}
	}
	s := &preparedSeason{Prepared: held}
	for _, season := range all {
		switch season.ID {
		case held.Season:
			s.Season = season
		case held.From:
			s.From = season
		}
	}
	if held.HandedOver() {
		s.HeldUp, err = rollover.HoldsUp(v.Ctx(), p.Store, v.Now, held)
		return s, err
	}
	if s.Changed, err = rollover.ChangedSince(v.Ctx(), p.Store, held); err != nil {
		return nil, err
	}
	if s.Unsettled, err = enrolment.Unsettled(v.Ctx(), p.Store, held.From); err != nil {
		return nil, err
	}
	_, due, err := rollover.Due(v.Ctx(), p.Store, v.Now)
	s.Overdue = due && len(s.Unsettled) > 0
	return s, err
}

// act does one thing to a prepared season, and comes back to the list.
func (p *Pages) act(v *door.Visit, do func(tx *db.Tx, now time.Time, season string) error, title, text, undo string) error {
	season := v.PathValue("season")
	if err := p.Store.Write(v.Ctx(), func(tx *db.Tx) error { return do(tx, p.Clock.Now(), season) }); err != nil {
		return err
	}
	flash := done(title, text)
	if undo != "" {
		flash.UndoURL = seasonsPath + "/" + season + "/" + undo
	}
	return v.Redirect(seasonsPath, flash)
}

// HandOver makes the prepared season the families', now.
func (p *Pages) HandOver(v *door.Visit) error {
	return p.act(v, func(tx *db.Tx, now time.Time, season string) error {
		return rollover.HandOver(v.Ctx(), tx, now, v.Actor, season)
	},
		"Les familles préparent la nouvelle saison", "Les niveaux sont montés. La campagne s’ouvrira à sa date.", "revenir")
}

// UndoHandOver goes back to the season before.
func (p *Pages) UndoHandOver(v *door.Visit) error {
	return p.act(v, func(tx *db.Tx, now time.Time, season string) error {
		return rollover.UndoHandOver(v.Ctx(), tx, now, v.Actor, season)
	},
		"La saison d’avant est de nouveau celle des familles", "Chaque élève a retrouvé son niveau et ses cours. La nouvelle saison reste préparée.", "")
}

// UndoPreparation takes the prepared season and its copies away.
func (p *Pages) UndoPreparation(v *door.Visit) error {
	return p.act(v, func(tx *db.Tx, now time.Time, season string) error {
		return rollover.UndoPreparation(v.Ctx(), tx, now, v.Actor, season)
	},
		"La préparation est annulée", "Ce qui avait été copié est effacé.", "")
}

type pastPage struct {
	page
	Season school.Season
	Rows   []report.Row
	Text   string
	Pager  ui.Pager
}

// Season lists the dossiers of a season, to be read.
func (p *Pages) Season(v *door.Visit) (err error) {
	var s pastPage
	if s.Season, err = school.SeasonByID(v.Ctx(), p.Store, v.PathValue("season")); err != nil {
		return err
	}
	if s.page, err = p.page(v, seasonsPath, "Saison "+s.Season.Name, nil); err != nil {
		return err
	}
	s.Text = v.Query("q")
	number, err := strconv.ParseInt(v.Query("page"), 10, 32)
	if err != nil || number < 1 {
		number = 1
	}
	queue, err := p.counter.QueueOf(v.Ctx(), p.Store, v.Actor, s.Season, report.Filter{Group: report.Everyone, Text: s.Text, Page: number})
	if err != nil {
		return err
	}
	s.Rows = queue.Rows
	s.Pager = pager(s, number, queue.Total)
	return v.Show(200, pastView(s))
}

func pager(s pastPage, number, total int64) ui.Pager {
	address := func(n int64) string {
		return link(seasonsPath+"/"+s.Season.ID, "q", s.Text, "page", strconv.FormatInt(n, 10))
	}
	pages := ui.Pager{From: int((number-1)*report.PageSize + 1), To: int(min(number*report.PageSize, total)), Total: int(total)}
	if number > 1 {
		pages.PreviousURL = address(number - 1)
	}
	if number*report.PageSize < total {
		pages.NextURL = address(number + 1)
	}
	return pages
}

// plan is what the form of the preparation says; the error is of its dates.
func readPlan(values map[string]string, form interface {
	Value(string) string
	Has(string) bool
}) (rollover.Plan, error) {
	season, err := school.Preparation.Read(school.Season{}, values)
	return rollover.Plan{Season: season, Courses: form.Value("copier_cours") == "oui", Programmes: form.Value("copier_formules") == "oui", OnlyEnrolled: form.Value("qui") != "tous"}, err
}

type preparePage struct {
	page
	Plan    rollover.Plan
	Rows    []row
	Preview rollover.Preview
	Missing []string // the yellow fields that are empty
}

// url is the address that shows the page with what was typed.
func (preparePage) url() string { return seasonsPath + "/preparer" }

// PrepareForm is the guided page; with a query it shows what that would come
// to, and as a fragment only this.
func (p *Pages) PrepareForm(v *door.Visit) error {
	if v.Season.ID == "" {
		return firstSeason(v)
	}
	values := school.Preparation.Values(rollover.Propose(v.Season).Season)
	plan := rollover.Propose(v.Season)
	if v.R.URL.Query().Has("debut") {
		for field := range values {
			values[field] = v.Query(field)
		}
		plan, _ = readPlan(values, queryOf{v}) // what is wrong is said when it is sent
	}
	s, err := p.preparePage(v, plan, values, nil)
	if err != nil {
		return err
	}
	if v.IsHTMX() {
		return v.Show(200, previewFragment(s))
	}
	return v.Show(200, prepareView(s))
}

type queryOf struct{ v *door.Visit }

func (q queryOf) Value(name string) string { return q.v.Query(name) }
func (q queryOf) Has(name string) bool     { return q.v.R.URL.Query().Has(name) }

func (p *Pages) preparePage(v *door.Visit, plan rollover.Plan, values map[string]string, invalid *fault.Invalid) (s preparePage, err error) {
	s.Plan, s.Rows = plan, rowsOf(school.Preparation, values, invalid)
	if s.Preview, err = rollover.PreviewOf(v.Ctx(), p.Store, plan); err != nil {
		return s, err
	}
	for _, r := range s.Rows {
		if r.Required && r.Value == "" {
			s.Missing = append(s.Missing, r.Label)
		}
	}
	title := "Préparer la saison suivante"
	if s.Preview.Name != "" {
		title = "Préparer la saison " + s.Preview.Name
	}
	s.page, err = p.page(v, seasonsPath, title, invalid)
	return s, err
}

// Prepare makes the season.
func (p *Pages) Prepare(v *door.Visit) error {
	form, err := v.TypedForm(append(names(school.Preparation), "copier_cours", "copier_formules", "qui")...)
	if err != nil {
		return err
	}
	values, err := typed(school.Preparation, form)
	plan, read := readPlan(values, form)
	if err == nil {
		err = read
	}
	var id string
	if err == nil {
		err = p.Store.Write(v.Ctx(), func(tx *db.Tx) (err error) {
			id, err = rollover.Prepare(v.Ctx(), tx, p.Clock.Now(), v.Actor, plan)
			return err
		})
	}
	if invalid, ok := door.AsInvalid(err); ok {
		s, err := p.preparePage(v, plan, values, invalid)
		if err != nil {
			return err
		}
		return v.Show(422, prepareView(s))
	}
	if err != nil {
		return err
	}
	plan = plan.Complete()
	return v.Redirect(seasonsPath, ui.Flash{Kind: ui.MessageOK, Title: "La saison " + plan.Season.Name + " est préparée",
		Text: "Les familles la voient à partir du " + french.Moment(plan.Season.HandsOverAt) + ".", UndoURL: seasonsPath + "/" + id + "/annuler"})
}

// firstSeason leads to where a school without any makes its first one.
func firstSeason(v *door.Visit) error {
	return v.Redirect(campaignPath, ui.Flash{Kind: ui.MessageInfo, Title: "L’école n’a pas encore de saison", Text: "Créez la première ici\u202f; les suivantes se préparent à partir d’elle."})
}
