// Package school keeps the school itself: its name and policies, its seasons
// and campaign, its sites, its texts, and what it publishes. It knows no family.
package school

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"pupitre/internal/platform/db"
)

// The ways a lost password is recovered (R4).
const (
	RecoverByPassword = "password"
	RecoverByLink     = "link"
)

// School is the one school of this database, with its policies.
type School struct {
	Name            string `db:"name"`
	ShortName       string `db:"short_name"`
	ID              string `db:"id"` // always "school"
	Address         string `db:"address"`
	Phone           string `db:"phone"`
	Email           string `db:"email"`
	Website         string `db:"website"`
	PreEnrolmentURL string `db:"pre_enrolment_url"`
	Hue             string `db:"hue"` // as Colour writes it, "" for the default
	CreditorName    string `db:"creditor_name"`
	CreditorICS     string `db:"creditor_ics"`
	CreditorSIRET   string `db:"creditor_siret"`
	CreditorAddress string `db:"creditor_address"` // "" the school's
	CreditorIBAN    string `db:"creditor_iban"`
	CreditorBIC     string `db:"creditor_bic"`
	CreditorTaxNote string `db:"creditor_tax_note"`
	CreditorAppeal  string `db:"creditor_appeal"` // ways and delay of appeal
	ChequeOrder     string `db:"cheque_order"`
	Recovery        string `db:"recovery"` // RecoverByPassword or RecoverByLink
	PasswordMin     int64  `db:"password_min"`
	PasswordMax     int64  `db:"password_max"`
	SessionMinutes  int64  `db:"session_minutes"`
	PaperDays       int64  `db:"paper_days"`    // delay after a refused paper (R32)
	OfferDays       int64  `db:"offer_days"`    // delay of an offered place (R33)
	QuietFrom       int64  `db:"quiet_from"`    // the school writes nothing of its own accord from this hour, Paris (20)
	QuietUntil      int64  `db:"quiet_until"`   // to this one (8)
	QuietSundays    bool   `db:"quiet_sundays"` // nor on a Sunday
	ReminderDays    string `db:"reminder_days"` // as ParseReminderDays reads it
	RankShown       bool   `db:"rank_shown"`
	SecondFactor    bool   `db:"second_factor"` // the staff must have one; written by RequireSecondFactor
	AccessMonths    int64  `db:"access_months"` // how long the journal of accesses is kept
	Accessibility   string `db:"accessibility"` // non, partiellement or totalement conforme
}

// Season is a school year, with the campaign in which dossiers for it are sent.
// Days are 2006-01-02; instants are UTC, the zero time when not set.
type Season struct {
	ID                 string    `db:"id"`
	Name               string    `db:"name"` // « 2027-2028 »
	StartsOn           string    `db:"starts_on"`
	EndsOn             string    `db:"ends_on"`
	AgesOn             string    `db:"ages_on"` // ages are counted on this day (R28)
	OpensAt            time.Time `db:"campaign_opens_at"`
	ClosesAt           time.Time `db:"campaign_closes_at"` // zero: stays open
	ListsEndAt         time.Time `db:"lists_end_at"`       // no place is offered after it (R33)
	PartialReleaseAt   time.Time `db:"partial_release_at"` // what is not settled is released (R33b)
	CoursesPublishedAt time.Time `db:"courses_published_at"`
	ClosedToldAt       time.Time `db:"closed_told_at"`
	ListsEndedAt       time.Time `db:"lists_ended_at"`
	NewcomersOpenAt    time.Time `db:"newcomers_open_at"` // zero: newcomers may send as soon as the campaign opens
	HandsOverAt        time.Time `db:"hands_over_at"`     // families prepare it from then on; zero: by hand
	IsCurrent          bool      `db:"is_current"`
	Moves              int64     `db:"moves"`    // grows with every act of the registrar, and only then do its dossiers change
	Settings           int64     `db:"settings"` // version of all that Changed tells of; 0 before there is a school
}

// BeforeOpening tells whether the campaign has not opened at that instant.
func (s Season) BeforeOpening(at time.Time) bool { return at.Before(s.OpensAt) }

// HasClosed tells whether the campaign is over at that instant; one without closing never is.
func (s Season) HasClosed(at time.Time) bool {
	return !s.ClosesAt.IsZero() && !at.Before(s.ClosesAt)
}

// IsOpen tells whether dossiers may be sent at that instant.
func (s Season) IsOpen(at time.Time) bool { return !s.BeforeOpening(at) && !s.HasClosed(at) }

// TakesNewcomers tells whether a pupil who is new to the school may be sent at
// that instant (R37): while the campaign is open, not before the newcomers' date.
func (s Season) TakesNewcomers(at time.Time) bool {
	return s.IsOpen(at) && !at.Before(s.NewcomersOpenAt)
}

// Site is a place where the school teaches (pôle).
type Site struct {
	ID       string `db:"id"`
	Code     string `db:"code"`
	Name     string `db:"name"`
	Town     string `db:"town"`
	Address  string `db:"address"`
	Position int64  `db:"position"`
	Edited
}

// PaymentMean is a means of payment that a family may choose.
type PaymentMean struct {
	Code     string `db:"code"`
	Name     string `db:"name"`
	IsDebit  bool   `db:"is_debit"` // prélèvement: asks for the papers of a debit
	Position int64  `db:"position"`
}

// BillingMode is a number of instalments that a family may choose; Code is that number.
type BillingMode struct {
	Code     int64  `db:"code"`
	Name     string `db:"name"`
	Position int64  `db:"position"`
}

// Current returns the school, or fault.ErrNotFound before the first import.
func Current(ctx context.Context, r db.Reader) (School, error) {
	return db.One[School](ctx, r, `select `+schoolColumns+` from school`)
}

const schoolColumns = `id, name, short_name, address, phone, email, website, pre_enrolment_url, hue,
		creditor_name, creditor_ics, creditor_siret, creditor_address, creditor_iban, creditor_bic, creditor_tax_note, creditor_appeal, cheque_order,
		recovery, password_min, password_max, session_minutes, paper_days, offer_days,
		quiet_from, quiet_until, quiet_sundays, reminder_days, rank_shown, second_factor, access_months, accessibility`

const seasons = `select id, name, starts_on, ends_on, ages_on, campaign_opens_at, campaign_closes_at, lists_end_at,
		partial_release_at, courses_published_at, closed_told_at, lists_ended_at,
		newcomers_open_at, hands_over_at, is_current, moves,
		coalesce((select settings_version from school), 0) as settings
	from season `

// CurrentSeason returns the season that families register for, or fault.ErrNotFound.
func CurrentSeason(ctx context.Context, r db.Reader) (Season, error) {
	return db.One[Season](ctx, r, seasons+`where is_current = true`)
}

// NextSeason returns the season that is prepared beside the current one; false when none is.
func NextSeason(ctx context.Context, r db.Reader) (Season, bool, error) {
	return db.Maybe[Season](ctx, r, seasons+`where is_current = false and starts_on > (select starts_on from season where is_current = true)
		order by starts_on limit 1`)
}

// SeasonByID returns a season, or fault.ErrNotFound.
func SeasonByID(ctx context.Context, r db.Reader, id string) (Season, error) {
	return db.One[Season](ctx, r, seasons+`where id = $1`, id)
}

// Seasons returns every season, the oldest first.
func Seasons(ctx context.Context, r db.Reader) ([]Season, error) {
	return db.All[Season](ctx, r, seasons+`order by starts_on, name`)
}

// Sites returns the sites in the school's order.
func Sites(ctx context.Context, r db.Reader) ([]Site, error) {
	return db.All[Site](ctx, r, `select id, code, name, town, address, position, version, changed_at, changed_by from site order by position, code`)
}

// PaymentMeans returns the means of payment in the school's order.
func PaymentMeans(ctx context.Context, r db.Reader) ([]PaymentMean, error) {
	return db.All[PaymentMean](ctx, r, `select code, name, is_debit, position from payment_mean order by position, code`)
}

// BillingModes returns the billing modes in the school's order.
func BillingModes(ctx context.Context, r db.Reader) ([]BillingMode, error) {
	return db.All[BillingMode](ctx, r, `select code, name, position from billing_mode order by position, code`)
}

// Colour writes the hue (0 to 360) and the strength (0 to 0.15) of the screens'
// colour as School.Hue keeps them: « 345 0.085 ».
func Colour(hue int, chroma float64) string {
	return strconv.Itoa(hue) + " " + strconv.FormatFloat(chroma, 'f', -1, 64)
}

// Colour reads School.Hue; false when the school has set none.
func (s School) Colour() (hue int, chroma float64, ok bool) {
	n, err := fmt.Sscanf(s.Hue, "%d %g", &hue, &chroma)
	return hue, chroma, err == nil && n == 2
}
