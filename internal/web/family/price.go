package family

import (
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/quotient"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const fieldQuotient = "quotient"

type pricePage struct {
	ui.Base
	Head     wizardHead
	Price    enrolment.Price
	Quotient string // as it was typed, or as the school has it
	Proved   string // the attestation that the school has checked, in words; "" when it is not what counts here
	Typed    bool   // a quotient that can be read
	Invalid  *fault.Invalid
	With     tariff.Charge // of the pupil
	Without  tariff.Charge
	Known    bool // the pupil has chosen a formule
	Title    string
	Plans    []pricePlan
}

// pricePlan is a way to pay what the household owes.
type pricePlan struct {
	Name          string
	Chosen        bool
	With, Without []tariff.Instalment
}

func pricePath(pupil string) string { return wizardPath(pupil) + "/prix" }

// ShowPrice shows what the pupil's choice costs before it is sent (R16): step by
// step, with the quotient that is typed and without a valid attestation, and the
// instalments of each way to pay. What is typed is kept nowhere: the attestation
// that the office has checked counts.
func (p *Pages) ShowPrice(v *door.Visit) error {
	r, sent, err := p.draft(v)
	if err != nil || sent {
		return err
	}
	page := pricePage{Base: v.Base(saidOf(r, "Réinscription, le prix")), Head: headOf(v, r, stepSend), Quotient: v.Query(fieldQuotient), Title: r.Programme.Title}
	if !v.R.URL.Query().Has(fieldQuotient) {
		proved, err := quotient.Of(v.Ctx(), p.store, v.Actor, r.Household.ID)
		if err != nil {
			return err
		}
		if q, state := quotient.On(proved, v.Now.In(clock.Paris).Format("2006-01-02")); state == quotient.Valid {
			page.Quotient, page.Proved = q.Figure(), q.Words()
		}
	}
	q, err := page.quotient()
	if err != nil {
		page.Invalid, _ = door.AsInvalid(err)
		page.Base.Errors = door.FieldErrors(page.Invalid)
	}
	if page.Price, err = enrolment.PriceOf(v.Ctx(), p.store, v.Actor, r.Season, r.Household, q); err != nil {
		return err
	}
	page.With, page.Known = enrolment.ChargeOf(page.Price.With, r.Pupil.ID)
	page.Without, _ = enrolment.ChargeOf(page.Price.Without, r.Pupil.ID)
	settings, err := school.SettingsOf(v.Ctx(), p.store, r.Season)
	if err != nil {
		return err
	}
	for _, m := range settings.Modes {
		if plan, ok := page.Price.Tariff.Plan(int(m.Code)); ok {
			due := func(b tariff.Bill) []tariff.Instalment {
				return page.Price.Tariff.Instalments(r.Season.StartsOn, plan, b.Total)
			}
			page.Plans = append(page.Plans, pricePlan{Name: m.Name, Chosen: m.Code == r.Household.BillingMode, With: due(page.Price.With), Without: due(page.Price.Without)})
		}
	}
	return v.Show(status(page.Base), priceView(page))
}

// quotient reads what was typed; nothing is no quotient.
func (page *pricePage) quotient() (tariff.Quotient, error) {
	if page.Quotient == "" {
		return tariff.Quotient{}, nil
	}
	n, ok := tariff.ReadDecimal(page.Quotient, 2)
	if !ok || n < 0 {
		return tariff.Quotient{}, &fault.Invalid{Message: "Le quotient ne se lit pas.", Fields: []fault.Field{{Name: fieldQuotient, Message: "Écrivez le quotient de votre attestation, comme 845 ou 400,50."}}}
	}
	page.Typed = true
	return tariff.Quotient{Value: n, Valid: true}, nil
}

// homeSteps are what each pupil of the household costs, then what it is charged once.
func homeSteps(b tariff.Bill) []tariff.Step {
	var all []tariff.Step
	for _, c := range b.Charges {
		all = append(all, tariff.Step{Label: c.Pupil.Name, Detail: c.Steps[0].Label, Change: c.Total})
	}
	return append(all, b.Steps...)
}

// about is whose price it is: « Lucie, Cursus Instrumental Enfant / ados ».
func (page pricePage) about() string { return joinNonEmpty(", ", page.Head.Name, page.Title) }

// shared tells whether the household's total is more than this pupil's.
func (page pricePage) shared() bool {
	return len(page.Price.With.Charges) > 1 || len(page.Price.With.Steps) > 0
}

// yearly is the price of the year as the page that sends says it in a line.
func yearly(price enrolment.Price, pupil string) string {
	c, known := enrolment.ChargeOf(price.Without, pupil)
	if !price.Published || price.Refused != nil || !known {
		return ""
	}
	return french.Euros(c.Total)
}
