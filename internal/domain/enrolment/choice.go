package enrolment

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// NewChoice is a choice of courses to put in place of the dossier's.
type NewChoice struct {
	Pupil     string
	Programme string
	Site      string
	Wishes    Choice
	Reason    string // the office's, when it acts for the family
}

// Change replaces the choice of a dossier already sent (R30b): the rank and the
// courses left unchanged stay; a new course is asked for now, behind all who
// wait there; what is given up goes to the next in line. After « inscrit » only
// the office may.
func (r *Registrar) Change(ctx context.Context, a actor.Actor, in NewChoice) error {
	return r.submit(ctx, a, func(u *unit) error {
		d, err := u.own(a, in.Pupil)
		if err != nil {
			return err
		}
		if !d.State.Sent() {
			return &fault.Conflict{Message: "Ce dossier n’est pas envoyé" + french.Nbsp + ": enregistrez simplement vos choix."}
		}
		cancelled, err := u.hasCancelled(d)
		if err != nil {
			return err
		}
		if d.State == Enrolled && !a.IsOffice() && !cancelled {
			return fault.Refuse("Cet élève est déjà inscrit" + french.Nbsp + ": pour changer de cours, appelez le secrétariat au " + french.Phone(u.school.Phone) + ".")
		}
		return u.change(d, in, zero)
	})
}

// TypeIn enters the choice of a form handed in on paper (R20a): its places are
// asked for with the time of « Valider ».
func (r *Registrar) TypeIn(ctx context.Context, a actor.Actor, in NewChoice) error {
	return r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		d, err := u.own(a, in.Pupil)
		if err != nil {
			return err
		}
		if !d.OnPaperForm || !d.State.Sent() {
			return &fault.Conflict{Message: "Ce dossier n’attend pas de formulaire papier."}
		}
		return u.change(d, in, d.CompleteAt)
	})
}

// hasCancelled tells whether the choice has a course that is no longer given:
// then the family was asked to choose again (R33d).
func (u *unit) hasCancelled(d *Dossier) (bool, error) {
	c, err := u.offer()
	return err == nil && slices.ContainsFunc(d.Choice, func(w wish) bool {
		course, ok := c.Course(w.Course)
		return ok && !course.CancelledAt.IsZero()
	}), err
}

func (u *unit) own(a actor.Actor, pupil string) (*Dossier, error) {
	if err := u.seen(a, pupil); err != nil {
		return nil, err
	}
	d, err := u.dossierOf(pupil)
	if err != nil {
		return nil, err
	}
	if d == nil || !a.Sees(d.Household) {
		return nil, notFound("dossier of pupil", pupil)
	}
	return d, nil
}

// change puts the choice in place of the dossier's; what is new is asked for as
// received then, or now when that is zero.
func (u *unit) change(d *Dossier, in NewChoice, received time.Time) error {
	if !d.OnPaperForm && d.Programme == in.Programme && d.Site == in.Site && slices.Equal(d.Choice, in.Wishes) {
		return nil
	}
	proposed := *d
	proposed.Programme, proposed.Site, proposed.Choice, proposed.OnPaperForm = in.Programme, in.Site, in.Wishes, false
	breaches, err := u.breaches(&proposed)
	if err != nil {
		return err
	}
	if err := broken(breaches); err != nil {
		return err
	}
	before, err := u.describe(*d)
	if err != nil {
		return err
	}
	requests, err := u.requestsOf(d)
	if err != nil {
		return err
	}
	kept := map[string]*Request{}
	var dropped []*Request
	wanted := map[string]int{}
	for i, w := range in.Wishes {
		wanted[OfferingID(w.Course, w.Semester)] = i
	}
	for _, r := range requests {
		if i, ok := wanted[r.Offering]; ok {
			kept[r.Offering] = r
			r.Line = int64(i)
			u.dirtyRequests[r.ID] = true
		} else {
			dropped = append(dropped, r)
		}
	}
	var fresh Choice
	for _, w := range in.Wishes {
		if kept[OfferingID(w.Course, w.Semester)] == nil {
			fresh = append(fresh, w)
		}
	}
	d.Programme, d.Site, d.Choice, d.OnPaperForm = in.Programme, in.Site, in.Wishes, false
	u.changed(d)
	after, err := u.describe(*d)
	if err != nil {
		return err
	}
	u.told(d, "dossier.choice_changed", before, after, in.Reason)
	if !d.State.Ranked() {
		return u.recheck([]*Dossier{d}, nil, "") // the paper form is no longer asked
	}
	var givenUp []string
	for _, r := range dropped {
		course, semester, err := u.courseOf(r.Offering)
		if err != nil {
			return err
		}
		givenUp = append(givenUp, courseTitle(course, semester))
	}
	if len(dropped) > 0 {
		if err := u.giveBack(d, Returned, "choix modifié", dropped...); err != nil {
			return err
		}
	}
	if received.IsZero() && len(fresh) > 0 {
		received = u.stamp()
	}
	if err := u.ask(d, fresh, received, "choix modifié"); err != nil {
		return err
	}
	if d.State == OnList || d.State == Enrolled && !u.actor.IsOffice() {
		d.State = Complete // the office looks at it again
	}
	return u.writeOf(d, MailChangedChoice, d.event(), Told{GivenUp: givenUp})
}

// describe writes the choice for the journal.
func (u *unit) describe(d Dossier) (string, error) {
	c, err := u.offer()
	if err != nil {
		return "", err
	}
	p, ok := c.Programme(d.Programme)
	if !ok {
		return "", nil
	}
	var titles []string
	for _, w := range d.Choice {
		if course, ok := c.Course(w.Course); ok {
			titles = append(titles, courseTitle(course, w.Semester))
		}
	}
	return p.Title + ", " + c.SiteName(d.Site) + french.Nbsp + ": " + strings.Join(titles, ", "), nil
}

func broken(breaches []catalogue.Breach) error {
	if len(breaches) == 0 {
		return nil
	}
	invalid := &fault.Invalid{Message: "Ce choix ne suit pas les règles de la formule."}
	for _, b := range breaches {
		invalid.Fields = append(invalid.Fields, fault.Field{Name: "cours", Message: b.Sentence()})
	}
	return invalid
}

// OnPaper is a dossier that came on paper (R35): what it chooses, and when it
// was really received.
type OnPaper struct {
	NewChoice
	ReceivedAt time.Time
	Billing    *Billing // as the paper says; nil leaves the family's
}

// Billing is how a family pays.
type Billing struct {
	Mode  int64
	Means []string
}

// EnterPaper gives a paper dossier the next rank. It takes no place already
// given, but stands in each list before every request received after it.
func (r *Registrar) EnterPaper(ctx context.Context, a actor.Actor, household string, in OnPaper) error {
	return r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		if err := u.checkPaper(in); err != nil {
			return err
		}
		d, err := u.ensure(in.Pupil, household)
		if err != nil {
			return err
		}
		if d.State.Ranked() {
			return &fault.Conflict{Message: "Cet élève a déjà un dossier complet, " + d.Label() + "."}
		}
		if err := u.oneDossier(d); err != nil {
			return err
		}
		proposed := *d
		proposed.Programme, proposed.Site, proposed.Choice, proposed.OnPaperForm = in.Programme, in.Site, in.Wishes, false
		breaches, err := u.breaches(&proposed)
		if err != nil {
			return err
		}
		if err := broken(breaches); err != nil {
			return err
		}
		if err := u.bill(household, d, in.Billing); err != nil {
			return err
		}
		*d = proposed
		d.anew()
		d.Household, d.Administrative = household, true
		d.SentAt, d.AgreedBy, d.ReceivedOnPaperAt, d.Reason = u.stamp(), "sur papier", in.ReceivedAt, in.Reason
		u.rank(d, d.SentAt)
		u.told(d, "dossier.on_paper", "", "reçu sur papier le "+french.Date(in.ReceivedAt)+" à "+french.Hour(in.ReceivedAt), in.Reason)
		if err := u.ask(d, d.Choice, in.ReceivedAt, "dossier papier"); err != nil {
			return err
		}
		return u.writeOf(d, MailEnteredByOffice, fmt.Sprintf("%s@%d", d.ID, d.Rank), Told{OnPaperAt: in.ReceivedAt, Reason: in.Reason})
	})
}

// bill writes how the family pays, as its paper dossier says; its other dossiers
// follow what is then asked.
func (u *unit) bill(household string, entered *Dossier, b *Billing) error {
	if b == nil {
		return nil
	}
	others, err := u.dossiersOf(household)
	if err != nil {
		return err
	}
	others = slices.DeleteFunc(others, func(d *Dossier) bool { return d.ID == entered.ID })
	return u.alter(others, func(ctx context.Context, tx *db.Tx) error {
		return people.SaveBilling(ctx, tx, u.at, u.actor, household, b.Mode, b.Means)
	})
}

func (u *unit) checkPaper(in OnPaper) error {
	var c fault.Check
	c.That(strings.TrimSpace(in.Reason) != "", "motif", "Dites pourquoi ce dossier est saisi par le secrétariat.")
	switch {
	case in.ReceivedAt.IsZero():
		c.Add("recu_le", "Donnez la date et l’heure de réception du dossier papier, par exemple 08/06/2027 et 10:30.")
	case in.ReceivedAt.After(u.at):
		c.Add("recu_le", "La réception ne peut pas être dans l’avenir.")
	case in.ReceivedAt.Before(u.season.OpensAt):
		c.Add("recu_le", "La campagne n’était pas ouverte à cette date"+french.Nbsp+": elle ouvre le "+french.Moment(u.season.OpensAt)+".")
	case u.season.HasClosed(in.ReceivedAt):
		c.Add("recu_le", "La campagne était close à cette date"+french.Nbsp+": elle a fermé le "+french.Moment(u.season.ClosesAt)+".")
	}
	return c.Err()
}
