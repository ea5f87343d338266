package report

import (
	"context"
	"slices"
	"strings"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// Hit is one answer of the office's search: a family (Pupil empty) or a pupil,
// with its dossier of the season when it has one.
type Hit struct {
	Household string
	Pupil     string
	Title     string
	Detail    string
	Dossier   string // id, "" without one
	Label     string // « D-1164 »
	Rank      int64
	State     enrolment.State
}

// Found is what a search found.
type Found struct {
	Families []Hit
	Pupils   []Hit
	More     bool // some were left out
}

// Search finds families and pupils by name, telephone, e-mail, identifiant or
// dossier number, whatever the accents; at most limit of each. Office only.
func Search(ctx context.Context, r db.Reader, a actor.Actor, season, text string, limit int) (Found, error) {
	var found Found
	s, err := scopeOf(a)
	if err != nil {
		return found, err
	}
	hits, err := people.Search(ctx, r, a, Only(a), text, limit+1)
	if err != nil {
		return found, err
	}
	for _, h := range hits {
		hit := Hit{Household: h.HouseholdID, Pupil: h.PupilID, Title: h.Title, Detail: h.Detail}
		if h.PupilID == "" {
			found.Families = append(found.Families, hit)
		} else {
			found.Pupils = append(found.Pupils, hit)
		}
	}
	if err := found.byLogin(ctx, r, s, text, limit); err != nil {
		return found, err
	}
	if err := found.byNumber(ctx, r, s, season, text); err != nil {
		return found, err
	}
	found.More = len(found.Families) > limit || len(found.Pupils) > limit
	found.Families = found.Families[:min(len(found.Families), limit)]
	found.Pupils = found.Pupils[:min(len(found.Pupils), limit)]
	return found, found.addDossiers(ctx, r, season)
}

// byLogin puts the families of a matching identifiant first.
func (f *Found) byLogin(ctx context.Context, r db.Reader, s scope, text string, limit int) error {
	folded := french.Fold(text)
	if len(folded) < 3 || strings.Contains(folded, " ") {
		return nil
	}
	type row struct {
		Household string `db:"household_id"`
		Login     string `db:"login"`
		First     string `db:"first_name"`
		Last      string `db:"last_name"`
	}
	rows, err := db.All[row](ctx, r, `select a.household_id, a.login, g.first_name, g.last_name from account a
		join guardian g on g.household_id = a.household_id and g.position = 0
		join household h on h.id = a.household_id and h.candidate = false
		where a.role = 'family' and a.login_folded like $1 escape '\'`+s.andHousehold("a.household_id", 3)+` order by a.login_folded limit $2`, s.args(contains(folded), limit)...)
	if err != nil {
		return err
	}
	for i, row := range rows {
		at := slices.IndexFunc(f.Families, func(h Hit) bool { return h.Household == row.Household })
		hit := Hit{Household: row.Household, Title: row.First + " " + row.Last}
		if at >= 0 {
			hit = f.Families[at]
			f.Families = slices.Delete(f.Families, at, at+1)
		}
		hit.Detail = strings.Trim("identifiant "+row.Login+", "+hit.Detail, ", ")
		f.Families = slices.Insert(f.Families, min(i, len(f.Families)), hit)
	}
	return nil
}

func (f *Found) byNumber(ctx context.Context, r db.Reader, s scope, season, text string) error {
	n, ok := number(text)
	if !ok {
		return nil
	}
	type row struct {
		Pupil     string `db:"pupil_id"`
		Household string `db:"household_id"`
		First     string `db:"first_name"`
		Last      string `db:"last_name"`
	}
	d, found, err := db.Maybe[row](ctx, r, `select d.pupil_id, d.household_id, p.first_name, p.last_name from dossier d join pupil p on p.id = d.pupil_id
		where d.season_id = $1 and d.number = $2`+s.andPupil("d.pupil_id", 3), s.args(season, n)...)
	if err != nil || !found {
		return err
	}
	f.Pupils = slices.Insert(f.Pupils, 0, Hit{Household: d.Household, Pupil: d.Pupil, Title: d.First + " " + d.Last})
	return nil
}

func (f *Found) addDossiers(ctx context.Context, r db.Reader, season string) error {
	var ids []string
	for _, h := range f.Pupils {
		ids = append(ids, h.Pupil)
	}
	type row struct {
		ID     string          `db:"id"`
		Pupil  string          `db:"pupil_id"`
		Number int64           `db:"number"`
		Rank   int64           `db:"rank"`
		State  enrolment.State `db:"state"`
	}
	rows, err := db.All[row](ctx, r, `select id, pupil_id, number, rank, state from dossier
		where season_id = $1 and pupil_id in (select value from json_each(cast($2 as text)))`, season, db.IDs(ids))
	if err != nil {
		return err
	}
	for _, d := range rows {
		for i := range f.Pupils {
			if f.Pupils[i].Pupil == d.Pupil {
				f.Pupils[i].Dossier, f.Pupils[i].Rank, f.Pupils[i].State = d.ID, d.Rank, d.State
				f.Pupils[i].Label = enrolment.Dossier{Number: d.Number}.Label()
			}
		}
	}
	return nil
}
