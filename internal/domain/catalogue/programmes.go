package catalogue

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// The fields of a programme's form; those of the i-th line follow LineField.
const (
	ProgrammeTitle   = "intitule"
	ProgrammeMessage = "phrase"
	ProgrammeLines   = "lignes"
)

// MostLines bounds the lines of a programme.
const MostLines = 12

// Sentence says what the programme asks: « Un instrument et une pratique
// collective, et un cours de culture musicale (6e ou 5e). »
func Sentence(lines []Line) string {
	if len(lines) == 0 {
		return "Aucune ligne pour l’instant."
	}
	parts := make([]string, len(lines))
	different := false
	for i, l := range lines {
		parts[i] = l.Demand()
		if len(l.Levels) > 0 {
			parts[i] += " (" + LevelWords(l.Levels) + ")"
		}
		different = different || l.DistinctTitles
	}
	s := french.List(parts)
	if different {
		s += ", différents"
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:] + "."
}

// Counts says how many courses a dossier has by these lines: « 2 ou 3 cours par dossier ».
func Counts(lines []Line) string {
	var always, sometimes, most int64
	for _, l := range lines {
		if len(l.Levels) == 0 {
			always += l.Min
		} else {
			sometimes += l.Min
		}
		most += l.Max
	}
	switch {
	case most >= Unbounded:
		return french.Count(always, "cours", "cours") + " par dossier, ou plus"
	case always == most:
		return french.Count(always, "cours", "cours") + " par dossier, jamais plus"
	case sometimes > 0 && always+sometimes == most:
		return strconv.FormatInt(always, 10) + " ou " + strconv.FormatInt(most, 10) + " cours par dossier, jamais plus"
	default:
		return strconv.FormatInt(always, 10) + " à " + strconv.FormatInt(most, 10) + " cours par dossier, jamais plus"
	}
}

// CheckProgramme returns *fault.Invalid for what must be mended in p, as it
// would stand among the others.
func (c Catalogue) CheckProgramme(p Programme) error {
	var k fault.Check
	k.That(p.Title != "", ProgrammeTitle, "Écrivez l’intitulé de la formule, par exemple «\u202fCours Adultes\u202f».")
	k.That(utf8.RuneCountInString(p.Title) <= 120, ProgrammeTitle, "120 caractères au plus.")
	k.That(utf8.RuneCountInString(p.Message) <= 500, ProgrammeMessage, "500 caractères au plus.")
	k.That(!slices.ContainsFunc(c.Programmes, func(x Programme) bool { return x.ID != p.ID && french.Fold(x.Title) == french.Fold(p.Title) }),
		ProgrammeTitle, "Une formule porte déjà cet intitulé. Donnez-en un autre.")
	checkAges(&k, p.AgeMin, p.AgeMax)
	checkLevels(&k, p.Levels)
	k.That(len(p.Lines) > 0, ProgrammeLines, "Ajoutez une ligne\u202f: ce que l’élève choisit.")
	k.That(len(p.Lines) <= MostLines, ProgrammeLines, "Douze lignes au plus.")
	for i, l := range p.Lines {
		at := "Ligne " + strconv.Itoa(i+1) + "\u202f: "
		k.That(len(l.Kinds) > 0 && !slices.ContainsFunc(l.Kinds, func(x Kind) bool { return !slices.Contains(Kinds, x) }), ProgrammeLines, at+"choisissez ce que l’élève choisit.")
		k.That(l.Min >= 0 && l.Max >= 1 && l.Max >= l.Min && l.Max <= Unbounded, ProgrammeLines, at+"choisissez combien.")
		k.That(l.Semester >= 0 && l.Semester <= 2, ProgrammeLines, at+"choisissez le semestre.")
		k.That(utf8.RuneCountInString(l.Label) <= 80, ProgrammeLines, at+"80 caractères au plus pour l’intitulé.")
		var levels fault.Check
		checkLevels(&levels, l.Levels)
		k.That(levels.Err() == nil, ProgrammeLines, at+"choisissez les niveaux dans la liste.")
	}
	return k.Err()
}

// SaveProgramme makes the programme (ID "") in the season or changes the one
// that was read at its Version, its lines included, and returns its id; its
// code and position are not touched. Registrar.SaveProgramme calls this, so that
// its dossiers are judged anew. It returns *fault.Invalid for what must be
// mended, *fault.Conflict when somebody has changed it since.
func SaveProgramme(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, season string, p Programme) (string, error) {
	offer, err := Of(ctx, tx, season)
	if err != nil {
		return "", err
	}
	held, known := offer.Programme(p.ID)
	if p.ID != "" && !known {
		return "", fmt.Errorf("programme %s: %w", p.ID, fault.ErrNotFound)
	}
	for i := range p.Lines {
		if p.Lines[i].Label == "" && len(p.Lines[i].Kinds) > 0 {
			p.Lines[i].Label = p.Lines[i].Name()
		}
	}
	if err := offer.CheckProgramme(p); err != nil {
		return "", err
	}
	if !known {
		return makeProgramme(ctx, tx, a, now, season, offer, p)
	}
	if err := held.Against(p.Version); err != nil {
		return "", err
	}
	if held.same(p) {
		return p.ID, nil
	}
	if _, err := tx.Exec(ctx, `update programme set title = $1, message = $2, age_min = $3, age_max = $4, levels = $5, version = version + 1, changed_at = $6, changed_by = $7 where id = $8`,
		p.Title, p.Message, p.AgeMin, p.AgeMax, writeList(p.Levels), now, a.Name, p.ID); err != nil {
		return "", fmt.Errorf("change programme %s: %w", held.Code, err)
	}
	if err := putLines(ctx, tx, p.ID, p); err != nil {
		return "", err
	}
	before, after := journal.Changes(differences(held, p)...)
	if err := school.Changed(ctx, tx); err != nil {
		return "", err
	}
	return p.ID, signed(ctx, tx, a, now, "programme.changed", held.Title+", "+before, p.Title+", "+after)
}

func makeProgramme(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, season string, offer Catalogue, p Programme) (string, error) {
	codes, last := map[string]bool{}, int64(-1)
	for _, x := range offer.Programmes {
		codes[x.Code], last = true, max(last, x.Position)
	}
	p.ID = db.NewID()
	if _, err := tx.Exec(ctx, `insert into programme (id, season_id, code, title, message, age_min, age_max, levels, position, version, changed_at, changed_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11)`,
		p.ID, season, school.FreeCode(p.Title, codes), p.Title, p.Message, p.AgeMin, p.AgeMax, writeList(p.Levels), last+1, now, a.Name); err != nil {
		return "", fmt.Errorf("make programme %s: %w", p.Title, err)
	}
	if err := putLines(ctx, tx, p.ID, p); err != nil {
		return "", err
	}
	if err := school.Changed(ctx, tx); err != nil {
		return "", err
	}
	return p.ID, signed(ctx, tx, a, now, "programme.made", "", "Formule "+p.Title+"\u202f: ajoutée")
}

// same tells whether nothing differs that a form can change.
func (p Programme) same(x Programme) bool {
	return p.Title == x.Title && p.Message == x.Message && p.SameRules(x) && reflect.DeepEqual(labels(p.Lines), labels(x.Lines))
}

func labels(lines []Line) (all []string) {
	for _, l := range lines {
		all = append(all, l.Label)
	}
	return all
}

// SameRules tells whether both versions of a programme judge every choice alike.
func (p Programme) SameRules(x Programme) bool {
	return p.AgeMin == x.AgeMin && p.AgeMax == x.AgeMax && slices.Equal(p.Levels, x.Levels) &&
		slices.EqualFunc(p.Lines, x.Lines, func(l, m Line) bool {
			return slices.Equal(l.Kinds, m.Kinds) && slices.Equal(l.Levels, m.Levels) && l.Min == m.Min && l.Max == m.Max &&
				l.Semester == m.Semester && l.DistinctTitles == m.DistinctTitles && l.WithoutInstrument == m.WithoutInstrument
		})
}

func differences(was, is Programme) []journal.Field {
	return []journal.Field{
		{Label: "intitulé", Before: was.Title, After: is.Title},
		{Label: "phrase", Before: was.Message, After: is.Message},
		{Label: "âges", Before: Ages(was.AgeMin, was.AgeMax), After: Ages(is.AgeMin, is.AgeMax)},
		{Label: "niveaux", Before: LevelWords(was.Levels), After: LevelWords(is.Levels)},
		{Label: "règle", Before: Sentence(was.Lines), After: Sentence(is.Lines)},
		{Label: "intitulés des lignes", Before: strings.Join(labels(was.Lines), ", "), After: strings.Join(labels(is.Lines), ", ")},
	}
}

// Name is the heading of the line on the family's screen when the school gives
// none: « Pratique collective ».
func (l Line) Name() string {
	words := make([]string, len(l.Kinds))
	for i, k := range l.Kinds {
		words[i] = k.French()
	}
	s := orList(words) + semesterAfter(l.Semester)
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// WithProgramme is the catalogue with the programme in place of the one of its
// id, or added.
func (c Catalogue) WithProgramme(p Programme) Catalogue {
	c.Programmes = slices.Clone(c.Programmes)
	if i := slices.IndexFunc(c.Programmes, func(x Programme) bool { return x.ID == p.ID }); i >= 0 {
		c.Programmes[i] = p
	} else {
		c.Programmes = append(c.Programmes, p)
	}
	return c
}

// MoveProgramme moves the programme one step up or down in the order of
// screens, and returns its place from 1 and how many there are. Office only.
func MoveProgramme(ctx context.Context, store *db.Store, a actor.Actor, now time.Time, season, id string, up bool) (place, of int, err error) {
	if !a.IsOffice() {
		return 0, 0, fault.ErrForbidden
	}
	err = store.Write(ctx, func(tx *db.Tx) error {
		if err := school.Changed(ctx, tx); err != nil {
			return err
		}
		offer, err := Of(ctx, tx, season)
		if err != nil {
			return err
		}
		moved, ok := offer.Programme(id)
		if !ok {
			return fmt.Errorf("programme %s: %w", id, fault.ErrNotFound)
		}
		var ids []string
		for _, p := range offer.Programmes {
			ids = append(ids, p.ID)
		}
		place, of = school.Step(ids, id, up), len(ids)
		for i, id := range ids {
			if _, err := tx.Exec(ctx, `update programme set position = $1 where id = $2 and position <> $1`, i, id); err != nil {
				return err
			}
		}
		return signed(ctx, tx, a, now, "programme.moved", "", fmt.Sprintf("Formule %s\u202f: %dᵉ de la liste", moved.Title, place))
	})
	return place, of, err
}

// DeleteProgramme forgets a programme that no dossier has chosen: its caller
// has checked that.
func DeleteProgramme(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, p Programme) error {
	if _, err := tx.Exec(ctx, `delete from programme_line where programme_id = $1`, p.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from programme where id = $1`, p.ID); err != nil {
		return fmt.Errorf("delete programme %s: %w", p.Code, err)
	}
	if err := school.Changed(ctx, tx); err != nil {
		return err
	}
	return signed(ctx, tx, a, now, "programme.removed", "Formule "+p.Title, "Formule "+p.Title+"\u202f: retirée")
}

// TakesSome tells whether some line of the programme can be filled by the course
// in that semester, whoever chooses.
func (p Programme) TakesSome(c Course, semester int64) bool {
	return slices.ContainsFunc(p.Lines, func(l Line) bool { return l.Accepts(c, semester) })
}
