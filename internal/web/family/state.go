package family

import (
	"slices"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type statePage struct {
	ui.Base
	Head       pupilHead
	State      enrolment.State
	Elsewhere  bool
	Title      string // of the message
	Text       []string
	Kind       ui.MessageKind
	Dossier    sentDossier
	Choice     []ui.RecapRow
	Lacks      []string // what the formule demands and the choice has no more
	Agreed     string
	Again      string // why the family must choose again, "" when it need not
	Phone      string // of the school, that may do it for the family « inscrit »
	CanChange  bool
	CanLeave   bool
	CanRestart bool
	CanReturn  bool
	After      []string
	TextID     string
}

// ShowRegistration shows where a dossier that was sent stands (R31); a draft
// goes on at its next step.
func (p *Pages) ShowRegistration(v *door.Visit) error {
	r, err := p.registration(v)
	if err != nil {
		return err
	}
	if isDraft(r) && !r.InSeason.NotInvited {
		return v.Redirect(nextStep(r).path(r.Pupil.ID))
	}
	page := statePage{Base: v.Base(r.Pupil.FirstName + saidOf(r, ", réinscription")), State: r.Dossier.State, Elsewhere: r.Elsewhere, Phone: v.School.Phone}
	if page.Head, err = p.head(v, r, tabRegistration); err != nil {
		return err
	}
	if page.Dossier, err = p.sentDossier(v, r); err != nil {
		return err
	}
	page.tell(v, r)
	page.Choice = stateRows(r)
	if r.Dossier.State.Ranked() && r.Dossier.State != enrolment.Enrolled && !r.Elsewhere {
		page.After = comesNext(v.School, v.Season)
	}
	if !r.Elsewhere && r.Dossier.State.Sent() {
		page.Agreed, page.TextID = r.Dossier.AgreedBy, r.Dossier.Text
		if r.MustChooseAgain() && (len(r.Cancelled()) > 0 || len(r.Breaches) == 0) {
			page.Again = sentence(chooseAgain(r))
		}
		page.CanChange = (r.Dossier.State != enrolment.Enrolled || page.Again != "") && !r.Dossier.OnPaperForm
		if page.CanChange {
			page.Lacks = lacksOf(r, r.Dossier.Choice)
		}
		page.CanLeave = r.Dossier.WithdrawalAskedAt.IsZero()
	}
	return v.Show(200, stateView(page))
}

// tell says the state in words, and what to do.
func (page *statePage) tell(v *door.Visit, r enrolment.Registration) {
	d := r.Dossier
	say := func(kind ui.MessageKind, title string, text ...string) {
		page.Kind, page.Title, page.Text = kind, title, text
	}
	if r.Elsewhere {
		say(ui.MessageInfo, "Déjà envoyée par l’autre foyer le "+french.Moment(d.SentAt), "L’autre foyer répond de ce dossier. Vous en voyez ici le rang, les choix et l’état"+colon+d.State.French()+".")
		return
	}
	if isOthers(r) {
		say(ui.MessageInfo, "L’autre foyer a répondu"+colon+d.State.French(), saidOf(r, "Vous pouvez réinscrire cet élève vous-même jusqu’à la clôture."))
		page.CanRestart = !r.Season.HasClosed(v.Now)
		return
	}
	if r.InSeason.NotInvited && isDraft(r) {
		say(ui.MessageInfo, called(r.Pupil)+colon+"par la pré-inscription", "N’était pas inscrit l’an dernier à l’école"+colon+"ce n’est donc pas une réinscription.", "Si c’est une erreur, appelez le secrétariat au "+french.Phone(v.School.Phone)+".")
		return
	}
	switch d.State {
	case enrolment.Received:
		say(ui.MessageInfo, "", "Envoyé le "+french.MomentSecond(d.SentAt)+".") // what is missing follows
	case enrolment.Complete:
		say(ui.MessageInfo, "Votre dossier est complet depuis le "+french.MomentSecond(d.CompleteAt), "Le secrétariat le vérifie.")
	case enrolment.PaperRefused:
		say(ui.MessageError, "Une pièce est "+r.Due()+" avant le "+french.Moment(d.HoldUntil), "Jusque-là, votre rang et vos places sont conservés.", "Après, ils vont aux suivants de la liste.")
	case enrolment.OnList:
		say(ui.MessageInfo, "En liste d’attente", "Votre dossier est vérifié, complet depuis le "+french.MomentSecond(d.CompleteAt)+". Il manque une place"+colon+"nous vous écrirons dès qu’elle se libère.")
		if at := r.Season.PartialReleaseAt; !at.IsZero() {
			page.Text = append(page.Text, "Les places obtenues vous sont gardées jusqu’au "+french.Moment(at)+". D’ici là, vous pouvez attendre, prendre la partie manquante ailleurs, ou garder le reste sous une autre formule"+colon+"« Changer de choix ».")
		}
	case enrolment.Enrolled:
		say(ui.MessageOK, "Inscription confirmée", "Confirmée le "+french.Moment(d.ConfirmedAt)+".")
		if !d.WithdrawalAskedAt.IsZero() {
			say(ui.MessageInfo, "Renoncement demandé le "+french.Moment(d.WithdrawalAskedAt), "L’école vous répondra. Jusque-là, l’inscription tient.")
		}
	case enrolment.NotReturning:
		say(ui.MessageInfo, saidOf(r, notReturning(called(r.Pupil))), d.Reason)
		page.CanReturn = !r.Season.HasClosed(v.Now)
	case enrolment.Lapsed:
		say(ui.MessageError, "Le délai est écoulé", "Le rang et les places sont perdus. Un nouveau « Valider » donne un nouveau rang.")
		page.CanRestart = true
	case enrolment.TurnedDown:
		say(ui.MessageError, "Dossier refusé", d.Reason)
	default:
		say(ui.MessageInfo, "Vous avez renoncé à ce dossier", "Revenir est un nouveau « Valider », avec un nouveau rang.")
		page.CanRestart = !r.Season.HasClosed(v.Now)
	}
}

// stateRows are the formule and the pole; the courses have their own table.
func stateRows(r enrolment.Registration) []ui.RecapRow {
	if r.Dossier.OnPaperForm {
		return []ui.RecapRow{{Term: "Cours", Text: "Sur formulaire papier"}}
	}
	if r.Programme.ID == "" || !r.Dossier.State.Sent() {
		return nil
	}
	rows := []ui.RecapRow{{Term: "Formule", Text: r.Programme.Title}, {Term: "Pôle", Text: r.Catalogue.SiteName(r.Dossier.Site)}}
	if len(r.Requests) == 0 {
		for _, row := range choiceRows(r, nil)[2:] {
			row.EditURL = ""
			if slices.ContainsFunc(r.Cancelled(), func(c catalogue.Course) bool { return c.Title == row.Text }) {
				row.Text += " (annulé)"
			}
			rows = append(rows, row)
		}
	}
	return rows
}
