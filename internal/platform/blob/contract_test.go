package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/blob/blobtest"
	"pupitre/internal/platform/fault"
)

func put(t *testing.T, s blob.Store, key, content string) {
	t.Helper()
	size, err := s.Put(t.Context(), key, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if size != int64(len(content)) {
		t.Fatalf("want size %d, got %d", len(content), size)
	}
}

func content(t *testing.T, s blob.Store, key string) string {
	t.Helper()
	f, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

func keys(t *testing.T, s blob.Store) []string {
	t.Helper()
	var got []string
	for info, err := range s.Keys(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, info.Key)
	}
	slices.Sort(got)
	return got
}

func TestAKeptFileComesBackWholeAndSeekable(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blob.Store) {
		put(t, s, "deposits/0198/1.pdf", "first, second")
		f, err := s.Open(t.Context(), "deposits/0198/1.pdf")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		size, err := f.Seek(0, io.SeekEnd)
		if err != nil || size != 13 {
			t.Fatalf("want size 13, got %d, %v", size, err)
		}
		for _, c := range []struct {
			from int64
			want string
		}{{7, "second"}, {0, "first, second"}} {
			if _, err := f.Seek(c.from, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(f)
			if err != nil || string(got) != c.want {
				t.Fatalf("want %q, got %q, %v", c.want, got, err)
			}
		}
	})
}

func TestAnEmptyFileIsAFile(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blob.Store) {
		put(t, s, "a", "")
		if got := content(t, s, "a"); got != "" {
			t.Fatalf("want nothing, got %q", got)
		}
	})
}

// A file larger than what a store holds in memory goes in parts.
func TestALargeFileComesBackAsItWas(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blob.Store) {
		const size = 20<<20 + 7
		random := func() io.Reader { return io.LimitReader(rand.NewChaCha8([32]byte{1}), size) }
		want := sha256.New()
		if _, err := io.Copy(want, random()); err != nil {
			t.Fatal(err)
		}
		n, err := s.Put(t.Context(), "large", random())
		if err != nil || n != size {
			t.Fatalf("want %d bytes, got %d, %v", size, n, err)
		}
		f, err := s.Open(t.Context(), "large")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		got := sha256.New()
		if n, err := io.Copy(got, f); err != nil || n != size || !bytes.Equal(got.Sum(nil), want.Sum(nil)) {
			t.Fatalf("another content came back: %d bytes, %v", n, err)
		}
	})
}

func TestPutReplaces(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blob.Store) {
		put(t, s, "a", "old and long")
		put(t, s, "a", "new")
		if got := content(t, s, "a"); got != "new" {
			t.Fatalf("want new, got %q", got)
		}
	})
}

func TestAnAbsentFile(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blob.Store) {
		if _, err := s.Open(t.Context(), "no/such"); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("open: want ErrNotFound, got %v", err)
		}
		if err := s.Delete(t.Context(), "no/such"); err != nil {
			t.Errorf("delete: want no error, got %v", err)
		}
	})
}

func TestDelete(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blob.Store) {
		put(t, s, "a", "1")
		if err := s.Delete(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Open(t.Context(), "a"); !errors.Is(err, fault.ErrNotFound) {
			t.Fatalf("want ErrNotFound, got %v", err)
		}
		if got := keys(t, s); len(got) != 0 {
			t.Fatalf("want no key, got %v", got)
		}
	})
}

func TestKeysTellSizeAndTime(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blob.Store) {
		before := time.Now().Add(-time.Minute)
		put(t, s, "a/b", "12345")
		put(t, s, "c", "1")
		got := map[string]blob.KeyInfo{}
		for info, err := range s.Keys(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got[info.Key] = info
		}
		if len(got) != 2 || got["a/b"].Size != 5 || got["c"].Size != 1 {
			t.Errorf("got %v", got)
		}
		if m := got["c"].Modified; m.Before(before) || m.After(before.Add(10*time.Minute)) || m.Location() != time.UTC {
			t.Errorf("modified at %v, want now, in UTC", m)
		}
	})
}

func TestKeysStopWhenTheReaderHasEnough(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blob.Store) {
		put(t, s, "a", "1")
		put(t, s, "b", "2")
		n := 0
		for range s.Keys(t.Context()) {
			n++
			break
		}
		if n != 1 {
			t.Fatalf("want 1, got %d", n)
		}
	})
}

func TestKeysThatAreRefused(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blob.Store) {
		for _, key := range []string{"", "../secret", "a/../../secret", "/etc/passwd", ".a", "A", "a b", "a_b", "a//b", strings.Repeat("a", 201)} {
			if _, err := s.Put(t.Context(), key, strings.NewReader("x")); !errors.Is(err, blob.ErrKey) {
				t.Errorf("put %q: want ErrKey, got %v", key, err)
			}
			if _, err := s.Open(t.Context(), key); !errors.Is(err, blob.ErrKey) {
				t.Errorf("open %q: want ErrKey, got %v", key, err)
			}
			if err := s.Delete(t.Context(), key); !errors.Is(err, blob.ErrKey) {
				t.Errorf("delete %q: want ErrKey, got %v", key, err)
			}
		}
	})
}

func TestTheLongestKeyIsKept(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blob.Store) {
		put(t, s, strings.Repeat("a", 200), "x")
	})
}

func TestAPutThatFailsLeavesWhatWasThere(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blob.Store) {
		put(t, s, "a", "before")
		broken := errors.New("connection lost")
		for _, sent := range []int64{4, 17 << 20} { // below one part, and after two
			half := io.MultiReader(io.LimitReader(rand.NewChaCha8([32]byte{}), sent), iotest.ErrReader(broken))
			if _, err := s.Put(t.Context(), "a", half); !errors.Is(err, broken) {
				t.Fatalf("after %d bytes: want %v, got %v", sent, broken, err)
			}
		}
		stopped, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Put(stopped, "a", strings.NewReader("late")); !errors.Is(err, context.Canceled) {
			t.Fatalf("want Canceled, got %v", err)
		}
		if got := content(t, s, "a"); got != "before" {
			t.Errorf("want before, got %q", got)
		}
		if n, err := s.Sweep(t.Context(), time.Now().Add(time.Hour)); err != nil || n != 0 {
			t.Errorf("want nothing left half-written, got %d, %v", n, err)
		}
	})
}

func TestWritersOfOneKeyNeverMix(t *testing.T) {
	blobtest.Each(t, func(t *testing.T, s blob.Store) {
		var writers sync.WaitGroup
		for _, c := range []string{"a", "b", "c", "d"} {
			writers.Go(func() {
				for range 20 {
					if _, err := s.Put(context.Background(), "k", strings.NewReader(strings.Repeat(c, 100_000))); err != nil {
						t.Error(err)
					}
				}
			})
		}
		writers.Wait()
		got := content(t, s, "k")
		if len(got) != 100_000 || strings.Trim(got, got[:1]) != "" {
			t.Fatalf("want one writer's content, got a mix of %d bytes", len(got))
		}
	})
}
