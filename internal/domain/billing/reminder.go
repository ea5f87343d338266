package billing

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// LastStage is the last reminder before the Treasury: a letter, whoever it is to.
const LastStage = 3

// stages name the reminders, from the first.
var stages = [...]string{"rappel", "relance", "dernier avis"}

// StageWords name a reminder of that stage.
func StageWords(stage int64) string { return stages[min(max(stage, 1), LastStage)-1] }

// By is how a reminder goes.
type By string

// The ways of a reminder.
const (
	ByMail   By = "mail"
	ByLetter By = "letter"
)

// Reminder (relance) asks a household for what is late, with what that was on the day.
type Reminder struct {
	ID        string    `db:"id"`
	Household string    `db:"household_id"`
	Stage     int64     `db:"stage"` // 1 to LastStage
	By        By        `db:"way"`
	Amount    int64     `db:"amount"`
	Oldest    string    `db:"oldest_on"` // the first of the instalments that are late
	Content   string    `db:"content"`
	On        string    `db:"made_on"`
	At        time.Time `db:"made_at"`
	MadeBy    string    `db:"made_by"`
}

// Due are the instalments that it asks for.
func (r Reminder) Due() (all []ToldDue, err error) {
	if err = json.Unmarshal([]byte(r.Content), &all); err != nil {
		err = fmt.Errorf("read reminder %s: %w", r.ID, err)
	}
	return all, err
}

const reminderColumns = `r.id, r.household_id, r.stage, r.way, r.amount, r.oldest_on, r.content, r.made_on, r.made_at, r.made_by`

// Debt is a household with something late.
type Debt struct {
	Household string `db:"household_id"`
	Named
	Late        int64  `db:"late"`
	Instalments int64  `db:"instalments"`
	Oldest      string `db:"oldest"`
	Stage       int64  `db:"stage"`       // the last reminder since, 0 for none
	RemindedOn  string `db:"reminded_on"` // its day
	Reachable   bool   `db:"reachable"`   // it has an e-mail address
}

// Next is the stage of the reminder to come, LastStage+1 when there is none left.
func (d Debt) Next() int64 { return d.Stage + 1 }

// Debts returns who is late on the day, who owes the most first. A reminder counts
// when it was made after the oldest of what is late fell due: what was settled
// since starts anew. Office only: fault.ErrForbidden.
func Debts(ctx context.Context, r db.Reader, a actor.Actor, today string) ([]Debt, error) {
	if !a.May(actor.Sees, actor.Billing) {
		return nil, fault.ErrForbidden
	}
	all, err := db.All[Debt](ctx, r, `select d.household_id, coalesce(g.first_name, '') as first_name, coalesce(g.last_name, '') as last_name, d.late, d.instalments, d.oldest,
		coalesce((select max(r.stage) from reminder r where r.household_id = d.household_id and r.made_on > d.oldest), 0) as stage,
		coalesce((select max(r.made_on) from reminder r where r.household_id = d.household_id and r.made_on > d.oldest), '') as reminded_on,
		exists (select 1 from guardian m where m.household_id = d.household_id and m.email <> '') as reachable
		from (select x.household_id, cast(sum(x.rest) as bigint) as late, count(*) as instalments, min(x.due_on) as oldest
			from (select i.household_id, t.due_on, t.amount - coalesce((select sum(y.amount) from allocation y where y.instalment_id = t.id), 0) as rest
				from instalment t join invoice i on i.id = t.invoice_id where t.ended_at is null and t.due_on < $1) x
			where x.rest > 0 group by x.household_id) d
		left join guardian g on g.household_id = d.household_id and g.position = 0 order by d.late desc, d.household_id`, today)
	if err != nil {
		return nil, fmt.Errorf("read who is late: %w", err)
	}
	return all, nil
}

// late are the account's instalments whose day has passed, with what is left of
// each, the oldest first.
func (a Account) late(today string) (all []ToldDue) {
	for _, i := range a.open() {
		if i.On >= today {
			continue
		}
		at := slices.IndexFunc(a.Invoices, func(of Invoice) bool { return of.ID == i.Invoice })
		all = append(all, ToldDue{Invoice: a.Invoices[at].Label(), On: i.On, Amount: i.Amount})
	}
	return all
}

// remind makes the account's reminder of that stage, as things stand today, of the
// reminders made before. It says why not instead when there is none to make.
func (a Account) remind(stage int64, before []Reminder, today string) (r Reminder, why string) {
	due := a.late(today)
	if len(due) == 0 {
		return r, "plus rien n’est en retard"
	}
	reached := int64(0)
	for _, b := range before {
		if b.On > due[0].On {
			reached = max(reached, b.Stage)
		}
	}
	switch {
	case reached >= stage:
		return r, "déjà fait"
	case reached+1 < stage:
		return r, "d’abord " + StageWords(reached+1)
	}
	r = Reminder{Household: a.Household, Stage: stage, Oldest: due[0].On, On: today}
	for _, d := range due {
		r.Amount += d.Amount
	}
	content, err := json.Marshal(due)
	if err != nil {
		panic(err) // texts and numbers
	}
	r.Content = string(content)
	return r, ""
}

// Reminded is what Remind did.
type Reminded struct {
	Mails, Letters int64
	Left           []Passed // and why
}

// Words say it.
func (r Reminded) Words() string {
	words := []string{french.Count(r.Mails, "mail", "mails"), french.Count(r.Letters, "lettre", "lettres")}
	if n := int64(len(r.Left)); n > 0 {
		words = append(words, french.Count(n, "foyer laissé de côté", "foyers laissés de côté"))
	}
	return french.List(words)
}

// mostReminded is how many households one act reminds.
const mostReminded = 500

// Remind reminds the households at that stage: by mail, at the last stage or
// without an address by letter, which RemindersOn returns. Each is reminded once a
// stage, and only of what is late as it is done. *fault.Invalid when nobody is
// chosen, or too many.
func (b *Books) Remind(ctx context.Context, a actor.Actor, stage int64, households []string) (done Reminded, err error) {
	if !a.May(actor.Changes, actor.Billing) {
		return done, fault.ErrForbidden
	}
	households = slices.Compact(slices.Sorted(slices.Values(households)))
	switch {
	case stage < 1 || stage > LastStage:
		return done, fault.ErrNotFound
	case len(households) == 0:
		return done, fault.Refuse("Choisissez qui relancer.")
	case len(households) > mostReminded:
		return done, fault.Refuse(fmt.Sprintf("Relancez %d foyers au plus à la fois.", mostReminded))
	}
	now := b.clock.Now()
	err = b.store.Write(ctx, func(tx *db.Tx) error {
		done, err = remind(ctx, tx, a, now, stage, households)
		return err
	})
	return done, err
}

func remind(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, stage int64, households []string) (done Reminded, err error) {
	if err := hold(ctx, tx, households...); err != nil {
		return done, err
	}
	accounts, err := accountsOf(ctx, tx, households...)
	if err != nil {
		return done, err
	}
	before, err := db.All[Reminder](ctx, tx, `select `+reminderColumns+` from reminder r where r.household_id in (select value from json_each(cast($1 as text)))`, db.IDs(households))
	if err != nil {
		return done, err
	}
	addresses, err := addressesOf(ctx, tx, households)
	if err != nil {
		return done, err
	}
	leaves, err := quietly(ctx, tx, now)
	if err != nil {
		return done, err
	}
	var rows [][]any
	var mails []mail
	var lines []journal.Line
	for _, h := range households {
		r, why := accounts[h].remind(stage, slices.DeleteFunc(slices.Clone(before), func(r Reminder) bool { return r.Household != h }), today(now))
		if why != "" {
			done.Left = append(done.Left, Passed{Household: h, Why: why})
			continue
		}
		r.ID, r.By, r.At, r.MadeBy = db.NewID(), ByLetter, now, a.Name
		due, err := r.Due()
		if err != nil {
			return done, err
		}
		if stage < LastStage && len(addresses[h]) > 0 {
			r.By, done.Mails = ByMail, done.Mails+1
			mails = append(mails, mail{h, MailReminder, r.ID, Told{Stage: int(stage), Due: due, Amount: r.Amount}, leaves})
		} else {
			done.Letters++
		}
		rows = append(rows, []any{r.ID, r.Household, r.Stage, r.By, r.Amount, r.Oldest, r.Content, r.On, r.At, r.MadeBy})
		lines = append(lines, journal.By(a, now, journal.Line{Event: "payment.reminded", Household: h, After: french.Sentence(StageWords(stage)) + french.Nbsp + ": " + french.Euros(r.Amount)}))
	}
	if _, err := tx.Insert(ctx, `reminder (id, household_id, stage, way, amount, oldest_on, content, made_on, made_at, made_by)`, "", rows); err != nil {
		return done, fmt.Errorf("write reminders: %w", err)
	}
	if err := write(ctx, tx, now, mails...); err != nil {
		return done, err
	}
	return done, journal.Append(ctx, tx, lines...)
}

// RemindersOf returns the household's reminders, the last one first;
// fault.ErrNotFound unless the actor sees its money.
func RemindersOf(ctx context.Context, r db.Reader, a actor.Actor, household string) ([]Reminder, error) {
	if !sees(a, household) {
		return nil, fault.ErrNotFound
	}
	return db.All[Reminder](ctx, r, `select `+reminderColumns+` from reminder r where r.household_id = $1 order by r.made_at desc, r.id desc`, household)
}

// LetterDay is a day on which reminders were made as letters.
type LetterDay struct {
	On      string `db:"made_on"`
	Letters int64  `db:"letters"`
}

// LetterDays are the last days with letters. Office only: fault.ErrForbidden.
func LetterDays(ctx context.Context, r db.Reader, a actor.Actor, most int64) ([]LetterDay, error) {
	if !a.May(actor.Sees, actor.Billing) {
		return nil, fault.ErrForbidden
	}
	return db.All[LetterDay](ctx, r, `select made_on, count(*) as letters from reminder where way = 'letter' group by made_on order by made_on desc limit $1`, most)
}

// ReminderLetter is a reminder on paper with whom it is to.
type ReminderLetter struct {
	Reminder
	Party
}

// RemindersOn returns the letters made on the day, by name. Office only:
// fault.ErrForbidden.
func RemindersOn(ctx context.Context, r db.Reader, a actor.Actor, day string) ([]ReminderLetter, error) {
	if !a.May(actor.Sees, actor.Billing) {
		return nil, fault.ErrForbidden
	}
	made, err := db.All[Reminder](ctx, r, `select `+reminderColumns+` from reminder r where r.made_on = $1 and r.way = 'letter'`, day)
	if err != nil {
		return nil, fmt.Errorf("read the reminders of a day: %w", err)
	}
	var all []ReminderLetter
	for _, m := range made {
		of, err := db.One[home](ctx, r, homeColumns+` where h.id = $1`, m.Household)
		if err != nil {
			return nil, err
		}
		all = append(all, ReminderLetter{m, of.party()})
	}
	slices.SortFunc(all, func(x, y ReminderLetter) int {
		return cmp.Or(strings.Compare(french.Fold(x.Name), french.Fold(y.Name)), strings.Compare(x.ID, y.ID))
	})
	return all, nil
}
