package trail

import (
	"cmp"
	"strings"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	rooms "pupitre/internal/domain/trail"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/ui"
)

type choice struct {
	value rooms.Choice
	label string
}

var choices = []choice{
	{"", "Tout"},
	{rooms.Sessions, "Connexions et comptes"},
	{rooms.Views, "Pages ouvertes"},
	{rooms.Files, "Fichiers emportés"},
	{rooms.Changes, "Changements"},
}

func choiceOptions() []ui.Option {
	var options []ui.Option
	for _, c := range choices {
		options = append(options, ui.Option{Value: string(c.value), Label: c.label})
	}
	return options
}

func roleWords(role actor.Role) string {
	if role == actor.Nobody {
		return ""
	}
	return role.French()
}

// sessionWords are the events of a session.
var sessionWords = map[string]string{
	rooms.SignedIn: "Connexion", rooms.SignInRefused: "Connexion refusée", rooms.FactorGiven: "Second facteur donné",
	rooms.FactorRefused: "Second facteur refusé", rooms.SignedOut: "Session fermée",
}

// changeWords say what a change is of, by the first part of its event.
var changeWords = map[string]string{
	"account": "Compte", "application": "Pré-inscription", "course": "Cours", "discipline": "Discipline", "document": "Pièce", "dossier": "Dossier",
	"guardian": "Responsable", "household": "Foyer", "import": "Import", "message": "Message", "places": "Places", "programme": "Formule", "pupil": "Élève",
	"request": "Demande", "school": "École", "season": "Saison", "settings": "Réglage", "site": "Pôle", "teacher": "Enseignant",
}

// accountWords say the events of accounts, which the journal leaves to their code.
var accountWords = map[string]string{
	"account.signed_in": "Connexion", "account.created": "Compte créé", "account.invited": "Compte invité", "account.changed": "Compte changé",
	"account.login_changed": "Identifiant changé", "account.password_changed": "Mot de passe changé", "account.password_given": "Mot de passe donné",
	"account.password_mailed": "Mot de passe envoyé", "account.identifier_mailed": "Identifiant envoyé", "account.letter_printed": "Lettre d’identifiant imprimée",
	"account.disabled": "Compte désactivé", "account.enabled": "Compte réactivé", "account.sessions_ended": "Sessions fermées",
	"account.factor_added": "Second facteur ajouté", "account.factor_removed": "Second facteur retiré", "account.factor_reset": "Second facteur réinitialisé",
	"account.codes_renewed": "Codes de secours renouvelés", "account.recovery_code_used": "Code de secours utilisé", "school.second_factor": "Second facteur du personnel",
}

// what names the line.
func what(e rooms.Entry) string {
	if e.Access == nil {
		kind, _, _ := strings.Cut(e.Change.Event, ".")
		return cmp.Or(accountWords[e.Change.Event], changeWords[kind], "Changement")
	}
	switch e.Access.Kind {
	case rooms.View:
		return "Page ouverte"
	case rooms.File:
		return "Fichier emporté"
	default:
		return cmp.Or(sessionWords[e.Access.Event], "Session")
	}
}

// detail says the rest of it.
func detail(e rooms.Entry) string {
	if e.Access == nil {
		return changeDetail(*e.Change)
	}
	var parts []string
	if e.Access.Kind == rooms.File {
		parts = append(parts, e.Access.Subject)
	}
	if e.Access.Rows > 0 {
		parts = append(parts, french.Count(e.Access.Rows, "ligne", "lignes"))
	}
	if e.Access.Said != "" {
		parts = append(parts, e.Access.Said)
	}
	return strings.Join(parts, ", ")
}

func changeDetail(l journal.Line) string {
	text := l.After
	switch {
	case l.Before != "" && l.After != "":
		text = l.Before + " → " + l.After
	case l.Before != "":
		text = "avant" + french.Nbsp + ": " + l.Before
	}
	if l.Reason != "" {
		text = strings.TrimPrefix(text+", motif"+french.Nbsp+": "+l.Reason, ", ")
	}
	return text
}

// says is all that a reader sees of a line, where words are looked for.
func says(e rooms.Entry) string {
	_, name, role := e.Who()
	text := name + " " + roleWords(role) + " " + what(e) + " " + detail(e)
	if e.Access != nil {
		text += " " + e.Access.Address + " " + e.Access.Browser
	}
	return text
}

// lead is a link to what a line speaks of.
type lead struct{ label, url string }

// leads are those of a line. A household that is gone has none.
func (p listPage) leads(e rooms.Entry) []lead {
	var all []lead
	dossier, course := "", ""
	if e.Access != nil {
		if e.Access.Kind == rooms.View {
			all = append(all, lead{"La page", e.Access.Subject})
		}
		dossier = e.Access.Dossier
	} else {
		dossier, course = e.Change.Dossier, e.Change.Course
		if kind, _, _ := strings.Cut(e.Change.Event, "."); kind == "settings" || kind == "season" || kind == "school" {
			all = append(all, lead{"Réglages", "/bureau/reglages"})
		}
	}
	if h, ok := p.Names[e.Household()]; ok {
		all = append(all, lead{"Foyer " + h.Name(), familyURL(h)})
	}
	if dossier != "" {
		all = append(all, lead{"Dossier", "/bureau/dossiers/" + dossier})
	}
	if course != "" {
		all = append(all, lead{"Cours", "/bureau/catalogue/cours/" + course})
	}
	if id, _, role := e.Who(); len(all) == 0 && id != "" && p.Keeps && (actor.Actor{Role: role}).IsStaff() {
		all = append(all, lead{"Compte", rightsPath + "/" + id})
	}
	return all
}

func familyURL(h people.Household) string { return "/bureau/familles/" + h.ID }
