package invoice

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/school"
	"pupitre/internal/letter"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
)

// creditorSchool is the letterhead of what the régie writes.
func creditorSchool(s school.School) letter.School {
	c := billing.CreditorOf(s)
	return letter.School{Name: c.Name, Address: c.Address, Phone: french.Phone(c.Phone), Email: c.Email}
}

// HasReceipt tells whether an entry of the account has one: money that came in,
// and that nothing has undone.
func HasReceipt(a billing.Account, e billing.Entry) bool {
	return e.Kind == billing.Received && !slices.ContainsFunc(a.Entries, func(x billing.Entry) bool { return x.Counters == e.ID })
}

// Receipt is the paper of a payment and its name; fault.ErrNotFound when it has
// none, or unless the visitor sees it.
func Receipt(v *door.Visit, r db.Reader, id string) ([]byte, string, error) {
	e, err := billing.EntryOf(v.Ctx(), r, v.Actor, id)
	if err != nil {
		return nil, "", err
	}
	a, err := billing.AccountOf(v.Ctx(), r, v.Actor, e.Household)
	if err != nil {
		return nil, "", err
	}
	if !HasReceipt(a, e) {
		return nil, "", fault.ErrNotFound
	}
	h, err := billing.HolderOf(v.Ctx(), r, v.Actor, e.Household)
	if err != nil {
		return nil, "", err
	}
	on, err := day(e.On)
	if err != nil {
		return nil, "", err
	}
	f := letter.ReceiptFacts{School: creditorSchool(v.School), Number: strconv.FormatInt(e.Number, 10), On: on, Payer: h.Name, Amount: e.Amount, Means: means(e), Rest: e.Amount}
	if f.Settles, err = settled(v, r, a, func(x billing.Allocation) bool { return x.Entry == e.ID }); err != nil {
		return nil, "", err
	}
	for _, s := range f.Settles {
		f.Rest -= s.Amount
	}
	paper, err := letter.Receipt(f)
	return paper, "recu-" + f.Number + ".pdf", err
}

func means(e billing.Entry) string {
	words := slices.DeleteFunc([]string{e.Way.French(), e.Issuer, e.Bank, e.Reference}, func(s string) bool { return s == "" })
	return french.Sentence(strings.Join(words, ", "))
}

// PaidIn are the civil years in which the account has paid something, the last first.
func PaidIn(a billing.Account) (years []string) {
	sums := map[string]int64{}
	for _, e := range a.Entries {
		sums[e.On[:4]] += e.Amount
	}
	for year, sum := range sums {
		if sum > 0 {
			years = append(years, year)
		}
	}
	slices.Sort(years)
	slices.Reverse(years)
	return years
}

// Certificate is the paper of what a household has paid in a year and its name;
// fault.ErrNotFound when it paid nothing, or unless the visitor sees it.
func Certificate(v *door.Visit, r db.Reader, household, year string) ([]byte, string, error) {
	a, err := billing.AccountOf(v.Ctx(), r, v.Actor, household)
	if err != nil {
		return nil, "", err
	}
	if !slices.Contains(PaidIn(a), year) {
		return nil, "", fault.ErrNotFound
	}
	h, err := billing.HolderOf(v.Ctx(), r, v.Actor, household)
	if err != nil {
		return nil, "", err
	}
	in := map[string]bool{}
	f := letter.CertificateFacts{School: creditorSchool(v.School), SIRET: v.School.CreditorSIRET, Year: year, Made: v.Now,
		Payer: letter.Party{Name: h.Name, Street: h.Street, Extra: h.Extra, PostalCode: h.Postcode, City: h.Town}}
	for _, e := range a.Entries {
		if e.On[:4] == year {
			in[e.ID], f.Paid = true, f.Paid+e.Amount
		}
	}
	if f.Settled, err = settled(v, r, a, func(x billing.Allocation) bool { return in[x.Entry] }); err != nil {
		return nil, "", err
	}
	paper, err := letter.Certificate(f)
	return paper, "attestation-" + year + ".pdf", err
}

// settled adds up by invoice what these allocations settle.
func settled(v *door.Visit, r db.Reader, a billing.Account, is func(billing.Allocation) bool) (all []letter.SettledInvoice, err error) {
	of := map[string]string{} // the invoice of an instalment
	for _, i := range a.Instalments {
		of[i.ID] = i.Invoice
	}
	sums := map[string]int64{}
	for _, x := range a.Allocations {
		if is(x) {
			sums[of[x.Instalment]] += x.Amount
		}
	}
	for _, i := range a.Invoices {
		if sums[i.ID] == 0 {
			continue
		}
		read, err := billing.InvoiceOf(v.Ctx(), r, v.Actor, i.ID)
		if err != nil {
			return nil, err
		}
		said, err := read.Printed()
		if err != nil {
			return nil, err
		}
		s := letter.SettledInvoice{Number: i.Label(), Season: said.Season, Total: i.Total, Amount: sums[i.ID]}
		for _, l := range read.Lines {
			if l.Pupil != "" {
				s.Pupils = append(s.Pupils, l.Label)
			}
		}
		all = append(all, s)
	}
	return all, nil
}

func day(iso string) (time.Time, error) { return time.ParseInLocation(time.DateOnly, iso, clock.Paris) }
