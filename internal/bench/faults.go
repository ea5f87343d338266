package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/wire"
)

// FaultOptions is what the product has to bear.
type FaultOptions struct {
	Families int
	Clients  int
	Kills    int           // of the server, in one rush
	Cut      time.Duration // how long the database is out of reach
	Only     []string      // names of FaultNames; none is all
}

// FaultResult is what became of one fault.
type FaultResult struct {
	Fault      string    `json:"fault"`
	Engine     db.Engine `json:"engine"`
	Times      int       `json:"times"`
	Families   int       `json:"families"`
	TurnedAway int       `json:"turned_away"` // answers 503 with a sentence
	Unanswered int       `json:"unanswered"`  // connections that broke with the server
	Longest    float64   `json:"longest_s"`   // that « Valider » waited for an answer, yes or 503
	Seconds    float64   `json:"seconds"`
	Breaches   int       `json:"breaches"`
	Broken     []string  `json:"broken"`
}

// stage is what a fault is played on.
type stage struct {
	cluster *cluster // nil on SQLite
}

var faults = []struct {
	name   string
	engine db.Engine
	play   func(st stage, s *storm, o FaultOptions) (times int, err error)
}{
	{"killed", db.SQLite, killed},
	{"killed", db.PostgreSQL, killed},
	{"database-stopped", db.PostgreSQL, databaseStopped},
	{"connection-cut", db.PostgreSQL, connectionCut},
	{"connection-silent", db.PostgreSQL, connectionSilent},
	{"commits-lost", db.PostgreSQL, commitsLost},
	{"disk-full", db.SQLite, diskFull},
	{"documents-away", db.SQLite, documentsAway},
	{"mails-away", db.SQLite, mailsAway},
	{"mails-away", db.PostgreSQL, mailsAway},
	{"clock-set-back", db.SQLite, clockSetBack},
	{"clock-set-back", db.PostgreSQL, clockSetBack},
}

// FaultNames are the faults that can be asked for.
func FaultNames() []string {
	var names []string
	for _, f := range faults {
		if !slices.Contains(names, f.name) {
			names = append(names, f.name)
		}
	}
	return names
}

// Faults plays each fault on a school of its own, and checks every promise
// afterwards. The error is of the bench itself; what the product broke is in
// the results.
func Faults(ctx context.Context, d Deps, o FaultOptions) (results []FaultResult, err error) {
	for _, name := range o.Only {
		if !slices.Contains(FaultNames(), name) {
			return nil, fmt.Errorf("no fault is named %q: they are %s", name, strings.Join(FaultNames(), ", "))
		}
	}
	if o.Families < 2*(o.Kills+1) || o.Clients < 1 || o.Kills < 1 {
		return nil, errors.New("--clients and --kills are 1 at least, --families twice as many as the kills")
	}
	var c *cluster
	defer func() {
		if c != nil {
			err = errors.Join(err, c.close(ctx))
		}
	}()
	for _, f := range faults {
		if len(o.Only) > 0 && !slices.Contains(o.Only, f.name) {
			continue
		}
		where := ""
		if f.engine == db.PostgreSQL {
			if c == nil {
				if c, err = openCluster(ctx); err != nil {
					return results, err
				}
			}
			where = c.url()
		}
		one, err := bear(ctx, d, o, where, func(st stage, s *storm) (int, error) {
			st.cluster = c
			return f.play(st, s, o)
		})
		if err != nil {
			return results, fmt.Errorf("%s on %s: %w", f.name, f.engine, err)
		}
		one.Fault, one.Engine, one.Families = f.name, f.engine, o.Families
		results = append(results, one)
	}
	return results, nil
}

// bear plays one fault on a lot of its own, then judges what is left.
func bear(ctx context.Context, d Deps, o FaultOptions, where string, play func(stage, *storm) (int, error)) (result FaultResult, err error) {
	g, err := stand(ctx, where)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, g.leave()) }()
	l, err := g.lot(ctx, "school")
	if err != nil {
		return result, err
	}
	b := d.bar()
	defer b.end()
	s := &storm{lot: l, rush: &rush{
		Deps: d, ctx: ctx, bar: b, result: &RushResult{}, lines: newLines(o.Clients),
		options: RushOptions{Families: o.Families, Courses: leastCourses, Clients: o.Clients, Machines: 1},
	}}
	defer s.lines.close()
	if s.post, err = openPostbox(); err != nil {
		return result, err
	}
	defer s.post.close()
	began := time.Now()
	defer func() { err = errors.Join(err, s.putAway()) }()
	result.Times, err = play(stage{}, s)
	err = errors.Join(err, s.stop())
	if err != nil {
		return result, err
	}
	result.Seconds, result.TurnedAway, result.Unanswered = time.Since(began).Seconds(), int(s.turned.Load()), int(s.broke.Load())
	result.Longest = s.longest.Seconds()
	e, err := Gather(ctx, s.store, s.school.season.ID, s.all)
	if err != nil {
		return result, err
	}
	if len(s.all) != o.Families {
		s.breach("answers: %d of %d dossiers were received", len(s.all), o.Families)
	}
	all := append(s.broken.all, e.Breaches()...)
	result.Breaches, result.Broken = len(all), all[:min(len(all), shownBreaches)]
	return result, nil
}

// killed: the server dies again and again in the middle of the rush.
func killed(_ stage, s *storm, o FaultOptions) (int, error) {
	s.mayBreak = true
	guests, err := s.prepare(s.lot.where)
	if err != nil {
		return 0, err
	}
	return o.Kills, s.rage(guests, func() error {
		for range o.Kills {
			if err := s.reach(o.Families / (o.Kills + 1)); err != nil {
				return err
			}
			s.kill()
			if err := s.start(s.lot.where); err != nil {
				return err
			}
		}
		return nil
	})
}

// databaseStopped: PostgreSQL stops at once, and comes back.
func databaseStopped(st stage, s *storm, o FaultOptions) (int, error) {
	guests, err := s.prepare(s.lot.where)
	if err != nil {
		return 0, err
	}
	return 1, s.rage(guests, func() error {
		if err := s.reach(o.Families / 3); err != nil {
			return err
		}
		if err := st.cluster.stop(s.ctx); err != nil {
			return err
		}
		return errors.Join(s.awaitTold(o.Clients), st.cluster.start(s.ctx))
	})
}

// connectionCut: the way to PostgreSQL breaks, and is mended after a while.
func connectionCut(st stage, s *storm, o FaultOptions) (int, error) {
	return throughWire(st, s, o, func(w *wire.Wire) error {
		w.Cut()
		defer w.Mend()
		return errors.Join(s.awaitTold(o.Clients), s.pause(o.Cut))
	})
}

// connectionSilent: nothing comes through any more, and nobody says so, for
// longer than the server waits.
func connectionSilent(st stage, s *storm, o FaultOptions) (int, error) {
	patience := min(max(o.Cut/2, time.Second), time.Minute)
	s.flags = []string{"--database-patience", patience.String()}
	return throughWire(st, s, o, func(w *wire.Wire) error {
		w.Freeze()
		defer w.Mend()
		return errors.Join(s.awaitTold(o.Clients), s.pause(o.Cut))
	})
}

func throughWire(st stage, s *storm, o FaultOptions, happens func(*wire.Wire) error) (int, error) {
	w, err := wire.Open(st.cluster.address())
	if err != nil {
		return 0, err
	}
	defer w.Close()
	guests, err := s.prepare(strings.Replace(s.lot.where, st.cluster.address(), w.Address(), 1))
	if err != nil {
		return 0, err
	}
	err = s.rage(guests, func() error {
		if err := s.reach(o.Families / 3); err != nil {
			return err
		}
		return happens(w)
	})
	return 1, errors.Join(err, s.stop()) // before the wire is gone
}

func (s *storm) pause(d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-s.ctx.Done():
		return context.Cause(s.ctx)
	}
}

// spare is what the full disk leaves free: enough for the server to begin.
const spare = 384 << 10

// diskFull: the disk of the database fills up in the middle of the rush.
func diskFull(_ stage, s *storm, o FaultOptions) (times int, err error) {
	disk, err := mountSmallDisk(s.lot.dir)
	if err != nil {
		return 0, err
	}
	s.leave = disk.close // after what is left on it has been judged
	guests, err := s.prepare(s.lot.where)
	if err != nil {
		return 0, err
	}
	// Started anew the journal is empty, so that the disk is soon full.
	if err := errors.Join(s.stop(), s.store.Close()); err != nil {
		return 0, err
	}
	s.machines, s.store = nil, nil
	if err := disk.fill(spare); err != nil {
		return 0, err
	}
	if err := s.start(s.lot.where); err != nil {
		return 0, err
	}
	err = s.rage(guests, func() error {
		return errors.Join(s.awaitTold(o.Clients), disk.empty())
	})
	if err != nil {
		return 0, err
	}
	s.store, err = s.Open(s.ctx, s.lot.where)
	return 1, err
}

// WriteFaults shows the results to a reader.
func WriteFaults(out io.Writer, results []FaultResult) {
	fmt.Fprintf(out, "%-18s %-11s %6s %9s %6s %11s %10s %8s %9s\n", "fault", "engine", "times", "families", "503", "unanswered", "longest s", "seconds", "breaches")
	for _, r := range results {
		fmt.Fprintf(out, "%-18s %-11s %6d %9d %6d %11d %10.1f %8.1f %9d\n", r.Fault, r.Engine, r.Times, r.Families, r.TurnedAway, r.Unanswered, r.Longest, r.Seconds, r.Breaches)
		for _, line := range r.Broken {
			fmt.Fprintln(out, "   ", line)
		}
	}
}
