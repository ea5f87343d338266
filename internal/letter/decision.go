package letter

import "time"

// EnrolledFacts: the office confirmed (R21, second message; R33).
type EnrolledFacts struct {
	School      School
	Name        string
	Pupil       string
	Programme   string
	Site        string
	Courses     []Place // those confirmed
	Partial     bool    // a part of the formula only, then Reason says why
	Reason      string
	StillAsked  []Place // what is still waited for
	GroupsLater bool
	Link        string
}

// Enrolled tells a family that its pupil is « inscrit », and in which courses.
func Enrolled(f EnrolledFacts) (Mail, error) { return compose("enrolled", f.School, f) }

// OnWaitingListFacts: no place yet in at least one course (R21, second message; R33b).
type OnWaitingListFacts struct {
	School    School
	Name      string
	Dossier   Dossier
	HeldUntil time.Time // until when the places won are held; zero when none was won
	Link      string
}

// OnWaitingList tells which courses are waited for, and at which position.
func OnWaitingList(f OnWaitingListFacts) (Mail, error) {
	return compose("on_waiting_list", f.School, f)
}

// CourseCancelledFacts: a course will not open; the rank stays (R33d).
type CourseCancelledFacts struct {
	School School
	Name   string
	Pupil  string
	Course string
	Reason string // may be empty
	Rank   int    // 0 when there was none yet
	Kept   []Place
	Link   string
}

// CourseCancelled asks the family to choose again.
func CourseCancelled(f CourseCancelledFacts) (Mail, error) {
	return compose("course_cancelled", f.School, f)
}

// WithdrawnFacts: the family gave up a course or the whole dossier (R33c).
type WithdrawnFacts struct {
	School  School
	Name    string
	Pupil   string
	At      time.Time
	Whole   bool
	GivenUp []string
	Kept    []Place
}

// Withdrawn confirms « Renoncer ».
func Withdrawn(f WithdrawnFacts) (Mail, error) { return compose("withdrawn", f.School, f) }

// WithdrawalAnsweredFacts: the office answered a request made after « inscrit » (R33c).
type WithdrawalAnsweredFacts struct {
	School   School
	Name     string
	Pupil    string
	AskedOn  time.Time
	Accepted bool
	Whole    bool
	Courses  []string // those asked for, when not Whole
	Reason   string   // may be empty when accepted
}

// WithdrawalAnswered tells the office's answer.
func WithdrawalAnswered(f WithdrawalAnsweredFacts) (Mail, error) {
	return compose("withdrawal_answered", f.School, f)
}

// TurnedDownFacts is a dossier that the office refuses, with its reason.
type TurnedDownFacts struct {
	School School
	Name   string
	Pupil  string
	Reason string
	Lost   []string // courses whose place or position fell
}

// TurnedDown tells that the dossier is refused.
func TurnedDown(f TurnedDownFacts) (Mail, error) { return compose("turned_down", f.School, f) }
