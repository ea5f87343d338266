package letter

import "time"

// PaperRefusedFacts: the office refused a deposit (R32).
type PaperRefusedFacts struct {
	School         School
	Name           string
	Document       string
	Reason         string
	Pupils         []string  // those whose dossier it holds up
	Until          time.Time // end of the delay; zero when there is no rank to keep yet, or with TopBracketOnly
	TopBracketOnly bool      // the attestation: nothing but the tariff is at stake
	Consequence    string    // then, the school's sentence; may be empty
	Link           string    // the import page, with the document chosen
}

// PaperRefused says what to deposit again, until when, and what is kept meanwhile.
func PaperRefused(f PaperRefusedFacts) (Mail, error) { return compose("paper_refused", f.School, f) }

// PaperWorthlessFacts: a deposit was plainly not the paper; the dossier was never complete (R32).
type PaperWorthlessFacts struct {
	School         School
	Name           string
	Document       string
	Reason         string
	Pupils         []string
	Lost           []string  // courses whose place or position fell
	Closed         bool      // the campaign is over
	CompleteBefore time.Time // its end, when open; zero when it has no date
	Link           string
}

// PaperWorthless tells that rank and places have fallen.
func PaperWorthless(f PaperWorthlessFacts) (Mail, error) {
	return compose("paper_worthless", f.School, f)
}

// DelayEndedFacts: the delay ran out without a new deposit (R32).
type DelayEndedFacts struct {
	School         School
	Name           string
	Pupil          string
	Document       string
	EndedAt        time.Time
	Lost           []string
	Closed         bool      // the campaign is over
	CompleteBefore time.Time // its end, when open; zero when it has no date
	Link           string
}

// DelayEnded tells that places and positions went to the next in line.
func DelayEnded(f DelayEndedFacts) (Mail, error) { return compose("delay_ended", f.School, f) }

// NewlyRequiredFacts: a paper became required after the rank was given (R29).
type NewlyRequiredFacts struct {
	School   School
	Name     string
	Document string
	Why      string // a whole sentence; may be empty
	Pupils   []string
	Until    time.Time
	Link     string
}

// NewlyRequired asks for that paper, with its delay.
func NewlyRequired(f NewlyRequiredFacts) (Mail, error) { return compose("newly_required", f.School, f) }

// MissingPapers is what one pupil's dossier still lacks.
type MissingPapers struct {
	Pupil     string
	Documents []string
}

// MissingPapersFacts: dossiers started or sent that still lack something.
type MissingPapersFacts struct {
	School   School
	Name     string
	Pupils   []MissingPapers
	ClosesAt time.Time // zero: no closing date
	Link     string
}

// MissingPapersReminder says that without them there is no rank.
func MissingPapersReminder(f MissingPapersFacts) (Mail, error) {
	return compose("missing_papers", f.School, f)
}

// CampaignClosedFacts: the campaign closed on incomplete dossiers (R36).
type CampaignClosedFacts struct {
	School   School
	Name     string
	ClosedAt time.Time
	Pupils   []MissingPapers
}

// CampaignClosedIncomplete tells that these dossiers took part in nothing.
func CampaignClosedIncomplete(f CampaignClosedFacts) (Mail, error) {
	return compose("campaign_closed", f.School, f)
}
