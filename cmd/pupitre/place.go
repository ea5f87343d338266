package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/db"
)

// place is where a school is kept; every command that opens one has these flags.
type place struct {
	Data        string `help:"Folder of the school: its SQLite database and its documents." type:"path" env:"PUPITRE_DATA" placeholder:"DIR"`
	DatabaseURL string `help:"PostgreSQL instead of SQLite; documents stay in --data." env:"PUPITRE_DATABASE_URL" placeholder:"postgres://…"`
}

// Validate checks the flags before anything is opened.
func (p place) Validate() error {
	if p.Data == "" {
		return errors.New("say where the school is kept: --data DIR (and --database-url postgres://… for PostgreSQL)")
	}
	if p.DatabaseURL != "" && !db.IsPostgres(p.DatabaseURL) {
		return fmt.Errorf("--database-url must begin with postgres://, not %q", p.DatabaseURL)
	}
	return nil
}

// kept is a school that is open.
type kept struct {
	store *db.Store
	blobs *blob.DiskStore
}

// open opens the school's database, made when absent, and its documents.
func (p place) open(ctx context.Context) (*kept, error) {
	if err := os.MkdirAll(p.Data, 0o700); err != nil {
		return nil, fmt.Errorf("the folder of --data: %w", err)
	}
	where := p.DatabaseURL
	if where == "" {
		where = filepath.Join(p.Data, "pupitre.db")
	}
	store, err := db.Open(ctx, where)
	if err != nil {
		return nil, err
	}
	blobs, err := blob.Disk(filepath.Join(p.Data, "documents"))
	if err != nil {
		store.Close()
		return nil, err
	}
	return &kept{store, blobs}, nil
}

// Close waits for the writes under way.
func (k *kept) Close() error { return errors.Join(k.store.Close(), k.blobs.Close()) }
