package office

import (
	"strings"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/message"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/jobs"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type mailsPage struct {
	ui.Base
	Calls  []report.Call
	Failed []report.Mail
	Recent []report.Mail
}

// Mails lists the families to call, the mails that could not be sent, then the
// last ones.
func (p *Pages) Mails(v *door.Visit) error {
	base, err := p.base(v, "Courriers")
	if err != nil {
		return err
	}
	page := mailsPage{Base: base}
	if page.Calls, err = report.Calls(v.Ctx(), p.Store, v.Actor, 200); err != nil {
		return err
	}
	if page.Failed, err = report.FailedMails(v.Ctx(), p.Store, v.Actor, 200); err != nil {
		return err
	}
	if page.Recent, err = report.RecentMails(v.Ctx(), p.Store, v.Actor, 100); err != nil {
		return err
	}
	return v.Show(200, mails(page))
}

// RetryMail tries a mail that was given up again.
func (p *Pages) RetryMail(v *door.Visit) error {
	m, err := report.MailByID(v.Ctx(), p.Store, v.Actor, v.PathValue("mail"))
	if err != nil {
		return err
	}
	if m.Job == "" {
		return &fault.Conflict{Message: "Ce mail n’attend plus d’être repris\u202f: il est reparti, ou il a été effacé."}
	}
	now := p.Clock.Now()
	err = p.Store.Write(v.Ctx(), func(tx *db.Tx) error {
		if err := jobs.Retry(v.Ctx(), tx, m.Job, now); err != nil {
			return err
		}
		return correspondence.TriedAgain(v.Ctx(), tx, m.ID)
	})
	if err != nil {
		return err
	}
	return v.Redirect("/bureau/mails", done("Le mail à "+m.Recipient+" repart", ""))
}

// Said notes that a family without address was told by telephone.
func (p *Pages) Said(v *door.Visit) error {
	now := p.Clock.Now()
	var call correspondence.Outgoing
	err := p.Store.Write(v.Ctx(), func(tx *db.Tx) (err error) {
		if call, err = correspondence.Said(v.Ctx(), tx, v.PathValue("mail"), now); err != nil {
			return err
		}
		return journal.Append(v.Ctx(), tx, journal.By(v.Actor, now, journal.Line{
			Event: "household.called", Household: call.Household, Dossier: call.Dossier, After: "dit par téléphone\u202f: " + strings.ToLower(kindWords(call.Kind)), Reason: call.Subject,
		}))
	})
	if err != nil {
		return err
	}
	return v.Redirect("/bureau/mails", done("C’est noté\u202f: "+strings.ToLower(kindWords(call.Kind))+", dit par téléphone", ""))
}

// mailWords says what became of a mail.
func mailWords(m correspondence.Outgoing) string {
	switch {
	case m.IsCall() && m.SentAt.IsZero():
		return "à dire par téléphone"
	case m.IsCall():
		return "dit par téléphone le " + french.ShortMoment(m.SentAt)
	case !m.SentAt.IsZero():
		return "remis le " + french.ShortMoment(m.SentAt)
	case !m.FailedAt.IsZero():
		return "non parti, abandonné le " + french.ShortMoment(m.FailedAt)
	default:
		return "part le " + french.ShortMoment(m.LeavesAt)
	}
}

// mailTitle is the mail's subject; a call's, and that of a mail whose subject is
// not written yet, is its kind.
func mailTitle(m correspondence.Outgoing) string {
	if m.IsCall() {
		return kindWords(m.Kind)
	}
	return or(m.Subject, kindWords(m.Kind))
}

// mailDetail is to whom a mail went, or what a call says, and what became of it.
func mailDetail(m correspondence.Outgoing) string {
	if m.IsCall() {
		return m.Subject + " (" + mailWords(m) + ")"
	}
	return m.Recipient + ", " + mailWords(m)
}

var kinds = map[correspondence.Kind]string{
	account.MailNewPassword: "Mot de passe demandé", account.MailRecoveryLink: "Lien de connexion demandé", account.MailIdentifier: "Identifiant", account.MailFactorReset: "Second facteur retiré", account.MailInvitation: "Ouverture d’un compte du personnel",
	people.ConfirmAddress: "Adresse à confirmer", people.AddressChanged: "Adresse changée",
	enrolment.MailReceived: "Demande reçue", enrolment.MailBecameComplete: "Dossier complet", enrolment.MailEnteredByOffice: "Dossier papier saisi",
	enrolment.MailChangedChoice: "Cours changés", enrolment.MailEnrolled: "Inscription confirmée", enrolment.MailOnList: "Liste d’attente",
	enrolment.MailPaperRefused: "Document refusé", enrolment.MailPaperWorthless: "Document sans valeur", enrolment.MailNewlyRequired: "Document devenu obligatoire",
	enrolment.MailDelayEnded: "Délai écoulé", enrolment.MailPlaceOffered: "Place proposée", enrolment.MailOfferAccepted: "Place acceptée",
	enrolment.MailOfferDeclined: "Place déclinée", enrolment.MailOfferEnded: "Proposition échue", enrolment.MailListsClosed: "Listes closes",
	enrolment.MailPartlyFull: "Formule en partie complète", enrolment.MailPartlyReleased: "Places rendues", enrolment.MailWithdrawn: "Renoncement",
	enrolment.MailWithdrawalAns: "Réponse au renoncement", enrolment.MailCourseCancelled: "Cours annulé", enrolment.MailCampaignClosed: "Campagne close",
	enrolment.MailMissingPapers: "Documents manquants", enrolment.MailNotRanked: "Choix à refaire",
	billing.MailIssued: "Facture disponible", billing.MailCancelled: "Facture annulée", billing.MailReceived: "Paiement reçu", billing.MailReturned: "Paiement revenu impayé", billing.MailReminder: "Relance d’un impayé",
	enrolment.MailTurnedDown: "Dossier refusé", message.MailMessage: "Message", message.MailTrial: "Essai d’un message",
}

// kindWords names what a mail is about.
func kindWords(k correspondence.Kind) string { return or(kinds[k], "Mail") }
