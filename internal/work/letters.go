package work

import (
	"encoding/json"
	"fmt"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/application"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/message"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/letter"
)

// envelope is what a letter is written from: its facts, its secret, and whose
// letterhead it carries.
type envelope struct {
	correspondence.Args
	secret func(into any) error
	school letter.School
	url    string
}

// letters says how each kind of mail is written. A test holds that every kind
// the rooms enqueue is here.
var letters = map[correspondence.Kind]func(envelope) (letter.Mail, error){
	account.MailNewPassword:  newPassword,
	account.MailRecoveryLink: recoveryLink,
	account.MailIdentifier:   identifier,
	account.MailInvitation:   recoveryLink,
	account.MailFactorReset:  factorReset,
	people.ConfirmAddress:    confirmAddress,
	people.AddressChanged:    addressChanged,

	message.MailMessage: writtenMessage,
	school.MailTrial:    trial,
	message.MailTrial:   triedMessage,

	billing.MailIssued:    money(invoiceIssued),
	billing.MailCancelled: money(invoiceCancelled),
	billing.MailReceived:  money(paymentReceived),
	billing.MailReturned:  money(paymentReturned),
	billing.MailReminder:  money(paymentReminder),

	application.MailConfirm:  applicationLink(letter.ConfirmApplication),
	application.MailResume:   applicationLink(letter.ResumeApplication),
	application.MailAnswer:   applicationAnswer(letter.ApplicationAnswer),
	application.MailRefused:  applicationAnswer(letter.ApplicationRefused),
	application.MailAttached: applicationAnswer(letter.ApplicationAttached),

	enrolment.MailReceived:        told(received),
	enrolment.MailBecameComplete:  told(becameComplete),
	enrolment.MailNotRanked:       told(notRanked),
	enrolment.MailEnteredByOffice: told(enteredByOffice),
	enrolment.MailChangedChoice:   told(changedChoice),
	enrolment.MailEnrolled:        told(enrolled),
	enrolment.MailOnList:          told(onList),
	enrolment.MailPaperRefused:    told(paperRefused),
	enrolment.MailPaperWorthless:  told(paperWorthless),
	enrolment.MailNewlyRequired:   told(newlyRequired),
	enrolment.MailDelayEnded:      told(delayEnded),
	enrolment.MailPlaceOffered:    placeOffered,
	enrolment.MailOfferAccepted:   told(offer(letter.OfferAccepted)),
	enrolment.MailOfferDeclined:   told(offer(letter.OfferDeclined)),
	enrolment.MailOfferEnded:      told(offer(letter.OfferEnded)),
	enrolment.MailListsClosed:     told(listsClosed),
	enrolment.MailPartlyFull:      told(partlyFull),
	enrolment.MailPartlyReleased:  told(partlyReleased),
	enrolment.MailWithdrawn:       told(withdrawn),
	enrolment.MailWithdrawalAns:   told(withdrawalAnswered),
	enrolment.MailTurnedDown:      told(turnedDown),
	enrolment.MailCourseCancelled: told(courseCancelled),
	enrolment.MailCampaignClosed:  told(campaignClosed),
	enrolment.MailMissingPapers:   told(missingPapers),
}

func (e envelope) facts(into any) error {
	if err := json.Unmarshal(e.Facts, into); err != nil {
		return fmt.Errorf("read the facts of %s: %w", e.Kind, err)
	}
	return nil
}

func newPassword(e envelope) (letter.Mail, error) {
	var f account.NewPasswordFacts
	var s account.NewPasswordSecret
	if err := e.read(&f, &s); err != nil {
		return letter.Mail{}, err
	}
	return letter.NewPassword(letter.NewPasswordFacts{
		School: e.school, Name: f.Name, Identifier: f.Identifier, Password: s.Password, ValidUntil: f.ValidUntil, SignInURL: e.url + "/connexion",
	})
}

func recoveryLink(e envelope) (letter.Mail, error) {
	var f account.NewPasswordFacts
	var s account.RecoveryLinkSecret
	if err := e.read(&f, &s); err != nil {
		return letter.Mail{}, err
	}
	facts := letter.RecoveryLinkFacts{School: e.school, Name: f.Name, Identifier: f.Identifier, Link: e.url + s.Path, ValidUntil: f.ValidUntil}
	if e.Kind == account.MailInvitation {
		return letter.Invitation(facts)
	}
	return letter.RecoveryLink(facts)
}

func factorReset(e envelope) (letter.Mail, error) {
	var f account.FactorResetFacts
	if err := e.facts(&f); err != nil {
		return letter.Mail{}, err
	}
	return letter.FactorReset(letter.FactorResetFacts{School: e.school, Name: f.Name, Identifier: f.Identifier, At: f.At, SignInURL: e.url + "/connexion"})
}

func (e envelope) read(facts, secret any) error {
	if err := e.facts(facts); err != nil {
		return err
	}
	return e.secret(secret)
}

func identifier(e envelope) (letter.Mail, error) {
	var f account.IdentifierFacts
	if err := e.facts(&f); err != nil {
		return letter.Mail{}, err
	}
	return letter.Identifier(letter.IdentifierFacts{
		School: e.school, Name: f.Name, Identifier: f.Identifier, SignInURL: e.url + "/connexion", LostPasswordURL: e.url + "/mot-de-passe-perdu",
	})
}

func confirmAddress(e envelope) (letter.Mail, error) {
	var f people.ConfirmAddressFacts
	var s people.LinkToken
	if err := e.read(&f, &s); err != nil {
		return letter.Mail{}, err
	}
	return letter.ConfirmAddress(letter.ConfirmAddressFacts{
		School: e.school, Name: f.Name, Address: f.Address, Link: e.url + "/adresse/" + s.Token, ValidUntil: f.ValidUntil,
	})
}

func addressChanged(e envelope) (letter.Mail, error) {
	var f people.AddressChangedFacts
	if err := e.facts(&f); err != nil {
		return letter.Mail{}, err
	}
	return letter.AddressChanged(letter.AddressChangedFacts{School: e.school, Name: f.Name, ChangedAt: f.ChangedAt, ByOffice: f.ByOffice})
}

// told reads the facts of an enrolment mail.
func told(write func(envelope, enrolment.Told) (letter.Mail, error)) func(envelope) (letter.Mail, error) {
	return func(e envelope) (letter.Mail, error) {
		var t enrolment.Told
		if err := e.facts(&t); err != nil {
			return letter.Mail{}, err
		}
		return write(e, t)
	}
}

func placeOffered(e envelope) (letter.Mail, error) {
	var t enrolment.Told
	var link enrolment.OfferLink
	if err := e.read(&t, &link); err != nil {
		return letter.Mail{}, err
	}
	f := offerFacts(e, t)
	f.Link = e.url + "/offre/" + link.Token
	return letter.PlaceOffered(f)
}

// home is the page that most letters point to.
func (e envelope) home() string { return e.url + "/accueil" }

// first is the dossier that the mail is about; the zero one when it names none.
func first(t enrolment.Told) enrolment.ToldDossier {
	if len(t.Dossiers) == 0 {
		return enrolment.ToldDossier{}
	}
	return t.Dossiers[0]
}

func place(p enrolment.ToldPlace) letter.Place {
	out := letter.Place{Course: p.Course, Semester: int(p.Semester), Position: int(p.Position), Until: p.Until}
	switch p.State {
	case enrolment.Waiting:
		out.Standing = letter.Waiting
	case enrolment.Offered:
		out.Standing = letter.Proposed
	default:
		out.Standing = letter.Reserved
	}
	return out
}

func places(told []enrolment.ToldPlace) []letter.Place {
	var all []letter.Place
	for _, p := range told {
		all = append(all, place(p))
	}
	return all
}

func dossier(d enrolment.ToldDossier) letter.Dossier {
	return letter.Dossier{
		Pupil: d.Pupil, Programme: d.Programme, Site: d.Site, Rank: int(d.Rank), CompleteAt: d.CompleteAt, Places: places(d.Places),
		Missing: d.Missing, CompleteBefore: d.CompleteBefore, GroupsLater: d.GroupsLater,
	}
}

func dossiers(told []enrolment.ToldDossier) []letter.Dossier {
	var all []letter.Dossier
	for _, d := range told {
		all = append(all, dossier(d))
	}
	return all
}

func pupils(t enrolment.Told) []string {
	var names []string
	for _, d := range t.Dossiers {
		names = append(names, d.Pupil)
	}
	return names
}

// isOver tells whether nothing can be completed any more at the instant of the mail.
func isOver(t enrolment.Told) bool {
	end := first(t).CompleteBefore
	return !end.IsZero() && t.At.After(end)
}

func missing(t enrolment.Told) []letter.MissingPapers {
	var all []letter.MissingPapers
	for _, d := range t.Dossiers {
		all = append(all, letter.MissingPapers{Pupil: d.Pupil, Documents: d.Missing})
	}
	return all
}

func endOf(t enrolment.Told) time.Time { return first(t).CompleteBefore }
