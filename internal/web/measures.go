package web

import (
	"context"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/jobs"
)

// measures counts requests by route, never by path: paths name people.
type measures struct {
	page     http.Handler
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMeasures(c Config) *measures {
	registry := prometheus.NewRegistry()
	m := &measures{
		page: promhttp.HandlerFor(registry, promhttp.HandlerOpts{}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pupitre_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "pupitre_http_request_seconds", Help: "Time to answer, by route.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "pupitre_build_info", Help: "What runs; always 1.",
		ConstLabels: prometheus.Labels{"version": c.Version, "go": runtime.Version()},
	})
	build.Set(1)
	registry.MustRegister(m.requests, m.seconds, build)
	c.watch(registry)
	return m
}

// watch shows what goes on behind the requests: names end with their unit.
func (c Config) watch(registry *prometheus.Registry) {
	histogram := func(name, help string, buckets []float64) prometheus.Histogram {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets})
		registry.MustRegister(h)
		return h
	}
	commits := histogram("pupitre_db_commit_seconds", "Time of a durable commit.", quick)
	c.Store.WatchCommits(func(took time.Duration) { commits.Observe(took.Seconds()) })
	turns := histogram("pupitre_signin_wait_seconds", "Time a password waited for its turn to be hashed.", []float64{.001, .01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30})
	c.Accounts.WatchTurns(func(took time.Duration) { turns.Observe(took.Seconds()) })
	registry.MustRegister(jobsWaiting{c})
	if c.Registrar == nil {
		return
	}
	sizes := histogram("pupitre_registrar_batch_acts", "Acts decided in one transaction.", []float64{1, 2, 4, 8, 16, 32, 64, 128})
	batches := histogram("pupitre_registrar_batch_seconds", "Time of one batch, its durable commit included.", quick)
	c.Registrar.Watch(func(b enrolment.Batch) {
		sizes.Observe(float64(b.Acts))
		batches.Observe(b.Took.Seconds())
	})
	registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "pupitre_registrar_waiting_acts", Help: "Acts that wait for the registrar of this machine."},
			func() float64 { return float64(c.Registrar.Waiting()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "pupitre_submissions_total", Help: "Dossiers received by « Valider » on this machine."},
			func() float64 { return float64(c.Registrar.Sent()) }),
	)
}

// quick are the bounds, in seconds, of what should take milliseconds.
var quick = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5}

// jobsWaiting reads the table of jobs each time it is asked: the figures are
// those of all machines. While the database does not answer it says nothing.
type jobsWaiting struct{ c Config }

var (
	jobsDue = prometheus.NewDesc("pupitre_jobs_waiting", "Jobs that are due and not being done, on all machines together.", nil, nil)
	jobsAge = prometheus.NewDesc("pupitre_jobs_oldest_age_seconds", "For how long the oldest of them has been due; 0 when none is.", nil, nil)
)

// Describe implements prometheus.Collector.
func (jobsWaiting) Describe(to chan<- *prometheus.Desc) {
	to <- jobsDue
	to <- jobsAge
}

// Collect implements prometheus.Collector.
func (j jobsWaiting) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	now := j.c.Clock.Now()
	waiting, err := jobs.Waiting(ctx, j.c.Store, now)
	if err != nil {
		j.c.Log.Error("count the jobs", "error", err.Error())
		return
	}
	age := 0.0
	if !waiting.Oldest.IsZero() {
		age = now.Sub(waiting.Oldest).Seconds()
	}
	to <- prometheus.MustNewConstMetric(jobsDue, prometheus.GaugeValue, float64(waiting.Due))
	to <- prometheus.MustNewConstMetric(jobsAge, prometheus.GaugeValue, age)
}

func (m *measures) note(r *http.Request, status int, took time.Duration) {
	route := r.Pattern
	if route == "" {
		route = "refused" // before any route: another site's form
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}
