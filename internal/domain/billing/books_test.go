package billing_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	demofiles "pupitre/demo"
	"pupitre/internal/demo"
	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/jobs"
)

var (
	bursar   = actor.Actor{Account: "a-brelet", Name: "Odile Brelet", Role: actor.Bursar}
	director = actor.Actor{Account: "a-dir", Name: "Yves Garnier", Role: actor.Director}
)

// office is the demonstration school with a tariff, and three families of whom
// some pupils are enrolled.
type office struct {
	*testschool.School
	books        *billing.Books
	school       school.School
	moreau, inès testschool.Family
}

func openOffice(t *testing.T, store *db.Store) *office {
	o := &office{School: testschool.Open(t, store)}
	o.books = billing.New(store, o.Clock)
	known, err := tariff.KnownOf(o.Ctx, store, o.Season)
	o.Must(err)
	sample, err := demo.SampleTariff(demofiles.Files, known)
	o.Must(err)
	o.Must(store.Write(o.Ctx, func(tx *db.Tx) error { return tariff.Save(o.Ctx, tx, bursar, o.Clock.Now(), o.Season, 0, sample) }))
	o.moreau = o.enrolled("MOREAU-4821", "Lucie", "cursus", "L-VIOLONCELLE", "L-CORDES", "L-CULTURE-1")
	o.enrolled("MOREAU-4821", "Malo", "eveil", "L-EVEIL-DANSE")
	o.inès = o.enrolled("BOSSIS-1722", "Inès", "cursus", "S-FLUTE", "S-ORCHESTRE-1")
	o.enrolled("BENALI-7288", "Salomé", "cursus", "S-HARPE", "S-ORCHESTRE-1", "S-CULTURE-1")
	o.Clock.Set(testschool.Paris("2027-09-28 09:00"))
	o.school, err = school.Current(o.Ctx, store)
	o.Must(err)
	return o
}

func (o *office) enrolled(login, first, programme string, courses ...string) testschool.Family {
	o.T.Helper()
	f := o.Family(login, first).Prepare().Choose(programme, courses...)
	if _, err := o.Registrar.Confirm(o.Ctx, testschool.Secretary, f.Send().ID, ""); err != nil {
		o.T.Fatal(err)
	}
	return f
}

func (o *office) prepare(scope billing.Scope) []billing.Prepared {
	o.T.Helper()
	all, err := billing.Prepare(o.Ctx, o.Store, bursar, o.Clock.Now(), o.school, o.Season, scope)
	o.Must(err)
	return all
}

// shown is what a page would show of those that are ready, or odd.
func shown(all []billing.Prepared, odd bool) (s billing.Shown) {
	for _, p := range all {
		if p.Ready() != odd && !slices.ContainsFunc(p.Oddities(), func(o billing.Oddity) bool { return o.Blocks }) {
			s.Count, s.Total = s.Count+1, s.Total+p.Total
		}
	}
	return s
}

// run issues the invoices by several machines at once, and once more after the end.
func (o *office) run(scope billing.Scope, odd bool) billing.Run {
	o.T.Helper()
	r, err := o.books.Start(o.Ctx, bursar, o.school, o.Season, scope, odd, shown(o.prepare(scope), odd), "toute la saison")
	o.Must(err)
	o.work(r, 3)
	o.work(r, 1)
	r, found, err := billing.LatestRun(o.Ctx, o.Store, bursar, o.Season.ID)
	if err != nil || !found {
		o.T.Fatal(found, err)
	}
	return r
}

func (o *office) work(r billing.Run, machines int) {
	o.T.Helper()
	args, err := json.Marshal(map[string]any{"run": r.ID})
	o.Must(err)
	errs := make([]error, machines)
	var all sync.WaitGroup
	for i := range machines {
		all.Go(func() {
			errs[i] = billing.New(o.Store, o.Clock).IssueRun(o.Ctx, jobs.Job{Kind: billing.IssueKind, RawArgs: string(args)})
		})
	}
	all.Wait()
	o.Must(errors.Join(errs...))
}

func (o *office) account(household string) billing.Account {
	o.T.Helper()
	a, err := billing.AccountOf(o.Ctx, o.Store, bursar, household)
	o.Must(err)
	return a
}

// numbers are those given in the series, in order.
func (o *office) numbers(series billing.Series) []int64 {
	o.T.Helper()
	all, err := db.All[int64](o.Ctx, o.Store, `select number from invoice where series = $1 order by number`, series)
	o.Must(err)
	return all
}

func oneTo(n int) (all []int64) {
	for i := range n {
		all = append(all, int64(i+1))
	}
	return all
}

func TestASeasonIsInvoicedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := openOffice(t, store)
		all := o.prepare(billing.Scope{})
		if len(all) != 3 || all[0].Name != "Nadia Benali" || all[2].Name != "Claire Moreau" {
			t.Fatalf("prepared: %+v", all)
		}
		moreau := all[2]
		if !moreau.Ready() || len(moreau.Draft.Lines) != 3 || moreau.Draft.Mode != "3 fois" && moreau.Draft.Mode == "" || len(moreau.Draft.Plan) != 3 {
			t.Errorf("Moreau: %+v, %+v", moreau.Draft, moreau.Oddities())
		}
		for _, p := range all {
			if err := p.Draft.Check(); err != nil {
				t.Error(err)
			}
		}
		if _, err := o.books.Start(o.Ctx, bursar, o.school, o.Season, billing.Scope{}, false, billing.Shown{Count: 2, Total: 1}, "tout"); !isChanged(err) {
			t.Errorf("another list than that which was shown: %v", err)
		}
		if _, err := o.books.Start(o.Ctx, director, o.school, o.Season, billing.Scope{}, false, shown(all, false), "tout"); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("by the direction: %v", err)
		}
		r := o.run(billing.Scope{}, false)
		passed, err := r.Passed()
		if r.UnderWay() || r.Made != 3 || r.LookedAt != 3 || len(passed) != 0 || err != nil {
			t.Errorf("the run: %+v, %v", r, err)
		}
		if got := o.numbers(billing.Invoices); !slices.Equal(got, oneTo(3)) {
			t.Errorf("numbers %v", got)
		}
		for _, p := range all {
			account := o.account(p.Household)
			if len(account.Invoices) != 1 || account.Invoices[0].Total != p.Total || account.Due("2028-12-31") != p.Total {
				t.Errorf("%s: %+v", p.Name, account)
			}
			i, err := billing.InvoiceOf(o.Ctx, store, bursar, account.Invoices[0].ID)
			if err != nil || i.Untouched() != nil || len(i.Lines) != len(p.Draft.Lines) {
				t.Errorf("%s: %v, %v, %+v", p.Name, err, i.Untouched(), i)
			}
		}
		for _, p := range o.prepare(billing.Scope{}) {
			if p.Invoiced == "" || p.Ready() {
				t.Errorf("%s may be invoiced again", p.Name)
			}
		}
		if _, err := o.books.Start(o.Ctx, bursar, o.school, o.Season, billing.Scope{}, false, billing.Shown{}, "tout"); !isInvalid(err) {
			t.Errorf("nothing is left: %v", err)
		}
	})
}

func isChanged(err error) bool {
	var changed *billing.Changed
	return errors.As(err, &changed)
}

func TestWhatHasBecomeOddSinceIsPassedOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := openOffice(t, store)
		r, err := o.books.Start(o.Ctx, bursar, o.school, o.Season, billing.Scope{}, false, shown(o.prepare(billing.Scope{}), false), "tout")
		o.Must(err)
		if _, err := o.books.Start(o.Ctx, bursar, o.school, o.Season, billing.Scope{}, false, shown(o.prepare(billing.Scope{}), false), "tout"); !isConflict(err) {
			t.Errorf("a second run beside the first: %v", err)
		}
		o.Must(o.books.Suspend(o.Ctx, bursar, r.ID))
		o.work(r, 1)
		if got := o.numbers(billing.Invoices); len(got) != 0 {
			t.Errorf("suspended, and issued %v", got)
		}
		o.Must(store.Write(o.Ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(o.Ctx, `update household set town = '' where id = $1`, o.inès.Household)
			return err
		}))
		o.Must(o.books.Resume(o.Ctx, bursar, r.ID))
		o.work(r, 2)
		r, _, err = billing.LatestRun(o.Ctx, store, bursar, o.Season.ID)
		o.Must(err)
		passed, err := r.Passed()
		if err != nil || r.Made != 2 || len(passed) != 1 || passed[0].Name != "Aurélie Bossis" || passed[0].Why != "Sans adresse" {
			t.Errorf("%+v, %v, %v", r, passed, err)
		}
		if got := o.numbers(billing.Invoices); !slices.Equal(got, oneTo(2)) {
			t.Errorf("numbers %v", got)
		}
	})
}

// Invoices are issued and cancelled by many at once; some of them fail.
func TestNoNumberIsMissingOrGivenTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := openOffice(t, store)
		households, err := db.All[string](o.Ctx, store, `select id from household order by id limit 24`)
		o.Must(err)
		var all sync.WaitGroup
		var mu sync.Mutex
		issued, refused := 0, 0
		for n, h := range households {
			d := billing.Draft{Payer: h, Season: o.Season.ID, SeasonName: o.Season.Name, Debtor: billing.Party{Name: "Foyer", Street: "1 rue", Postcode: "44330", Town: "Vallet"},
				Lines: []billing.Line{{Label: "Foyer", Amount: 10_00, Steps: []billing.Step{{Label: "Cursus", Change: 10_00}}}}, Plan: []tariff.Instalment{{On: "2027-10-05", Amount: 10_00}}}
			for again := range 2 { // the second of the same payer is refused
				d := d
				if n%3 == 0 && again == 0 {
					d.Debtor.Town = "" // and so is one without a town
				}
				all.Go(func() {
					made, err := o.books.Issue(o.Ctx, bursar, d)
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil:
						issued += len(made)
					case isConflict(err) || isInvalid(err):
						refused++
					default:
						t.Errorf("issue: %v", err)
					}
				})
			}
		}
		all.Wait()
		if issued != 24 || refused != 24 {
			t.Errorf("%d issued, %d refused", issued, refused)
		}
		if got := o.numbers(billing.Invoices); !slices.Equal(got, oneTo(24)) {
			t.Errorf("numbers %v", got)
		}
		ids, err := db.All[string](o.Ctx, store, `select id from invoice order by number`)
		o.Must(err)
		cancelled := 0
		for _, id := range ids[:8] {
			for range 2 {
				all.Go(func() {
					_, err := o.books.Cancel(o.Ctx, bursar, id, "erreur de formule")
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						cancelled++
					} else if !isConflict(err) {
						t.Errorf("cancel: %v", err)
					}
				})
			}
		}
		all.Wait()
		if got := o.numbers(billing.CreditNotes); cancelled != 8 || !slices.Equal(got, oneTo(8)) {
			t.Errorf("%d credit notes, numbers %v", cancelled, got)
		}
	})
}

func cheque(household string, amount int64, on string) billing.Entry {
	return billing.Entry{Household: household, Way: billing.Cheque, Amount: amount, On: on, Bank: "Crédit Mutuel", Reference: "0004512"}
}

func TestTheLedgerIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := openOffice(t, store)
		o.run(billing.Scope{}, false)
		total := o.account(o.moreau.Household).Due("2028-12-31")
		o.Clock.Set(testschool.Paris("2027-10-12 10:00"))
		first, err := o.books.Receive(o.Ctx, bursar, cheque(o.moreau.Household, 50_00, "2027-10-11"))
		o.Must(err)
		if first.Number != 1 {
			t.Errorf("the first entry has number %d", first.Number)
		}
		if got := o.account(o.moreau.Household).Due("2028-12-31"); got != total-50_00 {
			t.Errorf("due %d of %d", got, total)
		}
		if _, err := o.books.Counter(o.Ctx, bursar, first.ID, billing.Bounced, "2027-10-12", "sans provision"); err != nil {
			t.Fatal(err)
		}
		if _, err := o.books.Counter(o.Ctx, bursar, first.ID, billing.Bounced, "2027-10-12", "sans provision"); !isConflict(err) {
			t.Errorf("the same cheque bounced twice: %v", err)
		}
		if _, err := o.books.Receive(o.Ctx, bursar, cheque(o.moreau.Household, total+25_00, "2027-10-12")); err != nil {
			t.Fatal(err)
		}
		account := o.account(o.moreau.Household)
		if account.Credit() != 25_00 || account.Due("2028-12-31") != 0 {
			t.Errorf("credit %d, due %d", account.Credit(), account.Due("2028-12-31"))
		}
		invoice := account.Invoices[0]
		note, err := o.books.Cancel(o.Ctx, bursar, invoice.ID, "arrive en janvier")
		o.Must(err)
		if account = o.account(o.moreau.Household); account.Credit() != total+25_00 || note.Label() != "2027-A0001" || note.Total != -total {
			t.Errorf("after the credit note: credit %d, %+v", account.Credit(), note)
		}
		again := o.prepare(billing.Scope{Households: []string{o.moreau.Household}})
		if len(again) != 1 || again[0].Invoiced != "" {
			t.Fatalf("cancelled, and not to be invoiced: %+v", again)
		}
		if _, err := o.books.Issue(o.Ctx, bursar, again[0].Draft); err != nil {
			t.Fatal(err)
		}
		if account = o.account(o.moreau.Household); account.Credit() != 25_00 || account.Due("2028-12-31") != 0 {
			t.Errorf("the credit has not settled the new invoice: credit %d, due %d", account.Credit(), account.Due("2028-12-31"))
		}
		back, err := o.books.Refund(o.Ctx, bursar, billing.Entry{Household: o.moreau.Household, Way: billing.Transfer, Amount: 25_00, On: "2027-10-12", Reason: "trop-perçu"})
		if err != nil || back.Number != 4 || back.Amount != -25_00 {
			t.Errorf("refund: %+v, %v", back, err)
		}
		entries, err := billing.EntriesBetween(o.Ctx, store, director, "2027-10-01", "2027-10-31")
		if err != nil || len(entries) != 4 {
			t.Errorf("%d entries, %v", len(entries), err)
		}
	})
}

func TestTheListOfInvoices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := openOffice(t, store)
		o.run(billing.Scope{}, false)
		o.Clock.Set(testschool.Paris("2027-10-06 10:00")) // the day after the first instalment
		account := o.account(o.moreau.Household)
		total := account.Invoices[0].Total
		_, err := o.books.Receive(o.Ctx, bursar, cheque(o.moreau.Household, total, "2027-10-06"))
		o.Must(err)
		_, err = o.books.Cancel(o.Ctx, bursar, o.account(o.inès.Household).Invoices[0].ID, "déménage")
		o.Must(err)
		for _, c := range []struct {
			filter billing.Filter
			want   string
		}{
			{billing.Filter{}, "2027-A0001 avoirs, 2027-0003 soldees, 2027-0002 annulees, 2027-0001 retard"},
			{billing.Filter{Stand: billing.Late}, "2027-0001 retard"},
			{billing.Filter{Stand: billing.ToPay}, "2027-0001 retard"},
			{billing.Filter{Stand: billing.Settled}, "2027-0003 soldees"},
			{billing.Filter{Stand: billing.Cancelled}, "2027-0002 annulees"},
			{billing.Filter{Stand: billing.Notes}, "2027-A0001 avoirs"},
			{billing.Filter{Text: "claire MORÉAU"}, "2027-0003 soldees"},
			{billing.Filter{Text: "2027-0001"}, "2027-A0001 avoirs, 2027-0001 retard"},
			{billing.Filter{Text: "100%"}, ""},
		} {
			all, count, err := billing.Listing(o.Ctx, store, director, o.Season.ID, "2027-10-06", c.filter, 0, 10)
			got := ""
			for n, l := range all {
				if n > 0 {
					got += ", "
				}
				got += l.Label() + " " + string(l.Stand())
			}
			if err != nil || got != c.want || count != int64(len(all)) {
				t.Errorf("%+v: %q, %d, %v", c.filter, got, count, err)
			}
		}
		s, err := billing.StandingOf(o.Ctx, store, director, o.Season.ID, "2027-10-06")
		if err != nil || s.Invoices != 2 || s.Paid != total || s.LateCount != 1 || s.Late == 0 || s.Settled != 1 || s.Cancelled != 1 || s.Notes != 1 || s.Unpaid != 1 {
			t.Errorf("%+v, %v", s, err)
		}
		if _, err := billing.StandingOf(o.Ctx, store, testschool.Secretary, o.Season.ID, "2027-10-06"); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("to the secretariat: %v", err)
		}
	})
}

func TestAClosedMonthTakesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := openOffice(t, store)
		o.Clock.Set(testschool.Paris("2027-11-03 10:00"))
		_, err := o.books.Receive(o.Ctx, bursar, cheque(o.moreau.Household, 50_00, "2027-10-29"))
		o.Must(err)
		if err := o.books.Close(o.Ctx, director, "2027-10", "essai"); !errors.Is(err, fault.ErrForbidden) {
			t.Errorf("closed by the direction: %v", err)
		}
		// What is entered while the month is being closed is in it, or refused.
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				if _, err := o.books.Receive(o.Ctx, bursar, cheque(o.inès.Household, int64(i+1)*1_00, "2027-10-30")); err != nil && !isInvalid(err) {
					t.Errorf("receive: %v", err)
				}
			})
		}
		all.Go(func() { o.Must(o.books.Close(o.Ctx, bursar, "2027-10", "essai")) })
		all.Wait()
		closings, err := billing.Closings(o.Ctx, store)
		if err != nil || len(closings) != 1 {
			t.Fatalf("%v, %v", closings, err)
		}
		entries, err := billing.EntriesBetween(o.Ctx, store, bursar, "2027-10-01", "2027-10-31")
		o.Must(err)
		sums, err := closings[0].Sums()
		if err != nil || fmt.Sprint(sums) != fmt.Sprint(billing.Sums(entries)) || closings[0].Last != int64(len(entries)) {
			t.Errorf("closed on %+v, and the month holds %+v, %v", closings[0], billing.Sums(entries), err)
		}
		if _, err := o.books.Receive(o.Ctx, bursar, cheque(o.moreau.Household, 1_00, "2027-10-31")); !isInvalid(err) {
			t.Errorf("entered in a closed month: %v", err)
		}
		if err := o.books.Close(o.Ctx, bursar, "2027-10", "essai"); !isConflict(err) {
			t.Errorf("closed twice: %v", err)
		}
	})
}

func TestAnotherModeReplans(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := openOffice(t, store)
		o.run(billing.Scope{}, false)
		before := o.account(o.moreau.Household)
		held, err := tariff.Of(o.Ctx, store, o.Season.ID)
		o.Must(err)
		o.Clock.Set(testschool.Paris("2027-10-20 10:00"))
		o.Must(o.books.Replan(o.Ctx, bursar, before.Invoices[0].ID, held.Tariff, o.Season.StartsOn, 8))
		after := o.account(o.moreau.Household)
		if after.Due("2028-12-31") != before.Due("2028-12-31") || after.Due("2027-10-20") != before.Due("2027-10-20") {
			t.Errorf("what is due has changed: %d of %d", after.Due("2028-12-31"), before.Due("2028-12-31"))
		}
		standing := 0
		for _, i := range after.Instalments {
			if i.Stands() {
				standing++
			}
		}
		if standing <= 3 {
			t.Errorf("%d instalments", standing)
		}
	})
}

func TestTwoPayersShareAPupil(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := openOffice(t, store)
		lucie := o.moreau.Pupil.ID
		other := o.inès.Household
		o.Must(store.Write(o.Ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(o.Ctx, `insert into pupil_household (pupil_id, household_id) values ($1, $2)`, lucie, other)
			return err
		}))
		whole := o.prepare(billing.Scope{})
		if i := slices.IndexFunc(whole, func(p billing.Prepared) bool { return p.Household == o.moreau.Household }); whole[i].Ready() || whole[i].Oddities()[0].Code != "payers" {
			t.Errorf("no part is agreed, and it surprises nobody: %+v", whole[i].Oddities())
		}
		terms, err := billing.TermsOf(o.Ctx, store, bursar, o.Season.ID, lucie)
		o.Must(err)
		terms.Shares = []billing.Share{{Pupil: lucie, Household: o.moreau.Household, Percent: 60_00}, {Pupil: lucie, Household: other, Percent: 30_00}}
		if err := o.books.SaveTerms(o.Ctx, bursar, o.Season, 0, terms); !isInvalid(err) {
			t.Errorf("90 %% in all: %v", err)
		}
		terms.Shares[1].Percent = 40_00
		o.Must(o.books.SaveTerms(o.Ctx, bursar, o.Season, 0, terms))
		if err := o.books.SaveTerms(o.Ctx, bursar, o.Season, 0, terms); !isConflict(err) {
			t.Errorf("saved from an old reading: %v", err)
		}
		sum := func(all []billing.Prepared) (s int64) {
			for _, p := range all {
				s += p.Total
			}
			return s
		}
		shared := o.prepare(billing.Scope{})
		if sum(shared) != sum(whole) {
			t.Errorf("shared, it makes %d, and %d whole", sum(shared), sum(whole))
		}
		alone := o.prepare(billing.Scope{Households: []string{other}})
		i := slices.IndexFunc(shared, func(p billing.Prepared) bool { return p.Household == other })
		if len(alone) != 1 || alone[0].Total != shared[i].Total || len(alone[0].Draft.Lines) != len(shared[i].Draft.Lines) {
			t.Errorf("by itself the other payer owes %+v, among all %+v", alone, shared[i])
		}
		j := slices.IndexFunc(shared, func(p billing.Prepared) bool { return p.Household == o.moreau.Household })
		if !shared[j].Ready() {
			t.Errorf("the parts are agreed: %+v", shared[j].Oddities())
		}
	})
}

func TestAnArrivalAndARental(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		o := openOffice(t, store)
		inès := o.inès.Pupil.ID
		only := billing.Scope{Households: []string{o.inès.Household}}
		before := o.prepare(only)[0].Total
		rented := `["Location d’un instrument"]`
		o.Must(o.books.SaveTerms(o.Ctx, bursar, o.Season, 0, billing.Terms{Stay: billing.Stay{Pupil: inès, Rentals: rented}}))
		if got := o.prepare(only)[0].Total; got != before+150_00 {
			t.Errorf("with a rental %d, without %d", got, before)
		}
		o.Must(o.books.SaveTerms(o.Ctx, bursar, o.Season, 1, billing.Terms{Stay: billing.Stay{Pupil: inès, Arrives: "2028-02-01"}}))
		if got := o.prepare(only)[0].Total; got >= before || got == 0 {
			t.Errorf("arrived in February %d, whole %d", got, before)
		}
		for name, stay := range map[string]billing.Stay{
			"a day out of the season":        {Pupil: inès, Arrives: "2029-01-01"},
			"leaves before it has come":      {Pupil: inès, Arrives: "2028-02-01", Leaves: "2028-01-01"},
			"a rental that the tariff lacks": {Pupil: inès, Rentals: `["Un piano"]`},
		} {
			if err := o.books.SaveTerms(o.Ctx, bursar, o.Season, 2, billing.Terms{Stay: stay}); !isInvalid(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestAFamilySeesItsOwnAccountOnly(t *testing.T) {
	o := openOffice(t, dbtest.SQLite(t))
	o.run(billing.Scope{}, false)
	invoice := o.account(o.moreau.Household).Invoices[0].ID
	for name, c := range map[string]struct {
		who  actor.Actor
		sees bool
	}{
		"the family":       {o.moreau.Actor, true},
		"another family":   {o.inès.Actor, false},
		"the secretariat":  {testschool.Secretary, false},
		"a teacher":        {actor.Actor{Role: actor.Teacher}, false},
		"the direction":    {director, true},
		"the régie":        {bursar, true},
		"nobody signed in": {actor.Actor{}, false},
	} {
		_, err := billing.InvoiceOf(o.Ctx, o.Store, c.who, invoice)
		_, err2 := billing.AccountOf(o.Ctx, o.Store, c.who, o.moreau.Household)
		if (err == nil) != c.sees || (err2 == nil) != c.sees || err != nil && !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("%s: %v, %v", name, err, err2)
		}
	}
}
