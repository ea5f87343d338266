package catalogue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Teacher teaches; an account comes with the teaching screens. Disciplines are
// names, with | between them.
type Teacher struct {
	ID          string `db:"id"`
	LastName    string `db:"last_name"`
	FirstName   string `db:"first_name"`
	Email       string `db:"email"`
	Disciplines string `db:"disciplines"`
	school.Edited
}

// FullName is the teacher as courses name it.
func (t Teacher) FullName() string { return strings.TrimSpace(t.FirstName + " " + t.LastName) }

// DisciplineNames are the disciplines, one by one.
func (t Teacher) DisciplineNames() []string {
	return strings.FieldsFunc(t.Disciplines, func(r rune) bool { return r == '|' })
}

const teacherColumns = `id, last_name, first_name, email, disciplines, version, changed_at, changed_by`

// Teachers lists the teachers by name.
func Teachers(ctx context.Context, r db.Reader) ([]Teacher, error) {
	return db.All[Teacher](ctx, r, `select `+teacherColumns+` from teacher order by search, email, id`)
}

// TeacherByID returns a teacher, or fault.ErrNotFound.
func TeacherByID(ctx context.Context, r db.Reader, id string) (Teacher, error) {
	return db.One[Teacher](ctx, r, `select `+teacherColumns+` from teacher where id = $1`, id)
}

// SearchTeachers returns a page of the teachers whose name or disciplines have
// the text, whatever the accents, and how many there are in all.
func SearchTeachers(ctx context.Context, r db.Reader, text string, offset, limit int64) ([]Teacher, int64, error) {
	like := "%" + french.Fold(strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)) + "%"
	n, err := db.One[int64](ctx, r, `select count(*) from teacher where search like $1 escape '\'`, like)
	if err != nil {
		return nil, 0, err
	}
	all, err := db.All[Teacher](ctx, r, `select `+teacherColumns+` from teacher where search like $1 escape '\' order by search, email, id limit $2 offset $3`, like, limit, offset)
	return all, n, err
}

// PutTeacher writes the teacher of that id, or a new one, for an import, and
// returns its id.
func PutTeacher(ctx context.Context, tx *db.Tx, t Teacher) (string, error) {
	search := french.Fold(t.LastName + " " + t.FirstName)
	if t.ID != "" {
		_, err := tx.Exec(ctx, `update teacher set email = $1, disciplines = $2, version = version + 1, changed_at = null, changed_by = '' where id = $3`,
			t.Email, t.Disciplines, t.ID)
		return t.ID, err
	}
	t.ID = db.NewID()
	_, err := tx.Exec(ctx, `insert into teacher (id, last_name, first_name, email, disciplines, search) values ($1, $2, $3, $4, $5, $6)`,
		t.ID, t.LastName, t.FirstName, t.Email, t.Disciplines, search)
	return t.ID, err
}

// The fields of a teacher's form.
const (
	TeacherLastName    = "nom"
	TeacherFirstName   = "prenom"
	TeacherEmail       = "email"
	TeacherDisciplines = "disciplines"
)

// SaveTeacher makes the teacher (ID "") or changes the one that was read at its
// Version, and returns its id; the courses follow a changed name. It returns
// *fault.Invalid for what must be mended, *fault.Conflict when somebody has
// changed it since. Office only.
func SaveTeacher(ctx context.Context, store *db.Store, a actor.Actor, now time.Time, t Teacher) (string, error) {
	if !a.IsOffice() {
		return "", fault.ErrForbidden
	}
	err := store.Write(ctx, func(tx *db.Tx) error {
		if err := school.Changed(ctx, tx); err != nil {
			return err
		}
		if err := checkTeacher(ctx, tx, t); err != nil {
			return err
		}
		if t.ID != "" {
			return changeTeacher(ctx, tx, a, now, t)
		}
		t.ID = db.NewID()
		if _, err := tx.Exec(ctx, `insert into teacher (id, last_name, first_name, email, disciplines, search, version, changed_at, changed_by) values ($1, $2, $3, $4, $5, $6, 1, $7, $8)`,
			t.ID, t.LastName, t.FirstName, t.Email, t.Disciplines, french.Fold(t.LastName+" "+t.FirstName), now, a.Name); err != nil {
			return fmt.Errorf("make a teacher: %w", err)
		}
		return signed(ctx, tx, a, now, "teacher.made", "", t.FullName()+"\u202f: ajouté")
	})
	return t.ID, err
}

func checkTeacher(ctx context.Context, r db.Reader, t Teacher) error {
	var c fault.Check
	c.That(t.LastName != "", TeacherLastName, "Écrivez le nom de l’enseignant.")
	c.That(t.FirstName != "", TeacherFirstName, "Écrivez le prénom de l’enseignant.")
	c.That(t.Email == "" || looksLikeMail(t.Email), TeacherEmail, "Écrivez une adresse comme prenom.nom@exemple.fr.")
	c.That(!strings.Contains(t.LastName+t.FirstName, "|"), TeacherLastName, "Le nom ne peut pas contenir le signe |.")
	for field, value := range map[string]string{TeacherLastName: t.LastName, TeacherFirstName: t.FirstName, TeacherEmail: t.Email} {
		c.That(utf8.RuneCountInString(value) <= 120, field, "120 caractères au plus.")
	}
	twins, err := db.One[int64](ctx, r, `select count(*) from teacher where search = $1 and id <> $2`, french.Fold(t.LastName+" "+t.FirstName), t.ID)
	if err != nil {
		return err
	}
	c.That(twins == 0, TeacherLastName, "Un enseignant porte déjà ce nom et ce prénom. Ajoutez une initiale pour les distinguer.")
	return c.Err()
}

func looksLikeMail(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	return ok && name != "" && strings.Contains(strings.Trim(host, "."), ".") && !strings.ContainsAny(s, " ,;<>\"\n") && !strings.Contains(host, "@")
}

func changeTeacher(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, t Teacher) error {
	held, err := TeacherByID(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	if err := held.Against(t.Version); err != nil {
		return err
	}
	before, after := journal.Changes(journal.Field{Label: "nom", Before: held.FullName(), After: t.FullName()},
		journal.Field{Label: "adresse mail", Before: held.Email, After: t.Email},
		journal.Field{Label: "disciplines", Before: french.List(held.DisciplineNames()), After: french.List(t.DisciplineNames())})
	if after == "" {
		return nil
	}
	if _, err := tx.Exec(ctx, `update teacher set last_name = $1, first_name = $2, email = $3, disciplines = $4, search = $5, version = version + 1, changed_at = $6, changed_by = $7 where id = $8`,
		t.LastName, t.FirstName, t.Email, t.Disciplines, french.Fold(t.LastName+" "+t.FirstName), now, a.Name, t.ID); err != nil {
		return fmt.Errorf("change teacher %s: %w", t.ID, err)
	}
	if held.FullName() != t.FullName() {
		if _, err := tx.Exec(ctx, `update course set teacher = $1, version = version + 1, changed_at = $2, changed_by = $3 where teacher = $4`, t.FullName(), now, a.Name, held.FullName()); err != nil {
			return err
		}
		if err := school.Changed(ctx, tx); err != nil {
			return err
		}
	}
	return signed(ctx, tx, a, now, "teacher.changed", held.FullName()+", "+before, t.FullName()+", "+after)
}

// DeleteTeacher forgets the teacher that was read at that version. One who
// still teaches is kept: *fault.Invalid names the courses. Office only.
func DeleteTeacher(ctx context.Context, store *db.Store, a actor.Actor, now time.Time, id string, version int64) error {
	if !a.IsOffice() {
		return fault.ErrForbidden
	}
	return store.Write(ctx, func(tx *db.Tx) error {
		if err := school.Changed(ctx, tx); err != nil {
			return err
		}
		held, err := TeacherByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := held.Against(version); err != nil {
			return err
		}
		courses, err := db.All[string](ctx, tx, `select title from course where teacher = $1 order by title, code`, held.FullName())
		if err != nil {
			return err
		}
		if len(courses) > 0 {
			return fault.Refuse(held.FullName() + " donne encore " + french.Count(int64(len(courses)), "cours", "cours") + "\u202f: " + few(courses) +
				". Donnez-les d’abord à un autre enseignant, ou laissez-les sans enseignant.")
		}
		if _, err := tx.Exec(ctx, `delete from teacher where id = $1`, id); err != nil {
			return err
		}
		return signed(ctx, tx, a, now, "teacher.removed", held.FullName(), held.FullName()+"\u202f: retiré")
	})
}

// few names the first of the words and counts the others.
func few(words []string) string {
	words = slices.Compact(words)
	if len(words) <= 4 {
		return french.List(words)
	}
	return strings.Join(words[:4], ", ") + " et " + french.Count(int64(len(words)-4), "autre", "autres")
}

func signed(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, event, before, after string) error {
	return journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: event, Before: before, After: after}))
}
