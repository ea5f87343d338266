package web_test

import (
	"archive/zip"
	"bytes"
	"net/url"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/people"
	"pupitre/internal/platform/french"
)

// forged is a form whose hidden fields somebody has changed.
type forged struct {
	what   string
	route  string
	who    visitor
	status int
	says   string // a part of the answer's sentence
	fill   func(c *scene) filling
	closed time.Time // the campaign's closing, when it is not open
	keeps  bool      // the draft keeps what could be
}

// older is the form as it was read one version earlier.
func (f filling) older() filling {
	f.form.Set("version", "1")
	return f
}

// identity is the household's form with one field changed.
func identity(name string, value func(c *scene) string) func(*scene) filling {
	return func(c *scene) filling {
		f := c.identityFields(c.own)
		f.Set(name, value(c))
		return filling{form: f}
	}
}

func is(value string) func(*scene) string { return func(*scene) string { return value } }

// pupilForm is the draft's pupil with one field changed.
func pupilForm(name, value string) func(*scene) filling {
	return func(c *scene) filling {
		f := c.pupilFields(c.draft)
		f.Set(name, value)
		return filling{path: map[string]string{"pupil": c.draft}, form: f}
	}
}

// choice is the draft's choice of courses with one field changed.
func choice(name string, value func(c *scene) string) func(*scene) filling {
	return func(c *scene) filling {
		f := chooseCourses(c, ownFamily)
		f.form.Set(name, value(c))
		return f
	}
}

// ofDraft posts the fields for the pupil whose dossier is a draft.
func ofDraft(fill func(c *scene) url.Values) func(*scene) filling {
	return func(c *scene) filling {
		return filling{path: map[string]string{"pupil": c.draft}, form: fill(c)}
	}
}

// decision is a paper to check, with its version or its dossier changed.
func decision(edit func(c *scene, f *filling)) func(*scene) filling {
	return func(c *scene) filling {
		f := paper("provided", "motif", "1")(c, secretary)
		edit(c, &f)
		return f
	}
}

// officeIdentity is the office's form of the household with one field changed.
func officeIdentity(name string, value func(c *scene) string) func(*scene) filling {
	return func(c *scene) filling {
		f := identity(name, value)(c)
		f.form.Set("verifie", "oui")
		return f
	}
}

// byPost is a dossier on paper with one field changed.
func byPost(name string, value func(c *scene) string) func(*scene) filling {
	return func(c *scene) filling {
		f := onPaperDossier(c, secretary)
		f.form.Set(name, value(c))
		return f
	}
}

func capacity(places string) func(*scene) filling {
	return func(*scene) filling { return filling{form: fields("places", places)} }
}

// cell is the capacity of a course with places taken, changed in the list.
func cell(places string) func(*scene) filling {
	return func(c *scene) filling {
		id := c.text(`select o.id from offering o join course c on c.id = o.course_id where c.code = 'L-CHOEUR-ENFANTS' and o.taken > 0`)
		read := c.text(`select cast(capacity as text) from offering where id = $1`, id)
		return filling{form: fields("action", "enregistrer", "cours", id, "capacite:"+id, places, "lue:"+id, read)}
	}
}

const (
	unknownID = "00000000-0000-7000-8000-000000000000"
	hugeText  = "99999999999999999999999"
)

// forgeries are the hidden fields that somebody may change, and what is said to that.
var forgeries = []forged{
	// Another family's objects.
	{what: "another family's pupil, sent", route: "POST /eleves/{pupil}/reinscription/envoi", who: ownFamily, status: 404, fill: func(c *scene) filling {
		return filling{path: map[string]string{"pupil": c.otherPupil}, form: fields("accord", "oui", "texte", c.rules())}
	}},
	{what: "another family's pupil among one's own", route: "POST /reinscription/envoi", who: ownFamily, status: 404, fill: func(c *scene) filling {
		return filling{form: url.Values{"eleve": {c.draft, c.otherPupil}, "accord": {"oui"}, "texte": {c.rules()}}}
	}},
	{what: "another family's responsible", route: "POST /famille/identite", who: ownFamily, status: 404, fill: identity("responsable", func(c *scene) string {
		return c.text(`select id from guardian where household_id = $1 limit 1`, c.other)
	})},
	{what: "another family's pupil's paper", route: "POST /famille/importer", who: ownFamily, status: 422, says: "Choisissez le document", fill: func(c *scene) filling {
		return filling{form: fields("document", "formulaire:"+c.otherPupil), files: []upload{{"fichier", "rib.pdf", sheet(c.T)}}}
	}},
	{what: "another family's pupil's paper, at the office", route: "POST /bureau/familles/{household}/importer", who: secretary, status: 422, says: "Choisissez le document", fill: func(c *scene) filling {
		return filling{form: fields("document", "formulaire:"+c.otherPupil), files: []upload{{"fichier", "rib.pdf", sheet(c.T)}}}
	}},
	{what: "another family's offer", route: "POST /eleves/{pupil}/offres/{request}", who: ownFamily, status: 404, fill: func(c *scene) filling {
		return filling{path: map[string]string{"request": c.offers[0].request}, form: fields("reponse", "accepter")}
	}},
	{what: "another family's request", route: "POST /eleves/{pupil}/reinscription/renoncer", who: ownFamily, status: 404, fill: func(c *scene) filling {
		return filling{form: fields("demande", c.offers[0].request)}
	}},
	{what: "another dossier's paper", route: "POST /bureau/dossiers/{id}/pieces/{deposit}/valider", who: secretary, status: 404, fill: decision(func(c *scene, f *filling) {
		f.path["deposit"] = c.usual("deposit")
	})},
	{what: "no such second household", route: "POST /bureau/eleves/{pupil}/foyers", who: secretary, status: 404, fill: func(c *scene) filling {
		return filling{form: fields("action", "rattacher", "foyer", "personne", "version", "1")}
	}},
	{what: "a tariff read before somebody changed it", route: "POST /bureau/tarifs", who: director, status: 409, says: "Odile Brelet l’a changé le", fill: tariffWith("version", "0", "prix_2_3", "350")},
	{what: "a button of no use", route: "POST /bureau/tarifs", who: director, status: 422, says: "Rechargez la page", fill: tariffWith("faire", "retirer-tout")},
	{what: "a price that overlaps another", route: "POST /bureau/tarifs", who: bursar, status: 422, says: "2 prix pour le même cas", fill: tariffWith("ligne_age_min_5", "17")},
	{what: "a grid with an unknown formule", route: "POST /bureau/tarifs/import", who: bursar, status: 422, says: "Case A2", fill: func(*scene) filling {
		return filling{files: []upload{{"fichier", "tarifs.csv", []byte("Formule;≤ 400;> 400\nharpe;1;2\n")}}}
	}},
	{what: "no file of a grid", route: "POST /bureau/tarifs/import", who: bursar, status: 422, says: "Choisissez un fichier", fill: func(*scene) filling { return filling{form: fields("x", "")} }},
	{what: "invoices that are not those shown", route: "POST /bureau/facturation", who: bursar, status: 409, says: "Les factures ont changé", fill: func(c *scene) filling {
		f := readyInvoices(c, bursar)
		f.form.Set("total", "1")
		return f
	}},
	{what: "invoices of no pole", route: "POST /bureau/facturation", who: bursar, status: 404, fill: func(c *scene) filling {
		f := readyInvoices(c, bursar)
		f.form.Set("pole", unknownID)
		return f
	}},
	{what: "another amount than that shown", route: "POST /bureau/facturation/foyers/{household}", who: bursar, status: 409, says: "Le montant a changé", fill: func(c *scene) filling {
		f := aDraft(c, bursar)
		f.form.Set("total", hugeText)
		return f
	}},
	{what: "a household with nothing to invoice", route: "POST /bureau/facturation/foyers/{household}", who: bursar, status: 404, fill: func(c *scene) filling {
		return filling{path: map[string]string{"household": unknownID}, form: fields("total", "1")}
	}},
	{what: "an old reading of how a pupil is invoiced", route: "POST /bureau/facturation/eleves/{pupil}", who: bursar, status: 409, says: "Rien n’a été écrit", fill: func(c *scene) filling {
		f := someTerms(c, bursar)
		f.form.Set("version", "7")
		return f
	}},
	{what: "an attestation of a month to come", route: "POST /bureau/quotients/{household}", who: secretary, status: 422, says: "Ce mois est à venir", fill: func(c *scene) filling {
		f := anAttestation(c, secretary)
		f.form.Set("mois", "12/2099")
		return f
	}},
	{what: "an attestation of nobody", route: "POST /bureau/quotients/{household}", who: bursar, status: 404, fill: func(c *scene) filling {
		f := anAttestation(c, bursar)
		f.path = map[string]string{"household": unknownID}
		return f
	}},
	{what: "an attestation of another household withdrawn", route: "POST /bureau/quotients/{household}/{quotient}/retirer", who: secretary, status: 404, fill: func(c *scene) filling {
		return filling{path: map[string]string{"household": c.other, "quotient": c.quotient()}, form: fields("motif", "x")}
	}},
	{what: "nobody reminded", route: "POST /bureau/impayes", who: bursar, status: 422, says: "Choisissez qui relancer", fill: func(*scene) filling { return filling{form: fields("etape", "1")} }},
	{what: "a household that is none reminded", route: "POST /bureau/impayes", who: bursar, status: 404, fill: func(*scene) filling { return filling{form: fields("etape", "1", "foyer", unknownID)} }},
	{what: "a reminder that is none", route: "POST /bureau/impayes", who: bursar, status: 404, fill: func(c *scene) filling { return filling{form: fields("etape", "9", "foyer", c.own)} }},
	{what: "nothing handed over", route: "POST /bureau/remises", who: bursar, status: 422, says: "Choisissez ce que vous remettez", fill: func(*scene) filling { return filling{form: fields("x", "")} }},
	{what: "a cheque that is none handed over", route: "POST /bureau/remises", who: bursar, status: 409, says: "a été remis ou annulé entre-temps", fill: func(*scene) filling { return filling{form: fields("ecriture", unknownID)} }},
	{what: "a month that is none closed", route: "POST /bureau/encaissements/cloture", who: bursar, status: 404, fill: func(*scene) filling { return filling{form: fields("mois", "2027-13", "motif", "")} }},
	{what: "the month that runs closed", route: "POST /bureau/encaissements/cloture", who: bursar, status: 422, says: "Ce mois n’est pas fini", fill: func(c *scene) filling {
		return filling{form: fields("mois", c.today()[:7], "motif", "")}
	}},
	{what: "more money than was handed over", route: "POST /bureau/remises/{remittance}/credit", who: bursar, status: 422, says: "au plus", fill: func(c *scene) filling {
		f := credited(c, bursar)
		f.form.Set("montant", "99999")
		return f
	}},
	{what: "a cheque refunded by debit", route: "POST /bureau/comptes/{household}/remboursement", who: bursar, status: 422, says: "Un remboursement se fait par virement", fill: func(c *scene) filling {
		f := aRefund(c, bursar)
		f.form.Set("moyen", "debit")
		return f
	}},
	{what: "a payment to nobody", route: "POST /bureau/comptes/{household}", who: bursar, status: 404, fill: func(c *scene) filling {
		f := aCheque(c, bursar)
		f.path = map[string]string{"household": unknownID}
		return f
	}},
	{what: "a payment that is still to come", route: "POST /bureau/comptes/{household}", who: bursar, status: 422, says: "Cette date est à venir", fill: func(c *scene) filling {
		f := aCheque(c, bursar)
		f.form.Set("date", "01/01/2099")
		return f
	}},
	{what: "an instalment plan that the school has not", route: "POST /bureau/factures/{invoice}/echeancier", who: bursar, status: 422, says: "n’ont pas de dates", fill: func(c *scene) filling { return filling{form: fields("fois", "5")} }},
	{what: "no such kind of counter-entry", route: "POST /bureau/ecritures/{entry}", who: bursar, status: 422, says: "Choisissez ce qui s’est passé", fill: func(c *scene) filling {
		f := aCounter(c, bursar)
		f.form.Set("nature", "received")
		return f
	}},
	{what: "a file of no kind", route: "POST /bureau/import", who: secretary, status: 422, says: "Choisissez ce que le fichier contient", fill: func(c *scene) filling {
		return filling{form: fields("sorte", "tout"), files: []upload{{"fichier", "f.csv", []byte(fileOfNobody)}}}
	}},
	{what: "a file that is no table", route: "POST /bureau/import", who: secretary, status: 422, says: "ni un CSV ni un classeur", fill: func(c *scene) filling {
		return filling{form: fields("sorte", "familles"), files: []upload{{"fichier", "rib.pdf", []byte("%PDF\x00")}}}
	}},
	{what: "no file to import", route: "POST /bureau/import", who: secretary, status: 422, says: "Choisissez un fichier", fill: func(c *scene) filling {
		return filling{form: fields("sorte", "familles")}
	}},
	{what: "no such import", route: "POST /bureau/import/{import}/essai", who: secretary, status: 404, fill: func(c *scene) filling {
		return filling{path: map[string]string{"import": "personne"}, form: fields("version", "1")}
	}},
	{what: "an old reading of an import", route: "POST /bureau/import/{import}/essai", who: secretary, keeps: true, status: 409, says: "Odile Batard a modifié cet import", fill: func(c *scene) filling {
		return anImport("version", "1")(c, secretary).older()
	}},
	{what: "no such sheet of a file", route: "POST /bureau/import/{import}/feuille", who: secretary, keeps: true, status: 422, says: "Cette feuille n’existe pas", fill: func(c *scene) filling {
		return anImport("feuille", "7", "titres", "1")(c, secretary)
	}},
	{what: "no such line of titles", route: "POST /bureau/import/{import}/feuille", who: secretary, keeps: true, status: 422, says: "La ligne 12 du fichier est vide", fill: func(c *scene) filling {
		return anImport("feuille", "0", "titres", "12")(c, secretary)
	}},
	{what: "no such field of Pupitre", route: "POST /bureau/import/{import}/colonnes", who: secretary, keeps: true, status: 422, says: "Choisissez une des propositions", fill: func(c *scene) filling {
		return anImport("colonne-0", "mot_de_passe")(c, secretary)
	}},
	{what: "two columns that are one", route: "POST /bureau/import/{import}/colonnes", who: secretary, keeps: true, status: 422, says: "est déjà", fill: func(c *scene) filling {
		return anImport("colonne-0", "resp.nom", "colonne-1", "resp.nom")(c, secretary)
	}},
	{what: "neither linked nor unlinked", route: "POST /bureau/eleves/{pupil}/foyers", who: secretary, status: 422, says: "Choisissez ce qu’il faut faire", fill: func(c *scene) filling {
		return filling{form: fields("action", "vendre", "foyer", c.other, "version", "1")}
	}},
	{what: "a household that the pupil already has", route: "POST /bureau/eleves/{pupil}/foyers", who: secretary, status: 422, says: "est déjà dans ce foyer", fill: func(c *scene) filling {
		return filling{form: fields("action", "rattacher", "foyer", c.own, "version", "1")}
	}},
	{what: "an old reading of the pupil", route: "POST /bureau/eleves/{pupil}/foyers", who: secretary, status: 409, fill: func(c *scene) filling {
		return filling{form: fields("action", "rattacher", "foyer", c.other, "version", "-1")}
	}},
	{what: "a merge with nobody", route: "POST /bureau/familles/{household}/fusion", who: secretary, status: 404, fill: func(c *scene) filling {
		return filling{form: fields("avec", "personne", "vu", "0123")}
	}},
	{what: "a merge without another household", route: "POST /bureau/familles/{household}/fusion", who: secretary, status: 422, says: "Choisissez d’abord l’autre foyer", fill: func(c *scene) filling {
		return filling{form: fields("garde", c.own)}
	}},
	{what: "a merge with itself", route: "POST /bureau/familles/{household}/fusion", who: secretary, status: 422, says: "Choisissez un autre foyer", fill: func(c *scene) filling {
		return filling{form: fields("avec", c.own, "vu", "0123")}
	}},
	{what: "a merge of what has changed since", route: "POST /bureau/familles/{household}/fusion", who: secretary, status: 409, says: "a changé depuis", fill: func(c *scene) filling {
		return filling{form: fields("avec", c.other, "garde", c.other, "vu", "0123", "moyens", "x", "personne_1", "moi")}
	}},
	{what: "a merge that was never made", route: "POST /bureau/fusions/{merge}/annuler", who: secretary, status: 404, fill: func(c *scene) filling {
		return filling{path: map[string]string{"merge": "0123"}}
	}},
	{what: "two households, one of which is none", route: "POST /bureau/familles/{household}/differents", who: secretary, status: 404, fill: func(c *scene) filling {
		return filling{query: "?avec=personne"}
	}},
	{what: "a household said not to be itself", route: "POST /bureau/familles/{household}/differents", who: secretary, status: 422, says: "Choisissez un autre foyer", fill: func(c *scene) filling {
		return filling{query: "?avec=" + c.own}
	}},
	{what: "taken back, and never said", route: "POST /bureau/familles/{household}/differents/annuler", who: secretary, status: 409, says: "déjà annulé", fill: func(c *scene) filling {
		return filling{query: "?avec=" + c.offers[0].household}
	}},
	{what: "the former value of a change that is none", route: "POST /bureau/a-verifier/{household}/ancien", who: secretary, status: 404, fill: func(c *scene) filling {
		return filling{form: fields("changement", "0123")}
	}},
	{what: "the former value of nothing", route: "POST /bureau/a-verifier/{household}/ancien", who: secretary, status: 422, says: "Relisez la liste", fill: func(c *scene) filling {
		return filling{form: fields("changement", "")}
	}},
	{what: "seen until no instant", route: "POST /bureau/a-verifier/{household}/vu", who: secretary, status: 422, says: "Relisez la liste", fill: func(c *scene) filling {
		return filling{form: fields("jusqu_a", "demain")}
	}},
	{what: "a batch that was never seen", route: "POST /bureau/a-verifier/{household}/annuler", who: secretary, status: 409, says: "déjà annulé", fill: func(c *scene) filling {
		return filling{query: "?lot=0123"}
	}},
	{what: "another family's responsible, at the office", route: "POST /bureau/familles/{household}/adresse", who: secretary, status: 404, fill: func(c *scene) filling {
		return filling{form: fields("responsable", c.text(`select id from guardian where household_id = $1 limit 1`, c.other), "email", "a@exemple.fr", "verifie", "oui")}
	}},
	{what: "another family's responsible's identity, at the office", route: "POST /bureau/familles/{household}/identite", who: secretary, status: 404, fill: officeIdentity("responsable", func(c *scene) string {
		return c.text(`select id from guardian where household_id = $1 limit 1`, c.other)
	})},
	{what: "nobody was checked", route: "POST /bureau/familles/{household}/identite", who: secretary, status: 422, says: "vérifié qui demande", fill: identity(people.FieldTown, is("Ailleurs"))},
	{what: "a pupil of a family that is not there", route: "POST /bureau/familles/{household}/eleves/nouveau", who: secretary, status: 404, fill: func(*scene) filling {
		return filling{path: map[string]string{"household": "personne"}, form: fields(newHousehold...)}
	}},
	{what: "a pupil that the family has", route: "POST /bureau/familles/{household}/eleves/nouveau", who: secretary, status: 422, says: "déjà un élève de ce foyer", fill: func(c *scene) filling {
		one := func(column string) string {
			return c.text(`select p.`+column+` from pupil p join pupil_household h on h.pupil_id = p.id where h.household_id = $1 order by p.id limit 1`, c.own)
		}
		known := with(with(fields(newHousehold...), "eleve_prenom", one("first_name")), "eleve_nom", one("last_name"))
		return filling{form: with(known, "eleve_date_naissance", french.CivilDate(one("birth_date")))}
	}},
	{what: "a household that may be there, and nobody looked", route: "POST /bureau/foyers/nouveau", who: secretary, status: 422, says: "peut-être déjà là", fill: func(c *scene) filling {
		return filling{form: with(with(fields(newHousehold...), "quand_meme", ""), "email", c.text(`select email from guardian where household_id = $1 and email <> '' limit 1`, c.own))}
	}},
	{what: "a kind of text that is none", route: "POST /bureau/reglages/textes/{kind}", who: director, status: 404, fill: func(*scene) filling {
		return filling{path: map[string]string{"kind": "poemes"}, form: fields("version", "1", "texte", "Ode")}
	}},
	{what: "a mail that the product does not write", route: "POST /bureau/reglages/textes/mails/{letter}", who: director, status: 404, fill: func(*scene) filling {
		return filling{path: map[string]string{"letter": "message"}, form: fields(offeredWords...)}
	}},
	{what: "a mail without its link", route: "POST /bureau/reglages/textes/mails/{letter}", who: director, status: 422, says: "Il manque {bouton}", fill: func(*scene) filling {
		return filling{path: map[string]string{"letter": "place_offered"}, form: fields("objet", "Une place", "texte", strings.Replace(offeredWords[3], "{bouton}", "", 1))}
	}},
	{what: "a field of another mail", route: "POST /bureau/reglages/textes/mails/{letter}/essai", who: director, status: 422, says: "Ligne 6", fill: func(*scene) filling {
		return filling{path: map[string]string{"letter": "place_offered"}, form: fields("objet", "Une place", "texte", offeredWords[3]+"\n\n{rang}")}
	}},
	{what: "a mail read before somebody changed it", route: "POST /bureau/reglages/textes/mails/{letter}", who: director, status: 409, says: "Rien n’a été écrit", fill: func(*scene) filling {
		return filling{path: map[string]string{"letter": "place_offered"}, form: with(fields(offeredWords...), "lu", `{"objet":"Autre","texte":"Autre"}`)}
	}},
	{what: "a version that was accepted", route: "POST /bureau/reglages/textes/{kind}", who: director, status: 422, says: "existe déjà", fill: func(c *scene) filling {
		return filling{path: map[string]string{"kind": "reglement"}, form: fields("version", c.text(`select version from school_text where kind = 'reglement' limit 1`), "texte", "Tout est permis.")}
	}},
	{what: "neither new nor known", route: "POST /bureau/foyers/nouveau", who: secretary, status: 422, says: "nouveau à l’école", fill: func(*scene) filling {
		return filling{form: with(fields(newHousehold...), "eleve_nouveau", "peut-être")}
	}},
	{what: "another family's household for the paper dossier", route: "POST /bureau/dossier-papier", who: secretary, status: 404, fill: byPost("foyer", func(c *scene) string { return c.other })},
	{what: "another family's household to reopen for", route: "POST /bureau/eleves/{pupil}/rouvrir", who: secretary, status: 404, fill: func(c *scene) filling {
		return filling{form: fields("jusqu_au", "30/06/2027", "motif", "x", "foyer", c.other)}
	}},
	{what: "a request of another course", route: "POST /bureau/places/{course}/{semester}/saut", who: secretary, status: 404, fill: func(c *scene) filling {
		f := jump(c, secretary)
		f.path = map[string]string{"course": c.usual("course"), "semester": c.usual("semester")}
		return f
	}},

	// Accounts.
	{what: "a family's account as one of the staff", route: "POST /bureau/reglages/droits/{account}", who: administrator, status: 404, fill: func(c *scene) filling {
		return filling{path: map[string]string{"account": c.text(`select id from account where household_id = $1`, c.other)}, form: fields("nom", "X Y", "mail", "x@exemple.fr", "role", "administrator")}
	}},
	{what: "a family's account, disabled", route: "POST /bureau/reglages/droits/{account}/desactiver", who: administrator, status: 404, fill: func(c *scene) filling {
		return filling{path: map[string]string{"account": c.text(`select id from account where household_id = $1`, c.other)}, form: fields()}
	}},
	{what: "a role that no account of the school has", route: "POST /bureau/reglages/droits/nouveau", who: administrator, status: 422, says: "Choisissez le rôle", fill: func(*scene) filling {
		return filling{form: fields("nom", "X Y", "mail", "x@exemple.fr", "role", "system")}
	}},
	{what: "a teacher that the catalogue has not", route: "POST /bureau/reglages/droits/nouveau", who: administrator, status: 422, says: "Choisissez un enseignant", fill: func(*scene) filling {
		return filling{form: fields("nom", "X Y", "mail", "x@exemple.fr", "role", "teacher", "enseignant", unknownID)}
	}},
	{what: "the last administrator, made a secretary", route: "POST /bureau/reglages/droits/{account}", who: administrator, status: 422, says: "votre propre rôle", fill: func(c *scene) filling {
		return filling{path: map[string]string{"account": c.text(`select id from account where role = 'administrator'`)}, form: fields("nom", "X Y", "mail", "x@exemple.fr", "role", "secretary")}
	}},
	{what: "another's session, ended", route: "POST /mon-compte/sessions/{session}/fermer", who: ownFamily, status: 404, fill: func(c *scene) filling {
		c.as(secretary, c.own)
		return filling{path: map[string]string{"session": c.text(`select substr(token_hash, 1, 20) from session s join account a on a.id = s.account_id where a.role = 'secretary'`)}, form: fields()}
	}},

	// Campaigns and texts.
	{what: "a closed campaign", route: "POST /eleves/{pupil}/reinscription/envoi", who: ownFamily, status: 422, says: "La campagne est close", closed: shown.Add(-time.Hour),
		fill: ofDraft(func(c *scene) url.Values { return fields("accord", "oui", "texte", c.rules()) })},
	{what: "a closed campaign, for all", route: "POST /reinscription/envoi", who: ownFamily, status: 422, says: "La campagne est close", closed: shown.Add(-time.Hour),
		fill: func(c *scene) filling {
			return filling{form: fields("eleve", c.draft, "accord", "oui", "texte", c.rules())}
		}},
	{what: "« Ne se réinscrit pas » after the closing", route: "POST /eleves/{pupil}/reinscription/eleve", who: ownFamily, status: 422, says: "La campagne est close", closed: shown.Add(-time.Hour),
		fill: ofDraft(func(*scene) url.Values { return fields("action", "non") })},
	{what: "the agreement to no text", route: "POST /eleves/{pupil}/reinscription/envoi", who: ownFamily, status: 422, says: "Relisez le règlement",
		fill: ofDraft(func(*scene) url.Values { return fields("accord", "oui", "texte", unknownID) })},
	{what: "without the agreement", route: "POST /eleves/{pupil}/reinscription/envoi", who: ownFamily, status: 422, says: "J’accepte",
		fill: ofDraft(func(c *scene) url.Values { return fields("texte", c.rules()) })},
	{what: "nobody to send", route: "POST /reinscription/envoi", who: ownFamily, status: 422, fill: func(c *scene) filling { return filling{form: fields("accord", "oui", "texte", c.rules())} }},

	// Answers that are not among those proposed.
	{what: "a billing mode that does not exist", route: "POST /famille/identite", who: ownFamily, status: 422, fill: identity(people.FieldBilling, is("2"))},
	{what: "a negative billing mode", route: "POST /famille/identite", who: ownFamily, status: 422, fill: identity(people.FieldBilling, is("-1"))},
	{what: "a huge billing mode", route: "POST /famille/identite", who: ownFamily, status: 422, fill: identity(people.FieldBilling, is(hugeText))},
	{what: "a billing mode that does not exist, at the office", route: "POST /bureau/familles/{household}/identite", who: secretary, status: 422, fill: officeIdentity(people.FieldBilling, is("2"))},
	{what: "a means of payment that does not exist, at the office", route: "POST /bureau/familles/{household}/identite", who: secretary, status: 422, fill: officeIdentity(people.FieldMeans, is("or"))},
	{what: "a negative version, at the office", route: "POST /bureau/familles/{household}/identite", who: secretary, status: 409, fill: officeIdentity("version", is("-1"))},
	{what: "a means of payment that does not exist", route: "POST /famille/identite", who: ownFamily, status: 422, fill: identity(people.FieldMeans, is("or"))},
	{what: "a civility that does not exist", route: "POST /famille/identite", who: ownFamily, status: 422, fill: identity(people.FieldCivility, is("Maître"))},
	{what: "a negative version", route: "POST /famille/identite", who: ownFamily, status: 409, fill: identity("version", is("-1"))},
	{what: "a huge version", route: "POST /famille/identite", who: ownFamily, status: 409, fill: identity("version", is(hugeText))},
	{what: "a pupil's negative version", route: "POST /eleves/{pupil}/identite", who: ownFamily, status: 409, fill: pupilForm("version", "-1")},
	{what: "a level that does not exist", route: "POST /eleves/{pupil}/identite", who: ownFamily, status: 422, fill: pupilForm(people.FieldLevel, "7e")},
	{what: "an answer that is neither yes nor no", route: "POST /eleves/{pupil}/identite", who: ownFamily, status: 422, fill: pupilForm(people.FieldImageRight, "peut-être")},
	{what: "a beginner that is neither yes nor no", route: "POST /eleves/{pupil}/identite", who: ownFamily, status: 422, fill: pupilForm(people.FieldBeginner, "peut-être")},
	{what: "a day that does not exist", route: "POST /eleves/{pupil}/identite", who: ownFamily, status: 422, fill: pupilForm(people.FieldBirthDate, "31/02/2015")},
	{what: "a birth to come", route: "POST /eleves/{pupil}/identite", who: ownFamily, status: 422, fill: pupilForm(people.FieldBirthDate, "14/03/2035")},
	{what: "the year 0", route: "POST /eleves/{pupil}/identite", who: ownFamily, status: 422, fill: pupilForm(people.FieldBirthDate, "01/01/0000")},
	{what: "a paper that is not asked, at the office", route: "POST /bureau/familles/{household}/importer", who: secretary, status: 422, says: "Choisissez le document", fill: func(c *scene) filling {
		return filling{form: fields("document", "passeport", "verifie", "oui"), files: []upload{{"fichier", "rib.pdf", sheet(c.T)}}}
	}},
	{what: "a paper that is not asked", route: "POST /famille/importer", who: ownFamily, status: 422, says: "Choisissez le document", fill: func(c *scene) filling {
		return filling{form: fields("document", "passeport"), files: []upload{{"fichier", "rib.pdf", sheet(c.T)}}}
	}},

	// Courses.
	{what: "a formule that does not exist", route: "POST /eleves/{pupil}/reinscription/cours", who: ownFamily, status: 422, says: "formule", fill: ofDraft(func(*scene) url.Values { return fields("action", "formule", "formule", unknownID) })},
	{what: "a formule for adults", route: "POST /eleves/{pupil}/reinscription/cours", who: ownFamily, status: 422, says: "formule", fill: ofDraft(func(c *scene) url.Values {
		return fields("action", "formule", "formule", c.text(`select id from programme where code = 'adultes'`))
	})},
	{what: "a course that does not exist", route: "POST /eleves/{pupil}/reinscription/cours", who: ownFamily, status: 422, keeps: true, fill: choice("ligne-0", is(unknownID+"/0"))},
	{what: "a course of the other pole", route: "POST /eleves/{pupil}/reinscription/cours", who: ownFamily, status: 422, keeps: true, fill: choice("ligne-0", func(c *scene) string { return c.course("S-VIOLONCELLE") })},
	{what: "a course for adults", route: "POST /eleves/{pupil}/reinscription/cours", who: ownFamily, status: 422, keeps: true, fill: choice("ligne-1", func(c *scene) string { return c.course("L-CHOEUR-ADULTES") })},
	{what: "a course of another line", route: "POST /eleves/{pupil}/reinscription/cours", who: ownFamily, status: 422, keeps: true, fill: choice("ligne-1", func(c *scene) string { return c.course("L-VIOLONCELLE") })},
	{what: "a semester that does not exist", route: "POST /eleves/{pupil}/reinscription/cours", who: ownFamily, status: 422, keeps: true, fill: choice("ligne-0", func(c *scene) string { return strings.Replace(c.course("L-VIOLONCELLE"), "/0", "/"+hugeText, 1) })},
	{what: "a pole that does not exist", route: "POST /eleves/{pupil}/reinscription/cours", who: ownFamily, status: 422, keeps: true, fill: choice("pole", is(unknownID))},
	{what: "a changed choice of courses of the other pole", route: "POST /eleves/{pupil}/reinscription/changer", who: ownFamily, status: 422, fill: func(c *scene) filling {
		return filling{form: fields("action", "valider", "pole", c.site("sevre"), "ligne-0", c.course("L-EVEIL-1"))}
	}},
	{what: "a changed choice of a formule that does not exist", route: "POST /eleves/{pupil}/reinscription/changer", who: ownFamily, status: 422, fill: func(*scene) filling {
		return filling{form: fields("action", "valider", "formule", unknownID, "pole", unknownID)}
	}},

	// The office.
	{what: "a negative version of a paper", route: "POST /bureau/dossiers/{id}/pieces/{deposit}/valider", who: secretary, status: 409, fill: decision(func(_ *scene, f *filling) { f.form.Set("version", "-1") })},
	{what: "a huge version of a paper", route: "POST /bureau/dossiers/{id}/pieces/{deposit}/refuser", who: secretary, status: 422, fill: decision(func(_ *scene, f *filling) { f.form.Set("version", hugeText) })},
	{what: "a reason that is not in the list", route: "POST /bureau/dossiers/{id}/pieces/{deposit}/refuser", who: secretary, status: 422, fill: decision(func(_ *scene, f *filling) { f.form.Set("motif", "9") })},
	{what: "a dossier that does not exist", route: "POST /bureau/dossiers/{id}/confirmer", who: secretary, status: 404, fill: func(*scene) filling { return filling{path: map[string]string{"id": unknownID}} }},
	{what: "a ticked dossier that does not exist", route: "POST /bureau/dossiers/confirmer-prets", who: secretary, status: 404, fill: func(*scene) filling { return filling{form: fields("s", unknownID)} }},
	{what: "an answer to no renoncement", route: "POST /bureau/dossiers/{id}/renoncement", who: secretary, status: 409, fill: func(c *scene) filling { return complete("reponse", "accepter")(c, secretary) }},
	{what: "a negative number of places", route: "POST /bureau/places/{course}/{semester}/capacite", who: secretary, status: 422, says: "places", fill: capacity("-1")},
	{what: "a huge number of places", route: "POST /bureau/places/{course}/{semester}/capacite", who: secretary, status: 422, says: "places", fill: capacity("2147483647")},
	{what: "a number of places that no computer holds", route: "POST /bureau/places/{course}/{semester}/capacite", who: secretary, status: 422, says: "places", fill: capacity(hugeText)},
	{what: "half a place", route: "POST /bureau/places/{course}/{semester}/capacite", who: secretary, status: 422, says: "places", fill: capacity("12,5")},
	{what: "fewer places than are taken, in the list", route: "POST /bureau/catalogue/capacites", who: secretary, status: 422, says: "ne peut pas descendre", fill: cell("0")},
	{what: "half a place in the list", route: "POST /bureau/catalogue/capacites", who: secretary, status: 422, says: "entre 0 et 999", fill: cell("12,5")},
	{what: "fewer places than are taken", route: "POST /bureau/places/{course}/{semester}/capacite", who: secretary, status: 422, says: "ne peut pas descendre", fill: func(c *scene) filling {
		found := c.texts(2, `select course_id, cast(semester as text) from offering where taken > 0 order by id limit 1`)
		return filling{path: map[string]string{"course": found[0], "semester": found[1]}, form: fields("places", "0")}
	}},
	{what: "a delay of offers that is none", route: "POST /bureau/places/{course}/{semester}/capacite", who: secretary, status: 422, says: "entre 1 et 30", fill: func(*scene) filling {
		return filling{form: fields("places", "40", "delai", "1000")}
	}},
	{what: "a move to a course that does not exist", route: "POST /bureau/places/demandes/{request}/deplacer", who: secretary, status: 422, says: "Choisissez le cours", fill: func(c *scene) filling {
		return aRequest("place", "vers", unknownID+"/0", "motif", "x")(c, secretary)
	}},
	{what: "a swap with a request that does not exist", route: "POST /bureau/places/demandes/{request}/echanger", who: secretary, status: 422, says: "Choisissez l’élève", fill: func(c *scene) filling {
		return aRequest("place", "avec", unknownID, "motif", "x")(c, secretary)
	}},
	{what: "an answer to an offer that was not made", route: "POST /bureau/places/demandes/{request}/repondre", who: secretary, status: 409, says: "n’est plus proposée", fill: func(c *scene) filling {
		return aRequest("waiting", "reponse", "accepter")(c, secretary)
	}},
	{what: "a scenario with half a place", route: "POST /bureau/places/attribution", who: secretary, status: 422, says: "entre 0 et 999", fill: func(c *scene) filling {
		f := anAllocation(c, secretary)
		for name := range f.form {
			if strings.HasPrefix(name, "places-") {
				f.form.Set(name, "12,5")
			}
		}
		return f
	}},
	{what: "steps that were not shown", route: "POST /bureau/places/attribution/{scenario}/publier", who: secretary, status: 409, says: "Rien n’a été fait", fill: func(c *scene) filling {
		return aScenario("vu", unknownID+"/0 1 2 "+unknownID)(c, secretary)
	}},
	{what: "steps that cannot be read", route: "POST /bureau/places/attribution/{scenario}/publier", who: secretary, status: 422, says: "rechargez", fill: func(c *scene) filling {
		return aScenario("vu", "x")(c, secretary)
	}},
	{what: "a request that does not exist", route: "POST /bureau/places/{course}/{semester}/saut", who: secretary, status: 404, fill: func(*scene) filling {
		return filling{form: fields("demande", unknownID, "motif", "Fratrie", "sur", "oui")}
	}},
	{what: "an address that is none", route: "POST /bureau/familles/{household}/adresse", who: secretary, status: 422, fill: func(c *scene) filling {
		return filling{form: fields("responsable", c.text(`select id from guardian where household_id = $1 order by position limit 1`, c.own), "email", "pas une adresse", "verifie", "oui")}
	}},
	{what: "a reopening in the past", route: "POST /bureau/eleves/{pupil}/rouvrir", who: secretary, status: 422, says: "Donnez une date à venir", fill: func(*scene) filling { return filling{form: fields("jusqu_au", "01/06/2027", "motif", "x")} }},
	{what: "a paper dossier from the future", route: "POST /bureau/dossier-papier", who: secretary, status: 422, says: "avenir", fill: byPost("recu_le", is("01/07/2027"))},
	{what: "a paper dossier from before the opening", route: "POST /bureau/dossier-papier", who: secretary, status: 422, says: "ouverte", fill: byPost("recu_le", is("01/01/2027"))},
	{what: "a paper dossier with a course that does not exist", route: "POST /bureau/dossier-papier", who: secretary, status: 422, fill: byPost("cours", is(unknownID+"/0"))},
	{what: "a paper dossier with a huge semester", route: "POST /bureau/dossier-papier", who: secretary, status: 422, fill: byPost("cours", is(unknownID+"/"+hugeText))},
	{what: "a paper dossier with a course of the other pole", route: "POST /bureau/dossier-papier", who: secretary, status: 422, fill: byPost("cours", func(c *scene) string { return c.course("S-VIOLONCELLE") })},
	{what: "a paper dossier of a pupil that does not exist", route: "POST /bureau/dossier-papier", who: secretary, status: 404, fill: byPost("eleve", is(unknownID))},
	{what: "a call that does not exist", route: "POST /bureau/mails/{mail}/dit", who: secretary, status: 404, fill: func(*scene) filling { return filling{path: map[string]string{"mail": unknownID}} }},
	{what: "a mail that does not exist", route: "POST /bureau/mails/{mail}/renvoyer", who: secretary, status: 404, fill: func(*scene) filling { return filling{path: map[string]string{"mail": unknownID}} }},
}

// TestForgedFieldsAreRefused posts each form with a hidden field that somebody
// has changed: refused, and nothing is written.
func TestForgedFieldsAreRefused(t *testing.T) {
	eachSeeded(t, func(s *seeded) {
		c := newScene(s)
		for _, f := range forgeries {
			asked := c.request(row{route: f.route, fill: func(c *scene, _ visitor) filling { return f.fill(c) }}, f.who)
			if !f.closed.IsZero() {
				c.set(`update season set campaign_closes_at = $1`, f.closed)
			}
			before := c.writes()
			answer := c.ask(asked)
			c.isRefusal(f.what, answer)
			if answer.status != f.status || !strings.Contains(said(answer), f.says) {
				c.Errorf("%s: got %d, want %d %q%s", f.what, answer.status, f.status, f.says, said(answer))
			}
			var kept []string
			if f.keeps {
				kept = []string{"dossier"}
			}
			c.unchanged(f.what, before, kept...)
			if !f.closed.IsZero() {
				c.set(`update season set campaign_closes_at = null`)
			}
		}
	})
}

// TestFullCourseWaits sends a dossier for a course without a place: it waits.
func TestFullCourseWaits(t *testing.T) {
	eachSeeded(t, func(s *seeded) {
		c := newScene(s)
		cookie := c.familyCookie(c.own)
		c.set(`update offering set capacity = taken where id = $1`, c.course("L-VIOLONCELLE"))
		c.set(`update household set billing_mode = 1 where id = $1`, c.own)
		c.set(`delete from household_payment_mean where household_id = $1`, c.own)
		c.set(`insert into household_payment_mean (household_id, mean) values ($1, 'cheques')`, c.own)
		wizard := "/eleves/" + c.draft + "/reinscription"
		for _, step := range []struct {
			path string
			form url.Values
		}{
			{wizard + "/famille", fields()},
			{wizard + "/eleve", c.pupilFields(c.draft)},
			{wizard + "/cours", chooseCourses(c, ownFamily).form},
			{wizard + "/envoi", fields("accord", "oui", "texte", c.rules())},
		} {
			if answer := c.ask(request{path: step.path, cookie: cookie, form: step.form}); answer.status != 303 {
				c.Fatalf("%s: got %d%s", step.path, answer.status, said(answer))
			}
		}
		state := c.text(`select q.state from request q join dossier d on d.id = q.dossier_id where d.pupil_id = $1 and q.offering_id = $2`, c.draft, c.course("L-VIOLONCELLE"))
		if state != "waiting" {
			c.Errorf("the request for the full course is %q", state)
		}
		if over := c.text(`select cast(count(*) as text) from offering where taken > capacity`); over != "0" {
			c.Errorf("%s offerings over their capacity", over)
		}
	})
}

// TestWrongFilesAreRefusedWithASentence hands in, by the pages « Importer » of
// the family and of the office, what is no PDF and no photo, whatever its name says.
func TestWrongFilesAreRefusedWithASentence(t *testing.T) {
	whole := sheet(t)
	var word bytes.Buffer
	z := zip.NewWriter(&word)
	for _, name := range []string{"[Content_Types].xml", "word/document.xml"} {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		what string
		file upload
		says string
	}{
		{"a Word document", upload{"fichier", "rib.docx", word.Bytes()}, "document Word"},
		{"a Word document called PDF", upload{"fichier", "rib.pdf", word.Bytes()}, "document Word"},
		{"a drawing", upload{"fichier", "rib.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)}, "dessin SVG"},
		{"a web page", upload{"fichier", "rib.html", []byte(`<!doctype html><html><script>alert(1)</script></html>`)}, "page web"},
		{"a web page called JPEG", upload{"photo", "rib.jpg", []byte(`<!doctype html><html><script>alert(1)</script></html>`)}, "page web"},
		{"a program", upload{"fichier", "rib.exe", append([]byte("MZ\x90\x00\x03\x00\x00\x00"), make([]byte, 500)...)}, "programme"},
		{"half a PDF", upload{"fichier", "rib.pdf", whole[:len(whole)/2]}, "incomplet"},
		{"an empty file", upload{"fichier", "rib.pdf", nil}, "vide"},
		{"a name that is a script", upload{"fichier", script + ".pdf", []byte("rien")}, "simple texte"},
	}
	eachSeeded(t, func(s *seeded) {
		c := newScene(s)
		before, kept := c.writes(), c.storedFiles()
		for _, door := range []struct {
			path string
			who  visitor
		}{{"/famille/importer", ownFamily}, {"/bureau/familles/" + c.own + "/importer", secretary}} {
			proper := request{path: door.path, cookie: c.as(door.who, c.own), form: fields("document", "quotient-familial", "verifie", "oui")}
			for _, k := range cases {
				asked, what := proper, k.what+", "+string(door.who)
				asked.files = []upload{k.file}
				answer := c.ask(asked)
				c.isRefusal(what, answer)
				if answer.status != 422 || !strings.Contains(answer.body, k.says) || strings.Contains(answer.body, script) {
					c.Errorf("%s: got %d, want 422 and « %s »%s", what, answer.status, k.says, said(answer))
				}
				if !strings.Contains(answer.body, `value="quotient-familial" selected`) {
					c.Errorf("%s: the document's name does not come back%s", what, said(answer))
				}
				if door.who == secretary && !strings.Contains(answer.body, `value="oui" checked`) {
					c.Errorf("%s: the box « Vérifié au guichet » does not come back%s", what, said(answer))
				}
			}
			c.isRefusal("no file at all, "+string(door.who), c.ask(proper))
		}
		c.unchanged("wrong files", before)
		if now := c.storedFiles(); now != kept {
			c.Errorf("%d files are stored, %d were", now, kept)
		}
	})
}

func (c *scene) storedFiles() int {
	c.Helper()
	n := 0
	for _, err := range c.blobs.Keys(c.Context()) {
		c.must(err)
		n++
	}
	return n
}
