package report

import (
	"context"
	"slices"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// Part is the part of a list in the order of names that a page shows: what
// follows the line of that id, or precedes it, or begins at a name; at most
// Limit lines. The zero Part but for its Limit is the beginning.
type Part struct {
	After, Before string
	From          string // the beginning of a name
	Limit         int
}

// Listed is a part of a list, and whether there is more on each side.
type Listed[T any] struct {
	Lines      []T
	More, Less bool
}

// FamilyLine is a household in the list of families.
type FamilyLine struct {
	ID        string // of the line: its first responsible
	Household people.Household
	Login     string
	Pupils    []people.Pupil
}

// PupilLine is a pupil in the list of pupils.
type PupilLine struct {
	Pupil      people.Pupil
	Level      string // what to call its school level, "" when unknown
	Households []people.Household
	Dossier    string // id, "" without one
	Label      string
	Rank       int64
	State      enrolment.State
}

// Families lists the households in the order of their first responsible's
// name. Office only.
func Families(ctx context.Context, r db.Reader, a actor.Actor, p Part) (Listed[FamilyLine], error) {
	return listedPart(ctx, r, a, p, listOf{"guardian", "position = 0 and household_id not in (" + candidates + ")", "household_id"}, familyLines)
}

// Pupils lists the pupils in the order of their names, with the dossier of the
// season. Office only.
func Pupils(ctx context.Context, r db.Reader, a actor.Actor, season string, p Part) (Listed[PupilLine], error) {
	return listedPart(ctx, r, a, p, listOf{"pupil", "id not in (select pupil_id from pupil_household where household_id in (" + candidates + "))", "id"}, func(ctx context.Context, r db.Reader, a actor.Actor, rows []listRow) ([]PupilLine, error) {
		return pupilLines(ctx, r, a, season, rows)
	})
}

// candidates are the households of the pré-inscriptions that the office has not
// accepted yet: they are not among the families.
const candidates = `select id from household where candidate = true`

// listOf is a table in the order of names, and what its lines are about.
type listOf struct{ table, where, about string }

type listRow struct {
	ID    string `db:"id"`
	About string `db:"about"`
	Name  string `db:"sort_name"`
}

// listedPart reads the part along the index of the names, one line more than it
// shows: so the list never counts all that there is.
func listedPart[T any](ctx context.Context, r db.Reader, a actor.Actor, p Part, of listOf, lines func(context.Context, db.Reader, actor.Actor, []listRow) ([]T, error)) (l Listed[T], err error) {
	s, err := scopeOf(a)
	if err != nil {
		return l, err
	}
	from, err := of.from(ctx, r, p)
	if err != nil {
		return l, err
	}
	compare, order := ">", "sort_name, id"
	if p.Before != "" {
		compare, order = "<", "sort_name desc, id desc"
	}
	rows, err := db.All[listRow](ctx, r, `select id, `+of.about+` as about, sort_name from `+of.table+`
		where `+of.where+` and (sort_name, id) `+compare+` ($1, $2)`+of.within(s, 4)+` order by `+order+` limit $3`, s.args(from.Name, from.ID, p.Limit+1)...)
	if err != nil {
		return l, err
	}
	more := len(rows) > p.Limit
	rows = rows[:min(len(rows), p.Limit)]
	if p.Before != "" {
		slices.Reverse(rows)
		l.More, l.Less = true, more
	} else {
		l.More, l.Less = more, p.After != "" || p.From != ""
	}
	l.Lines, err = lines(ctx, r, a, rows)
	return l, err
}

// within narrows the list to the scope, the statement's nth argument.
func (of listOf) within(s scope, n int) string {
	if of.table == "pupil" {
		return s.andPupil("pupil.id", n)
	}
	return s.andHousehold("guardian.household_id", n)
}

// from is where the part begins; a line that is gone begins at the beginning.
func (of listOf) from(ctx context.Context, r db.Reader, p Part) (listRow, error) {
	if p.After == "" && p.Before == "" {
		return listRow{Name: french.Fold(p.From)}, nil
	}
	row, _, err := db.Maybe[listRow](ctx, r, `select id, id as about, sort_name from `+of.table+` where id = $1`, p.After+p.Before)
	return row, err
}

func familyLines(ctx context.Context, r db.Reader, a actor.Actor, rows []listRow) ([]FamilyLine, error) {
	var ids []string
	for _, row := range rows {
		ids = append(ids, row.About)
	}
	households, err := people.HouseholdsByID(ctx, r, a, ids)
	if err != nil {
		return nil, err
	}
	pupils, err := pupilsOfEach(ctx, r, a, ids)
	if err != nil {
		return nil, err
	}
	logins, err := loginsOf(ctx, r, ids)
	var lines []FamilyLine
	for _, row := range rows {
		lines = append(lines, FamilyLine{ID: row.ID, Household: households[row.About], Login: logins[row.About], Pupils: pupils[row.About]})
	}
	return lines, err
}

// pupilsOfEach are the households' pupils that the actor may know of.
func pupilsOfEach(ctx context.Context, r db.Reader, a actor.Actor, households []string) (map[string][]people.Pupil, error) {
	all, err := people.PupilsOfEach(ctx, r, households)
	if err != nil || !a.IsLimited() {
		return all, err
	}
	var ids []string
	for _, pupils := range all {
		for _, p := range pupils {
			ids = append(ids, p.ID)
		}
	}
	seen, err := PupilsSeen(ctx, r, a, ids)
	for household, pupils := range all {
		all[household] = slices.DeleteFunc(pupils, func(p people.Pupil) bool { return !seen[p.ID] })
	}
	return all, err
}

// loginsOf returns the identifiants of the households, by household.
func loginsOf(ctx context.Context, r db.Reader, households []string) (map[string]string, error) {
	type row struct {
		Household string `db:"household_id"`
		Login     string `db:"login"`
	}
	rows, err := db.All[row](ctx, r, `select household_id, login from account where household_id in (select value from json_each(cast($1 as text)))`, db.IDs(households))
	logins := map[string]string{}
	for _, a := range rows {
		logins[a.Household] = a.Login
	}
	return logins, err
}

func pupilLines(ctx context.Context, r db.Reader, a actor.Actor, season string, rows []listRow) ([]PupilLine, error) {
	var ids []string
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	pupils, err := people.PupilsByID(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	answers, err := people.PupilSeasonsOf(ctx, r, ids, season)
	if err != nil {
		return nil, err
	}
	homes, err := people.HouseholdsOfEach(ctx, r, a, ids)
	if err != nil {
		return nil, err
	}
	found := Found{}
	for _, id := range ids {
		found.Pupils = append(found.Pupils, Hit{Pupil: id})
	}
	if err := found.addDossiers(ctx, r, season); err != nil {
		return nil, err
	}
	var lines []PupilLine
	for i, id := range ids {
		p, hit := pupils[id], found.Pupils[i]
		lines = append(lines, PupilLine{Pupil: p, Level: school.LevelWords(school.Level(answers[id].Level), school.Level(p.LevelNow)), Households: homes[id],
			Dossier: hit.Dossier, Label: hit.Label, Rank: hit.Rank, State: hit.State})
	}
	return lines, nil
}
