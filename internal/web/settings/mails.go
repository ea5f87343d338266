package settings

import (
	"fmt"
	"strings"

	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/school"
	"pupitre/internal/letter"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const mailsPath = textsPath + "/mails"

// Composer writes a mail of the kind in those words, from facts made up to show it.
type Composer func(kind correspondence.Kind, facts, secret any, s school.School, words letter.Wording) (letter.Mail, error)

// mailLine is a mail in the list, and the school's own version when it has one.
type mailLine struct {
	letter.Sheet
	Own    school.MailText // no ID: it says what the product says
	Broken bool            // its own words do not hold: the product's leave
}

// mailLines are the mails that the product writes, in the order of their groups.
func (p *Pages) mailLines(v *door.Visit) ([]mailLine, error) {
	texts, err := school.AllMailTexts(v.Ctx(), p.Store)
	var all []mailLine
	for _, s := range letter.Sheets {
		line := mailLine{Sheet: s}
		if own, ok := texts.Latest(s.Kind); ok {
			line.Own, line.Broken = own, s.Check(wording(own)) != nil
		}
		all = append(all, line)
	}
	return all, err
}

func wording(t school.MailText) letter.Wording {
	return letter.Wording{Subject: t.Subject, Body: t.Body}
}

func wordable(s letter.Sheet) school.Wordable {
	w := s.Original()
	return school.Wordable{Kind: s.Kind, Title: s.Title, Original: school.MailText{Subject: w.Subject, Body: w.Body},
		Check: func(subject, body string) error { return s.Check(letter.Wording{Subject: subject, Body: body}) }}
}

// mailPage is one mail: its words in a form, what it can say, and how it leaves.
type mailPage struct {
	page
	Sheet    letter.Sheet
	Versions []school.MailText
	Own      bool
	Broken   string // why the stored words do not hold
	Read     string
	Typed    letter.Wording
	Invalid  *fault.Invalid
	Stale    *school.Stale
	Preview  mailPreview
}

func (m mailPage) url() string { return mailURL(m.Sheet.Kind) }

func mailURL(kind string) string { return mailsPath + "/" + kind }

func (p *Pages) sheet(v *door.Visit) (letter.Sheet, error) {
	s, ok := letter.SheetOf(v.PathValue("letter"))
	if !ok {
		return s, fmt.Errorf("mail %s: %w", v.PathValue("letter"), fault.ErrNotFound)
	}
	return s, nil
}

// Mail shows a mail's words in their form, beside the mail as it would leave.
func (p *Pages) Mail(v *door.Visit) error {
	s, err := p.sheet(v)
	if err != nil {
		return err
	}
	m, err := p.mailPage(v, s)
	if err != nil {
		return err
	}
	if m.Preview, err = p.preview(v, s, m.Typed, v.Query("dossier"), v.Query("cherche")); err != nil {
		return err
	}
	return p.showMail(v, m)
}

// mailPage is the page with the words in force.
func (p *Pages) mailPage(v *door.Visit, s letter.Sheet) (m mailPage, err error) {
	texts, err := school.AllMailTexts(v.Ctx(), p.Store)
	if err != nil {
		return m, err
	}
	now := wordable(s).Original
	own, isOwn := texts.Latest(s.Kind)
	if isOwn {
		now = own
	}
	m = mailPage{Sheet: s, Versions: texts[s.Kind], Own: isOwn, Typed: wording(now), Read: shownNow(school.MailForm.Values(now))}
	if err := s.Check(m.Typed); err != nil {
		m.Broken = whyWrong(err)
	}
	return m, nil
}

func (p *Pages) showMail(v *door.Visit, m mailPage) (err error) {
	if m.page, err = p.page(v, textsPath, m.Sheet.Title, m.Invalid); err != nil {
		return err
	}
	return v.Show(status(m.Invalid, m.Stale), mailView(m))
}

// whyWrong is what is wrong with words, in sentences.
func whyWrong(err error) string {
	invalid, ok := door.AsInvalid(err)
	if !ok {
		return "Ce texte ne peut pas être écrit."
	}
	var all []string
	for _, f := range invalid.Fields {
		all = append(all, f.Message)
	}
	return strings.Join(all, " ")
}

// mailTyped is what the form of a mail holds.
type mailTyped struct {
	values map[string]string
	words  letter.Wording
	form   door.Form
	err    error
}

func (p *Pages) mailTyped(v *door.Visit) (mailTyped, error) {
	form, err := v.TypedForm(append(names(school.MailForm), "dossier", "cherche")...)
	if err != nil {
		return mailTyped{}, err
	}
	values, err := typed(school.MailForm, form)
	body := strings.ReplaceAll(values["texte"], "\r\n", "\n")
	return mailTyped{values, letter.Wording{Subject: strings.TrimSpace(values["objet"]), Body: strings.TrimSpace(body)}, form, err}, nil
}

// refused shows the form again with what was typed, *fault.Invalid or
// *school.Stale said; any other error is returned.
func (p *Pages) refused(v *door.Visit, s letter.Sheet, typed mailTyped, err error) error {
	invalid, stale, err := outcome(err)
	if err != nil {
		return err
	}
	m, err := p.mailPage(v, s)
	if err != nil {
		return err
	}
	m.Typed, m.Invalid, m.Stale = typed.words, invalid, stale
	if read := typed.form.Value("lu"); read != "" && stale == nil {
		m.Read = read
	}
	if m.Preview, err = p.preview(v, s, typed.words, typed.form.Value("dossier"), typed.form.Value("cherche")); err != nil {
		return err
	}
	return p.showMail(v, m)
}

// SaveMail writes the next version of the mail's words.
func (p *Pages) SaveMail(v *door.Visit) error {
	s, err := p.sheet(v)
	if err != nil {
		return err
	}
	typed, err := p.mailTyped(v)
	if err != nil {
		return err
	}
	var changes []school.Difference
	err = typed.err
	if err == nil {
		err = p.Store.Write(v.Ctx(), func(tx *db.Tx) error {
			changes, err = school.SaveMailText(v.Ctx(), tx, p.edit(v, typed.form), wordable(s), typed.values)
			return err
		})
	}
	if err != nil {
		return p.refused(v, s, typed, err)
	}
	if len(changes) == 0 {
		return v.Redirect(mailURL(s.Kind), changesWords(changes))
	}
	return v.Redirect(mailURL(s.Kind), done(s.Title, "Les prochains mails le disent ainsi. Ceux qui attendent déjà de partir ne changent pas."))
}

// RestoreMail has the mail say what the product says again.
func (p *Pages) RestoreMail(v *door.Visit) error {
	s, err := p.sheet(v)
	if err != nil {
		return err
	}
	form, err := v.TypedForm("lu")
	if err != nil {
		return err
	}
	err = p.Store.Write(v.Ctx(), func(tx *db.Tx) error {
		return school.RestoreMailText(v.Ctx(), tx, p.edit(v, form), wordable(s))
	})
	_, stale, err := outcome(err)
	if stale != nil {
		m, err := p.mailPage(v, s)
		if err != nil {
			return err
		}
		m.Stale = stale
		if m.Preview, err = p.preview(v, s, m.Typed, "", ""); err != nil {
			return err
		}
		return p.showMail(v, m)
	}
	if err != nil {
		return err
	}
	return v.Redirect(mailURL(s.Kind), done(s.Title, "Ce mail a de nouveau son texte d’origine. Les versions de l’école sont gardées."))
}

// versionWords says what a version of a mail's words is.
func versionWords(t school.MailText) string {
	words := fmt.Sprintf("Version %d, du %s, par %s", t.Version, french.Moment(t.CreatedAt), t.CreatedBy)
	if t.IsOriginal() {
		words += french.Nbsp + ": retour au texte d’origine"
	}
	return words
}

// asField is a setting of the mail's form with what was typed.
func (m mailPage) asField(name, label string) ui.Field {
	value := m.Typed.Subject
	if name == letter.FieldBody {
		value = m.Typed.Body
	}
	return ui.Field{Name: name, Label: label, Value: value, Error: m.Invalid.Of(name), Required: true}
}
