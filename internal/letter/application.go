package letter

import "time"

// ApplicationLinkFacts: a link to a pré-inscription (R37). The address may be a
// stranger's: Name and Pupil say nothing but a name.
type ApplicationLinkFacts struct {
	School    School
	Name      string
	Pupil     string
	Link      string    // opens a page; the page's button acts
	OpensAt   time.Time // from when on the button serves; zero: now
	KeptUntil time.Time
	Confirmed bool // it was sent already
}

// ConfirmApplication asks the owner of the address to confirm it, which sends
// the pré-inscription.
func ConfirmApplication(f ApplicationLinkFacts) (Mail, error) {
	return compose("confirm_application", f.School, f)
}

// ResumeApplication carries a link to go on with a pré-inscription, or to open
// one that was sent.
func ResumeApplication(f ApplicationLinkFacts) (Mail, error) {
	return compose("resume_application", f.School, f)
}

// ApplicationAnswerFacts: the office answers a pré-inscription.
type ApplicationAnswerFacts struct {
	School     School
	Name       string
	Pupil      string
	Paragraphs []string // what the office wrote, each on one line
	Link       string
}

// ApplicationAnswer is a message of the office; nothing has changed.
func ApplicationAnswer(f ApplicationAnswerFacts) (Mail, error) {
	return compose("application_answer", f.School, f)
}

// ApplicationRefused says no to a pré-inscription that had no rank.
func ApplicationRefused(f ApplicationAnswerFacts) (Mail, error) {
	return compose("application_refused", f.School, f)
}

// ApplicationAttached says that the pupil is now one of a family of the school.
func ApplicationAttached(f ApplicationAnswerFacts) (Mail, error) {
	return compose("application_attached", f.School, f)
}
