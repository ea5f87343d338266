package enrolment

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// SetCapacity sets how many places an offering has (R33d); places gained are
// offered to those who wait.
func (r *Registrar) SetCapacity(ctx context.Context, a actor.Actor, offering string, capacity int64, reason string) error {
	return r.Open(ctx, a, Opening{Offering: offering, Capacity: capacity, Reason: reason})
}

// Opening is a new capacity, and how long those who are offered a place have to answer.
type Opening struct {
	Offering string
	Capacity int64
	Days     int64 // 0: the school's
	Reason   string
}

// MostOfferDays is the longest delay of an offer.
const MostOfferDays = 30

// Open is SetCapacity with a delay of its own for the places it offers (R33).
func (r *Registrar) Open(ctx context.Context, a actor.Actor, in Opening) error {
	return r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		if err := mayDelay(in.Days); err != nil {
			return err
		}
		if _, err := u.mayHave(in.Offering, in.Capacity); err != nil {
			return err
		}
		u.offers.days = in.Days
		return u.setCapacity(in.Offering, in.Capacity, in.Reason)
	})
}

// offers is how the act in hand offers places: the days to answer (0: the
// school's), and how long its mails wait before they leave.
type offers struct {
	days int64
	wait time.Duration
}

func mayDelay(days int64) error {
	if days >= 0 && days <= MostOfferDays {
		return nil
	}
	message := fmt.Sprintf("Donnez un délai de réponse entre 1 et %d jours.", MostOfferDays)
	return &fault.Invalid{Message: message, Fields: []fault.Field{{Name: "delai", Message: message}}}
}

// mayHave refuses a capacity that the offering cannot have (R33d), and returns
// the one it has.
func (u *unit) mayHave(offering string, capacity int64) (now int64, err error) {
	if err := u.bring(offering); err != nil {
		return 0, err
	}
	o := u.board.Offerings[offering]
	switch {
	case o == nil:
		return 0, notFound("offering", offering)
	case capacity < 0 || capacity > MostPlaces:
		return 0, capacityFault("Donnez un nombre de places entre 0 et 999.")
	case capacity < o.Taken:
		return 0, capacityFault(fmt.Sprintf("%s déjà prises ou proposées"+french.Nbsp+": la capacité ne peut pas descendre au-dessous.", french.Count(o.Taken, "place", "places")))
	}
	return o.Capacity, nil
}

// MostPlaces is the largest capacity.
const MostPlaces = 999

// setCapacity sets what mayHave has allowed; places gained are offered.
func (u *unit) setCapacity(offering string, capacity int64, reason string) error {
	before := u.board.Offerings[offering].Capacity
	if capacity == before {
		return nil
	}
	course, semester, err := u.courseOf(offering)
	if err != nil {
		return err
	}
	u.dirtyOffers[offering] = true
	u.lines = append(u.lines, journal.By(u.actor, u.at, journal.Line{
		Event: "course.capacity", Course: course.ID, Reason: reason,
		Before: fmt.Sprintf("%s"+french.Nbsp+": %s", courseTitle(course, semester), french.Count(before, "place", "places")),
		After:  french.Count(capacity, "place", "places"),
	}))
	_, err = u.obey(SetCapacity{offering, capacity}, "capacité portée à "+french.Count(capacity, "place", "places"))
	return err
}

func capacityFault(message string) error {
	return &fault.Invalid{Message: message, Fields: []fault.Field{{Name: "places", Message: message}}}
}

// CancelCourse ends a course (R33d): its dossiers keep their rank and each
// family is asked to choose again.
func (r *Registrar) CancelCourse(ctx context.Context, a actor.Actor, course, reason string) error {
	return r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		if strings.TrimSpace(reason) == "" {
			return needReason()
		}
		c, err := u.offer()
		if err != nil {
			return err
		}
		cancelled, ok := c.Course(course)
		if !ok {
			return notFound("course", course)
		}
		if !cancelled.CancelledAt.IsZero() {
			return nil
		}
		if err := catalogue.Cancel(u.ctx, u.tx, course, u.at); err != nil {
			return err
		}
		u.written++
		u.lines = append(u.lines, journal.By(u.actor, u.at, journal.Line{Event: "course.cancelled", Course: course, After: cancelled.Title + french.Nbsp + ": annulé", Reason: reason}))
		for _, semester := range cancelled.Semesters {
			if err := u.cancelOffering(OfferingID(course, semester), cancelled, semester, reason); err != nil {
				return err
			}
		}
		u.catalogue = nil
		choosers, err := u.load(`season_id = $1 and choice like $2`, u.season.ID, "%"+course+"%")
		u.touch(choosers...)
		return err
	})
}

func (u *unit) cancelOffering(offering string, course catalogue.Course, semester int64, reason string) error {
	if err := u.bring(offering); err != nil {
		return err
	}
	var holders, asking []string
	for id, a := range u.board.Requests {
		if a.Offering != offering || !a.State.Active() {
			continue
		}
		asking = append(asking, id)
		if a.State.holds() {
			holders = append(holders, id)
		}
	}
	slices.Sort(asking)
	slices.Sort(holders)
	if _, err := u.obey(CloseList{offering}, "cours annulé"); err != nil {
		return err
	}
	for _, id := range holders {
		if _, err := u.obey(Leave{id, Returned}, "cours annulé"); err != nil {
			return err
		}
	}
	if _, err := u.obey(SetCapacity{offering, 0}, "cours annulé"); err != nil {
		return err
	}
	u.dirtyOffers[offering] = true
	return u.tellCancelled(offering, course, semester, asking, reason)
}

// tellCancelled asks the families to choose again: those that asked for the
// course, and those whose dossier is not complete yet but chose it.
func (u *unit) tellCancelled(offering string, course catalogue.Course, semester int64, asking []string, reason string) error {
	var dossiers []*Dossier
	for _, id := range asking {
		r, err := u.request(id)
		if err != nil {
			return err
		}
		d, err := u.dossier(r.Dossier)
		if err != nil {
			return err
		}
		dossiers = append(dossiers, d)
	}
	received, err := u.load(`season_id = $1 and state = 'received' and choice like $2 order by number`, u.season.ID, "%"+course.ID+"%")
	if err != nil {
		return err
	}
	for _, d := range received {
		if d.State == Received && slices.Contains(d.Choice, wish{Course: course.ID, Semester: semester}) {
			dossiers = append(dossiers, d)
		}
	}
	for _, d := range dossiers {
		place := ToldPlace{Course: course.Title, Semester: semester}
		if err := u.writeOf(d, MailCourseCancelled, offering+":"+d.ID, Told{Course: &place, Reason: reason}); err != nil {
			return err
		}
	}
	return nil
}
