// Package ui is the kit every page is built with: layouts, form fields, notehead
// states, tables and messages. It knows no business: it takes words and counts.
package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// Base is what every page has in common; typed page structs embed it.
type Base struct {
	Title         string // of the page alone; the layout adds the school
	SchoolName    string // « École de musique Sèvre & Loire »
	SchoolShort   string // « Sèvre & Loire »
	AudienceLabel string // « Portail pour les usagers », « Secrétariat »
	Ecole         string // hue of the school: "", ardoise, sapin, brique, nuit
	ColourURL     string // style sheet of a colour of its own; "" for the product's
	Prefs         Prefs
	Flash         []Flash
	Errors        []FieldError // any: the title starts with « Erreur »
	Path          string       // of the request, to mark the current entry
	Nav           []NavEntry   // menu of the audience; FamilyPage has a default
	UserName      string       // shown in the office's rail
	Office        Office
	Links         Links
	Accessibility string // state of the declaration; "" reads « non conforme »
	Wide          bool   // FamilyPage, PlainPage: the full width instead of a column
	Refresh       int    // seconds after which a browser without scripts asks for the page again; 0 is never
	SmallBand     bool   // PublicPage: a smaller band than the sign-in page's
}

// Prefs are the reader's « Accessibilité » settings. Empty means the school's
// own look; the other values are those of the style sheet.
type Prefs struct {
	Texte      string // grand, tres-grand
	Police     string // lisible, dys
	Espacement string // large
	Theme      string // clair, sombre
	Contraste  string // fort
	Mouvement  string // reduit
}

func (p Prefs) attributes(ecole string) templ.Attributes {
	attributes := templ.Attributes{}
	for name, value := range map[string]string{
		"data-ecole": ecole, "data-texte": p.Texte, "data-police": p.Police, "data-espacement": p.Espacement,
		"data-theme": p.Theme, "data-contraste": p.Contraste, "data-mouvement": p.Mouvement,
	} {
		if value != "" {
			attributes[name] = value
		}
	}
	return attributes
}

// Flash is a message about what has just been done. UndoURL, when given, adds
// a button « Annuler » that posts there.
type Flash struct {
	Kind    MessageKind
	Title   string
	Text    string
	UndoURL string
}

// NavEntry is a line of a menu. Count is the number of things that await an
// action of the reader's, CountWord what they are (« à vérifier »).
type NavEntry struct {
	Label     string
	URL       string
	Icon      string
	Count     int
	CountWord string
}

// Office is what the back office has beside its pages.
type Office struct {
	SearchURL   string // no search field when empty
	Query       string
	Season      string          // « Saison 2027-2028 »
	Limit       string          // « Limité au pôle Sèvre », "" when nothing is hidden
	Bar         templ.Component // takes the place of search and season when not nil
	FullWidth   bool            // main without margins, for side-by-side work
	Keys        []KeyEntry      // of the page, added to those that hold everywhere
	SearchLabel string          // accessible name of the search field
}

// Links are the addresses of the pages every layout points to; an empty one
// takes its default.
type Links struct {
	Home, Accessibility, Password, SignOut, Contact, Privacy, Legal string
}

var defaultLinks = Links{
	Home:          "/",
	Accessibility: "/accessibilite",
	Password:      "/mot-de-passe",
	SignOut:       "/deconnexion",
	Contact:       "/contact",
	Privacy:       "/donnees-personnelles",
	Legal:         "/mentions-legales",
}

func (b Base) links() Links {
	l := b.Links
	for _, pair := range []struct {
		given    *string
		fallback string
	}{
		{&l.Home, defaultLinks.Home},
		{&l.Accessibility, defaultLinks.Accessibility},
		{&l.Password, defaultLinks.Password},
		{&l.SignOut, defaultLinks.SignOut},
		{&l.Contact, defaultLinks.Contact},
		{&l.Privacy, defaultLinks.Privacy},
		{&l.Legal, defaultLinks.Legal},
	} {
		if *pair.given == "" {
			*pair.given = pair.fallback
		}
	}
	return l
}

// FamilyNav is the menu of the family portal, in the manual's words.
func FamilyNav() []NavEntry {
	return []NavEntry{
		{Label: "Accueil", URL: "/accueil", Icon: "home"},
		{Label: "Famille", URL: "/famille", Icon: "family"},
		{Label: "Élèves", URL: "/eleves", Icon: "note"},
		{Label: "Factures", URL: "/factures", Icon: "invoice"},
	}
}

func (b Base) familyNav() []NavEntry {
	if len(b.Nav) > 0 {
		return b.Nav
	}
	return FamilyNav()
}

// current returns the URL of the entry the path belongs to: the longest one
// that is the path or a folder above it, or "".
func current(entries []NavEntry, path string) string {
	best := ""
	for _, entry := range entries {
		within := entry.URL == path || entry.URL != "/" && strings.HasPrefix(path, strings.TrimSuffix(entry.URL, "/")+"/")
		if within && len(entry.URL) > len(best) {
			best = entry.URL
		}
	}
	return best
}

func (b Base) documentTitle() string {
	title := b.Title
	if len(b.Errors) > 0 {
		title = "Erreur\u202f: " + title
	}
	if b.SchoolName == "" {
		return title
	}
	return title + " — " + b.SchoolName
}

// bandName splits the school's name so that the short one stands on its own line.
func (b Base) bandName() (first, second string) {
	first, found := strings.CutSuffix(b.SchoolName, b.SchoolShort)
	if !found || b.SchoolShort == "" || strings.TrimSpace(first) == "" {
		return b.SchoolName, ""
	}
	return strings.TrimSpace(first), b.SchoolShort
}

func (b Base) accessibility() string {
	if b.Accessibility == "" {
		return "non conforme"
	}
	return b.Accessibility
}

func (b Base) audience() string {
	if b.AudienceLabel == "" {
		return "Portail pour les usagers"
	}
	return b.AudienceLabel
}
