package enrolment

import (
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/correspondence"
	"pupitre/internal/platform/french"
)

// ownActs are the mails that answer what the family does itself, on its screen
// or at the counter: without an address, nobody calls it to say so.
var ownActs = map[correspondence.Kind]bool{
	MailReceived: true, MailChangedChoice: true, MailEnteredByOffice: true,
	MailOfferAccepted: true, MailOfferDeclined: true, MailWithdrawn: true,
}

// awaitsAnswer are the mails after which the family loses something unless it
// acts in time.
var awaitsAnswer = map[correspondence.Kind]bool{
	MailPlaceOffered: true, MailPaperRefused: true, MailNewlyRequired: true, MailPartlyFull: true,
}

// call is what the office tells by telephone instead of the mail: its title
// apart, whom and what it is about and why; and until when the family can act,
// zero when nothing is awaited.
func (t Told) call(kind correspondence.Kind) (words string, answerBy time.Time) {
	var said, pupils, missing []string
	for _, d := range t.Dossiers {
		pupils = append(pupils, d.Pupil+" ("+d.Number+")")
		missing = append(missing, d.Missing...)
	}
	said = append(said, french.List(pupils))
	answerBy = t.Until
	if t.Course != nil {
		said = append(said, inSemester(t.Course.Course, t.Course.Semester))
		if kind == MailPlaceOffered {
			answerBy = t.Course.Until
		}
	}
	if t.Paper != "" {
		said = append(said, t.Paper)
	} else if len(missing) > 0 {
		said = append(said, "il manque"+french.Nbsp+": "+french.List(missing))
	}
	if kind == MailWithdrawalAns {
		said = append(said, withdrawalAnswer(t.Accepted))
	}
	if len(t.GivenUp) > 0 {
		said = append(said, "sans "+french.List(t.GivenUp))
	}
	said = append(said, t.Reason)
	said = append(said, t.Left...)
	if !awaitsAnswer[kind] {
		answerBy = zero
	}
	return strings.Join(slices.DeleteFunc(said, func(s string) bool { return s == "" }), french.Nbsp+"; "), answerBy
}

func withdrawalAnswer(accepted bool) string {
	if accepted {
		return "renoncement accepté"
	}
	return "renoncement refusé"
}
