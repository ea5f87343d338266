package enrolment

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Scenario is a dry run that is kept until it is published or thrown away: a
// plan under a name. Keeping, changing and throwing it away move nothing.
type Scenario struct {
	ID          string     `db:"id"`
	Season      string     `db:"season_id"`
	Name        string     `db:"name"`
	AtClosing   bool       `db:"at_closing"`
	Capacities  Capacities `db:"capacities"`
	Days        int64      `db:"offer_days"` // to answer an offer; 0 is the school's
	CreatedAt   time.Time  `db:"created_at"`
	CreatedBy   string     `db:"created_by"`
	UpdatedAt   time.Time  `db:"updated_at"`
	UpdatedBy   string     `db:"updated_by"`
	Version     int64      `db:"version"`
	PublishedAt time.Time  `db:"published_at"` // zero before, and once undone
	PublishedBy string     `db:"published_by"`
	Published   Published  `db:"published"`
}

// PlanIn is what the scenario changes of the catalogue as it is now: a course
// cancelled or removed since is left out.
func (s Scenario) PlanIn(c catalogue.Catalogue) Plan {
	p := Plan{Capacities: map[string]int64{}, AtClosing: s.AtClosing}
	for offering, n := range s.Capacities {
		id, _ := splitOffering(offering)
		if course, ok := c.Course(id); ok && course.CancelledAt.IsZero() {
			p.Capacities[offering] = n
		}
	}
	return p
}

// Subject is what the journal's lines about the scenario bear.
func (s Scenario) Subject() string { return "scenario:" + s.ID }

// Capacities are the new numbers of places, by offering.
type Capacities map[string]int64

// Scan reads what was stored.
func (c *Capacities) Scan(src any) error { return scanJSON(src, c) }

// Published is what a publication did, and when its mails leave.
type Published struct {
	LeavesAt time.Time `json:"leaves_at"`
	Steps    []Step    `json:"steps"`
}

// Scan reads what was stored, "" being nothing.
func (p *Published) Scan(src any) error { return scanJSON(src, p) }

func scanJSON(src, into any) error {
	switch v := src.(type) {
	case string:
		if v == "" {
			return nil
		}
		return json.Unmarshal([]byte(v), into)
	case []byte:
		if len(v) == 0 {
			return nil
		}
		return json.Unmarshal(v, into)
	default:
		return fmt.Errorf("cannot read a scenario from %T", src)
	}
}

const scenarioColumns = `id, season_id, name, at_closing, capacities, offer_days, created_at, created_by, updated_at, updated_by, version,
	published_at, published_by, published`

// Scenarios returns those of the season, the last changed first.
func Scenarios(ctx context.Context, r db.Reader, a actor.Actor, season string) ([]Scenario, error) {
	if !a.IsOffice() {
		return nil, fault.ErrForbidden
	}
	return db.All[Scenario](ctx, r, `select `+scenarioColumns+` from scenario where season_id = $1 order by updated_at desc, id desc`, season)
}

// ScenarioByID returns one, or fault.ErrNotFound.
func ScenarioByID(ctx context.Context, r db.Reader, a actor.Actor, id string) (Scenario, error) {
	if !a.IsOffice() {
		return Scenario{}, fault.ErrForbidden
	}
	return db.One[Scenario](ctx, r, `select `+scenarioColumns+` from scenario where id = $1`, id)
}

// MostScenarios is how many a season keeps: more are not compared by anybody.
const MostScenarios = 50

// SaveScenario keeps a new scenario (Version 0), or changes one that is not
// published; who saves from an old reading is refused, and told who was before.
// It returns its id.
func SaveScenario(ctx context.Context, store *db.Store, clk clock.Clock, a actor.Actor, s Scenario) (string, error) {
	if !a.IsOffice() {
		return "", fault.ErrForbidden
	}
	s.Name = strings.TrimSpace(s.Name)
	if err := s.check(); err != nil {
		return "", err
	}
	err := store.Write(ctx, func(tx *db.Tx) error {
		if s.Version == 0 {
			s.ID = db.NewID()
			return s.insert(ctx, tx, clk.Now(), a)
		}
		return s.update(ctx, tx, clk.Now(), a)
	})
	return s.ID, err
}

func (s Scenario) check() error {
	var c fault.Check
	c.That(s.Name != "", "nom", "Donnez un nom au scénario, par exemple « Guitare et piano ».")
	c.That(len([]rune(s.Name)) <= 80, "nom", "80 caractères au plus.")
	c.That(len(s.Capacities) > 0 || s.AtClosing, "places", "Changez au moins une capacité, ou choisissez « tous à la clôture ».")
	for _, n := range s.Capacities {
		c.That(n >= 0 && n <= MostPlaces, "places", "Donnez des nombres de places entre 0 et 999.")
	}
	if err := c.Err(); err != nil {
		return err
	}
	return mayDelay(s.Days)
}

func (s Scenario) insert(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor) error {
	n, err := db.One[int64](ctx, tx, `select count(*) from scenario where season_id = $1`, s.Season)
	if err != nil {
		return err
	}
	if n >= MostScenarios {
		return fault.Refuse(fmt.Sprintf("Cette saison garde déjà %d scénarios"+french.Nbsp+": jetez-en un.", n))
	}
	capacities, err := json.Marshal(s.Capacities)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into scenario (`+scenarioColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, null, '', '')`,
		s.ID, s.Season, s.Name, s.AtClosing, string(capacities), s.Days, now, a.Name, now, a.Name)
	return err
}

func (s Scenario) update(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor) error {
	is, err := ScenarioByID(ctx, tx, a, s.ID)
	if err != nil {
		return err
	}
	if err := is.stillAsRead(s.Version); err != nil {
		return err
	}
	capacities, err := json.Marshal(s.Capacities)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `update scenario set name = $1, at_closing = $2, capacities = $3, offer_days = $4, updated_at = $5, updated_by = $6, version = version + 1
		where id = $7`, s.Name, s.AtClosing, string(capacities), s.Days, now, a.Name, s.ID)
	return err
}

func (s Scenario) stillAsRead(version int64) error {
	switch {
	case !s.PublishedAt.IsZero():
		return &fault.Conflict{Message: s.PublishedBy + " a publié le scénario « " + s.Name + " » le " + french.Moment(s.PublishedAt) + french.Nbsp + ": rien n’a été écrit."}
	case s.Version != version:
		return &fault.Conflict{Message: s.UpdatedBy + " a changé le scénario « " + s.Name + " » le " + french.Moment(s.UpdatedAt) + french.Nbsp + ": rien n’a été écrit. Relisez-le."}
	}
	return nil
}

// ThrowScenario deletes a scenario that is not published; the journal keeps its name.
func ThrowScenario(ctx context.Context, store *db.Store, clk clock.Clock, a actor.Actor, id string, version int64) error {
	if !a.IsOffice() {
		return fault.ErrForbidden
	}
	return store.Write(ctx, func(tx *db.Tx) error {
		is, err := ScenarioByID(ctx, tx, a, id)
		if err != nil {
			return err
		}
		if err := is.stillAsRead(version); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from scenario where id = $1`, id); err != nil {
			return err
		}
		return journal.Append(ctx, tx, journal.By(a, clk.Now(), journal.Line{Event: "places.scenario_thrown", Subject: is.Subject(), Before: "scénario « " + is.Name + " »", After: "jeté"}))
	})
}
