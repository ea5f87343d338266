package family

import (
	"strconv"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/choosing"
	"pupitre/internal/web/door"
)

// fullCourse is a course of the draft that has no place left.
type fullCourse struct {
	Title   string
	Waits   string // « Complet : vous serez n° 3 en liste d’attente »
	Instead string // where the same title has places, "" when nowhere (R28)
}

// full finds, by offering, the courses of the draft that have no place left.
func (p *Pages) full(v *door.Visit, r enrolment.Registration) (map[string]fullCourse, error) {
	if r.Dossier.OnPaperForm || len(r.Dossier.Choice) == 0 {
		return nil, nil
	}
	places, err := enrolment.PlacesLeft(v.Ctx(), p.store, r.Season)
	if err != nil {
		return nil, err
	}
	all := map[string]fullCourse{}
	for _, w := range r.Dossier.Choice {
		course, ok := r.Catalogue.Course(w.Course)
		at := places[choosing.WishValue(w)]
		if !ok || at.Left() > 0 {
			continue
		}
		all[choosing.WishValue(w)] = fullCourse{
			Title:   enrolment.RequestView{Title: course.Title, Semester: w.Semester}.FullTitle(),
			Waits:   waits(at),
			Instead: instead(r, w, course, places),
		}
	}
	return all, nil
}

func waits(p enrolment.Places) string {
	return "Complet" + colon + "vous serez n° " + strconv.FormatInt(p.Waiting+1, 10) + " en liste d’attente"
}

// instead names a course of the same title that has places: at the same pole,
// or at another one where the pupil can take all that the formule demands.
func instead(r enrolment.Registration, w catalogue.Wish, full catalogue.Course, places map[string]enrolment.Places) string {
	for _, line := range r.Catalogue.ChoicesFor(r.Programme, r.Facts) {
		for _, o := range line.Options {
			left := places[enrolment.OfferingID(o.Course.ID, o.Semester)].Left()
			if o.Course.ID == full.ID || o.Semester != w.Semester || left <= 0 || french.Fold(o.Course.Title) != french.Fold(full.Title) {
				continue
			}
			where := joinNonEmpty(", ", r.Catalogue.SiteName(o.Course.SiteID), o.Course.Slot())
			text := "Le même cours a " + french.Count(left, "place libre", "places libres") + " au " + lower(where) + "."
			switch {
			case o.Course.SiteID == full.SiteID:
				return text
			case r.Catalogue.FillableAt(r.Programme, r.Facts, o.Course.SiteID):
				return text + " Tous les cours d’un même élève ont lieu sur un seul pôle" + colon + "il faudrait les y prendre tous."
			}
		}
	}
	return ""
}

// fullLines are the full courses in the order of the choice, for a message.
func fullLines(r enrolment.Registration, full map[string]fullCourse) []string {
	var all []string
	for _, w := range r.Dossier.Choice {
		if f, ok := full[choosing.WishValue(w)]; ok {
			all = append(all, joinNonEmpty(" ", f.Title+". "+f.Waits+".", f.Instead))
		}
	}
	return all
}

func fullTitle(n int) string {
	if n == 1 {
		return "Un cours est complet à cet instant"
	}
	return french.Count(int64(n), "cours est complet", "cours sont complets") + " à cet instant"
}
