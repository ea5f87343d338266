package billing

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Stay is what the régie says of a pupil's season that no dossier does.
type Stay struct {
	Pupil   string `db:"pupil_id"`
	Arrives string `db:"arrives_on"` // first day, "" from the season's start
	Leaves  string `db:"leaves_on"`  // last day, "" to its end
	Excused bool   `db:"excused"`    // leaves for a reason that the school recognises
	Rentals string `db:"rented"`     // as JSON
	school.Edited
}

// Rented are the names of the tariff's rentals that the pupil has.
func (s Stay) Rented() (all []string) {
	json.Unmarshal([]byte(s.Rentals), &all) // written by SaveStay alone
	return all
}

// Renting is the stay with those rentals.
func (s Stay) Renting(names []string) Stay {
	if len(names) == 0 {
		s.Rentals = ""
		return s
	}
	text, _ := json.Marshal(names) // of texts: it cannot fail
	s.Rentals = string(text)
	return s
}

const stayColumns = `select pupil_id, arrives_on, leaves_on, excused, rented, version, changed_at, changed_by from pupil_billing`

// Share is the part of a pupil's lessons that a household pays.
type Share struct {
	Pupil     string `db:"pupil_id"`
	Household string `db:"household_id"`
	Percent   int64  `db:"percent"` // hundredths of a percent
}

// Terms is how a pupil's season is invoiced, beside its formule.
type Terms struct {
	Stay
	Shares []Share // make Whole; none: the dossier's household pays
}

// TermsOf returns how the pupil's season is invoiced. Office only: fault.ErrForbidden.
func TermsOf(ctx context.Context, r db.Reader, a actor.Actor, season, pupil string) (Terms, error) {
	t := Terms{Stay: Stay{Pupil: pupil}}
	if !a.May(actor.Sees, actor.Billing) {
		return t, fault.ErrForbidden
	}
	stay, found, err := db.Maybe[Stay](ctx, r, stayColumns+` where season_id = $1 and pupil_id = $2`, season, pupil)
	if err != nil {
		return t, err
	}
	if found {
		t.Stay = stay
	}
	t.Shares, err = db.All[Share](ctx, r, `select pupil_id, household_id, percent from cost_share where season_id = $1 and pupil_id = $2 order by household_id`, season, pupil)
	return t, err
}

// PayerOf is a household of a pupil, which may pay for it.
type PayerOf struct {
	Household string `db:"household_id"`
	Name      string `db:"name"`
	Dossier   bool   `db:"dossier"` // has its dossier of the season
}

// PayersOf returns the pupil's households, that of its dossier first. Office only:
// fault.ErrForbidden.
func PayersOf(ctx context.Context, r db.Reader, a actor.Actor, season, pupil string) ([]PayerOf, error) {
	if !a.May(actor.Sees, actor.Billing) {
		return nil, fault.ErrForbidden
	}
	return db.All[PayerOf](ctx, r, `select ph.household_id, coalesce(g.first_name || ' ' || g.last_name, '') as name,
		exists (select 1 from dossier d where d.season_id = $1 and d.pupil_id = ph.pupil_id and d.household_id = ph.household_id) as dossier
		from pupil_household ph left join guardian g on g.household_id = ph.household_id and g.position = 0 where ph.pupil_id = $2 order by 3 desc, 1`, season, pupil)
}

// check returns *fault.Invalid for terms that cannot be: days out of the season
// or of order, rentals that the tariff has not, parts that are no whole. homes
// are the pupil's households.
func (t Terms) check(season school.Season, of tariff.Tariff, homes []string) error {
	var c fault.Check
	within := func(field, day string) {
		c.That(day == "" || isDay(day) && day >= season.StartsOn && day <= season.EndsOn, field,
			"Donnez un jour de la saison, du "+french.CivilDate(season.StartsOn)+" au "+french.CivilDate(season.EndsOn)+", ou laissez vide.")
	}
	within("arrivee", t.Arrives)
	within("depart", t.Leaves)
	c.That(t.Arrives == "" || t.Leaves == "" || t.Arrives <= t.Leaves, "depart", "Le dernier jour vient avant le premier"+french.Nbsp+": corrigez l’un des deux.")
	for _, name := range t.Rented() {
		c.That(slices.ContainsFunc(of.Extras, func(e tariff.Extra) bool { return e.To == tariff.Renter && e.Name == name }), "location", "Les tarifs n’ont pas de location « "+name+" »"+french.Nbsp+": choisissez parmi celles de la liste.")
	}
	sum := int64(0)
	for _, s := range t.Shares {
		c.That(slices.Contains(homes, s.Household) && s.Percent > 0, "parts", "Une part est d’un foyer de l’élève, et au-dessus de zéro.")
		sum += s.Percent
	}
	c.That(len(t.Shares) == 0 || sum == Whole, "parts", "Les parts font "+tariff.WriteDecimal(sum, 2)+" %"+french.Nbsp+": il faut 100 % en tout.")
	return c.Err()
}

// SaveTerms keeps how the pupil's season is invoiced, as it was read at that
// version. What is invoiced already is not changed. *fault.Invalid as said by
// the message, *fault.Conflict when somebody has changed it since.
func (b *Books) SaveTerms(ctx context.Context, a actor.Actor, season school.Season, read int64, t Terms) error {
	if !a.May(actor.Changes, actor.Billing) {
		return fault.ErrForbidden
	}
	now := b.clock.Now()
	return b.store.Write(ctx, func(tx *db.Tx) error { return saveTerms(ctx, tx, a, now, season, read, t) })
}

func saveTerms(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, season school.Season, read int64, t Terms) error {
	homes, err := db.All[string](ctx, tx, `select household_id from pupil_household where pupil_id = $1 order by household_id`, t.Pupil)
	if err != nil {
		return err
	}
	if len(homes) == 0 {
		return fault.ErrNotFound
	}
	if err := hold(ctx, tx, homes...); err != nil {
		return err
	}
	was, err := TermsOf(ctx, tx, a, season.ID, t.Pupil)
	if err != nil {
		return err
	}
	if err := was.Against(read); err != nil {
		return err
	}
	of, err := tariff.Of(ctx, tx, season.ID)
	if err != nil {
		return err
	}
	if err := t.check(season, of.Tariff, homes); err != nil {
		return err
	}
	rented, err := json.Marshal(t.Rented())
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `insert into pupil_billing (season_id, pupil_id, arrives_on, leaves_on, excused, rented, version, changed_at, changed_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (season_id, pupil_id) do update set arrives_on = excluded.arrives_on, leaves_on = excluded.leaves_on,
		excused = excluded.excused, rented = excluded.rented, version = excluded.version, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
		season.ID, t.Pupil, t.Arrives, t.Leaves, t.Excused, string(rented), was.Version+1, now, a.Name); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from cost_share where season_id = $1 and pupil_id = $2`, season.ID, t.Pupil); err != nil {
		return err
	}
	var rows [][]any
	for _, s := range t.Shares {
		rows = append(rows, []any{season.ID, t.Pupil, s.Household, s.Percent})
	}
	if _, err := tx.Insert(ctx, `cost_share (season_id, pupil_id, household_id, percent)`, "", rows); err != nil {
		return err
	}
	// No household reads another's part: the line is the pupil's, and says no name.
	before, after := journal.Changes(journal.Field{Label: "arrivée", Before: dayWords(was.Arrives), After: dayWords(t.Arrives)},
		journal.Field{Label: "départ", Before: dayWords(was.Leaves), After: dayWords(t.Leaves)},
		journal.Field{Label: "motif reconnu", Before: yesNo(was.Excused), After: yesNo(t.Excused)},
		journal.Field{Label: "locations", Before: strings.Join(was.Rented(), ", "), After: strings.Join(t.Rented(), ", ")},
		journal.Field{Label: "parts", Before: sharesWords(was.Shares), After: sharesWords(t.Shares)})
	return tell(ctx, tx, a, now, journal.Line{Event: "pupil.terms", Pupil: t.Pupil, Subject: school.SeasonSubject(season.ID), Before: before, After: "Facturation" + french.Nbsp + ": " + after})
}

func dayWords(day string) string {
	if day == "" {
		return ""
	}
	return french.CivilDate(day)
}

func yesNo(is bool) string {
	if is {
		return "oui"
	}
	return "non"
}

func sharesWords(all []Share) string {
	words := make([]string, len(all))
	for n, s := range all {
		words[n] = tariff.WriteDecimal(s.Percent, 2) + " %"
	}
	return strings.Join(words, " et ")
}

// Holder is the household of an account, as it is now.
type Holder struct {
	Household string
	Party
	Mode  int64 // in how many times it has chosen to pay; 0 when it has not
	Means []string
}

// HolderOf returns the household of an account; fault.ErrNotFound when there is
// none, or unless the actor sees its money.
func HolderOf(ctx context.Context, r db.Reader, a actor.Actor, household string) (h Holder, err error) {
	if !sees(a, household) {
		return h, fault.ErrNotFound
	}
	of, err := db.One[home](ctx, r, homeColumns+` where h.id = $1`, household)
	if err != nil {
		return h, err
	}
	h.Household, h.Party, h.Mode = household, of.party(), of.Mode
	h.Means, err = db.All[string](ctx, r, `select n.name from household_payment_mean m join payment_mean n on n.code = m.mean where m.household_id = $1 order by n.position, n.code`, household)
	return h, err
}
