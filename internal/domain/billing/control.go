package billing

import (
	"pupitre/internal/domain/quotient"
	"pupitre/internal/platform/french"
)

// Candidate is a household before it is invoiced, as the control list looks at it.
type Candidate struct {
	Household string
	Name      string
	Total     int64
	LastYear  int64 // of the season before; 0 when there was none
	Addressed bool  // its address is complete, and somebody is responsible
	Refused   string
	Quotient  quotient.State
	Asserted  string   // what proves the quotient, in words: « attestation d’avril 2026 »
	Undecided []string // pupils whose dossier is sent and not « inscrit »
	Waiting   []string // pupils who wait for a place beside what is invoiced
	Payers    int      // households that pay for these pupils
	Shared    bool     // and how is agreed
	Debited   bool     // pays by direct debit
	Mandated  bool     // and its mandate is validated
	Outside   bool     // of the territory
	Arrives   []string // « Jade, le 4 octobre 2027 »: confirmed once the season had begun, and no day of arrival is given
	Invoiced  string   // number of its invoice of the season, "" for none
}

// Oddity is something that surprises of a household before it is invoiced.
type Oddity struct {
	Code      string
	Words     string // « Montant inhabituel »
	Detail    string
	Otherwise string // what happens if nothing changes
	Blocks    bool   // no invoice is made as it is
}

// How far from last year an amount surprises: half as much again, and 100 € more.
const (
	unusualPart = 2
	unusualMore = 100_00
)

// Oddities lists what surprises of the household, what blocks first. That it has
// never given its quotient is told by the invoice, and surprises nobody: only an
// attestation that has run out does.
func (c Candidate) Oddities() []Oddity {
	var all []Oddity
	add := func(is bool, o Oddity) {
		if is {
			all = append(all, o)
		}
	}
	add(c.Refused != "", Oddity{"price", "Prix introuvable", c.Refused, "pas de facture", true})
	add(!c.Addressed, Oddity{"address", "Sans adresse", "un responsable et une adresse complète", "pas de facture", true})
	add(c.Invoiced != "", Oddity{"invoiced", "Déjà facturé", "facture " + c.Invoiced, "pas de seconde facture", true})
	add(len(c.Undecided) > 0, Oddity{"undecided", "Dossier non confirmé", french.List(c.Undecided), "ce qui est inscrit est seul facturé", false})
	add(len(c.Waiting) > 0, Oddity{"waiting", "En liste d’attente", french.List(c.Waiting), "ce qui est inscrit est seul facturé", false})
	add(c.Quotient == quotient.Expired, Oddity{"quotient", "QF expiré", c.Asserted, "tarif maximal", false})
	add(c.Debited && !c.Mandated, Oddity{"mandate", "Mandat à valider", "prélèvement choisi", "première échéance demandée par un autre moyen", false})
	add(c.Payers > 1 && !c.Shared, Oddity{"payers", "Deux payeurs", "parts absentes", "une seule facture, au foyer " + c.Name, false})
	add(c.Refused == "" && c.Total == 0, Oddity{"zero", "Montant nul", "rien à payer", "facture à " + french.Euros(0), false})
	add(c.LastYear > 0 && unusualPart*c.Total > (unusualPart+1)*c.LastYear && c.Total-c.LastYear > unusualMore,
		Oddity{"unusual", "Montant inhabituel", french.Euros(c.LastYear) + " la saison dernière", "émise telle quelle", false})
	add(c.Outside, Oddity{"outside", "Hors territoire", "", "au tarif hors territoire", false})
	add(len(c.Arrives) > 0, Oddity{"arrives", "Arrivée en cours d’année", french.List(c.Arrives), "année entière, sans jour d’arrivée", false})
	return all
}

// Ready tells whether the household is invoiced without a look at it.
func (c Candidate) Ready() bool { return len(c.Oddities()) == 0 }
