package work

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/letter"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// A mail leaves in the words that were in force when it was enqueued, and words
// that do not hold stop none.
func TestAMailLeavesInTheWordsOfWhenItWasEnqueued(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		var log bytes.Buffer
		h.deps.Log = slog.New(slog.NewTextHandler(&log, nil))
		h.runner = NewRunner(h.deps)
		say := func(subject, body string) {
			h.clock.Add(time.Minute)
			if err := store.Write(t.Context(), func(tx *db.Tx) error {
				_, err := school.SaveMailText(t.Context(), tx, school.Edit{Actor: actor.Actor{Name: "Maud", Role: actor.Director}, Now: h.clock.Now()},
					school.Wordable{Kind: "received", Title: "Demande reçue", Check: func(_, _ string) error { return nil }}, map[string]string{"objet": subject, "texte": body})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			h.clock.Add(time.Minute)
		}
		h.enqueue(t, receivedMail("sent:before", "claire@exemple.fr"))
		say("Merci, {responsable}", "Bonjour,\n\n{dossiers}")
		h.enqueue(t, receivedMail("sent:after", "odile@exemple.fr"))
		h.run(t)
		say("Merci, {prénom}", "Sans rien.")
		h.enqueue(t, receivedMail("sent:broken", "paul@exemple.fr"))
		h.run(t)
		got := map[string]string{}
		for _, m := range h.outbox.kept {
			got[m.To] = m.Subject
		}
		original := "Demande reçue\u202f: dossier de Lucie <b>Moreau</b>"
		if got["claire@exemple.fr"] != original || got["odile@exemple.fr"] != "Merci, Claire Moreau" || got["paul@exemple.fr"] != original {
			t.Errorf("%q", got)
		}
		if strings.Count(log.String(), "words of a mail do not hold") != 1 {
			t.Errorf("the log: %s", log.String())
		}
	})
}

func TestATrialLeavesAsItWasShown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		sheet, _ := letter.SheetOf("received")
		s, err := school.Current(t.Context(), store)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Composer("https://ecole.example")(enrolment.MailReceived, facts(), nil, s, letter.Trial(sheet.Original(), "Maud {Terrien}"))
		if err != nil || m.Broken != nil {
			t.Fatal(err, m.Broken)
		}
		if err := store.Write(t.Context(), func(tx *db.Tx) error {
			return school.SendTrial(t.Context(), tx, h.clock.Now(), "maud@exemple.fr", school.TrialFacts{Subject: m.Subject, Text: m.Text, HTML: m.HTML})
		}); err != nil {
			t.Fatal(err)
		}
		h.run(t)
		if len(h.outbox.kept) != 1 || h.outbox.kept[0].To != "maud@exemple.fr" || !strings.HasPrefix(h.outbox.kept[0].Subject, "Essai\u202f: Demande reçue") ||
			!strings.Contains(h.outbox.kept[0].Text, "Essai demandé par Maud Terrien") || h.outbox.kept[0].HTML != m.HTML {
			t.Errorf("%+v", h.outbox.kept)
		}
	})
}
