package web_test

import (
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
)

// oneLineGrid is a grid that a file may hold.
const oneLineGrid = "Formule;≤ 400;> 400\neveil;60;171\n"

// heldTariff is the form of the season's tariff as it is held.
func heldTariff(c *scene, _ visitor) filling {
	c.Helper()
	season, err := school.CurrentSeason(c.Context(), c.store)
	c.must(err)
	known, err := tariff.KnownOf(c.Context(), c.store, season)
	c.must(err)
	held, err := tariff.Of(c.Context(), c.store, season.ID)
	c.must(err)
	f := filling{form: held.Values(known.Modes)}
	f.form.Set("version", c.text(`select cast(version as text) from tariff where season_id = $1`, season.ID))
	f.form.Set("faire", "enregistrer")
	return f
}

// tariffWith is that form with some fields changed.
func tariffWith(pairs ...string) func(*scene) filling {
	return func(c *scene) filling {
		f := heldTariff(c, bursar)
		for i := 0; i < len(pairs); i += 2 {
			f.form.Set(pairs[i], pairs[i+1])
		}
		return f
	}
}
