package importing

import (
	"strings"

	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/french"
)

// newHousehold is a household to make, and the identifiant that was asked for.
type newHousehold struct {
	people.Household
	login string
	line  int
}

// changedOne is a thing before and after.
type changedOne[T any] struct{ before, after T }

// peoplePlan is what a file of families or pupils would do to the school.
type peoplePlan struct {
	trial
	households []newHousehold
	pupils     []people.Homed // made
	moved      []changedOne[people.Household]
	grown      []changedOne[people.Homed]
}

// plan gathers what the rows would do, in the order of the file.
func (j *peopleJudge) plan(lines int) peoplePlan {
	p := peoplePlan{trial: trial{Problems: j.problems, Counts: j.counts}}
	p.Counts.Lines = int64(lines)
	keeps := j.answers[knownGroup].Code == keep
	seen := map[*child]bool{}
	var known int64
	for _, f := range j.order {
		known += p.family(f, keeps)
		for _, c := range f.pupils {
			if !seen[c] {
				seen[c] = true
				known += p.child(c, keeps)
			}
		}
	}
	p.count(known, keeps)
	return p
}

func (p *peoplePlan) family(f *family, keeps bool) (known int64) {
	name := familyName(f.now)
	if !f.known {
		p.households = append(p.households, newHousehold{f.now, f.login, f.line})
		p.Counts.Households++
		p.Changes = append(p.Changes, Change{Line: f.line, Makes: true, What: "foyer", Name: name, Detail: joined(or(f.login, "identifiant à faire"), f.now.Town)})
		return 0
	}
	diffs := householdDiffs(f.before, f.now)
	if len(diffs) == 0 {
		return 0
	}
	if !keeps {
		p.moved = append(p.moved, changedOne[people.Household]{f.before, f.now})
		p.Counts.HouseholdsChanged++
		p.Changes = append(p.Changes, Change{Line: f.line, What: "foyer", Name: name, Diffs: diffs})
	}
	return 1
}

func (p *peoplePlan) child(c *child, keeps bool) (known int64) {
	name := strings.TrimSpace(c.now.Pupil.LastName + " " + c.now.Pupil.FirstName)
	if !c.known {
		p.pupils = append(p.pupils, c.now)
		p.Counts.Pupils++
		p.Changes = append(p.Changes, Change{Line: c.line, Makes: true, What: "élève", Name: name,
			Detail: joined(french.CivilDate(c.now.Pupil.BirthDate), school.Level(c.now.Pupil.LevelNow).French(), "foyer "+familyName(c.family.now))})
		return 0
	}
	diffs := pupilDiffs(c.before, c.now)
	if len(diffs) == 0 {
		return 0
	}
	if !keeps {
		p.grown = append(p.grown, changedOne[people.Homed]{c.before, c.now})
		p.Counts.PupilsChanged++
		p.Changes = append(p.Changes, Change{Line: c.line, What: "élève", Name: name, Diffs: diffs})
	}
	return 1
}

func familyName(h people.Household) string {
	if len(h.Guardians) == 0 {
		return "sans responsable"
	}
	return strings.TrimSpace(h.Guardians[0].LastName + " " + h.Guardians[0].FirstName)
}

func householdDiffs(was, is people.Household) []Diff {
	var diffs []Diff
	add := func(label, before, after string) {
		if before != after {
			diffs = append(diffs, Diff{label, before, after})
		}
	}
	add("adresse", was.Address, is.Address)
	add("complément", was.AddressExtra, is.AddressExtra)
	add("code postal", was.Postcode, is.Postcode)
	add("commune", was.Town, is.Town)
	for i, g := range is.Guardians {
		before := people.Guardian{}
		if i < len(was.Guardians) {
			before = was.Guardians[i]
		} else {
			add("responsable", "", g.FullName())
		}
		add("civilité de "+g.FullName(), before.Civility, g.Civility)
		add("adresse mail de "+g.FullName(), before.Email, g.Email)
		add("mobile de "+g.FullName(), french.Phone(before.Mobile), french.Phone(g.Mobile))
		add("fixe de "+g.FullName(), french.Phone(before.Phone), french.Phone(g.Phone))
	}
	return diffs
}

func pupilDiffs(was, is people.Homed) []Diff {
	var diffs []Diff
	if was.Pupil.BirthDate != is.Pupil.BirthDate {
		diffs = append(diffs, Diff{"date de naissance", french.CivilDate(was.Pupil.BirthDate), french.CivilDate(is.Pupil.BirthDate)})
	}
	if was.Pupil.LevelNow != is.Pupil.LevelNow {
		diffs = append(diffs, Diff{"niveau scolaire", school.Level(was.Pupil.LevelNow).French(), school.Level(is.Pupil.LevelNow).French()})
	}
	if len(was.Homes) != len(is.Homes) {
		diffs = append(diffs, Diff{"foyers", itoa(len(was.Homes)), itoa(len(is.Homes))})
	}
	return diffs
}
