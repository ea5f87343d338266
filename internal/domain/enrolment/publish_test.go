package enrolment

import (
	"strings"
	"time"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/platform/db"
)

// scenario keeps a dry run with these places, by the courses' codes.
func (w *world) scenario(atClosing bool, places map[string]int64) string {
	w.Helper()
	s := Scenario{Season: w.season.ID, Name: "Essai", AtClosing: atClosing, Capacities: Capacities{}}
	for course, n := range places {
		s.Capacities[w.offering(course)] = n
	}
	id, err := SaveScenario(w.ctx, w.store, w.clock, office, s)
	w.must(err)
	return id
}

func (w *world) catalogue() catalogue.Catalogue {
	w.Helper()
	c, err := catalogue.Of(w.ctx, w.store, w.season.ID)
	w.must(err)
	return c
}

// steps is what the page shows that publishing the scenario would do.
func (w *world) steps(id string) []Step {
	w.Helper()
	s, err := ScenarioByID(w.ctx, w.store, office, id)
	w.must(err)
	c := w.catalogue()
	now, err := SituationOf(w.ctx, w.store, office, c, w.season.ID)
	w.must(err)
	_, steps, _ := now.Board.Rehearse(s.PlanIn(c), now.Turns)
	return steps
}

func (w *world) publish(id string, shown []Step, reason string) error {
	w.Helper()
	s, err := ScenarioByID(w.ctx, w.store, office, id)
	w.must(err)
	_, err = w.reg.Publish(w.ctx, office, Publication{Scenario: id, Version: s.Version, Shown: shown, Reason: reason})
	return err
}

// actsDryRun publish what a dry run shows, and nothing else.
func actsDryRun() []act {
	return []act{
		{"what is published is what was shown, its mails leave later, and no place is taken back", func(w *world) {
			a, b, c, d := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin"), w.sent("Caro", "eveil", "jardin"), w.sent("Dore", "eveil", "jardin")
			id := w.scenario(false, map[string]int64{"jardin": 3, "comptines": 7})
			now, err := SituationOf(w.ctx, w.store, office, w.catalogue(), w.season.ID)
			w.must(err)
			after, _, _ := now.Board.Rehearse(Plan{Capacities: map[string]int64{w.offering("jardin"): 3, w.offering("comptines"): 7}}, now.Turns)
			w.must(w.publish(id, w.steps(id), ""))
			w.wantStands(a, "Léo", "complete n° 1: jardin place")
			w.wantStands(b, "Léo", "complete n° 2: jardin offered")
			w.wantStands(c, "Léo", "complete n° 3: jardin offered")
			w.wantStands(d, "Léo", "complete n° 4: jardin waiting 1")
			if mail := w.lastMail(b); mail.Leaves.Sub(w.clock.Now()) < PublicationDelay || mail.Kind != "place_offered" {
				w.Errorf("the mail of the offer is %s and leaves at %v, now is %v", mail.Kind, mail.Leaves, w.clock.Now())
			}
			is, err := SituationOf(w.ctx, w.store, office, w.catalogue(), w.season.ID)
			w.must(err)
			if said(is.Board) != said(after) {
				w.Errorf("shown: %s\npublished: %s", said(after), said(is.Board))
			}
			wantRefused(w, w.publish(id, nil, ""), "a publié le scénario")
		}},
		{"places that moved in between: refused by name, and nothing is written", func(w *world) {
			a, b := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin")
			c := w.sent("Caro", "eveil", "jardin")
			id := w.scenario(false, map[string]int64{"jardin": 2})
			shown := w.steps(id)
			w.withdraw(b, "")
			err := w.publish(id, shown, "")
			wantRefused(w, err, "Léo Caro aurait maintenant une place en Cours jardin")
			wantRefused(w, err, "Léo Blin n’aurait plus de place")
			w.wantStands(c, "Léo", "complete n° 3: jardin waiting 1")
			w.must(w.reg.SetCapacity(w.ctx, office, w.offering("jardin"), 2, ""))
			wantRefused(w, w.publish(id, shown, ""), "Les places ont bougé")
			wantRefused(w, w.publish(id, w.steps(id), ""), "ne change rien")
			d := w.sent("Dore", "eveil", "comptines")
			low := w.scenario(false, map[string]int64{"comptines": 0})
			wantRefused(w, w.publish(low, w.steps(low), ""), "1 place est prise ou proposée")
			w.wantStands(a, "Léo", "complete n° 1: jardin place")
			w.wantStands(d, "Léo", "complete n° 4: comptines place")
		}},
		{"all at closing: whoever is served out of order is marked, for a reason", func(w *world) {
			w.sent("Alix", "eveil", "jardin")
			b := w.sent("Blin", "eveil", "comptines") // the second dossier, which asks for jardin last
			c := w.sent("Caro", "eveil", "jardin")
			w.clock.Add(time.Minute)
			w.must(w.reg.Change(w.ctx, b.Actor, w.choice(b, "Léo", "eveil", "jardin")))
			id := w.scenario(true, map[string]int64{"jardin": 2})
			shown := w.steps(id)
			wantRefused(w, w.publish(id, shown, ""), "[motif: ")
			w.must(w.publish(id, shown, "ordre des dossiers"))
			w.wantStands(b, "Léo", "complete n° 2: jardin offered")
			w.wantStands(c, "Léo", "complete n° 3: jardin waiting 1")
			if got := w.requests(b, "Léo")["jardin"]; got.Jumped == 0 {
				w.Errorf("Blin was served out of order and is not marked: %+v", got)
			}
			reasons, err := db.All[string](w.ctx, w.store, `select reason from journal where dossier_id = $1 and event = 'request.waiting'`, w.dossier(b, "Léo").ID)
			w.must(err)
			if got := strings.Join(reasons, ", "); !strings.Contains(got, "hors de l’ordre") || !strings.Contains(got, "ordre des dossiers") {
				w.Errorf("the journal says %q", got)
			}
		}},
		{"undone until the mails leave: everybody stands as before, and nobody was told", func(w *world) {
			a, b, c := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "jardin"), w.sent("Caro", "eveil", "jardin")
			id := w.scenario(false, map[string]int64{"jardin": 3, "comptines": 7})
			w.must(w.publish(id, w.steps(id), ""))
			w.must(w.reg.Unpublish(w.ctx, office, id))
			w.wantStands(a, "Léo", "complete n° 1: jardin place")
			w.wantStands(b, "Léo", "complete n° 2: jardin waiting 1")
			w.wantStands(c, "Léo", "complete n° 3: jardin waiting 2")
			w.wantMails(b, "received")
			if got := w.requests(b, "Léo")["jardin"]; !got.OfferedUntil.IsZero() || got.TokenHash != "" {
				w.Errorf("an offer taken back left %+v", got)
			}
			wantRefused(w, w.reg.Unpublish(w.ctx, office, id), "déjà annulée")
			w.must(w.publish(id, w.steps(id), "")) // and may be published again
			w.wantMails(b, "received", "place_offered")
			w.clock.Add(PublicationDelay)
			wantRefused(w, w.reg.Unpublish(w.ctx, office, id), "Les mails sont partis")
		}},
		{"not undone once an offer is answered, or the places have moved", func(w *world) {
			w.sent("Alix", "eveil", "jardin")
			b := w.sent("Blin", "eveil", "jardin")
			id := w.scenario(false, map[string]int64{"jardin": 2, "comptines": 3})
			w.must(w.publish(id, w.steps(id), ""))
			w.answer(b, "jardin", true)
			wantRefused(w, w.reg.Unpublish(w.ctx, office, id), "La place proposée à Léo Blin en Cours jardin (Pôle loire) est maintenant « place réservée »")
			other := w.scenario(false, map[string]int64{"comptines": 4})
			w.must(w.publish(other, w.steps(other), ""))
			w.must(w.reg.SetCapacity(w.ctx, office, w.offering("comptines"), 6, ""))
			wantRefused(w, w.reg.Unpublish(w.ctx, office, other), "Les places de Cours comptines (Pôle loire) ont bougé")
		}},
		{"a scenario is kept, changed by one at a time, and thrown away", func(w *world) {
			_, err := SaveScenario(w.ctx, w.store, w.clock, office, Scenario{Season: w.season.ID})
			wantRefused(w, err, "[nom: ")
			wantRefused(w, err, "[places: ")
			id := w.scenario(false, map[string]int64{"jardin": 2})
			s, err := ScenarioByID(w.ctx, w.store, office, id)
			w.must(err)
			s.Name = "Deux au jardin"
			_, err = SaveScenario(w.ctx, w.store, w.clock, office, s)
			w.must(err)
			_, err = SaveScenario(w.ctx, w.store, w.clock, office, s)
			wantRefused(w, err, "Mme Martin a changé le scénario « Deux au jardin »")
			wantRefused(w, ThrowScenario(w.ctx, w.store, w.clock, office, id, s.Version), "a changé le scénario")
			w.must(ThrowScenario(w.ctx, w.store, w.clock, office, id, s.Version+1))
			left, err := Scenarios(w.ctx, w.store, office, w.season.ID)
			w.must(err)
			if len(left) != 0 {
				w.Errorf("thrown away, and still there: %+v", left)
			}
		}},
	}
}
