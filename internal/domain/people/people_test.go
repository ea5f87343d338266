package people_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

var (
	ctx = context.Background()
	now = time.Date(2027, 6, 8, 20, 0, 0, 0, time.UTC)

	moreau    = actor.Actor{Account: "a1", Name: "Claire Moreau", Role: actor.Family, Household: "moreau"}
	haddad    = actor.Actor{Account: "a2", Name: "Samir Haddad", Role: actor.Family, Household: "haddad"}
	secretary = actor.Actor{Account: "a3", Name: "Odile Batard", Role: actor.Secretary}
	teacher   = actor.Actor{Account: "a4", Name: "Paul Duret", Role: actor.Teacher}
)

// seed makes two families: Moreau with Élise and the adult pupil Claire, Haddad with Nour.
func seed(t *testing.T, store *db.Store) {
	t.Helper()
	write(t, store, func(tx *db.Tx) error {
		return errors.Join(
			school.PutSeason(ctx, tx, school.Season{ID: "s1", Name: "2027-2028", StartsOn: "2027-09-01", EndsOn: "2028-06-30", AgesOn: "2027-12-31", OpensAt: now}),
			school.PutBillingMode(ctx, tx, school.BillingMode{Code: 1, Name: "En 1 fois"}),
			school.PutBillingMode(ctx, tx, school.BillingMode{Code: 3, Name: "En 3 fois"}),
			school.PutPaymentMean(ctx, tx, school.PaymentMean{Code: "prelevement", Name: "prélèvement bancaire", IsDebit: true}),
			school.PutPaymentMean(ctx, tx, school.PaymentMean{Code: "cheques", Name: "chèques", Position: 1}),
			people.PutHousehold(ctx, tx, now, people.Household{ID: "moreau", Address: "1 rue de l’Écluse", Postcode: "44330", Town: "Vallet", Guardians: []people.Guardian{
				{ID: "g1", HouseholdID: "moreau", Civility: "Mme", LastName: "Moreau", FirstName: "Claire", Email: "claire@exemple.fr", Mobile: "0612345678"}}}),
			people.PutHousehold(ctx, tx, now, people.Household{ID: "haddad", Guardians: []people.Guardian{
				{ID: "g2", HouseholdID: "haddad", LastName: "Haddad", FirstName: "Samir", Email: "samir@exemple.fr"}}}),
			people.PutPupil(ctx, tx, now, people.Pupil{ID: "elise", LastName: "Moreau", FirstName: "Élise", BirthDate: "2016-03-14", LevelNow: "CM2"}, []string{"moreau"}, []string{"violon-1", "orchestre"}),
			people.PutPupil(ctx, tx, now, people.Pupil{ID: "claire", LastName: "Moreau", FirstName: "Claire", GuardianID: "g1", LevelNow: "adulte"}, []string{"moreau"}, nil),
			people.PutPupil(ctx, tx, now, people.Pupil{ID: "nour", LastName: "Haddad", FirstName: "Nour", BirthDate: "2015-01-02"}, []string{"haddad"}, nil),
		)
	})
}

func write(t *testing.T, store *db.Store, f func(tx *db.Tx) error) {
	t.Helper()
	if err := store.Write(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func identity() people.HouseholdForm {
	return people.HouseholdForm{
		HouseholdID: "moreau", Version: 1, Address: " 2  rue de l’Écluse ", Postcode: "44 330", Town: "Vallet", BillingMode: 3, Means: []string{"prelevement", "cheques"},
		Guardians: []people.GuardianForm{{ID: "g1", Civility: "Mme", LastName: "Moreau-Petit", FirstName: "Claire", Email: "claire@exemple.fr", Mobile: "06 12 34 56 78", Phone: "+33 2 40 00 00 00"}},
	}
}

func save(store *db.Store, a actor.Actor, form people.HouseholdForm) (h people.Household, err error) {
	err = store.Write(ctx, func(tx *db.Tx) (err error) {
		h, err = people.SaveIdentity(ctx, tx, now, a, form)
		return err
	})
	return h, err
}

func TestSaveIdentityNormalisesAndJournals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		h, err := save(store, moreau, identity())
		if err != nil {
			t.Fatal(err)
		}
		g := h.Guardians[0]
		if h.Address != "2 rue de l’Écluse" || h.Postcode != "44330" || g.Mobile != "0612345678" || g.Phone != "0240000000" || h.Version != 2 {
			t.Errorf("got %+v", h)
		}
		if want := []string{"prelevement", "cheques"}; !slices.Equal(h.Means, want) {
			t.Errorf("means: got %v, want %v", h.Means, want)
		}
		adult, _, err := people.PupilOf(ctx, store, moreau, "claire")
		if err != nil || adult.LastName != "Moreau-Petit" {
			t.Errorf("the adult pupil, typed once: got %+v, %v", adult, err)
		}
		lines, err := journal.OfHousehold(ctx, store, "moreau", 10)
		if err != nil || len(lines) != 1 {
			t.Fatalf("journal: got %v, %v", lines, err)
		}
		if l := lines[0]; !strings.Contains(l.Before, "nom\u202f: Moreau\u202f;") || !strings.Contains(l.After, "nom\u202f: Moreau-Petit") || l.ActorID != "a1" || strings.Contains(l.After, "commune") || !strings.Contains(l.After, "moyens de paiement\u202f: prélèvement bancaire, chèques") {
			t.Errorf("journal: got %+v", l)
		}
	})
}

func TestSaveIdentityRefusesEachEmptyYellowField(t *testing.T) {
	rows := []struct {
		name  string
		field string
		empty func(f *people.HouseholdForm)
	}{
		{"no name", people.FieldLastName, func(f *people.HouseholdForm) { f.Guardians[0].LastName = " " }},
		{"no first name", people.FieldFirstName, func(f *people.HouseholdForm) { f.Guardians[0].FirstName = "" }},
		{"no address", people.FieldAddress, func(f *people.HouseholdForm) { f.Address = "" }},
		{"no postcode", people.FieldPostcode, func(f *people.HouseholdForm) { f.Postcode = "" }},
		{"postcode of four digits", people.FieldPostcode, func(f *people.HouseholdForm) { f.Postcode = "4433" }},
		{"no town", people.FieldTown, func(f *people.HouseholdForm) { f.Town = "" }},
		{"no telephone at all", people.FieldMobile, func(f *people.HouseholdForm) { f.Guardians[0].Mobile, f.Guardians[0].Phone = "", "" }},
		{"a telephone of nine digits", people.FieldPhone, func(f *people.HouseholdForm) { f.Guardians[0].Phone = "240000000" }},
		{"no e-mail", people.FieldEmail, func(f *people.HouseholdForm) { f.Guardians[0].Email = "" }},
		{"an e-mail with an accent", people.FieldEmail, func(f *people.HouseholdForm) { f.Guardians[0].Email = "hélène@exemple.fr" }},
		{"an e-mail without domain", people.FieldEmail, func(f *people.HouseholdForm) { f.Guardians[0].Email = "claire@exemple" }},
		{"no billing mode", people.FieldBilling, func(f *people.HouseholdForm) { f.BillingMode = 0 }},
		{"a billing mode the school has not", people.FieldBilling, func(f *people.HouseholdForm) { f.BillingMode = 8 }},
		{"no means of payment", people.FieldMeans, func(f *people.HouseholdForm) { f.Means = nil }},
		{"a means the school has not", people.FieldMeans, func(f *people.HouseholdForm) { f.Means = []string{"or"} }},
		{"a civility of another kind", people.FieldCivility, func(f *people.HouseholdForm) { f.Guardians[0].Civility = "Dr" }},
		{"a name with NUL", people.FieldLastName, func(f *people.HouseholdForm) { f.Guardians[0].LastName = "Mor\x00eau" }},
		{"a town of 101 letters", people.FieldTown, func(f *people.HouseholdForm) { f.Town = strings.Repeat("é", 101) }},
		{"a second responsible without a name", "nom_2", func(f *people.HouseholdForm) {
			f.Guardians = append(f.Guardians, people.GuardianForm{FirstName: "Luc"})
		}},
	}
	store := dbtest.SQLite(t)
	seed(t, store)
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			form := identity()
			row.empty(&form)
			_, err := save(store, moreau, form)
			var invalid *fault.Invalid
			if !errors.As(err, &invalid) || invalid.Of(row.field) == "" || len(invalid.Fields) != 1 {
				t.Errorf("got %v, want a message at %s alone", err, row.field)
			}
		})
	}
	if _, err := save(store, moreau, identity()); err != nil {
		t.Errorf("the same form, filled: %v", err)
	}
}

func TestSaveIdentityTwiceFromOneReadingIsAConflict(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		if _, err := save(store, secretary, identity()); err != nil {
			t.Fatal(err)
		}
		_, err := save(store, moreau, identity())
		var conflict *fault.Conflict
		if !errors.As(err, &conflict) {
			t.Errorf("got %v, want a conflict", err)
		}
	})
}

// Another household, a teacher and nobody learn nothing and change nothing.
func TestAnotherHouseholdIsNotFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		forged := identity()
		forged.HouseholdID, forged.Guardians[0].ID = "haddad", "g1"
		for _, a := range []actor.Actor{haddad, teacher, {}, {Role: actor.Family}} {
			_, byID := people.HouseholdByID(ctx, store, a, "moreau")
			_, _, pupil := people.PupilOf(ctx, store, a, "elise")
			_, identitySaved := save(store, a, identity())
			billing := store.Write(ctx, func(tx *db.Tx) error {
				return people.SaveBilling(ctx, tx, now, a, "moreau", 1, []string{"cheques"})
			})
			checked := store.Write(ctx, func(tx *db.Tx) error { return people.MarkChecked(ctx, tx, now, a, "moreau", "s1") })
			mandate := store.Write(ctx, func(tx *db.Tx) error { return people.SetMandateReference(ctx, tx, now, a, "moreau", "RUM1") })
			for act, err := range map[string]error{"household": byID, "pupil": pupil, "identity": identitySaved, "billing": billing, "checked": checked, "mandate": mandate, "save pupil": savePupil(store, a, pupilForm())} {
				if !errors.Is(err, fault.ErrNotFound) {
					t.Errorf("%q, %s: got %v, want not found", a.Name, act, err)
				}
			}
			if found, err := people.HouseholdsByID(ctx, store, a, []string{"moreau"}); err != nil || len(found) != 0 {
				t.Errorf("%q reads %v, %v", a.Name, found, err)
			}
			if _, err := people.Search(ctx, store, a, people.Everybody, "moreau", 10); !errors.Is(err, fault.ErrForbidden) {
				t.Errorf("%q searches: got %v", a.Name, err)
			}
		}
		if _, err := save(store, haddad, forged); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a responsible of another family in one's own form: got %v", err)
		}
		h, err := people.HouseholdByID(ctx, store, secretary, "moreau")
		if err != nil || h.Version != 1 || h.Guardians[0].LastName != "Moreau" {
			t.Errorf("the family was touched: %+v, %v", h, err)
		}
	})
}

func TestReadsOfPupils(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		all, err := people.PupilsOf(ctx, store, "moreau")
		if err != nil || len(all) != 2 || all[0].ID != "claire" || all[1].ID != "elise" {
			t.Errorf("pupils: got %v, %v", all, err)
		}
		if !all[0].IsAdult("2027-12-31") || all[1].IsAdult("2027-12-31") || !all[1].IsAdult("2034-03-14") || all[1].IsAdult("2034-03-13") {
			t.Error("who is an adult is wrong")
		}
		now, err := people.CoursesNow(ctx, store, []string{"elise", "nour"})
		if err != nil || !slices.Equal(now["elise"], []string{"orchestre", "violon-1"}) || len(now["nour"]) != 0 {
			t.Errorf("courses of this year: got %v, %v", now, err)
		}
	})
}

func TestMissing(t *testing.T) {
	full := people.Household{Address: "1 rue", Postcode: "44330", Town: "Vallet", BillingMode: 1, Means: []string{"cheques"},
		Guardians: []people.Guardian{{LastName: "Moreau", FirstName: "Claire", Email: "c@exemple.fr", Phone: "0240000000"}}}
	if got := people.MissingFamily(full); len(got) != 0 {
		t.Errorf("a full family misses %v", got)
	}
	if got := people.MissingFamily(people.Household{}); len(got) != 9 {
		t.Errorf("an empty family: got %d fields %v, want 9", len(got), got)
	}
	full.Guardians[0].Email, full.Guardians[0].PendingEmail = "", "c@exemple.fr"
	if got := people.MissingFamily(full); len(got) != 1 || got[0].Name != people.FieldEmail || !strings.Contains(got[0].Message, "c@exemple.fr") {
		t.Errorf("an address not yet confirmed: got %v", got)
	}
	if got := people.MissingPupil(people.Pupil{}, people.PupilSeason{}); len(got) != 5 {
		t.Errorf("an empty pupil: got %v, want 5 fields", got)
	}
	if got := people.MissingPupil(people.Pupil{LastName: "M", FirstName: "É", BirthDate: "2016-03-14"}, people.PupilSeason{Level: "6e", ImageRight: people.No}); len(got) != 0 {
		t.Errorf("a full pupil misses %v", got)
	}
}

func TestSearch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		rows := []struct {
			name, text string
			want       []string
		}{
			{"without accents", "elise", []string{"Élise Moreau"}},
			{"name then first name", "moreau elise", []string{"Élise Moreau"}},
			{"a family and its pupils", "MOREAU", []string{"Claire Moreau", "Claire Moreau", "Élise Moreau"}},
			{"a telephone as one says it", "06 12 34 56 78", []string{"Claire Moreau"}},
			{"a telephone from abroad", "+33 6 12 34 56 78", []string{"Claire Moreau"}},
			{"the beginning of a telephone, with any spacing", "06.12 34", []string{"Claire Moreau"}},
			{"the beginning of a telephone from abroad", "+33 6 12", []string{"Claire Moreau"}},
			{"a piece of an e-mail", "samir@", []string{"Samir Haddad"}},
			{"a per cent sign is no joker", "%", nil},
			{"an underscore is no joker", "_", nil},
			{"NUL", "\x00", nil},
			{"nothing typed", "  ", nil},
		}
		for _, row := range rows {
			hits, err := people.Search(ctx, store, secretary, people.Everybody, row.text, 10)
			var got []string
			for _, h := range hits {
				got = append(got, h.Title)
			}
			if err != nil || !slices.Equal(got, row.want) {
				t.Errorf("%s: got %v, %v, want %v", row.name, got, err, row.want)
			}
		}
	})
}

// TestSearchSaysTheComingLevel as the household's page does, this year's when
// the coming one is not answered yet.
func TestSearchSaysTheComingLevel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		season, err := school.CurrentSeason(ctx, store)
		if err != nil {
			t.Fatal(err)
		}
		detail := func() string {
			hits, err := people.Search(ctx, store, secretary, people.Everybody, "elise", 10)
			if err != nil || len(hits) != 1 {
				t.Fatalf("search: got %v, %v", hits, err)
			}
			return hits[0].Detail
		}
		p, _, err := people.PupilOf(ctx, store, secretary, "elise")
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range []struct{ says, now, coming, want string }{
			{"not answered yet", "6e", "", ", 6e cette année"},
			{"answered", "6e", "5e", ", 5e à la rentrée"},
			{"nothing known", "", "", ""},
		} {
			write := func(tx *db.Tx) error {
				if _, err := tx.Exec(ctx, `update pupil set level_now = $1 where id = 'elise'`, row.now); err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, `delete from pupil_season where pupil_id = 'elise'`); err != nil {
					return err
				}
				_, err := tx.Exec(ctx, `insert into pupil_season (pupil_id, season_id, level, image_right, image_answered_by, beginner) values ('elise', $1, $2, '', '', '')`, season.ID, row.coming)
				return err
			}
			if err := store.Write(ctx, write); err != nil {
				t.Fatal(err)
			}
			if got, want := detail(), "naissance le "+french.CivilDate(p.BirthDate)+row.want; got != want {
				t.Errorf("%s: got %q, want %q", row.says, got, want)
			}
		}
	})
}

// TestAHouseholdHasAtMostFourResponsibles whichever of them the form shows.
func TestAHouseholdHasAtMostFourResponsibles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		form := identity()
		first := form.Guardians[0]
		more := func(names ...string) people.HouseholdForm {
			f := form
			f.Guardians = []people.GuardianForm{first}
			for _, n := range names {
				f.Guardians = append(f.Guardians, people.GuardianForm{LastName: "Moreau", FirstName: n, Mobile: "0612345678"})
			}
			return f
		}
		h, err := save(store, moreau, more("Paul", "Luc", "Jean"))
		if err != nil || len(h.Guardians) != 4 {
			t.Fatalf("four: got %d, %v", len(h.Guardians), err)
		}
		for i, name := range []string{"Claire", "Paul", "Luc", "Jean"} {
			if g := h.Guardians[i]; g.FirstName != name || g.Position != int64(i) {
				t.Errorf("responsible %d: got %s at %d", i, g.FirstName, g.Position)
			}
		}
		form.Version = h.Version
		if _, err := save(store, moreau, more("Marc")); err == nil || !strings.Contains(err.Error(), "de un à 4 responsables") {
			t.Errorf("a fifth, three being out of the form: got %v", err)
		}
		h, err = save(store, moreau, more())
		if err != nil || len(h.Guardians) != 4 {
			t.Errorf("saved without those out of the form: got %d, %v", len(h.Guardians), err)
		}
	})
}

func TestRienNaChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seed(t, store)
		mark := func() error {
			return store.Write(ctx, func(tx *db.Tx) error { return people.MarkChecked(ctx, tx, now, moreau, "moreau", "s1") })
		}
		var invalid *fault.Invalid
		if err := mark(); !errors.As(err, &invalid) || invalid.Of(people.FieldBilling) == "" {
			t.Errorf("without billing: got %v", err)
		}
		if _, err := save(store, moreau, identity()); err != nil {
			t.Fatal(err)
		}
		if err := mark(); err != nil {
			t.Fatal(err)
		}
		h, err := people.HouseholdByID(ctx, store, moreau, "moreau")
		if err != nil || h.CheckedForSeason != "s1" {
			t.Errorf("got %+v, %v", h, err)
		}
	})
}
