package office_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"pupitre/internal/demo/papers"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/web/door"
)

// importAt sends the form « Importer » of that address with readable sheets.
func (r *rig) importAt(want int, address, paper string, checked bool) page {
	r.T.Helper()
	sheet, err := papers.RIB(papers.Person{Name: "Françoise Aubry", Address: "3 rue du Port", Town: "44330 Vallet"}, papers.IBAN(4572)).PDF()
	r.Must(err)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	r.Must(w.WriteField("document", paper))
	if checked {
		r.Must(w.WriteField("verifie", "oui"))
	}
	part, err := w.CreateFormFile("fichier", paper+".pdf")
	r.Must(err)
	_, err = part.Write(sheet)
	r.Must(err)
	r.Must(w.Close())
	req := httptest.NewRequest("POST", address, &body)
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.AddCookie(&http.Cookie{Name: door.SessionCookie, Value: r.token})
	answer := httptest.NewRecorder()
	r.handler.ServeHTTP(answer, req)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(answer.Body.String()))
	r.Must(err)
	p := page{answer.Result(), doc, answer.Body.String()}
	if p.StatusCode != want {
		r.T.Fatalf("POST %s, %s: got %d, want %d: %.400s", address, paper, p.StatusCode, want, p.text("main"))
	}
	return p
}

// current is the deposit that the household holds of its paper.
func (r *rig) current(household, paper string) document.Deposit {
	r.T.Helper()
	held, err := document.HeldBy(r.Ctx, r.Store, r.Season.ID, household)
	r.Must(err)
	return held[document.Slot{Household: household, Paper: paper}]
}

// onPaper enters the family's dossier as it came by post.
func (r *rig) onPaper(household, pupil string) page {
	r.T.Helper()
	return r.post(303, "/bureau/dossier-papier", "eleve", pupil, "foyer", household, "formule", r.Programme("cursus"), "pole", r.Site("S-VIOLON"),
		"cours", r.offering("S-VIOLON"), "cours", r.offering("S-ORCHESTRE-1"), "recu_le", "05/06/2027", "recu_a", "10:30", "motif", "Sans accès à internet")
}

// A family without a computer: its dossier is entered, its papers imported and
// checked, its enrolment confirmed, all at the counter (R35, R14, R32, R33).
func TestAPaperDossierIsEnrolledAtTheCounter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		r := open(t, store)
		f := r.Family("AUBRY-4572", "Augustin").Prepare("prelevement")
		first := r.onPaper(f.Household, f.Pupil.ID).to()
		p := r.get(first)
		r.says(p, "h1", "Importer un document")
		r.says(p, "main", "Remis au secrétariat par la famille Françoise Aubry")
		is(t, "the RIB first", p.Find("#document option[selected]").AttrOr("value", ""), "rib")

		second := r.importAt(303, first, "rib", true).to()
		is(t, "validated in the same act", r.current(f.Household, "rib").State, document.Validated)
		is(t, "then the mandate", r.get(second).Find("#document option[selected]").AttrOr("value", ""), "mandat")
		last := r.importAt(303, second, "mandat", false).to()
		is(t, "still to check", r.current(f.Household, "mandat").State, document.Provided)
		is(t, "back at the dossier", last, dossierURL(f))

		p = r.get(last)
		r.says(p, ".decision", "Odile Batard pour la famille")
		p = r.get(r.press(303, p, "Valider").to())
		r.press(303, p, "Confirmer l’inscription")
		r.state(f, enrolment.Enrolled)
		is(t, "the family never came", r.never(f.Account), true)

		lines, err := journal.OfHousehold(r.Ctx, r.Store, f.Household, 50)
		r.Must(err)
		for _, want := range []string{"RIB\u202f: Fourni, déposé par Odile Batard pour la famille", "RIB\u202f: Validé", "Mandat de prélèvement\u202f: Fourni, déposé par Odile Batard pour la famille"} {
			if !slices.ContainsFunc(lines, func(l journal.Line) bool { return l.After == want && l.ActorName == "Odile Batard" }) {
				t.Errorf("no line says %q", want)
			}
		}
	})
}

// never tells whether the account has no password yet.
func (r *rig) never(account string) bool {
	r.T.Helper()
	n, err := db.One[int64](r.Ctx, r.Store, `select count(*) from account where id = $1 and password_hash = ''`, account)
	r.Must(err)
	return n == 1
}

// A dossier sent without its papers gets its rank when the office imports the last one.
func TestTheCounterCompletesADossier(t *testing.T) {
	r := sqlite(t)
	f := r.Family("AUBRY-4572", "Augustin").Prepare("prelevement").Choose("cursus", "S-VIOLON", "S-ORCHESTRE-1")
	f.Send()
	r.state(f, enrolment.Received)
	household := "/bureau/familles/" + f.Household
	p := r.get(household)
	hrefs := map[string]string{}
	p.Find("a[href*='/importer?']").Each(func(_ int, a *goquery.Selection) {
		hrefs[strings.Join(strings.Fields(a.Text()), " ")] = a.AttrOr("href", "")
	})
	is(t, "back at the family", r.importAt(303, hrefs["Importer RIB"], "rib", false).to(), household)
	r.state(f, enrolment.Received)
	r.importAt(303, hrefs["Importer Mandat de prélèvement"], "mandat", false)
	r.state(f, enrolment.Complete)
	is(t, "ranked", f.Dossier().Rank, 1)
	p = r.get(household)
	r.says(p, "main", "par Odile Batard")
	r.says(p, ".journal", "Augustin Aubry – rang 1")
	r.says(r.get("/bureau/identifiants"), "tbody", "Françoise Aubry dossier reçu")
}

// Beside a paper that does not count, the review leads to its import, and back.
func TestTheReviewImportsWhatIsMissing(t *testing.T) {
	r := sqlite(t)
	f := r.augustin()
	p := r.get(dossierURL(f))
	r.says(p, ".pieces-liste", "Attestation Quotient Familial non fourni, facultatif Importer")
	r.press(303, p, "Refuser", "motif", "1")
	refused := r.get(dossierURL(f) + "?piece=" + r.current(f.Household, "rib").ID)
	link := refused.Find(".decision a[href*='/importer?']").AttrOr("href", "")
	is(t, "and back", r.importAt(303, link, "rib", true).to(), dossierURL(f))
	is(t, "replaced and validated", r.current(f.Household, "rib").State, document.Validated)
	r.state(f, enrolment.Complete)
}

func TestAfterAnImportOnlyOurPagesFollow(t *testing.T) {
	r := sqlite(t)
	f := r.augustin()
	own := "/bureau/familles/" + f.Household
	for _, c := range []struct{ suite, want string }{
		{"", own},
		{"/bureau/places", "/bureau/places"},
		{"https://ailleurs.exemple/", own},
		{"//ailleurs.exemple/", own},
		{"/\\ailleurs.exemple", own},
		{"javascript:alert(1)", own},
	} {
		address := own + "/importer?document=rib&suite=" + url.QueryEscape(c.suite)
		is(t, "back from « "+c.suite+" »", r.get(address).Find(".fil a").AttrOr("href", ""), c.want)
		is(t, "after « "+c.suite+" »", r.importAt(303, address, "rib", false).to(), c.want)
	}
}
