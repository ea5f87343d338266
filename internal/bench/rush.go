package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
)

// RushOptions is the opening minute to be played.
type RushOptions struct {
	Families    int
	Courses     int
	Clients     int
	Machines    int
	DatabaseURL string
}

func (o RushOptions) check() error {
	switch {
	case o.Families < 1 || o.Families > 500_000:
		return errors.New("--families is from 1 to 500000")
	case o.Courses < leastCourses || o.Courses > 5000:
		return fmt.Errorf("--courses is from %d to 5000: the formulas need as many to be met", leastCourses)
	case o.Clients < 1 || o.Clients > 4096:
		return errors.New("--clients is from 1 to 4096")
	case o.Machines < 1 || o.Machines > 16:
		return errors.New("--machines is from 1 to 16")
	case o.Machines > 1 && o.DatabaseURL == "":
		return errors.New("several machines share a PostgreSQL: --database-url postgres://…")
	}
	return nil
}

// Rush plays the opening minute on a school of its own: families are made and
// signed in, the campaign opens, all send their dossier at once; then every
// promise is checked. The error is of the bench itself; what the product broke
// is in the result.
func Rush(ctx context.Context, d Deps, o RushOptions) (result RushResult, err error) {
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
	result = RushResult{Engine: g.engine(), Machines: o.Machines, Families: o.Families, Courses: o.Courses, Clients: o.Clients, Machine: Machine()}

	b.begin("raw commits", 0)
	if result.RawCommits, err = g.rawCommits(ctx); err != nil {
		return result, err
	}
	b.begin("bare page", 0)
	page, err := bare(ctx, o.Clients, bareFor)
	if err != nil {
		return result, err
	}
	result.BarePages = page.perSecond()
	if result.Registrar, err = registrarAlone(ctx, d, g, o, b); err != nil {
		return result, fmt.Errorf("the registrar alone: %w", err)
	}
	r := &rush{Deps: d, options: o, ctx: ctx, bar: b, result: &result}
	if err := r.play(g); err != nil {
		return result, err
	}
	result.Ratio = result.Submissions / result.RawCommits
	result.RegistrarRatio = result.Registrar / result.RawCommits
	return result, nil
}

// bareFor is how long the bare page is asked for.
const bareFor = 2 * time.Second

// registrarAlone sends the dossiers of such a school through the room, without
// HTTP: as many a second as the registrar answers.
func registrarAlone(ctx context.Context, d Deps, g *ground, o RushOptions, b *bar) (perSecond float64, err error) {
	l, err := g.lot(ctx, "registrar")
	if err != nil {
		return 0, err
	}
	store, err := d.Open(ctx, l.where)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	s, err := makeRushSchool(ctx, d, l, store, o.Families, o.Courses, time.Now().Add(-time.Minute), b)
	if err != nil {
		return 0, err
	}
	if err := store.Analyze(ctx); err != nil {
		return 0, err
	}
	registrar := enrolment.NewRegistrar(store, clock.System())
	defer registrar.Close()
	b.begin("the registrar alone", o.Families)
	began := time.Now()
	err = inTurn(o.Clients, s.families, func(_ int, c candidate) error {
		outcomes, err := registrar.Submit(ctx, c.actor, enrolment.Submission{Pupils: []string{c.pupil}, Text: s.text, Agreed: true})
		b.add(1)
		if err == nil && outcomes[0].Err != nil {
			err = outcomes[0].Err
		}
		return err
	})
	return float64(o.Families) / time.Since(began).Seconds(), err
}

// inTurn lets n clients take the items in turn, and returns the first error of each.
func inTurn[T any](n int, items []T, do func(client int, item T) error) error {
	next := make(chan T)
	failed := make([]error, n)
	var all sync.WaitGroup
	for client := range n {
		all.Go(func() {
			for item := range next {
				if err := do(client, item); err != nil && failed[client] == nil {
					failed[client] = err
				}
			}
		})
	}
	for _, item := range items {
		next <- item
	}
	close(next)
	all.Wait()
	return errors.Join(failed...)
}

// rush is one opening minute being played.
type rush struct {
	Deps
	options  RushOptions
	ctx      context.Context
	bar      *bar
	result   *RushResult
	school   *rushSchool
	machines []*machine
	lines    *lines
	post     *postbox
	broken   breaches
	mu       sync.Mutex
}

// guest is a family signed in, its form fetched.
type guest struct {
	candidate
	visitor
	form url.Values
}

const sendSuffix = "/reinscription/envoi"

func (c candidate) sendPath() string { return "/eleves/" + c.pupil + sendSuffix }

func (r *rush) play(g *ground) (err error) {
	l, err := g.lot(r.ctx, "school")
	if err != nil {
		return err
	}
	store, err := r.Open(r.ctx, l.where)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if r.school, err = makeRushSchool(r.ctx, r.Deps, l, store, r.options.Families, r.options.Courses, time.Now().Add(24*time.Hour), r.bar); err != nil {
		return err
	}
	if err := store.Analyze(r.ctx); err != nil {
		return err
	}
	if r.post, err = openPostbox(); err != nil {
		return err
	}
	defer r.post.close()
	defer func() { err = errors.Join(err, r.stop()) }()
	for range r.options.Machines {
		m, err := r.serve(r.ctx, l, r.post.url())
		if err != nil {
			return err
		}
		r.machines = append(r.machines, m)
	}
	r.lines = newLines(r.options.Clients)
	defer r.lines.close()
	guests, err := r.signAllIn()
	if err != nil {
		return err
	}
	acks, err := r.open(guests)
	if err != nil {
		return err
	}
	if err := r.awaitMails(len(acks)); err != nil {
		return err
	}
	if err := r.stop(); err != nil {
		return err
	}
	return r.judge(store, acks)
}

// signAllIn opens every family's session by its password, and fetches its form.
func (r *rush) signAllIn() ([]*guest, error) {
	r.bar.begin("signing in", len(r.school.families))
	guests := make([]*guest, len(r.school.families))
	for i, c := range r.school.families {
		guests[i] = &guest{candidate: c, visitor: visitor{
			lines: r.lines, site: r.machines[i%len(r.machines)].site, address: fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255),
		}}
	}
	began := time.Now()
	if err := inTurn(r.options.Clients, guests, func(_ int, g *guest) error {
		defer r.bar.add(1)
		return g.signIn(r.ctx, g.login, Password)
	}); err != nil {
		return nil, err
	}
	r.result.SignInSeconds = time.Since(began).Seconds()
	r.result.SignIns = float64(len(guests)) / r.result.SignInSeconds
	r.bar.begin("fetching the forms", len(guests))
	return guests, inTurn(r.options.Clients, guests, func(_ int, g *guest) error {
		defer r.bar.add(1)
		page, err := g.page(r.ctx, g.sendPath())
		if err != nil {
			return err
		}
		g.form, err = formOf(page, g.sendPath())
		return err
	})
}

// open opens the campaign, and lets all send at that instant.
func (r *rush) open(guests []*guest) ([]Ack, error) {
	rand.Shuffle(len(guests), func(i, j int) { guests[i], guests[j] = guests[j], guests[i] })
	r.school.season.OpensAt = time.Now().UTC().Add(time.Second).Truncate(time.Microsecond)
	if err := r.school.setSeason(); err != nil {
		return nil, err
	}
	r.bar.begin("sending", len(guests))
	acks := make([][]Ack, r.options.Clients)
	select {
	case <-time.After(time.Until(r.school.season.OpensAt)):
	case <-r.ctx.Done():
		return nil, context.Cause(r.ctx)
	}
	began := time.Now()
	err := inTurn(r.options.Clients, guests, func(client int, g *guest) error {
		defer r.bar.add(1)
		ack, err := r.send(began, g)
		if err == nil && ack.Pupil != "" {
			acks[client] = append(acks[client], ack)
		}
		return err
	})
	all := slices.Concat(acks...)
	t := timing{elapsed: time.Since(began)}
	for _, a := range all {
		t.took = append(t.took, a.ReadAt-a.SentAt)
	}
	r.result.Submissions, r.result.P50, r.result.P99 = t.perSecond(), t.at(.5), t.at(.99)
	for _, m := range r.machines {
		r.result.PeakRSS = max(r.result.PeakRSS, m.peak())
	}
	return all, err
}

// send is « Valider » for one family; told to come back it comes back, as its
// page says. An answer that is neither yes nor later is a breach.
func (r *rush) send(began time.Time, g *guest) (Ack, error) {
	g.number = g.pupil
	from := time.Since(began)
	for tries := 1; ; tries++ {
		got, err := g.post(r.ctx, g.sendPath(), g.form)
		if err == nil {
			got, err = g.await(r.ctx, got)
		}
		if err != nil {
			return Ack{}, err
		}
		switch {
		case got.status == http.StatusSeeOther && strings.HasSuffix(got.location, "/confirmation"):
			return Ack{g.pupil, from, time.Since(began)}, nil
		case (got.status == http.StatusServiceUnavailable || got.status == http.StatusTooManyRequests) && tries < 20:
			r.mu.Lock()
			r.result.TurnedAway++
			r.mu.Unlock()
			seconds, _ := strconv.Atoi(got.retry)
			select {
			case <-time.After(time.Duration(max(1, seconds)) * time.Second):
			case <-r.ctx.Done():
				return Ack{}, context.Cause(r.ctx)
			}
		default:
			r.mu.Lock()
			r.broken.add("answers: « Valider » of %s was answered %d %s", g.login, got.status, got.location)
			r.mu.Unlock()
			return Ack{}, nil
		}
	}
}

// mailPatience bounds the wait for the receipts to be delivered.
const mailPatience = 10 * time.Minute

// awaitMails returns once a receipt a dossier has been delivered.
func (r *rush) awaitMails(want int) error {
	r.bar.begin("delivering the receipts", want)
	began, shown := time.Now(), 0
	for {
		mails, again := r.post.count()
		r.bar.add(mails - shown)
		shown = mails
		if mails >= want || time.Since(began) > mailPatience {
			r.result.Mails, r.result.MailSeconds = mails, time.Since(began).Seconds()
			if mails != want || again > 0 {
				r.broken.add("mails: %d delivered, %d of them again, for %d dossiers acknowledged", mails, again, want)
			}
			return nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-r.ctx.Done():
			return context.Cause(r.ctx)
		}
	}
}

func (r *rush) stop() error {
	var errs []error
	for _, m := range r.machines {
		errs = append(errs, m.stop())
	}
	return errors.Join(errs...)
}

// shownBreaches is how many breaches are put in words.
const shownBreaches = 20

// judge checks what is left behind, and counts who was overtaken.
func (r *rush) judge(store *db.Store, acks []Ack) error {
	r.bar.begin("checking", 0)
	e, err := Gather(r.ctx, store, r.school.season.ID, acks)
	if err != nil {
		return err
	}
	var arrivals []arrival
	for _, m := range r.machines {
		arrivals = append(arrivals, m.arrivals...)
		for _, line := range m.wrongs {
			r.broken.add("log: %s", line)
		}
	}
	if len(arrivals) < len(acks) {
		r.broken.add("log: %d arrivals told of %d dossiers", len(arrivals), len(acks))
	}
	if len(acks) != len(r.school.families) {
		r.broken.add("answers: %d of %d dossiers were acknowledged", len(acks), len(r.school.families))
	}
	r.result.Inversions = overtaken(arrivals, e.Kept.Dossiers)
	all := append(r.broken.all, e.Breaches()...)
	r.result.Breaches, r.result.Broken = len(all), all[:min(len(all), shownBreaches)]
	return nil
}
