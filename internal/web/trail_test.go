package web_test

import (
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"pupitre/internal/demo"
	"pupitre/internal/domain/trail"
	"pupitre/internal/web"
)

// keeping serves the scene's school with its journal of accesses.
func (s *seeded) keeping() *trail.Keeper {
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	keeper := trail.NewKeeper(s.store, s.clock, log)
	server := httptest.NewServer(web.New(web.Config{Store: s.store, Accounts: s.accounts, Clock: s.clock, Log: log, Pages: s.pages(), Version: "test", Trail: keeper}))
	s.Cleanup(keeper.Close)
	s.Cleanup(server.Close)
	s.server = server
	return keeper
}

// TestWhoSawWhatIsWrittenDown has a secretary sign in and look at a family, then
// reads the journal as the administration: on screen, narrowed, and as a file. No
// list or paper leaves without its line.
func TestWhoSawWhatIsWrittenDown(t *testing.T) {
	seededOnSQLite(t, func(s *seeded) {
		keeper := s.keeping()
		login := s.text(`select login from account where role = 'secretary'`)
		s.ask(request{path: "/connexion", form: url.Values{"identifiant": {login}, "mot_de_passe": {"pas-celui-la"}}})
		in := s.signIn(login, demo.StaffPassword)
		household := s.text(`select household_id from account where login = $1`, demo.Family)
		family := "/bureau/familles/" + household
		deposit := s.text(`select min(id) from deposit where household_id = $1 and replaced_at is null`, household)
		dossier := s.text(`select min(id) from dossier where household_id = $1`, household)
		for _, path := range []string{family, family, family + "?tout=journal", "/bureau/dossiers/" + dossier, "/bureau/dossiers", "/pieces/" + deposit, "/pieces/" + deposit, "/bureau/familles/inconnue"} {
			s.ask(request{path: path, cookie: in})
		}
		site := s.text(`select id from site where code = 'loire'`)
		sheet := s.ask(request{path: "/bureau/listes/dossiers/csv?pole=" + site, cookie: in})
		people := strconv.Itoa(strings.Count(sheet.body, "\n") - 1) // its first line names the columns
		if said := s.text(`select cast(row_count as text) from access_line where subject like 'dossiers-%'`); sheet.status != 200 || people == "0" || said != people {
			t.Errorf("the file: %d with %s rows, the journal says %s", sheet.status, people, said)
		}
		if said := s.text(`select said from access_line where subject like 'dossiers-%'`); !strings.Contains(said, site) {
			t.Errorf("the filters: %q", said)
		}
		if n := s.text(`select cast(count(*) as text) from access_line where kind = 'file' and household_id = $1`, household); n != "1" {
			t.Errorf("%s lines of the paper, before anything was flushed", n)
		}
		s.ask(request{path: "/deconnexion", cookie: in, form: url.Values{}})
		keeper.Flush(t.Context())
		for what, want := range map[string]string{
			`event = 'sign_in_refused' and actor_role = 'secretary'`:                     "1",
			`event = 'signed_in' and actor_role = 'secretary' and address = '127.0.0.1'`: "1",
			`event = 'signed_out'`:                                              "1",
			`event = 'office.household' and household_id <> ''`:                 "1",
			`event = 'office.review' and household_id <> '' and pupil_id <> ''`: "1",
			`event = 'office.queue'`:                                            "0",
		} {
			if got := s.text(`select cast(count(*) as text) from access_line where ` + what); got != want {
				t.Errorf("%s: %s lines, want %s", what, got, want)
			}
		}

		chief := s.signInStaff(administrator)
		const path = "/bureau/reglages/droits/journal"
		page := s.ask(request{path: path, cookie: chief})
		for _, want := range []string{"Connexion refusée", "Session fermée", "Fichier emporté", "Page ouverte", ">Foyer ", `href="` + family + `"`} {
			if !strings.Contains(page.body, want) {
				t.Errorf("the journal does not show %q", want)
			}
		}
		narrowed := s.ask(request{path: path + "?nature=pages&foyer=" + household, cookie: chief})
		if narrowed.status != 200 || !strings.Contains(narrowed.body, "Qui a vu le foyer") || strings.Contains(narrowed.body, "Connexion refusée") {
			t.Errorf("who saw the family: %d", narrowed.status)
		}
		for _, bad := range []string{"du=hier", "du=10/06/2027&au=01/06/2027", "nature=tout", "mots=" + strings.Repeat("a", 101)} {
			if answer := s.ask(request{path: path + "?" + bad, cookie: chief}); answer.status != 422 {
				t.Errorf("%s: got %d", bad, answer.status)
			}
		}
		taken := s.ask(request{path: path + "/csv?nature=fichiers", cookie: chief})
		if taken.status != 200 || !strings.Contains(taken.body, "Fichier emporté") || strings.Contains(taken.body, "Connexion refusée") {
			t.Errorf("the file: %d %.300s", taken.status, taken.body)
		}
		if n := s.text(`select said || ' ' || row_count from access_line where subject = 'journal-des-acces.csv'`); n != "nature\u202f: fichiers 2" {
			t.Errorf("the file of the journal: %q", n)
		}
		for _, who := range []string{in, s.signInFamily(household)} {
			for _, path := range []string{path, path + "/csv"} {
				if answer := s.ask(request{path: path, cookie: who}); answer.status == 200 || strings.Contains(answer.body, "Page ouverte") {
					t.Errorf("%s: got %d", path, answer.status)
				}
			}
		}
		keeper.Flush(t.Context())
		page = s.ask(request{path: family, cookie: s.signInStaff(secretary)})
		if strings.Contains(page.body, "Qui a vu ce foyer") {
			t.Error("the secretariat is led to the journal")
		}
		if !strings.Contains(page.body, "dernière connexion") {
			t.Error("the secretariat is not told when the family last came in")
		}
	})
}
