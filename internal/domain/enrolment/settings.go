package enrolment

import (
	"context"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
)

// settings is what the school has laid down: the season, the catalogue, the
// papers asked. Each is read when it is first needed, and kept from one batch to
// the next, also when another machine's came in between: whoever writes one of
// them says so with school.Changed.
type settings struct {
	school    school.School
	season    school.Season
	catalogue *catalogue.Catalogue
	papers    []document.Paper
	means     map[string]bool // payment means that are debits
	rules     string          // id of the text in force that « J'accepte » accepts
}

// memory is what a registrar keeps between two batches.
type memory struct {
	moves    int64
	board    *Board
	settings settings
}

// goodFor tells whether nobody else, on any machine, has written since: every
// batch, and every change of the settings, moves the season on.
func (m memory) goodFor(lock seasonLock) bool {
	return m.board != nil && m.settings.season.ID == lock.ID && m.moves+1 == lock.Moves
}

// settingsNow reads the season anew, since another machine may have moved it,
// and keeps the rest when nobody has written any of it. The caller holds the
// season's row: no change of the settings can become durable meanwhile.
func (m memory) settingsNow(ctx context.Context, r db.Reader, season string) (s settings, err error) {
	now, err := school.SeasonByID(ctx, r, season)
	if err != nil {
		return s, err
	}
	if held := m.settings.season; held.ID == season && held.Settings == now.Settings {
		s = m.settings
	} else if s.school, err = school.Current(ctx, r); err != nil {
		return s, err
	}
	s.season = now
	return s, nil
}

func (u *unit) offer() (*catalogue.Catalogue, error) {
	if u.catalogue == nil {
		c, err := catalogue.Of(u.ctx, u.tx, u.season.ID)
		if err != nil {
			return nil, err
		}
		u.catalogue = &c
	}
	return u.catalogue, nil
}

// readPapers reads what the season asks.
func (u *unit) readPapers() error {
	if u.papers != nil {
		return nil
	}
	papers, err := document.Papers(u.ctx, u.tx, u.season.ID)
	if err != nil {
		return err
	}
	means, err := school.PaymentMeans(u.ctx, u.tx)
	if err != nil {
		return err
	}
	u.papers, u.means = papers, map[string]bool{}
	for _, m := range means {
		u.means[m.Code] = m.IsDebit
	}
	return nil
}

// textInForce is the id of the text that « J'accepte » accepts.
func (u *unit) textInForce() (string, error) {
	if u.rules == "" {
		text, err := currentText(u.ctx, u.tx)
		if err != nil {
			return "", err
		}
		u.rules = text.ID
	}
	return u.rules, nil
}
