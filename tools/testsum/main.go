// Command testsum reads what `go test -json` prints, shows a line a package and
// the output of what failed, and ends with "N passed, N failed". A skipped
// test, a test that never ended, a package that did not build, a failed check
// and a run without any test are failures. It exits 1 when something failed.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	checks := flag.String("checks", "", "file of the checks' results, a line each: ok NAME or FAILED NAME")
	flag.Parse()
	s := newSummary(os.Stdout)
	if *checks != "" {
		text, err := os.ReadFile(*checks)
		if err != nil {
			fmt.Println(err)
			s.failedChecks = append(s.failedChecks, "the checks did not run")
		}
		for line := range strings.Lines(string(text)) {
			if name, ok := strings.CutPrefix(strings.TrimSpace(line), "FAILED "); ok {
				s.failedChecks = append(s.failedChecks, name)
			}
		}
	}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := in.ReadString('\n')
		if line != "" {
			s.read(line)
		}
		if err != nil {
			break
		}
	}
	if !s.finish() {
		os.Exit(1)
	}
}
