package enrolment

import (
	"fmt"
	"slices"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// facts is what the unit has read of other rooms about pupils and their
// households, each thing once.
type facts struct {
	homes      map[string][]string // of a pupil, the oldest first
	pupils     map[string]people.Pupil
	inSeason   map[string]people.PupilSeason
	now        map[string][]string // codes of this year's courses
	households map[string]people.Household
	held       map[string]document.Held // by household
}

func noFacts() facts {
	return facts{map[string][]string{}, map[string]people.Pupil{}, map[string]people.PupilSeason{}, map[string][]string{},
		map[string]people.Household{}, map[string]document.Held{}}
}

type home struct {
	Pupil     string `db:"pupil_id"`
	Household string `db:"household_id"`
}

// read reads all about the pupils, their dossiers and the places of the courses
// these choose included, with one statement a table.
func (u *unit) read(pupils ...string) error {
	ids := absent(u.homes, pupils)
	if len(ids) == 0 {
		return nil
	}
	homes, err := db.All[home](u.ctx, u.tx, `select ph.pupil_id, ph.household_id from pupil_household ph join household h on h.id = ph.household_id
		where ph.pupil_id in (select value from json_each(cast($1 as text))) order by h.created_at, h.id`, db.IDs(ids))
	if err != nil {
		return err
	}
	var households []string
	for _, h := range homes {
		u.homes[h.Pupil] = append(u.homes[h.Pupil], h.Household)
		households = append(households, h.Household)
	}
	found, err := people.PupilsByID(u.ctx, u.tx, ids)
	if err != nil {
		return err
	}
	seasons, err := people.PupilSeasonsOf(u.ctx, u.tx, ids, u.season.ID)
	if err != nil {
		return err
	}
	now, err := people.CoursesNow(u.ctx, u.tx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, ok := u.homes[id]; !ok {
			u.homes[id] = nil
		}
		if _, ok := found[id]; ok {
			u.pupils[id] = found[id]
		}
		if _, ok := seasons[id]; !ok {
			seasons[id] = people.PupilSeason{PupilID: id, SeasonID: u.season.ID}
		}
		u.inSeason[id], u.now[id] = seasons[id], now[id]
	}
	if err := u.readHouseholds(households...); err != nil {
		return err
	}
	dossiers, err := u.load(`season_id = $1 and pupil_id in (select value from json_each(cast($2 as text)))`, u.season.ID, db.IDs(ids))
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, ok := u.ofPupil[id]; !ok {
			u.ofPupil[id] = ""
		}
	}
	var chosen []string
	for _, d := range dossiers {
		chosen = append(chosen, d.Choice.offerings()...)
	}
	if err := u.bring(chosen...); err != nil {
		return err
	}
	return u.readRequests(dossiers)
}

// readHouseholds reads the households and the papers they hold.
func (u *unit) readHouseholds(households ...string) error {
	ids := absent(u.households, households)
	if len(ids) > 0 {
		found, err := people.HouseholdsByID(u.ctx, u.tx, actor.System, ids)
		if err != nil {
			return err
		}
		for id, h := range found {
			u.households[id] = h
		}
	}
	ids = absent(u.held, households)
	if len(ids) == 0 {
		return nil
	}
	all, err := document.HeldBy(u.ctx, u.tx, u.season.ID, ids...)
	if err != nil {
		return err
	}
	for _, id := range ids {
		u.held[id] = document.Held{}
	}
	for slot, d := range all {
		u.held[slot.Household][slot] = d
	}
	return nil
}

// readRequests reads the active requests of the dossiers that may have some.
func (u *unit) readRequests(dossiers []*Dossier) error {
	var ids []string
	for _, d := range dossiers {
		if _, ok := u.ofDossier[d.ID]; !ok {
			ids, u.ofDossier[d.ID] = append(ids, d.ID), []*Request{}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := db.All[Request](u.ctx, u.tx, `select `+requestColumns+` from request
		where dossier_id in (select value from json_each(cast($1 as text))) and state in ('place', 'waiting', 'offered') order by line, seq`, db.IDs(ids))
	if err != nil {
		return err
	}
	for i := range rows {
		r := u.requests[rows[i].ID]
		if r == nil {
			r = &rows[i]
			u.requests[r.ID] = r
		}
		u.ofDossier[r.Dossier] = append(u.ofDossier[r.Dossier], r)
	}
	return nil
}

// absent lists the ids that the map does not know, each once.
func absent[T any](known map[string]T, ids []string) []string {
	var all []string
	seen := map[string]bool{}
	for _, id := range ids {
		if _, ok := known[id]; !ok && !seen[id] {
			all, seen[id] = append(all, id), true
		}
	}
	return all
}

func (u *unit) household(id string) (people.Household, error) {
	if err := u.readHouseholds(id); err != nil {
		return people.Household{}, err
	}
	h, ok := u.households[id]
	if !ok {
		return h, notFound("household", id)
	}
	return h, nil
}

func (u *unit) heldBy(household string) (document.Held, error) {
	err := u.readHouseholds(household)
	return u.held[household], err
}

func (u *unit) pupil(id string) (people.Pupil, error) {
	if err := u.read(id); err != nil {
		return people.Pupil{}, err
	}
	p, ok := u.pupils[id]
	if !ok {
		return p, notFound("pupil", id)
	}
	return p, nil
}

// seen checks that the actor sees the pupil, through one of its households.
func (u *unit) seen(a actor.Actor, pupil string) error {
	if err := u.read(pupil); err != nil {
		return err
	}
	for _, household := range u.homes[pupil] {
		if a.Sees(household) {
			return nil
		}
	}
	return fmt.Errorf("pupil %s: %w", pupil, fault.ErrNotFound)
}

// isOf returns fault.ErrNotFound unless the pupil is of the household.
func (u *unit) isOf(pupil, household string) error {
	if err := u.read(pupil); err != nil {
		return err
	}
	if !slices.Contains(u.homes[pupil], household) {
		return notFound("pupil", pupil)
	}
	return nil
}

// factsOf is what the rules ask about the pupil.
func (u *unit) factsOf(pupil string, c catalogue.Catalogue) (catalogue.Pupil, error) {
	p, err := u.pupil(pupil)
	return factsFrom(u.season, c, p, u.inSeason[pupil], u.now[pupil]), err
}

func factsFrom(season school.Season, c catalogue.Catalogue, p people.Pupil, inSeason people.PupilSeason, now []string) catalogue.Pupil {
	f := catalogue.Pupil{Age: french.Age(p.BirthDate, season.AgesOn), Level: inSeason.Level, Beginner: inSeason.Beginner}
	for _, code := range now {
		for _, course := range c.Courses {
			f.HasInstrument = f.HasInstrument || course.Code == code && course.Kind == catalogue.Instrument
		}
	}
	return f
}
