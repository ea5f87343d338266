//go:build unix

package enrolment

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/platform/db"
)

// benchStores opens an empty store on each engine.
func benchStores(b *testing.B, f func(b *testing.B, store *db.Store)) {
	open := func(b *testing.B, where string) *db.Store {
		store, err := db.Open(context.Background(), where)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { store.Close() })
		return store
	}
	b.Run("sqlite", func(b *testing.B) { f(b, open(b, filepath.Join(b.TempDir(), "pupitre.db"))) })
	b.Run("postgresql", func(b *testing.B) { f(b, open(b, benchSchema(b))) })
}

func benchSchema(b *testing.B) string {
	server := os.Getenv("PUPITRE_TEST_POSTGRES")
	u, err := url.Parse(server)
	if err != nil || server == "" {
		b.Fatalf("PUPITRE_TEST_POSTGRES: %q, %v", server, err)
	}
	pool, err := sql.Open("pgx", server)
	if err != nil {
		b.Fatal(err)
	}
	name := fmt.Sprintf("bench_%d", time.Now().UnixNano())
	if _, err := pool.Exec("create schema " + name); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { pool.Exec("drop schema " + name + " cascade"); pool.Close() })
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// BenchmarkSubmit sends 4,000 complete dossiers of two wishes from 64 clients
// to 60 courses, the registrar alone; before and after, one client commits one
// row at a time, each durable. Rates are over the whole run: give it several
// rounds (-benchtime 5x). Beside them: the processor time of this process for
// one submission, clients included, and for one such commit; and how many acts
// share a transaction.
func BenchmarkSubmit(b *testing.B) {
	const dossiers, commits = 4000, 500
	benchStores(b, func(b *testing.B, store *db.Store) {
		var sending, committing, sendingCPU, committingCPU time.Duration
		var batches atomic.Int64
		for b.Loop() {
			b.StopTimer()
			w := newWorld(b, store)
			crowd := w.bulk(dossiers)
			w.reg.Watch(func(Batch) { batches.Add(1) })
			committing += w.rawCommits("before", commits)
			before := processorTime(b)
			b.StartTimer()
			sending += w.rush(crowd)
			b.StopTimer()
			between := processorTime(b)
			committing += w.rawCommits("after", commits)
			sendingCPU, committingCPU = sendingCPU+between-before, committingCPU+processorTime(b)-between
			w.stop()
			w.wantSound()
			b.StartTimer()
		}
		submissions, raw := float64(b.N*dossiers)/sending.Seconds(), float64(b.N*2*commits)/committing.Seconds()
		b.ReportMetric(submissions, "submissions/s")
		b.ReportMetric(raw, "commits/s")
		b.ReportMetric(submissions/raw, "ratio")
		b.ReportMetric(float64(sendingCPU.Microseconds())/float64(b.N*dossiers), "cpu-µs/submission")
		b.ReportMetric(float64(committingCPU.Microseconds())/float64(b.N*commits), "cpu-µs/commit")
		b.ReportMetric(float64(b.N*dossiers)/float64(batches.Load()), "acts/batch")
	})
}

// processorTime is what this process has used of the processors.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// rush sends all at once, and returns how long it took.
func (w *world) rush(crowd []family) time.Duration {
	from := time.Now()
	inParallel(64, crowd, func(f family) {
		if outcomes, err := w.reg.Submit(w.ctx, f.Actor, w.submission(f, "Léo")); err != nil || outcomes[0].Err != nil {
			w.Errorf("%v, %v", outcomes, err)
		}
	})
	return time.Since(from)
}

// rawCommits is what n durable transactions of one row take, one after the other.
func (w *world) rawCommits(when string, n int) time.Duration {
	from := time.Now()
	for i := range n {
		w.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into throttle (key, tries, since) values ($1, 1, $2)`, fmt.Sprint(w.season.ID, when, i), from)
			return err
		})
	}
	return time.Since(from)
}

// bulk makes families of one pupil whose dossier is ready to be sent.
func (w *world) bulk(n int) []family {
	var courses []string
	w.write(func(ctx context.Context, tx *db.Tx) error {
		var err error
		for i := range 60 {
			code := fmt.Sprint("pratique", i)
			_, again := w.course(ctx, tx, code, catalogue.Pratique, "loire", 15, 0)
			courses, err = append(courses, code), errors.Join(err, again)
		}
		return err
	})
	all := make([]family, n)
	now := w.clock.Now()
	rows := map[string][][]any{}
	for i := range all {
		f := newFamily(fmt.Sprint("F", i))
		pupil := db.NewID()
		f.pupils["Léo"], all[i] = pupil, f
		choice := w.wishes(courses[i%60] + " " + courses[(i%60+1+(i/60)%59)%60]).text()
		add := func(table string, values ...any) { rows[table] = append(rows[table], values) }
		add("household (id, address, address_extra, postcode, town, billing_mode, mandate_reference, checked_for_season, created_at, version)",
			f.Household, "1 rue Haute", "", "44430", "Le Landreau", 1, "", "", now, 1)
		add("household_payment_mean (household_id, mean)", f.Household, "cheque")
		add("guardian (id, household_id, civility, last_name, first_name, email, email_folded, pending_email, pending_token_hash, mobile, phone, position, search)",
			db.NewID(), f.Household, "", f.Name, "Anne", f.Household+"@example.org", "", "", "", "0600000000", "", 0, "")
		add("pupil (id, last_name, first_name, birth_date, level_now, created_at, version, search)", pupil, f.Name, "Léo", "2017-03-04", "", now, 1, "")
		add("pupil_household (pupil_id, household_id)", pupil, f.Household)
		add("pupil_season (pupil_id, season_id, level, image_right, image_answered_by, beginner)", pupil, w.season.ID, "CM1", "yes", f.Name, "no")
		add("deposit ("+depositFor+")", db.NewID(), "assurance", w.season.ID, f.Household, pupil, "a.pdf", db.NewID(), "application/pdf", 1, 1, "", "provided", "", f.Name, now, "", 1)
		add("dossier (id, number, season_id, pupil_id, household_id, state, programme_id, site_id, choice, on_paper_form, note, administrative, reason, agreed_by, confirmed_by, updated_at, version)",
			db.NewID(), i+1, w.season.ID, pupil, f.Household, "draft", w.programmes["seules"], w.sites["loire"], choice, false, "", true, "", "", "", now, 1)
	}
	w.write(func(ctx context.Context, tx *db.Tx) error {
		for _, prefix := range []string{"household (", "household_payment_mean", "guardian", "pupil (", "pupil_household", "pupil_season", "deposit", "dossier"} {
			for table, all := range rows {
				if len(table) < len(prefix) || table[:len(prefix)] != prefix {
					continue
				}
				for chunk := range slices.Chunk(all, 200) {
					values, args := db.Rows(chunk)
					if _, err := tx.Exec(ctx, "insert into "+table+" values "+values, args...); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	return all
}

const depositFor = `id, paper_code, season_id, household_id, pupil_id, file_name, blob_key, media_type, size, pages, sha256, state, reason, deposited_by, deposited_at, reviewed_by, version`
