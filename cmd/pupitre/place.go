package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"unicode/utf8"

	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/seal"
)

// place is where a school is kept; every command that opens one has these flags.
type place struct {
	Data        string `help:"Folder of the school: its SQLite database and its documents." type:"path" env:"PUPITRE_DATA" placeholder:"DIR"`
	DatabaseURL string `help:"PostgreSQL instead of SQLite." env:"PUPITRE_DATABASE_URL" placeholder:"postgres://…"`
	BlobURL     string `name:"blob-url" help:"S3 bucket for the documents instead of --data; keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY." env:"PUPITRE_BLOB_URL" placeholder:"s3://BUCKET?endpoint=https://…&region=…"`
}

// Validate checks the flags before anything is opened.
func (p place) Validate() error {
	if p.Data == "" && (p.DatabaseURL == "" || p.BlobURL == "") {
		return errors.New("say where the school is kept: --data DIR, or --database-url postgres://… and --blob-url s3://… (one of them beside --data keeps that part elsewhere)")
	}
	if p.BlobURL != "" && !blob.IsS3(p.BlobURL) {
		return fmt.Errorf("--blob-url must begin with s3://, not %q", p.BlobURL)
	}
	if p.DatabaseURL != "" && !db.IsPostgres(p.DatabaseURL) {
		return fmt.Errorf("--database-url must begin with postgres://, not %q", p.DatabaseURL)
	}
	return nil
}

// secretFile is where a folder keeps the installation's secret.
const secretFile = "secret.key"

// secret is what seals the secrets of second factors: the one given, else the
// one kept in the folder, made when absent.
func (p place) secret(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	return seal.SecretIn(filepath.Join(p.Data, secretFile))
}

// checkSecret refuses, before anything is opened, an installation that would
// have no secret: several machines share the one that they are given.
func (p place) checkSecret(given string) error {
	switch {
	case given == "" && p.Data == "":
		return errors.New("several machines share one secret key: set PUPITRE_SECRET_KEY to the same text of 32 characters or more on each of them (`openssl rand -base64 32` makes one), and keep a copy elsewhere than the database")
	case given != "" && utf8.RuneCountInString(given) < seal.Shortest:
		return fmt.Errorf("PUPITRE_SECRET_KEY must have %d characters at least (`openssl rand -base64 32` makes one)", seal.Shortest)
	}
	return nil
}

// kept is a school that is open.
type kept struct {
	store *db.Store
	blobs blob.Store
}

// open opens the school's database, made when absent, and its documents.
func (p place) open(ctx context.Context) (*kept, error) {
	if p.Data != "" {
		if err := os.MkdirAll(p.Data, 0o700); err != nil {
			return nil, fmt.Errorf("the folder of --data: %w", err)
		}
	}
	where := p.DatabaseURL
	if where == "" {
		where = filepath.Join(p.Data, "pupitre.db")
	}
	documents := p.BlobURL
	if documents == "" {
		documents = filepath.Join(p.Data, "documents")
	}
	store, err := db.Open(ctx, where)
	if err != nil {
		return nil, err
	}
	blobs, err := blob.Open(ctx, documents)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return &kept{store, blobs}, nil
}

// Close waits for the writes under way.
func (k *kept) Close() error { return errors.Join(k.store.Close(), k.blobs.Close()) }
