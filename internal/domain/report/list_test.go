package report_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/sheet"
)

// tables reads each list as CSV: how many lines it has, and one of them.
func tables(t *testing.T, c campaign) {
	hautbois, sevre := c.Wish("L-HAUTBOIS", 0).Course, c.Site("S-VIOLON")
	for _, row := range []struct {
		list  report.List
		s     report.Filter
		lines int
		has   string // the beginning of a line, or its end after « … »
	}{
		{report.ListDossiers, report.Filter{Group: report.ToCheck}, 2, "1;D-0001;07/06/2027 09:03:00;complet;Aubry;Augustin;Cursus Instrumental Enfant / ados;Pôle Sèvre;Violon et Orchestre"},
		{report.ListDossiers, report.Filter{Group: report.Everyone}, 5, ";D-0003;;reçu, incomplet;Benali;Salomé;"},
		{report.ListDossiers, report.Filter{Group: report.Everyone, Site: sevre}, 3, "1;D-0001;"},
		{report.ListDossiers, report.Filter{Group: report.Everyone, Course: hautbois}, 1, "2;D-0002;"},
		{report.ListDossiers, report.Filter{Group: report.Everyone, Programme: c.Programme("adultes")}, 0, ""},
		{report.ListDossiers, report.Filter{Group: report.Everyone, Text: "ines bossis"}, 1, "4;D-0005;"},
		{report.ListEnrolments, report.Filter{}, 8, "Hautbois;Pôle Loire;"},
		{report.ListEnrolments, report.Filter{Course: hautbois}, 1, "…Mathis;"},
		{report.ListPupils, report.Filter{}, 333, "Aubry;Augustin;"},
		{report.ListPupils, report.Filter{Site: sevre}, 3, "Bossis;Inès;"},
		{report.ListFamilies, report.Filter{}, 250, "…Augustin Aubry"},
		{report.ListFamilies, report.Filter{Course: hautbois}, 1, "…;BATARD-6474;"},
		{report.ListPlaces, report.Filter{Site: sevre}, len(placesAt(c, sevre)), "S-VIOLON;Violon;;Pôle Sèvre;"},
		{report.ListNoAnswer, report.Filter{}, 327, "Braud;Zoé;BRAUD-6463;non;oui;"},
		{report.ListSurvey, report.Filter{}, 4, "…;Pôle Loire;Cursus Instrumental Enfant / ados;Hautbois, Orchestre;2;"},
		{report.ListIdentifiers, report.Filter{}, 250, "…;AUBRY-4572;"},
	} {
		table, err := report.TableOf(c.Ctx, c.Store, secretary, c.Season, row.list, row.s)
		if err != nil {
			t.Fatalf("%s: %v", row.list, err)
		}
		var out bytes.Buffer
		c.Must(sheet.Write(&out, sheet.CSV, table))
		lines := strings.Split(strings.TrimSuffix(strings.TrimPrefix(out.String(), "\ufeff"), "\r\n"), "\r\n")
		if got := len(lines) - 1; got != row.lines {
			t.Errorf("%s %+v: got %d lines, want %d\n%s", row.list, row.s, got, row.lines, strings.Join(lines[:min(len(lines), 12)], "\n"))
		}
		part, anywhere := strings.CutPrefix(row.has, "…")
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, part) || anywhere && strings.Contains(l, part) }) {
			t.Errorf("%s %+v: no line %q\n%s", row.list, row.s, row.has, strings.Join(lines[:min(len(lines), 12)], "\n"))
		}
		if row.list == report.ListSurvey && strings.Contains(out.String(), "Augustin") {
			t.Error("the survey names a pupil")
		}
		if got := strings.Count(lines[0], ";") + 1; got != len(table.Columns) {
			t.Errorf("%s: %d titles, %d columns", row.list, got, len(table.Columns))
		}
	}
	withoutCandidates(t, c)
	if _, err := report.TableOf(c.Ctx, c.Store, c.zoe.Actor, c.Season, report.ListFamilies, report.Filter{}); !errors.Is(err, fault.ErrForbidden) {
		t.Errorf("a family reads the list of families: %v", err)
	}
	if _, err := report.TableOf(c.Ctx, c.Store, secretary, c.Season, "autre", report.Filter{}); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("an unknown list: %v", err)
	}
}

// withoutCandidates reads the lists of people while one family is a candidate.
func withoutCandidates(t *testing.T, c campaign) {
	is := func(candidate bool) {
		c.Must(c.Store.Write(c.Ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(c.Ctx, `update household set candidate = $1 where id = $2`, candidate, c.zoe.Household)
			return err
		}))
	}
	is(true)
	defer is(false)
	for list, name := range map[report.List]string{report.ListFamilies: ";BRAUD-6463;", report.ListPupils: "Braud;Zoé;"} {
		table, err := report.TableOf(c.Ctx, c.Store, secretary, c.Season, list, report.Filter{})
		c.Must(err)
		var out bytes.Buffer
		c.Must(sheet.Write(&out, sheet.CSV, table))
		if strings.Contains(out.String(), name) || !strings.Contains(out.String(), "Augustin") {
			t.Errorf("%s: lists a candidate, or nobody", list)
		}
	}
	families, err := report.Families(c.Ctx, c.Store, secretary, report.Part{Limit: 1000})
	c.Must(err)
	pupils, err := report.Pupils(c.Ctx, c.Store, secretary, c.Season.ID, report.Part{Limit: 1000})
	c.Must(err)
	if len(families.Lines) != 249 || len(pupils.Lines) >= 333 || slices.ContainsFunc(pupils.Lines, func(l report.PupilLine) bool { return l.Pupil.ID == c.zoe.Pupil.ID }) {
		t.Errorf("the pages list a candidate: %d families, %d pupils", len(families.Lines), len(pupils.Lines))
	}
}

// placesAt are the offerings of the pole.
func placesAt(c campaign, site string) (all []string) {
	for _, course := range c.Catalogue.Courses {
		for range max(len(course.Semesters), 1) {
			if course.SiteID == site {
				all = append(all, course.Code)
			}
		}
	}
	return all
}

func classes(t *testing.T, c campaign) {
	got, err := report.ClassesOf(c.Ctx, c.Store, secretary, c.Season, report.Filter{Site: c.Site("S-VIOLON")})
	c.Must(err)
	var read []string
	for _, class := range got {
		for _, p := range class.Pupils {
			read = append(read, class.Title+": "+p.PupilName+" "+string(p.DossierState))
		}
	}
	want := []string{"Flûte traversière: Inès Bossis enrolled", "Orchestre 1er cycle: Augustin Aubry complete", "Orchestre 1er cycle: Inès Bossis enrolled", "Violon: Augustin Aubry complete"}
	if !slices.Equal(read, want) {
		t.Errorf("got %q\nwant %q", read, want)
	}
	families, err := report.FamiliesOf(c.Ctx, c.Store, secretary, c.Season, report.Filter{Course: c.Wish("L-HAUTBOIS", 0).Course})
	c.Must(err)
	if len(families) != 1 || families[0].ID != c.mathis.Household {
		t.Errorf("the families of a course: got %v", families)
	}
	if _, err := report.ClassesOf(c.Ctx, c.Store, actor.Actor{Role: actor.Teacher}, c.Season, report.Filter{}); !errors.Is(err, fault.ErrForbidden) {
		t.Errorf("a teacher reads the addresses of families: %v", err)
	}
}
