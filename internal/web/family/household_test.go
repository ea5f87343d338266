package family_test

import (
	"fmt"
	"strings"
	"testing"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

func (s *site) household(login string) people.Household {
	s.t.Helper()
	a := s.actor(login)
	h, err := people.HouseholdByID(s.t.Context(), s.store, a, a.Household)
	s.must(err)
	return h
}

func TestIdentityKeepsSeveralResponsiblesAndMeans(t *testing.T) {
	each(t, func(s *site) {
		v := s.as(moreau)
		form := v.get("/famille/identite")
		p := v.submit(form, "/famille/identite", "facturation", "8", "moyens", "prelevement", "moyens", "cheques-vacances",
			"nom_2", "Moreau", "prenom_2", "Julien", "email_2", "", "telephone_mobile_2", "06 39 98 00 01")
		v.expect(p, 303, "/famille/identite")
		h := s.household(moreau)
		if len(h.Guardians) != 2 || h.Guardians[1].FirstName != "Julien" || h.BillingMode != 8 || len(h.Means) != 2 {
			t.Fatalf("got %+v", h)
		}
		saved := v.get("/famille/identite")
		saved.says(t, "Modifications enregistrées", "Responsable 2")
		if got := saved.Find("input[name=moyens]:checked").Length(); got != 2 {
			t.Errorf("%d means are checked", got)
		}
		// The same form again is older than what is stored.
		late := v.submit(form, "/famille/identite", "facturation", "1", "moyens", "cheques", "ville", "Vallet")
		if late.code != 409 || late.Find("#ville").AttrOr("value", "") != "Vallet" {
			t.Errorf("an old version: got %d, the town %q", late.code, late.Find("#ville").AttrOr("value", ""))
		}
		late.says(t, "ont été modifiés entre-temps", "Le Loroux-Bottereau")
		v.expect(v.submit(late, "/famille/identite"), 303, "/famille/identite")
		if h := s.household(moreau); h.Town != "Vallet" {
			t.Errorf("read again and saved, the town is %q", h.Town)
		}
		if p := v.submit(v.get("/famille/identite"), "/famille/identite", "responsable", "autre"); p.code != 404 {
			t.Errorf("a forged responsible: got %d", p.code)
		}
		v.get("/factures").says(t, "Aucune facture", "En 1 fois – paiement en octobre", "Chèques")
	})
}

// Its link would still make a mistyped address count.
func TestAnAddressGivenUpIsConfirmedAllTheSame(t *testing.T) {
	each(t, func(s *site) {
		v := s.as(moreau)
		v.submit(v.get("/famille/identite"), "/famille/identite", "facturation", "3", "moyens", "cheques", "email", "claire@nouvelle.fr")
		link := "/adresse/" + s.secret("confirm_address")
		v.expect(v.submit(v.get("/famille/identite"), "/famille/identite", "ville", "Clisson"), 303, "/famille/identite")
		if g := s.household(moreau).Guardians[0]; g.PendingEmail != "claire@nouvelle.fr" {
			t.Errorf("another field changed, the address that waits is %q", g.PendingEmail)
		}
		v.expect(v.submit(v.get("/famille/identite"), "/famille/identite", "email", "claire.moreau@exemple.fr"), 303, "/famille/identite")
		p := s.as("").post(link)
		if g := s.household(moreau).Guardians[0]; p.code != 404 || g.Email != "claire.moreau@exemple.fr" || g.PendingEmail != "" {
			t.Errorf("the former address put back: the link answers %d, the addresses are %q and %q", p.code, g.Email, g.PendingEmail)
		}
	})
}

func TestANewAddressCountsOnceConfirmed(t *testing.T) {
	each(t, func(s *site) {
		v, nobody := s.as(moreau), s.as("")
		v.submit(v.get("/famille/identite"), "/famille/identite", "facturation", "3", "moyens", "cheques", "email", "claire@nouvelle.fr")
		v.get("/famille/identite").says(t, "Adresse mail à confirmer", "claire@nouvelle.fr")
		if h := s.household(moreau); h.Guardians[0].Email != "claire.moreau@exemple.fr" {
			t.Fatalf("the new address counts already: %q", h.Guardians[0].Email)
		}
		link := "/adresse/" + s.secret("confirm_address")
		nobody.get(link).says(t, "claire@nouvelle.fr", "Confirmer cette adresse")
		if h := s.household(moreau); h.Guardians[0].Email != "claire.moreau@exemple.fr" {
			t.Fatalf("reading the page has confirmed the address")
		}
		nobody.post(link).says(t, "Nous écrirons désormais à claire@nouvelle.fr")
		if h := s.household(moreau); h.Guardians[0].Email != "claire@nouvelle.fr" {
			t.Errorf("confirmed, the address is %q", h.Guardians[0].Email)
		}
		for _, p := range []page{nobody.get(link), nobody.post(link), nobody.get("/adresse/autre")} {
			if p.code != 404 {
				t.Errorf("a used or forged link: got %d", p.code)
			}
			p.says(t, "Ce lien ne sert plus")
		}
	})
}

// The table of R13, in its words, before and after each act.
func TestTheTableOfPapers(t *testing.T) {
	sqlite(t, func(s *site) {
		v := s.as(moreau)
		v.submit(v.get("/famille/identite"), "/famille/identite", "facturation", "3", "moyens", "prelevement")
		row := func(paper string) string {
			return cells(v.get("/famille/documents"), paper)
		}
		want := func(paper, line string) {
			t.Helper()
			if got := row(paper); got != line {
				t.Errorf("got %q, want %q", got, line)
			}
		}
		if got := strings.Join(v.get("/famille/documents").Find("thead th").Map(func(_ int, e *selection) string { return strings.TrimSpace(e.Text()) }), "|"); got != "Nom du document|Nom du fichier|Date|Heure|Taille (Mo)|État|Consulter" {
			t.Errorf("the columns are %s", got)
		}
		want("RIB", "-|-|-|0,00|À fournir")
		v.expect(v.upload("/famille/importer", "rib", map[string][]byte{"rib moreau.png": photo(t, 1)}), 303, "/famille/documents")
		want("RIB", "rib moreau.png|08/06/2027|22:05|0,01|Fourni en vérification")
		s.review(moreau, "rib", document.Refused, "Le titulaire n’est pas lisible")
		want("RIB", "rib moreau.png|08/06/2027|22:05|0,01|Refusé à remplacer")
		v.get("/famille/documents").says(t, "Le titulaire n’est pas lisible")
		v.get("/accueil").says(t, "À remplacer\u202f: Le titulaire n’est pas lisible")
		v.upload("/famille/importer", "rib", map[string][]byte{"rib.png": photo(t, 2)})
		s.review(moreau, "rib", document.Validated, "")
		want("RIB", "rib.png|08/06/2027|22:05|0,01|Validé")
		v.upload("/famille/importer", "quotient-familial", map[string][]byte{"caf.png": photo(t, 3)})
		s.review(moreau, "quotient-familial", document.Validated, "")
		if p := v.upload("/famille/importer", "quotient-familial", map[string][]byte{"caf2.png": photo(t, 4)}); p.code != 422 {
			t.Errorf("a paper of the season that is validated: got %d", p.code)
		}
	})
}

// cells are the row of the paper, its name and its buttons left out.
func cells(p page, paper string) string {
	var line []string
	p.Find("tbody tr").Each(func(_ int, tr *selection) {
		if !strings.HasPrefix(strings.TrimSpace(tr.Find("th").Text()), paper) {
			return
		}
		tr.Find("td:not(.action)").Each(func(_ int, td *selection) {
			words := strings.ReplaceAll(strings.Join(strings.Fields(td.Text()), " "), "Fournien", "Fourni en")
			line = append(line, strings.ReplaceAll(words, "Refuséà", "Refusé à"))
		})
	})
	return strings.Join(line, "|")
}

// review decides of the household's paper, for the office.
func (s *site) review(login, paper string, to document.State, reason string) {
	s.t.Helper()
	papers, err := enrolment.HouseholdPapers(s.t.Context(), s.store, s.actor(login), s.actor(login).Household)
	s.must(err)
	for _, status := range papers {
		if status.Paper.Code != paper {
			continue
		}
		in := enrolment.Review{Deposit: status.Deposit.ID, Version: status.Deposit.Version, Reason: reason}
		if to == document.Validated {
			s.must(s.registrar.Validate(s.t.Context(), s.secretary, in))
		} else {
			s.must(s.registrar.Refuse(s.t.Context(), s.secretary, in))
		}
		return
	}
	s.t.Fatalf("no paper %s", paper)
}

func TestAPaperHandedInByTheOfficeSaysSo(t *testing.T) {
	sqlite(t, func(s *site) {
		a := s.actor(moreau)
		s.as(moreau).get("/famille/documents").saysNot(s.t, "déposé par l’école")
		_, err := s.registrar.Deposit(s.t.Context(), s.secretary, enrolment.Deposit{
			Household: a.Household, Paper: asked, File: document.File{Name: "qf.pdf", BlobKey: "pieces/" + db.NewID(), MediaType: "application/pdf", Size: 1, Pages: 1},
		})
		s.must(err)
		s.as(moreau).get("/famille/documents").says(s.t, "déposé par l’école")
	})
}

func TestTheImportKeepsTheChosenPaperWhenItRefuses(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	v := s.as(moreau)
	v.submit(v.get("/famille/identite"), "/famille/identite", "facturation", "3", "moyens", "prelevement")
	if got := v.get("/famille/importer?document=mandat").Find("select[name=document] option[selected]").AttrOr("value", ""); got != "mandat" {
		t.Errorf("the address chooses %q", got)
	}
	for _, c := range []struct {
		what, slot string
		files      map[string][]byte
		says       string
	}{
		{"no file", "rib", nil, "Prenez une photo ou choisissez un fichier"},
		{"no paper", "", map[string][]byte{"a.png": photo(t, 1)}, "Choisissez le document dans la liste"},
		{"a paper that is not asked", "passeport", map[string][]byte{"a.png": photo(t, 1)}, "Choisissez le document dans la liste"},
		{"a text", "rib", map[string][]byte{"<i>rib.txt": []byte("un IBAN")}, "simple texte"},
		{"a truncated photo", "rib", map[string][]byte{"rib.png": photo(t, 1)[:60]}, "Reprenez la photo"},
		{"an empty file", "rib", map[string][]byte{"rib.png": {}}, "vide"},
	} {
		p := v.upload("/famille/importer", c.slot, c.files)
		if p.code != 422 {
			t.Errorf("%s: got %d", c.what, p.code)
		}
		p.says(t, c.says)
		if got := p.Find("select[name=document] option[selected]").AttrOr("value", ""); c.slot == "rib" && got != "rib" {
			t.Errorf("%s: the list stands on %q", c.what, got)
		}
	}
}

func TestPagesSentTogetherAreOneDeposit(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	v := s.as(moreau)
	v.expect(v.upload("/famille/importer?suite=/accueil", "quotient-familial", map[string][]byte{"caf-1.png": photo(t, 1), "caf-2.png": photo(t, 2)}), 303, "/accueil")
	papers, err := enrolment.HouseholdPapers(t.Context(), s.store, s.actor(moreau), s.actor(moreau).Household)
	s.must(err)
	if d := papers[0].Deposit; d.Pages != 2 || d.MediaType != "application/pdf" {
		t.Errorf("got %d pages of %s", d.Pages, d.MediaType)
	}
	if p := v.get("/pieces/" + papers[0].Deposit.ID); !strings.HasPrefix(string(p.body), "%PDF-") {
		t.Errorf("the deposit is %.20q", p.body)
	}
}

func TestTheLastPaperCompletesTheDossierAndSaysSo(t *testing.T) {
	each(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		v.submit(v.get("/famille/identite"), "/famille/identite", "moyens", "prelevement")
		wizard := "/eleves/" + lucie + "/reinscription"
		v.get(wizard+"/envoi").says(t, "Il manque\u202f: RIB et Mandat de prélèvement")
		v.send(lucie)
		v.get(wizard+"/confirmation").says(t, "Reçu, incomplet", "Il manque\u202f: RIB et Mandat de prélèvement", "Importer\u202f: RIB")
		v.upload("/famille/importer", "rib", map[string][]byte{"rib.png": photo(t, 1)})
		v.upload("/famille/importer", "mandat", map[string][]byte{"mandat.png": photo(t, 2)})
		v.get("/famille/documents").says(t, "Le dossier de Lucie est complet", "C’est le 1er dossier complet reçu")
		v.get(wizard).says(t, "Votre dossier est complet depuis le mardi 8 juin à 22 h 05 min 00 s", "Place réservée")
	})
}

func TestDownloads(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	v := s.as(moreau)
	published, err := school.PublishedDocuments(t.Context(), s.store)
	s.must(err)
	if len(published) == 0 {
		t.Fatal("the school publishes nothing")
	}
	for _, d := range published {
		p := v.get("/telechargements/" + d.Code)
		isPDF := strings.HasPrefix(string(p.body), "%PDF-")
		if p.code != 200 || isPDF == (d.TextKind() != "") {
			t.Errorf("%s: got %d, PDF %v", d.Code, p.code, isPDF)
		}
	}
	if p := v.get("/telechargements/autre"); p.code != 404 {
		t.Errorf("an unknown one: got %d", p.code)
	}
	// The mandate's reference is allotted once.
	v.get("/famille/mandat.pdf")
	first := s.household(moreau).MandateReference
	v.get("/famille/mandat.pdf")
	if second := s.household(moreau).MandateReference; first == "" || second != first || len(first) > 35 {
		t.Errorf("the references are %q and %q", first, second)
	}
	references, err := db.All[string](t.Context(), s.store, `select after from journal where event = 'household.mandate_allotted'`)
	s.must(err)
	if fmt.Sprint(references) != "["+first+"]" {
		t.Errorf("the journal says %v", references)
	}
}

func TestPupilsAreChosenInTheList(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	v, lucie, malo := s.as(moreau), s.pupil(moreau, "Lucie"), s.pupil(moreau, "Malo")
	v.expect(v.get("/eleves"), 303, "/eleves/"+lucie+"/identite")
	v.expect(v.get("/eleves?eleve="+malo+"&page=documents"), 303, "/eleves/"+malo+"/documents")
	p := v.get("/eleves/" + malo + "/cours")
	p.says(t, "Aucun cours attribué.", "Vous y trouverez plus tard la liste des cours auxquels vous ou vos enfants sont inscrits.")
	if got := p.Find("select[name=eleve] option[selected]").Text(); got != "Malo" {
		t.Errorf("the list stands on %q", got)
	}
	if got := strings.Join(p.Find(".eleves a").Map(func(_ int, e *selection) string { return e.Text() }), "|"); got != "Lucie|Malo|Claire (vous)" {
		t.Errorf("the chips are %s", got)
	}
	if got := strings.Join(p.Find(".onglets a").Map(func(_ int, e *selection) string {
		return strings.TrimRight(strings.TrimSpace(e.Text()), "0123456789 àtraiter")
	}), "|"); !strings.HasPrefix(got, "Identité|Cours|Réinscription|Documents fou") {
		t.Errorf("the tabs are %s", got)
	}
}
