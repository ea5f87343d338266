package catalogue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Discipline is what courses and teachers are of: « Violon », « Danse ».
type Discipline struct {
	ID      string `db:"id"`
	Name    string `db:"name"`
	Courses int64  `db:"courses"` // of the season
	school.Edited
}

// Disciplines lists the disciplines by name, with the season's courses of each.
func Disciplines(ctx context.Context, r db.Reader, season string) ([]Discipline, error) {
	all, err := db.All[Discipline](ctx, r, `select d.id, d.name, d.version, d.changed_at, d.changed_by,
			(select count(*) from course c where c.discipline = d.name and c.season_id = $1) as courses
		from discipline d`, season)
	slices.SortFunc(all, func(x, y Discipline) int { return strings.Compare(french.Fold(x.Name), french.Fold(y.Name)) })
	return all, err
}

// DisciplineByID returns a discipline, or fault.ErrNotFound.
func DisciplineByID(ctx context.Context, r db.Reader, id string) (Discipline, error) {
	return db.One[Discipline](ctx, r, `select id, name, version, changed_at, changed_by, 0 as courses from discipline where id = $1`, id)
}

// DisciplineName is the only field of a discipline's form.
const DisciplineName = "nom"

// SaveDiscipline makes the discipline (ID "") or renames the one that was read
// at its Version, with the courses and teachers of it. It returns
// *fault.Invalid for what must be mended, *fault.Conflict when somebody has
// changed it since. Office only.
func SaveDiscipline(ctx context.Context, store *db.Store, a actor.Actor, now time.Time, d Discipline) error {
	if !a.IsOffice() {
		return fault.ErrForbidden
	}
	return store.Write(ctx, func(tx *db.Tx) error {
		if err := school.Changed(ctx, tx); err != nil {
			return err
		}
		if err := checkDiscipline(ctx, tx, d); err != nil {
			return err
		}
		if d.ID != "" {
			return renameDiscipline(ctx, tx, a, now, d)
		}
		if _, err := tx.Exec(ctx, `insert into discipline (id, name, version, changed_at, changed_by) values ($1, $2, 1, $3, $4)`, db.NewID(), d.Name, now, a.Name); err != nil {
			return fmt.Errorf("make discipline %s: %w", d.Name, err)
		}
		return signed(ctx, tx, a, now, "discipline.made", "", "Discipline "+d.Name+"\u202f: ajoutée")
	})
}

func checkDiscipline(ctx context.Context, r db.Reader, d Discipline) error {
	var c fault.Check
	c.That(d.Name != "", DisciplineName, "Écrivez le nom de la discipline, par exemple «\u202fViolon\u202f».")
	c.That(utf8.RuneCountInString(d.Name) <= 80, DisciplineName, "80 caractères au plus.")
	c.That(!strings.Contains(d.Name, "|"), DisciplineName, "Le nom ne peut pas contenir le signe |.")
	all, err := Disciplines(ctx, r, "")
	if err != nil {
		return err
	}
	c.That(!slices.ContainsFunc(all, func(x Discipline) bool { return x.ID != d.ID && french.Fold(x.Name) == french.Fold(d.Name) }),
		DisciplineName, "Cette discipline existe déjà.")
	return c.Err()
}

func renameDiscipline(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, d Discipline) error {
	held, err := DisciplineByID(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	if err := held.Against(d.Version); err != nil || held.Name == d.Name {
		return err
	}
	if _, err := tx.Exec(ctx, `update discipline set name = $1, version = version + 1, changed_at = $2, changed_by = $3 where id = $4`, d.Name, now, a.Name, d.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update course set discipline = $1, version = version + 1, changed_at = $2, changed_by = $3 where discipline = $4`, d.Name, now, a.Name, held.Name); err != nil {
		return err
	}
	teachers, err := Teachers(ctx, tx)
	if err != nil {
		return err
	}
	for _, t := range teachers {
		names := t.DisciplineNames()
		i := slices.Index(names, held.Name)
		if i < 0 {
			continue
		}
		names[i] = d.Name
		if _, err := tx.Exec(ctx, `update teacher set disciplines = $1, version = version + 1, changed_at = $2, changed_by = $3 where id = $4`, strings.Join(names, "|"), now, a.Name, t.ID); err != nil {
			return err
		}
	}
	if err := school.Changed(ctx, tx); err != nil {
		return err
	}
	return signed(ctx, tx, a, now, "discipline.changed", "Discipline "+held.Name, "Discipline "+d.Name)
}

// DeleteDiscipline forgets the discipline that was read at that version. One
// that courses are of is kept: *fault.Invalid names them. Office only.
func DeleteDiscipline(ctx context.Context, store *db.Store, a actor.Actor, now time.Time, id string, version int64) error {
	if !a.IsOffice() {
		return fault.ErrForbidden
	}
	return store.Write(ctx, func(tx *db.Tx) error {
		if err := school.Changed(ctx, tx); err != nil {
			return err
		}
		held, err := DisciplineByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := held.Against(version); err != nil {
			return err
		}
		courses, err := db.All[string](ctx, tx, `select title from course where discipline = $1 order by title, code`, held.Name)
		if err != nil {
			return err
		}
		if len(courses) > 0 {
			return fault.Refuse("«\u202f" + held.Name + "\u202f» est la discipline de " + french.Count(int64(len(courses)), "cours", "cours") + "\u202f: " + few(courses) +
				". Changez d’abord leur discipline, ou renommez celle-ci.")
		}
		if _, err := tx.Exec(ctx, `delete from discipline where id = $1`, id); err != nil {
			return err
		}
		return signed(ctx, tx, a, now, "discipline.removed", "Discipline "+held.Name, "Discipline "+held.Name+"\u202f: retirée")
	})
}
