package allocation

import (
	"cmp"
	"net/url"
	"slices"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// coursesShown is how many courses a page of the lists has.
const coursesShown = 15

// listsPage is who is in and who waits, in the courses of a pole or for a formula.
type listsPage struct {
	ui.Base
	Site, Programme string
	OnlyWaiting     bool
	Sites           []ui.Option
	Programmes      []ui.Option
	Courses         []listedCourse
	Ended           bool // the waiting lists are closed
	Pager           ui.Pager
}

// listedCourse is one offering with its line; those of other formulas stand in
// it, since they explain the order, and are not shown.
type listedCourse struct {
	Title  string
	Places enrolment.Places
	Line   []enrolment.InLine
	Shown  []enrolment.InLine
}

func (l listedCourse) url() string { return courseURL(l.Places.Offering) }

func (l listedCourse) waiting() []enrolment.InLine {
	return slices.DeleteFunc(slices.Clone(l.Shown), func(o enrolment.InLine) bool { return o.State != enrolment.Waiting })
}

func (l listedCourse) held() []enrolment.InLine {
	return slices.DeleteFunc(slices.Clone(l.Shown), func(o enrolment.InLine) bool { return o.State == enrolment.Waiting })
}

// Lists shows the courses of a pole, or those that a formula asks for, with their lists.
func (p *Pages) Lists(v *door.Visit) error {
	base, err := p.base(v, "Listes d’attente")
	if err != nil {
		return err
	}
	c, err := p.offer(v)
	if err != nil {
		return err
	}
	page := listsPage{Base: base, Site: v.Query("pole"), Programme: v.Query("formule"), OnlyWaiting: v.Query("etat") != "tous", Ended: !v.Season.ListsEndedAt.IsZero()}
	page.fillOptions(c)
	if v.Season.ID == "" {
		return v.Show(200, listsView(page))
	}
	all, err := enrolment.PlacesNow(v.Ctx(), p.store, v.Season)
	if err != nil {
		return err
	}
	asked, err := enrolment.OfferingsAskedBy(v.Ctx(), p.store, v.Season)
	if err != nil {
		return err
	}
	page.fill(c, all, asked[page.Programme])
	page.cut(v)
	if err := p.readLines(v, c, &page); err != nil {
		return err
	}
	return v.Show(200, listsView(page))
}

func (l *listsPage) fillOptions(c catalogue.Catalogue) {
	l.Sites, l.Programmes = []ui.Option{{Label: "Tous les pôles"}}, []ui.Option{{Label: "Toutes les formules"}}
	for _, s := range c.Sites {
		l.Sites = append(l.Sites, ui.Option{Value: s.ID, Label: s.Name})
	}
	for _, p := range c.Programmes {
		l.Programmes = append(l.Programmes, ui.Option{Value: p.ID, Label: p.Title})
	}
}

// fill lists the courses that are asked for; asked are those of the formula.
func (l *listsPage) fill(c catalogue.Catalogue, all map[string]enrolment.Places, asked []string) {
	of := map[string]bool{}
	for _, id := range asked {
		of[id] = true
	}
	for _, course := range c.Courses {
		if !course.CancelledAt.IsZero() || l.Site != "" && course.SiteID != l.Site {
			continue
		}
		for _, semester := range course.Semesters {
			places := all[enrolment.OfferingID(course.ID, semester)]
			if l.Programme != "" && !of[places.Offering] || l.OnlyWaiting && places.Waiting+places.Offered == 0 {
				continue
			}
			l.Courses = append(l.Courses, listedCourse{Title: title(c, places.Offering), Places: places})
		}
	}
	slices.SortStableFunc(l.Courses, func(a, b listedCourse) int { return cmp.Compare(french.Fold(a.Title), french.Fold(b.Title)) })
}

// cut keeps the page that is asked for.
func (l *listsPage) cut(v *door.Visit) {
	page := max(number(v.Query("page")), 1)
	total := len(l.Courses)
	from := min((page-1)*coursesShown, total)
	to := min(from+coursesShown, total)
	l.Courses = l.Courses[from:to]
	l.Pager = ui.Pager{From: min(from+1, total), To: to, Total: total}
	if page > 1 {
		l.Pager.PreviousURL = l.address(page - 1)
	}
	if to < total {
		l.Pager.NextURL = l.address(page + 1)
	}
}

func (l listsPage) address(page int) string {
	q := url.Values{"page": {itoa(int64(page))}}
	for name, value := range map[string]string{"pole": l.Site, "formule": l.Programme, "etat": l.state()} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return listsPath + "?" + q.Encode()
}

func (l listsPage) state() string {
	if l.OnlyWaiting {
		return ""
	}
	return "tous"
}

func (p *Pages) readLines(v *door.Visit, c catalogue.Catalogue, page *listsPage) error {
	ids := make([]string, len(page.Courses))
	for i, course := range page.Courses {
		ids[i] = course.Places.Offering
	}
	lines, err := enrolment.LinesOf(v.Ctx(), p.store, v.Actor, c, ids...)
	if err != nil {
		return err
	}
	for i, id := range ids {
		page.Courses[i].Line = lines[id]
		for _, l := range lines[id] {
			if page.Programme == "" || l.Programme == page.Programme {
				page.Courses[i].Shown = append(page.Courses[i].Shown, l)
			}
		}
	}
	return nil
}
