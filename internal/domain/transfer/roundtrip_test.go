package transfer_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
	"pupitre/internal/domain/transfer"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
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
	c.ok(c.registrar.SetCapacity(ctx, secretary, enrolment.OfferingID(c.course.ID, 0), 3, "petite salle"))
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

// adults returns so many adults who are their own responsible and have an address.
func (c *campaign) adults(n int) []string {
	ids := must(db.All[string](ctx, c.store, `select p.id from pupil p join guardian g on g.id = p.guardian_id
		where g.email <> '' and p.birth_date <> '' order by p.last_name, p.first_name, p.id limit $1`, n))(c.t)
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
		File: document.File{Name: "pièce " + paper + ".pdf", BlobKey: key, MediaType: "application/pdf", Size: size, Pages: 1, SHA256: "x"}}))(c.t)
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
	c.publish()
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

func TestACampaignExportedAndImportedExportsTheSameBytes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		h.load(demofiles.Files)
		newCampaign(h).run()
		first := h.export()
		t.Run("into SQLite", func(t *testing.T) { comesBack(t, first, dbtest.SQLite(t)) })
		if store.Engine() == db.PostgreSQL {
			t.Run("into PostgreSQL", func(t *testing.T) { comesBack(t, first, dbtest.PostgreSQL(t)) })
		}
		readable(t, first)
		withoutSecrets(t, h, first)
		if report := h.load(os.DirFS(first)); report.Changed() {
			t.Errorf("its own files changed the school: %+v", report.Counts)
		}
	})
}

func comesBack(t *testing.T, first string, store *db.Store) {
	other := newHouse(t, store)
	if report := other.load(os.DirFS(first)); !report.Restored {
		t.Fatalf("not restored: %+v", report)
	}
	sameFolders(t, first, other.export())
	board := must(enrolment.BoardOf(ctx, store, must(school.CurrentSeason(ctx, store))(t).ID))(t)
	for id, o := range board.Offerings {
		if len(o.Queue) > 0 && o.Taken < o.Capacity {
			t.Errorf("offering %s: someone waits while a place is free", id)
		}
	}
	registrar := enrolment.NewRegistrar(store, other.clock)
	defer registrar.Close()
	c := &campaign{house: other, registrar: registrar}
	last := must(db.One[int64](ctx, store, `select max(rank) from dossier`))(t)
	c.continues(last)
}

// continues sends one more dossier in the restored school: it takes the next rank.
func (c *campaign) continues(last int64) {
	c.t.Helper()
	next := must(db.One[int64](ctx, c.store, `select next_rank from season where is_current = true`))(c.t)
	if next <= last {
		c.t.Errorf("next rank %d, the last given is %d", next, last)
	}
}

// readable holds the columns of the lists and their agreement.
func readable(t *testing.T, dir string) {
	t.Helper()
	dossiers := rowsOf(t, dir, "dossiers.csv", "rang;complet_le;famille;eleve_nom;eleve_prenom;formule;pole;etat")
	places := rowsOf(t, dir, "places.csv", "cours;dossier_rang;eleve_nom;eleve_prenom;etat;position")
	instant := regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$`)
	states := map[string]int{}
	for _, d := range dossiers {
		states[d[7]]++
		if (d[0] != "") != instant.MatchString(d[1]) {
			t.Errorf("rank %q is complete at %q", d[0], d[1])
		}
	}
	for _, want := range []string{"brouillon", "reçu, incomplet", "complet", "pièce refusée", "désisté", "ne se réinscrit pas", "inscrit"} {
		if states[want] == 0 {
			t.Errorf("no dossier is « %s »: %v", want, slices.Sorted(maps.Keys(states)))
		}
	}
	position := 0
	requests := map[string]int{}
	for _, p := range places {
		requests[p[4]]++
		if p[4] == "attente" {
			position++
			if p[5] != fmt.Sprint(position) {
				t.Errorf("waiting at %s, want %d", p[5], position)
			}
		} else if p[5] != "" {
			t.Errorf("%s has position %s", p[4], p[5])
		}
	}
	for _, want := range []string{"place", "attente", "proposée", "déclinée", "rendue"} {
		if requests[want] == 0 {
			t.Errorf("no request is « %s »: %v", want, requests)
		}
	}
}

func rowsOf(t *testing.T, dir, name, header string) [][]string {
	t.Helper()
	data := must(os.ReadFile(filepath.Join(dir, name)))(t)
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma = ';'
	rows := must(r.ReadAll())(t)
	if got := strings.Join(rows[0], ";"); got != header {
		t.Errorf("%s: got %s, want %s", name, got, header)
	}
	return rows[1:]
}

// withoutSecrets looks for every secret of the database in the export.
func withoutSecrets(t *testing.T, h house, dir string) {
	t.Helper()
	h.write(func(tx *db.Tx) error {
		for _, text := range []string{
			`update account set password_hash = 'SECRET-password', link_hash = 'SECRET-link' where role = 'family'`,
			`update guardian set pending_email = 'SECRET@exemple.fr', pending_token_hash = 'SECRET-address'`,
			`update request set offer_token_hash = 'SECRET-offer'`,
			`update job set secret = 'SECRET-job' where kind = 'send_mail'`,
		} {
			if n, err := tx.Exec(ctx, text); err != nil || n == 0 {
				return fmt.Errorf("%s: %d, %v", text, n, err)
			}
		}
		_, err := tx.Exec(ctx, `insert into session (token_hash, account_id, limited, created_at, seen_at) select 'SECRET-session', id, false, $1, $1 from account limit 1`, start)
		return err
	})
	again := h.export()
	for name, data := range contents(t, again) {
		if strings.Contains(data, "SECRET") {
			t.Errorf("%s holds a secret", name)
		}
	}
}

func TestAnExportEditedByHandIsRefused(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.load(demofiles.Files)
	newCampaign(h).run()
	rows := []struct {
		name, file string
		edit       func(string) string
	}{
		{"a place more than was given", "donnees/offering.jsonl", func(s string) string {
			return strings.Replace(s, `"capacity":5,"taken":5`, `"capacity":6,"taken":6`, 1)
		}},
		{"a rank that is still to be given", "donnees/season.jsonl", func(s string) string {
			return regexp.MustCompile(`"next_rank":\d+`).ReplaceAllString(s, `"next_rank":2`)
		}},
		{"a line cut short", "journal.jsonl", func(s string) string { return s[:len(s)-20] }},
		{"a column too many", "donnees/site.jsonl", func(s string) string { return strings.Replace(s, "{", `{"password":"x",`, 1) }},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			dir := h.export()
			path := filepath.Join(dir, row.file)
			before := string(must(os.ReadFile(path))(t))
			if after := row.edit(before); after == before {
				t.Fatal("nothing was edited")
			} else if err := os.WriteFile(path, []byte(after), 0o600); err != nil {
				t.Fatal(err)
			}
			other := newHouse(t, dbtest.SQLite(t))
			if _, err := other.try(os.DirFS(dir), false); !isRefused(err) {
				t.Errorf("got %v, want a refusal", err)
			}
			if other.count("school")+other.count("journal") != 0 {
				t.Error("something was restored")
			}
		})
	}
}

func isRefused(err error) bool {
	_, ok := err.(*transfer.Refused)
	return ok
}

func TestAnExportWithoutOneOfItsDepositsIsRefused(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.load(demofiles.Files)
	newCampaign(h).run()
	dir := h.export()
	if err := os.Remove(filepath.Join(dir, "pieces", "deposits", "001.pdf")); err != nil {
		t.Fatal(err)
	}
	other := newHouse(t, dbtest.SQLite(t))
	if _, err := other.try(os.DirFS(dir), false); !isRefused(err) {
		t.Errorf("got %v, want a refusal", err)
	}
}

func TestAFileEditedInAnExportIsToldAndTakenTheSecondTime(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.load(small(t))
	dir := h.export()
	path := filepath.Join(dir, "familles.csv")
	data := string(must(os.ReadFile(path))(t))
	if err := os.WriteFile(path, []byte(strings.Replace(data, "66 rue du Muscadet", "7 rue Neuve", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	other := newHouse(t, dbtest.SQLite(t))
	report := other.load(os.DirFS(dir))
	if last := report.Warnings[len(report.Warnings)-1]; !report.Restored || last.File != "familles.csv" {
		t.Errorf("got %+v", report.Warnings)
	}
	other.load(os.DirFS(dir))
	if n := other.count("household where address = '7 rue Neuve'"); n != 1 {
		t.Errorf("got %d families at the new address", n)
	}
}

func TestExportDoesNotOverwrite(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.load(small(t))
	dir := h.export()
	if err := transfer.Export(ctx, h.store, h.blobs, dir); err == nil {
		t.Error("an export was overwritten")
	}
}
