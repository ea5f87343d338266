package door

import "time"

// School is what every page says of the school.
type School struct {
	Name          string
	ShortName     string
	Address       string
	Phone         string
	Email         string
	Website       string
	Hue           string
	Accessibility string // state of the declaration: « non conforme »…
	PasswordMin   int64
	PasswordMax   int64
	Recovery      string // password or link
}

// Season is the season the pages speak of; the zero Season when there is none yet.
type Season struct {
	ID       string
	Name     string
	OpensAt  time.Time
	ClosesAt time.Time
}
