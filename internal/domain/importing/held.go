package importing

import (
	"context"
	"slices"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// held is what the school holds, read once: rows are compared in memory.
type held struct {
	today      string
	comesOfAge string // the day on which ages are counted
	households map[string]people.Household
	pupils     map[string]people.Pupil
	homes      map[string][]string // households of a pupil
	of         map[string][]string // pupils of a household
	login      map[string]string   // of a household
	byLogin    map[string]string   // folded identifiant → household
	byName     map[string][]string // folded « nom prénom » of a responsible → households
	byEmail    map[string][]string // folded address of a responsible → households
	byPerson   map[string][]string // folded « nom prénom », date of birth → pupils
}

func key(parts ...string) string {
	k := ""
	for _, p := range parts {
		k += french.Fold(p) + "\x1f"
	}
	return k
}

// see indexes what was read.
func (h *held) see() {
	h.byName, h.byEmail, h.byPerson, h.of = map[string][]string{}, map[string][]string{}, map[string][]string{}, map[string][]string{}
	for id, one := range h.households {
		for _, g := range one.Guardians {
			k := key(g.LastName, g.FirstName)
			h.byName[k] = append(h.byName[k], id)
			if g.Email != "" {
				h.byEmail[french.Fold(g.Email)] = append(h.byEmail[french.Fold(g.Email)], id)
			}
		}
	}
	for id, homes := range h.homes {
		for _, home := range homes {
			h.of[home] = append(h.of[home], id)
		}
	}
	for id, p := range h.pupils {
		k := key(p.LastName, p.FirstName, p.BirthDate)
		h.byPerson[k] = append(h.byPerson[k], id)
	}
	for _, index := range []map[string][]string{h.byName, h.byEmail, h.byPerson, h.of, h.homes} {
		for k := range index {
			slices.Sort(index[k])
			index[k] = slices.Compact(index[k])
		}
	}
}

// readHeld reads every family and pupil: four queries, whatever their number.
// Candidates are not among them: they wait for the office's answer.
func readHeld(ctx context.Context, r db.Reader, a actor.Actor, today, comesOfAge string) (*held, error) {
	type link struct {
		Pupil     string `db:"pupil_id"`
		Household string `db:"household_id"`
	}
	ids, err := db.All[string](ctx, r, `select id from household where candidate = false order by id`)
	if err != nil {
		return nil, err
	}
	h := &held{today: today, comesOfAge: comesOfAge, homes: map[string][]string{}, login: map[string]string{}, byLogin: map[string]string{}}
	if h.households, err = people.HouseholdsByID(ctx, r, a, ids); err != nil {
		return nil, err
	}
	links, err := db.All[link](ctx, r, `select ph.pupil_id, ph.household_id from pupil_household ph join household h on h.id = ph.household_id
		where h.candidate = false order by ph.pupil_id, ph.household_id`)
	if err != nil {
		return nil, err
	}
	var pupilIDs []string
	for _, l := range links {
		if len(h.homes[l.Pupil]) == 0 {
			pupilIDs = append(pupilIDs, l.Pupil)
		}
		h.homes[l.Pupil] = append(h.homes[l.Pupil], l.Household)
	}
	if h.pupils, err = people.PupilsByID(ctx, r, pupilIDs); err != nil {
		return nil, err
	}
	accounts, err := account.Families(ctx, r)
	for _, one := range accounts {
		h.login[one.Household] = one.Login
		h.byLogin[french.Fold(one.Login)] = one.Household
	}
	h.see()
	return h, err
}
