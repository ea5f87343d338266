package document

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

var (
	noon   = time.Date(2027, 6, 5, 10, 0, 0, 0, time.UTC)
	office = actor.Actor{Name: "Mme Martin", Role: actor.Secretary}
	roux   = actor.Actor{Name: "Mme Roux", Role: actor.Family, Household: "roux"}
	petit  = actor.Actor{Name: "M. Petit", Role: actor.Family, Household: "petit"}

	qf         = Paper{Code: "qf", Name: "Attestation Quotient Familial", Audience: OfHousehold, Validity: "season", Position: 1}
	rib        = Paper{Code: "rib", Name: "RIB", Audience: OfHousehold, Required: true, Condition: "debit", Validity: "standing", Position: 2}
	insurance  = Paper{Code: "assurance", Name: "Assurance", Audience: OfPupil, Required: true, Validity: "season", Position: 3}
	onPaper    = Paper{Code: "formulaire", Name: "Formulaire", Audience: OfPupil, Required: true, Condition: "on_paper", Validity: "season", Position: 4}
	everyPaper = []Paper{qf, rib, insurance, onPaper}
)

func codes(papers []Paper) string {
	var all []string
	for _, p := range papers {
		all = append(all, p.Code)
	}
	return strings.Join(all, " ")
}

func TestAskedOf(t *testing.T) {
	for _, row := range []struct {
		says     string
		audience Audience
		c        Circumstance
		want     string
	}{
		{"a family that pays by cheque", OfHousehold, Circumstance{}, "qf"},
		{"a family with a debit among its means", OfHousehold, Circumstance{Debit: true}, "qf rib"},
		{"a pupil who chooses online", OfPupil, Circumstance{Debit: true}, "assurance"},
		{"a pupil whose choice is handed in on paper", OfPupil, Circumstance{OnPaper: true}, "assurance formulaire"},
	} {
		if got := codes(AskedOf(everyPaper, row.audience, row.c)); got != row.want {
			t.Errorf("%s: want %q, got %q", row.says, row.want, got)
		}
	}
}

func TestMissingAndUnvalidated(t *testing.T) {
	for _, row := range []struct {
		says                 string
		state                State
		missing, unvalidated string
	}{
		{"never deposited", Absent, "assurance", "assurance"},
		{"deposited, not checked", Provided, "", "assurance"},
		{"validated", Validated, "", ""},
		{"refused", Refused, "assurance", "assurance"},
		{"expired", Expired, "assurance", "assurance"},
		{"sans valeur", Worthless, "assurance", "assurance"},
	} {
		held := Held{{"roux", "leo", "assurance"}: {State: row.state}, {"petit", "leo", "assurance"}: {State: Validated}, {"roux", "zoe", "assurance"}: {State: Validated}}
		asked := []Paper{qf, insurance}
		if got := codes(held.Missing(asked, "roux", "leo")); got != row.missing {
			t.Errorf("%s: missing: want %q, got %q", row.says, row.missing, got)
		}
		if got := codes(held.Unvalidated(asked, "roux", "leo")); got != row.unvalidated {
			t.Errorf("%s: not validated: want %q, got %q", row.says, row.unvalidated, got)
		}
	}
}

func TestWordsOfR13(t *testing.T) {
	for state, want := range map[State]string{
		Absent: "À fournir ", Provided: "Fourni en vérification", Validated: "Validé ", Refused: "Refusé à remplacer", Worthless: "Refusé à remplacer", Expired: "Expiré à remplacer",
	} {
		if got := state.French() + " " + state.Detail(); got != want {
			t.Errorf("%q: want %q, got %q", state, want, got)
		}
	}
}

// shelf is a database with two seasons and two families.
type shelf struct {
	*testing.T
	store *db.Store
	blobs int
}

func newShelf(t *testing.T, store *db.Store) *shelf {
	s := &shelf{T: t, store: store}
	s.write(func(ctx context.Context, tx *db.Tx) error {
		err := errors.Join(school.PutSeason(ctx, tx, school.Season{ID: "2026", Name: "2026-2027", OpensAt: noon}), school.PutSeason(ctx, tx, school.Season{ID: "2027", Name: "2027-2028", OpensAt: noon}))
		for _, season := range []string{"2026", "2027"} {
			for _, p := range everyPaper {
				err = errors.Join(err, PutPaper(ctx, tx, season, p))
			}
		}
		for _, h := range []string{"roux", "petit"} {
			err = errors.Join(err, people.PutHousehold(ctx, tx, noon, people.Household{ID: h}))
		}
		return errors.Join(err, people.PutPupil(ctx, tx, noon, people.Pupil{ID: "leo"}, []string{"roux"}, nil))
	})
	return s
}

func (s *shelf) write(f func(ctx context.Context, tx *db.Tx) error) {
	s.Helper()
	if err := s.store.Write(context.Background(), func(tx *db.Tx) error { return f(context.Background(), tx) }); err != nil {
		s.Fatal(err)
	}
}

func (s *shelf) put(a actor.Actor, season string, p Paper, slot Slot) (id string, err error) {
	s.blobs++
	slot.Paper = p.Code
	err = s.store.Write(context.Background(), func(tx *db.Tx) (err error) {
		id, err = Put(context.Background(), tx, noon.Add(time.Duration(s.blobs)*time.Minute), a, season, p, slot, File{Name: "a.pdf", BlobKey: db.NewID()})
		return err
	})
	return id, err
}

func (s *shelf) decide(a actor.Actor, id string, version int64, to State, reason string) error {
	return s.store.Write(context.Background(), func(tx *db.Tx) error {
		_, err := Decide(context.Background(), tx, noon, a, id, version, to, reason)
		return err
	})
}

func (s *shelf) held(season string, p Paper, household, pupil string) State {
	s.Helper()
	held, err := HeldBy(context.Background(), s.store, season, household)
	if err != nil {
		s.Fatal(err)
	}
	return held.Of(p, household, pupil).State
}

func TestHeldFromOneSeasonToTheNext(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		s := newShelf(t, store)
		home, leo := Slot{Household: "roux"}, Slot{Household: "roux", Pupil: "leo"}
		ribID, err := s.put(roux, "2026", rib, home)
		if err != nil {
			t.Fatal(err)
		}
		insuranceID, err := s.put(roux, "2026", insurance, leo)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.held("2027", rib, "roux", "leo"); got != Absent {
			t.Errorf("a RIB of last season not validated: want none, got %q", got)
		}
		for _, id := range []string{ribID, insuranceID} {
			if err := s.decide(office, id, 1, Validated, ""); err != nil {
				t.Fatal(err)
			}
		}
		if got := s.held("2027", rib, "roux", "leo"); got != Validated {
			t.Errorf("a RIB validated last season: want it validated, got %q", got)
		}
		if got := s.held("2027", insurance, "roux", "leo"); got != Absent {
			t.Errorf("an insurance validated last season: want none, got %q", got)
		}
		if got := s.held("2026", insurance, "roux", "leo"); got != Validated {
			t.Errorf("the insurance in its own season: want it validated, got %q", got)
		}
		if got := s.held("2026", rib, "petit", "leo"); got != Absent {
			t.Errorf("the RIB of another family: want none, got %q", got)
		}
	})
}

func TestReplacedNeverDeleted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		s := newShelf(t, store)
		leo := Slot{Household: "roux", Pupil: "leo"}
		first, err := s.put(roux, "2027", insurance, leo)
		if err != nil {
			t.Fatal(err)
		}
		second, err := s.put(roux, "2027", insurance, leo)
		if err != nil {
			t.Fatal(err)
		}
		var conflict *fault.Conflict
		if err := s.decide(office, first, 1, Validated, ""); !errors.As(err, &conflict) {
			t.Errorf("decide of the version replaced: want a conflict, got %v", err)
		}
		if err := s.decide(office, second, 1, Validated, ""); err != nil {
			t.Fatal(err)
		}
		var refused *fault.Invalid
		if _, err := s.put(roux, "2027", insurance, leo); !errors.As(err, &refused) {
			t.Errorf("a family replaces what is validated: want a refusal, got %v", err)
		}
		slot := leo
		slot.Paper = "assurance"
		versions, err := Versions(context.Background(), store, office, slot)
		if err != nil || len(versions) != 2 || versions[0].ID != second || versions[1].ID != first {
			t.Errorf("versions: %+v, %v", versions, err)
		}
		if _, err := Versions(context.Background(), store, roux, slot); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("a family asks for older versions: want ErrForbidden, got %v", err)
		}
	})
}

func TestWhoSeesADeposit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		s := newShelf(t, store)
		id, err := s.put(roux, "2027", qf, Slot{Household: "roux"})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range []struct {
			says string
			who  actor.Actor
			want error
		}{{"its family", roux, nil}, {"the office", office, nil}, {"another family", petit, fault.ErrNotFound}, {"nobody", actor.Actor{}, fault.ErrNotFound},
			{"a teacher", actor.Actor{Role: actor.Teacher}, fault.ErrNotFound}, {"the régie", actor.Actor{Role: actor.Bursar}, fault.ErrNotFound}} {
			if _, err := ByID(context.Background(), store, row.who, id); !errors.Is(err, row.want) {
				t.Errorf("%s: want %v, got %v", row.says, row.want, err)
			}
		}
		if _, err := s.put(petit, "2027", qf, Slot{Household: "roux"}); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a deposit for another family: want ErrNotFound, got %v", err)
		}
	})
}

func TestDecide(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		s := newShelf(t, store)
		all := []State{Provided, Validated, Refused, Worthless}
		may := map[State]string{Provided: "validated refused worthless", Validated: "provided refused worthless", Refused: "validated worthless"}
		for _, from := range all {
			for _, to := range all {
				id, err := s.put(office, "2027", qf, Slot{Household: "roux"})
				if err != nil {
					t.Fatal(err)
				}
				version := int64(1)
				if from != Provided {
					if err := s.decide(office, id, version, from, "illisible"); err != nil {
						t.Fatal(err)
					}
					version++
				}
				err = s.decide(office, id, version, to, "illisible")
				if want := strings.Contains(may[from], string(to)); want != (err == nil) {
					t.Errorf("from %s to %s: want %v, got %v", from, to, want, err)
				}
			}
		}
		id, err := s.put(roux, "2027", qf, Slot{Household: "roux"})
		if err != nil {
			t.Fatal(err)
		}
		var invalid *fault.Invalid
		for _, to := range []State{Refused, Worthless} {
			if err := s.decide(office, id, 1, to, " "); !errors.As(err, &invalid) || invalid.Of("motif") == "" {
				t.Errorf("%s without a reason: got %v", to, err)
			}
		}
		if err := s.decide(roux, id, 1, Validated, ""); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("a family decides: want ErrForbidden, got %v", err)
		}
		var conflict *fault.Conflict
		if err := s.decide(office, id, 2, Validated, ""); !errors.As(err, &conflict) {
			t.Errorf("another version: want a conflict, got %v", err)
		}
	})
}
