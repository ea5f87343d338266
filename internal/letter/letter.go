// Package letter writes what leaves the school: mails and paper. It is given
// facts already decided (names, places, instants) and returns text, HTML or
// PDF; it looks nothing up and decides nothing.
//
// A mail's two parts come from one source (templates/mail, grammar in block.go),
// so that they cannot say different things. That source is text with fields,
// « {élève} », which the school may word itself (sheet.go): each field is a
// definition of the mail's template.
package letter

import "time"

// School is what every letter says of its sender. URL is the portal's address;
// Words are the texts that the school has laid down itself, by Sheet.Kind.
type School struct {
	Name      string
	ShortName string
	Phone     string
	Email     string
	Address   string // on one line
	URL       string
	Words     map[string]Wording
}

// Mail is ready to be sent. Text says everything that HTML says. Broken says
// why the school's own words were left aside for the product's; nil when not.
type Mail struct {
	Subject string
	Text    string
	HTML    string
	Broken  error
}

// Standing says where the request for a course stands.
type Standing int

// The standings of a request.
const (
	Reserved  Standing = iota // « place réservée »
	Waiting                   // « liste d’attente, n° 3 »: Position is set
	Proposed                  // « place proposée »: Until is set
	Confirmed                 // « inscrit »
)

// Place is one course of a choice and where its request stands.
type Place struct {
	Course   string // as the family reads it: « Orchestre à cordes, mercredi 15 h »
	Semester int    // 0 for the whole year, else 1 or 2
	Standing Standing
	Position int       // from 1, with Waiting
	Until    time.Time // end of the offer, with Proposed
}

// Words returns the standing as families read it on every screen and letter.
func (p Place) Words() string {
	switch p.Standing {
	case Waiting:
		return "liste d’attente, n° " + number(p.Position)
	case Proposed:
		return "place proposée, réponse attendue avant le " + moment(p.Until)
	case Confirmed:
		return "inscrit"
	default:
		return "place réservée"
	}
}

// Title returns the course, with its semester when it is not a whole year.
func (p Place) Title() string {
	switch p.Semester {
	case 1:
		return p.Course + " (1er semestre)"
	case 2:
		return p.Course + " (2e semestre)"
	default:
		return p.Course
	}
}

// Dossier is one pupil's request as it stands when the letter is written.
// Rank is 0 as long as it is incomplete: Missing then names the papers, and
// CompleteBefore the last instant to bring them (zero: no date yet).
type Dossier struct {
	Pupil          string
	Programme      string
	Site           string
	Rank           int
	CompleteAt     time.Time
	Places         []Place
	Missing        []string
	CompleteBefore time.Time
	GroupsLater    bool // parcours: the groups are made later
}

// Complete tells whether the dossier has its rank.
func (d Dossier) Complete() bool { return d.Rank > 0 }
