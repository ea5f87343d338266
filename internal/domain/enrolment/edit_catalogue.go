package enrolment

import (
	"context"
	"fmt"
	"slices"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// SemesterPlaces is how many places a course is to have in a semester (0: the
// whole year), and how many the form read, which is not asked of a new one.
type SemesterPlaces struct{ Semester, Capacity, Read int64 }

// CourseForm is a course as the office's form sends it: what it is, and its
// places in each semester that it is offered in.
type CourseForm struct {
	catalogue.Course
	Places []SemesterPlaces
}

// PlacesField is the form field of a semester's places.
func PlacesField(semester int64) string { return fmt.Sprintf("places-%d", semester) }

// SaveCourse makes the course (ID "") or changes the one that was read at its
// Version, with its places, and returns its id: places gained are offered to
// those who wait, and the dossiers that chose it are judged anew. Ranks do not
// move. Office only; *fault.Invalid, *fault.Conflict.
func (r *Registrar) SaveCourse(ctx context.Context, a actor.Actor, in CourseForm) (id string, err error) {
	err = r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		id, err = u.saveCourse(in)
		return err
	})
	return id, err
}

func (u *unit) saveCourse(in CourseForm) (string, error) {
	offer, err := u.offer()
	if err != nil {
		return "", err
	}
	held, known := offer.Course(in.ID)
	if known && !held.CancelledAt.IsZero() {
		return "", &fault.Conflict{Message: "Ce cours est annulé" + "\u202f: il ne se change plus. Ajoutez-en un autre."}
	}
	if known {
		if err := held.Against(in.Version); err != nil {
			return "", err
		}
	}
	if err := u.checkPlaces(in, held); err != nil {
		return "", err
	}
	season := u.season.ID
	err = u.apart(func(ctx context.Context, tx *db.Tx) (err error) {
		if in.ID, err = catalogue.SaveCourse(ctx, tx, u.actor, u.at, season, in.Course); err != nil {
			return err
		}
		return putSemesters(ctx, tx, season, in, held.Semesters)
	})
	if err != nil {
		return "", err
	}
	u.written++
	u.catalogue = nil
	for _, s := range held.Semesters {
		if !in.offers(s) {
			delete(u.board.Offerings, OfferingID(in.ID, s))
		}
	}
	for _, p := range in.Places {
		if err := u.bring(OfferingID(in.ID, p.Semester)); err != nil {
			return "", err
		}
		if err := u.setCapacity(OfferingID(in.ID, p.Semester), p.Capacity, ""); err != nil {
			return "", err
		}
	}
	if known && !held.SameRules(in.asCourse()) {
		return in.ID, u.judgeChoosers(`season_id = $1 and choice like $2`, season, "%"+in.ID+"%")
	}
	return in.ID, nil
}

func (in CourseForm) offers(semester int64) bool {
	return slices.ContainsFunc(in.Places, func(p SemesterPlaces) bool { return p.Semester == semester })
}

// asCourse is the course with the semesters of its places.
func (in CourseForm) asCourse() catalogue.Course {
	c := in.Course
	c.Semesters = nil
	for _, p := range in.Places {
		c.Semesters = append(c.Semesters, p.Semester)
	}
	return c
}

// putSemesters makes the offerings that are new and takes away those that are
// no longer wanted; the capacity of the others is the board's to change.
func putSemesters(ctx context.Context, tx *db.Tx, season string, in CourseForm, held []int64) error {
	for _, p := range in.Places {
		if slices.Contains(held, p.Semester) {
			continue
		}
		if err := PutOffering(ctx, tx, season, in.ID, p.Semester, p.Capacity); err != nil {
			return err
		}
	}
	for _, s := range held {
		if in.offers(s) {
			continue
		}
		if err := dropOffering(ctx, tx, OfferingID(in.ID, s)); err != nil {
			return err
		}
	}
	return nil
}

// checkPlaces refuses places that the course cannot have, before anything is written.
func (u *unit) checkPlaces(in CourseForm, held catalogue.Course) error {
	var c fault.Check
	c.That(len(in.Places) > 0, PlacesField(0), "Donnez un nombre de places, à l’année ou par semestre.")
	c.That(!in.offers(0) || len(in.Places) == 1, PlacesField(0), "Un cours est à l’année ou par semestre, pas les deux.")
	for _, p := range in.Places {
		field := PlacesField(p.Semester)
		if !slices.Contains(held.Semesters, p.Semester) {
			c.That(p.Capacity >= 0 && p.Capacity <= MostPlaces, field, "Donnez un nombre de places entre 0 et 999.")
			continue
		}
		now, err := u.mayHave(OfferingID(in.ID, p.Semester), p.Capacity)
		if invalid, ok := err.(*fault.Invalid); ok {
			c.Add(field, invalid.Message)
			continue
		}
		if err != nil {
			return err
		}
		if now != p.Read {
			return &fault.Conflict{Message: "Les places de ce cours ont changé depuis que vous l’avez ouvert. Rien n’a été écrit."}
		}
	}
	for _, s := range held.Semesters {
		if in.offers(s) {
			continue
		}
		n, err := db.One[int64](u.ctx, u.tx, `select count(*) from request where offering_id = $1`, OfferingID(in.ID, s))
		if err != nil {
			return err
		}
		c.That(n == 0, PlacesField(s), "Des élèves ont demandé ces places"+"\u202f: gardez-en le nombre, ou annulez le cours.")
	}
	return c.Err()
}

// judgeChoosers judges the dossiers found anew, at the end of the unit.
func (u *unit) judgeChoosers(where string, args ...any) error {
	dossiers, err := u.load(where, args...)
	u.touch(dossiers...)
	return err
}

// CapacityChange is one capacity that the office changed in the list of courses.
type CapacityChange struct {
	Offering string
	Read     int64 // as the list showed it
	Capacity int64
}

// SetCapacities sets the capacities together or none: *fault.Invalid has one
// field for each that cannot be, named by its offering; *fault.Conflict when one
// is no longer what was read. Places gained are offered to those who wait.
func (r *Registrar) SetCapacities(ctx context.Context, a actor.Actor, changes []CapacityChange) error {
	return r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		var c fault.Check
		for _, change := range changes {
			now, err := u.mayHave(change.Offering, change.Capacity)
			if invalid, ok := err.(*fault.Invalid); ok {
				c.Add(change.Offering, invalid.Message)
				continue
			}
			if err != nil {
				return err
			}
			if now != change.Read {
				return &fault.Conflict{Message: "La capacité d’un cours a changé depuis que vous avez ouvert la liste. Rien n’a été écrit."}
			}
		}
		if err := c.Err(); err != nil {
			return err
		}
		for _, change := range changes {
			if err := u.setCapacity(change.Offering, change.Capacity, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// SaveProgramme makes the programme (ID "") or changes the one that was read at
// its Version, and returns its id; the dossiers that follow it are judged anew,
// and keep rank and places. Office only; *fault.Invalid, *fault.Conflict.
func (r *Registrar) SaveProgramme(ctx context.Context, a actor.Actor, in catalogue.Programme) (id string, err error) {
	err = r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		offer, err := u.offer()
		if err != nil {
			return err
		}
		held, known := offer.Programme(in.ID)
		err = u.apart(func(ctx context.Context, tx *db.Tx) (err error) {
			id, err = catalogue.SaveProgramme(ctx, tx, u.actor, u.at, u.season.ID, in)
			return err
		})
		if err != nil {
			return err
		}
		u.written++
		u.catalogue = nil
		if known && !held.SameRules(in) {
			return u.judgeChoosers(`season_id = $1 and programme_id = $2`, u.season.ID, in.ID)
		}
		return nil
	})
	return id, err
}
