package enrolment

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pupitre/internal/domain/catalogue"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

// The office makes and changes what is taught during the campaign: places move
// by the rules, ranks do not, and nothing that a dossier names is taken away.
func TestTheOfficeEditsTheCatalogue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		defer w.stop()
		first, second := w.sent("Alix", "eveil", "jardin"), w.sent("Brun", "eveil", "jardin")
		w.wantStands(second, "Léo", "complete n° 2: jardin waiting 1")

		// One place more, from the form of the course, goes to the first in line.
		form := w.courseForm("jardin", SemesterPlaces{0, 2, 1})
		form.Room = "Studio"
		stale := form
		w.saveCourse(form)
		w.wantStands(second, "Léo", "complete n° 2: jardin offered")
		wantConflict(t, w.trySave(stale), "Mme Martin l’a changé")
		form = w.courseForm("jardin", SemesterPlaces{0, 3, 1})
		wantConflict(t, w.trySave(form), "Les places de ce cours ont changé")
		form.Places[0] = SemesterPlaces{0, 1, 2}
		wantRefused(t, w.trySave(form), "ne peut pas descendre")
		form.Places = []SemesterPlaces{{1, 4, 0}}
		wantRefused(t, w.trySave(form), "Des élèves ont demandé ces places")

		// What a dossier names stays; what nobody named goes, with its places.
		wantRefused(t, DeleteCourse(w.ctx, store, office, w.clock.Now(), w.season.ID, w.courses["jardin"], w.course1("jardin").Version), "2 dossiers envoyés")
		wantConflict(t, DeleteCourse(w.ctx, store, office, w.clock.Now(), w.season.ID, w.courses["alto"], 7), "Rien n’a été écrit")
		w.must(DeleteCourse(w.ctx, store, office, w.clock.Now(), w.season.ID, w.courses["alto"], 1))
		wantRefused(t, DeleteSite(w.ctx, store, office, w.clock.Now(), w.sites["loire"], 1), "7 cours et 2 dossiers")
		wantRefused(t, DeleteProgramme(w.ctx, store, office, w.clock.Now(), w.season.ID, w.programmes["eveil"], 1), "2 dossiers envoyés")
		w.must(DeleteProgramme(w.ctx, store, office, w.clock.Now(), w.season.ID, w.programmes["parcours"], 1))

		// A course made during the campaign is asked for at once.
		made := CourseForm{Course: catalogue.Course{Title: "Batterie", Kind: catalogue.Eveil, SiteID: w.sites["loire"]}, Places: []SemesterPlaces{{0, 1, 0}}}
		id, err := w.reg.SaveCourse(w.ctx, office, made)
		w.must(err)
		w.courses["batterie"] = id
		third := w.sent("Clos", "eveil", "batterie")
		w.wantStands(third, "Léo", "complete n° 3: batterie place")
		_, err = w.reg.SaveCourse(w.ctx, first.Actor, made)
		if !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("a family makes a course: got %v", err)
		}

		// The formula asks for two: three dossiers would leave it, and keep rank and places.
		offer, err := catalogue.Of(w.ctx, store, w.season.ID)
		w.must(err)
		p, _ := offer.Programme(w.programmes["eveil"])
		p.Lines = slices.Clone(p.Lines)
		p.Lines[0].Min, p.Lines[0].Max = 2, 2
		effect, err := EffectOnProgramme(w.ctx, store, w.season, offer, offer.WithProgramme(p), p.ID)
		w.must(err)
		if effect != (Effect{Judged: 3, Leave: 3}) {
			t.Errorf("effect: got %+v", effect)
		}
		_, err = w.reg.SaveProgramme(w.ctx, office, p)
		w.must(err)
		w.wantStands(first, "Léo", "complete n° 1: jardin place")
		w.wantAgain(true, first, third)
		_, err = w.reg.SaveProgramme(w.ctx, office, p)
		wantConflict(t, err, "Mme Martin l’a changé")

		// Several capacities together, or none.
		err = w.reg.SetCapacities(w.ctx, office, []CapacityChange{{w.offering("comptines"), 2, 9}, {w.offering("jardin"), 2, 0}})
		var invalid *fault.Invalid
		if !errors.As(err, &invalid) || invalid.Of(w.offering("jardin")) == "" {
			t.Errorf("got %v", err)
		}
		wantConflict(t, w.reg.SetCapacities(w.ctx, office, []CapacityChange{{w.offering("comptines"), 5, 9}}), "a changé")
		places, err := PlacesOf(w.ctx, store, w.season.ID)
		w.must(err)
		if got := places[w.offering("comptines")].Capacity; got != 2 {
			t.Errorf("comptines has %d places, and nothing should have been written", got)
		}
		w.must(w.reg.SetCapacities(w.ctx, office, []CapacityChange{{w.offering("comptines"), 2, 9}}))
		w.wantSound()
	})
}

func (w *world) course1(code string) catalogue.Course {
	w.Helper()
	c, err := catalogue.Of(w.ctx, w.store, w.season.ID)
	w.must(err)
	found, _ := c.Course(w.courses[code])
	return found
}

// courseForm is the form of a course as it is held, with those places.
func (w *world) courseForm(code string, places ...SemesterPlaces) CourseForm {
	w.Helper()
	return CourseForm{Course: w.course1(code), Places: places}
}

func (w *world) trySave(form CourseForm) error {
	_, err := w.reg.SaveCourse(w.ctx, office, form)
	return err
}

func (w *world) saveCourse(form CourseForm) {
	w.Helper()
	w.must(w.trySave(form))
}

func wantConflict(t *testing.T, err error, says string) {
	t.Helper()
	var conflict *fault.Conflict
	if !errors.As(err, &conflict) || !strings.Contains(conflict.Message, says) {
		t.Errorf("want a conflict that says « %s », got %v", says, err)
	}
}
