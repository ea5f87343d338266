package web_test

import (
	"bytes"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/web"
	"pupitre/internal/web/door"
)

// Leak: an upload of more than 2 MB stayed in the temporary folder for ever.
func TestAnUploadLeavesNothingOnDisk(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	left := func() int {
		t.Helper()
		entries, err := os.ReadDir(temporary)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	read := func(v *door.Visit) error {
		form, err := v.Form()
		if err != nil {
			return err
		}
		if len(form.Files("fichier")) != 1 || left() != 1 {
			t.Errorf("while it is read: %d files, %d on disk, want 1 and 1", len(form.Files("fichier")), left())
		}
		return nil
	}
	store := dbtest.SQLite(t)
	c := clock.At(time.Date(2027, 6, 8, 18, 0, 0, 0, time.UTC))
	accounts := account.New(store, c)
	server := httptest.NewServer(web.New(web.Config{
		Store: store, Accounts: accounts, Clock: c, Log: slog.New(slog.DiscardHandler), Pages: pages(store, accounts), Version: "test",
		Extra: []door.Route{
			door.Upload("/kept", door.Public, actor.Everybody, "test.kept", 8<<20, func(v *door.Visit) error {
				if err := read(v); err != nil {
					return err
				}
				return v.Redirect("/")
			}),
			door.Upload("/broken", door.Public, actor.Everybody, "test.broken", 8<<20, func(v *door.Visit) error {
				if err := read(v); err != nil {
					return err
				}
				panic("in the middle of an upload")
			}),
			door.Upload("/small", door.Public, actor.Everybody, "test.small", 4<<20, read),
		},
	}))
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for path, want := range map[string]int{"/kept": 303, "/broken": 500, "/small": 422} {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		part, err := w.CreateFormFile("fichier", "scan.pdf")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(make([]byte, 5<<20)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		answer, err := client.Post(server.URL+path, w.FormDataContentType(), &body)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s: got %d, want %d", path, answer.StatusCode, want)
		}
	}
	server.Close() // waits for the requests
	if n := left(); n != 0 {
		t.Errorf("%d files are left on disk, want none", n)
	}
}
