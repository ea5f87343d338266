package db

import (
	"context"
	"fmt"
	"time"
)

// CommitRate measures how many durable commits of one row a second one client
// gets from the engine at where, without our queue: what the disk and the
// engine can do. It leaves nothing behind.
func CommitRate(ctx context.Context, where string, commits int) (perSecond float64, err error) {
	s, err := open(ctx, where)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	if _, err := s.write.ExecContext(ctx, `create table commit_rate (id text primary key, at text not null)`); err != nil {
		return 0, fmt.Errorf("measure commits: %w", err)
	}
	defer s.write.ExecContext(context.WithoutCancel(ctx), `drop table commit_rate`)
	insert := `insert into commit_rate (id, at) values ($1, $2)`
	began := time.Now()
	for range commits {
		if _, err := s.write.ExecContext(ctx, insert, NewID(), layout); err != nil {
			return 0, fmt.Errorf("measure commits: %w", err)
		}
	}
	return float64(commits) / time.Since(began).Seconds(), nil
}

// Analyze brings the engine's statistics up to date: without them, it guesses
// how to read tables that have just been filled.
func (s *Store) Analyze(ctx context.Context) error {
	return s.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, `analyze`)
		return err
	})
}
