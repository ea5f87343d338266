package enrolment

import (
	"context"
	"fmt"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// Price is what a household's season costs, as its dossiers stand: those that
// are not sent yet count too, since the price is read before « Valider » (R16).
type Price struct {
	Published bool        // the season has a tariff; nothing else is told without one
	Refused   error       // *fault.Invalid when a case has no price, or two
	With      tariff.Bill // with the quotient asked for
	Without   tariff.Bill // without a valid attestation: the top bracket
	Tariff    tariff.Kept // read only
}

// PricedPupil is a pupil's season as its price needs it.
type PricedPupil struct {
	Pupil     string       `db:"pupil_id"`
	Household string       `db:"household_id"` // of its dossier
	FirstName string       `db:"first_name"`
	LastName  string       `db:"last_name"`
	BirthDate string       `db:"birth_date"`
	Level     school.Level `db:"level"`
	Programme string       `db:"programme"` // code
}

// PricedColumns and PricedTables read PricedPupil: d is the dossier, p the pupil.
const (
	PricedColumns = `d.pupil_id, d.household_id, p.first_name, p.last_name, p.birth_date, coalesce(s.level, '') as level, g.code as programme`
	PricedTables  = `dossier d join pupil p on p.id = d.pupil_id join programme g on g.id = d.programme_id
		left join pupil_season s on s.pupil_id = d.pupil_id and s.season_id = d.season_id`
)

// PriceOf calculates what the season costs the household, with that quotient and
// without one; fault.ErrNotFound unless the actor sees the household.
func PriceOf(ctx context.Context, r db.Reader, a actor.Actor, season school.Season, h people.Household, q tariff.Quotient) (Price, error) {
	var p Price
	if !a.Sees(h.ID) {
		return p, notFound("household", h.ID)
	}
	var err error
	if p.Tariff, err = tariff.InForce(ctx, r, season); err != nil || !p.Tariff.Found() {
		return p, err
	}
	rows, err := db.All[PricedPupil](ctx, r, `select `+PricedColumns+` from `+PricedTables+`
		where d.season_id = $1 and d.household_id = $2 and d.state in ('draft', 'received', 'complete', 'paper_refused', 'waiting', 'enrolled')
		order by p.birth_date, p.id`, season.ID, h.ID)
	if err != nil {
		return p, fmt.Errorf("the price of household %s: %w", h.ID, err)
	}
	p.Published = true
	home := HomeOf(rows, season.AgesOn, p.Tariff.IsOutside(h.Town), q)
	if p.With, err = p.Tariff.Price(season.StartsOn, home); err == nil {
		home.Quotient = tariff.Quotient{}
		p.Without, err = p.Tariff.Price(season.StartsOn, home)
	}
	if isInvalid(err) {
		p.Refused, err = err, nil
	}
	return p, err
}

// HomeOf is the case of a household. Who is in higher education is a full-time
// student. A town that is not known is not outside.
func HomeOf(rows []PricedPupil, agesOn string, outside bool, q tariff.Quotient) tariff.Home {
	home := tariff.Home{Outside: outside, Quotient: q}
	for _, r := range rows {
		age := int64(french.Age(r.BirthDate, agesOn))
		if age < 0 {
			age = tariff.UnknownAge
		}
		home.Pupils = append(home.Pupils, tariff.Pupil{
			Key: r.Pupil, Name: people.Pupil{FirstName: r.FirstName, LastName: r.LastName}.FullName(), Programme: r.Programme,
			Age: age, Student: r.Level == school.Higher,
		})
	}
	return home
}

// ChargeOf is what the pupil costs in the bill; false when no dossier of its
// asks for a formule.
func ChargeOf(b tariff.Bill, pupil string) (tariff.Charge, bool) {
	for _, c := range b.Charges {
		if c.Pupil.Key == pupil {
			return c, true
		}
	}
	return tariff.Charge{}, false
}
