package settings

import (
	"errors"
	"time"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// season is the one that the page is about: the current one, or the one named
// by ?saison=, for the season that is being prepared. fault.ErrNotFound without any.
func (p *Pages) season(v *door.Visit) (school.Season, error) {
	id := v.Query("saison")
	if id == "" {
		if v.Season.ID == "" {
			return v.Season, fault.ErrNotFound
		}
		return v.Season, nil
	}
	return school.SeasonByID(v.Ctx(), p.Store, id)
}

// of is a path about the season.
func of(path string, v *door.Visit, s school.Season) string {
	if s.ID == v.Season.ID {
		return path
	}
	return link(path, "saison", s.ID)
}

// Campaign shows the dates of the season; without any season, the form of the first one.
func (p *Pages) Campaign(v *door.Visit) error {
	season, err := p.season(v)
	if errors.Is(err, fault.ErrNotFound) && v.Season.ID == "" {
		return p.firstSeason(v, school.FirstSeason.Values(school.Season{}), nil)
	}
	if err != nil {
		return err
	}
	values := school.CampaignOf(season).Values(season)
	return p.campaignForm(v, season, values, values, nil, nil)
}

func (p *Pages) firstSeason(v *door.Visit, values map[string]string, invalid *fault.Invalid) error {
	page, err := p.page(v, campaignPath, "La première saison", invalid)
	if err != nil {
		return err
	}
	f := settingsForm{page: page, Title: "La première saison", Lead: "Ses jours et les dates de sa campagne. Les cours et les formules viennent ensuite.", Action: campaignPath,
		Rows: rowsOf(school.FirstSeason, values, invalid), Submit: "Créer la saison"}
	return v.Show(status(invalid, nil), settingsView(f))
}

func (p *Pages) campaignForm(v *door.Visit, season school.Season, read, values map[string]string, invalid *fault.Invalid, stale *school.Stale) error {
	title := "La campagne " + season.Name
	page, err := p.page(v, campaignPath, title, invalid)
	if err != nil {
		return err
	}
	next, prepared, err := p.otherSeason(v, season)
	if err != nil {
		return err
	}
	readers, err := enrolment.CoursesReaders(v.Ctx(), p.Store, season.ID)
	if err != nil {
		return err
	}
	side := campaignSide{Season: season, Now: v.Now, Words: campaignWords(season, v.Now), Readers: readers, Other: next, HasOther: prepared,
		PublishURL: of(campaignPath+"/publier-les-cours", v, season), HideURL: of(campaignPath+"/retirer-les-cours", v, season)}
	if prepared {
		side.OtherURL = of(campaignPath, v, next)
	}
	f := settingsForm{page: page, Title: title, Lead: "Toutes les heures sont celles de Paris.", Action: of(campaignPath, v, season), Rows: rowsOf(school.CampaignOf(season), values, invalid),
		Read: shownNow(read), Stale: stale, Submit: "Enregistrer", Side: campaignPanel(side)}
	return v.Show(status(invalid, stale), settingsView(f))
}

// otherSeason is the one that is prepared beside the current one, or the current one beside it.
func (p *Pages) otherSeason(v *door.Visit, season school.Season) (school.Season, bool, error) {
	if season.ID != v.Season.ID {
		return v.Season, true, nil
	}
	return school.NextSeason(v.Ctx(), p.Store)
}

type campaignSide struct {
	Season              school.Season
	Now                 time.Time
	Words               []string
	Readers             int64
	Other               school.Season
	HasOther            bool
	OtherURL            string
	PublishURL, HideURL string
}

func (s campaignSide) published() bool {
	return !s.Season.CoursesPublishedAt.IsZero() && !s.Now.Before(s.Season.CoursesPublishedAt)
}

// campaignWords says in sentences what the dates mean now.
func campaignWords(s school.Season, now time.Time) []string {
	var words []string
	switch {
	case s.BeforeOpening(now):
		words = append(words, "La campagne ouvre le "+french.Moment(s.OpensAt)+". Jusque-là les familles préparent leurs dossiers sans pouvoir les envoyer.")
	case s.HasClosed(now):
		words = append(words, "La campagne est close depuis le "+french.Moment(s.ClosesAt)+".")
	case s.ClosesAt.IsZero():
		words = append(words, "La campagne est ouverte, sans date de clôture.")
	default:
		words = append(words, "La campagne est ouverte jusqu’au "+french.Moment(s.ClosesAt)+".")
	}
	switch {
	case s.HasClosed(now):
	case s.TakesNewcomers(now):
		words = append(words, "Les nouveaux élèves peuvent être envoyés.")
	case s.NewcomersOpenAt.IsZero():
		words = append(words, "Les nouveaux élèves peuvent être envoyés dès l’ouverture.")
	default:
		words = append(words, "Les nouveaux élèves peuvent être envoyés à partir du "+french.Moment(s.NewcomersOpenAt)+", après les réinscriptions.")
	}
	switch {
	case !s.ListsEndedAt.IsZero():
		words = append(words, "Les listes d’attente sont closes depuis le "+french.Moment(s.ListsEndedAt)+".")
	case !s.ListsEndAt.IsZero():
		words = append(words, "Des places sont proposées aux listes d’attente jusqu’au "+french.Moment(s.ListsEndAt)+".")
	}
	return words
}

// SaveCampaign saves the dates, or makes the first season.
func (p *Pages) SaveCampaign(v *door.Visit) error {
	form, err := v.TypedForm(append(names(school.FirstSeason), "passage")...)
	if err != nil {
		return err
	}
	season, err := p.season(v)
	if errors.Is(err, fault.ErrNotFound) && v.Season.ID == "" {
		return p.makeFirstSeason(v, form)
	}
	if err != nil {
		return err
	}
	given, err := typed(school.CampaignOf(season), form)
	e := p.edit(v, form)
	var changes []school.Difference
	if err == nil {
		err = p.Store.Write(v.Ctx(), func(tx *db.Tx) error {
			changes, err = school.SaveCampaign(v.Ctx(), tx, e, season.ID, given)
			return err
		})
	}
	invalid, stale, err := outcome(err)
	switch {
	case err != nil:
		return err
	case stale != nil:
		return p.campaignForm(v, season, stale.Now, merged(e.Read, given, stale), nil, stale)
	case invalid != nil:
		read := e.Read
		if read == nil {
			read = school.CampaignOf(season).Values(season)
		}
		return p.campaignForm(v, season, read, given, invalid, nil)
	}
	return v.Redirect(of(campaignPath, v, season), changesWords(changes))
}

func (p *Pages) makeFirstSeason(v *door.Visit, form door.Form) error {
	given, err := typed(school.FirstSeason, form)
	if err == nil {
		err = p.Store.Write(v.Ctx(), func(tx *db.Tx) error {
			return school.MakeFirstSeason(v.Ctx(), tx, p.edit(v, form), given)
		})
	}
	if invalid, ok := door.AsInvalid(err); ok {
		return p.firstSeason(v, given, invalid)
	}
	if err != nil {
		return err
	}
	return v.Redirect(campaignPath, done("La saison est créée", "Il reste à dire les formules, les cours et les pièces demandées."))
}

// PublishCourses lets families read their courses from now on.
func (p *Pages) PublishCourses(v *door.Visit) error {
	season, err := p.publish(v, p.Clock.Now())
	if err != nil {
		return err
	}
	return v.Redirect(of(campaignPath, v, season), ui.Flash{Kind: ui.MessageOK, Title: "Les cours sont publiés", Text: "Les familles les lisent dans « Cours ».", UndoURL: of(campaignPath+"/retirer-les-cours", v, season)})
}

// HideCourses takes that back.
func (p *Pages) HideCourses(v *door.Visit) error {
	season, err := p.publish(v, time.Time{})
	if err != nil {
		return err
	}
	return v.Redirect(of(campaignPath, v, season), done("Les cours ne sont plus montrés", "Les familles lisent « Aucun cours attribué »."))
}

func (p *Pages) publish(v *door.Visit, at time.Time) (school.Season, error) {
	season, err := p.season(v)
	if err != nil {
		return season, err
	}
	e := school.Edit{Actor: v.Actor, Now: p.Clock.Now()}
	return season, p.Store.Write(v.Ctx(), func(tx *db.Tx) error { return school.PublishCourses(v.Ctx(), tx, e, season.ID, at) })
}
