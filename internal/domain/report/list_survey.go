package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/sheet"
)

// survey is the ministry's yearly survey as one table: a line for each pupil
// with a rank, without anything that names it. The lines are in an order that
// tells nothing of the ranks.
func (l lister) survey() (sheet.Table, error) {
	type answered struct {
		BirthDate string           `db:"birth_date"`
		Level     string           `db:"level"`
		Town      string           `db:"town"`
		Postcode  string           `db:"postcode"`
		Programme string           `db:"programme_id"`
		Site      string           `db:"site_id"`
		Choice    enrolment.Choice `db:"choice"`
		State     enrolment.State  `db:"state"`
		IsNew     bool             `db:"is_new"`
	}
	columns := []sheet.Column{text("Âge", 6), text("Niveau scolaire", 16), text("Code postal", 10), text("Commune", 22), text("Pôle", 14), text("Formule", 34),
		text("Disciplines", 40), text("Nombre de cours", 10), text("Nouvel élève", 10), text("Inscription confirmée", 12)}
	l.Group = Ranked
	ids, err := l.dossierIDs()
	if err != nil {
		return sheet.Table{}, err
	}
	rows, err := db.All[answered](l.ctx, l.r, `select p.birth_date, coalesce(s.level, '') as level, h.town, h.postcode, d.programme_id, d.site_id, d.choice, d.state,
			not exists (select 1 from pupil_course_now n where n.pupil_id = d.pupil_id) as is_new
		from dossier d join pupil p on p.id = d.pupil_id join household h on h.id = d.household_id
		left join pupil_season s on s.pupil_id = d.pupil_id and s.season_id = d.season_id
		where d.id in (select value from json_each(cast($1 as text)))`, db.IDs(ids))
	if err != nil {
		return sheet.Table{}, err
	}
	lines := make([][]any, len(rows))
	for i, a := range rows {
		var age any
		if a.BirthDate != "" {
			age = int64(french.Age(a.BirthDate, l.season.AgesOn))
		}
		var disciplines []string
		for _, w := range a.Choice {
			if c, ok := l.catalogue.Course(w.Course); ok {
				disciplines = append(disciplines, cmp.Or(c.Discipline, c.Title))
			}
		}
		slices.Sort(disciplines)
		programme, _ := l.catalogue.Programme(a.Programme)
		lines[i] = []any{age, level(a.Level), a.Postcode, a.Town, l.catalogue.SiteName(a.Site), programme.Title, strings.Join(slices.Compact(disciplines), ", "),
			int64(len(a.Choice)), a.IsNew, a.State == enrolment.Enrolled}
	}
	slices.SortFunc(lines, func(a, b []any) int { return strings.Compare(fmt.Sprint(a[1:]...), fmt.Sprint(b[1:]...)) })
	return sheet.Table{Columns: columns, Rows: these(lines)}, nil
}
