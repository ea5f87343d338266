// Package xmllint judges XML by its official schema, in tests: it runs the
// command of that name (libxml2), the validator that we have not written.
package xmllint

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Needed fails the test where the command is missing; the quick check, which
// needs nothing but Go, skips it.
func Needed(t testing.TB) {
	t.Helper()
	switch _, err := exec.LookPath("xmllint"); {
	case err == nil:
	case os.Getenv("PUPITRE_TEST_ENGINES") == "sqlite":
		t.Skip("xmllint is missing, and this is the quick check")
	default:
		t.Fatal("xmllint is missing: run `make test`, which installs libxml2-utils")
	}
}

// Check says what the schema, a file, has against the document: nil when it is valid.
func Check(schema string, document []byte) error { return run(schema, bytes.NewReader(document), "-") }

// CheckFiles is Check for several documents at once.
func CheckFiles(schema string, documents ...string) error { return run(schema, nil, documents...) }

func run(schema string, input io.Reader, documents ...string) error {
	command := exec.Command("xmllint", append([]string{"--noout", "--nonet", "--schema", schema}, documents...)...)
	command.Stdin = input
	said, err := command.CombinedOutput()
	var failed *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &failed):
		return errors.New(strings.TrimSpace(string(said)))
	default:
		return fmt.Errorf("running xmllint: %w", err)
	}
}

// Valid fails the test unless the document is valid by the schema, a file.
func Valid(t testing.TB, schema string, document []byte) {
	t.Helper()
	Needed(t)
	if err := Check(schema, document); err != nil {
		t.Errorf("not valid by %s:\n%v", schema, err)
	}
}
