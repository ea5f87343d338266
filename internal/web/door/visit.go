package door

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/trail"
	"pupitre/internal/web/ui"
)

// Visit is one request that has passed the door: who, when, to which school.
type Visit struct {
	W        http.ResponseWriter
	R        *http.Request
	Actor    actor.Actor // the zero Actor is nobody
	School   school.School
	Season   school.Season   // the zero Season before the first import
	Settings school.Settings // read only
	Now      time.Time
	Limited  bool // the session must do its Step before anything else
	Step     actor.Step
	Address  string // network address of the client, as the trusted proxies tell it
	Secure   bool   // the client speaks https

	route Route
	sent  bool
	form  *Form
	log   *slog.Logger
	trail *trail.Keeper
	title string // of the page
	shown bool   // it was answered as asked
}

// Ctx is the request's context.
func (v *Visit) Ctx() context.Context { return v.R.Context() }

// PathValue is the value of {name} in the route's path.
func (v *Visit) PathValue(name string) string { return v.R.PathValue(name) }

// Query is a value of the address's query, cleaned; "" when absent or not text.
func (v *Visit) Query(name string) string {
	s, err := clean(v.R.URL.Query().Get(name))
	if err != nil {
		return ""
	}
	return s
}

// IsHTMX tells whether a fragment is asked for. The answer must then vary on
// HX-Request, which this sets.
func (v *Visit) IsHTMX() bool {
	v.W.Header().Set("Vary", "HX-Request")
	return v.R.Header.Get("HX-Request") == "true"
}

// Base is what the page has in common with all others. It takes the flashes
// kept by the last Redirect: they are shown once.
func (v *Visit) Base(title string) ui.Base {
	v.title = title
	base := ui.Base{
		Title:         title,
		SchoolName:    v.School.Name,
		SchoolShort:   v.School.ShortName,
		AudienceLabel: v.audienceLabel(),
		Prefs:         v.prefs(),
		Flash:         v.takeFlashes(),
		Path:          v.R.URL.Path,
		UserName:      v.Actor.Name,
		Accessibility: v.School.Accessibility,
	}
	if hue, strength, ok := strings.Cut(v.School.Hue, " "); ok {
		base.ColourURL = "/couleur/" + hue + "-" + strength + ".css"
	}
	base.Office.Season = v.Season.Name
	if v.Season.Name != "" {
		base.Office.Season = "Saison " + v.Season.Name
	}
	if pole := v.Pole(); pole != "" {
		base.Office.Limit = "Limité au " + pole
	}
	if v.Actor.Role != actor.Nobody {
		base.Links.Home = HomeOf(v.Actor.Role)
	}
	if v.Actor.Role == actor.Family {
		base.Nav = ui.FamilyNav()
	}
	return base
}

// Pole names the pole, as « pôle Sèvre », that the visitor is limited to, "" when none.
func (v *Visit) Pole() string {
	if !v.Actor.IsLimited() {
		return ""
	}
	for _, s := range v.Settings.Sites {
		if s.ID == v.Actor.Site {
			return "pôle " + strings.TrimPrefix(s.Name, "Pôle ")
		}
	}
	return "pôle inconnu"
}

// audienceLabel is whose pages these are; "" is the layouts' « Portail pour les usagers ».
func (v *Visit) audienceLabel() string {
	switch v.Actor.Role {
	case actor.Teacher:
		return "Enseignants"
	case actor.Secretary:
		if pole := v.Pole(); pole != "" {
			return "Secrétariat, " + pole
		}
		return "Secrétariat"
	case actor.Director:
		return "Direction"
	case actor.Bursar:
		return "Régie"
	case actor.Administrator:
		return "Administration"
	default:
		return ""
	}
}

// Show answers with a page or a fragment. Nothing is sent when it fails to render.
func (v *Visit) Show(status int, page templ.Component) error {
	var body bytes.Buffer
	if err := page.Render(v.Ctx(), &body); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	v.W.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.W.WriteHeader(status)
	v.shown = status == http.StatusOK
	// A reader who leaves in the middle is no fault of ours.
	_, _ = v.W.Write(body.Bytes())
	return nil
}

// Attach answers with a file that we have made, of so many rows, to keep. The
// journal of accesses has it first (Take).
func (v *Visit) Attach(mediaType, name string, rows int, body []byte) error {
	return v.file("attachment", mediaType, name, rows, body)
}

// ShowFile is Attach for a file to look at.
func (v *Visit) ShowFile(mediaType, name string, rows int, body []byte) error {
	return v.file("inline", mediaType, name, rows, body)
}

func (v *Visit) file(disposition, mediaType, name string, rows int, body []byte) error {
	if err := v.Take(name, rows); err != nil {
		return err
	}
	header := v.W.Header()
	header.Set("Content-Type", mediaType)
	header.Set("Content-Disposition", disposition+`; filename="`+name+`"`)
	header.Set("X-Content-Type-Options", "nosniff")
	// A reader who leaves in the middle is no fault of ours.
	_, _ = v.W.Write(body)
	return nil
}

// Redirect sends the browser to another page of the site (303), which shows
// the flashes. A path that leads elsewhere leads home.
func (v *Visit) Redirect(path string, flashes ...ui.Flash) error {
	if !IsLocal(path) {
		path = "/"
	}
	v.keepFlashes(flashes)
	if v.R.Header.Get("HX-Request") == "true" {
		v.W.Header().Set("HX-Redirect", path)
		v.W.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(v.W, v.R, path, http.StatusSeeOther)
	return nil
}

// Back is the page of this site the visitor comes from, or fallback.
func (v *Visit) Back(fallback string) string {
	from, err := url.Parse(v.R.Referer())
	if err != nil || from.Host != v.R.Host || !IsLocal(from.RequestURI()) {
		return fallback
	}
	return from.RequestURI()
}

// IsLocal tells whether the path stays on this site: the only kind a visitor
// may hand us to be sent to.
func IsLocal(path string) bool {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t\x00") {
		return false
	}
	u, err := url.Parse(path)
	return err == nil && u.Host == "" && u.Scheme == "" && !strings.HasPrefix(u.Path, "//")
}
