// Package people keeps households, their responsibles and their pupils: who
// they are, where they live, how they pay, and what is asked of a pupil each season.
package people

import (
	"slices"
	"strings"
	"time"

	"pupitre/internal/platform/french"
)

// Household is a family that has one account and gets one invoice.
type Household struct {
	ID               string `db:"id"`
	Address          string `db:"address"`
	AddressExtra     string `db:"address_extra"`
	Postcode         string `db:"postcode"`
	Town             string `db:"town"`
	BillingMode      int64  `db:"billing_mode"` // a school.BillingMode code; 0 when not chosen
	Means            []string
	MandateReference string `db:"mandate_reference"`  // RUM of its debit mandate, "" before one is allotted
	CheckedForSeason string `db:"checked_for_season"` // the season its details were last confirmed for
	Candidate        bool   `db:"candidate"`          // a pré-inscription made it, and the office has not accepted it yet
	Version          int64  `db:"version"`
	Guardians        []Guardian
}

// Name returns how the household is called on screens: its first responsible's full name.
func (h Household) Name() string {
	if len(h.Guardians) == 0 {
		return ""
	}
	return h.Guardians[0].FullName()
}

// AddressLines is what an envelope shows: at most four lines, name first.
func (h Household) AddressLines() []string {
	name := h.Name()
	if len(h.Guardians) > 0 {
		name = strings.TrimSpace(h.Guardians[0].Civility + " " + name)
	}
	lines := []string{name, h.Address, h.AddressExtra, strings.TrimSpace(h.Postcode + " " + h.Town)}
	return slices.DeleteFunc(lines, func(s string) bool { return s == "" })
}

// Emails returns the confirmed addresses of its responsibles, each once.
func (h Household) Emails() []string {
	var all []string
	seen := map[string]bool{"": true}
	for _, g := range h.Guardians {
		if key := french.Fold(g.Email); !seen[key] {
			seen[key] = true
			all = append(all, g.Email)
		}
	}
	return all
}

// Guardian is a responsible of a household; the one at position 0 signs for it.
type Guardian struct {
	ID           string    `db:"id"`
	HouseholdID  string    `db:"household_id"`
	Civility     string    `db:"civility"` // "", "M." or "Mme"
	LastName     string    `db:"last_name"`
	FirstName    string    `db:"first_name"`
	Email        string    `db:"email"`
	PendingEmail string    `db:"pending_email"` // asked for, not yet confirmed from that address
	PendingUntil time.Time `db:"pending_until"`
	Mobile       string    `db:"mobile"`
	Phone        string    `db:"phone"`
	Position     int64     `db:"position"`
}

// FullName returns « Prénom NOM » as it was typed.
func (g Guardian) FullName() string { return strings.TrimSpace(g.FirstName + " " + g.LastName) }

// Pupil is someone who learns at the school.
type Pupil struct {
	ID         string `db:"id"`
	LastName   string `db:"last_name"`
	FirstName  string `db:"first_name"`
	BirthDate  string `db:"birth_date"`  // 2006-01-02, "" when unknown
	LevelNow   string `db:"level_now"`   // this season's school.Level code, or ""
	GuardianID string `db:"guardian_id"` // set when pupil and responsible are one adult, typed once
	NewIn      string `db:"new_in"`      // the season in which it is new to the school (R37), "" when it was there before
	Apart      bool   `db:"apart"`       // the office has said that it is not the one of the same name and date of birth
	Version    int64  `db:"version"`
}

// FullName returns « Prénom NOM » as it was typed.
func (p Pupil) FullName() string { return strings.TrimSpace(p.FirstName + " " + p.LastName) }

// IsNewIn tells whether the pupil comes to the school with that season: it is
// enrolled, and not re-registered.
func (p Pupil) IsNewIn(season string) bool { return p.NewIn != "" && p.NewIn == season }

// IsAdult tells whether the pupil is of age on that day (2006-01-02), or is its own responsible.
func (p Pupil) IsAdult(on string) bool {
	return p.GuardianID != "" || french.Age(p.BirthDate, on) >= 18
}

// Answers of oui / non questions.
const (
	Yes = "yes"
	No  = "no"
)

// PupilSeason is what is asked of a pupil anew each season.
type PupilSeason struct {
	PupilID         string    `db:"pupil_id"`
	SeasonID        string    `db:"season_id"`
	Level           string    `db:"level"`       // a school.Level code, "" when not answered
	ImageRight      string    `db:"image_right"` // Yes, No or ""
	ImageAnsweredBy string    `db:"image_answered_by"`
	ImageAnsweredAt time.Time `db:"image_answered_at"`
	ImageHousehold  string    `db:"image_household_id"` // which household answered: the others are not told who
	Beginner        string    `db:"beginner"`           // Yes, No or ""
	NotInvited      bool      `db:"not_invited"`        // not enrolled the year before: is not asked to re-register (R10)
	Notes           Notes     // only PupilSeasonOf reads them
}

// Notes is what each household signals to the teachers, by household: none
// reads another's.
type Notes map[string]string
