package family

import (
	"slices"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type papersPage struct {
	ui.Base
	Tabs     []ui.Tab
	Season   string
	Title    string // of the yellow message, "" when nothing is awaited
	Text     []string
	Papers   []enrolment.PaperStatus
	ImportOf func(enrolment.PaperStatus) string
}

// ShowPapers shows the household's papers and what it handed in (R13).
func (p *Pages) ShowPapers(v *door.Visit) error {
	papers, err := p.householdPapers(v)
	if err != nil {
		return err
	}
	papers = requiredFirst(papers)
	page := papersPage{Base: v.Base("Famille, documents fournis"), Season: v.Season.Name, Papers: papers}
	page.Wide = true
	page.ImportOf = func(s enrolment.PaperStatus) string { return importPath(s, "", "") }
	page.Tabs = tabsOf(papers, 1)
	var awaited int64
	for _, paper := range papers {
		if toProvide(paper) {
			awaited++
			if paper.Paper.Consequence != "" {
				page.Text = append(page.Text, paper.Paper.Consequence)
			}
		}
	}
	if awaited > 0 {
		page.Title = french.Count(awaited, "document attendu", "documents attendus")
		if closes := v.Season.ClosesAt; !closes.IsZero() && !v.Season.HasClosed(v.Now) {
			page.Title += " avant le " + french.Day(closes)
		}
	}
	return v.Show(200, papersView(page))
}

// requiredFirst puts what the rank needs before the rest.
func requiredFirst(papers []enrolment.PaperStatus) []enrolment.PaperStatus {
	sorted := slices.Clone(papers)
	slices.SortStableFunc(sorted, func(a, b enrolment.PaperStatus) int {
		switch {
		case a.Paper.Required == b.Paper.Required:
			return 0
		case a.Paper.Required:
			return -1
		default:
			return 1
		}
	})
	return sorted
}

func (p *Pages) householdPapers(v *door.Visit) ([]enrolment.PaperStatus, error) {
	return enrolment.HouseholdPapers(v.Ctx(), p.store, v.Actor, v.Actor.Household)
}

// blankOf is the address of the paper's blank or pre-filled form, "" without one.
func blankOf(p document.Paper, pupil string) string {
	switch {
	case p.Template == "mandate":
		return "/famille/mandat.pdf"
	case p.Template == "pedagogical" && pupil != "":
		return wizardPath(pupil) + "/formulaire.pdf"
	default:
		return ""
	}
}
