package report

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
)

// Selection is a list of the office with what narrows it, kept so that it is
// read again, as it stands, when a message leaves.
type Selection struct {
	List List
	Filter
}

// Selectable are the lists whose families can be written to.
var Selectable = []List{ListDossiers, ListFamilies, ListNoAnswer, ListIdentifiers}

// SelectionFrom is the selection whose parts have these values, by the names of
// Filter.Parts and « liste »; a list that is none is ListDossiers.
func SelectionFrom(value func(name string) string) Selection {
	s := Selection{List(value("liste")), FilterFrom(value)}
	if !slices.Contains(Selectable, s.List) {
		s.List = ListDossiers
	}
	switch s.List {
	case ListFamilies:
		s.Group = Everyone
	case ListNoAnswer, ListIdentifiers:
		s.Filter = Filter{Group: Everyone}
	}
	return s
}

// ParseSelection reads what Query wrote.
func ParseSelection(text string) Selection {
	values, err := url.ParseQuery(text)
	if err != nil {
		return SelectionFrom(func(string) string { return "" })
	}
	return SelectionFrom(values.Get)
}

// Values are the selection's parts, for an address.
func (s Selection) Values() url.Values {
	values := url.Values{"liste": {string(s.List)}}
	for name, value := range s.Parts() {
		values.Set(name, value)
	}
	return values
}

// Query is the selection as a text.
func (s Selection) Query() string { return s.Values().Encode() }

// Target is a household of a selection, with the dossiers that put it there.
type Target struct {
	Household string   `db:"household_id"`
	Dossiers  []string // in the list's order; none when the list is not of dossiers
}

// Targets lists the households of the selection as it stands now, each once, in
// the list's order. Office only.
func Targets(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, s Selection) ([]Target, error) {
	l, err := newLister(ctx, r, a, season, s.Filter)
	if err != nil {
		return nil, err
	}
	switch s.List {
	case ListFamilies:
		return l.familyTargets()
	case ListNoAnswer:
		silent, err := NoAnswer(ctx, r, a, season.ID, 0, 0)
		return each(silent, func(s Silent) string { return s.Household }), err
	case ListIdentifiers:
		never, err := NeverSignedIn(ctx, r, a)
		return each(never, func(n NeverIn) string { return n.Household }), err
	}
	return l.dossierTargets()
}

// each is every household once, in its first place.
func each[T any](rows []T, household func(T) string) []Target {
	var all []Target
	seen := map[string]bool{}
	for _, row := range rows {
		if id := household(row); !seen[id] {
			seen[id] = true
			all = append(all, Target{Household: id})
		}
	}
	return all
}

// dossierTargets are the households of the dossiers of the filter.
func (l lister) dossierTargets() ([]Target, error) {
	type row struct {
		ID        string `db:"id"`
		Household string `db:"household_id"`
	}
	q, err := l.narrowed(l.ctx, l.r, l.scope, l.season)
	if err != nil {
		return nil, err
	}
	var all []Target
	at := map[string]int{}
	for _, p := range l.Group.parts() {
		part := q.and(p.in)
		rows, err := db.All[row](l.ctx, l.r, `select d.id, d.household_id from dossier d where `+part.conditions()+p.order.by(false), part.args...)
		if err != nil {
			return nil, fmt.Errorf("list whom to write to: %w", err)
		}
		for _, d := range rows {
			i, known := at[d.Household]
			if !known {
				i = len(all)
				at[d.Household] = i
				all = append(all, Target{Household: d.Household})
			}
			all[i].Dossiers = append(all[i].Dossiers, d.ID)
		}
	}
	return all, nil
}

// familyTargets are the families of the filter by name, with the dossiers they
// have sent.
func (l lister) familyTargets() ([]Target, error) {
	ids, err := l.familyIDs()
	if err != nil {
		return nil, err
	}
	l.Group = Everyone
	sent, err := l.dossierTargets()
	if err != nil {
		return nil, err
	}
	of := map[string][]string{}
	for _, t := range sent {
		of[t.Household] = t.Dossiers
	}
	all := make([]Target, len(ids))
	for i, id := range ids {
		all[i] = Target{id, of[id]}
	}
	return all, nil
}

// Correspondent is what is known of a household that is about to be written to.
type Correspondent struct {
	Family   people.Household
	Login    string
	Pupils   []people.Pupil // of its dossiers, or all of them when it has none here
	Dossiers []Row
}

// Correspondents reads the targets, some hundreds at most, in their order. A
// household that is gone is left out. Office only.
func Correspondents(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, targets []Target) ([]Correspondent, error) {
	l, err := newLister(ctx, r, a, season, Filter{})
	if err != nil {
		return nil, err
	}
	var households, dossiers []string
	for _, t := range targets {
		households, dossiers = append(households, t.Household), append(dossiers, t.Dossiers...)
	}
	rows, err := l.rows(dossiers)
	if err != nil {
		return nil, err
	}
	families, err := people.HouseholdsByID(ctx, r, a, households)
	if err != nil {
		return nil, err
	}
	pupils, err := people.PupilsOfEach(ctx, r, households)
	if err != nil {
		return nil, err
	}
	logins, err := loginsOf(ctx, r, households)
	of := map[string]Addressed{}
	for _, row := range rows {
		of[row.ID] = row
	}
	var all []Correspondent
	for _, t := range targets {
		family, found := families[t.Household]
		if !found || len(family.Guardians) == 0 {
			continue
		}
		c := Correspondent{Family: family, Login: logins[t.Household], Pupils: pupils[t.Household]}
		for _, id := range t.Dossiers {
			if d, found := of[id]; found && d.Household == t.Household {
				c.Dossiers = append(c.Dossiers, d.Row)
			}
		}
		c.keepConcerned()
		all = append(all, c)
	}
	return all, err
}

// keepConcerned leaves the pupils of the dossiers, in their order, when there are any.
func (c *Correspondent) keepConcerned() {
	var concerned []people.Pupil
	for _, d := range c.Dossiers {
		for _, p := range c.Pupils {
			if p.ID == d.PupilID {
				concerned = append(concerned, p)
			}
		}
	}
	if len(concerned) > 0 {
		c.Pupils = concerned
	}
}

// Missing names the required papers of the dossier that were not handed in.
func (r Row) Missing() []string { return r.missing() }

// Reachable counts the targets that have a confirmed address.
func Reachable(ctx context.Context, r db.Reader, targets []Target) (int64, error) {
	ids := make([]string, len(targets))
	for i, t := range targets {
		ids[i] = t.Household
	}
	return db.One[int64](ctx, r, `select count(distinct household_id) from guardian
		where email <> '' and household_id in (select value from json_each(cast($1 as text)))`, db.IDs(ids))
}
