package settings

import (
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
)

const paymentsLead = "En combien de fois et avec quels moyens les familles peuvent payer. Elles choisissent au bas de leur page « Identité » ; le créancier et son compte sont dans « Factures et prélèvement »."

// Payments shows how families may pay.
func (p *Pages) Payments(v *door.Visit) error {
	now, err := school.PaymentsOf(v.Ctx(), p.Store)
	if err != nil {
		return err
	}
	values := school.PaymentRules.Values(now)
	return p.paymentsForm(v, values, values, nil, nil)
}

func (p *Pages) paymentsForm(v *door.Visit, read, values map[string]string, invalid *fault.Invalid, stale *school.Stale) error {
	page, err := p.page(v, paymentsPath, "Paiement", invalid)
	if err != nil {
		return err
	}
	f := settingsForm{page: page, Title: "Paiement", Lead: paymentsLead, Action: paymentsPath, Rows: rowsOf(school.PaymentRules, values, invalid), Read: shownNow(read), Stale: stale, Submit: "Enregistrer"}
	return v.Show(status(invalid, stale), settingsView(f))
}

// SavePayments saves it; what families have chosen stays.
func (p *Pages) SavePayments(v *door.Visit) error {
	form, err := v.TypedForm(names(school.PaymentRules)...)
	if err != nil {
		return err
	}
	given, err := typed(school.PaymentRules, form)
	e := p.edit(v, form)
	var changes []school.Difference
	if err == nil {
		err = p.Store.Write(v.Ctx(), func(tx *db.Tx) error {
			payers, err := people.PayersOf(v.Ctx(), tx)
			if err != nil {
				return err
			}
			changes, err = school.SavePayments(v.Ctx(), tx, e, given, payers)
			return err
		})
	}
	invalid, stale, err := outcome(err)
	switch {
	case err != nil:
		return err
	case stale != nil:
		return p.paymentsForm(v, stale.Now, merged(e.Read, given, stale), nil, stale)
	case invalid != nil:
		read := e.Read
		if read == nil {
			read = given
		}
		return p.paymentsForm(v, read, given, invalid, nil)
	}
	return v.Redirect(paymentsPath, changesWords(changes))
}
