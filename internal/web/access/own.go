package access

import (
	"net/http"

	"github.com/a-h/templ"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/trail"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const ownPath = "/mon-compte"

type ownPage struct {
	ui.Base
	Frame    func(ui.Base) templ.Component
	Who      actor.Actor
	Sessions []account.OwnSession
	Factors  []account.Factor
	Codes    int64 // recovery codes that have not served
}

// Own is « Mon compte »: where one is signed in.
func (p *Pages) Own(v *door.Visit) error {
	base, frame, err := p.ownFrame(v, "Mon compte")
	if err != nil {
		return err
	}
	page := ownPage{Base: base, Frame: frame, Who: v.Actor}
	if page.Sessions, err = p.accounts.OwnSessions(v.Ctx(), v.Actor, v.SessionToken()); err != nil {
		return err
	}
	if v.Actor.IsStaff() {
		if page.Factors, err = account.Factors(v.Ctx(), p.store, v.Actor.Account); err != nil {
			return err
		}
		if page.Codes, err = account.CodesLeft(v.Ctx(), p.store, v.Actor.Account); err != nil {
			return err
		}
	}
	return v.Show(http.StatusOK, own(page))
}

// ownFrame is the frame of the visitor's own pages: that of his audience.
func (p *Pages) ownFrame(v *door.Visit, title string) (ui.Base, func(ui.Base) templ.Component, error) {
	base := v.Base(title)
	switch {
	case v.Limited:
		return base, ui.PlainPage, nil
	case v.Actor.Role == actor.Family:
		return base, ui.FamilyPage, nil
	case v.Actor.IsOffice():
		base, err := p.frame(v, base)
		return base, ui.OfficePage, err
	default:
		return base, ui.PlainPage, nil
	}
}

// EndOwnSession ends one of the visitor's own sessions.
func (p *Pages) EndOwnSession(v *door.Visit) error {
	if err := p.accounts.EndSession(v.Ctx(), v.Actor, v.PathValue("session")); err != nil {
		return err
	}
	v.NoteSession(v.Actor, trail.SignedOut, "une autre session, fermée à distance")
	return v.Redirect(ownPath, door.Done("La session est fermée."))
}
