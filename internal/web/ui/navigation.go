package ui

import (
	"slices"
	"strconv"
)

// Tab is a link among tabs, pupils or filters.
type Tab struct {
	Label     string
	URL       string
	Current   bool
	Count     int
	CountWord string // « à traiter »
}

// Pager is where a list stands. An empty URL means there is no such page.
type Pager struct {
	From, To, Total int
	PreviousURL     string
	NextURL         string
}

func (p Pager) text() string {
	if p.Total == 0 {
		return "0"
	}
	return strconv.Itoa(p.From) + "–" + strconv.Itoa(p.To) + " sur " + strconv.Itoa(p.Total)
}

// stepNote is one note of the wizard's rising staff.
type stepNote struct {
	x, y     float64
	class    string
	here     bool
	word     string
	label    string
	rotation string
}

const staffWidth = 350.0

// stepNotes places a note a step, each half a space higher than the last;
// current is counted from 0.
func stepNotes(labels []string, current int) []stepNote {
	notes := make([]stepNote, len(labels))
	for i, label := range labels {
		note := stepNote{
			x:     (float64(i) + 0.5) * staffWidth / float64(len(labels)),
			y:     52 - 5*float64(i),
			label: label,
		}
		switch {
		case i < current:
			note.class, note.word = "faite", "terminée"
		case i == current:
			note.class, note.word, note.here = "ici", "étape en cours", true
		default:
			note.class, note.word = "reste", "à venir"
		}
		note.rotation = "rotate(-22 " + decimal(note.x) + " " + decimal(note.y) + ")"
		notes[i] = note
	}
	return notes
}

func (n stepNote) stem() string {
	return "M" + decimal(n.x+5.4) + " " + decimal(n.y-2) + "v-29"
}

// PlacesTabs are the tabs of « Places », with the page they stand on; waiting
// lists and dry runs are not for an account limited to a pole.
func PlacesTabs(base Base, here string) []Tab {
	tabs := []Tab{{Label: "Places", URL: "/bureau/places"}, {Label: "Listes d’attente", URL: "/bureau/places/listes"}, {Label: "Attribution", URL: "/bureau/places/attribution"},
		{Label: "Chiffres de la saison", URL: "/bureau/chiffres"}, {Label: "Listes et impressions", URL: "/bureau/listes"}}
	if base.Office.Limit != "" {
		tabs = slices.Delete(tabs, 1, 3)
	}
	for i := range tabs {
		tabs[i].Current = tabs[i].URL == here
	}
	return tabs
}
