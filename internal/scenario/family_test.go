package scenario_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pupitre/internal/browser"
)

// instant is a time to the second, as pages and mails write it.
var instant = regexp.MustCompile(`\d+ h \d\d min \d\d s`)

// TestTheManualFromTheLetterToTheConfirmation follows a family on its phone
// from the letter with its identifiant to « inscrit », and the secretary who
// answers it.
func TestTheManualFromTheLetterToTheConfirmation(t *testing.T) {
	t.Parallel()
	moreau := newFamily("Moreau", "Claire", "Lucie")
	moreau.mobile = ""
	s := newSchool(t, moreau)
	annie := s.secretary()
	login := s.identifiers(annie)["MOREAU"]
	if !strings.Contains(s.imported, login) || login == "" {
		t.Fatalf("the letter gives the identifiant %q; the import said\n%s", login, s.imported)
	}

	b := browser.Start(t)
	p := phone(b)
	mailed := s.firstSignIn(p, login, moreau.email)
	s.completeIdentity(p)
	s.importPapers(p, moreau)
	s.completePupil(p)
	s.register(p)
	at := s.confirmation(p)
	received := s.mail.WaitFor(moreau.email, "Demande reçue")
	checkReceived(t, received, at)

	other := phone(b)
	s.signIn(other, login, mailed)
	other.WaitForText("La connexion n’a pas abouti")

	office := desk(b)
	s.signIn(office, annie.login, annie.password)
	refuseMandate(office)
	s.replaceMandate(p, moreau)
	confirm(office)
	enrolled := s.mail.WaitFor(moreau.email, "Inscription confirmée : Lucie Moreau")
	for _, course := range []string{"Piano", "Chœur d’ados", "Culture musicale"} {
		if !strings.Contains(enrolled.Text, course) {
			t.Errorf("the second message does not name %s:\n%s", course, enrolled.Text)
		}
	}
	p.Open(s.url + "/accueil")
	p.WaitForText("Inscrit")
	for _, page := range []*browser.Page{p, office} {
		noErrors(t, page)
	}
}

// completeIdentity is refused with yellow fields empty, then saved.
func (s *school) completeIdentity(p *browser.Page) {
	s.t.Helper()
	p.ClickText("Famille")
	p.WaitForText("Les champs en jaune sont obligatoires")
	p.Type("#complement", "Bâtiment B")
	p.ClickText("Enregistrer")
	p.WaitFor("#telephone_mobile[aria-invalid=true]")
	if got := browser.Eval[string](p, "document.title"); !strings.HasPrefix(got, "Erreur") {
		s.t.Errorf("the page of a refused form is called %q", got)
	}
	if got := p.Value("#complement"); got != "Bâtiment B" {
		s.t.Errorf("the refused form holds %q in « Complément », want what was typed", got)
	}
	p.Type("#telephone_mobile", "06 39 98 48 21")
	p.ClickText("En 3 fois – paiement en octobre, janvier et avril")
	p.ClickText("Prélèvement bancaire")
	p.ClickText("Enregistrer")
	p.WaitForText("Modifications enregistrées")
}

// importPapers hands in the RIB as a photo of an iPhone and the mandate as a
// PDF whose signature is missing.
func (s *school) importPapers(p *browser.Page, f family) {
	s.t.Helper()
	p.ClickText("Documents fournis")
	p.WaitForText("À fournir")
	pdf, err := mandate(f, false).PDF()
	for _, paper := range []struct{ name, file string }{{"RIB", heic(s.t)}, {"Mandat de prélèvement", file(s.t, "mandat.pdf", pdf, err)}} {
		p.ClickText("Importer " + paper.name)
		deposit(p, paper.name, paper.file)
		p.WaitForText("Documents de la famille")
	}
	p.WaitForText("en vérification")
	p.WaitForText("mandat.pdf")
}

// completePupil answers what is asked anew each season.
func (s *school) completePupil(p *browser.Page) {
	s.t.Helper()
	p.ClickText("Élèves")
	p.ClickText("Enregistrer")
	p.WaitFor("#niveau[aria-invalid=true]")
	p.Choose("#niveau", "5e")
	p.ClickText("Oui")
	p.ClickText("Enregistrer")
	p.WaitForText("Modifications enregistrées")
}

// register goes through the re-registration, breaks a rule of the formula on
// the way and forgets « J’accepte ».
func (s *school) register(p *browser.Page) {
	s.t.Helper()
	p.ClickText("Réinscription")
	p.WaitForText("Réinscription administrative") // « Identité » saved counts as checked
	p.ClickText("Réinscription administrative")
	p.ClickText("Continuer")
	p.ClickText("Cursus Instrumental Enfant / ados")
	p.ClickText("Continuer")
	p.WaitForText("Les 2 (ou 3 cours) sont inclus dans le tarif.")
	pick(p, "loire", "Piano", "Chœur d’ados")
	p.ClickText("Continuer")
	p.WaitForText("Ce choix ne suit pas encore les règles de la formule")
	p.WaitForText("la formule « Cursus Instrumental Enfant / ados » demande un cours de culture musicale")
	p.WaitForText("Au pôle Loire, choisissez « Culture musicale ».")
	pick(p, "loire", "Culture musicale")
	p.ClickText("Continuer")
	p.WaitForText("En l’absence d’attestation, le tarif maximal (QF > 2200) sera appliqué.")
	p.ClickText("Continuer sans l’attestation Quotient Familial")
	p.WaitForText("Relisez, puis validez")
	p.ClickText("Valider")
	p.WaitForText("Cochez « J’accepte » après avoir lu le règlement.")
	p.Click("#accord") // the label leads to the text itself
	p.ClickText("Valider")
}

// pick chooses the pole, then the courses of these titles there.
func pick(p *browser.Page, pole string, titles ...string) {
	p.Click("label[for=pole-" + pole + "]")
	for _, title := range titles {
		mark := fmt.Sprintf(`(() => {
			const label = [...document.querySelectorAll('label[data-pole=%s]')].find(l => seen(l) && norm(l.querySelector('span').firstChild.textContent) === norm(%q));
			if (label) label.id = 'wanted';
			return !!label;
		})()`, pole, title)
		if !browser.Eval[bool](p, mark) {
			p.WaitForText(title + " at the pole " + pole) // fails, and shows the page
		}
		p.Click("#wanted")
		browser.Eval[bool](p, `document.querySelector('#wanted').removeAttribute('id') || true`)
	}
}

// confirmation reads the page that follows « Valider »: rank, places, and the
// instant, which it returns.
func (s *school) confirmation(p *browser.Page) string {
	s.t.Helper()
	p.WaitForText("Demande prise en compte")
	p.WaitForText("1er dossier complet reçu")
	got := slices.DeleteFunc(p.Texts("main td"), func(text string) bool { return !strings.Contains(plain(text), "Place réservée") })
	if len(got) != 3 {
		s.t.Errorf("%d courses say « Place réservée », want 3:\n%s", len(got), p.Text("main"))
	}
	times := instant.FindAllString(plain(p.Text("main")), -1)
	if len(times) == 0 {
		s.t.Fatalf("no time to the second:\n%s", p.Text("main"))
	}
	return times[len(times)-1]
}

func checkReceived(t *testing.T, m browser.Mail, at string) {
	t.Helper()
	text := plain(m.Text)
	for _, want := range []string{"Rang : 1er dossier complet de la saison", "Dossier complet le ", at, "Piano : place réservée", "Chœur d’ados", "Culture musicale"} {
		if !strings.Contains(text, want) {
			t.Errorf("the first message does not say %q:\n%s", want, m.Text)
		}
	}
}

// refuseMandate validates the RIB and refuses the mandate, side by side.
func refuseMandate(p *browser.Page) {
	p.ClickText("Dossiers")
	p.ClickText("Vérifier à la suite")
	p.WaitForText("IMG_2041")
	p.Click("button[form=valider]")
	p.WaitForText("RIB validé")
	p.WaitForText("mandat.pdf")
	p.Click("label:has([name=motif][value='4'])")
	p.Type("#precision", "La signature manque en bas de page")
	p.Click("button[form=refus]")
	p.WaitForText("Mandat de prélèvement refusé")
}

// replaceMandate reads the mail of the refusal, follows its link and imports a
// photo of the mandate, signed.
func (s *school) replaceMandate(p *browser.Page, f family) {
	s.t.Helper()
	m := s.mail.WaitFor(f.email, "Mandat de prélèvement : à remplacer")
	if text := plain(m.Text); !strings.Contains(text, "La signature manque en bas de page") || !strings.Contains(text, "à 23 h 59") {
		s.t.Errorf("the mail lacks the reason or the end of the delay:\n%s", m.Text)
	}
	p.Open(link(s.t, m))
	p.WaitForText("Importer un document")
	photo, err := mandate(f, true).Photo(3)
	deposit(p, "Mandat de prélèvement", file(s.t, "mandat-signe.jpg", photo, err))
	p.WaitForText("mandat-signe.jpg")
}

var address = regexp.MustCompile(`https?://\S+`)

// link is the first address in the mail's text: its button.
func link(t *testing.T, m browser.Mail) string {
	t.Helper()
	all := address.FindAllString(m.Text, -1)
	if len(all) == 0 {
		t.Fatalf("no link in the mail:\n%s", m.Text)
	}
	return strings.TrimRight(all[0], ".,)")
}

// confirm validates the replaced mandate and confirms the enrolment.
func confirm(p *browser.Page) {
	p.ClickText("Dossiers")
	p.ClickText("Vérifier à la suite")
	p.WaitForText("mandat-signe.jpg")
	p.Click("button[form=valider]")
	p.WaitForText("Mandat de prélèvement validé")
	p.ClickText("Confirmer l’inscription")
	p.WaitForText("D-0001 inscrit")
}

// TestTheLastPlace: two families ask for a course with one place left; the
// first has it, the second waits and gets it when the first gives it up.
func TestTheLastPlace(t *testing.T) {
	t.Parallel()
	briand, coutant := newFamily("Briand", "Élise", "Hugo"), newFamily("Coutant", "Marc", "Zoé")
	s := newSchool(t, briand, coutant)
	logins := s.identifiers(s.secretary())
	b := browser.Start(t)
	first, second := phone(b), phone(b)
	s.firstSignIn(first, logins["BRIAND"], briand.email)
	s.firstSignIn(second, logins["COUTANT"], coutant.email)

	s.joinOrchestra(first)
	first.WaitForText("1er dossier complet reçu")
	first.WaitForText("Place réservée")
	s.joinOrchestra(second)
	second.WaitForText("2e dossier complet reçu")
	second.WaitForText("Liste d’attente, n° 1")
	m := s.mail.WaitFor(coutant.email, "Demande reçue")
	if !strings.Contains(plain(m.Text), "Orchestre des collines, samedi, 10 h 00 : liste d’attente, n° 1") {
		t.Errorf("the mail does not say where the family stands:\n%s", m.Text)
	}

	first.Open(s.url + "/accueil")
	first.ClickText("Réinscription")
	first.ClickText("Renoncer")
	first.ClickText("Renoncer au dossier")
	first.WaitForText("Vous perdez tout de suite")
	first.ClickText("Renoncer")
	first.WaitForText("Vous avez renoncé à ce dossier")

	offer := s.mail.WaitFor(coutant.email, "Une place se libère : Orchestre des collines")
	anybody := phone(b) // the mail may be read on a device that is not signed in
	anybody.Open(link(t, offer))
	anybody.WaitForText("Une place pour Zoé")
	second.Open(s.url + "/accueil")
	second.WaitForText("Une place") // reading the mail has not answered
	anybody.ClickText("Accepter la place")
	anybody.WaitForText("La place est acceptée")
	s.mail.WaitFor(coutant.email, "Place acceptée : Orchestre des collines")
	second.ClickText("Réinscription")
	second.WaitForText("Place réservée")
	for _, p := range []*browser.Page{first, second, anybody} {
		noErrors(t, p)
	}
}

// joinOrchestra fills what is yellow and sends a dossier for the orchestra,
// paid by cheque: no paper is required.
func (s *school) joinOrchestra(p *browser.Page) {
	s.t.Helper()
	p.Open(s.url + "/famille/identite")
	p.ClickText("En 1 fois – paiement en octobre")
	p.ClickText("Chèques")
	p.ClickText("Enregistrer")
	p.WaitForText("Modifications enregistrées")
	p.Open(s.url + "/accueil")
	p.ClickText("Réinscription")
	p.ClickText("Réinscription administrative")
	p.Choose("#niveau", "5e")
	p.ClickText("Oui")
	p.ClickText("Continuer")
	p.ClickText("Pratiques collectives seules")
	p.ClickText("Continuer")
	pick(p, "loire", "Orchestre des collines")
	p.ClickText("Continuer")
	p.ClickText("Continuer sans l’attestation Quotient Familial")
	p.Click("#accord")
	p.ClickText("Valider")
	p.WaitForText("Demande prise en compte")
}

// TestTheSameWithoutScripts: no step of a family needs scripts.
func TestTheSameWithoutScripts(t *testing.T) {
	t.Parallel()
	leroux := newFamily("Leroux", "Nadège", "Lucie")
	leroux.mobile = ""
	s := newSchool(t, leroux)
	login := s.identifiers(s.secretary())["LEROUX"]
	p := phone(browser.Start(t))
	p.Scripts(false)
	s.firstSignIn(p, login, leroux.email)
	if browser.Eval[bool](p, `!!document.querySelector('.afficher')`) {
		t.Fatal("the scripts of the page have run")
	}
	s.completeIdentity(p)
	s.importPapers(p, leroux)
	s.completePupil(p)
	s.register(p)
	at := s.confirmation(p)
	checkReceived(t, s.mail.WaitFor(leroux.email, "Demande reçue"), at)
	noErrors(t, p)
}
