package merge

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/application"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/message"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/quotient"
	"pupitre/internal/domain/rollover"
	"pupitre/internal/domain/transfer"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Merge makes the two households one, as the choice says, and returns the id of
// the merge. It returns *fault.Conflict when something of what was read has
// changed since, or a household is no more, and *fault.Invalid when there are obstacles. Office only.
func (m *Merges) Merge(ctx context.Context, by actor.Actor, c Choice) (id string, err error) {
	err = m.registrar.Resettle(ctx, by, []string{c.Kept, c.Lost}, func(ctx context.Context, tx *db.Tx, at time.Time) error {
		if err := hold(ctx, tx, c.Kept, c.Lost); err != nil {
			return err
		}
		v, err := PreviewOf(ctx, tx, by, c)
		switch {
		case isNotFound(err):
			return gone(ctx, tx, by, c)
		case err != nil:
			return err
		case v.Seen != c.Seen:
			return &fault.Conflict{Message: "L’un des deux foyers a changé depuis que vous avez ouvert l’aperçu" + french.Nbsp + ": rien n’est fait. Relisez-le, puis fusionnez."}
		case len(v.Obstacles) > 0:
			return fault.Refuse("La fusion ne se fait pas ainsi" + french.Nbsp + ": lisez ce qui l’empêche.")
		}
		id, err = m.merge(ctx, tx, at, by, v)
		return err
	})
	return id, err
}

// gone says what became of a household that is no more.
func gone(ctx context.Context, tx *db.Tx, by actor.Actor, c Choice) error {
	for _, household := range []string{c.Kept, c.Lost} {
		merged, found, err := Into(ctx, tx, by, household)
		if err != nil {
			return err
		}
		if found {
			return &fault.Conflict{Message: merged.Words()}
		}
	}
	return fault.ErrNotFound
}

func hold(ctx context.Context, tx *db.Tx, households ...string) error {
	if err := people.Hold(ctx, tx, households...); err != nil {
		return err
	}
	if err := account.HoldFamilies(ctx, tx, households...); err != nil {
		return err
	}
	if err := message.Hold(ctx, tx, households...); err != nil {
		return err
	}
	return enrolment.HoldDossiers(ctx, tx, households...)
}

func (m *Merges) merge(ctx context.Context, tx *db.Tx, at time.Time, by actor.Actor, v Preview) (string, error) {
	before, err := transfer.PartOf(ctx, tx, v.scope())
	if err != nil {
		return "", err
	}
	lines, err := journal.LinesOf(ctx, tx, v.Lost.ID)
	if err != nil {
		return "", err
	}
	mails, err := correspondence.MailsOf(ctx, tx, v.Lost.ID)
	if err != nil {
		return "", err
	}
	if err := journal.Rehouse(ctx, tx, lines, v.Kept.ID); err != nil {
		return "", err
	}
	if err := correspondence.Rehouse(ctx, tx, mails, v.Kept.ID); err != nil {
		return "", err
	}
	if err := m.move(ctx, tx, at, by, v); err != nil {
		return "", err
	}
	after, err := transfer.PartOf(ctx, tx, v.scope())
	if err != nil {
		return "", err
	}
	return m.note(ctx, tx, at, by, v, before, after, lines, mails)
}

// move has each room move what is its own.
func (m *Merges) move(ctx context.Context, tx *db.Tx, at time.Time, by actor.Actor, v Preview) error {
	becomes := v.union.Becomes
	if err := document.Reunite(ctx, tx, at, v.reunion); err != nil {
		return err
	}
	if err := enrolment.Rehome(ctx, tx, enrolment.Rehoming{Lost: v.Lost.ID, Kept: v.Kept.ID, Becomes: becomes}); err != nil {
		return err
	}
	if err := quotient.Rehouse(ctx, tx, v.Lost.ID, v.Kept.ID); err != nil {
		return err
	}
	if err := billing.Rehouse(ctx, tx, v.Lost.ID, v.Kept.ID, becomes); err != nil {
		return err
	}
	if err := message.Rehouse(ctx, tx, v.Lost.ID, v.Kept.ID); err != nil {
		return err
	}
	if err := application.Rehome(ctx, tx, v.Lost.ID, v.Kept.ID, becomes); err != nil {
		return err
	}
	for from, to := range becomes {
		if err := rollover.Become(ctx, tx, from, to); err != nil {
			return err
		}
	}
	known := maps.Clone(becomes)
	known[v.Lost.ID] = v.Kept.ID
	if err := transfer.Rename(ctx, tx, known); err != nil {
		return err
	}
	goesOn, _ := v.Account()
	if err := m.accounts.Unite(ctx, tx, by, v.Kept.ID, v.Lost.ID, goesOn.ID); err != nil {
		return err
	}
	return people.Unite(ctx, tx, v.Kept.Household, v.Lost.Household, v.union)
}

// note keeps what the merge moved, and its line in the journal.
func (m *Merges) note(ctx context.Context, tx *db.Tx, at time.Time, by actor.Actor, v Preview, before, after transfer.Part, lines, mails []string) (string, error) {
	was, err := before.Text()
	if err != nil {
		return "", err
	}
	is, err := after.Text()
	if err != nil {
		return "", err
	}
	goesOn, shut := v.Account()
	id, said := db.NewID(), strings.Join(v.Moves(), ", ")
	if _, err := tx.Exec(ctx, `insert into household_merge (id, kept_id, lost_id, kept_name, lost_name, login, lost_login, merged_at, merged_by,
			said, before, after, lines, mails, undone_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '')`,
		id, v.Kept.ID, v.Lost.ID, v.Kept.Name(), v.Lost.Name(), goesOn.Login, shut.Login, at, by.Name, said, was, is, db.IDs(lines), db.IDs(mails)); err != nil {
		return "", err
	}
	return id, journal.Append(ctx, tx, journal.By(by, at, journal.Line{
		Event: EventMerged, Household: v.Kept.ID, Subject: SubjectOf(id), Before: "deux foyers, " + v.Kept.Name() + " et " + v.Lost.Name(),
		After: "Foyer " + v.Lost.Name() + " fusionné dans celui-ci" + french.Nbsp + ": " + said,
	}))
}

// Moves says in words what comes to the kept household.
func (v Preview) Moves() []string {
	var all []string
	count := func(n int, one, many string) {
		if n > 0 {
			all = append(all, french.Count(int64(n), one, many))
		}
	}
	count(len(v.Lost.Guardians)-len(v.union.Guardians), "responsable", "responsables")
	count(len(v.Lost.Pupils)-len(v.union.Becomes), "élève", "élèves")
	count(len(v.Lost.Dossiers), "dossier", "dossiers")
	count(v.Deposits, "pièce", "pièces")
	count(v.Lost.Mails, "message", "messages")
	count(v.Lost.Lines, "ligne de journal", "lignes de journal")
	return all
}

// notices is the table of what the school has written to families.
const notices = "message_recipient"

// scope picks the rows that a merge of the two may touch.
func (v *Preview) scope() []transfer.Pick {
	return scope([]string{v.Kept.ID, v.Lost.ID}, v.pupils, slices.DeleteFunc([]string{v.Kept.Account.ID, v.Lost.Account.ID}, func(id string) bool { return id == "" }))
}

func scope(households, pupils, accounts []string) []transfer.Pick {
	const in = ` in (select value from json_each(cast($1 as text)))`
	const either = `id in (select id from %t where household_id` + in + ` union select id from %t where pupil_id in (select value from json_each(cast($2 as text))))`
	of, their := db.IDs(households), db.IDs(pupils)
	pick := func(table, where string, args ...any) transfer.Pick {
		return transfer.Pick{Table: table, Where: strings.ReplaceAll(where, "%t", table), Args: args}
	}
	return []transfer.Pick{
		pick("household", `id`+in, of),
		pick("household_payment_mean", `household_id`+in, of),
		pick("guardian", `household_id`+in, of),
		pick("pupil", `id`+in, their),
		pick("pupil_household", `pupil_id`+in, their),
		pick("pupil_season", `pupil_id`+in, their),
		pick("pupil_note", `pupil_id`+in, their),
		pick("pupil_course_now", `pupil_id`+in, their),
		pick("roll_over_pupil", `season_id in (select season_id from roll_over) and pupil_id`+in, their),
		pick("household_change", `household_id in (select household_id from pupil_household where pupil_id`+in+` union select value from json_each(cast($2 as text)))`, their, of),
		pick("household_apart", `first_id`+in+` or second_id in (select value from json_each(cast($1 as text)))`, of),
		pick("imported", `entity_id`+in, db.IDs(append(slices.Clone(households), pupils...))),
		pick("account", `id`+in, db.IDs(accounts)),
		pick("deposit", either, of, their),
		pick("dossier", `id in (select id from dossier where household_id`+in+` union select id from dossier where season_id in (select id from season) and pupil_id in (select value from json_each(cast($2 as text))))`, of, their),
		pick("application", either, of, their),
		pick(notices, `household_id`+in, of),
		pick("invoice", `household_id`+in, of),
		pick("invoice_line", `pupil_id`+in, their),
		pick("instalment", `invoice_id in (select id from invoice where household_id`+in+`)`, of),
		pick("payment", `household_id`+in, of),
		pick("allocation", `payment_id in (select id from payment where household_id`+in+`)`, of),
		pick("quotient", `household_id`+in, of),
		pick("reminder", `household_id`+in, of),
		pick("pupil_billing", `pupil_id`+in, their),
		pick("cost_share", `household_id`+in+` or pupil_id in (select value from json_each(cast($2 as text)))`, of, their),
	}
}
