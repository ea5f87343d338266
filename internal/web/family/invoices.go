package family

import (
	"slices"

	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type invoicesPage struct {
	ui.Base
	Season string
	Rows   []ui.RecapRow
}

// ShowInvoices recalls how the family pays: no invoice is issued yet (R16).
func (p *Pages) ShowInvoices(v *door.Visit) error {
	h, err := p.household(v)
	if err != nil {
		return err
	}
	page := invoicesPage{Base: v.Base("Factures"), Season: v.Season.Name}
	if page.Rows, err = p.billingRows(v, h, "/famille/identite"); err != nil {
		return err
	}
	return v.Show(200, invoicesView(page))
}

// billingRows are the billing mode and the means of payment, in words.
func (p *Pages) billingRows(v *door.Visit, h people.Household, edit string) ([]ui.RecapRow, error) {
	modes, err := school.BillingModes(v.Ctx(), p.store)
	if err != nil {
		return nil, err
	}
	means, err := school.PaymentMeans(v.Ctx(), p.store)
	if err != nil {
		return nil, err
	}
	mode, chosen := "À choisir", []string{}
	for _, m := range modes {
		if m.Code == h.BillingMode {
			mode = m.Name
		}
	}
	for _, m := range means {
		if slices.Contains(h.Means, m.Code) {
			chosen = append(chosen, m.Name)
		}
	}
	if len(chosen) == 0 {
		chosen = []string{"À choisir"}
	}
	return []ui.RecapRow{
		{Term: "Mode de facturation", Text: mode, EditURL: edit},
		{Term: "Moyens de paiement", Text: french.List(chosen), EditURL: edit},
	}, nil
}
