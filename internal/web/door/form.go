package door

import (
	"errors"
	"fmt"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"pupitre/internal/platform/fault"
)

// Form is what was typed: text without surrounding blanks, lines ending in \n.
type Form struct {
	values  map[string][]string
	files   map[string][]*multipart.FileHeader
	strange map[string]bool // fields that characters were taken out of
}

// WholeForm is TypedForm for a page all of whose fields come back as typed.
func (v *Visit) WholeForm() (Form, error) {
	if _, err := v.TypedForm(); err != nil && v.form == nil {
		return Form{}, err
	}
	return *v.form, nil
}

const strangeText = "Ce que vous avez saisi contient des caractères qui ne peuvent pas être enregistrés. "

// Form reads the body once. It returns Invalid for a body that is too large or
// holds characters that no keyboard types (NUL, broken UTF-8). Files larger
// than a few megabytes wait on disk until the visit ends: what surrounds the door removes them.
func (v *Visit) Form() (Form, error) { return v.TypedForm() }

// TypedForm is Form for a page that comes back with what was typed in those
// fields: there such characters are taken out, and Optional and Required note it.
func (v *Visit) TypedForm(texts ...string) (Form, error) {
	if v.form == nil {
		form, err := readForm(v.R)
		if err != nil {
			return Form{}, err
		}
		v.form = &form
	}
	for name := range v.form.strange {
		if !slices.Contains(texts, name) {
			return Form{}, fault.Refuse(strangeText + "Effacez-les et recommencez.")
		}
	}
	return *v.form, nil
}

// filesInMemory is how much of the files of a form is kept off the disk.
const filesInMemory = 2 << 20

func readForm(r *http.Request) (Form, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.Header.Get("Content-Type") != "" {
		return Form{}, fault.Refuse("Ce formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	if kind == "multipart/form-data" {
		err = r.ParseMultipartForm(filesInMemory)
	} else {
		err = r.ParseForm()
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return Form{}, fault.Refuse(fmt.Sprintf("L’envoi est trop lourd\u202f: %s au plus.", size(tooLarge.Limit)))
	case err != nil:
		return Form{}, fault.Refuse("L’envoi est arrivé incomplet. Recommencez.")
	}
	form := Form{values: map[string][]string{}, strange: map[string]bool{}}
	for name, values := range r.PostForm {
		for _, value := range values {
			cleaned, err := clean(value)
			if err != nil {
				cleaned = without(value)
				form.strange[name] = true
			}
			form.values[name] = append(form.values[name], cleaned)
		}
	}
	if r.MultipartForm != nil {
		form.files = r.MultipartForm.File
	}
	return form, nil
}

func size(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d\u00a0Ko", bytes>>10)
	}
	return fmt.Sprintf("%d\u00a0Mo", bytes>>20)
}

// clean trims the text and refuses what no keyboard types.
func clean(s string) (string, error) {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if !utf8.ValidString(s) || strings.ContainsFunc(s, strange) {
		return "", fault.Refuse(strangeText + "Effacez-les et recommencez.")
	}
	return strings.TrimSpace(s), nil
}

func strange(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f }

// without takes out what no keyboard types.
func without(s string) string {
	kept := strings.Map(func(r rune) rune {
		if strange(r) {
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n"))
	return strings.TrimSpace(kept)
}

// Value is the field's text, "" when absent.
func (f Form) Value(name string) string {
	if len(f.values[name]) == 0 {
		return ""
	}
	return f.values[name][0]
}

// Names are the fields that were sent, in order.
func (f Form) Names() []string { return slices.Sorted(maps.Keys(f.values)) }

// Values are all values sent under the name: check boxes, repeated fields.
func (f Form) Values(name string) []string { return f.values[name] }

// Has tells whether the field was sent, even empty: a ticked box, a pressed button.
func (f Form) Has(name string) bool { return len(f.values[name]) > 0 }

// Files are the files sent under the name, empty choices left out.
func (f Form) Files(name string) []*multipart.FileHeader {
	var chosen []*multipart.FileHeader
	for _, file := range f.files[name] {
		if file.Size > 0 || file.Filename != "" {
			chosen = append(chosen, file)
		}
	}
	return chosen
}

// Optional returns the field's text and notes it when longer than most characters.
func (f Form) Optional(c *fault.Check, name string, most int) string {
	value := f.Value(name)
	if !c.That(!f.strange[name], name, strangeText+"Ils sont effacés\u202f: relisez, puis recommencez.") {
		return value
	}
	n := utf8.RuneCountInString(value)
	c.That(n <= most, name, fmt.Sprintf("%d caractères au plus (vous en avez saisi %d).", most, n))
	return value
}

// Strange refuses the fields in which there was what no keyboard types, for a
// form whose rooms check the rest.
func (f Form) Strange(names ...string) error {
	var c fault.Check
	for _, name := range names {
		f.Optional(&c, name, int(PlainForm)<<8)
	}
	return c.Err()
}

// Required is Optional that also notes missing, a sentence saying what to
// enter, when the field is empty.
func (f Form) Required(c *fault.Check, name string, most int, missing string) string {
	value := f.Optional(c, name, most)
	c.That(value != "" || f.strange[name], name, missing)
	return value
}
