package application

import (
	"errors"
	"time"

	rooms "pupitre/internal/domain/application"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/trail"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/choosing"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// linkPage is a page about a link: asked for, sent, or opened.
type linkPage struct {
	ui.Base
	Token   string
	Email   string
	Name    string // the pupil's first name, "" for oneself
	Rows    []ui.RecapRow
	Invalid *fault.Invalid
	Wait    string // from when on the button serves
	State   rooms.State
	Refused string
	Phone   string
	Kept    string
}

// recap is the demand as it was typed.
func (p *Pages) recap(v *door.Visit, app rooms.Application) ([]ui.RecapRow, error) {
	f := app.Form
	r, err := p.registration(v, f)
	if err != nil {
		return nil, err
	}
	born := "naissance le " + french.CivilDate(f.Pupil.BirthDate) + ", " + level(f.Pupil.Level) + " à la rentrée"
	rows := []ui.RecapRow{{Term: "Élève", Text: f.PupilName(), Note: born}, {Term: "Formule", Text: r.Programme.Title, Note: r.Catalogue.SiteName(f.Site)}}
	for _, o := range choosing.Titles(r, f.Wishes) {
		rows = append(rows, ui.RecapRow{Term: "Cours", Text: o.Title, Note: o.Note})
	}
	for _, m := range v.Settings.Means {
		for _, code := range f.Means {
			if code == m.Code {
				rows = append(rows, ui.RecapRow{Term: "Paiement", Text: m.Name})
			}
		}
	}
	if !app.SentAt.IsZero() {
		rows = append(rows, ui.RecapRow{Term: "Préparée", Text: french.Moment(app.SentAt)})
	}
	return rows, nil
}

// ShowSent says where the link has gone: the same whoever the address belongs to.
func (p *Pages) ShowSent(v *door.Visit) error {
	app, token, done, err := p.found(v)
	if err != nil || done {
		return err
	}
	if app.State != rooms.Sent {
		return v.Redirect(stepContact.path(token))
	}
	page := linkPage{Base: base(v, "Touchez le lien envoyé à votre adresse"), Token: token, Email: app.Form.Guardian.Email, Name: app.Form.Pupil.FirstName, Wait: waiting(v)}
	if page.Rows, err = p.recap(v, app); err != nil {
		return err
	}
	return v.Show(200, sentView(page))
}

// waiting is from when on a demand may be sent, "" when it is open.
func waiting(v *door.Visit) string {
	if opens := opensAt(v); v.Now.Before(opens) {
		return french.Moment(opens)
	}
	return ""
}

// SendAgain mails the link once more.
func (p *Pages) SendAgain(v *door.Visit) error {
	_, token, done, err := p.found(v)
	if err != nil || done {
		return err
	}
	if err := p.rooms.MailAgain(v.Ctx(), token, v.Address, v.Season); err != nil {
		return err
	}
	return v.Redirect(root+"/demande/"+token+"/envoyee", ui.Flash{Kind: ui.MessageOK, Title: "Le mail est reparti", Text: "Seul le dernier lien reçu sert encore."})
}

const draftLinkTitle = "Reprendre plus tard"

// ShowDraftLink asks where to mail the link by which the form is gone on with.
func (p *Pages) ShowDraftLink(v *door.Visit) error {
	app, token, done, err := p.found(v)
	if err != nil || done {
		return err
	}
	return v.Show(200, draftLinkView(linkPage{Base: base(v, draftLinkTitle), Token: token, Email: app.Form.Guardian.Email, Kept: kept(v)}))
}

// SendDraftLink mails it.
func (p *Pages) SendDraftLink(v *door.Visit) error {
	_, token, done, err := p.found(v)
	if err != nil || done {
		return err
	}
	form, err := v.TypedForm(people.FieldEmail)
	if err != nil {
		return err
	}
	if err = form.Strange(people.FieldEmail); err == nil {
		err = p.rooms.MailDraft(v.Ctx(), token, form.Value(people.FieldEmail), v.Address, v.Season)
	}
	if invalid, ok := door.AsInvalid(err); ok {
		page := linkPage{Base: refusedBase(v, draftLinkTitle, invalid), Token: token, Email: form.Value(people.FieldEmail), Invalid: invalid, Kept: kept(v)}
		return v.Show(422, draftLinkView(page))
	}
	if err != nil {
		return err
	}
	return v.Redirect(stepCourses.path(token), ui.Flash{Kind: ui.MessageOK, Title: "Le lien est parti", Text: "Vous pouvez fermer cette page, ou continuer."})
}

const linksTitle = "Recevoir de nouveau votre lien"

// ShowLinks asks for the address of a demand begun or sent.
func (p *Pages) ShowLinks(v *door.Visit) error {
	return v.Show(200, linksView(linkPage{Base: base(v, linksTitle), Phone: v.School.Phone}))
}

// SendLinks mails what there is; the answer is the same whatever that is.
func (p *Pages) SendLinks(v *door.Visit) error {
	form, err := v.TypedForm(people.FieldEmail)
	if err != nil {
		return err
	}
	email := form.Value(people.FieldEmail)
	if err = form.Strange(people.FieldEmail); err == nil {
		err = p.rooms.MailLinks(v.Ctx(), email, v.Address)
	}
	if invalid, ok := door.AsInvalid(err); ok {
		return v.Show(422, linksView(linkPage{Base: refusedBase(v, linksTitle, invalid), Email: email, Invalid: invalid, Phone: v.School.Phone}))
	}
	if err != nil {
		return err
	}
	return v.Redirect(root+"/mon-lien", ui.Flash{Kind: ui.MessageOK, Title: "Votre demande est reçue", Text: "Si une pré-inscription attend à cette adresse, un mail vient de partir. Regardez aussi dans les spams."})
}

const linkTitle = "Votre pré-inscription"

// ShowLink is the page that the mailed link opens: only its button acts, since
// scanners follow links.
func (p *Pages) ShowLink(v *door.Visit) error { return p.showLink(v, nil) }

func (p *Pages) showLink(v *door.Visit, invalid *fault.Invalid) error {
	token := v.PathValue("token")
	app, mailed, err := p.rooms.Find(v.Ctx(), token)
	if errors.Is(err, fault.ErrNotFound) || err == nil && !mailed {
		return v.Show(404, deadLinkView(linkPage{Base: base(v, "Ce lien ne sert plus"), Phone: v.School.Phone}))
	}
	if err != nil {
		return err
	}
	page := linkPage{Base: base(v, linkTitle), Token: token, Name: app.Form.Pupil.FirstName, State: app.State, Wait: waiting(v), Phone: v.School.Phone}
	if invalid != nil {
		page.Base, page.Refused = refusedBase(v, linkTitle, invalid), invalid.Message
		for i := range page.Errors {
			if page.Errors[i].ID == "cours" {
				page.Errors[i].URL = stepCourses.path(token)
			}
		}
	}
	if app.State == rooms.Refused {
		page.Refused = app.Reason
	}
	if page.Rows, err = p.recap(v, app); err != nil {
		return err
	}
	return v.Show(status(page.Base), linkView(page))
}

// ActOnLink confirms the address and sends the demand, or opens the one that
// was sent: its pages are then those of a family.
func (p *Pages) ActOnLink(v *door.Visit) error {
	token := v.PathValue("token")
	app, err := p.rooms.Confirm(v.Ctx(), token, v.Season)
	if invalid, ok := door.AsInvalid(err); ok {
		return p.showLink(v, invalid)
	}
	if errors.Is(err, fault.ErrNotFound) || err == nil && app.State != rooms.Confirmed {
		return p.showLink(v, nil)
	}
	if err != nil {
		return err
	}
	app, session, who, err := p.rooms.Enter(v.Ctx(), token)
	if err != nil {
		return err
	}
	v.OpenSession(session)
	v.NoteSession(who, trail.SignedIn, "par le lien d’une pré-inscription")
	path := "/eleves/" + app.Pupil + "/reinscription"
	if v.Now.Sub(app.ConfirmedAt) < 5*time.Minute {
		path += "/confirmation"
	}
	return v.Redirect(path)
}
