package settings

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
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
)

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
