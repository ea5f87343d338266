package merge_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/merge"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

// double is a school in which the Moreaus are known twice. The first household
// has sent Malo's dossier and begun Lucie's; Malo has another household too, his
// father's. The second one has Lucie again, whose dossier it has sent, and Nino.
type double struct {
	*testschool.School
	*merge.Merges
	claire, father, again testschool.Family // with Malo, with Mathis, with Lucie known again
	nino                  people.Pupil
	lucie                 people.Pupil // of the first household
}

func open(t *testing.T, store *db.Store) *double {
	s := testschool.Open(t, store)
	return &double{School: s, Merges: merge.New(store, s.Clock, s.Accounts, s.Registrar)}
}

func newDouble(t *testing.T, store *db.Store) *double {
	d := open(t, store)
	d.claire = d.Family("MOREAU-4821", "Malo").Prepare()
	d.father = d.Family("BATARD-6474", "Mathis").Prepare()
	d.lucie = d.Family("MOREAU-4821", "Lucie").Pupil
	d.sharesMalo()
	d.claire.Choose("eveil", "L-EVEIL-1").Send()
	d.claire.Deposit("quotient-familial")
	d.Must(enrolment.SaveDraft(d.Ctx, d.Store, d.Clock, d.claire.Actor, d.lucie.ID, enrolment.DraftStep{}))
	d.makeAgain("MOREAU-9002", people.Pupil{LastName: "MOREAU", FirstName: "Lucie", BirthDate: d.lucie.BirthDate, LevelNow: "6e"},
		people.Pupil{LastName: "Moreau", FirstName: "Nino", BirthDate: "2022-03-09", LevelNow: "MS"})
	d.again = d.Family("MOREAU-9002", "Lucie").Prepare().Choose("cursus", "L-VIOLONCELLE", "L-CORDES", "L-CULTURE-1")
	d.again.Send()
	d.again.Deposit("quotient-familial")
	d.nino = d.Family("MOREAU-9002", "Nino").Pupil
	d.notes()
	d.settle()
	return d
}

func (d *double) write(f func(tx *db.Tx) error) { d.T.Helper(); d.Must(d.Store.Write(d.Ctx, f)) }

func (d *double) sharesMalo() {
	d.Must(d.Registrar.AddHome(d.Ctx, testschool.Secretary, people.Home{Pupil: d.claire.Pupil.ID, Household: d.father.Household, Version: d.version(d.claire.Pupil.ID)}))
}

func (d *double) version(pupil string) int64 {
	n, err := db.One[int64](d.Ctx, d.Store, `select version from pupil where id = $1`, pupil)
	d.Must(err)
	return n
}

// makeAgain makes a household of Claire Moreau's with these pupils, as a second import does.
func (d *double) makeAgain(login string, pupils ...people.Pupil) {
	h := people.Household{ID: db.NewID(), Address: "7 rue des Lilas", Postcode: "44330", Town: "Vallet", BillingMode: 1}
	h.Guardians = []people.Guardian{{ID: db.NewID(), HouseholdID: h.ID, Civility: "Mme", LastName: "Moreau", FirstName: "Claire", Email: "c.moreau@exemple.fr", Mobile: "0639989999"},
		{ID: db.NewID(), HouseholdID: h.ID, LastName: "Petit", FirstName: "Jeanne", Email: "jeanne.petit@exemple.fr", Position: 1}}
	d.write(func(tx *db.Tx) error {
		if err := people.PutHousehold(d.Ctx, tx, d.Clock.Now(), h); err != nil {
			return err
		}
		for _, p := range pupils {
			p.ID = db.NewID()
			if err := people.PutPupil(d.Ctx, tx, d.Clock.Now(), p, []string{h.ID}, []string{"L-CORDES"}); err != nil {
				return err
			}
		}
		_, err := d.Accounts.CreateFamily(d.Ctx, tx, testschool.Secretary, h.ID, login, "Moreau")
		return err
	})
	d.Must(d.Accounts.GivePassword(d.Ctx, actor.System, "Portail2027", d.account(login).ID))
}

func (d *double) account(login string) account.Account {
	d.T.Helper()
	a, err := account.ByLogin(d.Ctx, d.Store, login)
	d.Must(err)
	return a
}

// notes has both households signal something of Lucie.
func (d *double) notes() {
	d.write(func(tx *db.Tx) error {
		for _, n := range [][]any{{d.lucie.ID, d.claire.Household, "gauchère"}, {d.again.Pupil.ID, d.again.Household, "arrive en car"}} {
			if _, err := tx.Exec(d.Ctx, `insert into pupil_note (pupil_id, season_id, household_id, note) values ($1, $2, $3, $4)`, n[0], d.Season.ID, n[1], n[2]); err != nil {
				return err
			}
		}
		return nil
	})
}

// settle has the office see what the families have changed.
func (d *double) settle() {
	for _, household := range []string{d.claire.Household, d.again.Household} {
		err := d.Store.Write(d.Ctx, func(tx *db.Tx) error {
			_, _, err := people.See(d.Ctx, tx, d.Clock.Now(), testschool.Secretary, household, d.Clock.Now())
			return err
		})
		if err != nil && !isConflict(err) {
			d.T.Fatal(err)
		}
	}
}

// choice is to make the two households one, and Lucie one child.
func (d *double) choice() merge.Choice {
	return merge.Choice{Kept: d.claire.Household, Lost: d.again.Household, Said: map[string]string{"enfant_1": merge.OneSame}}
}

func (d *double) preview(c merge.Choice) merge.Preview {
	d.T.Helper()
	v, err := merge.PreviewOf(d.Ctx, d.Store, testschool.Secretary, c)
	d.Must(err)
	return v
}

// make merges as the choice says, once it was previewed.
func (d *double) make(c merge.Choice) string {
	d.T.Helper()
	c.Seen = d.preview(c).Seen
	d.Clock.Add(time.Minute)
	id, err := d.Merge(d.Ctx, testschool.Secretary, c)
	d.Must(err)
	return id
}

func (d *double) count(text string, args ...any) int64 {
	d.T.Helper()
	n, err := db.One[int64](d.Ctx, d.Store, text, args...)
	d.Must(err)
	return n
}

func (d *double) text(text string, args ...any) string {
	d.T.Helper()
	s, err := db.One[string](d.Ctx, d.Store, text, args...)
	d.Must(err)
	return s
}

func isConflict(err error) bool {
	var c *fault.Conflict
	return errors.As(err, &c)
}

func isInvalid(err error) bool {
	var i *fault.Invalid
	return errors.As(err, &i)
}

func obstacles(v merge.Preview) string {
	var all []string
	for _, o := range v.Obstacles {
		all = append(all, o.Text)
	}
	return strings.Join(all, "\n")
}

// TestTwoHouseholdsAreMadeOneAndTwoAgain: everything of the lost household is
// the kept one's, no rank and no place has moved; undone, the export is the
// same, byte for byte, but for what the journal tells.
func TestTwoHouseholdsAreMadeOneAndTwoAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		d := newDouble(t, store)
		ranks := d.text(`select coalesce(string_agg(number || ':' || coalesce(rank, 0) || ':' || state, ' ' order by number), '') from dossier where rank is not null`)
		places := d.text(`select string_agg(id || ':' || taken, ' ' order by id) from offering`)
		_, stays, err := d.Accounts.Session(d.Ctx, d.signIn("MOREAU-9002"))
		d.Must(err)
		session := d.signIn("MOREAU-9002")
		if stays != "" {
			t.Fatalf("the session must do %q first", stays)
		}
		before := d.export()

		id := d.make(d.choice())
		d.isOne()
		if got := d.text(`select coalesce(string_agg(number || ':' || coalesce(rank, 0) || ':' || state, ' ' order by number), '') from dossier where rank is not null`); got != ranks {
			t.Errorf("the ranks: %s, before %s", got, ranks)
		}
		if got := d.text(`select string_agg(id || ':' || taken, ' ' order by id) from offering`); got != places {
			t.Error("places have moved")
		}
		if who, _, err := d.Accounts.Session(d.Ctx, session); err != nil || who.Household != d.claire.Household {
			t.Errorf("the identifiant that was used goes on: %+v, %v", who, err)
		}
		d.Clock.Add(time.Minute)
		d.Must(d.Undo(d.Ctx, testschool.Secretary, id))
		same(t, before, d.export())
		if err := d.Undo(d.Ctx, testschool.Secretary, id); !isConflict(err) {
			t.Errorf("undone twice: %v", err)
		}
		d.tellsWhatHasChanged()
	})
}

func (d *double) signIn(login string) string {
	d.T.Helper()
	opened, err := d.Accounts.SignIn(d.Ctx, login, "Portail2027", "192.0.2.1")
	d.Must(err)
	return opened.Token
}

// isOne holds what the merge of the double makes.
func (d *double) isOne() {
	d.T.Helper()
	t, kept, lost := d.T, d.claire.Household, d.again.Household
	h, err := people.HouseholdByID(d.Ctx, d.Store, testschool.Secretary, kept)
	d.Must(err)
	if len(h.Guardians) != 2 || h.Guardians[1].FirstName != "Jeanne" || h.Guardians[0].Email != "c.moreau@exemple.fr" {
		t.Errorf("the responsibles: %+v", h.Guardians)
	}
	pupils, err := people.PupilsOf(d.Ctx, d.Store, kept)
	d.Must(err)
	if len(pupils) != 4 { // Claire, Lucie, Malo, Nino
		t.Errorf("%d pupils", len(pupils))
	}
	for _, table := range []string{"guardian", "pupil_household", "pupil_note", "household_payment_mean", "deposit", "dossier", "account", "journal", "outgoing_mail", "household_change", "application"} {
		if n := d.count(`select count(*) from `+table+` where household_id = $1`, lost); n > 0 {
			t.Errorf("%s: %d rows of the lost household", table, n)
		}
	}
	reg, err := enrolment.RegistrationOf(d.Ctx, d.Store, testschool.Secretary, d.lucie.ID)
	d.Must(err)
	if reg.Dossier.Rank == 0 || reg.Dossier.Household != kept {
		t.Errorf("Lucie's dossier: %+v", reg.Dossier)
	}
	if note := d.text(`select note from pupil_note where pupil_id = $1 and household_id = $2`, d.lucie.ID, kept); note != "arrive en car\ngauchère" {
		t.Errorf("the note is %q", note)
	}
	if n := d.count(`select count(*) from deposit where household_id = $1 and paper_code = 'quotient-familial' and replaced_at is null`, kept); n != 1 {
		t.Errorf("%d attestations stand", n)
	}
	if shut := d.account("MOREAU-4821"); shut.Household != "" || shut.DisabledAt.IsZero() {
		t.Errorf("the other identifiant: %+v", shut)
	}
	if in, err := people.HouseholdsOf(d.Ctx, d.Store, d.claire.Pupil.ID); err != nil || len(in) != 2 {
		t.Errorf("Malo's households: %v, %v", in, err)
	}
	lines, err := journal.OfHousehold(d.Ctx, d.Store, kept, 1)
	d.Must(err)
	if lines[0].Event != merge.EventMerged || merge.InSubject(lines[0].Subject) == "" || !strings.Contains(lines[0].After, "1 responsable, 1 élève") {
		t.Errorf("the journal: %+v", lines[0])
	}
}

// tellsWhatHasChanged holds what two secretaries read, and what an undoing is
// refused for.
func (d *double) tellsWhatHasChanged() {
	t := d.T
	c := d.choice()
	c.Seen = d.preview(c).Seen
	d.claire.Deposit("quotient-familial") // since the preview
	if _, err := d.Merge(d.Ctx, testschool.Secretary, c); !isConflict(err) || !strings.Contains(err.Error(), "a changé depuis") {
		t.Errorf("an old preview: %v", err)
	}
	unsaid := c
	unsaid.Said = nil
	unsaid.Seen = d.preview(unsaid).Seen
	if _, err := d.Merge(d.Ctx, testschool.Secretary, unsaid); !isInvalid(err) {
		t.Errorf("one child or two was not said: %v", err)
	}
	if _, err := d.Merge(d.Ctx, d.claire.Actor, c); !errors.Is(err, fault.ErrForbidden) {
		t.Errorf("a family merges: %v", err)
	}
	id := d.make(c)
	if _, err := d.Merge(d.Ctx, testschool.Secretary, c); !isConflict(err) || !strings.Contains(err.Error(), "par Odile Batard") {
		t.Errorf("the second secretary: %v", err)
	}

	d.Clock.Add(time.Minute)
	lucie, err := enrolment.RegistrationOf(d.Ctx, d.Store, testschool.Secretary, d.lucie.ID)
	d.Must(err)
	_, err = d.Registrar.Confirm(d.Ctx, testschool.Secretary, lucie.Dossier.ID, "dossier vérifié")
	d.Must(err)
	if err := d.Undo(d.Ctx, testschool.Secretary, id); !isConflict(err) || !strings.Contains(err.Error(), lucie.Dossier.Label()) {
		t.Errorf("the dossier has been answered since: %v", err)
	}
	d.Must(d.Registrar.TakeBack(d.Ctx, testschool.Secretary, lucie.Dossier.ID, lucie.Dossier.Version+1))
	d.write(func(tx *db.Tx) error {
		return people.SetGuardianEmail(d.Ctx, tx, d.Clock.Now(), testschool.Secretary, d.text(`select id from guardian where household_id = $1 and position = 0`, d.claire.Household), "nouvelle@exemple.fr")
	})
	if err := d.Undo(d.Ctx, testschool.Secretary, id); !isConflict(err) || !strings.Contains(err.Error(), "le responsable Claire Moreau") {
		t.Errorf("the address has changed since: %v", err)
	}
}

// TestWhatIsNotMerged names each obstacle, and what to do about it.
func TestWhatIsNotMerged(t *testing.T) {
	d := newDouble(t, dbtest.SQLite(t))
	for _, row := range []struct {
		name   string
		choice merge.Choice
		make   func()
		want   string
	}{
		{"one child or two is to be said", merge.Choice{Kept: d.claire.Household, Lost: d.again.Household}, nil, "dites ci-dessous si c’est un seul enfant"},
		{"two children are left two", merge.Choice{Kept: d.claire.Household, Lost: d.again.Household, Said: map[string]string{"enfant_1": merge.Apart}}, nil, ""},
		{"separated parents", merge.Choice{Kept: d.claire.Household, Lost: d.father.Household}, nil, "Malo Moreau est dans les deux foyers, dont chacun ne lit rien de l’autre"},
		{"a paper that the other one would have to bring", merge.Choice{Kept: d.claire.Household, Lost: d.again.Household, Said: map[string]string{"enfant_1": merge.OneSame, "moyens": merge.OfLost}}, func() {
			d.write(func(tx *db.Tx) error {
				return people.SaveBilling(d.Ctx, tx, d.Clock.Now(), testschool.Secretary, d.again.Household, 1, []string{"prelevement"})
			})
		}, "Il manquerait au dossier D-0001"},
		{"a change to be seen", merge.Choice{Kept: d.claire.Household, Lost: d.again.Household, Said: map[string]string{"enfant_1": merge.OneSame, "moyens": merge.OfKept}}, func() {
			d.write(func(tx *db.Tx) error {
				_, err := tx.Exec(d.Ctx, `insert into household_change (id, household_id, pupil_id, field, before, after, at, changed_by, seen_by, seen_batch)
					values ('c', $1, '', 'mobile', '', '06', $2, 'Claire Moreau', '', '')`, d.again.Household, d.Clock.Now())
				return err
			})
		}, "1 changement à vérifier"},
		{"both have sent a dossier for one child", d.choice(), func() {
			lucie := d.Family("MOREAU-4821", "Lucie").Prepare().Choose("cursus", "L-VIOLONCELLE", "L-CORDES", "L-CULTURE-1")
			lucie.Send()
			d.settle()
		}, "Les deux foyers ont un dossier pour Lucie Moreau"},
	} {
		if row.make != nil {
			row.make()
		}
		got := obstacles(d.preview(row.choice))
		if row.want == "" && got != "" || !strings.Contains(got, row.want) {
			t.Errorf("%s: %q", row.name, got)
		}
	}
	if _, err := merge.PreviewOf(d.Ctx, d.Store, testschool.Secretary, merge.Choice{Kept: "a", Lost: "a"}); !isInvalid(err) {
		t.Errorf("a household with itself: %v", err)
	}
}

// TestThePapersThatStand is what becomes of two deposits of one paper.
func TestThePapersThatStand(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2027, 6, 7, 9, minute, 0, 0, time.UTC) }
	dep := func(id, household, season string, state document.State, minute int) document.Deposit {
		return document.Deposit{ID: id, Paper: "rib", Household: household, Season: season, State: state, DepositedAt: at(minute)}
	}
	for _, row := range []struct {
		name     string
		standing bool
		current  []document.Deposit
		want     string
	}{
		{"the newer", false, []document.Deposit{dep("a", "k", "s", document.Provided, 1), dep("b", "l", "s", document.Provided, 2)}, "b"},
		{"the validated, though older", false, []document.Deposit{dep("a", "k", "s", document.Validated, 1), dep("b", "l", "s", document.Provided, 2)}, "a"},
		{"never the refused", false, []document.Deposit{dep("a", "k", "s", document.Refused, 2), dep("b", "l", "s", document.Provided, 1)}, "b"},
		{"each season's own", false, []document.Deposit{dep("a", "k", "r", document.Validated, 1), dep("b", "l", "s", document.Refused, 2)}, "a b"},
		{"a standing one is of every season", true, []document.Deposit{dep("a", "k", "r", document.Validated, 1), dep("b", "l", "s", document.Refused, 2)}, "a"},
	} {
		in := document.Reunion{Kept: "k", Lost: "l", Standing: map[string]bool{"rib": row.standing}}
		stand, outdone := in.Settle(row.current)
		var got []string
		for _, d := range stand {
			got = append(got, d.ID)
			if d.Household != "k" {
				t.Errorf("%s: %s is of %s", row.name, d.ID, d.Household)
			}
		}
		if strings.Join(got, " ") != row.want || len(stand)+len(outdone) != len(row.current) {
			t.Errorf("%s: %v stand, %d are older", row.name, got, len(outdone))
		}
	}
}
