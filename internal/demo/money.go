package demo

import (
	"time"

	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
)

// invoiced is how many families of those that are ready have their invoice
// already: the régie issues the others on screen.
const invoiced = 8

// invoice issues the invoices of a few families. One has paid all by cheque, which
// the bank has; one a part by cheque and vouchers, one by two cheques of which the
// second waits; the cheque of one came back, one paid too much in cash, and one
// was cancelled.
func (s *seeding) invoice() error {
	books := billing.New(s.Store, s.clock)
	held, err := school.Current(s.ctx, s.Store)
	if err != nil {
		return err
	}
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
