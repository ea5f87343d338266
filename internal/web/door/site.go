package door

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/trail"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/ui"
)

// Site is the entrance that all routes share.
type Site struct {
	// Session tells who holds the token, and what must be done before anything
	// else; nobody, without error, when it opens nothing.
	Session func(ctx context.Context, token string) (who actor.Actor, step actor.Step, err error)
	Season  func(ctx context.Context) (school.Season, error)
	// Settings is what the school has laid down, at the season just read.
	Settings func(ctx context.Context, season school.Season) (school.Settings, error)
	Clock    clock.Clock
	Log      *slog.Logger
	Proxies  Proxies
	HTTPS    bool // the public address is https, whatever the proxies say
	// Frame completes what the office's pages have in common (its menu), so that
	// the page of an error keeps it; nil leaves such pages plain.
	Frame  func(v *Visit, base ui.Base) (ui.Base, error)
	Limits *Limits
	// Trail keeps the journal of accesses; nil keeps none.
	Trail *trail.Keeper
	// Reaches returns NotFound when one of the texts of a request names what is
	// beyond the pole that a secretary is limited to; ReachesCourse when a course is.
	Reaches       func(ctx context.Context, a actor.Actor, texts []string) error
	ReachesCourse func(ctx context.Context, a actor.Actor, course string) error
	// Overloaded, when set, tells before anything is read that the machine can
	// take no more: a fault.Unavailable.
	Overloaded func() error
}

// Mux serves the routes, and the page « introuvable » everywhere else. It
// panics when two routes collide or one names no right: the site map is wrong.
func (s *Site) Mux(routes []Route) *http.ServeMux {
	mux := http.NewServeMux()
	for _, route := range routes {
		if route.Right == nil {
			panic(route.Pattern() + " names no right")
		}
		mux.Handle(route.Pattern(), s.Entrance(route))
	}
	mux.Handle("/", s.Entrance(Route{Audience: Public, Right: actor.Everybody, Name: "notfound", Handler: notFound}))
	return mux
}

// Entrance lets in those whom the route is for, then answers what the handler
// did not.
func (s *Site) Entrance(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &Visit{W: w, R: r, Now: s.Clock.Now(), route: route, log: s.Log, trail: s.Trail}
		s.place(v)
		r.Body = http.MaxBytesReader(w, r.Body, route.maxBody())
		leave, err := s.enter(v)
		defer leave()
		if err == nil && !v.answered() {
			err = route.Handler(v)
		}
		if err != nil {
			s.refuse(v, err)
			return
		}
		v.noteView()
	})
}

// enter lets the visit in, until leave is called.
func (s *Site) enter(v *Visit) (leave func(), err error) {
	leave = func() {}
	if s.Overloaded != nil {
		if err := s.Overloaded(); err != nil {
			return leave, err
		}
	}
	if err := s.admit(v); err != nil || v.answered() {
		return leave, err
	}
	if !written(v.R.URL.Path) {
		return leave, fault.ErrNotFound
	}
	entered, err := s.Limits.enter(v.Actor.Account, v.Now)
	if err != nil {
		return leave, err
	}
	return entered, nil
}

// place notes where the client is and whether it speaks https.
func (s *Site) place(v *Visit) {
	v.Address, v.Secure = s.Proxies.Client(v.R)
	v.Secure = v.Secure || s.HTTPS
}

// written tells whether some page may have written the address: PostgreSQL
// takes neither a NUL nor broken UTF-8.
func written(path string) bool { return utf8.ValidString(path) && !strings.ContainsRune(path, 0) }

// admit fills the visit and refuses who may not come in; a visit that has been
// sent elsewhere is answered.
func (s *Site) admit(v *Visit) (err error) {
	if err := s.readSchool(v); err != nil {
		return err
	}
	if token := v.SessionToken(); token != "" {
		if v.Actor, v.Step, err = s.Session(v.Ctx(), token); err != nil {
			return fmt.Errorf("read the session: %w", err)
		}
		v.Limited = v.Step != ""
	}
	if v.Actor.Role != actor.Nobody || v.route.Needs() {
		v.W.Header().Set("Cache-Control", "no-store")
	}
	if !v.route.Needs() {
		return nil
	}
	if err := v.checkRole(); err != nil || v.answered() {
		return err
	}
	return s.checkReach(v)
}

// checkReach answers a secretary limited to a pole as if nothing of another pole
// existed, whatever part of the request names it: so no page can forget to.
func (s *Site) checkReach(v *Visit) error {
	if !v.Actor.IsLimited() {
		return nil
	}
	texts := []string{v.R.URL.Path}
	for _, values := range v.R.URL.Query() {
		texts = append(texts, values...)
	}
	if v.R.Method != http.MethodGet {
		form, err := readForm(v.R)
		if err != nil {
			return err
		}
		v.form = &form
		for _, values := range form.values {
			texts = append(texts, values...)
		}
	}
	if err := s.Reaches(v.Ctx(), v.Actor, texts); err != nil {
		return err
	}
	if course := v.PathValue("course"); course != "" && v.route.Right.Degree(v.Actor).EndsAtPole() {
		return s.ReachesCourse(v.Ctx(), v.Actor, course)
	}
	return nil
}

func (s *Site) readSchool(v *Visit) (err error) {
	if v.Season, err = s.Season(v.Ctx()); err != nil {
		return fmt.Errorf("read the season: %w", err)
	}
	if v.Settings, err = s.Settings(v.Ctx(), v.Season); err != nil {
		return fmt.Errorf("read the school: %w", err)
	}
	v.School = v.Settings.School
	return nil
}

func (v *Visit) checkRole() error {
	switch {
	case v.Actor.Role == actor.Nobody:
		v.sent = true
		return v.Redirect(SignInFor(v.wanted()))
	case v.Limited && !v.route.opensAt(v.Step):
		v.sent = true
		return v.Redirect(StepPage(v.Step))
	case !v.route.Admits(v.Actor):
		return errWrongRole
	}
	return nil
}

func (v *Visit) answered() bool { return v.sent }

// wanted is the page to come back to after signing in: an act sends back to
// the page it was posted from.
func (v *Visit) wanted() string {
	if v.R.Method == http.MethodGet && v.R.Header.Get("HX-Request") == "" {
		return v.R.URL.RequestURI()
	}
	return v.Back("/")
}

// SignInFor is the address of the sign-in page that leads to path afterwards.
func SignInFor(path string) string {
	if path == "/" || !IsLocal(path) {
		return "/connexion"
	}
	return "/connexion?suite=" + url.QueryEscape(path)
}

// StepPage is where a session does what it must before anything else.
func StepPage(step actor.Step) string {
	switch step {
	case actor.ChoosePassword:
		return "/mot-de-passe"
	case actor.ProveFactor:
		return "/second-facteur"
	default:
		return "/second-facteur/creer"
	}
}

// HomeOf is the first page of a role.
func HomeOf(role actor.Role) string {
	switch role {
	case actor.Family:
		return "/accueil"
	case actor.Teacher:
		return "/enseignant"
	case actor.Secretary, actor.Director, actor.Administrator:
		return "/bureau"
	case actor.Bursar:
		return "/bureau/recettes"
	default:
		return "/connexion"
	}
}

type requestIDKey struct{}

// WithRequestID keeps the request's number for the log and the error page.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID is the request's number, "" outside of a request.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// retrySeconds rounds up, one second at least.
func retrySeconds(d time.Duration) int64 { return max(1, int64((d+time.Second-1)/time.Second)) }
