package office

import (
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type searchPage struct {
	ui.Base
	report.Found
}

const mostHits = 30

// said is how many answers there are, for who does not see them come.
func (s searchPage) said() string {
	if s.Office.Query == "" {
		return ""
	}
	return french.Count(int64(len(s.Families)), "famille", "familles") + ", " + french.Count(int64(len(s.Pupils)), "élève", "élèves")
}

// Search finds families, pupils and dossiers.
func (p *Pages) Search(v *door.Visit) error {
	base, err := p.base(v, "Familles et élèves")
	if err != nil {
		return err
	}
	base.Path, base.Office.Query = familiesPath, v.Query("q")
	page := searchPage{Base: base}
	if base.Office.Query != "" {
		if page.Found, err = report.Search(v.Ctx(), p.Store, v.Actor, v.Season.ID, base.Office.Query, mostHits); err != nil {
			return err
		}
	}
	return v.Show(200, search(page))
}
