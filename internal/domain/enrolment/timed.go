package enrolment

import (
	"context"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// EndDelays lets the dossiers lapse whose delay for a paper has run out (R32).
// The delay ends by this write: a replacement deposited before it counts.
func (r *Registrar) EndDelays(ctx context.Context) (int, error) {
	n := 0
	err := r.submit(ctx, actor.System, func(u *unit) error {
		n = 0
		due, err := u.load(`season_id = $1 and state = 'paper_refused' and hold_until < $2 order by hold_until, rank`, u.season.ID, u.at)
		if err != nil {
			return err
		}
		for _, d := range due {
			if d.State != PaperRefused {
				continue
			}
			missing, err := u.missing(d)
			if err != nil {
				return err
			}
			if len(missing) == 0 { // no longer asked since
				if err := u.follow(d, nil, nil); err != nil {
					return err
				}
				continue
			}
			if err := u.lapse(d, missing); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

func (u *unit) lapse(d *Dossier, missing []document.Paper) error {
	given, err := u.titles(d)
	if err != nil {
		return err
	}
	if err := u.unrank(d, Lapsed, "dossier.lapsed", "délai écoulé"); err != nil {
		return err
	}
	t, err := u.toldDossier(d)
	if err != nil {
		return err
	}
	told := Told{Dossiers: []ToldDossier{t}, Paper: french.List(paperNames(missing)), Required: true, GivenUp: given}
	if len(missing) > 0 {
		told.PaperCode = missing[0].Code
	}
	return u.write(d.Household, d, MailDelayEnded, d.event(), told, nil, u.bySchool())
}

// CloseCampaign follows the closing (R36): an incomplete dossier becomes a
// draft again and its family is told; one reopened for its family, when that
// time is over.
func (r *Registrar) CloseCampaign(ctx context.Context) (int, error) {
	n := 0
	err := r.submit(ctx, actor.System, func(u *unit) error {
		n = 0
		if !u.season.HasClosed(u.at) {
			return nil
		}
		due, err := u.load(`season_id = $1 and state = 'received' order by sent_at`, u.season.ID)
		if err != nil {
			return err
		}
		for _, d := range due {
			if d.State != Received || u.at.Before(d.ReopenedUntil) {
				continue
			}
			t, err := u.toldDossier(d)
			if err != nil {
				return err
			}
			if len(t.Missing) == 0 { // its papers are there, its choice no longer stands
				t.Missing = []string{"un choix de cours qui puisse être donné"}
			}
			d.State = Draft
			u.changed(d)
			u.told(d, "dossier.closed", Received.French(), Draft.French(), "clôture de la campagne")
			if err := u.write(d.Household, d, MailCampaignClosed, d.event(), Told{Dossiers: []ToldDossier{t}}, nil, u.bySchool()); err != nil {
				return err
			}
			n++
		}
		if !u.season.ClosedToldAt.IsZero() {
			return nil
		}
		u.written++
		u.season.ClosedToldAt = u.at
		if _, err := u.tx.Exec(u.ctx, `update season set closed_told_at = $1 where id = $2`, u.at, u.season.ID); err != nil {
			return err
		}
		return school.Changed(u.ctx, u.tx)
	})
	return n, err
}

// EndLists closes every waiting list at the school's date: no place is offered
// at it or after it, and those still waiting are told (R33). Any act that
// arrives first does the same (endDueLists); it returns how many were told.
func (r *Registrar) EndLists(ctx context.Context) (int, error) {
	n := 0
	err := r.submit(ctx, actor.System, func(u *unit) error {
		n = u.listsTold
		return nil
	})
	return n, err
}

// endDueLists comes before every act: from the school's date on no list is
// served, however late the job that ends them runs.
func (u *unit) endDueLists() error {
	u.listsTold = 0
	if u.season.ListsEndAt.IsZero() || u.at.Before(u.season.ListsEndAt) || !u.season.ListsEndedAt.IsZero() {
		return nil
	}
	asker := u.actor
	u.actor = actor.System
	defer func() { u.actor = asker }()
	if err := u.endLists(); err != nil {
		return err
	}
	u.written++
	u.season.ListsEndedAt = u.at
	if _, err := u.tx.Exec(u.ctx, `update season set lists_ended_at = $1 where id = $2`, u.at, u.season.ID); err != nil {
		return err
	}
	return school.Changed(u.ctx, u.tx)
}

func (u *unit) endLists() error {
	offerings, err := db.All[string](u.ctx, u.tx, `select id from offering where season_id = $1 order by id`, u.season.ID)
	if err != nil {
		return err
	}
	if err := u.bring(offerings...); err != nil {
		return err
	}
	told := map[string][]string{}
	var order []string
	for _, id := range offerings {
		course, semester, err := u.courseOf(id)
		if err != nil {
			return err
		}
		changes, err := u.obey(CloseList{id}, "fin des listes d’attente")
		if err != nil {
			return err
		}
		for _, c := range changes {
			row, err := u.request(c.Request)
			if err != nil {
				return err
			}
			if told[row.Dossier] == nil {
				order = append(order, row.Dossier)
			}
			told[row.Dossier] = append(told[row.Dossier], courseTitle(course, semester))
		}
	}
	for _, id := range order {
		d, err := u.dossier(id)
		if err != nil {
			return err
		}
		t, err := u.toldDossier(d)
		if err != nil {
			return err
		}
		if err := u.write(d.Household, d, MailListsClosed, d.ID, Told{Dossiers: []ToldDossier{t}, GivenUp: told[id], Kept: t.Places}, nil, u.bySchool()); err != nil {
			return err
		}
		u.listsTold++
	}
	return nil
}

// ReleaseParts releases, at the school's date, the dossiers that hold a part of
// their formula and lack the rest (R33b); seven days before, it writes to them.
// It returns how many were released.
func (r *Registrar) ReleaseParts(ctx context.Context) (int, error) {
	n := 0
	err := r.submit(ctx, actor.System, func(u *unit) error {
		n = 0
		at := u.season.PartialReleaseAt
		if at.IsZero() || u.at.Before(at.AddDate(0, 0, -noticeDays)) {
			return nil
		}
		due, err := u.load(`season_id = $1 and state in ('complete', 'waiting') order by rank`, u.season.ID)
		if err != nil {
			return err
		}
		for _, d := range due {
			partly, err := u.holdsPart(d)
			if err != nil {
				return err
			}
			end := releaseOf(d, at)
			switch {
			case !partly || d.State != Complete && d.State != OnList:
			case end.IsZero():
				if err := u.warnPart(d, at); err != nil {
					return err
				}
			case !u.at.Before(end):
				if err := u.releasePart(d); err != nil {
					return err
				}
				n++
			}
		}
		return nil
	})
	return n, err
}

// noticeDays is how long before the release its message is sent.
const noticeDays = 7

// releaseOf is when the dossier's part is released: at the school's date, or
// seven days after a notice that came late; zero before any notice.
func releaseOf(d *Dossier, at time.Time) time.Time {
	switch {
	case d.RemindedAt.IsZero():
		return zero
	case d.RemindedAt.After(at.AddDate(0, 0, 1-noticeDays)):
		return later(at, school.EndOfDay(d.RemindedAt, noticeDays))
	default:
		return at
	}
}

// holdsPart tells whether the dossier holds places and lacks others, none being
// on offer to it at the moment.
func (u *unit) holdsPart(d *Dossier) (bool, error) {
	requests, err := u.requestsOf(d)
	if err != nil {
		return false, err
	}
	if placesIn(requests) == 0 || slices.ContainsFunc(requests, func(r *Request) bool { return r.State == Offered }) {
		return false, nil
	}
	whole, err := u.whole(d)
	return !whole, err
}

func (u *unit) warnPart(d *Dossier, at time.Time) error {
	d.RemindedAt = u.at
	until := releaseOf(d, at)
	u.changed(d)
	u.told(d, "dossier.part_reminded", d.State.French(), "places gardées jusqu’au "+french.Moment(until), "")
	t, err := u.toldDossier(d)
	if err != nil {
		return err
	}
	return u.write(d.Household, d, MailPartlyFull, d.event(), Told{Dossiers: []ToldDossier{t}, Until: until}, nil, u.bySchool())
}

func (u *unit) releasePart(d *Dossier) error {
	given, err := u.titles(d)
	if err != nil {
		return err
	}
	if err := u.unrank(d, TurnedDown, "dossier.released", "formule restée incomplète à la date fixée"); err != nil {
		return err
	}
	t, err := u.toldDossier(d)
	if err != nil {
		return err
	}
	return u.write(d.Household, d, MailPartlyReleased, d.event(), Told{Dossiers: []ToldDossier{t}, GivenUp: given}, nil, u.bySchool())
}
