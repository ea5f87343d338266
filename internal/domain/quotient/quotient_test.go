package quotient_test

import (
	"errors"
	"testing"
	"time"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/quotient"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

func at(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t
}

func TestWhichQuotientCounts(t *testing.T) {
	first := quotient.Quotient{ID: "first", Value: 845_00, From: "2027-01-01", Until: "2027-12-31", At: at("2027-01-10")}
	later := quotient.Quotient{ID: "later", Value: 400_50, From: "2027-06-01", Until: "2027-09-30", At: at("2027-06-10")}
	wrong := quotient.Quotient{ID: "wrong", Value: 1_00, From: "2027-01-01", Until: "2027-12-31", At: at("2027-07-01"), WithdrawnAt: at("2027-07-02")}
	zero := quotient.Quotient{ID: "zero", From: "2028-01-01", Until: "2028-12-31", At: at("2028-01-02")}
	all := []quotient.Quotient{zero, wrong, later, first}
	for _, c := range []struct {
		day, want string
		state     quotient.State
	}{
		{"2026-12-31", "", quotient.None}, {"2027-01-01", "first", quotient.Valid}, {"2027-05-31", "first", quotient.Valid}, {"2027-06-01", "later", quotient.Valid},
		{"2027-09-30", "later", quotient.Valid}, {"2027-10-01", "first", quotient.Valid}, {"2027-12-31", "first", quotient.Valid}, {"2028-01-01", "zero", quotient.Valid}, {"2029-01-01", "zero", quotient.Expired},
	} {
		if q, s := quotient.On(all, c.day); q.ID != c.want || s != c.state {
			t.Errorf("%s: %q %q, want %q %q", c.day, q.ID, s, c.want, c.state)
		}
	}
	if first.Figure() != "845" || later.Figure() != "400,50" {
		t.Errorf("%s, %s", first.Figure(), later.Figure())
	}
	same := later
	same.ID, same.Value = "latest", 1_200_00
	for _, both := range [][]quotient.Quotient{{later, same}, {same, later}} { // entered at one instant: the greater id is the later
		if q, _ := quotient.On(both, "2027-07-15"); q.ID != "latest" {
			t.Errorf("of two entered at once: %s", q.ID)
		}
	}
	if q := quotient.ForTariff(all, "2027-07-15"); !q.Valid || q.Value != 400_50 {
		t.Errorf("%+v", q)
	}
	if q := quotient.ForTariff(all, "2028-02-01"); !q.Valid || q.Value != 0 {
		t.Errorf("a quotient of zero is one: %+v", q)
	}
	if q := quotient.ForTariff(all, "2029-02-01"); q.Valid {
		t.Errorf("one that has run out: %+v", q)
	}
}

func TestWhatNoAttestationSays(t *testing.T) {
	right := quotient.Quotient{Value: 400_50, Month: "2027-05", Issuer: "CAF", From: "2027-06-01", Until: "2028-05-31"}
	if err := right.Check("2027-06-08"); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*quotient.Quotient){
		"valeur": func(q *quotient.Quotient) { q.Value = -1 }, "mois": func(q *quotient.Quotient) { q.Month = "2027-07" }, "organisme": func(q *quotient.Quotient) { q.Issuer = "Banque" },
		"du": func(q *quotient.Quotient) { q.From = "2027-02-30" }, "au": func(q *quotient.Quotient) { q.Until = "2029-06-30" },
	} {
		q := right
		change(&q)
		var invalid *fault.Invalid
		if err := q.Check("2027-06-08"); !errors.As(err, &invalid) || invalid.Of(name) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestQuotientsAreKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		s := testschool.Open(t, store)
		f, other := s.Family("MOREAU-4821", "Lucie"), s.Family("BOSSIS-1722", "Inès")
		now := s.Clock.Now()
		enter := func(a actor.Actor, household string) (q quotient.Quotient, err error) {
			err = store.Write(s.Ctx, func(tx *db.Tx) error {
				q, err = quotient.Enter(s.Ctx, tx, a, now, quotient.Quotient{Household: household, Value: 845_00, Month: "2027-05", Issuer: "MSA", Source: quotient.Paper, From: "2027-06-01", Until: "2028-05-31"})
				return err
			})
			return q, err
		}
		q, err := enter(testschool.Secretary, f.Household)
		if err != nil || q.By != testschool.Secretary.Name {
			t.Fatal(q, err)
		}
		family := actor.Actor{Account: "a", Role: actor.Family, Household: f.Household}
		stranger := actor.Actor{Account: "b", Role: actor.Family, Household: other.Household}
		teacher := actor.Actor{Account: "c", Role: actor.Teacher}
		for name, a := range map[string]actor.Actor{"its family": family, "a teacher": teacher} {
			if _, err := enter(a, f.Household); !errors.Is(err, fault.ErrForbidden) {
				t.Errorf("entered by %s: %v", name, err)
			}
		}
		if _, err := enter(testschool.Secretary, "nobody"); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("of nobody: %v", err)
		}
		if all, err := quotient.Of(s.Ctx, store, family, f.Household); err != nil || len(all) != 1 || all[0].Value != 845_00 {
			t.Errorf("%+v, %v", all, err)
		}
		for name, a := range map[string]actor.Actor{"another family": stranger, "a teacher": teacher} {
			if _, err := quotient.Of(s.Ctx, store, a, f.Household); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("read by %s: %v", name, err)
			}
		}
		withdraw := func(household, reason string) error {
			return store.Write(s.Ctx, func(tx *db.Tx) error {
				return quotient.Withdraw(s.Ctx, tx, testschool.Secretary, now, household, q.ID, reason)
			})
		}
		var invalid *fault.Invalid
		if err := withdraw(f.Household, " "); !errors.As(err, &invalid) {
			t.Errorf("without a reason: %v", err)
		}
		if err := withdraw(other.Household, "d’un autre foyer"); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("of another household: %v", err)
		}
		s.Must(withdraw(f.Household, "lu de travers"))
		var conflict *fault.Conflict
		if err := withdraw(f.Household, "encore"); !errors.As(err, &conflict) {
			t.Errorf("twice: %v", err)
		}
		all, err := quotient.Of(s.Ctx, store, testschool.Secretary, f.Household)
		if err != nil || len(all) != 1 || all[0].Stands() || quotient.ForTariff(all, "2027-07-01").Valid {
			t.Errorf("%+v, %v", all, err)
		}
	})
}
