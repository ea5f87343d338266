package billing

import (
	"context"
	"fmt"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// Payer is a household that was looked for, with what it owes in all.
type Payer struct {
	Household string `db:"household_id"`
	Named
	Town    string `db:"town"`
	Pupils  string `db:"pupils"`  // their first names
	Balance int64  `db:"balance"` // cents; negative when the school owes it
}

// FindPayers returns the households that the text names, by a responsible, a pupil,
// a telephone or the number of an invoice, at most limit. Who may not see the
// books: fault.ErrForbidden.
func FindPayers(ctx context.Context, r db.Reader, a actor.Actor, text string, limit int) ([]Payer, error) {
	if !a.May(actor.Sees, actor.Billing) {
		return nil, fault.ErrForbidden
	}
	var households, pupils []string
	if year, number, is := ReadLabel(text); is {
		of, err := db.All[string](ctx, r, `select household_id from invoice where year = $1 and number = $2`, year, number)
		if err != nil {
			return nil, fmt.Errorf("find the payer of an invoice: %w", err)
		}
		households = of
	} else {
		hits, err := people.Search(ctx, r, a, people.Only{}, text, limit)
		if err != nil {
			return nil, err
		}
		for _, h := range hits {
			households = append(households, h.HouseholdID)
			if h.PupilID != "" {
				pupils = append(pupils, h.PupilID)
			}
		}
	}
	if len(pupils) > 0 {
		homes, err := db.All[string](ctx, r, `select household_id from pupil_household where pupil_id in (select value from json_each(cast($1 as text)))`, db.IDs(pupils))
		if err != nil {
			return nil, fmt.Errorf("find the households of pupils: %w", err)
		}
		households = append(households, homes...)
	}
	return db.All[Payer](ctx, r, `select h.id as household_id, h.town, coalesce(g.first_name, '') as first_name, coalesce(g.last_name, '') as last_name,
		coalesce((select string_agg(p.first_name, ', ' order by p.first_name, p.id) from pupil_household l join pupil p on p.id = l.pupil_id where l.household_id = h.id), '') as pupils,
		cast(coalesce((select sum(i.total) from invoice i where i.household_id = h.id), 0) - coalesce((select sum(y.amount) from payment y where y.household_id = h.id), 0) as bigint) as balance
		from household h left join guardian g on g.household_id = h.id and g.position = 0
		where h.id in (select value from json_each(cast($1 as text))) order by last_name, first_name, h.id limit $2`, db.IDs(households), limit)
}
