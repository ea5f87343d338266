package tariff

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Kept is a season's tariff as it stands; its Version is 0 before there is one.
type Kept struct {
	Tariff
	school.Edited
}

// Found tells whether the season has a tariff.
func (k Kept) Found() bool { return k.Version > 0 }

type keptRow struct {
	Content string `db:"content"`
	school.Edited
}

// Of returns the season's tariff, or New.
func Of(ctx context.Context, r db.Reader, season string) (Kept, error) {
	row, found, err := db.Maybe[keptRow](ctx, r, `select content, version, changed_at, changed_by from tariff where season_id = $1`, season)
	if err != nil || !found {
		return Kept{Tariff: New()}, err
	}
	k := Kept{Edited: row.Edited}
	if err := json.Unmarshal([]byte(row.Content), &k.Tariff); err != nil {
		return k, fmt.Errorf("read the tariff of %s: %w", season, err)
	}
	return k, nil
}

// InForce is Of, out of memory while the settings stand; season has just been
// read. It is read only.
func InForce(ctx context.Context, r db.Reader, season school.Season) (Kept, error) {
	return school.InForce(ctx, r, inForceKey{season.ID}, season, func(ctx context.Context) (Kept, error) { return Of(ctx, r, season.ID) })
}

type inForceKey struct{ season string }

// KnownOf reads what the season's tariff is judged against.
func KnownOf(ctx context.Context, r db.Reader, season school.Season) (Known, error) {
	k := Known{Starts: season.StartsOn}
	offer, err := catalogue.Of(ctx, r, season.ID)
	if err != nil {
		return k, err
	}
	for _, p := range offer.Programmes {
		k.Programmes = append(k.Programmes, Programme{Code: p.Code, Title: p.Title, AgeMin: p.AgeMin, AgeMax: p.AgeMax})
	}
	modes, err := school.BillingModes(ctx, r)
	for _, m := range modes {
		k.Modes = append(k.Modes, m.Code)
	}
	return k, err
}

// Save keeps the tariff that was read at that version. It returns *fault.Invalid
// for what cannot be decided, *fault.Conflict when somebody has changed it since,
// fault.ErrForbidden to who may not.
func Save(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, season school.Season, read int64, t Tariff) error {
	if !a.May(actor.Changes, actor.Tariffs) {
		return fault.ErrForbidden
	}
	if err := school.Changed(ctx, tx); err != nil { // one at a time, before anything is read
		return err
	}
	known, err := KnownOf(ctx, tx, season)
	if err != nil {
		return err
	}
	held, err := Of(ctx, tx, season.ID)
	if err != nil {
		return err
	}
	if err := held.Against(read); err != nil {
		return err
	}
	if err := t.Check(known); err != nil {
		return err
	}
	if held.Found() && reflect.DeepEqual(held.Tariff, t) {
		return nil
	}
	if err := put(ctx, tx, season.ID, t, school.Edited{Version: held.Version + 1, ChangedAt: now, ChangedBy: a.Name}); err != nil {
		return err
	}
	before, after := told(held, t, known)
	return journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "tariff.saved", Subject: school.SeasonSubject(season.ID), Before: before, After: after}))
}

func put(ctx context.Context, tx *db.Tx, season string, t Tariff, e school.Edited) error {
	content, err := json.Marshal(t)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `insert into tariff (season_id, content, version, changed_at, changed_by) values ($1, $2, $3, $4, $5)
		on conflict (season_id) do update set content = excluded.content, version = excluded.version, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
		season, string(content), e.Version, e.ChangedAt, e.ChangedBy); err != nil {
		return fmt.Errorf("keep the tariff of %s: %w", season, err)
	}
	return nil
}

// mostTold is how many differences a line of the journal names.
const mostTold = 12

func told(held Kept, t Tariff, known Known) (before, after string) {
	if !held.Found() {
		return "", "Tarifs de la saison" + french.Nbsp + ": " + french.Count(int64(len(t.Lines)), "ligne", "lignes")
	}
	all := Differences(held.Values(known.Modes), t.Values(known.Modes))
	var fields []journal.Field
	for _, d := range all[:min(mostTold, len(all))] {
		fields = append(fields, journal.Field{Label: d.Label, Before: d.Before, After: d.After})
	}
	before, after = journal.Changes(fields...)
	if more := len(all) - mostTold; more > 0 {
		after += ", et " + french.Count(int64(more), "autre changement", "autres changements")
	}
	return "Tarifs, " + before, "Tarifs, " + strings.TrimSpace(after)
}

// Copy gives a new season the tariff of the one before it, when there is one.
// Formules keep their codes, and the dates of instalments are days of any year.
func Copy(ctx context.Context, tx *db.Tx, from, to string) error {
	if err := school.Changed(ctx, tx); err != nil {
		return err
	}
	held, err := Of(ctx, tx, from)
	if err != nil || !held.Found() {
		return err
	}
	return put(ctx, tx, to, held.Tariff, school.Edited{Version: 1})
}

// RemoveSeason takes away the tariff of a season.
func RemoveSeason(ctx context.Context, tx *db.Tx, season string) error {
	_, err := tx.Exec(ctx, `delete from tariff where season_id = $1`, season)
	return err
}
