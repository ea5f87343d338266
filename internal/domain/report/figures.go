package report

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// Figures are the season in numbers (R49): of the dossiers that have a rank,
// those who are not coming apart. Each number is that of a Filter of them.
type Figures struct {
	Pupils, Families, New int64
	NotComing, Waiting    int64
	Taken, Capacity       int64
	Days                  []Day // since the campaign has opened
	Before                []Day // of the season before, as many days after its own opening; none when it has no dossier
	BeforeName            string
	Programmes            []ProgrammeFigure
	Ages                  []AgeFigure
	Towns                 []TownFigure
	Disciplines           []DisciplineFigure
	WithoutBirthDate      int64
}

// Day is how many dossiers were complete at the end of that day, in Paris.
type Day struct {
	On string // 2006-01-02
	N  int64
}

// ProgrammeFigure is a formula's pupils.
type ProgrammeFigure struct {
	ID, Title      string
	Returning, New int64
}

// All is both.
func (p ProgrammeFigure) All() int64 { return p.Returning + p.New }

// AgeFigure is the pupils of a band of ages.
type AgeFigure struct {
	Ages  Ages
	Adult bool
	N     int64
}

// TownFigure is a town's pupils.
type TownFigure struct {
	Town string
	N    int64
}

// DisciplineFigure is how full a discipline's courses are, by pole in the order
// of the school's.
type DisciplineFigure struct {
	Discipline string
	Sites      []SiteFigure
}

// SiteFigure is the places of a discipline at a pole; without capacity it is
// not given there.
type SiteFigure struct {
	Site            string
	Taken, Capacity int64
}

// bands are the ages of the figure.
var bands = []Ages{"0-3", "4-5", "6-7", "8-9", "10-11", "12-13", "14-15", "16-17", "18-25", "26-45", "46-65", "66-"}

// FiguresOf counts the season, out of memory while nobody moves; season has
// just been read. What is returned is read only.
func FiguresOf(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, now time.Time) (Figures, error) {
	s, err := scopeOf(a)
	if err != nil {
		return Figures{}, err
	}
	today := now.In(clock.Paris).Format(time.DateOnly)
	return db.Remember(ctx, r, figuresKey{s, season.ID, today}, season.Moves, func(ctx context.Context) (Figures, error) { return figures(ctx, r, s, season, today) })
}

type figuresKey struct {
	scope
	season, today string
}

// counted is what the figures need of a dossier.
type counted struct {
	Programme  string    `db:"programme_id"`
	Household  string    `db:"household_id"`
	CompleteAt time.Time `db:"complete_at"`
	BirthDate  string    `db:"birth_date"`
	Town       string    `db:"town"`
	IsNew      bool      `db:"is_new"`
}

func figures(ctx context.Context, r db.Reader, s scope, season school.Season, today string) (f Figures, err error) {
	rows, err := db.All[counted](ctx, r, `select d.programme_id, d.household_id, d.complete_at, p.birth_date, h.town,
			not exists (select 1 from pupil_course_now n where n.pupil_id = d.pupil_id) as is_new
		from dossier d join pupil p on p.id = d.pupil_id join household h on h.id = d.household_id
		where d.season_id = $1 and d.rank is not null`+s.andPupil("d.pupil_id", 2), s.args(season.ID)...)
	if err != nil {
		return f, fmt.Errorf("count the season: %w", err)
	}
	c, err := catalogue.InForce(ctx, r, season)
	if err != nil {
		return f, err
	}
	f.count(rows, c, season)
	var complete []time.Time
	for _, d := range rows {
		complete = append(complete, d.CompleteAt)
	}
	f.Days = days(complete, season, today)
	if f.NotComing, err = db.One[int64](ctx, r, `select count(*) from dossier d where d.season_id = $1 and d.state = 'not_returning'`+s.andPupil("d.pupil_id", 2), s.args(season.ID)...); err != nil {
		return f, err
	}
	places, err := enrolment.PlacesNow(ctx, r, season)
	if err != nil {
		return f, err
	}
	f.fill(s, places, c)
	return f, f.before(ctx, r, s, season)
}

// count takes the dossiers by formula, age and town.
func (f *Figures) count(rows []counted, c catalogue.Catalogue, season school.Season) {
	families, programmes, towns, ages := map[string]bool{}, map[string]*ProgrammeFigure{}, map[string]int64{}, map[Ages]int64{}
	for _, p := range c.Programmes {
		f.Programmes = append(f.Programmes, ProgrammeFigure{ID: p.ID, Title: p.Title})
	}
	for i := range f.Programmes {
		programmes[f.Programmes[i].ID] = &f.Programmes[i]
	}
	born := map[Ages][2]string{}
	for _, b := range bands {
		after, until, _ := b.born(season.AgesOn)
		born[b] = [2]string{after, until}
	}
	for _, d := range rows {
		f.Pupils++
		families[d.Household] = true
		towns[d.Town]++
		programme := cmp.Or(programmes[d.Programme], new(ProgrammeFigure))
		if d.IsNew {
			f.New++
			programme.New++
		} else {
			programme.Returning++
		}
		in := slices.IndexFunc(bands, func(b Ages) bool { return d.BirthDate > born[b][0] && d.BirthDate <= born[b][1] })
		if in < 0 {
			f.WithoutBirthDate++
		} else {
			ages[bands[in]]++
		}
	}
	f.Families = int64(len(families))
	for i, b := range bands {
		if n := ages[b]; n > 0 || i > 0 {
			first, _, _ := b.ends()
			f.Ages = append(f.Ages, AgeFigure{b, first >= 18, n})
		}
	}
	for _, town := range slices.Sorted(maps.Keys(towns)) {
		f.Towns = append(f.Towns, TownFigure{town, towns[town]})
	}
	slices.SortStableFunc(f.Towns, func(a, b TownFigure) int { return cmp.Compare(b.N, a.N) })
}

// fill takes the places by discipline and pole, those of cancelled courses apart.
func (f *Figures) fill(s scope, places map[string]enrolment.Places, c catalogue.Catalogue) {
	of := map[string]map[string]SiteFigure{}
	for _, p := range places {
		course, ok := c.Course(p.Course)
		if ok && !s.holds(course.SiteID) {
			continue
		}
		f.Waiting += p.Waiting
		if !ok || !course.CancelledAt.IsZero() {
			continue
		}
		f.Taken += p.Taken
		f.Capacity += p.Capacity
		name := cmp.Or(course.Discipline, course.Kind.French())
		if of[name] == nil {
			of[name] = map[string]SiteFigure{}
		}
		s := of[name][course.SiteID]
		of[name][course.SiteID] = SiteFigure{course.SiteID, s.Taken + p.Taken, s.Capacity + p.Capacity}
	}
	for name, sites := range of {
		d := DisciplineFigure{Discipline: name}
		for _, site := range c.Sites {
			if !s.holds(site.ID) {
				continue
			}
			figure := sites[site.ID]
			figure.Site = site.Name
			d.Sites = append(d.Sites, figure)
		}
		f.Disciplines = append(f.Disciplines, d)
	}
	slices.SortFunc(f.Disciplines, func(a, b DisciplineFigure) int {
		return cmp.Or(cmp.Compare(b.percent(), a.percent()), cmp.Compare(french.Fold(a.Discipline), french.Fold(b.Discipline)))
	})
}

// percent is how full the fullest pole is.
func (d DisciplineFigure) percent() (most int64) {
	for _, s := range d.Sites {
		most = max(most, s.Percent())
	}
	return most
}

// Percent is how full the courses are, 0 without any.
func (s SiteFigure) Percent() int64 {
	if s.Capacity == 0 {
		return 0
	}
	return 100 * s.Taken / s.Capacity
}

// mostDays is how many days a curve has at most: what comes later is on its last.
const mostDays = 120

// days counts the instants by the days since the season's campaign has opened,
// up to today or its closing.
func days(at []time.Time, season school.Season, today string) []Day {
	opens := season.OpensAt.In(clock.Paris)
	last := today
	if !season.ClosesAt.IsZero() {
		last = min(last, season.ClosesAt.In(clock.Paris).Format(time.DateOnly))
	}
	var all []Day
	for i := range mostDays {
		on := time.Date(opens.Year(), opens.Month(), opens.Day()+i, 12, 0, 0, 0, clock.Paris).Format(time.DateOnly)
		if on > last {
			break
		}
		all = append(all, Day{On: on})
	}
	for _, t := range at {
		on := t.In(clock.Paris).Format(time.DateOnly)
		i, _ := slices.BinarySearchFunc(all, on, func(d Day, on string) int { return cmp.Compare(d.On, on) })
		if len(all) > 0 {
			all[min(i, len(all)-1)].N++
		}
	}
	for i := 1; i < len(all); i++ {
		all[i].N += all[i-1].N
	}
	return all
}

// before counts the season before this one, as many days after its opening.
func (f *Figures) before(ctx context.Context, r db.Reader, s scope, season school.Season) error {
	type earlier struct {
		ID      string    `db:"id"`
		Name    string    `db:"name"`
		OpensAt time.Time `db:"campaign_opens_at"`
	}
	past, found, err := db.Maybe[earlier](ctx, r, `select id, name, campaign_opens_at from season where starts_on < $1 order by starts_on desc limit 1`, season.StartsOn)
	if err != nil || !found {
		return err
	}
	rows, err := db.All[counted](ctx, r, `select d.complete_at from dossier d where d.season_id = $1 and d.rank is not null`+s.andPastPupil("d", 2), s.args(past.ID)...)
	if err != nil || len(rows) == 0 {
		return err
	}
	f.BeforeName = past.Name
	end := past.OpensAt.In(clock.Paris).AddDate(0, 0, max(len(f.Days)-1, 0)).Format(time.DateOnly)
	var complete []time.Time
	for _, d := range rows {
		if d.CompleteAt.In(clock.Paris).Format(time.DateOnly) <= end {
			complete = append(complete, d.CompleteAt)
		}
	}
	f.Before = days(complete, school.Season{OpensAt: past.OpensAt}, end)
	return nil
}
