package office

import (
	"pupitre/internal/web/door"
	"pupitre/internal/web/upload"
)

// longForm lets a text pasted by mistake come back with its form, instead of
// being cut off before it is read.
const longForm = 1 << 20

// Routes is the office's part of the site map.
func (p *Pages) Routes() []door.Route {
	get := func(path, name string, h door.Handler) door.Route {
		return door.Get("/bureau"+path, door.Office, door.Offices, "office."+name, h)
	}
	post := func(path, name string, h door.Handler) door.Route {
		return door.Upload("/bureau"+path, door.Office, door.Offices, "office."+name, longForm, h)
	}
	return []door.Route{
		get("", "home", p.Home),
		get("/tableau", "dashboard", p.Dashboard),

		get("/dossiers", "queue", p.Queue),
		get("/dossiers/a-confirmer", "to-confirm", p.ToConfirm),
		post("/dossiers/confirmer-prets", "confirm-ready", p.ConfirmReady),
		post("/confirmations/{batch}/annuler", "take-back-all", p.TakeBackAll),
		get("/dossiers/relance", "remind", p.Remind),
		post("/dossiers/relance", "send-reminders", p.SendReminders),
		get("/dossiers/{id}", "review", p.Review),
		post("/dossiers/{id}/pieces/{deposit}/valider", "validate", p.Validate),
		post("/dossiers/{id}/pieces/{deposit}/refuser", "refuse", p.Refuse),
		post("/dossiers/{id}/pieces/{deposit}/sans-valeur", "worthless", p.Worthless),
		post("/dossiers/{id}/pieces/{deposit}/annuler", "undo", p.Undo),
		post("/dossiers/{id}/confirmer", "confirm", p.Confirm),
		post("/dossiers/{id}/annuler", "take-back", p.TakeBack),
		post("/dossiers/{id}/refuser", "turn-down", p.TurnDown),
		post("/dossiers/{id}/renoncement", "withdrawal", p.Withdrawal),
		get("/dossiers/{id}/journal", "journal", p.Journal),
		get("/dossiers/{id}/cours", "courses", p.Courses),
		post("/dossiers/{id}/cours", "save-courses", p.SaveCourses),
		get("/dossier-papier", "paper", p.Paper),
		post("/dossier-papier", "save-paper", p.SavePaper),

		get("/places", "places", p.Places),
		door.Get(openingPath, door.Office, door.Directions, "office.opening", p.Opening),
		get("/places/{course}/{semester}", "offering", p.Offering),
		post("/places/{course}/{semester}/capacite", "capacity", p.Capacity),
		post("/places/{course}/{semester}/saut", "jump", p.Jump),
		post("/places/{course}/{semester}/annuler-le-cours", "cancel-course", p.CancelCourse),

		get("/recherche", "search", p.Search),
		get("/familles/{household}", "household", p.Household),
		get("/familles/{household}/identite", "identity", p.ShowIdentity),
		post("/familles/{household}/identite", "save-identity", p.SaveIdentity),
		get("/familles/{household}/importer", "deposit", p.ShowDeposit),
		door.Upload("/bureau/familles/{household}/importer", door.Office, door.Offices, "office.send-deposit", upload.MaxBody, p.SendDeposit),
		post("/familles/{household}/adresse", "set-address", p.SetAddress),
		post("/familles/{household}/lettre", "letter", p.Letter),
		post("/familles/{household}/mail-identifiant", "mail-identifier", p.MailIdentifier),
		post("/eleves/{pupil}/rouvrir", "reopen", p.Reopen),
		post("/eleves/{pupil}/inviter", "invite", p.Invite),

		get("/sans-reponse", "no-answer", p.NoAnswer),
		get("/identifiants", "identifiers", p.Identifiers),
		post("/identifiants/lettres", "letters", p.Letters),
		post("/identifiants/mails", "mail-identifiers", p.MailIdentifiers),
		get("/mails", "mails", p.Mails),
		post("/mails/{mail}/renvoyer", "retry-mail", p.RetryMail),
		post("/mails/{mail}/dit", "said", p.Said),
	}
}
