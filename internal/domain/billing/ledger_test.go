package billing_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pupitre/internal/domain/billing"
)

// books plays acts on one household's account, as the storage will.
type books struct {
	t testing.TB
	billing.Account
	made int
}

func open(t testing.TB) *books { return &books{t: t, Account: billing.Account{Household: "moreau"}} }

func (b *books) id() string {
	b.made++
	return fmt.Sprintf("%04d", b.made)
}

func (b *books) take(c billing.Change, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	b.Account = b.With(c)
	b.sound()
}

// bill puts an invoice of the total on the account, in so many times.
func (b *books) bill(total int64, times int) string {
	b.t.Helper()
	i := billing.Invoice{ID: "f" + b.id(), Series: billing.Invoices, Total: total, IssuedAt: now}
	b.Invoices = append(b.Invoices, i)
	b.take(b.Bill(i, schedule(b.t, times, total, "2027-09-28")), nil)
	return i.ID
}

// cancel puts the credit note of the invoice on the account.
func (b *books) cancel(invoice string) {
	b.t.Helper()
	at := slices.IndexFunc(b.Invoices, func(i billing.Invoice) bool { return i.ID == invoice })
	b.Invoices = slices.Clone(b.Invoices)
	b.Invoices[at].CancelledBy = "a" + b.id()
	b.Invoices = append(b.Invoices, billing.Invoice{ID: b.Invoices[at].CancelledBy, Series: billing.CreditNotes, Cancels: invoice, Total: -b.Invoices[at].Total})
	b.take(b.Cancel(invoice, now), nil)
}

func (b *books) receive(way billing.Way, amount int64) string {
	b.t.Helper()
	e := billing.Entry{ID: "e" + b.id(), Household: "moreau", Way: way, Amount: amount, On: "2027-10-04", Bank: "CIC", Reference: "1204417", Issuer: "ANCV", At: now}
	b.take(b.Receive(e))
	return e.ID
}

func (b *books) counter(entry string, kind billing.Kind) {
	b.t.Helper()
	b.take(b.Counter(entry, kind, billing.Entry{ID: "e" + b.id(), On: "2027-10-20", Reason: "sans provision", At: now}))
}

func (b *books) refund(amount int64) {
	b.t.Helper()
	b.take(b.Refund(billing.Entry{ID: "e" + b.id(), Way: billing.Transfer, Amount: amount, On: "2027-10-20", At: now}))
}

// sound holds what is true of an account whatever was done to it.
func (b *books) sound() {
	b.t.Helper()
	left := int64(0)
	planned := map[string]int64{}
	for _, i := range b.Instalments {
		paid := b.Paid(i.ID)
		if paid < 0 || paid > i.Amount || !i.Stands() && paid != 0 {
			b.t.Fatalf("%d is paid of an instalment of %d (stands: %v)", paid, i.Amount, i.Stands())
		}
		if i.Stands() {
			planned[i.Invoice] += i.Amount
			left += i.Amount - paid
		}
	}
	for _, i := range b.Invoices {
		want := int64(0)
		if i.Stands() {
			want = i.Total
		}
		if planned[i.ID] != want {
			b.t.Fatalf("the instalments of %s add up to %d, not to %d", i.ID, planned[i.ID], want)
		}
	}
	used := map[string]int64{}
	for _, x := range b.Allocations {
		used[x.Entry] += x.Amount
	}
	undone := map[string]bool{}
	for _, e := range b.Entries {
		undone[e.Counters] = true
	}
	for _, e := range b.Entries {
		most := e.Amount
		if e.Kind != billing.Received || undone[e.ID] {
			most = 0
		}
		if used[e.ID] < 0 || used[e.ID] > most {
			b.t.Fatalf("the entry %s of %d settles %d", e.ID, e.Amount, used[e.ID])
		}
	}
	if b.Balance() != left-b.Credit() {
		b.t.Fatalf("the balance is %d; %d is left of the instalments, and %d is credit", b.Balance(), left, b.Credit())
	}
}

func TestWhatIsPaid(t *testing.T) {
	for _, c := range []struct {
		name                 string
		do                   func(*books)
		balance, credit, due int64 // due by 5 November
	}{
		{"nothing is paid yet", func(b *books) { b.bill(603_00, 8) }, 603_00, 0, 150_78},
		{"the oldest instalment is settled first", func(b *books) { b.bill(603_00, 8); b.receive(billing.Cheque, 75_41) }, 527_59, 0, 75_37},
		{"a part of an instalment", func(b *books) { b.bill(603_00, 8); b.receive(billing.Cash, 50_00) }, 553_00, 0, 100_78},
		{"vouchers first, the debit of the rest: two means on one invoice", func(b *books) {
			b.bill(300_00, 3)
			b.receive(billing.Voucher, 150_00)
			b.receive(billing.Debit, 150_00)
		}, 0, 0, 0},
		{"too much: the rest is credit", func(b *books) { b.bill(102_00, 1); b.receive(billing.Cheque, 120_00) }, -18_00, 18_00, 0},
		{"and is given back", func(b *books) { b.bill(102_00, 1); b.receive(billing.Cheque, 120_00); b.refund(18_00) }, 0, 0, 0},
		{"or kept for the next invoice", func(b *books) { b.bill(102_00, 1); b.receive(billing.Cheque, 120_00); b.bill(100_00, 1) }, 82_00, 0, 82_00},
		{"paid before it is invoiced: due at registration (Lille)", func(b *books) { b.receive(billing.Cheque, 50_00); b.bill(100_00, 1) }, 50_00, 0, 50_00},
		{"a cheque comes back: what it settled is due again", func(b *books) {
			b.bill(300_00, 3)
			b.counter(b.receive(billing.Cheque, 100_00), billing.Bounced)
		}, 300_00, 0, 100_00},
		{"and another one settles it", func(b *books) {
			b.bill(300_00, 3)
			b.counter(b.receive(billing.Cheque, 100_00), billing.Bounced)
			b.receive(billing.Cheque, 100_00)
		}, 200_00, 0, 0},
		{"a debit is rejected while a later one was paid", func(b *books) {
			b.bill(300_00, 3)
			first := b.receive(billing.Debit, 100_00)
			b.receive(billing.Debit, 100_00)
			b.counter(first, billing.Bounced)
		}, 200_00, 0, 100_00},
		{"a cheque whose surplus was given back comes back: all of it is owed", func(b *books) {
			b.bill(60_00, 1)
			cheque := b.receive(billing.Cheque, 100_00)
			b.refund(40_00)
			b.counter(cheque, billing.Bounced)
		}, 100_00, -40_00, 60_00},
		{"and one payment settles all of it", func(b *books) {
			b.bill(60_00, 1)
			cheque := b.receive(billing.Cheque, 100_00)
			b.refund(40_00)
			b.counter(cheque, billing.Bounced)
			b.receive(billing.Cash, 100_00)
		}, 0, 0, 0},
		{"a wrong amount is corrected, and typed anew", func(b *books) {
			b.bill(100_00, 1)
			b.counter(b.receive(billing.Cash, 10_00), billing.Corrected)
			b.receive(billing.Cash, 100_00)
		}, 0, 0, 0},
		{"withdrawn before 10 October (Guéret): the credit note frees what was paid", func(b *books) {
			i := b.bill(345_00, 3)
			b.receive(billing.Debit, 115_00)
			b.cancel(i)
		}, -115_00, 115_00, 0},
		{"due by months (CAPI): cancelled, and a smaller invoice takes what was paid", func(b *books) {
			i := b.bill(345_00, 1)
			b.receive(billing.Debit, 345_00)
			b.cancel(i)
			b.bill(103_50, 1)
		}, -241_50, 241_50, 0},
		{"an invoice of nothing", func(b *books) { b.bill(0, 8) }, 0, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t)
			c.do(b)
			if got := b.Balance(); got != c.balance {
				t.Errorf("balance %d, want %d", got, c.balance)
			}
			if got := b.Credit(); got != c.credit {
				t.Errorf("credit %d, want %d", got, c.credit)
			}
			if got := b.Due("2027-11-05"); got != c.due {
				t.Errorf("due %d, want %d", got, c.due)
			}
		})
	}
}

func TestAModeChangedInTheYear(t *testing.T) {
	b := open(t)
	invoice := b.bill(300_00, 3) // 5 October, 5 January, 5 April
	b.receive(billing.Cheque, 120_00)
	plan := func() string {
		text := ""
		for _, i := range b.Instalments {
			if i.Stands() {
				text += fmt.Sprintf("%s %d/%d; ", i.On, b.Paid(i.ID), i.Amount)
			}
		}
		return text
	}
	b.take(b.Replan(invoice, terms, starts, 8, now, "2027-12-10"))
	want := "2027-10-05 10000/10000; 2028-01-05 2000/2000; 2028-01-05 0/3600; 2028-02-05 0/3600; 2028-03-05 0/3600; 2028-04-05 0/3600; 2028-05-05 0/3600; "
	if got := plan(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if _, err := b.Replan(invoice, terms, starts, 1, now, "2027-12-10"); !isInvalid(err) {
		t.Errorf("once, in October, which has passed: %v", err)
	}
	if _, err := b.Replan(invoice, terms, starts, 5, now, "2027-12-10"); !isInvalid(err) {
		t.Errorf("a plan that the tariff has not: %v", err)
	}
	if _, err := b.Replan(invoice, terms, starts, 3, now, "2028-05-05"); !isInvalid(err) {
		t.Errorf("all is due: %v", err)
	}
	late := open(t)
	other := late.bill(300_00, 3)
	late.take(late.Replan(other, terms, starts, 8, now, "2027-11-20"))
	if due := late.Due("2027-11-20"); due != 100_00 {
		t.Errorf("changing the mode puts off a debt: %d is due", due)
	}
}

func TestWhatTheLedgerRefuses(t *testing.T) {
	b := open(t)
	b.bill(100_00, 1)
	cheque := b.receive(billing.Cheque, 60_00)
	cash := b.receive(billing.Cash, 10_00)
	said := billing.Entry{ID: "x", Reason: "sans provision", On: "2027-10-20"}
	b.counter(cheque, billing.Bounced)
	last := b.Entries[len(b.Entries)-1].ID
	for name, c := range map[string]struct {
		err error
		is  func(error) bool
	}{
		"undone twice":                    {second(b.Counter(cheque, billing.Corrected, said)), isConflict},
		"a counter-entry is undone":       {second(b.Counter(last, billing.Corrected, said)), isInvalid},
		"cash comes back from the bank":   {second(b.Counter(cash, billing.Bounced, said)), isInvalid},
		"without a reason":                {second(b.Counter(cash, billing.Corrected, billing.Entry{ID: "x", Reason: " "})), isInvalid},
		"more than the credit given back": {second(b.Refund(billing.Entry{Way: billing.Cash, Amount: 1})), isInvalid},
	} {
		if !c.is(c.err) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if _, err := b.Counter("nobody’s", billing.Corrected, said); err == nil {
		t.Error("an entry of another account was undone")
	}
	whole := billing.Entry{Way: billing.Cheque, Amount: 1_00, On: "2027-10-04", Bank: "CIC", Reference: "1", Issuer: "ANCV"}
	for name, mend := range map[string]func(*billing.Entry){
		"nothing":                       func(e *billing.Entry) { e.Amount = 0 },
		"less than nothing":             func(e *billing.Entry) { e.Amount = -1 },
		"a number too long":             func(e *billing.Entry) { e.Amount = 1 << 60 },
		"no day":                        func(e *billing.Entry) { e.On = "2027-02-30" },
		"a cheque without its bank":     func(e *billing.Entry) { e.Bank = "" },
		"a cheque without its number":   func(e *billing.Entry) { e.Reference = "" },
		"vouchers that nobody repays":   func(e *billing.Entry) { e.Way, e.Issuer = billing.Voucher, "" },
		"vouchers without numbers":      func(e *billing.Entry) { e.Way, e.Reference = billing.Voucher, "" },
		"a debit without a reference":   func(e *billing.Entry) { e.Way, e.Reference = billing.Debit, "" },
		"PayFiP without an operation":   func(e *billing.Entry) { e.Way, e.Reference = billing.Online, "" },
		"a way that the school has not": func(e *billing.Entry) { e.Way = "bitcoin" },
	} {
		e := whole
		mend(&e)
		if _, err := b.Receive(e); !isInvalid(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second(_ billing.Change, err error) error { return err }

// TestWhateverHappensToAnAccount draws acts at random: after each, what sound
// says holds, and nothing of the ledger has gone.
func TestWhateverHappensToAnAccount(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(43, seed))
		b := open(t)
		for range 60 {
			entries, allocations := slices.Clone(b.Entries), slices.Clone(b.Allocations)
			anything(r, b)
			if !slices.Equal(b.Entries[:len(entries)], entries) || !slices.Equal(b.Allocations[:len(allocations)], allocations) {
				t.Fatal("a line of the ledger was changed")
			}
		}
	}
}

func anything(r *rand.Rand, b *books) {
	var standing []string
	for _, i := range b.Invoices {
		if i.Stands() {
			standing = append(standing, i.ID)
		}
	}
	times := []int{1, 3, 8}[r.IntN(3)]
	today := []string{"2027-09-30", "2027-10-05", "2027-12-01", "2028-03-20", "2028-06-01"}[r.IntN(5)]
	switch n := r.IntN(10); {
	case n < 2 || len(standing) == 0:
		b.bill(r.Int64N(900_00), times)
	case n < 6:
		b.receive(billing.Ways[r.IntN(len(billing.Ways))], 1+r.Int64N(400_00))
	case n == 6:
		b.cancel(standing[r.IntN(len(standing))])
	case n == 7:
		if c, err := b.Replan(standing[r.IntN(len(standing))], terms, starts, times, now, today); err == nil {
			b.take(c, nil)
		}
	case n == 8 && b.Credit() > 0:
		b.refund(1 + r.Int64N(b.Credit()))
	case len(b.Entries) > 0:
		kind := []billing.Kind{billing.Bounced, billing.Corrected}[r.IntN(2)]
		if c, err := b.Counter(b.Entries[r.IntN(len(b.Entries))].ID, kind, billing.Entry{ID: "e" + b.id(), On: "2027-10-20", Reason: "motif", At: now}); err == nil {
			b.take(c, nil)
		}
	}
}

// TestSharesAddUpWhateverIsDrawn: of lines and percents at random, the parts of
// each line make the line, and no payer but the first pays a cent too much.
func TestSharesAddUpWhateverIsDrawn(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 3))
	for range 3000 {
		var lines []billing.Line
		whole := int64(0)
		for range 1 + r.IntN(5) {
			amount := r.Int64N(1000_00)
			whole += amount
			lines = append(lines, billing.Line{Label: "x", Amount: amount, Steps: []billing.Step{{Label: "x", Change: amount}}})
		}
		first := 1 + r.Int64N(billing.Whole-1)
		percents := []int64{first, billing.Whole - first}
		parts, err := billing.SplitByPercent(lines, percents)
		if err != nil {
			t.Fatal(err)
		}
		other := int64(0)
		for i, l := range lines {
			if parts[0][i].Amount+parts[1][i].Amount != l.Amount || parts[0][i].Amount < 0 || parts[1][i].Amount < 0 {
				t.Fatalf("%d and %d are not %d", parts[0][i].Amount, parts[1][i].Amount, l.Amount)
			}
			other += parts[1][i].Amount
		}
		if other != whole*percents[1]/billing.Whole {
			t.Fatalf("the second pays %d of %d at %d", other, whole, percents[1])
		}
		for _, part := range parts {
			if err := draft(t, part, 8, "2027-09-28").Check(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
