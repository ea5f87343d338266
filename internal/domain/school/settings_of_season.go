package school

import (
	"context"
	"errors"
	"strings"
	"time"

	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Campaign is a season with its days and the dates of its campaign.
var Campaign = Group[Season]{Settings: campaign, whole: soundCampaign}

// FirstSeason is Campaign with the season's name: the season of a school that has none.
var FirstSeason = Group[Season]{
	Settings: append([]Setting[Season]{Required(Line("nom", "Nom de la saison", "2027-2028", 40, func(s *Season) *string { return &s.Name }))}, campaign...),
	whole:    soundCampaign,
}

var campaign = join(
	Under("Les cours",
		Required(day("debut", "Premier jour", "", func(s *Season) *string { return &s.StartsOn })),
		Required(day("fin", "Dernier jour", "", func(s *Season) *string { return &s.EndsOn })),
		day("date_ages", "Les âges se comptent le", "Vide"+french.Nbsp+": le 31 décembre de la première année.", func(s *Season) *string { return &s.AgesOn }),
	),
	Under("La campagne",
		Required(moment("ouverture", "Ouverture", "À cette minute les dossiers peuvent être envoyés.", false, func(s *Season) *time.Time { return &s.OpensAt })),
		moment("fermeture", "Clôture", "Sans heure"+french.Nbsp+": jusqu’à minuit. Vide"+french.Nbsp+": la campagne reste ouverte.", true, func(s *Season) *time.Time { return &s.ClosesAt }),
		moment("nouveaux", "Nouveaux élèves à partir du", "La pré-inscription s’ouvre ce jour-là. Vide"+french.Nbsp+": dès l’ouverture.", false, func(s *Season) *time.Time { return &s.NewcomersOpenAt }),
	),
	Under("Les listes d’attente",
		moment("liberation_partielle", "Ce qui n’est pas réglé est libéré le", "Les places d’une formule incomplète sont gardées jusque-là. Vide"+french.Nbsp+": clôture + 30 jours.", true, func(s *Season) *time.Time { return &s.PartialReleaseAt }),
		moment("fin_listes", "Listes d’attente closes le", "Plus aucune place n’est proposée ensuite"+french.Nbsp+"; ceux qui attendent sont prévenus.", true, func(s *Season) *time.Time { return &s.ListsEndAt }),
	),
	Under("Les cours attribués",
		moment("publication_cours", "Les familles les lisent à partir du", "Jour, heure, salle, enseignant et pôle. Vide"+french.Nbsp+": pas encore.", false, func(s *Season) *time.Time { return &s.CoursesPublishedAt }),
	),
)

// ComingCampaign is Campaign of a season that is prepared: from when families prepare it, too.
var ComingCampaign = Group[Season]{Settings: join(campaign, Under("Les familles", handsOver())), whole: func(s Season, c *fault.Check) {
	soundCampaign(s, c)
	soundHandOver(s, c)
}}

// CampaignOf is the group of settings that the season's form holds.
func CampaignOf(s Season) Group[Season] {
	if s.IsCurrent {
		return Campaign
	}
	return ComingCampaign
}

func handsOver() Setting[Season] {
	return moment("passage", "Les familles préparent à partir du", "", false, func(s *Season) *time.Time { return &s.HandsOverAt })
}

func soundHandOver(s Season, c *fault.Check) {
	c.That(s.HandsOverAt.IsZero() || !s.HandsOverAt.After(s.OpensAt), "passage", "Les familles préparent avant l’ouverture.")
}

// Preparation is what is asked of the season that comes next.
var Preparation = Group[Season]{Settings: join(
	Under("Les cours",
		Required(day("debut", "Premier", "", func(s *Season) *string { return &s.StartsOn })),
		Required(day("fin", "Dernier", "", func(s *Season) *string { return &s.EndsOn })),
	),
	Under("La campagne",
		Required(moment("ouverture", "Ouverture", "", false, func(s *Season) *time.Time { return &s.OpensAt })),
		Required(moment("fermeture", "Clôture", "", true, func(s *Season) *time.Time { return &s.ClosesAt })),
	),
	Under("",
		withHelp(handsOver(), "Vide"+french.Nbsp+": 14 jours avant l’ouverture."),
		moment("nouveaux", "Pré-inscriptions à partir du", "Vide"+french.Nbsp+": dès l’ouverture.", false, func(s *Season) *time.Time { return &s.NewcomersOpenAt }),
		moment("fin_listes", "Listes d’attente closes le", "", true, func(s *Season) *time.Time { return &s.ListsEndAt }),
	),
), whole: func(s Season, c *fault.Check) {
	soundCampaign(s, c)
	soundHandOver(s, c)
}}

func soundCampaign(s Season, c *fault.Check) {
	c.That(s.EndsOn > s.StartsOn, "fin", "Le dernier jour vient après le premier.")
	c.That(s.ClosesAt.IsZero() || s.ClosesAt.After(s.OpensAt), "fermeture", "La clôture vient après l’ouverture.")
	c.That(s.NewcomersOpenAt.IsZero() || !s.NewcomersOpenAt.Before(s.OpensAt), "nouveaux", "Les nouveaux élèves ne peuvent pas être envoyés avant l’ouverture.")
	c.That(s.NewcomersOpenAt.IsZero() || s.ClosesAt.IsZero() || s.NewcomersOpenAt.Before(s.ClosesAt), "nouveaux", "Cette date est après la clôture"+french.Nbsp+": les nouveaux élèves ne pourraient rien envoyer.")
	c.That(s.PartialReleaseAt.IsZero() || !s.PartialReleaseAt.Before(s.ClosesAt), "liberation_partielle", "Cette date est avant la clôture.")
	c.That(s.ListsEndAt.IsZero() || !s.ListsEndAt.Before(s.ClosesAt), "fin_listes", "Cette date est avant la clôture.")
}

// Settled fills in what follows from the other dates when it is left empty.
func (s Season) Settled() Season {
	if s.AgesOn == "" && len(s.StartsOn) >= 4 {
		s.AgesOn = s.StartsOn[:4] + "-12-31"
	}
	if s.PartialReleaseAt.IsZero() && !s.ClosesAt.IsZero() {
		s.PartialReleaseAt = s.ClosesAt.In(clock.Paris).AddDate(0, 0, 30).UTC()
	}
	return s
}

// SaveCampaign saves the days and the campaign of a season. Lists once ended do
// not begin again, and a closing that is put off is told anew.
func SaveCampaign(ctx context.Context, tx *db.Tx, e Edit, season string, typed map[string]string) ([]Difference, error) {
	now, err := SeasonByID(ctx, tx, season)
	if err != nil {
		return nil, err
	}
	e.Subject, e.Name = SeasonSubject(season), "Saison "+now.Name
	return CampaignOf(now).Apply(ctx, tx, e, now, typed, func(s Season) error {
		if !now.ListsEndedAt.IsZero() && !s.ListsEndAt.Equal(now.ListsEndAt) {
			return &fault.Invalid{Message: "Les listes d’attente sont closes.", Fields: []fault.Field{{Name: "fin_listes",
				Message: "Les listes d’attente sont closes depuis le " + french.Moment(now.ListsEndedAt) + " et leurs familles prévenues" + french.Nbsp + ": elles ne se rouvrent pas."}}}
		}
		if err := PutSeason(ctx, tx, s.Settled()); err != nil {
			return err
		}
		if !now.ClosedToldAt.IsZero() && !s.HasClosed(e.Now) {
			_, err := tx.Exec(ctx, `update season set closed_told_at = null where id = $1`, season)
			return changed(ctx, tx, err)
		}
		return nil
	})
}

// SeasonSubject is how the journal finds what changed of a season.
func SeasonSubject(season string) string { return "season:" + season }

// MakeFirstSeason makes the season of a school that has none; it is the current one.
func MakeFirstSeason(ctx context.Context, tx *db.Tx, e Edit, typed map[string]string) error {
	_, err := CurrentSeason(ctx, tx)
	if err == nil {
		return &fault.Conflict{Message: "L’école a déjà une saison" + french.Nbsp + ": rechargez la page."}
	}
	if !errors.Is(err, fault.ErrNotFound) {
		return err
	}
	id := db.NewID()
	e.Subject, e.Read = SeasonSubject(id), nil
	e.Name = "Saison " + strings.TrimSpace(typed["nom"])
	_, err = FirstSeason.Apply(ctx, tx, e, Season{ID: id}, typed, func(s Season) error { return PutSeason(ctx, tx, s.Settled()) })
	return err
}

// PublishCourses lets the families read their courses from now on, or no more
// when at is zero.
func PublishCourses(ctx context.Context, tx *db.Tx, e Edit, season string, at time.Time) error {
	if !e.Actor.MaySettle() {
		return fault.ErrForbidden
	}
	s, err := SeasonByID(ctx, tx, season)
	if err != nil {
		return err
	}
	line := journal.Line{Event: "courses.published", Subject: SeasonSubject(season), After: "Saison " + s.Name + french.Nbsp + ": cours publiés"}
	if at.IsZero() {
		line.Event, line.After = "courses.hidden", "Saison "+s.Name+french.Nbsp+": cours retirés de la vue des familles"
	}
	s.CoursesPublishedAt = at
	if err := PutSeason(ctx, tx, s); err != nil {
		return err
	}
	return journal.Append(ctx, tx, journal.By(e.Actor, e.Now, line))
}
