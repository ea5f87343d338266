package enrolment

import (
	"context"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// NewcomersOpenAt is from when on dossiers of pupils new to the school are taken
// (R37): not before the campaign.
func NewcomersOpenAt(season school.Season) time.Time {
	return later(season.OpensAt, season.NewcomersOpenAt)
}

// opensFor is from when on the dossier may be sent.
func (u *unit) opensFor(d *Dossier) (time.Time, error) {
	p, err := u.pupil(d.Pupil)
	if err != nil || p.NewIn != u.season.ID {
		return u.season.OpensAt, err
	}
	return NewcomersOpenAt(u.season), nil
}

// oneDossier refuses to send the dossier when another pupil of the same name and
// date of birth has one that counts: they are one child, who asked as a newcomer
// and from its family's account, and gets no second place (R37). Both known to
// the school before, or told apart by the office, they are two.
func (u *unit) oneDossier(d *Dossier) error {
	p, err := u.pupil(d.Pupil)
	if err != nil || p.Apart || p.BirthDate == "" {
		return err
	}
	newcomers, err := u.takesNewcomers()
	if err != nil || !newcomers {
		return err
	}
	twins, err := people.TwinsOf(u.ctx, u.tx, p)
	if err != nil {
		return err
	}
	for _, twin := range twins {
		if twin.Apart || p.NewIn != u.season.ID && twin.NewIn != u.season.ID {
			continue
		}
		other, err := u.dossierOf(twin.ID)
		if err != nil {
			return err
		}
		if other != nil && other.State.Sent() {
			return fault.Refuse("Un élève du même nom, né le même jour, a déjà un dossier cette saison, arrivé le " + french.Moment(other.SentAt) +
				french.Nbsp + ": il garde son rang, et un élève n’a pas de seconde place. " + u.wayOut())
		}
	}
	return nil
}

// wayOut is what who sends a second dossier of one child does instead.
func (u *unit) wayOut() string {
	if u.actor.IsOffice() {
		return "Rattachez la pré-inscription à ce foyer, ou dites d’abord que ce n’est pas le même élève."
	}
	return "Vos choix sont gardés. Appelez le secrétariat au " + french.Phone(u.school.Phone) + french.Nbsp +
		": il rattache ce dossier à votre compte, ou dit que ce n’est pas le même élève."
}

// takesNewcomers tells whether any pupil is new to the school in the season; it
// is asked once in a transaction, since most have none.
func (u *unit) takesNewcomers() (bool, error) {
	if u.newcomers == nil {
		found, err := db.One[bool](u.ctx, u.tx, `select exists (select 1 from pupil where new_in = $1 and new_in <> '')`, u.season.ID)
		if err != nil {
			return false, err
		}
		u.newcomers = &found
	}
	return *u.newcomers, nil
}

// Rehousing moves a dossier into another household, as that of another pupil
// when the newcomer is one that the household has already.
type Rehousing struct {
	Dossier   string
	Household string
	Pupil     string // the dossier's own, or the one known in the household
	Reason    string

	Before func(ctx context.Context, tx *db.Tx) error // reads what stands before anything is written; nil reads nothing
	After  func(ctx context.Context, tx *db.Tx) error // reads what stands once all of it is; nil reads nothing
}

// Rehouse gives the dossier, with its rank and its places, to another household
// (R37). move moves the pupil and the papers in the same transaction; refused,
// nothing is written. A required paper that is then lacking is asked for with
// its delay (R29). It returns *fault.Conflict when the pupil has a dossier
// already: there is no second place. Office only.
func (r *Registrar) Rehouse(ctx context.Context, a actor.Actor, in Rehousing, move func(ctx context.Context, tx *db.Tx) error) error {
	err := r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		d, err := u.dossier(in.Dossier)
		if err != nil {
			return err
		}
		other, err := u.otherDossier(d, in.Pupil)
		if err != nil {
			return err
		}
		lacked, err := u.lacked([]*Dossier{d})
		if err != nil {
			return err
		}
		from, before := d.Pupil, d.Household
		households := []string{before, in.Household}
		if u.hasWrittenOf(households) {
			return errMoved // the other act of the batch first
		}
		err = u.apart(func(ctx context.Context, tx *db.Tx) error {
			if in.Before != nil {
				if err := in.Before(ctx, tx); err != nil {
					return err
				}
			}
			if other != nil {
				if _, err := tx.Exec(ctx, `delete from dossier where id = $1`, other.ID); err != nil {
					return err
				}
			}
			if _, err := tx.Exec(ctx, `update dossier set household_id = $1, pupil_id = $2, updated_at = $3, version = version + 1 where id = $4`,
				in.Household, in.Pupil, u.at, d.ID); err != nil {
				return err
			}
			return move(ctx, tx)
		})
		if err != nil {
			return err
		}
		u.written++
		if other != nil {
			delete(u.dossiers, other.ID)
			delete(u.asRead, other.ID)
		}
		d.Household, d.Pupil, d.Version, d.UpdatedAt = in.Household, in.Pupil, d.Version+1, u.at
		u.ofPupil[from] = ""
		u.know(d)
		u.facts = noFacts()
		u.told(d, "dossier.rehoused", "foyer "+before, "rattaché au foyer "+in.Household, strings.TrimSpace(in.Reason))
		if err := u.recheck([]*Dossier{d}, lacked, ""); err != nil || in.After == nil {
			return err
		}
		told := u.toldOf(households)
		u.atEnd = append(u.atEnd, func() error {
			if u.toldOf(households) != told { // by another act of the batch: it is not to be taken for this one's
				return errHalfDone
			}
			return in.After(u.ctx, u.tx)
		})
		return nil
	})
	return householdsMoved(err)
}

// toldOf counts what the unit tells of the households.
func (u *unit) toldOf(households []string) int {
	n := 0
	for _, l := range u.lines {
		if slices.Contains(households, l.Household) {
			n++
		}
	}
	for _, m := range u.mails {
		if slices.Contains(households, m.Household) {
			n++
		}
	}
	return n
}

// otherDossier returns the untouched draft that the dossier takes the place of,
// nil when there is none; *fault.Conflict when it is more than that.
func (u *unit) otherDossier(d *Dossier, pupil string) (*Dossier, error) {
	if pupil == d.Pupil {
		return nil, nil
	}
	other, err := u.dossierOf(pupil)
	if err != nil || other == nil {
		return nil, err
	}
	if other.State != Draft || !other.SentAt.IsZero() || other.Rank > 0 {
		return nil, &fault.Conflict{Message: "Cet élève a déjà un dossier, " + other.Label() + french.Nbsp + ": il n’en a pas de second. Refusez cette demande avec un motif, ou annulez d’abord l’autre dossier."}
	}
	return other, nil
}

// DossiersOfPupils returns the dossiers of these pupils in the season, by pupil,
// for rooms that have checked the actor.
func DossiersOfPupils(ctx context.Context, r db.Reader, season string, pupils []string) (map[string]Dossier, error) {
	rows, err := db.All[Dossier](ctx, r, `select `+dossierColumns+` from dossier
		where season_id = $1 and pupil_id in (select value from json_each(cast($2 as text)))`, season, db.IDs(pupils))
	found := map[string]Dossier{}
	for _, d := range rows {
		found[d.Pupil] = d
	}
	return found, err
}
