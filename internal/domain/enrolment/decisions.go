package enrolment

import (
	"context"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/document"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Confirm answers a checked dossier (R33): « inscrit » when every required paper
// is « Validé » and every course has its place; on the waiting list when a
// place lacks; « inscrit » in part with a reason.
func (r *Registrar) Confirm(ctx context.Context, a actor.Actor, dossier, partReason string) (State, error) {
	var became State
	err := r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		d, err := u.dossier(dossier)
		if err != nil {
			return err
		}
		became, err = u.answer(d, strings.TrimSpace(partReason), "")
		return err
	})
	return became, err
}

// Confirmed is what was confirmed at once: the dossiers, and the batch that
// takes them back.
type Confirmed struct {
	Dossiers []string
	Batch    string
}

// ConfirmReady confirms the dossiers whose required papers are « Validé » and
// whose courses all have a place: those named, or all when none is.
func (r *Registrar) ConfirmReady(ctx context.Context, a actor.Actor, named ...string) (done Confirmed, err error) {
	err = r.submit(ctx, a, func(u *unit) error {
		done = Confirmed{Batch: db.NewID()}
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		which, args := "", []any{u.season.ID}
		if len(named) > 0 {
			which, args = `and id in (select value from json_each(cast($2 as text)))`, append(args, db.IDs(named))
		}
		dossiers, err := u.load(`season_id = $1 and state = 'complete' `+which+` order by rank`, args...)
		if err != nil {
			return err
		}
		for _, d := range dossiers {
			ready, err := u.ready(d)
			if err != nil {
				return err
			}
			if !ready || d.State != Complete {
				continue
			}
			if _, err := u.answer(d, "", done.Batch); err != nil {
				return err
			}
			done.Dossiers = append(done.Dossiers, d.ID)
		}
		return nil
	})
	return done, err
}

// answer confirms the dossier so that it can be taken back.
func (u *unit) answer(d *Dossier, partReason, batch string) (State, error) {
	before, mails := formerOf(d), len(u.mails)
	became, err := u.confirm(d, partReason)
	if err == nil {
		u.decided(batch, d.ID, d.Version, former{Dossiers: []formerDossier{before}}, mails)
	}
	return became, err
}

// ready tells whether the dossier only waits to be confirmed: nothing that was
// deposited is left to look at, optional papers included.
func (u *unit) ready(d *Dossier) (bool, error) {
	asked, err := u.asked(d)
	if err != nil {
		return false, err
	}
	held, err := u.heldBy(d.Household)
	if err != nil || len(held.Unvalidated(asked, d.Household, d.Pupil)) > 0 || len(held.Unread(asked, d.Household, d.Pupil)) > 0 {
		return false, err
	}
	return u.whole(d)
}

// whole tells whether the dossier has a place in every course of its formula:
// a course whose offer was declined, or that was cancelled, is one it lacks.
func (u *unit) whole(d *Dossier) (bool, error) {
	requests, err := u.requestsOf(d)
	if err != nil {
		return false, err
	}
	if d.OnPaperForm || len(requests) == 0 || len(requests) != len(d.Choice) || placesIn(requests) != len(requests) {
		return false, nil
	}
	breaches, err := u.breaches(d)
	return len(breaches) == 0, err
}

func placesIn(requests []*Request) int {
	n := 0
	for _, r := range requests {
		if r.State == Place {
			n++
		}
	}
	return n
}

// waits tells whether a place is still asked for, or offered.
func waits(requests []*Request) bool {
	return slices.ContainsFunc(requests, func(r *Request) bool { return r.State == Waiting || r.State == Offered })
}

func (u *unit) unvalidated(d *Dossier) ([]document.Paper, error) {
	asked, err := u.asked(d)
	if err != nil {
		return nil, err
	}
	held, err := u.heldBy(d.Household)
	if err != nil {
		return nil, err
	}
	return held.Unvalidated(asked, d.Household, d.Pupil), nil
}

func (u *unit) confirm(d *Dossier, partReason string) (State, error) {
	if d.State != Complete && d.State != OnList {
		return "", &fault.Conflict{Message: "Ce dossier est « " + d.State.French() + " »" + french.Nbsp + ": il ne peut pas être confirmé."}
	}
	left, err := u.unvalidated(d)
	if err != nil {
		return "", err
	}
	if len(left) > 0 {
		return "", fault.Refuse("Validez d’abord" + french.Nbsp + ": " + french.List(paperNames(left)) + ".")
	}
	requests, err := u.requestsOf(d)
	if err != nil {
		return "", err
	}
	if d.OnPaperForm {
		return "", fault.Refuse("Saisissez d’abord les cours du formulaire papier.")
	}
	whole, err := u.whole(d)
	if err != nil {
		return "", err
	}
	if !whole && partReason == "" {
		if !waits(requests) {
			return "", fault.Refuse("Il manque un cours à la formule et aucun n’est en attente" + french.Nbsp + ": la famille doit choisir à nouveau, ou confirmez cette partie avec un motif.")
		}
		return u.toList(d)
	}
	if placesIn(requests) == 0 {
		return "", fault.Refuse("Aucun cours n’a de place" + french.Nbsp + ": ce dossier ne peut être que mis en liste d’attente.")
	}
	before := d.State
	d.State, d.ConfirmedAt, d.ConfirmedBy, d.Reason = Enrolled, u.at, u.actor.Name, partReason
	u.changed(d)
	u.told(d, "dossier.enrolled", before.French(), Enrolled.French(), partReason)
	return Enrolled, u.writeAt(d, MailEnrolled, d.event(), Told{Reason: partReason}, u.answersAt())
}

// toList answers that the dossier waits; its places are held up to the school's date (R33b).
func (u *unit) toList(d *Dossier) (State, error) {
	if d.State == OnList {
		return "", &fault.Conflict{Message: "Ce dossier est déjà en liste d’attente."}
	}
	before := d.State
	d.State, d.ConfirmedBy = OnList, u.actor.Name
	u.changed(d)
	u.told(d, "dossier.on_list", before.French(), OnList.French(), "")
	return OnList, u.writeAt(d, MailOnList, d.event(), Told{Until: u.season.PartialReleaseAt}, u.answersAt())
}

// TurnDown refuses a dossier with a reason; its places go to the next in line.
func (r *Registrar) TurnDown(ctx context.Context, a actor.Actor, dossier, reason string) error {
	return r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		if strings.TrimSpace(reason) == "" {
			return needReason()
		}
		d, err := u.dossier(dossier)
		if err != nil {
			return err
		}
		if !d.State.Sent() {
			return &fault.Conflict{Message: "Ce dossier n’est pas envoyé."}
		}
		given, err := u.titles(d)
		if err != nil {
			return err
		}
		if err := u.unrank(d, TurnedDown, "dossier.refused", reason); err != nil {
			return err
		}
		d.Reason = reason
		return u.writeOf(d, MailTurnedDown, d.event(), Told{Reason: reason, GivenUp: given})
	})
}

func needReason() error {
	return &fault.Invalid{Message: "Donnez un motif.", Fields: []fault.Field{{Name: "motif", Message: "Écrivez le motif" + french.Nbsp + ": il est gardé au journal."}}}
}

// Jump puts a waiting request in front of its list, for a reason that the
// journal keeps and the office's screens show (R34).
func (r *Registrar) Jump(ctx context.Context, a actor.Actor, request, reason string) error {
	return r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		if strings.TrimSpace(reason) == "" {
			return needReason()
		}
		row, err := u.request(request)
		if err != nil {
			return err
		}
		if err := u.bring(row.Offering); err != nil {
			return err
		}
		if u.board.Requests[request] == nil {
			return &fault.Conflict{Message: "Cette demande n’attend plus de place."}
		}
		_, err = u.obey(Jump{request}, "hors de l’ordre"+french.Nbsp+": "+reason)
		return err
	})
}

// Reopen lets one family send after the closing, until the given instant, for
// a reason; its dossier ranks at its own time (R36). Refused when the campaign
// is open until then anyway.
func (r *Registrar) Reopen(ctx context.Context, a actor.Actor, pupil, household string, until time.Time, reason string) error {
	return r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		if strings.TrimSpace(reason) == "" {
			return needReason()
		}
		if !until.After(u.at) {
			return &fault.Invalid{Message: "Cette date est passée.", Fields: []fault.Field{{Name: "jusqu_au", Message: "Donnez une date à venir, par exemple " + french.ShortDate(u.at.AddDate(0, 0, 7)) + "."}}}
		}
		if u.season.ClosesAt.IsZero() || !until.After(u.season.ClosesAt) {
			return u.opensAnyway()
		}
		d, err := u.ensure(pupil, household)
		if err != nil {
			return err
		}
		d.ReopenedUntil = until
		u.changed(d)
		u.told(d, "dossier.reopened", "", "ouvert jusqu’au "+french.Moment(until), reason)
		return nil
	})
}

// opensAnyway refuses to reopen what the campaign leaves open to everyone.
func (u *unit) opensAnyway() error {
	message := "La campagne est ouverte, sans date de fermeture" + french.Nbsp + ": il n’y a rien à rouvrir."
	if u.season.BeforeOpening(u.at) {
		message = "La campagne ouvre le " + french.Moment(u.season.OpensAt) + " pour toutes les familles" + french.Nbsp + ": une réouverture ne sert qu’après sa clôture."
	} else if !u.season.ClosesAt.IsZero() {
		message = "La campagne est ouverte à toutes les familles jusqu’au " + french.Moment(u.season.ClosesAt) + french.Nbsp + ": donnez une date plus tardive pour rouvrir ce dossier."
	}
	return &fault.Invalid{Message: message, Fields: []fault.Field{{Name: "jusqu_au", Message: message}}}
}
