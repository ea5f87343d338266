package enrolment

import (
	"context"
	"errors"
	"slices"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Unpublish undoes a publication: its offers wait again where they stood, its
// capacities are what they were. It is refused, naming it, once a mail has left,
// an offer was answered, or a place was taken since.
func (r *Registrar) Unpublish(ctx context.Context, a actor.Actor, scenario string) error {
	return r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		s, err := ScenarioByID(u.ctx, u.tx, a, scenario)
		if err != nil {
			return err
		}
		acts, err := u.mayUnpublish(s)
		if err != nil {
			return err
		}
		if err := u.apart(func(ctx context.Context, tx *db.Tx) error { return u.recallOffers(ctx, tx, s) }); err != nil {
			return err
		}
		u.written++
		for _, act := range acts {
			if err := u.takeOffersBack(act, s); err != nil {
				return err
			}
		}
		if _, err := u.tx.Exec(u.ctx, `update scenario set published_at = null, published_by = '', published = '', version = version + 1 where id = $1`, s.ID); err != nil {
			return err
		}
		u.lines = append(u.lines, journal.By(u.actor, u.at, journal.Line{
			Event: "places.unpublished", Subject: s.Subject(), Before: "scénario « " + s.Name + " » publié", After: "publication annulée" + french.Nbsp + ": les offres et les capacités sont reprises",
		}))
		return nil
	})
}

// mayUnpublish tries the undo on a copy of the board, and returns its commands.
func (u *unit) mayUnpublish(s Scenario) ([]TakeOffersBack, error) {
	if s.PublishedAt.IsZero() {
		return nil, &fault.Conflict{Message: "Le scénario « " + s.Name + " » n’est pas publié, ou sa publication est déjà annulée."}
	}
	if s.Season != u.season.ID {
		return nil, &fault.Conflict{Message: "Ce scénario est d’une autre saison que celle des familles" + french.Nbsp + ": sa publication ne s’annule plus."}
	}
	if !u.at.Before(s.Published.LeavesAt) {
		return nil, &fault.Conflict{Message: "Les mails sont partis le " + french.Moment(s.Published.LeavesAt) + french.Nbsp + ": la publication ne s’annule plus. Les familles peuvent décliner, et chaque cours se règle sur sa page."}
	}
	var acts []TakeOffersBack
	var offerings []string
	for _, step := range s.Published.Steps {
		offerings = append(offerings, step.Offering)
	}
	if err := u.bring(offerings...); err != nil {
		return nil, err
	}
	if err := u.readOffered(s.Published.Steps); err != nil {
		return nil, err
	}
	trial := u.board.Clone()
	for _, step := range s.Published.Steps {
		act := TakeOffersBack{Offering: step.Offering, Capacity: step.From, Offers: map[string]int64{}}
		for _, id := range step.Offers {
			row, err := u.request(id)
			if err != nil {
				return nil, err
			}
			if row.State != Offered {
				words, err := u.sayAnswered(row)
				if err != nil {
					return nil, err
				}
				return nil, &fault.Conflict{Message: words + french.Nbsp + ": la publication ne s’annule plus."}
			}
			act.Offers[id] = row.Jumped
			if slices.Contains(step.Jumps, id) {
				act.Offers[id] = 0
			}
		}
		if o := trial.Offerings[step.Offering]; o == nil || o.Capacity != step.To {
			return nil, u.movedOn(step.Offering)
		}
		if _, err := trial.Apply(act); err != nil {
			return nil, u.movedOn(step.Offering)
		}
		acts = append(acts, act)
	}
	return acts, nil
}

func (u *unit) sayAnswered(row *Request) (string, error) {
	title, err := u.titleOf(row.Offering)
	if err != nil {
		return "", err
	}
	d, err := u.dossier(row.Dossier)
	if err != nil {
		return "", err
	}
	pupil, err := u.pupil(d.Pupil)
	return "La place proposée à " + pupil.FullName() + " en " + title + " est maintenant « " + row.State.French() + " »", err
}

func (u *unit) movedOn(offering string) error {
	title, err := u.titleOf(offering)
	if err != nil {
		return err
	}
	return &fault.Conflict{Message: "Les places de " + title + " ont bougé depuis la publication" + french.Nbsp + ": elle ne s’annule plus."}
}

// recallOffers removes the mails of the publication's offers, and the calls.
func (u *unit) recallOffers(ctx context.Context, tx *db.Tx, s Scenario) error {
	var events []string
	for _, step := range s.Published.Steps {
		for _, id := range step.Offers {
			events = append(events, offerEvent(id))
		}
	}
	_, err := correspondence.Withdraw(ctx, tx, events...)
	if errors.Is(err, correspondence.ErrLeft) {
		return &fault.Conflict{Message: "Un mail est déjà parti" + french.Nbsp + ": la publication ne s’annule plus."}
	}
	return err
}

func (u *unit) takeOffersBack(act TakeOffersBack, s Scenario) error {
	course, semester, err := u.courseOf(act.Offering)
	if err != nil {
		return err
	}
	const why = "publication annulée"
	u.dirtyOffers[act.Offering] = true
	u.lines = append(u.lines, journal.By(u.actor, u.at, journal.Line{
		Event: "course.capacity", Course: course.ID, Reason: why + ", scénario « " + s.Name + " »",
		Before: courseTitle(course, semester) + french.Nbsp + ": " + french.Count(u.board.Offerings[act.Offering].Capacity, "place", "places"),
		After:  french.Count(act.Capacity, "place", "places"),
	}))
	_, err = u.obey(act, why)
	return err
}
