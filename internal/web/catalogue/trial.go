package catalogue

import (
	"errors"
	"strconv"

	taught "pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// The fields of « Essayer pour un élève ».
const (
	trialPupil      = "essai_eleve"
	trialChosen     = "essai_choisi"
	trialAge        = "essai_age"
	trialLevel      = "essai_niveau"
	trialBeginner   = "essai_debutant"
	trialInstrument = "essai_instrument"
	trialSite       = "essai_pole"
)

// trialFields are what was typed in the panel.
type trialFields struct {
	Pupil, Chosen, Age, Level, Beginner, Instrument, Site string
}

func readTrial(form door.Form) trialFields {
	return trialFields{form.Value(trialPupil), form.Value(trialChosen), form.Value(trialAge), form.Value(trialLevel),
		form.Value(trialBeginner), form.Value(trialInstrument), form.Value(trialSite)}
}

// trial is what a pupil, known or imagined, could choose in the formula as it
// is composed: judged by the family's own code, and kept nowhere.
type trial struct {
	trialFields
	Found   []people.Hit // pupils of that name
	Nobody  bool         // no pupil has it
	Name    string       // of the known pupil
	Facts   taught.Pupil
	Sites   []taught.Site
	Result  *taught.Trial
	Places  map[string]enrolment.Places
	AgesDay string
}

func (p *Pages) try(v *door.Visit, offer taught.Catalogue, programme taught.Programme, f trialFields) (trial, error) {
	t := trial{trialFields: f, Sites: offer.Sites, AgesDay: v.Season.AgesOn}
	if offer.SiteName(t.Site) == "" && len(offer.Sites) > 0 {
		t.Site = offer.Sites[0].ID
	}
	asked, err := p.pupilOf(v, &t)
	if err != nil || !asked {
		return t, err
	}
	if t.Places, err = enrolment.PlacesNow(v.Ctx(), p.store, v.Season); err != nil {
		return t, err
	}
	result := offer.Try(programme, t.Facts, t.Site)
	t.Result = &result
	return t, nil
}

// pupilOf finds the facts to judge: those of a known pupil, or as imagined.
func (p *Pages) pupilOf(v *door.Visit, t *trial) (asked bool, err error) {
	if t.Pupil == "" {
		age, err := strconv.Atoi(t.Age)
		if err != nil || age < 0 || age > 120 {
			age = -1
		}
		t.Facts = taught.Pupil{Age: age, Level: t.Level, Beginner: t.Beginner, HasInstrument: t.Instrument != ""}
		return age >= 0 || t.Level != "", nil
	}
	hits, err := people.Search(v.Ctx(), p.store, v.Actor, report.Only(v.Actor), t.Pupil, 8)
	if err != nil {
		return false, err
	}
	for _, h := range hits {
		if h.PupilID != "" {
			t.Found = append(t.Found, h)
		}
	}
	if len(t.Found) == 0 {
		t.Nobody = true
		return false, nil
	}
	pupil := t.Found[0].PupilID
	for _, h := range t.Found {
		if h.PupilID == t.Chosen {
			pupil = h.PupilID
		}
	}
	t.Chosen = pupil
	r, err := enrolment.RegistrationOf(v.Ctx(), p.store, v.Actor, pupil)
	if errors.Is(err, fault.ErrNotFound) {
		t.Nobody = true
		return false, nil
	}
	t.Name, t.Facts = r.Pupil.FullName(), r.Facts
	return err == nil, err
}

// factsWords says what the rules know of the pupil.
func (t trial) factsWords() string {
	var s string
	if t.Facts.Age >= 0 {
		s = french.Count(int64(t.Facts.Age), "an", "ans") + " le " + french.CivilDate(t.AgesDay)
	} else {
		s = "âge inconnu"
	}
	if t.Facts.Level != "" {
		s += " · " + school.Level(t.Facts.Level).French() + " à la rentrée"
	} else {
		s += " · niveau inconnu"
	}
	switch {
	case t.Facts.HasInstrument:
		s += " · un instrument cette année, donc non débutant"
	case t.Facts.Beginner == "yes":
		s += " · débutant"
	case t.Facts.Beginner == "no":
		s += " · non débutant"
	}
	return s
}

// asks says how many courses the pupil chooses.
func (t trial) asks() string {
	var lines []taught.Line
	for _, l := range t.Result.Lines {
		if l.Asked {
			l.Levels = nil
			lines = append(lines, l.Line)
		}
	}
	return taught.Counts(lines)
}

func (t trial) siteOptions() []ui.Option {
	var all []ui.Option
	for _, s := range t.Sites {
		all = append(all, ui.Option{Value: s.ID, Label: s.Name})
	}
	return all
}

func (t trial) foundOptions() []ui.Option {
	var all []ui.Option
	for _, h := range t.Found {
		all = append(all, ui.Option{Value: h.PupilID, Label: h.Title})
	}
	return all
}

func trialLevels() []ui.Option {
	all := []ui.Option{{Value: "", Label: "inconnu"}}
	for _, l := range school.Levels {
		all = append(all, ui.Option{Value: string(l), Label: l.French()})
	}
	return all
}

// placesOf says what a family would read beside the course.
func (t trial) placesOf(o taught.Option) string {
	p := t.Places[enrolment.OfferingID(o.Course.ID, o.Semester)]
	switch {
	case p.Left() > 0:
		return french.Count(p.Left(), "place", "places")
	case p.Waiting > 0:
		return itoa(p.Waiting) + " en attente"
	default:
		return "complet"
	}
}

func (t trial) isFull(o taught.Option) bool {
	return t.Places[enrolment.OfferingID(o.Course.ID, o.Semester)].Left() <= 0
}

// here are the courses of the site tried that the pupil cannot choose.
func (t trial) here(l taught.TrialLine) []taught.Refusal { return t.refused(l, true) }

// away are those of the other sites.
func (t trial) away(l taught.TrialLine) []taught.Refusal { return t.refused(l, false) }

func (t trial) refused(l taught.TrialLine, here bool) []taught.Refusal {
	var all []taught.Refusal
	for _, r := range l.Refused {
		if (r.Course.SiteID == t.Site) == here {
			all = append(all, r)
		}
	}
	return all
}
