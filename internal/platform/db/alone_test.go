package db

import (
	"errors"
	"path/filepath"
	"testing"
)

func TestOneAtATimeIsAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "serving.lock")
	for range 2 { // and again once the first has let go
		first, err := Alone(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Alone(t.Context(), path); !errors.Is(err, ErrNotAlone) {
			t.Errorf("the second: got %v, want ErrNotAlone", err)
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
