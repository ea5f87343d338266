package importing

import (
	"slices"
	"strings"

	"pupitre/internal/domain/people"
	"pupitre/internal/platform/sheet"
)

// peopleJudge judges the rows of a file of families or pupils against the school.
type peopleJudge struct {
	*judge
	kind Kind
	held *held

	families map[string]*family // by what names them in the file
	byID     map[string]*family
	phones   map[string]*family // of the first responsibles
	order    []*family
	children map[string]*child // by name and date of birth, those of this file
	counts   Counts
}

// family is a household of the file: one that is held, or one to make.
type family struct {
	line   int // where it was met first
	id     string
	known  bool
	before people.Household
	now    people.Household
	login  string
	told   map[string]string // the first value that the file gives of each thing
	pupils []*child
}

// child is a pupil of the file: one that is held, or one to make.
type child struct {
	line   int
	known  bool
	before people.Homed
	now    people.Homed
	family *family
}

// typedGuardian is a responsible as the row gives it.
type typedGuardian struct{ people.Guardian }

func (g typedGuardian) given() bool { return g.LastName+g.FirstName != "" }

// judgePeople returns what the rows would do, and every problem they have.
func judgePeople(kind Kind, columns []Column, matching []string, answers map[string]Answer, rows []sheet.Row, h *held) peoplePlan {
	j := &peopleJudge{judge: newJudge(columns, matching, answers), kind: kind, held: h, families: map[string]*family{}, byID: map[string]*family{}, phones: map[string]*family{}, children: map[string]*child{}}
	if j.needColumns() {
		for _, row := range rows {
			j.row(&entry{row: row})
		}
	}
	return j.plan(len(rows))
}

// needColumns asks for the columns without which nothing can be read.
func (j *peopleJudge) needColumns() bool {
	need := func(what string, any ...string) {
		if !slices.ContainsFunc(any, j.has) {
			j.note(Problem{What: what, Blocks: true})
		}
	}
	if j.kind == Pupils {
		need("Aucune colonne ne dit la famille\u202f: choisissez laquelle est son identifiant, ou le nom ou l’adresse mail du responsable.", fLogin, "resp."+fLast, "resp."+fFull, "resp."+fEmail)
		need("Aucune colonne n’est le nom de l’élève\u202f: choisissez-la.", "eleve."+fLast, "eleve."+fFull)
		need("Aucune colonne n’est le prénom de l’élève\u202f: choisissez-la.", "eleve."+fFirst, "eleve."+fFull)
	} else {
		need("Aucune colonne n’est le nom du responsable, ni celui de l’élève\u202f: choisissez-la.", "resp."+fLast, "resp."+fFull, "eleve."+fLast, "eleve."+fFull)
	}
	return len(j.problems) == 0
}

// row judges a line, whole: one that an answer leaves out has done nothing.
func (j *peopleJudge) row(e *entry) {
	since := j.begin()
	f := j.readFamily(e)
	var typed []people.Pupil
	for _, who := range pupils {
		if p, given := j.readPupil(e, who); given {
			typed = append(typed, p)
		}
	}
	if !e.skip && !j.blocked(since) {
		if one := j.household(e, f, typed); one != nil && !e.skip {
			for _, p := range typed {
				j.pupil(e, one, p)
			}
		}
	}
	switch {
	case e.skip:
		j.leave(since)
		j.counts.Skipped++
	case j.blocked(since):
		j.counts.BlockedLines++
	}
}

// typedFamily is what a row says of its household.
type typedFamily struct {
	people.Household
	login string
}

func (j *peopleJudge) readFamily(e *entry) typedFamily {
	f := typedFamily{login: j.value(e, fLogin, text(longestName))}
	f.Address = j.value(e, fAddress, text(longestText))
	f.AddressExtra = j.value(e, fExtra, text(longestText))
	f.Postcode = j.value(e, fPostcode, postcode)
	f.Town = j.value(e, fTown, text(longestName))
	for i, who := range guardians {
		g := people.Guardian{Position: int64(i), Civility: j.value(e, who+"."+fTitle, civility), Email: j.value(e, who+"."+fEmail, email)}
		g.LastName, g.FirstName = j.name(e, who)
		for _, field := range []string{fPhone, fPhone2} {
			number := j.value(e, who+"."+field, phone)
			if isMobile(number) && g.Mobile == "" {
				g.Mobile = number
			} else if number != "" && g.Phone == "" {
				g.Phone = number
			}
		}
		if typed := (typedGuardian{g}); typed.given() || i == 0 {
			f.Guardians = append(f.Guardians, g)
		}
	}
	return f
}

func isMobile(number string) bool {
	return strings.HasPrefix(number, "06") || strings.HasPrefix(number, "07") || strings.HasPrefix(number, "+")
}

// name reads a person's two names, be they in one column or two.
func (j *peopleJudge) name(e *entry, who string) (last, first string) {
	last, first = j.value(e, who+"."+fLast, text(longestName)), j.value(e, who+"."+fFirst, text(longestName))
	if full := j.value(e, who+"."+fFull, text(longestName)); full != "" {
		l, f := splitName(full)
		last, first = or(last, l), or(first, f)
	}
	if last != "" && first == "" && !j.has(who+"."+fFirst) && !j.has(who+"."+fFull) {
		last, first = splitName(last) // « MOREAU Claire » in the column of the name
	}
	return last, first
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func (j *peopleJudge) readPupil(e *entry, who string) (people.Pupil, bool) {
	p := people.Pupil{}
	p.LastName, p.FirstName = j.name(e, who)
	p.BirthDate = j.value(e, who+"."+fBirth, birthDate(j.held.today))
	p.LevelNow = j.value(e, who+"."+fLevel, level)
	if p.LastName+p.FirstName == "" && (who != "eleve" || p.BirthDate+p.LevelNow == "" && j.kind == Families) {
		return p, false
	}
	if p.LastName == "" && !e.skip {
		j.missing(e, who+"."+fLast, p.FirstName, "Le nom de l’élève est obligatoire")
	}
	if p.FirstName == "" && !e.skip {
		j.missing(e, who+"."+fFirst, p.LastName, "Le prénom de l’élève est obligatoire")
	}
	return p, true
}
