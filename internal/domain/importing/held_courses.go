package importing

import (
	"context"
	"slices"
	"strings"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// heldCourses is what the school teaches in a season, read once.
type heldCourses struct {
	season      school.Season
	offer       catalogue.Catalogue
	places      map[string]enrolment.Places // by offering
	asked       map[string]bool             // offerings that somebody asked for, even long ago
	siteCodes   map[string]string           // the code of a site → its name
	disciplines []string
	teachers    []catalogue.Teacher
	rooms       []string
	endedLists  bool // no place is offered any more

	byCode map[string]int   // folded reference → course of the offer
	bySlot map[string][]int // slotKey → courses
	kinds  map[string]catalogue.Kind
}

// slotKey is what names a course without a reference.
func slotKey(c catalogue.Course) string {
	return key(c.Discipline, c.Teacher, string(rune('0'+c.Weekday)), c.Starts, c.SiteID)
}

// see indexes what was read.
func (h *heldCourses) see() {
	h.byCode, h.bySlot, h.kinds = map[string]int{}, map[string][]int{}, map[string]catalogue.Kind{}
	for i, c := range h.offer.Courses {
		h.byCode[french.Fold(c.Code)] = i
		h.bySlot[slotKey(c)] = append(h.bySlot[slotKey(c)], i)
		h.kinds[french.Fold(c.Title)] = c.Kind
	}
}

// readCourses reads the season's catalogue with its places, and who teaches what.
func readCourses(ctx context.Context, r db.Reader, season string) (*heldCourses, error) {
	h := &heldCourses{}
	var err error
	if h.season, err = school.SeasonByID(ctx, r, season); err != nil {
		return nil, err
	}
	h.endedLists = !h.season.ListsEndedAt.IsZero()
	if h.offer, err = catalogue.Of(ctx, r, season); err != nil {
		return nil, err
	}
	if h.places, err = enrolment.PlacesOf(ctx, r, season); err != nil {
		return nil, err
	}
	if h.asked, err = enrolment.EverAsked(ctx, r, season); err != nil {
		return nil, err
	}
	sites, err := school.Sites(ctx, r)
	if err != nil {
		return nil, err
	}
	h.siteCodes = map[string]string{}
	for _, s := range sites {
		h.siteCodes[s.Code] = s.Name
	}
	disciplines, err := catalogue.Disciplines(ctx, r, season)
	if err != nil {
		return nil, err
	}
	for _, d := range disciplines {
		h.disciplines = append(h.disciplines, d.Name)
	}
	if h.teachers, err = catalogue.Teachers(ctx, r); err != nil {
		return nil, err
	}
	if h.rooms, err = catalogue.Rooms(ctx, r); err != nil {
		return nil, err
	}
	h.see()
	return h, nil
}

// teacherNames are the names by which courses name their teachers.
func (h *heldCourses) teacherNames() []string {
	var all []string
	for _, t := range h.teachers {
		all = append(all, t.FullName())
	}
	return all
}

// teacherKeys are the ways in which files write a teacher's name, and whom each
// means: « Anne Durand », « DURAND Anne », « A. Durand », « Durand »; one that
// two teachers share means nobody.
func (h *heldCourses) teacherKeys() map[string]string {
	all, shared := map[string]string{}, map[string]bool{}
	put := func(key, name string) {
		if was, known := all[key]; known && was != name {
			shared[key] = true
		}
		all[key] = name
	}
	for _, t := range h.teachers {
		name, last, first := t.FullName(), french.Fold(t.LastName), french.Fold(t.FirstName)
		put(teacherKey(name), name)
		put(teacherKey(last), name)
		if first != "" {
			put(teacherKey(first[:1]+" "+last), name)
		}
	}
	for key := range shared {
		delete(all, key)
	}
	return all
}

// teacherKey is the words of a name whatever their order, without a civility.
func teacherKey(name string) string {
	words := strings.Fields(strings.NewReplacer(".", " ", ",", " ").Replace(french.Fold(name)))
	words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains([]string{"m", "mr", "mme", "mlle"}, w) && len(words) > 1 })
	slices.Sort(words)
	return strings.Join(words, " ")
}

// splitTeacher takes « Anne Durand », « DURAND Anne » or « Durand, Anne » apart;
// without capitals the first word is the first name, as Pupitre writes it.
func splitTeacher(v string) (last, first string) {
	if l, f, comma := strings.Cut(v, ","); comma {
		return strings.TrimSpace(l), strings.TrimSpace(f)
	}
	words := strings.Fields(v)
	if len(words) < 2 {
		return v, ""
	}
	upper := 0
	for _, w := range words {
		if w == strings.ToUpper(w) && len([]rune(w)) > 1 {
			upper++
		}
	}
	if upper > 0 && upper < len(words) {
		return splitName(v)
	}
	return strings.Join(words[1:], " "), words[0]
}

// siteKeys are the ways in which files write a site: its name with or without
// « Pôle », its code, and its town when no other site is in it.
func (h *heldCourses) siteKeys() map[string]string {
	all, towns := map[string]string{}, map[string]int{}
	for _, s := range h.offer.Sites {
		towns[french.Fold(s.Town)]++
	}
	for _, s := range h.offer.Sites {
		if town := french.Fold(s.Town); town != "" && towns[town] == 1 {
			all[town] = s.Name
		}
	}
	for code, name := range h.siteCodes {
		all[french.Fold(code)] = name
	}
	for _, s := range h.offer.Sites {
		name := french.Fold(s.Name)
		all[strings.TrimPrefix(name, "pole ")], all[name] = s.Name, s.Name
	}
	return all
}

func (h *heldCourses) siteNames() []string {
	var all []string
	for _, s := range h.offer.Sites {
		all = append(all, s.Name)
	}
	return all
}
