package importing

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/french"
)

// coursePlan is what a file of courses would do to the season.
type coursePlan struct {
	trial
	sites, disciplines, teachers []string // made, by name
	made, changed                []*course
}

// plan gathers what the rows would do, in the order of the file.
func (j *courseJudge) plan(lines int) coursePlan {
	p := coursePlan{trial: trial{Problems: j.problems, Counts: j.counts}, sites: j.sites.made, disciplines: j.disciplines.made, teachers: j.teachers.made}
	p.Counts.Lines = int64(lines)
	p.Counts.Sites, p.Counts.Disciplines, p.Counts.Teachers = int64(len(p.sites)), int64(len(p.disciplines)), int64(len(p.teachers))
	keeps := j.answers[knownGroup].Code == keep
	codes := map[string]bool{}
	for _, c := range j.held.offer.Courses {
		codes[french.Fold(c.Code)] = true
	}
	for _, c := range j.order {
		codes[french.Fold(c.now.Code)] = true
	}
	var known int64
	for _, c := range j.order {
		if !c.known {
			p.makes(j.held, c, codes)
			continue
		}
		c.now.Semesters = slices.Sorted(maps.Keys(c.places))
		diffs := c.diffs(j.held)
		if len(diffs) == 0 {
			continue
		}
		if known++; keeps {
			continue
		}
		p.changed = append(p.changed, c)
		p.Counts.CoursesChanged++
		offers := j.held.offers(c)
		p.Counts.Offers += offers
		p.Changes = append(p.Changes, Change{Line: c.line, What: "cours", Name: courseName(j.held, c.now), Detail: offersWords(offers), Diffs: diffs})
	}
	p.count(known, keeps)
	return p
}

func (p *coursePlan) makes(h *heldCourses, c *course, codes map[string]bool) {
	c.now.Semesters = slices.Sorted(maps.Keys(c.places))
	site := siteName(h, c.now.SiteID)
	if c.now.Code == "" {
		words := strings.Fields(site)
		c.now.Code = strings.ToUpper(school.FreeCode(strings.Join(append([]string{c.now.Title}, words[max(0, len(words)-1):]...), " "), codes))
		codes[french.Fold(c.now.Code)] = true
	}
	p.made = append(p.made, c)
	p.Counts.Courses++
	p.Changes = append(p.Changes, Change{Line: c.line, Makes: true, What: "cours", Name: courseName(h, c.now),
		Detail: joined(c.now.Kind.French(), c.now.Span(), c.now.Room, c.now.Teacher, c.placesWords(), catalogue.Ages(c.now.AgeMin, c.now.AgeMax), catalogue.LevelWords(c.now.Levels))})
}

func siteName(h *heldCourses, id string) string {
	if name, made := strings.CutPrefix(id, newSite); made {
		return name
	}
	return h.offer.SiteName(id)
}

func courseName(h *heldCourses, c catalogue.Course) string {
	return joined(c.Title, siteName(h, c.SiteID))
}

func (c *course) placesWords() string {
	var parts []string
	for _, s := range slices.Sorted(maps.Keys(c.places)) {
		words := french.Count(c.places[s], "place", "places")
		if s > 0 {
			words += " " + semesterWords(s)
		}
		parts = append(parts, words)
	}
	return strings.Join(parts, ", ")
}

// diffs are the values of the course that change, its places among them.
func (c *course) diffs(h *heldCourses) []Diff {
	var all []Diff
	offer := h.offer
	if name, made := strings.CutPrefix(c.now.SiteID, newSite); made {
		offer.Sites = append(slices.Clone(offer.Sites), catalogue.Site{ID: c.now.SiteID, Name: name})
	}
	for _, f := range offer.Differences(c.before, c.now) {
		if f.Before != f.After {
			all = append(all, Diff{f.Label, f.Before, f.After})
		}
	}
	for _, s := range []int64{0, 1, 2} {
		was, had := c.was[s]
		is, has := c.places[s]
		if had == has && was == is {
			continue
		}
		label := "places"
		if s > 0 {
			label += " " + semesterWords(s)
		}
		all = append(all, Diff{label, numberOr(was, had), numberOr(is, has)})
	}
	return all
}

func numberOr(n int64, is bool) string {
	if !is {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// offers is how many of those who wait would be offered a place that is gained.
func (h *heldCourses) offers(c *course) (n int64) {
	if h.endedLists || !h.season.IsCurrent {
		return 0
	}
	for s, capacity := range c.places {
		if stands := h.placesOf(c.now.ID, s); c.was[s] != capacity {
			n += max(0, min(capacity-stands.Taken, stands.Waiting))
		}
	}
	return n
}

func offersWords(n int64) string {
	if n == 0 {
		return ""
	}
	return french.Count(n, "place proposée à qui attend, par courriel", "places proposées à ceux qui attendent, dans l’ordre, par courriel")
}

// form is the course as the registrar takes it, its site made.
func (c *course) form(sites map[string]string) enrolment.CourseForm {
	in := enrolment.CourseForm{Course: c.now}
	if id := sites[c.now.SiteID]; id != "" {
		in.SiteID = id
	}
	for _, s := range slices.Sorted(maps.Keys(c.places)) {
		in.Places = append(in.Places, enrolment.SemesterPlaces{Semester: s, Capacity: c.places[s], Read: c.was[s]})
	}
	return in
}
