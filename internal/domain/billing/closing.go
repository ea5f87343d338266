package billing

import (
	"slices"
	"strings"
	"time"

	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Period is a month, as 2027-10.
type Period string

// PeriodOf is the month of the day.
func PeriodOf(day string) Period { return Period(day[:min(len(day), len("2027-10"))]) }

// Last is the period's last day; "" when the text is no month.
func (p Period) Last() string {
	first, err := time.Parse("2006-01", string(p))
	if err != nil {
		return ""
	}
	return first.AddDate(0, 1, -1).Format(time.DateOnly)
}

// First is the period's first day.
func (p Period) First() string { return string(p) + "-01" }

// After is the day after the period's last; "" when the text is no month.
func (p Period) After() string {
	if p.Last() == "" {
		return ""
	}
	return nextDay(p.Last())
}

// Closing (clôture) is a month to which nothing is added any more, nor to what
// is before it.
type Closing struct {
	Period Period    `db:"period"`
	Until  string    `db:"until"` // its last day
	Totals string    `db:"totals"`
	Last   int64     `db:"last_entry"` // the last entry that was in the ledger
	Reason string    `db:"reason"`     // why, with something left to look at
	At     time.Time `db:"closed_at"`
	By     string    `db:"closed_by"`
}

// Sum is what passed in a period by one means.
type Sum struct {
	Way    Way    `json:"way"`
	Issuer string `json:"issuer"` // of vouchers
	Count  int64  `json:"count"`
	In     int64  `json:"in"`  // received
	Out    int64  `json:"out"` // given back, come back or corrected; not positive
}

// Sums adds the entries up by means, in the order of Ways, then by issuer.
func Sums(entries []Entry) []Sum {
	var all []Sum
	for _, e := range entries {
		at := slices.IndexFunc(all, func(s Sum) bool { return s.Way == e.Way && s.Issuer == e.Issuer })
		if at < 0 {
			at = len(all)
			all = append(all, Sum{Way: e.Way, Issuer: e.Issuer})
		}
		all[at].Count++
		if e.Kind == Received {
			all[at].In += e.Amount
		} else {
			all[at].Out += e.Amount
		}
	}
	slices.SortFunc(all, func(a, b Sum) int {
		if a.Way != b.Way {
			return slices.Index(Ways, a.Way) - slices.Index(Ways, b.Way)
		}
		return strings.Compare(a.Issuer, b.Issuer)
	})
	return all
}

// MayEnter returns *fault.Invalid when the day is in a period that is closed
// (until is the last closed day, "" for none), or still to come.
func MayEnter(day, until, today string) error {
	said := func(message string) error {
		return &fault.Invalid{Message: message, Fields: []fault.Field{{Name: "date", Message: message}}}
	}
	switch {
	case !isDay(day):
		return said("Écrivez la date, comme 05/10/2027.")
	case day <= until:
		return said("Le mois est clos jusqu’au " + french.CivilDate(until) + french.Nbsp + ": écrivez une date plus récente.")
	case day > today:
		return said("Cette date est à venir" + french.Nbsp + ": le " + french.CivilDate(today) + " au plus tard.")
	}
	return nil
}

// MayClose returns *fault.Invalid when the month is not over, or, after others
// were closed, is not the next one; *fault.Conflict when it is closed already.
// What is left to look at is named, and needs a reason.
func MayClose(p Period, until, today string, left []string, reason string) error {
	last := p.Last()
	switch {
	case last == "":
		return fault.Refuse("Choisissez le mois à clore.")
	case last <= until:
		return &fault.Conflict{Message: "Ce mois est déjà clos."}
	case last >= today:
		return fault.Refuse("Ce mois n’est pas fini" + french.Nbsp + ": il se clôt à partir du " + french.CivilDate(nextDay(last)) + ".")
	case until != "" && p.First() != nextDay(until):
		return fault.Refuse("Les mois se closent l’un après l’autre" + french.Nbsp + ": le suivant commence le " + french.CivilDate(nextDay(until)) + ".")
	case len(left) > 0 && strings.TrimSpace(reason) == "":
		message := "Il reste " + french.List(left) + french.Nbsp + ": donnez un motif pour clore ainsi."
		return &fault.Invalid{Message: message, Fields: []fault.Field{{Name: "motif", Message: message}}}
	}
	return nil
}
