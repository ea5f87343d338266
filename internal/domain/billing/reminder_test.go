package billing_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

// mailed are the mails of the kind that wait, or were sent, to the household.
func (o *office) mailed(household string, kind correspondence.Kind) (n int) {
	o.T.Helper()
	all, err := correspondence.OfHousehold(o.Ctx, o.Store, household, 100)
	o.Must(err)
	for _, m := range all {
		if m.Kind == kind {
			n++
		}
	}
	return n
}

func TestWhatIsDoneWithMoneyIsMailedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := openOffice(t, store)
		o.run(billing.Scope{}, false)
		if n := o.mailed(o.moreau.Household, billing.MailIssued); n != 1 {
			t.Errorf("%d mails of the invoice", n)
		}
		paid := o.enter(cheque(o.moreau.Household, 50_00, "2027-09-28"))
		o.enter(billing.Entry{Household: o.moreau.Household, Way: billing.Debit, Amount: 10_00, On: "2027-09-28", Reference: "PRLV"})
		if n := o.mailed(o.moreau.Household, billing.MailReceived); n != 1 {
			t.Errorf("%d mails of payments: a debit was announced", n)
		}
		_, err := o.books.Counter(o.Ctx, bursar, paid.ID, billing.Bounced, "2027-09-28", "sans provision")
		o.Must(err)
		if n := o.mailed(o.moreau.Household, billing.MailReturned); n != 1 {
			t.Errorf("%d mails of a cheque that came back", n)
		}
		for _, i := range o.account(o.moreau.Household).Invoices {
			if i.Stands() {
				_, err := o.books.Cancel(o.Ctx, bursar, i.ID, "déménage")
				o.Must(err)
			}
		}
		if n := o.mailed(o.moreau.Household, billing.MailCancelled); n != 1 {
			t.Errorf("%d mails of the credit note", n)
		}
	})
}

func TestWhoIsLateIsRemindedByStages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := openOffice(t, store)
		o.run(billing.Scope{}, false)
		debts := func(day string) (all []billing.Debt) {
			all, err := billing.Debts(o.Ctx, store, bursar, day)
			o.Must(err)
			return all
		}
		of := func(all []billing.Debt, household string) billing.Debt {
			for _, d := range all {
				if d.Household == household {
					return d
				}
			}
			return billing.Debt{}
		}
		if all := debts("2027-10-05"); len(all) != 0 {
			t.Errorf("late on the day itself: %+v", all)
		}
		o.Clock.Set(testschool.Paris("2027-10-20 10:00"))
		d := of(debts("2027-10-20"), o.moreau.Household)
		if d.Late <= 0 || d.Oldest != "2027-10-05" || d.Stage != 0 || d.Next() != 1 || !d.Reachable || d.Name() == "" {
			t.Fatalf("%+v", d)
		}
		if _, err := o.books.Remind(o.Ctx, director, 1, []string{d.Household}); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("by the direction: %v", err)
		}
		for name, err := range map[string]error{
			"nobody":   func() error { _, err := o.books.Remind(o.Ctx, bursar, 1, nil); return err }(),
			"too many": func() error { _, err := o.books.Remind(o.Ctx, bursar, 1, many(501)); return err }(),
		} {
			if !isInvalid(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		remind := func(stage int64) string {
			done, err := o.books.Remind(o.Ctx, bursar, stage, []string{d.Household, d.Household})
			o.Must(err)
			said := fmt.Sprintf("%d mails, %d letters", done.Mails, done.Letters)
			for _, left := range done.Left {
				said += ", " + left.Why
			}
			return said
		}
		for _, c := range []struct {
			stage int64
			want  string
		}{
			{2, "0 mails, 0 letters, d’abord rappel"}, {1, "1 mails, 0 letters"}, {1, "0 mails, 0 letters, déjà fait"}, {2, "1 mails, 0 letters"}, {3, "0 mails, 1 letters"}, {3, "0 mails, 0 letters, déjà fait"},
		} {
			if got := remind(c.stage); got != c.want {
				t.Errorf("stage %d: %s, want %s", c.stage, got, c.want)
			}
		}
		if n := o.mailed(d.Household, billing.MailReminder); n != 2 {
			t.Errorf("%d mails", n)
		}
		if d := of(debts("2027-10-20"), o.moreau.Household); d.Stage != 3 || d.RemindedOn != "2027-10-20" {
			t.Errorf("%+v", d)
		}
		letters, err := billing.RemindersOn(o.Ctx, store, bursar, "2027-10-20")
		if err != nil || len(letters) != 1 || letters[0].Amount != d.Late || letters[0].Name == "" {
			t.Fatalf("%+v, %v", letters, err)
		}
		if due, err := letters[0].Due(); err != nil || len(due) == 0 || due[0].On != "2027-10-05" || !strings.HasPrefix(due[0].Invoice, "2027-") {
			t.Errorf("%+v, %v", due, err)
		}
		if days, err := billing.LetterDays(o.Ctx, store, bursar, 10); err != nil || len(days) != 1 || days[0].Letters != 1 {
			t.Errorf("%+v, %v", days, err)
		}

		// What is settled is not late; what falls due later is reminded from the first stage.
		o.enter(cheque(d.Household, d.Late, "2027-10-20"))
		if d := of(debts("2027-10-20"), o.moreau.Household); d.Late != 0 {
			t.Errorf("%+v", d)
		}
		if got := remind(1); got != "0 mails, 0 letters, plus rien n’est en retard" {
			t.Error(got)
		}
		o.Clock.Set(testschool.Paris("2028-06-20 10:00"))
		if d := of(debts("2028-06-20"), o.moreau.Household); d.Late > 0 && d.Stage != 0 {
			t.Errorf("%+v", d)
		}
		if _, err := billing.Debts(o.Ctx, store, testschool.Secretary, "2027-10-20"); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("to the secretariat: %v", err)
		}
		if all, err := billing.RemindersOf(o.Ctx, store, bursar, d.Household); err != nil || len(all) != 3 || all[0].Stage != 3 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

func many(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprint(i))
	}
	return all
}
