package tariff_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	room "pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

var (
	bursar = actor.Actor{Account: "r", Name: "Odile Brelet", Role: actor.Bursar}
	noon   = time.Date(2027, 6, 1, 10, 0, 0, 0, time.UTC)
	season = room.Season{ID: "2027", Name: "2027-2028", StartsOn: starts}
)

// seasons makes two seasons, the formules of known and the school's ways to pay.
func seasons(t *testing.T, store *db.Store) {
	t.Helper()
	ctx := context.Background()
	if err := store.Write(ctx, func(tx *db.Tx) error {
		for _, s := range []string{"2027", "2028"} {
			if _, err := tx.Exec(ctx, `insert into season (id, name, starts_on, ends_on, ages_on, campaign_opens_at, is_current, next_rank, next_number, moves)
				values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, s, s, s+"-09-13", s+"-06-30", s+"-12-31", noon, s == "2027", 1, 1, 0); err != nil {
				return err
			}
			for i, p := range known.Programmes {
				if _, err := tx.Exec(ctx, `insert into programme (id, season_id, code, title, message, age_min, age_max, levels, position) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
					s+p.Code, s, p.Code, p.Title, "", p.AgeMin, p.AgeMax, "", i); err != nil {
					return err
				}
			}
		}
		for _, m := range known.Modes {
			if _, err := tx.Exec(ctx, `insert into billing_mode (code, name, position) values ($1, $2, $3)`, m, "mode", m); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func save(store *db.Store, who actor.Actor, read int64, s tariff.Tariff) error {
	ctx := context.Background()
	return store.Write(ctx, func(tx *db.Tx) error { return tariff.Save(ctx, tx, who, noon, season, read, s) })
}

func kept(t *testing.T, store *db.Store, season string) tariff.Kept {
	t.Helper()
	k, err := tariff.Of(context.Background(), store, season)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestATariffIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seasons(t, store)
		ctx := context.Background()
		got, err := tariff.KnownOf(ctx, store, season)
		if err != nil || !reflect.DeepEqual(got, known) {
			t.Fatalf("known %+v, %v", got, err)
		}
		if kept(t, store, "2027").Found() {
			t.Error("a season has a tariff before any was saved")
		}
		s := everything(t)
		if err := save(store, actor.Actor{Name: "Annie", Role: actor.Secretary}, 0, s); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("a secretary: %v", err)
		}
		if err := save(store, bursar, 0, s); err != nil {
			t.Fatal(err)
		}
		if k := kept(t, store, "2027"); !reflect.DeepEqual(k.Tariff, s) || k.Version != 1 || k.ChangedBy != bursar.Name {
			t.Errorf("kept %+v", k)
		}
		changed(t, store, s)
		copied(t, store)
	})
}

// changed changes a price, after somebody else has.
func changed(t *testing.T, store *db.Store, s tariff.Tariff) {
	t.Helper()
	s.Months = 9
	if err := save(store, bursar, 1, s); err != nil {
		t.Fatal(err)
	}
	var conflict *fault.Conflict
	s.Months = 11
	if err := save(store, bursar, 1, s); !errors.As(err, &conflict) || !strings.Contains(conflict.Message, "Odile Brelet") {
		t.Errorf("an older reading: %v", err)
	}
	s.Lines = s.Lines[1:]
	if fields := refused(t, save(store, bursar, 2, s)); len(fields) == 0 {
		t.Error("a grid with a hole was kept")
	}
	if k := kept(t, store, "2027"); k.Months != 9 || k.Version != 2 {
		t.Errorf("kept version %d, %d months", k.Version, k.Months)
	}
	lines, err := db.All[journal.Line](context.Background(), store, `select event, before, after from journal where event = 'tariff.saved' order by id`)
	if err != nil || len(lines) != 2 || plain(lines[1].Before) != "Tarifs, mois d’une année: 10" || plain(lines[1].After) != "Tarifs, mois d’une année: 9" {
		t.Errorf("the journal says %+v, %v", lines, err)
	}
}

// copied gives the next season the tariff, and takes it away.
func copied(t *testing.T, store *db.Store) {
	t.Helper()
	ctx := context.Background()
	act := func(f func(tx *db.Tx) error) {
		t.Helper()
		if err := store.Write(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	act(func(tx *db.Tx) error { return tariff.Copy(ctx, tx, "2027", "2028") })
	if was, is := kept(t, store, "2027"), kept(t, store, "2028"); !reflect.DeepEqual(is.Tariff, was.Tariff) || is.Version != 1 || is.ChangedBy != "" {
		t.Errorf("copied %+v", is)
	}
	act(func(tx *db.Tx) error { return tariff.RemoveSeason(ctx, tx, "2028") })
	if kept(t, store, "2028").Found() || !kept(t, store, "2027").Found() {
		t.Error("the wrong season was emptied")
	}
}
