package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type textsPage struct {
	page
	Texts []textLine
	Mails []mailLine
}

// textLine is a text and the version in force, whose ID is "" while there is none.
type textLine struct {
	school.Wording
	Text school.Text
}

// Texts lists the texts of the school, and those of its mails.
func (p *Pages) Texts(v *door.Visit) (err error) {
	s := textsPage{}
	if s.page, err = p.page(v, textsPath, "Textes", nil); err != nil {
		return err
	}
	latest, err := school.LatestTexts(v.Ctx(), p.Store)
	if err != nil {
		return err
	}
	of := func(kind string) int {
		return slices.IndexFunc(latest, func(t school.Text) bool { return t.Kind == kind })
	}
	for _, w := range school.Wordings {
		line := textLine{Wording: w}
		if i := of(w.Kind); i >= 0 {
			line.Text = latest[i]
			latest = slices.Delete(latest, i, i+1)
		}
		s.Texts = append(s.Texts, line)
	}
	for _, t := range latest {
		s.Texts = append(s.Texts, textLine{school.WordingOf(t), t})
	}
	if s.Mails, err = p.mailLines(v); err != nil {
		return err
	}
	return v.Show(200, textsView(s))
}

var kindOfText = regexp.MustCompile(`^[a-z0-9-]{1,60}$`)

// text is the kind in the address with its versions; fault.ErrNotFound when the
// school has none of that kind and it is none that every school has.
func (p *Pages) text(v *door.Visit) (school.Wording, []school.Text, error) {
	kind := v.PathValue("kind")
	versions, err := school.VersionsOf(v.Ctx(), p.Store, kind)
	if err != nil {
		return school.Wording{}, nil, err
	}
	if len(versions) > 0 {
		return school.WordingOf(versions[0]), versions, nil
	}
	known := slices.ContainsFunc(school.Wordings, func(w school.Wording) bool { return w.Kind == kind })
	if !known || !kindOfText.MatchString(kind) {
		return school.Wording{}, nil, fmt.Errorf("text %s: %w", kind, fault.ErrNotFound)
	}
	return school.WordingOf(school.Text{Kind: kind}), nil, nil
}

// Text shows a text in its form, beside its former versions.
func (p *Pages) Text(v *door.Visit) error {
	w, versions, err := p.text(v)
	if err != nil {
		return err
	}
	var now school.Text
	if len(versions) > 0 {
		now = versions[0]
	}
	values := school.TextForm.Values(now)
	return p.textForm(v, w, versions, values, values, nil, nil)
}

func textURL(kind string) string { return textsPath + "/" + kind }

func (p *Pages) textForm(v *door.Visit, w school.Wording, versions []school.Text, read, values map[string]string, invalid *fault.Invalid, stale *school.Stale) error {
	page, err := p.page(v, textsPath, w.Name, invalid)
	if err != nil {
		return err
	}
	f := settingsForm{page: page, Title: w.Name, Lead: w.Where, Action: textURL(w.Kind), Rows: rowsOf(school.TextForm, values, invalid), Read: shownNow(read), Stale: stale,
		Submit: "Enregistrer comme nouvelle version", Side: formerVersions(versions), Back: ui.Tab{Label: "Textes", URL: textsPath}}
	if len(versions) == 0 {
		f.Submit = "Enregistrer la première version"
	}
	return v.Show(status(invalid, stale), settingsView(f))
}

// SaveText writes the next version of the text.
func (p *Pages) SaveText(v *door.Visit) error {
	w, versions, err := p.text(v)
	if err != nil {
		return err
	}
	form, err := v.TypedForm(names(school.TextForm)...)
	if err != nil {
		return err
	}
	given, err := typed(school.TextForm, form)
	e := p.edit(v, form)
	var changes []school.Difference
	if err == nil {
		err = p.Store.Write(v.Ctx(), func(tx *db.Tx) error {
			changes, err = school.SaveText(v.Ctx(), tx, e, w.Kind, given)
			return err
		})
	}
	invalid, stale, err := outcome(err)
	switch {
	case err != nil:
		return err
	case stale != nil:
		return p.textForm(v, w, versions, stale.Now, merged(e.Read, given, stale), nil, stale)
	case invalid != nil:
		read := e.Read
		if read == nil {
			read = given
		}
		return p.textForm(v, w, versions, read, given, invalid, nil)
	}
	if len(changes) == 0 {
		return v.Redirect(textURL(w.Kind), changesWords(changes))
	}
	return v.Redirect(textURL(w.Kind), done(w.Name+", version "+given["version"], "C’est elle que les familles lisent maintenant. Les versions d’avant sont gardées."))
}

// paragraphs are those of a text, which an empty line separates.
func paragraphs(body string) []string {
	var all []string
	for p := range strings.SplitSeq(strings.ReplaceAll(body, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			all = append(all, p)
		}
	}
	return all
}
