// Package family is the families' portal: home, household, pupils, papers, the
// re-registration from its first step to the answer to an offer. It shows what
// the rooms decide and sends them what was typed.
package family

import (
	"slices"
	"time"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
	"pupitre/internal/web/upload"
)

// Pages answers the routes of the portal.
type Pages struct {
	store     *db.Store
	registrar *enrolment.Registrar
	blobs     blob.Store
	clock     clock.Clock
	publicURL string // of the portal, as letters write it
	uploads   *upload.Uploads
	machine   string        // of this process, to know its own pages that wait
	patience  time.Duration // how long « Valider » waits for its answer
}

// New makes the pages; publicURL is the portal's address without a last slash.
func New(store *db.Store, registrar *enrolment.Registrar, blobs blob.Store, clock clock.Clock, publicURL string) *Pages {
	return &Pages{store: store, registrar: registrar, blobs: blobs, clock: clock, publicURL: publicURL, uploads: upload.New(store, registrar, blobs), machine: db.NewID(), patience: patience}
}

// registration reads the re-registration of the pupil named in the path, or
// fault.ErrNotFound when it is not the visitor's.
func (p *Pages) registration(v *door.Visit) (enrolment.Registration, error) {
	return enrolment.RegistrationOf(v.Ctx(), p.store, v.Actor, v.PathValue("pupil"))
}

func (p *Pages) household(v *door.Visit) (people.Household, error) {
	return people.HouseholdByID(v.Ctx(), p.store, v.Actor, v.Actor.Household)
}

// pupils are the household's, an adult who is its responsible after the others.
func (p *Pages) pupils(v *door.Visit) ([]people.Pupil, error) {
	all, err := people.PupilsOf(v.Ctx(), p.store, v.Actor.Household)
	slices.SortStableFunc(all, selfLast)
	return all, err
}

// selfLast puts a responsible who is a pupil too behind the children.
func selfLast(a, b people.Pupil) int { return min(len(a.GuardianID), 1) - min(len(b.GuardianID), 1) }

// called is how the portal calls a pupil: by first name, « Claire (vous) » for
// an adult who is the household's responsible.
func called(p people.Pupil) string {
	if p.GuardianID != "" {
		return p.FirstName + " (vous)"
	}
	return p.FirstName
}

// invalidBase marks the page as one that refuses what was typed.
func invalidBase(v *door.Visit, title string, invalid *fault.Invalid) ui.Base {
	base := v.Base(title)
	base.Errors = door.FieldErrors(invalid)
	return base
}

// status is 422 for a form that comes back with errors, else 200.
func status(base ui.Base) int {
	if len(base.Errors) > 0 {
		return 422
	}
	return 200
}

// quoted puts the words between French quotation marks.
func quoted(s string) string { return "«" + french.Nbsp + s + french.Nbsp + "»" }

// colon is a colon with the space that French puts before it.
const colon = french.Nbsp + ": "

// next is where to go after a form: the page of this site named by « suite »,
// else the fallback.
func next(suite, fallback string) string {
	if suite != "" && door.IsLocal(suite) {
		return suite
	}
	return fallback
}
