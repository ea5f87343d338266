package enrolment_test

import (
	"testing"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

func TestMissingPapersAreRemindedOfOnTheDaysSet(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		c := testschool.Open(t, store)
		rules, err := school.Current(c.Ctx, store)
		c.Must(err)
		rules.ReminderDays = "10, 3"
		c.Season.ClosesAt = testschool.Paris("2027-06-25 23:59")
		c.Must(store.Write(c.Ctx, func(tx *db.Tx) error {
			if err := school.Put(c.Ctx, tx, rules); err != nil {
				return err
			}
			return school.PutSeason(c.Ctx, tx, c.Season)
		}))
		salome := c.Family("BENALI-7288", "Salomé").Prepare("prelevement").Choose("cursus", "S-HARPE", "S-ORCHESTRE-1", "S-CULTURE-1")
		salome.Send()
		c.Family("BOSSIS-1722", "Inès").Prepare().Choose("cursus", "S-FLUTE", "S-ORCHESTRE-1").Send()
		const written = `select count(*) from outgoing_mail where kind = $1`
		for _, step := range []struct {
			at   string
			want int64
			why  string
		}{
			{"2027-06-14 12:00", 0, "the day before"},
			{"2027-06-15 07:00", 0, "in the quiet hours of the day set"},
			{"2027-06-15 08:00", 1, "the day set"},
			{"2027-06-15 08:01", 1, "a minute later"},
			{"2027-06-15 19:00", 1, "that evening"},
			{"2027-06-18 12:00", 1, "between the days set"},
			{"2027-06-22 09:00", 2, "the second day set"},
			{"2027-06-22 09:01", 2, "and once"},
		} {
			c.Clock.Set(testschool.Paris(step.at))
			other := enrolment.NewRegistrar(store, c.Clock) // another machine, at the same minute
			for _, r := range []*enrolment.Registrar{c.Registrar, other} {
				_, err := r.RemindBeforeClosing(c.Ctx)
				c.Must(err)
			}
			other.Close()
			n, err := db.One[int64](c.Ctx, store, written, string(enrolment.MailMissingPapers))
			c.Must(err)
			if n != step.want {
				t.Errorf("%s, %s: %d reminders, want %d", step.at, step.why, n, step.want)
			}
		}
	})
}
