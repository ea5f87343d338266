package web_test

import (
	"net/url"
	"slices"

	"pupitre/internal/domain/message"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
)

// withoutFields are the acts that are a button alone, with at most the version
// that was read.
var withoutFields = []string{
	"POST /deconnexion",
	"POST /mon-compte/sessions/{session}/fermer",
	"POST /bureau/reglages/droits/{account}/invitation",
	"POST /bureau/reglages/droits/{account}/sessions",
	"POST /bureau/reglages/droits/{account}/second-facteur",
	"POST /bureau/reglages/droits/second-facteur", // a box
	"POST /bureau/remises",                        // boxes
	"POST /bureau/impayes",                        // boxes
	"POST /mon-compte/codes",
	"POST /mon-compte/facteurs/{factor}/retirer",
	"POST /second-facteur", // of a session that is to prove: TestASecondFactorOnScreen
	"POST /second-facteur/cle",
	"POST /second-facteur/creer/application",
	"POST /second-facteur/creer/cle",
	"POST /second-facteur/secours",
	"POST /bureau/reglages/droits/{account}/desactiver",
	"POST /bureau/reglages/droits/{account}/reactiver",
	"POST /installation/{token}", // of an empty school alone: TestAnEmptySchoolIsInstalledByItsOneTimeAddress
	"POST /adresse/{token}",
	"POST /pre-inscription/lien/{token}",
	"POST /pre-inscription/demande/{token}/renvoyer",
	"POST /bureau/pre-inscriptions/{application}/accepter",
	"POST /bureau/pre-inscriptions/{application}/autre-enfant",
	"POST /eleves/{pupil}/reinscription/famille",
	"POST /eleves/{pupil}/reinscription/revient",
	"POST /bureau/familles/{household}/lettre",
	"POST /bureau/familles/{household}/mail-identifiant",
	"POST /bureau/mails/{mail}/renvoyer",
	"POST /bureau/mails/{mail}/dit",
	"POST /bureau/messages/apercu",                        // nothing is written: it shows what is typed
	"POST /bureau/reglages/textes/mails/{letter}/origine", // a button
	"POST /bureau/messages/{message}/annuler",
	"POST /bureau/messages/{message}/renvoyer",
	"POST /bureau/messages/{message}/lettres", // two buttons: anything else prints what is left
	"POST /bureau/messages/{message}/retirer",
	"POST /messages/{message}/lu",
	"POST /bureau/messages/{message}/supprimer",
	"POST /offre/{token}",                             // accept or decline: anything else shows the offer again
	"POST /eleves/{pupil}/offres/{request}",           // the same
	"POST /accessibilite",                             // choices: anything else is the usual setting
	"POST /bureau/a-verifier/{household}/vu",          // an instant: forged, in the test of forged fields
	"POST /bureau/a-verifier/{household}/annuler",     // a batch, in the address: the same
	"POST /bureau/eleves/{pupil}/foyers",              // choices: the same
	"POST /bureau/places/demandes/{request}/repondre", // two buttons: anything else is refused
	"POST /bureau/places/attribution/{scenario}/annuler",
	"POST /bureau/places/attribution/{scenario}/jeter",
	"POST /bureau/familles/{household}/fusion", // choices: the same
	"POST /bureau/fusions/{merge}/annuler",
	"POST /bureau/a-verifier/{household}/ancien", // a hidden id: in the test of forged fields
	"POST /bureau/familles/{household}/differents",
	"POST /bureau/familles/{household}/differents/annuler",
	"POST /bureau/facturation",                    // hidden fields: in the test of forged fields
	"POST /bureau/facturation/foyers/{household}", // the same
	"POST /bureau/facturation/suspendre",
	"POST /bureau/facturation/reprendre",
	"POST /bureau/tarifs/import",            // a file: in the test of forged fields
	"POST /bureau/import",                   // a file: in the test of forged fields
	"POST /bureau/import/{import}/feuille",  // a number: the same
	"POST /bureau/import/{import}/colonnes", // choices: the same
	"POST /bureau/import/{import}/reponses", // choices, and values that are read as the file's are
	"POST /bureau/import/{import}/essai",
	"POST /bureau/import/{import}/faire",
	"POST /bureau/import/{import}/annuler",
	"POST /bureau/import/{import}/abandonner",
	"POST /bureau/dossiers/{id}/annuler",
	"POST /bureau/confirmations/{batch}/annuler",
	"POST /bureau/dossiers/relance",              // hidden fields: forged ones remind nobody
	"POST /bureau/dossiers/confirmer-prets",      // boxes: forged ones are in the test of forged fields
	"POST /bureau/identifiants/lettres",          // the same
	"POST /bureau/identifiants/mails",            // the same
	"POST /eleves/{pupil}/reinscription/envoi",   // a box: in the test of forged fields
	"POST /reinscription/envoi",                  // the same
	"POST /famille/importer",                     // a file: in the test of uploads
	"POST /bureau/familles/{household}/importer", // the same
	"POST /bureau/eleves/{pupil}/inviter",
	"POST /bureau/reglages/campagne/publier-les-cours",
	"POST /bureau/reglages/pieces/{code}/retirer",
	"POST /bureau/reglages/saison/{season}/passer",
	"POST /bureau/reglages/saison/{season}/revenir",
	"POST /bureau/reglages/saison/{season}/annuler",
	"POST /bureau/reglages/campagne/retirer-les-cours",
	"POST /bureau/catalogue/capacites", // cells: in the test of forged fields
	"POST /bureau/catalogue/cours/{course}/supprimer",
	"POST /bureau/catalogue/formules/{programme}/supprimer",
	"POST /bureau/catalogue/formules/{programme}/ordre",
	"POST /bureau/catalogue/poles/{site}/supprimer",
	"POST /bureau/catalogue/poles/{site}/ordre",
	"POST /bureau/catalogue/disciplines/{discipline}/supprimer",
	"POST /bureau/catalogue/enseignants/{teacher}/supprimer",
	"POST /eleves/{pupil}/reinscription/changer", // choices: in the test of forged fields
}

// typedForms are the site's forms with something to type, those that end
// something last.
var typedForms = slices.Concat(applicationForms, []typedForm{
	{route: "POST /connexion", who: nobody, fill: form("identifiant", "QUELQU-1234", "mot_de_passe", "Chanson2027"),
		mandatory: []string{"identifiant", "mot_de_passe"}, texts: []string{"identifiant"}},
	{route: "POST /mot-de-passe-perdu", who: nobody, fill: form("identifiant", "QUELQU-1234", "mail", "quelqu.un@exemple.fr"),
		mandatory: []string{"identifiant", "mail"}, texts: []string{"identifiant", "mail"}},
	{route: "POST /mot-de-passe/lien/{token}", who: nobody, secret: true,
		fill: func(c *scene, _ visitor) filling {
			return filling{path: map[string]string{"token": c.accountLink}, form: fields("nouveau", "Chanson2027", "confirmation", "Chanson2027")}
		},
		mandatory: []string{"nouveau", "confirmation"}, texts: []string{"nouveau", "confirmation"}},
	{route: "POST /mot-de-passe", who: secretary, secret: true, fill: form("actuel", "Faux-mot-de-passe-1", "nouveau", "Chanson-du-soir-2027", "confirmation", "Chanson-du-soir-2027"),
		mandatory: []string{"actuel", "nouveau", "confirmation"}, texts: []string{"nouveau", "confirmation"}},
	{route: "POST /mot-de-passe/identifiant", who: secretary, fill: form("identifiant", "secretariat.annie"),
		mandatory: []string{"identifiant"}, texts: []string{"identifiant"}},

	{route: "POST /bureau/reglages/droits/nouveau", who: administrator, fill: form("nom", "Maud T.", "mail", "maud.t@exemple.fr", "role", "secretary"),
		mandatory: []string{"nom", "mail", "role"}, texts: []string{"nom", "mail"}},
	{route: "POST /bureau/reglages/droits/{account}", who: administrator, fill: form("nom", "Maud T.", "mail", "maud.t@exemple.fr", "role", "secretary"),
		mandatory: []string{"nom", "mail", "role"}, texts: []string{"nom", "mail"}},
	{route: "POST /famille/identite", who: ownFamily,
		fill:      func(c *scene, _ visitor) filling { return filling{form: c.identityFields(c.own)} },
		mandatory: []string{"nom", "prenom", "adresse", "code_postal", "ville", "facturation", "moyens", "version"},
		texts:     []string{"nom", "prenom", "adresse", "complement", "code_postal", "ville", "telephone_mobile", "telephone_fixe", "email", "civilite"}},
	{route: "POST /eleves/{pupil}/identite", who: ownFamily,
		fill: func(c *scene, _ visitor) filling {
			f := c.pupilFields(c.draft)
			f.Set("remarque", "Allergie aux arachides")
			return filling{path: map[string]string{"pupil": c.draft}, form: f}
		},
		mandatory: []string{"nom", "prenom", "date_naissance", "niveau", "droit_image"},
		texts:     []string{"nom", "prenom", "date_naissance", "remarque"}},
	{route: "POST /eleves/{pupil}/reinscription/eleve", who: ownFamily, keeps: true,
		fill: func(c *scene, _ visitor) filling {
			return filling{path: map[string]string{"pupil": c.draft}, form: c.pupilFields(c.draft)}
		},
		mandatory: []string{"niveau", "droit_image"}, texts: nil},
	{route: "POST /eleves/{pupil}/reinscription/cours", who: ownFamily, keeps: true, fill: chooseCourses,
		mandatory: []string{"pole", "ligne-0"}, texts: []string{"note"}},

	{route: "POST /bureau/dossiers/{id}/pieces/{deposit}/valider", who: secretary, fill: paper("provided"), mandatory: []string{"version"}},
	{route: "POST /bureau/dossiers/{id}/pieces/{deposit}/annuler", who: secretary, fill: paper("validated"), mandatory: []string{"version"}},
	{route: "POST /bureau/dossiers/{id}/pieces/{deposit}/refuser", who: secretary, fill: paper("provided", "motif", "4", "precision", "La signature manque."),
		mandatory: []string{"motif", "precision", "version"}, texts: []string{"precision"}},
	{route: "POST /bureau/dossiers/{id}/pieces/{deposit}/sans-valeur", who: secretary, fill: paper("provided", "motif", "Une photo de vacances", "sur", "oui"),
		mandatory: []string{"motif", "version", "sur"}, texts: []string{"motif"}},
	{route: "POST /bureau/dossiers/{id}/confirmer", who: secretary, fill: complete("partie", "oui", "motif", "La chorale suffit"),
		mandatory: []string{"motif"}, texts: []string{"motif"}},
	{route: "POST /bureau/dossiers/{id}/refuser", who: secretary, fill: complete("motif", "Hors du territoire", "sur", "oui"),
		mandatory: []string{"motif", "sur"}, texts: []string{"motif"}},
	{route: "POST /bureau/dossiers/{id}/renoncement", who: secretary, fill: complete("reponse", "renoncer", "motif", "Par téléphone", "sur", "oui"),
		mandatory: []string{"motif", "reponse", "sur"}, texts: []string{"motif"}},
	{route: "POST /bureau/dossiers/{id}/cours", who: secretary, fill: complete("motif", "Erreur de saisie", "formule", "", "pole", ""),
		mandatory: []string{"motif", "formule"}, texts: []string{"motif"}},
	{route: "POST /bureau/dossier-papier", who: secretary, fill: onPaperDossier,
		mandatory: []string{"eleve", "motif", "recu_le", "recu_a", "formule", "pole", "cours"}, texts: []string{"motif", "recu_le", "recu_a"}},
	{route: "POST /bureau/places/{course}/{semester}/capacite", who: secretary, fill: form("places", "41", "motif", "Une salle plus grande"),
		mandatory: []string{"places"}, texts: []string{"places", "motif"}},
	{route: "POST /bureau/places/demandes/{request}/deplacer", who: secretary, fill: aRequest("place", "vers", "", "motif", "Fratrie"), mandatory: []string{"motif", "vers"}, texts: []string{"motif"}},
	{route: "POST /bureau/places/demandes/{request}/echanger", who: secretary, fill: aRequest("place", "avec", "", "motif", "Fratrie"), mandatory: []string{"motif", "avec"}, texts: []string{"motif"}},
	{route: "POST /bureau/places/demandes/{request}/renoncer", who: secretary, fill: aRequest("place", "motif", "Déménagement"), mandatory: []string{"motif"}, texts: []string{"motif"}},
	{route: "POST /bureau/places/attribution", who: secretary, fill: anAllocation, mandatory: []string{"nom"}, texts: []string{"nom", "delai"}},
	{route: "POST /bureau/places/attribution/{scenario}/modifier", who: secretary, fill: changedScenario, mandatory: []string{"nom"}, texts: []string{"nom", "delai"}},
	{route: "POST /bureau/places/attribution/{scenario}/publier", who: secretary, fill: aScenario("motif", "Ordre des dossiers"), texts: []string{"motif"}},
	{route: "POST /bureau/places/{course}/{semester}/saut", who: secretary, fill: jump, mandatory: []string{"motif", "demande", "sur"}, texts: []string{"motif"}},
	{route: "POST /bureau/places/{course}/{semester}/annuler-le-cours", who: secretary, fill: form("motif", "Professeur parti", "sur", ""),
		mandatory: []string{"motif"}, texts: []string{"motif"}},
	{route: "POST /bureau/familles/{household}/adresse", who: secretary,
		fill: func(c *scene, _ visitor) filling {
			return filling{form: fields("responsable", c.text(`select id from guardian where household_id = $1 order by position limit 1`, c.own), "email", "retrouvee@exemple.fr", "verifie", "oui")}
		},
		mandatory: []string{"responsable", "email"}, texts: []string{"email"}},
	{route: "POST /bureau/foyers/nouveau", who: secretary, fill: form(newHousehold...),
		mandatory: []string{"nom", "prenom", "eleve_prenom", "eleve_date_naissance", "eleve_niveau", "eleve_nouveau"},
		texts:     []string{"nom", "prenom", "email", "telephone_mobile", "telephone_fixe", "adresse", "code_postal", "ville", "eleve_prenom", "eleve_nom", "eleve_date_naissance"}},
	{route: "POST /bureau/familles/{household}/eleves/nouveau", who: secretary, fill: form(newHousehold...),
		mandatory: []string{"eleve_prenom", "eleve_date_naissance", "eleve_niveau", "eleve_nouveau"},
		texts:     []string{"eleve_prenom", "eleve_nom", "eleve_date_naissance"}},
	{route: "POST /bureau/familles/{household}/identite", who: secretary,
		fill: func(c *scene, _ visitor) filling {
			return filling{form: with(c.identityFields(c.own), "verifie", "oui")}
		},
		mandatory: []string{"nom", "prenom", "adresse", "code_postal", "ville", "facturation", "moyens", "version"},
		texts:     []string{"nom", "prenom", "adresse", "complement", "code_postal", "ville", "telephone_mobile", "telephone_fixe", "email", "civilite"}},

	{route: "POST /bureau/messages", who: secretary,
		fill:      form("objet", "Rentrée des cours", "texte", "Bonjour à toutes et à tous", "par", "mail", "liste", "familles", "action", "envoyer"),
		mandatory: []string{"objet", "texte", "par", "compte"}, texts: []string{"objet", "texte", "moment"}},
	{route: "POST /bureau/messages/{message}", who: secretary,
		fill: func(c *scene, _ visitor) filling {
			return filling{path: map[string]string{"message": c.draftMessage()}, form: fields("version", "1", "objet", "Rentrée des cours", "texte", "Bonjour à toutes et à tous", "par", "mail", "liste", "familles", "action", "enregistrer")}
		},
		mandatory: []string{"version"}, texts: []string{"objet", "texte"}},
	{route: "POST /bureau/reglages/ecole", who: director,
		fill:      form("nom", "École de musique Sèvre & Loire", "nom_court", "Sèvre & Loire", "telephone", "02 61 91 44 30", "email", "secretariat@exemple.fr", "accessibilite", "non conforme", "teinte", "345", "intensite", "0,085"),
		mandatory: []string{"nom", "nom_court", "accessibilite"}, texts: []string{"nom", "nom_court", "adresse", "telephone", "email", "site_web", "preinscription_url", "teinte", "intensite"}},
	{route: "POST /bureau/reglages/textes/mails/{letter}", who: director, fill: aLetter(offeredWords...), mandatory: []string{"objet", "texte"}, texts: []string{"objet", "texte"}},
	{route: "POST /bureau/reglages/textes/mails/{letter}/apercu", who: director, fill: aLetter(offeredWords...), mandatory: []string{"objet", "texte"}, texts: []string{"objet", "texte"}},
	{route: "POST /bureau/reglages/textes/mails/{letter}/essai", who: director, fill: aLetter(offeredWords...), mandatory: []string{"objet", "texte"}, texts: []string{"objet", "texte"}},
	{route: "POST /bureau/reglages/textes/{kind}", who: director,
		fill: func(*scene, visitor) filling {
			return filling{path: map[string]string{"kind": "tarifs"}, form: fields("titre", "Tarifs", "version", "2027-9", "texte", "Les tarifs.")}
		},
		mandatory: []string{"version", "texte"}, texts: []string{"titre", "version"}}, // the text itself may be long
	{route: "POST /bureau/facturation/eleves/{pupil}", who: bursar, fill: someTerms, texts: []string{"arrivee", "depart"}},
	{route: "POST /bureau/factures/{invoice}/avoir", who: bursar, fill: func(*scene, visitor) filling { return filling{form: fields("motif", "déménage")} }, mandatory: []string{"motif"}, texts: []string{"motif"}},
	{route: "POST /bureau/factures/{invoice}/echeancier", who: bursar, fill: func(*scene, visitor) filling { return filling{form: fields("fois", "8")} }, mandatory: []string{"fois"}},
	{route: "POST /bureau/comptes/{household}", who: bursar, fill: aCheque, mandatory: []string{"moyen", "montant", "date", "banque", "reference"},
		texts: []string{"montant", "date", "banque", "remettre", "reference", "emetteur", "motif"}},
	{route: "POST /bureau/quotients/{household}", who: secretary, fill: anAttestation, mandatory: []string{"valeur", "mois", "organisme", "du", "au"}, texts: []string{"valeur", "mois", "du", "au"}},
	{route: "POST /bureau/quotients/{household}/{quotient}/retirer", who: secretary, fill: func(c *scene, _ visitor) filling {
		return filling{path: map[string]string{"quotient": c.quotient()}, form: fields("motif", "lu de travers")}
	}, mandatory: []string{"motif"}, texts: []string{"motif"}},
	{route: "POST /bureau/encaissements/cloture", who: bursar, fill: lastMonth, texts: []string{"motif"}},
	{route: "POST /bureau/remises/{remittance}/annulation", who: bursar, fill: func(*scene, visitor) filling { return filling{form: fields("motif", "un chèque manque")} }, mandatory: []string{"motif"}, texts: []string{"motif"}},
	{route: "POST /bureau/remises/{remittance}/credit", who: bursar, fill: credited, mandatory: []string{"date", "montant"}, texts: []string{"date", "montant"}},
	{route: "POST /bureau/comptes/{household}/remboursement", who: bursar, fill: aRefund, mandatory: []string{"moyen", "montant", "date"}, texts: []string{"montant", "date", "reference", "motif"}},
	{route: "POST /bureau/ecritures/{entry}", who: bursar, fill: aCounter, mandatory: []string{"nature", "date", "motif"}, texts: []string{"date", "motif"}},
	{route: "POST /bureau/tarifs", who: bursar, fill: heldTariff,
		mandatory: []string{"ligne_nom_0", "prix_2_3", "borne_1", "regle_nom_0", "supplement_nom_0", "supplement_prix_0", "mois", "echeances_8"},
		texts:     []string{"ligne_nom_0", "ligne_age_max_4", "prix_2_3", "borne_1", "regle_nom_0", "regle_valeur_0", "regle_rang_min_1", "supplement_nom_0", "supplement_caution_0", "communes", "mois", "trimestres", "sans_frais", "echeances_3"}},
	{route: "POST /bureau/reglages/paiement", who: director,
		fill:  form("fois_1", "En 1 fois", "fois_3", "En 3 fois", "fois_8", "En 8 fois", "prelevement", "Prélèvement", "moyen_1", "Chèques", "moyen_2", "Chèques vacances", "moyen_3", "e-pass culture"),
		texts: []string{"fois_1", "fois_12", "prelevement", "moyen_1", "moyen_10"}},
	{route: "POST /bureau/reglages/regles", who: director,
		fill: form("delai_piece_jours", "7", "delai_offre_jours", "3", "heures_calmes_fin", "8", "heures_calmes_debut", "20", "rang_visible", "oui", "mot_de_passe_min", "8", "mot_de_passe_max", "20",
			"recuperation", "password", "session_minutes", "60", "journal_mois", "12"),
		mandatory: []string{"delai_piece_jours", "delai_offre_jours", "heures_calmes_fin", "heures_calmes_debut", "mot_de_passe_min", "mot_de_passe_max", "recuperation", "session_minutes", "journal_mois"},
		texts:     []string{"delai_piece_jours", "session_minutes", "journal_mois"}},
	{route: "POST /bureau/reglages/facturation", who: director,
		fill:  form("creancier_nom", "École", "creancier_siret", "20099999700014", "creancier_recours", "", "creancier_iban", "FR7699999000440000044300146", "creancier_ics", ""),
		texts: []string{"creancier_nom", "creancier_adresse", "creancier_siret", "creancier_tva", "creancier_iban", "creancier_bic", "creancier_ics", "cheque_ordre"}},
	{route: "POST /bureau/reglages/saison/preparer", who: director, fill: form("debut", "11/09/2028", "fin", "29/06/2029", "ouverture", "01/06/2028 08:00", "fermeture", "30/06/2028", "qui", "tous"),
		mandatory: []string{"debut", "fin", "ouverture", "fermeture"}, texts: []string{"debut", "fin", "ouverture", "fermeture", "passage", "nouveaux", "fin_listes"}},
	{route: "POST /bureau/reglages/pieces/{code}", who: director,
		fill: func(*scene, visitor) filling {
			return filling{path: map[string]string{"code": "quotient-familial"}, form: fields("nom", "Attestation", "pour", "household", "condition", "", "validite", "season", "modele", "", "position", "1")}
		},
		mandatory: []string{"nom", "pour", "validite", "position"}, texts: []string{"nom", "aide", "consequence", "position"}},
	{route: "POST /bureau/reglages/campagne", who: director, fill: form("debut", "13/09/2027", "fin", "30/06/2028", "ouverture", "01/06/2027 08:00"),
		mandatory: []string{"debut", "fin", "ouverture"}, texts: []string{"debut", "fin", "date_ages", "ouverture", "fermeture", "nouveaux", "liberation_partielle", "fin_listes", "publication_cours"}},
	{route: "POST /bureau/catalogue/cours/nouveau", who: secretary, fill: newCourse,
		mandatory: []string{"intitule", "type", "pole", "places-0"}, texts: []string{"intitule", "reference", "salle", "debut", "age_min", "places-0"}},
	{route: "POST /bureau/catalogue/cours/{course}", who: secretary, fill: heldCourse,
		mandatory: []string{"intitule", "type", "pole", "places-0", "version"}, texts: []string{"intitule", "salle"}},
	{route: "POST /bureau/catalogue/formules/nouvelle", who: secretary, fill: newProgramme,
		mandatory: []string{"intitule", "lignes", "quoi-0", "combien-0"}, texts: []string{"intitule", "phrase", "nom-0", "age_min"}},
	{route: "POST /bureau/catalogue/formules/{programme}", who: secretary, fill: heldProgramme,
		mandatory: []string{"intitule", "lignes", "version"}, texts: []string{"intitule", "phrase"}},
	{route: "POST /bureau/catalogue/poles/nouveau", who: secretary, fill: newSite, mandatory: []string{"nom", "commune"}, texts: []string{"nom", "commune", "adresse"}},
	{route: "POST /bureau/catalogue/poles/{site}", who: secretary, fill: heldSite, mandatory: []string{"nom", "commune", "version"}, texts: []string{"nom", "commune", "adresse"}},
	{route: "POST /bureau/catalogue/disciplines", who: secretary, fill: newDiscipline, mandatory: []string{"nom"}, texts: []string{"nom"}},
	{route: "POST /bureau/catalogue/disciplines/{discipline}", who: secretary, fill: heldDiscipline, mandatory: []string{"nom", "version"}, texts: []string{"nom"}},
	{route: "POST /bureau/catalogue/enseignants/nouveau", who: secretary, fill: newTeacher, mandatory: []string{"nom", "prenom"}, texts: []string{"nom", "prenom", "email"}},
	{route: "POST /bureau/catalogue/enseignants/{teacher}", who: secretary, fill: heldTeacher, mandatory: []string{"nom", "prenom", "version"}, texts: []string{"nom", "prenom", "email"}},

	{route: "POST /eleves/{pupil}/reinscription/renoncer", who: ownFamily, fill: form("raison", "Déménagement"), texts: []string{"raison"}},
	{route: "POST /bureau/eleves/{pupil}/rouvrir", who: secretary,
		fill: func(c *scene, _ visitor) filling {
			c.set(`update season set campaign_closes_at = $1`, shown.AddDate(0, 0, -1))
			return filling{form: fields("jusqu_au", "30/06/2027", "motif", "Retour de voyage")}
		},
		mandatory: []string{"jusqu_au", "motif"}, texts: []string{"jusqu_au", "motif"}},
})

// chooseCourses is the cursus with two courses of one pole and a note.
func chooseCourses(c *scene, _ visitor) filling {
	c.Helper()
	c.chooseProgramme("cursus")
	return filling{path: map[string]string{"pupil": c.draft}, form: url.Values{
		"action": {"cours"}, "pole": {c.site("loire")}, "ligne-0": {c.course("L-VIOLONCELLE")}, "ligne-1": {c.course("L-CORDES")},
		"ligne-2": {c.course("L-CULTURE-1")}, "note": {"Plutôt le mercredi"},
	}}
}

func (c *scene) chooseProgramme(code string) {
	c.Helper()
	answer := c.ask(request{
		path: "/eleves/" + c.draft + "/reinscription/cours", cookie: c.familyCookie(c.own),
		form: fields("action", "formule", "formule", c.text(`select id from programme where code = $1`, code)),
	})
	if answer.status != 303 {
		c.Fatalf("choose the formule: %d%s", answer.status, said(answer))
	}
}

// site is the pole of that code; course the offering of the whole year of a course.
func (c *scene) site(code string) string {
	c.Helper()
	return c.text(`select id from site where code = $1`, code)
}

func (c *scene) course(code string) string {
	c.Helper()
	return c.text(`select o.id from offering o join course c on c.id = o.course_id where c.code = $1 and o.semester = 0`, code)
}

// onPaperDossier is a dossier that came by post, of the pupil whose dossier is a draft.
func onPaperDossier(c *scene, _ visitor) filling {
	c.Helper()
	return filling{form: url.Values{
		"eleve": {c.draft}, "foyer": {c.own}, "formule": {c.text(`select id from programme where code = 'cursus'`)}, "pole": {c.site("loire")},
		"cours": {c.course("L-VIOLONCELLE"), c.course("L-CORDES"), c.course("L-CULTURE-1")}, "recu_le": {"02/06/2027"}, "recu_a": {"10:30"}, "motif": {"Sans accès à internet"},
	}}
}

// draftMessage is one that the secretariat has begun.
func (c *scene) draftMessage() string {
	c.Helper()
	const id = `select coalesce(min(id), '') from message where state = 'draft'`
	if c.text(id) == "" {
		season, err := school.CurrentSeason(c.Context(), c.store)
		c.must(err)
		_, err = message.New(c.store, c.clock).Save(c.Context(), c.secretary, season, message.Typed{Subject: "Rentrée", Body: "Bonjour", ByMail: true, Selection: report.ParseSelection("liste=familles")})
		c.must(err)
	}
	return c.text(id)
}
