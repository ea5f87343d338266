package settings

import (
	"maps"
	"slices"

	"github.com/a-h/templ"

	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// row is one setting as a form shows it.
type row struct {
	ui.Field
	Group   string
	Kind    school.Kind
	Options []ui.Option
}

// wide tells whether the field takes the whole width: long texts, choices that
// have something to say.
func (r row) wide() bool {
	return r.Kind == school.AreaKind || r.Kind == school.YesKind || slices.ContainsFunc(r.Options, func(o ui.Option) bool { return o.Note != "" })
}

// settingsForm is a group of settings in its page, whatever they belong to.
type settingsForm struct {
	page
	Title  string
	Lead   string
	Action string
	Rows   []row
	Read   string
	Stale  *school.Stale
	Submit string
	Side   templ.Component // what the panel on the right says; nil is none
	Live   string          // address that says it anew of what is typed; "" when it stays
	Back   ui.Tab          // the list it comes from
}

// live has the panel follow what is typed.
func (f settingsForm) live() templ.Attributes {
	if f.Live == "" {
		return nil
	}
	return templ.Attributes{"hx-get": f.Live, "hx-include": "closest form", "hx-trigger": "change, keyup delay:400ms", "hx-target": "#effet-de-la-piece", "hx-swap": "outerHTML", "hx-sync": "this:replace"}
}

// groups cuts the rows where their heading changes.
func (f settingsForm) groups() [][]row {
	var all [][]row
	for _, r := range f.Rows {
		if n := len(all); n > 0 && all[n-1][0].Group == r.Group {
			all[n-1] = append(all[n-1], r)
		} else {
			all = append(all, []row{r})
		}
	}
	return all
}

// From how many characters on a line takes two columns, and a text most of the
// window.
const (
	longLine = 80
	longText = 10_000
)

// rowsOf are the group's settings, holding the values, with what is wrong with them.
func rowsOf[T any](g school.Group[T], values map[string]string, invalid *fault.Invalid) []row {
	var rows []row
	for _, s := range g.Settings {
		r := row{Group: s.Group, Kind: s.Kind, Field: ui.Field{
			Name: s.Field, Label: s.Label, Help: s.Help, Value: values[s.Field], Error: invalid.Of(s.Field), Required: s.Required,
		}}
		switch s.Kind {
		case school.NumberKind, school.DayKind:
			r.Class = "court-champ"
		case school.ChoiceKind, school.YesKind:
			r.NoWord = true
		}
		if s.Most >= longLine && (s.Kind == school.LineKind || s.Kind == school.EmailKind) {
			r.Class = "long"
		}
		if s.Most >= longText {
			r.Attrs = templ.Attributes{"rows": "18"}
		}
		if s.Kind == school.NumberKind {
			r.InputMode = "numeric"
		}
		for _, c := range s.Choices {
			r.Options = append(r.Options, ui.Option{Value: c.Value, Label: c.Label, Note: c.Note, Checked: c.Value == values[s.Field]})
		}
		rows = append(rows, r)
	}
	return rows
}

// typed are the group's fields as the form sent them; the error is of those
// that hold what no keyboard types.
func typed[T any](g school.Group[T], form door.Form) (map[string]string, error) {
	var c fault.Check
	values := map[string]string{}
	for _, s := range g.Settings {
		values[s.Field] = form.Optional(&c, s.Field, longForm)
	}
	return values, c.Err()
}

func names[T any](g school.Group[T]) []string {
	all := []string{"lu"}
	for _, s := range g.Settings {
		all = append(all, s.Field)
	}
	return all
}

// changesWords says what was saved.
func changesWords(changes []school.Difference) ui.Flash {
	if len(changes) == 0 {
		return ui.Flash{Title: "Rien n’a changé"}
	}
	var words []string
	for _, d := range changes {
		words = append(words, d.Label)
	}
	return done("Enregistré", french.List(words)+". Le journal garde l’ancienne valeur.")
}

// merged is what was typed, with the values in force of the fields that the
// other person changed and this one did not touch.
func merged(read, given map[string]string, stale *school.Stale) map[string]string {
	all := maps.Clone(given)
	for _, d := range stale.Since {
		if given[d.Field] == read[d.Field] {
			all[d.Field] = stale.Now[d.Field]
		}
	}
	return all
}
