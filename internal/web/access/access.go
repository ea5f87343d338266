// Package access is the door of who may come in: the first installation, one's
// own account, and for the administration the staff's accounts.
package access

import (
	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// The tab « Droits et comptes » of « Réglages ».
const rightsPath = "/bureau/reglages/droits"

// Frame completes what the office's pages have in common: its menu, its search.
type Frame func(v *door.Visit, base ui.Base) (ui.Base, error)

// Pages answers the routes.
type Pages struct {
	store    *db.Store
	accounts *account.Accounts
	frame    Frame
}

// New makes the pages; frame is the office's.
func New(store *db.Store, accounts *account.Accounts, frame Frame) *Pages {
	return &Pages{store: store, accounts: accounts, frame: frame}
}

// Routes is this door's part of the site map.
func (p *Pages) Routes() []door.Route {
	staff := func(method, path, name string, h door.Handler) door.Route {
		return door.Route{Method: method, Path: rightsPath + path, Audience: door.Office, Right: actor.Accounts, Asks: actor.Changes, Name: "access." + name, Handler: h}
	}
	return append(p.factorRoutes(), []door.Route{
		door.Get("/installation/{token}", door.Public, actor.Everybody, "install.form", p.InstallForm),
		door.Post("/installation/{token}", door.Public, actor.Everybody, "install", p.Install),

		door.Get("/mon-compte", door.Public, actor.OwnAccount, "own", p.Own),
		door.Post("/mon-compte/sessions/{session}/fermer", door.Public, actor.OwnAccount, "own.end-session", p.EndOwnSession),

		door.Get(rightsPath, door.Office, actor.Accounts, "access.rights", p.Rights),
		staff("GET", "/nouveau", "new-account", p.NewAccount),
		staff("POST", "/nouveau", "create-account", p.CreateAccount),
		staff("GET", "/{account}", "account", p.Account),
		staff("POST", "/{account}", "save-account", p.SaveAccount),
		staff("POST", "/{account}/desactiver", "disable", p.Disable),
		staff("POST", "/{account}/reactiver", "enable", p.Enable),
		staff("POST", "/{account}/sessions", "end-sessions", p.EndSessions),
		staff("POST", "/{account}/invitation", "invite", p.Invite),
		staff("POST", "/{account}/second-facteur", "reset-factor", p.ResetFactor),
		staff("POST", "/second-facteur", "require-factor", p.Require),
	}...)
}

// base is the frame of a page of « Droits et comptes ».
func (p *Pages) base(v *door.Visit, title string) (ui.Base, error) {
	base, err := p.frame(v, v.Base(title))
	base.Path = rightsPath
	return base, err
}
