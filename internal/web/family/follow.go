package family

import (
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// dossiers are the household's, by pupil.
func (p *Pages) dossiers(v *door.Visit) (map[string]enrolment.Dossier, error) {
	return enrolment.DossiersOf(v.Ctx(), p.store, v.Actor, v.Actor.Household)
}

// followed says what an act has made of the household's dossiers since before:
// one that has got its rank, one that now lacks a paper. An error here costs
// the message alone, since what was done is done.
func (p *Pages) followed(v *door.Visit, before map[string]enrolment.Dossier) []ui.Flash {
	after, err := p.dossiers(v)
	if err != nil {
		return nil
	}
	pupils, err := p.pupils(v)
	if err != nil {
		return nil
	}
	var flashes []ui.Flash
	for _, pupil := range pupils {
		was, is := before[pupil.ID], after[pupil.ID]
		switch {
		case is.Household != v.Actor.Household:
		case is.Rank > 0 && is.Rank != was.Rank:
			text := "Il est complet depuis le " + french.MomentSecond(is.CompleteAt) + "."
			if v.School.RankShown {
				text += " C’est le " + french.Ordinal(is.Rank) + " dossier complet reçu."
			}
			flashes = append(flashes, ui.Flash{Kind: ui.MessageOK, Title: whose("Le dossier", "Votre dossier", called(pupil)) + " est complet", Text: text})
		case is.State == enrolment.PaperRefused && was.State != enrolment.PaperRefused:
			flashes = append(flashes, ui.Flash{
				Kind: ui.MessageTodo, Title: "Une pièce devient obligatoire pour " + whose("le dossier", "votre dossier", called(pupil)),
				Text: "Importez-la avant le " + french.Moment(is.HoldUntil) + colon + "jusque-là, le rang et les places sont conservés.",
			})
		}
	}
	return flashes
}
