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
)

//go:embed templates
var files embed.FS

var functions = map[string]any{
	"day": day, "shortDay": shortDay, "moment": moment, "second": second, "milli": milli,
	"ordinal": ordinal, "ordinalEnd": ordinalEnd, "list": list, "of": of, "sentence": sentence, "button": button,
}

// mails holds a template by name; every one sees the pieces of pieces.txt.
var mails = func() map[string]*template.Template {
	out := map[string]*template.Template{}
	names, err := files.ReadDir("templates/mail")
	if err != nil {
		panic(err) // embedded above
	}
	for _, n := range names {
		name, ok := strings.CutSuffix(n.Name(), ".txt")
		if !ok || name == "pieces" {
			continue
		}
		out[name] = template.Must(template.New(n.Name()).Funcs(functions).ParseFS(files,
			path.Join("templates/mail", n.Name()), "templates/mail/pieces.txt"))
	}
	return out
}()

var frame = htmltemplate.Must(htmltemplate.ParseFS(files, "templates/mail/frame.html"))

// compose writes the mail of that template.
func compose(name string, school School, facts any) (Mail, error) {
	t, ok := mails[name]
	if !ok {
		return Mail{}, fmt.Errorf("compose mail: no template %q", name)
	}
	facts, school = clean(facts), clean(school).(School)
	var subject, body bytes.Buffer
	if err := t.ExecuteTemplate(&subject, "subject", facts); err != nil {
		return Mail{}, fmt.Errorf("compose mail %s: %w", name, err)
	}
	if err := t.Execute(&body, facts); err != nil {
		return Mail{}, fmt.Errorf("compose mail %s: %w", name, err)
	}
	m := Mail{Subject: typographic(strings.Join(strings.Fields(subject.String()), " "))}
	blocks := parseBlocks(body.String())
	m.Text = textOf(blocks) + "\n" + signature(school)
	var html bytes.Buffer
	err := frame.Execute(&html, struct {
		Subject string
		School  School
		Blocks  []block
	}{m.Subject, school, blocks})
	if err != nil {
		return Mail{}, fmt.Errorf("compose mail %s: %w", name, err)
	}
	m.HTML = html.String()
	return m, nil
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
