package enrolment

import (
	"context"
	"fmt"
	"strings"

	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

func prefixedColumns(prefix, columns string) string {
	names := strings.Split(columns, ",")
	for i, n := range names {
		names[i] = prefix + strings.TrimSpace(n)
	}
	return strings.Join(names, ", ")
}

// PutOffering sets how many places a course has in a semester when a file is
// imported. It takes the season's row first, so that no registrar works on what
// it read before. An offering for which places were asked is the registrar's to
// change (SetCapacity): fault.Conflict.
func PutOffering(ctx context.Context, tx *db.Tx, season, course string, semester, capacity int64) error {
	if err := school.Changed(ctx, tx); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `insert into offering (id, course_id, season_id, semester, capacity, taken) values ($1, $2, $3, $4, $5, 0)
		on conflict (course_id, semester) do update set capacity = excluded.capacity
		where offering.capacity = excluded.capacity
			or not exists (select 1 from request q where q.offering_id = offering.id and q.state in ('place', 'waiting', 'offered'))`,
		OfferingID(course, semester), course, season, semester, capacity)
	if err != nil {
		return fmt.Errorf("put %d places of course %s: %w", capacity, course, err)
	}
	if n == 0 {
		return &fault.Conflict{Message: "Des places de ce cours sont déjà demandées" + french.Nbsp + ": leur nombre se change à l’écran."}
	}
	return nil
}

// Kept is the whole of enrolment as an export keeps it.
type Kept struct {
	Dossiers []Dossier
	Requests []Request
	NextRank int64 // of the current season: a rank once given is never given again (R30)
}

// Everything reads all dossiers and requests, ended ones included, in a stable order.
func Everything(ctx context.Context, r db.Reader) (Kept, error) {
	var k Kept
	var err error
	if k.Dossiers, err = db.All[Dossier](ctx, r, `select `+dossierColumns+` from dossier order by number, id`); err != nil {
		return k, err
	}
	if k.Requests, err = db.All[Request](ctx, r, `select `+requestColumns+` from request order by seq, id`); err != nil {
		return k, err
	}
	k.NextRank, _, err = db.Maybe[int64](ctx, r, `select next_rank from season where is_current = true`)
	return k, err
}

// BoardOf reads the whole board of a season, to check it or to try what would
// happen on it (the dry run, the bench, the tests).
func BoardOf(ctx context.Context, r db.Reader, season string) (*Board, error) {
	b := &Board{Offerings: map[string]*Offering{}, Requests: map[string]*Asked{}}
	offerings, err := db.All[offeringRow](ctx, r, offeringsOf, season)
	if err != nil {
		return nil, err
	}
	for _, o := range offerings {
		b.Offerings[o.ID] = &Offering{Capacity: o.Capacity, Taken: o.Taken, Closed: o.Closed}
	}
	requests, err := db.All[Request](ctx, r, `select `+prefixedColumns("q.", requestColumns)+` from request q
		join offering o on o.id = q.offering_id where o.season_id = $1 order by q.seq`, season)
	if err != nil {
		return nil, err
	}
	for _, q := range requests {
		b.hold(q)
	}
	return b, nil
}

const offeringsOf = `select o.id, o.capacity, o.taken, (s.lists_ended_at is not null or c.cancelled_at is not null) as closed
	from offering o join season s on s.id = o.season_id join course c on c.id = o.course_id where o.season_id = $1`

// hold puts a stored request on the board, which has its offering.
func (b *Board) hold(q Request) {
	a := &Asked{q.ID, q.Offering, q.State, q.ReceivedAt, q.Seq, q.Jumped}
	b.Requests[q.ID] = a
	b.Jumps = max(b.Jumps, q.Jumped)
	if q.State == Waiting {
		b.enqueue(b.Offerings[q.Offering], a)
	}
}
