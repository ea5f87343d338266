package letter

import "time"

// NewPasswordFacts: a generated password replaces the previous one (R4).
type NewPasswordFacts struct {
	School     School
	Name       string // whom we write to; may be empty
	Identifier string
	Password   string
	ValidUntil time.Time
	SignInURL  string
}

// NewPassword carries a password: its text must be dropped once sent.
func NewPassword(f NewPasswordFacts) (Mail, error) { return compose("new_password", f.School, f) }

// RecoveryLinkFacts: a one-time link, the old password still works (R4, recovery = link).
type RecoveryLinkFacts struct {
	School     School
	Name       string
	Identifier string
	Link       string
	ValidUntil time.Time
}

// RecoveryLink carries a one-time link: its text must be dropped once sent.
func RecoveryLink(f RecoveryLinkFacts) (Mail, error) { return compose("recovery_link", f.School, f) }

// Invitation opens an account of the staff: a one-time link where its owner
// chooses the password. Its text must be dropped once sent.
func Invitation(f RecoveryLinkFacts) (Mail, error) { return compose("invitation", f.School, f) }

// FactorResetFacts: the administration has taken the account's second factor away.
type FactorResetFacts struct {
	School     School
	Name       string
	Identifier string
	At         time.Time
	SignInURL  string
}

// FactorReset tells the owner of the account.
func FactorReset(f FactorResetFacts) (Mail, error) { return compose("factor_reset", f.School, f) }

// IdentifierFacts: the school hands out an identifiant (R1). Never a password.
type IdentifierFacts struct {
	School          School
	Name            string
	Identifier      string
	SignInURL       string
	LostPasswordURL string
}

// Identifier tells an identifiant and how to sign in for the first time.
func Identifier(f IdentifierFacts) (Mail, error) { return compose("identifier", f.School, f) }

// ConfirmAddressFacts: a new e-mail address counts once confirmed (R11).
type ConfirmAddressFacts struct {
	School     School
	Name       string
	Address    string // the new one, to which this mail goes
	Link       string // opens a page; the page's button confirms
	ValidUntil time.Time
}

// ConfirmAddress asks the owner of a new address to confirm it.
func ConfirmAddress(f ConfirmAddressFacts) (Mail, error) {
	return compose("confirm_address", f.School, f)
}

// AddressChangedFacts: another address counts from now on, set by the office
// (R3) or confirmed by the family (R11). It goes to the old one.
type AddressChangedFacts struct {
	School     School
	Name       string
	Identifier string
	ChangedAt  time.Time
	ByOffice   bool
}

// AddressChanged warns that the account's address has changed.
func AddressChanged(f AddressChangedFacts) (Mail, error) {
	return compose("address_changed", f.School, f)
}
