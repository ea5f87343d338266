package report

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/sheet"
)

// offering is a course in one semester, as the lists name it.
type offering struct {
	catalogue.Course
	Semester int64
	Places   enrolment.Places
}

func (o offering) title() string {
	return enrolment.RequestView{Title: o.Title, Semester: o.Semester}.FullTitle()
}

// offerings are those of the filter, by pole and title, those of a course
// that was cancelled apart.
func (l lister) offerings() ([]offering, error) {
	places, err := enrolment.PlacesNow(l.ctx, l.r, l.season)
	if err != nil {
		return nil, err
	}
	var all []offering
	for _, p := range places {
		c, ok := l.catalogue.Course(p.Course)
		if !ok || !l.scope.holds(c.SiteID) || l.Site != "" && c.SiteID != l.Site || l.Course != "" && c.ID != l.Course || !c.CancelledAt.IsZero() {
			continue
		}
		all = append(all, offering{c, p.Semester, p})
	}
	slices.SortFunc(all, func(a, b offering) int {
		return cmp.Or(cmp.Compare(l.catalogue.SiteName(a.SiteID), l.catalogue.SiteName(b.SiteID)), cmp.Compare(french.Fold(a.Title), french.Fold(b.Title)),
			cmp.Compare(a.Weekday, b.Weekday), cmp.Compare(a.Starts, b.Starts), cmp.Compare(a.Semester, b.Semester), cmp.Compare(a.Code, b.Code))
	})
	return all, nil
}

// places lists the courses with the places taken and left.
func (l lister) places() (sheet.Table, error) {
	columns := []sheet.Column{text("Code", 16), text("Cours", 34), text("Semestre", 9), text("Pôle", 14), text("Discipline", 20), text("Jour et heure", 22), text("Salle", 14), text("Enseignant", 24),
		text("Places", 8), text("Inscrits", 8), text("Places réservées", 8), text("Proposées", 9), text("Libres", 8), text("En attente", 9)}
	all, err := l.offerings()
	rows := make([][]any, len(all))
	for i, o := range all {
		var semester any
		if o.Semester > 0 {
			semester = o.Semester
		}
		p := o.Places
		rows[i] = []any{o.Code, o.Title, semester, l.catalogue.SiteName(o.SiteID), o.Discipline, o.Slot(), o.Room, o.Teacher,
			p.Capacity, p.Confirmed, p.Taken - p.Confirmed - p.Offered, p.Offered, p.Left(), p.Waiting}
	}
	return sheet.Table{Columns: columns, Rows: these(rows)}, err
}

// Attending is a pupil in a course.
type Attending struct {
	enrolment.InLine
	BirthDate string // 2006-01-02
	Level     string // of the coming season, in French
	Family    people.Household
}

// Class is a course in one semester with those who have a place in it, by name.
type Class struct {
	Title, Site, Slot, Room, Teacher string
	Pupils                           []Attending
}

// line reads who has a place in the offering, who is offered one and who waits.
func (l lister) line(o offering) ([]Attending, error) {
	line, err := enrolment.LineOf(l.ctx, l.r, l.a, l.catalogue, enrolment.OfferingID(o.ID, o.Semester))
	if err != nil {
		return nil, err
	}
	var pupils, households []string
	for _, one := range line {
		pupils, households = append(pupils, one.PupilID), append(households, one.Household)
	}
	births, err := people.PupilsByID(l.ctx, l.r, pupils)
	if err != nil {
		return nil, err
	}
	seasons, err := people.PupilSeasonsOf(l.ctx, l.r, pupils, l.season.ID)
	if err != nil {
		return nil, err
	}
	families, err := people.HouseholdsByID(l.ctx, l.r, l.a, households)
	all := make([]Attending, len(line))
	for i, one := range line {
		all[i] = Attending{one, births[one.PupilID].BirthDate, level(seasons[one.PupilID].Level), families[one.Household]}
	}
	return all, err
}

// enrolments lists, course by course, who is in, who is offered a place and who
// waits, in the order of the course's own list.
func (l lister) enrolments() (sheet.Table, error) {
	columns := []sheet.Column{text("Cours", 34), text("Pôle", 14), text("Jour et heure", 22), text("Enseignant", 24), text("Place", 20), text("Rang", 8), text("Nom", 20), text("Prénom", 16),
		text("Né(e) le", 12), text("Niveau à venir", 14), text("Dossier", 10), text("État du dossier", 20)}
	all, err := l.offerings()
	rows := func(yield func([]any, error) bool) {
		for _, o := range all {
			line, err := l.line(o)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, one := range line {
				row := append([]any{o.title(), l.catalogue.SiteName(o.SiteID), o.Slot(), o.Teacher, one.Standing(), one.Rank, one.PupilLast, one.PupilFirst,
					sheet.Day(one.BirthDate), one.Level, enrolment.Dossier{Number: one.DossierNumber}.Label(), one.DossierState.French()}, contacts(one.Family)...)
				if !yield(row, nil) {
					return
				}
			}
		}
	}
	return sheet.Table{Columns: append(columns, contactColumns...), Rows: rows}, err
}

// ClassesOf lists the courses of the filter that somebody has a place in.
func ClassesOf(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, f Filter) ([]Class, error) {
	of, err := newLister(ctx, r, a, season, f)
	if err != nil {
		return nil, err
	}
	all, err := of.offerings()
	if err != nil {
		return nil, err
	}
	var classes []Class
	for _, o := range all {
		line, err := of.line(o)
		if err != nil {
			return nil, err
		}
		line = slices.DeleteFunc(line, func(a Attending) bool { return a.State != enrolment.Place })
		slices.SortStableFunc(line, func(a, b Attending) int {
			return cmp.Compare(french.Fold(a.PupilLast+" "+a.PupilFirst), french.Fold(b.PupilLast+" "+b.PupilFirst))
		})
		if len(line) > 0 {
			classes = append(classes, Class{o.title(), of.catalogue.SiteName(o.SiteID), o.Slot(), o.Room, o.Teacher, line})
		}
	}
	return classes, nil
}

// sortedIDs are the rows' ids, by what they are sorted by.
func sortedIDs[T any](rows []T, of func(T) (id, by string)) []string {
	type sorted struct{ id, by string }
	all := make([]sorted, len(rows))
	for i, row := range rows {
		all[i].id, all[i].by = of(row)
	}
	slices.SortFunc(all, func(a, b sorted) int { return cmp.Or(cmp.Compare(a.by, b.by), cmp.Compare(a.id, b.id)) })
	ids := make([]string, len(all))
	for i, s := range all {
		ids[i] = s.id
	}
	return ids
}

// firstWords are the words before the space of each.
func firstWords(texts []string) []string {
	all := make([]string, len(texts))
	for i, t := range texts {
		all[i], _, _ = strings.Cut(t, " ")
	}
	return all
}
