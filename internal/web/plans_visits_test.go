package web_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	demofiles "pupitre/demo"
	"pupitre/internal/demo"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/merge"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/domain/transfer/crowd"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/mail"
	"pupitre/internal/web"
	"pupitre/internal/work"
)

// ran is a statement that was run, and by what.
type ran struct {
	db.Statement
	by string
}

// notVisited are the pages whose statements another page runs, or that run none.
var notVisited = map[string]bool{
	"GET /{$}": true, "GET /extranet/usager": true, "GET /extranet/usager/{$}": true, "GET /couleur/{colour}": true, "GET /enseignant": true,
}

// visits are the pages, each as whom: pupil 7 has a draft, 13 a complete dossier,
// 14 is « inscrit », 3 waits, 5 has sent an incomplete dossier.
var visits = []struct{ who, path string }{
	{"", "/connexion"}, {"", "/mot-de-passe-perdu"}, {"", "/mot-de-passe-perdu/envoi"}, {"", "/mot-de-passe/lien/inconnu"}, {"", "/accessibilite"},
	{"", "/mentions-legales"}, {"", "/donnees-personnelles"}, {"", "/contact"}, {"", "/adresse/inconnu"}, {"", "/offre/inconnu"}, {"", "/installation/inconnu"},
	{"", "/pre-inscription"}, {"", "/pre-inscription/reglement"}, {"", "/pre-inscription/mon-lien"}, {"", "/pre-inscription/lien/inconnu"},
	{"", "/pre-inscription/demande/inconnu/eleve"}, {"", "/pre-inscription/demande/inconnu/cours"}, {"", "/pre-inscription/demande/inconnu/lien"},
	{"", "/pre-inscription/demande/inconnu/vous"}, {"", "/pre-inscription/demande/inconnu/envoyee"}, {"4", "/eleves/nouveau"},
	{"office", "/bureau/pre-inscriptions"}, {"office", "/bureau/pre-inscriptions?file=attente"}, {"office", "/bureau/pre-inscriptions?file=repondues"},
	{"office", "/bureau/pre-inscriptions/inconnue"},
	{"4", "/mot-de-passe"}, {"4", "/accueil"}, {"2", "/accueil"}, {"4", "/telechargements/modele-mandate"}, {"4", "/textes/{text}"}, {"4", "/factures"}, {"8", "/factures"}, {"8", "/factures/{invoice}"}, {"8", "/factures/{invoice}/pdf"}, {"8", "/paiements/{entry}"}, {"8", "/attestations/2027"},
	{"4", "/famille"}, {"4", "/famille/identite"}, {"4", "/famille/documents"}, {"4", "/famille/importer"}, {"4", "/famille/mandat.pdf"}, {"4", "/famille/mandat-vierge.pdf"}, {"4", "/famille/donnees.zip"}, {"administrator", "/bureau/familles/crowd-h-4/donnees.zip"},
	{"4", "/eleves"}, {"4", "/eleves/crowd-p-7"}, {"4", "/eleves/crowd-p-7/identite"}, {"7", "/eleves/crowd-p-14/cours"}, {"4", "/eleves/crowd-p-7/documents"},
	{"2", "/eleves/crowd-p-3/reinscription"}, {"7", "/eleves/crowd-p-13/reinscription"},
	{"4", "/eleves/crowd-p-7/reinscription/famille"}, {"4", "/eleves/crowd-p-7/reinscription/eleve"}, {"4", "/eleves/crowd-p-7/reinscription/cours"},
	{"4", "/eleves/crowd-p-7/reinscription/pieces"}, {"4", "/eleves/crowd-p-7/reinscription/prix"}, {"4", "/eleves/crowd-p-7/reinscription/envoi"}, {"4", "/reinscription/envoi"},
	{"2", "/eleves/crowd-p-3/reinscription/attente"}, {"2", "/reinscription/attente?eleves=crowd-p-3"}, {"2", "/eleves/crowd-p-3/reinscription/confirmation"},
	{"2", "/reinscription/confirmation?eleves=crowd-p-3"}, {"2", "/eleves/crowd-p-3/reinscription/changer"}, {"2", "/eleves/crowd-p-3/reinscription/renoncer"},
	{"2", "/eleves/crowd-p-3/offres/crowd-q-3-6"}, {"2", "/eleves/crowd-p-3/reinscription/accuse.pdf"}, {"4", "/eleves/crowd-p-7/reinscription/formulaire.pdf"},
	{"4", "/pieces/crowd-d-4-quotient-familial"},
	{"4", "/mon-compte"}, {"administrator", "/mon-compte"}, {"administrator", "/second-facteur"}, {"administrator", "/second-facteur/creer"}, {"administrator", "/bureau/reglages/droits"},
	{"administrator", "/bureau/reglages/droits/journal"}, {"administrator", "/bureau/reglages/droits/journal?nature=connexions&personne={account}"}, {"administrator", "/bureau/reglages/droits/journal?foyer=crowd-h-4&du=01/06/2027&au=30/06/2027"},
	{"administrator", "/bureau/reglages/droits/journal?mots=connexion&nature=changements"}, {"administrator", "/bureau/reglages/droits/journal/csv?nature=fichiers"}, {"administrator", "/bureau/reglages/droits/nouveau"}, {"administrator", "/bureau/reglages/droits/{account}"},
	{"office", "/bureau"}, {"office", "/bureau/tableau"}, {"office", "/bureau/dossiers"}, {"office", "/bureau/dossiers?file=incomplets"},
	{"office", "/bureau/dossiers?file=tous&page=40"}, {"office", "/bureau/dossiers?file=prets"}, {"office", "/bureau/dossiers?file=valides"},
	{"office", "/bureau/dossiers?file=liste-attente"}, {"office", "/bureau/dossiers?file=a-choisir"}, {"office", "/bureau/dossiers?file=attente-famille"},
	{"office", "/bureau/dossiers?file=tous&texte=lou+2345"}, {"office", "/bureau/dossiers/a-confirmer?tous=oui"}, {"office", "/bureau/dossiers/relance"},
	{"office", "/bureau/dossiers/crowd-o-13"}, {"office", "/bureau/dossiers/crowd-o-13/journal"}, {"office", "/bureau/dossiers/crowd-o-13/cours"},
	{"office", "/bureau/dossier-papier"}, {"office", "/bureau/dossier-papier?eleve=crowd-p-7"}, {"office", "/bureau/dossier-papier?q=foule12"}, {"office", "/bureau/places"}, {"director", "/bureau/ouverture"},
	{"office", "/bureau/places/listes"}, {"office", "/bureau/places/listes?formule={programme}&etat=tous"}, {"office", "/bureau/places/attribution"}, {"office", "/bureau/places/attribution/nouveau"},
	{"office", "/bureau/places/attribution/{scenario}"}, {"office", "/bureau/places/attribution/{scenario}/modifier"}, {"office", "/bureau/places/demandes/{held}"},
	{"office", "/bureau/places/{course}/0"}, {"office", "/bureau/catalogue"}, {"office", "/bureau/recherche?q=foule12"}, {"office", "/bureau/recherche?q=D-2345"},
	{"office", "/bureau/familles/crowd-h-4"}, {"office", "/bureau/familles/crowd-h-4/identite"}, {"office", "/bureau/familles/crowd-h-4/importer"},
	{"office", "/bureau/foyers"}, {"office", "/bureau/foyers/nouveau"}, {"office", "/bureau/familles/crowd-h-4/eleves/nouveau"}, {"office", "/bureau/foyers?depuis=foule12"}, {"office", "/bureau/foyers?apres=crowd-g-400"}, {"office", "/bureau/foyers?avant=crowd-g-400"},
	{"office", "/bureau/familles/crowd-h-4/fusion"}, {"office", "/bureau/familles/crowd-h-4/fusion?avec=crowd-h-9"}, {"office", "/bureau/fusions/inconnue"},
	{"office", "/bureau/eleves"}, {"office", "/bureau/eleves?depuis=foule12"}, {"office", "/bureau/eleves?apres=crowd-p-400"}, {"office", "/bureau/eleves?avant=crowd-p-400"},
	{"office", "/bureau/a-verifier"}, {"office", "/bureau/a-verifier?apres=inconnu"}, {"office", "/bureau/eleves/crowd-p-7/foyers"}, {"office", "/bureau/eleves/crowd-p-7/foyers?q=foule12"},
	{"office", "/bureau/import"}, {"office", "/bureau/import/inconnu"}, {"office", "/bureau/import/inconnu/problemes"}, {"office", "/bureau/import/inconnu/changements"}, {"office", "/bureau/sans-reponse"},
	{"director", "/bureau/reglages"}, {"director", "/bureau/reglages/ecole"}, {"director", "/bureau/reglages/campagne"}, {"director", "/bureau/reglages/regles"}, {"director", "/bureau/reglages/paiement"}, {"director", "/bureau/reglages/facturation"}, {"director", "/bureau/reglages/textes"}, {"director", "/bureau/reglages/textes/reglement"},
	{"director", "/bureau/reglages/textes/mails/place_offered"}, {"director", "/bureau/reglages/textes/mails/place_offered/mise-en-page"}, {"director", "/bureau/reglages/textes/mails/received?cherche=foule12"},
	{"director", "/bureau/reglages/pieces"}, {"director", "/bureau/reglages/pieces/rib"}, {"director", "/bureau/reglages/saison"}, {"director", "/bureau/reglages/saison/preparer"},
	{"director", "/bureau/reglages/saison/{season}"}, {"office", "/bureau/catalogue/cours/nouveau"}, {"office", "/bureau/catalogue/cours/{course}"},
	{"office", "/bureau/catalogue/formules"}, {"office", "/bureau/catalogue/formules/nouvelle"}, {"office", "/bureau/catalogue/formules/{programme}"},
	{"director", "/bureau/tarifs"},
	{"director", "/bureau/facturation"}, {"director", "/bureau/facturation?pole={site}"}, {"director", "/bureau/facturation/avancement"}, {"director", "/bureau/facturation/foyers/crowd-h-7"}, {"director", "/bureau/facturation/eleves/crowd-p-14"},
	{"director", "/bureau/factures"}, {"director", "/bureau/factures?etat=retard&q=anne"}, {"director", "/bureau/factures/{invoice}"}, {"director", "/bureau/factures/{invoice}/pdf"}, {"director", "/bureau/comptes/crowd-h-7"}, {"director", "/bureau/comptes/crowd-h-7/attestations/2027"}, {"director", "/bureau/ecritures/{entry}"}, {"director", "/bureau/ecritures/{entry}/recu"},
	{"office", "/bureau/quotients/crowd-h-7"}, {"director", "/bureau/recettes"}, {"director", "/bureau/impayes"}, {"director", "/bureau/impayes?etape=1"}, {"director", "/bureau/impayes/lettres/2027-06-08"}, {"director", "/bureau/encaissements"}, {"director", "/bureau/encaissements/saisie?q=anne"}, {"director", "/bureau/encaissements/journal/csv?mois=2027-06"}, {"director", "/bureau/remises/{remittance}"}, {"director", "/bureau/remises/{remittance}/pdf"},
	{"director", "/bureau/tarifs?formule=cursus&quotient=845"}, {"director", "/bureau/tarifs/grille"}, {"office", "/bureau/catalogue/poles"}, {"office", "/bureau/catalogue/poles/nouveau"}, {"office", "/bureau/catalogue/poles/{site}"}, {"office", "/bureau/catalogue/disciplines/{discipline}"},
	{"office", "/bureau/catalogue/enseignants"}, {"office", "/bureau/catalogue/enseignants/nouveau"}, {"office", "/bureau/catalogue/enseignants/{teacher}"},
	{"office", "/bureau/listes"}, {"office", "/bureau/chiffres"}, {"office", "/bureau/listes/places/csv"}, {"office", "/bureau/impressions/feuilles-d-appel?cours={course}"}, {"office", "/bureau/identifiants"}, {"office", "/bureau/mails"},
	{"office", "/bureau/messages"}, {"office", "/bureau/messages/modeles"}, {"office", "/bureau/messages/nouveau?liste=dossiers&file=incomplets"}, {"office", "/bureau/messages/nouveau?liste=dossiers&file=tous&cours={course}"},
	{"office", "/bureau/messages/nouveau?liste=familles"}, {"office", "/bureau/messages/nouveau?liste=sans-reponse"}, {"office", "/bureau/messages/nouveau?liste=identifiants"}, {"office", "/bureau/messages/inconnu"}, {"office", "/bureau/messages/inconnu/envoi"},
	{"4", "/messages"}, {"4", "/messages/inconnu"},
}

// observed visits every page, does the acts of a campaign, and returns each
// statement that ran, by its text.
func (c *crowded) observed() map[string]ran {
	c.T.Helper()
	var mu sync.Mutex
	seen, by := map[string]ran{}, ""
	c.Store.Observe(func(s db.Statement) {
		mu.Lock()
		defer mu.Unlock()
		if _, known := seen[s.Text]; !known {
			seen[s.Text] = ran{s, by}
		}
	})
	defer c.Store.Observe(nil)
	doing := func(what string) {
		mu.Lock()
		defer mu.Unlock()
		by = what
	}
	doing("signing in")
	const login, password = "directrice@exemple.fr", "Direction2027"
	_, err := c.Accounts.CreateStaff(c.Ctx, actor.System, actor.Director, "Anne Directrice", login, password)
	c.Must(err)
	director, err := c.Accounts.SignIn(c.Ctx, login, password, "127.0.0.1")
	c.Must(err)
	made, err := c.Accounts.CreateStaff(c.Ctx, actor.System, actor.Administrator, "Solène Administratrice", "administratrice@exemple.fr", password)
	c.Must(err)
	administrator, err := c.Accounts.SignIn(c.Ctx, made.Login, password, "127.0.0.1")
	c.Must(err)
	c.visitAll(map[string]string{"office": c.office, "director": director.Token, "administrator": administrator.Token}, made.ID, doing)
	c.actAll(doing)
	return seen
}

func (c *crowded) visitAll(staff map[string]string, account string, doing func(string)) {
	c.T.Helper()
	left := http.NewServeMux()
	missing := map[string]bool{}
	for _, route := range web.SiteMap(c.pages) {
		left.Handle(route.Pattern(), http.NotFoundHandler())
		missing[route.Pattern()] = route.Method == "GET" && !notVisited[route.Pattern()]
	}
	discipline, err := db.One[string](c.Ctx, c.Store, `select min(id) from discipline`)
	c.Must(err)
	teacher, err := db.One[string](c.Ctx, c.Store, `select min(id) from teacher`)
	c.Must(err)
	scenario, err := enrolment.SaveScenario(c.Ctx, c.Store, c.Clock, actor.Actor{Name: "Odile Batard", Role: actor.Secretary}, enrolment.Scenario{
		Season: c.Season.ID, Name: "Essai", AtClosing: true, Capacities: enrolment.Capacities{enrolment.OfferingID(c.Wish("L-HAUTBOIS", 0).Course, 0): 900}})
	c.Must(err)
	held, err := db.One[string](c.Ctx, c.Store, `select min(id) from request where state = 'place'`)
	c.Must(err)
	invoice, entry, slip := c.invoiced()
	for _, v := range visits {
		path := strings.NewReplacer("{course}", c.Wish("L-HAUTBOIS", 0).Course, "{text}", c.Text, "{account}", account,
			"{season}", c.Season.ID, "{programme}", c.Programme("cursus"), "{site}", c.Site("L-HAUTBOIS"), "{discipline}", discipline, "{teacher}", teacher, "{scenario}", scenario, "{held}", held, "{invoice}", invoice, "{entry}", entry, "{remittance}", slip).Replace(v.path)
		token := staff[v.who]
		if len(v.who) == 1 {
			token = crowd.Token(int(v.who[0] - '0'))
		}
		doing(path)
		answer := c.get(token, path)
		if code := answer.Code; code != 200 && code != 303 && code != 404 {
			c.T.Errorf("%s: got %d", path, code)
		}
		_, pattern := left.Handler(httptest.NewRequest("GET", path, nil))
		delete(missing, pattern)
	}
	for route, is := range missing {
		if is {
			c.T.Errorf("%s is not visited", route)
		}
	}
}

// invoiced gives the season a tariff, and household 7 an invoice, a payment and a
// cheque that is handed over.
func (c *crowded) invoiced() (invoice, entry, slip string) {
	c.T.Helper()
	known, err := tariff.KnownOf(c.Ctx, c.Store, c.Season)
	c.Must(err)
	sample, err := demo.SampleTariff(demofiles.Files, known)
	c.Must(err)
	bursar := actor.Actor{Account: "a-brelet", Name: "Odile Brelet", Role: actor.Bursar}
	c.Must(c.Store.Write(c.Ctx, func(tx *db.Tx) error {
		return tariff.Save(c.Ctx, tx, bursar, c.Clock.Now(), c.Season, 0, sample)
	}))
	books := billing.New(c.Store, c.Clock)
	issued, err := books.Issue(c.Ctx, bursar, billing.Draft{Payer: crowd.Household(8), Season: c.Season.ID, SeasonName: c.Season.Name, Debtor: billing.Party{Name: "Anne Foule", Postcode: "44330", Town: "Vallet"},
		Lines: []billing.Line{{Label: "Foyer", Amount: 10_00, Steps: []billing.Step{{Label: "Frais", Change: 10_00}}}}, Plan: []tariff.Instalment{{On: "2027-10-05", Amount: 10_00}}})
	c.Must(err)
	paid, err := books.Receive(c.Ctx, bursar, billing.Entry{Household: crowd.Household(8), Way: billing.Cash, Amount: 5_00, On: c.Clock.Now().Format(time.DateOnly)})
	c.Must(err)
	cheque, err := books.Receive(c.Ctx, bursar, billing.Entry{Household: crowd.Household(8), Way: billing.Cheque, Amount: 1_00, On: c.Clock.Now().Format(time.DateOnly), Bank: "CIC", Reference: "1"})
	c.Must(err)
	made, err := books.Remit(c.Ctx, bursar, []string{cheque.ID})
	c.Must(err)
	return issued[0].ID, paid.ID, made.ID
}

// actAll does what families, the office and the clock do.
func (c *crowded) actAll(doing func(string)) {
	c.T.Helper()
	family := func(i int) actor.Actor {
		return actor.Actor{Account: "crowd-a", Role: actor.Family, Name: "Anne Foule", Household: crowd.Household(i)}
	}
	secretary := actor.Actor{Account: "a-odile", Name: "Odile Batard", Role: actor.Secretary}
	file := func(key string) document.File {
		return document.File{Name: "papier.pdf", BlobKey: key, MediaType: "application/pdf", Size: 1, Pages: 1}
	}
	full := enrolment.OfferingID(c.Wish("L-HAUTBOIS", 0).Course, 0)
	note, no := "Bonjour", false
	for _, act := range []struct {
		name string
		do   func() error
	}{
		{"draft", func() error {
			return enrolment.SaveDraft(c.Ctx, c.Store, c.Clock, family(4), crowd.Pupil(7), enrolment.DraftStep{Note: &note, OnPaperForm: &no})
		}},
		{"submit", func() error {
			outcomes, err := c.Registrar.Submit(c.Ctx, family(4), enrolment.Submission{Pupils: []string{crowd.Pupil(7)}, Text: c.Text, Agreed: true})
			if err == nil {
				err = outcomes[0].Err
			}
			return err
		}},
		{"deposit", func() error {
			_, err := c.Registrar.Deposit(c.Ctx, family(3), enrolment.Deposit{Household: crowd.Household(3), Paper: "quotient-familial", File: file("pieces/plan-1")})
			return err
		}},
		{"validate", func() error {
			return c.Registrar.Validate(c.Ctx, secretary, enrolment.Review{Deposit: "crowd-d-9-quotient-familial", Version: 1})
		}},
		{"refuse", func() error {
			return c.Registrar.Refuse(c.Ctx, secretary, enrolment.Review{Deposit: "crowd-d-12-quotient-familial", Version: 1, Reason: "Illisible"})
		}},
		{"withdraw", func() error { return c.Registrar.Withdraw(c.Ctx, family(2), crowd.Pupil(3), "", "Déménagement") }},
		{"not returning", func() error {
			return c.Registrar.NotReturning(c.Ctx, family(5), crowd.Pupil(9), crowd.Household(5), "Déménagement")
		}},
		{"turn down", func() error { return c.Registrar.TurnDown(c.Ctx, secretary, "crowd-o-22", "Hors du territoire") }},
		{"confirm", func() error {
			_, err := c.Registrar.ConfirmReady(c.Ctx, secretary, "crowd-o-13")
			return err
		}},
		{"remind", func() error {
			_, err := c.Registrar.RemindIncomplete(c.Ctx, secretary, crowd.Household(3))
			return err
		}},
		{"capacity", func() error {
			places, err := enrolment.PlacesOf(c.Ctx, c.Store, c.Season.ID)
			c.Must(err)
			return c.Registrar.SetCapacity(c.Ctx, secretary, full, places[full].Taken+5, "salle plus grande")
		}},
		{"cancel", func() error {
			return c.Registrar.CancelCourse(c.Ctx, secretary, c.Wish("L-HAUTBOIS", 0).Course, "professeur parti")
		}},
		{"recover", func() error { return c.Accounts.Recover(c.Ctx, crowd.Login(5), "foule5@exemple.fr", "127.0.0.1") }},
		{"merge and its undoing", func() error {
			merges := merge.New(c.Store, c.Clock, c.Accounts, c.Registrar)
			var choice merge.Choice
			var v merge.Preview
			for i := 20; i < 60; i += 2 { // the first two that nothing keeps apart
				choice = merge.Choice{Kept: crowd.Household(i), Lost: crowd.Household(i + 1)}
				var err error
				v, err = merge.PreviewOf(c.Ctx, c.Store, secretary, choice)
				c.Must(err)
				if len(v.Obstacles) == 0 {
					break
				}
			}
			choice.Seen = v.Seen
			id, err := merges.Merge(c.Ctx, secretary, choice)
			if err != nil {
				return fmt.Errorf("%w: %v", err, v.Obstacles)
			}
			return merges.Undo(c.Ctx, secretary, id)
		}},
		{"what is due", func() error {
			runner := work.NewRunner(work.Deps{
				Store: c.Store, Clock: c.Clock, Log: slog.New(slog.DiscardHandler), Registrar: c.Registrar, Accounts: c.Accounts, Blobs: c.Blobs,
				Outbox: mail.NewMemory(500), PublicURL: publicURL, MailFrom: mailFrom,
			})
			c.Clock.Add(time.Hour)
			_, err := runner.RunDue(c.Ctx)
			return err
		}},
	} {
		doing(act.name)
		if err := act.do(); err != nil {
			c.T.Errorf("%s: %v", act.name, err)
		}
	}
}
