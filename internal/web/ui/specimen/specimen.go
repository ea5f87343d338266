// Package specimen shows every component of the kit on a few made-up pages, as
// a type founder's specimen shows a face. Tests read and look at them; they are
// also the examples to copy from.
package specimen

import (
	"strconv"

	"github.com/a-h/templ"

	"pupitre/internal/web/ui"
)

func base(title, path string) ui.Base {
	return ui.Base{
		Title:       title,
		SchoolName:  "École de musique Sèvre & Loire",
		SchoolShort: "Sèvre & Loire",
		Path:        path,
	}
}

// Pages are the specimens by the path they stand for.
func Pages() map[string]templ.Component {
	return map[string]templ.Component{
		"/connexion":                        signIn(base("Connexion", "/connexion")),
		"/famille/identite":                 identity(withErrors(base("Famille, Identité", "/famille/identite"))),
		"/eleves/lucie/reinscription/cours": courses(base("Choix des cours, étape 3 sur 5", "/eleves/lucie/reinscription/cours")),
		"/eleves":                           pieces(withFlash(base("Élèves", "/eleves"))),
		"/famille/importer":                 deposit(base("Importer un document", "/famille/importer")),
		"/proposition":                      offer(base("Une place pour Élise", "/proposition")),
		"/bureau/dossiers":                  queue(office("Dossiers", "/bureau/dossiers")),
		"/bureau/revue":                     review(reviewBase()),
	}
}

func withErrors(b ui.Base) ui.Base {
	b.Errors = []ui.FieldError{
		{ID: "tel", Message: "Renseignez au moins un numéro de téléphone"},
		{ID: "cp", Message: "Le code postal compte 5 chiffres"},
		{ID: "mode", Message: "Choisissez un mode de facturation"},
	}
	return b
}

func withFlash(b ui.Base) ui.Base {
	b.Wide = true
	b.Flash = []ui.Flash{{Kind: ui.MessageOK, Title: "Modifications enregistrées", Text: "Nous écrirons désormais à claire.moreau@exemple.fr.", UndoURL: "/annuler"}}
	return b
}

func office(title, path string) ui.Base {
	b := base(title, path)
	b.AudienceLabel = "Secrétariat"
	b.UserName = "Annie Durand"
	b.Nav = []ui.NavEntry{
		{Label: "Tableau de bord", URL: "/bureau", Icon: "home"},
		{Label: "Dossiers", URL: "/bureau/dossiers", Icon: "folder", Count: 84, CountWord: "à vérifier"},
		{Label: "Places", URL: "/bureau/places", Icon: "places"},
		{Label: "Familles et élèves", URL: "/bureau/familles", Icon: "family"},
		{Label: "Réglages", URL: "/bureau/reglages", Icon: "settings"},
	}
	b.Office = ui.Office{
		SearchURL: "/bureau/recherche",
		Season:    "Saison 2027-2028",
		Keys:      []ui.KeyEntry{{Keys: []string{"V"}, Text: "vérifier à la suite"}},
	}
	return b
}

func reviewBase() ui.Base {
	b := office("Vérifier D-1164", "/bureau/dossiers/D-1164")
	b.Office.FullWidth = true
	b.Office.Bar = reviewBar()
	return b
}

type row struct {
	rank   int
	number string
	pupil  string
	places ui.PlaceCount
}

func rows() []row {
	return []row{
		{42, "D-1187", "Martin Bossis", ui.PlaceCount{Confirmed: 9, ToVerify: 2, Free: 1}},
		{43, "D-1190", "Jade Pineau", ui.PlaceCount{Confirmed: 9, Offered: 1, Waiting: 8}},
		{44, "D-1191", "Noé Pineau", ui.PlaceCount{Confirmed: 18, ToVerify: 2, Offered: 1, Free: 3, Waiting: 2}},
	}
}

func rank(r row) string { return strconv.Itoa(r.rank) }

var pupils = []ui.Tab{
	{Label: "Lucie", URL: "/eleves/lucie", Current: true},
	{Label: "Malo", URL: "/eleves/malo"},
	{Label: "Claire (vous)", URL: "/eleves/claire"},
}

var wizard = []string{"Famille", "Élève", "Cours", "Pièces", "Envoi"}
