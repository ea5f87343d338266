package transfer

import (
	"slices"
	"strings"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

type familyFields struct {
	Civility  string `json:"civilite"`
	LastName  string `json:"nom"`
	FirstName string `json:"prenom"`
	Address   string `json:"adresse"`
	Extra     string `json:"complement"`
	Postcode  string `json:"code_postal"`
	Town      string `json:"ville"`
	Mobile    string `json:"telephone_mobile"`
	Landline  string `json:"telephone_fixe"`
	Email     string `json:"email"`
}

func fieldsOfFamily(h people.Household, g people.Guardian) familyFields {
	return familyFields{g.Civility, g.LastName, g.FirstName, h.Address, h.AddressExtra, h.Postcode, h.Town, g.Mobile, g.Phone, g.Email}
}

// families holds every family of the school while the file is matched with it.
type families struct {
	byID    map[string]people.Household
	byName  map[string]string // nom, prénom and e-mail, folded → id
	byLogin map[string]string
}

func personKey(last, first, email string) string {
	return french.Fold(last) + "|" + french.Fold(first) + "|" + french.Fold(email)
}

func (im *importer) heldFamilies() (*families, error) {
	ids, err := db.All[string](im.ctx, im.tx, `select id from household order by id`)
	if err != nil {
		return nil, err
	}
	all := &families{byName: map[string]string{}, byLogin: map[string]string{}}
	if all.byID, err = people.HouseholdsByID(im.ctx, im.tx, Importer, ids); err != nil {
		return nil, err
	}
	for _, id := range ids {
		for _, g := range all.byID[id].Guardians[:min(1, len(all.byID[id].Guardians))] {
			all.byName[personKey(g.LastName, g.FirstName, g.Email)] = id
		}
	}
	accounts, err := account.Families(im.ctx, im.tx)
	for _, a := range accounts {
		all.byLogin[french.Fold(a.Login)] = a.Household
	}
	return all, err
}

// find returns the id of the family that a row names, "" for a new one.
func (f *families) find(im *importer, in folder.Household, key string) string {
	if id := im.memory.entity("household", key); f.byID[id].ID != "" {
		return id
	}
	if in.Identifier != "" {
		return f.byLogin[french.Fold(in.Identifier)]
	}
	return f.byName[personKey(in.LastName, in.FirstName, in.Email)]
}

func (im *importer) families() error {
	all, err := im.heldFamilies()
	if err != nil {
		return err
	}
	for _, in := range im.folder.Households {
		if err := im.family(all, in); err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) family(all *families, in folder.Household) error {
	key := french.Fold(in.Identifier)
	if key == "" {
		key = personKey(in.LastName, in.FirstName, in.Email)
	}
	t := thing{kind: "household", key: key, id: all.find(im, in, key), what: "familles", name: "Famille " + in.LastName + " " + in.FirstName, file: folder.HouseholdsFile, line: in.Line}
	incoming := familyFields{in.Civility, in.LastName, in.FirstName, in.Address, in.Complement, in.PostalCode, in.City, in.Mobile, in.Landline, in.Email}
	h := all.byID[t.id]
	var now *familyFields
	g := people.Guardian{ID: db.NewID()}
	if h.ID != "" {
		if len(h.Guardians) > 0 {
			g = h.Guardians[0]
		}
		f := fieldsOfFamily(h, g)
		now = &f
	} else {
		t.id = db.NewID()
		h.ID = t.id
	}
	f, c := settle(im, t, now, incoming)
	im.households = append(im.households, held{t.id, g.ID})
	if c == unchanged {
		return nil
	}
	h.Address, h.AddressExtra, h.Postcode, h.Town = f.Address, f.Extra, f.Postcode, f.Town
	g.HouseholdID, g.Civility, g.LastName, g.FirstName, g.Mobile, g.Phone, g.Email = h.ID, f.Civility, f.LastName, f.FirstName, f.Mobile, f.Landline, f.Email
	h.Guardians = []people.Guardian{g}
	if err := people.PutHousehold(im.ctx, im.tx, im.now, h); err != nil {
		return err
	}
	if c == updated {
		return im.journal("household.imported", journal.Line{Household: h.ID}, fieldsOf(*now), fieldsOf(f))
	}
	return im.open(t, in)
}

// open makes the new family's account.
func (im *importer) open(t thing, in folder.Household) error {
	login, err := im.deps.Accounts.CreateFamily(im.ctx, im.tx, Importer, t.id, in.Identifier, in.LastName)
	if err != nil {
		return im.refused(err, folder.HouseholdsFile, in.Line, "identifiant")
	}
	if in.Identifier == "" {
		im.report.Identifiers = append(im.report.Identifiers, Made{in.Line, in.FirstName + " " + in.LastName, login})
	}
	return nil
}

// journal tells what an import changed, column by column.
func (im *importer) journal(event string, line journal.Line, before, after fields) error {
	var from, to []string
	for name := range after {
		if string(before[name]) != string(after[name]) {
			from = append(from, name+" : "+shown(before[name]))
			to = append(to, name+" : "+shown(after[name]))
		}
	}
	slices.Sort(from)
	slices.Sort(to)
	line.Event, line.Before, line.After = event, strings.Join(from, " ; "), strings.Join(to, " ; ")
	return journal.Append(im.ctx, im.tx, journal.By(Importer, im.now, line))
}

type pupilFields struct {
	LastName  string   `json:"nom"`
	FirstName string   `json:"prenom"`
	BirthDate string   `json:"date_naissance"`
	Level     string   `json:"niveau_scolaire"`
	Courses   []string `json:"cours_actuels"`
	Families  []string `json:"famille"`
	Beginner  string   `json:"debutant"`
}

// pupilsHeld is the school's pupils while the file is matched with them.
type pupilsHeld struct {
	byID       map[string]people.Pupil
	households map[string][]string // of a pupil, sorted
	of         map[string][]string // pupils of a household
	courses    map[string][]string
	seasons    map[string]people.PupilSeason
}

func (im *importer) heldPupils() (*pupilsHeld, error) {
	type link struct {
		Pupil     string `db:"pupil_id"`
		Household string `db:"household_id"`
	}
	links, err := db.All[link](im.ctx, im.tx, `select pupil_id, household_id from pupil_household order by pupil_id, household_id`)
	if err != nil {
		return nil, err
	}
	all := &pupilsHeld{households: map[string][]string{}, of: map[string][]string{}}
	var ids []string
	for _, l := range links {
		if len(all.households[l.Pupil]) == 0 {
			ids = append(ids, l.Pupil)
		}
		all.households[l.Pupil] = append(all.households[l.Pupil], l.Household)
		all.of[l.Household] = append(all.of[l.Household], l.Pupil)
	}
	if all.byID, err = people.PupilsByID(im.ctx, im.tx, ids); err != nil {
		return nil, err
	}
	if all.courses, err = people.CoursesNow(im.ctx, im.tx, ids); err != nil {
		return nil, err
	}
	all.seasons, err = people.PupilSeasonsOf(im.ctx, im.tx, ids, im.season.ID)
	return all, err
}

// find returns the id of the pupil that a row names, "" for a new one.
func (p *pupilsHeld) find(im *importer, in folder.Pupil, key string, families []held) string {
	if id := im.memory.entity("pupil", key); p.byID[id].ID != "" {
		return id
	}
	for _, f := range families {
		for _, id := range p.of[f.household] {
			one := p.byID[id]
			if in.SameAsResponsible && one.GuardianID == f.guardian ||
				french.Fold(one.LastName) == french.Fold(in.LastName) && french.Fold(one.FirstName) == french.Fold(in.FirstName) && one.BirthDate == iso(in.BirthDate) {
				return id
			}
		}
	}
	return ""
}

func (im *importer) pupils() error {
	all, err := im.heldPupils()
	if err != nil {
		return err
	}
	for _, in := range im.folder.Pupils {
		if err := im.pupil(all, in); err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) pupil(all *pupilsHeld, in folder.Pupil) error {
	var homes []held
	var households []string
	for _, i := range in.Households {
		homes = append(homes, im.households[i])
		households = append(households, im.households[i].household)
	}
	key := strings.Join([]string{households[0], french.Fold(in.LastName), french.Fold(in.FirstName), iso(in.BirthDate)}, "|")
	t := thing{kind: "pupil", key: key, id: all.find(im, in, key, homes), what: "élèves", name: in.FirstName + " " + in.LastName, file: folder.PupilsFile, line: in.Line}
	incoming := pupilFields{in.LastName, in.FirstName, iso(in.BirthDate), im.level(in), sorted(in.CurrentCourses), sorted(households), yesNo(in.Beginner)}
	p := all.byID[t.id]
	ps := all.seasons[t.id]
	var now *pupilFields
	if p.ID != "" {
		now = &pupilFields{p.LastName, p.FirstName, p.BirthDate, p.LevelNow, all.courses[p.ID], all.households[p.ID], ps.Beginner}
		incoming.Families = sorted(append(households, now.Families...)) // a household is added, never taken away
		if in.Beginner == nil {
			incoming.Beginner = now.Beginner
		}
	} else {
		p.ID, t.id = db.NewID(), ""
		if in.SameAsResponsible {
			p.GuardianID = homes[0].guardian
		}
		t.id = p.ID
	}
	f, c := settle(im, t, now, incoming)
	if c == unchanged {
		return nil
	}
	p.LastName, p.FirstName, p.BirthDate, p.LevelNow = f.LastName, f.FirstName, f.BirthDate, f.Level
	if err := people.PutPupil(im.ctx, im.tx, im.now, p, f.Families, f.Courses); err != nil {
		return err
	}
	if f.Beginner != ps.Beginner {
		if err := people.PutBeginner(im.ctx, im.tx, p.ID, im.season.ID, f.Beginner); err != nil {
			return err
		}
	}
	if c == updated {
		return im.journal("pupil.imported", journal.Line{Household: households[0], Pupil: p.ID}, fieldsOf(*now), fieldsOf(f))
	}
	return nil
}

func (im *importer) level(in folder.Pupil) string {
	if in.Level == "" {
		return ""
	}
	code := levelCode(in.Level)
	if code == "" {
		im.problem(folder.PupilsFile, in.Line, "niveau_scolaire", "Le niveau « "+in.Level+" » n’est pas de ceux que l’école peut choisir.")
	}
	return string(code)
}

// sorted returns the distinct values in order, never nil's difference: an empty list is nil.
func sorted(values []string) []string {
	all := slices.Compact(slices.Sorted(slices.Values(values)))
	if len(all) == 0 {
		return nil
	}
	return all
}

func yesNo(answer *bool) string {
	switch {
	case answer == nil:
		return ""
	case *answer:
		return people.Yes
	default:
		return people.No
	}
}
