package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
)

// PagesOptions is which schools are visited, by how many.
type PagesOptions struct {
	Pupils      []int
	Clients     int // browsers of families at the same time
	Secretaries int // browsers of the office at the same time
	Seconds     float64
	DatabaseURL string
	Tables      io.Writer // takes the table of each size once it is measured; nil for none
}

func (o PagesOptions) check() error {
	switch {
	case len(o.Pupils) == 0 || slices.Min(o.Pupils) < 1 || slices.Max(o.Pupils) > 1_000_000:
		return errors.New("--pupils is sizes from 1 to 1000000, separated by commas")
	case o.Clients < 1 || o.Clients > 4096:
		return errors.New("--clients is from 1 to 4096")
	case o.Secretaries < 1 || o.Secretaries > 256:
		return errors.New("--secretaries is from 1 to 256")
	case o.Seconds <= 0:
		return errors.New("--seconds is above 0")
	}
	return nil
}

// PagesResult is what visiting the pages measured, a size after the other.
type PagesResult struct {
	Engine      db.Engine    `json:"engine"`
	Clients     int          `json:"clients"`
	Secretaries int          `json:"secretaries"`
	Sizes       []SizeResult `json:"sizes"`
	Machine     string       `json:"machine"`
}

// SizeResult is one school.
type SizeResult struct {
	Pupils   int        `json:"pupils"`
	Dossiers int        `json:"dossiers"`
	Loading  float64    `json:"loading_seconds"`
	PeakRSS  float64    `json:"peak_rss_mb"`
	Pages    []PageTime `json:"pages"` // the bare page first
}

// PageTime is one page; Ratio is its throughput to that of the bare page, Told
// how often an account asked for more than it may, and waited as it was told.
type PageTime struct {
	Size      int     `json:"size"` // pupils
	Name      string  `json:"page"`
	PerSecond float64 `json:"per_s"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	Ratio     float64 `json:"ratio"`
	Bytes     int     `json:"bytes"`
	Told      int     `json:"told_to_wait"`
}

// Pages visits the pages that families and the office open most, in schools of
// growing size, beside a bare page in the same run. With an error it returns
// the sizes that were measured before.
func Pages(ctx context.Context, d Deps, o PagesOptions) (result PagesResult, err error) {
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
	result = PagesResult{Engine: g.engine(), Clients: o.Clients, Secretaries: o.Secretaries, Machine: Machine()}
	result.head(o.Tables)
	b.begin("playing the made-up school", 0)
	s, err := sow(ctx, d, g)
	if err != nil {
		return result, err
	}
	for _, pupils := range o.Pupils {
		size, err := (&tour{Deps: d, options: o, ctx: ctx, bar: b}).visit(g, s, pupils)
		if err != nil {
			return result, fmt.Errorf("%d pupils: %w", pupils, err)
		}
		result.Sizes = append(result.Sizes, size)
		b.end()
		size.write(o.Tables)
	}
	return result, nil
}

// tour is the visit of one school.
type tour struct {
	Deps
	options PagesOptions
	ctx     context.Context
	bar     *bar
	store   *db.Store
	lines   *lines
	site    string
	result  SizeResult
}

func (t *tour) visit(g *ground, s *seed, pupils int) (size SizeResult, err error) {
	l, err := g.lot(t.ctx, fmt.Sprint("school-", pupils))
	if err != nil {
		return size, err
	}
	defer func() { err = errors.Join(err, l.leave()) }()
	if t.store, err = t.Open(t.ctx, l.where); err != nil {
		return size, err
	}
	defer func() { err = errors.Join(err, t.store.Close()) }()
	t.result.Pupils = s.copies(pupils) * s.pupils
	began := time.Now()
	if err := s.raise(t.ctx, l, t.store, pupils, t.bar); err != nil {
		return size, err
	}
	t.result.Loading = time.Since(began).Seconds()
	post, err := openPostbox()
	if err != nil {
		return size, err
	}
	defer post.close()
	m, err := t.serve(t.ctx, l, post.url())
	if err != nil {
		return size, err
	}
	defer func() { err = errors.Join(err, m.stop()) }()
	t.site, t.lines = m.site, newLines(max(t.options.Clients, t.options.Secretaries))
	defer t.lines.close()
	during := time.Duration(t.options.Seconds * float64(time.Second))
	page, err := bare(t.ctx, t.options.Clients, during)
	if err != nil {
		return size, err
	}
	t.note("bare 20 kB page", page, barePage)
	if err := t.pages(during); err != nil {
		return size, err
	}
	t.result.PeakRSS = m.peak()
	return t.result, nil
}

// sampled is how many families are visited in turn, and desks how many accounts
// of the office: enough that none reaches what one account may ask, which stays
// in force.
const (
	sampled = 256
	desks   = 64
)

// caller is a family, or someone of the office, signed in.
type caller struct {
	visitor
	drafting string // the pupil whose courses are being chosen
}

func (t *tour) pages(during time.Duration) error {
	kept, err := enrolment.Everything(t.ctx, t.store)
	if err != nil {
		return err
	}
	t.result.Dossiers = len(kept.Dossiers)
	families, err := t.families(kept.Dossiers)
	if err != nil {
		return err
	}
	office, err := t.office()
	if err != nil {
		return err
	}
	var toRead []string
	for _, d := range kept.Dossiers {
		if d.State == enrolment.Complete || d.State == enrolment.Enrolled {
			toRead = append(toRead, d.ID)
		}
	}
	var drafting []caller
	for _, f := range families {
		if f.drafting != "" {
			drafting = append(drafting, f)
		}
	}
	strangers := []caller{{visitor: visitor{lines: t.lines, site: t.site}}}
	for _, p := range []struct {
		name    string
		callers []caller
		clients int
		path    func(c caller, turn int) string
	}{
		{"sign-in page", strangers, t.options.Clients, func(caller, int) string { return "/connexion" }},
		{"family home", families, t.options.Clients, func(caller, int) string { return "/accueil" }},
		{"documents", families, t.options.Clients, func(caller, int) string { return "/famille/documents" }},
		{"course choice", drafting, t.options.Clients, func(c caller, _ int) string { return "/eleves/" + c.drafting + "/reinscription/cours" }},
		{"office queue", office, t.options.Secretaries, func(caller, int) string { return "/bureau/dossiers" }},
		{"dossier review", office, t.options.Secretaries, func(_ caller, turn int) string { return "/bureau/dossiers/" + toRead[turn*7919%len(toRead)] }},
		{"places board", office, t.options.Secretaries, func(caller, int) string { return "/bureau/places" }},
	} {
		t.bar.begin(fmt.Sprintf("%d pupils, %s", t.result.Pupils, p.name), 0)
		if err := t.time(p.name, p.callers, p.clients, during, p.path); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// time asks for the page by so many clients, the callers taking turns: once
// each, as in a school at work nothing is asked for the first time, then during
// the time measured.
func (t *tour) time(name string, callers []caller, clients int, during time.Duration, path func(caller, int) string) error {
	bytes := make([]int, clients)
	ask := func(client, turn int) error {
		at := client + turn*clients
		c := callers[at%len(callers)]
		page, err := c.page(t.ctx, path(c, at))
		bytes[client] = max(bytes[client], len(page))
		return err
	}
	var first errgroup.Group
	for client := range clients {
		first.Go(func() error { return waited(t.ctx, ask(client, 0)) })
	}
	if err := first.Wait(); err != nil {
		return err
	}
	took, err := crowd(t.ctx, clients, during, func(client, turn int) error { return ask(client, turn+1) })
	if err != nil {
		return err
	}
	t.note(name, took, slices.Max(bytes))
	return nil
}

// note adds a page's line. The first is the bare page, which the others are
// compared to.
func (t *tour) note(name string, took timing, bytes int) {
	line := PageTime{Size: t.result.Pupils, Name: name, PerSecond: took.perSecond(), P50: took.at(.5), P99: took.at(.99), Ratio: 1, Bytes: bytes, Told: took.told}
	if len(t.result.Pages) > 0 {
		line.Ratio = line.PerSecond / t.result.Pages[0].PerSecond
	}
	t.result.Pages = append(t.result.Pages, line)
}

// families signs a sample in: half of them are choosing their courses.
func (t *tour) families(dossiers []enrolment.Dossier) ([]caller, error) {
	drafts, others := map[string]string{}, map[string]string{}
	for i := range dossiers { // from all over the school, not from its first families
		d := dossiers[(i*7919)%len(dossiers)]
		switch {
		case d.State == enrolment.Draft && d.Programme != "" && !d.OnPaperForm && len(drafts) < sampled/2:
			drafts[d.Household] = d.Pupil
		case d.State.Ranked() && len(others) < sampled/2:
			others[d.Household] = ""
		}
	}
	if len(drafts) == 0 {
		return nil, errors.New("no family is choosing its courses")
	}
	for household, pupil := range drafts {
		others[household] = pupil
	}
	var logins []account.Account
	var pupils []string
	for household, pupil := range others {
		a, err := account.OfHousehold(t.ctx, t.store, household)
		if err != nil {
			return nil, err
		}
		logins, pupils = append(logins, a), append(pupils, pupil)
	}
	callers, err := t.signIn(logins)
	for i := range callers {
		callers[i].drafting = pupils[i]
	}
	return callers, err
}

// office signs those who check dossiers in: secretaries, beside the school's own.
func (t *tour) office() ([]caller, error) {
	accounts := account.New(t.store, clock.System())
	for i := range desks {
		_, err := accounts.CreateStaff(t.ctx, operator, actor.Secretary, fmt.Sprintf("Secrétaire %d", i+1), fmt.Sprintf("secretariat%d@exemple.fr", i+1), "Pupitre-"+db.NewID())
		if err != nil {
			return nil, err
		}
	}
	staff, err := account.Staff(t.ctx, t.store)
	if err != nil {
		return nil, err
	}
	var office []account.Account
	for _, line := range staff {
		if line.Actor().IsOffice() {
			office = append(office, line.Account)
		}
	}
	return t.signIn(office)
}

// signIn gives the accounts one password and signs them in by it.
func (t *tour) signIn(accounts []account.Account) ([]caller, error) {
	ids := make([]string, len(accounts))
	for i, a := range accounts {
		ids[i] = a.ID
	}
	if err := account.New(t.store, clock.System()).GivePassword(t.ctx, operator, Password, ids...); err != nil {
		return nil, err
	}
	t.bar.begin("signing in", len(accounts))
	callers := make([]caller, len(accounts))
	for i, a := range accounts {
		callers[i].visitor = visitor{lines: t.lines, site: t.site, address: fmt.Sprintf("10.0.0.%d", i)}
		if err := callers[i].signIn(t.ctx, a.Login, Password); err != nil {
			return nil, err
		}
		t.bar.add(1)
	}
	return callers, nil
}

// head says what is measured.
func (x PagesResult) head(w io.Writer) {
	if w != nil {
		fmt.Fprintf(w, "%s; %s; %d browsers of families, %d of the office\n", x.Engine, x.Machine, x.Clients, x.Secretaries)
	}
}

// write prints the table of the school.
func (s SizeResult) write(w io.Writer) {
	if w == nil {
		return
	}
	fmt.Fprintf(w, "\n%d pupils, %d dossiers (loaded in %.0f s; peak memory %.0f MB)\n", s.Pupils, s.Dossiers, s.Loading, s.PeakRSS)
	fmt.Fprintf(w, "  %-16s %8s %9s %9s %8s %8s\n", "page", "a second", "p50 ms", "p99 ms", "to bare", "kB")
	for _, p := range s.Pages {
		fmt.Fprintf(w, "  %-16s %8.0f %9.1f %9.1f %8.3f %8d", p.Name, p.PerSecond, p.P50, p.P99, p.Ratio, p.Bytes>>10)
		if p.Told > 0 {
			fmt.Fprintf(w, "  held back: an account was told to wait %d times", p.Told)
		}
		fmt.Fprintln(w)
	}
}
