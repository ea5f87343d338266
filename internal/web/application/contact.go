package application

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	rooms "pupitre/internal/domain/application"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// contactPage is the last step: who asks.
type contactPage struct {
	ui.Base
	Head    head
	Self    bool
	Typed   rooms.ContactStep
	Invalid *fault.Invalid
	Modes   []ui.Option
	Means   []ui.Option
	Text    school.Text
	Before  string // the school's sentence after « J’accepte », up to the text's title
	After   string
	Kept    string
}

func (page contactPage) field(f ui.Field) ui.Field {
	f.Error = page.Invalid.Of(f.Name)
	return f
}

const contactTitle = "Pré-inscription, vous joindre"

// ShowContact asks who answers for the pupil, and how it pays.
func (p *Pages) ShowContact(v *door.Visit) error {
	app, token, done, err := p.found(v)
	if err != nil || done {
		return err
	}
	if app.Form.Programme == "" {
		return v.Redirect(stepCourses.path(token))
	}
	f := app.Form
	typed := rooms.ContactStep{Guardian: f.Guardian, Address: f.Address, Town: f.Town, BillingMode: f.BillingMode, Means: f.Means, ImageRight: f.ImageRight}
	typed.Guardian.Mobile = french.Phone(typed.Guardian.Mobile)
	if typed.Guardian.LastName == "" {
		typed.Guardian.LastName = f.Pupil.LastName
	}
	return p.showContact(v, token, f.Self, contactPage{Base: base(v, contactTitle), Typed: typed})
}

func (p *Pages) showContact(v *door.Visit, token string, self bool, page contactPage) (err error) {
	page.Head, page.Self, page.Kept = headOf(v, token, stepContact), self, kept(v)
	for _, m := range v.Settings.Modes {
		page.Modes = append(page.Modes, ui.Option{Value: strconv.FormatInt(m.Code, 10), Label: m.Name, Checked: m.Code == page.Typed.BillingMode})
	}
	for _, m := range v.Settings.Means {
		o := ui.Option{Value: m.Code, Label: m.Name, Checked: slices.Contains(page.Typed.Means, m.Code)}
		if m.IsDebit {
			o.Note = "Des pièces seront à fournir (RIB, mandat) : le rang vient avec la dernière"
		}
		page.Means = append(page.Means, o)
	}
	if page.Text, err = school.LatestText(v.Ctx(), p.store, school.TextRules); err != nil {
		return err
	}
	said, err := school.LatestText(v.Ctx(), p.store, school.TextAgreement)
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return err
	}
	page.Before, page.After = agreement(said.Body)
	return v.Show(status(page.Base), contactView(page))
}

const rulesTitle = "règlement intérieur"

// agreement cuts the school's sentence around the title of the text, which is a
// link; a sentence that does not name it is followed by it.
func agreement(sentence string) (before, after string) {
	rest := strings.TrimSpace(strings.TrimPrefix(strings.ReplaceAll(strings.TrimSpace(sentence), "'", "’"), "J’accepte"))
	before, after, found := strings.Cut(rest, rulesTitle)
	switch {
	case rest == "":
		return " le ", "."
	case found:
		return " " + before, after
	default:
		return " " + strings.TrimSuffix(rest, ".") + " (", ")."
	}
}

// SendContact sends the form: the link that confirms the address leaves.
func (p *Pages) SendContact(v *door.Visit) error {
	app, token, done, err := p.found(v)
	if err != nil || done {
		return err
	}
	texts := []string{people.FieldLastName, people.FieldFirstName, people.FieldEmail, people.FieldMobile, people.FieldAddress, people.FieldTown}
	form, err := v.TypedForm(texts...)
	if err != nil {
		return err
	}
	mode, _ := strconv.ParseInt(form.Value(people.FieldBilling), 10, 64) // what is no number is no mode: a message at the field
	typed := rooms.ContactStep{
		Guardian: people.GuardianForm{
			LastName: form.Value(people.FieldLastName), FirstName: form.Value(people.FieldFirstName), Email: form.Value(people.FieldEmail), Mobile: form.Value(people.FieldMobile),
		},
		Address: form.Value(people.FieldAddress), Town: form.Value(people.FieldTown), BillingMode: mode, Means: form.Values(people.FieldMeans),
		ImageRight: form.Value(people.FieldImageRight), Text: form.Value("texte"), Agreed: form.Has(rooms.FieldAccord),
	}
	if err = form.Strange(texts...); err == nil {
		err = p.rooms.Send(v.Ctx(), token, v.Address, v.Season, typed)
	}
	if invalid, ok := door.AsInvalid(err); ok {
		page := contactPage{Base: refusedBase(v, contactTitle, invalid), Typed: typed, Invalid: invalid}
		for i := range page.Errors {
			if page.Errors[i].ID == "cours" {
				page.Errors[i].URL = stepCourses.path(token)
			}
		}
		return p.showContact(v, token, app.Form.Self, page)
	}
	if err != nil {
		return err
	}
	return v.Redirect(root + "/demande/" + token + "/envoyee")
}

type rulesPage struct {
	ui.Base
	Text       school.Text
	Paragraphs []string
}

// ShowRules shows the text that « J’accepte » names.
func (p *Pages) ShowRules(v *door.Visit) error {
	text, err := school.LatestText(v.Ctx(), p.store, school.TextRules)
	if err != nil {
		return err
	}
	if text.Title == "" {
		text.Title = "Règlement intérieur"
	}
	return v.Show(200, rulesView(rulesPage{Base: base(v, "Pré-inscription, le règlement"), Text: text, Paragraphs: strings.Split(strings.TrimSpace(text.Body), "\n\n")}))
}
