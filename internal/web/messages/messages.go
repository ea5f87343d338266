// Package messages is the door of « Messages »: what the office writes to a
// selection of families, and what became of it (R48).
package messages

import (
	"strconv"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/message"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// Pages answers the routes.
type Pages struct {
	store     *db.Store
	messages  *message.Messages
	publicURL string
	frame     func(v *door.Visit, base ui.Base) (ui.Base, error) // the office's
}

// New makes the pages within the office's frame; publicURL is where families sign in.
func New(store *db.Store, clk clock.Clock, publicURL string, frame func(v *door.Visit, base ui.Base) (ui.Base, error)) *Pages {
	return &Pages{store, message.New(store, clk), publicURL, frame}
}

const (
	root          = "/bureau/messages"
	newPath       = root + "/nouveau"
	previewPath   = root + "/apercu"
	templatesPath = root + "/modeles"
)

// longForm leaves room for the text.
const longForm = 128 << 10

// Routes is this door's part of the site map.
func (p *Pages) Routes() []door.Route {
	get := func(path, name string, h door.Handler) door.Route {
		return door.Get(root+path, door.Office, actor.Messages, "messages."+name, h)
	}
	post := func(path, name string, h door.Handler) door.Route {
		return door.Upload(root+path, door.Office, actor.Messages, "messages."+name, longForm, h)
	}
	return []door.Route{
		get("", "index", p.Index),
		get("/modeles", "templates", p.Templates),
		get("/nouveau", "new", p.New),
		post("", "write", p.Write),
		post("/apercu", "preview", p.Preview),
		get("/{message}", "message", p.Message),
		post("/{message}", "save", p.Write),
		get("/{message}/envoi", "progress", p.Progress),
		post("/{message}/annuler", "recall", p.Recall),
		post("/{message}/renvoyer", "resend", p.Resend),
		post("/{message}/lettres", "letters", p.Letters),
		post("/{message}/retirer", "hide", p.Hide),
		post("/{message}/supprimer", "delete", p.Delete),
	}
}

func messagePath(id string) string { return root + "/" + id }

func tabs(here string) []ui.Tab {
	all := []ui.Tab{{Label: "Écrire", URL: newPath}, {Label: "Envoyés", URL: root}, {Label: "Modèles", URL: templatesPath}}
	for i := range all {
		all[i].Current = all[i].URL == here
	}
	return all
}

func (p *Pages) base(v *door.Visit, title string) (ui.Base, error) {
	base, err := p.frame(v, v.Base(title))
	base.Path = root
	return base, err
}

func number(v *door.Visit, name string) int64 {
	n, err := strconv.ParseInt(v.Query(name), 10, 32)
	if err != nil || n < 1 {
		return 1
	}
	return n
}

type indexPage struct {
	ui.Base
	Messages []message.Listed
	Next     string
	Previous string
}

const perPage = 50

// Index lists what was written: drafts, what is planned, what has left.
func (p *Pages) Index(v *door.Visit) error {
	base, err := p.base(v, "Messages envoyés")
	if err != nil {
		return err
	}
	page, at := indexPage{Base: base}, number(v, "page")
	if page.Messages, err = message.List(v.Ctx(), p.store, v.Actor, perPage+1, (at-1)*perPage); err != nil {
		return err
	}
	if len(page.Messages) > perPage {
		page.Messages, page.Next = page.Messages[:perPage], root+"?page="+strconv.FormatInt(at+1, 10)
	}
	if at > 1 {
		page.Previous = root + "?page=" + strconv.FormatInt(at-1, 10)
	}
	return v.Show(200, indexView(page))
}

type templatesPage struct {
	ui.Base
	Templates []message.Message
}

// Templates lists the texts to begin with.
func (p *Pages) Templates(v *door.Visit) error {
	base, err := p.base(v, "Modèles de messages")
	if err != nil {
		return err
	}
	page := templatesPage{Base: base}
	if page.Templates, err = message.Templates(v.Ctx(), p.store, v.Actor); err != nil {
		return err
	}
	return v.Show(200, templatesView(page))
}

// when is the day that matters of a message of the list.
func when(m message.Message) string {
	switch {
	case m.Departed():
		return french.ShortMoment(m.DepartedAt)
	case m.State == message.Planned:
		return "part le " + french.ShortMoment(m.LeavesAt)
	default:
		return french.ShortMoment(m.CreatedAt)
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
