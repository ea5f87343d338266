package pes

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"

	"pupitre/internal/platform/fault"
)

// mostReceipt bounds a receipt: one of 99,999 claims that are all wrong has less.
const mostReceipt = 32 << 20

// Receipt is a PES_ACQUIT: what became of one file.
type Receipt struct {
	File     string    // NomFic of the file that was sent
	Written  time.Time // zero when it is not said
	Body     Body
	Elements []Element
}

// Domain is what an element of a receipt is about.
type Domain int

// The domains that are asked for here; the format has others.
const (
	Technical Domain = 0
	Revenue   Domain = 6
	Roles     Domain = 7
)

// Element is the receipt of one bordereau, one attachment, or of the file itself.
type Element struct {
	Domain    Domain
	OK        bool
	Year      int   // 0 when it is about no bordereau
	Number    int64 // of the bordereau
	ID        string
	Anomalies []Anomaly
}

// Anomaly is one thing that the Treasury found wrong.
type Anomaly struct {
	Claim int64  // the claim's number; 0 when it is about the whole
	Line  int64  // 0 when it is about the whole claim
	Code  string // ERREUR_…
	Text  string // the Treasury's words; may be empty
}

// Message is the anomaly in French.
func (a Anomaly) Message() string {
	if a.Text != "" {
		return a.Text
	}
	if known := anomalies[a.Code]; known != "" {
		return known
	}
	return "La trésorerie a refusé sans dire pourquoi" + strings.TrimRight(" ("+a.Code+")", " ()") + "."
}

var anomalies = map[string]string{
	"ERREUR_CODIQUE":                  "Le codique du poste comptable n’est pas connu.",
	"ERREUR_SIRET":                    "Le SIRET n’est pas celui du budget.",
	"ERREUR_CODE_COLLECTIVITE_BUDGET": "Le code collectivité ou le code budget n’est pas connu.",
	"ERREUR_VERSION_PES":              "La version du format n’est pas acceptée.",
	"ERREUR_ENCODING":                 "L’encodage du fichier n’est pas accepté.",
	"ERREUR_SCHEMA_INCOMPLET":         "Le fichier n’est pas conforme au schéma.",
	"ERREUR_DOUBLON_BORDEREAU":        "Ce numéro de rôle a déjà servi.",
	"ERREUR_DOUBLON_PIECE":            "Ce numéro d’article a déjà servi.",
	"ERREUR_DOUBLON_LIGNE":            "Ce numéro de ligne a déjà servi.",
	"ERREUR_CUMUL_MONTANTS":           "La somme du rôle n’est pas celle de ses articles.",
}

// Outcome is what a receipt says of one role.
type Outcome struct {
	Found     bool // the receipt speaks of the role, or of the whole file
	Accepted  bool
	Anomalies []Anomaly // empty when accepted
}

// Of gathers what the receipt says of the role of that year and number: every
// element of it, for there may be one a claim, and those of the file as a whole.
func (r Receipt) Of(year int, number int64) Outcome {
	o := Outcome{}
	refused, spoken := false, false
	for _, e := range r.Elements {
		ours := (e.Domain == Revenue || e.Domain == Roles) && e.Year == year && e.Number == number
		whole := e.Number == 0 && e.ID == "" && !e.OK
		if !ours && !whole {
			continue
		}
		spoken = spoken || ours
		refused = refused || !e.OK
		if !e.OK {
			o.Anomalies = append(o.Anomalies, e.Anomalies...)
		}
	}
	o.Found = spoken || refused
	o.Accepted = spoken && !refused
	return o
}

// value is an element that has its value in the attribute V.
type value struct {
	V string `xml:"V,attr"`
}

func (v value) String() string { return strings.TrimSpace(v.V) }

type errorElement struct {
	Code value `xml:"NumAnoAck"`
	Text value `xml:"LibelleAnoAck"`
}

// receiptFile reads both forms of the receipt: of the second, errors stand
// below their claim and line; of the first, beside the numbers.
type receiptFile struct {
	XMLName xml.Name
	File    value `xml:"Enveloppe>Parametres>NomFic"`
	Written value `xml:"EnTetePES>DteStr"`
	Post    value `xml:"EnTetePES>IdPost"`
	SIRET   value `xml:"EnTetePES>IdColl"`
	Code    value `xml:"EnTetePES>CodCol"`
	Budget  value `xml:"EnTetePES>CodBud"`
	Label   value `xml:"EnTetePES>LibelleColBud"`

	Elements []struct {
		Domain value          `xml:"DomaineAck"`
		State  value          `xml:"EtatAck"`
		Year   value          `xml:"ExerciceBord"`
		Number value          `xml:"NumBord"`
		ID     value          `xml:"IdUnique"`
		Errors []errorElement `xml:"Erreur"`
		Claims []struct {
			Number value          `xml:"NumPiece"`
			Errors []errorElement `xml:"Erreur"`
			Lines  []struct {
				Number value          `xml:"NumLigne"`
				Errors []errorElement `xml:"Erreur"`
			} `xml:"DetailLigne"`
		} `xml:"DetailPiece"`

		OldClaim value `xml:"NumPiece"`
		OldLine  value `xml:"NumLigne"`
		OldCode  value `xml:"NumAnoAck"`
		OldText  value `xml:"LibelleAnoAck"`
	} `xml:"ACQUIT>ElementACQUIT"`
}

// ReadReceipt reads a PES_ACQUIT of either form. What it does not know it
// passes over; a file that is no receipt, or whose verdicts cannot be read, is
// refused by an *fault.Invalid with a sentence.
func ReadReceipt(r io.Reader) (Receipt, error) {
	bounded := &io.LimitedReader{R: r, N: mostReceipt + 1}
	decoder := xml.NewDecoder(bounded)
	decoder.CharsetReader = latin
	var file receiptFile
	err := decoder.Decode(&file)
	switch {
	case bounded.N == 0:
		return Receipt{}, fault.Refuse("Ce fichier est trop gros pour un acquit de la trésorerie.")
	case err != nil && !isSyntax(err):
		return Receipt{}, err
	case err != nil:
		return Receipt{}, fault.Refuse("Ce fichier n’est pas un acquit de la trésorerie : il n’est pas du XML lisible.")
	case file.XMLName.Local != "PES_ACQUIT":
		return Receipt{}, fault.Refuse("Ce fichier n’est pas un acquit de la trésorerie (PES_ACQUIT).")
	case len(file.Elements) == 0:
		return Receipt{}, fault.Refuse("Cet acquit ne parle d’aucun bordereau.")
	}
	return file.receipt()
}

// isSyntax tells a file that cannot be read from a reader that fails.
func isSyntax(err error) bool {
	var syntax *xml.SyntaxError
	var shape xml.UnmarshalError
	return errors.As(err, &syntax) || errors.As(err, &shape) || errors.Is(err, io.EOF) || errors.Is(err, errCharset) ||
		strings.HasPrefix(err.Error(), "xml:")
}

var errCharset = errors.New("pes: unknown encoding")

func latin(label string, input io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "iso-8859-1", "iso8859-1", "latin1":
		return charmap.ISO8859_1.NewDecoder().Reader(input), nil
	case "iso-8859-15":
		return charmap.ISO8859_15.NewDecoder().Reader(input), nil
	case "windows-1252", "cp1252":
		return charmap.Windows1252.NewDecoder().Reader(input), nil
	case "utf-8", "us-ascii":
		return input, nil
	default:
		return nil, errCharset
	}
}

func (f receiptFile) receipt() (Receipt, error) {
	r := Receipt{File: f.File.String(), Body: Body{Post: f.Post.String(), SIRET: f.SIRET.String(), Code: f.Code.String(),
		Budget: f.Budget.String(), Label: f.Label.String()}}
	r.Written, _ = time.Parse("2006-01-02", f.Written.String())
	n := &numbers{}
	for _, e := range f.Elements {
		element := Element{Domain: Domain(n.read(e.Domain)), Year: int(n.read(e.Year)), Number: n.read(e.Number), ID: e.ID.String()}
		switch strings.ToLower(e.State.String()) {
		case "1", "true":
			element.OK = true
		case "0", "false":
		default:
			return Receipt{}, fault.Refuse("Cet acquit est incomplet : un élément ne dit pas s’il est accepté.")
		}
		if e.Domain.String() == "" {
			return Receipt{}, fault.Refuse("Cet acquit est incomplet : un élément ne dit pas de quoi il parle.")
		}
		element.add(0, 0, e.Errors)
		for _, claim := range e.Claims {
			number, before := n.read(claim.Number), len(element.Anomalies)
			element.add(number, 0, claim.Errors)
			for _, line := range claim.Lines {
				element.add(number, n.read(line.Number), line.Errors)
			}
			if len(element.Anomalies) == before { // named, without a reason
				element.add(number, 0, []errorElement{{}})
			}
		}
		if len(element.Anomalies) == 0 && !element.OK { // the first form, or no reason at all
			element.add(n.read(e.OldClaim), n.read(e.OldLine), []errorElement{{e.OldCode, e.OldText}})
		}
		r.Elements = append(r.Elements, element)
	}
	if n.bad {
		return Receipt{}, fault.Refuse("Cet acquit ne se lit pas : un numéro n’en est pas un.")
	}
	return r, nil
}

func (e *Element) add(claim, line int64, found []errorElement) {
	for _, x := range found {
		e.Anomalies = append(e.Anomalies, Anomaly{Claim: claim, Line: line, Code: x.Code.String(), Text: x.Text.String()})
	}
}

// numbers reads numbers, and remembers that one was none.
type numbers struct{ bad bool }

func (n *numbers) read(v value) int64 {
	text := v.String()
	if text == "" {
		return 0
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 || number > 9_999_999_999_999 {
		n.bad = true
		return 0
	}
	return number
}
