package family_test

import (
	"strings"
	"testing"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/clock"
)

// A family reads what it was invoiced, has paid and owes, and keeps the papers of it.
func TestAFamilyReadsItsInvoices(t *testing.T) {
	each(t, func(s *site) {
		bursar := actor.Actor{Account: "a-brelet", Name: "Odile Brelet", Role: actor.Bursar}
		books := billing.New(s.store, s.clock)
		h := s.household(moreau)
		issued, err := books.Issue(t.Context(), bursar, billing.Draft{Payer: h.ID, Season: s.season.ID, SeasonName: s.season.Name, Mode: "En 3 fois", Means: []string{"Chèques"},
			Creditor: billing.Creditor{Name: "École de musique", SIRET: "20099999700014", Cheque: "Régie de l’école", Appeal: "Deux mois pour contester."},
			Debtor:   billing.Party{Name: "Mme Claire Moreau", Street: "1 rue d’Ici", Postcode: "44330", Town: "Vallet"},
			Lines:    []billing.Line{{Label: "Lucie Moreau", Amount: 90_00, Steps: []billing.Step{{Label: "Cursus", Change: 100_00}, {Label: "2e élève", Detail: "−10 %", Change: -10_00}}}},
			Plan:     []tariff.Instalment{{On: "2027-06-01", Amount: 30_00}, {On: "2027-10-05", Amount: 30_00}, {On: "2028-01-05", Amount: 30_00}}})
		s.must(err)
		v := s.as(moreau)
		v.get("/factures").says(t, "30,00 € restent à régler", "0 sur 3", "réglés sur 90,00 €", "En retard", "À venir", "Facture 2027-0001")

		paid, err := books.Receive(t.Context(), bursar, billing.Entry{Household: h.ID, Way: billing.Cheque, Amount: 40_00, On: s.clock.Now().In(clock.Paris).Format("2006-01-02"), Bank: "CIC", Reference: "17"})
		s.must(err)
		p := v.get("/factures")
		p.says(t, "1 sur 3", "10,00 € réglés", "40,00 €", "Attestation de paiement 2027")
		p.saysNot(t, "restent à régler")

		v.get("/factures/"+issued[0].ID).says(t, "2e élève", "−10 %", "Référence à rappeler", "Régie de l’école", "Deux mois pour contester.", "SIRET 20099999700014")
		for _, path := range []string{"/factures/" + issued[0].ID + "/pdf", "/paiements/" + paid.ID, "/attestations/2027"} {
			if p := v.get(path); p.code != 200 || !strings.HasPrefix(p.header.Get("Content-Type"), "application/pdf") {
				t.Errorf("%s: got %d %s", path, p.code, p.header.Get("Content-Type"))
			}
		}
		for _, path := range []string{"/attestations/2026", "/attestations/x", "/paiements/inconnu", "/factures/inconnue"} {
			if p := v.get(path); p.code != 404 {
				t.Errorf("%s: got %d, want 404", path, p.code)
			}
		}

		// A cheque that came back is no payment any more, and has no receipt.
		_, err = books.Counter(t.Context(), bursar, paid.ID, billing.Bounced, paid.On, "sans provision")
		s.must(err)
		if p := v.get("/paiements/" + paid.ID); p.code != 404 {
			t.Errorf("the receipt of a cheque that came back: got %d", p.code)
		}
		v.get("/factures").says(t, "30,00 € restent à régler", "annulé ou rejeté ensuite", "rejet")
	})
}
