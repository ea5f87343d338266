package letter

import (
	"bytes"
	"embed"
	"fmt"
	htmltemplate "html/template"
	"path"
	"reflect"
	"strings"
	"text/template"
	"unicode"

	"pupitre/internal/platform/french"
)

//go:embed templates
var files embed.FS

var functions = map[string]any{
	"day": day, "shortDay": shortDay, "moment": moment, "second": second, "milli": milli,
	"ordinal": ordinal, "ordinalEnd": ordinalEnd, "list": list, "of": of, "sentence": sentence, "button": button, "euros": french.Euros,
}

// mailSources holds what each mail is made of, by name.
var mailSources = func() map[string]source {
	out := map[string]source{}
	names, err := files.ReadDir("templates/mail")
	if err != nil {
		panic(err) // embedded above
	}
	for _, n := range names {
		if name, ok := strings.CutSuffix(n.Name(), ".txt"); ok && name != "pieces" {
			out[name] = newSource(n.Name())
		}
	}
	return out
}()

// source is a mail's template: its subject and its body hold fields, each of
// which is a definition named {…} of it or of pieces.txt.
type source struct {
	*template.Template
	fields map[string]*template.Template // by folded name
}

func newSource(file string) source {
	s := source{template.Must(template.New(file).Funcs(functions).ParseFS(files,
		"templates/mail/pieces.txt", path.Join("templates/mail", file))), map[string]*template.Template{}}
	for _, t := range s.Templates() {
		if name, ok := strings.CutPrefix(t.Name(), "{"); ok {
			s.fields[french.Fold(strings.TrimSuffix(name, "}"))] = t
		}
	}
	return s
}

var frame = htmltemplate.Must(htmltemplate.ParseFS(files, "templates/mail/frame.html"))

// compose writes the mail of that template: in the school's own words when it
// has some that hold, else in the product's.
func compose(name string, school School, facts any) (Mail, error) {
	from, ok := mailSources[name]
	if !ok {
		return Mail{}, fmt.Errorf("compose mail: no template %q", name)
	}
	facts, school = clean(facts), clean(school).(School)
	var broken error
	if words, own := school.Words[name]; own {
		m, err := from.inWords(name, words, school, facts)
		if err == nil {
			return m, nil
		}
		broken = err
	}
	m, err := from.inItsOwn(name, school, facts)
	if err != nil {
		return Mail{}, fmt.Errorf("compose mail %s: %w", name, err)
	}
	m.Broken = broken
	return m, nil
}

// inWords writes the mail in the school's words, or says why they do not hold.
func (s source) inWords(name string, words Wording, school School, facts any) (Mail, error) {
	sheet, ok := SheetOf(name)
	if !ok {
		return Mail{}, fmt.Errorf("the words of %q cannot be changed", name)
	}
	if err := sheet.Check(words); err != nil {
		return Mail{}, err
	}
	filled, err := s.fill(words, facts)
	if err != nil {
		return Mail{}, err
	}
	return written(filled, school)
}

func (s source) inItsOwn(name string, school School, facts any) (Mail, error) {
	words, err := s.words(facts)
	if err != nil {
		return Mail{}, err
	}
	if _, ok := SheetOf(name); ok { // what a person has written holds no fields any more
		if words, err = s.fill(words, facts); err != nil {
			return Mail{}, err
		}
	}
	return written(words, school)
}

// words are those that the template itself holds.
func (s source) words(facts any) (Wording, error) {
	var subject, body bytes.Buffer
	if err := s.ExecuteTemplate(&subject, "subject", facts); err != nil {
		return Wording{}, err
	}
	if err := s.Execute(&body, facts); err != nil {
		return Wording{}, err
	}
	return Wording{subject.String(), body.String()}, nil
}

// written makes the two parts of words that hold no field any more.
func written(words Wording, school School) (Mail, error) {
	m := Mail{Subject: typographic(strings.Join(strings.Fields(words.Subject), " "))}
	blocks := parseBlocks(words.Body)
	m.Text = textOf(blocks) + "\n" + signature(school)
	var html bytes.Buffer
	err := frame.Execute(&html, struct {
		Subject string
		School  School
		Blocks  []block
	}{m.Subject, school, blocks})
	m.HTML = html.String()
	return m, err
}

// signature closes the text part, after the separator mail programs know.
func signature(s School) string {
	lines := []string{"-- ", s.Name}
	for _, l := range []string{s.Address, s.Phone, s.Email, s.URL} {
		if l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// clean returns a copy of the struct in which no text holds a line break or
// another control character, so that a fact can never pass for the letter's own
// structure.
func clean(facts any) any {
	copied := reflect.New(reflect.TypeOf(facts)).Elem()
	copied.Set(reflect.ValueOf(facts))
	cleanValue(copied)
	return copied.Interface()
}

func cleanValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(cleanText(v.String()))
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(fresh, v)
		v.Set(fresh)
		for i := range v.Len() {
			cleanValue(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				cleanValue(v.Field(i))
			}
		}
	}
}

func cleanText(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	}), " ")
}
