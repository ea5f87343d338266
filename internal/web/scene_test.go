package web_test

import (
	"archive/zip"
	"context"
	"html"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/carlos7ags/folio/reader"

	"pupitre/internal/demo"
	"pupitre/internal/demo/papers"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// What only the household of the scene has: none of it may reach another family.
const (
	ownStreet   = "17 venelle du Marqueur"
	ownExtra    = "Escalier Quervelec"
	ownLastName = "Quervelec-Moreau"
	ownEmail    = "claire.quervelec@exemple.fr"
	ownMobile   = "0639984899"
	ownPhone    = "0240984899"
	ownNote     = "Grand-mère Quervelec vient la chercher le mardi."
	ownFile     = "attestation-quervelec.pdf"
	ownMandate  = "RUM-2027-QUERVELEC"
	ownPending  = "nouvelle.quervelec@exemple.fr"
	ownLogin    = "Venelle.4899"
)

// scene is the seeded school with one household to keep from the others: a
// pupil whose dossier is sent, one whose dossier is a draft, an adult.
type scene struct {
	*seeded
	own, other  string // households
	sent, draft string // pupils of the first
	otherPupil  string
	offers      []offered
	addressLink string
	accountLink string
	markers     []string
	message     string // to the first household alone
	imported    string // a file that is tried, of nobody
	newcomers   newcomers
}

// offered is a place on offer, with the token of its mail.
type offered struct{ token, household, pupil, request string }

func newScene(s *seeded) *scene {
	c := &scene{seeded: s}
	c.own = s.text(`select household_id from account where login = $1`, demo.Family)
	pupil := `select p.id from pupil p join pupil_household ph on ph.pupil_id = p.id where ph.household_id = $1 and p.first_name = $2`
	c.sent, c.draft = s.text(pupil, c.own, "Malo"), s.text(pupil, c.own, "Lucie")
	c.findOffers()
	away := append([]string{c.own}, c.offers[0].household)
	found := s.texts(2, `select d.household_id, d.pupil_id from dossier d join guardian g on g.household_id = d.household_id
		where d.state = 'complete' and g.email <> '' and d.household_id not in (select value from json_each(cast($1 as text)))
			and not exists (select 1 from dossier e join request q on q.dossier_id = e.id where e.household_id = d.household_id and q.state = 'offered')
			and not exists (select 1 from dossier e where e.household_id = d.household_id and e.state <> 'complete')
		order by d.rank limit 1`, db.IDs(away))
	c.other, c.otherPupil = found[0], found[1]
	c.keepScenarios()
	anUndoneMerge(c, nobody)
	c.mark()
	c.makeLinks()
	c.invited()
	c.welcome()
	c.writeToOwn()
	c.imported = c.tried()
	for _, who := range visitors {
		c.as(who, c.own)
	}
	c.familyCookie(c.offers[0].household)
	return c
}

var offerLink = regexp.MustCompile(`/offre/([A-Za-z0-9_-]+)`)

// findOffers reads the offers under way from the mails that made them.
func (c *scene) findOffers() {
	c.Helper()
	for _, m := range c.outbox.Last() {
		hit := offerLink.FindStringSubmatch(m.Text)
		if hit == nil {
			continue
		}
		o, err := enrolment.OfferOf(c.Context(), c.store, hit[1])
		c.must(err)
		if !o.Answered {
			c.offers = append(c.offers, offered{hit[1], o.Dossier.Household, o.Dossier.Pupil, o.Request.ID})
		}
	}
	if len(c.offers) == 0 {
		c.Fatal("no place is on offer")
	}
}

// mark gives the household what nobody else has, through the rooms.
func (c *scene) mark() {
	c.Helper()
	c.must(c.registrar.Alter(c.Context(), c.secretary, c.own, func(ctx context.Context, tx *db.Tx) error {
		_, err := people.SaveIdentity(ctx, tx, shown, c.secretary, c.identityForm(c.own, func(f *people.HouseholdForm) {
			f.Address, f.AddressExtra = ownStreet, ownExtra
			g := &f.Guardians[0]
			g.LastName, g.Email, g.Mobile, g.Phone = ownLastName, ownEmail, ownMobile, ownPhone
		}))
		if err != nil {
			return err
		}
		return people.SetMandateReference(ctx, tx, shown, c.secretary, c.own, ownMandate)
	}))
	note := ownNote
	c.must(enrolment.SaveDraft(c.Context(), c.store, c.clock, c.family(c.own), c.draft, enrolment.DraftStep{Note: &note}))
	c.set(`update dossier set note = $1 where pupil_id = $2`, ownNote, c.sent)
	c.markers = []string{
		ownStreet, ownExtra, ownLastName, ownEmail, ownMobile, french.Phone(ownMobile), ownPhone, french.Phone(ownPhone), "Quervelec", ownFile,
		ownMandate, ownPending, ownLogin, "Lucie Moreau", "Malo Moreau",
	}
	c.deposit(c.own, "quotient-familial", ownFile)
	if answer := c.ask(request{path: "/mot-de-passe/identifiant", cookie: c.familyCookie(c.own), form: url.Values{"identifiant": {ownLogin}}}); answer.status != 303 {
		c.Fatalf("personalise the identifiant: %d", answer.status)
	}
}

// identityForm is « Identité » as it is stored, changed by edit.
func (c *scene) identityForm(household string, edit func(*people.HouseholdForm)) people.HouseholdForm {
	h := c.household(household)
	f := people.HouseholdForm{
		HouseholdID: h.ID, Version: h.Version, Address: h.Address, AddressExtra: h.AddressExtra, Postcode: h.Postcode, Town: h.Town,
		BillingMode: h.BillingMode, Means: h.Means,
	}
	for _, g := range h.Guardians {
		f.Guardians = append(f.Guardians, people.GuardianForm{ID: g.ID, Civility: g.Civility, LastName: g.LastName, FirstName: g.FirstName, Email: g.Email, Mobile: g.Mobile, Phone: g.Phone})
	}
	edit(&f)
	return f
}

// identityFields is the form that the page « Identité » of the household posts.
func (c *scene) identityFields(household string) url.Values {
	c.Helper()
	f := c.identityForm(household, func(*people.HouseholdForm) {})
	form := url.Values{
		"version": {strconv.FormatInt(f.Version, 10)}, people.FieldAddress: {f.Address}, people.FieldAddressExtra: {f.AddressExtra},
		people.FieldPostcode: {f.Postcode}, people.FieldTown: {f.Town}, people.FieldBilling: {strconv.FormatInt(f.BillingMode, 10)}, people.FieldMeans: f.Means,
	}
	for i, g := range f.Guardians {
		for field, value := range map[string]string{
			"responsable": g.ID, people.FieldCivility: g.Civility, people.FieldLastName: g.LastName, people.FieldFirstName: g.FirstName,
			people.FieldEmail: g.Email, people.FieldMobile: g.Mobile, people.FieldPhone: g.Phone,
		} {
			form.Set(people.FieldOf(field, int64(i)), value)
		}
	}
	return form
}

// pupilFields is the form that the page « Identité » of the pupil posts.
func (c *scene) pupilFields(pupil string) url.Values {
	c.Helper()
	p := c.texts(4, `select last_name, first_name, birth_date, cast(version as text) from pupil where id = $1`, pupil)
	return url.Values{
		"version": {p[3]}, people.FieldLastName: {p[0]}, people.FieldFirstName: {p[1]}, people.FieldBirthDate: {french.CivilDate(p[2])},
		people.FieldLevel: {"5e"}, people.FieldImageRight: {people.Yes}, people.FieldBeginner: {people.No}, people.FieldTeacherNote: {""},
		"demande_" + people.FieldImageRight: {"oui"}, "administrative": {"oui"},
	}
}

// family acts for the household.
func (c *scene) family(household string) actor.Actor {
	c.Helper()
	a := c.texts(2, `select id, name from account where household_id = $1`, household)
	return actor.Actor{Account: a[0], Name: a[1], Role: actor.Family, Household: household}
}

// sheet is a readable paper, as a PDF.
func sheet(t *testing.T) []byte {
	t.Helper()
	data, err := papers.RIB(papers.Person{Name: "Claire Moreau", Address: "14 rue des Tonneliers", Town: "44430 Le Loroux-Bottereau"}, papers.IBAN(4821)).PDF()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// deposit hands in a paper of the household by the page « Importer ».
func (c *scene) deposit(household, paper, file string) {
	c.Helper()
	answer := c.ask(request{
		path: "/famille/importer", cookie: c.familyCookie(household), form: url.Values{"document": {paper}},
		files: []upload{{"fichier", file, sheet(c.T)}},
	})
	if answer.status != 303 {
		c.Fatalf("deposit %s: %d", paper, answer.status)
	}
}

// makeLinks has the mails written whose links open a page without a session.
func (c *scene) makeLinks() {
	c.Helper()
	form := c.identityFields(c.own)
	form.Set(people.FieldEmail, ownPending)
	if answer := c.ask(request{path: "/famille/identite", cookie: c.familyCookie(c.own), form: form}); answer.status != 303 {
		c.Fatalf("change the address: %d", answer.status)
	}
	c.runJobs()
	c.addressLink = c.mailed(ownPending, `/adresse/([A-Za-z0-9_-]+)`)
	c.set(`update school set recovery = 'link'`)
	c.ask(request{path: "/mot-de-passe-perdu", form: url.Values{"identifiant": {ownLogin}, "mail": {ownEmail}}})
	c.runJobs()
	c.accountLink = c.mailed(ownEmail, `/mot-de-passe/lien/([A-Za-z0-9_-]+)`)
	c.set(`update school set recovery = 'password'`)
}

func (c *scene) familyCookie(household string) string {
	c.Helper()
	return c.cookieOf(household, func() string {
		if household == c.own {
			return c.signIn(demo.Family, demo.FamilyPassword)
		}
		return c.signInFamily(household)
	})
}

// as is the session of the visitor; own is the household that the visit is about.
func (c *scene) as(who visitor, own string) string {
	c.Helper()
	switch who {
	case nobody:
		return ""
	case stranger:
		return c.familyCookie(c.other)
	case ownFamily:
		return c.familyCookie(own)
	default:
		return c.cookieOf(string(who), func() string { return c.signInStaff(who) })
	}
}

// leaks are the household's markers that the answer holds.
func (c *scene) leaks(answer reply) []string {
	c.Helper()
	text := answer.location + "\n" + answer.body
	if strings.HasPrefix(answer.header.Get("Content-Type"), "application/pdf") {
		text = c.pdfText(answer.body)
	}
	if answer.header.Get("Content-Type") == "application/zip" {
		text = c.archiveText(answer.body)
	}
	text = html.UnescapeString(text)
	var found []string
	for _, m := range c.markers {
		if strings.Contains(text, m) {
			found = append(found, m)
		}
	}
	return found
}

// archiveText is all that the files of an archive say, and their names.
func (c *scene) archiveText(data string) string {
	c.Helper()
	archive, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	c.must(err)
	var all strings.Builder
	for _, f := range archive.File {
		all.WriteString(f.Name + "\n")
		file, err := f.Open()
		c.must(err)
		_, err = io.Copy(&all, file)
		c.must(err)
	}
	return all.String()
}

func (c *scene) pdfText(data string) string {
	c.Helper()
	doc, err := reader.Parse([]byte(data))
	c.must(err)
	var all strings.Builder
	for i := range doc.PageCount() {
		page, err := doc.Page(i)
		c.must(err)
		text, err := page.ExtractText()
		c.must(err)
		all.WriteString(text + "\n")
	}
	return all.String()
}
