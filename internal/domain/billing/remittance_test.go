package billing_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/billing"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// enter receives the payment and returns it.
func (o *office) enter(e billing.Entry) billing.Entry {
	o.T.Helper()
	e, err := o.books.Receive(o.Ctx, bursar, e)
	o.Must(err)
	return e
}

func (o *office) inHand() (ids []string) {
	o.T.Helper()
	held, err := billing.InHand(o.Ctx, o.Store, bursar)
	o.Must(err)
	for _, h := range held {
		ids = append(ids, h.ID)
	}
	return ids
}

func vouchers(household, issuer string, amount int64) billing.Entry {
	return billing.Entry{Household: household, Way: billing.Voucher, Amount: amount, On: "2027-10-06", Issuer: issuer, Reference: "0417 à 0428"}
}

func TestWhatIsInHandIsHandedOverOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := openOffice(t, store)
		o.Clock.Set(testschool.Paris("2027-10-07 10:00"))
		first := o.enter(cheque(o.moreau.Household, 171_00, "2027-10-04"))
		second := o.enter(cheque(o.inès.Household, 38_68, "2027-10-04"))
		later := cheque(o.inès.Household, 115_00, "2027-10-06")
		later.DepositOn = "2028-01-05"
		later = o.enter(later)
		wrong := o.enter(cheque(o.moreau.Household, 1_00, "2027-10-05"))
		if _, err := o.books.Counter(o.Ctx, bursar, wrong.ID, billing.Corrected, "2027-10-05", "saisi deux fois"); err != nil {
			t.Fatal(err)
		}
		holiday, pass := o.enter(vouchers(o.moreau.Household, "ANCV", 240_00)), o.enter(vouchers(o.inès.Household, "Région", 8_00))
		o.enter(billing.Entry{Household: o.moreau.Household, Way: billing.Cash, Amount: 5_00, On: "2027-10-06"})
		if got := o.inHand(); strings.Join(got, " ") != strings.Join([]string{first.ID, second.ID, later.ID, holiday.ID, pass.ID}, " ") {
			t.Fatalf("in hand: %v", got)
		}

		for name, ids := range map[string][]string{
			"nothing": nil, "two kinds": {first.ID, holiday.ID}, "vouchers of two issuers": {holiday.ID, pass.ID}, "a cheque that waits": {first.ID, later.ID},
		} {
			if _, err := o.books.Remit(o.Ctx, bursar, ids); !isInvalid(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := o.books.Remit(o.Ctx, director, []string{first.ID}); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("by the direction: %v", err)
		}

		// Two desks hand over the same cheques at once: one slip, no number lost.
		slips := make([]billing.Remittance, 4)
		var all sync.WaitGroup
		for i := range slips {
			all.Go(func() {
				var err error
				if slips[i], err = o.books.Remit(o.Ctx, bursar, []string{second.ID, first.ID, first.ID}); err != nil && !isConflict(err) {
					t.Errorf("hand over: %v", err)
				}
			})
		}
		all.Wait()
		made, err := billing.Remittances(o.Ctx, store, bursar, 10)
		if err != nil || len(made) != 1 || made[0].Label() != "2027-B0001" || made[0].Total != 209_68 || made[0].Items != 2 || made[0].On != "2027-10-07" {
			t.Fatalf("%+v, %v", made, err)
		}
		if _, err := o.books.Remit(o.Ctx, bursar, []string{wrong.ID}); !isConflict(err) {
			t.Errorf("an entry that is undone: %v", err)
		}

		// Cancelled, what was on it is in hand again, and its number is not given twice.
		if err := o.books.CancelRemittance(o.Ctx, bursar, made[0].ID, " "); !isInvalid(err) {
			t.Errorf("without a reason: %v", err)
		}
		o.Must(o.books.CancelRemittance(o.Ctx, bursar, made[0].ID, "un chèque manque"))
		if err := o.books.CancelRemittance(o.Ctx, bursar, made[0].ID, "encore"); !isConflict(err) {
			t.Errorf("cancelled twice: %v", err)
		}
		if got := o.inHand(); len(got) != 5 {
			t.Errorf("in hand: %v", got)
		}
		again, err := o.books.Remit(o.Ctx, bursar, []string{first.ID})
		if err != nil || again.Label() != "2027-B0002" {
			t.Errorf("%+v, %v", again, err)
		}
		of, on, err := billing.RemittanceOf(o.Ctx, store, bursar, again.ID)
		if err != nil || of.Label() != again.Label() || len(on) != 1 || on[0].ID != first.ID || on[0].Name() == "" {
			t.Errorf("%+v, %+v, %v", of, on, err)
		}

		// The bank credits the sum; an issuer may keep a part.
		slip, err := o.books.Remit(o.Ctx, bursar, []string{holiday.ID})
		o.Must(err)
		for name, c := range map[string]struct {
			id, on string
			amount int64
		}{
			"a part of the cheques": {again.ID, "2027-10-07", 170_00}, "more than there is": {slip.ID, "2027-10-07", 240_01}, "nothing": {slip.ID, "2027-10-07", 0},
			"tomorrow": {slip.ID, "2027-10-08", 240_00}, "before it was made": {slip.ID, "2027-10-06", 240_00}, "no day": {slip.ID, "octobre", 240_00},
		} {
			if err := o.books.SettleRemittance(o.Ctx, bursar, c.id, c.on, c.amount); !isInvalid(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		o.Must(o.books.SettleRemittance(o.Ctx, bursar, slip.ID, "2027-10-07", 237_60))
		if err := o.books.CancelRemittance(o.Ctx, bursar, slip.ID, "perdu"); !isConflict(err) {
			t.Errorf("cancelled once the money has come: %v", err)
		}
		if err := o.books.SettleRemittance(o.Ctx, bursar, made[0].ID, "2027-10-07", 209_68); !isConflict(err) {
			t.Errorf("money for a cancelled slip: %v", err)
		}
		if _, _, err := billing.RemittanceOf(o.Ctx, store, testschool.Secretary, slip.ID); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("to the secretariat: %v", err)
		}
		if _, _, err := billing.RemittanceOf(o.Ctx, store, bursar, "none"); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("none: %v", err)
		}
	})
}

func TestAMonthSaysWhatIsLeft(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := openOffice(t, store)
		if next, err := billing.Next(o.Ctx, store); err != nil || next != "" {
			t.Errorf("before any entry: %q, %v", next, err)
		}
		o.run(billing.Scope{}, false)
		o.Clock.Set(testschool.Paris("2027-11-03 10:00"))
		owed := o.account(o.moreau.Household).Balance()
		paid := o.enter(cheque(o.moreau.Household, owed+18_00, "2027-10-29"))
		later := cheque(o.inès.Household, 10_00, "2027-10-30")
		later.DepositOn = "2027-11-30"
		o.enter(later)
		o.enter(vouchers(o.inès.Household, "ANCV", 20_00))
		o.enter(billing.Entry{Household: o.inès.Household, Way: billing.Cash, Amount: 5_00, On: "2027-11-02"})

		m, err := billing.MonthOf(o.Ctx, store, bursar, "2027-10")
		o.Must(err)
		if m.In() != owed+48_00 || m.Out() != 0 || len(m.Entries) != 3 || m.Closing != nil {
			t.Errorf("%+v", m)
		}
		if m.Due <= 0 || m.Paid <= 0 || m.Paid > m.Due {
			t.Errorf("due %d, paid %d", m.Due, m.Paid)
		}
		if got := plain(strings.Join(m.Loose.Words(), "; ")); got != plain(french.Euros(owed+18_00))+" de chèques à remettre; 20,00 € de titres à remettre; 1 trop-perçu" {
			t.Errorf("left: %s", got)
		}
		credits := m.Loose.Credits
		if len(credits) != 1 || credits[0].Household != o.moreau.Household || credits[0].Credit != 18_00 || credits[0].Name() == "" {
			t.Errorf("%+v", credits)
		}
		if next, err := billing.Next(o.Ctx, store); err != nil || next != "2027-10" {
			t.Errorf("next to close: %q, %v", next, err)
		}
		if n, err := billing.NumbersOf(o.Ctx, store, bursar, 2027); err != nil || !n.Whole() || n.Last == 0 {
			t.Errorf("%+v, %v", n, err)
		}

		if err := o.books.Close(o.Ctx, bursar, "2027-10", ""); !isInvalid(err) {
			t.Errorf("closed without a reason: %v", err)
		}
		slip, err := o.books.Remit(o.Ctx, bursar, []string{paid.ID})
		o.Must(err)
		o.Must(o.books.Close(o.Ctx, bursar, "2027-10", "vu avec le comptable"))
		m, err = billing.MonthOf(o.Ctx, store, bursar, "2027-10")
		if err != nil || m.Closing == nil || m.Closing.Reason != "vu avec le comptable" || m.Until != "2027-10-31" {
			t.Errorf("%+v, %v", m, err)
		}
		if next, err := billing.Next(o.Ctx, store); err != nil || next != "2027-11" {
			t.Errorf("next to close: %q, %v", next, err)
		}
		// The slip is of November: its money is waited for then, and the cheque that was kept is to be handed over.
		if m, err = billing.MonthOf(o.Ctx, store, bursar, "2027-11"); err != nil || m.Loose.Unsettled != 1 || m.Loose.UnsettledSum != slip.Total || m.Loose.Cheques != 1 {
			t.Errorf("%+v, %v", m.Loose, err)
		}
		if _, err := billing.MonthOf(o.Ctx, store, bursar, "octobre"); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("no month: %v", err)
		}
	})
}
