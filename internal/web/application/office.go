package application

import (
	"errors"
	"strconv"

	"pupitre/internal/domain/account"
	rooms "pupitre/internal/domain/application"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/merge"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const pageSize = 50

// queuePage is the office's list of pré-inscriptions.
type queuePage struct {
	ui.Base
	Group   rooms.Group
	Counts  rooms.Counts
	Entries []rooms.Entry
	Pager   ui.Pager
	Filters []ui.Tab
}

func groupURL(g rooms.Group) string {
	if g == rooms.ToAnswer {
		return queue
	}
	return queue + "?file=" + string(g)
}

// Queue lists the pré-inscriptions of a group.
func (p *Pages) Queue(v *door.Visit) error {
	b, err := p.frame(v, v.Base("Pré-inscriptions"))
	if err != nil {
		return err
	}
	page := queuePage{Base: b, Group: rooms.GroupNamed(v.Query("file"))}
	if page.Counts, err = rooms.CountsOf(v.Ctx(), p.store, v.Actor, v.Season.ID); err != nil {
		return err
	}
	n, err := strconv.ParseInt(v.Query("page"), 10, 32)
	if err != nil || n < 1 {
		n = 1
	}
	if page.Entries, err = rooms.Queue(v.Ctx(), p.store, v.Actor, v.Season.ID, page.Group, pageSize, (n-1)*pageSize); err != nil {
		return err
	}
	page.Filters = page.tabs()
	page.Pager = page.pager(n)
	return v.Show(200, queueView(page))
}

func (page queuePage) tabs() []ui.Tab {
	var all []ui.Tab
	for _, g := range []struct {
		group rooms.Group
		label string
	}{{rooms.ToAnswer, "À répondre"}, {rooms.Unconfirmed, "Adresse non confirmée"}, {rooms.Answered, "Répondues"}} {
		all = append(all, ui.Tab{Label: g.label, URL: groupURL(g.group), Current: g.group == page.Group, Count: int(page.Counts[g.group])})
	}
	return all
}

func (page queuePage) pager(n int64) ui.Pager {
	total := page.Counts[page.Group]
	pager := ui.Pager{From: int((n-1)*pageSize + 1), To: int(min(n*pageSize, total)), Total: int(total)}
	address := func(n int64) string {
		if page.Group == rooms.ToAnswer {
			return queue + "?page=" + strconv.FormatInt(n, 10)
		}
		return groupURL(page.Group) + "&page=" + strconv.FormatInt(n, 10)
	}
	if n > 1 {
		pager.PreviousURL = address(n - 1)
	}
	if n*pageSize < total {
		pager.NextURL = address(n + 1)
	}
	return pager
}

// entryPage is one pré-inscription, with what it resembles and what to answer.
type entryPage struct {
	ui.Base
	rooms.Entry
	Rows    []ui.RecapRow
	Contact []ui.RecapRow
	Typed   answerForm
	UndoURL string // where the attachment is undone, "" when there is none to undo
}

// answerForm is what was typed into one of the forms, with its messages.
type answerForm struct {
	Act     string
	Text    string
	To      string
	Login   string
	Invalid *fault.Invalid
}

func (f answerForm) of(act, field string) string {
	if f.Act != act {
		return ""
	}
	return f.Invalid.Of(field)
}

func (f answerForm) text(act string) string {
	if f.Act != act {
		return ""
	}
	return f.Text
}

// Entry shows one pré-inscription.
func (p *Pages) Entry(v *door.Visit) error { return p.showEntry(v, answerForm{}) }

func (p *Pages) showEntry(v *door.Visit, typed answerForm) error {
	entry, err := rooms.EntryOf(v.Ctx(), p.store, v.Actor, v.PathValue("application"))
	if err != nil {
		return err
	}
	b, err := p.frame(v, v.Base("Pré-inscription, "+entry.Form.PupilName()))
	if err != nil {
		return err
	}
	b.Errors = door.FieldErrors(typed.Invalid)
	page := entryPage{Base: b, Entry: entry, Typed: typed}
	if page.Rows, err = p.recap(v, entry.Application); err != nil {
		return err
	}
	if entry.State == rooms.Attached {
		made, found, err := merge.Attached(v.Ctx(), p.store, v.Actor, entry.ID)
		if err != nil {
			return err
		}
		if found {
			page.UndoURL = attachments + "/" + made.ID
		}
	}
	f := entry.Form
	page.Contact = []ui.RecapRow{
		{Term: "Responsable", Text: f.Responsible()}, {Term: "Adresse mail", Text: f.Guardian.Email, Note: confirmedWords(entry.Application)},
		{Term: "Téléphone", Text: french.Phone(f.Guardian.Mobile)}, {Term: "Adresse postale", Text: f.Address + ", " + f.Postcode + " " + f.Town},
	}
	if f.Note != "" {
		page.Contact = append(page.Contact, ui.RecapRow{Term: "Information complémentaire", Text: f.Note})
	}
	return v.Show(status(page.Base), entryView(page))
}

func confirmedWords(app rooms.Application) string {
	if app.ConfirmedAt.IsZero() {
		return "pas encore confirmée"
	}
	return "confirmée le " + french.MomentSecond(app.ConfirmedAt)
}

// act answers a form of the page: done says so, a refusal shows it again.
func (p *Pages) act(v *door.Visit, typed answerForm, err error, title, text string) error {
	if invalid, ok := door.AsInvalid(err); ok {
		typed.Invalid = invalid
		return p.showEntry(v, typed)
	}
	if err != nil {
		return err
	}
	return v.Redirect(queue, ui.Flash{Kind: ui.MessageOK, Title: title, Text: text})
}

// Accept makes the candidate one of the families.
func (p *Pages) Accept(v *door.Visit) error {
	err := p.rooms.Accept(v.Ctx(), v.Actor, v.PathValue("application"))
	return p.act(v, answerForm{Act: "accepter"}, err, "Pré-inscription acceptée", "La famille reçoit son identifiant par mail. Son dossier garde son rang.")
}

// Attach gives pupil and dossier to a household of the school.
func (p *Pages) Attach(v *door.Visit) error {
	form, err := v.TypedForm("identifiant")
	if err != nil {
		return err
	}
	typed := answerForm{Act: "rattacher", To: form.Value(rooms.FieldTo), Login: form.Value("identifiant")}
	made, to := "", ""
	if to, err = p.household(v, typed); err == nil {
		made, err = p.merges.Attach(v.Ctx(), v.Actor, p.rooms, v.PathValue("application"), to, "")
	}
	if err != nil {
		return p.act(v, typed, err, "", "")
	}
	return v.Redirect(queue, ui.Flash{Kind: ui.MessageOK, Title: "Élève rattaché", Text: "Son dossier garde son rang et ses places, dans ce foyer. La famille est prévenue par mail. Cela s’annule ici, ou plus tard depuis la demande et le journal.",
		UndoURL: attachments + "/" + made + "/annuler"})
}

// household is the one that was chosen, or that has the identifiant typed.
func (p *Pages) household(v *door.Visit, typed answerForm) (string, error) {
	var c fault.Check
	if typed.Login != "" {
		held, err := account.ByLogin(v.Ctx(), p.store, typed.Login)
		if err == nil && held.Household != "" {
			return held.Household, nil
		}
		if err != nil && !errors.Is(err, fault.ErrNotFound) {
			return "", err
		}
		c.Add("identifiant", "Aucune famille n’a cet identifiant.")
		return "", c.Err()
	}
	c.That(typed.To != "", rooms.FieldTo, "Choisissez un foyer, ou donnez son identifiant.")
	return typed.To, c.Err()
}

// Admit says that it is another child.
func (p *Pages) Admit(v *door.Visit) error {
	id := v.PathValue("application")
	if err := p.rooms.Admit(v.Ctx(), v.Actor, id); err != nil {
		return err
	}
	return v.Redirect(queue+"/"+id, ui.Flash{Kind: ui.MessageOK, Title: "Son dossier a pris rang", Text: "Il garde l’heure à laquelle l’adresse a été confirmée."})
}

// Answer mails a message; nothing else changes.
func (p *Pages) Answer(v *door.Visit) error {
	form, err := v.TypedForm(rooms.FieldMessage)
	if err != nil {
		return err
	}
	typed := answerForm{Act: "repondre", Text: form.Value(rooms.FieldMessage)}
	if err = form.Strange(rooms.FieldMessage); err == nil {
		err = p.rooms.Answer(v.Ctx(), v.Actor, v.PathValue("application"), typed.Text)
	}
	return p.act(v, typed, err, "Message envoyé", "La demande garde son rang et ses places.")
}

// Refuse says no, with a reason.
func (p *Pages) Refuse(v *door.Visit) error {
	form, err := v.TypedForm(rooms.FieldReason)
	if err != nil {
		return err
	}
	typed := answerForm{Act: "refuser", Text: form.Value(rooms.FieldReason)}
	if err = form.Strange(rooms.FieldReason); err == nil {
		err = p.rooms.Refuse(v.Ctx(), v.Actor, v.PathValue("application"), typed.Text)
	}
	return p.act(v, typed, err, "Pré-inscription refusée", "Le motif est envoyé par mail. Les places vont aux suivants.")
}

// dossierWords says where the dossier stands.
func dossierWords(d enrolment.Dossier) string {
	if d.ID == "" {
		return "sans dossier"
	}
	words := d.Label() + ", " + d.State.French()
	if d.Rank > 0 {
		words += ", rang " + strconv.FormatInt(d.Rank, 10)
	}
	return words
}
