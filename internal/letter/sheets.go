package letter

import "strings"

// The groups of mails, in the order in which the office reads them.
const (
	aboutDossiers = "Demandes et dossiers"
	aboutPapers   = "Pièces"
	aboutPlaces   = "Places et listes d’attente"
	aboutAnswers  = "Réponses de l’école"
	aboutNew      = "Pré-inscriptions"
	aboutMoney    = "Factures et paiements"
	aboutAccounts = "Comptes et mots de passe"
)

const (
	toFamily = "Les responsables qui ont une adresse"
	atOnce   = "Aussitôt, de jour comme de nuit."
	inHours  = "Jamais pendant les heures calmes."
	tenSec   = "Dix secondes après la réponse, pour qu’elle puisse être annulée."
)

// Sheets are the mails that the product writes, and what each can say. What the
// office writes itself, in a message, is not among them.
var Sheets = []Sheet{
	{"received", aboutDossiers, "Demande reçue", "Quand la famille valide. " + atOnce, toFamily, fields("responsable, réinscriptions, reçu le, dossiers!, bouton")},
	{"became_complete", aboutDossiers, "Dossier complet", "Quand la dernière pièce obligatoire arrive. " + atOnce, toFamily, fields("responsable, élève, dernière pièce, formule, dossier!, bouton")},
	{"not_ranked", aboutDossiers, "Dossier sans rang", "Quand toutes les pièces sont là, mais que le choix ne tient plus. " + atOnce, toFamily, fields("responsable, élève, dernière pièce, à corriger!, avant la clôture, bouton!")},
	{"entered_by_office", aboutDossiers, "Dossier saisi par le secrétariat", "Quand le secrétariat saisit un dossier papier.", toFamily, fields("responsable, élève, reçu le, formule, dossier!, bouton")},
	{"changed_choice", aboutDossiers, "Choix modifié", "Quand la famille change ses cours. " + atOnce, toFamily, fields("responsable, élève, modifié le, cours rendus!, formule, dossier!, bouton")},
	{"withdrawn", aboutDossiers, "Renoncement enregistré", "Quand la famille renonce à un cours ou au dossier. " + atOnce, toFamily, fields("responsable, élève, ce qui est rendu!, revenir, le reste!")},
	{"campaign_closed", aboutDossiers, "Dossier incomplet à la clôture", "Quand la campagne se ferme.", toFamily, fields("responsable, clôture, pièces manquantes!")},

	{"missing_papers", aboutPapers, "Relance des pièces manquantes", "Quand le secrétariat relance, et aux jours de relance avant la clôture. " + inHours, toFamily, fields("responsable, pièces manquantes!, à importer avant!, bouton!")},
	{"paper_refused", aboutPapers, "Pièce refusée", "Quand le secrétariat refuse une pièce. " + tenSec, toFamily, fields("responsable, document!, motif!, délai!, élèves, bouton!")},
	{"paper_worthless", aboutPapers, "Document sans valeur", "Quand le secrétariat déclare un dépôt sans valeur. " + tenSec, toFamily, fields("responsable, document!, motif!, élèves, demandes closes!, et maintenant!, bouton!")},
	{"newly_required", aboutPapers, "Pièce devenue nécessaire", "Quand une pièce devient obligatoire après le rang.", toFamily, fields("responsable, document!, pourquoi, élèves, avant le!, bouton!")},
	{"delay_ended", aboutPapers, "Délai d’une pièce dépassé", "Quand le délai d’une pièce refusée finit.", toFamily, fields("responsable, élève, document, fin du délai, demandes closes!, et maintenant!, bouton")},

	{"place_offered", aboutPlaces, "Place proposée", "Quand une place se libère pour le premier de la liste. " + inHours, toFamily, fields("responsable, élève, nom du cours, cours!, répondre avant le!, sans réponse!, bouton!")},
	{"offer_accepted", aboutPlaces, "Place acceptée", "Quand la famille accepte. " + atOnce, toFamily, fields("responsable, élève, nom du cours, cours!, répondu le, le reste, bouton")},
	{"offer_declined", aboutPlaces, "Place déclinée", "Quand la famille décline. " + atOnce, toFamily, fields("responsable, élève, nom du cours, cours!, répondu le, le reste, bouton")},
	{"offer_ended", aboutPlaces, "Place sans réponse", "Quand le délai d’une place proposée finit.", toFamily, fields("responsable, élève, nom du cours, cours!, fin du délai, le reste, bouton")},
	{"lists_closed", aboutPlaces, "Fin des listes d’attente", "À la date que l’école a fixée.", toFamily, fields("responsable, élève, cours attendus!, ces cours, le reste")},
	{"partly_full", aboutPlaces, "Places gardées, rappel", "Sept jours avant que ce qui n’est pas réglé soit rendu. " + inHours, toFamily, fields("responsable, élève, formule, places!, dernier jour, gardées jusqu’au!, bouton!")},
	{"partly_released", aboutPlaces, "Places rendues", "À la date où ce qui n’est pas réglé est rendu.", toFamily, fields("responsable, élève, formule, rendues le, places rendues!")},
	{"course_cancelled", aboutPlaces, "Cours annulé", "Quand l’école annule un cours.", toFamily, fields("responsable, élève, cours!, motif, rang gardé, le reste, bouton!")},

	{"enrolled", aboutAnswers, "Inscription confirmée", "Quand l’école confirme. " + tenSec, toFamily, fields("responsable, élève, en partie, formule, cours confirmés!, pourquoi en partie!, reste demandé!, groupes!, bouton")},
	{"on_waiting_list", aboutAnswers, "Liste d’attente", "Quand les pièces sont vérifiées et qu’une place manque. " + tenSec, toFamily, fields("responsable, élève, formule, dossier!, places déjà réservées!, bouton")},
	{"turned_down", aboutAnswers, "Réinscription refusée", "Quand l’école refuse un dossier.", toFamily, fields("responsable, élève, motif!, demandes closes!")},
	{"withdrawal_answered", aboutAnswers, "Réponse à un renoncement", "Quand l’école répond à une famille inscrite qui veut renoncer.", toFamily, fields("responsable, élève, demandé le, demande, décision!")},

	{"confirm_application", aboutNew, "Adresse à confirmer", "Quand une pré-inscription est envoyée. " + atOnce, "L’adresse qui a été saisie", fields("responsable, pour l’élève, ouverture!, gardé jusqu’au!, bouton!")},
	{"resume_application", aboutNew, "Lien vers une pré-inscription", "Quand on redemande le lien. " + atOnce, "L’adresse qui a été saisie", fields("responsable, le lien!, effacement!, bouton!")},
	{"application_answer", aboutNew, "Message sur une pré-inscription", "Quand le secrétariat répond sans décider.", toFamily, fields("responsable, élève, réponse!")},
	{"application_refused", aboutNew, "Pré-inscription refusée", "Quand le secrétariat refuse une demande sans rang.", toFamily, fields("responsable, élève, réponse!")},
	{"application_attached", aboutNew, "Pré-inscription rattachée", "Quand le secrétariat rattache la demande à une famille connue.", toFamily, fields("responsable, élève, bouton")},

	{"invoice_issued", aboutMoney, "Facture disponible", "Quand la régie émet la facture. " + inHours, toFamily, fields("responsable, numéro!, saison, montant!, échéances!, comment!, bouton!")},
	{"invoice_cancelled", aboutMoney, "Facture annulée", "Quand un avoir annule une facture. " + inHours, toFamily, fields("responsable, facture annulée!, avoir!, motif!, bouton")},
	{"payment_received", aboutMoney, "Paiement reçu", "Quand la régie saisit un paiement, sauf un prélèvement. " + atOnce, toFamily, fields("responsable, montant!, reçu le, moyen, reste à payer, bouton")},
	{"payment_returned", aboutMoney, "Paiement revenu impayé", "Quand la banque rend un chèque ou un prélèvement. " + inHours, toFamily, fields("responsable, montant!, moyen, motif!, bouton!")},
	{"payment_reminder", aboutMoney, "Relance d’un impayé", "Quand la régie relance. " + inHours, toFamily, fields("responsable, étape, montant!, échéances en retard!, ce qui suit, bouton!")},

	{"identifier", aboutAccounts, "Identifiant", "Quand le secrétariat envoie les identifiants par mail.", toFamily, fields("responsable, ligne identifiant!, bouton mot de passe perdu!, bouton connexion, conservez vos identifiants!")},
	{"new_password", aboutAccounts, "Nouveau mot de passe", "Quand on demande « Mot de passe perdu ». " + atOnce, "L’adresse qui l’a demandé", fields("responsable, identifiant et mot de passe!, valable jusqu’au, bouton!, conservez vos identifiants!")},
	{"recovery_link", aboutAccounts, "Lien pour choisir un mot de passe", "Comme le précédent, si l’école envoie un lien. " + atOnce, "L’adresse qui l’a demandé", fields("responsable, ligne identifiant!, valable jusqu’au, bouton!, conservez vos identifiants!")},
	{"confirm_address", aboutAccounts, "Nouvelle adresse à confirmer", "Quand une famille change d’adresse mail. " + atOnce, "La nouvelle adresse", fields("responsable, nouvelle adresse!, valable jusqu’au, bouton!")},
	{"address_changed", aboutAccounts, "Adresse mail changée", "Quand une autre adresse compte désormais. " + atOnce, "L’ancienne adresse", fields("responsable, changement!")},
	{"invitation", aboutAccounts, "Compte du bureau", "Quand l’administration ouvre un compte.", "La personne dont c’est le compte", fields("responsable, ligne identifiant!, valable jusqu’au, bouton!, conservez vos identifiants!")},
	{"factor_reset", aboutAccounts, "Second facteur retiré", "Quand l’administration retire un second facteur. " + atOnce, "La personne dont c’est le compte", fields("responsable, retiré le, ligne identifiant, bouton")},
}

// fields reads names parted by commas, « ! » after those that no wording goes
// without, and adds what every mail can say.
func fields(names string) []Field {
	var all []Field
	for name := range strings.SplitSeq(names+", le secrétariat, école", ", ") {
		name, must := strings.CutSuffix(name, "!")
		line := strings.HasPrefix(says[name], lineMark)
		all = append(all, Field{Name: name, Says: strings.TrimPrefix(says[name], lineMark), Must: must, Line: line})
	}
	return all
}

const lineMark = "¶ "

// says explains each field; what begins with the mark stands alone on its line.
var says = map[string]string{
	"responsable":                 "prénom et nom de la personne à qui l’on écrit ; rien quand on ne le sait pas",
	"élève":                       "prénom et nom ; « de {élève} » s’écrit « d’Élise » quand il le faut",
	"élèves":                      "« Lucie Moreau et Élise Moreau »",
	"école":                       "le nom de l’école",
	"le secrétariat":              "« le secrétariat au 02 40 … », avec le téléphone de l’école",
	"réinscriptions":              "« réinscription de Lucie Moreau », ou « 2 réinscriptions »",
	"reçu le":                     "le jour et l’heure où la demande est arrivée",
	"modifié le":                  "le jour et l’heure du changement",
	"répondu le":                  "le jour et l’heure de la réponse",
	"retiré le":                   "le jour et l’heure",
	"demandé le":                  "le jour de la demande",
	"rendues le":                  "le jour et l’heure",
	"clôture":                     "le jour et l’heure de la fin de la campagne",
	"fin du délai":                "le jour et l’heure où le délai a fini",
	"avant le":                    "le jour et l’heure où le délai finit",
	"répondre avant le":           "le jour et l’heure où la proposition finit",
	"gardées jusqu’au":            "le jour et l’heure où ce qui n’est pas réglé est rendu",
	"dernier jour":                "ce jour, en plus court : pour l’objet",
	"valable jusqu’au":            "le jour et l’heure où cela ne sert plus",
	"gardé jusqu’au":              "le jour et l’heure où ce qui n’est pas confirmé est effacé",
	"avant la clôture":            "« avant le mardi 8 juin 2027 à 18 h » ; rien sans date de clôture",
	"dernière pièce":              "« La dernière pièce attendue, « RIB », est arrivée. » ; rien quand aucune n’est arrivée",
	"formule":                     "la formule demandée, et son pôle",
	"document":                    "le nom de la pièce",
	"motif":                       "la raison que l’école a donnée",
	"pourquoi":                    "la phrase qui dit pourquoi ; rien sans raison",
	"numéro":                      "le numéro de la facture",
	"saison":                      "la saison de la facture",
	"montant":                     "une somme, en euros",
	"facture annulée":             "le numéro de la facture annulée",
	"avoir":                       "le numéro de l’avoir",
	"moyen":                       "« chèque, Crédit Mutuel, n° … »",
	"étape":                       "« Rappel », « Relance » ou « Dernier avis avant poursuites »",
	"échéances":                   lineMark + "chaque échéance : sa date et son montant",
	"échéances en retard":         lineMark + "chaque échéance passée : sa date, sa facture, ce qui reste",
	"comment":                     lineMark + "que rien n’est à faire, quand c’est prélevé ; sinon où lire comment payer",
	"reste à payer":               lineMark + "ce qui reste à payer, ou qu’il ne reste rien",
	"ce qui suit":                 lineMark + "ce qui arrive sans paiement, selon l’étape",
	"cours":                       "le cours dont parle ce mail, avec son horaire et son semestre",
	"nom du cours":                "le cours sans son semestre : pour l’objet",
	"ces cours":                   "« ce cours » ou « ces cours »",
	"rang gardé":                  "« : Lucie Moreau garde son rang, le 57e » ; rien sans rang",
	"en partie":                   "« en partie » ; rien quand toute la formule est confirmée",
	"revenir":                     "ce qu’il faut faire pour revenir",
	"demande":                     "« à toute l’inscription », ou les cours que la famille veut quitter",
	"pour l’élève":                "« pour Noé » ; rien quand son nom n’est pas saisi",
	"ouverture":                   "à partir de quand le bouton sert ; rien quand il sert déjà",
	"nouvelle adresse":            "l’adresse mail à confirmer",
	"changement":                  "qui a changé l’adresse, et quand",
	"le lien":                     "si la demande est déjà envoyée, et ce que le lien ouvre",
	"effacement":                  lineMark + "quand une demande sans suite est effacée ; rien quand elle est envoyée",
	"dossiers":                    lineMark + "pour chaque élève : sa formule, son rang, chaque cours avec sa place ou son numéro d’attente ; ou ce qui manque",
	"dossier":                     lineMark + "le rang, chaque cours avec sa place ou son numéro d’attente ; ou ce qui manque",
	"à corriger":                  lineMark + "ce qui ne tient plus, une phrase par ligne",
	"cours rendus":                lineMark + "les cours rendus et ce qu’ils deviennent ; rien quand aucun ne l’est",
	"ce qui est rendu":            lineMark + "à quoi la famille a renoncé, et quand",
	"le reste":                    lineMark + "ce que le dossier garde ; rien quand il ne garde rien",
	"pièces manquantes":           lineMark + "pour chaque élève, les pièces qui manquent",
	"à importer avant":            lineMark + "la date limite, en valeur ; rien sans date de clôture",
	"délai":                       lineMark + "jusqu’à quand remplacer, ce qui est gardé jusque-là ; pour l’attestation, ce qu’il en coûte",
	"demandes closes":             lineMark + "les places et les positions perdues ; rien quand il n’y en avait pas",
	"et maintenant":               lineMark + "si l’on peut encore déposer, et jusqu’à quand",
	"sans réponse":                lineMark + "ce que deviennent la place et le reste du dossier",
	"cours attendus":              lineMark + "les cours que l’élève attendait encore",
	"places":                      lineMark + "chaque cours avec sa place ou son numéro d’attente",
	"places rendues":              lineMark + "les cours rendus",
	"cours confirmés":             lineMark + "les cours où l’élève est inscrit",
	"pourquoi en partie":          lineMark + "la raison d’une inscription en partie ; rien quand elle est entière",
	"reste demandé":               lineMark + "les cours encore attendus ; rien quand il n’y en a pas",
	"groupes":                     lineMark + "pour un parcours : les groupes sont constitués plus tard",
	"places déjà réservées":       lineMark + "jusqu’à quand elles sont gardées ; rien quand il n’y en a pas",
	"décision":                    lineMark + "l’accord ou le refus de l’école, et son motif",
	"réponse":                     lineMark + "ce que le secrétariat a écrit",
	"ligne identifiant":           lineMark + "« Identifiant : MOREAU-4821 », écrit toujours de même pour être recopié",
	"identifiant et mot de passe": lineMark + "« Identifiant : … » et « Mot de passe : … », écrits toujours de même pour être recopiés",
	"conservez vos identifiants":  lineMark + "« Conservez bien vos identifiants, indispensables à toute future connexion. »",
	"bouton":                      lineMark + "le bouton de ce mail et son lien",
	"bouton connexion":            lineMark + "le bouton de la page de connexion",
	"bouton mot de passe perdu":   lineMark + "le bouton de la page « Mot de passe perdu »",
}
