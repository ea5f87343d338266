package report

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// scope is how far the reads of the office's go: the whole school, or one pole.
// A pupil is of a pole when its dossier of the current season is for it, when it
// has asked for a course there, or when it has one there this year; a household
// when one of its pupils is. Every read of this package asks for its scope.
type scope struct{ site string }

// scopeOf returns Forbidden for whoever does not work at dossiers, or for those who do.
func scopeOf(a actor.Actor) (scope, error) {
	switch {
	case !a.IsOffice() && a.Role != actor.SystemRole:
		return scope{}, fault.ErrForbidden
	case a.IsLimited():
		return scope{a.Site}, nil
	default:
		return scope{}, nil
	}
}

// whole tells whether nothing is left out.
func (s scope) whole() bool { return s.site == "" }

// holds tells whether a course of that pole is within the scope.
func (s scope) holds(site string) bool { return s.whole() || s.site == site }

const thisSeason = `(select id from season where is_current = true)`

// ofPupil is the condition on a column of pupils; site is its argument, or its
// number in the statement.
func ofPupil(column, site string) string {
	return `(exists (select 1 from dossier sd where sd.season_id = ` + thisSeason + ` and sd.pupil_id = ` + column + ` and sd.site_id = ` + site + `)
		or exists (select 1 from dossier sd join request sq on sq.dossier_id = sd.id join offering so on so.id = sq.offering_id join course sc on sc.id = so.course_id
			where sd.season_id = ` + thisSeason + ` and sd.pupil_id = ` + column + ` and sc.site_id = ` + site + `)
		or exists (select 1 from pupil_course_now sn join course sc on sc.code = sn.course_code where sn.pupil_id = ` + column + ` and sc.site_id = ` + site + `))`
}

func ofHousehold(column, site string) string {
	return `exists (select 1 from pupil_household sh where sh.household_id = ` + column + ` and ` + ofPupil("sh.pupil_id", site) + `)`
}

// andPupil is « and … » for a statement whose column is a pupil's, the scope's
// argument being the statement's nth; "" in the whole school.
func (s scope) andPupil(column string, n int) string {
	if s.whole() {
		return ""
	}
	return ` and ` + ofPupil(column, fmt.Sprintf("$%d", n))
}

// andPastPupil is the same of a dossier of an earlier season: of that pole then.
func (s scope) andPastPupil(alias string, n int) string {
	if s.whole() {
		return ""
	}
	return fmt.Sprintf(` and %s.site_id = $%d`, alias, n)
}

// andHousehold is the same of a column of households.
func (s scope) andHousehold(column string, n int) string {
	if s.whole() {
		return ""
	}
	return ` and ` + ofHousehold(column, fmt.Sprintf("$%d", n))
}

// andCourse is the same of a column of courses.
func (s scope) andCourse(column string, n int) string {
	if s.whole() {
		return ""
	}
	return fmt.Sprintf(` and %s in (select id from course where site_id = $%d)`, column, n)
}

// andMail is the same of a mail: one of a household, about its own pupils.
func (s scope) andMail(alias string, n int) string {
	if s.whole() {
		return ""
	}
	site := fmt.Sprintf("$%d", n)
	return ` and ` + ofHousehold(alias+".household_id", site) + ` and (` + alias + `.dossier_id = '' or exists (select 1 from dossier md where md.id = ` +
		alias + `.dossier_id and ` + ofPupil("md.pupil_id", site) + `))`
}

// andChange is the same of what a family has changed: of its own pupils alone.
func (s scope) andChange(alias string, n int) string {
	if s.whole() {
		return ""
	}
	return s.andHousehold(alias+".household_id", n) + ` and (` + alias + `.pupil_id = '' or ` + ofPupil(alias+".pupil_id", fmt.Sprintf("$%d", n)) + `)`
}

// args are the arguments, with the scope's last when it has one.
func (s scope) args(args ...any) []any {
	if s.whole() {
		return args
	}
	return append(slices.Clip(args), s.site)
}

// pupils narrows a query to the pupils of the column.
func (s scope) pupils(q *query, column string) {
	if !s.whole() {
		q.where = append(q.where, ofPupil(column, q.param(s.site)))
	}
}

// Only is the scope for a search of people.
func Only(a actor.Actor) people.Only {
	if !a.IsLimited() {
		return people.Everybody
	}
	return people.Only{Household: func(column string, arg func(any) string) string { return ofHousehold(column, arg(a.Site)) },
		Pupil: func(column string, arg func(any) string) string { return ofPupil(column, arg(a.Site)) }}
}

// PupilsSeen are those of the pupils that the actor may know of, by id.
func PupilsSeen(ctx context.Context, r db.Reader, a actor.Actor, pupils []string) (map[string]bool, error) {
	s, err := scopeOf(a)
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool, len(pupils))
	ids := pupils
	if !s.whole() {
		ids, err = db.All[string](ctx, r, `select p.id from pupil p where p.id in (select value from json_each(cast($1 as text)))`+s.andPupil("p.id", 2), s.args(db.IDs(pupils))...)
	}
	for _, id := range ids {
		seen[id] = true
	}
	return seen, err
}

var anID = regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`)

// beyond finds what is named by one of the ids, $1, and is not of the pole, $2.
var beyond = strings.Join([]string{
	`select id from pupil where id in (%) and not ` + ofPupil("pupil.id", "$2"),
	`select id from household where id in (%) and not ` + ofHousehold("household.id", "$2"),
	`select id from guardian where id in (%) and not ` + ofHousehold("guardian.household_id", "$2"),
	`select id from dossier where id in (%) and not ` + ofPupil("dossier.pupil_id", "$2"),
	`select q.id from request q join dossier d on d.id = q.dossier_id where q.id in (%) and not ` + ofPupil("d.pupil_id", "$2"),
	`select id from deposit where id in (%) and not (` + ofHousehold("deposit.household_id", "$2") + ` and (deposit.pupil_id is null or ` + ofPupil("deposit.pupil_id", "$2") + `))`,
	`select m.id from outgoing_mail m where m.id in (%) and not (` + strings.TrimPrefix(scope{"pole"}.andMail("m", 2), " and ") + `)`,
	`select x.id from decision x join dossier d on d.id = x.subject_id where x.batch in (%) and not ` + ofPupil("d.pupil_id", "$2"),
}, " union all ")

// Reaches returns NotFound when one of the texts, of an address or a form, names
// what is beyond the actor's pole: a family, a pupil, a dossier or what is theirs.
// Of what exists for him it says nothing more.
func Reaches(ctx context.Context, r db.Reader, a actor.Actor, texts []string) error {
	if !a.IsLimited() {
		return nil
	}
	var ids []string
	for _, text := range texts {
		ids = append(ids, anID.FindAllString(text, 1000)...)
	}
	if len(ids) == 0 {
		return nil
	}
	_, found, err := db.Maybe[string](ctx, r, strings.ReplaceAll(beyond, "%", `select value from json_each(cast($1 as text))`)+` limit 1`, db.IDs(ids), a.Site)
	if err != nil {
		return fmt.Errorf("what an address names: %w", err)
	}
	if found {
		return fault.ErrNotFound
	}
	return nil
}

// ReachesCourse returns NotFound when the course is of another pole than the actor's.
func ReachesCourse(ctx context.Context, r db.Reader, a actor.Actor, course string) error {
	if !a.IsLimited() {
		return nil
	}
	_, found, err := db.Maybe[string](ctx, r, `select id from course where id = $1 and site_id = $2`, course, a.Site)
	if err == nil && !found {
		err = fault.ErrNotFound
	}
	return err
}
