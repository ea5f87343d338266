package transfer_test

import (
	"slices"
	"testing"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// What the office has made of the catalogue on screen stays so when the same
// files come again, and is listed; what it has removed stays removed.
func TestTheCatalogueChangedOnScreenIsKeptAndListed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		h.load(small(t))
		season := must(school.CurrentSeason(ctx, store))(t)
		registrar := enrolment.NewRegistrar(store, h.clock)
		defer registrar.Close()
		before := must(catalogue.Of(ctx, store, season.ID))(t)

		sites := must(school.Sites(ctx, store))(t)
		sites[0].Name = "Pôle de l’Écran"
		must(school.SaveSite(ctx, store, secretary, start, sites[0]))(t)
		teacher := must(catalogue.Teachers(ctx, store))(t)[0]
		was := teacher.FullName()
		teacher.LastName = "Écran"
		must(catalogue.SaveTeacher(ctx, store, secretary, start, teacher))(t)
		programme := before.Programmes[0]
		programme.Message = "Composée à l’écran."
		must(registrar.SaveProgramme(ctx, secretary, programme))(t)
		removed := before.Courses[0]
		if err := enrolment.DeleteCourse(ctx, store, secretary, start, season.ID, removed.ID, must(catalogue.Of(ctx, store, season.ID))(t).Courses[0].Version); err != nil {
			t.Fatal(err)
		}

		report := h.load(small(t))
		if report.Changed() {
			t.Errorf("the same files changed the school: %+v", report.Counts)
		}
		var fields []string
		for _, k := range report.Kept {
			fields = append(fields, k.Field+"="+k.Held)
		}
		for _, want := range []string{"nom=Pôle de l’Écran", "message=Composée à l’écran.", "=retiré à l’écran"} {
			if !slices.Contains(fields, want) {
				t.Errorf("%s is not listed among %v", want, fields)
			}
		}
		after := must(catalogue.Of(ctx, store, season.ID))(t)
		if _, found := after.Course(removed.ID); found || len(after.Courses) != len(before.Courses)-1 {
			t.Errorf("%d courses after, %d before: the removed one came back", len(after.Courses), len(before.Courses))
		}
		if p, _ := after.Programme(programme.ID); p.Message != "Composée à l’écran." {
			t.Errorf("the formula reads « %s »", p.Message)
		}
		for _, c := range after.Courses {
			if c.Teacher == was {
				t.Errorf("%s is given by %s again", c.Title, was)
			}
		}
		if names := must(catalogue.Teachers(ctx, store))(t); slices.ContainsFunc(names, func(x catalogue.Teacher) bool { return x.FullName() == was }) {
			t.Errorf("%s is there again", was)
		}
	})
}
