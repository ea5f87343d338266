package web_test

import (
	"context"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pupitre/demo"
	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/transfer"
	"pupitre/internal/domain/transfer/crowd"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

// Pages keep what the school has laid down in memory, on each machine: what an
// import or the office changes on one is seen by the next request to another.
func TestSettingsChangedOnOneMachineShowAtOnceOnAnother(t *testing.T) {
	const choice = "/eleves/crowd-p-7/reinscription/cours"
	rows := []struct {
		says   string
		change func(c *crowded)
		path   string
		shows  string // after the change, and not before it
		hides  string // before the change, and not after it
	}{
		{"a course gets places", func(c *crowded) {
			offering := enrolment.OfferingID(c.Wish("L-HAUTBOIS", 0).Course, 0)
			places, err := enrolment.PlacesOf(c.Ctx, c.Store, c.Season.ID)
			c.Must(err)
			now := places[offering]
			c.Must(c.Registrar.SetCapacity(c.Ctx, testschool.Secretary, offering, now.Taken+now.Waiting+173, "salle plus grande"))
		}, choice, "173 places", ""},
		{"a course is cancelled", func(c *crowded) {
			c.Must(c.Registrar.CancelCourse(c.Ctx, testschool.Secretary, c.Wish("L-HAUTBOIS", 0).Course, "professeur parti"))
		}, choice, "", "173 places"},
		{"an import renames a course", func(c *crowded) {
			c.importing("cours.csv", "Flûte traversière", "Flûte enchantée")
		}, choice, "Flûte enchantée", ""},
		{"an import requires one more paper", func(c *crowded) {
			c.importing("ecole.toml", "[[pieces]]", "[[pieces]]\ncode = \"assurance\"\nnom = \"Attestation d’assurance\"\npour = \"famille\"\nobligatoire = true\nvalidite = \"saison\"\n\n[[pieces]]")
		}, "/famille/documents", "Attestation d’assurance", ""},
		{"an import renames a paper", func(c *crowded) {
			c.importing("ecole.toml", `nom = "Attestation Quotient Familial"`, `nom = "Attestation de la CAF"`)
		}, "/accueil", "Attestation de la CAF", "Attestation Quotient Familial"},
		{"an import renames the school", func(c *crowded) {
			c.importing("ecole.toml", `nom_court = "Sèvre & Loire"`, `nom_court = "Les Deux Rives"`)
		}, "/accueil", "Les Deux Rives", ""},
		{"no means of payment is a debit any more", func(c *crowded) {
			c.write(func(ctx context.Context, tx *db.Tx) error {
				means, err := school.PaymentMeans(ctx, tx)
				for _, m := range means {
					m.IsDebit = false
					c.Must(school.PutPaymentMean(ctx, tx, m))
				}
				return err
			})
		}, "/famille/documents", "", "Mandat de prélèvement"},
		{"a pole has another name", func(c *crowded) {
			c.write(func(ctx context.Context, tx *db.Tx) error {
				sites, err := school.Sites(ctx, tx)
				sites[0].Name = "Pôle des Mauges"
				_, put := school.PutSite(ctx, tx, sites[0])
				c.Must(put)
				return err
			})
		}, choice, "Pôle des Mauges", ""},
		{"a document is published", func(c *crowded) {
			c.write(func(ctx context.Context, tx *db.Tx) error {
				return school.PutPublishedDocument(ctx, tx, school.PublishedDocument{Code: "affiche", Title: "Affiche de la fête", FileName: "affiche.pdf", BlobKey: "publies/affiche.pdf", MediaType: "application/pdf", Size: 1 << 20, Position: 9})
			})
		}, "/accueil", "Affiche de la fête", ""},
		{"the campaign ends", func(c *crowded) {
			c.Season.ClosesAt = c.Clock.Now().Add(-time.Hour)
			c.write(func(ctx context.Context, tx *db.Tx) error { return school.PutSeason(ctx, tx, c.Season) })
		}, "/accueil", "close depuis", ""},
	}
	each(t, func(t *testing.T, where string) {
		here := newCrowded(t, dbtest.Open(t, where), 60)
		there := here.served(dbtest.Open(t, where)) // by another machine
		for _, row := range rows {
			there.page(row.path)
			before := there.page(row.path)
			row.change(here)
			after := there.page(row.path)
			if row.shows != "" && (strings.Contains(before, row.shows) || !strings.Contains(after, row.shows)) {
				t.Errorf("%s: %s shows « %s »: %t before, %t after", row.says, row.path, row.shows, strings.Contains(before, row.shows), strings.Contains(after, row.shows))
			}
			if row.hides != "" && (!strings.Contains(before, row.hides) || strings.Contains(after, row.hides)) {
				t.Errorf("%s: %s shows « %s »: %t before, %t after", row.says, row.path, row.hides, strings.Contains(before, row.hides), strings.Contains(after, row.hides))
			}
		}
	})
}

// each runs f with an empty database on each engine.
func each(t *testing.T, f func(t *testing.T, where string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, filepath.Join(t.TempDir(), "pupitre.db")) })
	if dbtest.OnBoth() {
		t.Run("postgresql", func(t *testing.T) { f(t, dbtest.Database(t)) })
	}
}

// page is what the family that chooses its courses reads there.
func (c *crowded) page(path string) string {
	c.T.Helper()
	answer := c.get(crowd.Token(4), path)
	if answer.Code != http.StatusOK {
		c.T.Fatalf("%s: got %d", path, answer.Code)
	}
	return answer.Body.String()
}

func (c *crowded) write(f func(ctx context.Context, tx *db.Tx) error) {
	c.T.Helper()
	c.Must(c.Store.Write(c.Ctx, func(tx *db.Tx) error { return f(c.Ctx, tx) }))
}

// importing imports the school's files once more, changed in one place as by
// all calls before.
func (c *crowded) importing(file, from, to string) {
	c.T.Helper()
	if c.files == nil {
		c.files = fstest.MapFS{}
		c.Must(fs.WalkDir(demo.Files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			data, err := fs.ReadFile(demo.Files, path)
			c.files[path] = &fstest.MapFile{Data: data}
			return err
		}))
	}
	text := string(c.files[file].Data)
	if !strings.Contains(text, from) {
		c.T.Fatalf("%s has no %s", file, from)
	}
	c.files[file] = &fstest.MapFile{Data: []byte(strings.Replace(text, from, to, 1))}
	f, problems := folder.Read(c.files)
	if len(problems) > 0 {
		c.T.Fatalf("%s: %v", file, problems)
	}
	_, err := transfer.Import(c.Ctx, transfer.Deps{Store: c.Store, Blobs: c.Blobs, Accounts: c.Accounts, Clock: c.Clock, Files: c.files}, f, false)
	c.Must(err)
}
