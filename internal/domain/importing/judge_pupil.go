package importing

import (
	"slices"

	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// homed is the pupil as it is held.
func (j *peopleJudge) homed(id string) people.Homed {
	return people.Homed{Pupil: j.held.pupils[id], Homes: slices.Clone(j.held.homes[id])}
}

// pupil finds or makes the pupil in the family.
func (j *peopleJudge) pupil(e *entry, one *family, p people.Pupil) {
	who := p.LastName + " " + p.FirstName
	if at := slices.IndexFunc(one.pupils, func(c *child) bool {
		return key(c.now.Pupil.LastName, c.now.Pupil.FirstName) == key(p.LastName, p.FirstName)
	}); at >= 0 {
		first := one.pupils[at]
		if first.now.Pupil.BirthDate == p.BirthDate || p.BirthDate == "" {
			j.tell(e, j.title(firstOf(j.judge, "eleve."+fLast, "eleve."+fFull)), who, "Déjà ligne "+itoa(first.line)+"\u202f: un seul élève est importé")
			return
		}
	}
	c := &child{line: e.row.Line, family: one}
	if id, ask := j.sameIn(e, one, p); ask {
		return
	} else if id != "" {
		c.known = true
		c.before = j.homed(id)
		c.now = j.homed(id)
	} else if twin, answer := j.twin(e, one, p); answer == skipLines || answer == "?" {
		return
	} else if twin != nil {
		c = twin
		taken(j.judge, c)
		c.now.Homes = slices.Clone(c.now.Homes)
	} else {
		p.Apart = answer == isOther
	}
	if c.now.Pupil.ID == "" {
		p.ID = db.NewID()
		c.now = people.Homed{Pupil: p}
		if g := j.adult(e, one, p); g != "" {
			c.now.Pupil.GuardianID = g
		}
	} else {
		if p.BirthDate != "" {
			c.now.Pupil.BirthDate = p.BirthDate
		}
		if p.LevelNow != "" {
			c.now.Pupil.LevelNow = p.LevelNow
		}
	}
	if !slices.Contains(c.now.Homes, one.id) {
		c.now.Homes = append(c.now.Homes, one.id)
	}
	if !slices.Contains(one.pupils, c) {
		one.pupils = append(one.pupils, c)
	}
	named(j.judge, j.children, key(p.LastName, p.FirstName, p.BirthDate), c)
}

// sameIn finds the pupil among those that the household has; ask says that it
// is a question nobody has answered yet.
func (j *peopleJudge) sameIn(e *entry, one *family, p people.Pupil) (id string, ask bool) {
	if !one.known {
		return "", false
	}
	for _, id := range j.held.of[one.id] {
		known := j.held.pupils[id]
		if key(known.LastName, known.FirstName) != key(p.LastName, p.FirstName) {
			continue
		}
		if known.BirthDate == p.BirthDate || known.BirthDate == "" || p.BirthDate == "" {
			return id, false
		}
		answer := j.choose(e, "date autre", j.title("eleve."+fBirth), p.LastName+" "+p.FirstName+" "+french.CivilDate(p.BirthDate),
			"Cette famille a déjà un élève de ce nom, né le "+french.CivilDate(known.BirthDate),
			Way{isSame + id, "C’est lui\u202f: corriger sa date de naissance"}, Way{isOther, "C’est un autre élève\u202f: le créer"}, Way{skipLines, "Ne pas importer ces lignes"})
		switch answer {
		case isOther:
			return "", false
		case "", skipLines:
			return "", true
		}
		return id, false
	}
	return "", false
}

// twin is the same child in another household, of the school or of the file.
// answer is "?" while nobody has said whether it is the same.
func (j *peopleJudge) twin(e *entry, one *family, p people.Pupil) (c *child, answer string) {
	if p.BirthDate == "" {
		return nil, ""
	}
	k := key(p.LastName, p.FirstName, p.BirthDate)
	column, value := j.title(firstOf(j.judge, "eleve."+fLast, "eleve."+fFull)), p.LastName+" "+p.FirstName+" "+french.CivilDate(p.BirthDate)
	ways := []Way{{isSame, "C’est le même\u202f: l’élève a deux foyers"}, {isOther, "Ce sont deux élèves"}, {skipLines, "Ne pas importer ces lignes"}}
	in := ""
	if other := j.children[k]; other != nil {
		c, in = other, "ligne "+itoa(other.line)
	} else if ids := j.held.byPerson[k]; len(ids) > 0 {
		id := ids[0]
		c = &child{line: e.row.Line, family: one, known: true, before: j.homed(id), now: j.homed(id)}
		if homes := j.held.homes[id]; len(homes) > 0 {
			in = "au foyer " + j.familyWords(homes[0])
		}
	} else {
		return nil, ""
	}
	if len(c.now.Homes) >= people.MostHouseholds || c.now.Pupil.GuardianID != "" {
		ways = ways[1:]
	}
	switch answer = j.choose(e, "jumeau", column, value, "Même enfant, sans doute, dans deux foyers\u202f: déjà "+in, ways...); answer {
	case isSame:
		return c, answer
	case "":
		return nil, "?"
	}
	return nil, answer
}

// adult is the responsible that the pupil is, when it is of age and bears that name.
func (j *peopleJudge) adult(e *entry, one *family, p people.Pupil) string {
	if p.BirthDate != "" && french.Age(p.BirthDate, j.held.comesOfAge) < 18 {
		return ""
	}
	for _, g := range one.now.Guardians {
		if key(g.LastName, g.FirstName) != key(p.LastName, p.FirstName) {
			continue
		}
		if slices.ContainsFunc(j.held.of[one.id], func(id string) bool { return j.held.pupils[id].GuardianID == g.ID }) {
			return ""
		}
		j.tell(e, j.title(firstOf(j.judge, "resp."+fLast, "resp."+fFull)), g.FullName(), "Même nom que l’élève, d’âge adulte\u202f: élève et responsable à la fois")
		return g.ID
	}
	return ""
}
