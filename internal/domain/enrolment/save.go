package enrolment

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/journal"
)

var zero time.Time

// save judges the desks, then writes what the unit changed, each table at once.
// The season has moved further than the unit when one of its acts has changed
// the settings.
func (u *unit) save() error {
	if err := u.judgeDesks(); err != nil {
		return err
	}
	u.moves = max(u.moves, (u.seq-1)/seqPerMove)
	if _, err := u.tx.Exec(u.ctx, `update season set next_rank = $1, last_at = $2, moves = case when moves > $3 then moves else $3 end where id = $4`,
		u.nextRank, u.last, u.moves, u.season.ID); err != nil {
		return err
	}
	if err := u.saveDossiers(); err != nil {
		return err
	}
	if err := u.saveDesks(); err != nil {
		return err
	}
	if err := u.saveRequests(); err != nil {
		return err
	}
	if err := u.saveOfferings(); err != nil {
		return err
	}
	if err := journal.Append(u.ctx, u.tx, u.lines...); err != nil {
		return err
	}
	if err := u.saveDecisions(); err != nil {
		return err
	}
	if err := correspondence.ForgetCalls(u.ctx, u.tx, u.answered...); err != nil {
		return err
	}
	if err := correspondence.Enqueue(u.ctx, u.tx, u.at, u.mails...); err != nil {
		return err
	}
	for _, f := range u.atEnd {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// orNull is an id that may be absent.
func orNull(id string) any {
	if id == "" {
		return nil
	}
	return id
}

func rankOrNull(rank int64) any {
	if rank == 0 {
		return nil
	}
	return rank
}

// saveDossiers writes what has changed of the dossiers changed, or returns
// errMoved when a draft of one was saved since the unit read it.
func (u *unit) saveDossiers() error {
	rows := map[columnSet][][]any{}
	for _, id := range slices.Sorted(maps.Keys(u.dirtyDossiers)) {
		was, is := u.asRead[id], u.dossiers[id]
		set := changedColumns(was, is)
		rows[set] = append(rows[set], set.arguments(was, is))
	}
	for _, set := range slices.Sorted(maps.Keys(rows)) {
		saved, err := u.tx.ExecEach(u.ctx, set.update(), rows[set])
		if err != nil {
			return fmt.Errorf("save the dossiers: %w", err)
		}
		if int(saved) < len(rows[set]) {
			return fmt.Errorf("save the dossiers: %w", errMoved)
		}
	}
	return nil
}

// saveRequests ends before it begins: a dossier may leave a list and ask for
// the same course again in one transaction.
func (u *unit) saveRequests() error {
	for _, r := range u.newRequests {
		delete(u.dirtyRequests, r.ID)
	}
	changed := make([][]any, 0, len(u.dirtyRequests))
	for _, id := range slices.Sorted(maps.Keys(u.dirtyRequests)) {
		r := u.requests[id]
		changed = append(changed, []any{r.State, r.Jumped, r.OfferedUntil, r.TokenHash, r.DecidedAt, r.Line, r.ID})
	}
	if _, err := u.tx.ExecEach(u.ctx, `update request set state = $1, jumped = $2, offered_until = $3, offer_token_hash = $4, decided_at = $5, line = $6
		where id = $7`, changed); err != nil {
		return fmt.Errorf("save the requests: %w", err)
	}
	added := make([][]any, len(u.newRequests))
	for i, r := range u.newRequests {
		added[i] = []any{r.ID, r.Dossier, r.Offering, r.State, r.ReceivedAt, r.Seq, r.Jumped, r.OfferedUntil, r.TokenHash, r.DecidedAt, r.Line, r.CreatedAt}
	}
	if _, err := u.tx.Insert(u.ctx, `request (`+requestColumns+`)`, "", added); err != nil {
		return fmt.Errorf("save the new requests: %w", err)
	}
	return nil
}

// saveOfferings writes taken and capacity.
func (u *unit) saveOfferings() error {
	rows := make([][]any, 0, len(u.dirtyOffers))
	for _, id := range slices.Sorted(maps.Keys(u.dirtyOffers)) {
		o := u.board.Offerings[id]
		rows = append(rows, []any{o.Capacity, o.Taken, id})
	}
	if _, err := u.tx.ExecEach(u.ctx, `update offering set capacity = $1, taken = $2 where id = $3`, rows); err != nil {
		return fmt.Errorf("save the places: %w", err)
	}
	return nil
}
