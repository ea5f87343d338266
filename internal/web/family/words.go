package family

import (
	"strings"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/french"
)

const you = " (vous)"

// isSelf tells whether the name, as called writes it, is the reader's own.
func isSelf(name string) bool { return strings.HasSuffix(name, you) }

// whose is « la réinscription de Lucie », or the reader's own « votre réinscription ».
func whose(theirs, yours, name string) string {
	if isSelf(name) {
		return yours
	}
	return theirs + " " + of(name)
}

// isNew tells whether the pupil is new to the school in the season: it is
// enrolled, and not re-registered.
func isNew(p people.Pupil, season school.Season) bool { return p.IsNewIn(season.ID) }

// enrols says of a pupil new to the school what is said of a re-registration.
var enrols = strings.NewReplacer(
	"la réinscription", "l’inscription", "La réinscription", "L’inscription", "de réinscription", "d’inscription",
	"se réinscri", "s’inscri", "me réinscri", "m’inscri", "réinscri", "inscri", "Réinscri", "Inscri",
)

// inWords is the text as it is said of a pupil who is new, or not.
func inWords(isNew bool, text string) string {
	if isNew {
		return enrols.Replace(text)
	}
	return text
}

// saidOf is the text as it is said of the registration's pupil.
func saidOf(r enrolment.Registration, text string) string {
	return inWords(isNew(r.Pupil, r.Season), text)
}

func whom(name string) string {
	if isSelf(name) {
		return "vous réinscrire"
	}
	return "réinscrire cet élève"
}

func reRegister(name string) string {
	if isSelf(name) {
		return "Vous réinscrire"
	}
	return "Réinscrire " + name
}

// notReturning says the answer, notReturningAnswer gives it.
func notReturning(name string) string {
	if isSelf(name) {
		return "Vous ne vous réinscrivez pas"
	}
	return name + " ne se réinscrit pas"
}

func notReturningAnswer(name string) string {
	if isSelf(name) {
		return "Je ne me réinscris pas"
	}
	return name + " ne se réinscrit pas"
}

func enrolledAlready(name string) string {
	if isSelf(name) {
		return "Votre inscription est déjà confirmée"
	}
	return "L’inscription " + of(name) + " est déjà confirmée"
}

func nothingAsked(name string) string {
	if isSelf(name) {
		return "Aucune pièce n’est demandée pour vous" + colon + "vos cours se choisissent en ligne."
	}
	return "Aucune pièce n’est demandée pour " + name + colon + "ses cours se choisissent en ligne."
}

// articles are those of the first words that papers are named with.
var articles = map[string]string{
	"attestation": "l’", "autorisation": "l’", "assurance": "l’", "avis": "l’", "rib": "le ", "mandat": "le ", "formulaire": "le ",
	"justificatif": "le ", "certificat": "le ", "releve": "le ", "livret": "le ", "dossier": "le ", "photo": "la ", "copie": "la ",
	"fiche": "la ", "quittance": "la ", "carte": "la ", "piece": "la ", "convention": "la ", "decharge": "la ",
}

// the puts the paper's name inside a sentence, with its article; a name that
// begins with another word is quoted.
func the(paper string) string {
	first, _, _ := strings.Cut(paper, " ")
	article, ok := articles[french.Fold(first)]
	switch {
	case !ok:
		return "le document " + quoted(paper)
	case first == strings.ToUpper(first): // an acronym
		return article + paper
	default:
		return article + lower(paper)
	}
}

func theList(papers []string) string {
	all := make([]string, len(papers))
	for i, p := range papers {
		all[i] = the(p)
	}
	return french.List(all)
}

// sentence starts with a capital.
func sentence(s string) string { return french.Sentence(s) }
