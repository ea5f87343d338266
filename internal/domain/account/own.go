package account

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// OwnSession is one of the sessions of an account, as its owner sees it.
type OwnSession struct {
	Ref       string    `db:"ref"` // names it to EndSession; it opens nothing
	Device    string    `db:"device"`
	CreatedAt time.Time `db:"created_at"`
	SeenAt    time.Time `db:"seen_at"`
	Here      bool      `db:"here"` // the one that asks
}

const sessionRef = `substr(token_hash, 1, 20)`

// OwnSessions lists the open sessions of who asks, the one with the token first.
func (a *Accounts) OwnSessions(ctx context.Context, who actor.Actor, token string) ([]OwnSession, error) {
	idle, err := a.idle(ctx, a.store)
	if err != nil {
		return nil, err
	}
	return db.All[OwnSession](ctx, a.store, `select `+sessionRef+` as ref, device, created_at, seen_at, token_hash = $2 as here
		from session where account_id = $1 and seen_at > $3
		order by case when token_hash = $2 then 0 else 1 end, seen_at desc`, who.Account, digest(token), a.clock.Now().Add(-idle))
}

// EndSession ends one of the asker's own sessions, or fault.ErrNotFound.
func (a *Accounts) EndSession(ctx context.Context, who actor.Actor, ref string) error {
	return a.store.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `delete from session where account_id = $1 and `+sessionRef+` = $2`, who.Account, ref)
		if err != nil {
			return fmt.Errorf("end a session of %s: %w", who.Account, err)
		}
		if n == 0 {
			return fault.ErrNotFound
		}
		return nil
	})
}

// NoteDevice keeps, of a session of the staff, what its browser says to be.
func (a *Accounts) NoteDevice(ctx context.Context, token, browser string) error {
	return a.store.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update session set device = $1 where token_hash = $2`, Device(browser), digest(token))
		return err
	})
}

// Device says a browser's User-Agent in words; "" when it says nothing known.
func Device(agent string) string {
	if len(agent) > 1000 || !utf8.ValidString(agent) {
		return ""
	}
	first := func(pairs ...string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if strings.Contains(agent, pairs[i]) {
				return pairs[i+1]
			}
		}
		return ""
	}
	browser := first("Firefox/", "Firefox", "Edg/", "Edge", "OPR/", "Opera", "Chrome/", "Chrome", "Safari/", "Safari")
	system := first("Windows", "Windows", "iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Mac OS X", "Mac", "Linux", "Linux")
	switch {
	case browser == "":
		return system
	case system == "":
		return browser
	default:
		return browser + " sur " + system
	}
}
