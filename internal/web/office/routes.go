package office

import (
	"pupitre/internal/domain/actor"
	"pupitre/internal/web/door"
	"pupitre/internal/web/upload"
)

// longForm lets a text pasted by mistake come back with its form, instead of
// being cut off before it is read.
const longForm = 1 << 20

// Routes is the office's part of the site map.
func (p *Pages) Routes() []door.Route {
	get := func(right *actor.Right, path, name string, h door.Handler) door.Route {
		return door.Get("/bureau"+path, door.Office, right, "office."+name, h)
	}
	post := func(right *actor.Right, path, name string, h door.Handler) door.Route {
		return door.Upload("/bureau"+path, door.Office, right, "office."+name, longForm, h)
	}
	return []door.Route{
		get(actor.Office, "", "home", p.Home),
		get(actor.Office, "/tableau", "dashboard", p.Dashboard),

		get(actor.Dossiers, "/dossiers", "queue", p.Queue),
		get(actor.Dossiers, "/dossiers/a-confirmer", "to-confirm", p.ToConfirm),
		post(actor.Dossiers, "/dossiers/confirmer-prets", "confirm-ready", p.ConfirmReady),
		post(actor.Dossiers, "/confirmations/{batch}/annuler", "take-back-all", p.TakeBackAll),
		get(actor.Dossiers, "/dossiers/relance", "remind", p.Remind),
		post(actor.Dossiers, "/dossiers/relance", "send-reminders", p.SendReminders),
		get(actor.Dossiers, "/dossiers/{id}", "review", p.Review),
		post(actor.Dossiers, "/dossiers/{id}/pieces/{deposit}/valider", "validate", p.Validate),
		post(actor.Dossiers, "/dossiers/{id}/pieces/{deposit}/refuser", "refuse", p.Refuse),
		post(actor.Dossiers, "/dossiers/{id}/pieces/{deposit}/sans-valeur", "worthless", p.Worthless),
		post(actor.Dossiers, "/dossiers/{id}/pieces/{deposit}/annuler", "undo", p.Undo),
		post(actor.Dossiers, "/dossiers/{id}/confirmer", "confirm", p.Confirm),
		post(actor.Dossiers, "/dossiers/{id}/annuler", "take-back", p.TakeBack),
		post(actor.Dossiers, "/dossiers/{id}/refuser", "turn-down", p.TurnDown),
		post(actor.Dossiers, "/dossiers/{id}/renoncement", "withdrawal", p.Withdrawal),
		get(actor.Dossiers, "/dossiers/{id}/journal", "journal", p.Journal),
		get(actor.Dossiers, "/dossiers/{id}/cours", "courses", p.Courses),
		post(actor.Dossiers, "/dossiers/{id}/cours", "save-courses", p.SaveCourses),
		get(actor.Dossiers, "/dossier-papier", "paper", p.Paper),
		post(actor.Dossiers, "/dossier-papier", "save-paper", p.SavePaper),

		get(actor.Places, "/places", "places", p.Places),
		door.Get(openingPath, door.Office, actor.Opening, "office.opening", p.Opening),
		get(actor.Places, "/places/{course}/{semester}", "offering", p.Offering),
		post(actor.Places, "/places/{course}/{semester}/capacite", "capacity", p.Capacity),
		post(actor.Jumps, "/places/{course}/{semester}/saut", "jump", p.Jump),
		post(actor.Places, "/places/{course}/{semester}/annuler-le-cours", "cancel-course", p.CancelCourse),

		get(actor.Office, "/recherche", "search", p.Search),
		get(actor.Households, "/familles/{household}", "household", p.Household),
		get(actor.Households, "/familles/{household}/identite", "identity", p.ShowIdentity),
		post(actor.Households, "/familles/{household}/identite", "save-identity", p.SaveIdentity),
		get(actor.Papers, "/familles/{household}/importer", "deposit", p.ShowDeposit).ForChange(),
		door.Upload("/bureau/familles/{household}/importer", door.Office, actor.Papers, "office.send-deposit", upload.MaxBody, p.SendDeposit),
		post(actor.Households, "/familles/{household}/adresse", "set-address", p.SetAddress),
		post(actor.Households, "/familles/{household}/lettre", "letter", p.Letter),
		post(actor.Households, "/familles/{household}/mail-identifiant", "mail-identifier", p.MailIdentifier),
		post(actor.Dossiers, "/eleves/{pupil}/rouvrir", "reopen", p.Reopen),
		post(actor.Dossiers, "/eleves/{pupil}/inviter", "invite", p.Invite),

		get(actor.Lists, "/sans-reponse", "no-answer", p.NoAnswer),
		get(actor.Identifiers, "/identifiants", "identifiers", p.Identifiers),
		post(actor.Identifiers, "/identifiants/lettres", "letters", p.Letters),
		post(actor.Identifiers, "/identifiants/mails", "mail-identifiers", p.MailIdentifiers),
		get(actor.Mails, "/mails", "mails", p.Mails),
		post(actor.Mails, "/mails/{mail}/renvoyer", "retry-mail", p.RetryMail),
		post(actor.Mails, "/mails/{mail}/dit", "said", p.Said),
	}
}
