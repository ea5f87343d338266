// Package settings is the door of « Réglages »: the school, its seasons and
// campaign, the papers it asks, its texts and the rules of the house, for
// direction and administration.
package settings

import (
	"encoding/json"
	"errors"
	"net/url"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// Pages answers the routes of « Réglages ».
type Pages struct {
	Store     *db.Store
	Registrar *enrolment.Registrar
	Clock     clock.Clock
	Frame     func(v *door.Visit, base ui.Base) (ui.Base, error) // the office's
	Compose   Composer
	counter   report.Counter
}

// New opens « Réglages » within the office's frame; compose writes a mail to show it.
func New(store *db.Store, registrar *enrolment.Registrar, clk clock.Clock, frame func(v *door.Visit, base ui.Base) (ui.Base, error), compose Composer) *Pages {
	return &Pages{Store: store, Registrar: registrar, Clock: clk, Frame: frame, Compose: compose}
}

// The tabs of the section.
const (
	root         = "/bureau/reglages"
	schoolPath   = root + "/ecole"
	seasonsPath  = root + "/saison"
	campaignPath = root + "/campagne"
	papersPath   = root + "/pieces"
	rulesPath    = root + "/regles"
	paymentsPath = root + "/paiement"
	creditorPath = root + "/facturation"
	textsPath    = root + "/textes"
)

// longForm leaves room for texts, and for what was read beside what is typed.
const longForm = 1 << 20

// Routes is this door's part of the site map.
func (p *Pages) Routes() []door.Route {
	get := func(path, name string, h door.Handler) door.Route {
		return door.Get(root+path, door.Office, actor.Settings, "settings."+name, h)
	}
	post := func(path, name string, h door.Handler) door.Route {
		return door.Upload(root+path, door.Office, actor.Settings, "settings."+name, longForm, h)
	}
	return []door.Route{
		get("", "home", p.Home),
		get("/ecole", "school", p.School),
		post("/ecole", "save-school", p.SaveSchool),
		get("/regles", "rules", p.Rules),
		post("/regles", "save-rules", p.SaveRules),
		get("/paiement", "payments", p.Payments),
		post("/paiement", "save-payments", p.SavePayments),
		get("/facturation", "creditor", p.Creditor),
		post("/facturation", "save-creditor", p.SaveCreditor),
		get("/textes", "texts", p.Texts),
		get("/textes/mails/{letter}", "mail", p.Mail),
		get("/textes/mails/{letter}/mise-en-page", "mail-layout", p.MailLayout),
		post("/textes/mails/{letter}", "save-mail", p.SaveMail),
		post("/textes/mails/{letter}/apercu", "preview-mail", p.PreviewMail),
		post("/textes/mails/{letter}/essai", "try-mail", p.TryMail),
		post("/textes/mails/{letter}/origine", "restore-mail", p.RestoreMail),
		get("/textes/{kind}", "text", p.Text),
		post("/textes/{kind}", "save-text", p.SaveText),
		get("/campagne", "campaign", p.Campaign),
		post("/campagne", "save-campaign", p.SaveCampaign),
		get("/pieces", "papers", p.Papers),
		get("/pieces/{code}", "paper", p.Paper),
		post("/pieces/{code}", "save-paper", p.SavePaper),
		post("/pieces/{code}/retirer", "remove-paper", p.RemovePaper),
		get("/saison", "seasons", p.Seasons),
		get("/saison/preparer", "prepare-form", p.PrepareForm),
		post("/saison/preparer", "prepare", p.Prepare),
		get("/saison/{season}", "season", p.Season),
		post("/saison/{season}/passer", "hand-over", p.HandOver),
		post("/saison/{season}/revenir", "undo-hand-over", p.UndoHandOver),
		post("/saison/{season}/annuler", "undo-preparation", p.UndoPreparation),
		post("/campagne/publier-les-cours", "publish-courses", p.PublishCourses),
		post("/campagne/retirer-les-cours", "hide-courses", p.HideCourses),
	}
}

// Home leads to the first tab.
func (p *Pages) Home(v *door.Visit) error { return v.Redirect(schoolPath) }

// page is what all pages of the section have.
type page struct {
	ui.Base
	Tab    string
	Errors []ui.FieldError
}

func (p *Pages) page(v *door.Visit, tab, title string, invalid *fault.Invalid) (page, error) {
	base, err := p.Frame(v, v.Base(title))
	base.Path = root
	all := door.FieldErrors(invalid)
	base.Errors = all
	return page{Base: base, Tab: tab, Errors: all}, err
}

func (p *Pages) edit(v *door.Visit, form door.Form) school.Edit {
	return school.Edit{Actor: v.Actor, Now: p.Clock.Now(), Read: readBefore(form)}
}

// readBefore is what the page showed when it was opened; nil when it does not say.
func readBefore(form door.Form) map[string]string {
	text := form.Value("lu")
	if text == "" {
		return nil
	}
	values := map[string]string{}
	if json.Unmarshal([]byte(text), &values) != nil {
		return map[string]string{}
	}
	return values
}

func shownNow(values map[string]string) string {
	b, err := json.Marshal(values)
	if err != nil {
		panic(err) // a map of texts
	}
	return string(b)
}

// outcome splits the error of a save into what its form shows again.
func outcome(err error) (*fault.Invalid, *school.Stale, error) {
	var stale *school.Stale
	if errors.As(err, &stale) {
		return nil, stale, nil
	}
	if invalid, ok := door.AsInvalid(err); ok {
		return invalid, nil, nil
	}
	return nil, nil, err
}

func status(invalid *fault.Invalid, stale *school.Stale) int {
	switch {
	case stale != nil:
		return 409
	case invalid != nil:
		return 422
	default:
		return 200
	}
}

func link(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func done(title, text string) ui.Flash {
	return ui.Flash{Kind: ui.MessageOK, Title: title, Text: text}
}
