package family_test

import (
	"net/http"
	"strings"
	"testing"

	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db/dbtest"
)

// Every form, through its handler, with what nobody should be able to send.
func TestForms(t *testing.T) {
	sqlite(t, func(s *site) {
		v, lucie := s.as(moreau), s.pupil(moreau, "Lucie")
		wizard, pupil := "/eleves/"+lucie+"/reinscription", "/eleves/"+lucie
		v.submit(v.get("/famille/identite"), "/famille/identite", "facturation", "3", "moyens", "cheques")
		v.post(wizard + "/famille")
		v.post(wizard+"/eleve", "administrative", "oui", "niveau", "6e", "droit_image", "yes")
		v.post(wizard+"/cours", "action", "formule", "formule", s.programme("cursus"))
		long, nul := strings.Repeat("é", 3000), "a\x00b"
		for _, c := range []struct {
			what, page, field, value, says string
		}{
			{"no name", "/famille/identite", people.FieldLastName, "", "obligatoire"},
			{"name over-long", "/famille/identite", people.FieldLastName, long, "caractères"},
			{"name with a NUL", "/famille/identite", people.FieldLastName, nul, "ne peuvent pas être enregistrés"},
			{"no such postcode", "/famille/identite", people.FieldPostcode, "4443", "cinq chiffres"},
			{"no telephone", "/famille/identite", people.FieldMobile, "", "au moins un numéro"},
			{"no e-mail", "/famille/identite", people.FieldEmail, "", "obligatoire"},
			{"e-mail that is none", "/famille/identite", people.FieldEmail, "claire@", "s’écrit comme"},
			{"forged billing mode", "/famille/identite", people.FieldBilling, "7", "Choisissez un mode"},
			{"forged means", "/famille/identite", people.FieldMeans, "lingots", "Choisissez parmi"},
			{"pupil without name", pupil + "/identite", people.FieldLastName, "", "obligatoire"},
			{"pupil's name over-long", pupil + "/identite", people.FieldFirstName, long, "caractères"},
			{"day that is none", pupil + "/identite", people.FieldBirthDate, "31/02/2015", "jj/mm/aaaa"},
			{"day to come", pupil + "/identite", people.FieldBirthDate, "01/01/2028", "à venir"},
			{"forged level", pupil + "/identite", people.FieldLevel, "7e", "de la liste"},
			{"forged image right", pupil + "/identite", people.FieldImageRight, "peut-être", "réponses proposées"},
			{"teacher's note over-long", pupil + "/identite", people.FieldTeacherNote, long, "caractères"},
			{"pupil with a NUL", pupil + "/identite", people.FieldTeacherNote, nul, "ne peuvent pas être enregistrés"},
			{"no level", wizard + "/eleve", people.FieldLevel, "", "Choisissez le niveau"},
			{"forged level, step", wizard + "/eleve", people.FieldLevel, "<script>", "de la liste"},
			{"note over-long", wizard + "/cours", "note", long, "caractères au plus"},
			{"note with a NUL", wizard + "/cours", "note", nul, "ne peuvent pas être enregistrés"},
			{"forged pole", wizard + "/cours", "pole", "ailleurs", "pôle"},
			{"forged course", wizard + "/cours", "ligne-0", "autre/0", "Il manque"},
		} {
			p := v.submit(v.get(c.page), c.page, c.field, c.value)
			if p.code != 422 || !strings.Contains(p.text(), c.says) {
				t.Errorf("%s: got %d %s", c.what, p.code, p.text())
			}
			if c.value != nul && !strings.HasPrefix(p.Find("title").Text(), "Erreur") {
				t.Errorf("%s: the title is %q", c.what, p.Find("title").Text())
			}
		}
	})
}

func TestTheAgreementIsToTheTextShown(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		wizard := "/eleves/" + lucie + "/reinscription"
		p := v.submit(v.get(wizard+"/envoi"), wizard+"/envoi", "texte", "autre", "accord", "oui")
		if p.code != 422 {
			t.Errorf("got %d", p.code)
		}
		p.says(t, "Le règlement a changé")
		if r := s.registration(moreau, lucie); r.Dossier.Rank != 0 {
			t.Errorf("the dossier has rank %d", r.Dossier.Rank)
		}
	})
}

func TestWhatIsTypedIsShownAsText(t *testing.T) {
	sqlite(t, func(s *site) {
		v, lucie := s.as(moreau), s.pupil(moreau, "Lucie")
		const script = `<script>alert(1)</script>`
		v.submit(v.get("/famille/identite"), "/famille/identite", "facturation", "3", "moyens", "cheques", people.FieldAddress, script, people.FieldLastName, script)
		v.submit(v.get("/eleves/"+lucie+"/identite"), "/eleves/"+lucie+"/identite", "niveau", "6e", "droit_image", "yes", people.FieldFirstName, script, people.FieldTeacherNote, script)
		for _, path := range []string{"/accueil", "/famille/identite", "/eleves/" + lucie + "/identite", "/eleves/" + lucie + "/reinscription/famille", "/eleves/" + lucie + "/reinscription/eleve"} {
			p := v.get(path)
			if p.code != 200 || strings.Contains(string(p.body), "<script>alert") || !strings.Contains(string(p.body), "&lt;script&gt;") {
				t.Errorf("%s: got %d, the script is not shown as text", path, p.code)
			}
		}
	})
}

// A pupil, a paper, a dossier of another family does not exist.
func TestAnotherFamilysPupilDoesNotExist(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	v, stranger := s.as(moreau), s.as("AUBRY-4572")
	lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
	v.upload("/famille/importer", "quotient-familial", map[string][]byte{"caf.png": photo(t, 1)})
	v.send(lucie)
	request := s.registration(moreau, lucie).Requests[0].ID
	deposit := s.registration(moreau, lucie).Papers[0].Deposit.ID
	pupil, wizard := "/eleves/"+lucie, "/eleves/"+lucie+"/reinscription"
	gets := []string{
		pupil, pupil + "/identite", pupil + "/cours", pupil + "/documents", wizard, wizard + "/famille", wizard + "/eleve", wizard + "/cours",
		wizard + "/pieces", wizard + "/envoi", wizard + "/confirmation", wizard + "/changer", wizard + "/renoncer", wizard + "/accuse.pdf",
		wizard + "/formulaire.pdf", pupil + "/offres/" + request, "/pieces/" + deposit, "/eleves?eleve=" + lucie,
	}
	posts := []string{
		pupil + "/identite", wizard + "/famille", wizard + "/eleve", wizard + "/revient", wizard + "/cours", wizard + "/envoi",
		wizard + "/changer", wizard + "/renoncer", pupil + "/offres/" + request,
	}
	for _, path := range gets {
		if p := stranger.get(path); p.code != 404 {
			t.Errorf("a stranger's GET %s: got %d", path, p.code)
		}
		if p := s.as("").get(path); p.code != 303 || !strings.HasPrefix(p.to(), "/connexion") {
			t.Errorf("nobody's GET %s: got %d to %q", path, p.code, p.to())
		}
	}
	for _, path := range posts {
		if p := stranger.post(path, "action", "non"); p.code != 404 {
			t.Errorf("a stranger's POST %s: got %d", path, p.code)
		}
	}
	if p := stranger.upload("/famille/importer", "formulaire:"+lucie, map[string][]byte{"a.png": photo(t, 2)}); p.code != 422 {
		t.Errorf("a stranger's import for the pupil: got %d", p.code)
	}
	if p := s.as("secretariat").get("/pieces/" + deposit); p.code != 200 {
		t.Errorf("the office's GET of the paper: got %d", p.code)
	}
	if p := s.as("secretariat").get("/accueil"); p.code != 403 {
		t.Errorf("the office's GET of a family's home: got %d", p.code)
	}
}

// What no link of ours holds is not found, on both engines.
func TestStrangeAddresses(t *testing.T) {
	each(t, func(s *site) {
		v := s.as(moreau)
		for _, path := range []string{
			"/eleves/%00/identite", "/eleves/%ff/reinscription", "/eleves/" + strings.Repeat("a", 3000) + "/cours", "/eleves/%27%20or%201=1/documents",
			"/pieces/%00", "/pieces/..%2F..%2Fetc", "/telechargements/%00", "/textes/%00", "/adresse/%00", "/offre/%00",
			"/eleves?eleve=%00autre",
		} {
			p := v.get(path)
			if path == "/eleves?eleve=%00autre" { // unreadable is as good as absent
				if p.code != 303 {
					t.Errorf("%s: got %d", path, p.code)
				}
				continue
			}
			if p.code != 404 {
				t.Errorf("%s: got %d", path, p.code)
			}
		}
		if p := v.post("/eleves/%00/reinscription/revient"); p.code != 404 {
			t.Errorf("a strange address to post to: got %d", p.code)
		}
	})
}

// A deposited file does nothing in the reader's browser.
func TestADepositedFileIsClosed(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	v := s.as(moreau)
	v.upload("/famille/importer", "quotient-familial", map[string][]byte{"caf <b>\"é\".png": photo(t, 1)})
	papers := v.get("/famille/documents")
	href, _ := papers.Find(`a[href^="/pieces/"]`).Attr("href")
	p := v.get(href)
	for name, want := range map[string]string{
		"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store", "X-Frame-Options": "SAMEORIGIN",
	} {
		if got := p.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := p.header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'") || !strings.Contains(got, "sandbox") {
		t.Errorf("the policy is %q", got)
	}
	if got := p.header.Get("Content-Disposition"); !strings.HasPrefix(got, "inline; filename") || strings.ContainsAny(got, "<\n") {
		t.Errorf("the disposition is %q", got)
	}
	if http.DetectContentType(p.body) != "image/png" {
		t.Errorf("the file is %s", http.DetectContentType(p.body))
	}
}
