package catalogue

import (
	"slices"
	"strings"
	"testing"
)

type row struct {
	what      string
	catalogue Catalogue
	programme string
	pupil     Pupil
	site      string
	wishes    []Wish
	want      []string // rule, then the sentence; no-break spaces written as spaces
}

var plain = strings.NewReplacer("\u202f", " ", "\u00a0", " ")

func TestJudge(t *testing.T) {
	for _, r := range rows() {
		t.Run(r.what, func(t *testing.T) {
			p, ok := r.catalogue.Programme(r.programme)
			if !ok {
				t.Fatalf("no programme %s", r.programme)
			}
			a := asked{p, r.pupil, r.site, r.wishes}
			breaches := r.catalogue.judged(a)
			var got []string
			for _, b := range breaches {
				got = append(got, b.Rule+" "+plain.Replace(b.Sentence()))
				if why := r.catalogue.follow(a, b); why != "" {
					t.Errorf("following « %s »: %s", b.WayOut, why)
				}
			}
			if !slices.Equal(got, r.want) {
				t.Errorf("want:\n%s\ngot:\n%s", strings.Join(r.want, "\n"), strings.Join(got, "\n"))
			}
		})
	}
}

func (c Catalogue) withProgramme(id string, change func(*Programme)) Catalogue {
	c.Programmes = slices.Clone(c.Programmes)
	for i := range c.Programmes {
		if c.Programmes[i].ID == id {
			change(&c.Programmes[i])
		}
	}
	return c
}
