package family_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"pupitre/demo"
	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/transfer"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/assets"
	"pupitre/internal/web/door"
	"pupitre/internal/web/family"
)

// evening is during the campaign, a Tuesday: 8 June 2027, 22 h 05 in Paris.
var evening = time.Date(2027, 6, 8, 20, 5, 0, 0, time.UTC)

// site is the portal of the demonstration school, on a real store. A cookie's
// token is the identifiant of who visits.
type site struct {
	t         *testing.T
	store     *db.Store
	registrar *enrolment.Registrar
	clock     *clock.Moved
	handler   http.Handler
	season    school.Season
	secretary actor.Actor
}

// each runs f on both engines: what writes through several rooms at once.
func each(t *testing.T, f func(s *site)) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) { f(newSite(t, store)) })
}

// sqlite is each on one engine, for what the rooms' own tests hold to both.
func sqlite(t *testing.T, f func(s *site)) { f(newSite(t, dbtest.SQLite(t))) }

func newSite(t *testing.T, store *db.Store) *site {
	t.Helper()
	ctx := t.Context()
	s := &site{t: t, store: store, clock: clock.At(evening), secretary: actor.Actor{Name: "Annie D.", Role: actor.Secretary}}
	blobs, err := blob.Disk(t.TempDir())
	s.must(err)
	t.Cleanup(func() { blobs.Close() })
	files, problems := folder.Read(demo.Files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	accounts := account.New(store, s.clock)
	_, err = transfer.Import(ctx, transfer.Deps{Store: store, Blobs: blobs, Accounts: accounts, Clock: s.clock, Files: demo.Files}, files, false)
	s.must(err)
	s.campaign(evening.AddDate(0, 0, -7), time.Date(2027, 6, 25, 21, 59, 0, 0, time.UTC))
	s.registrar = enrolment.NewRegistrar(store, s.clock)
	t.Cleanup(s.registrar.Close)
	pages := family.New(store, s.registrar, blobs, s.clock, "https://portail.exemple.fr")
	d := &door.Site{
		Session: func(ctx context.Context, token string) (actor.Actor, actor.Step, error) {
			if token == "secretariat" {
				return s.secretary, "", nil
			}
			held, err := account.ByLogin(ctx, store, token)
			if errors.Is(err, fault.ErrNotFound) {
				return actor.Actor{}, "", nil
			}
			return held.Actor(), "", err
		},
		Season: func(ctx context.Context) (school.Season, error) { return school.CurrentSeason(ctx, store) },
		Settings: func(ctx context.Context, season school.Season) (school.Settings, error) {
			return school.SettingsOf(ctx, store, season)
		},
		Clock: s.clock, Log: slog.New(slog.NewTextHandler(logTo{t}, &slog.HandlerOptions{Level: slog.LevelError})),
	}
	mux := d.Mux(pages.Routes())
	mux.Handle(assets.Prefix, assets.Handler())
	s.handler = mux
	return s
}

// logTo fails the test on an error that the door logs: it is one of ours.
type logTo struct{ t *testing.T }

func (l logTo) Write(p []byte) (int, error) {
	l.t.Error(string(p))
	return len(p), nil
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// campaign sets the opening and the closing.
func (s *site) campaign(opens, closes time.Time) {
	s.t.Helper()
	season, err := school.CurrentSeason(s.t.Context(), s.store)
	s.must(err)
	season.OpensAt, season.ClosesAt = opens, closes
	s.must(s.store.Write(s.t.Context(), func(tx *db.Tx) error { return school.PutSeason(s.t.Context(), tx, season) }))
	s.season = season
}

// photo is a small real photograph of a sheet.
func photo(t *testing.T, shade uint8) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 60, 80))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for x := 5; x < 55; x++ {
		img.Set(x, 20, color.RGBA{shade, shade, shade, 255})
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// actor is who acts with the identifiant.
func (s *site) actor(login string) actor.Actor {
	s.t.Helper()
	held, err := account.ByLogin(s.t.Context(), s.store, login)
	s.must(err)
	return held.Actor()
}

// pupil is the id of the family's pupil of that first name.
func (s *site) pupil(login, first string) string {
	s.t.Helper()
	pupils, err := people.PupilsOf(s.t.Context(), s.store, s.actor(login).Household)
	s.must(err)
	for _, p := range pupils {
		if p.FirstName == first {
			return p.ID
		}
	}
	s.t.Fatalf("%s has no pupil %s", login, first)
	return ""
}

func (s *site) registration(login, pupil string) enrolment.Registration {
	s.t.Helper()
	r, err := enrolment.RegistrationOf(s.t.Context(), s.store, s.actor(login), pupil)
	s.must(err)
	return r
}

func (s *site) catalogue() catalogue.Catalogue {
	s.t.Helper()
	c, err := catalogue.Of(s.t.Context(), s.store, s.season.ID)
	s.must(err)
	return c
}

// course is the id of the course of that code.
func (s *site) course(code string) string {
	s.t.Helper()
	for _, c := range s.catalogue().Courses {
		if c.Code == code {
			return c.ID
		}
	}
	s.t.Fatalf("no course %s", code)
	return ""
}

func (s *site) programme(code string) string {
	s.t.Helper()
	for _, p := range s.catalogue().Programmes {
		if p.Code == code {
			return p.ID
		}
	}
	s.t.Fatalf("no formule %s", code)
	return ""
}

func (s *site) pole(name string) string {
	s.t.Helper()
	for _, x := range s.catalogue().Sites {
		if x.Name == name {
			return x.ID
		}
	}
	s.t.Fatalf("no pole %s", name)
	return ""
}

// ready prepares the pupil's dossier through the rooms, up to « Valider »: its
// family pays by cheque and lacks nothing.
func (s *site) ready(login, first, level, programme string, codes ...string) string {
	s.t.Helper()
	ctx, a, id := s.t.Context(), s.actor(login), s.pupil(login, first)
	h, err := people.HouseholdByID(ctx, s.store, a, a.Household)
	s.must(err)
	s.must(s.store.Write(ctx, func(tx *db.Tx) error {
		if err := people.SaveBilling(ctx, tx, evening, a, h.ID, 1, []string{"cheques"}); err != nil {
			return err
		}
		return people.MarkChecked(ctx, tx, evening, a, h.ID, s.season.ID)
	}))
	p, _, err := people.PupilOf(ctx, s.store, a, id)
	s.must(err)
	s.must(s.store.Write(ctx, func(tx *db.Tx) error {
		return people.SavePupil(ctx, tx, evening, a, people.PupilForm{
			PupilID: id, Version: p.Version, SeasonID: s.season.ID, LastName: p.LastName, FirstName: p.FirstName,
			BirthDate: french.CivilDate(p.BirthDate), Level: level, ImageRight: people.Yes, Beginner: people.No,
		})
	}))
	choice := enrolment.NewChoice{Programme: s.programme(programme)}
	for _, code := range codes {
		course := s.course(code)
		c, _ := s.catalogue().Course(course)
		choice.Site = c.SiteID
		choice.Wishes = append(choice.Wishes, catalogue.Wish{Course: course})
	}
	yes := true
	s.must(enrolment.SaveDraft(ctx, s.store, s.clock, a, id, enrolment.DraftStep{Administrative: &yes, Choice: &choice}))
	return id
}

// send is « Valider » through the portal, for a pupil that is ready.
func (v *visitor) send(pupil string) page {
	v.s.t.Helper()
	wizard := "/eleves/" + pupil + "/reinscription"
	return v.submit(v.get(wizard+"/envoi"), wizard+"/envoi", "accord", "oui")
}

// places sets how many places the course has.
func (s *site) places(code string, capacity int64) {
	s.t.Helper()
	s.must(s.registrar.SetCapacity(s.t.Context(), s.secretary, enrolment.OfferingID(s.course(code), 0), capacity, "essai"))
}

// secret is what the last mail of the kind keeps until it is sent.
func (s *site) secret(kind string) string {
	s.t.Helper()
	secrets, err := db.All[string](s.t.Context(), s.store, `select secret from job where args like $1 and secret <> '' order by created_at desc, id desc`, `%"`+kind+`"%`)
	s.must(err)
	if len(secrets) == 0 {
		s.t.Fatalf("no mail %s", kind)
	}
	_, rest, _ := strings.Cut(secrets[0], `"token":"`)
	token, _, _ := strings.Cut(rest, `"`)
	return token
}

// other makes a second household for the pupil: that of another family of the school.
func (s *site) other(login, pupil string) {
	s.t.Helper()
	a := s.actor(login)
	p, _, err := people.PupilOf(s.t.Context(), s.store, s.secretary, pupil)
	s.must(err)
	s.must(s.store.Write(s.t.Context(), func(tx *db.Tx) error {
		return people.PutPupil(s.t.Context(), tx, evening, p, []string{a.Household}, nil)
	}))
}

type selection = goquery.Selection

// text is the id of the text that « J’accepte » accepts.
func (s *site) text() string {
	s.t.Helper()
	text, err := school.LatestText(s.t.Context(), s.store, school.TextRules)
	s.must(err)
	return text.ID
}
