// Package application is the door of pré-inscriptions (R37): the public form in
// three steps, the pages that mailed links open, and the office's queue.
package application

import (
	"pupitre/internal/domain/actor"
	rooms "pupitre/internal/domain/application"
	"pupitre/internal/domain/merge"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// Pages answers the routes of pré-inscriptions.
type Pages struct {
	store  *db.Store
	rooms  *rooms.Applications
	merges *merge.Merges
	frame  func(*door.Visit, ui.Base) (ui.Base, error) // of the office's pages
}

// New makes the pages; frame completes what the office's pages have in common.
func New(store *db.Store, rooms *rooms.Applications, merges *merge.Merges, frame func(*door.Visit, ui.Base) (ui.Base, error)) *Pages {
	return &Pages{store: store, rooms: rooms, merges: merges, frame: frame}
}

const (
	root  = "/pre-inscription"
	draft = root + "/demande/{token}"
	link  = root + "/lien/{token}"
	queue = "/bureau/pre-inscriptions"

	attachments = "/bureau/fusions" // another door's
)

// longForm lets a text pasted by mistake come back with its form.
const longForm = 1 << 20

// Routes is the part of the site map that is about pré-inscriptions.
func (p *Pages) Routes() []door.Route {
	get := func(path, name string, h door.Handler) door.Route {
		return door.Get(path, door.Public, actor.Everybody, "application."+name, private(h))
	}
	post := func(path, name string, h door.Handler) door.Route {
		return door.Upload(path, door.Public, actor.Everybody, "application."+name, longForm, private(h))
	}
	office := func(path, name string, h door.Handler) door.Route {
		return door.Get(queue+path, door.Office, actor.Applications, "application.office."+name, h)
	}
	act := func(path, name string, h door.Handler) door.Route {
		return door.Upload(queue+path, door.Office, actor.Applications, "application.office."+name, longForm, h)
	}
	return []door.Route{
		get(root, "begin", p.ShowBegin),
		post(root, "begin.send", p.Begin),
		get(root+"/reglement", "rules", p.ShowRules),
		get(root+"/mon-lien", "links", p.ShowLinks),
		post(root+"/mon-lien", "links.send", p.SendLinks),
		get(draft+"/eleve", "pupil", p.ShowPupil),
		post(draft+"/eleve", "pupil.save", p.SavePupil),
		get(draft+"/cours", "courses", p.ShowCourses),
		post(draft+"/cours", "courses.save", p.SaveCourses),
		get(draft+"/lien", "draft", p.ShowDraftLink),
		post(draft+"/lien", "draft.send", p.SendDraftLink),
		get(draft+"/vous", "contact", p.ShowContact),
		post(draft+"/vous", "contact.send", p.SendContact),
		get(draft+"/envoyee", "sent", p.ShowSent),
		post(draft+"/renvoyer", "sent.again", p.SendAgain),
		get(link, "link", p.ShowLink),
		post(link, "link.act", p.ActOnLink),

		office("", "queue", p.Queue),
		office("/{application}", "entry", p.Entry),
		act("/{application}/accepter", "accept", p.Accept),
		act("/{application}/rattacher", "attach", p.Attach),
		act("/{application}/autre-enfant", "admit", p.Admit),
		act("/{application}/repondre", "answer", p.Answer),
		act("/{application}/refuser", "refuse", p.Refuse),
	}
}

// private keeps a page that a token opens out of caches and search engines.
func private(h door.Handler) door.Handler {
	return func(v *door.Visit) error {
		v.W.Header().Set("Cache-Control", "no-store")
		v.W.Header().Set("X-Robots-Tag", "noindex, nofollow")
		return h(v)
	}
}

func base(v *door.Visit, title string) ui.Base {
	b := v.Base(title)
	b.AudienceLabel = "Pré-inscription"
	b.Links.Home = root
	return b
}

func refusedBase(v *door.Visit, title string, invalid *fault.Invalid) ui.Base {
	b := base(v, title)
	b.Errors = door.FieldErrors(invalid)
	for i, e := range b.Errors {
		if label := labels[e.ID]; label != "" {
			b.Errors[i].Message = label + french.Nbsp + ": " + e.Message
		}
	}
	return b
}

// labels name the fields in a summary of errors.
var labels = map[string]string{
	rooms.FieldFor: "Pour qui", people.FieldFirstName: "Prénom", people.FieldLastName: "Nom", people.FieldBirthDate: "Date de naissance",
	people.FieldLevel: "Niveau scolaire", people.FieldPostcode: "Code postal", people.FieldEmail: "Adresse mail", people.FieldMobile: "Téléphone",
	people.FieldAddress: "Numéro et voie", people.FieldTown: "Commune", people.FieldMeans: "Moyen de paiement", people.FieldBilling: "Mode de facturation",
	people.FieldImageRight: "Droit à l’image", people.FieldBeginner: "Débutant", rooms.FieldAccord: "Accord",
}

// status is 422 for a form that comes back with errors, else 200.
func status(b ui.Base) int {
	if len(b.Errors) > 0 {
		return 422
	}
	return 200
}

// step is a step of the form, counted from 0.
type step int

const (
	stepPupil step = iota
	stepCourses
	stepContact
)

var stepLabels = []string{"L’élève", "Les cours", "Vous"}

func (s step) path(token string) string {
	return root + "/demande/" + token + []string{"/eleve", "/cours", "/vous"}[s]
}

// head is what stands above every step.
type head struct {
	Token  string // "" before the first step is kept
	Step   step
	Season string
	Notice string // before the opening
}

func headOf(v *door.Visit, token string, s step) head {
	h := head{Token: token, Step: s, Season: v.Season.Name}
	if opens := opensAt(v); v.Now.Before(opens) {
		h.Notice = "Les inscriptions de nouveaux élèves ouvrent le " + french.Moment(opens) + ". Préparez tout dès maintenant" + french.Nbsp + ": vous enverrez votre demande à cette minute, par le lien reçu par mail."
	}
	return h
}

// found reads the pré-inscription of the path; one that is confirmed leads to
// the way back to it, and done is then true.
func (p *Pages) found(v *door.Visit) (app rooms.Application, token string, done bool, err error) {
	token = v.PathValue("token")
	app, mailed, err := p.rooms.Find(v.Ctx(), token)
	if err != nil {
		return app, token, false, err
	}
	if app.State != rooms.Draft && app.State != rooms.Sent {
		if mailed {
			return app, token, true, v.Redirect(root + "/lien/" + token)
		}
		return app, token, true, v.Redirect(root + "/mon-lien")
	}
	return app, token, false, nil
}

// kept says what becomes of what is typed.
func kept(v *door.Visit) string {
	return "Ce que vous saisissez sert à cette demande seulement. Sans confirmation de votre adresse mail, tout est effacé au bout de " + french.Count(rooms.KeptDays, "jour", "jours") + "."
}

func level(l string) string { return school.Level(l).French() }
