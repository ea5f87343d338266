package french

import (
	"testing"
	"time"
)

func TestInstantsInWords(t *testing.T) {
	at := time.Date(2027, 6, 1, 20, 52, 7, 0, time.UTC) // 22 h 52 in Paris
	for _, c := range []struct{ what, got, want string }{
		{"date", Date(at), "1er juin 2027"},
		{"moment with its second", MomentSecond(at), "mardi 1er juin à 22\u00a0h\u00a052\u00a0min\u00a007\u00a0s"},
		{"short moment", ShortMoment(at), "1er juin, 22\u00a0h\u00a052"},
		{"after midnight in Paris", ShortDate(time.Date(2027, 6, 1, 22, 30, 0, 0, time.UTC)), "02/06/2027"},
		{"winter hour", Clock(time.Date(2027, 1, 1, 20, 0, 0, 0, time.UTC)), "21:00"},
	} {
		if c.got != c.want {
			t.Errorf("%s: want %q, got %q", c.what, c.want, c.got)
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Élodie":            "elodie",
		" Le  Guen-Cœur’s ": "le guen-coeur's",
		"NOËL":              "noel",
		"Łukasz":            "łukasz",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q): want %q, got %q", in, want, got)
		}
	}
}

func TestAge(t *testing.T) {
	for _, c := range []struct {
		what, birth, on string
		want            int
	}{
		{"the day before the birthday", "2015-03-14", "2027-03-13", 11},
		{"on the birthday", "2015-03-14", "2027-03-14", 12},
		{"29 February, on 28 February", "2016-02-29", "2027-02-28", 10},
		{"29 February, on 1 March", "2016-02-29", "2027-03-01", 11},
		{"leap year shifts the day of the year", "2016-12-31", "2027-12-31", 11},
		{"no birth date", "", "2027-12-31", -1},
	} {
		if got := Age(c.birth, c.on); got != c.want {
			t.Errorf("%s: want %d, got %d", c.what, c.want, got)
		}
	}
}

func TestReadDate(t *testing.T) {
	for in, want := range map[string]string{"14/03/2015": "2015-03-14", " 1/2/2020 ": "2020-02-01", "31/02/2020": "", "2020-02-01": "", "14/03/15": ""} {
		got, ok := ReadDate(in)
		if got != want || ok != (want != "") {
			t.Errorf("ReadDate(%q): want %q, got %q %v", in, want, got, ok)
		}
	}
}

func TestMegabytes(t *testing.T) {
	for in, want := range map[int64]string{0: "0,00", 1: "0,01", 410000: "0,41", 10485760: "10,49"} {
		if got := Megabytes(in); got != want {
			t.Errorf("Megabytes(%d): want %s, got %s", in, want, got)
		}
	}
}

func TestOrdinals(t *testing.T) {
	for n, want := range map[int64][2]string{1: {"1er", "1re"}, 2: {"2e", "2e"}, 21: {"21e", "21e"}} {
		if got := [2]string{Ordinal(n), FeminineOrdinal(n)}; got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}
