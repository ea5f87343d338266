package billing_test

import (
	"fmt"
	"reflect"
	"testing"

	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/quotient"
)

func TestLinesKeepTheirCalculation(t *testing.T) {
	lines := billing.LinesOf(lucie)
	want := []billing.Line{
		{Pupil: "lucie", Label: "Lucie Moreau", Amount: 403_20, Steps: []billing.Step{{"Cursus", "6e tranche", 448_00}, {"2e élève du foyer", "−10 %", -44_80}}},
		{Label: "Foyer", Amount: 12_00, Steps: []billing.Step{{"Frais de dossier", "", 12_00}}},
	}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("got %+v", lines)
	}
	d := draft(t, lines, 8, "2027-09-28")
	if err := d.Check(); err != nil || d.Total() != lucie.Total {
		t.Errorf("%d, %v", d.Total(), err)
	}
}

func TestSchedule(t *testing.T) {
	for _, c := range []struct {
		name  string
		times int
		total int64
		from  string
		want  string
	}{
		{"603 in 8: 7 of 75,37, and the first bears the rest", 8, 603_00, "2027-09-28",
			"2027-10-05 7541, 2027-11-05 7537, 2027-12-05 7537, 2028-01-05 7537, 2028-02-05 7537, 2028-03-05 7537, 2028-04-05 7537, 2028-05-05 7537"},
		{"in 3: October, January and April", 3, 100_00, "2027-09-28", "2027-10-05 3334, 2028-01-05 3333, 2028-04-05 3333"},
		{"once, in October", 1, 603_00, "2027-09-28", "2027-10-05 60300"},
		{"an instalment that is due today is still to come", 3, 100_00, "2027-10-05", "2027-10-05 3334, 2028-01-05 3333, 2028-04-05 3333"},
		{"who arrives in December pays what is due on the days to come", 3, 100_00, "2027-12-10", "2028-01-05 5000, 2028-04-05 5000"},
		{"when all days have passed, it is due at once", 1, 100_00, "2028-02-01", "2028-02-01 10000"},
		{"3 cents in 8 are 3 cents at once", 8, 3, "2027-09-28", "2027-10-05 3"},
		{"nothing is due of nothing", 8, 0, "2027-09-28", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			for i, due := range schedule(t, c.times, c.total, c.from) {
				if i > 0 {
					got += ", "
				}
				got += fmt.Sprintf("%s %d", due.On, due.Amount)
			}
			if got != c.want {
				t.Errorf("got %s", got)
			}
		})
	}
	if _, err := billing.Schedule(terms, starts, 5, 100_00, "2027-09-28"); !isInvalid(err) {
		t.Errorf("a plan that the tariff has not: %v", err)
	}
}

func TestWhatIsNoInvoice(t *testing.T) {
	for name, c := range map[string]struct {
		mend    func(*billing.Draft)
		refused bool // by words for the office; else our own error
	}{
		"nobody owes it":                       {func(d *billing.Draft) { d.Debtor.Name = "" }, true},
		"the debtor has no town":               {func(d *billing.Draft) { d.Debtor.Town = "" }, true},
		"it has no line":                       {func(d *billing.Draft) { d.Lines = nil }, true},
		"a line is not what its steps make":    {func(d *billing.Draft) { d.Lines[0].Amount++ }, false},
		"its instalments make a cent too much": {func(d *billing.Draft) { d.Plan[0].Amount++ }, false},
		"two instalments are due on one day":   {func(d *billing.Draft) { d.Plan[1].On = d.Plan[0].On }, false},
		"it is negative": {func(d *billing.Draft) {
			d.Lines = []billing.Line{{Label: "x", Amount: -1, Steps: []billing.Step{{"x", "", -1}}}}
			d.Plan = nil
		}, false},
	} {
		d := draft(t, billing.LinesOf(lucie), 8, "2027-09-28")
		c.mend(&d)
		if err := d.Check(); err == nil || isInvalid(err) != c.refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSplit(t *testing.T) {
	lines := billing.LinesOf(lucie)
	totals := func(parts [][]billing.Line) (all []int64) {
		for _, p := range parts {
			sum := int64(0)
			for _, l := range p {
				sum += l.Amount
			}
			all = append(all, sum)
		}
		return all
	}
	parts, err := billing.SplitByPercent(lines, []int64{60_00, 40_00})
	if got := totals(parts); err != nil || !reflect.DeepEqual(got, []int64{249_12, 166_08}) {
		t.Errorf("60 and 40 %%: %v, %v", got, err)
	}
	step := parts[1][0].Steps[2]
	if step.Label != "Part convenue, 40 %" || plain(step.Detail) != "de 403,20 €, arrondie au centime inférieur sur l’ensemble" {
		t.Errorf("the rounding is said: %+v", step)
	}
	parts, err = billing.SplitByPercent([]billing.Line{{Label: "a", Amount: 100}, {Label: "b", Amount: 100}}, []int64{33_34, 33_33, 33_33})
	if got := totals(parts); err != nil || !reflect.DeepEqual(got, []int64{68, 66, 66}) {
		t.Errorf("thirds: %v, %v", got, err)
	}
	parts, err = billing.SplitByLines(lines, []int{1, 0}, 2)
	if got := totals(parts); err != nil || !reflect.DeepEqual(got, []int64{12_00, 403_20}) {
		t.Errorf("by lines: %v, %v", got, err)
	}
	for name, wrong := range map[string][]int64{"99 %": {60_00, 39_00}, "one payer": {100_00}, "nothing for one": {100_00, 0}, "less than nothing": {150_00, -50_00}} {
		if _, err := billing.SplitByPercent(lines, wrong); !isInvalid(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, wrong := range map[string][]int{"a line of nobody": {0}, "a payer who is none": {0, 2}, "one has nothing": {0, 0}} {
		if _, err := billing.SplitByLines(lines, wrong, 2); !isInvalid(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheControlList(t *testing.T) {
	fine := billing.Candidate{Household: "moreau", Name: "Moreau", Total: 415_20, LastYear: 396_00, Addressed: true, Quotient: quotient.Valid, Payers: 1}
	if !fine.Ready() {
		t.Fatalf("what is ordinary surprises: %+v", fine.Oddities())
	}
	for _, c := range []struct {
		name string
		mend func(*billing.Candidate)
		want string // code, and whether it blocks
	}{
		{"no attestation was ever given: the top bracket, which the family has read", func(c *billing.Candidate) { c.Quotient = quotient.None }, ""},
		{"an attestation has run out", func(c *billing.Candidate) {
			c.Quotient, c.Asserted = quotient.Expired, "attestation d’avril 2026"
		}, "quotient"},
		{"nothing to pay", func(c *billing.Candidate) { c.Total = 0 }, "zero"},
		{"half as much again, to the cent, is not yet unusual", func(c *billing.Candidate) { c.Total = 594_00 }, ""},
		{"more than half as much again", func(c *billing.Candidate) { c.Total = 594_01 }, "unusual"},
		{"three times little is little", func(c *billing.Candidate) { c.LastYear, c.Total = 36_00, 108_00 }, ""},
		{"no amount of last year: nothing to compare", func(c *billing.Candidate) { c.LastYear, c.Total = 0, 2000_00 }, ""},
		{"nowhere to send it", func(c *billing.Candidate) { c.Addressed = false }, "address blocks"},
		{"the grid has no price", func(c *billing.Candidate) { c.Refused, c.Total = "Jade : aucun prix", 0 }, "price blocks"},
		{"invoiced already", func(c *billing.Candidate) { c.Invoiced = "2027-0012" }, "invoiced blocks"},
		{"a dossier is not confirmed", func(c *billing.Candidate) { c.Undecided = []string{"Noé"} }, "undecided"},
		{"a pupil waits for a place", func(c *billing.Candidate) { c.Waiting = []string{"Noé, batterie"} }, "waiting"},
		{"two payers, no shares", func(c *billing.Candidate) { c.Payers = 2 }, "payers"},
		{"two payers whose shares are agreed", func(c *billing.Candidate) { c.Payers, c.Shared = 2, true }, ""},
		{"a debit without a valid mandate", func(c *billing.Candidate) { c.Debited = true }, "mandate"},
		{"a debit with its mandate", func(c *billing.Candidate) { c.Debited, c.Mandated = true, true }, ""},
		{"outside of the territory", func(c *billing.Candidate) { c.Outside = true }, "outside"},
		{"arrived in October", func(c *billing.Candidate) { c.Arrives = []string{"Jade, le 4 octobre"} }, "arrives"},
	} {
		candidate := fine
		c.mend(&candidate)
		got := ""
		for _, o := range candidate.Oddities() {
			got += o.Code
			if o.Blocks {
				got += " blocks"
			}
			if o.Words == "" || o.Otherwise == "" {
				t.Errorf("%s: %s says nothing", c.name, o.Code)
			}
		}
		if got != c.want || candidate.Ready() != (c.want == "") {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestNumbersAsPeopleReadThem(t *testing.T) {
	for series, want := range map[billing.Series]string{billing.Invoices: "2027-0148", billing.CreditNotes: "2027-A0148", billing.Ledger: "148"} {
		if got := series.Label(2027, 148); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := billing.Invoices.Label(2027, 12345); got != "2027-12345" {
		t.Errorf("got %s", got)
	}
}
