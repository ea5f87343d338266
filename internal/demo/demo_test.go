package demo_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"pupitre/demo"
	seed "pupitre/internal/demo"
	"pupitre/internal/domain/account"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/mail"
)

func TestSeedShowsEveryState(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		ctx := context.Background()
		blobs, err := blob.Disk(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2027, 6, 13, 9, 30, 0, 0, clock.Paris)
		outbox := mail.NewMemory(5000)
		if err := seed.Seed(ctx, seed.Deps{
			Store: store, Blobs: blobs, Files: demo.Files, Outbox: outbox, Log: slog.New(slog.DiscardHandler), Now: now,
			PublicURL: "http://127.0.0.1:8080", MailFrom: "portail@exemple.fr",
		}); err != nil {
			t.Fatal(err)
		}
		season, err := school.CurrentSeason(ctx, store)
		if err != nil {
			t.Fatal(err)
		}
		if !season.IsOpen(now) {
			t.Error("the campaign is not open on the day it is shown")
		}
		board, err := enrolment.BoardOf(ctx, store, season.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := board.Check(); err != nil {
			t.Errorf("the board breaks a promise: %v", err)
		}
		states := map[enrolment.State]int{}
		for _, s := range column[enrolment.State](t, store, `select state from dossier`) {
			states[s]++
		}
		requests := map[enrolment.RequestState]int{}
		for _, s := range column[enrolment.RequestState](t, store, `select state from request`) {
			requests[s]++
		}
		t.Logf("dossiers %v, requests %v, mails %d", states, requests, len(outbox.Last()))
		for _, s := range []enrolment.State{enrolment.Draft, enrolment.Received, enrolment.Complete, enrolment.PaperRefused, enrolment.OnList,
			enrolment.Enrolled, enrolment.Withdrawn, enrolment.Lapsed, enrolment.NotReturning} {
			if states[s] == 0 {
				t.Errorf("no dossier is « %s »", s.French())
			}
		}
		for _, s := range []enrolment.RequestState{enrolment.Place, enrolment.Waiting, enrolment.Offered, enrolment.Returned} {
			if requests[s] == 0 {
				t.Errorf("no request is « %s »", s.French())
			}
		}
		accounts := account.New(store, clock.At(now))
		for _, l := range seed.Logins() {
			if _, err := accounts.SignIn(ctx, l.Login, l.Password, "127.0.0.1"); err != nil {
				t.Errorf("sign in as %s (%s): %v", l.Login, l.Role, err)
			}
		}
	})
}

func column[T any](t *testing.T, store *db.Store, query string) []T {
	t.Helper()
	all, err := db.All[T](context.Background(), store, query)
	if err != nil {
		t.Fatal(err)
	}
	return all
}
