// Package document keeps the supporting documents (pièces): which papers are
// asked, for whom and under which condition (R15), what was deposited (R13,
// R14), and what the office decided of it (R32).
package document

import (
	"time"
)

// Audience says whose paper it is.
type Audience string

// A paper is asked of the household once, or for each pupil.
const (
	OfHousehold Audience = "household"
	OfPupil     Audience = "pupil"
)

// Paper is one supporting document that the school asks in a season.
type Paper struct {
	ID          string
	Code        string
	Name        string
	Audience    Audience
	Required    bool   // without it a dossier is not complete
	Condition   string // "", "debit" (a debit among the means of payment) or "on_paper" (choice handed in on paper)
	Validity    string // "season", or "standing" once validated
	Help        string // where to find it
	Consequence string // what happens without it
	Template    string // "", "mandate" or "pedagogical": what can be downloaded blank
	Position    int64
}

// State is what became of a deposit.
type State string

// The states of a deposit; Absent is that of a paper without one.
const (
	Absent    State = ""
	Provided  State = "provided"
	Validated State = "validated"
	Refused   State = "refused"
	Expired   State = "expired"
	Worthless State = "worthless"
)

// French is the word of R13, the same on every screen.
func (s State) French() string {
	switch s {
	case Provided:
		return "Fourni"
	case Validated:
		return "Validé"
	case Refused, Worthless:
		return "Refusé"
	case Expired:
		return "Expiré"
	default:
		return "À fournir"
	}
}

// Detail is the second line beside the word, or "".
func (s State) Detail() string {
	switch s {
	case Provided:
		return "en vérification"
	case Refused, Worthless, Expired:
		return "à remplacer"
	default:
		return ""
	}
}

// Counts tells whether the deposit makes its paper present for R29: a refused,
// expired or worthless one does not.
func (s State) Counts() bool { return s == Provided || s == Validated }

// Deposit is one version of a paper that was handed in.
type Deposit struct {
	ID          string    `db:"id"`
	Paper       string    `db:"paper_code"`
	Season      string    `db:"season_id"`
	Household   string    `db:"household_id"`
	Pupil       string    `db:"pupil_id"` // "" for a household's paper
	FileName    string    `db:"file_name"`
	BlobKey     string    `db:"blob_key"`
	MediaType   string    `db:"media_type"`
	Size        int64     `db:"size"`
	Pages       int64     `db:"pages"`
	SHA256      string    `db:"sha256"`
	State       State     `db:"state"`
	Reason      string    `db:"reason"`
	DepositedBy string    `db:"deposited_by"`
	ByOffice    bool      `db:"deposited_by_office"` // handed in over the counter, for the family
	DepositedAt time.Time `db:"deposited_at"`
	ReviewedBy  string    `db:"reviewed_by"`
	ReviewedAt  time.Time `db:"reviewed_at"`
	ReplacedAt  time.Time `db:"replaced_at"`
	Version     int64     `db:"version"`
}

// Circumstance is what decides which papers are asked.
type Circumstance struct {
	Debit   bool // a direct debit is among the household's means of payment
	OnPaper bool // the pupil's choice is handed in on a paper form
}

// AskedOf keeps the papers asked of the audience in that circumstance (R15).
func AskedOf(papers []Paper, audience Audience, c Circumstance) []Paper {
	var asked []Paper
	for _, p := range papers {
		if p.Audience != audience || p.Condition == "debit" && !c.Debit || p.Condition == "on_paper" && !c.OnPaper {
			continue
		}
		asked = append(asked, p)
	}
	return asked
}

// Slot is where a deposit stands: which paper, of which household, for which
// pupil ("" for the household's own).
type Slot struct {
	Household, Pupil, Paper string
}

// Held is the current deposit of each slot.
type Held map[Slot]Deposit

// Missing returns the required papers that hold no deposit that counts (R29).
func (h Held) Missing(asked []Paper, household, pupil string) []Paper {
	var missing []Paper
	for _, p := range asked {
		if p.Required && !h.of(p, household, pupil).State.Counts() {
			missing = append(missing, p)
		}
	}
	return missing
}

// Unvalidated returns the required papers that are not « Validé » (R33).
func (h Held) Unvalidated(asked []Paper, household, pupil string) []Paper {
	var left []Paper
	for _, p := range asked {
		if p.Required && h.of(p, household, pupil).State != Validated {
			left = append(left, p)
		}
	}
	return left
}

// Unread returns the papers deposited that the office has not looked at, the
// optional ones included.
func (h Held) Unread(asked []Paper, household, pupil string) []Paper {
	var left []Paper
	for _, p := range asked {
		if h.of(p, household, pupil).State == Provided {
			left = append(left, p)
		}
	}
	return left
}

func (h Held) of(p Paper, household, pupil string) Deposit {
	if p.Audience == OfHousehold {
		pupil = ""
	}
	return h[Slot{household, pupil, p.Code}]
}

// Of returns the current deposit of the paper for that household and pupil; its
// State is Absent when there is none.
func (h Held) Of(p Paper, household, pupil string) Deposit { return h.of(p, household, pupil) }
