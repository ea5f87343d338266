package enrolment

import (
	"context"
	"slices"
	"strings"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Moving has the office move one request of a dossier to another offering (R30b,
// done by the office): the rank and the other courses stay, the new course is
// asked for now, and what is left goes to the next in line.
type Moving struct {
	Request string
	To      string // offering
	Reason  string
}

// Move moves a request to another course. A reason is compulsory: the journal keeps it.
func (r *Registrar) Move(ctx context.Context, a actor.Actor, in Moving) error {
	return r.submit(ctx, a, func(u *unit) error {
		row, d, err := u.toRearrange(in.Request, in.Reason)
		if err != nil {
			return err
		}
		if in.To == row.Offering {
			return moveFault("Choisissez un autre cours que celui que l’élève quitte.")
		}
		if _, _, err := u.courseOf(in.To); err != nil {
			return err
		}
		if slices.Contains(d.Choice.offerings(), in.To) {
			return moveFault("L’élève suit ou attend déjà ce cours.")
		}
		return u.change(d, NewChoice{Programme: d.Programme, Site: d.Site, Wishes: d.Choice.Instead(row.Offering, in.To), Reason: in.Reason}, zero)
	})
}

func moveFault(message string) error {
	return &fault.Invalid{Message: message, Fields: []fault.Field{{Name: "vers", Message: message}}}
}

// Instead is the choice with one offering in place of another.
func (c Choice) Instead(from, to string) Choice {
	changed := slices.Clone(c)
	for i, id := range c.offerings() {
		if id == from {
			course, semester := splitOffering(to)
			changed[i] = catalogue.Wish{Course: course, Semester: semester}
		}
	}
	return changed
}

// toRearrange returns the active request that the office rearranges, and its
// dossier; its reason is compulsory.
func (u *unit) toRearrange(request, reason string) (*Request, *Dossier, error) {
	if !u.actor.IsOffice() {
		return nil, nil, fault.ErrForbidden
	}
	if strings.TrimSpace(reason) == "" {
		return nil, nil, needReason()
	}
	row, err := u.request(request)
	if err != nil {
		return nil, nil, err
	}
	if !row.State.Active() {
		return nil, nil, &fault.Conflict{Message: "Cette demande est « " + row.State.French() + " »" + french.Nbsp + ": elle ne se déplace plus."}
	}
	d, err := u.dossier(row.Dossier)
	return row, d, err
}

// Swapping has two pupils change places with one another.
type Swapping struct {
	One, Other string // requests that hold places
	Reason     string
}

// Swap gives each of two pupils the other's place, in one act: no place is free
// meanwhile, so nobody who waits is offered one. It is refused unless both new
// choices keep the rules. Whoever comes so into a course for which others wait
// is marked « hors de l’ordre ». A reason is compulsory.
func (r *Registrar) Swap(ctx context.Context, a actor.Actor, in Swapping) error {
	return r.submit(ctx, a, func(u *unit) error {
		one, d, err := u.toRearrange(in.One, in.Reason)
		if err != nil {
			return err
		}
		other, e, err := u.toRearrange(in.Other, in.Reason)
		if err != nil {
			return err
		}
		if err := u.maySwap(one, other, d, e); err != nil {
			return err
		}
		return u.swap(one, other, d, e, in.Reason)
	})
}

func (u *unit) maySwap(one, other *Request, d, e *Dossier) error {
	switch {
	case d.ID == e.ID:
		return swapFault("Choisissez un autre élève" + french.Nbsp + ": un échange se fait entre deux dossiers.")
	case one.Offering == other.Offering:
		return swapFault("Ces deux élèves sont dans le même cours.")
	case one.State != Place || other.State != Place:
		return swapFault("Un échange se fait entre deux places réservées" + french.Nbsp + ": qui attend se déplace, ou passe devant avec un motif.")
	case slices.Contains(d.Choice.offerings(), other.Offering) || slices.Contains(e.Choice.offerings(), one.Offering):
		return swapFault("L’un des deux suit ou attend déjà le cours de l’autre.")
	}
	for _, side := range []struct {
		d        *Dossier
		from, to string
	}{{d, one.Offering, other.Offering}, {e, other.Offering, one.Offering}} {
		proposed := *side.d
		proposed.Choice = side.d.Choice.Instead(side.from, side.to)
		breaches, err := u.breaches(&proposed)
		if err != nil {
			return err
		}
		if len(breaches) > 0 {
			pupil, err := u.pupil(side.d.Pupil)
			if err != nil {
				return err
			}
			return swapFault(pupil.FullName() + french.Nbsp + ": " + breaches[0].Sentence())
		}
	}
	return nil
}

func swapFault(message string) error {
	return &fault.Invalid{Message: message, Fields: []fault.Field{{Name: "avec", Message: message}}}
}

func (u *unit) swap(one, other *Request, d, e *Dossier, reason string) error {
	if err := u.bring(one.Offering, other.Offering); err != nil {
		return err
	}
	at := u.stamp()
	fresh := func(d *Dossier, left, taken *Request) (Asked, error) {
		a := Asked{ID: db.NewID(), Offering: taken.Offering, ReceivedAt: at, Seq: u.nextSeq()}
		row := &Request{ID: a.ID, Dossier: d.ID, Offering: a.Offering, ReceivedAt: at, Seq: a.Seq, Line: left.Line, CreatedAt: u.at}
		u.requests[row.ID] = row
		if _, err := u.requestsOf(d); err != nil {
			return a, err
		}
		u.ofDossier[d.ID] = append(u.ofDossier[d.ID], row)
		u.newRequests = append(u.newRequests, row)
		return a, nil
	}
	toOther, err := fresh(d, one, other)
	if err != nil {
		return err
	}
	toOne, err := fresh(e, other, one)
	if err != nil {
		return err
	}
	why := "échange de places" + french.Nbsp + ": " + reason // a family reads it: it names nobody
	if _, err := u.obey(Swap{One: one.ID, Other: other.ID, ToOther: toOther, ToOne: toOne}, why); err != nil {
		return err
	}
	if err := u.swapped(d, one, other, why); err != nil {
		return err
	}
	return u.swapped(e, other, one, why)
}

// swapped writes the new choice of one of the two, and tells its family.
func (u *unit) swapped(d *Dossier, left, taken *Request, why string) error {
	before, err := u.describe(*d)
	if err != nil {
		return err
	}
	d.Choice = d.Choice.Instead(left.Offering, taken.Offering)
	u.changed(d)
	after, err := u.describe(*d)
	if err != nil {
		return err
	}
	u.told(d, "dossier.choice_changed", before, after, why)
	return u.writeOf(d, MailChangedChoice, d.event(), Told{})
}
