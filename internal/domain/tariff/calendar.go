package tariff

import (
	"time"

	"pupitre/internal/platform/french"
)

// dayIn is the first such day (« 10-05 ») of the season, on or after the first
// of the month that it starts in; "" when there is none.
func dayIn(starts, day string) string {
	if len(starts) != len("2027-09-13") || !isDay(day) {
		return ""
	}
	year := starts[:4]
	if day < starts[5:7] {
		n, ok := ReadDecimal(year, 0)
		if !ok {
			return ""
		}
		year = pad(n+1, 4)
	}
	return year + "-" + day
}

// isDay tells whether the text is a day of every year, as « 10-05 ».
func isDay(day string) bool {
	_, err := time.Parse("2006-01-02", "2023-"+day)
	return err == nil && len(day) == len("10-05")
}

// ReadDay reads « 05/10 » or « 5/10 » as « 10-05 »; 29 February is no day of every year.
func ReadDay(s string) (string, bool) {
	t, err := time.Parse("2/1/2006", s+"/2023")
	if err != nil {
		return "", false
	}
	return t.Format("01-02"), true
}

// WriteDay writes « 10-05 » as « 05/10 ».
func WriteDay(day string) string {
	if !isDay(day) {
		return day
	}
	return day[3:] + "/" + day[:2]
}

// Instalment is one part of what is due: the day as 2027-10-05, and how much.
type Instalment struct {
	On     string
	Amount int64
}

// Instalments shares the total among the plan's days in the season that starts
// on that day, as Share does.
func (t Tariff) Instalments(starts string, plan Plan, total int64) []Instalment {
	return t.Share(Days(starts, plan), total)
}

// Days are the plan's days in the season that starts on that day, as 2027-10-05.
func Days(starts string, plan Plan) []string {
	all := make([]string, len(plan.Days))
	for i, day := range plan.Days {
		all[i] = dayIn(starts, day)
	}
	return all
}

// Share shares the total among the days: each part is rounded down to the cent,
// and one bears the rest, so that they add up to the total. Of a total too small
// for all, those of nothing are left out.
func (t Tariff) Share(days []string, total int64) []Instalment {
	n := int64(len(days))
	if n == 0 || total <= 0 {
		return nil
	}
	all := make([]Instalment, n)
	for i, day := range days {
		all[i] = Instalment{day, total / n}
	}
	if t.Rest == OnLast {
		all[n-1].Amount += total % n
	} else {
		all[0].Amount += total % n
	}
	var due []Instalment
	for _, i := range all {
		if i.Amount > 0 {
			due = append(due, i)
		}
	}
	return due
}

// presence is what is due of the tuition of a pupil who is not there all year.
func (t Tariff) presence(run *running, starts string, p Pupil) {
	label := "Présence"
	switch {
	case p.Arrives != "" && p.Leaves != "":
		label = "Arrivée le " + french.CivilDate(p.Arrives) + ", départ le " + french.CivilDate(p.Leaves)
	case p.Arrives != "":
		label = "Arrivée le " + french.CivilDate(p.Arrives)
	case p.Leaves != "":
		label = "Départ le " + french.CivilDate(p.Leaves)
	default:
		return
	}
	if free := dayIn(starts, t.Stay.FreeUntil); free != "" && p.Leaves != "" && p.Leaves <= free {
		run.to(label, "départ sans frais jusqu’au "+french.CivilDate(free), 0)
		return
	}
	if half := dayIn(starts, t.Stay.HalfFrom); half != "" && p.Arrives >= half {
		run.to(label, "moitié à partir du "+french.CivilDate(half), run.rounding.round(run.amount, 2))
		return
	}
	due := t.Stay.Due
	if p.Excused && p.Leaves != "" && due == WholeYear {
		due = ByMonth
	}
	switch due {
	case ByMonth:
		t.part(run, label, "mois", begun(t.months(starts), p), t.Months)
	case ByTerm:
		t.part(run, label, "trimestres", begun(t.terms(starts), p), int64(len(t.Terms)))
	default:
		run.to(label, "l’année entière est due", run.amount)
	}
}

func (t Tariff) part(run *running, label, what string, due, of int64) {
	run.to(label, itoa(due)+" "+what+" dus sur "+itoa(of)+", commencés compris", run.rounding.round(run.amount*due, max(of, 1)))
}

// months are the first days of the months that are due.
func (t Tariff) months(starts string) []string {
	first, err := time.Parse("2006-01-02", starts)
	if err != nil {
		return nil
	}
	var all []string
	for i := range int(t.Months) {
		all = append(all, time.Date(first.Year(), first.Month()+time.Month(i), 1, 0, 0, 0, 0, time.UTC).Format("2006-01-02"))
	}
	return all
}

func (t Tariff) terms(starts string) []string {
	var all []string
	for _, day := range t.Terms {
		all = append(all, dayIn(starts, day))
	}
	return all
}

// begun counts the periods that the pupil has begun: the one of the arrival and
// the one of the departure count whole.
func begun(periods []string, p Pupil) int64 {
	n := int64(0)
	for i, first := range periods {
		over := i+1 < len(periods) && p.Arrives >= periods[i+1]
		if !over && (p.Leaves == "" || p.Leaves >= first) {
			n++
		}
	}
	return n
}
