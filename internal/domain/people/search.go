package people

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Hit is one answer of a search: a family (PupilID empty) or a pupil.
type Hit struct {
	HouseholdID string
	PupilID     string
	Title       string
	Detail      string
}

type hitRow struct {
	Household string `db:"household_id"`
	Pupil     string `db:"pupil_id"`
	LastName  string `db:"last_name"`
	FirstName string `db:"first_name"`
	Town      string `db:"town"`
	Email     string `db:"email"`
	Birth     string `db:"birth_date"`
	LevelNow  string `db:"level_now"`
	Level     string `db:"level"` // for the coming season, "" when not answered
}

// Only narrows a search to some households and pupils: each func is a condition
// on a column of their ids, arg numbers its arguments.
type Only struct {
	Household, Pupil func(column string, arg func(any) string) string
}

// Everybody leaves nobody out.
var Everybody = Only{}

// narrowed adds the condition to a statement's.
func narrowed(where string, args []any, of func(string, func(any) string) string, column string) (string, []any) {
	if of == nil {
		return where, args
	}
	condition := of(column, func(a any) string {
		args = append(args, a)
		return fmt.Sprintf("$%d", len(args))
	})
	return where + " and " + condition, args
}

// Search returns the families and pupils of only whose names, telephones or e-mail
// have every word of text, at most limit of each, families first. Only the
// office and who sees the books search: fault.ErrForbidden for anyone else.
func Search(ctx context.Context, r db.Reader, a actor.Actor, only Only, text string, limit int) ([]Hit, error) {
	if !a.IsOffice() && !a.May(actor.Sees, actor.Billing) {
		return nil, fmt.Errorf("search families: %w", fault.ErrForbidden)
	}
	words := searchWords(text)
	if len(words) == 0 {
		return nil, nil
	}
	hits, err := searchGuardians(ctx, r, only, words, limit)
	if err != nil {
		return nil, err
	}
	pupils, err := searchPupils(ctx, r, only, words, limit)
	return append(hits, pupils...), err
}

// searchWords folds the text; a telephone, or its beginning, typed with spaces,
// dots or +33 is one word.
func searchWords(text string) []string {
	if n, _ := NormalPhone(strings.TrimSpace(text)); someDigits.MatchString(n) {
		return []string{n}
	}
	words := strings.Fields(french.Fold(strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "")))
	return words[:min(len(words), 6)]
}

var someDigits = regexp.MustCompile(`^\+?\d{2,15}$`)

// having is one condition a word, and its arguments, from $1 on.
func having(column string, words []string) (string, []any) {
	var conditions []string
	var args []any
	for _, w := range words {
		args = append(args, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(w)+"%")
		conditions = append(conditions, fmt.Sprintf(`%s like $%d escape '\'`, column, len(args)))
	}
	return strings.Join(conditions, " and "), args
}

func searchGuardians(ctx context.Context, r db.Reader, only Only, words []string, limit int) ([]Hit, error) {
	where, args := having("g.search", words)
	where, args = narrowed(where, args, only.Household, "g.household_id")
	rows, err := db.All[hitRow](ctx, r, `select g.household_id, g.last_name, g.first_name, g.email, h.town
		from guardian g join household h on h.id = g.household_id
		where h.candidate = false and `+where+fmt.Sprintf(` order by g.search, g.id limit $%d`, len(args)+1), append(args, limit)...)
	var hits []Hit
	for _, row := range rows {
		hits = append(hits, Hit{HouseholdID: row.Household, Title: row.FirstName + " " + row.LastName, Detail: joined(row.Town, row.Email)})
	}
	return hits, err
}

func searchPupils(ctx context.Context, r db.Reader, only Only, words []string, limit int) ([]Hit, error) {
	where, args := having("p.search", words)
	where, args = narrowed(where, args, only.Pupil, "p.id")
	rows, err := db.All[hitRow](ctx, r, `select p.id as pupil_id, min(ph.household_id) as household_id, p.last_name, p.first_name, p.birth_date, p.level_now,
			coalesce((select ps.level from pupil_season ps join season s on s.id = ps.season_id where ps.pupil_id = p.id and s.is_current = true), '') as level
		from pupil p join pupil_household ph on ph.pupil_id = p.id join household h on h.id = ph.household_id and h.candidate = false
		where `+where+fmt.Sprintf(` group by p.id, p.last_name, p.first_name, p.birth_date, p.level_now, p.search order by p.search, p.id limit $%d`, len(args)+1), append(args, limit)...)
	var hits []Hit
	for _, row := range rows {
		birth := ""
		if row.Birth != "" {
			birth = "naissance le " + french.CivilDate(row.Birth)
		}
		hits = append(hits, Hit{HouseholdID: row.Household, PupilID: row.Pupil, Title: row.FirstName + " " + row.LastName, Detail: joined(birth, school.LevelWords(school.Level(row.Level), school.Level(row.LevelNow)))})
	}
	return hits, err
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}
