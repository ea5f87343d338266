package letter

import "time"

// ReceivedFacts: the family pressed « Valider » for one pupil or several (R21, first message).
type ReceivedFacts struct {
	School   School
	Name     string
	SentAt   time.Time
	Dossiers []Dossier // in the order they were sent
	Link     string    // the family's page
}

// Received acknowledges the request, at once, complete or not.
func Received(f ReceivedFacts) (Mail, error) { return compose("received", f.School, f) }

// BecameCompleteFacts: the last required paper has arrived (R29, R30).
type BecameCompleteFacts struct {
	School    School
	Name      string
	Dossier   Dossier
	LastPaper string // what completed it; empty when nothing was deposited
	Link      string
}

// BecameComplete tells the rank and the places.
func BecameComplete(f BecameCompleteFacts) (Mail, error) {
	return compose("became_complete", f.School, f)
}

// NotRankedFacts: the last required paper has arrived, but the choice no longer
// stands, or something else keeps the dossier from its rank (R29).
type NotRankedFacts struct {
	School         School
	Name           string
	Pupil          string
	LastPaper      string    // empty when nothing was deposited
	Left           []string  // what to mend, in sentences
	CompleteBefore time.Time // zero when it has no date
	Link           string
}

// NotRanked says what the family has to mend for the dossier to have its rank.
func NotRanked(f NotRankedFacts) (Mail, error) { return compose("not_ranked", f.School, f) }

// EnteredByOfficeFacts: the office typed in a dossier that came on paper (R35).
type EnteredByOfficeFacts struct {
	School            School
	Name              string
	Dossier           Dossier
	ReceivedOnPaperAt time.Time
	Link              string
}

// DossierEnteredByOffice tells the family what was typed in for it.
func DossierEnteredByOffice(f EnteredByOfficeFacts) (Mail, error) {
	return compose("entered_by_office", f.School, f)
}

// ChangedChoiceFacts: the choice changed before « inscrit » (R30b).
type ChangedChoiceFacts struct {
	School    School
	Name      string
	Dossier   Dossier // as it stands now
	GivenUp   []string
	ChangedAt time.Time
	Link      string
}

// ChangedChoice acknowledges the new choice.
func ChangedChoice(f ChangedChoiceFacts) (Mail, error) { return compose("changed_choice", f.School, f) }
