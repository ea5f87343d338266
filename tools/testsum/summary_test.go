package main

import (
	"strings"
	"testing"
)

func TestSummary(t *testing.T) {
	rows := map[string]struct {
		lines  []string
		checks []string
		want   string // the last line
		shows  string
	}{
		"one passes": {lines: []string{
			`{"Action":"run","Package":"p","Test":"A"}`, `{"Action":"pass","Package":"p","Test":"A"}`, `{"Action":"pass","Package":"p"}`},
			want: "1 passed, 0 failed"},
		"sub-tests are counted, not their parent": {lines: []string{
			`{"Action":"run","Package":"p","Test":"A"}`, `{"Action":"pass","Package":"p","Test":"A/x"}`, `{"Action":"pass","Package":"p","Test":"A/y"}`,
			`{"Action":"pass","Package":"p","Test":"A"}`, `{"Action":"pass","Package":"p"}`},
			want: "2 passed, 0 failed"},
		"a failed sub-test is one failure": {lines: []string{
			`{"Action":"output","Package":"p","Test":"A/x","Output":"got 1, want 2\n"}`, `{"Action":"fail","Package":"p","Test":"A/x"}`,
			`{"Action":"fail","Package":"p","Test":"A"}`, `{"Action":"fail","Package":"p"}`},
			want: "0 passed, 1 failed", shows: "got 1, want 2"},
		"a parent that fails by itself": {lines: []string{
			`{"Action":"pass","Package":"p","Test":"A/x"}`, `{"Action":"fail","Package":"p","Test":"A"}`, `{"Action":"fail","Package":"p"}`},
			want: "1 passed, 1 failed"},
		"a sub-test whose name has slashes": {lines: []string{
			`{"Action":"run","Package":"p","Test":"A"}`, `{"Action":"pass","Package":"p","Test":"A//x/y"}`, `{"Action":"pass","Package":"p","Test":"A"}`,
			`{"Action":"pass","Package":"p"}`},
			want: "1 passed, 0 failed"},
		"a package run twice, once red": {lines: []string{
			`{"Action":"fail","Package":"p","Test":"A"}`, `{"Action":"fail","Package":"p"}`,
			`{"Action":"start","Package":"p"}`, `{"Action":"pass","Package":"p","Test":"A"}`, `{"Action":"pass","Package":"p"}`},
			want: "1 passed, 1 failed"},
		"a skip": {lines: []string{
			`{"Action":"skip","Package":"p","Test":"A"}`, `{"Action":"pass","Package":"p"}`},
			want: "0 passed, 1 failed", shows: "SKIPPED"},
		"a package without tests": {lines: []string{
			`{"Action":"skip","Package":"q"}`, `{"Action":"pass","Package":"p","Test":"A"}`, `{"Action":"pass","Package":"p"}`},
			want: "1 passed, 0 failed"},
		"a package that does not build": {lines: []string{
			`{"Action":"build-output","ImportPath":"p","Output":"undefined: x\n"}`, `{"Action":"build-fail","ImportPath":"p"}`,
			`{"Action":"fail","Package":"p","FailedBuild":"p"}`},
			want: "0 passed, 1 failed", shows: "undefined: x"},
		"a test that never ended": {lines: []string{
			`{"Action":"run","Package":"p","Test":"A"}`, `{"Action":"fail","Package":"p"}`},
			want: "0 passed, 1 failed", shows: "NEVER ENDED"},
		"a run cut short": {lines: []string{
			`{"Action":"pass","Package":"p","Test":"A"}`},
			want: "1 passed, 1 failed"},
		"no test at all": {want: "0 passed, 1 failed", shows: "no test ran"},
		"a failed check": {lines: []string{
			`{"Action":"pass","Package":"p","Test":"A"}`, `{"Action":"pass","Package":"p"}`}, checks: []string{"vet"},
			want: "1 passed, 1 failed", shows: "check vet"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			s := newSummary(&out)
			s.failedChecks = row.checks
			for _, line := range row.lines {
				s.read(line + "\n")
			}
			ok := s.finish()
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if got := lines[len(lines)-1]; got != row.want {
				t.Errorf("last line: got %q, want %q", got, row.want)
			}
			if ok != strings.HasSuffix(row.want, ", 0 failed") {
				t.Errorf("got success %t for %q", ok, row.want)
			}
			if !strings.Contains(out.String(), row.shows) {
				t.Errorf("got %q, want it to show %q", out.String(), row.shows)
			}
		})
	}
}
