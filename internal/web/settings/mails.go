package settings

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/report"
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

// mailPreview is the mail as it would leave.
type mailPreview struct {
	Kind    string
	Of      sample
	Typed   letter.Wording
	Mail    letter.Mail
	Wrong   string // why it cannot be shown
	Search  string
	Found   []report.Hit
	Nothing bool // the search found no dossier
}

// layoutURL is the address of the mail as a mail program shows it, the words
// that are typed with it: they are kept nowhere.
func (m mailPreview) layoutURL() string {
	q := url.Values{"mots": {packed(m.Typed)}}
	if m.Of.Dossier != "" {
		q.Set("dossier", m.Of.Dossier)
	}
	return mailURL(m.Kind) + "/mise-en-page?" + q.Encode()
}

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

// preview writes the mail in those words about the dossier, found by its name
// or chosen, else about the last that a mail of this kind was written for.
func (p *Pages) preview(v *door.Visit, s letter.Sheet, words letter.Wording, dossier, search string) (m mailPreview, err error) {
	m = mailPreview{Kind: s.Kind, Typed: words, Search: search}
	if search = strings.TrimSpace(search); search != "" {
		found, err := report.Search(v.Ctx(), p.Store, v.Actor, v.Season.ID, search, 8)
		if err != nil {
			return m, err
		}
		for _, hit := range found.Pupils {
			if hit.Dossier != "" {
				m.Found = append(m.Found, hit)
			}
		}
		m.Nothing = len(m.Found) == 0
		chosen := slices.ContainsFunc(m.Found, func(hit report.Hit) bool { return hit.Dossier == dossier })
		if !chosen && len(m.Found) > 0 { // what was shown before the search
			dossier = m.Found[0].Dossier
		}
	}
	if dossier == "" {
		if dossier, err = report.LastMailed(v.Ctx(), p.Store, v.Actor, v.Season.ID, correspondence.Kind(s.Kind)); err != nil {
			return m, err
		}
	}
	if m.Of, err = p.sampleOf(v, dossier); err != nil {
		return m, err
	}
	if err := s.Check(words); err != nil {
		m.Wrong = whyWrong(err)
		return m, nil
	}
	m.Mail, err = p.composed(v, s, m.Of, words)
	return m, err
}

func (p *Pages) composed(v *door.Visit, s letter.Sheet, of sample, words letter.Wording) (letter.Mail, error) {
	kind := correspondence.Kind(s.Kind)
	return p.Compose(kind, of.facts(v, kind), secrets, v.School, words)
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

// PreviewMail shows the mail in the words that are typed, and keeps nothing.
func (p *Pages) PreviewMail(v *door.Visit) error {
	s, err := p.sheet(v)
	if err != nil {
		return err
	}
	typed, err := p.mailTyped(v)
	if err != nil {
		return err
	}
	if !v.IsHTMX() {
		if typed.err == nil {
			typed.err = s.Check(typed.words)
		}
		return p.refused(v, s, typed, typed.err) // right or wrong: the whole page
	}
	m, err := p.preview(v, s, typed.words, typed.form.Value("dossier"), typed.form.Value("cherche"))
	if err != nil {
		return err
	}
	return v.Show(200, mailPreviewPanel(m))
}

// TryMail sends the mail in the words that are typed to the one who asks.
func (p *Pages) TryMail(v *door.Visit) error {
	s, err := p.sheet(v)
	if err != nil {
		return err
	}
	typed, err := p.mailTyped(v)
	if err != nil {
		return err
	}
	if typed.err == nil {
		typed.err = s.Check(typed.words)
	}
	if typed.err != nil {
		return p.refused(v, s, typed, typed.err)
	}
	me, err := account.ByID(v.Ctx(), p.Store, v.Actor.Account)
	if err != nil {
		return err
	}
	if me.Email == "" {
		return p.refused(v, s, typed, fault.Refuse("Votre compte n’a pas d’adresse mail"+french.Nbsp+": l’administration peut l’ajouter dans « Droits et comptes »."))
	}
	shown, err := p.preview(v, s, typed.words, typed.form.Value("dossier"), typed.form.Value("cherche"))
	if err != nil {
		return err
	}
	mail, err := p.composed(v, s, shown.Of, letter.Trial(typed.words, v.Actor.Name))
	if err != nil {
		return err
	}
	if mail.Broken != nil {
		return p.refused(v, s, typed, mail.Broken)
	}
	err = p.Store.Write(v.Ctx(), func(tx *db.Tx) error {
		return school.SendTrial(v.Ctx(), tx, p.Clock.Now(), me.Email, school.TrialFacts{Subject: mail.Subject, Text: mail.Text, HTML: mail.HTML})
	})
	if err != nil {
		return err
	}
	m, err := p.mailPage(v, s)
	if err != nil {
		return err
	}
	m.Typed, m.Preview = typed.words, shown
	if read := typed.form.Value("lu"); read != "" {
		m.Read = read
	}
	if m.page, err = p.page(v, textsPath, s.Title, nil); err != nil {
		return err
	}
	m.Flash = append(m.Flash, done("L’essai part", "Il arrive à "+me.Email+", marqué « Essai ». Rien n’est enregistré."))
	return v.Show(200, mailView(m))
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

// layoutPolicy lets a mail show its own colours and nothing else.
const layoutPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"

// MailLayout is the mail as a mail program shows it.
func (p *Pages) MailLayout(v *door.Visit) error {
	s, err := p.sheet(v)
	if err != nil {
		return err
	}
	m, err := p.mailPage(v, s)
	if err != nil {
		return err
	}
	words := m.Typed // those in force, unless others come with the address
	if text := v.Query("mots"); text != "" {
		words = unpacked(text)
	}
	if s.Check(words) != nil {
		return fault.ErrNotFound
	}
	of, err := p.sampleOf(v, v.Query("dossier"))
	if err != nil {
		return err
	}
	mail, err := p.composed(v, s, of, words)
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Security-Policy", layoutPolicy)
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	// A reader who leaves in the middle is no fault of ours.
	_, _ = io.WriteString(v.W, mail.HTML)
	return nil
}

// packed makes words short enough for an address.
func packed(w letter.Wording) string {
	var b bytes.Buffer
	z, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		panic(err) // a level that exists
	}
	// Writing into memory does not fail.
	_, _ = io.WriteString(z, w.Subject+"\n"+w.Body)
	_ = z.Close()
	return base64.RawURLEncoding.EncodeToString(b.Bytes())
}

// unpacked are the words of an address; none when it was broken on its way.
func unpacked(text string) letter.Wording {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return letter.Wording{}
	}
	all, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(raw)), longForm))
	if err != nil || !utf8.Valid(all) {
		return letter.Wording{}
	}
	subject, body, _ := strings.Cut(string(all), "\n")
	return letter.Wording{Subject: subject, Body: body}
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
