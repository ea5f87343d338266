package account

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// limit is how many tries are allowed within a window of time. Those per
// network address are loose: a village may stand behind one.
type limit struct {
	name   string
	most   int64
	window time.Duration
}

var (
	signInsByLogin     = limit{"signin", 8, 15 * time.Minute}
	signInsByAddress   = limit{"signin-from", 200, 15 * time.Minute}
	recoveryByLogin    = limit{"recovery", 5, time.Hour}
	recoveryByAddress  = limit{"recovery-from", 100, time.Hour}
	changesByAccount   = limit{"change", 8, 15 * time.Minute}
	factorByAccount    = limit{"factor", 8, 15 * time.Minute}
	linksByAddress     = limit{"link-from", 100, time.Hour}
	longestThrottleFor = time.Hour
)

type try struct {
	limit limit
	key   string
}

func (l limit) of(key string) try { return try{l, l.name + ":" + digest(key)} }

// network is what an address counts for: itself, or the /64 of an IPv6.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap(); a.Is6() {
		if prefix, err := a.WithZone("").Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return a.String()
}

// count notes the tries in a transaction of its own, before anything is
// checked, and returns Busy when one is too many.
func (a *Accounts) count(ctx context.Context, tries ...try) error {
	var tooMany error
	err := a.store.Write(ctx, func(tx *db.Tx) (err error) {
		tooMany, err = countTries(ctx, tx, a.clock.Now(), tries...)
		return err
	})
	if err != nil {
		return fmt.Errorf("count tries: %w", err)
	}
	return tooMany
}

func countTries(ctx context.Context, tx *db.Tx, now time.Time, tries ...try) (tooMany, err error) {
	type row struct {
		Tries int64     `db:"tries"`
		Since time.Time `db:"since"`
	}
	for _, t := range tries {
		was, err := db.One[row](ctx, tx, `insert into throttle (key, tries, since) values ($1, 1, $2)
			on conflict (key) do update set
				tries = case when throttle.since <= $3 then 1 else throttle.tries + 1 end,
				since = case when throttle.since <= $3 then excluded.since else throttle.since end
			returning tries, since`, t.key, now, now.Add(-t.limit.window))
		if err != nil {
			return nil, err
		}
		if was.Tries > t.limit.most && tooMany == nil {
			tooMany = comeBack(now, was.Since.Add(t.limit.window))
		}
	}
	return tooMany, nil
}

func comeBack(now, at time.Time) error {
	minute := at.Add(time.Minute - time.Nanosecond).Truncate(time.Minute)
	return &fault.Busy{RetryAfter: at.Sub(now), Message: "Trop d’essais ont été faits. Réessayez à " + french.Hour(minute) + "."}
}

func forget(ctx context.Context, tx *db.Tx, t try) error {
	_, err := tx.Exec(ctx, `delete from throttle where key = $1`, t.key)
	return err
}
