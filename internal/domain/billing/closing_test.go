package billing_test

import (
	"reflect"
	"testing"

	"pupitre/internal/domain/billing"
)

func TestNothingIsEnteredInAClosedMonth(t *testing.T) {
	for name, c := range map[string]struct {
		day, until string
		may        bool
	}{
		"today":                        {"2027-11-03", "2027-10-31", true},
		"the first day after":          {"2027-11-01", "2027-10-31", true},
		"the last day that is closed":  {"2027-10-31", "2027-10-31", false},
		"long before":                  {"2026-05-05", "2027-10-31", false},
		"nothing is closed yet":        {"2027-10-31", "", true},
		"tomorrow":                     {"2027-11-04", "2027-10-31", false},
		"a text that is no day of all": {"2027-11-31", "", false},
	} {
		if err := billing.MayEnter(c.day, c.until, "2027-11-03"); (err == nil) != c.may || err != nil && !isInvalid(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMonthsAreClosedInOrder(t *testing.T) {
	left := []string{"657,68 € de chèques à remettre", "3 rejets à traiter"}
	for _, c := range []struct {
		name   string
		period billing.Period
		until  string
		left   []string
		reason string
		want   func(error) bool
	}{
		{"the first ever", "2027-10", "", nil, "", isNil},
		{"the next one", "2027-10", "2027-09-30", nil, "", isNil},
		{"one is left out", "2027-10", "2027-08-31", nil, "", isInvalid},
		{"closed already", "2027-10", "2027-10-31", nil, "", isConflict},
		{"the month that runs", "2027-11", "2027-10-31", nil, "", isInvalid},
		{"something is left, and nothing said of it", "2027-10", "2027-09-30", left, " ", isInvalid},
		{"something is left, for a reason", "2027-10", "2027-09-30", left, "vu avec le comptable", isNil},
		{"no month", "octobre", "", nil, "", isInvalid},
	} {
		if err := billing.MayClose(c.period, c.until, "2027-11-03", c.left, c.reason); !c.want(err) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if p := billing.PeriodOf("2028-02-11"); p != "2028-02" || p.First() != "2028-02-01" || p.Last() != "2028-02-29" {
		t.Errorf("%s from %s to %s", p, p.First(), p.Last())
	}
}

func isNil(err error) bool { return err == nil }

func TestTheJournalByMeans(t *testing.T) {
	got := billing.Sums([]billing.Entry{
		{Kind: billing.Received, Way: billing.Voucher, Issuer: "Région", Amount: 8_00},
		{Kind: billing.Received, Way: billing.Cheque, Amount: 171_00},
		{Kind: billing.Received, Way: billing.Voucher, Issuer: "ANCV", Amount: 240_00},
		{Kind: billing.Bounced, Way: billing.Cheque, Amount: -171_00},
		{Kind: billing.Received, Way: billing.Cheque, Amount: 38_68},
		{Kind: billing.Refunded, Way: billing.Transfer, Amount: -18_00},
	})
	want := []billing.Sum{
		{Way: billing.Cheque, Count: 3, In: 209_68, Out: -171_00},
		{Way: billing.Voucher, Issuer: "ANCV", Count: 1, In: 240_00},
		{Way: billing.Voucher, Issuer: "Région", Count: 1, In: 8_00},
		{Way: billing.Transfer, Count: 1, Out: -18_00},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestACreditNoteCancelsAnInvoiceWhole(t *testing.T) {
	invoice := billing.Invoice{ID: "f", Series: billing.Invoices, Year: 2027, Number: 148, Season: "2027", Household: "moreau", Payer: "moreau", Total: 415_20,
		Content: `{"season":"2027-2028","debtor":{"name":"Claire Moreau"},"plan":[{"On":"2027-10-05","Amount":41520}]}`, Lines: billing.LinesOf(lucie)}
	note, err := billing.CreditNote(invoice, "départ avant le 10 octobre", now, "2027-10-08", "Odile Brelet")
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, l := range note.Lines {
		sum += l.Amount
		if l.Steps[0].Change != l.Amount || l.Steps[0].Detail != "facture 2027-0148" {
			t.Errorf("the line says %+v", l)
		}
	}
	said, err := note.Printed()
	if err != nil || sum != -415_20 || note.Total != sum || note.Cancels != "f" || note.Series != billing.CreditNotes || said.Cancels != "2027-0148" ||
		said.Debtor.Name != "Claire Moreau" || len(said.Plan) > 0 {
		t.Errorf("got %+v, %v", note, err)
	}
	if _, err := billing.CreditNote(invoice, " ", now, "2027-10-08", ""); !isInvalid(err) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := billing.CreditNote(note, "x", now, "2027-10-08", ""); !isConflict(err) {
		t.Errorf("a credit note of a credit note: %v", err)
	}
	invoice.CancelledBy = note.ID
	if _, err := billing.CreditNote(invoice, "x", now, "2027-10-08", ""); !isConflict(err) {
		t.Errorf("cancelled twice: %v", err)
	}
}
