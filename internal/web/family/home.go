package family

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type homePage struct {
	ui.Base
	Greeting     string
	Todo         int
	Before       string   // « avant le vendredi 25 juin », "" without a date
	Campaign     string   // said when it is not open
	reopened     []string // for whom, and until when, once it has closed (R36)
	Done         string   // « Tout est prêt… », when nothing is left
	Resume       *ui.Task
	SendAll      bool // several pupils are ready to be sent
	Offers       []homeOffer
	Family       []ui.Task
	Pupils       []homePupil
	Downloads    []ui.Task
	Notices      []ui.Task // what the school wrote, the last first
	MoreNotices  bool
	PreEnrolment string // address for a pupil new to the school (R10)
	now          time.Time
	sent         bool // a dossier of the household was sent
	known        bool // a pupil of the household is not new to the school
}

// isOver tells whether the pupil's dossier can no longer be sent: the campaign
// is over, and not reopened for the family (R36), or the pupil is not invited.
func isOver(r enrolment.Registration, now time.Time) bool {
	return r.InSeason.NotInvited && isDraft(r) || r.Season.HasClosed(now) && !isReopened(r, now)
}

// isReopened tells whether the office has opened the campaign again for the pupil.
func isReopened(r enrolment.Registration, now time.Time) bool {
	return now.Before(r.Dossier.ReopenedUntil)
}

type homePupil struct {
	ID    string
	Name  string
	Tasks []ui.Task
}

type homeOffer struct {
	Title, Text, URL string
}

// ShowHome tells what is left to do, for the family and for each pupil (R8).
func (p *Pages) ShowHome(v *door.Visit) error {
	f, err := enrolment.FamilyOf(v.Ctx(), p.store, v.Actor, v.Actor.Household)
	if err != nil {
		return err
	}
	inOrder(f.Registrations)
	page := homePage{Base: v.Base("Accueil"), Greeting: greeting(v.Now, f.Household), Downloads: downloadTasks(v.Settings.Published), PreEnrolment: preEnrolment(v)}
	page.Wide = true
	page.now = v.Now
	ready, active := 0, false
	for _, r := range f.Registrations {
		page.sent = page.sent || r.Dossier.State.Sent()
		page.known = page.known || !isNew(r.Pupil, r.Season)
		active = active || page.sent || !isOver(r, v.Now)
		page.pupil(r, v.School.RankShown)
		if isReady(r) && !isOver(r, v.Now) {
			ready++
		}
	}
	page.family(f.Household, v.Season, f.Papers, active)
	page.SendAll = ready > 1
	page.season(v)
	if err := p.notices(v, &page); err != nil {
		return err
	}
	return v.Show(200, homeView(page))
}

// registrations reads the re-registration of each pupil of the visitor, in the order of pupils.
func (p *Pages) registrations(v *door.Visit) ([]enrolment.Registration, error) {
	all, err := enrolment.RegistrationsOf(v.Ctx(), p.store, v.Actor, v.Actor.Household)
	inOrder(all)
	return all, err
}

func inOrder(all []enrolment.Registration) {
	slices.SortStableFunc(all, func(a, b enrolment.Registration) int { return selfLast(a.Pupil, b.Pupil) })
}

func greeting(now time.Time, h people.Household) string {
	first := ""
	if len(h.Guardians) > 0 {
		first = " " + h.Guardians[0].FirstName
	}
	if hour := now.In(clock.Paris).Hour(); hour >= 18 || hour < 5 {
		return "Bonsoir" + first
	}
	return "Bonjour" + first
}

// family lists what the household has to do; active is false when no dossier
// of its pupils can come of it any more.
func (page *homePage) family(h people.Household, season school.Season, papers []enrolment.PaperStatus, active bool) {
	identity := ui.Task{Label: "Identité", URL: "/famille/identite", State: ui.StateDone, Word: "Fait"}
	if missing := people.MissingFamily(h); len(missing) > 0 {
		identity.State, identity.Word = ui.StateTodo, "À remplir"
		identity.Note = yellowLeft(len(missing))
		page.Todo++
	} else if h.CheckedForSeason != season.ID && active {
		identity.State, identity.Word, identity.Note = ui.StateTodo, "À vérifier", "Vérifiez vos coordonnées pour la saison "+season.Name
		page.Todo++
	}
	page.Family = append(page.Family, identity)
	for _, paper := range requiredFirst(papers) {
		page.Family = append(page.Family, paperTask(paper, "", ""))
		if toProvide(paper) && active {
			page.Todo++
		}
	}
}

func (page *homePage) pupil(r enrolment.Registration, rankShown bool) {
	one := homePupil{ID: r.Pupil.ID, Name: called(r.Pupil)}
	task, todo := registrationTask(r, rankShown)
	if over := isOver(r, page.now); over && isDraft(r) {
		todo, task.State, task.Word, task.Note = false, ui.StateNone, "Non envoyée", ""
		if r.InSeason.NotInvited {
			task.Word, task.Note = "Par la pré-inscription", "N’était pas inscrit l’an dernier"
		}
	}
	if todo {
		page.Todo++
		if page.Resume == nil && isDraft(r) {
			verb := "Commencer "
			if isBegun(r) {
				verb = "Reprendre "
			}
			page.Resume = &ui.Task{Label: verb + saidOf(r, whose("la réinscription", "votre réinscription", called(r.Pupil))), URL: wizardPath(r.Pupil.ID)}
		}
	}
	if r.Dossier.State != enrolment.NotReturning && !isOver(r, page.now) {
		identity := ui.Task{Label: "Identité", URL: pupilPath(r.Pupil.ID) + "/identite", State: ui.StateDone, Word: "Fait"}
		if missing := people.MissingPupil(r.Pupil, r.InSeason); len(missing) > 0 {
			identity.State, identity.Word, identity.Note = ui.StateTodo, "À remplir", yellowLeft(len(missing))
			page.Todo++
		}
		one.Tasks = append(one.Tasks, identity)
	}
	one.Tasks = append(one.Tasks, task)
	if choice, must := choiceTask(r); must {
		one.Tasks = append(one.Tasks, choice)
		page.Todo++
	}
	for _, paper := range r.Papers {
		if paper.Paper.Audience == document.OfPupil && !r.Elsewhere {
			one.Tasks = append(one.Tasks, paperTask(paper, r.Pupil.ID, ""))
			if toProvide(paper) && (r.Dossier.State.Sent() || !isOver(r, page.now)) {
				page.Todo++
			}
		}
	}
	page.Pupils = append(page.Pupils, one)
	if r.Elsewhere {
		return
	}
	if r.Season.HasClosed(page.now) && isReopened(r, page.now) {
		page.reopened = append(page.reopened, called(r.Pupil)+" jusqu’au "+french.Moment(r.Dossier.ReopenedUntil))
	}
	for _, q := range r.Requests {
		if q.State == enrolment.Offered {
			page.Offers = append(page.Offers, homeOffer{
				Title: "Une place pour " + called(r.Pupil) + colon + q.FullTitle(),
				Text:  "Elle vous est gardée jusqu’au " + french.Moment(q.OfferedUntil) + ".",
				URL:   pupilPath(r.Pupil.ID) + "/offres/" + q.ID,
			})
		}
	}
}

// words are those of an enrolment to a family all of whose pupils are new.
func (page *homePage) words(text string) string {
	return inWords(!page.known && len(page.Pupils) > 0, text)
}

// season says until when, and whether the campaign is open.
func (page *homePage) season(v *door.Visit) {
	s := v.Season
	switch {
	case s.BeforeOpening(v.Now):
		page.Campaign = page.words("La campagne de réinscription") + " ouvre le " + french.Moment(s.OpensAt) + ". Préparez vos dossiers dès maintenant" + colon + "vous les validerez à cette minute."
	case s.HasClosed(v.Now):
		page.Campaign = page.words("La campagne de réinscription") + " est close depuis le " + french.Moment(s.ClosesAt) + ". Pour toute question, appelez le secrétariat au " + french.Phone(v.School.Phone) + "."
		if len(page.reopened) > 0 {
			page.Campaign += " Elle est rouverte pour " + french.List(page.reopened) + "."
		}
	case !s.ClosesAt.IsZero():
		page.Before = french.Day(s.ClosesAt)
	}
	if page.Todo == 0 && len(page.Offers) == 0 && (page.sent || !s.HasClosed(v.Now)) {
		page.Done = "Tout est prêt. Rien à faire pour le moment."
		if start, err := time.Parse(time.DateOnly, s.StartsOn); err == nil && v.Now.Before(start) {
			page.Done = "Tout est prêt. Rien à faire avant " + strings.Fields(french.Date(start))[1] + "."
		}
	}
}

func yellowLeft(n int) string {
	if n == 1 {
		return "1 champ jaune reste à remplir"
	}
	return fmt.Sprintf("%d champs jaunes restent à remplir", n)
}

// of puts « de » or « d’ » before a name.
func of(name string) string {
	if strings.IndexAny(french.Fold(name), "aeiouyh") == 0 {
		return "d’" + name
	}
	return "de " + name
}

func downloadTasks(published []school.PublishedDocument) []ui.Task {
	var tasks []ui.Task
	for _, d := range published {
		t := ui.Task{Label: d.Title, URL: "/telechargements/" + d.Code}
		switch {
		case d.TextKind() != "":
			t.Note = "À lire en ligne"
		case d.BlobKey != "":
			t.Note = joinNonEmpty(", ", kindOf(d.MediaType), french.Megabytes(d.Size)+" Mo")
		default:
			t.Note = "PDF"
		}
		tasks = append(tasks, t)
	}
	return tasks
}

func kindOf(mediaType string) string {
	if mediaType == "application/pdf" {
		return "PDF"
	}
	return ""
}
