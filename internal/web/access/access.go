// Package access is the door of who may come in: the first installation, one's
// own account, and for the administration the staff's accounts.
package access

import (
	"pupitre/internal/domain/account"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

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
	return []door.Route{
		door.Get("/installation/{token}", door.Public, door.Everyone, "install.form", p.InstallForm),
		door.Post("/installation/{token}", door.Public, door.Everyone, "install", p.Install),
	}
}

// refused splits an error: what a form shows again, or what goes up.
func refused(err error) (*fault.Invalid, error) {
	if invalid, ok := door.AsInvalid(err); ok {
		return invalid, nil
	}
	return nil, err
}
