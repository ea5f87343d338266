package office

import (
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type journalPage struct {
	ui.Base
	D     enrolment.Dossier
	Pupil people.Pupil
	Lines []journal.Line
}

// preparingMonths is how long before the opening families may hand papers in
// for the season.
const preparingMonths = 3

// Journal shows what happened to a dossier: who, when, from, to, why (R34).
func (p *Pages) Journal(v *door.Visit) error {
	page, err := p.journal(v)
	if err != nil {
		return err
	}
	return v.Show(200, dossierJournal(page))
}

// naming has each line that concerns a pupil begin with its name.
func (p *Pages) naming(v *door.Visit, lines []journal.Line) ([]journal.Line, error) {
	ids := make([]string, len(lines))
	for i, l := range lines {
		ids[i] = l.Pupil
	}
	pupils, err := people.PupilsByID(v.Ctx(), p.Store, ids)
	for i, l := range lines {
		if pupil, ok := pupils[l.Pupil]; ok {
			lines[i].After = pupil.FullName() + " – " + or(l.After, eventWords(l.Event))
		}
	}
	return lines, err
}

func (p *Pages) journal(v *door.Visit) (page journalPage, err error) {
	if page.D, err = enrolment.DossierByID(v.Ctx(), p.Store, v.Actor, v.PathValue("id")); err != nil {
		return page, err
	}
	if page.Pupil, _, err = people.PupilOf(v.Ctx(), p.Store, v.Actor, page.D.Pupil); err != nil {
		return page, err
	}
	since := v.Season.OpensAt
	if !since.IsZero() {
		since = since.AddDate(0, -preparingMonths, 0)
	}
	if page.Lines, err = journal.AboutDossier(v.Ctx(), p.Store, page.D.ID, page.D.Household, page.D.Pupil, since); err != nil {
		return page, err
	}
	page.Base, err = p.base(v, "Journal, "+page.D.Label())
	return page, err
}
