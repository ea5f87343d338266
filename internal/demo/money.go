package demo

import (
	"slices"
	"time"

	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
)

// invoiced is how many families of those that are ready have their invoice
// already: the régie issues the others on screen.
const invoiced = 8

// invoice issues the invoices of a few families. One has paid all by cheque, which
// the bank has; one a part by cheque and vouchers, one by two cheques of which the
// second waits; the cheque of one came back, one paid too much in cash, and one
// was cancelled.
func (s *seeding) invoice() error {
	held, err := school.Current(s.ctx, s.Store)
	if err != nil {
		return err
	}
	if err := s.lastSeason(held); err != nil {
		return err
	}
	books := billing.New(s.Store, s.clock)
	all, err := billing.Prepare(s.ctx, s.Store, s.bursar, s.clock.Now(), held, s.season, billing.Scope{})
	if err != nil {
		return err
	}
	var drafts []billing.Draft
	for _, p := range all {
		if p.Ready() && p.Total > 0 && len(drafts) < invoiced {
			drafts = append(drafts, p.Draft)
		}
	}
	if len(drafts) < invoiced { // a smaller school shows none
		return nil
	}
	issued, err := books.Issue(s.ctx, s.bursar, drafts...)
	if err != nil {
		return err
	}
	today := s.clock.Now().In(clock.Paris).Format(time.DateOnly)
	var came []billing.Entry
	for _, e := range []billing.Entry{
		{Household: issued[0].Payer, Way: billing.Cheque, Amount: issued[0].Total, Bank: "Crédit Mutuel", Reference: "0004512"},
		{Household: issued[1].Payer, Way: billing.Cheque, Amount: 60_00, Bank: "La Banque Postale", Reference: "7780021"},
		{Household: issued[1].Payer, Way: billing.Voucher, Amount: 40_00, Issuer: "ANCV", Reference: "81120 à 81123"},
		{Household: issued[2].Payer, Way: billing.Cheque, Amount: 75_00, Bank: "BNP Paribas", Reference: "3300187"},
		{Household: issued[3].Payer, Way: billing.Cash, Amount: issued[3].Total + 10_00},
		{Household: issued[5].Payer, Way: billing.Cheque, Amount: 50_00, Bank: "Crédit Mutuel", Reference: "2210467"},
		{Household: issued[5].Payer, Way: billing.Cheque, Amount: 50_00, Bank: "Crédit Mutuel", Reference: "2210468", DepositOn: s.season.StartsOn},
	} {
		e.On = today
		if e, err = books.Receive(s.ctx, s.bursar, e); err != nil {
			return err
		}
		came = append(came, e)
	}
	if _, err := books.Counter(s.ctx, s.bursar, came[3].ID, billing.Bounced, today, "sans provision"); err != nil {
		return err
	}
	if _, err := books.Remit(s.ctx, s.bursar, []string{came[0].ID}); err != nil {
		return err
	}
	_, err = books.Cancel(s.ctx, s.bursar, issued[4].ID, "élève inscrit par erreur dans deux formules")
	return err
}

// lastSeason gives the family of the demonstration the invoice of the season
// before, in eight times by debit: what is due by now is paid.
func (s *seeding) lastSeason(held school.School) error {
	at := slices.IndexFunc(s.families, func(f *family) bool { return f.login == Family })
	if at < 0 {
		return nil // a smaller school
	}
	before := func(day string) string {
		t, err := time.Parse(time.DateOnly, day)
		if err != nil {
			panic(err) // of the season that was imported
		}
		return t.AddDate(-1, 0, 0).Format(time.DateOnly)
	}
	last := school.Season{ID: db.NewID(), StartsOn: before(s.season.StartsOn), EndsOn: before(s.season.EndsOn), AgesOn: before(s.season.AgesOn), OpensAt: s.opening.AddDate(-1, 0, 0), ClosesAt: s.opening.AddDate(-1, 0, 28)}
	last.Name = last.StartsOn[:4] + "-" + last.EndsOn[:4]
	if err := s.Store.Write(s.ctx, func(tx *db.Tx) error { return school.AddSeason(s.ctx, tx, last) }); err != nil {
		return err
	}
	of := s.families[at]
	holder, err := billing.HolderOf(s.ctx, s.Store, s.bursar, of.household.ID)
	if err != nil {
		return err
	}
	draft := billing.Draft{Payer: of.household.ID, Season: last.ID, SeasonName: last.Name, Creditor: billing.CreditorOf(held), Debtor: holder.Party, Mode: "En 8 fois", Means: []string{"Prélèvement bancaire"}, Debited: true,
		Lines: []billing.Line{{Pupil: of.pupils[0].ID, Label: of.pupils[0].FullName(), Amount: 8 * 49_50, Steps: []billing.Step{{Label: "Cursus", Detail: "6e tranche", Change: 440_00}, {Label: "2e élève du foyer", Detail: "−10 %", Change: -44_00}}}}}
	first, err := time.Parse(time.DateOnly, last.StartsOn[:4]+"-10-05")
	if err != nil {
		return err
	}
	for month := range 8 {
		draft.Plan = append(draft.Plan, tariff.Instalment{On: first.AddDate(0, month, 0).Format(time.DateOnly), Amount: 49_50})
	}
	now := s.clock.Now()
	earlier := func(day time.Time) *billing.Books {
		if day.After(now) {
			day = now
		}
		return billing.New(s.Store, clock.At(day))
	}
	if _, err := earlier(first.AddDate(0, 0, -7).Add(8*time.Hour)).Issue(s.ctx, s.bursar, draft); err != nil {
		return err
	}
	for _, due := range draft.Plan {
		on, err := time.Parse(time.DateOnly, due.On)
		if err != nil || on.After(now.AddDate(0, 0, -1)) {
			return err
		}
		if _, err := earlier(on.Add(8*time.Hour)).Receive(s.ctx, s.bursar, billing.Entry{Household: of.household.ID, Way: billing.Debit, Amount: due.Amount, On: due.On, Reference: "PRLV " + due.On[:7]}); err != nil {
			return err
		}
	}
	return nil
}
