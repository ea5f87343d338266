package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"pupitre/internal/platform/db"
)

// commits is how many one-row commits are timed.
const commits = 1000

// rawCommits is the engine's own rate, on the same disk.
func (g *ground) rawCommits(ctx context.Context) (float64, error) {
	l, err := g.lot(ctx, "commits")
	if err != nil {
		return 0, err
	}
	return db.CommitRate(ctx, l.where, commits)
}

// timing is how long each answer of a run took.
type timing struct {
	took    []time.Duration
	elapsed time.Duration
	told    int // times to wait, which count as no answer
}

func (t timing) perSecond() float64 { return float64(len(t.took)) / t.elapsed.Seconds() }

// at is the duration below which that share of the answers lies, in milliseconds.
func (t timing) at(share float64) float64 {
	if len(t.took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(t.took))
	return float64(sorted[min(len(sorted)-1, int(share*float64(len(sorted))))].Microseconds()) / 1000
}

// crowd lets n clients ask in turn until the time is over, each its own way. Who
// is told that he asks too fast waits as long as he is told.
func crowd(ctx context.Context, n int, during time.Duration, ask func(client, turn int) error) (timing, error) {
	each := make([][]time.Duration, n)
	told := make([]int, n)
	failed := make([]error, n)
	began := time.Now()
	var all sync.WaitGroup
	for client := range n {
		all.Go(func() {
			for turn := 0; time.Since(began) < during && ctx.Err() == nil; turn++ {
				from := time.Now()
				err := ask(client, turn)
				if err == nil {
					each[client] = append(each[client], time.Since(from))
					continue
				}
				if failed[client] = waited(ctx, err); failed[client] != nil {
					return
				}
				told[client]++
			}
		})
	}
	all.Wait()
	t := timing{took: slices.Concat(each...), elapsed: time.Since(began)}
	for _, n := range told {
		t.told += n
	}
	for _, err := range failed {
		if err != nil {
			return t, err
		}
	}
	return t, ctx.Err()
}

// waited waits as long as a tooFast says, and returns nil; every other error it
// returns.
func waited(ctx context.Context, err error) error {
	var busy tooFast
	if errors.As(err, &busy) {
		return pause(ctx, busy.wait)
	}
	return err
}

const barePage = 20 << 10

// bare measures a constant page of 20 kB that net/http serves and nothing else,
// asked for by as many clients.
func bare(ctx context.Context, clients int, during time.Duration) (timing, error) {
	page := make([]byte, barePage)
	for i := range page {
		page[i] = 'a' + byte(i%26)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return timing{}, err
	}
	srv := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(page)))
		_, _ = w.Write(page)
	})}
	go srv.Serve(listener)
	defer srv.Close()
	lines := newLines(clients)
	defer lines.close()
	return crowd(ctx, clients, during, func(int, int) error {
		got, err := (&visitor{lines: lines, site: "http://" + listener.Addr().String()}).get(ctx, "/")
		if err == nil && (got.status != 200 || len(got.body) != barePage) {
			err = fmt.Errorf("the bare page answered %d with %d bytes", got.status, len(got.body))
		}
		return err
	})
}
