package family

import (
	"fmt"
	"strings"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/ui"
)

// step is one of the five of the re-registration.
type step int

const (
	stepHousehold step = iota
	stepPupil
	stepCourses
	stepPapers
	stepSend
)

var stepLabels = []string{"Famille", "Élève", "Cours", "Pièces", "Envoi"}

// path is the address of the step for the pupil.
func (s step) path(pupil string) string {
	return wizardPath(pupil) + "/" + [...]string{"famille", "eleve", "cours", "pieces", "envoi"}[s]
}

// does says what the step asks.
func (s step) does() string {
	return [...]string{"renseignements de la famille", "renseignements de l’élève", "choix des cours", "pièces à fournir", "envoi"}[s]
}

func pupilPath(pupil string) string  { return "/eleves/" + pupil }
func wizardPath(pupil string) string { return pupilPath(pupil) + "/reinscription" }

// nextStep is the first step that still asks for something.
func nextStep(r enrolment.Registration) step {
	switch {
	case r.Household.CheckedForSeason != r.Season.ID || len(people.MissingFamily(r.Household)) > 0:
		return stepHousehold
	case isOthers(r) || !r.Dossier.Administrative || len(people.MissingPupil(r.Pupil, r.InSeason)) > 0:
		return stepPupil
	case !r.Dossier.OnPaperForm && len(r.Breaches) > 0:
		return stepCourses
	case len(r.Missing) > 0:
		return stepPapers
	default:
		return stepSend
	}
}

// isOthers tells whether the dossier is the other household's: its draft must
// be taken up before it is sent.
func isOthers(r enrolment.Registration) bool {
	return r.Dossier.ID != "" && r.Dossier.Household != r.Household.ID
}

// isReady tells whether « Valider » would be accepted, papers apart (R29).
func isReady(r enrolment.Registration) bool {
	return isDraft(r) && r.Dossier.Administrative && nextStep(r) >= stepPapers
}

// isDraft tells whether the pupil's dossier is still to be sent.
func isDraft(r enrolment.Registration) bool {
	return r.Dossier.ID == "" || r.Dossier.State == enrolment.Draft
}

// isBegun tells whether something of the draft was kept.
func isBegun(r enrolment.Registration) bool {
	return r.Dossier.ID != "" && (r.Dossier.Administrative || r.Dossier.Programme != "" || r.Dossier.OnPaperForm)
}

// registrationTask is the line « Réinscription » of the home page; todo tells
// whether it awaits the family.
func registrationTask(r enrolment.Registration, rankShown bool) (task ui.Task, todo bool) {
	task = ui.Task{Label: saidOf(r, "Réinscription"), URL: wizardPath(r.Pupil.ID)}
	d := r.Dossier
	switch {
	case isDraft(r) && isBegun(r):
		s := nextStep(r)
		task.State, task.Word = ui.StateStarted, "Commencée"
		task.Note = fmt.Sprintf("Étape %d sur %d%s%s", s+1, len(stepLabels), colon, s.does())
		return task, true
	case isDraft(r):
		task.State, task.Word = ui.StateTodo, "À faire"
		return task, true
	}
	task.State, task.Word = dossierChip(r)
	task.Note = dossierNote(r, rankShown)
	if !r.Elsewhere && (d.State == enrolment.Complete || d.State == enrolment.OnList || d.State == enrolment.PaperRefused) {
		task.Word, task.Note = withStandings(task.Word, task.Note, r.Requests)
	}
	return task, !r.Elsewhere && (d.State == enrolment.Received || d.State == enrolment.PaperRefused || d.State == enrolment.Lapsed)
}

// choiceTask is the line « Choix des cours » of a dossier that was sent and
// whose family must choose again; false when it need not.
func choiceTask(r enrolment.Registration) (ui.Task, bool) {
	if r.Elsewhere || !r.MustChooseAgain() {
		return ui.Task{}, false
	}
	return ui.Task{Label: "Choix des cours", URL: wizardPath(r.Pupil.ID) + "/changer", State: ui.StateTodo,
		Word: "À choisir à nouveau", Note: sentence(chooseAgain(r))}, true
}

// chooseAgain says why the family must choose again.
func chooseAgain(r enrolment.Registration) string {
	cancelled := r.Cancelled()
	if len(cancelled) == 0 {
		return "Il manque un cours à votre formule, et rien n’est en attente" + colon + "choisissez à nouveau"
	}
	titles := make([]string, len(cancelled))
	for i, c := range cancelled {
		titles[i] = quoted(c.Title)
	}
	if len(titles) == 1 {
		return "Le cours " + titles[0] + " est annulé" + colon + "choisissez à nouveau"
	}
	return "Les cours " + french.List(titles) + " sont annulés" + colon + "choisissez à nouveau"
}

// withStandings adds where the requests stand: to the word when all stand
// alike or there is one, else course by course to the note (R31).
func withStandings(word, note string, requests []enrolment.RequestView) (string, string) {
	reserved := 0
	var each []string
	for _, q := range requests {
		if q.State == enrolment.Place {
			reserved++
		}
		each = append(each, q.FullTitle()+colon+q.Standing())
	}
	switch {
	case len(requests) == 0:
		return word, note
	case len(requests) == 1:
		return word + ", " + requests[0].Standing(), note
	case reserved == len(requests):
		return word + ", places réservées", note
	default:
		return word, joinNonEmpty(". ", note, strings.Join(each, french.Nbsp+"; "))
	}
}

func dossierNote(r enrolment.Registration, rankShown bool) string {
	d := r.Dossier
	switch {
	case r.Elsewhere:
		return "Déjà envoyée par l’autre foyer le " + french.Moment(d.SentAt)
	case d.State == enrolment.Received:
		return "Il manque" + colon + french.List(paperNames(r.Missing))
	case d.State == enrolment.PaperRefused:
		return "Une pièce " + r.Due() + " avant le " + french.Moment(d.HoldUntil)
	case d.State == enrolment.NotReturning || d.State == enrolment.Withdrawn || d.State == enrolment.TurnedDown:
		return ""
	case d.State == enrolment.Lapsed:
		return "Le délai est écoulé" + colon + "un nouvel envoi donne un nouveau rang"
	case d.Rank > 0 && rankShown:
		return "Envoyée le " + french.Day(d.SentAt) + ", " + french.Ordinal(d.Rank) + " dossier complet"
	default:
		return "Envoyée le " + french.Day(d.SentAt)
	}
}

// dossierChip is the notehead and the word of a dossier that was sent.
func dossierChip(r enrolment.Registration) (ui.StateKind, string) {
	switch r.Dossier.State {
	case enrolment.Received:
		return ui.StateStarted, "Reçue, incomplète"
	case enrolment.Complete:
		return ui.StateChecking, "Reçue"
	case enrolment.PaperRefused:
		if r.Replaces() {
			return ui.StateRejected, "Pièce " + r.Due()
		}
		return ui.StateTodo, "Pièce " + r.Due()
	case enrolment.OnList:
		return ui.StateWaiting, "En liste d’attente"
	case enrolment.Enrolled:
		return ui.StateDone, "Inscrit"
	case enrolment.Lapsed:
		return ui.StateTodo, "Caduc"
	case enrolment.Withdrawn:
		return ui.StateNone, "Désisté"
	case enrolment.TurnedDown:
		return ui.StateNone, "Refusé"
	default:
		return ui.StateNone, saidOf(r, "Ne se réinscrit pas")
	}
}

// requestChip is the notehead of a request for a course.
func requestChip(s enrolment.RequestState) ui.StateKind {
	switch s {
	case enrolment.Place:
		return ui.StateDone
	case enrolment.Offered:
		return ui.StateOffered
	default:
		return ui.StateWaiting
	}
}

// paperChip is the notehead of a paper: the word is that of R13.
func paperChip(s document.State) ui.StateKind {
	switch s {
	case document.Provided:
		return ui.StateChecking
	case document.Validated:
		return ui.StateDone
	case document.Absent:
		return ui.StateTodo
	default:
		return ui.StateRejected
	}
}

func paperNames(papers []document.Paper) []string {
	names := make([]string, len(papers))
	for i, p := range papers {
		names[i] = p.Name
	}
	return names
}

// importPath opens the import with the paper chosen.
func importPath(p enrolment.PaperStatus, pupil, suite string) string {
	q := "/famille/importer?document=" + p.Paper.Code
	if p.Paper.Audience == document.OfPupil {
		q += "&eleve=" + pupil
	}
	if suite != "" {
		q += "&suite=" + suite
	}
	return q
}

const forTheRank = "obligatoire pour le rang"

// toProvide tells whether the paper awaits the family.
func toProvide(p enrolment.PaperStatus) bool { return !p.Deposit.State.Counts() }

// paperTask is the line of a paper in a list of things to do.
func paperTask(p enrolment.PaperStatus, pupil, suite string) ui.Task {
	d := p.Deposit
	task := ui.Task{Label: p.Paper.Name, State: paperChip(d.State), Word: d.State.French(), Note: d.State.Detail()}
	switch {
	case toProvide(p):
		task.URL = importPath(p, pupil, suite)
		if d.Reason != "" {
			task.Note = "À remplacer" + colon + d.Reason
		} else if d.State == document.Absent {
			task.Note = p.Paper.Consequence
			if p.Paper.Required {
				task.Note = joinNonEmpty(". ", forTheRank, p.Paper.Consequence)
			}
		}
	default:
		task.URL = "/pieces/" + d.ID
		if d.FileName != "" {
			task.Note = joinNonEmpty(" · ", d.State.Detail(), d.FileName)
		}
	}
	task.Note = sentence(task.Note)
	return task
}

func joinNonEmpty(sep string, parts ...string) string {
	out := ""
	for _, p := range parts {
		if p == "" {
			continue
		}
		if out != "" {
			out += sep
		}
		out += p
	}
	return out
}
