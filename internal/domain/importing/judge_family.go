package importing

import (
	"maps"
	"slices"
	"strings"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// household finds or makes the family of the row; nil while that is a question.
func (j *peopleJudge) household(e *entry, f typedFamily, typed []people.Pupil) *family {
	g := f.Guardians[0]
	if g.LastName == "" && f.login == "" {
		if len(typed) > 0 && j.kind == Families && typed[0].BirthDate != "" && french.Age(typed[0].BirthDate, j.held.comesOfAge) >= 18 {
			f.Guardians[0].LastName, f.Guardians[0].FirstName = typed[0].LastName, typed[0].FirstName
			g = f.Guardians[0]
		} else if g.Email == "" && len(typed) == 0 {
			return nil // a line that says nothing of anybody
		} else if g.Email == "" {
			j.missing(e, "resp."+fLast, typed[0].LastName+" "+typed[0].FirstName, "Il manque le responsable de cet élève mineur, ou d’âge inconnu")
			return nil
		}
	}
	name := key(f.login, g.LastName, g.FirstName, g.Email)
	if f.login != "" {
		name = key("identifiant", f.login)
	} else if g.Email == "" {
		name = key("sans mail", g.LastName, g.FirstName, or(g.Mobile, g.Phone), f.Postcode)
	}
	one := j.families[name]
	if one == nil {
		if one = j.find(e, f); one == nil {
			return nil
		}
		if other := j.byID[one.id]; other != nil {
			one = other // two ways of naming one family
		} else {
			named(j.judge, j.byID, one.id, one)
			taken(j.judge, &j.order)
			j.order = append(j.order, one)
			j.samePhone(e, one, g)
		}
		named(j.judge, j.families, name, one)
	}
	taken(j.judge, one)
	one.told, one.now.Guardians, one.pupils = maps.Clone(one.told), slices.Clone(one.now.Guardians), slices.Clone(one.pupils)
	j.complete(e, one, f)
	return one
}

// samePhone notes that two families of the file share a telephone.
func (j *peopleJudge) samePhone(e *entry, one *family, g people.Guardian) {
	number := or(g.Mobile, g.Phone)
	if number == "" {
		return
	}
	if first := j.phones[number]; first != nil {
		j.tell(e, j.title("resp."+fPhone), french.Phone(number), "Même téléphone que la ligne "+itoa(first.line)+", autre nom")
		return
	}
	named(j.judge, j.phones, number, one)
}

// find looks for the family among those held; a new one is made of the row.
func (j *peopleJudge) find(e *entry, f typedFamily) *family {
	g := f.Guardians[0]
	known := func(id string) *family {
		h := j.held.households[id]
		h.Guardians = slices.Clone(h.Guardians)
		before := h
		before.Guardians = slices.Clone(h.Guardians)
		return &family{line: e.row.Line, id: id, known: true, before: before, now: h}
	}
	if f.login != "" {
		if id := j.held.byLogin[french.Fold(f.login)]; id != "" {
			return known(id)
		}
	}
	named := j.named(g)
	if id := j.sure(named, f); id != "" && f.login == "" {
		return known(id)
	}
	if ids := j.held.byEmail[french.Fold(g.Email)]; g.LastName == "" && f.login == "" && len(ids) == 1 {
		return known(ids[0])
	}
	who := strings.TrimSpace(g.LastName + " " + g.FirstName)
	if j.kind == Pupils {
		return j.unknownFamily(e, f, or(f.login, or(who, g.Email)), named, known)
	}
	if f.login != "" {
		if why := account.LoginProblem(f.login); why != "" {
			j.missing(e, fLogin, f.login, why)
			return nil
		}
	}
	if g.LastName == "" {
		j.missing(e, "resp."+fLast, or(f.login, g.Email), "Le nom du responsable est obligatoire pour une famille nouvelle")
		return nil
	}
	if len(named) > 0 {
		ways := j.sameAs(named, "C’est elle\u202f: la mettre à jour")
		ways = append(ways, Way{isOther, "C’est une autre famille\u202f: la créer"}, Way{skipLines, "Ne pas importer ces lignes"})
		answer := j.choose(e, "foyer", j.title(firstOf(j.judge, "resp."+fLast, "resp."+fFull)), strings.TrimSpace(who+" "+or(g.Email, or(g.Mobile, g.Phone))),
			"Une famille de ce nom est déjà connue, avec une autre adresse mail ou un autre téléphone", ways...)
		switch {
		case answer == "" || answer == skipLines:
			return nil
		case answer != isOther:
			return known(strings.TrimPrefix(answer, isSame))
		}
	}
	if g.FirstName == "" {
		if j.missing(e, "resp."+fFirst, g.LastName, "Le prénom du responsable est obligatoire", Way{asEmpty, "Le laisser vide"}) == "" {
			return nil
		}
	}
	return &family{line: e.row.Line, id: db.NewID(), login: f.login}
}

func firstOf(j *judge, fields ...string) string {
	for _, f := range fields {
		if j.has(f) {
			return f
		}
	}
	return ""
}

// named lists the households that have a responsible of that name.
func (j *peopleJudge) named(g people.Guardian) []string {
	if g.LastName == "" {
		return nil
	}
	return j.held.byName[key(g.LastName, g.FirstName)]
}

// sure is the one household of that name that the row agrees with: the same
// address mail, telephone or postal code, or nothing that tells them apart.
func (j *peopleJudge) sure(named []string, f typedFamily) string {
	g := f.Guardians[0]
	var same []string
	for _, id := range named {
		h := j.held.households[id]
		agrees := g.Email+g.Mobile+g.Phone == "" && (f.Postcode == "" || h.Postcode == "" || f.Postcode == h.Postcode)
		for _, held := range h.Guardians {
			agrees = agrees || g.Email != "" && french.Fold(g.Email) == french.Fold(held.Email) ||
				g.Mobile != "" && (g.Mobile == held.Mobile || g.Mobile == held.Phone) || g.Phone != "" && g.Phone == held.Phone
		}
		if agrees {
			same = append(same, id)
		}
	}
	if len(same) == 1 {
		return same[0]
	}
	return ""
}

// sameAs proposes at most three of the households.
func (j *peopleJudge) sameAs(ids []string, label string) []Way {
	var ways []Way
	for _, id := range ids[:min(3, len(ids))] {
		ways = append(ways, Way{isSame + id, label + " (" + j.familyWords(id) + ")"})
	}
	return ways
}

func (j *peopleJudge) familyWords(id string) string {
	h := j.held.households[id]
	parts := []string{h.Name(), j.held.login[id], h.Town}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

func (j *peopleJudge) unknownFamily(e *entry, f typedFamily, value string, named []string, known func(string) *family) *family {
	if len(named) == 0 && f.Guardians[0].Email != "" {
		named = j.held.byEmail[french.Fold(f.Guardians[0].Email)]
	}
	what := "Famille inconnue\u202f: importez-la d’abord, ou corrigez"
	if len(named) > 0 {
		what = "Est-ce cette famille\u202f?"
	}
	answer := j.choose(e, "famille inconnue", j.title(firstOf(j.judge, fLogin, "resp."+fLast, "resp."+fFull, "resp."+fEmail)), value, what,
		append(j.sameAs(named, "C’est elle"), Way{skipLines, "Ne pas importer ces lignes"})...)
	if id, ok := strings.CutPrefix(answer, isSame); ok {
		return known(id)
	}
	return nil
}

// complete puts what the row says of the household into it: a cell that is
// empty changes nothing, and the first line of a family counts.
func (j *peopleJudge) complete(e *entry, one *family, f typedFamily) {
	if j.kind == Pupils {
		return
	}
	take := func(into *string, value, field, whose string) {
		if value == "" {
			return
		}
		first, told := one.told[whose+field]
		switch {
		case !told:
			one.told[whose+field] = value
			if french.Fold(value) != french.Fold(*into) {
				*into = value
			}
		case french.Fold(first) != french.Fold(value):
			j.tell(e, j.title(field), value, "Autre valeur ligne "+itoa(one.line)+" pour la même famille\u202f: la première est gardée")
		}
	}
	if one.told == nil {
		one.told = map[string]string{}
	}
	one.now.ID = one.id
	take(&one.now.Address, f.Address, fAddress, "")
	take(&one.now.AddressExtra, f.AddressExtra, fExtra, "")
	take(&one.now.Postcode, f.Postcode, fPostcode, "")
	take(&one.now.Town, f.Town, fTown, "")
	for i, g := range f.Guardians {
		into := j.guardian(e, one, g, i)
		if into == nil {
			continue
		}
		take(&into.Civility, g.Civility, guardians[i]+"."+fTitle, into.ID)
		take(&into.Email, g.Email, guardians[i]+"."+fEmail, into.ID)
		take(&into.Mobile, g.Mobile, guardians[i]+"."+fPhone, into.ID)
		take(&into.Phone, g.Phone, guardians[i]+"."+fPhone2, into.ID)
	}
}

// guardian is the responsible of the family that the row means, added when the
// family has none of that name; nil when there is no room for one more.
func (j *peopleJudge) guardian(e *entry, one *family, g people.Guardian, i int) *people.Guardian {
	held := one.now.Guardians
	at := slices.IndexFunc(held, func(x people.Guardian) bool { return key(x.LastName, x.FirstName) == key(g.LastName, g.FirstName) })
	switch {
	case at >= 0:
		return &held[at]
	case g.LastName == "" && i < len(held):
		return &held[i]
	case g.LastName == "":
		return nil
	case len(held) >= people.MaxGuardians:
		j.tell(e, j.title(guardians[i]+"."+fLast), g.FullName(), "Cette famille a déjà quatre responsables\u202f: celui-ci n’est pas ajouté")
		return nil
	}
	if i == 0 && len(held) > 0 {
		j.tell(e, j.title(firstOf(j.judge, "resp."+fLast, "resp."+fFull)), g.FullName(), "Cette famille n’a pas ce responsable\u202f: il est ajouté")
	}
	one.now.Guardians = append(held, people.Guardian{ID: db.NewID(), HouseholdID: one.id, LastName: g.LastName, FirstName: g.FirstName, Position: int64(len(held))})
	return &one.now.Guardians[len(held)]
}
