package catalogue

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	someTitles = map[Kind][]string{
		Eveil:      {"Jardin musical", "Éveil musical"},
		Parcours:   {"Parcours cordes", "Parcours vents", "Parcours voix"},
		Instrument: {"Piano", "Alto", "Chant"},
		Pratique:   {"Chœur ados", "Orchestre", "Batucada"},
		Culture:    {"Culture musicale 1", "Culture musicale 2"},
	}
	someKinds  = []Kind{Eveil, Parcours, Instrument, Pratique, Culture}
	someLevels = []string{"CM2", "5e", "3e", "adulte"}
)

func drawCatalogue(t *rapid.T) Catalogue {
	c := Catalogue{
		Sites:      []Site{{"loire", "Pôle Loire", ""}, {"sevre", "Pôle Sèvre", ""}, {"erdre", "Pôle Erdre", ""}}[:rapid.IntRange(1, 3).Draw(t, "sites")],
		Programmes: append(programmes5(), drawProgramme(t)),
	}
	for i := range rapid.IntRange(0, 14).Draw(t, "courses") {
		kind := rapid.SampledFrom(someKinds).Draw(t, "kind")
		x := Course{
			ID: fmt.Sprintf("C%d", i), Kind: kind, Title: rapid.SampledFrom(someTitles[kind]).Draw(t, "title"),
			SiteID:  rapid.SampledFrom(c.Sites).Draw(t, "site").ID,
			Weekday: rapid.Int64Range(0, 7).Draw(t, "weekday"), Starts: "18:30", Semesters: []int64{0},
			WithoutInstrument: rapid.Bool().Draw(t, "open without instrument"),
			NoBeginner:        rapid.IntRange(0, 4).Draw(t, "no beginner") == 0,
		}
		if kind == Parcours || rapid.IntRange(0, 4).Draw(t, "by semester") == 0 {
			x.Semesters = rapid.SampledFrom([][]int64{{1, 2}, {1}, {2}, {0}}).Draw(t, "semesters")
		}
		x.AgeMin, x.AgeMax, x.Levels = drawBounds(t)
		if rapid.IntRange(0, 9).Draw(t, "cancelled") == 0 {
			x.CancelledAt = time.Date(2027, 6, 1, 8, 0, 0, 0, time.UTC)
		}
		c.Courses = append(c.Courses, x)
	}
	return c
}

func drawBounds(t *rapid.T) (ageMin, ageMax int64, levels []string) {
	switch rapid.IntRange(0, 7).Draw(t, "bounds") {
	case 0:
		ageMin = 18
	case 1:
		ageMax = 17
	case 2:
		ageMin, ageMax = 7, 12
	case 3:
		levels = []string{"5e", "3e"}
	}
	return ageMin, ageMax, levels
}

// drawProgramme makes a formula no manual has: lines that overlap, lines of two kinds.
func drawProgramme(t *rapid.T) Programme {
	p := Programme{ID: "drawn", Code: "drawn", Title: "Formule libre"}
	p.AgeMin, p.AgeMax, p.Levels = drawBounds(t)
	for range rapid.IntRange(1, 3).Draw(t, "lines") {
		l := Line{Min: rapid.Int64Range(0, 2).Draw(t, "min")}
		l.Max = max(1, l.Min) + rapid.SampledFrom([]int64{0, 0, 1, Unbounded}).Draw(t, "beyond min")
		if rapid.IntRange(0, 4).Draw(t, "line of parcours") == 0 {
			l.Kinds, l.DistinctTitles, l.Semester = []Kind{Parcours}, true, rapid.Int64Range(0, 2).Draw(t, "semester")
		} else {
			l.Kinds = rapid.SampledFrom([][]Kind{{Instrument}, {Pratique}, {Instrument, Pratique}, {Culture, Pratique}, {Eveil}}).Draw(t, "kinds")
			l.WithoutInstrument = rapid.IntRange(0, 3).Draw(t, "line without instrument") == 0
		}
		if rapid.IntRange(0, 3).Draw(t, "line of levels") == 0 {
			l.Levels = []string{"5e", "3e"}
		}
		p.Lines = append(p.Lines, l)
	}
	return p
}

func drawPupil(t *rapid.T) Pupil {
	return Pupil{
		Age:           rapid.SampledFrom([]int{-1, 6, 7, 12, 13, 17, 18, 40}).Draw(t, "age"),
		Level:         rapid.SampledFrom(someLevels).Draw(t, "level"),
		Beginner:      rapid.SampledFrom([]string{"", "yes", "no"}).Draw(t, "beginner"),
		HasInstrument: rapid.Bool().Draw(t, "has instrument"),
	}
}

// drawAsked makes a choice that is often nearly right: each course is drawn
// among those on offer to the pupil, or among all.
func drawAsked(t *rapid.T, c Catalogue) asked {
	a := asked{Programme: rapid.SampledFrom(c.Programmes).Draw(t, "programme"), Pupil: drawPupil(t), Site: rapid.SampledFrom(c.Sites).Draw(t, "pole").ID}
	var fitting, all []Wish
	for _, x := range c.Courses {
		for _, s := range x.Semesters {
			all = append(all, Wish{x.ID, s})
			if x.SiteID == a.Site && mayTake(x, a.Pupil) && takenBy(a.Programme, a.Pupil.Level, x, s) {
				fitting = append(fitting, Wish{x.ID, s})
			}
		}
		all = append(all, Wish{x.ID, rapid.Int64Range(0, 2).Draw(t, "any semester")})
	}
	for range rapid.IntRange(0, 4).Draw(t, "wishes") {
		from := fitting
		if len(from) == 0 || rapid.IntRange(0, 3).Draw(t, "at random") == 0 {
			from = all
		}
		if len(from) > 0 {
			a.Wishes = append(a.Wishes, rapid.SampledFrom(from).Draw(t, "wish"))
		}
	}
	return a
}

func TestJudgeAgreesWithTryingAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCatalogue(t)
		a := drawAsked(t, c)
		breaches := c.judged(a)
		if want, got := c.stands(a), len(breaches) == 0; want != got {
			t.Fatalf("stands: want %v, got %v: %+v", want, got, breaches)
		}
	})
}

func TestNoChoiceAtTwoPolesStands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCatalogue(t)
		a := drawAsked(t, c)
		poles := map[string]bool{}
		for _, w := range a.Wishes {
			x, _ := c.Course(w.Course)
			poles[x.SiteID] = true
		}
		if len(poles) > 1 && len(c.judged(a)) == 0 {
			t.Fatalf("courses at %d poles stand", len(poles))
		}
	})
}

func TestNoChoiceOfAWrongNumberStands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCatalogue(t)
		a := drawAsked(t, c)
		if !c.rightNumber(a.Programme, a.Pupil.Level, a.Wishes) && len(c.judged(a)) == 0 {
			t.Fatal("a wrong number of courses stands")
		}
	})
}

// What the screen offers is what the rules accept.
func TestEveryChoiceMadeFromTheScreenStands(t *testing.T) {
	made := 0
	rapid.Check(t, func(t *rapid.T) {
		c := drawCatalogue(t)
		a := drawAsked(t, c)
		a.Wishes = nil
		if !a.Programme.Open(a.Pupil) {
			return
		}
		titles := map[string]bool{}
		for _, line := range c.ChoicesFor(a.Programme, a.Pupil) {
			left := slices.DeleteFunc(slices.Clone(line.Options), func(o Option) bool { return o.Course.SiteID != a.Site })
			for n := range rapid.Int64Range(line.Line.Min, min(line.Line.Max, line.Line.Min+2)).Draw(t, "number") {
				left = slices.DeleteFunc(left, func(o Option) bool {
					return slices.Contains(a.Wishes, Wish{o.Course.ID, o.Semester}) || line.Line.DistinctTitles && titles[o.Course.Title]
				})
				if len(left) == 0 && n >= line.Line.Min {
					break
				}
				if len(left) == 0 {
					return // the pole cannot fill the formula this way
				}
				o := rapid.SampledFrom(left).Draw(t, "option")
				a.Wishes = append(a.Wishes, Wish{o.Course.ID, o.Semester})
				if o.Course.Kind == Parcours {
					titles[o.Course.Title] = true
				}
			}
		}
		made++
		if breaches := c.judged(a); len(breaches) > 0 {
			t.Fatalf("made from the screen, refused: %+v", breaches)
		}
	})
	if made == 0 {
		t.Fatal("no choice could be made: the generator is too poor")
	}
}

var manualRule = regexp.MustCompile(`^R2[2-8]$`)

func TestEveryBreachSaysWhyAndEveryWayOutLeadsOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCatalogue(t)
		a := drawAsked(t, c)
		for _, b := range c.judged(a) {
			if !manualRule.MatchString(b.Rule) || b.Message == "" {
				t.Fatalf("a breach without its rule or words: %+v", b)
			}
			if why := typography(b.Sentence()); why != "" {
				t.Fatalf("%s: %q", why, b.Sentence())
			}
			if why := c.follow(a, b); why != "" && !overlapping(a.Programme) {
				t.Fatalf("%s %s\nfollowing it: %s", b.Rule, b.Sentence(), why)
			}
		}
	})
}

// overlapping formulas have two lines for one kind (the manual's do not, parcours by semester apart): what lacks
// can then be told of either line, and no one sentence names all that would do.
func overlapping(p Programme) bool {
	for i, l := range p.Lines {
		for _, before := range p.Lines[:i] {
			if slices.ContainsFunc(l.Kinds, func(k Kind) bool { return slices.Contains(before.Kinds, k) }) && p.ID == "drawn" {
				return true
			}
		}
	}
	return false
}

// A way out never names a course the pupil may not take.
func TestWaysOutNameOnlyCoursesForThisPupil(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCatalogue(t)
		a := drawAsked(t, c)
		for _, b := range c.judged(a) {
			if strings.HasPrefix(b.WayOut, "Retirez") || strings.HasPrefix(b.WayOut, "Choisissez la formule") {
				continue
			}
			for _, title := range namesIn(b.WayOut) {
				if !slices.ContainsFunc(c.Courses, func(x Course) bool {
					return x.Title == title && mayTake(x, a.Pupil) && slices.ContainsFunc(x.Semesters, func(s int64) bool {
						return takenBy(a.Programme, a.Pupil.Level, x, s)
					})
				}) {
					t.Fatalf("not for this pupil: %s", b.WayOut)
				}
			}
		}
	})
}

var badSpace = regexp.MustCompile(`[ \x{00a0}][:;?!»]|«[^\x{202f}]|[^\x{202f}]»|'|  |^ | $| \.|\.\.|,,`)

// typography returns what is wrong with a French sentence, or "".
func typography(s string) string {
	if m := badSpace.FindString(s); m != "" {
		return fmt.Sprintf("bad space or apostrophe %q", m)
	}
	if !strings.HasSuffix(s, ".") {
		return "no full stop"
	}
	return ""
}
