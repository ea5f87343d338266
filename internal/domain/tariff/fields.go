package tariff

import "strconv"

// The fields of a tariff's form, which messages name. Those of the i-th line,
// rule or extra end with its number, from 0.
const (
	BoundsField   = "bornes" // how many there are; so for the next three
	LinesField    = "lignes"
	RulesField    = "regles"
	ExtrasField   = "supplements"
	TownsField    = "communes"
	OrderField    = "ordre"
	RoundingField = "arrondi"
	MonthsField   = "mois"
	TermsField    = "trimestres"
	RestField     = "reste"
	DueField      = "presence"
	FreeField     = "sans_frais"
	HalfField     = "moitie"
	SampleField   = "essai"
)

// The most of each that a tariff may have.
const (
	MostBounds = 20
	MostLines  = 80
	MostRules  = 30
	MostExtras = 20
	mostName   = 120
)

// BoundField is the upper bound of a bracket.
func BoundField(i int) string { return at("borne", i) }

// PriceField is the cell of a line and a bracket.
func PriceField(line, bracket int) string { return at(at("prix", line), bracket) }

// PlanField holds the days of the instalments when an invoice is paid in so many times.
func PlanField(times int64) string { return at("echeances", int(times)) }

// LineField is a part of a line: formule, nom, age_min, age_max, etudiant,
// commune, methode, par, forfait, rangs, taux, plancher, plafond.
func LineField(part string, i int) string { return at("ligne_"+part, i) }

// RuleField is a part of a rule: nom, commune, etudiant, rang_min, rang_max,
// eleves, age_min, age_max, formules, acte, valeur.
func RuleField(part string, i int) string { return at("regle_"+part, i) }

// ExtraField is a part of an extra: nom, pour, par, prix, caution.
func ExtraField(part string, i int) string { return at("supplement_"+part, i) }

func at(name string, i int) string { return name + "_" + strconv.Itoa(i) }
