package message

// Suggestion is a text that the product brings, to begin with.
type Suggestion struct{ Code, Name, Subject, Body string }

// Suggestions are all of them.
var Suggestions = []Suggestion{
	{"pieces", "Pièces manquantes", "Il manque une pièce au dossier de {prénom de l’élève}", `Bonjour {responsable},

Le dossier de {prénom de l’élève} est reçu, incomplet. Il manque : {pièces manquantes}.

Il prendra son rang à l’instant où la dernière sera déposée.

{lien du portail}

Le secrétariat`},
	{"cloture", "Rappel de clôture", "Les inscriptions ferment bientôt", `Bonjour {responsable},

Les inscriptions pour la saison {saison} ferment le {clôture}. Nous n’avons pas encore votre réponse pour {prénom de l’élève}.

{lien du portail}

Si {prénom de l’élève} ne revient pas, dites-le-nous au même endroit : sa place profitera à un autre élève.

Le secrétariat`},
	{"libre", "Message libre", "", `Bonjour {responsable},


Le secrétariat`},
}

// SuggestionNamed returns the one of that code.
func SuggestionNamed(code string) (Suggestion, bool) {
	for _, s := range Suggestions {
		if s.Code == code {
			return s, true
		}
	}
	return Suggestion{}, false
}
