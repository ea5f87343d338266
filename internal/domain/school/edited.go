package school

import (
	"time"

	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Edited says which version of a thing this is, and who changed it last on
// screen. A form sends back the version that it read.
type Edited struct {
	Version   int64     `db:"version"`
	ChangedAt time.Time `db:"changed_at"` // zero when an import wrote it last
	ChangedBy string    `db:"changed_by"`
}

// Against is a fault.Conflict that names who changed the thing, unless read is
// its version.
func (e Edited) Against(read int64) error {
	if e.Version == read {
		return nil
	}
	return &fault.Conflict{Message: e.Who() + ". Rien n’a été écrit."}
}

// Who says who changed the thing, and when: « Maud T. l’a changé le 3 juin 2027 à 14 h 10 ».
func (e Edited) Who() string {
	if e.ChangedBy == "" {
		return "Un import l’a changé depuis que vous l’avez ouvert"
	}
	return e.ChangedBy + " l’a changé le " + french.Moment(e.ChangedAt)
}
