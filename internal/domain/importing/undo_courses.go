package importing

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
)

// coursesHoldUp names what hinders the undo of an import of courses.
func coursesHoldUp(ctx context.Context, r db.Reader, season string, list []written) ([]string, error) {
	s, err := readStanding(ctx, r, season, list)
	if err != nil {
		return nil, err
	}
	var why []string
	for _, w := range list {
		if said := s.hinders(w); said != "" {
			why = append(why, said)
		}
	}
	return why, nil
}

// standing is what has become of what an import of courses wrote.
type standing struct {
	courses     map[string]catalogue.Course
	places      map[string]enrolment.Places
	chosen      map[string]bool
	sites       map[string]school.Site
	disciplines map[string]catalogue.Discipline
	teachers    map[string]catalogue.Teacher
	used        map[string]string // what is made, by name or id of a site → what else is of it
}

func readStanding(ctx context.Context, r db.Reader, season string, list []written) (s standing, err error) {
	offer, err := catalogue.Of(ctx, r, season)
	if err != nil {
		return s, err
	}
	s.courses = byCourse(offer)
	if s.places, err = enrolment.PlacesOf(ctx, r, season); err != nil {
		return s, err
	}
	var made []string
	for _, w := range list {
		if w.Course != nil && w.Makes {
			made = append(made, w.Course.ID)
		}
	}
	if s.chosen, err = enrolment.ChosenAmong(ctx, r, season, made); err != nil {
		return s, err
	}
	sites, err := school.Sites(ctx, r)
	if err != nil {
		return s, err
	}
	disciplines, err := catalogue.Disciplines(ctx, r, season)
	if err != nil {
		return s, err
	}
	teachers, err := catalogue.Teachers(ctx, r)
	if err != nil {
		return s, err
	}
	s.sites, s.disciplines, s.teachers = map[string]school.Site{}, map[string]catalogue.Discipline{}, map[string]catalogue.Teacher{}
	for _, x := range sites {
		s.sites[x.ID] = x
	}
	for _, x := range disciplines {
		x.Courses = 0
		s.disciplines[x.ID] = x
	}
	for _, x := range teachers {
		s.teachers[x.ID] = x
	}
	s.used, err = usedElsewhere(ctx, r, list, teachers)
	return s, err
}

// usedElsewhere says of each site, discipline and teacher that was made what
// else has come to be of it.
func usedElsewhere(ctx context.Context, r db.Reader, list []written, teachers []catalogue.Teacher) (map[string]string, error) {
	ours, used := map[string]bool{}, map[string]string{}
	for _, w := range list {
		if w.Course != nil {
			ours[w.Course.ID] = true
		}
	}
	others, err := db.All[struct {
		ID         string `db:"id"`
		Title      string `db:"title"`
		Site       string `db:"site_id"`
		Discipline string `db:"discipline"`
		Teacher    string `db:"teacher"`
	}](ctx, r, `select id, title, site_id, discipline, teacher from course order by title desc, id`)
	if err != nil {
		return nil, err
	}
	for _, c := range others {
		if !ours[c.ID] {
			used["site "+c.Site], used["discipline "+c.Discipline], used["teacher "+c.Teacher] = "le cours "+c.Title, "le cours "+c.Title, "le cours "+c.Title
		}
	}
	for _, t := range teachers {
		for _, name := range t.DisciplineNames() {
			used["discipline "+name] = t.FullName()
		}
	}
	for _, w := range list {
		if w.Site == nil {
			continue
		}
		n, err := db.One[int64](ctx, r, `select (select count(*) from dossier where site_id = $1) + (select count(*) from account where site_id = $1)`, w.Site.ID)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			used["site "+w.Site.ID] = "un dossier, ou un compte"
		}
	}
	return used, nil
}

// hinders names the thing when it cannot be taken back, and says why.
func (s standing) hinders(w written) string {
	switch {
	case w.Course != nil:
		return s.courseHinders(w)
	case w.Site != nil:
		is, found := s.sites[w.Site.ID]
		is.Edited = w.Site.Edited
		return hindering("le pôle "+w.Site.Name, found, encoded(is) == encoded(*w.Site), s.used["site "+w.Site.ID])
	case w.Discipline != nil:
		is, found := s.disciplines[w.Discipline.ID]
		is.Edited = w.Discipline.Edited
		return hindering("la discipline "+w.Discipline.Name, found, encoded(is) == encoded(*w.Discipline), s.used["discipline "+w.Discipline.Name])
	case w.Teacher != nil:
		is, found := s.teachers[w.Teacher.ID]
		is.Edited = w.Teacher.Edited
		return hindering(w.Teacher.FullName(), found, encoded(is) == encoded(*w.Teacher), s.used["teacher "+w.Teacher.FullName()])
	}
	return ""
}

func hindering(name string, found, same bool, used string) string {
	switch {
	case !found:
		return name + " (supprimé depuis)"
	case !same:
		return name
	case used != "":
		return name + " (" + used + " en est)"
	}
	return ""
}

func (s standing) courseHinders(w written) string {
	name := "le cours " + w.Course.Title + " (" + w.Course.Code
	is, found := s.courses[w.Course.ID]
	switch {
	case !found:
		return name + ", supprimé depuis)"
	case !is.CancelledAt.IsZero():
		return name + ", annulé depuis)"
	case !sameCourse(is, *w.Course):
		return name + ")"
	case w.Makes && s.chosen[is.ID]:
		return name + ", choisi par un élève)"
	}
	for _, semester := range slices.Sorted(maps.Keys(w.Stands)) {
		stood, stands := w.Stands[semester], s.places[enrolment.OfferingID(is.ID, semester)]
		switch {
		case stands.Capacity != stood.Capacity:
			return name + ", ses places ont changé)"
		case w.moves() && (stands.Taken != stood.Taken || stands.Waiting != stood.Waiting):
			return name + ", un élève y a été placé, ou l’a demandé)"
		case !w.Makes && stands.Taken > w.PlacesBefore[semester]:
			return name + ", " + strconv.FormatInt(stands.Taken, 10) + " places prises ou proposées)"
		}
	}
	return ""
}

// moves tells whether the import changed the places of the course, or its rules.
func (w written) moves() bool {
	if w.Makes || len(w.PlacesBefore) != len(w.Stands) || !w.CourseBefore.SameRules(*w.Course) {
		return true
	}
	for s, stand := range w.Stands {
		if n, had := w.PlacesBefore[s]; !had || n != stand.Capacity {
			return true
		}
	}
	return false
}

// sameCourse tells whether two versions of a course say the same.
func sameCourse(a, b catalogue.Course) bool {
	a.Edited, b.Edited = school.Edited{}, school.Edited{}
	return encoded(a) == encoded(b)
}

// undoCourses takes back all that an import of courses wrote, in one act of the registrar.
func (im *Imports) undoCourses(ctx context.Context, a actor.Actor, id string) error {
	var i Import
	var list []written
	return im.registrar.BringCourses(ctx, a, func(ctx context.Context, tx *db.Tx, _ time.Time) (b enrolment.CourseBatch, err error) {
		if i, list, err = toUndo(ctx, tx, a, id); err != nil {
			return b, err
		}
		why, err := coursesHoldUp(ctx, tx, i.Season, list)
		if err != nil {
			return b, err
		}
		if len(why) > 0 {
			return b, cannotUndo(why)
		}
		return backAgain(ctx, tx, i.Season, list)
	}, func(ctx context.Context, tx *db.Tx, at time.Time, _ map[string]enrolment.BroughtPlaces) error {
		if err := takeNamedBack(ctx, tx, a, at, list); err != nil {
			return err
		}
		return im.undone(ctx, tx, a, i, at)
	})
}

// backAgain is the batch that makes all of it as it was.
func backAgain(ctx context.Context, r db.Reader, season string, list []written) (b enrolment.CourseBatch, err error) {
	offer, err := catalogue.Of(ctx, r, season)
	if err != nil {
		return b, err
	}
	now := byCourse(offer)
	b.Season = season
	for _, w := range list {
		switch {
		case w.Course == nil:
		case w.Makes:
			b.Removed = append(b.Removed, now[w.Course.ID])
		default:
			in := enrolment.CourseForm{Course: *w.CourseBefore}
			in.Version = now[w.Course.ID].Version
			for _, s := range slices.Sorted(maps.Keys(w.PlacesBefore)) {
				in.Places = append(in.Places, enrolment.SemesterPlaces{Semester: s, Capacity: w.PlacesBefore[s], Read: w.Stands[s].Capacity})
			}
			b.Changed = append(b.Changed, in)
		}
	}
	return b, nil
}

func takeNamedBack(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, list []written) error {
	var n catalogue.Named
	for _, w := range list {
		switch {
		case w.Discipline != nil:
			n.Disciplines = append(n.Disciplines, *w.Discipline)
		case w.Teacher != nil:
			n.Teachers = append(n.Teachers, *w.Teacher)
		case w.Site != nil:
			if err := school.TakeSiteBack(ctx, tx, a, now, *w.Site); err != nil {
				return err
			}
		}
	}
	if len(n.Disciplines)+len(n.Teachers) == 0 {
		return nil
	}
	return catalogue.TakeNamedBack(ctx, tx, a, now, n)
}
