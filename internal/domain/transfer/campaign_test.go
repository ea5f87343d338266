package transfer_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	demofiles "pupitre/demo"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
)

// campaign makes adults of the demonstration choose the choir of the pole Loire,
// which has three places, each in a way of its own.
type campaign struct {
	house
	registrar *enrolment.Registrar
	chance    *rand.Rand
	season    school.Season
	programme string
	course    catalogue.Course
	text      school.Text
	deposits  int
}

func newCampaign(h house) *campaign {
	c := &campaign{house: h, registrar: enrolment.NewRegistrar(h.store, h.clock), chance: rand.New(rand.NewPCG(3, 22))}
	h.t.Cleanup(c.registrar.Close)
	c.season = must(school.CurrentSeason(ctx, h.store))(h.t)
	c.text = must(school.LatestText(ctx, h.store, school.TextRules))(h.t)
	offer := must(catalogue.Of(ctx, h.store, c.season.ID))(h.t)
	for _, p := range offer.Programmes {
		if p.Code == "pratiques" {
			c.programme = p.ID
		}
	}
	for _, one := range offer.Courses {
		if one.Code == "L-CHOEUR-ADULTES" {
			c.course = one
		}
	}
	return c
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (c *campaign) ok(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// adults returns so many adults who are their own responsible, have an address and no dossier.
func (c *campaign) adults(n int) []string {
	ids := must(db.All[string](ctx, c.store, `select p.id from pupil p join guardian g on g.id = p.guardian_id
		where g.email <> '' and p.birth_date <> '' and not exists (select 1 from dossier d where d.pupil_id = p.id)
		order by p.last_name, p.first_name, p.id limit $1`, n))(c.t)
	if len(ids) != n {
		c.t.Fatalf("got %d adults, want %d", len(ids), n)
	}
	return ids
}

// prepare fills the family's and the pupil's details and keeps a draft.
func (c *campaign) prepare(pupil string, means ...string) actor.Actor {
	c.t.Helper()
	c.clock.Add(time.Duration(1+c.chance.IntN(90_000_000)) * time.Microsecond)
	p, household, err := people.PupilOf(ctx, c.store, secretary, pupil)
	c.ok(err)
	family := actor.Actor{Account: "of-" + household, Name: p.FullName(), Role: actor.Family, Household: household}
	h := must(people.HouseholdByID(ctx, c.store, family, household))(c.t)
	g := h.Guardians[0]
	phone := g.Mobile
	if phone == "" {
		phone = "0639980001"
	}
	c.write(func(tx *db.Tx) error {
		if _, err := people.SaveIdentity(ctx, tx, c.clock.Now(), family, people.HouseholdForm{HouseholdID: household, Version: h.Version,
			Address: "1 rue « de l’Œuvre » ; \\ \"B\"", Postcode: "44330", Town: "Vallet", BillingMode: 3, Means: means,
			Guardians: []people.GuardianForm{{ID: g.ID, Civility: g.Civility, LastName: g.LastName, FirstName: g.FirstName, Email: g.Email, Mobile: phone}}}); err != nil {
			return err
		}
		return people.SavePupil(ctx, tx, c.clock.Now(), family, people.PupilForm{PupilID: pupil, Version: p.Version, SeasonID: c.season.ID, LastName: p.LastName, FirstName: p.FirstName,
			BirthDate: "01/02/1980", Level: "adulte", ImageRight: people.No, Beginner: people.Yes, TeacherNote: "Deux lignes.\r\nAvec <b> & un retour."})
	})
	note, yes := "Plutôt le soir.\r\nMerci !", true
	c.ok(enrolment.SaveDraft(ctx, c.store, c.clock, family, pupil, enrolment.DraftStep{Administrative: &yes, Note: &note, Choice: &enrolment.NewChoice{
		Pupil: pupil, Programme: c.programme, Site: c.course.SiteID, Wishes: enrolment.Choice{{Course: c.course.ID}}}}))
	return family
}

func (c *campaign) submit(family actor.Actor, pupil string) string {
	c.t.Helper()
	outcomes := must(c.registrar.Submit(ctx, family, enrolment.Submission{Pupils: []string{pupil}, Text: c.text.ID, Agreed: true}))(c.t)
	c.ok(outcomes[0].Err)
	return outcomes[0].Dossier
}

func (c *campaign) deposit(family actor.Actor, paper string) string {
	c.t.Helper()
	c.deposits++
	key := fmt.Sprintf("deposits/%03d.pdf", c.deposits)
	data := fmt.Sprintf("%%PDF made up %d\x00\r\n", c.deposits)
	size := must(c.blobs.Put(ctx, key, strings.NewReader(data)))(c.t)
	return must(c.registrar.Deposit(ctx, family, enrolment.Deposit{Household: family.Household, Paper: paper,
		File: document.File{Name: "pièce " + paper + ".pdf", BlobKey: key, MediaType: "application/pdf", Size: size, Pages: 1,
			SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(data)))}}))(c.t)
}

// run gives each adult one of the ways a dossier can go.
func (c *campaign) run() {
	ways := []func(pupil string){
		func(p string) { c.submit(c.prepare(p, "cheques"), p) },
		func(p string) { c.prepare(p, "cheques", "e-pass") },
		func(p string) { c.submit(c.prepare(p, "prelevement"), p) },
		func(p string) {
			family := c.prepare(p, "prelevement")
			c.deposit(family, "mandat")
			rib := c.deposit(family, "rib")
			c.submit(family, p)
			c.ok(c.registrar.Refuse(ctx, secretary, enrolment.Review{Deposit: rib, Version: 1, Reason: "Illisible."}))
			c.deposit(family, "quotient-familial")
		},
		func(p string) {
			family := c.prepare(p, "cheques")
			c.submit(family, p)
			c.ok(c.registrar.Withdraw(ctx, family, p, "", "Déménagement"))
		},
		func(p string) {
			family := c.prepare(p, "cheques")
			c.ok(c.registrar.NotReturning(ctx, family, p, family.Household, "Trop loin"))
		},
		func(p string) {
			dossier := c.submit(c.prepare(p, "cheques"), p)
			_, err := c.registrar.Confirm(ctx, secretary, dossier, "")
			c.ok(err)
		},
	}
	c.ok(c.registrar.SetCapacity(ctx, secretary, enrolment.OfferingID(c.course.ID, 0), 3, "petite salle"))
	for i, pupil := range c.adults(5 * len(ways)) {
		way := len(ways) - 1 - i // each at least once, « inscrit » while there are places
		if way < 0 {
			way = c.chance.IntN(len(ways))
		}
		ways[way](pupil)
	}
	waiting := must(db.All[string](ctx, c.store, `select id from request where state = 'waiting' order by seq`))(c.t)
	if len(waiting) < 4 {
		c.t.Fatalf("only %d wait: the campaign shows too little", len(waiting))
	}
	c.ok(c.registrar.Jump(ctx, secretary, waiting[len(waiting)-1], "Erreur du secrétariat"))
	c.ok(c.registrar.SetCapacity(ctx, secretary, enrolment.OfferingID(c.course.ID, 0), 5, "grande salle"))
	offered := must(db.All[string](ctx, c.store, `select id from request where state = 'offered' order by seq`))(c.t)
	c.ok(c.registrar.Answer(ctx, secretary, enrolment.OfferAnswer{Request: offered[0]}))
	c.dryRuns()
	c.publish()
}

// dryRuns keeps one that is published, and one that is not.
func (c *campaign) dryRuns() {
	offering := enrolment.OfferingID(c.course.ID, 0)
	for _, places := range []int64{6, 9} {
		id := must(enrolment.SaveScenario(ctx, c.store, c.clock, secretary, enrolment.Scenario{
			Season: c.season.ID, Name: fmt.Sprintf("« %d places » ; \\ essai", places), Days: 10, Capacities: enrolment.Capacities{offering: places}}))(c.t)
		if places == 9 {
			continue
		}
		offer := must(db.All[string](ctx, c.store, `select id from request where offering_id = $1 and state = 'waiting'
			order by case when jumped = 0 then 1 else 0 end, jumped, received_at, seq limit 1`, offering))(c.t)
		must(c.registrar.Publish(ctx, secretary, enrolment.Publication{Scenario: id, Version: 1, Shown: []enrolment.Step{{Offering: offering, From: 5, To: 6, Offers: offer}}}))(c.t)
	}
}

// publish adds a document of the school's own.
func (c *campaign) publish() {
	files := fstest.MapFS{"tarifs/Tarifs 2027.pdf": {Data: []byte("%PDF tarifs")}}
	for _, name := range []string{"ecole.toml", "familles.csv", "eleves.csv", "cours.csv", "enseignants.csv"} {
		data := must(demofiles.Files.ReadFile(name))(c.t)
		if name == "ecole.toml" {
			data = append(data, []byte("\n[[documents]]\nintitule = \"Tarifs\"\nfichier = \"tarifs/Tarifs 2027.pdf\"\n")...)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	c.load(files)
}
