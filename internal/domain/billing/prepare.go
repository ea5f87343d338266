package billing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/quotient"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Scope narrows what is prepared; empty, it is the whole season.
type Scope struct {
	Site       string   // households with an enrolled pupil of that pole
	Households []string // these only
}

// Prepared is an invoice as it would be issued now, with what surprises of it.
type Prepared struct {
	Candidate
	Draft Draft
}

// Prepare makes the drafts of the season's invoices, one a payer, by the payers'
// names: what is enrolled is charged by the season's tariff, as it stands. A
// payer whose price cannot be told is there, Refused. Who may not see the books
// gets fault.ErrForbidden; a season without a tariff *fault.Invalid.
func Prepare(ctx context.Context, r db.Reader, a actor.Actor, now time.Time, s school.School, season school.Season, scope Scope) ([]Prepared, error) {
	if !a.May(actor.Sees, actor.Billing) {
		return nil, fault.ErrForbidden
	}
	return prepare(ctx, r, now, s, season, scope)
}

func prepare(ctx context.Context, r db.Reader, now time.Time, s school.School, season school.Season, scope Scope) ([]Prepared, error) {
	t, err := tariff.Of(ctx, r, season.ID)
	if err != nil {
		return nil, err
	}
	if !t.Found() {
		return nil, fault.Refuse("La saison " + season.Name + " n’a pas encore de tarifs" + french.Nbsp + ": saisissez-les avant de facturer.")
	}
	c, err := readCase(ctx, r, season, scope, today(now))
	if err != nil {
		return nil, err
	}
	modes, err := school.BillingModes(ctx, r)
	if err != nil {
		return nil, err
	}
	bills := map[string]bill{}
	for _, h := range c.charging {
		bills[h] = c.bill(t.Tariff, h)
	}
	var all []Prepared
	for _, payer := range c.payers() {
		if len(scope.Households) > 0 && !slices.Contains(scope.Households, payer) {
			continue
		}
		p := c.prepared(payer, bills)
		p.Draft.Season, p.Draft.SeasonName, p.Draft.Creditor = season.ID, season.Name, CreditorOf(s)
		c.plan(&p, t.Tariff, modes, today(now))
		all = append(all, p)
	}
	slices.SortStableFunc(all, func(a, b Prepared) int { return cmp.Compare(c.homes[a.Household].Sort, c.homes[b.Household].Sort) })
	return all, nil
}

// CreditorOf is the school as its invoices name it.
func CreditorOf(s school.School) Creditor {
	return Creditor{
		Name: cmp.Or(s.CreditorName, s.Name), Address: strings.Join(strings.Fields(strings.ReplaceAll(cmp.Or(s.CreditorAddress, s.Address), "\n", ", ")), " "), Phone: s.Phone, Email: s.Email,
		SIRET: s.CreditorSIRET, TaxNote: s.CreditorTaxNote, Appeal: s.CreditorAppeal, IBAN: s.CreditorIBAN, BIC: s.CreditorBIC, Cheque: s.ChequeOrder,
	}
}

// enrolled is a pupil's season as it is charged, or could be.
type enrolled struct {
	enrolment.PricedPupil
	State       enrolment.State `db:"state"`
	Site        string          `db:"site_id"`
	ConfirmedAt time.Time       `db:"confirmed_at"`
	Waits       bool            `db:"waits"`
}

// home is a household as an invoice names it.
type home struct {
	ID       string `db:"id"`
	Address  string `db:"address"`
	Extra    string `db:"address_extra"`
	Postcode string `db:"postcode"`
	Town     string `db:"town"`
	Mode     int64  `db:"billing_mode"`
	Civility string `db:"civility"`
	First    string `db:"first_name"`
	Last     string `db:"last_name"`
	Sort     string `db:"sort_name"`
}

const homeColumns = `select h.id, h.address, h.address_extra, h.postcode, h.town, h.billing_mode, coalesce(g.civility, '') as civility,
	coalesce(g.first_name, '') as first_name, coalesce(g.last_name, '') as last_name, coalesce(g.sort_name, '') as sort_name
	from household h left join guardian g on g.household_id = h.id and g.position = 0`

// party is the household as an invoice names it.
func (h home) party() Party {
	return Party{Name: strings.TrimSpace(h.Civility + " " + h.name()), Street: h.Address, Extra: h.Extra, Postcode: h.Postcode, Town: h.Town}
}

// name is how the household is called, its first responsible.
func (h home) name() string { return strings.TrimSpace(h.First + " " + h.Last) }

// parent is a household of a pupil.
type parent struct {
	Pupil     string `db:"pupil_id"`
	Household string `db:"household_id"`
}

// held is an invoice that stands.
type held struct {
	Payer  string `db:"payer_id"`
	Year   int64  `db:"year"`
	Number int64  `db:"number"`
	Total  int64  `db:"total"`
}

// mean is how a household pays.
type mean struct {
	Household string `db:"household_id"`
	Name      string `db:"name"`
	IsDebit   bool   `db:"is_debit"`
}

// theCase is what the invoices of a season are made of.
type theCase struct {
	season    school.Season
	today     string
	quotients map[string][]quotient.Quotient
	charging  []string // households whose dossiers are charged
	pupils    map[string][]enrolled
	homes     map[string]home
	stays     map[string]Stay
	shares    map[string][]Share // by pupil
	parents   map[string]int     // households of a pupil
	means     map[string][]mean
	invoiced  map[string]held
	before    map[string]int64
}

// readCase reads what concerns the scope, and those who share what it pays.
func readCase(ctx context.Context, r db.Reader, season school.Season, scope Scope, today string) (c theCase, err error) {
	// Who is in: the scope's households, and those whose pupils they pay for.
	where, args := ``, []any{season.ID}
	const these = ` in (select value from json_each(cast($2 as text)))`
	switch {
	case len(scope.Households) > 0:
		where = ` and d.household_id in (select value from json_each(cast($2 as text)) union select o.household_id from cost_share c
			join dossier o on o.season_id = c.season_id and o.pupil_id = c.pupil_id where c.season_id = $1 and c.household_id` + these + `)`
		args = append(args, db.IDs(scope.Households))
	case scope.Site != "":
		where = ` and d.household_id in (select o.household_id from dossier o where o.season_id = $1 and o.site_id = $2 and o.state = 'enrolled')`
		args = append(args, scope.Site)
	}
	rows, err := db.All[enrolled](ctx, r, `select `+enrolment.PricedColumns+`, d.state, coalesce(d.site_id, '') as site_id, d.confirmed_at,
		exists (select 1 from request q where q.dossier_id = d.id and q.state in ('place', 'waiting', 'offered') and q.state <> 'place') as waits
		from `+enrolment.PricedTables+`
		where d.season_id = $1 and d.state in ('received', 'complete', 'paper_refused', 'waiting', 'enrolled')`+where+`
		order by d.household_id, p.birth_date, p.id`, args...)
	if err != nil {
		return c, fmt.Errorf("read what is enrolled: %w", err)
	}
	c = theCase{season: season, today: today, pupils: map[string][]enrolled{}, homes: map[string]home{}, stays: map[string]Stay{}, shares: map[string][]Share{}, parents: map[string]int{},
		means: map[string][]mean{}, invoiced: map[string]held{}, before: map[string]int64{}}
	var pupils, households []string
	for _, e := range rows {
		if len(c.pupils[e.Household]) == 0 {
			households = append(households, e.Household)
		}
		c.pupils[e.Household] = append(c.pupils[e.Household], e)
		pupils = append(pupils, e.Pupil)
	}
	for _, h := range households {
		if slices.ContainsFunc(c.pupils[h], func(e enrolled) bool { return e.State == enrolment.Enrolled }) {
			c.charging = append(c.charging, h)
		}
	}
	shares, err := db.All[Share](ctx, r, `select pupil_id, household_id, percent from cost_share where season_id = $1 and pupil_id`+these+` order by pupil_id, household_id`, season.ID, db.IDs(pupils))
	if err != nil {
		return c, err
	}
	for _, s := range shares {
		c.shares[s.Pupil] = append(c.shares[s.Pupil], s)
		if !slices.Contains(households, s.Household) {
			households = append(households, s.Household)
		}
	}
	return c, c.read(ctx, r, pupils, households)
}

// read completes the case with what is known of the pupils and the households.
func (c *theCase) read(ctx context.Context, r db.Reader, pupils, households []string) error {
	const these = ` in (select value from json_each(cast($1 as text)))`
	their, of := db.IDs(pupils), db.IDs(households)
	homes, err := db.All[home](ctx, r, homeColumns+` where h.id`+these, of)
	if err != nil {
		return err
	}
	for _, h := range homes {
		c.homes[h.ID] = h
	}
	stays, err := db.All[Stay](ctx, r, stayColumns+` where pupil_id`+these+` and season_id = $2`, their, c.season.ID)
	if err != nil {
		return err
	}
	for _, s := range stays {
		c.stays[s.Pupil] = s
	}
	parents, err := db.All[parent](ctx, r, `select pupil_id, household_id from pupil_household where pupil_id`+these, their)
	if err != nil {
		return err
	}
	for _, p := range parents {
		c.parents[p.Pupil]++
	}
	means, err := db.All[mean](ctx, r, `select m.household_id, n.name, n.is_debit from household_payment_mean m join payment_mean n on n.code = m.mean
		where m.household_id`+these+` order by n.position, n.code`, of)
	if err != nil {
		return err
	}
	for _, m := range means {
		c.means[m.Household] = append(c.means[m.Household], m)
	}
	if c.quotients, err = quotient.ByHousehold(ctx, r, households...); err != nil {
		return err
	}
	standing := func(season string) ([]held, error) {
		return db.All[held](ctx, r, `select payer_id, year, number, total from invoice
			where payer_id`+these+` and season_id = $2 and series = 'invoice' and cancelled_by = ''`, of, season)
	}
	invoiced, err := standing(c.season.ID)
	if err != nil {
		return err
	}
	for _, i := range invoiced {
		c.invoiced[i.Payer] = i
	}
	last, found, err := db.Maybe[string](ctx, r, `select id from season where starts_on < $1 order by starts_on desc limit 1`, c.season.StartsOn)
	if err != nil || !found {
		return err
	}
	before, err := standing(last)
	for _, i := range before {
		c.before[i.Payer] = i.Total
	}
	return err
}

// bill is what a household's enrolled pupils cost, or why it cannot be told.
type bill struct {
	tariff.Bill
	refused error
}

func (c theCase) bill(t tariff.Tariff, household string) bill {
	var rows []enrolment.PricedPupil
	for _, e := range c.pupils[household] {
		if e.State == enrolment.Enrolled {
			rows = append(rows, e.PricedPupil)
		}
	}
	of := enrolment.HomeOf(rows, c.season.AgesOn, t.IsOutside(c.homes[household].Town), quotient.ForTariff(c.quotients[household], c.today))
	for n, p := range of.Pupils {
		stay := c.stays[p.Key]
		of.Pupils[n].Arrives, of.Pupils[n].Leaves, of.Pupils[n].Excused, of.Pupils[n].Rented = stay.Arrives, stay.Leaves, stay.Excused, stay.Rented()
	}
	b, err := t.Price(c.season.StartsOn, of)
	return bill{b, err}
}

// payers are the households that an invoice goes to.
func (c theCase) payers() []string {
	all := slices.Clone(c.charging)
	for _, h := range c.charging {
		for _, e := range c.pupils[h] {
			for _, s := range c.shares[e.Pupil] {
				if e.State == enrolment.Enrolled && !slices.Contains(all, s.Household) {
					all = append(all, s.Household)
				}
			}
		}
	}
	return all
}

// partsOf are the lines of the household's bill by who pays them.
func (c theCase) partsOf(household string, b tariff.Bill) (map[string][]Line, error) {
	parts := map[string][]Line{}
	for _, l := range LinesOf(b) {
		shares := c.shares[l.Pupil]
		switch {
		case l.Pupil == "" || len(shares) == 0:
			parts[household] = append(parts[household], l)
			continue
		case len(shares) == 1:
			parts[shares[0].Household] = append(parts[shares[0].Household], l)
			continue
		}
		percents := make([]int64, len(shares))
		for n, s := range shares {
			percents[n] = s.Percent
		}
		split, err := SplitByPercent([]Line{l}, percents)
		if err != nil {
			return nil, err
		}
		for n, s := range shares {
			parts[s.Household] = append(parts[s.Household], split[n]...)
		}
	}
	return parts, nil
}

// prepared is the payer's draft, yet without its plan, and what is known of it.
func (c theCase) prepared(payer string, bills map[string]bill) Prepared {
	h := c.homes[payer]
	p := Prepared{Candidate: Candidate{Household: payer, Name: h.name(), LastYear: c.before[payer]}, Draft: Draft{Payer: payer, Debtor: h.party()}}
	p.Addressed = h.name() != "" && h.Address != "" && h.Postcode != "" && h.Town != ""
	if i, is := c.invoiced[payer]; is {
		p.Invoiced = Invoices.Label(i.Year, i.Number)
	}
	for _, household := range c.charging {
		b := bills[household]
		if household != payer && !c.sharesIn(payer, household) {
			continue
		}
		err := b.refused
		if err == nil {
			var parts map[string][]Line
			if parts, err = c.partsOf(household, b.Bill); err == nil {
				p.Draft.Lines = append(p.Draft.Lines, parts[payer]...)
			}
		}
		if err != nil {
			p.Refused = wordsOf(err)
		}
		c.look(&p.Candidate, payer, household)
		if household == payer {
			p.Quotient, p.Asserted = c.asserted(household)
		}
	}
	p.Total = p.Draft.Total()
	for _, m := range c.means[payer] {
		p.Draft.Means = append(p.Draft.Means, m.Name)
		p.Debited = p.Debited || m.IsDebit
	}
	p.Draft.Debited = p.Debited && p.Mandated
	return p
}

// asserted is how the household's quotient stands, and what it says.
func (c theCase) asserted(household string) (quotient.State, string) {
	q, state := quotient.On(c.quotients[household], c.today)
	if state == quotient.None {
		return state, ""
	}
	return state, q.Words() + ", jusqu’au " + french.CivilDate(q.Until)
}

// plan gives the draft its instalments, in as many times as the household has
// chosen: once when it has not.
func (c theCase) plan(p *Prepared, t tariff.Tariff, modes []school.BillingMode, from string) {
	times := max(c.homes[p.Household].Mode, 1)
	p.Draft.Mode = "en " + french.Count(times, "fois", "fois")
	for _, m := range modes {
		if m.Code == times {
			p.Draft.Mode = m.Name
		}
	}
	if p.Refused != "" {
		return
	}
	plan, err := Schedule(t, c.season.StartsOn, int(times), p.Total, from)
	if err != nil {
		p.Refused = wordsOf(err)
		return
	}
	p.Draft.Plan = plan
}

// sharesIn tells whether the payer pays a part of an enrolled pupil of the household.
func (c theCase) sharesIn(payer, household string) bool {
	return slices.ContainsFunc(c.pupils[household], func(e enrolled) bool {
		return e.State == enrolment.Enrolled && slices.ContainsFunc(c.shares[e.Pupil], func(s Share) bool { return s.Household == payer })
	})
}

// look notes what surprises of the household's pupils.
func (c theCase) look(p *Candidate, payer, household string) {
	for _, e := range c.pupils[household] {
		if e.State != enrolment.Enrolled {
			if household == payer {
				p.Undecided = append(p.Undecided, e.FirstName)
			}
			continue
		}
		if e.Waits && household == payer {
			p.Waiting = append(p.Waiting, e.FirstName)
		}
		if homes := c.parents[e.Pupil]; homes > 1 {
			p.Shared = len(c.shares[e.Pupil]) > 0 && (p.Shared || p.Payers == 0) // of each of its pupils
			p.Payers = max(p.Payers, homes)
		}
		stay := c.stays[e.Pupil]
		if day := today(e.ConfirmedAt); stay.Version == 0 && !e.ConfirmedAt.IsZero() && day > c.season.StartsOn {
			p.Arrives = append(p.Arrives, e.FirstName+", confirmé le "+french.CivilDate(day))
		}
	}
}

func wordsOf(err error) string {
	var invalid *fault.Invalid
	if errors.As(err, &invalid) {
		return invalid.Message
	}
	return "le calcul a échoué"
}
