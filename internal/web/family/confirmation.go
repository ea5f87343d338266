package family

import (
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type confirmationPage struct {
	ui.Base
	Dossiers []sentDossier
	Next     []ui.Task // pupils still to re-register
	After    []string  // what comes next
}

// sentDossier is a dossier as it stands, in the words of R31.
type sentDossier struct {
	Pupil        string // id
	Name         string
	New          bool // new to the school
	SentAt       time.Time
	Complete     bool
	CompleteAt   time.Time
	Rank         int64 // 0 when not shown
	SoFar        int64
	Requests     []enrolment.RequestView
	OnPaper      bool
	Missing      []enrolment.PaperStatus
	MissingNames []string
	Before       string // until when it can be completed, "" without a date
}

// atLatest ends a sentence with the date until which the dossier can be completed.
func (d sentDossier) atLatest() string {
	if d.Before == "" {
		return ""
	}
	return ", au plus tard le " + d.Before
}

// ShowConfirmation answers « Valider » on screen, at once (R21).
func (p *Pages) ShowConfirmation(v *door.Visit) error {
	r, err := p.registration(v)
	if err != nil {
		return err
	}
	if r.Elsewhere || !r.Dossier.State.Sent() {
		return v.Redirect(wizardPath(r.Pupil.ID))
	}
	return p.showConfirmation(v, []enrolment.Registration{r})
}

// ShowConfirmationAll answers « Valider pour tous »: the dossiers of ?eleves=id,id.
func (p *Pages) ShowConfirmationAll(v *door.Visit) error {
	registrations, err := p.registrations(v)
	if err != nil {
		return err
	}
	asked := strings.Split(v.Query("eleves"), ",")
	var together []enrolment.Registration
	for _, r := range registrations {
		if r.Dossier.State.Sent() && !r.Elsewhere && slices.Contains(asked, r.Pupil.ID) {
			together = append(together, r)
		}
	}
	if len(together) == 0 {
		return v.Redirect("/accueil")
	}
	slices.SortStableFunc(together, func(a, b enrolment.Registration) int { return placeIn(asked, a.Pupil.ID) - placeIn(asked, b.Pupil.ID) })
	return p.showConfirmation(v, together)
}

func (p *Pages) showConfirmation(v *door.Visit, sent []enrolment.Registration) error {
	page := confirmationPage{Base: v.Base("Demande prise en compte"), After: comesNext(v.School, v.Season)}
	for _, r := range sent {
		one, err := p.sentDossier(v, r)
		if err != nil {
			return err
		}
		page.Dossiers = append(page.Dossiers, one)
	}
	pupils, err := p.pupils(v)
	if err != nil {
		return err
	}
	dossiers, err := p.dossiers(v)
	if err != nil {
		return err
	}
	for _, pupil := range pupils {
		if d := dossiers[pupil.ID]; d.ID == "" || d.State == enrolment.Draft {
			page.Next = append(page.Next, ui.Task{Label: inWords(isNew(pupil, v.Season), reRegister(called(pupil))), URL: wizardPath(pupil.ID)})
		}
	}
	return v.Show(200, confirmationView(page))
}

func (p *Pages) sentDossier(v *door.Visit, r enrolment.Registration) (sentDossier, error) {
	d := r.Dossier
	one := sentDossier{
		Pupil: r.Pupil.ID, Name: called(r.Pupil), New: isNew(r.Pupil, r.Season), SentAt: d.SentAt, Complete: d.State.Ranked(), CompleteAt: d.CompleteAt,
		Requests: r.Requests, OnPaper: d.OnPaperForm, MissingNames: paperNames(r.Missing),
	}
	for _, paper := range r.Papers {
		if paper.Paper.Required && toProvide(paper) {
			one.Missing = append(one.Missing, paper)
		}
	}
	if closes := v.Season.ClosesAt; !closes.IsZero() {
		if d.ReopenedUntil.After(closes) {
			closes = d.ReopenedUntil
		}
		one.Before = french.Moment(closes)
	}
	if !v.School.RankShown {
		return one, nil
	}
	one.Rank = d.Rank
	var err error
	one.SoFar, err = enrolment.RanksGiven(v.Ctx(), p.store, r.Season.ID)
	return one, err
}

// comesNext is what the school does with a dossier, in order.
func comesNext(s school.School, season school.Season) []string {
	return []string{
		"Le secrétariat vérifie vos pièces, dans l’ordre des rangs. Si l’une ne convient pas, nous vous écrivons, et votre rang est conservé " + french.Count(s.PaperDays, "jour", "jours") + ".",
		"Un second message vous dit ensuite si l’inscription est confirmée, ou en liste d’attente.",
		"Quand une place se libère, elle est proposée au premier de la liste, qui a " + french.Count(s.OfferDays, "jour", "jours") + " pour répondre.",
	}
}

const ruleInWords = "Les places sont attribuées dans l’ordre d’arrivée des dossiers complets. Sur une liste d’attente, le n° 1 reçoit la première place qui se libère."
