package catalogue

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// spec is one field of a form.
type spec struct {
	Name, Label string
	Most        int                          // characters of a text; 0 for what is ticked or chosen
	Words       func(values []string) string // how a reader sees the values; nil joins them
}

func (s spec) words(values []string) string {
	if s.Words != nil {
		return s.Words(values)
	}
	return strings.Join(values, ", ")
}

// editing is a form on its way: what it read, what was typed, and why it was not kept.
type editing struct {
	Specs   []spec
	Read    url.Values // as the page was opened
	Typed   url.Values
	Version int64 // that was read
	Invalid *fault.Invalid
	Moved   *moved // somebody has changed it since
}

// moved is what somebody else has changed meanwhile: only the fields that differ.
type moved struct {
	Who  string
	Rows []movedRow
}

type movedRow struct {
	Name, Label, Theirs, Mine string
	KeepMine                  bool
}

// opened is the form as it is first shown.
func opened(specs []spec, held url.Values, version int64) editing {
	return editing{Specs: specs, Read: held, Typed: held, Version: version}
}

const (
	mine   = "mien"
	theirs = "sien"
)

func keepField(name string) string { return "garder-" + name }

// typed reads the form; held is what is stored now, of which a choice « la
// version enregistrée » takes its value. What no form may hold is noted in Invalid.
func typed(v *door.Visit, specs []spec, held url.Values) (editing, door.Form, error) {
	names := make([]string, len(specs))
	for i, s := range specs {
		names[i] = s.Name
	}
	form, err := v.TypedForm(names...)
	if err != nil {
		return editing{}, form, err
	}
	e := editing{Specs: specs, Typed: url.Values{}}
	e.Version, _ = strconv.ParseInt(form.Value("version"), 10, 64)
	e.Read, _ = url.ParseQuery(form.Value("lu"))
	var c fault.Check
	for _, s := range specs {
		if s.Most > 0 {
			form.Optional(&c, s.Name, s.Most)
		}
		e.Typed[s.Name] = slices.Clone(form.Values(s.Name))
		if form.Value(keepField(s.Name)) == theirs {
			e.Typed[s.Name] = slices.Clone(held[s.Name])
		}
	}
	if err := c.Err(); err != nil {
		e.Invalid, _ = door.AsInvalid(err)
	}
	return e, form, nil
}

// refuse notes why the form was not kept, for the page to show again with that
// status. An error that no form can show goes up.
func (e *editing) refuse(err error, now school.Edited, held url.Values) (status int, up error) {
	if invalid, ok := door.AsInvalid(err); ok {
		e.Invalid = invalid
		return 422, nil
	}
	if conflict, ok := asConflict(err); ok {
		e.Moved = &moved{Who: now.Who()}
		if now.Version == e.Version {
			e.Moved.Who = strings.TrimSuffix(conflict.Message, " Rien n’a été écrit.")
		}
		for _, s := range e.Specs {
			if slices.Equal(clean(e.Typed[s.Name]), clean(held[s.Name])) {
				continue
			}
			e.Moved.Rows = append(e.Moved.Rows, movedRow{s.Name, s.Label, or(s.words(held[s.Name]), "–"), or(s.words(e.Typed[s.Name]), "–"),
				!slices.Equal(clean(e.Typed[s.Name]), clean(e.Read[s.Name]))})
		}
		e.Version, e.Read = now.Version, held
		return 409, nil
	}
	return 0, err
}

// clean leaves empty values out: a field left blank is one that was not sent.
func clean(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(s string) bool { return s == "" })
}

// of is the first value of a field.
func (e editing) of(name string) string { return e.Typed.Get(name) }

// ticked tells whether a box is.
func (e editing) ticked(name string) bool { return e.Typed.Get(name) != "" }

// has tells whether the value is among the field's.
func (e editing) has(name, value string) bool { return slices.Contains(e.Typed[name], value) }

// field is the field as the page shows it.
func (e editing) field(name, label string) ui.Field {
	f := ui.Field{Name: name, Label: label, Value: e.of(name), Error: e.Invalid.Of(name)}
	for _, s := range e.Specs {
		if s.Name == name {
			f.MaxLength = s.Most
		}
	}
	return f
}

// required is a field that has to be filled in.
func (e editing) required(name, label string) ui.Field {
	f := e.field(name, label)
	f.Required = true
	return f
}

// number reads a bound: empty is 0, what is no number is noted.
func (e editing) number(c *fault.Check, name, message string) int64 {
	if e.of(name) == "" {
		return 0
	}
	n, err := strconv.ParseInt(e.of(name), 10, 32)
	c.That(err == nil && n >= 0, name, message)
	return n
}

// deletion is the form that removes a thing: the version that was read.
func deletion(v *door.Visit) (int64, error) {
	form, err := v.Form()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(form.Value("version"), 10, 64)
	if err != nil {
		return 0, fault.Refuse("Rechargez la page, puis recommencez.")
	}
	return n, nil
}

// errorsOf are the lines of the summary of errors.
func (e editing) errors() []ui.FieldError { return door.FieldErrors(e.Invalid) }

// boxes is a field of check boxes: each says itself whether it is ticked.
func (e editing) boxes(name, label string) ui.Field {
	f := e.field(name, label)
	f.Value, f.MaxLength = "", 0
	return f
}
