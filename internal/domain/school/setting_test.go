package school_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

var director = actor.Actor{Account: "d", Name: "Maud Terrien", Role: actor.Director}

func TestMomentsAreReadInParis(t *testing.T) {
	for _, row := range []struct {
		typed    string
		endOfDay bool
		want     string // Paris, "" when refused
		shown    string
	}{
		{"01/06/2027 08:00", false, "2027-06-01 08:00:00", "01/06/2027 08:00"},
		{"1/6/2027 à 8h00", false, "2027-06-01 08:00:00", "01/06/2027 08:00"},
		{"01/06/2027", false, "2027-06-01 00:00:00", "01/06/2027"},
		{"25/06/2027", true, "2027-06-25 23:59:59", "25/06/2027"},
		{"25/06/2027 12:30", true, "2027-06-25 12:30:00", "25/06/2027 12:30"},
		{"31/02/2027", false, "", ""},
		{"demain", false, "", ""},
		{"01/06/2027 25:00", false, "", ""},
	} {
		at, ok := school.ReadMoment(row.typed, row.endOfDay)
		if ok != (row.want != "") || ok && !at.Equal(paris(t, row.want)) {
			t.Errorf("%q: %v, %t; want %q", row.typed, at, ok, row.want)
		}
		if ok && school.ShownMoment(at, row.endOfDay) != row.shown {
			t.Errorf("%q comes back as %q", row.typed, school.ShownMoment(at, row.endOfDay))
		}
	}
}

func TestNewcomersComeAfterThoseWhoReRegister(t *testing.T) {
	s := school.Season{OpensAt: paris(t, "2027-06-01 08:00:00"), ClosesAt: paris(t, "2027-07-10 23:59:59"), NewcomersOpenAt: paris(t, "2027-06-26 08:00:00")}
	for at, want := range map[string]bool{
		"2027-05-31 12:00:00": false, "2027-06-01 08:00:00": false, "2027-06-26 07:59:59": false,
		"2027-06-26 08:00:00": true, "2027-07-10 23:59:58": true, "2027-07-10 23:59:59": false,
	} {
		if got := s.TakesNewcomers(paris(t, at)); got != want {
			t.Errorf("%s: %t", at, got)
		}
	}
	s.NewcomersOpenAt = time.Time{}
	if !s.TakesNewcomers(s.OpensAt) || s.TakesNewcomers(s.OpensAt.Add(-time.Second)) {
		t.Error("without a date newcomers may send as soon as the campaign opens")
	}
}

func TestSettingsAreJudgedFieldByField(t *testing.T) {
	right := school.Campaign.Values(school.Season{})
	for field, value := range map[string]string{"debut": "13/09/2027", "fin": "30/06/2028", "ouverture": "01/06/2027 08:00", "fermeture": "10/07/2027", "nouveaux": "26/06/2027"} {
		right[field] = value
	}
	if _, err := school.Campaign.Read(school.Season{}, right); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ field, value string }{
		{"debut", ""}, {"fin", "01/09/2027"}, {"ouverture", ""}, {"ouverture", "bientôt"}, {"fermeture", "31/05/2027"},
		{"nouveaux", "31/05/2027"}, {"nouveaux", "11/07/2027"}, {"liberation_partielle", "01/07/2027"}, {"fin_listes", "01/07/2027"},
	} {
		wrong := map[string]string{}
		for f, v := range right {
			wrong[f] = v
		}
		wrong[row.field] = row.value
		_, err := school.Campaign.Read(school.Season{}, wrong)
		var invalid *fault.Invalid
		if !errors.As(err, &invalid) || invalid.Of(row.field) == "" {
			t.Errorf("%s %q: %v", row.field, row.value, err)
		}
	}
	creditor := school.Creditor.Values(school.Beginning)
	for field, value := range map[string]string{"creancier_ics": "FR00ZZZ123456", "creancier_siret": "20006789200011", "creancier_iban": "FR7699999000440000044300147", "creancier_bic": "BIC"} {
		creditor[field] = value
		_, err := school.Creditor.Read(school.Beginning, creditor)
		var invalid *fault.Invalid
		if !errors.As(err, &invalid) || invalid.Of(field) == "" {
			t.Errorf("%s %q: %v", field, value, err)
		}
		creditor[field] = ""
	}
	policies := school.Policies.Values(school.Beginning)
	for field, value := range map[string]string{"mot_de_passe_min": "7", "mot_de_passe_max": "7", "session_minutes": "1441", "delai_offre_jours": "x", "recuperation": "pigeon", "heures_calmes_debut": "8"} {
		was := policies[field]
		policies[field] = value
		_, err := school.Policies.Read(school.Beginning, policies)
		var invalid *fault.Invalid
		if !errors.As(err, &invalid) || invalid.Of(field) == "" {
			t.Errorf("%s %q: %v", field, value, err)
		}
		policies[field] = was
	}
}

// TestTheSecondEditorIsTold makes a school and its season from nothing, as the
// screens do, then saves twice from one reading.
func TestTheSecondEditorIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		at := paris(t, "2027-05-03 10:12:00")
		save := func(a actor.Actor, read map[string]string, pairs ...string) error {
			typed := school.Identity.Values(school.Beginning)
			for f, v := range read {
				typed[f] = v
			}
			for i := 0; i < len(pairs); i += 2 {
				typed[pairs[i]] = pairs[i+1]
			}
			return store.Write(ctx, func(tx *db.Tx) error {
				_, err := school.SaveSchool(ctx, tx, school.Identity, school.Edit{Actor: a, Now: at, Read: read}, typed)
				return err
			})
		}
		if err := save(actor.Actor{Role: actor.Secretary}, nil, "nom", "École", "nom_court", "École"); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("a secretary: %v", err)
		}
		must(t, save(director, nil, "nom", "École de musique", "nom_court", "École"))
		s, err := school.Current(ctx, store)
		must(t, err)
		read := school.Identity.Values(s)
		must(t, save(director, read, "telephone", "02 40 00 00 01"))
		err = save(actor.Actor{Name: "Luc", Role: actor.Administrator}, read, "adresse", "1 rue Haute")
		var stale *school.Stale
		if !errors.As(err, &stale) || stale.By != "Maud Terrien" || !stale.At.Equal(at) || len(stale.Since) != 1 || stale.Since[0].Is != "02 40 00 00 01" {
			t.Fatalf("the second editor: %#v", err)
		}
		if s, err = school.Current(ctx, store); err != nil || s.Phone != "02 40 00 00 01" || s.Address != "" {
			t.Errorf("written all the same: %+v, %v", s, err)
		}
		lines, err := journal.About(ctx, store, "school", 1)
		if err != nil || len(lines) != 1 || !strings.Contains(lines[0].Before, "Téléphone\u202f: –") || !strings.Contains(lines[0].After, "02 40 00 00 01") {
			t.Errorf("journal: %+v, %v", lines, err)
		}
		campaignFromNothing(t, store, at)
	})
}

func campaignFromNothing(t *testing.T, store *db.Store, at time.Time) {
	t.Helper()
	e := school.Edit{Actor: director, Now: at}
	typed := map[string]string{"nom": "2027-2028", "debut": "13/09/2027", "fin": "30/06/2028", "ouverture": "01/06/2027 08:00", "fermeture": "10/07/2027"}
	must(t, store.Write(ctx, func(tx *db.Tx) error { return school.MakeFirstSeason(ctx, tx, e, typed) }))
	season, err := school.CurrentSeason(ctx, store)
	if err != nil || season.AgesOn != "2027-12-31" || !season.PartialReleaseAt.Equal(paris(t, "2027-08-09 23:59:59")) {
		t.Fatalf("%+v, %v", season, err)
	}
	next := season
	next.ID, next.Name, next.StartsOn, next.EndsOn = "next", "2028-2029", "2028-09-11", "2029-06-29"
	must(t, store.Write(ctx, func(tx *db.Tx) error { return school.AddSeason(ctx, tx, next) }))
	typed["nouveaux"] = "26/06/2027"
	must(t, store.Write(ctx, func(tx *db.Tx) error {
		_, err := school.SaveCampaign(ctx, tx, e, season.ID, typed)
		return errors.Join(err, school.PublishCourses(ctx, tx, e, season.ID, at))
	}))
	season, err = school.CurrentSeason(ctx, store)
	if err != nil || season.Name != "2027-2028" || !season.CoursesPublishedAt.Equal(at) || season.NewcomersOpenAt.IsZero() {
		t.Errorf("%+v, %v", season, err)
	}
	if found, prepared, err := school.NextSeason(ctx, store); err != nil || !prepared || found.ID != "next" {
		t.Errorf("next: %+v, %t, %v", found, prepared, err)
	}
	ended := func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update season set lists_ended_at = $1, closed_told_at = $1 where id = $2`, at, season.ID)
		return err
	}
	must(t, store.Write(ctx, ended))
	typed["fin_listes"] = "01/12/2027"
	err = store.Write(ctx, func(tx *db.Tx) error { _, err := school.SaveCampaign(ctx, tx, e, season.ID, typed); return err })
	var invalid *fault.Invalid
	if !errors.As(err, &invalid) || invalid.Of("fin_listes") == "" {
		t.Errorf("ended lists began again: %v", err)
	}
	typed["fin_listes"], typed["fermeture"] = "", "12/07/2027"
	must(t, store.Write(ctx, func(tx *db.Tx) error { _, err := school.SaveCampaign(ctx, tx, e, season.ID, typed); return err }))
	if season, err = school.CurrentSeason(context.Background(), store); err != nil || !season.ClosedToldAt.IsZero() {
		t.Errorf("a closing put off is told anew: %v, %v", season.ClosedToldAt, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
