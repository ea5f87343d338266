package folder

import "time"

// School is what ecole.toml says.
type School struct {
	Name               string  `toml:"nom"`
	ShortName          string  `toml:"nom_court"`
	Address            string  `toml:"adresse"`
	Phone              string  `toml:"telephone"` // as printed
	Email              string  `toml:"email"`
	Website            string  `toml:"site_web"`
	PreRegistrationURL string  `toml:"preinscription_url"`
	Hue                int     `toml:"teinte"`    // 0 to 360, the hue of the screens\' colour
	Chroma             float64 `toml:"intensite"` // 0 to 0.15, its strength; 0.085 by default

	Levels       []string      `toml:"niveaux"` // from the youngest; never empty
	Sites        []Site        `toml:"poles"`
	Season       Season        `toml:"-"`
	Campaign     Campaign      `toml:"-"`
	Programmes   []Programme   `toml:"formules"`
	Pieces       []Piece       `toml:"pieces"`
	BillingModes []BillingMode `toml:"-"`
	PaymentMeans []PaymentMean `toml:"-"`
	Texts        []Text        `toml:"textes"`
	Downloads    []Download    `toml:"documents"`
	Policies     Policies      `toml:"politiques"`
	Creditor     Creditor      `toml:"creancier"`
}

// Site is a place where the school teaches (pôle).
type Site struct {
	Code    string `toml:"code"`
	Name    string `toml:"nom"`
	City    string `toml:"commune"`
	Address string `toml:"adresse"`
}

// Season is the coming school year, the one families register for.
type Season struct {
	Name       string    // "2027-2028"
	Start, End time.Time // civil days, midnight UTC
	AgesOn     time.Time // the day on which ages are counted; by default 31 December of the first year
}

// Campaign is the time in which dossiers are sent. Zero times are not set: a
// campaign without closing stays open. Instants in UTC.
type Campaign struct {
	Opens          time.Time
	Closes         time.Time
	OffersEnd      time.Time // no place is offered from the waiting lists after it
	PartialRelease time.Time // by default Closes + 30 days
	Publishes      time.Time // from then on families read their courses; zero: not yet
	Newcomers      time.Time // pupils new to the school may be sent; zero: from the opening on
	HandsOver      time.Time // of a season that is prepared: families prepare theirs from then on; zero: by hand
}

// Programme is a formula: what one dossier may choose.
type Programme struct {
	Code    string   `toml:"code"`
	Title   string   `toml:"intitule"`
	Message string   `toml:"message"` // shown under the choice; may be empty
	AgeMin  int      `toml:"age_min"` // 0 = no limit
	AgeMax  int      `toml:"age_max"`
	Levels  []string `toml:"niveaux"` // of the coming season; nil = all
	Lines   []Line   `toml:"lignes"`
}

// Line is one rule of a programme: so many courses of these types.
type Line struct {
	Title                 string   `toml:"intitule"` // by default the types' names
	Types                 []string `toml:"types"`
	Min                   int      `toml:"min"`
	Max                   int      `toml:"max"`             // 0 = no limit
	Levels                []string `toml:"niveaux"`         // the line holds for these levels only; nil = all
	Semester              int      `toml:"semestre"`        // 1 or 2; 0 = any
	Different             bool     `toml:"differents"`      // titles differ from those of the programme's other lines so marked
	OpenWithoutInstrument bool     `toml:"sans_instrument"` // only courses open without an instrument
}

// Piece is a kind of supporting document that the school asks for.
type Piece struct {
	Code        string `toml:"code"`
	Name        string `toml:"nom"`
	For         string `toml:"pour"` // ForHousehold or ForPupil
	Required    bool   `toml:"obligatoire"`
	Condition   string `toml:"condition"` // the code of a means of payment, "" = always asked
	Validity    string `toml:"validite"`  // ValidSeason or ValidPermanent
	Help        string `toml:"aide"`
	Template    string `toml:"modele"`      // "mandat" or "formulaire": a blank can be downloaded; or ""
	Consequence string `toml:"consequence"` // what happens without it; may be empty
}

// The values of Piece.For, Piece.Validity and Policies.Recovery.
const (
	ForHousehold = "famille"
	ForPupil     = "eleve"

	ValidSeason    = "saison"
	ValidPermanent = "permanente"

	RecoverByPassword = "mot_de_passe"
	RecoverByLink     = "lien"
)

// BillingMode is a number of instalments a family may choose.
type BillingMode struct {
	Instalments int    `toml:"fois"`
	Label       string `toml:"intitule"`
}

// PaymentMean is a means of payment a family may choose.
type PaymentMean struct {
	Code  string `toml:"code"`
	Label string `toml:"intitule"`
}

// Text is a text of the school, in paragraphs separated by an empty line. The
// code "reglement" is what « J’accepte » accepts, "accord" the sentence beside the box.
type Text struct {
	Code    string `toml:"code"`
	Version string `toml:"version"`
	Title   string `toml:"titre"`
	Body    string `toml:"texte"`
}

// Download is an entry of « Documents à télécharger »: exactly one of File
// (in the folder), Template and Text (a Text's code) is set.
type Download struct {
	Title    string `toml:"intitule"`
	File     string `toml:"fichier"`
	Template string `toml:"modele"`
	Text     string `toml:"texte"`
}

// Policies are the school's settings; those it does not write have their default.
type Policies struct {
	PieceDelayDays   int    `toml:"delai_piece_jours"`       // 7
	OfferDelayDays   int    `toml:"delai_offre_jours"`       // 3
	PasswordMin      int    `toml:"mot_de_passe_min"`        // 8
	PasswordMax      int    `toml:"mot_de_passe_max"`        // 20
	StaffPasswordMin int    `toml:"mot_de_passe_equipe_min"` // 12
	Recovery         string `toml:"recuperation"`            // RecoverByPassword
	ShowRank         bool   `toml:"rang_visible"`            // true
	QuietHours       string `toml:"heures_calmes"`           // "8-20": the school writes of its own accord between these hours only
	SendFrom, SendTo int    `toml:"-"`                       // the two hours of QuietHours
	QuietSundays     bool   `toml:"dimanches_calmes"`        // false: nor on a Sunday
	ReminderDays     string `toml:"relances_jours"`          // "": days before the closing, « 10, 3 »
	SessionMinutes   int    `toml:"session_minutes"`         // 60
	AccessMonths     int    `toml:"journal_mois"`            // 12: how long the journal of accesses is kept
}

// Creditor is who invoices are owed to, and who debits.
type Creditor struct {
	Name        string `toml:"nom"`
	Address     string `toml:"adresse"` // "": the school's
	SIRET       string `toml:"siret"`
	ICS         string `toml:"ics"`
	IBAN        string `toml:"iban"`
	BIC         string `toml:"bic"`
	TaxNote     string `toml:"tva"`
	Appeal      string `toml:"recours"`
	ChequeOrder string `toml:"cheque_ordre"`
}
