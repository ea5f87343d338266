package merge

import (
	"context"
	"fmt"
	"slices"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// Obstacle is why two households cannot be made one as they stand, and what to
// do about it, where.
type Obstacle struct {
	Text string
	Do   string // « Voir ses changements », "" when the answer is on the preview itself
	At   Place
	ID   string // of what At names
}

// Place is where an obstacle is removed.
type Place string

// The places where an obstacle is removed.
const (
	OnPreview   Place = ""
	AtHousehold Place = "household"
	AtPupil     Place = "pupil" // the pupil's households
	AtDossier   Place = "dossier"
	AtQueue     Place = "applications"
)

func (v *Preview) stop(o Obstacle) { v.Obstacles = append(v.Obstacles, o) }

// hinder lists what stands in the way of the choice.
func (v *Preview) hinder(ctx context.Context, r db.Reader, by actor.Actor, w words) error {
	if v.season.ID == "" {
		v.stop(Obstacle{Text: "L’école n’a pas encore de saison" + french.Nbsp + ": créez la première avant de fusionner des foyers."})
	}
	for _, s := range []Side{v.Kept, v.Lost} {
		if s.Candidate {
			v.stop(Obstacle{Text: "Le foyer " + s.Name() + " vient d’une pré-inscription qui attend votre réponse.", Do: "Rattachez-la au foyer connu depuis les pré-inscriptions", At: AtQueue})
		}
		if s.ToSee > 0 {
			v.stop(Obstacle{Text: "Le foyer " + s.Name() + " a " + french.Count(int64(s.ToSee), "changement", "changements") + " à vérifier.", Do: "Vérifiez-les d’abord sur sa page", At: AtHousehold, ID: s.ID})
		}
	}
	shared, err := people.Shared(ctx, r, v.Kept.ID, v.Lost.ID)
	if err != nil {
		return err
	}
	for _, p := range shared {
		v.stop(Obstacle{Text: p.FullName() + " est dans les deux foyers, dont chacun ne lit rien de l’autre (parents séparés)" + french.Nbsp + ": ils ne se fusionnent pas.",
			Do: "Si c’est bien un seul foyer, détachez d’abord " + p.FirstName + " de l’un des deux", At: AtPupil, ID: p.ID})
	}
	if n := len(v.union.Merged(v.Kept.Household, v.Lost.Household).Guardians); n > people.MaxGuardians {
		v.stop(Obstacle{Text: fmt.Sprintf("Il y aurait %d responsables, et un foyer en a %d au plus"+french.Nbsp+": dites ci-dessous lesquels sont une même personne.", n, people.MaxGuardians)})
	}
	return v.hinderTwins(ctx, r, by)
}

func (v *Preview) hinderTwins(ctx context.Context, r db.Reader, by actor.Actor) error {
	for _, t := range v.Twins {
		switch {
		case t.Said == "":
			v.stop(Obstacle{Text: t.Kept.FullName() + " est dans les deux foyers sous deux fiches" + french.Nbsp + ": dites ci-dessous si c’est un seul enfant."})
			continue
		case t.Said == Apart && v.sameAdult(t.Kept, t.Lost):
			v.stop(Obstacle{Text: t.Kept.FullName() + " est son propre responsable" + french.Nbsp + ": si les responsables sont une même personne, l’élève l’est aussi."})
			continue
		case t.Said == Apart:
			continue
		case t.Lost.GuardianID != "" && t.Kept.GuardianID != "" && !v.sameAdult(t.Kept, t.Lost):
			v.stop(Obstacle{Text: t.Kept.FullName() + " est son propre responsable" + french.Nbsp + ": dites aussi que les responsables sont une même personne."})
			continue
		}
		if err := v.hinderTwin(ctx, r, by, t); err != nil {
			return err
		}
	}
	return nil
}

func (v *Preview) hinderTwin(ctx context.Context, r db.Reader, by actor.Actor, t Twin) error {
	homes, err := people.HouseholdsOfEach(ctx, r, by, []string{t.Kept.ID, t.Lost.ID})
	if err != nil {
		return err
	}
	all := map[string]bool{}
	for _, h := range append(homes[t.Kept.ID], homes[t.Lost.ID]...) {
		if h.ID != v.Lost.ID {
			all[h.ID] = true
		}
	}
	if t.Kept.GuardianID+t.Lost.GuardianID != "" && len(all) > 1 {
		v.stop(Obstacle{Text: t.Kept.FullName() + " est son propre responsable, et aurait deux foyers" + french.Nbsp + ": un élève adulte n’en a qu’un.", Do: "Détachez-le d’abord de l’un d’eux", At: AtPupil, ID: t.Kept.ID})
	}
	if len(all) > people.MostHouseholds {
		v.stop(Obstacle{Text: t.Kept.FullName() + " aurait trois foyers, et un élève en a deux au plus.", Do: "Détachez-le d’abord de l’un d’eux", At: AtPupil, ID: t.Lost.ID})
	}
	dossiers, err := enrolment.DossiersOfEverySeason(ctx, r, by, []string{t.Kept.ID, t.Lost.ID})
	if err != nil {
		return err
	}
	for _, d := range dossiers {
		i := slices.IndexFunc(dossiers, func(o enrolment.Dossier) bool { return o.Season == d.Season && o.Pupil == t.Kept.ID })
		if d.Pupil != t.Lost.ID || i < 0 {
			continue
		}
		switch other := dossiers[i]; {
		case other.Untouched() && !d.Untouched():
			v.Drafts = append(v.Drafts, other)
		case d.Untouched():
			v.Drafts = append(v.Drafts, d)
		case d.Season == v.season.ID:
			v.stop(Obstacle{Text: "Les deux foyers ont un dossier pour " + t.Kept.FullName() + french.Nbsp + ": " + other.Label() + ", " + other.State.French() + ", et " + d.Label() + ", " + d.State.French() + ". Un élève n’en a qu’un par saison, et chacun garde son rang.",
				Do: "Faites renoncer à l’un des deux, puis fusionnez en laissant deux fiches", At: AtDossier, ID: d.ID})
		default:
			v.stop(Obstacle{Text: t.Kept.FullName() + " a un dossier dans chaque foyer pour une saison passée (" + other.Label() + " et " + d.Label() + ")" + french.Nbsp + ": gardez deux fiches."})
		}
	}
	return nil
}

// wouldLack stops what would make a dossier complete, or take it back from the
// office: neither is a merge's to do.
func (v *Preview) wouldLack(w words, current, stand []document.Deposit) error {
	merged := v.union.Merged(v.Kept.Household, v.Lost.Household)
	after := v.reunion.HeldOf(stand, v.season.ID)
	before := document.Reunion{Standing: w.standing}.HeldOf(current, v.season.ID)
	for _, s := range []Side{v.Kept, v.Lost} {
		for _, d := range s.Dossiers {
			if d.Season != v.season.ID {
				continue
			}
			was := w.Lacked(d, s.Household, before)
			if to, other := v.union.Becomes[d.Pupil]; other {
				d.Pupil = to
			}
			if why := enrolment.MissingTurns(d.Label(), was, w.Lacked(d, merged, after)); why != "" {
				v.stop(Obstacle{Text: why + " Une fusion ne donne pas de rang et n’en met pas en jeu.",
					Do: "Choisissez d’autres moyens de paiement ci-dessous, ou déposez la pièce pour ce foyer, puis fusionnez", At: AtDossier, ID: d.ID})
			}
		}
	}
	return nil
}
