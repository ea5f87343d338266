package report_test

import (
	"slices"
	"strings"
	"testing"

	"pupitre/internal/domain/report"
	"pupitre/internal/platform/french"
)

// listsGoOnInOrder reads the lists of families and of pupils part by part, to
// the end and back: every one once, in the order of names.
func listsGoOnInOrder(t *testing.T, c campaign) {
	pupil := func(l report.PupilLine) (string, string) {
		return l.Pupil.ID, french.Fold(l.Pupil.LastName + " " + l.Pupil.FirstName)
	}
	family := func(l report.FamilyLine) (string, string) {
		g := l.Household.Guardians[0]
		return l.ID, french.Fold(g.LastName + " " + g.FirstName)
	}
	goThrough(t, "pupils", pupil, func(p report.Part) (report.Listed[report.PupilLine], error) {
		return report.Pupils(c.Ctx, c.Store, secretary, c.Season.ID, p)
	})
	goThrough(t, "families", family, func(p report.Part) (report.Listed[report.FamilyLine], error) {
		return report.Families(c.Ctx, c.Store, secretary, p)
	})
	from, err := report.Families(c.Ctx, c.Store, secretary, report.Part{From: "Béz", Limit: 1})
	if err != nil || len(from.Lines) != 1 || !strings.HasPrefix(french.Fold(from.Lines[0].Household.Guardians[0].LastName), "bez") {
		t.Errorf("from « Béz »: got %+v, %v", from.Lines, err)
	}
	augustin, err := report.Pupils(c.Ctx, c.Store, secretary, c.Season.ID, report.Part{From: "aubry augustin", Limit: 1})
	if err != nil || len(augustin.Lines) != 1 || augustin.Lines[0].Rank == 0 || augustin.Lines[0].Households[0].ID != c.augustin.Household {
		t.Errorf("a pupil with its dossier and household: got %+v, %v", augustin.Lines, err)
	}
}

func goThrough[T any](t *testing.T, what string, of func(T) (id, name string), read func(report.Part) (report.Listed[T], error)) {
	t.Helper()
	const limit = 40
	var ids, names, back []string
	part := report.Part{Limit: limit}
	for {
		l, err := read(part)
		if err != nil || len(l.Lines) == 0 {
			t.Fatalf("%s after %q: %d lines, %v", what, part.After, len(l.Lines), err)
		}
		if l.Less != (part.After != "") {
			t.Errorf("%s after %q: says there are some before: %v", what, part.After, l.Less)
		}
		for _, line := range l.Lines {
			id, name := of(line)
			ids, names = append(ids, id), append(names, name)
		}
		if !l.More {
			break
		}
		part = report.Part{After: ids[len(ids)-1], Limit: limit}
	}
	if len(ids) < 3*limit || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		t.Errorf("%s: %d lines, some twice or too few to turn pages", what, len(ids))
	}
	if !slices.IsSorted(names) {
		t.Errorf("%s are not in the order of their names", what)
	}
	for before := ids[len(ids)-1]; ; {
		l, err := read(report.Part{Before: before, Limit: limit})
		if err != nil {
			t.Fatal(err)
		}
		var these []string
		for _, line := range l.Lines {
			id, _ := of(line)
			these = append(these, id)
		}
		back = append(these, back...)
		if !l.Less {
			break
		}
		before = these[0]
	}
	if !slices.Equal(back, ids[:len(ids)-1]) {
		t.Errorf("%s: back from the end, the lines are others: %d, want %d", what, len(back), len(ids)-1)
	}
}
