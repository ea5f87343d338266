package billing

import (
	"fmt"
	"testing"
)

func TestASeasonIsAddedUpByMonthMeansAndAge(t *testing.T) {
	months, ways, late := figuresOf(
		[]dueDay{{"2027-10-05", 1_000_00, 900_00}, {"2027-10-20", 200_00, 200_00}, {"2027-12-05", 300_00, 0}, {"2028-01-05", 50_00, 10_00}},
		[]receivedIn{{"2027-09", Cheque, 400_00}, {"2027-10", Debit, 500_00}, {"2027-10", Cheque, 210_00}, {"2027-10", Cash, 0}},
		"2027-12-06")
	if got := fmt.Sprint(months); got != "[{2027-09 0 0 40000} {2027-10 120000 110000 71000} {2027-12 30000 0 0} {2028-01 5000 1000 0}]" {
		t.Errorf("by month: %s", got)
	}
	if got := fmt.Sprint(ways); got != "[{cheque 61000} {debit 50000} {cash 0}]" {
		t.Errorf("by means: %s", got)
	}
	// The fifth of October is 62 days before, that of December one; what is paid or still to come is not late.
	if got := fmt.Sprint(late); got != "[{1 15 30000 1} {16 30 0 0} {31 60 0 0} {61 0 10000 1}]" {
		t.Errorf("by age: %s", got)
	}
	if months, ways, _ := figuresOf(nil, nil, "2027-12-06"); months != nil || ways != nil {
		t.Errorf("of nothing: %v, %v", months, ways)
	}
}
