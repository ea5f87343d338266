package application

import (
	"context"
	"slices"
	"strings"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// Resemblance is a household of the school that may be another one, known twice.
type Resemblance struct {
	Household people.Household
	Why       []string // « même adresse mail »
	Strong    bool     // the same child, or the same e-mail
}

// Resembling returns the households that may be this one: a child of the same
// name and date of birth, the same e-mail or postal address, the most
// alike first. One that the office has said is another, one that has a pupil in
// common (a separated parent's), and a pré-inscription, which is attached and not
// merged, are not among them. Office only.
func Resembling(ctx context.Context, r db.Reader, by actor.Actor, season string, h people.Household, pupils []people.Pupil) ([]Resemblance, error) {
	if !by.IsOffice() {
		return nil, fault.ErrForbidden
	}
	entries := asEntries(h, pupils)
	if err := addLikeness(ctx, r, by, season, entries, false); err != nil {
		return nil, err
	}
	found := &resembling{of: h}
	for _, e := range entries {
		for _, l := range e.Alike {
			found.add(l.Household.ID, l.Strong, l.Why...)
		}
	}
	if err := found.reached(ctx, r); err != nil {
		return nil, err
	}
	if err := found.leaveApart(ctx, r, by); err != nil {
		return nil, err
	}
	return found.named(ctx, r, by, pupils)
}

// asEntries writes the household as those who ask would, a pupil or a
// responsible at a time.
func asEntries(h people.Household, pupils []people.Pupil) []Entry {
	entries := make([]Entry, max(len(pupils), len(h.Guardians)))
	for i := range entries {
		e := &entries[i]
		e.Household = h.ID
		if i < len(pupils) {
			e.Pupil = pupils[i].ID
			e.Form.Pupil = people.Newcomer{FirstName: pupils[i].FirstName, LastName: pupils[i].LastName, BirthDate: pupils[i].BirthDate}
		}
		if i < len(h.Guardians) {
			e.Form.Guardian.Email = h.Guardians[i].Email
		}
	}
	return entries
}

type resembling struct {
	of  people.Household
	all []Resemblance
}

func (f *resembling) add(household string, strong bool, why ...string) {
	i := slices.IndexFunc(f.all, func(r Resemblance) bool { return r.Household.ID == household })
	if i < 0 {
		i, f.all = len(f.all), append(f.all, Resemblance{Household: people.Household{ID: household}})
	}
	f.all[i].Strong = f.all[i].Strong || strong
	for _, w := range why {
		if !slices.Contains(f.all[i].Why, w) {
			f.all[i].Why = append(f.all[i].Why, w)
		}
	}
}

// reached adds the households at the same address.
func (f *resembling) reached(ctx context.Context, r db.Reader) error {
	if f.of.Address == "" || f.of.Postcode == "" {
		return nil
	}
	same, err := db.All[string](ctx, r, `select id from household where postcode = $1 and address = $2 and address_extra = $3 and id <> $4 order by id limit 20`,
		f.of.Postcode, f.of.Address, f.of.AddressExtra, f.of.ID)
	for _, id := range same {
		f.add(id, false, sameAddress)
	}
	return err
}

// leaveApart leaves out those that the office has said are others.
func (f *resembling) leaveApart(ctx context.Context, r db.Reader, by actor.Actor) error {
	if len(f.all) == 0 {
		return nil
	}
	apart, err := people.ApartFromEach(ctx, r, by, f.of.ID)
	f.all = slices.DeleteFunc(f.all, func(l Resemblance) bool {
		return slices.ContainsFunc(apart, func(a people.ApartFrom) bool { return a.Household == l.Household.ID })
	})
	return err
}

// named keeps those that may be merged, named.
func (f *resembling) named(ctx context.Context, r db.Reader, by actor.Actor, pupils []people.Pupil) ([]Resemblance, error) {
	if len(f.all) == 0 {
		return nil, nil
	}
	ids := make([]string, len(f.all))
	for i, l := range f.all {
		ids[i] = l.Household.ID
	}
	known, err := people.HouseholdsByID(ctx, r, by, ids)
	if err != nil {
		return nil, err
	}
	theirs, err := people.PupilsOfEach(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	var kept []Resemblance
	for _, l := range f.all {
		shares := slices.ContainsFunc(theirs[l.Household.ID], func(p people.Pupil) bool {
			return slices.ContainsFunc(pupils, func(q people.Pupil) bool { return q.ID == p.ID })
		})
		if l.Household = known[l.Household.ID]; !shares && !l.Household.Candidate && l.Household.ID != "" {
			kept = append(kept, l)
		}
	}
	slices.SortStableFunc(kept, func(a, b Resemblance) int {
		if a.Strong != b.Strong {
			return map[bool]int{true: -1, false: 1}[a.Strong]
		}
		if n := len(b.Why) - len(a.Why); n != 0 {
			return n
		}
		return strings.Compare(a.Household.ID, b.Household.ID)
	})
	return kept[:min(len(kept), mostAlike)], nil
}

// mostAlike is how many are shown.
const mostAlike = 3
