// Package actor says who is acting. It is an argument of every act of a room,
// never hidden in a context.
package actor

// Role is what an account may do.
type Role string

// The roles of product.md; System is the background jobs'.
const (
	Nobody        Role = ""
	Family        Role = "family"
	Teacher       Role = "teacher"
	Secretary     Role = "secretary"
	Director      Role = "director"
	Bursar        Role = "bursar"
	Administrator Role = "administrator"
	SystemRole    Role = "system"
)

// French is the role as screens say it.
func (r Role) French() string {
	switch r {
	case Family:
		return "famille"
	case Teacher:
		return "enseignant"
	case Secretary:
		return "secrétariat"
	case Director:
		return "direction"
	case Bursar:
		return "régie"
	case Administrator:
		return "administration"
	case SystemRole:
		return "automate"
	default:
		return "visiteur"
	}
}

// Actor is who acts: an account, with the household it sees when it is a family's.
type Actor struct {
	Account   string // account id, "" for nobody and for System
	Name      string // as the journal shows it
	Role      Role
	Household string // household id of a family's account
	Site      string // pole a secretary is limited to, "" is all
}

// System acts for the background jobs.
var System = Actor{Name: "Pupitre", Role: SystemRole}

// IsOffice tells whether the actor works at dossiers: secretary, director or administrator.
func (a Actor) IsOffice() bool { return a.May(Sees, Dossiers) }

// MaySettle tells whether the actor lays down what the school asks and offers:
// direction and administration (R50).
func (a Actor) MaySettle() bool { return a.May(Changes, Settings) }

// IsStaff tells whether the account belongs to the school and not to a family.
func (a Actor) IsStaff() bool { return a.May(Changes, OwnFactor) }

// Sees tells whether the actor may see the household: its own family, the office, or a job.
func (a Actor) Sees(household string) bool {
	return a.IsOffice() || a.Role == SystemRole || (a.Role == Family && household != "" && a.Household == household)
}

// Step is what a session must do before it opens anything else; "" is nothing.
type Step string

// The steps between a right password and the first page.
const (
	ChoosePassword Step = "password" // it was opened with a mailed password
	ProveFactor    Step = "prove"    // the second factor is still to be given
	MakeFactor     Step = "make"     // the school asks for a second factor, and the account has none
)
