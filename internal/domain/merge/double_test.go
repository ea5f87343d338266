package merge_test

import (
	"testing"
	"time"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/merge"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/db"
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
	d.messages()
	d.money()
	d.write(func(tx *db.Tx) error {
		return people.SayApart(d.Ctx, tx, d.Clock.Now(), testschool.Secretary, d.again.Household, d.father.Household)
	})
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

var bursar = actor.Actor{Account: "a-brelet", Name: "Odile Brelet", Role: actor.Bursar}

// money has both households invoiced, and the second pay a part; of Lucie known
// again the régie has said when she arrives.
func (d *double) money() {
	books := billing.New(d.Store, d.Clock)
	for _, h := range []struct{ household, pupil string }{{d.claire.Household, d.claire.Pupil.ID}, {d.again.Household, d.again.Pupil.ID}} {
		_, err := books.Issue(d.Ctx, bursar, billing.Draft{Payer: h.household, Season: d.Season.ID, SeasonName: d.Season.Name,
			Debtor: billing.Party{Name: "Mme Claire Moreau", Postcode: "44330", Town: "Vallet"},
			Lines:  []billing.Line{{Pupil: h.pupil, Label: "Moreau", Amount: 90_00, Steps: []billing.Step{{Label: "Cursus", Change: 90_00}}}},
			Plan:   []tariff.Instalment{{On: "2027-10-05", Amount: 90_00}}})
		d.Must(err)
	}
	_, err := books.Receive(d.Ctx, bursar, d.cash(d.again.Household, 100_00))
	d.Must(err)
	d.Must(books.SaveTerms(d.Ctx, bursar, d.Season, 0, billing.Terms{Stay: billing.Stay{Pupil: d.again.Pupil.ID, Arrives: "2028-01-10"},
		Shares: []billing.Share{{Pupil: d.again.Pupil.ID, Household: d.again.Household, Percent: billing.Whole}}}))
}

func (d *double) cash(household string, amount int64) billing.Entry {
	return billing.Entry{Household: household, Way: billing.Cash, Amount: amount, On: d.Clock.Now().Format(time.DateOnly)}
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

// messages has the school write to the second household (lone), to both, one of
// whom has read it (both), and leave as the merge is made (leaving).
func (d *double) messages() {
	at, read := d.Clock.Now(), d.Clock.Now()
	var none time.Time
	d.write(func(tx *db.Tx) error {
		for _, m := range []string{"lone", "both", "leaving"} {
			if _, err := tx.Exec(d.Ctx, `insert into message (id, season_id, state, subject, body, selection, by_mail, in_portal, counted, departed_at, created_by, created_at, version, changed_by)
				values ($1, $2, $3, 'Portes ouvertes', 'Venez.', '{}', $4, $5, 2, $6, '', $7, 1, '')`, m, d.Season.ID, "leaving", false, true, at, at); err != nil {
				return err
			}
		}
		for _, x := range [][]any{
			{"lone", d.again.Household, 0, `["a"]`, "Portes ouvertes", at, read},
			{"both", d.claire.Household, 0, `["b"]`, "Portes ouvertes", at, read},
			{"both", d.again.Household, 1, `["a"]`, "Portes ouvertes", at, none},
			{"leaving", d.claire.Household, 0, `["b"]`, "", none, none},
			{"leaving", d.again.Household, 1, `["a"]`, "", none, none},
		} {
			if _, err := tx.Exec(d.Ctx, `insert into message_recipient (message_id, household_id, position, dossiers, address, subject, body, prepared_at, read_at)
				values ($1, $2, $3, $4, '', $5, '', $6, $7)`, x...); err != nil {
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
