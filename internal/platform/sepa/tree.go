package sepa

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"pupitre/internal/platform/fault"
)

// The bounds of a bank's file. Thousands of returns fit by far.
const (
	mostBytes    = 16 << 20
	mostDepth    = 40
	mostElements = 300_000
	mostText     = 4096
)

// node is an element by its local name: versions differ by their namespace only.
type node struct {
	name     string
	text     string
	currency string // its attribute Ccy
	children []*node
}

// at returns the first element at the path, or nil.
func (n *node) at(path ...string) *node {
	for _, name := range path {
		if n == nil {
			return nil
		}
		var next *node
		for _, c := range n.children {
			if c.name == name {
				next = c
				break
			}
		}
		n = next
	}
	return n
}

// all returns the children of the name.
func (n *node) all(name string) (found []*node) {
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if c.name == name {
			found = append(found, c)
		}
	}
	return found
}

// say returns the text at the path, or "".
func (n *node) say(path ...string) string {
	if n = n.at(path...); n == nil {
		return ""
	}
	return strings.TrimSpace(n.text)
}

// first returns the first text that is not empty, of some paths written a>b>c.
func (n *node) first(paths ...string) string {
	for _, p := range paths {
		if text := n.say(strings.Split(p, ">")...); text != "" {
			return text
		}
	}
	return ""
}

// readTree reads one document within the bounds. Refusals are French
// (*fault.Invalid); any other error is r's.
func readTree(r io.Reader) (*node, error) {
	source := &source{r: r, left: mostBytes}
	reader := &treeReader{decoder: xml.NewDecoder(source)}
	reader.decoder.CharsetReader = charset
	root, err := reader.read()
	var refused *fault.Invalid
	switch {
	case source.err != nil:
		return nil, source.err
	case err == nil, errors.As(err, &refused):
		return root, err
	default:
		return nil, fault.Refuse("Ce fichier n’est pas du XML lisible, ou il est incomplet : téléchargez-le de nouveau sur le site de la banque, sans l’ouvrir dans un autre logiciel.")
	}
}

// source is the file up to its bound; err is why it could not be read to its end.
type source struct {
	r    io.Reader
	left int
	err  error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if s.left -= n; s.left < 0 {
		err = fault.Refuse("Ce fichier dépasse 16 Mo : demandez à la banque de le découper par période.")
	}
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

var errCharset = errors.New("sepa: this charset is not read")

func charset(label string, input io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "us-ascii":
		return input, nil
	case "iso-8859-1", "windows-1252":
		return charmap.Windows1252.NewDecoder().Reader(input), nil
	case "iso-8859-15":
		return charmap.ISO8859_15.NewDecoder().Reader(input), nil
	}
	return nil, errCharset
}

type treeReader struct {
	decoder  *xml.Decoder
	root     *node
	open     []*node
	elements int
}

func (t *treeReader) read() (*node, error) {
	for {
		token, err := t.decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := t.take(token); err != nil {
			return nil, err
		}
	}
	if t.root == nil {
		return nil, fault.Refuse("Ce fichier est vide, ou n’est pas du XML : choisissez celui que la banque donne (pain.002, camt.054 ou camt.053).")
	}
	return t.root, nil
}

func (t *treeReader) take(token xml.Token) error {
	switch token := token.(type) {
	case xml.Directive:
		return fault.Refuse("Ce fichier contient une déclaration DOCTYPE, qu’aucun fichier de banque n’a : il n’est pas lu.")
	case xml.StartElement:
		return t.start(token)
	case xml.EndElement:
		t.open = t.open[:len(t.open)-1]
	case xml.CharData:
		return t.chars(token)
	}
	return nil
}

func (t *treeReader) start(token xml.StartElement) error {
	if t.elements++; t.elements > mostElements || len(t.open) >= mostDepth {
		return fault.Refuse("Ce fichier a trop d’éléments pour un retour de prélèvements : demandez à la banque de le découper par période.")
	}
	n := &node{name: token.Name.Local}
	for _, a := range token.Attr {
		if a.Name.Local == "Ccy" {
			n.currency = a.Value
		}
	}
	switch {
	case len(t.open) > 0:
		above := t.open[len(t.open)-1]
		above.children = append(above.children, n)
	case t.root == nil:
		t.root = n
	default:
		return fault.Refuse("Ce fichier contient deux documents : donnez-les un par un.")
	}
	t.open = append(t.open, n)
	return nil
}

// chars keeps the text of an element; what is between elements is dropped.
func (t *treeReader) chars(text xml.CharData) error {
	if len(t.open) == 0 || strings.TrimSpace(string(text)) == "" {
		return nil
	}
	n := t.open[len(t.open)-1]
	if len(n.text)+len(text) > mostText {
		return fault.Refuse("Ce fichier a un texte trop long pour un retour de prélèvements : il n’est pas lu.")
	}
	n.text += string(text)
	return nil
}
