package enrolment

import (
	"slices"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// actsRearrange are the office's on who has which place.
func actsRearrange() []act {
	return []act{
		{"a pupil moved keeps its rank, and its place goes to the next in line", func(w *world) {
			a, b := w.sent("Alix", "cursus", "alto choeur"), w.sent("Blin", "cursus", "alto choeur")
			request := w.requests(a, "Léo")["alto"].ID
			wantRefused(w, w.reg.Move(w.ctx, office, Moving{Request: request, To: w.offering("piano"), Reason: " "}), "[motif: ")
			wantRefused(w, w.reg.Move(w.ctx, office, Moving{Request: request, To: w.offering("jardin"), Reason: "essai"}), "[cours: ")
			wantRefused(w, w.reg.Move(w.ctx, office, Moving{Request: request, To: w.offering("choeur"), Reason: "essai"}), "déjà ce cours")
			w.must(w.reg.Move(w.ctx, office, Moving{Request: request, To: w.offering("piano"), Reason: "main cassée"}))
			w.wantStands(a, "Léo", "complete n° 1: choeur place, piano place")
			w.wantStands(b, "Léo", "complete n° 2: alto offered, choeur place")
			w.wantMails(a, "received", "changed_choice")
			wantRefused(w, w.reg.Move(w.ctx, office, Moving{Request: request, To: w.offering("alto"), Reason: "retour"}), "rendue")
		}},
		{"two pupils swap places: nobody else moves, and who passes others is marked", func(w *world) {
			a, b, c := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "eveil", "comptines"), w.sent("Caro", "eveil", "jardin")
			one, other := w.requests(a, "Léo")["jardin"].ID, w.requests(b, "Léo")["comptines"].ID
			wantRefused(w, w.reg.Swap(w.ctx, office, Swapping{One: one, Other: other}), "[motif: ")
			wantRefused(w, w.reg.Swap(w.ctx, office, Swapping{One: other, Other: w.requests(c, "Léo")["jardin"].ID, Reason: "covoiturage"}), "deux places réservées")
			w.must(w.reg.Swap(w.ctx, office, Swapping{One: one, Other: other, Reason: "covoiturage"}))
			w.wantStands(a, "Léo", "complete n° 1: comptines place")
			w.wantStands(b, "Léo", "complete n° 2: jardin place")
			w.wantStands(c, "Léo", "complete n° 3: jardin waiting 1")
			if got := w.requests(b, "Léo")["jardin"]; got.Jumped == 0 {
				w.Errorf("Blin came into a course that Caro waits for, and is not marked: %+v", got)
			}
			if got := w.requests(a, "Léo")["comptines"]; got.Jumped != 0 {
				w.Errorf("nobody waits for comptines, and Alix is marked: %+v", got)
			}
			w.wantMails(a, "received", "changed_choice")
			w.wantMails(c, "received")
			reasons, err := db.All[string](w.ctx, w.store, `select reason from journal where dossier_id = $1 and event in ('request.place', 'request.returned') and reason <> '' order by at, id`, w.dossier(b, "Léo").ID)
			w.must(err)
			if want := "échange de places" + french.Nbsp + ": covoiturage"; !slices.Equal(reasons, []string{want, want}) {
				w.Errorf("want the reason %q on both lines, got %q", want, reasons)
			}
			w.wantSound()
		}},
		{"a swap that breaks a rule for one of the two is refused, naming it", func(w *world) {
			a, b := w.sent("Alix", "eveil", "jardin"), w.sent("Blin", "cursus", "piano choeur")
			wantRefused(w, w.reg.Swap(w.ctx, office, Swapping{One: w.requests(a, "Léo")["jardin"].ID, Other: w.requests(b, "Léo")["piano"].ID, Reason: "essai"}), "Léo Alix")
			w.wantStands(a, "Léo", "complete n° 1: jardin place")
			w.wantStands(b, "Léo", "complete n° 2: choeur place, piano place")
		}},
		{"places opened with a delay of their own", func(w *world) {
			w.sent("Alix", "eveil", "jardin")
			b := w.sent("Blin", "eveil", "jardin")
			wantRefused(w, w.reg.Open(w.ctx, office, Opening{Offering: w.offering("jardin"), Capacity: 2, Days: 31}), "[delai: ")
			w.must(w.reg.Open(w.ctx, office, Opening{Offering: w.offering("jardin"), Capacity: 2, Days: 10}))
			if got, want := w.requests(b, "Léo")["jardin"].OfferedUntil, paris("2027-06-15 23:59"); got.Before(want) || got.After(want.Add(60e9)) {
				w.Errorf("the offer stands until %v, want the end of 15 June", got)
			}
		}},
	}
}
