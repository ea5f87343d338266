package report_test

import (
	"errors"
	"strings"
	"testing"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

var secretary = testschool.Secretary

// campaign is a school where each group of the queue has someone: Augustin is
// complete with papers to check, Mathis is ready, Salomé is incomplete, Thaïs
// has a refused RIB, Inès is enrolled, Isaac does not come back, Zoé has a draft.
type campaign struct {
	*testschool.School
	augustin, mathis, salome, thais, ines, isaac, zoe testschool.Family
}

func open(t *testing.T, store *db.Store) campaign {
	t.Helper()
	c := campaign{School: testschool.Open(t, store)}
	c.augustin = c.Family("AUBRY-4572", "Augustin").Prepare("prelevement").Choose("cursus", "S-VIOLON", "S-ORCHESTRE-1")
	c.augustin.Deposit("rib")
	c.augustin.Deposit("mandat")
	c.augustin.Send()
	c.mathis = c.Family("BATARD-6474", "Mathis").Prepare().Choose("cursus", "L-HAUTBOIS", "L-ORCHESTRE-1")
	c.mathis.Send()
	c.salome = c.Family("BENALI-7288", "Salomé").Prepare("prelevement").Choose("cursus", "S-HARPE", "S-ORCHESTRE-1", "S-CULTURE-1")
	c.salome.Send()
	c.thais = c.Family("BAHUAUD-7432", "Thaïs").Prepare("prelevement").Choose("cursus", "L-GUITARE", "L-CHOEUR-ENFANTS")
	rib := c.thais.Deposit("rib")
	c.thais.Deposit("mandat")
	c.thais.Send()
	c.Must(c.Registrar.Refuse(c.Ctx, secretary, enrolment.Review{Deposit: rib, Version: 1, Reason: "Illisible"}))
	c.ines = c.Family("BOSSIS-1722", "Inès").Prepare().Choose("cursus", "S-FLUTE", "S-ORCHESTRE-1")
	_, err := c.Registrar.Confirm(c.Ctx, secretary, c.ines.Send().ID, "")
	c.Must(err)
	c.isaac = c.Family("BRAUD-2397", "Isaac")
	c.Must(c.Registrar.NotReturning(c.Ctx, c.isaac.Actor, c.isaac.Pupil.ID, c.isaac.Household, ""))
	c.zoe = c.Family("BRAUD-6463", "Zoé").Prepare().Choose("cursus", "L-BATTERIE", "L-CHOEUR-ENFANTS")
	return c
}

func each(t *testing.T, f func(t *testing.T, c campaign)) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) { f(t, open(t, store)) })
}

func names(rows []report.Row) string {
	var all []string
	for _, r := range rows {
		all = append(all, r.FirstName)
	}
	return strings.Join(all, " ")
}

// TestLists reads one campaign in every way, without changing it.
func TestLists(t *testing.T) {
	each(t, func(t *testing.T, c campaign) {
		t.Run("queue", func(t *testing.T) { queue(t, c) })
		t.Run("neighbours follow the rank", func(t *testing.T) { neighboursFollowTheRank(t, c) })
		t.Run("search", func(t *testing.T) { search(t, c) })
		t.Run("lists go on in order", func(t *testing.T) { listsGoOnInOrder(t, c) })
		t.Run("no answer", func(t *testing.T) { noAnswer(t, c) })
		t.Run("tables", func(t *testing.T) { tables(t, c) })
		t.Run("classes", func(t *testing.T) { classes(t, c) })
		t.Run("at one pole", func(t *testing.T) { atOnePole(t, c) })
		t.Run("figures", func(t *testing.T) { figures(t, c) })
	})
}

func queue(t *testing.T, c campaign) {
	for _, row := range []struct {
		what  string
		f     report.Filter
		names string
		count int64
	}{
		{"a paper to check, one more of a refused dossier", report.Filter{Group: report.ToCheck}, "Augustin Thaïs", 2},
		{"sent without its papers", report.Filter{Group: report.Incomplete}, "Salomé", 1},
		{"a refused paper", report.Filter{Group: report.OnFamily}, "Thaïs", 1},
		{"enrolled", report.Filter{Group: report.Validated}, "Inès", 1},
		{"nobody waits", report.Filter{Group: report.OnList}, "", 0},
		{"ready to be confirmed", report.Filter{Group: report.Ready}, "Mathis", 1},
		{"all that were sent, by rank then by time of sending", report.Filter{Group: report.Everyone}, "Augustin Mathis Thaïs Inès Salomé", 5},
		{"by name, without its accents", report.Filter{Group: report.Everyone, Text: "ines BOSSIS"}, "Inès", 1},
		{"by number", report.Filter{Group: report.Everyone, Text: "d-0002"}, "Mathis", 1},
		{"by pole", report.Filter{Group: report.Everyone, Site: c.Site("L-HAUTBOIS")}, "Mathis Thaïs", 2},
		{"a page beyond the last shows the last", report.Filter{Group: report.ToCheck, Page: 9}, "Augustin Thaïs", 2},
	} {
		q, err := new(report.Counter).QueueOf(c.Ctx, c.Store, secretary, c.Season, row.f)
		if err != nil {
			t.Fatalf("%s: %v", row.what, err)
		}
		if got := names(q.Rows); got != row.names || q.Total != row.count {
			t.Errorf("%s: got %q (%d), want %q (%d)", row.what, got, q.Total, row.names, row.count)
		}
	}
}

// The queue's « prêts à confirmer » are those that the registrar confirms.
func TestReadyIsWhatTheRegistrarConfirms(t *testing.T) {
	each(t, func(t *testing.T, c campaign) {
		ready := func() int64 {
			counts, err := new(report.Counter).CountsOf(c.Ctx, c.Store, secretary, c.Season, report.Filter{})
			c.Must(err)
			return counts[report.Ready]
		}
		if n := ready(); n != 1 {
			t.Fatalf("got %d ready, want 1", n)
		}
		reg, err := enrolment.RegistrationOf(c.Ctx, c.Store, secretary, c.augustin.Pupil.ID)
		c.Must(err)
		for _, s := range reg.Papers {
			if s.Paper.Required {
				c.Must(c.Registrar.Validate(c.Ctx, secretary, enrolment.Review{Deposit: s.Deposit.ID, Version: s.Deposit.Version}))
			}
		}
		if n := ready(); n != 2 {
			t.Errorf("with its papers validated: got %d ready, want 2", n)
		}
		done, err := c.Registrar.ConfirmReady(c.Ctx, secretary)
		c.Must(err)
		if len(done.Dossiers) != 2 || ready() != 0 {
			t.Errorf("the registrar confirmed %v and left %d, want 2 and 0", done.Dossiers, ready())
		}
	})
}

func TestRowSaysCoursesPapersAndBadges(t *testing.T) {
	each(t, func(t *testing.T, c campaign) {
		c.Clock.Add(1)
		lea := c.Family("BOURCIER-2628", "Jules").Prepare()
		c.Must(c.Registrar.EnterPaper(c.Ctx, secretary, lea.Household, enrolment.OnPaper{
			NewChoice: enrolment.NewChoice{Pupil: lea.Pupil.ID, Programme: c.Programme("cursus"), Site: c.Site("L-PIANO"),
				Wishes: enrolment.Choice{c.Wish("L-PIANO", 0), c.Wish("L-CHOEUR-ENFANTS", 0)}, Reason: "sans internet"},
			ReceivedAt: testschool.Paris("2027-06-02 10:30"),
		}))
		q, err := new(report.Counter).QueueOf(c.Ctx, c.Store, secretary, c.Season, report.Filter{Group: report.Everyone})
		c.Must(err)
		for _, r := range q.Rows {
			switch r.FirstName {
			case "Augustin":
				if got := strings.Join(courseTitles(r), ", "); got != "Violon, Orchestre 1er cycle" {
					t.Errorf("courses: got %q", got)
				}
				if got := len(r.Papers); got != 3 || r.Site != "Pôle Sèvre" || r.Label() != "D-0001" || r.Rank != 1 {
					t.Errorf("got %d papers, %s, %s, rank %d", got, r.Site, r.Label(), r.Rank)
				}
			case "Jules":
				if got := strings.Join(r.Badges(), "; "); got != "reçu sur papier le 2 juin 2027 à 10\u00a0h\u00a030" {
					t.Errorf("badges: got %q", got)
				}
			}
		}
	})
}

func neighboursFollowTheRank(t *testing.T, c campaign) {
	at := func(group report.Group, f testschool.Family) report.Position {
		p, err := report.PositionOf(c.Ctx, c.Store, secretary, c.Season.ID, group, f.Dossier())
		c.Must(err)
		return p
	}
	p := at(report.Everyone, c.mathis)
	if p.Previous.FirstName != "Augustin" || p.Next.FirstName != "Thaïs" || p.At != 2 || p.Total != 5 || !p.Inside {
		t.Errorf("in the middle: got %+v", p)
	}
	if p = at(report.Everyone, c.salome); p.Next.ID != "" || p.Previous.FirstName != "Inès" || p.At != 5 {
		t.Errorf("the incomplete one comes last: got %+v", p)
	}
	if p = at(report.ToCheck, c.ines); p.Next.ID != "" || p.Previous.FirstName != "Thaïs" || p.Inside {
		t.Errorf("one that has left the group: got %+v", p)
	}
	first, err := report.First(c.Ctx, c.Store, secretary, c.Season.ID, report.Everyone)
	c.Must(err)
	if first != c.augustin.Dossier().ID {
		t.Errorf("first: got %s", first)
	}
	if _, err := report.First(c.Ctx, c.Store, secretary, c.Season.ID, report.OnList); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("first of an empty group: got %v", err)
	}
}

func search(t *testing.T, c campaign) {
	for _, row := range []struct{ what, text, family, pupil, dossier string }{
		{"a pupil without accents", "salome benali", "", "Salomé Benali", "D-0003"},
		{"an identifiant", "aubry-4572", "Françoise Aubry", "", ""},
		{"a dossier's number", "D-0001", "", "Augustin Aubry", "D-0001"},
		{"a mobile typed with spaces", "06 39 98 09 77", "Françoise Aubry", "", ""},
		{"an e-mail", "francoise.aubry@exemple.fr", "Françoise Aubry", "", ""},
		{"nothing", "zzzz", "", "", ""},
		{"a percent sign is no joker", "%%%", "", "", ""},
	} {
		found, err := report.Search(c.Ctx, c.Store, secretary, c.Season.ID, row.text, 10)
		c.Must(err)
		var family, pupil, label string
		if len(found.Families) > 0 {
			family = found.Families[0].Title
		}
		if len(found.Pupils) > 0 {
			pupil, label = found.Pupils[0].Title, found.Pupils[0].Label
		}
		if family != row.family || pupil != row.pupil || label != row.dossier {
			t.Errorf("%s: got %q %q %q, want %q %q %q", row.what, family, pupil, label, row.family, row.pupil, row.dossier)
		}
	}
}

func noAnswer(t *testing.T, c campaign) {
	rows, err := report.NoAnswer(c.Ctx, c.Store, secretary, c.Season.ID, 0, 0)
	c.Must(err)
	states := map[string]enrolment.State{}
	for _, r := range rows {
		states[r.PupilID] = r.State
	}
	for _, row := range []struct {
		what   string
		pupil  testschool.Family
		listed bool
	}{
		{"sent and complete", c.augustin, false},
		{"sent, incomplete", c.salome, false},
		{"« Ne se réinscrit pas »", c.isaac, false},
		{"a draft", c.zoe, true},
		{"nothing at all", c.Family("BIGOT-3802", "Antonin"), true},
	} {
		if _, got := states[row.pupil.Pupil.ID]; got != row.listed {
			t.Errorf("%s: listed is %v, want %v", row.what, got, row.listed)
		}
	}
	n, err := report.NoAnswerCount(c.Ctx, c.Store, c.Season.ID)
	c.Must(err)
	if n != int64(len(states)) {
		t.Errorf("counted %d, listed %d", n, len(states))
	}
}

func TestDashboard(t *testing.T) {
	each(t, func(t *testing.T, c campaign) {
		d, err := new(report.Counter).DashboardOf(c.Ctx, c.Store, secretary, c.Season)
		c.Must(err)
		if d.Counts[report.ToCheck] != 2 || d.NotComing != 1 || d.ReviewLeft != 3 || d.PlacesTaken != 8 || d.NeverIn == 0 || d.NeverIn != d.Untold {
			t.Errorf("got %+v", d)
		}
		if _, err := c.Accounts.MailIdentifiers(c.Ctx, secretary, []string{c.zoe.Account}); err != nil {
			t.Fatal(err)
		}
		after, err := new(report.Counter).DashboardOf(c.Ctx, c.Store, secretary, c.Season)
		c.Must(err)
		if after.Untold != d.Untold-1 || after.NeverIn != d.NeverIn {
			t.Errorf("after a mail: untold %d then %d, never in %d then %d", d.Untold, after.Untold, d.NeverIn, after.NeverIn)
		}
		n, err := report.AnsweredSince(c.Ctx, c.Store, secretary, c.Clock.Now())
		c.Must(err)
		if n != 1 {
			t.Errorf("answered today: got %d, want 1", n)
		}
	})
}

func TestOnlyTheOfficeReads(t *testing.T) {
	store := dbtest.SQLite(t)
	s := testschool.Open(t, store)
	family := s.Family("AUBRY-4572", "Augustin").Actor
	for _, a := range []actor.Actor{family, {Role: actor.Teacher}, {Role: actor.Bursar}, {}} {
		for what, read := range map[string]func() error{
			"queue": func() error {
				_, err := new(report.Counter).QueueOf(s.Ctx, store, a, s.Season, report.Filter{})
				return err
			},
			"search":    func() error { _, err := report.Search(s.Ctx, store, a, s.Season.ID, "aubry", 5); return err },
			"families":  func() error { _, err := report.Families(s.Ctx, store, a, report.Part{Limit: 5}); return err },
			"pupils":    func() error { _, err := report.Pupils(s.Ctx, store, a, s.Season.ID, report.Part{Limit: 5}); return err },
			"no answer": func() error { _, err := report.NoAnswer(s.Ctx, store, a, s.Season.ID, 0, 0); return err },
			"failed":    func() error { _, err := report.FailedMails(s.Ctx, store, a, 5); return err },
			"recent":    func() error { _, err := report.RecentMails(s.Ctx, store, a, 5); return err },
			"never in":  func() error { _, err := report.NeverSignedIn(s.Ctx, store, a); return err },
			"dashboard": func() error { _, err := new(report.Counter).DashboardOf(s.Ctx, store, a, s.Season); return err },
		} {
			if err := read(); !errors.Is(err, fault.ErrForbidden) {
				t.Errorf("%s reads %s: got %v", a.Role, what, err)
			}
		}
	}
}

func courseTitles(r report.Row) []string {
	var all []string
	for _, c := range r.Courses {
		all = append(all, c.Title)
	}
	return all
}
