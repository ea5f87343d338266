package family

import (
	"errors"

	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type addressPage struct {
	ui.Base
	Address string // "" when the link is of no use
	Action  string
	Done    bool
	Phone   string
}

// ShowAddress is the page that the mail's link opens: only its button acts,
// since scanners follow links (R11).
func (p *Pages) ShowAddress(v *door.Visit) error {
	page := addressPage{Base: v.Base("Confirmer votre adresse mail"), Action: v.R.URL.Path, Phone: v.School.Phone}
	address, err := people.EmailToConfirm(v.Ctx(), p.store, v.Now, v.PathValue("token"))
	if errors.Is(err, fault.ErrNotFound) {
		return v.Show(404, addressView(page))
	}
	if err != nil {
		return err
	}
	page.Address = address
	return v.Show(200, addressView(page))
}

// ConfirmAddress makes the new address count.
func (p *Pages) ConfirmAddress(v *door.Visit) error {
	page := addressPage{Base: v.Base("Adresse mail confirmée"), Done: true, Phone: v.School.Phone}
	err := p.store.Write(v.Ctx(), func(tx *db.Tx) (err error) {
		page.Address, err = people.ConfirmEmail(v.Ctx(), tx, v.Now, v.PathValue("token"))
		return err
	})
	if errors.Is(err, fault.ErrNotFound) {
		page.Base, page.Address, page.Done = v.Base("Confirmer votre adresse mail"), "", false
		return v.Show(404, addressView(page))
	}
	if err != nil {
		return err
	}
	return v.Show(200, addressView(page))
}
