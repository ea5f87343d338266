package ui

import (
	"strconv"
	"strings"
)

// HeadShape is the drawing of a notehead: the state vocabulary of the product.
type HeadShape string

// Hollow is to do, half in progress, full done, cross rejected, rest not asked
// for, dotted waiting.
const (
	HeadHollow HeadShape = ""
	HeadHalf   HeadShape = "demi"
	HeadFull   HeadShape = "pleine"
	HeadCross  HeadShape = "croix"
	HeadRest   HeadShape = "silence"
	HeadDotted HeadShape = "pointille"
)

// Colour tints a notehead that stands outside a chip.
type Colour string

// Yellow awaits the reader, blue somebody else, green is done, red is to redo.
const (
	ColourInherit Colour = ""
	ColourYellow  Colour = "t-jaune"
	ColourBlue    Colour = "t-info"
	ColourGreen   Colour = "t-ok"
	ColourRed     Colour = "t-alerte"
	ColourAccent  Colour = "t-accent"
	ColourMuted   Colour = "t-encre2"
	ColourFree    Colour = "t-champ"
)

// StateKind chooses the notehead and the colour of a chip.
type StateKind string

// The states of the drawings, with the word each says by default.
const (
	StateTodo     StateKind = "todo"     // À fournir
	StateStarted  StateKind = "started"  // Commencée
	StateChecking StateKind = "checking" // En vérification
	StateDone     StateKind = "done"     // Validé
	StateRejected StateKind = "rejected" // Refusé
	StateWaiting  StateKind = "waiting"  // Liste d’attente
	StateOffered  StateKind = "offered"  // Place proposée
	StateNone     StateKind = "none"     // Non demandé
)

type stateLook struct {
	chip  string
	shape HeadShape
	word  string
}

var stateLooks = map[StateKind]stateLook{
	StateTodo:     {"afaire", HeadHollow, "À fournir"},
	StateStarted:  {"afaire", HeadHalf, "Commencée"},
	StateChecking: {"cours", HeadHalf, "En vérification"},
	StateDone:     {"ok", HeadFull, "Validé"},
	StateRejected: {"non", HeadCross, "Refusé"},
	StateWaiting:  {"non", HeadDotted, "Liste d’attente"},
	StateOffered:  {"cours", HeadHalf, "Place proposée"},
	StateNone:     {"", HeadRest, "Non demandé"},
}

func (k StateKind) look(word string) stateLook {
	look, ok := stateLooks[k]
	if !ok {
		look = stateLooks[StateNone]
	}
	if word != "" {
		look.word = word
	}
	return look
}

// PlaceCount is how the places of a course stand; the capacity is the sum of
// all but Waiting.
type PlaceCount struct {
	Confirmed int
	ToVerify  int
	Offered   int
	Free      int
	Waiting   int
}

const (
	mostHeads   = 14 // above, a bar
	mostWaiting = 5  // dotted heads; « +n » says how many wait
)

// Capacity is the number of places of the course.
func (p PlaceCount) Capacity() int { return p.Confirmed + p.ToVerify + p.Offered + p.Free }

// Figure reads « 9 / 10 »: places no longer free, out of the capacity.
func (p PlaceCount) Figure() string {
	return strconv.Itoa(p.Capacity()-p.Free) + "\u00a0/\u00a0" + strconv.Itoa(p.Capacity())
}

// Sentence says the count in words: « 9 inscrits, 1 libre, 3 en attente ».
func (p PlaceCount) Sentence() string {
	var parts []string
	for _, part := range []struct {
		count     int
		one, many string
	}{
		{p.Confirmed, "inscrit", "inscrits"},
		{p.ToVerify, "place réservée, dossier à vérifier", "places réservées, dossiers à vérifier"},
		{p.Offered, "place proposée", "places proposées"},
		{p.Free, "libre", "libres"},
		{p.Waiting, "en attente", "en attente"},
	} {
		switch {
		case part.count == 1:
			parts = append(parts, "1 "+part.one)
		case part.count > 1:
			parts = append(parts, strconv.Itoa(part.count)+" "+part.many)
		}
	}
	if p.Capacity() == 0 {
		parts = append([]string{"aucune place"}, parts...)
	}
	return strings.Join(parts, ", ")
}

type barPart struct {
	class string
	x     string
	width string
}

// barParts lays counts end to end on a bar of 100.
func barParts(total int, counts []int, classes []string) []barPart {
	var parts []barPart
	x := 0.5
	for i, count := range counts {
		if total <= 0 || count <= 0 {
			continue
		}
		width := min(float64(count)*100/float64(total), 100.5-x)
		parts = append(parts, barPart{classes[i], decimal(x), decimal(width)})
		x += width
	}
	return parts
}

func (p PlaceCount) bar() []barPart {
	return barParts(p.Capacity(), []int{p.Confirmed, p.ToVerify, p.Offered}, []string{"b1", "b3", "b4"})
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// head is one notehead of a course's places.
type head struct {
	shape HeadShape
	class string
}

// heads are the places in the order of the drawing; the last one stands by the
// double barline, on whichever line that is.
func (p PlaceCount) heads() []head {
	var all []head
	for _, group := range []struct {
		n int
		head
	}{
		{p.Confirmed, head{HeadFull, ""}}, {p.ToVerify, head{HeadHalf, "verif"}},
		{p.Offered, head{HeadHalf, "propose"}}, {p.Free, head{HeadHollow, "libre"}},
	} {
		for range group.n {
			all = append(all, group.head)
		}
	}
	return all
}
