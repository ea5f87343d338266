package merge_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/merge"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/fault"
)

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
		d.write(func(tx *db.Tx) error { // which keeps nothing from being undone
			_, err := tx.Exec(d.Ctx, `update message_recipient set read_at = $1 where message_id = 'both' and household_id = $2`, d.Clock.Now(), d.claire.Household)
			return err
		})
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
	for _, table := range []string{"guardian", "pupil_household", "pupil_note", "household_payment_mean", "deposit", "dossier", "account", "journal", "outgoing_mail", "household_change", "application", "message_recipient", "invoice", "payment", "cost_share"} {
		if n := d.count(`select count(*) from `+table+` where household_id = $1`, lost); n > 0 {
			t.Errorf("%s: %d rows of the lost household", table, n)
		}
	}
	if got := d.text(`select string_agg(message_id || ' ' || dossiers || case when read_at is null then ' unread' else ' read' end, ', ' order by message_id) from message_recipient where household_id = $1`, kept); got != `both ["b"] unread, leaving ["b","a"] unread, lone ["a"] read` {
		t.Errorf("what the school has written: %s", got)
	}
	if said, err := people.ApartFromEach(d.Ctx, d.Store, testschool.Secretary, kept); err != nil || len(said) != 1 || said[0].Household != d.father.Household {
		t.Errorf("said of the lost household, and now of the kept one: %+v, %v", said, err)
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
	account, err := billing.AccountOf(d.Ctx, d.Store, bursar, kept)
	if err != nil || len(account.Invoices) != 2 || account.Credit() != 10_00 || account.Due("2028-12-31") != 90_00 {
		t.Errorf("the account: %+v, %v", account, err)
	}
	if terms, err := billing.TermsOf(d.Ctx, d.Store, bursar, d.Season.ID, d.lucie.ID); err != nil || terms.Arrives != "2028-01-10" || len(terms.Shares) != 1 || terms.Shares[0].Household != kept {
		t.Errorf("what is said of Lucie: %+v, %v", terms, err)
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
	written := func(subject string) {
		d.write(func(tx *db.Tx) error {
			_, err := tx.Exec(d.Ctx, `update message_recipient set subject = $1 where message_id = 'leaving' and household_id = $2`, subject, d.claire.Household)
			return err
		})
	}
	written("Portes ouvertes")
	if err := d.Undo(d.Ctx, testschool.Secretary, id); !isConflict(err) || !strings.Contains(err.Error(), "un message de l’école") {
		t.Errorf("a message has left since: %v", err)
	}
	written("")
	lucie, err := enrolment.RegistrationOf(d.Ctx, d.Store, testschool.Secretary, d.lucie.ID)
	d.Must(err)
	_, err = d.Registrar.Confirm(d.Ctx, testschool.Secretary, lucie.Dossier.ID, "dossier vérifié")
	d.Must(err)
	if err := d.Undo(d.Ctx, testschool.Secretary, id); !isConflict(err) || !strings.Contains(err.Error(), lucie.Dossier.Label()) {
		t.Errorf("the dossier has been answered since: %v", err)
	}
	d.Must(d.Registrar.TakeBack(d.Ctx, testschool.Secretary, lucie.Dossier.ID, lucie.Dossier.Version+1))
	d.paysSince(id)
	d.write(func(tx *db.Tx) error {
		return people.SetGuardianEmail(d.Ctx, tx, d.Clock.Now(), testschool.Secretary, d.text(`select id from guardian where household_id = $1 and position = 0`, d.claire.Household), "nouvelle@exemple.fr")
	})
	if err := d.Undo(d.Ctx, testschool.Secretary, id); !isConflict(err) || !strings.Contains(err.Error(), "le responsable Claire Moreau") {
		t.Errorf("the address has changed since: %v", err)
	}
}

// paysSince holds that what comes to an account that was moved keeps the merge.
func (d *double) paysSince(id string) {
	entry, err := billing.New(d.Store, d.Clock).Receive(d.Ctx, bursar, d.cash(d.claire.Household, 5_00))
	d.Must(err)
	if err := d.Undo(d.Ctx, testschool.Secretary, id); !isConflict(err) || !strings.Contains(err.Error(), "un paiement ou une échéance") {
		d.T.Errorf("the family has paid since: %v", err)
	}
	d.write(func(tx *db.Tx) error { // as no act does: the rest of the test is about other things
		for _, statement := range []string{`delete from allocation where payment_id = $1`, `delete from payment where id = $1`} {
			if _, err := tx.Exec(d.Ctx, statement, entry.ID); err != nil {
				return err
			}
		}
		return nil
	})
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
