package report

import (
	"context"
	"iter"
	"slices"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/sheet"
)

// List is one that the office takes away as a spreadsheet (R49).
type List string

// The lists.
const (
	ListDossiers    List = "dossiers"
	ListEnrolments  List = "inscriptions" // a line for each course of each pupil
	ListPupils      List = "eleves"
	ListFamilies    List = "familles"
	ListPlaces      List = "places"
	ListNoAnswer    List = "sans-reponse"
	ListIdentifiers List = "identifiants"
	ListSurvey      List = "enquete" // without names, for the ministry
)

// Lists are all of them, in the order of the screen.
var Lists = []List{ListDossiers, ListEnrolments, ListPupils, ListFamilies, ListPlaces, ListNoAnswer, ListIdentifiers, ListSurvey}

// French is the list's name on screens, and its sheet's.
func (l List) French() string {
	switch l {
	case ListDossiers:
		return "Dossiers"
	case ListEnrolments:
		return "Inscriptions par cours"
	case ListPupils:
		return "Élèves"
	case ListFamilies:
		return "Familles"
	case ListPlaces:
		return "Places"
	case ListNoAnswer:
		return "Sans réponse"
	case ListSurvey:
		return "Enquête du ministère"
	default:
		return "Identifiants à remettre"
	}
}

// lister reads one list.
type lister struct {
	ctx       context.Context
	r         db.Reader
	a         actor.Actor
	scope     scope
	season    school.Season
	catalogue catalogue.Catalogue
	Filter
}

func newLister(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, f Filter) (lister, error) {
	s, err := scopeOf(a)
	if err != nil {
		return lister{}, err
	}
	c, err := catalogue.InForce(ctx, r, season)
	return lister{ctx, r, a, s, season, c, f}, err
}

// TableOf is the list as a spreadsheet has it, narrowed by what of the filter it
// knows of; its rows are read as they are
// written, some hundreds at a time. An unknown list is fault.ErrNotFound.
func TableOf(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, l List, f Filter) (sheet.Table, error) {
	of, err := newLister(ctx, r, a, season, f)
	if err != nil {
		return sheet.Table{}, err
	}
	tables := map[List]func() (sheet.Table, error){
		ListDossiers: of.dossiers, ListEnrolments: of.enrolments, ListPupils: of.pupils, ListFamilies: of.families,
		ListPlaces: of.places, ListNoAnswer: of.noAnswer, ListIdentifiers: of.identifiers, ListSurvey: of.survey,
	}
	read := tables[l]
	if read == nil {
		return sheet.Table{}, fault.ErrNotFound
	}
	table, err := read()
	table.Name = l.French()
	return table, err
}

// atOnce is how many lines of a list are read together.
const atOnce = 400

// rowsOf reads what the ids stand for, some hundreds at a time, in their order.
func rowsOf(ids []string, read func(ids []string) ([][]any, error)) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for some := range slices.Chunk(ids, atOnce) {
			rows, err := read(some)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// these are rows that are known already.
func these(rows [][]any) iter.Seq2[[]any, error] {
	return rowsOf(make([]string, min(len(rows), 1)), func([]string) ([][]any, error) { return rows, nil })
}

// text is a column of texts of that width, in letters.
func text(title string, width float64) sheet.Column { return sheet.Column{Title: title, Width: width} }

// byID puts what was read in the order of the ids.
func byID[T any](ids []string, rows []T, id func(T) string) []T {
	at := make(map[string]int, len(ids))
	for i, one := range ids {
		at[one] = i
	}
	slices.SortStableFunc(rows, func(x, y T) int { return at[id(x)] - at[id(y)] })
	return rows
}
