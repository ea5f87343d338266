package rollover

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/domain/transfer"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Prepare makes the coming season and its copies. Nothing of the current season
// changes, and no family sees anything of it yet. It returns the season's id.
func Prepare(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, plan Plan) (string, error) {
	if !a.MaySettle() {
		return "", fault.ErrForbidden
	}
	if err := school.Changed(ctx, tx); err != nil { // one at a time, before anything is read
		return "", err
	}
	from, err := current(ctx, tx)
	if err != nil {
		return "", err
	}
	plan = plan.Complete()
	if err := mayPrepare(ctx, tx, from, plan, now); err != nil {
		return "", err
	}
	plan.Season.ID = db.NewID()
	if err := school.AddSeason(ctx, tx, plan.Season); err != nil {
		return "", err
	}
	ids, err := copyAll(ctx, tx, from, plan.Season.ID, plan)
	if err != nil {
		return "", err
	}
	if err := transfer.Carry(ctx, tx, from.Name, plan.Season.Name, ids); err != nil {
		return "", err
	}
	copied, err := standing(ctx, tx, plan.Season.ID)
	if err != nil {
		return "", err
	}
	list, err := json.Marshal(copied)
	if err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, `insert into roll_over (season_id, from_season_id, prepared_at, prepared_by, only_enrolled, copied) values ($1, $2, $3, $4, $5, $6)`,
		plan.Season.ID, from.ID, now, a.Name, plan.OnlyEnrolled, string(list)); err != nil {
		return "", fmt.Errorf("keep the preparation of %s: %w", plan.Season.Name, err)
	}
	return plan.Season.ID, tell(ctx, tx, now, a, plan.Season.ID, journal.Line{Event: "season.prepared", Before: "saison " + from.Name,
		After: "Saison " + plan.Season.Name + " préparée" + french.Nbsp + ": " + countWords(copied)})
}

func countWords(copied []copyOf) string {
	n := map[string]int64{}
	for _, c := range copied {
		n[c.Kind]++
	}
	return french.List([]string{french.Count(n["le cours"], "cours copié", "cours copiés"), french.Count(n["la formule"], "formule", "formules"), french.Count(n["la pièce"], "pièce", "pièces")})
}

// mayPrepare refuses what cannot follow the season that ends.
func mayPrepare(ctx context.Context, tx *db.Tx, from school.Season, plan Plan, now time.Time) error {
	if other, waiting, err := Waiting(ctx, tx); err != nil {
		return err
	} else if waiting {
		s, err := school.SeasonByID(ctx, tx, other.Season)
		if err != nil {
			return err
		}
		return &fault.Conflict{Message: "La saison " + s.Name + " est déjà préparée, par " + other.PreparedBy + " le " + french.Moment(other.PreparedAt) + "."}
	}
	var c fault.Check
	s := plan.Season
	c.That(s.StartsOn > from.StartsOn, "debut", "La saison commence après la saison "+from.Name+".")
	c.That(s.StartsOn >= from.EndsOn, "debut", "La saison "+from.Name+" n’est pas finie ce jour-là (dernier jour"+french.Nbsp+": "+french.CivilDate(from.EndsOn)+").")
	c.That(s.OpensAt.After(now), "ouverture", "Cette date est passée"+french.Nbsp+": la campagne s’ouvrirait aussitôt et rien ne pourrait être annulé.")
	c.That(from.ClosesAt.IsZero() || !s.HandsOverAt.Before(from.ClosesAt), "passage", "La campagne "+from.Name+" ne clôt que le "+french.Moment(from.ClosesAt)+".")
	seasons, err := school.Seasons(ctx, tx)
	if err != nil {
		return err
	}
	for _, other := range seasons {
		c.That(other.Name != s.Name, "debut", "La saison "+s.Name+" existe déjà.")
	}
	return c.Err()
}

func tell(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, season string, line journal.Line) error {
	line.Subject = school.SeasonSubject(season)
	return journal.Append(ctx, tx, journal.By(a, now, line))
}

// UndoPreparation takes the season and its copies away. It is refused, naming
// them, once any of the copies has changed, or once the season was handed over.
func UndoPreparation(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, season string) error {
	if !a.MaySettle() {
		return fault.ErrForbidden
	}
	if err := school.Changed(ctx, tx); err != nil {
		return err
	}
	p, found, err := Of(ctx, tx, season)
	if err != nil {
		return err
	}
	if !found {
		return fault.ErrNotFound
	}
	if p.HandedOver() {
		return &fault.Conflict{Message: "Cette saison est déjà celle des familles" + french.Nbsp + ": revenez d’abord à la saison précédente."}
	}
	changed, err := ChangedSince(ctx, tx, p)
	if err != nil {
		return err
	}
	if len(changed) > 0 {
		return &fault.Conflict{Message: "La préparation ne s’annule plus" + french.Nbsp + ": " + some(changed) + " a changé depuis. Rien n’a été effacé."}
	}
	s, err := school.SeasonByID(ctx, tx, season)
	if err != nil {
		return err
	}
	if err := remove(ctx, tx, s); err != nil {
		return err
	}
	return tell(ctx, tx, now, a, season, journal.Line{Event: "season.preparation_undone", Before: "saison " + s.Name + " préparée", After: "Préparation de la saison " + s.Name + " annulée"})
}

// ChangedSince says in words what has changed of what the preparation wrote.
func ChangedSince(ctx context.Context, r db.Reader, p Prepared) ([]string, error) {
	var then []copyOf
	if err := json.Unmarshal([]byte(p.Copied), &then); err != nil {
		return nil, fmt.Errorf("read the list of copies of %s: %w", p.Season, err)
	}
	now, err := standing(ctx, r, p.Season)
	if err != nil {
		return nil, err
	}
	words := since(then, now)
	begun, err := enrolment.Begun(ctx, r, p.Season)
	if len(begun) > 0 {
		words = append(words, "la préparation des familles "+some(begun))
	}
	return words, err
}

func remove(ctx context.Context, tx *db.Tx, s school.Season) error {
	for _, statement := range []string{`delete from roll_over_pupil where season_id = $1`, `delete from roll_over where season_id = $1`} {
		if _, err := tx.Exec(ctx, statement, s.ID); err != nil {
			return err
		}
	}
	for _, part := range []func(context.Context, *db.Tx, string) error{tariff.RemoveSeason, enrolment.RemoveOfferings, catalogue.RemoveSeason, document.RemoveSeason, people.ForgetSeason, school.RemoveSeason} {
		if err := part(ctx, tx, s.ID); err != nil {
			return err
		}
	}
	return transfer.ForgetCarried(ctx, tx, s.Name)
}

// some names up to three of them.
func some(words []string) string {
	if len(words) <= 3 {
		return french.List(words)
	}
	return strings.Join(words[:3], ", ") + " et " + french.Count(int64(len(words)-3), "autre", "autres")
}
