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
	"pupitre/internal/platform/sheet"
)

// listed is a pupil of the list, in one of its households.
type listed struct {
	ID        string           `db:"id"` // the pupil's and the household's
	Pupil     string           `db:"pupil_id"`
	Household string           `db:"household_id"`
	LastName  string           `db:"last_name"`
	FirstName string           `db:"first_name"`
	BirthDate string           `db:"birth_date"`
	LevelNow  string           `db:"level_now"`
	Number    int64            `db:"number"`
	State     enrolment.State  `db:"state"`
	Programme string           `db:"programme_id"`
	Site      string           `db:"site_id"`
	Choice    enrolment.Choice `db:"choice"`
}

const listedFrom = ` from pupil p join pupil_household ph on ph.pupil_id = p.id
	left join dossier d on d.pupil_id = p.id and d.season_id = $1 where `

// pupils lists them by name, a line for each of a pupil's households.
func (l lister) pupils() (sheet.Table, error) {
	columns := []sheet.Column{text("Nom", 20), text("Prénom", 16), text("Né(e) le", 12), text("Niveau cette année", 14), text("Niveau à venir", 14), text("Droit à l’image", 10),
		text("Dossier", 10), text("État", 20), text("Formule", 34), text("Pôle", 14), text("Cours", 50)}
	var q query
	q.param(l.season.ID)
	q.where = []string{`ph.household_id not in (` + candidates + `)`}
	l.scope.pupils(&q, "p.id")
	if l.Site != "" {
		q.with(`d.site_id = ?`, l.Site)
	}
	if l.Programme != "" {
		q.with(`d.programme_id = ?`, l.Programme)
	}
	rows, err := db.All[listed](l.ctx, l.r, `select p.id || ' ' || ph.household_id as id, p.last_name, p.first_name`+listedFrom+q.conditions(), q.args...)
	if err != nil {
		return sheet.Table{}, err
	}
	ids := sortedIDs(rows, func(p listed) (string, string) {
		return p.ID, french.Fold(p.LastName) + "\x00" + french.Fold(p.FirstName)
	})
	return sheet.Table{Columns: append(columns, contactColumns...), Rows: rowsOf(ids, l.pupilRows)}, nil
}

func (l lister) pupilRows(ids []string) ([][]any, error) {
	rows, err := db.All[listed](l.ctx, l.r, `select p.id || ' ' || ph.household_id as id, p.id as pupil_id, ph.household_id, p.last_name, p.first_name, p.birth_date, p.level_now,
			coalesce(d.number, 0) as number, coalesce(d.state, '') as state, coalesce(d.programme_id, '') as programme_id, coalesce(d.site_id, '') as site_id, d.choice`+listedFrom+
		`p.id in (select value from json_each(cast($2 as text)))`, l.season.ID, db.IDs(firstWords(ids)))
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	var pupils, households []string
	for _, p := range rows {
		pupils, households = append(pupils, p.Pupil), append(households, p.Household)
	}
	seasons, err := people.PupilSeasonsOf(l.ctx, l.r, pupils, l.season.ID)
	if err != nil {
		return nil, err
	}
	families, err := people.HouseholdsByID(l.ctx, l.r, l.a, households)
	var lines [][]any
	for _, p := range byID(ids, rows, func(p listed) string { return p.ID }) {
		if !wanted[p.ID] { // of the pupil's other household, that stands elsewhere
			continue
		}
		season := seasons[p.Pupil]
		var number string
		if p.Number > 0 {
			number = enrolment.Dossier{Number: p.Number}.Label()
		}
		programme, _ := l.catalogue.Programme(p.Programme)
		lines = append(lines, append([]any{p.LastName, p.FirstName, sheet.Day(p.BirthDate), level(p.LevelNow), level(season.Level), answered(season.ImageRight), number, p.State.French(),
			programme.Title, l.catalogue.SiteName(p.Site), french.List(titles(CourseNames(l.catalogue, p.Choice)))}, contacts(families[p.Household])...))
	}
	return lines, err
}

// answered is a question's answer in French, "" before one.
func answered(a string) string {
	switch a {
	case people.Yes:
		return "oui"
	case people.No:
		return "non"
	}
	return ""
}

// families lists the households by the name of their first responsible.
func (l lister) families() (sheet.Table, error) {
	columns := []sheet.Column{text("Identifiant", 18), text("Adresse", 34), text("Complément", 24), text("Code postal", 10), text("Commune", 22), text("Autre responsable", 26), text("Élèves", 40)}
	ids, err := l.familyIDs()
	return sheet.Table{Columns: append(slices.Clip(contactColumns), columns...), Rows: rowsOf(ids, l.familyRows)}, err
}

// familyIDs are the households by name: all of them, or those of the dossiers
// that the filter leaves.
func (l lister) familyIDs() ([]string, error) {
	type named struct {
		ID    string `db:"household_id"`
		Last  string `db:"last_name"`
		First string `db:"first_name"`
	}
	narrowed, args := "", []any(nil)
	if l.Filter != (Filter{Group: l.Group, Page: l.Page}) {
		l.Group = Everyone
		dossiers, err := l.dossierIDs()
		if err != nil {
			return nil, err
		}
		narrowed = ` and household_id in (select household_id from dossier where id in (select value from json_each(cast($1 as text))))`
		args = []any{db.IDs(dossiers)}
	}
	rows, err := db.All[named](l.ctx, l.r, `select household_id, last_name, first_name from guardian where position = 0
		and household_id not in (`+candidates+`)`+narrowed+l.scope.andHousehold("guardian.household_id", len(args)+1), l.scope.args(args...)...)
	if err != nil {
		return nil, err
	}
	return sortedIDs(rows, func(n named) (string, string) { return n.ID, french.Fold(n.Last) + "\x00" + french.Fold(n.First) }), nil
}

// FamiliesOf lists the households of the filter by name.
func FamiliesOf(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, f Filter) ([]people.Household, error) {
	of, err := newLister(ctx, r, a, season, f)
	if err != nil {
		return nil, err
	}
	ids, err := of.familyIDs()
	if err != nil {
		return nil, err
	}
	found, err := people.HouseholdsByID(ctx, r, a, ids)
	all := make([]people.Household, len(ids))
	for i, id := range ids {
		all[i] = found[id]
	}
	return all, err
}

func (l lister) familyRows(ids []string) ([][]any, error) {
	type member struct {
		Household string `db:"household_id"`
		Name      string `db:"name"`
	}
	list := db.IDs(ids)
	pupils, err := db.All[member](l.ctx, l.r, `select ph.household_id, p.first_name || ' ' || p.last_name as name from pupil_household ph join pupil p on p.id = ph.pupil_id
		where ph.household_id in (select value from json_each(cast($1 as text)))`+l.scope.andPupil("p.id", 2)+` order by p.birth_date, p.id`, l.scope.args(list)...)
	if err != nil {
		return nil, err
	}
	logins, err := db.All[member](l.ctx, l.r, `select household_id, login as name from account where household_id in (select value from json_each(cast($1 as text)))`, list)
	if err != nil {
		return nil, err
	}
	families, err := people.HouseholdsByID(l.ctx, l.r, l.a, ids)
	names, login := map[string][]string{}, map[string]string{}
	for _, p := range pupils {
		names[p.Household] = append(names[p.Household], p.Name)
	}
	for _, a := range logins {
		login[a.Household] = a.Name
	}
	lines := make([][]any, len(ids))
	for i, id := range ids {
		h := families[id]
		var others []string
		for _, g := range h.Guardians[min(1, len(h.Guardians)):] {
			others = append(others, g.FullName())
		}
		lines[i] = append(contacts(h), login[id], h.Address, h.AddressExtra, h.Postcode, h.Town, french.List(others), french.List(names[id]))
	}
	return lines, err
}
