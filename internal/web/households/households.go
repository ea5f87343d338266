// Package households is « Familles et élèves » for the office: the lists of
// families and of pupils, what families have changed, and the households of a
// pupil. The page of one family is the office's.
package households

import (
	"net/url"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const (
	familiesPath = "/bureau/foyers"
	pupilsPath   = "/bureau/eleves"
	changesPath  = "/bureau/a-verifier"
	searchPath   = "/bureau/recherche"
	importPath   = "/bureau/import" // another door's
)

// Pages answers the routes of « Familles et élèves ».
type Pages struct {
	Store     *db.Store
	Registrar *enrolment.Registrar
	accounts  *account.Accounts
	frame     func(*door.Visit, ui.Base) (ui.Base, error)
}

// New opens the pages; frame adds the office's menu.
func New(store *db.Store, registrar *enrolment.Registrar, accounts *account.Accounts, frame func(*door.Visit, ui.Base) (ui.Base, error)) *Pages {
	return &Pages{Store: store, Registrar: registrar, accounts: accounts, frame: frame}
}

// Routes is the part of the site map that is about families and pupils.
func (p *Pages) Routes() []door.Route {
	get := func(path, name string, h door.Handler) door.Route {
		return door.Get(path, door.Office, actor.Households, "households."+name, h)
	}
	post := func(path, name string, h door.Handler) door.Route {
		return door.Post(path, door.Office, actor.Households, "households."+name, h)
	}
	return []door.Route{
		get(familiesPath, "families", p.Families),
		door.Get(addPath, door.Office, actor.Newcomers, "households.add", p.ShowAdd).ForChange(),
		door.Post(addPath, door.Office, actor.Newcomers, "households.create", p.Add),
		door.Get("/bureau/familles/{household}/eleves/nouveau", door.Office, actor.Newcomers, "households.add-pupil", p.ShowAddPupil).ForChange(),
		door.Post("/bureau/familles/{household}/eleves/nouveau", door.Office, actor.Newcomers, "households.create-pupil", p.AddPupil),
		get(pupilsPath, "pupils", p.Pupils),
		get(changesPath, "changes", p.Changes),
		post(changesPath+"/{household}/vu", "see", p.See),
		post(changesPath+"/{household}/annuler", "unsee", p.Unsee),
		post(changesPath+"/{household}/ancien", "put-back", p.PutBack),
		get("/bureau/eleves/{pupil}/foyers", "homes", p.Homes),
		post("/bureau/eleves/{pupil}/foyers", "change-homes", p.ChangeHomes),
	}
}

// Tabs are those of « Familles et élèves »; current is the path of the page, or
// of the list above it.
func Tabs(current string, changes int) []ui.Tab {
	tabs := []ui.Tab{
		{Label: "Foyers", URL: familiesPath},
		{Label: "Élèves", URL: pupilsPath},
		{Label: "À vérifier", URL: changesPath, Count: changes, CountWord: "à vérifier"},
		{Label: "Import", URL: importPath},
	}
	for i := range tabs {
		tabs[i].Current = tabs[i].URL == current
	}
	return tabs
}

// Changes is the count of the tab « À vérifier », as the menu has it.
func Changes(base ui.Base) int {
	for _, entry := range base.Nav {
		if entry.URL == familiesPath {
			return entry.Count
		}
	}
	return 0
}

// base is the frame of a page: the menu, and the tabs under it.
func (p *Pages) base(v *door.Visit, title string) (ui.Base, error) {
	base, err := p.frame(v, v.Base(title))
	base.Path = familiesPath
	return base, err
}

func familyURL(id string) string { return "/bureau/familles/" + url.PathEscape(id) }

func homesURL(pupil string) string { return pupilsPath + "/" + url.PathEscape(pupil) + "/foyers" }

// link writes a path of ours with its query; empty values are left out.
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

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func status(invalid *fault.Invalid) int {
	if invalid != nil {
		return 422
	}
	return 200
}
