package web_test

import (
	"net/url"
	"strconv"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/quotient"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
)

// bursarActor acts for the régie.
func (c *scene) bursarActor() actor.Actor {
	return actor.Actor{Account: c.text(`select id from account where role = 'bursar'`), Name: "Odile Brelet", Role: actor.Bursar}
}

func (c *scene) books() *billing.Books { return billing.New(c.store, c.clock) }

func (c *scene) today() string { return c.clock.Now().In(clock.Paris).Format(time.DateOnly) }

// invoice is the invoice of the scene's household that stands; it says what only
// that household has.
func (c *scene) invoice() string {
	c.Helper()
	const standing = `select coalesce(min(id), '') from invoice where household_id = $1 and series = 'invoice' and cancelled_by = '' and season_id in (select id from season where is_current = true)`
	if c.text(standing, c.own) == "" {
		season, err := school.CurrentSeason(c.Context(), c.store)
		c.must(err)
		_, err = c.books().Issue(c.Context(), c.bursarActor(), billing.Draft{Payer: c.own, Season: season.ID, SeasonName: season.Name, Mode: "En 3 fois",
			Debtor: billing.Party{Name: "Mme Claire " + ownLastName, Street: ownStreet, Postcode: "44430", Town: "Le Loroux-Bottereau"},
			Lines:  []billing.Line{{Pupil: c.sent, Label: "Malo Moreau", Amount: 90_00, Steps: []billing.Step{{Label: "Éveil", Change: 90_00}}}},
			Plan:   []tariff.Instalment{{On: "2027-10-05", Amount: 30_00}, {On: "2028-01-05", Amount: 30_00}, {On: "2028-04-05", Amount: 30_00}}})
		c.must(err)
	}
	return c.text(standing, c.own)
}

// entry is a cheque of the scene's household that has no counter-entry.
func (c *scene) entry() string {
	c.Helper()
	const stands = `select coalesce(min(p.id), '') from payment p where p.household_id = $1 and p.kind = 'received' and not exists (select 1 from payment o where o.counters_id = p.id)`
	if c.text(stands, c.own) == "" {
		_, err := c.books().Receive(c.Context(), c.bursarActor(), billing.Entry{Household: c.own, Way: billing.Cheque, Amount: 15_00, On: c.today(), Bank: "Banque Quervelec", Reference: "4899"})
		c.must(err)
	}
	return c.text(stands, c.own)
}

// remittance is one of a cheque that stands, and whose money has not come.
func (c *scene) remittance() string {
	c.Helper()
	const stands = `select coalesce(min(id), '') from remittance where cancelled_at is null and settled_on = ''`
	if c.text(stands) == "" {
		_, err := c.books().Remit(c.Context(), c.bursarActor(), []string{c.cheque()})
		c.must(err)
	}
	return c.text(stands)
}

// cheque is one that is in hand.
func (c *scene) cheque() string {
	c.Helper()
	e, err := c.books().Receive(c.Context(), c.bursarActor(), billing.Entry{Household: c.own, Way: billing.Cheque, Amount: 7_50, On: c.today(), Bank: "CIC", Reference: "7730058"})
	c.must(err)
	return e.ID
}

// aReminder is the form that reminds the scene's household.
func aReminder(c *scene, _ visitor) filling {
	return filling{form: fields("etape", "1", "foyer", c.own)}
}

// late gives the scene's household an invoice of another season that is late, and
// the reminders that lead to a letter of today.
func (c *scene) late() {
	c.Helper()
	season := school.Season{ID: db.NewID(), Name: "2025-2026", StartsOn: "2025-09-15", EndsOn: "2026-07-03", AgesOn: "2025-12-31", OpensAt: c.clock.Now().AddDate(-2, 0, 0)}
	c.must(c.store.Write(c.Context(), func(tx *db.Tx) error { return school.AddSeason(c.Context(), tx, season) }))
	_, err := c.books().Issue(c.Context(), c.bursarActor(), billing.Draft{Payer: c.own, Season: season.ID, SeasonName: season.Name,
		Debtor: billing.Party{Name: "Mme Claire " + ownLastName, Street: ownStreet, Postcode: "44430", Town: "Le Loroux-Bottereau"},
		Lines:  []billing.Line{{Label: "Foyer", Amount: 900_00, Steps: []billing.Step{{Label: "Cursus", Change: 900_00}}}}, Plan: []tariff.Instalment{{On: "2025-10-05", Amount: 900_00}}})
	c.must(err)
	for stage := int64(1); stage <= billing.LastStage; stage++ {
		_, err := c.books().Remind(c.Context(), c.bursarActor(), stage, []string{c.own})
		c.must(err)
	}
}

// anAttestation is the form of a quotient familial.
func anAttestation(c *scene, _ visitor) filling {
	return filling{form: fields("valeur", "400,50", "mois", c.clock.Now().AddDate(0, -1, 0).Format("01/2006"), "organisme", "CAF", "du", "01/09/2027", "au", "31/08/2028")}
}

// quotient is one of the scene's household that stands.
func (c *scene) quotient() string {
	c.Helper()
	const stands = `select coalesce(min(id), '') from quotient where household_id = $1 and withdrawn_at is null`
	if c.text(stands, c.own) == "" {
		c.must(c.store.Write(c.Context(), func(tx *db.Tx) error {
			_, err := quotient.Enter(c.Context(), tx, c.bursarActor(), c.clock.Now(), quotient.Quotient{Household: c.own, Value: 845_00, Month: "2027-05", Issuer: "CAF", Source: quotient.Paper, From: "2027-06-01", Until: "2028-05-31"})
			return err
		}))
	}
	return c.text(stands, c.own)
}

// inHand is the form that hands a cheque over.
func inHand(c *scene, _ visitor) filling {
	c.Helper()
	held, err := billing.InHand(c.Context(), c.store, c.bursarActor())
	c.must(err)
	for _, h := range held {
		if h.Way == billing.Cheque {
			return filling{form: fields("ecriture", h.ID)}
		}
	}
	return filling{form: fields("ecriture", c.cheque())}
}

// credited is the form that says that the money of the remittance has come.
func credited(c *scene, _ visitor) filling {
	c.Helper()
	return filling{form: fields("date", clockDay(c), "montant", c.text(`select cast(total / 100 as text) || ',' || substr(cast(total as text), length(cast(total as text)) - 1) from remittance where id = $1`, c.remittance()))}
}

// lastMonth is the form that closes the month before.
func lastMonth(c *scene, _ visitor) filling {
	first, err := time.Parse(time.DateOnly, string(billing.PeriodOf(c.today()))+"-01")
	c.must(err)
	return filling{form: fields("mois", string(billing.PeriodOf(first.AddDate(0, 0, -1).Format(time.DateOnly))), "motif", "vu")}
}

// thisMonth is the month that runs, as a spreadsheet.
func thisMonth(c *scene, _ visitor) filling {
	return filling{path: map[string]string{"format": "xlsx"}, query: "?mois=" + string(billing.PeriodOf(c.today()))}
}

// prepared is what is to be invoiced.
func (c *scene) prepared() []billing.Prepared {
	c.Helper()
	season, err := school.CurrentSeason(c.Context(), c.store)
	c.must(err)
	held, err := school.Current(c.Context(), c.store)
	c.must(err)
	all, err := billing.Prepare(c.Context(), c.store, c.bursarActor(), c.clock.Now(), held, season, billing.Scope{})
	c.must(err)
	return all
}

// readyInvoices is the form that issues what is ready, as the page shows it.
func readyInvoices(c *scene, _ visitor) filling {
	c.Helper()
	count, total := int64(0), int64(0)
	for _, p := range c.prepared() {
		if p.Ready() {
			count, total = count+1, total+p.Total
		}
	}
	return filling{form: url.Values{"quoi": {"pretes"}, "nombre": {strconv.FormatInt(count, 10)}, "total": {strconv.FormatInt(total, 10)}, "pole": {""}}}
}

// aDraft is a household that is ready to be invoiced, with the amount shown.
func aDraft(c *scene, _ visitor) filling {
	c.Helper()
	for _, p := range c.prepared() {
		if p.Ready() {
			return filling{path: map[string]string{"household": p.Household, "pupil": p.Draft.Lines[0].Pupil}, form: url.Values{"total": {strconv.FormatInt(p.Total, 10)}}}
		}
	}
	c.Fatal("nobody is ready to be invoiced")
	return filling{}
}

// someTerms is the form of how a pupil's season is invoiced.
func someTerms(c *scene, who visitor) filling {
	f := aDraft(c, who)
	version := c.text(`select coalesce((select cast(version as text) from pupil_billing where pupil_id = $1), '0')`, f.path["pupil"])
	f.form = fields("version", version, "arrivee", "04/10/2027", "depart", "")
	return f
}

// aCheque is a payment, typed.
func aCheque(c *scene, _ visitor) filling {
	return filling{form: fields("moyen", "cheque", "montant", "12,50", "date", clockDay(c), "banque", "Crédit Mutuel", "reference", "0004512", "emetteur", "", "motif", "")}
}

// aRefund is money given back, of what is paid too much.
func aRefund(c *scene, _ visitor) filling {
	c.Helper()
	c.invoice()
	account, err := billing.AccountOf(c.Context(), c.store, c.bursarActor(), c.own)
	c.must(err)
	if account.Credit() < 10_00 {
		_, err := c.books().Receive(c.Context(), c.bursarActor(), billing.Entry{Household: c.own, Way: billing.Cash, Amount: account.Balance() + 20_00, On: c.today()})
		c.must(err)
	}
	return filling{form: fields("moyen", "transfer", "montant", "1,50", "date", clockDay(c), "reference", "", "motif", "trop-perçu")}
}

// aCounter is a cheque that came back.
func aCounter(c *scene, _ visitor) filling {
	return filling{form: fields("nature", "bounced", "date", clockDay(c), "motif", "sans provision")}
}

func clockDay(c *scene) string { return c.clock.Now().In(clock.Paris).Format("02/01/2006") }
