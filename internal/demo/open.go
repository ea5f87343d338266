package demo

import (
	"errors"
	"strings"

	"pupitre/internal/domain/account"
)

// openFamily signs the family in for the first time as families do: « Mot de
// passe perdu », the mailed password, then one of its own.
func (s *seeding) openFamily() error {
	f := s.byLogin(Family)
	const address = "127.0.0.1"
	if err := s.accounts.Recover(s.ctx, f.login, f.household.Emails()[0], address); err != nil {
		return err
	}
	for range 2 { // the answer, then the mail it enqueues
		if err := s.runJobs(); err != nil {
			return err
		}
	}
	mailed, err := s.mailedPassword()
	if err != nil {
		return err
	}
	opened, err := s.accounts.SignIn(s.ctx, f.login, mailed, address)
	if err != nil {
		return err
	}
	var chosen account.Opened
	if chosen, err = s.accounts.SetFirstPassword(s.ctx, opened.Token, FamilyPassword); err != nil {
		return err
	}
	return s.accounts.SignOut(s.ctx, chosen.Token)
}

func (s *seeding) mailedPassword() (string, error) {
	for _, m := range s.Outbox.Last() {
		for line := range strings.Lines(m.Text) {
			if password, ok := strings.CutPrefix(strings.TrimSpace(line), "Mot de passe : "); ok {
				return password, nil
			}
		}
	}
	return "", errors.New("no mail carries a password")
}
