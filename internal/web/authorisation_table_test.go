package web_test

import (
	"net/url"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
)

// form fills nothing but these fields.
func form(pairs ...string) func(*scene, visitor) filling {
	return func(*scene, visitor) filling { return filling{form: fields(pairs...)} }
}

func fields(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

// closes gives the campaign a closing date: without one there is nothing to reopen.
func closes(c *scene) {
	c.Helper()
	c.set(`update season set campaign_closes_at = $1`, time.Date(2027, 6, 29, 21, 59, 0, 0, time.UTC))
}

// toCall makes calls that the office has yet to pass, one for each of its roles.
func toCall(c *scene) {
	c.Helper()
	c.must(c.store.Write(c.Context(), func(tx *db.Tx) error {
		var calls []correspondence.Mail
		for _, pupil := range []string{"Augustin", "Mathis", "Zoé", "Léo"} {
			calls = append(calls, correspondence.Mail{Event: "call of " + pupil, Kind: enrolment.MailEnrolled, Household: c.own, Call: pupil})
		}
		return correspondence.Enqueue(c.Context(), tx, time.Now(), calls...)
	}))
}

// draftMessage is a message that is kept for later.
func draftMessage(*scene, visitor) filling {
	return filling{form: fields("objet", "Rentrée", "texte", "Bonjour {responsable},", "par", "mail", "liste", "familles", "action", "enregistrer")}
}

// aCall is one that nobody has passed yet, if any is left.
func aCall(c *scene, _ visitor) filling {
	return filling{path: map[string]string{"mail": c.text(`select coalesce(min(id), 'none') from outgoing_mail where recipient = '' and sent_at is null`)}}
}

// newHousehold is a family that the office adds.
var newHousehold = []string{
	"prenom", "Line", "nom", "Bonnaud", "email", "line.bonnaud@exemple.fr", "eleve_prenom", "Zoé", "eleve_date_naissance", "21/03/2016", "eleve_niveau", "CM1",
	"eleve_nouveau", "non", "quand_meme", "oui",
}

// aText is one, with nothing typed of it.
func aText(*scene, visitor) filling {
	return filling{path: map[string]string{"kind": "reglement"}, form: fields("texte", "")}
}

// aLetter is a mail whose words can be changed, with those typed.
func aLetter(form ...string) func(*scene, visitor) filling {
	return func(*scene, visitor) filling {
		return filling{path: map[string]string{"letter": "place_offered"}, form: fields(form...)}
	}
}

// aPaper is one that was handed in, with nothing typed of it.
func aPaper(*scene, visitor) filling {
	return filling{path: map[string]string{"code": "quotient-familial"}, form: fields("nom", "")}
}

// draft is a page of the pupil whose dossier is still a draft.
func draft(pairs ...string) func(*scene, visitor) filling {
	return func(c *scene, _ visitor) filling {
		return filling{path: map[string]string{"pupil": c.draft}, form: fields(pairs...)}
	}
}

// token is the path's value {token}.
func token(of func(*scene) string) func(*scene, visitor) filling {
	return func(c *scene, _ visitor) filling { return filling{path: map[string]string{"token": of(c)}} }
}

// table says of every route who is answered what, with the acts that end
// something after those that need it.
var table = slices.Concat(applicationRows, []row{
	// Everyone.
	{route: "GET /{$}", want: everybody(303)},
	{route: "GET /extranet/usager", want: everybody(303)},
	{route: "GET /extranet/usager/{$}", want: everybody(303)},
	{route: "GET /connexion", want: everybody(303).but(nobody, 200)},
	{route: "POST /connexion", want: everybody(422), fill: form("identifiant", "", "mot_de_passe", "")},
	{route: "GET /mot-de-passe-perdu", want: everybody(200)},
	{route: "POST /mot-de-passe-perdu", want: everybody(422), fill: form("identifiant", "", "mail", "")},
	{route: "GET /mot-de-passe-perdu/envoi", want: everybody(200)},
	{route: "GET /mot-de-passe/lien/{token}", want: everybody(200), fill: token(func(c *scene) string { return c.accountLink }), open: true},
	{route: "POST /mot-de-passe/lien/{token}", want: everybody(422), fill: token(func(c *scene) string { return c.accountLink }), open: true},
	{route: "GET /installation/{token}", want: everybody(404), fill: token(func(*scene) string { return "ferme" })},
	{route: "POST /installation/{token}", want: everybody(404), fill: token(func(*scene) string { return "ferme" })},
	{route: "GET /accessibilite", want: everybody(200)},
	{route: "POST /accessibilite", want: everybody(303), fill: form("contraste", "fort")},
	{route: "GET /mentions-legales", want: everybody(200)},
	{route: "GET /donnees-personnelles", want: everybody(200)},
	{route: "GET /couleur/{colour}", want: everybody(200)},
	{route: "GET /contact", want: everybody(200)},
	{route: "GET /adresse/{token}", want: everybody(200), fill: token(func(c *scene) string { return c.addressLink }), open: true},
	{route: "POST /adresse/{token}", want: everybody(404), fill: token(func(*scene) string { return "inconnu" })},
	{route: "GET /offre/{token}", want: everybody(200), fill: token(func(c *scene) string { return c.offers[0].token }), open: true},
	{route: "POST /offre/{token}", want: everybody(303), fill: token(func(c *scene) string { return c.offers[0].token }), open: true},

	// Whoever is signed in.
	{route: "GET /mot-de-passe", want: signedIn(200)},
	{route: "POST /mot-de-passe", want: signedIn(422), fill: form("actuel", "", "nouveau", "")},
	{route: "POST /mot-de-passe/identifiant", want: signedIn(422), fill: form("identifiant", "a")},
	{route: "GET /mon-compte", want: signedIn(200)},
	{route: "POST /mon-compte/sessions/{session}/fermer", want: signedIn(404)},

	// The staff: their second factor. These sessions are wholly open: nothing is to be proved.
	{route: "GET /second-facteur", want: staff(303)},
	{route: "POST /second-facteur", want: staff(303), fill: form("code", "123456")},
	{route: "POST /second-facteur/cle", want: staff(303), fill: form("reponse", "{}")},
	{route: "POST /second-facteur/secours", want: staff(303), fill: form("secours", "ABCD")},
	{route: "GET /second-facteur/creer", want: staff(200)},
	{route: "POST /second-facteur/creer/application", want: staff(422), fill: form("code", "")},
	{route: "POST /second-facteur/creer/cle", want: staff(422), fill: form("reponse", "{}")},
	{route: "POST /mon-compte/codes", want: staff(422)},
	{route: "POST /mon-compte/facteurs/{factor}/retirer", want: staff(404)},

	// The administration: the staff's accounts.
	{route: "GET /bureau/reglages/droits", want: directions(200)},
	{route: "POST /bureau/reglages/droits/second-facteur", want: one(administrator, 303), fill: form()},
	{route: "GET /bureau/reglages/droits/journal", want: directions(200)},
	{route: "GET /bureau/reglages/droits/journal/{format}", want: directions(200), fill: func(*scene, visitor) filling {
		return filling{path: map[string]string{"format": "csv"}}
	}},
	{route: "GET /bureau/reglages/droits/nouveau", want: one(administrator, 200)},
	{route: "POST /bureau/reglages/droits/nouveau", want: one(administrator, 303), fill: form("nom", "Maud T.", "mail", "maud.t@exemple.fr", "role", "secretary")},
	{route: "GET /bureau/reglages/droits/{account}", want: one(administrator, 200)},
	{route: "POST /bureau/reglages/droits/{account}", want: one(administrator, 303), fill: form("nom", "Maud Thibault", "mail", "maud.thibault@exemple.fr", "role", "director")},
	{route: "POST /bureau/reglages/droits/{account}/invitation", want: one(administrator, 303)},
	{route: "POST /bureau/reglages/droits/{account}/second-facteur", want: one(administrator, 422)},
	{route: "POST /bureau/reglages/droits/{account}/sessions", want: one(administrator, 303)},
	{route: "POST /bureau/reglages/droits/{account}/desactiver", want: one(administrator, 303)},
	{route: "POST /bureau/reglages/droits/{account}/reactiver", want: one(administrator, 303)},
	{route: "GET /enseignant", want: one(teacher, 200)},

	// Families: their own pages.
	{route: "GET /accueil", want: families(200, 200)},
	{route: "GET /telechargements/{code}", want: families(200, 200)},
	{route: "GET /textes/{text}", want: families(200, 200)},
	{route: "GET /factures", want: families(200, 200)},
	{route: "GET /factures/{invoice}", want: families(200, 404)},
	{route: "GET /factures/{invoice}/pdf", want: families(200, 404)},
	{route: "GET /paiements/{entry}", want: families(200, 404)},
	{route: "GET /attestations/{year}", want: families(200, 404), given: func(c *scene) { c.entry() }},
	{route: "GET /messages", want: families(200, 200)},
	{route: "GET /messages/{message}", want: families(200, 404)},
	{route: "POST /messages/{message}/lu", want: families(303, 404)},
	{route: "GET /famille", want: families(303, 303)},
	{route: "GET /famille/identite", want: families(200, 200)},
	{route: "POST /famille/identite", want: families(303, 404), fill: func(c *scene, who visitor) filling {
		f := c.identityFields(c.own)
		if who == stranger { // the others' responsible, at one's own version
			f.Set("version", c.text(`select cast(version as text) from household where id = $1`, c.other))
		}
		return filling{form: f}
	}},
	{route: "GET /famille/documents", want: families(200, 200)},
	{route: "GET /famille/importer", want: families(200, 200)},
	{route: "POST /famille/importer", want: families(303, 422), fill: func(c *scene, who visitor) filling {
		f := filling{form: fields("document", "quotient-familial"), files: []upload{{"fichier", ownFile, sheet(c.T)}}}
		if who != ownFamily {
			f.form.Set("document", "formulaire:"+c.draft)
		}
		return f
	}},
	{route: "GET /famille/mandat.pdf", want: families(200, 200)},
	{route: "GET /famille/donnees.zip", want: families(200, 200)},
	{route: "GET /bureau/familles/{household}/donnees.zip", want: directions(200)},
	{route: "GET /famille/mandat-vierge.pdf", want: families(200, 200)},
	{route: "GET /pieces/{deposit}", want: families(200, 404).but(secretary, 200).but(director, 200).but(administrator, 200)},

	// Families: a pupil's pages.
	{route: "GET /eleves", want: families(303, 303)},
	{route: "GET /eleves/{pupil}", want: families(303, 404)},
	{route: "GET /eleves/{pupil}/identite", want: families(200, 404)},
	{route: "POST /eleves/{pupil}/identite", want: families(303, 404), fill: func(c *scene, _ visitor) filling {
		return filling{path: map[string]string{"pupil": c.draft}, form: c.pupilFields(c.draft)}
	}},
	{route: "GET /eleves/{pupil}/cours", want: families(200, 404)},
	{route: "GET /eleves/{pupil}/documents", want: families(200, 404)},
	{route: "GET /eleves/{pupil}/reinscription", want: families(200, 404)},
	{route: "GET /eleves/{pupil}/reinscription/famille", want: families(200, 404), fill: draft()},
	{route: "POST /eleves/{pupil}/reinscription/famille", want: families(303, 404), fill: draft()},
	{route: "GET /eleves/{pupil}/reinscription/eleve", want: families(200, 404), fill: draft()},
	{route: "POST /eleves/{pupil}/reinscription/eleve", want: families(303, 404), fill: func(c *scene, _ visitor) filling {
		return filling{path: map[string]string{"pupil": c.draft}, form: c.pupilFields(c.draft)}
	}},
	{route: "POST /eleves/{pupil}/reinscription/revient", want: families(303, 404), fill: draft()},
	{route: "GET /eleves/{pupil}/reinscription/cours", want: families(200, 404), fill: draft()},
	{route: "POST /eleves/{pupil}/reinscription/cours", want: families(303, 404), fill: draft("action", "papier")},
	{route: "GET /eleves/{pupil}/reinscription/pieces", want: families(200, 404), fill: draft()},
	{route: "GET /eleves/{pupil}/reinscription/formulaire.pdf", want: families(200, 404), fill: draft()},
	{route: "GET /eleves/{pupil}/reinscription/prix", want: families(200, 404), fill: draft()},
	{route: "GET /eleves/{pupil}/reinscription/envoi", want: families(200, 404), fill: draft()},
	{route: "GET /reinscription/envoi", want: families(200, 200)},
	{route: "POST /reinscription/envoi", want: families(422, 404), fill: func(c *scene, _ visitor) filling {
		return filling{form: fields("eleve", c.draft, "texte", c.rules())}
	}},
	{route: "POST /eleves/{pupil}/reinscription/envoi", want: families(303, 404), fill: func(c *scene, _ visitor) filling {
		return filling{path: map[string]string{"pupil": c.draft}, form: fields("accord", "oui", "texte", c.rules())}
	}},
	{route: "GET /eleves/{pupil}/reinscription/attente", want: families(303, 404)},
	{route: "GET /reinscription/attente", want: families(303, 303), fill: func(c *scene, _ visitor) filling {
		return filling{query: "?eleves=" + c.sent}
	}},
	{route: "GET /eleves/{pupil}/reinscription/confirmation", want: families(200, 404)},
	{route: "GET /reinscription/confirmation", want: families(200, 303), fill: func(c *scene, _ visitor) filling {
		return filling{query: "?eleves=" + c.sent}
	}},
	{route: "GET /eleves/{pupil}/reinscription/accuse.pdf", want: families(200, 404)},
	{route: "GET /eleves/{pupil}/reinscription/changer", want: families(200, 404)},
	{route: "POST /eleves/{pupil}/reinscription/changer", want: families(422, 404), fill: form("action", "valider")},
	{route: "GET /eleves/{pupil}/reinscription/renoncer", want: families(200, 404)},
	{route: "GET /eleves/{pupil}/offres/{request}", want: families(200, 404), fill: offer("")},
	{route: "POST /eleves/{pupil}/offres/{request}", want: families(303, 404), fill: offer("accepter")},

	// The office: reading.
	{route: "GET /bureau", want: offices(200).but(director, 303)},
	{route: "GET /bureau/tableau", want: offices(200)},
	{route: "GET /bureau/dossiers", want: offices(200)},
	{route: "GET /bureau/dossiers/a-confirmer", want: offices(200), fill: func(*scene, visitor) filling { return filling{query: "?tous=oui"} }},
	{route: "GET /bureau/dossiers/relance", want: offices(200)},
	{route: "GET /bureau/dossiers/{id}", want: offices(200)},
	{route: "GET /bureau/dossiers/{id}/journal", want: offices(200)},
	{route: "GET /bureau/dossiers/{id}/cours", want: offices(200)},
	{route: "GET /bureau/dossier-papier", want: offices(200)},
	{route: "GET /bureau/places", want: offices(200)},
	{route: "GET /bureau/ouverture", want: offices(200).but(secretary, 403)},
	{route: "GET /bureau/places/{course}/{semester}", want: offices(200)},
	{route: "GET /bureau/places/listes", want: offices(200)},
	{route: "GET /bureau/places/demandes/{request}", want: offices(200), fill: aRequest("place")},
	{route: "GET /bureau/places/attribution", want: offices(200)},
	{route: "GET /bureau/places/attribution/nouveau", want: offices(200)},
	{route: "GET /bureau/places/attribution/{scenario}", want: offices(200), fill: aScenario()},
	{route: "GET /bureau/places/attribution/{scenario}/modifier", want: offices(200), fill: aScenario()},
	{route: "GET /bureau/catalogue", want: offices(200)},
	{route: "GET /bureau/catalogue/cours/nouveau", want: offices(200)},
	{route: "GET /bureau/catalogue/cours/{course}", want: offices(200)},
	{route: "GET /bureau/catalogue/formules", want: offices(200)},
	{route: "GET /bureau/catalogue/formules/nouvelle", want: offices(200)},
	{route: "GET /bureau/catalogue/formules/{programme}", want: offices(200)},
	{route: "GET /bureau/catalogue/poles", want: offices(200)},
	{route: "GET /bureau/catalogue/poles/nouveau", want: offices(200)},
	{route: "GET /bureau/catalogue/poles/{site}", want: offices(200)},
	{route: "GET /bureau/catalogue/disciplines/{discipline}", want: offices(200)},
	{route: "GET /bureau/catalogue/enseignants", want: offices(200)},
	{route: "GET /bureau/catalogue/enseignants/nouveau", want: offices(200)},
	{route: "GET /bureau/catalogue/enseignants/{teacher}", want: offices(200)},
	{route: "GET /bureau/recherche", want: offices(200)},
	{route: "GET /bureau/familles/{household}", want: offices(200)},
	{route: "GET /bureau/familles/{household}/identite", want: offices(200)},
	{route: "GET /bureau/familles/{household}/importer", want: offices(200)},
	{route: "GET /bureau/foyers", want: offices(200)},
	{route: "GET /bureau/foyers/nouveau", want: offices(200)},
	{route: "GET /bureau/familles/{household}/eleves/nouveau", want: offices(200)},
	{route: "GET /bureau/familles/{household}/fusion", want: offices(200)},
	{route: "GET /bureau/fusions/{merge}", want: offices(200), fill: anUndoneMerge},
	{route: "GET /bureau/eleves", want: offices(200)},
	{route: "GET /bureau/a-verifier", want: offices(200)},
	{route: "GET /bureau/eleves/{pupil}/foyers", want: offices(200)},
	{route: "GET /bureau/import", want: offices(200)},
	{route: "POST /bureau/import", want: offices(303), fill: func(c *scene, _ visitor) filling {
		return filling{form: fields("sorte", "familles"), files: []upload{{"fichier", "familles.csv", []byte(fileOfNobody)}}}
	}},
	{route: "GET /bureau/import/{import}", want: offices(200), fill: anImport()},
	{route: "GET /bureau/import/{import}/changements", want: offices(200), fill: anImport()},
	{route: "GET /bureau/import/{import}/problemes", want: offices(200), fill: anImport()},
	{route: "POST /bureau/import/{import}/feuille", want: offices(303), fill: anImport("feuille", "0", "titres", "1")},
	{route: "POST /bureau/import/{import}/colonnes", want: offices(303), fill: anImport("colonne-0", "resp.nom")},
	{route: "POST /bureau/import/{import}/reponses", want: offices(303), fill: anImport("page", "1")},
	{route: "POST /bureau/import/{import}/essai", want: offices(303), fill: anImport()},
	{route: "POST /bureau/import/{import}/faire", want: offices(422), fill: keptImport},
	{route: "POST /bureau/import/{import}/annuler", want: offices(409), fill: keptImport},
	{route: "POST /bureau/import/{import}/abandonner", want: offices(303), fill: anImport()},
	{route: "GET /bureau/tarifs", want: directions(200).but(bursar, 200)},
	{route: "POST /bureau/tarifs", want: directions(303).but(bursar, 303), fill: heldTariff},
	{route: "GET /bureau/tarifs/grille", want: directions(200).but(bursar, 200)},
	{route: "POST /bureau/tarifs/import", want: directions(200).but(bursar, 200), fill: func(*scene, visitor) filling {
		return filling{files: []upload{{"fichier", "tarifs.csv", []byte(oneLineGrid)}}}
	}},
	{money: true, route: "GET /bureau/facturation", want: directions(200).but(bursar, 200)},
	{money: true, route: "POST /bureau/facturation", want: one(bursar, 303), fill: readyInvoices},
	{money: true, route: "GET /bureau/facturation/avancement", want: directions(303).but(bursar, 303)},
	{money: true, route: "POST /bureau/facturation/suspendre", want: one(bursar, 303)},
	{money: true, route: "POST /bureau/facturation/reprendre", want: one(bursar, 303)},
	{money: true, route: "GET /bureau/facturation/foyers/{household}", want: directions(200).but(bursar, 200), fill: aDraft},
	{money: true, route: "POST /bureau/facturation/foyers/{household}", want: one(bursar, 303), fill: aDraft},
	{money: true, route: "GET /bureau/facturation/eleves/{pupil}", want: directions(200).but(bursar, 200)},
	{money: true, route: "POST /bureau/facturation/eleves/{pupil}", want: one(bursar, 303), fill: someTerms},
	{money: true, route: "GET /bureau/factures", want: directions(200).but(bursar, 200)},
	{money: true, route: "GET /bureau/factures/{invoice}", want: directions(200).but(bursar, 200)},
	{money: true, route: "GET /bureau/factures/{invoice}/pdf", want: directions(200).but(bursar, 200)},
	{money: true, route: "POST /bureau/factures/{invoice}/avoir", want: one(bursar, 303), fill: func(*scene, visitor) filling { return filling{form: fields("motif", "déménage")} }},
	{money: true, route: "POST /bureau/factures/{invoice}/echeancier", want: one(bursar, 303), fill: func(*scene, visitor) filling { return filling{form: fields("fois", "8")} }},
	{money: true, route: "GET /bureau/comptes/{household}", want: directions(200).but(bursar, 200)},
	{money: true, route: "POST /bureau/comptes/{household}", want: one(bursar, 303), fill: aCheque},
	{money: true, route: "POST /bureau/comptes/{household}/remboursement", want: one(bursar, 303), fill: aRefund},
	{money: true, route: "GET /bureau/quotients/{household}", want: offices(200).but(bursar, 200)},
	{money: true, route: "POST /bureau/quotients/{household}", want: offices(303).but(bursar, 303), fill: anAttestation},
	{money: true, route: "POST /bureau/quotients/{household}/{quotient}/retirer", want: offices(303).but(bursar, 303), fill: func(c *scene, _ visitor) filling {
		return filling{path: map[string]string{"quotient": c.quotient()}, form: fields("motif", "lu de travers")}
	}},
	{money: true, route: "GET /bureau/recettes", want: directions(200).but(bursar, 200)},
	{money: true, route: "GET /bureau/impayes", want: directions(200).but(bursar, 200)},
	{money: true, route: "POST /bureau/impayes", want: one(bursar, 303), fill: aReminder},
	{money: true, route: "GET /bureau/impayes/lettres/{day}", want: directions(200).but(bursar, 200), given: (*scene).late},
	{money: true, route: "GET /bureau/encaissements", want: directions(200).but(bursar, 200)},
	{money: true, route: "GET /bureau/encaissements/saisie", want: directions(200).but(bursar, 200), fill: func(*scene, visitor) filling { return filling{query: "?q=moreau"} }},
	{money: true, route: "GET /bureau/encaissements/journal/{format}", want: directions(200).but(bursar, 200), fill: thisMonth},
	{money: true, route: "POST /bureau/encaissements/cloture", want: one(bursar, 303), fill: lastMonth},
	{money: true, route: "POST /bureau/remises", want: one(bursar, 303), fill: inHand},
	{money: true, route: "GET /bureau/remises/{remittance}", want: directions(200).but(bursar, 200)},
	{money: true, route: "GET /bureau/remises/{remittance}/pdf", want: directions(200).but(bursar, 200)},
	{money: true, route: "POST /bureau/remises/{remittance}/annulation", want: one(bursar, 303), fill: func(*scene, visitor) filling { return filling{form: fields("motif", "un chèque manque")} }},
	{money: true, route: "POST /bureau/remises/{remittance}/credit", want: one(bursar, 303), fill: credited},
	{money: true, route: "GET /bureau/ecritures/{entry}", want: directions(200).but(bursar, 200)},
	{money: true, route: "GET /bureau/ecritures/{entry}/recu", want: directions(200).but(bursar, 200)},
	{money: true, route: "GET /bureau/comptes/{household}/attestations/{year}", want: directions(200).but(bursar, 200), given: func(c *scene) { c.entry() }},
	{money: true, route: "POST /bureau/ecritures/{entry}", want: one(bursar, 303), fill: aCounter},
	{route: "GET /bureau/sans-reponse", want: offices(200)},
	{route: "GET /bureau/listes", want: offices(200)},
	{route: "GET /bureau/chiffres", want: offices(200)},
	{route: "GET /bureau/listes/{list}/{format}", want: offices(200), fill: func(*scene, visitor) filling {
		return filling{path: map[string]string{"list": "familles", "format": "csv"}}
	}},
	{route: "GET /bureau/impressions/{paper}", want: offices(200), fill: func(*scene, visitor) filling { return filling{path: map[string]string{"paper": "listes-de-cours"}} }},
	{route: "GET /bureau/identifiants", want: offices(200)},
	{route: "GET /bureau/messages", want: offices(200)},
	{route: "GET /bureau/messages/modeles", want: offices(200)},
	{route: "GET /bureau/messages/nouveau", want: offices(200)},
	{route: "POST /bureau/messages", want: offices(303), fill: draftMessage},
	{route: "POST /bureau/messages/apercu", want: offices(200), fill: draftMessage},
	{route: "GET /bureau/messages/{message}", want: offices(200)},
	{route: "POST /bureau/messages/{message}", want: offices(409), fill: draftMessage},
	{route: "GET /bureau/messages/{message}/envoi", want: offices(303)},
	{route: "POST /bureau/messages/{message}/annuler", want: offices(409)},
	{route: "POST /bureau/messages/{message}/renvoyer", want: offices(303)},
	{route: "POST /bureau/messages/{message}/lettres", want: offices(303)},
	{route: "POST /bureau/messages/{message}/retirer", want: offices(303), fill: func(c *scene, who visitor) filling {
		if isOffice(who) { // shown once more for the next one
			c.set(`update message set in_portal = true where id = $1`, c.message)
		}
		return filling{}
	}},
	{route: "POST /bureau/messages/{message}/supprimer", want: offices(409)},
	{route: "GET /bureau/mails", want: offices(200)},

	// The office: deciding. Each decision finds a dossier that waits for it.
	{route: "POST /bureau/dossiers/{id}/pieces/{deposit}/valider", want: offices(303), fill: paper("provided")},
	{route: "POST /bureau/dossiers/{id}/pieces/{deposit}/annuler", want: offices(303), fill: paper("validated")},
	{route: "POST /bureau/dossiers/{id}/pieces/{deposit}/refuser", want: offices(303), fill: paper("provided", "motif", "1")},
	{route: "POST /bureau/dossiers/{id}/pieces/{deposit}/sans-valeur", want: offices(303), fill: paper("provided", "motif", "Une photo de vacances", "sur", "oui")},
	{route: "POST /bureau/dossiers/{id}/confirmer", want: offices(303), fill: ready},
	{route: "POST /bureau/dossiers/{id}/annuler", want: offices(303), fill: justConfirmed},
	{route: "POST /bureau/confirmations/{batch}/annuler", want: offices(409), fill: func(*scene, visitor) filling { return filling{path: map[string]string{"batch": "0123"}} }},
	{route: "POST /bureau/dossiers/relance", want: offices(303), fill: form()},
	{route: "POST /bureau/dossiers/{id}/refuser", want: offices(303), fill: complete("motif", "Hors du territoire", "sur", "oui")},
	{route: "POST /bureau/dossiers/{id}/renoncement", want: offices(303), fill: complete("reponse", "renoncer", "motif", "Par téléphone", "sur", "oui")},
	{route: "POST /bureau/dossiers/{id}/cours", want: offices(422), fill: complete("motif", "")},
	{route: "POST /bureau/dossiers/confirmer-prets", want: offices(303), fill: form()},
	{route: "POST /bureau/dossier-papier", want: offices(422), fill: func(c *scene, _ visitor) filling {
		return filling{form: fields("eleve", c.draft, "motif", "")}
	}},
	{route: "POST /bureau/places/{course}/{semester}/capacite", want: offices(303), fill: func(c *scene, _ visitor) filling {
		return filling{form: fields("places", "40", "motif", "Une salle plus grande")}
	}},
	{route: "POST /bureau/places/{course}/{semester}/saut", want: offices(303), fill: jump},
	{route: "POST /bureau/places/demandes/{request}/deplacer", want: offices(422), fill: aRequest("place", "motif", "")},
	{route: "POST /bureau/places/demandes/{request}/echanger", want: offices(422), fill: aRequest("place", "motif", "")},
	{route: "POST /bureau/places/demandes/{request}/renoncer", want: offices(422), fill: aRequest("place", "motif", "")},
	{route: "POST /bureau/places/demandes/{request}/repondre", want: offices(422), fill: aRequest("place")},
	{route: "POST /bureau/places/attribution", want: offices(303), fill: anAllocation},
	{route: "POST /bureau/places/attribution/{scenario}/modifier", want: offices(303), fill: changedScenario},
	{route: "POST /bureau/places/attribution/{scenario}/publier", want: offices(409), fill: aScenario()},
	{route: "POST /bureau/places/attribution/{scenario}/annuler", want: offices(409), fill: aScenario()},
	{route: "POST /bureau/places/attribution/{scenario}/jeter", want: offices(303), fill: aScenario()},
	{route: "POST /bureau/places/{course}/{semester}/annuler-le-cours", want: offices(422), fill: form("motif", "")},
	{route: "POST /bureau/familles/{household}/adresse", want: offices(303), fill: func(c *scene, _ visitor) filling {
		return filling{form: fields("responsable", c.text(`select id from guardian where household_id = $1 order by position limit 1`, c.own), "email", ownEmail, "verifie", "oui")}
	}},
	{route: "POST /bureau/familles/{household}/identite", want: offices(303), fill: func(c *scene, _ visitor) filling {
		return filling{form: with(c.identityFields(c.own), "verifie", "oui")}
	}},
	{route: "POST /bureau/familles/{household}/importer", want: offices(303), fill: func(c *scene, _ visitor) filling {
		return filling{form: fields("document", "quotient-familial", "verifie", "oui"), files: []upload{{"fichier", ownFile, sheet(c.T)}}}
	}},
	{route: "POST /bureau/foyers/nouveau", want: offices(303), fill: form(newHousehold...)},
	{route: "POST /bureau/familles/{household}/eleves/nouveau", want: offices(303), fill: func(c *scene, v visitor) filling {
		return filling{form: with(fields(newHousehold...), "eleve_prenom", "Zoé "+string(v))}
	}},
	{route: "POST /bureau/familles/{household}/lettre", want: offices(200)},
	{route: "POST /bureau/familles/{household}/mail-identifiant", want: offices(303)},
	{route: "POST /bureau/eleves/{pupil}/rouvrir", want: offices(303), given: closes, fill: form("jusqu_au", "30/06/2027", "motif", "Retour de voyage")},
	{route: "POST /bureau/eleves/{pupil}/inviter", want: offices(303)},
	{route: "POST /bureau/a-verifier/{household}/vu", want: offices(303), fill: toSee},
	{route: "POST /bureau/a-verifier/{household}/annuler", want: offices(303), fill: justSeen},
	{route: "POST /bureau/a-verifier/{household}/ancien", want: offices(303), fill: formerValue},
	{route: "POST /bureau/eleves/{pupil}/foyers", want: offices(303), fill: secondHome},
	{route: "POST /bureau/familles/{household}/fusion", want: offices(409), fill: anOldPreview},
	{route: "POST /bureau/fusions/{merge}/annuler", want: offices(409), fill: anUndoneMerge},
	{route: "POST /bureau/familles/{household}/differents", want: offices(303), fill: twoHouseholds},
	{route: "POST /bureau/familles/{household}/differents/annuler", want: offices(303), fill: saidApart},
	{route: "POST /bureau/identifiants/lettres", want: offices(303)},
	{route: "POST /bureau/identifiants/mails", want: offices(303)},
	{route: "POST /bureau/mails/{mail}/renvoyer", want: offices(409)},
	{route: "POST /bureau/mails/{mail}/dit", want: offices(303), given: toCall, fill: aCall},

	// Direction and administration: the settings.
	{route: "GET /bureau/reglages", want: directions(303)},
	{route: "GET /bureau/reglages/ecole", want: directions(200)},
	{route: "POST /bureau/reglages/ecole", want: directions(422), fill: form("nom", "")},
	{route: "GET /bureau/reglages/textes", want: directions(200)},
	{route: "GET /bureau/reglages/textes/{kind}", want: directions(200), fill: aText},
	{route: "POST /bureau/reglages/textes/{kind}", want: directions(422), fill: aText},
	{route: "GET /bureau/reglages/textes/mails/{letter}", want: directions(200), fill: aLetter()},
	{route: "GET /bureau/reglages/textes/mails/{letter}/mise-en-page", want: directions(200), fill: aLetter()},
	{route: "POST /bureau/reglages/textes/mails/{letter}", want: directions(422), fill: aLetter("texte", "")},
	{route: "POST /bureau/reglages/textes/mails/{letter}/apercu", want: directions(422), fill: aLetter("texte", "")},
	{route: "POST /bureau/reglages/textes/mails/{letter}/essai", want: directions(422), fill: aLetter("texte", "")},
	{route: "POST /bureau/reglages/textes/mails/{letter}/origine", want: directions(409), fill: aLetter()},
	{route: "GET /bureau/reglages/facturation", want: directions(200)},
	{route: "POST /bureau/reglages/facturation", want: directions(422), fill: form("creancier_siret", "1")},
	{route: "GET /bureau/reglages/paiement", want: directions(200)},
	{route: "POST /bureau/reglages/paiement", want: directions(422), fill: form("fois_1", "")},
	{route: "GET /bureau/reglages/regles", want: directions(200)},
	{route: "POST /bureau/reglages/regles", want: directions(422), fill: form("session_minutes", "")},
	{route: "GET /bureau/reglages/campagne", want: directions(200)},
	{route: "POST /bureau/reglages/campagne", want: directions(422), fill: form("ouverture", "")},
	{route: "GET /bureau/reglages/pieces", want: directions(200)},
	{route: "GET /bureau/reglages/pieces/{code}", want: directions(200), fill: aPaper},
	{route: "POST /bureau/reglages/pieces/{code}", want: directions(422), fill: aPaper},
	{route: "POST /bureau/reglages/pieces/{code}/retirer", want: directions(409), fill: aPaper},
	{route: "GET /bureau/reglages/saison", want: directions(200)},
	{route: "GET /bureau/reglages/saison/preparer", want: directions(200)},
	{route: "POST /bureau/reglages/saison/preparer", want: directions(422), fill: form("debut", "")},
	{route: "GET /bureau/reglages/saison/{season}", want: directions(200)},
	{route: "POST /bureau/reglages/saison/{season}/passer", want: directions(404)},
	{route: "POST /bureau/reglages/saison/{season}/revenir", want: directions(404)},
	{route: "POST /bureau/reglages/saison/{season}/annuler", want: directions(404)},
	{route: "POST /bureau/reglages/campagne/publier-les-cours", want: directions(303)},
	{route: "POST /bureau/reglages/campagne/retirer-les-cours", want: directions(303)},
	// The office: what the school teaches. What dossiers or courses hold on to is not removed.
	{route: "POST /bureau/catalogue/capacites", want: offices(303), fill: form("action", "enregistrer")},
	{route: "POST /bureau/catalogue/cours/nouveau", want: offices(303), fill: newCourse},
	{route: "POST /bureau/catalogue/cours/{course}", want: offices(303), fill: heldCourse},
	{route: "POST /bureau/catalogue/cours/{course}/supprimer", want: offices(422), fill: askedCourse},
	{route: "POST /bureau/catalogue/formules/nouvelle", want: offices(303), fill: newProgramme},
	{route: "POST /bureau/catalogue/formules/{programme}", want: offices(303), fill: heldProgramme},
	{route: "POST /bureau/catalogue/formules/{programme}/ordre", want: offices(303), fill: form("sens", "descendre")},
	{route: "POST /bureau/catalogue/formules/{programme}/supprimer", want: offices(422), fill: version("programme")},
	{route: "POST /bureau/catalogue/poles/nouveau", want: offices(303), fill: newSite},
	{route: "POST /bureau/catalogue/poles/{site}", want: offices(303), fill: heldSite},
	{route: "POST /bureau/catalogue/poles/{site}/ordre", want: offices(303), fill: form("sens", "descendre")},
	{route: "POST /bureau/catalogue/poles/{site}/supprimer", want: offices(422), fill: version("site")},
	{route: "POST /bureau/catalogue/disciplines", want: offices(303), fill: newDiscipline},
	{route: "POST /bureau/catalogue/disciplines/{discipline}", want: offices(303), fill: heldDiscipline},
	{route: "POST /bureau/catalogue/disciplines/{discipline}/supprimer", want: offices(422), fill: version("discipline")},
	{route: "POST /bureau/catalogue/enseignants/nouveau", want: offices(303), fill: newTeacher},
	{route: "POST /bureau/catalogue/enseignants/{teacher}", want: offices(303), fill: heldTeacher},
	{route: "POST /bureau/catalogue/enseignants/{teacher}/supprimer", want: offices(422), fill: version("teacher")},

	// What ends a dossier, a session.
	{route: "POST /eleves/{pupil}/reinscription/renoncer", want: families(303, 404), fill: form("raison", "Déménagement")},
	{route: "POST /deconnexion", want: everybody(303)},
})

// toSee is a change of the family that the office has not seen, for each of its roles.
func toSee(c *scene, who visitor) filling {
	f := filling{form: fields("jusqu_a", shown.AddDate(1, 0, 0).Format(time.RFC3339))}
	if !isOffice(who) {
		return f
	}
	form := c.identityFields(c.own)
	form.Set("ville", "Le Marqueur "+form.Get("version"))
	if answer := c.ask(request{path: "/famille/identite", cookie: c.familyCookie(c.own), form: form}); answer.status != 303 {
		c.Fatalf("the family changes its town: %d%s", answer.status, said(answer))
	}
	return f
}

// justSeen is what the office has seen just now.
func justSeen(c *scene, who visitor) filling {
	f := toSee(c, who)
	if !isOffice(who) {
		return f
	}
	var batch string
	c.must(c.store.Write(c.Context(), func(tx *db.Tx) (err error) {
		_, batch, err = people.See(c.Context(), tx, shown, c.secretary, c.own, shown.AddDate(1, 0, 0))
		return err
	}))
	return filling{query: "?lot=" + batch}
}

// formerValue is a change of the family whose former value may be put back.
func formerValue(c *scene, who visitor) filling {
	toSee(c, who)
	return filling{form: fields("changement", c.text(`select coalesce(min(id), '') from household_change where household_id = $1 and field = 'commune' and seen_at is null`, c.own))}
}

// twoHouseholds are the first one and the other family's.
func twoHouseholds(c *scene, _ visitor) filling { return filling{query: "?avec=" + c.other} }

// saidApart are two households that the office has said are two.
func saidApart(c *scene, who visitor) filling {
	if isOffice(who) {
		c.must(c.store.Write(c.Context(), func(tx *db.Tx) error { return people.SayApart(c.Context(), tx, shown, c.secretary, c.own, c.other) }))
	}
	return twoHouseholds(c, who)
}

// anOldPreview is a merge with the other family, of which something has changed since.
func anOldPreview(c *scene, _ visitor) filling {
	return filling{form: fields("avec", c.other, "vu", "0123")}
}

// anUndoneMerge is of two households that are two again.
func anUndoneMerge(c *scene, _ visitor) filling {
	const id = "00000000-0000-7000-8000-000000000027"
	if c.text(`select cast(count(*) as text) from household_merge`) == "0" {
		c.must(c.store.Write(c.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(c.Context(), `insert into household_merge (id, kept_id, lost_id, kept_name, lost_name, login, lost_login, merged_at, merged_by,
				said, before, after, lines, mails, undone_at, undone_by) values ($1, $2, 'aucun', 'Claire', 'Claire', '', '', $3, 'Annie', '', '{}', '{}', '[]', '[]', $3, 'Annie')`, id, c.own, shown)
			return err
		}))
	}
	return filling{path: map[string]string{"merge": id}}
}

// secondHome links the pupil to the other family, or unlinks it from there.
func secondHome(c *scene, who visitor) filling {
	act := "rattacher"
	if c.text(`select cast(count(*) as text) from pupil_household where pupil_id = $1`, c.draft) == "2" {
		act = "detacher"
	}
	return filling{path: map[string]string{"pupil": c.draft},
		form: fields("action", act, "foyer", c.offers[0].household, "version", c.text(`select cast(version as text) from pupil where id = $1`, c.draft))}
}

// rules is the text that « J’accepte » accepts.
func (c *scene) rules() string {
	c.Helper()
	return c.text(`select id from school_text where kind = 'reglement' order by created_at desc, id desc limit 1`)
}

// offer is a place on offer, to its own family.
func offer(answer string) func(*scene, visitor) filling {
	return func(c *scene, _ visitor) filling {
		o := c.offers[0]
		return filling{path: map[string]string{"pupil": o.pupil, "request": o.request}, form: fields("reponse", answer), own: o.household}
	}
}

// paper is a deposit in that state, of a dossier that is not « inscrit ».
func paper(state string, pairs ...string) func(*scene, visitor) filling {
	return func(c *scene, _ visitor) filling {
		found := c.texts(3, `select o.id, d.id, cast(d.version as text) from deposit d join dossier o on o.household_id = d.household_id
			where d.state = $1 and d.replaced_at is null and d.pupil_id is null and o.state in ('complete', 'paper_refused')
				and not exists (select 1 from dossier e where e.household_id = d.household_id and e.state = 'enrolled')
				and d.household_id <> $2
			order by d.id, o.id limit 1`, state, c.own)
		return filling{path: map[string]string{"id": found[0], "deposit": found[1]}, form: fields(append(pairs, "version", found[2])...)}
	}
}

// complete is a complete dossier, the scene's families aside.
func complete(pairs ...string) func(*scene, visitor) filling {
	return func(c *scene, _ visitor) filling {
		id := c.text(`select id from dossier where state = 'complete' and received_on_paper_at is null and household_id not in ($1, $2, $3) order by rank desc limit 1`, c.own, c.other, c.offers[0].household)
		return filling{path: map[string]string{"id": id}, form: fields(pairs...)}
	}
}

// ready is a dossier with a place, whose papers the office has all validated.
func ready(c *scene, who visitor) filling {
	id := c.text(`select o.id from dossier o where o.state = 'complete' and o.received_on_paper_at is null and o.household_id not in ($1, $2, $3)
		and exists (select 1 from request q where q.dossier_id = o.id and q.state = 'place') order by o.rank desc limit 1`, c.own, c.other, c.offers[0].household)
	if isOffice(who) {
		c.validateAll(id)
	}
	return filling{path: map[string]string{"id": id}}
}

// justConfirmed is a dossier that the office has answered, at the version that
// the answer gave it.
func justConfirmed(c *scene, who visitor) filling {
	f := ready(c, who)
	if isOffice(who) {
		_, err := c.registrar.Confirm(c.Context(), c.secretary, f.path["id"], "")
		c.must(err)
	}
	f.query = "?version=" + c.text(`select cast(version as text) from dossier where id = $1`, f.path["id"])
	return f
}

func isOffice(who visitor) bool { return actor.Actor{Role: actor.Role(who)}.IsOffice() }

// validateAll validates what waits to be checked of the dossier.
func (c *scene) validateAll(dossier string) {
	c.Helper()
	found, err := db.All[struct {
		ID      string `db:"id"`
		Version int64  `db:"version"`
	}](c.Context(), c.store, `select d.id, d.version from deposit d join dossier o on o.household_id = d.household_id
		where o.id = $1 and d.state = 'provided' and d.replaced_at is null`, dossier)
	c.must(err)
	for _, d := range found {
		c.must(c.registrar.Validate(c.Context(), c.secretary, enrolment.Review{Deposit: d.ID, Version: d.Version}))
	}
}

// jump is a request that waits, at its course.
func jump(c *scene, _ visitor) filling {
	found := c.texts(3, `select o.course_id, cast(o.semester as text), q.id from request q join offering o on o.id = q.offering_id
		where q.state = 'waiting' order by q.jumped, q.received_at desc, q.seq desc limit 1`)
	return filling{path: map[string]string{"course": found[0], "semester": found[1]}, form: fields("demande", found[2], "motif", "Fratrie", "sur", "oui")}
}

// offeredWords are words that the mail of an offered place holds.
var offeredWords = []string{"objet", "Une place pour {élève}", "texte", "{cours}, avant le {répondre avant le}.\n\n{bouton}\n{sans réponse}"}
