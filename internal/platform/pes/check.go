package pes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/sepa"
)

// mostCents bounds a role's sum: 14 digits, of which 2 of cents.
const mostCents = 99_999_999_999_999

// mostLine bounds a line: sums of any number of them fit in 64 bits.
const mostLine = 99_999_999_999

// Check says in French what the Treasury would refuse: the rules of the schema,
// and those that it only tells in words. It returns an *fault.Invalid whose
// fields are named « role », or « article-N » for the claim of that number and
// then name the debtor; or nil.
func (r Role) Check() error {
	c := &check{}
	c.role(r)
	numbers, debts := map[int]bool{}, map[[2]int64]bool{}
	sum := int64(0)
	for _, claim := range r.Claims {
		c.at(claim)
		c.claim(claim)
		c.that(!numbers[claim.Number], "le numéro d’article %d sert déjà dans ce rôle", claim.Number)
		debt := [2]int64{claim.Debt, int64(claim.Period)}
		c.that(!debts[debt], "le numéro de dette %d sert déjà dans ce rôle pour la période %d", claim.Debt, claim.Period)
		numbers[claim.Number], debts[debt] = true, true
		sum = min(sum+claim.Cents(), mostCents+1)
	}
	c.field, c.about = "role", ""
	c.that(sum <= mostCents, "la somme du rôle dépasse ce que le format sait écrire")
	if len(c.found) == 0 {
		return nil
	}
	return &fault.Invalid{Message: "Le fichier pour la trésorerie n’est pas fait : corrigez ce qui suit.", Fields: c.found}
}

type check struct {
	field, about string
	found        []fault.Field
}

func (c *check) at(claim Claim) {
	c.field = fmt.Sprintf("article-%d", claim.Number)
	c.about = fmt.Sprintf("%s (article %d) : ", strings.TrimSpace(claim.Debtor.Name()), claim.Number)
}

func (c *check) that(ok bool, message string, values ...any) {
	if ok {
		return
	}
	said := fmt.Sprintf(message, values...)
	if c.about == "" {
		first, size := utf8.DecodeRuneInString(said)
		said = strings.ToUpper(string(first)) + said[size:]
	}
	c.found = append(c.found, fault.Field{Name: c.field, Message: c.about + said + "."})
}

func (c *check) role(r Role) {
	c.field = "role"
	c.that(slices.Contains(Versions, r.Version), "la version %s du format n’est pas connue : choisissez %s", quoted(string(r.Version)), V517)
	c.text(r.File, 100, "le nom du fichier", needed)
	c.text(r.Software, 32, "l’éditeur du logiciel", needed)
	c.text(r.Release, 38, "le nom et la version du logiciel", needed)
	c.that(post.MatchString(r.Body.Post), "le codique du poste comptable a 6 ou 7 chiffres")
	c.that(siret.MatchString(r.Body.SIRET), "le SIRET a 14 chiffres")
	c.that(collectivity.MatchString(r.Body.Code) && r.Body.Code != "000", "le code collectivité a 3 chiffres, et n’est pas 000")
	c.that(budget.MatchString(r.Body.Budget), "le code budget a un chiffre ou une majuscule, puis un chiffre")
	c.text(r.Body.Label, 38, "le libellé du budget", maybe)
	c.that(r.Year >= 2000 && r.Year <= 9999, "l’exercice est une année à quatre chiffres")
	c.that(r.Number >= 1 && r.Number <= 9_999_999, "le numéro du rôle va de 1 à 9 999 999")
	c.that(dated(r.Written), "la date du fichier manque")
	c.that(dated(r.Issued), "la date d’émission manque")
	c.that(r.NoticeOn.IsZero() || day(r.NoticeOn) >= day(r.Issued), "la date d’envoi des avis précède la date d’émission")
	c.text(r.Object, 160, "l’objet du rôle", maybe)
	c.that(len(r.Claims) > 0, "le rôle n’a aucun article")
	c.that(len(r.Claims) <= 99_999, "un rôle a 99 999 articles au plus : faites-en plusieurs")
}

func (c *check) claim(claim Claim) {
	c.that(claim.Number >= 1 && claim.Number <= 99_999_999, "le numéro d’article va de 1 à 99 999 999")
	c.text(claim.Object, 160, "l’objet", maybe)
	c.that(claim.Debt >= 1 && claim.Debt <= 999_999_999_999_999, "le numéro de dette a 15 chiffres au plus")
	c.that(claim.Period >= 0 && claim.Period <= 9, "la période est un seul chiffre")
	c.that(len(claim.Lines) > 0, "il n’y a aucune ligne")
	c.that(len(claim.Lines) <= 999_999, "il y a trop de lignes")
	for i, l := range claim.Lines {
		c.that(l.Cents > 0 && l.Cents <= mostLine, "le montant de la ligne %d n’est pas supérieur à zéro, ou dépasse le format", i+1)
		c.text(l.Object, 160, fmt.Sprintf("l’objet de la ligne %d", i+1), maybe)
		c.that(product.MatchString(l.Product) && strings.Trim(l.Product, "0") != "",
			"le code produit de la ligne %d a 4 lettres ou chiffres au plus, sans accent", i+1)
		c.that(l.Account >= 1 && l.Account <= 999_999_999_999, "le compte (nature) de la ligne %d a 12 chiffres au plus", i+1)
	}
	c.debtor(claim.Debtor)
	if claim.Debit != nil {
		c.debit(*claim.Debit)
	}
}

func (c *check) debtor(d Debtor) {
	c.text(d.Reference, 30, "la référence", maybe)
	c.that(d.Title == Mister || d.Title == Madam, "la civilité manque : M ou MME")
	c.text(d.LastName, 38, "le nom", needed)
	c.text(d.FirstName, 38, "le prénom", needed)
	c.text(d.Building, 38, "le complément d’adresse", maybe)
	c.text(d.Street, 38, "la voie", needed)
	c.text(d.Locality, 38, "le lieu-dit", maybe)
	c.text(d.City, 38, "la ville", needed)
	c.that(d.Country != 0 || postCode.MatchString(d.PostCode), "le code postal a 5 chiffres")
	c.that(d.Country >= 0 && d.Country <= 999 && d.Country != 100, "le code du pays de résidence a trois chiffres (rien pour la France)")
}

func (c *check) debit(d Debit) {
	c.that(dated(d.On), "la date du prélèvement manque")
	c.that(dated(d.SignedOn), "la date de signature du mandat manque")
	c.that(d.SignedOn.IsZero() || day(d.SignedOn) <= day(d.On), "le mandat est signé après la date du prélèvement")
	c.that(slices.Contains([]Sequence{OneOff, First, Recurrent, Final}, d.Sequence), "la séquence du prélèvement n’est pas connue")
	c.that(sepa.CheckRUM(d.Mandate) == nil,
		"la référence unique du mandat a 35 caractères au plus, sans accent ni espace : lettres, chiffres et / - ? : ( ) . , ' +")
	c.that(sepa.IsWritable(d.Label) && len(d.Label) <= 140,
		"le libellé du prélèvement a 140 caractères au plus, sans accent : lettres, chiffres et / - ? : ( ) . , ' +")
	c.text(d.Holder, 32, "le titulaire du compte", needed)
	c.that(sepa.IsIBAN(d.IBAN), "l’IBAN n’est pas valable : vérifiez-le sur le RIB")
	c.that(d.BIC == "" || sepa.IsBIC(d.BIC), "le BIC n’est pas valable : vérifiez-le sur le RIB")
	c.that(d.BIC != "" || strings.HasPrefix(d.IBAN, "FR"), "le BIC est obligatoire pour un compte hors de France")
}

type presence bool

const (
	needed presence = true
	maybe  presence = false
)

// text checks a free text after clean: its length, and that the encoding and
// the schema allow it.
func (c *check) text(text string, most int, name string, p presence) {
	text = clean(text)
	if text == "" {
		c.that(p == maybe, "il manque %s", name)
		return
	}
	n := utf8.RuneCountInString(text)
	c.that(n <= most, "%s a %d caractères, et le format en admet %d", name, n, most)
	for _, r := range text {
		if !writable(r) {
			c.that(false, "%s contient %s, que le format ne sait pas écrire", name, quoted(string(r)))
			return
		}
	}
	c.that(strings.Trim(text, "0") != "" && text != "." && text != "nc", "%s ne dit rien : %s", name, quoted(text))
}

func quoted(text string) string { return "« " + strings.ToValidUTF8(text, "�") + " »" }

// writable tells whether ISO-8859-1 has the character and XML allows it.
func writable(r rune) bool { return r >= ' ' && r < 0x7f || r >= 0xa0 && r <= 0xff }

// typographic are the characters of good typography and what ISO-8859-1 has for them.
var typographic = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, "–", "-", "—", "-", "‑", "-", "…", "...",
	"œ", "oe", "Œ", "OE", "Ÿ", "Y", "€", "EUR", "\u00a0", " ", "\u202f", " ")

// clean is a text as it is written: typography brought down to the encoding,
// spaces gathered.
func clean(text string) string { return strings.Join(strings.Fields(typographic.Replace(text)), " ") }

var (
	post         = regexp.MustCompile(`^(02[AB][0-9]{3,4}|[0-9]{6,7})$`)
	siret        = regexp.MustCompile(`^[0-9]{14}$`)
	collectivity = regexp.MustCompile(`^[0-9]{3}$`)
	budget       = regexp.MustCompile(`^[0-9A-Z][0-9]$`)
	product      = regexp.MustCompile(`^[0-9a-zA-Z]{1,4}$`)
	postCode     = regexp.MustCompile(`^[0-9]{5}$`)
)

func dated(t time.Time) bool { return t.Year() >= 1950 && t.Year() <= 9999 }

func day(t time.Time) string { return t.Format("2006-01-02") }
