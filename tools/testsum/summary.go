package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// event is one line of `go test -json`.
type event struct {
	Action      string
	Package     string
	ImportPath  string
	Test        string
	Output      string
	Elapsed     float64
	FailedBuild string
}

type test struct {
	result string // pass, fail, skip, or "" while it runs
	output []string
	parent bool // has sub-tests: they are counted in its place
	failed bool // it or one below it failed
}

type pack struct {
	tests  map[string]*test
	order  []string
	output []string
	ended  bool
}

type summary struct {
	out          io.Writer
	packages     map[string]*pack
	order        []string
	builds       map[string][]string
	failedChecks []string
	passed       int
	failed       int
}

func newSummary(out io.Writer) *summary {
	return &summary{out: out, packages: map[string]*pack{}, builds: map[string][]string{}}
}

func (s *summary) read(line string) {
	var e event
	if err := json.Unmarshal([]byte(line), &e); err != nil || e.Action == "" {
		fmt.Fprint(s.out, line) // the go command's own words
		return
	}
	switch e.Action {
	case "build-output":
		s.builds[e.ImportPath] = append(s.builds[e.ImportPath], e.Output)
		return
	case "build-fail":
		return
	}
	p := s.pack(e.Package)
	if p.ended { // it runs a second time
		p = s.again(e.Package)
	}
	if e.Test == "" {
		s.readPackage(p, e)
		return
	}
	t := p.test(e.Test)
	switch e.Action {
	case "output":
		t.output = append(t.output, e.Output)
	case "pass", "fail", "skip":
		t.result = e.Action
	}
}

func (s *summary) readPackage(p *pack, e event) {
	switch e.Action {
	case "output":
		p.output = append(p.output, e.Output)
	case "pass", "fail", "skip":
		p.ended = true
		s.close(e.Package, p, e)
	}
}

func (s *summary) pack(name string) *pack {
	p := s.packages[name]
	if p == nil {
		p = &pack{tests: map[string]*test{}}
		s.packages[name] = p
		s.order = append(s.order, name)
	}
	return p
}

// again begins a new run of a package: what it found before is counted already.
func (s *summary) again(name string) *pack {
	p := &pack{tests: map[string]*test{}}
	s.packages[name] = p
	return p
}

func (p *pack) test(name string) *test {
	t := p.tests[name]
	if t == nil {
		t = &test{}
		p.tests[name] = t
		p.order = append(p.order, name)
	}
	return t
}

// above returns the test that ran name as a sub-test, "" for none. A name may
// have slashes of its own, so that only a test that ran counts.
func (p *pack) above(name string) string {
	for i := strings.LastIndexByte(name, '/'); i > 0; i = strings.LastIndexByte(name[:i], '/') {
		if _, ran := p.tests[name[:i]]; ran {
			return name[:i]
		}
	}
	return ""
}

// close counts a package's tests and shows what failed.
func (s *summary) close(name string, p *pack, end event) {
	passed, failed := 0, 0
	for _, n := range p.order {
		if up := p.above(n); up != "" {
			p.tests[up].parent = true
		}
	}
	deepestFirst := slices.Clone(p.order)
	slices.SortStableFunc(deepestFirst, func(a, b string) int { return strings.Count(b, "/") - strings.Count(a, "/") })
	for _, n := range deepestFirst {
		t := p.tests[n]
		if t.result == "pass" {
			if !t.parent {
				passed++
			}
			continue
		}
		if t.failed { // by one below it, counted already
			p.spread(n)
			continue
		}
		failed++
		p.spread(n)
		s.show(name, n, t)
	}
	if end.Action == "fail" && failed == 0 { // it did not build, or died outside of a test
		failed++
		fmt.Fprintf(s.out, "--- FAILED %s\n%s%s", name, strings.Join(s.builds[end.FailedBuild], ""), strings.Join(p.output, ""))
	}
	s.passed += passed
	s.failed += failed
	if passed+failed > 0 {
		fmt.Fprintf(s.out, "%-50s %4d passed %4d failed %7.1f s\n", name, passed, failed, end.Elapsed)
	}
}

// spread marks the tests above n as failed through it.
func (p *pack) spread(n string) {
	for up := p.above(n); up != ""; up = p.above(up) {
		p.tests[up].failed = true
	}
}

func (s *summary) show(pack, name string, t *test) {
	why := "FAILED"
	switch t.result {
	case "skip":
		why = "SKIPPED, which is not allowed:"
	case "":
		why = "NEVER ENDED:"
	}
	fmt.Fprintf(s.out, "--- %s %s %s\n%s", why, pack, name, strings.Join(t.output, ""))
}

// finish prints the last line and tells whether all is well.
func (s *summary) finish() bool {
	for _, name := range s.order {
		if p := s.packages[name]; !p.ended {
			s.close(name, p, event{Action: "fail"})
		}
	}
	for _, name := range s.failedChecks {
		s.failed++
		fmt.Fprintf(s.out, "--- FAILED check %s (see above)\n", name)
	}
	if s.passed+s.failed == 0 {
		s.failed++
		fmt.Fprintln(s.out, "--- FAILED: no test ran")
	}
	fmt.Fprintf(s.out, "%d passed, %d failed\n", s.passed, s.failed)
	return s.failed == 0
}
