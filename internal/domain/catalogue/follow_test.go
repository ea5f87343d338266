package catalogue

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pupitre/internal/platform/french"
)

// asked is one choice put to Judge.
type asked struct {
	Programme Programme
	Pupil     Pupil
	Site      string
	Wishes    []Wish
}

func (c Catalogue) judged(a asked) []Breach { return c.Judge(a.Programme, a.Pupil, a.Site, a.Wishes) }

var quotedText = regexp.MustCompile("«\u202f(.+?)\u202f»")

func namesIn(text string) []string {
	var names []string
	for _, m := range quotedText.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

func (c Catalogue) siteCalled(name string) string {
	for _, s := range c.Sites {
		if strings.EqualFold(s.Name, name) {
			return s.ID
		}
	}
	return ""
}

var polesIn = regexp.MustCompile(`pôle (\pL+)`)

// follow does what the way out says, as a reader would, and returns why it
// cannot be done or does not cure the breach ("" when it does).
func (c Catalogue) follow(a asked, b Breach) (why string) {
	for _, wished := range c.wishesNamed(a, b) {
		if why = c.followFor(a, b, wished); why == "" {
			return ""
		}
	}
	return why
}

// followFor takes the breach to be about that wish.
func (c Catalogue) followFor(a asked, b Breach, wished int) string {
	for _, s := range polesIn.FindAllString(b.WayOut, -1) {
		if c.siteCalled(s) == "" {
			return "no such site: " + s
		}
	}
	if first, otherwise, ok := strings.Cut(b.WayOut, " Sinon, p"); ok {
		for _, part := range []string{first, "P" + otherwise} {
			if why := c.followFor(a, Breach{b.Rule, b.Message, part}, wished); why != "" {
				return why
			}
		}
		return ""
	}
	names := namesIn(b.WayOut)
	site := c.siteCalled(polesIn.FindString(b.WayOut))
	if wished < 0 && (strings.HasPrefix(b.Message, "Le cours ") || strings.HasPrefix(b.WayOut, "Retirez")) {
		return "the message names no wish"
	}
	switch {
	case b.WayOut == "":
		return c.nothingCanBeDone(a)
	case b.WayOut == "Choisissez-en un autre dans la liste.": // a course that does not exist has no name
		return ""
	case b.WayOut == "Retirez-le une fois.", strings.HasPrefix(b.WayOut, "Retirez "):
		return c.cures(a, b, slices.Concat(a.Wishes[:wished], a.Wishes[wished+1:]))
	case strings.HasPrefix(b.WayOut, "Choisissez-le "):
		semester := map[string]int64{"à l’année.": 0, "au premier semestre.": 1, "au second semestre.": 2}[strings.TrimPrefix(b.WayOut, "Choisissez-le ")]
		return c.cures(a, b, slices.Concat(a.Wishes[:wished], []Wish{{a.Wishes[wished].Course, semester}}, a.Wishes[wished+1:]))
	case strings.HasPrefix(b.WayOut, "Choisissez la formule "):
		return c.programmesCanBeFilled(a, names)
	case strings.HasPrefix(b.WayOut, "Prenez "):
		for _, s := range polesIn.FindAllString(b.WayOut, -1) {
			if c.complete(a.Programme, a.Pupil, c.siteCalled(s), nil) == nil {
				return "no valid choice at " + s
			}
		}
		return ""
	case strings.HasSuffix(b.WayOut, ": prenez-y tous les cours."):
		title := c.title(a, b, wished, names)
		for _, w := range c.called(title, site) {
			if c.complete(a.Programme, a.Pupil, site, []Wish{w}) != nil {
				return ""
			}
		}
		return "no valid choice with " + title + " at " + site
	case strings.HasPrefix(b.WayOut, "Gardez-le"):
		return c.changesOne(a, b, names)
	case strings.Contains(b.WayOut, "choisissez par exemple"), strings.HasPrefix(b.WayOut, "Le même cours existe"):
		return c.anyCures(a, b, c.title(a, b, wished, names), site, slices.Concat(a.Wishes[:wished], a.Wishes[wished+1:]), a.Wishes[wished].Semester)
	case strings.Contains(b.WayOut, "choisissez "):
		for _, title := range names {
			if why := c.anyCures(a, b, title, site, a.Wishes, -1); why != "" {
				return why
			}
		}
		return ""
	}
	return "a way out nobody can follow"
}

// wishesNamed are the wishes the breach may be about: those whose title the
// message names, the last first (of a course twice in the list the second is
// refused); -1 when there is none.
func (c Catalogue) wishesNamed(a asked, b Breach) []int {
	var named []int
	for i, w := range slices.Backward(a.Wishes) {
		if x, ok := c.Course(w.Course); ok && slices.Contains(namesIn(b.Message), x.Title) {
			named = append(named, i)
		}
	}
	if named == nil {
		return []int{-1}
	}
	return named
}

func count(list []Breach, b Breach) int {
	n := 0
	for _, x := range list {
		if x.Message == b.Message {
			n++
		}
	}
	return n
}

// title is the one the way out names, or the refused one's for « le même cours ».
func (c Catalogue) title(a asked, b Breach, wished int, names []string) string {
	if strings.HasPrefix(b.WayOut, "Le même cours") {
		x, _ := c.Course(a.Wishes[wished].Course)
		return x.Title
	}
	return names[0]
}

func (c Catalogue) called(title, site string) []Wish {
	var wishes []Wish
	for _, x := range c.Courses {
		if x.SiteID == site && french.Fold(x.Title) == french.Fold(title) {
			for _, s := range x.Semesters {
				wishes = append(wishes, Wish{x.ID, s})
			}
		}
	}
	return wishes
}

// cures judges the new wishes: the breach must be gone, or one breach fewer,
// or one course fewer missing.
func (c Catalogue) cures(a asked, b Breach, wishes []Wish) string {
	before := c.judged(a)
	a.Wishes = wishes
	after := c.judged(a)
	if count(after, b) == 0 || len(after) < len(before) || missing(after) < missing(before) {
		return ""
	}
	return "still refused: " + after[0].Sentence()
}

var missingIn = regexp.MustCompile(`^Il manque (un|\d+) cours`)

func missing(list []Breach) int {
	n := 0
	for _, b := range list {
		if m := missingIn.FindStringSubmatch(b.Message); m != nil && m[1] == "un" {
			n++
		} else if m != nil {
			more, _ := strconv.Atoi(m[1])
			n += more
		}
	}
	return n
}

// anyCures adds some course of that title to the wishes.
func (c Catalogue) anyCures(a asked, b Breach, title, site string, wishes []Wish, semester int64) string {
	why := "no course " + title + " at " + site
	for _, w := range c.called(title, site) {
		if semester >= 0 && w.Semester != semester || slices.Contains(wishes, w) {
			continue
		}
		x, _ := c.Course(w.Course)
		if !mayTake(x, a.Pupil) || !takenBy(a.Programme, a.Pupil.Level, x, w.Semester) {
			continue
		}
		if why = c.cures(a, b, append(slices.Clone(wishes), w)); why == "" {
			return ""
		}
	}
	return why
}

var keepAndChange = regexp.MustCompile(`^Gardez-le(?: au (premier|second) semestre)? et choisissez(?: au (premier|second) semestre)? «`)

func (c Catalogue) changesOne(a asked, b Breach, names []string) string {
	m := keepAndChange.FindStringSubmatch(b.WayOut)
	if m == nil {
		return "unreadable"
	}
	semester := map[string]int64{"": 0, "premier": 1, "second": 2}[m[2]]
	title := namesIn(b.Message)[0]
	for i, w := range a.Wishes {
		x, _ := c.Course(w.Course)
		if w.Semester != semester || french.Fold(x.Title) != french.Fold(title) {
			continue
		}
		rest := slices.Concat(a.Wishes[:i], a.Wishes[i+1:])
		for _, name := range names {
			if why := c.anyCures(a, b, name, a.Site, rest, semester); why != "" {
				return why
			}
		}
		return ""
	}
	return "no wish to change"
}

func (c Catalogue) programmesCanBeFilled(a asked, titles []string) string {
	for _, title := range titles {
		i := slices.IndexFunc(c.Programmes, func(p Programme) bool { return p.Title == title })
		if i < 0 {
			return "no formula " + title
		}
		if !slices.ContainsFunc(c.Sites, func(s Site) bool { return c.complete(c.Programmes[i], a.Pupil, s.ID, nil) != nil }) {
			return "the formula cannot be filled: " + title
		}
	}
	return ""
}

// nothingCanBeDone holds a breach without a way out to its word.
func (c Catalogue) nothingCanBeDone(a asked) string {
	for _, s := range c.Sites {
		if c.complete(a.Programme, a.Pupil, s.ID, nil) != nil {
			return "no way out, but the formula can be filled at " + s.Name
		}
		for _, p := range c.Programmes {
			if c.complete(p, a.Pupil, s.ID, nil) != nil {
				return "no way out, but there is " + p.Title + " at " + s.Name
			}
		}
	}
	return ""
}

// complete finds, by trying all, the fewest wishes at the site that stand by
// the oracle, those given among them; nil when there are none.
func (c Catalogue) complete(p Programme, pupil Pupil, site string, with []Wish) []Wish {
	var lines []Line
	for _, l := range p.Lines {
		if !appliesTo(l, pupil.Level) {
			continue
		}
		for range l.Min {
			lines = append(lines, l)
		}
		for range min(l.Max, l.Min+1) - l.Min { // one more, for « with » in a free line
			l.Min = 0
			lines = append(lines, l)
		}
	}
	var try func(i int, chosen []Wish) []Wish
	try = func(i int, chosen []Wish) []Wish {
		if i == len(lines) {
			for _, w := range with {
				if !slices.Contains(chosen, w) {
					return nil
				}
			}
			if len(chosen) > 0 && c.stands(asked{p, pupil, site, chosen}) {
				return chosen
			}
			return nil
		}
		if lines[i].Min == 0 {
			if found := try(i+1, chosen); found != nil {
				return found
			}
		}
		for _, x := range c.Courses {
			if x.SiteID != site || !mayTake(x, pupil) {
				continue
			}
			for _, s := range x.Semesters {
				w := Wish{x.ID, s}
				if !accepted(lines[i], x, s) || slices.Contains(chosen, w) {
					continue
				}
				if lines[i].DistinctTitles && slices.ContainsFunc(chosen, func(o Wish) bool {
					y, _ := c.Course(o.Course)
					return y.Kind == x.Kind && strings.EqualFold(y.Title, x.Title)
				}) {
					continue
				}
				if found := try(i+1, append(slices.Clone(chosen), w)); found != nil {
					return found
				}
			}
		}
		return nil
	}
	return try(0, nil)
}
