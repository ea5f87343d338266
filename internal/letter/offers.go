package letter

import "time"

// OfferFacts: one place offered to the first in line, and what became of it
// (R33). Kept is what the dossier holds besides.
type OfferFacts struct {
	School School
	Name   string
	Pupil  string
	Course Place     // Until of the offer in Course.Until
	At     time.Time // instant of the answer or of the end; unused by PlaceOffered
	Kept   []Place
	Link   string // a page; its buttons answer
}

// PlaceOffered says until when to answer, and what declining or silence means.
func PlaceOffered(f OfferFacts) (Mail, error) { return compose("place_offered", f.School, f) }

// OfferAccepted confirms the place taken.
func OfferAccepted(f OfferFacts) (Mail, error) { return compose("offer_accepted", f.School, f) }

// OfferDeclined confirms that the dossier left that one list.
func OfferDeclined(f OfferFacts) (Mail, error) { return compose("offer_declined", f.School, f) }

// OfferEnded tells that nobody answered in time.
func OfferEnded(f OfferFacts) (Mail, error) { return compose("offer_ended", f.School, f) }

// ListsClosedFacts: the school ended its waiting lists (R33).
type ListsClosedFacts struct {
	School  School
	Name    string
	Pupil   string
	Courses []string // those still waited for
	Kept    []Place
}

// WaitingListsClosed tells those who still wait that no place will come.
func WaitingListsClosed(f ListsClosedFacts) (Mail, error) {
	return compose("lists_closed", f.School, f)
}

// PartlyFullFacts: a formula partly full, its places held up to a date (R33b).
type PartlyFullFacts struct {
	School    School
	Name      string
	Pupil     string
	Programme string
	Places    []Place
	ReleaseAt time.Time
	Link      string
}

// PartlyFullReminder leaves before the date, and says the three ways to settle.
func PartlyFullReminder(f PartlyFullFacts) (Mail, error) {
	return compose("partly_full", f.School, f)
}

// PartlyReleasedFacts: the date has come, nothing was settled (R33b).
type PartlyReleasedFacts struct {
	School     School
	Name       string
	Pupil      string
	Programme  string
	Released   []string
	ReleasedAt time.Time
}

// PartlyReleased tells which places were released.
func PartlyReleased(f PartlyReleasedFacts) (Mail, error) {
	return compose("partly_released", f.School, f)
}
