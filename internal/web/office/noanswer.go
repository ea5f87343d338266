package office

import (
	"pupitre/internal/domain/report"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type noAnswerPage struct {
	ui.Base
	Rows  []report.Silent
	Total int64
	Page  int64
}

const silentPage = 100

func (n noAnswerPage) pager() ui.Pager {
	return pager(n.Page, silentPage, n.Total, func(page string) string { return link("/bureau/sans-reponse", "page", page) })
}

// NoAnswer lists the pupils of whom nothing was heard (R20b).
func (p *Pages) NoAnswer(v *door.Visit) error {
	base, err := p.base(v, "Sans réponse")
	if err != nil {
		return err
	}
	page := noAnswerPage{Base: base, Page: pageNumber(v)}
	if page.Total, err = p.counter.NoAnswerCount(v.Ctx(), p.Store, v.Actor, v.Season); err != nil {
		return err
	}
	page.Page = min(page.Page, max((page.Total+silentPage-1)/silentPage, 1))
	if page.Rows, err = report.NoAnswer(v.Ctx(), p.Store, v.Actor, v.Season.ID, silentPage, (page.Page-1)*silentPage); err != nil {
		return err
	}
	return v.Show(200, noAnswer(page))
}
