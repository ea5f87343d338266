package enrolment

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
)

var zero time.Time

// rowsAtOnce bounds the rows of one statement: SQLite looks each $n up in a
// list, so that its time grows with the square of the parameters (a row of 13
// costs 80 µs among 200, 25 among 16).
const rowsAtOnce = 16

// save judges the desks, then writes what the unit changed: a statement for the season, one for each
// changed dossier, and one a table for the rest.
func (u *unit) save() error {
	if err := u.judgeDesks(); err != nil {
		return err
	}
	u.moves = max(u.moves, (u.seq-1)/seqPerMove)
	if _, err := u.tx.Exec(u.ctx, `update season set next_rank = $1, last_at = $2, moves = $3 where id = $4`, u.nextRank, u.last, u.moves, u.season.ID); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(u.dirtyDossiers)) {
		if err := u.saveDossier(u.dossiers[id]); err != nil {
			return err
		}
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
	for lines := range slices.Chunk(u.lines, rowsAtOnce) {
		if err := journal.Append(u.ctx, u.tx, lines...); err != nil {
			return err
		}
	}
	if err := u.saveDecisions(); err != nil {
		return err
	}
	return correspondence.Enqueue(u.ctx, u.tx, u.at, u.mails...)
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

// saveDossier writes the dossier, or returns errMoved when a draft of it was
// saved since the unit read it.
func (u *unit) saveDossier(d *Dossier) error {
	n, err := u.tx.Exec(u.ctx, `update dossier set household_id = $1, state = $2, programme_id = $3, site_id = $4, choice = $5,
			on_paper_form = $6, note = $7, administrative = $8, reason = $9, text_id = $10, agreed_by = $11, sent_at = $12,
			complete_at = $13, rank = $14, received_on_paper_at = $15, hold_until = $16, hold_total_until = $17, confirmed_at = $18,
			confirmed_by = $19, reopened_until = $20, withdrawal_asked_at = $21, reminded_at = $22, updated_at = $23, version = $24,
			desk = $25, choose_again = $26
		where id = $27 and version = $28`,
		d.Household, string(d.State), orNull(d.Programme), orNull(d.Site), d.Choice.text(), d.OnPaperForm, d.Note, d.Administrative,
		d.Reason, orNull(d.Text), d.AgreedBy, d.SentAt, d.CompleteAt, rankOrNull(d.Rank), d.ReceivedOnPaperAt, d.HoldUntil,
		d.HoldTotalUntil, d.ConfirmedAt, d.ConfirmedBy, d.ReopenedUntil, d.WithdrawalAskedAt, d.RemindedAt, d.UpdatedAt, d.Version, orNull(string(d.Desk)), d.ChooseAgain, d.ID, u.versions[d.ID])
	if err != nil {
		return fmt.Errorf("save dossier %s: %w", d.ID, err)
	}
	if n == 0 {
		return fmt.Errorf("save dossier %s: %w", d.ID, errMoved)
	}
	return nil
}

// saveRequests ends before it begins: a dossier may leave a list and ask for
// the same course again in one transaction.
func (u *unit) saveRequests() error {
	for _, r := range u.newRequests {
		delete(u.dirtyRequests, r.ID)
	}
	for _, id := range slices.Sorted(maps.Keys(u.dirtyRequests)) {
		r := u.requests[id]
		if _, err := u.tx.Exec(u.ctx, `update request set state = $1, jumped = $2, offered_until = $3, offer_token_hash = $4, decided_at = $5, line = $6 where id = $7`,
			string(r.State), r.Jumped, r.OfferedUntil, r.TokenHash, r.DecidedAt, r.Line, r.ID); err != nil {
			return fmt.Errorf("save request %s: %w", id, err)
		}
	}
	for batch := range slices.Chunk(u.newRequests, rowsAtOnce) {
		rows := make([][]any, 0, len(batch))
		for _, r := range batch {
			rows = append(rows, []any{r.ID, r.Dossier, r.Offering, string(r.State), r.ReceivedAt, r.Seq, r.Jumped, r.OfferedUntil, r.TokenHash, r.DecidedAt, r.Line, r.CreatedAt})
		}
		values, args := db.Rows(rows)
		if _, err := u.tx.Exec(u.ctx, `insert into request (`+requestColumns+`) values `+values, args...); err != nil {
			return fmt.Errorf("save new requests: %w", err)
		}
	}
	return nil
}

// saveOfferings writes taken and capacity, in one statement.
func (u *unit) saveOfferings() error {
	if len(u.dirtyOffers) == 0 {
		return nil
	}
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(u.dirtyOffers)), 200) {
		var values []string
		var args []any
		for _, id := range ids {
			o := u.board.Offerings[id]
			n := len(args)
			values = append(values, fmt.Sprintf("($%d, cast($%d as bigint), cast($%d as bigint))", n+1, n+2, n+3))
			args = append(args, id, o.Capacity, o.Taken)
		}
		if _, err := u.tx.Exec(u.ctx, `update offering set capacity = x.column2, taken = x.column3
			from (values `+strings.Join(values, ",")+`) as x where id = x.column1`, args...); err != nil {
			return fmt.Errorf("save the places: %w", err)
		}
	}
	return nil
}
