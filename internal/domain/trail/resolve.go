package trail

import (
	"context"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// of is what an id leads to.
type of struct {
	ID        string `db:"id"`
	Household string `db:"household_id"`
	Pupil     string `db:"pupil_id"`
	Dossier   string `db:"dossier_id"`
}

// The statements that find the household of what lines name, each of many ids.
const (
	ofDossiers     = `select id, household_id, pupil_id, id as dossier_id from dossier where id in (select value from json_each(cast($1 as text)))`
	ofDeposits     = `select id, household_id, coalesce(pupil_id, '') as pupil_id, '' as dossier_id from deposit where id in (select value from json_each(cast($1 as text)))`
	ofApplications = `select id, coalesce(household_id, '') as household_id, coalesce(pupil_id, '') as pupil_id, '' as dossier_id from application where id in (select value from json_each(cast($1 as text)))`
	ofRequests     = `select q.id, d.household_id, d.pupil_id, d.id as dossier_id from request q join dossier d on d.id = q.dossier_id where q.id in (select value from json_each(cast($1 as text)))`
	ofPupils       = `select pupil_id as id, household_id, pupil_id, '' as dossier_id from pupil_household where pupil_id in (select value from json_each(cast($1 as text))) order by household_id`
)

// resolve completes the lines with the households of what they name: a pupil of
// two households has a line for each. It reads once for each kind of thing.
func resolve(ctx context.Context, tx *db.Tx, lines []Line) ([]Line, error) {
	for _, kind := range []struct {
		statement string
		id        func(Line) string
	}{
		{ofDossiers, func(l Line) string { return l.Dossier }},
		{ofDeposits, func(l Line) string { return l.Deposit }},
		{ofApplications, func(l Line) string { return l.Application }},
		{ofRequests, func(l Line) string { return l.Request }},
		{ofPupils, func(l Line) string { return l.Pupil }},
	} {
		var err error
		if lines, err = fill(ctx, tx, lines, kind.statement, kind.id); err != nil {
			return nil, err
		}
	}
	return lines, accountsOf(ctx, tx, lines)
}

// fill gives the household to the lines that have none and name such a thing.
func fill(ctx context.Context, tx *db.Tx, lines []Line, statement string, id func(Line) string) ([]Line, error) {
	var ids []string
	for _, l := range lines {
		if l.Household == "" && id(l) != "" {
			ids = append(ids, id(l))
		}
	}
	if len(ids) == 0 {
		return lines, nil
	}
	found, err := db.All[of](ctx, tx, statement, db.IDs(ids))
	if err != nil {
		return nil, err
	}
	known := map[string][]of{}
	for _, f := range found {
		known[f.ID] = append(known[f.ID], f)
	}
	var filled []Line
	for _, l := range lines {
		things := known[id(l)]
		if l.Household != "" || id(l) == "" || len(things) == 0 {
			filled = append(filled, l)
			continue
		}
		for i, f := range things {
			one := l
			one.Household, one.Pupil = f.Household, f.Pupil
			if f.Dossier != "" {
				one.Dossier = f.Dossier
			}
			if i > 0 {
				one.ID = db.NewID()
				if one.Slot != "" {
					one.Slot += " " + f.Household
				}
			}
			filled = append(filled, one)
		}
	}
	return filled, nil
}

type refused struct {
	ID        string `db:"id"`
	Folded    string `db:"login_folded"`
	Name      string `db:"name"`
	Role      string `db:"role"`
	Household string `db:"household_id"`
}

// accountsOf names whose identifiant was typed by who was refused. What is no
// identifiant of the school is not kept: people type passwords there.
func accountsOf(ctx context.Context, tx *db.Tx, lines []Line) error {
	var typed []string
	for _, l := range lines {
		if l.Login != "" {
			typed = append(typed, french.Fold(l.Login))
		}
	}
	if len(typed) == 0 {
		return nil
	}
	found, err := db.All[refused](ctx, tx, `select id, login_folded, name, role, coalesce(household_id, '') as household_id
		from account where login_folded in (select value from json_each(cast($1 as text)))`, db.IDs(typed))
	if err != nil {
		return err
	}
	known := map[string]refused{}
	for _, f := range found {
		known[f.Folded] = f
	}
	for i, l := range lines {
		f, ok := known[french.Fold(l.Login)]
		switch {
		case l.Login == "":
		case ok:
			lines[i].ActorID, lines[i].ActorName, lines[i].ActorRole, lines[i].Household = f.ID, f.Name, f.Role, f.Household
		default:
			lines[i].Said = "identifiant inconnu"
		}
	}
	return nil
}
