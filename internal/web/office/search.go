package office

import (
	"pupitre/internal/domain/report"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type searchPage struct {
	ui.Base
	report.Found
}

const mostHits = 30

// Search finds families, pupils and dossiers.
func (p *Pages) Search(v *door.Visit) error {
	base, err := p.base(v, "Familles et élèves")
	if err != nil {
		return err
	}
	base.Office.Query = v.Query("q")
	page := searchPage{Base: base}
	if base.Office.Query != "" {
		if page.Found, err = report.Search(v.Ctx(), p.Store, v.Actor, v.Season.ID, base.Office.Query, mostHits); err != nil {
			return err
		}
	}
	return v.Show(200, search(page))
}
