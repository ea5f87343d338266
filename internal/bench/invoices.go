package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
)

// InvoicesOptions is how many invoices are issued and printed.
type InvoicesOptions struct {
	Invoices    int
	Clients     int // browsers of the régie that print at the same time
	DatabaseURL string
}

func (o InvoicesOptions) check() error {
	switch {
	case o.Invoices < 1 || o.Invoices > 100_000:
		return errors.New("--invoices is from 1 to 100000")
	case o.Clients < 1 || o.Clients > desks:
		return fmt.Errorf("--clients is from 1 to %d", desks)
	}
	return nil
}

// InvoicesResult is what invoicing a season measured: the control list and the
// issuing of all that is enrolled, then a PDF of each invoice.
type InvoicesResult struct {
	Engine   db.Engine `json:"engine"`
	Pupils   int       `json:"pupils"`
	Invoices int       `json:"invoices"` // issued, and printed
	Control  float64   `json:"control_seconds"`
	Issuing  float64   `json:"issuing_seconds"`
	Printing float64   `json:"printing_seconds"`
	Bytes    int64     `json:"printed_bytes"`
	Half     float64   `json:"rss_half_mb"` // peak memory of the machine once half is printed
	PeakRSS  float64   `json:"peak_rss_mb"`
	Missing  int64     `json:"missing_numbers"`
	Machine  string    `json:"machine"`
}

// invoicedOf is about how many households of a seed are charged: it sizes the school.
const invoicedOf = 60

const issuePath = "/bureau/facturation"

// regie reads, beside the machine, how far it is.
var regie = actor.Actor{Account: "bench", Name: "Régie", Role: actor.Bursar}

// Invoices has the régie invoice a season of a school of its own, over HTTP, and
// print each invoice. A number that is missing is an error.
func Invoices(ctx context.Context, d Deps, o InvoicesOptions) (result InvoicesResult, err error) {
	if err := o.check(); err != nil {
		return result, err
	}
	g, err := stand(ctx, o.DatabaseURL)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, g.leave()) }()
	b := d.bar()
	defer b.end()
	b.begin("playing the made-up school", 0)
	s, err := sow(ctx, d, g)
	if err != nil {
		return result, err
	}
	l, err := g.lot(ctx, "invoices")
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, l.leave()) }()
	t := &tour{Deps: d, ctx: ctx, bar: b}
	if t.store, err = d.Open(ctx, l.where); err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, t.store.Close()) }()
	pupils := max(1, o.Invoices/invoicedOf) * s.pupils
	result = InvoicesResult{Engine: g.engine(), Pupils: s.copies(pupils) * s.pupils, Machine: Machine()}
	if err := s.raise(ctx, l, t.store, pupils, b); err != nil {
		return result, err
	}
	post, err := openPostbox()
	if err != nil {
		return result, err
	}
	defer post.close()
	m, err := d.serve(ctx, l, post.url())
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, m.stop()) }()
	t.site, t.lines = m.site, newLines(o.Clients)
	defer t.lines.close()
	bursars, err := t.bursars(o.Clients)
	if err != nil {
		return result, err
	}
	if err := t.issue(bursars[0], &result); err != nil {
		return result, err
	}
	if err := t.print(bursars, m, &result); err != nil {
		return result, err
	}
	result.PeakRSS = m.peak()
	return result, nil
}

// bursars signs so many of the régie in: none reaches what one account may ask.
func (t *tour) bursars(n int) ([]caller, error) {
	accounts := account.New(t.store, clock.System())
	for i := range n {
		if _, err := accounts.CreateStaff(t.ctx, operator, actor.Bursar, fmt.Sprintf("Régie %d", i+1), fmt.Sprintf("regie%d@exemple.fr", i+1), "Pupitre-"+db.NewID()); err != nil {
			return nil, err
		}
	}
	staff, err := account.Staff(t.ctx, t.store)
	if err != nil {
		return nil, err
	}
	var all []account.Account
	for _, line := range staff {
		if line.Actor().Role == actor.Bursar {
			all = append(all, line.Account)
		}
	}
	return t.signIn(all)
}

// issue looks at the control list and issues what is ready, then what is odd, as
// long as the page offers it.
func (t *tour) issue(by caller, result *InvoicesResult) error {
	season, err := school.CurrentSeason(t.ctx, t.store)
	if err != nil {
		return err
	}
	for range 3 {
		began := time.Now()
		page, err := by.page(t.ctx, issuePath)
		if err != nil {
			return err
		}
		result.Control = max(result.Control, time.Since(began).Seconds())
		form, err := formOf(page, issuePath)
		if err != nil {
			return nil // nothing is left to issue
		}
		began = time.Now()
		got, err := by.post(t.ctx, issuePath, form)
		if err != nil {
			return err
		}
		if got.status != http.StatusSeeOther {
			return fmt.Errorf("%s answered %d", issuePath, got.status)
		}
		if err := t.awaitRun(season); err != nil {
			return err
		}
		result.Issuing += time.Since(began).Seconds()
	}
	return errors.New("the page still offers invoices to issue")
}

// awaitRun waits for the end of the run that was started.
func (t *tour) awaitRun(season school.Season) error {
	run, _, err := billing.LatestRun(t.ctx, t.store, regie, season.ID)
	if err != nil {
		return err
	}
	t.bar.begin("issuing", int(run.Wanted))
	for seen := int64(0); ; {
		if run, _, err = billing.LatestRun(t.ctx, t.store, regie, season.ID); err != nil {
			return err
		}
		t.bar.add(int(run.LookedAt - seen))
		if seen = run.LookedAt; !run.UnderWay() {
			return nil
		}
		if err := pause(t.ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

// print fetches the PDF of each invoice of the season.
func (t *tour) print(by []caller, m *machine, result *InvoicesResult) error {
	season, err := school.CurrentSeason(t.ctx, t.store)
	if err != nil {
		return err
	}
	all, count, err := billing.Listing(t.ctx, t.store, regie, season.ID, "", billing.Filter{}, 0, 1_000_000)
	if err != nil {
		return err
	}
	numbers, err := billing.NumbersOf(t.ctx, t.store, regie, int64(time.Now().In(clock.Paris).Year()))
	if err != nil {
		return err
	}
	if result.Invoices, result.Missing = int(count), numbers.Last-numbers.Invoice; result.Missing != 0 {
		return fmt.Errorf("%d numbers of invoices are missing", result.Missing)
	}
	t.bar.begin("printing", len(all))
	began := time.Now()
	var next, bytes atomic.Int64
	var group errgroup.Group
	for n := range by {
		group.Go(func() error {
			for {
				at := int(next.Add(1)) - 1
				if at >= len(all) {
					return nil
				}
				for {
					paper, err := by[n].page(t.ctx, "/bureau/factures/"+all[at].ID+"/pdf")
					if err == nil {
						bytes.Add(int64(len(paper)))
						break
					}
					if err := waited(t.ctx, err); err != nil {
						return err
					}
				}
				if at == len(all)/2 {
					result.Half = m.peak()
				}
				t.bar.add(1)
			}
		})
	}
	err = group.Wait()
	result.Printing, result.Bytes = time.Since(began).Seconds(), bytes.Load()
	return err
}

// Write prints what was measured.
func (x InvoicesResult) Write(w io.Writer) {
	fmt.Fprintf(w, "%s; %s\n%d pupils, %d invoices and credit notes\n", x.Engine, x.Machine, x.Pupils, x.Invoices)
	fmt.Fprintf(w, "  control list   %6.1f s\n  issuing        %6.1f s  %6.0f a second\n  PDF of each    %6.1f s  %6.0f a second, %d kB each\n  peak memory    %6.0f MB, %.0f once half was printed\n",
		x.Control, x.Issuing, float64(x.Invoices)/max(x.Issuing, .001), x.Printing, float64(x.Invoices)/max(x.Printing, .001), x.Bytes/int64(max(x.Invoices, 1))>>10, x.PeakRSS, x.Half)
}
