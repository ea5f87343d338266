package scenario_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pupitre/internal/browser"
)

// TestASchoolFromNothing makes a school of two poles out of an empty store, by
// screen alone: its campaign opens, a pupil of last year and a newcomer are
// enrolled, and the next season is prepared and shown to the families.
func TestASchoolFromNothing(t *testing.T) {
	t.Parallel()
	mail := browser.Mailboxes(t)
	mail.Patience = patience
	s := &school{t: t, data: t.TempDir(), mail: mail}
	s.server = serve(t, serving, s.arguments()...)
	n := founding{school: s, p: desk(browser.Start(t)), opened: time.Now().AddDate(0, 0, -3)}
	n.install()
	n.poles()
	n.season()
	n.payments()
	n.texts()
	n.courses()
	n.formula()

	zoe := newFamily("Bonnaud", "Line", "Zoé")
	zelie := newFamily("Garnier", "Élodie", "Zélie")
	n.returning(zoe)
	n.newcomer(zelie)
	n.answer(zoe, zelie)
	n.rollOver(zoe)
	noErrors(t, n.p)
}

// founding is who makes the school, at its desk.
type founding struct {
	*school
	p      *browser.Page
	opened time.Time
}

func french(day time.Time) string { return day.Format("02/01/2006") }

// fill types into the fields of the page at the path, and presses the button.
func (n founding) fill(path, button string, fields ...string) {
	n.t.Helper()
	if path != "" {
		n.p.Open(n.url + path)
	}
	for i := 0; i < len(fields); i += 2 {
		if strings.HasPrefix(fields[i], "=") {
			n.p.Choose("#"+fields[i][1:], fields[i+1])
		} else {
			n.p.Type("#"+fields[i], fields[i+1])
		}
	}
	n.p.ClickText(button)
}

func (n founding) install() {
	n.t.Helper()
	found := installation.FindStringSubmatch(n.said.String())
	if found == nil {
		n.t.Fatalf("no address of the installation in %s", n.said.tail())
	}
	n.fill(found[1], "Créer l’école", "nom", "Paule Hervouet", "mail", "paule@exemple.fr", "nouveau", chosen+"-9", "confirmation", chosen+"-9",
		"ecole", "École de musique du Vignoble", "ecole_court", "Vignoble", "ecole_adresse", "2 place de l’Église, 44330 Vallet", "ecole_telephone", "02 61 91 44 30", "ecole_mail", "ecole@exemple.fr")
	n.p.WaitForText("L’école est créée")
}

func (n founding) poles() {
	n.t.Helper()
	for _, pole := range [][2]string{{"Loire", "Le Loroux-Bottereau"}, {"Sèvre", "Vallet"}} {
		n.fill("/bureau/catalogue/poles/nouveau", "Enregistrer", "nom", pole[0], "commune", pole[1])
		n.p.WaitForText(pole[1])
	}
	for _, discipline := range []string{"Piano", "Chant choral"} {
		n.fill("/bureau/catalogue/poles", "Ajouter", "nom", discipline)
		n.p.WaitForText(discipline)
	}
}

// season makes the one whose campaign has been open for three days.
func (n founding) season() {
	n.t.Helper()
	year := n.opened.Year()
	n.fill("/bureau/reglages/campagne", "Créer la saison", "nom", fmt.Sprintf("%d-%d", year, year+1), "debut", french(n.opened.AddDate(0, 0, -1)), "fin", french(n.opened.AddDate(0, 9, 0)),
		"ouverture", french(n.opened)+" 08:00", "fermeture", french(n.opened.AddDate(0, 1, 0)))
	n.p.WaitForText("La saison est créée")
}

func (n founding) payments() {
	n.t.Helper()
	n.fill("/bureau/reglages/paiement", "Enregistrer", "fois_1", "En 1 fois", "fois_3", "En 3 fois", "moyen_1", "Chèques")
	n.p.WaitForText("Le journal garde l’ancienne valeur")
}

func (n founding) courses() {
	n.t.Helper()
	for _, c := range [][4]string{{"Piano", "instrument", "Piano", "Loire"}, {"Chœur d’ados", "pratique", "Chant choral", "Loire"}, {"Piano", "instrument", "Piano", "Sèvre"}, {"Chœur d’ados", "pratique", "Chant choral", "Sèvre"}} {
		n.p.Open(n.url + "/bureau/catalogue/cours/nouveau")
		n.p.Type("#intitule", c[0])
		browser.Eval[bool](n.p, fmt.Sprintf(`(document.querySelector('#type').value = %q) === %q`, c[1], c[1]))
		n.fill("", "Enregistrer", "=discipline", c[2], "=pole", c[3], "places-0", "5")
		n.p.WaitForText(c[0])
	}
}

func (n founding) formula() {
	n.t.Helper()
	n.p.Open(n.url + "/bureau/catalogue/formules/nouvelle")
	n.p.Type("#intitule", "Cursus")
	n.p.Click("#ajouter")
	n.p.WaitFor("#quoi-0")
	n.p.Choose("#quoi-0", "Un instrument")
	n.p.Click("#ajouter")
	n.p.WaitFor("#quoi-1")
	n.p.Choose("#quoi-1", "Une pratique collective")
	n.p.ClickText("Enregistrer")
	n.p.WaitForText("Cursus")
}

func (n founding) texts() {
	n.t.Helper()
	for kind, text := range map[string]string{
		"reglement": "Article 1. Les places sont attribuées dans l’ordre d’arrivée des dossiers complets.",
		"accord":    "J’accepte le règlement intérieur et l’engagement pour la saison entière.",
	} {
		n.fill("/bureau/reglages/textes/"+kind, "Enregistrer la première version", "version", "1", "texte", text)
		n.p.WaitForText("C’est elle que les familles lisent maintenant")
	}
}

// returning adds a family with a pupil of last year, and follows it from the
// mail with its identifiant to its place.
func (n founding) returning(f family) {
	n.t.Helper()
	n.p.Open(n.url + "/bureau/foyers/nouveau")
	n.p.ClickText("Déjà élève l’an dernier")
	n.fill("", "Ajouter le foyer", "prenom", f.firstName, "nom", f.lastName, "email", f.email, "telephone_mobile", f.mobile, "adresse", "14 rue des Tonneliers", "code_postal", "44430",
		"ville", "Le Loroux-Bottereau", "eleve_prenom", f.pupil, "eleve_date_naissance", f.birth, "=eleve_niveau", f.level)
	n.p.WaitForText("Foyer " + f.lastName + " ajouté")
	n.p.ClickText("Identifiant par mail")
	login := line(n.t, n.mail.WaitFor(f.email, "Votre identifiant"), "Identifiant : ")

	p := phone(browser.Start(n.t))
	n.firstSignIn(p, login, f.email)
	p.ClickText("Famille")
	p.ClickText("En 3 fois")
	p.ClickText("Chèques")
	p.ClickText("Enregistrer")
	p.WaitForText("Modifications enregistrées")
	p.ClickText("Élèves")
	p.ClickText("Oui")
	p.ClickText("Enregistrer")
	p.WaitForText("Modifications enregistrées")
	p.ClickText("Réinscription")
	p.WaitForText("Réinscription administrative")
	p.ClickText("Réinscription administrative")
	p.ClickText("Continuer")
	p.ClickText("Cursus")
	p.ClickText("Continuer")
	p.WaitForText("Le pôle")
	p.ClickText("Loire")
	p.ClickText("Piano")
	p.ClickText("Chœur d’ados")
	p.ClickText("Continuer")
	p.WaitForText("Aucune pièce n’est demandée à votre famille")
	p.ClickText("Continuer")
	p.WaitForText("Relisez, puis validez")
	p.Click("#accord")
	p.ClickText("Valider")
	p.WaitForText("1er dossier complet reçu")
	noErrors(n.t, p)
}

// newcomer fills the public form in, on a phone, and confirms its address.
func (n founding) newcomer(f family) {
	n.t.Helper()
	p := phone(browser.Start(n.t))
	p.Open(n.url + "/pre-inscription")
	for field, text := range map[string]string{"#prenom": f.pupil, "#nom": f.lastName, "#date_naissance": f.birth, "#code_postal": "44330"} {
		p.Type(field, text)
	}
	p.Choose("#niveau", f.level)
	p.ClickText("Voir ce qui est proposé")
	p.WaitForText("Ce qui est proposé à " + f.pupil)
	p.ClickText("Cursus")
	p.ClickText("Continuer")
	p.WaitForText("1. Le pôle")
	p.ClickText("Sèvre")
	p.ClickText("Piano")
	p.ClickText("Chœur d’ados")
	p.ClickText("Continuer")
	p.WaitForText("Comment vous joindre")
	for field, text := range map[string]string{"#prenom": f.firstName, "#email": f.email, "#telephone_mobile": f.mobile, "#adresse": "3 rue du Pressoir", "#ville": "Vallet"} {
		p.Type(field, text)
	}
	p.ClickText("Chèques")
	p.ClickText("En 1 fois")
	p.ClickText("Oui")
	p.Click("#accord")
	p.ClickText("Valider")
	p.WaitForText("Touchez le lien envoyé à votre adresse")
	p.Open(link(n.t, n.mail.WaitFor(f.email, "confirmez votre adresse")))
	p.ClickText("Confirmer et envoyer")
	p.WaitForText("Place réservée")
	noErrors(n.t, p)
}

// answer accepts the newcomer, and enrols both.
func (n founding) answer(families ...family) {
	n.t.Helper()
	n.p.Open(n.url + "/bureau/pre-inscriptions")
	n.p.ClickText("Zélie Garnier")
	n.p.ClickText("Accepter")
	n.p.WaitForText("Pré-inscription acceptée")
	for _, f := range families {
		n.p.Open(n.url + "/bureau/dossiers?file=prets")
		n.p.ClickText(f.pupil + " " + f.lastName)
		n.p.ClickText("Confirmer l’inscription")
		n.p.WaitForText("inscrit")
		n.mail.WaitFor(f.email, "Inscription confirmée : "+f.pupil+" "+f.lastName)
	}
}

// rollOver closes the campaign, prepares the next season and shows it to the
// families; a pupil is a year further.
func (n founding) rollOver(f family) {
	n.t.Helper()
	n.fill("/bureau/reglages/campagne", "Enregistrer", "fermeture", french(time.Now().AddDate(0, 0, -1)))
	n.p.WaitForText("Enregistré")
	n.p.Open(n.url + "/bureau/reglages/saison")
	n.p.ClickText("Préparer la saison suivante")
	n.p.WaitForText("2 élèves")
	n.fill("", "Préparer la saison", "ouverture", french(time.Now().AddDate(0, 6, 0))+" 08:00", "fermeture", french(time.Now().AddDate(0, 7, 0)))
	n.p.WaitForText("Préparée par Paule Hervouet")
	n.p.ClickText("La montrer aux familles maintenant")
	n.p.WaitForText("Les familles la préparent depuis le")
	next := fmt.Sprintf("%d-%d", n.opened.Year()+1, n.opened.Year()+2)
	n.p.WaitForText("Saison " + next)
	n.p.Open(n.url + "/bureau/eleves")
	n.p.WaitForText(f.pupil)
}
