package enrolment

import (
	"slices"

	"pupitre/internal/domain/catalogue"
)

// judgeAgain tells whether the family must choose again, on what is stored and
// on what the unit is about to store (R33d).
func (u *unit) judgeAgain(d *Dossier) (bool, error) {
	if !d.State.Sent() || d.OnPaperForm {
		return false, nil
	}
	c, err := u.offer()
	if err != nil {
		return false, err
	}
	requests, err := u.requestsOf(d)
	if err != nil {
		return false, err
	}
	breaches, err := u.breaches(d)
	if err != nil {
		return false, err
	}
	return mustChooseAgain(*c, *d, len(requests), waits(requests), breaches), nil
}

// mustChooseAgain: the choice names a cancelled course, or lacks a course of
// its formula that nothing waits for. « Inscrit », only what was cancelled since
// counts: the office knew the rest when it confirmed.
func mustChooseAgain(c catalogue.Catalogue, d Dossier, active int, waits bool, breaches []catalogue.Breach) bool {
	switch {
	case !d.State.Sent() || d.OnPaperForm:
		return false
	case len(cancelledSince(c, d)) > 0:
		return true
	case d.State == Received:
		return len(breaches) > 0
	case d.State == Enrolled || waits:
		return false
	default:
		return active < len(d.Choice) || len(breaches) > 0
	}
}

// cancelledSince lists the courses of the choice that are no longer given;
// « inscrit », those cancelled since it was confirmed.
func cancelledSince(c catalogue.Catalogue, d Dossier) []catalogue.Course {
	var all []catalogue.Course
	for _, w := range d.Choice {
		course, ok := c.Course(w.Course)
		if !ok || course.CancelledAt.IsZero() || d.State == Enrolled && course.CancelledAt.Before(d.ConfirmedAt) {
			continue
		}
		if !slices.ContainsFunc(all, func(known catalogue.Course) bool { return known.ID == course.ID }) {
			all = append(all, course)
		}
	}
	return all
}

// MustChooseAgain tells whether the family must choose again (R33d).
func (v Registration) MustChooseAgain() bool {
	waits := slices.ContainsFunc(v.Requests, func(q RequestView) bool { return q.State == Waiting || q.State == Offered })
	return mustChooseAgain(v.Catalogue, v.Dossier, len(v.Requests), waits, v.Breaches)
}

// Cancelled lists the courses of the choice that the school has cancelled, and
// that the family has not replaced.
func (v Registration) Cancelled() []catalogue.Course {
	if !v.Dossier.State.Sent() {
		return nil
	}
	return cancelledSince(v.Catalogue, v.Dossier)
}
