package billing

import (
	"net/url"
	"strconv"
	"time"

	"pupitre/internal/domain/billing"
	"pupitre/internal/letter"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/invoice"
	"pupitre/internal/web/ui"
)

const debtsPath = "/bureau/impayes"

const (
	fieldStage     = "etape"
	fieldHousehold = "foyer" // once for each that is chosen
)

// debtsPage is who is late, by the reminder to come.
type debtsPage struct {
	ui.Base
	All     []billing.Debt
	Shown   []billing.Debt
	Stage   int64 // of the reminder to come, 0 for all
	Today   string
	Letters []billing.LetterDay
	May     bool
	Chosen  []string
	Refusal string
}

// latestLetters is how many days with letters the page shows.
const latestLetters = 5

func (p *Pages) readDebts(v *door.Visit, stage string) (d debtsPage, err error) {
	d.Today, d.May = today(v), mayChange(v)
	if d.All, err = billing.Debts(v.Ctx(), p.store, v.Actor, d.Today); err != nil {
		return d, err
	}
	if n, err := strconv.ParseInt(stage, 10, 64); err == nil && n >= 1 && n <= billing.LastStage+1 {
		d.Stage = n
	}
	for _, debt := range d.All {
		if d.Stage == 0 || debt.Next() == d.Stage {
			d.Shown = append(d.Shown, debt)
		}
	}
	if d.Letters, err = billing.LetterDays(v.Ctx(), p.store, v.Actor, latestLetters); err != nil {
		return d, err
	}
	d.Base, err = p.base(v, "Impayés", debtsPath)
	return d, err
}

// Debts shows who is late.
func (p *Pages) Debts(v *door.Visit) error {
	d, err := p.readDebts(v, v.Query(fieldStage))
	if err != nil {
		return err
	}
	return v.Show(200, debtsView(d))
}

// Remind reminds those that are chosen.
func (p *Pages) Remind(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	stage, err := strconv.ParseInt(form.Value(fieldStage), 10, 64)
	if err != nil {
		return fault.ErrNotFound
	}
	chosen := form.Values(fieldHousehold)
	done, err := p.books.Remind(v.Ctx(), v.Actor, stage, chosen)
	if err == nil {
		return v.Redirect(debtsPath, door.Done(french.Sentence(billing.StageWords(stage))+colon+done.Words()))
	}
	status, invalid, err := refusalOf(err)
	if err != nil {
		return err
	}
	d, err := p.readDebts(v, form.Value(fieldStage))
	if err != nil {
		return err
	}
	d.Refusal, d.Chosen = invalid.Message, chosen
	return v.Show(status, debtsView(d))
}

// ReminderLetters answers the letters of a day, to be printed.
func (p *Pages) ReminderLetters(v *door.Visit) error {
	made, err := billing.RemindersOn(v.Ctx(), p.store, v.Actor, v.PathValue("day"))
	if err != nil {
		return err
	}
	if len(made) == 0 {
		return fault.ErrNotFound
	}
	c := billing.CreditorOf(v.School)
	facts := make([]letter.ReminderLetterFacts, len(made))
	for i, m := range made {
		due, err := m.Due()
		if err != nil {
			return err
		}
		f := letter.ReminderLetterFacts{SIRET: c.SIRET, IBAN: c.IBAN, Cheque: c.Cheque, Address: invoice.PartyLines(m.Party), Date: m.At}
		f.School = letter.School{Name: c.Name, Address: c.Address, Phone: french.Phone(c.Phone), Email: c.Email}
		f.Name, f.Stage, f.Total = m.Name, int(m.Stage), m.Amount
		for _, d := range due {
			on, err := time.ParseInLocation(time.DateOnly, d.On, clock.Paris)
			if err != nil {
				return err
			}
			f.Due = append(f.Due, letter.DueOn{Invoice: d.Invoice, On: on, Amount: d.Amount})
		}
		facts[i] = f
	}
	paper, err := letter.ReminderLetters(facts)
	if err != nil {
		return err
	}
	return v.ShowFile("application/pdf", "relances-"+v.PathValue("day")+".pdf", len(made), paper)
}

// tabs narrow the list by the reminder to come.
func (d debtsPage) tabs() []ui.Tab {
	labels := []string{"Tous", "À rappeler", "À relancer", "Dernier avis", "Après le dernier avis"}
	counts := make([]int, len(labels))
	counts[0] = len(d.All)
	for _, debt := range d.All {
		counts[debt.Next()]++
	}
	tabs := make([]ui.Tab, len(labels))
	for i, label := range labels {
		path := debtsPath
		if i > 0 {
			path += "?" + url.Values{fieldStage: {itoa(int64(i))}}.Encode()
		}
		tabs[i] = ui.Tab{Label: label, URL: path, Count: counts[i], Current: int64(i) == d.Stage}
	}
	return tabs
}

// late is what all of them owe.
func (d debtsPage) late() (sum int64) {
	for _, debt := range d.All {
		sum += debt.Late
	}
	return sum
}

// remindable tells whether those shown may be reminded, all at the same stage.
func (d debtsPage) remindable() bool { return d.May && d.Stage >= 1 && d.Stage <= billing.LastStage }

func (d debtsPage) checkAll() string {
	if !d.remindable() {
		return ""
	}
	return fieldHousehold
}

// act is the button of the stage, and what it does.
func (d debtsPage) act() (button, says string) {
	switch d.Stage {
	case 1:
		return "Envoyer le rappel", "Un mail à qui a une adresse, une lettre aux autres."
	case 2:
		return "Envoyer la relance", "Un mail à qui a une adresse, une lettre aux autres."
	default:
		return "Faire les derniers avis", "Une lettre à chacun, à imprimer."
	}
}

func stageState(debt billing.Debt) (ui.StateKind, string) {
	switch debt.Stage {
	case 0:
		return ui.StateTodo, "À rappeler"
	case billing.LastStage:
		return ui.StateRejected, "Dernier avis envoyé"
	default:
		return ui.StateStarted, french.Sentence(billing.StageWords(debt.Stage)) + " fait" + map[bool]string{true: "e"}[debt.Stage == 2]
	}
}
