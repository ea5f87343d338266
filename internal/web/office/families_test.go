package office_test

import (
	"github.com/PuerkitoBio/goquery"
	"strings"
	"testing"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/web/office"
)

func TestSearchLeadsToTheFamily(t *testing.T) {
	r := sqlite(t)
	f := r.augustin()
	for _, c := range []struct{ what, q, says string }{
		{"a family without accents", "francoise", "Françoise Aubry"},
		{"a dossier", "D-0001", "Augustin Aubry"},
		{"an identifiant", "aubry-4572", "Françoise Aubry"},
		{"a telephone", "06 39 98 09 77", "Françoise Aubry"},
	} {
		p := r.get("/bureau/recherche?q=" + strings.ReplaceAll(c.q, " ", "+"))
		r.says(p, "tbody", c.says)
		if href, _ := p.Find("[data-ligne]").First().Attr("href"); href != "/bureau/familles/"+f.Household {
			t.Errorf("%s leads to %s", c.what, href)
		}
	}
	none := r.get("/bureau/recherche?q=%3Cscript%3Ealert(1)%3C/script%3E")
	r.says(none, ".vide", "Rien pour « <script>alert(1)</script> »")
	p := r.get("/bureau/familles/" + f.Household)
	r.says(p, "h1", "Foyer Françoise Aubry")
	r.says(p, "main", "Identifiant AUBRY-4572")
	r.says(p, "tbody", "D-0001")
	r.says(p, ".journal", "rang 1")
	if got := r.do("GET", "/bureau/familles/nobody", nil).StatusCode; got != 404 {
		t.Errorf("no such family: got %d", got)
	}
}

func TestSettingAnAddress(t *testing.T) {
	r := sqlite(t)
	f := r.augustin()
	p := r.get("/bureau/familles/" + f.Household)
	again := r.press(422, p, "Enregistrer l’adresse", "email", "nouvelle@exemple.fr")
	r.says(again, "[role=alert]", "vérifié qui appelle")
	is(t, "kept", again.Find("#email").AttrOr("value", ""), "nouvelle@exemple.fr")
	r.says(r.press(422, p, "Enregistrer l’adresse", "email", "pas une adresse", "verifie", "oui"), "[role=alert]", "nom@exemple.fr")
	r.press(303, p, "Enregistrer l’adresse", "email", "nouvelle@exemple.fr", "verifie", "oui")
	is(t, "on file", r.guardianOf(f).Email, "nouvelle@exemple.fr")
	is(t, "the old address is told", r.mails("address_changed"), 1)
	r.says(r.get("/bureau/familles/"+f.Household), ".journal", "nouvelle@exemple.fr")
	other := r.Family("BATARD-6474", "Mathis")
	r.post(404, "/bureau/familles/"+f.Household+"/adresse", "responsable", r.guardianOf(other).ID, "email", "x@exemple.fr", "verifie", "oui")
}

func TestReopeningForOneFamily(t *testing.T) {
	r := sqlite(t)
	f := r.Family("BATARD-6474", "Mathis").Prepare().Choose("cursus", "L-HAUTBOIS", "L-ORCHESTRE-1")
	season := r.Season
	season.ClosesAt = testschool.Paris("2027-06-20 20:00")
	r.Must(r.Store.Write(r.Ctx, func(tx *db.Tx) error { return school.PutSeason(r.Ctx, tx, season) }))
	is(t, "open: nothing to reopen", r.get("/bureau/familles/"+f.Household).Find("form[action$=rouvrir]").Length(), 0)
	r.Clock.Set(testschool.Paris("2027-06-21 10:00"))
	r.token = r.signIn(actor.Secretary, "Anne Morin")
	p := r.get("/bureau/familles/" + f.Household)
	r.says(r.press(422, p, "Rouvrir", "jusqu_au", "demain", "motif", "hospitalisée"), "[role=alert]", "date à venir")
	again := r.press(422, p, "Rouvrir", "jusqu_au", "30/06/2027", "motif", "")
	is(t, "kept", again.Find("#jusqu_au").AttrOr("value", ""), "30/06/2027")
	r.press(422, p, "Rouvrir", "jusqu_au", "01/06/2027", "motif", "hospitalisée")
	r.press(303, p, "Rouvrir", "jusqu_au", "30/06/2027", "motif", "hospitalisée")
	is(t, "until the last minute of that day", f.Dossier().ReopenedUntil, testschool.Paris("2027-06-30 23:59"))
	f.Send()
	is(t, "ranks at its own time", f.Dossier().Rank, 1)
}

func TestIdentifiersByLetterAndByMail(t *testing.T) {
	r := sqlite(t)
	aubry, athimon := r.Family("AUBRY-4572", "Augustin"), r.Family("ATHIMON-3000", "Joël")
	list := r.get("/bureau/identifiants")
	r.says(list, "tbody", "AUBRY-4572")
	all := list.Find("tbody tr").Length()

	pdf := r.post(200, "/bureau/identifiants/lettres", "s", aubry.Account, "s", athimon.Account)
	is(t, "type", pdf.Header.Get("Content-Type"), "application/pdf")
	is(t, "a PDF", strings.HasPrefix(pdf.body, "%PDF-"), true)
	held, err := account.ByID(r.Ctx, r.Store, aubry.Account)
	r.Must(err)
	is(t, "noted", held.LetterPrintedAt.IsZero(), false)

	answer := r.post(303, "/bureau/identifiants/mails", "s", aubry.Account, "s", athimon.Account)
	is(t, "Joël has no address", r.mails("identifier"), 1)
	is(t, "back", answer.to(), "/bureau/identifiants")
	r.post(303, "/bureau/identifiants/lettres")
	is(t, "nobody chosen prints nothing", r.get("/bureau/identifiants").Find("tbody tr").Length(), all)

	r.post(200, "/bureau/familles/"+athimon.Household+"/lettre")
	r.post(303, "/bureau/familles/"+aubry.Household+"/mail-identifiant")
	is(t, "again, on demand", r.mails("identifier"), 2)
	r.post(303, "/bureau/identifiants/mails", "lesquels", "nouveaux")
	r.says(r.get("/bureau"), "main", "familles sans identifiant reçu")
}

func TestNoAnswer(t *testing.T) {
	r := sqlite(t)
	r.augustin()
	p := r.get("/bureau/sans-reponse")
	r.says(p, "main", "élèves n’ont ni dossier envoyé")
	if strings.Contains(p.text("tbody"), "Augustin Aubry") {
		t.Error("one who has sent a dossier is listed")
	}
	is(t, "for a spreadsheet", p.Find(`a[href="/bureau/listes/sans-reponse/csv"]`).Length(), 1)
}

func TestAFailedMailIsTriedAgain(t *testing.T) {
	r := sqlite(t)
	f := r.mathis()
	r.says(r.get("/bureau/mails"), ".vide", "Aucun mail en échec")
	id, err := db.One[string](r.Ctx, r.Store, `select id from outgoing_mail where household_id = $1`, f.Household)
	r.Must(err)
	r.Must(r.Store.Write(r.Ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(r.Ctx, `update job set dead_at = $1, attempts = 9 where key = $2`, r.Clock.Now(), "mail:"+id); err != nil {
			return err
		}
		return correspondence.Abandoned(r.Ctx, tx, id, "550 boîte inconnue", r.Clock.Now())
	}))
	p := r.get("/bureau/mails")
	r.says(p, "tbody", "550 boîte inconnue")
	r.says(r.get("/bureau"), "main", "1 mail non parti")
	r.press(303, p, "Renvoyer")
	r.says(r.get("/bureau/mails"), ".vide", "Aucun mail en échec")
	dead, err := db.One[int64](r.Ctx, r.Store, `select count(*) from job where dead_at is not null`)
	r.Must(err)
	is(t, "jobs given up", dead, 0)
	r.press(409, p, "Renvoyer")
}

// What no mail tells a family is told by telephone, and noted.
func TestAFamilyWithoutAddressIsCalled(t *testing.T) {
	r := sqlite(t)
	f := r.augustin()
	r.Must(r.Store.Write(r.Ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(r.Ctx, `update guardian set email = '', pending_email = '' where household_id = $1`, f.Household)
		return err
	}))
	form := r.get(dossierURL(f))
	r.press(303, form, "Refuser", "motif", "1", "precision", "la page 2 manque")
	r.says(r.get("/bureau"), "main", "1 appel à passer")
	p := r.get("/bureau/mails")
	r.says(p, "tbody", "Document refusé")
	r.says(p, "tbody", "la page 2 manque")
	r.press(303, p, "C’est dit")
	r.says(r.get("/bureau/familles/"+f.Household), "main", "dit par téléphone le")
	r.says(r.get("/bureau/familles/"+f.Household), "main", "dit par téléphone\u202f: document refusé")
	if again := r.get("/bureau/mails"); strings.Contains(again.body, "À dire par téléphone") {
		t.Error("still to be called once it was said")
	}
	r.press(409, p, "C’est dit")
	other, err := db.One[string](r.Ctx, r.Store, `select id from outgoing_mail where recipient <> '' limit 1`)
	r.Must(err)
	r.post(404, "/bureau/mails/"+other+"/dit")
}

// Nobody but the office comes in, whatever the page or the act.
func TestOnlyTheOfficeComesIn(t *testing.T) {
	r := sqlite(t)
	f := r.augustin()
	teacher, bursar := r.signIn(actor.Teacher, "Paul Roy"), r.signIn(actor.Bursar, "Rita Sol")
	for _, route := range (&office.Pages{}).Routes() {
		path := strings.NewReplacer("{id}", f.Dossier().ID, "{deposit}", "x", "{household}", f.Household, "{pupil}", f.Pupil.ID,
			"{course}", r.Wish("L-PIANO", 0).Course, "{semester}", "0", "{mail}", "x").Replace(route.Path)
		for who, token := range map[string]string{"nobody": "", "a teacher": teacher, "the bursar": bursar} {
			r.token = token
			p := r.do(route.Method, path, nil)
			want := 403
			if who == "nobody" {
				want = 303
			}
			if p.StatusCode != want || strings.Contains(p.body, "Aubry") {
				t.Errorf("%s, %s %s: got %d, want %d", who, route.Method, path, p.StatusCode, want)
			}
			if who == "nobody" && !strings.HasPrefix(p.to(), "/connexion") {
				t.Errorf("nobody, %s: sent to %s", path, p.to())
			}
		}
	}
}

// Each form refuses what no keyboard types and what is too long, and writes nothing.
func TestBadInput(t *testing.T) {
	r := sqlite(t)
	f := r.augustin()
	deposit := firstDeposit(r, dossierURL(f))
	offering := "/bureau/places/" + r.offering("L-PIANO")
	long := strings.Repeat("é", 301)
	before := f.Dossier().Version
	for _, c := range []struct {
		path   string
		field  string
		rest   []string
		hidden bool // the form is not on the page of a dossier that stands so
	}{
		{dossierURL(f) + "/pieces/" + deposit + "/refuser", "precision", []string{"version", "1", "motif", "1"}, false},
		{dossierURL(f) + "/pieces/" + deposit + "/sans-valeur", "motif", []string{"version", "1"}, false},
		{dossierURL(f) + "/confirmer", "motif", []string{"partie", "oui"}, true},
		{dossierURL(f) + "/refuser", "motif", nil, false},
		{dossierURL(f) + "/renoncement", "motif", []string{"reponse", "renoncer"}, false},
		{dossierURL(f) + "/cours", "motif", []string{"formule", r.Programme("cursus"), "pole", r.Site("L-PIANO")}, false},
		{"/bureau/dossier-papier", "motif", []string{"eleve", r.Family("BATARD-6474", "Mathis").Pupil.ID, "formule", r.Programme("cursus"), "pole", r.Site("L-PIANO")}, false},
		{offering + "/capacite", "motif", []string{"places", "30"}, false},
		{offering + "/saut", "motif", nil, true},
		{offering + "/annuler-le-cours", "motif", []string{"sur", "oui"}, false},
		{"/bureau/eleves/" + f.Pupil.ID + "/rouvrir", "motif", []string{"jusqu_au", "30/06/2027"}, true},
		{"/bureau/familles/" + f.Household + "/adresse", "email", []string{"responsable", r.guardianOf(f).ID, "verifie", "oui"}, true},
	} {
		for _, value := range []string{"a\x00b", long, "\xff"} {
			p := r.post(422, c.path, append([]string{c.field, value}, c.rest...)...)
			if shown := p.Find("[name=" + c.field + "]").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.AttrOr("value", s.Text()) == kept(value) }); shown.Length() == 0 && !c.hidden && kept(value) != "" {
				t.Errorf("%s: %.20q typed in %s does not come back", c.path, value, c.field)
			}
		}
	}
	is(t, "nothing was written", f.Dossier().Version, before)
	p := r.post(422, dossierURL(f)+"/refuser", "motif", "")
	is(t, "no script of anybody's", strings.Contains(p.body, "<script>"), false)
}

// kept is what a page can show again of what was typed.
func kept(value string) string { return strings.ReplaceAll(strings.ToValidUTF8(value, ""), "\x00", "") }

func TestTheRailHasNoDeadEnd(t *testing.T) {
	r := sqlite(t)
	for _, e := range office.Nav(testschool.Secretary) {
		p := r.get(e.URL)
		if here := p.Find(".rail [aria-current=page]"); here.AttrOr("href", "") != e.URL {
			t.Errorf("%s: the rail marks %q", e.URL, here.AttrOr("href", ""))
		}
	}
	if office.Nav(actor.Actor{Role: actor.Family}) != nil {
		t.Error("a family has the office's rail")
	}
}

// An address that the database could not read is not found, on both engines.
func TestStrangeAddresses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		r := open(t, store)
		for _, path := range []string{"/bureau/dossiers/%00", "/bureau/dossiers/%ff", "/bureau/familles/a%00", "/bureau/places/%ff/0"} {
			is(t, path, r.do("GET", path, nil).StatusCode, 404)
		}
		for _, path := range []string{"/bureau/recherche?q=%00", "/bureau/dossiers?texte=%25%27%5C&pole=%ff&page=99999999999999", "/bureau/dossier-papier?eleve=&q=%25", "/bureau/sans-reponse?page=-3"} {
			is(t, path, r.do("GET", path, nil).StatusCode, 200)
		}
	})
}
