package family_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/blob/blobtest"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/web/assets"
	"pupitre/internal/web/door"
	"pupitre/internal/web/family"
)

// asked is a paper that every household is asked.
const asked = "quotient-familial"

// sheets is a PDF of blank pages.
func sheets(pages int) []byte {
	var b bytes.Buffer
	var at []int
	object := func(text string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), text)
	}
	b.WriteString("%PDF-1.7\n")
	object("<< /Type /Catalog /Pages 2 0 R >>")
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", i+3)
	}
	object(fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids.String(), pages))
	for range pages {
		object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>")
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

// importing is the form « Importer » with the files in that order.
func importing(t *testing.T, slot string, files ...[]byte) *http.Request {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.WriteField("document", slot); err != nil {
		t.Fatal(err)
	}
	for i, data := range files {
		part, err := w.CreateFormFile("fichier", fmt.Sprintf("page-%d", i+1))
		if err == nil {
			_, err = part.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/famille/importer", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

// Leak: every file of an upload was decoded before anything was counted. The
// last file of each is one that reading would refuse with other words.
func TestAnUploadOfTooManyFilesIsRefusedBeforeTheyAreRead(t *testing.T) {
	sqlite(t, func(s *site) {
		v, text := s.as(moreau), []byte("un IBAN")
		many := make([][]byte, 61)
		for i := range many {
			many[i] = text
		}
		for _, c := range []struct {
			what, says string
			files      [][]byte
		}{
			{"61 files", "61 fichiers", many},
			{"80 pages in two files", "plus de 60 pages", [][]byte{sheets(40), sheets(40), text}},
			{"60 files are read", "simple texte", many[:60]},
		} {
			p := v.do(importing(s.t, asked, c.files...))
			if p.code != 422 {
				s.t.Errorf("%s: got %d", c.what, p.code)
			}
			p.says(s.t, c.says)
		}
	})
}

// rebuilt is the portal of the site with other stored files, as changed.
func (s *site) rebuilt(blobs blob.Store, change func(*family.Pages)) {
	s.t.Helper()
	s.rebuiltLogging(slog.New(slog.NewTextHandler(logTo{s.t}, &slog.HandlerOptions{Level: slog.LevelError})), blobs, change)
}

func (s *site) rebuiltLogging(log *slog.Logger, blobs blob.Store, change func(*family.Pages)) {
	s.t.Helper()
	pages := family.New(s.store, s.registrar, blobs, s.clock, "https://portail.exemple.fr")
	change(pages)
	d := &door.Site{
		Session: func(ctx context.Context, token string) (actor.Actor, actor.Step, error) {
			held, err := account.ByLogin(ctx, s.store, token)
			return held.Actor(), "", err
		},
		Season: func(ctx context.Context) (school.Season, error) { return school.CurrentSeason(ctx, s.store) },
		Settings: func(ctx context.Context, season school.Season) (school.Settings, error) {
			return school.SettingsOf(ctx, s.store, season)
		},
		Clock: s.clock, Log: log,
	}
	mux := d.Mux(pages.Routes())
	mux.Handle(assets.Prefix, assets.Handler())
	s.handler = mux
}

func (s *site) disk() blob.Store {
	s.t.Helper()
	blobs, err := blob.Disk(s.t.TempDir())
	s.must(err)
	s.t.Cleanup(func() { blobs.Close() })
	return blobs
}

// Leak: reading the files of one request had no end.
func TestAnUploadTooSlowToReadIsRefused(t *testing.T) {
	sqlite(t, func(s *site) {
		s.rebuilt(s.disk(), (*family.Pages).Hurried)
		p := s.as(moreau).do(importing(s.t, asked, photo(s.t, 1)))
		if p.code != 422 {
			s.t.Errorf("got %d", p.code)
		}
		p.says(s.t, "prend trop de temps")
	})
}

// slowDisk holds the first file until it is released.
type slowDisk struct {
	blob.Store
	first          sync.Once
	begun, release chan struct{}
}

func (d *slowDisk) Put(ctx context.Context, key string, r io.Reader) (int64, error) {
	hold := false
	d.first.Do(func() { hold = true })
	if hold {
		close(d.begun)
		<-d.release
	}
	return d.Store.Put(ctx, key, r)
}

// Leak: one account could have any number of uploads read at the same time.
func TestAnAccountSendsOneUploadAtATime(t *testing.T) {
	sqlite(t, func(s *site) {
		disk := &slowDisk{Store: s.disk(), begun: make(chan struct{}), release: make(chan struct{})}
		s.rebuilt(disk, (*family.Pages).Impatient)
		first, ended := importing(s.t, asked, photo(s.t, 1)), make(chan int, 1)
		first.AddCookie(&http.Cookie{Name: door.SessionCookie, Value: moreau})
		go func() {
			w := httptest.NewRecorder()
			s.handler.ServeHTTP(w, first)
			ended <- w.Code
		}()
		select {
		case <-disk.begun:
		case code := <-ended:
			s.t.Fatalf("the first was not kept: got %d", code)
		}
		p := s.as(moreau).do(importing(s.t, asked, photo(s.t, 2)))
		if p.code != 429 || p.header.Get("Retry-After") != "60" {
			s.t.Errorf("while the first is read: got %d, Retry-After %q", p.code, p.header.Get("Retry-After"))
		}
		p.says(s.t, "Un envoi est déjà en cours")
		if p := s.as("AUBRY-4572").do(importing(s.t, asked, photo(s.t, 3))); p.code != 303 {
			s.t.Errorf("another account: got %d", p.code)
		}
		close(disk.release)
		if code := <-ended; code != 303 {
			s.t.Errorf("the first: got %d", code)
		}
		if p := s.as(moreau).do(importing(s.t, asked, photo(s.t, 4))); p.code != 303 {
			s.t.Errorf("after it: got %d", p.code)
		}
	})
}

// Leak: a household could fill the disk, one document at a time. The file is
// one that reading would refuse with other words.
func TestAHouseholdHandsInThirtyDocumentsADay(t *testing.T) {
	each(t, func(s *site) {
		a := s.actor(moreau)
		for range document.DailyDeposits {
			_, err := s.registrar.Deposit(s.t.Context(), a, enrolment.Deposit{
				Household: a.Household, Paper: asked, File: document.File{Name: "rib.pdf", BlobKey: "pieces/" + db.NewID(), MediaType: "application/pdf", Size: 1, Pages: 1},
			})
			s.must(err)
		}
		s.clock.Add(23 * time.Hour)
		v := s.as(moreau)
		p := v.do(importing(s.t, asked, []byte("un IBAN")))
		if p.code != 429 {
			s.t.Errorf("the 31st: got %d", p.code)
		}
		p.says(s.t, "30 documents en 24 heures")
		if err := document.MayDeposit(s.t.Context(), s.store, s.secretary, a.Household, s.clock.Now()); err != nil {
			s.t.Errorf("the office: want no limit, got %v", err)
		}
		if p := s.as("AUBRY-4572").do(importing(s.t, asked, photo(s.t, 1))); p.code != 303 {
			s.t.Errorf("another household: got %d", p.code)
		}
		s.clock.Add(time.Hour)
		if p := v.do(importing(s.t, asked, photo(s.t, 1))); p.code != 303 {
			s.t.Errorf("the day after: got %d", p.code)
		}
	})
}

// While the document store answers 503 nothing is half written, and the form
// comes back with what was chosen.
func TestADepositWhileTheStoreDoesNotAnswer(t *testing.T) {
	if !dbtest.OnBoth() {
		return // the quick check has no S3 server
	}
	sqlite(t, func(s *site) {
		store := blobtest.Before(s.t, blobtest.Bucket(s.t))
		blobs := blobtest.Open(s.t, store.URL)
		log := new(bytes.Buffer)
		s.rebuiltLogging(slog.New(slog.NewTextHandler(log, nil)), blobs, func(*family.Pages) {})
		stored := func() int {
			n := 0
			for _, err := range blobs.Keys(s.t.Context()) {
				s.must(err)
				n++
			}
			return n
		}
		rows := func() int64 {
			n, err := db.One[int64](s.t.Context(), s.store, `select count(*) from deposit`)
			s.must(err)
			return n
		}
		before := rows()

		store.Down.Store(true)
		p := s.as(moreau).do(importing(s.t, asked, photo(s.t, 1)))
		if p.code != 503 || p.header.Get("Retry-After") != "60" {
			s.t.Errorf("got %d, Retry-After %q", p.code, p.header.Get("Retry-After"))
		}
		p.says(s.t, "Le document n’a pas été importé", "Recommencez dans une minute")
		if chosen, _ := p.Find("select[name=document] option[selected]").Attr("value"); chosen != asked {
			s.t.Errorf("the form came back with %q chosen, want %q", chosen, asked)
		}
		if !strings.Contains(log.String(), "request failed") {
			s.t.Errorf("the log does not tell: %s", log)
		}
		store.Down.Store(false)
		if stored() != 0 || rows() != before {
			s.t.Errorf("%d files and %d rows more were written, want none", stored(), rows()-before)
		}

		if p := s.as(moreau).do(importing(s.t, asked, photo(s.t, 1))); p.code != 303 {
			s.t.Fatalf("once it answers again: got %d", p.code)
		}
		id, err := db.One[string](s.t.Context(), s.store, `select id from deposit order by id desc limit 1`)
		s.must(err)
		if p := s.as(moreau).get("/pieces/" + id); p.code != 200 {
			s.t.Errorf("reading it: got %d", p.code)
		}
		store.Down.Store(true)
		p = s.as(moreau).get("/pieces/" + id)
		if p.code != 503 {
			s.t.Errorf("reading it while the store does not answer: got %d", p.code)
		}
		p.says(s.t, "il est bien gardé")
	})
}
