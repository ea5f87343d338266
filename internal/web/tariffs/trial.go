package tariffs

import (
	"strconv"

	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// The fields of « Essayer ».
const (
	tryProgramme = "formule"
	tryQuotient  = "quotient"
	tryTown      = "commune_essai"
	tryRank      = "rang"
	tryAge       = "age"
	tryStudent   = "etudiant"
	tryRent      = "location"
)

// trial is a case that is tried on the stored tariff.
type trial struct {
	Programme, Quotient, Outside, Rank, Age, Student, Rent string // as asked
	Asked                                                  bool
	With, Without                                          tariff.Charge
	Here                                                   string // the cell of the grid that decides
	Plans                                                  []planRow
	Invalid                                                *fault.Invalid
}

// planRow is a way to pay: « En 8 fois », with its instalments.
type planRow struct {
	Times int
	Due   []tariff.Instalment
}

// trialOf reads the case in the address, and prices it.
func trialOf(v *door.Visit, g page) trial {
	t := trial{
		Programme: v.Query(tryProgramme), Quotient: v.Query(tryQuotient), Outside: v.Query(tryTown), Rank: v.Query(tryRank),
		Age: v.Query(tryAge), Student: v.Query(tryStudent), Rent: v.Query(tryRent),
	}
	if t.Programme == "" || !g.Held.Found() {
		return t
	}
	home, pupil, rank, err := t.read()
	if err == nil {
		t.With, t.Without, err = g.Held.Trial(g.Known.Starts, home, pupil, rank)
	}
	if err != nil {
		t.Invalid, _ = door.AsInvalid(err)
		return t
	}
	t.Asked = true
	t.Here = g.Held.CellOf(home, pupil)
	for _, times := range g.Known.Modes {
		if plan, ok := g.Held.Plan(int(times)); ok {
			t.Plans = append(t.Plans, planRow{int(times), g.Held.Instalments(g.Known.Starts, plan, t.With.Total)})
		}
	}
	return t
}

func (t trial) read() (home tariff.Home, pupil tariff.Pupil, rank int64, err error) {
	var c fault.Check
	home.Outside = t.Outside == string(tariff.Yes)
	if t.Quotient != "" {
		n, ok := tariff.ReadDecimal(t.Quotient, 2)
		c.That(ok && n >= 0, tryQuotient, "Écrivez le quotient, comme 845 ou 400,50. Vide"+french.Nbsp+": sans attestation.")
		home.Quotient = tariff.Quotient{Value: n, Valid: true}
	}
	pupil = tariff.Pupil{Programme: t.Programme, Age: tariff.UnknownAge, Student: t.Student == "oui"}
	if t.Age != "" {
		n, err := strconv.ParseInt(t.Age, 10, 32)
		c.That(err == nil && n >= 0 && n <= 120, tryAge, "Écrivez un âge, comme 12.")
		pupil.Age = n
	}
	if t.Rent != "" {
		pupil.Rented = []string{t.Rent}
	}
	rank, _ = strconv.ParseInt(t.Rank, 10, 8)
	return home, pupil, min(max(rank, 1), 9), c.Err()
}

func (t trial) field(name, label, value string) ui.Field {
	return ui.Field{Name: name, Label: label, Value: value, NoWord: true, Error: t.Invalid.Of(name), MaxLength: 80}
}
