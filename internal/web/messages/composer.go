package messages

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/domain/message"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// The ways a message reaches families, as the form says them.
const (
	mailAndPortal = "mail-portail"
	mailOnly      = "mail"
	portalOnly    = "portail"
)

const later = "plus-tard"

// composer is the page of a message that has not left.
type composer struct {
	ui.Base
	Tab      string
	Typed    message.Typed
	Leaves   string // later, or "" for as soon as may be
	Moment   string // as typed
	Choices  choices
	Texts    []ui.Option // to begin with
	From     string      // the one that it was begun with
	Recent   []message.Listed
	Invalid  *fault.Invalid
	Warning  string // nothing was written, and why
	Tried    string // the address that a trial has just been mailed to
	Count    int64
	Dossiers int64 // that they have in the selection; 0 when it is not of dossiers
	Reached  int64 // of them, those with a confirmed address
	Preview  preview
	Now      time.Time
	School   school.School
	NoSeason bool
}

// preview is the message as one household reads it.
type preview struct {
	message.Letter
	At, Of int64
	School string
}

func (c composer) path() string {
	if c.Typed.ID == "" {
		return root
	}
	return messagePath(c.Typed.ID)
}

func (c composer) title() string {
	if c.Typed.Template {
		return "Modèle de message"
	}
	return title(c.Typed.Selection)
}

func (c composer) channel() string {
	switch {
	case c.Typed.ByMail && c.Typed.InPortal:
		return mailAndPortal
	case c.Typed.ByMail:
		return mailOnly
	case c.Typed.InPortal:
		return portalOnly
	default:
		return ""
	}
}

func (c composer) counts() string {
	families := french.Count(c.Count, "famille", "familles")
	if c.Dossiers == 0 {
		return families
	}
	return french.Count(c.Dossiers, "dossier", "dossiers") + " · " + families
}

// sendLabel says what the button does to how many families.
func (c composer) sendLabel() string {
	if c.Count == 0 {
		return "Envoyer"
	}
	if c.Leaves == later || school.QuietHours(c.Now, c.School).After(c.Now) {
		return "Programmer l’envoi à " + french.Count(c.Count, "famille", "familles")
	}
	return "Envoyer à " + french.Count(c.Count, "famille", "familles")
}

// soonest is when it leaves if nothing else is said, and why not at once.
func (c composer) soonest() (label, note string) {
	at := school.QuietHours(c.Now, c.School)
	if !at.After(c.Now) {
		return "Maintenant", ""
	}
	label = french.Moment(at)
	note = "Il est " + french.Hour(c.Now) + colon + "les messages de l’école partent entre " + itoa(c.School.QuietUntil) + " h et " + itoa(c.School.QuietFrom) + " h"
	if c.School.QuietSundays {
		note += ", jamais le dimanche"
	}
	return strings.ToUpper(label[:1]) + label[1:], note + "."
}

// New opens the composer on a selection, with a text to begin with.
func (p *Pages) New(v *door.Visit) error {
	c := composer{Tab: newPath, Typed: message.Typed{Selection: report.SelectionFrom(v.Query), ByMail: true, InPortal: true}}
	if v.R.URL.Query().Get("file") == "" && c.Typed.Selection.List == report.ListDossiers && !v.R.URL.Query().Has("liste") {
		c.Typed.Selection.Group = report.Incomplete
	}
	c.From = or(v.Query("modele"), "pieces")
	if err := p.begin(v, &c.Typed, c.From); err != nil {
		return err
	}
	return p.show(v, 200, c)
}

// begin takes the text of a suggestion, a template or another message.
func (p *Pages) begin(v *door.Visit, t *message.Typed, from string) error {
	if s, found := message.SuggestionNamed(from); found {
		t.Subject, t.Body = s.Subject, s.Body
		return nil
	}
	m, err := message.ByID(v.Ctx(), p.store, v.Actor, from)
	if errors.Is(err, fault.ErrNotFound) {
		return nil
	}
	t.Subject, t.Body = m.Subject, m.Body
	return err
}

// compose shows a draft or a template again, as it is kept.
func (p *Pages) compose(v *door.Visit, m message.Message) error {
	c := composer{Tab: newPath, Typed: typedOf(m)}
	if c.Typed.Template {
		c.Tab = templatesPath
	}
	return p.show(v, 200, c)
}

func typedOf(m message.Message) message.Typed {
	return message.Typed{ID: m.ID, Version: m.Version, Subject: m.Subject, Body: m.Body, Selection: m.Selection(), ByMail: m.ByMail, InPortal: m.InPortal, Template: m.State == message.Template}
}

// show fills in what surrounds the form: who receives it, how one reads it.
func (p *Pages) show(v *door.Visit, status int, c composer) (err error) {
	if c.Base, err = p.base(v, c.title()); err != nil {
		return err
	}
	c.Base.Errors = door.FieldErrors(c.Invalid)
	if c.NoSeason = v.Season.ID == ""; c.NoSeason {
		return v.Show(status, composerView(c))
	}
	if c.Choices, err = p.choices(v); err != nil {
		return err
	}
	if err := p.effect(v, &c); err != nil {
		return err
	}
	if err := p.around(v, &c); err != nil {
		return err
	}
	return v.Show(status, composerView(c))
}

// effect counts the selection and writes the text to the family that is looked at.
func (p *Pages) effect(v *door.Visit, c *composer) error {
	c.Now, c.School = v.Now, v.School
	targets, err := report.Targets(v.Ctx(), p.store, v.Actor, v.Season, c.Typed.Selection)
	if err != nil {
		return err
	}
	c.Count = int64(len(targets))
	if c.Typed.Selection.List == report.ListDossiers {
		for _, t := range targets {
			c.Dossiers += int64(len(t.Dossiers))
		}
	}
	c.Preview.At = min(max(c.Preview.At, 1), c.Count)
	if c.Reached, err = report.Reachable(v.Ctx(), p.store, targets); err != nil || c.Count == 0 {
		return err
	}
	at := c.Preview.At
	c.Preview = preview{At: at, Of: c.Count, School: v.School.Name}
	c.Preview.Letter, err = message.Preview(v.Ctx(), p.store, v.Actor, v.Season, v.School, c.Typed.Subject, c.Typed.Body, targets[at-1])
	return err
}

// around reads the texts to begin with and the last messages.
func (p *Pages) around(v *door.Visit, c *composer) error {
	for _, s := range message.Suggestions {
		c.Texts = append(c.Texts, ui.Option{Value: s.Code, Label: s.Name, Group: "Fournis"})
	}
	templates, err := message.Templates(v.Ctx(), p.store, v.Actor)
	if err != nil {
		return err
	}
	for _, t := range templates {
		c.Texts = append(c.Texts, ui.Option{Value: t.ID, Label: t.Heading(), Group: "De l’école"})
	}
	c.Recent, err = message.List(v.Ctx(), p.store, v.Actor, 5, 0)
	return err
}

// texts are the fields of the form that come back as they were typed.
var texts = []string{message.FieldSubject, message.FieldBody, "moment", "texte-liste", "commune"}

// typed reads the form.
func (p *Pages) typed(v *door.Visit) (composer, string, error) {
	form, err := v.TypedForm(texts...)
	if err != nil {
		return composer{}, "", err
	}
	value := func(name string) string {
		if name == "texte" { // the message's own field has that name
			name = "texte-liste"
		}
		return form.Value(name)
	}
	c := composer{Tab: newPath, Leaves: form.Value(message.FieldLeaves), Moment: form.Value("moment"), From: form.Value("modele")}
	c.Typed = message.Typed{ID: v.PathValue("message"), Subject: form.Value(message.FieldSubject), Body: form.Value(message.FieldBody), Selection: report.SelectionFrom(value), Template: form.Value("type") == string(message.Template)}
	c.Typed.Version, _ = strconv.ParseInt(form.Value("version"), 10, 64)
	c.Preview.At, _ = strconv.ParseInt(or(form.Value("vers"), form.Value("montre")), 10, 64)
	switch form.Value(message.FieldChannel) {
	case mailAndPortal:
		c.Typed.ByMail, c.Typed.InPortal = true, true
	case mailOnly:
		c.Typed.ByMail = true
	case portalOnly:
		c.Typed.InPortal = true
	}
	if c.Typed.Template {
		c.Tab = templatesPath
	}
	c.Count, _ = strconv.ParseInt(form.Value("compte"), 10, 64)
	if err := form.Strange(texts...); err != nil {
		c.Invalid, _ = door.AsInvalid(err)
	}
	act := form.Value("action")
	if act == "prendre" {
		err = p.begin(v, &c.Typed, form.Value("modele"))
	}
	return c, act, err
}

// Preview answers the fragment of what is typed: who receives it, how one reads it.
func (p *Pages) Preview(v *door.Visit) error {
	c, _, err := p.typed(v)
	if err != nil {
		return err
	}
	if !v.IsHTMX() {
		return p.show(v, 200, c)
	}
	if v.Season.ID == "" {
		return fault.ErrNotFound
	}
	if c.Choices, err = p.choices(v); err != nil { // the chips name what they narrow to
		return err
	}
	if err := p.effect(v, &c); err != nil {
		return err
	}
	return v.Show(200, effectFragment(c))
}

// Write keeps what is typed, as a draft or a template, or has it leave; without
// an act it shows it again, counted and written anew.
func (p *Pages) Write(v *door.Visit) error {
	c, act, err := p.typed(v)
	if err != nil {
		return err
	}
	if c.Invalid != nil {
		return p.show(v, 422, c)
	}
	switch act {
	case "enregistrer":
		return p.keep(v, c)
	case "modele":
		kept := c.Typed
		kept.ID, kept.Template = "", true
		if _, err := p.messages.Save(v.Ctx(), v.Actor, v.Season, kept); err != nil {
			return p.refused(v, c, err)
		}
		return v.Redirect(templatesPath, done("Modèle enregistré", "Il est proposé à qui écrit un message. Ce que vous écriviez n’est pas parti."))
	case "essai":
		return p.try(v, c)
	case "envoyer":
		return p.send(v, c)
	default:
		if c.Typed.ID != "" {
			if _, err := message.ByID(v.Ctx(), p.store, v.Actor, c.Typed.ID); err != nil {
				return err
			}
		}
		return p.show(v, 200, c)
	}
}

// try mails what is typed to who types it, as the family looked at would read it.
func (p *Pages) try(v *door.Visit, c composer) error {
	if v.Season.ID == "" {
		return noSeason
	}
	targets, err := report.Targets(v.Ctx(), p.store, v.Actor, v.Season, c.Typed.Selection)
	if err != nil {
		return err
	}
	if len(targets) == 0 {
		return p.refused(v, c, fault.Refuse("Cette sélection ne contient aucune famille"+colon+"un essai s’écrit comme pour l’une d’elles."))
	}
	at := min(max(c.Preview.At, 1), int64(len(targets)))
	if c.Tried, err = p.messages.Try(v.Ctx(), v.Actor, v.Season, v.School, c.Typed, targets[at-1]); err != nil {
		return p.refused(v, c, err)
	}
	return p.show(v, 200, c)
}

var noSeason = &fault.Conflict{Message: "L’école n’a pas encore de saison" + colon + "créez-la dans « Réglages » d’abord."}

func (p *Pages) keep(v *door.Visit, c composer) error {
	if v.Season.ID == "" {
		return noSeason
	}
	id, err := p.messages.Save(v.Ctx(), v.Actor, v.Season, c.Typed)
	if err != nil {
		return p.refused(v, c, err)
	}
	if c.Typed.Template {
		return v.Redirect(templatesPath, done("Modèle enregistré", ""))
	}
	return v.Redirect(messagePath(id), done("Brouillon enregistré", "Rien n’est parti. Sa sélection sera comptée de nouveau au départ."))
}

func (p *Pages) send(v *door.Visit, c composer) error {
	if v.Season.ID == "" {
		return noSeason
	}
	at := v.Now
	if c.Leaves == later {
		typed, ok := school.ReadMoment(c.Moment, false)
		if !ok || typed.IsZero() || typed.Before(v.Now) {
			c.Invalid = &fault.Invalid{Message: "Le départ n’est pas dit.", Fields: []fault.Field{{Name: "moment", Message: "Écrivez un jour et une heure à venir" + french.Nbsp + ": 14/06/2027 09:00."}}}
			return p.show(v, 422, c)
		}
		at = typed
	}
	m, err := p.messages.Plan(v.Ctx(), v.Actor, v.Season, v.School, c.Typed, at, c.Count)
	if err != nil {
		return p.refused(v, c, err)
	}
	if m.LeavesAt.After(v.Now) {
		return v.Redirect(messagePath(m.ID), ui.Flash{Kind: ui.MessageOK, Title: "Programmé pour " + french.Count(m.Counted, "famille", "familles"), Text: "Départ le " + french.Moment(m.LeavesAt) + ".", UndoURL: messagePath(m.ID) + "/annuler"})
	}
	return v.Redirect(messagePath(m.ID), done("L’envoi commence", "Vous pouvez quitter cette page."))
}

// refused shows the form again with why nothing was written, and all that was typed.
func (p *Pages) refused(v *door.Visit, c composer, err error) error {
	var moved *message.Miscounted
	var conflict *fault.Conflict
	invalid, isInvalid := door.AsInvalid(err)
	switch {
	case errors.As(err, &moved):
		c.Warning = moved.Error()
		return p.show(v, 409, c)
	case errors.As(err, &conflict):
		held, readErr := message.ByID(v.Ctx(), p.store, v.Actor, c.Typed.ID)
		if readErr != nil || !held.IsDraft() {
			return err
		}
		c.Warning = conflict.Message + " Ce que vous avez écrit est resté dans la page" + colon + "enregistrez de nouveau pour le garder à la place du sien."
		c.Typed.Version = held.Version
		return p.show(v, 409, c)
	case isInvalid:
		c.Invalid = invalid
		if len(invalid.Fields) == 0 {
			c.Warning = invalid.Message
		}
		return p.show(v, 422, c)
	}
	return err
}

func done(title, text string) ui.Flash {
	return ui.Flash{Kind: ui.MessageOK, Title: title, Text: text}
}
