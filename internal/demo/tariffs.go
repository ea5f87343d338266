package demo

import (
	"fmt"
	"io/fs"

	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/sheet"
)

// setTariffs gives the season the made-up grid of tarifs.csv (« jeu d’essai »)
// with the reductions and supplements of an ordinary school.
func (s *seeding) setTariffs() error {
	known, err := tariff.KnownOf(s.ctx, s.Store, s.season)
	if err != nil {
		return err
	}
	t, err := SampleTariff(s.Files, known)
	if err != nil {
		return err
	}
	return s.Store.Write(s.ctx, func(tx *db.Tx) error {
		return tariff.Save(s.ctx, tx, s.bursar, s.clock.Now(), s.season, 0, t)
	})
}

// SampleTariff is the made-up tariff, for a season of the demonstration school.
func SampleTariff(files fs.FS, known tariff.Known) (tariff.Tariff, error) {
	t := tariff.New()
	data, err := fs.ReadFile(files, "tarifs.csv")
	if err != nil {
		return t, err
	}
	book, err := sheet.Read(data)
	if err != nil {
		return t, err
	}
	if t.Bounds, t.Lines, err = tariff.ReadGrid(book.Grids[0].Rows, known); err != nil {
		return t, fmt.Errorf("tarifs.csv: %w", err)
	}
	t.Sample = true
	t.Towns = []string{"Le Loroux-Bottereau", "Vallet", "Divatte-sur-Loire", "Le Landreau", "La Remaudière", "Mouzillon", "Le Pallet", "La Chapelle-Heulin", "La Regrippière", "La Boissière-du-Doré", "Saint-Julien-de-Concelles"}
	t.Rules = []tariff.Rule{
		{Name: "Hors territoire", Outside: tariff.Yes, Act: tariff.Times, Value: 1_5000},
		{Name: "2e élève du foyer", RankFrom: 2, RankTo: 2, Act: tariff.Percent, Value: -10_00},
		{Name: "3e élève et suivants", RankFrom: 3, Act: tariff.Percent, Value: -20_00},
	}
	t.Extras = []tariff.Extra{
		{Name: "Location d’un instrument", To: tariff.Renter, Per: tariff.Year, Price: 150_00, Deposit: 500_00},
		{Name: "Frais de dossier", To: tariff.Household, Per: tariff.Year},
	}
	t.Terms = []string{"09-13", "01-03", "04-03"}
	t.Stay.Due = tariff.ByMonth
	for _, times := range known.Modes {
		t.Plans = append(t.Plans, tariff.Plan{Days: sampleDays(times)})
	}
	return t, nil
}

// sampleDays are the 5th of the manual's months: October; October, January and
// April; each month from October to May.
func sampleDays(times int64) []string {
	switch times {
	case 1:
		return []string{"10-05"}
	case 3:
		return []string{"10-05", "01-05", "04-05"}
	default:
		return []string{"10-05", "11-05", "12-05", "01-05", "02-05", "03-05", "04-05", "05-05"}[:min(times, 8)]
	}
}
