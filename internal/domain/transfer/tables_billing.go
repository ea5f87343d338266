package transfer

import "pupitre/internal/domain/school"

type billingNumberRow struct {
	Series string `db:"series"`
	Year   int64  `db:"year"`
	Last   int64  `db:"last_number"`
}

type invoiceLineRow struct {
	Invoice  string `db:"invoice_id"`
	Position int64  `db:"position"`
	Pupil    string `db:"pupil_id"`
	Label    string `db:"label"`
	Steps    string `db:"steps"`
	Amount   int64  `db:"amount"`
}

type pupilBillingRow struct {
	Season  string `db:"season_id"`
	Pupil   string `db:"pupil_id"`
	Arrives string `db:"arrives_on"`
	Leaves  string `db:"leaves_on"`
	Excused bool   `db:"excused"`
	Rented  string `db:"rented"`
	school.Edited
}

type remittancePaymentRow struct {
	Remittance string `db:"remittance_id"`
	Payment    string `db:"payment_id"`
	Ended      bool   `db:"ended"`
}

type costShareRow struct {
	Season    string `db:"season_id"`
	Pupil     string `db:"pupil_id"`
	Household string `db:"household_id"`
	Percent   int64  `db:"percent"`
}
