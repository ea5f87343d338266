package trail_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/trail"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

var (
	ctx       = context.Background()
	secretary = actor.Actor{Account: "a-odile", Name: "Odile Batard", Role: actor.Secretary}
	director  = actor.Actor{Account: "a-pascal", Name: "Pascal Ollivier", Role: actor.Director}
	family    = actor.Actor{Account: "a-moreau", Name: "Famille Moreau", Role: actor.Family, Household: "moreau"}
)

// house is a school with the families Moreau and Haddad, whose pupil Lou has a
// home in both, and one machine that keeps the journal of accesses.
type house struct {
	*testing.T
	store  *db.Store
	clock  *clock.Moved
	keeper *trail.Keeper
}

func each(t *testing.T, f func(h *house)) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := &house{T: t, store: store, clock: clock.At(time.Date(2027, 6, 8, 18, 0, 0, 0, time.UTC))}
		h.keeper = h.machine()
		h.write(func(tx *db.Tx) error {
			var all error
			for i, name := range []string{"moreau", "haddad"} {
				all = errors.Join(all, people.PutHousehold(ctx, tx, h.clock.Now(), people.Household{ID: name, Guardians: []people.Guardian{
					{ID: fmt.Sprint("g", i), HouseholdID: name, LastName: strings.ToUpper(name[:1]) + name[1:], FirstName: "Claire"}}}))
			}
			_, err := account.New(store, h.clock).CreateFamily(ctx, tx, actor.System, "moreau", "MOREAU-4821", "Moreau")
			return errors.Join(all, err, people.PutPupil(ctx, tx, h.clock.Now(), people.Pupil{ID: "lou", LastName: "Moreau", FirstName: "Lou"}, []string{"haddad", "moreau"}, nil))
		})
		f(h)
	})
}

func (h *house) machine() *trail.Keeper {
	k := trail.NewKeeper(h.store, h.clock, slog.New(slog.DiscardHandler))
	h.Cleanup(k.Close)
	return k
}

func (h *house) write(f func(tx *db.Tx) error) {
	h.Helper()
	if err := h.store.Write(ctx, f); err != nil {
		h.Fatal(err)
	}
}

// page is a page of the list, each line as « event of household: said ».
func (h *house) page(n trail.Narrow, limit int) ([]string, trail.Page) {
	h.Helper()
	h.keeper.Flush(ctx)
	page, err := trail.ReadPage(ctx, h.store, director, n, says, limit)
	if err != nil {
		h.Fatal(err)
	}
	return lines(page.Entries), page
}

func says(e trail.Entry) string {
	if e.Access != nil {
		return e.Access.Event + " " + e.Access.Said
	}
	return e.Change.Event + " " + e.Change.After
}

func lines(entries []trail.Entry) []string {
	var all []string
	for _, e := range entries {
		_, name, _ := e.Who()
		all = append(all, strings.TrimSpace(says(e))+" ("+name+", "+e.Household()+")")
	}
	return all
}

func (h *house) wants(what string, got []string, want ...string) {
	h.Helper()
	if !slices.Equal(got, want) {
		h.Errorf("%s:\ngot  %q\nwant %q", what, got, want)
	}
}

func TestAccessesAreWrittenBesideWhatTheyTell(t *testing.T) {
	each(t, func(h *house) {
		k := h.keeper
		k.Note(family, trail.Line{Kind: trail.Session, Event: trail.SignedIn, Address: "203.0.113.9", Browser: "Firefox sur Linux"})
		k.NoteRefused("moreau-4821", trail.Line{}, false)
		k.NoteRefused("hunter2-typed-here", trail.Line{}, false)
		got, page := h.page(trail.Narrow{}, 50)
		h.wants("sessions", got[:3], "sign_in_refused identifiant inconnu (, )", "sign_in_refused (Famille Moreau, moreau)", "signed_in (Famille Moreau, moreau)")
		if first := page.Entries[2].Access; first.Address != "203.0.113.9" || first.Browser != "Firefox sur Linux" || !first.At.Equal(h.clock.Now()) {
			h.Errorf("kept: %+v", first)
		}
		if n, err := db.One[int64](ctx, h.store, `select count(*) from access_line where said || subject || actor_name || slot like '%hunter2%'`); err != nil || n != 0 {
			h.Errorf("%d lines hold what somebody typed who is nobody (%v)", n, err)
		}
		for range 3 { // turned away untried: a flood has one line
			k.NoteRefused("MOREAU-4821", trail.Line{Said: "trop d’essais", Address: "203.0.113.9"}, true)
		}
		if got, _ := h.page(trail.Narrow{Words: "trop d’essais zzz"}, 50); len(got) != 0 {
			h.Errorf("words that no line has: %q", got)
		}
		if got, _ := h.page(trail.Narrow{Words: "essais trop"}, 50); len(got) != 1 {
			h.Errorf("turned away: %q", got)
		}
		if at, err := trail.LastSignIn(ctx, h.store, "moreau"); err != nil || !at.Equal(h.clock.Now()) {
			h.Errorf("last sign-in: %v %v", at, err)
		}
		if at, err := trail.LastSignIn(ctx, h.store, "haddad"); err != nil || !at.IsZero() {
			h.Errorf("last sign-in of who has not: %v %v", at, err)
		}

		view := trail.Line{Event: "households.homes", Pupil: "lou", Subject: "/bureau/eleves/lou/foyers", Said: "Lou"}
		views := trail.Narrow{Choice: trail.Views}
		other := h.machine()
		for _, machine := range []*trail.Keeper{k, k, other} {
			machine.NoteView(secretary, view)
			machine.Flush(ctx)
		}
		got, _ = h.page(views, 50)
		h.wants("a page opened again and again, on two machines", got, "households.homes Lou (Odile Batard, moreau)", "households.homes Lou (Odile Batard, haddad)")
		h.clock.Add(10 * time.Minute)
		k.NoteView(secretary, view)
		if got, _ := h.page(views, 50); len(got) != 4 {
			h.Errorf("ten minutes later: %q", got)
		}

		taken := trail.Line{Event: "lists.sheet", Subject: "familles.csv", Said: "pole : loire", Rows: 312}
		for range 2 {
			if err := other.Write(ctx, secretary, taken); err != nil {
				h.Fatal(err)
			}
		}
		files, err := trail.ReadPage(ctx, h.store, director, trail.Narrow{Choice: trail.Files}, says, 50) // nothing was flushed
		if err != nil || len(files.Entries) != 2 || files.Entries[0].Access.Rows != 312 {
			h.Errorf("a list taken twice: %q %v", lines(files.Entries), err)
		}
		var none *trail.Keeper
		none.Note(family, trail.Line{})
		if err := none.Write(ctx, secretary, taken); err != nil {
			h.Errorf("no keeper: %v", err)
		}
	})
}

func TestBothJournalsAreReadAsOneList(t *testing.T) {
	each(t, func(h *house) {
		start := h.clock.Now()
		for i := range 12 {
			h.clock.Add(time.Hour)
			who, household := secretary, "moreau"
			if i%3 == 0 {
				who, household = director, "haddad"
			}
			h.keeper.NoteView(who, trail.Line{Event: "view", Household: household, Subject: fmt.Sprint("/", i), Said: fmt.Sprint("n", i)})
			h.keeper.Flush(ctx)
			h.write(func(tx *db.Tx) error {
				return journal.Append(ctx, tx, journal.By(who, h.clock.Now(), journal.Line{Event: "household.changed", Household: household, After: fmt.Sprint("Éléphant n", i)}))
			})
		}
		all, _ := h.page(trail.Narrow{Choice: trail.Views}, 50)
		changes, _ := h.page(trail.Narrow{Choice: trail.Changes, From: start.Add(time.Minute)}, 50)
		if len(all) != 12 || len(changes) != 12 {
			h.Fatalf("%d views, %d changes", len(all), len(changes))
		}
		whole, _ := h.page(trail.Narrow{From: start.Add(time.Minute)}, 50)
		var paged []string
		n := trail.Narrow{From: start.Add(time.Minute)}
		for {
			some, page := h.page(n, 5)
			paged = append(paged, some...)
			if n.Before = page.More; page.More == "" {
				break
			}
		}
		h.wants("pages of five", paged, whole...)
		if len(whole) != 24 || !strings.HasPrefix(whole[0], "household.changed Éléphant n11") || !strings.HasPrefix(whole[1], "view n11") {
			h.Errorf("the newest: %q", whole[:2])
		}
		var sheet []string
		for entries, err := range trail.All(ctx, h.store, director, n, says) {
			if err != nil {
				h.Fatal(err)
			}
			sheet = append(sheet, lines(entries)...)
		}
		h.wants("a file", sheet, whole...)

		for what, c := range map[string]struct {
			n    trail.Narrow
			want int
		}{
			"a person":                 {trail.Narrow{Person: director.Account}, 8},
			"a household":              {trail.Narrow{Household: "haddad", From: start.Add(time.Minute)}, 8},
			"words, accents aside":     {trail.Narrow{Words: "elephant N1"}, 3},
			"a day":                    {trail.Narrow{From: start.Add(90 * time.Minute), Until: start.Add(3 * time.Hour)}, 2},
			"all of them at once":      {trail.Narrow{Person: secretary.Account, Household: "moreau", Choice: trail.Changes, Words: "n1", From: start, Until: start.Add(4 * time.Hour)}, 1},
			"changes of accounts only": {trail.Narrow{Choice: trail.Sessions}, 1},
		} {
			if got, _ := h.page(c.n, 50); len(got) != c.want {
				h.Errorf("%s: got %d %q", what, len(got), got)
			}
		}

		h.write(func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into household_merge (id, kept_id, lost_id, kept_name, lost_name, login, lost_login, merged_at, merged_by, said, before, after, lines, mails, undone_by)
				values ('m', 'moreau', 'haddad', '', '', '', '', $1, '', '', '', '', '', '', '')`, start)
			return err
		})
		if got, _ := h.page(trail.Narrow{Household: "moreau", Choice: trail.Views}, 50); len(got) != 12 {
			h.Errorf("who saw a household and the one merged into it: %q", got)
		}
		for _, who := range []actor.Actor{{}, family, secretary, {Role: actor.Teacher}, {Role: actor.Bursar}} {
			if _, err := trail.ReadPage(ctx, h.store, who, trail.Narrow{}, says, 5); !errors.Is(err, fault.ErrForbidden) {
				h.Errorf("read by %q: %v", who.Role, err)
			}
			for _, err := range trail.All(ctx, h.store, who, trail.Narrow{}, says) {
				if !errors.Is(err, fault.ErrForbidden) {
					h.Errorf("taken away by %q: %v", who.Role, err)
				}
			}
		}
		h.write(func(tx *db.Tx) error {
			n, err := trail.Sweep(ctx, tx, start.Add(5*time.Hour))
			if n != 4 {
				h.Errorf("%d lines swept", n)
			}
			return err
		})
		if got, _ := h.page(trail.Narrow{From: start.Add(time.Minute)}, 50); len(got) != 20 {
			h.Errorf("after the sweep, %d lines: those of the journal stay", len(got))
		}
	})
}

// TestAPageThatLooksForWordsStops reads no more than so many lines, and goes on
// where it has stopped.
func TestAPageThatLooksForWordsStops(t *testing.T) {
	store := dbtest.SQLite(t)
	at := time.Date(2027, 6, 8, 18, 0, 0, 0, time.UTC)
	rows := make([][]any, 12_000)
	for i := range rows {
		said := "rien"
		if i == 7 {
			said = "aiguille"
		}
		rows[i] = []any{fmt.Sprintf("%06d", i), at.Add(time.Duration(i) * time.Second), "view", "view", "", "", "", "", "", "", "", said, 0, "", "", ""}
	}
	if err := store.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Insert(ctx, `access_line (id, at, kind, event, actor_id, actor_name, actor_role, household_id, pupil_id, dossier_id, subject, said, row_count, address, browser, slot)`, "", rows)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	first, err := trail.ReadPage(ctx, store, director, trail.Narrow{Words: "aiguille"}, says, 50)
	if err != nil || len(first.Entries) != 0 || first.More == "" || first.Through.IsZero() {
		t.Fatalf("first: %+v %v", first, err)
	}
	next, err := trail.ReadPage(ctx, store, director, trail.Narrow{Words: "aiguille", Before: first.More}, says, 50)
	if err != nil || len(next.Entries) != 1 || next.More != "" {
		t.Errorf("next: %+v %v", next, err)
	}
}
