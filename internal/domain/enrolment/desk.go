package enrolment

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"pupitre/internal/platform/db"
)

// Desk is what a sent dossier waits for at the office. It is judged by judgeDesk
// alone and stored, so that a list of dossiers is read along an index.
type Desk string

// On the office's desk a dossier is to be looked at, or only to be confirmed.
const (
	OffDesk   Desk = ""
	DeskCheck Desk = "check" // complete and not ready, or further on with a paper unread
	DeskReady Desk = "ready" // what ConfirmReady confirms
)

// judgeDesk judges on what is stored, and on what the unit is about to store.
func (u *unit) judgeDesk(d *Dossier) (Desk, error) {
	switch d.State {
	case Complete:
		ready, err := u.ready(d)
		if err != nil || !ready {
			return DeskCheck, err
		}
		return DeskReady, nil
	case PaperRefused, OnList, Enrolled:
		asked, err := u.asked(d)
		if err != nil {
			return OffDesk, err
		}
		held, err := u.heldBy(d.Household)
		if err != nil || len(held.Unread(asked, d.Household, d.Pupil)) == 0 {
			return OffDesk, err
		}
		return DeskCheck, nil
	default:
		return OffDesk, nil
	}
}

// judgeDesks judges anew every dossier that the unit may have moved: those it
// changed, those of a request it changed, and those whose papers or facts it
// touched. It is called once, when all else is decided.
func (u *unit) judgeDesks() error {
	ids := maps.Clone(u.dirtyDossiers)
	maps.Copy(ids, u.touched)
	for id := range u.dirtyRequests {
		ids[u.requests[id].Dossier] = true
	}
	for _, r := range u.newRequests {
		ids[r.Dossier] = true
	}
	dossiers := make([]*Dossier, 0, len(ids))
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		d, err := u.dossier(id)
		if err != nil {
			return err
		}
		dossiers = append(dossiers, d)
	}
	if err := u.readForDesk(dossiers); err != nil {
		return err
	}
	for _, d := range dossiers {
		desk, err := u.judgeDesk(d)
		if err != nil {
			return fmt.Errorf("judge the desk of %s: %w", d.Label(), err)
		}
		again, err := u.judgeAgain(d)
		if err != nil {
			return fmt.Errorf("judge the choice of %s: %w", d.Label(), err)
		}
		if desk != d.Desk || again != d.ChooseAgain {
			d.Desk, d.ChooseAgain = desk, again
			u.newDesks[d.ID] = true
		}
	}
	return nil
}

// readForDesk reads at once what judging many dossiers asks.
func (u *unit) readForDesk(dossiers []*Dossier) error {
	var households, pupils []string
	var sent []*Dossier
	for _, d := range dossiers {
		if d.State.Ranked() {
			households = append(households, d.Household)
		}
		if d.State.Sent() {
			pupils, sent = append(pupils, d.Pupil), append(sent, d)
		}
	}
	if err := u.readHouseholds(households...); err != nil {
		return err
	}
	if err := u.read(pupils...); err != nil {
		return err
	}
	return u.readRequests(sent)
}

// touch has the dossiers' desk judged at the end of the unit.
func (u *unit) touch(dossiers ...*Dossier) {
	for _, d := range dossiers {
		u.touched[d.ID] = true
	}
}

// saveDesks writes the desks of the dossiers that are not written otherwise.
func (u *unit) saveDesks() error {
	type judged struct {
		desk  Desk
		again bool
	}
	moved := map[judged][]string{}
	for _, id := range slices.Sorted(maps.Keys(u.newDesks)) {
		if d := u.dossiers[id]; !u.dirtyDossiers[id] {
			moved[judged{d.Desk, d.ChooseAgain}] = append(moved[judged{d.Desk, d.ChooseAgain}], id)
		}
	}
	for to, ids := range moved {
		if _, err := u.tx.Exec(u.ctx, `update dossier set desk = $1, choose_again = $2 where id in (select value from json_each(cast($3 as text)))`,
			orNull(string(to.desk)), to.again, db.IDs(ids)); err != nil {
			return fmt.Errorf("save the desks: %w", err)
		}
	}
	return nil
}

// JudgeDesks judges the desk of every dossier of the current season anew, after
// rows were written otherwise than by the registrar: a restoration.
func JudgeDesks(ctx context.Context, tx *db.Tx) error {
	lock, found, err := db.Maybe[seasonLock](ctx, tx, `select id, moves, next_rank, last_at from season where is_current = true`)
	if err != nil || !found {
		return err
	}
	var last string
	var known memory
	for {
		u, err := newUnit(ctx, tx, lock, known)
		if err != nil {
			return err
		}
		dossiers, err := u.load(`season_id = $1 and id > $2 order by id limit $3`, u.season.ID, last, judgedAtOnce)
		if err != nil || len(dossiers) == 0 {
			return err
		}
		u.touch(dossiers...)
		if err := u.judgeDesks(); err != nil {
			return err
		}
		if err := u.saveDesks(); err != nil {
			return err
		}
		last, known = dossiers[len(dossiers)-1].ID, memory{lock.Moves - 1, u.board, u.settings}
	}
}

// judgedAtOnce bounds the dossiers that JudgeDesks holds in memory.
const judgedAtOnce = 1000
