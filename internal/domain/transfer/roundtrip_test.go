package transfer_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	demofiles "pupitre/demo"
	"pupitre/internal/demo"
	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/importing"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/domain/transfer"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/sheet"
)

func TestACampaignExportedAndImportedExportsTheSameBytes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		h.load(demofiles.Files)
		newCampaign(h).run()
		imports(h)
		onScreen(h)
		charges(h)
		bills(h)
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

// charges gives the season a tariff.
func charges(h house) {
	h.t.Helper()
	season := must(school.CurrentSeason(ctx, h.store))(h.t)
	known := must(tariff.KnownOf(ctx, h.store, season))(h.t)
	sample := must(demo.SampleTariff(demofiles.Files, known))(h.t)
	bursar := actor.Actor{Name: "Odile Brelet", Role: actor.Bursar}
	if err := h.store.Write(ctx, func(tx *db.Tx) error {
		return tariff.Save(ctx, tx, bursar, h.clock.Now(), season, 0, sample)
	}); err != nil {
		h.t.Fatal(err)
	}
}

// bills invoices what is enrolled, cancels an invoice, takes and loses a cheque,
// says how a pupil is invoiced and hands a cheque over and closes a month.
func bills(h house) {
	h.t.Helper()
	season := must(school.CurrentSeason(ctx, h.store))(h.t)
	s := must(school.Current(ctx, h.store))(h.t)
	bursar := actor.Actor{Name: "Odile Brelet", Role: actor.Bursar}
	books := billing.New(h.store, h.clock)
	all := must(billing.Prepare(ctx, h.store, bursar, h.clock.Now(), s, season, billing.Scope{}))(h.t)
	if len(all) == 0 {
		h.t.Fatal("nothing is enrolled")
	}
	i := must(books.Issue(ctx, bursar, all[0].Draft))(h.t)[0]
	must(books.Cancel(ctx, bursar, i.ID, "erreur"))(h.t)
	must(books.Issue(ctx, bursar, all[0].Draft))(h.t)
	today := h.clock.Now().Format(time.DateOnly)
	paid := must(books.Receive(ctx, bursar, billing.Entry{Household: i.Payer, Way: billing.Cheque, Amount: 20_00, On: today, Bank: "La Banque Postale", Reference: "17"}))(h.t)
	must(books.Counter(ctx, bursar, paid.ID, billing.Bounced, today, "sans provision"))(h.t)
	held := must(books.Receive(ctx, bursar, billing.Entry{Household: i.Payer, Way: billing.Cheque, Amount: 30_00, On: today, Bank: "CIC", Reference: "18"}))(h.t)
	slip := must(books.Remit(ctx, bursar, []string{held.ID}))(h.t)
	if err := books.CancelRemittance(ctx, bursar, slip.ID, "erreur"); err != nil {
		h.t.Fatal(err)
	}
	must(books.Remit(ctx, bursar, []string{held.ID}))(h.t)
	pupil := all[0].Draft.Lines[0].Pupil
	if err := errors.Join(books.SaveTerms(ctx, bursar, season, 0, billing.Terms{Stay: billing.Stay{Pupil: pupil, Arrives: season.StartsOn}, Shares: []billing.Share{{Pupil: pupil, Household: i.Payer, Percent: billing.Whole}}}),
		books.Close(ctx, bursar, billing.PeriodOf(h.clock.Now().AddDate(0, -1, 0).Format(time.DateOnly)), "essai")); err != nil {
		h.t.Fatal(err)
	}
}

// imports leaves a spreadsheet of families on its way in.
func imports(h house) {
	h.t.Helper()
	book, err := sheet.Read([]byte("Nom;Prénom;Né le;Nom responsable\nDUPONT;Ana;31/02/2016;DUPONT Paul\n"))
	if err != nil {
		h.t.Fatal(err)
	}
	im := importing.New(h.store, h.clock, account.New(h.store, h.clock), nil)
	for kind, season := range map[importing.Kind]string{importing.Families: "", importing.Courses: must(school.CurrentSeason(ctx, h.store))(h.t).ID} {
		id, err := im.Start(ctx, secretary, kind, season, "familles.csv", book)
		if err == nil {
			err = im.Try(ctx, secretary, id, 1)
		}
		if err != nil {
			h.t.Fatal(err)
		}
	}
}

// onScreen lays down what is first laid down on screen: the words of a mail, and
// taken back; from when newcomers come and families prepare.
func onScreen(h house) {
	h.t.Helper()
	at := h.clock.Now()
	e := school.Edit{Actor: actor.Actor{Name: "Maud Terrien", Role: actor.Director}, Now: at}
	words := school.Wordable{Kind: "received", Title: "Demande reçue", Check: func(_, _ string) error { return nil }}
	err := h.store.Write(ctx, func(tx *db.Tx) error {
		if _, err := school.SaveMailText(ctx, tx, e, words, map[string]string{"objet": "Reçu ; « {élève} »", "texte": "Bonjour,\n\n# Titre\n\\ {dossiers}"}); err != nil {
			return err
		}
		if err := school.RestoreMailText(ctx, tx, e, words); err != nil {
			return err
		}
		season, err := school.CurrentSeason(ctx, tx)
		if err != nil {
			return err
		}
		season.NewcomersOpenAt, season.HandsOverAt = season.OpensAt.Add(time.Hour), season.OpensAt.Add(-time.Hour)
		return school.PutSeason(ctx, tx, season)
	})
	if err != nil {
		h.t.Fatal(err)
	}
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
	other.clock.Set(must(db.One[time.Time](ctx, store, `select last_at from season`))(t))
	other.takesTheNextRank()
}

// takesTheNextRank sends one more dossier in the restored school.
func (h house) takesTheNextRank() {
	h.t.Helper()
	want := must(db.One[int64](ctx, h.store, `select next_rank from season where is_current = true`))(h.t)
	c := newCampaign(h)
	pupil := c.adults(1)[0]
	dossier := c.submit(c.prepare(pupil, "cheques"), pupil)
	if got := must(enrolment.DossierByID(ctx, h.store, secretary, dossier))(h.t).Rank; got != want || got < 20 {
		h.t.Errorf("got rank %d, want %d", got, want)
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
		for _, text := range []string{
			`insert into factor (id, account_id, kind, name, secret, last_step, created_at) select 'SECRET-factor', id, 'application', 'SECRET', 'SECRET', 0, $1 from account limit 1`,
			`insert into trusted_device (token_hash, account_id, created_at) select 'SECRET-device', id, $1 from account limit 1`,
			`insert into installation (token_hash, made_at) values ('SECRET-installation', $1)`,
			`insert into recovery_code (code_hash, account_id, used_at) select 'SECRET-code', id, $1 from account limit 1`,
		} {
			if _, err := tx.Exec(ctx, text, start); err != nil {
				return err
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
			return strings.Replace(s, `"capacity":6,"taken":6`, `"capacity":7,"taken":7`, 1)
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
	for what, harm := range map[string]func(path string) error{
		"one is missing": os.Remove,
		"one is another": func(path string) error { return os.WriteFile(path, []byte("%PDF made up 0\x00\r\n"), 0o600) },
	} {
		t.Run(what, func(t *testing.T) {
			dir := h.export()
			if err := harm(filepath.Join(dir, "pieces", "deposits", "001.pdf")); err != nil {
				t.Fatal(err)
			}
			other := newHouse(t, dbtest.SQLite(t))
			if _, err := other.try(os.DirFS(dir), false); !isRefused(err) {
				t.Errorf("got %v, want a refusal", err)
			}
		})
	}
}

func TestAStoredFileThatIsNoLongerTheDepositIsNotExported(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.load(demofiles.Files)
	newCampaign(h).run()
	if _, err := h.blobs.Put(t.Context(), "deposits/001.pdf", strings.NewReader("damaged")); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "out")
	if err := transfer.Export(t.Context(), h.store, h.blobs, dir); err == nil || !strings.Contains(err.Error(), "deposits/001.pdf") {
		t.Errorf("got %v, want an error that names the file", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half an export is left: %v", err)
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

func TestAnExportComesBackWhateverAFamilyCallsItself(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.load(small(t))
	abelard := must(account.ByLogin(ctx, h.store, "ABELARD-1844"))(t)
	if err := account.New(h.store, h.clock).ChangeLogin(ctx, abelard.Actor(), "apolline+musique@exemple.fr"); err != nil {
		t.Fatal(err)
	}
	first := h.export()
	other := newHouse(t, dbtest.SQLite(t))
	other.load(os.DirFS(first))
	sameFolders(t, first, other.export())
}

// A family's name must not run in the office's spreadsheet, and must come back.
func TestNoCellOfAnExportIsAFormula(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		h := newHouse(t, store)
		h.load(demofiles.Files)
		newCampaign(h).run()
		h.write(func(tx *db.Tx) error {
			for _, text := range []string{
				`update pupil set last_name = '=1+1', first_name = '@SUM(A1)'`,
				`update guardian set last_name = '-Abélard', first_name = '''=1', mobile = '+41791234567'`,
				`update household set address = '+1 rue', address_extra = '=HYPERLINK("https://mal.example")', town = '@'`,
				`update course set title = '=2+2', room = '-1' where id = (select min(id) from course)`,
				`update teacher set disciplines = '=3' where id = (select min(id) from teacher)`,
				`update deposit set file_name = '=4.pdf'`,
				`update account set name = '+5' where role = 'family'`,
			} {
				if n, err := tx.Exec(ctx, text); err != nil || n == 0 {
					return fmt.Errorf("%s: %d, %v", text, n, err)
				}
			}
			return nil
		})
		first := h.export()
		for name, data := range contents(t, first) {
			if strings.HasSuffix(name, ".csv") {
				withoutFormulas(t, name, data)
			}
		}
		other := newHouse(t, dbtest.SQLite(t))
		other.load(os.DirFS(first))
		sameFolders(t, first, other.export())
		files, _ := folder.Read(os.DirFS(first))
		if f := files.Households[0]; f.LastName != "-Abélard" || f.FirstName != "'=1" || f.Mobile != "+41791234567" || f.Address != "+1 rue" || f.City != "@" {
			t.Errorf("read again: got %+v", f)
		}
	})
}

func withoutFormulas(t *testing.T, name, data string) {
	t.Helper()
	r := csv.NewReader(strings.NewReader(data))
	r.Comma = ';'
	guarded := 0
	for i, row := range must(r.ReadAll())(t) {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("%s, line %d: %q is a formula", name, i+1, cell)
			}
			if strings.HasPrefix(cell, "'") {
				guarded++
			}
		}
	}
	if guarded == 0 {
		t.Errorf("%s shows nothing: no cell of it would have been a formula", name)
	}
}

func TestAnExportIsNotRestoredBesideAccounts(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.load(small(t))
	dir := h.export()
	other := newHouse(t, dbtest.SQLite(t))
	must(account.New(other.store, other.clock).CreateStaff(ctx, actor.System, actor.Administrator, "Odile Batard", "odile@exemple.fr", "Une-phrase-2027-longue"))(t)
	if _, err := other.try(os.DirFS(dir), false); !isRefused(err) {
		t.Errorf("got %v, want a refusal", err)
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

func TestPlacesAlreadyAskedForAreLeftToTheRegistrar(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.load(demofiles.Files)
	c := newCampaign(h)
	pupil := c.adults(1)[0]
	c.submit(c.prepare(pupil, "cheques"), pupil)
	files := edited(t, "cours.csv", func(s string) string {
		return strings.Replace(strings.Replace(s, "Chœur;Loire;30;", "Chœur;Loire;29;", 1), "Éveil musical;Loire;10;", "Éveil musical;Loire;9;", 1)
	})
	report := h.load(files)
	if last := report.Warnings[len(report.Warnings)-1]; last.Column != "places" || !strings.Contains(last.Message, "L-CHOEUR-ADULTES") {
		t.Errorf("got %+v", last)
	}
	places := must(enrolment.PlacesOf(ctx, h.store, c.season.ID))(t)
	if got := places[enrolment.OfferingID(c.course.ID, 0)].Capacity; got != 30 {
		t.Errorf("the choir has %d places, want 30", got)
	}
	if n := h.count("offering o join course c on c.id = o.course_id where c.code = 'L-JARDIN' and o.capacity = 9"); n != 1 {
		t.Error("a course that nobody asked for did not take its new places")
	}
}
