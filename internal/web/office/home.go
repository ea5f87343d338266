package office

import (
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type homePage struct {
	ui.Base
	report.Dashboard
	Answered int64
	Asked    int64 // pré-inscriptions that await an answer, of who may give one
	Campaign string
	ToDo     []ui.Task
	Others   []ui.Task
	Settings bool // may be opened by who reads
}

// Home leads the direction to the places, and shows the others what waits.
func (p *Pages) Home(v *door.Visit) error {
	if v.Actor.Role == actor.Director {
		return v.Redirect("/bureau/places")
	}
	return p.Dashboard(v)
}

// Dashboard shows what waits for the office.
func (p *Pages) Dashboard(v *door.Visit) error {
	base, err := p.base(v, "Tableau de bord")
	if err != nil {
		return err
	}
	page := homePage{Base: base, Campaign: campaign(v), Asked: counted(base.Nav, applicationsPath), Settings: v.Actor.May(actor.Sees, actor.Settings)}
	if page.Dashboard, err = p.counter.DashboardOf(v.Ctx(), p.Store, v.Actor, v.Season); err != nil {
		return err
	}
	if page.Answered, err = report.AnsweredSince(v.Ctx(), p.Store, v.Actor, v.Now); err != nil {
		return err
	}
	page.ToDo, page.Others = page.tasks()
	return v.Show(200, home(page))
}

// campaign says in words where the campaign stands.
func campaign(v *door.Visit) string {
	s := v.Season
	switch {
	case s.Name == "":
		return "Aucune saison n’est ouverte."
	case s.BeforeOpening(v.Now):
		return "La campagne ouvre le " + french.Moment(s.OpensAt) + "."
	case s.HasClosed(v.Now):
		return "La campagne a fermé le " + french.Moment(s.ClosesAt) + "."
	case s.ClosesAt.IsZero():
		return "La campagne est ouverte, sans date de fermeture."
	default:
		return "La campagne est ouverte jusqu’au " + french.Moment(s.ClosesAt) + "."
	}
}

// counted is the count that the menu gives the page at that path.
func counted(nav []ui.NavEntry, path string) int64 {
	for _, e := range nav {
		if e.URL == path {
			return int64(e.Count)
		}
	}
	return 0
}

// tasks are what waits for the office, then what waits for somebody else.
func (h homePage) tasks() (mine, others []ui.Task) {
	add := func(list *[]ui.Task, n int64, one, many, note, url string, state ui.StateKind, word string) {
		if n > 0 {
			*list = append(*list, ui.Task{Label: french.Count(n, one, many), Note: note, URL: url, State: state, Word: word})
		}
	}
	const todo, checking = ui.StateTodo, ui.StateChecking
	add(&mine, h.Counts[report.ToCheck], "dossier à vérifier", "dossiers à vérifier", "dans l’ordre de réception des dossiers complets", "/bureau/dossiers", todo, "À vérifier")
	add(&mine, h.Counts[report.Ready], "dossier prêt à confirmer", "dossiers prêts à confirmer", "pièces validées, une place dans chaque cours", link("/bureau/dossiers", "file", string(report.Ready)), todo, "À confirmer")
	add(&mine, h.Asked, "pré-inscription attend une réponse", "pré-inscriptions attendent une réponse", "adresse confirmée : la demande a déjà son rang", applicationsPath, todo, "À répondre")
	add(&mine, h.PaperForms, "formulaire papier à saisir", "formulaires papier à saisir", "les places sont demandées à la saisie, à l’heure de « Valider »", link("/bureau/dossiers", "file", string(report.Everyone)), todo, "À saisir")
	add(&mine, h.Withdrawals, "renoncement demandé", "renoncements demandés", "par des familles déjà inscrites", link("/bureau/dossiers", "file", string(report.Validated)), todo, "À répondre")
	add(&mine, h.Failed, "mail non parti", "mails non partis", "adresse en erreur ou serveur injoignable", "/bureau/mails", todo, "À reprendre")
	add(&mine, h.Calls, "appel à passer", "appels à passer", "à des familles sans adresse mail", "/bureau/mails", todo, "À appeler")
	add(&mine, h.Changed, "renseignement changé par une famille", "renseignements changés par des familles", "adresse, téléphone, mail, nom ou paiement : ancien et nouveau côte à côte", "/bureau/a-verifier", todo, "À vérifier")
	add(&mine, h.Untold, "famille sans identifiant reçu", "familles sans identifiant reçu", "ni lettre ni mail jusqu’ici", "/bureau/identifiants", todo, "À envoyer")
	add(&others, h.Counts[report.Incomplete], "dossier incomplet", "dossiers incomplets", "reçus, sans rang : une pièce obligatoire manque", link("/bureau/dossiers", "file", string(report.Incomplete)), checking, "Attente famille")
	add(&others, h.Counts[report.OnFamily], "dossier attend une pièce", "dossiers attendent une pièce", "refusée, ou devenue obligatoire : rang et places gardés pendant le délai", link("/bureau/dossiers", "file", string(report.OnFamily)), checking, "Attente famille")
	add(&others, h.Counts[report.ToChoose], "famille doit choisir à nouveau", "familles doivent choisir à nouveau", "un cours est annulé, ou manque à la formule sans liste d’attente", link("/bureau/dossiers", "file", string(report.ToChoose)), checking, "Attente famille")
	add(&others, h.Offers, "place proposée", "places proposées", "réponse de la famille attendue", "/bureau/places", ui.StateOffered, "")
	add(&others, h.NoAnswer, "élève sans réponse", "élèves sans réponse", "ni dossier envoyé, ni « Ne se réinscrit pas »", "/bureau/sans-reponse", checking, "Attente famille")
	return mine, others
}
