package demo

import (
	"slices"
	"strconv"
	"time"

	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/quotient"
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
	if err := s.quotients(); err != nil {
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

// lastSeason has the season before: the family of the demonstration pays its
// invoice in eight times by debit, and what is due by now is paid; two others owe
// theirs, one reminded once, one to the last.
func (s *seeding) lastSeason(held school.School) error {
	own := slices.IndexFunc(s.families, func(f *family) bool { return f.login == Family })
	if own < 0 || len(s.families) < 3 {
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
	first, err := time.Parse(time.DateOnly, last.StartsOn[:4]+"-10-05")
	if err != nil {
		return err
	}
	first = first.Add(8 * time.Hour)
	plan, err := s.issueBefore(held, last, s.families[own], first, 8, "Prélèvement bancaire")
	if err != nil {
		return err
	}
	for _, due := range plan {
		on, err := time.Parse(time.DateOnly, due.On)
		if err != nil {
			return err
		}
		if on.After(s.clock.Now().AddDate(0, 0, -1)) {
			break
		}
		if _, err := s.booksAt(on.Add(8*time.Hour)).Receive(s.ctx, s.bursar, billing.Entry{Household: s.families[own].household.ID, Way: billing.Debit, Amount: due.Amount, On: due.On, Reference: "PRLV " + due.On[:7]}); err != nil {
			return err
		}
	}
	books, stages := s.booksAt(s.clock.Now()), int64(1)
	for _, of := range s.families {
		if of == s.families[own] || stages > billing.LastStage {
			continue
		}
		if _, err := s.issueBefore(held, last, of, first, 3, "Chèques"); err != nil {
			return err
		}
		for stage := int64(1); stage <= stages; stage++ {
			if _, err := books.Remind(s.ctx, s.bursar, stage, []string{of.household.ID}); err != nil {
				return err
			}
		}
		stages += billing.LastStage - 1
	}
	return nil
}

// booksAt are the books on an earlier day.
func (s *seeding) booksAt(at time.Time) *billing.Books {
	if now := s.clock.Now(); at.After(now) {
		at = now
	}
	return billing.New(s.Store, clock.At(at))
}

// issueBefore issues the family's invoice of the season before, in so many times
// from the first month on.
func (s *seeding) issueBefore(held school.School, last school.Season, of *family, first time.Time, times int, mean string) ([]tariff.Instalment, error) {
	holder, err := billing.HolderOf(s.ctx, s.Store, s.bursar, of.household.ID)
	if err != nil {
		return nil, err
	}
	const each = 49_50
	total := int64(times) * each
	draft := billing.Draft{Payer: of.household.ID, Season: last.ID, SeasonName: last.Name, Creditor: billing.CreditorOf(held), Debtor: holder.Party,
		Mode: "En " + strconv.Itoa(times) + " fois", Means: []string{mean}, Debited: times == 8,
		Lines: []billing.Line{{Pupil: of.pupils[0].ID, Label: of.pupils[0].FullName(), Amount: total, Steps: []billing.Step{{Label: "Cursus", Detail: "6e tranche", Change: total + 44_00}, {Label: "2e élève du foyer", Detail: "−10 %", Change: -44_00}}}}}
	for month := range times {
		draft.Plan = append(draft.Plan, tariff.Instalment{On: first.AddDate(0, month, 0).Format(time.DateOnly), Amount: each})
	}
	_, err = s.booksAt(first.AddDate(0, 0, -7)).Issue(s.ctx, s.bursar, draft)
	return draft.Plan, err
}

// quotients enters the attestations of most families: of nine one has given none,
// and one gave one that has run out.
func (s *seeding) quotients() error {
	today := s.clock.Now().In(clock.Paris)
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	return s.Store.Write(s.ctx, func(tx *db.Tx) error {
		for n, f := range s.families {
			q := quotient.Quotient{Household: f.household.ID, Value: 250_00 + int64(n)*137_00%2_300_00, Month: today.AddDate(0, -2, 0).Format("2006-01"), Issuer: quotient.Issuers[n%7/6], Source: quotient.Paper,
				From: day(today.AddDate(0, -2, 0)), Until: day(today.AddDate(0, 10, 0))}
			switch n % 9 {
			case 4:
				continue
			case 7:
				q.From, q.Until = day(today.AddDate(-1, 0, 0)), day(today.AddDate(0, 0, -20))
			}
			if _, err := quotient.Enter(s.ctx, tx, s.secretary, s.clock.Now(), q); err != nil {
				return err
			}
		}
		return nil
	})
}
