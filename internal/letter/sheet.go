package letter

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"pupitre/internal/platform/blank"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Wording is what a mail says: text with fields, in the grammar of block.go.
type Wording struct{ Subject, Body string }

// Sheet is a mail whose words the school may change.
type Sheet struct {
	Kind   string // of its template
	Group  string // what it is about
	Title  string // as the office calls it
	When   string
	To     string
	Fields []Field
}

// Field is what stands in a mail for a fact of it, as {Name}.
type Field struct {
	Name string
	Says string
	Must bool // no wording goes without it
	Line bool // of one line or several, alone on its own
}

// The fields of a form of words.
const (
	FieldSubject = "objet"
	FieldBody    = "texte"
)

const (
	longestSubject = 200
	longestBody    = 8_000
)

// SheetOf returns the sheet of that kind.
func SheetOf(kind string) (Sheet, bool) {
	i := slices.IndexFunc(Sheets, func(s Sheet) bool { return s.Kind == kind })
	if i < 0 {
		return Sheet{}, false
	}
	return Sheets[i], true
}

// Original are the product's own words.
func (s Sheet) Original() Wording {
	words, err := mailSources[s.Kind].words(nil)
	if err != nil {
		panic(err) // embedded, and read by a test
	}
	return Wording{strings.TrimSpace(words.Subject), strings.TrimSpace(words.Body)}
}

func (s Sheet) field(name string) (Field, bool) {
	i := slices.IndexFunc(s.Fields, func(f Field) bool { return blank.Same(f.Name, name) })
	if i < 0 {
		return Field{}, false
	}
	return s.Fields[i], true
}

// Check refuses, with *fault.Invalid, words that this mail cannot leave with:
// each message says where and what to do.
func (s Sheet) Check(w Wording) error {
	var c fault.Check
	if message := s.subjectWrong(w.Subject); message != "" {
		c.Add(FieldSubject, message)
	}
	if wrong := s.bodyWrong(w.Body); len(wrong) > 0 {
		c.Add(FieldBody, strings.Join(wrong, " "))
	}
	return c.Err()
}

func (s Sheet) subjectWrong(subject string) string {
	switch {
	case strings.TrimSpace(subject) == "":
		return "Écrivez l’objet" + french.Nbsp + ": ce que l’on lit d’abord."
	case len([]rune(subject)) > longestSubject:
		return fmt.Sprintf("%d caractères au plus.", longestSubject)
	case strings.ContainsFunc(subject, unicode.IsControl):
		return "L’objet tient sur une ligne."
	case blank.Strays(subject):
		return strayBrace
	}
	for _, name := range blank.Names(subject) {
		f, known := s.field(name)
		switch {
		case !known:
			return unknown(name)
		case f.Line:
			return "{" + f.Name + "} prend toute une ligne et ne tient pas dans un objet" + french.Nbsp + ": mettez-le dans le texte."
		}
	}
	return ""
}

const strayBrace = "Une accolade n’est pas fermée, ou pas ouverte. Un champ s’écrit {entre accolades}."

func unknown(name string) string {
	return "Le champ {" + name + "} n’existe pas dans ce mail. Prenez-en un de la liste, ou retirez les accolades."
}

// bodyWrong says all that is wrong, each with its line.
func (s Sheet) bodyWrong(body string) []string {
	if strings.TrimSpace(body) == "" {
		return []string{"Écrivez le texte du mail."}
	}
	if len([]rune(body)) > longestBody {
		return []string{fmt.Sprintf("%d caractères au plus.", longestBody)}
	}
	var wrong []string
	for i, line := range strings.Split(body, "\n") {
		if message := s.lineWrong(strings.TrimSpace(line)); message != "" {
			wrong = append(wrong, fmt.Sprintf("Ligne %d"+french.Nbsp+": %s", i+1, message))
		}
	}
	present := blank.Names(body)
	for _, f := range s.Fields {
		if f.Must && !slices.ContainsFunc(present, func(name string) bool { return blank.Same(name, f.Name) }) {
			wrong = append(wrong, "Il manque {"+f.Name+"}, que ce mail doit dire"+french.Nbsp+": remettez-le.")
		}
	}
	return wrong
}

func (s Sheet) lineWrong(line string) string {
	switch {
	case strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) && r != '\t' }):
		return "elle contient un caractère qui ne s’écrit pas. Tapez-la de nouveau."
	case blank.Strays(line):
		return strayBrace
	}
	for _, name := range blank.Names(line) {
		f, known := s.field(name)
		if !known {
			return unknown(name)
		}
		if f.Line && strings.TrimSpace(strings.Trim(line, "{}")) != name {
			return "mettez {" + f.Name + "} seul sur sa ligne."
		}
	}
	return ""
}

// fill puts the facts in place of the fields.
func (s source) fill(words Wording, facts any) (Wording, error) {
	f := filler{source: s, facts: facts, values: map[string]string{}}
	filled := Wording{f.fill(words.Subject), f.fill(words.Body)}
	return filled, f.err
}

// filler reads each field once.
type filler struct {
	source
	facts  any
	values map[string]string // by folded name
	err    error
}

func (f *filler) fill(text string) string {
	text = blank.Elide(text, f.value)
	text = blank.Drop(text, func(name string) bool { return f.value(name) == "" })
	return blank.Fill(text, f.value)
}

func (f *filler) value(name string) string {
	key := french.Fold(name)
	if held, ok := f.values[key]; ok || f.err != nil {
		return held
	}
	t, ok := f.fields[key]
	if !ok {
		f.err = fmt.Errorf("no field {%s}", name)
		return ""
	}
	var b bytes.Buffer
	f.err = t.Execute(&b, f.facts)
	f.values[key] = b.String()
	return f.values[key]
}

// Trial are the words marked as what somebody of the office sends to itself.
func Trial(w Wording, name string) Wording {
	return Wording{"Essai : " + w.Subject, "> Essai demandé par " + strings.NewReplacer("{", "", "}", "").Replace(name) + " : ce mail n’est parti à personne d’autre.\n\n" + w.Body}
}
