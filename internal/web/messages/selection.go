package messages

import (
	"errors"
	"net/url"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// choices are what a selection is made of.
type choices struct {
	Lists, Groups, Sites, Programmes, Courses []ui.Option
	names                                     map[string]string // of poles, formulas and courses, by id
}

func (p *Pages) choices(v *door.Visit) (choices, error) {
	c := choices{names: map[string]string{}, Sites: []ui.Option{{Label: "Tous"}}, Programmes: []ui.Option{{Label: "Toutes"}}, Courses: []ui.Option{{Label: "Tous"}}}
	for _, l := range report.Selectable {
		c.Lists = append(c.Lists, ui.Option{Value: string(l), Label: l.French()})
	}
	for _, g := range report.Groups {
		c.Groups = append(c.Groups, ui.Option{Value: string(g), Label: g.French()})
	}
	taught, err := catalogue.InForce(v.Ctx(), p.store, v.Season)
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return c, err
	}
	for _, s := range taught.Sites {
		c.Sites = append(c.Sites, ui.Option{Value: s.ID, Label: s.Name})
		c.names[s.ID] = s.Name
	}
	for _, f := range taught.Programmes {
		c.Programmes = append(c.Programmes, ui.Option{Value: f.ID, Label: f.Title})
		c.names[f.ID] = f.Title
	}
	for _, s := range taught.Sites {
		for _, course := range taught.Courses {
			if course.SiteID != s.ID {
				continue
			}
			label := course.Title
			if slot := course.Slot(); slot != "" {
				label += ", " + slot
			}
			c.Courses = append(c.Courses, ui.Option{Value: course.ID, Label: label, Group: s.Name})
			c.names[course.ID] = label + ", " + s.Name
		}
	}
	return c, nil
}

// words are the chips of a selection.
func (c choices) words(s report.Selection) []string {
	words := []string{s.List.French()}
	if s.List == report.ListDossiers {
		words[0] += colon + s.Group.French()
	}
	for _, part := range []struct{ label, value string }{
		{"Pôle", c.named(s.Site)}, {"Formule", c.named(s.Programme)}, {"Cours", c.named(s.Course)}, {"Commune", s.Town}, {"Âge", s.Ages.French()}, {"Mots", s.Text},
	} {
		if part.value != "" {
			words = append(words, part.label+colon+part.value)
		}
	}
	switch s.New {
	case report.Yes:
		words = append(words, "Nouveaux élèves")
	case report.No:
		words = append(words, "Déjà à l’école")
	}
	return words
}

const colon = "\u202f: "

// named is the name of what the selection narrows to; what is gone says so.
func (c choices) named(id string) string {
	if id == "" {
		return ""
	}
	return or(c.names[id], "n’existe plus")
}

// title says whom one writes to.
func title(s report.Selection) string {
	switch {
	case s.List == report.ListFamilies:
		return "Écrire aux familles"
	case s.List == report.ListNoAnswer:
		return "Écrire aux familles sans réponse"
	case s.List == report.ListIdentifiers:
		return "Écrire aux familles jamais connectées"
	case s.Group == report.Incomplete:
		return "Écrire aux dossiers incomplets"
	default:
		return "Écrire aux familles des dossiers"
	}
}

// typedParts are the parts of a selection that the form does not ask: they go with it.
func typedParts(s report.Selection) url.Values {
	values := url.Values{}
	for name, value := range s.Parts() {
		switch name {
		case "file", "pole", "formule", "cours":
		default:
			values.Set(name, value)
		}
	}
	return values
}
