package letter

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"regexp"
	"strings"
	"time"

	"pupitre/internal/platform/french"
	"pupitre/internal/platform/pdf"
)

var papers = template.Must(template.New("").Funcs(template.FuncMap(functions)).Funcs(template.FuncMap{
	"fr": func(s string) string { return typographic(s) }, "boxes": boxes, "blankLines": blankLines, "spans": parseSpans, "groups": french.Groups,
}).ParseFS(files, "templates/paper/*.html"))

var paperAssets = func() fs.FS {
	sub, err := fs.Sub(files, "templates/paper")
	if err != nil {
		panic(err) // embedded above
	}
	return sub
}()

// boxes is a range of n, to draw n empty boxes.
func boxes(n int) []struct{} { return make([]struct{}, n) }

// town is what follows the postcode of an address on one line.
var town = regexp.MustCompile(`\b\d{5}\s+([^,]+?)(?i:\s+cedex(\s+\d+)?)?\s*$`)

// Town is where the school writes from, by its address; "" when that does not say.
func (s School) Town() string {
	if found := town.FindStringSubmatch(s.Address); found != nil {
		return found[1]
	}
	return ""
}

const windowLines = 6

// blankLines is a range of the lines the window still has.
func blankLines(address []string) []struct{} { return boxes(windowLines - len(address)) }

func printPaper(name, title, author string, made time.Time, facts any) ([]byte, error) {
	var html bytes.Buffer
	if err := papers.ExecuteTemplate(&html, name+".html", facts); err != nil {
		return nil, fmt.Errorf("print %s: %w", name, err)
	}
	out, err := pdf.FromHTML(html.String(), pdf.Info{Title: title, Author: author, Made: made}, paperAssets)
	if err != nil {
		return nil, fmt.Errorf("print %s: %w", name, err)
	}
	return out, nil
}

// IdentifierLetterFacts: one family's letter (R1). Address has at most six
// lines, name first: what the envelope's window shows.
type IdentifierLetterFacts struct {
	School     School
	Name       string // whom the letter greets; may be empty
	Address    []string
	Identifier string
	PortalURL  string // the sign-in page, as one types it
	Date       time.Time
}

// IdentifierLetters prints one page a family, in order; no family is an error.
func IdentifierLetters(facts []IdentifierLetterFacts) ([]byte, error) {
	if len(facts) == 0 {
		return nil, errors.New("print identifier letters: none given")
	}
	cleaned := make([]IdentifierLetterFacts, len(facts))
	for i, f := range facts {
		if len(f.Address) > windowLines {
			return nil, fmt.Errorf("print identifier letter of %s: the address has %d lines, the window %d", f.Identifier, len(f.Address), windowLines)
		}
		cleaned[i] = clean(f).(IdentifierLetterFacts)
	}
	return printPaper("identifier_letters", "Identifiants du portail", facts[0].School.Name, facts[0].Date, cleaned)
}

// MessageLetterFacts: one family's letter of a message (R48), for who has no
// e-mail address. Address is as that of IdentifierLetterFacts.
type MessageLetterFacts struct {
	School    School
	Name      string // whom the letter is to; may be empty
	Address   []string
	Subject   string
	Lines     []MessageLine
	PortalURL string // the sign-in page, as one types it
	Date      time.Time
}

// MessageLetters prints a letter a family, in order; no family is an error.
func MessageLetters(facts []MessageLetterFacts) ([]byte, error) {
	if len(facts) == 0 {
		return nil, errors.New("print the letters of a message: none given")
	}
	cleaned := make([]MessageLetterFacts, len(facts))
	for i, f := range facts {
		if len(f.Address) > windowLines {
			return nil, fmt.Errorf("print a letter of a message to %s: the address has %d lines, the window %d", f.Name, len(f.Address), windowLines)
		}
		cleaned[i] = clean(f).(MessageLetterFacts)
	}
	return printPaper("message_letters", facts[0].Subject, facts[0].School.Name, facts[0].Date, cleaned)
}

// AcknowledgementFacts: one dossier, as received.
type AcknowledgementFacts struct {
	School     School
	Season     string // « 2027-2028 »
	Number     string // the dossier's number
	Family     string
	Identifier string
	Dossier    Dossier
	SentAt     time.Time
	Text       string // title of the text accepted with « J'accepte »
	Version    string // its version
	AgreedBy   string
	AgreedAt   time.Time
	Made       time.Time // when this paper is printed
}

// Acknowledgement prints the accusé de réception, times to the millisecond.
func Acknowledgement(f AcknowledgementFacts) ([]byte, error) {
	f = clean(f).(AcknowledgementFacts)
	return printPaper("acknowledgement", "Accusé de réception "+f.Number, f.School.Name, f.Made, f)
}

// Party is a creditor's or debtor's name and address.
type Party struct {
	Name       string
	Street     string
	Extra      string
	PostalCode string
	City       string
	Country    string
}

// MandateFacts: a SEPA direct debit mandate. A blank Debtor leaves lines to fill in.
type MandateFacts struct {
	School   School
	Creditor Party
	ICS      string
	RUM      string // unique reference; empty on the blank form
	Debtor   Party
	Made     time.Time
}

// Mandate prints the « Mandat de prélèvement SEPA » (recurrent, IBAN left blank).
func Mandate(f MandateFacts) ([]byte, error) {
	f = clean(f).(MandateFacts)
	return printPaper("mandate", strings.TrimSpace("Mandat de prélèvement SEPA "+f.RUM), f.Creditor.Name, f.Made, f)
}

// PedagogicalFormFacts: one pupil's paper form (R20a), with all it may choose.
type PedagogicalFormFacts struct {
	School       School
	Season       string
	Family       string
	Identifier   string
	Pupil        string
	Newcomer     bool   // new to the school: it is enrolled, not re-registered
	BirthDate    string // jj/mm/aaaa
	Level        string // niveau scolaire of the coming season; empty leaves a line
	AskBeginner  bool   // whether a course on offer refuses beginners (R26)
	Programmes   []FormProgramme
	ReturnBefore time.Time // zero: no closing date
	Made         time.Time
}

// FormProgramme is a formula, its rule in words, and what each pole offers for it.
type FormProgramme struct {
	Title string
	Rule  string
	Sites []FormSite
}

// FormSite is what one pole offers for a formula.
type FormSite struct {
	Name   string
	Groups []FormGroup
}

// FormGroup is the courses of one kind, each a tick box.
type FormGroup struct {
	Title   string // « Instrument », « Pratique collective »
	Courses []string
}

// PedagogicalForm prints the « formulaire de réinscription pédagogique », pre-filled.
func PedagogicalForm(f PedagogicalFormFacts) ([]byte, error) {
	f = clean(f).(PedagogicalFormFacts)
	title := "Réinscription pédagogique "
	if f.Newcomer {
		title = "Inscription pédagogique "
	}
	return printPaper("pedagogical_form", title+f.Pupil, f.School.Name, f.Made, f)
}
