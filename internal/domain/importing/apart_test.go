package importing_test

import (
	"strings"
	"testing"

	"pupitre/internal/demo/testschool"
	"pupitre/internal/domain/importing"
	"pupitre/internal/domain/merge"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/platform/french"
)

// Two children of one name and date of birth, whom the office has told apart in
// an import, both have their dossier; a household of an import that was merged
// since is no longer undone, by name, until the merge is.
func TestAnImportBesideNewcomersAndMerges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		d := &desk{School: testschool.Open(t, store)}
		d.imports = importing.New(store, d.Clock, d.Accounts, d.Registrar)
		lucie := d.Family("MOREAU-4821", "Lucie")
		before := d.everything()
		d.bringTwin(lucie.Pupil)
		d.merged(before)
		d.bothSend(lucie)
	})
}

// bringTwin imports a second Lucie, in another household, and says that they are two.
func (d *desk) bringTwin(lucie people.Pupil) {
	d.T.Helper()
	d.start(importing.Families, "Nom;Prénom;Né le;Classe;Nom responsable;Prénom responsable;Mail;Tél;Adresse;CP;Ville\n"+
		strings.Join([]string{lucie.LastName, lucie.FirstName, french.CivilDate(lucie.BirthDate), "6e", "Zygmunt", "Paul", "paul.zygmunt@exemple.fr", "0612003456", "1 rue Haute", "44430", "Vallet"}, ";")+"\n")
	d.match()
	problems, err := importing.ProblemsOf(d.Ctx, d.Store, testschool.Secretary, d.id, 0)
	d.Must(err)
	if len(problems) != 1 || !strings.Contains(problems[0].What, "deux foyers") {
		d.T.Fatalf("%+v", problems)
	}
	d.Must(d.imports.Answer(d.Ctx, testschool.Secretary, d.id, d.now().Version, map[string]importing.Answer{problems[0].Group: {Code: "other"}}))
	if i := d.run(nil); i.State != importing.Done {
		d.T.Fatalf("%+v", i)
	}
}

// merged: the household that was made is merged into a known one, as the kept
// one and as the lost one; each time the undo is refused until the merge is undone.
func (d *desk) merged(before string) {
	d.T.Helper()
	merges := merge.New(d.Store, d.Clock, d.Accounts, d.Registrar)
	made, known := d.household(d.zygmunt()).ID, d.household("BOSSIS-1722").ID
	for _, c := range []merge.Choice{{Kept: known, Lost: made}, {Kept: made, Lost: known}} {
		v, err := merge.PreviewOf(d.Ctx, d.Store, testschool.Secretary, c)
		d.Must(err)
		c.Seen = v.Seen
		id, err := merges.Merge(d.Ctx, testschool.Secretary, c)
		d.Must(err)
		if got := says(d.imports.Undo(d.Ctx, testschool.Secretary, d.id)); !strings.Contains(got, "le foyer Zygmunt Paul") {
			d.T.Errorf("merged into %s: %q", c.Kept, got)
		}
		d.Must(merges.Undo(d.Ctx, testschool.Secretary, id))
	}
	d.Must(d.imports.Undo(d.Ctx, testschool.Secretary, d.id))
	if after := d.everything(); after != before {
		d.T.Errorf("the undo left something: %s", firstDifference(before, after))
	}
	if i := d.run(nil); i.State != importing.Done {
		d.T.Fatalf("done again: %+v", i)
	}
}

func (d *desk) zygmunt() string {
	d.T.Helper()
	login, err := db.One[string](d.Ctx, d.Store, `select a.login from account a join guardian g on g.household_id = a.household_id where g.last_name = 'Zygmunt'`)
	d.Must(err)
	return login
}

// bothSend: the known Lucie is new in this season, as a pré-inscription makes
// her, and both dossiers are taken.
func (d *desk) bothSend(lucie testschool.Family) {
	d.T.Helper()
	d.Must(d.Store.Write(d.Ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(d.Ctx, `update pupil set new_in = $1 where id = $2`, d.Season.ID, lucie.Pupil.ID)
		return err
	}))
	lucie.Prepare().Choose("cursus", "L-VIOLONCELLE", "L-CORDES", "L-CULTURE-1").Send()
	d.Family(d.zygmunt(), "Lucie").Prepare().Choose("cursus", "L-VIOLONCELLE", "L-CORDES", "L-CULTURE-1").Send()
}
