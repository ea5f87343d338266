package demo

import (
	"time"

	"pupitre/internal/domain/message"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
)

// writeToFamilies has the secretariat write, yesterday morning, to the families
// whose dossier is in.
func (s *seeding) writeToFamilies() error {
	day := s.Now.In(clock.Paris).AddDate(0, 0, -1)
	s.clock.Set(time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, clock.Paris))
	rules, err := school.Current(s.ctx, s.Store)
	if err != nil {
		return err
	}
	to := report.Selection{List: report.ListDossiers, Filter: report.Filter{Group: report.Ranked}}
	targets, err := report.Targets(s.ctx, s.Store, s.secretary, s.season, to)
	if err != nil {
		return err
	}
	if _, err := message.New(s.Store, s.clock).Plan(s.ctx, s.secretary, s.season, rules, message.Typed{
		Subject: "Le dossier de {prénom de l’élève} est complet : la suite", Selection: to, ByMail: true, InPortal: true,
		Body: "Bonjour {responsable},\n\nMerci d’avoir envoyé le dossier de {prénom de l’élève}. Le secrétariat vérifie les pièces dans l’ordre d’arrivée ; vous recevrez un message pour chaque réponse.\n\n{lien du portail}\n\nLe secrétariat",
	}, s.clock.Now(), int64(len(targets))); err != nil {
		return err
	}
	return s.runJobs()
}
