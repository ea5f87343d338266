package particulier

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"pupitre/internal/platform/fault"
)

// France is its own code among those of countries.
const France = "99100"

// Person is a civil status, as on a birth certificate.
type Person struct {
	BirthName  string
	UsedName   string   // may be empty
	FirstNames []string // 1 to 3, each by itself
	Sex        string   // M or F
	Year       int      // of birth; 0 when it is not known: a month without year says nothing
	Month, Day int
	Country    string // INSEE's code, 5 digits, of the country of birth
	Commune    string // INSEE's code, 5 characters, of the commune of birth in France
	Town       string // or its name, with the department's code and the year
	Department string
}

// Check says in French what the service would refuse, at the fields named
// nomNaissance, prenoms, sexeEtatCivil, dateNaissance, paysNaissance and
// communeNaissance: an *fault.Invalid, or nil.
func (p Person) Check() error {
	var c fault.Check
	c.That(named(p.BirthName), "nomNaissance", "Indiquez le nom de naissance.")
	c.That(len(p.FirstNames) >= 1 && len(p.FirstNames) <= 3, "prenoms", "Indiquez un à trois prénoms.")
	for _, name := range p.FirstNames {
		if !c.That(named(name), "prenoms", "Un prénom est vide ou trop long.") {
			break
		}
	}
	c.That(p.Sex == "M" || p.Sex == "F", "sexeEtatCivil", "Indiquez le sexe inscrit à l’état civil.")
	c.That(p.Year == 0 || p.Year >= 1900 && p.Year <= 2100, "dateNaissance", "L’année de naissance a quatre chiffres.")
	c.That(p.Month >= 0 && p.Month <= 12 && p.Day >= 0 && p.Day <= 31, "dateNaissance", "Cette date de naissance n’existe pas.")
	if !c.That(digits(p.Country, 5), "paysNaissance", "Choisissez le pays de naissance.") {
		return c.Err()
	}
	if p.Country != France {
		c.That(p.Commune == "" && p.Town == "", "communeNaissance", "La commune de naissance n’est demandée que pour la France.")
		return c.Err()
	}
	byName := named(p.Town) && len(p.Department) >= 2 && len(p.Department) <= 3 && p.Year != 0
	c.That(len(p.Commune) == 5 || byName, "communeNaissance",
		"Indiquez la commune de naissance : son code, ou son nom avec le département et l’année de naissance.")
	return c.Err()
}

func (p Person) values() url.Values {
	v := url.Values{"nomNaissance": {p.BirthName}, "prenoms[]": p.FirstNames, "sexeEtatCivil": {p.Sex}, "codeCogInseePaysNaissance": {p.Country}}
	set := func(name, value string) {
		if value != "" && value != "0" {
			v.Set(name, value)
		}
	}
	set("nomUsage", p.UsedName)
	set("anneeDateNaissance", strconv.Itoa(p.Year))
	set("moisDateNaissance", strconv.Itoa(p.Month))
	set("jourDateNaissance", strconv.Itoa(p.Day))
	if p.Commune != "" {
		set("codeCogInseeCommuneNaissance", p.Commune)
	} else {
		set("nomCommuneNaissance", p.Town)
		set("codeCogInseeDepartementNaissance", p.Department)
	}
	return v
}

func named(text string) bool {
	return strings.TrimSpace(text) != "" && utf8.RuneCountInString(text) <= 100
}

func digits(text string, n int) bool {
	return len(text) == n && strings.Trim(text, "0123456789") == ""
}

// Month is the month whose quotient is asked for; the zero Month is the
// current one. The CAF keeps 24 months, the MSA none.
type Month struct{ Year, Month int }

func (m Month) check() error {
	if m == (Month{}) || m.Year >= 2000 && m.Year <= 2100 && m.Month >= 1 && m.Month <= 12 {
		return nil
	}
	return fault.Refuse("Ce mois n’existe pas.")
}

// Answer is what the service says. Names are as the CAF or the MSA writes them.
type Answer struct {
	Holders  []Member `json:"allocataires"` // one or two
	Children []Member `json:"enfants"`
	Address  Address  `json:"adresse"` // as declared: it may be old
	Quotient Quotient `json:"quotient_familial"`
}

// Member is a member of the family.
type Member struct {
	BirthName  string `json:"nom_naissance"`
	UsedName   string `json:"nom_usage"`
	FirstNames string `json:"prenoms"`
	Born       string `json:"date_naissance"` // YYYY-MM-DD, of which month and day may be 00; empty when it is not known
	Sex        string `json:"sexe"`
}

// Address is a postal address, line by line.
type Address struct {
	Recipient  string `json:"destinataire"`
	Complement string `json:"complement_information"`
	Building   string `json:"complement_information_geographique"`
	Street     string `json:"numero_libelle_voie"`
	Locality   string `json:"lieu_dit"`
	City       string `json:"code_postal_ville"`
	Country    string `json:"pays"`
}

// Quotient is the quotient familial of one month.
type Quotient struct {
	Provider      string `json:"fournisseur"` // CNAF or MSA
	Value         int    `json:"valeur"`      // in euros
	Year          int    `json:"annee"`
	Month         int    `json:"mois"`
	ComputedYear  int    `json:"annee_calcul"`
	ComputedMonth int    `json:"mois_calcul"`
}

// plausible tells a quotient from one that the token's habilitation hides.
func (q Quotient) plausible() bool {
	return q.Provider != "" && q.Value >= 0 && q.Year >= 2000 && q.Month >= 1 && q.Month <= 12
}
