package office

import (
	"strings"
	"unicode/utf8"

	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
)

// known answers « introuvable » to an address that no page of ours writes,
// before it reaches a database that cannot read it.
func known(h door.Handler) door.Handler {
	return func(v *door.Visit) error {
		if path := v.R.URL.Path; !utf8.ValidString(path) || strings.ContainsRune(path, 0) {
			return fault.ErrNotFound
		}
		return h(v)
	}
}

// Routes is the office's part of the site map.
func (p *Pages) Routes() []door.Route {
	get := func(path, name string, h door.Handler) door.Route {
		return door.Get("/bureau"+path, door.Office, door.Offices, "office."+name, known(h))
	}
	post := func(path, name string, h door.Handler) door.Route {
		return door.Post("/bureau"+path, door.Office, door.Offices, "office."+name, known(h))
	}
	return []door.Route{
		get("", "home", p.Home),
		get("/tableau", "dashboard", p.Dashboard),

		get("/dossiers", "queue", p.Queue),
		post("/dossiers/confirmer-prets", "confirm-ready", p.ConfirmReady),
		get("/dossiers/{id}", "review", p.Review),
		post("/dossiers/{id}/pieces/{deposit}/valider", "validate", p.Validate),
		post("/dossiers/{id}/pieces/{deposit}/refuser", "refuse", p.Refuse),
		post("/dossiers/{id}/pieces/{deposit}/sans-valeur", "worthless", p.Worthless),
		post("/dossiers/{id}/pieces/{deposit}/annuler", "undo", p.Undo),
		post("/dossiers/{id}/confirmer", "confirm", p.Confirm),
		post("/dossiers/{id}/refuser", "turn-down", p.TurnDown),
		post("/dossiers/{id}/renoncement", "withdrawal", p.Withdrawal),
		get("/dossiers/{id}/journal", "journal", p.Journal),
		get("/dossiers/{id}/cours", "courses", p.Courses),
		post("/dossiers/{id}/cours", "save-courses", p.SaveCourses),
		get("/dossier-papier", "paper", p.Paper),
		post("/dossier-papier", "save-paper", p.SavePaper),

		get("/places", "places", p.Places),
		get("/places/{course}/{semester}", "offering", p.Offering),
		post("/places/{course}/{semester}/capacite", "capacity", p.Capacity),
		post("/places/{course}/{semester}/saut", "jump", p.Jump),
		post("/places/{course}/{semester}/annuler-le-cours", "cancel-course", p.CancelCourse),
		get("/catalogue", "catalogue", p.Catalogue),

		get("/recherche", "search", p.Search),
		get("/familles/{household}", "household", p.Household),
		post("/familles/{household}/adresse", "set-address", p.SetAddress),
		post("/familles/{household}/lettre", "letter", p.Letter),
		post("/familles/{household}/mail-identifiant", "mail-identifier", p.MailIdentifier),
		post("/eleves/{pupil}/rouvrir", "reopen", p.Reopen),

		get("/sans-reponse", "no-answer", p.NoAnswer),
		get("/sans-reponse.csv", "no-answer-csv", p.NoAnswerCSV),
		get("/identifiants", "identifiers", p.Identifiers),
		post("/identifiants/lettres", "letters", p.Letters),
		post("/identifiants/mails", "mail-identifiers", p.MailIdentifiers),
		get("/mails", "mails", p.Mails),
		post("/mails/{mail}/renvoyer", "retry-mail", p.RetryMail),
	}
}
