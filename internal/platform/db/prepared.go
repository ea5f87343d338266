package db

import (
	"context"
	"database/sql"
	"sync"
)

// prepared keeps the statements of SQLite's readers ready: preparing one costs
// more than most of them cost to run. PostgreSQL's driver does so itself.
type prepared struct {
	mu  sync.RWMutex
	all map[string]*sql.Stmt
}

// maxPrepared bounds the statements kept; those beyond are prepared each time.
const maxPrepared = 512

// query runs a reader's statement, prepared at its first use.
func (p *prepared) query(ctx context.Context, pool *sql.DB, text string, args []any) (*sql.Rows, error) {
	p.mu.RLock()
	ready, n := p.all[text], len(p.all)
	p.mu.RUnlock()
	if ready == nil {
		if n >= maxPrepared {
			return pool.QueryContext(ctx, text, args...)
		}
		var err error
		if ready, err = p.add(ctx, pool, text); err != nil {
			return nil, err
		}
	}
	return ready.QueryContext(ctx, args...)
}

func (p *prepared) add(ctx context.Context, pool *sql.DB, text string) (*sql.Stmt, error) {
	made, err := pool.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if first := p.all[text]; first != nil {
		made.Close()
		return first, nil
	}
	if p.all == nil {
		p.all = map[string]*sql.Stmt{}
	}
	p.all[text] = made
	return made, nil
}
