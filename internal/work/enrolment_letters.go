package work

import (
	"net/url"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/letter"
)

func received(e envelope, t enrolment.Told) (letter.Mail, error) {
	return letter.Received(letter.ReceivedFacts{School: e.school, Name: t.Name, SentAt: t.At, Dossiers: dossiers(t.Dossiers), Link: e.home()})
}

func becameComplete(e envelope, t enrolment.Told) (letter.Mail, error) {
	return letter.BecameComplete(letter.BecameCompleteFacts{School: e.school, Name: t.Name, Dossier: dossier(first(t)), LastPaper: t.Paper, Link: e.home()})
}

func notRanked(e envelope, t enrolment.Told) (letter.Mail, error) {
	return letter.NotRanked(letter.NotRankedFacts{
		School: e.school, Name: t.Name, Pupil: first(t).Pupil, LastPaper: t.Paper, Left: t.Left, CompleteBefore: endOf(t), Link: e.home(),
	})
}

func enteredByOffice(e envelope, t enrolment.Told) (letter.Mail, error) {
	return letter.DossierEnteredByOffice(letter.EnteredByOfficeFacts{
		School: e.school, Name: t.Name, Dossier: dossier(first(t)), ReceivedOnPaperAt: t.OnPaperAt, Link: e.home(),
	})
}

func changedChoice(e envelope, t enrolment.Told) (letter.Mail, error) {
	return letter.ChangedChoice(letter.ChangedChoiceFacts{
		School: e.school, Name: t.Name, Dossier: dossier(first(t)), GivenUp: t.GivenUp, ChangedAt: t.At, Link: e.home(),
	})
}

func enrolled(e envelope, t enrolment.Told) (letter.Mail, error) {
	d := first(t)
	f := letter.EnrolledFacts{
		School: e.school, Name: t.Name, Pupil: d.Pupil, Programme: d.Programme, Site: d.Site, Partial: t.Reason != "", Reason: t.Reason,
		GroupsLater: d.GroupsLater, Link: e.home(),
	}
	for _, p := range places(d.Places) {
		if p.Standing != letter.Reserved {
			f.StillAsked = append(f.StillAsked, p)
			continue
		}
		p.Standing = letter.Confirmed
		f.Courses = append(f.Courses, p)
	}
	return letter.Enrolled(f)
}

func onList(e envelope, t enrolment.Told) (letter.Mail, error) {
	f := letter.OnWaitingListFacts{School: e.school, Name: t.Name, Dossier: dossier(first(t)), Link: e.home()}
	for _, p := range f.Dossier.Places {
		if p.Standing == letter.Reserved {
			f.HeldUntil = t.Until
		}
	}
	return letter.OnWaitingList(f)
}

// importPage is where the paper is handed in or replaced, already chosen there.
func importPage(e envelope, t enrolment.Told) string {
	if t.PaperCode == "" {
		return e.url + "/famille/importer"
	}
	return e.url + "/famille/importer?document=" + url.QueryEscape(t.PaperCode)
}

func paperRefused(e envelope, t enrolment.Told) (letter.Mail, error) {
	f := letter.PaperRefusedFacts{
		School: e.school, Name: t.Name, Document: t.Paper, Reason: t.Reason, Pupils: pupils(t), Until: t.Until, Link: importPage(e, t),
	}
	if !t.Required {
		f.TopBracketOnly, f.Consequence, f.Until = true, t.Cost, t.Until
	}
	return letter.PaperRefused(f)
}

func paperWorthless(e envelope, t enrolment.Told) (letter.Mail, error) {
	return letter.PaperWorthless(letter.PaperWorthlessFacts{
		School: e.school, Name: t.Name, Document: t.Paper, Reason: t.Reason, Pupils: pupils(t), Lost: t.GivenUp,
		Closed: isOver(t), CompleteBefore: endOf(t), Link: importPage(e, t),
	})
}

func newlyRequired(e envelope, t enrolment.Told) (letter.Mail, error) {
	return letter.NewlyRequired(letter.NewlyRequiredFacts{
		School: e.school, Name: t.Name, Document: t.Paper, Why: t.Reason, Pupils: pupils(t), Until: t.Until, Link: importPage(e, t),
	})
}

func delayEnded(e envelope, t enrolment.Told) (letter.Mail, error) {
	return letter.DelayEnded(letter.DelayEndedFacts{
		School: e.school, Name: t.Name, Pupil: first(t).Pupil, Document: t.Paper, EndedAt: t.At, Lost: t.GivenUp,
		Closed: isOver(t), CompleteBefore: endOf(t), Link: importPage(e, t),
	})
}

func offerFacts(e envelope, t enrolment.Told) letter.OfferFacts {
	f := letter.OfferFacts{School: e.school, Name: t.Name, Pupil: first(t).Pupil, At: t.At, Kept: places(t.Kept), Link: e.home()}
	if t.Course != nil {
		f.Course = place(*t.Course)
	}
	return f
}

func offer(write func(letter.OfferFacts) (letter.Mail, error)) func(envelope, enrolment.Told) (letter.Mail, error) {
	return func(e envelope, t enrolment.Told) (letter.Mail, error) { return write(offerFacts(e, t)) }
}

func listsClosed(e envelope, t enrolment.Told) (letter.Mail, error) {
	return letter.WaitingListsClosed(letter.ListsClosedFacts{
		School: e.school, Name: t.Name, Pupil: first(t).Pupil, Courses: t.GivenUp, Kept: places(t.Kept),
	})
}

func partlyFull(e envelope, t enrolment.Told) (letter.Mail, error) {
	d := first(t)
	return letter.PartlyFullReminder(letter.PartlyFullFacts{
		School: e.school, Name: t.Name, Pupil: d.Pupil, Programme: d.Programme, Places: places(d.Places), ReleaseAt: t.Until, Link: e.home(),
	})
}

func partlyReleased(e envelope, t enrolment.Told) (letter.Mail, error) {
	d := first(t)
	return letter.PartlyReleased(letter.PartlyReleasedFacts{
		School: e.school, Name: t.Name, Pupil: d.Pupil, Programme: d.Programme, Released: t.GivenUp, ReleasedAt: t.At,
	})
}

func withdrawn(e envelope, t enrolment.Told) (letter.Mail, error) {
	d := first(t)
	return letter.Withdrawn(letter.WithdrawnFacts{
		School: e.school, Name: t.Name, Pupil: d.Pupil, At: t.At, Whole: t.Whole, GivenUp: t.GivenUp, Kept: places(d.Places),
	})
}

func withdrawalAnswered(e envelope, t enrolment.Told) (letter.Mail, error) {
	return letter.WithdrawalAnswered(letter.WithdrawalAnsweredFacts{
		School: e.school, Name: t.Name, Pupil: first(t).Pupil, AskedOn: t.Until, Accepted: t.Accepted, Whole: t.Whole, Courses: t.GivenUp, Reason: t.Reason,
	})
}

func turnedDown(e envelope, t enrolment.Told) (letter.Mail, error) {
	return letter.TurnedDown(letter.TurnedDownFacts{School: e.school, Name: t.Name, Pupil: first(t).Pupil, Reason: t.Reason, Lost: t.GivenUp})
}

func courseCancelled(e envelope, t enrolment.Told) (letter.Mail, error) {
	d := first(t)
	f := letter.CourseCancelledFacts{
		School: e.school, Name: t.Name, Pupil: d.Pupil, Reason: t.Reason, Rank: int(d.Rank), Kept: places(d.Places), Link: e.home(),
	}
	if t.Course != nil {
		f.Course = place(*t.Course).Title()
	}
	return letter.CourseCancelled(f)
}

func campaignClosed(e envelope, t enrolment.Told) (letter.Mail, error) {
	return letter.CampaignClosedIncomplete(letter.CampaignClosedFacts{School: e.school, Name: t.Name, ClosedAt: endOf(t), Pupils: missing(t)})
}

func missingPapers(e envelope, t enrolment.Told) (letter.Mail, error) {
	return letter.MissingPapersReminder(letter.MissingPapersFacts{School: e.school, Name: t.Name, Pupils: missing(t), ClosesAt: endOf(t), Link: e.home()})
}
