package web_test

import (
	"strings"
	"testing"

	"pupitre/internal/domain/quotient"
	"pupitre/internal/platform/db"
)

// An invoice is never edited: once a quotient comes that makes another amount, its
// page says so, and how to correct it.
func TestAnInvoiceSaysWhatItWouldBeNow(t *testing.T) {
	seededOnSQLite(t, func(s *seeded) {
		c := newScene(s)
		f := aDraft(c, bursar)
		household := f.path["household"]
		if got := c.ask(request{method: "POST", path: "/bureau/facturation/foyers/" + household, cookie: c.as(bursar, c.own), form: f.form}); got.status != 303 {
			t.Fatalf("issued: got %d", got.status)
		}
		page := func() string {
			id := c.text(`select max(id) from invoice where household_id = $1 and season_id in (select id from season where is_current = true)`, household)
			got := c.ask(request{method: "GET", path: "/bureau/factures/" + id, cookie: c.as(bursar, c.own)})
			if got.status != 200 {
				t.Fatalf("the invoice: got %d", got.status)
			}
			return got.body
		}
		if strings.Contains(page(), "Le calcul donne aujourd’hui") {
			t.Error("nothing has changed yet")
		}
		held, err := quotient.Of(c.Context(), c.store, c.bursarActor(), household)
		c.must(err)
		value := int64(50_00) // the lowest bracket, or the highest
		if q := quotient.ForTariff(held, c.today()); q.Valid && q.Value < 1_000_00 {
			value = 9_999_00
		}
		c.must(c.store.Write(c.Context(), func(tx *db.Tx) error {
			_, err := quotient.Enter(c.Context(), tx, c.bursarActor(), c.clock.Now(), quotient.Quotient{Household: household, Value: value, Month: "2027-05", Issuer: "CAF", Source: quotient.Paper, From: "2027-06-01", Until: "2028-05-31"})
			return err
		}))
		if !strings.Contains(page(), "Le calcul donne aujourd’hui") {
			t.Error("another quotient, and the invoice does not say so")
		}
	})
}
