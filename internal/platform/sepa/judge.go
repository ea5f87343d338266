package sepa

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/french"
)

// Problem is one reason why a bank would refuse the file, though the schema takes
// it. EndToEndID names the debit, and is empty when the whole file is meant; Text
// is a French sentence that names it too.
type Problem struct{ EndToEndID, Text string }

// mostDebit is what one collection may amount to.
const mostDebit = 99_999_999_999

// lapse is how long a mandate lives without being used.
const lapseMonths = 36

// Check says everything that a bank would refuse: identifiers and their keys,
// lengths, doubles, amounts, addresses, due dates and mandates. None means that
// Write will write. It needs nothing but the message: days are judged from Created.
func (m Message) Check() []Problem {
	j := &judge{message: m, ends: map[string]int{}, accounts: map[string]string{}, oneOff: map[string]int{}}
	j.head()
	j.creditor(m.Creditor)
	for _, d := range m.Debits {
		j.ends[d.EndToEndID]++
		if d.Sequence == OneOff || d.Sequence == Final {
			j.oneOff[d.Mandate.RUM]++
		}
	}
	said := map[string]bool{}
	for i, d := range m.Debits {
		j.about = fmt.Sprintf("Prélèvement %s (%s) : ", orNumber(d.EndToEndID, i), orUnnamed(d.Name))
		j.end = d.EndToEndID
		if n := j.ends[d.EndToEndID]; n > 1 && d.EndToEndID != "" && !said[d.EndToEndID] {
			said[d.EndToEndID] = true
			j.that(false, "la référence de bout en bout sert à %d prélèvements du fichier", n)
		}
		j.debit(d)
	}
	return j.found
}

func orNumber(id string, i int) string {
	if id == "" {
		return fmt.Sprintf("n° %d", i+1)
	}
	return id
}

func orUnnamed(name string) string {
	if strings.TrimSpace(name) == "" {
		return "sans nom"
	}
	return name
}

type judge struct {
	message  Message
	found    []Problem
	about    string // how sentences begin
	end      string
	ends     map[string]int    // how many debits have the reference
	oneOff   map[string]int    // how many last collections a mandate has here
	accounts map[string]string // the account of a mandate, as first seen
}

// that notes the sentence unless ok, and returns ok.
func (j *judge) that(ok bool, sentence string, args ...any) bool {
	if !ok {
		j.found = append(j.found, Problem{j.end, french.Sentence(j.about+fmt.Sprintf(sentence, args...)) + "."})
	}
	return ok
}

// invalid notes a refusal, which is a sentence by itself.
func (j *judge) invalid(what string, err error) {
	if err != nil {
		j.found = append(j.found, Problem{j.end, french.Sentence(j.about + what + err.Error())})
	}
}

var siretShape = regexp.MustCompile(`^[0-9]{14}$`)

func (j *judge) head() {
	m := j.message
	j.about = "Fichier : "
	j.id("son identifiant", m.ID, MostMessageID)
	j.that(m.Created.Year() >= 2000 && m.Created.Year() <= 9999, "la date de création manque")
	j.that(m.Lead >= 1, "le délai de la banque est d’un jour ouvré au moins")
	j.that(len(m.Debits) > 0, "il n’a aucun prélèvement")
	j.that(m.SIRET == "" || siretShape.MatchString(m.SIRET), "le SIRET de l’émetteur a 14 chiffres")
	if m.Sender != "" {
		j.name("le nom de l’émetteur", m.Sender)
	}
}

func (j *judge) creditor(c Creditor) {
	j.about = "Créancier : "
	j.name("le nom", c.Name)
	j.address(c.Address)
	j.ics("l’ICS", c.ICS)
	j.iban("l’IBAN", c.IBAN)
	j.that(c.BIC == "" || IsBIC(c.BIC), "le BIC n’est pas valable")
	if c.Holder != nil {
		j.about = "Titulaire du compte DFT : "
		j.name("le nom", c.Holder.Name)
		j.iban("l’IBAN", c.Holder.IBAN)
		j.that(c.Address != nil, "l’adresse de la trésorerie manque")
	}
}

func (j *judge) debit(d Debit) {
	j.id("la référence de bout en bout", d.EndToEndID, 35)
	if d.InstructionID != "" {
		j.id("la référence de l’instruction", d.InstructionID, 35)
	}
	j.that(d.Cents > 0, "le montant doit être positif, et il est de %s", french.Euros(d.Cents))
	j.that(d.Cents <= mostDebit, "le montant dépasse %s", french.Euros(mostDebit))
	j.that(slices.Contains(sequences, d.Sequence), "la séquence %q n’est ni OOFF, ni FRST, ni RCUR, ni FNAL", string(d.Sequence))
	j.name("le nom du titulaire", d.Name)
	j.debitedAccount(d)
	j.address(d.Address)
	j.text(d.Text)
	j.due(d)
	j.mandate(d)
}

func (j *judge) debitedAccount(d Debit) {
	j.that(d.BIC == "" || IsBIC(d.BIC), "le BIC n’est pas valable")
	if !j.iban("l’IBAN", d.IBAN) {
		return
	}
	country := d.IBAN[:2]
	if !j.that(economicArea[country] || debitArea[country], "un compte de ce pays (%s) ne peut pas être prélevé en SEPA", country) {
		return
	}
	if economicArea[country] {
		return
	}
	j.that(d.Address != nil,
		"le compte est hors de l’Espace économique européen (%s) : l’adresse du débiteur est obligatoire", country)
	j.that(d.BIC != "", "le compte est hors de l’Espace économique européen (%s) : le BIC est obligatoire", country)
}

// due judges the day of the collection.
func (j *judge) due(d Debit) {
	t, err := time.Parse(dayForm, d.Due)
	if !j.that(err == nil, "la date d’échéance manque ou n’est pas une date") {
		return
	}
	j.that(settles(t), "l’échéance du %s n’est pas un jour ouvré des banques ; le suivant est le %s",
		french.CivilDate(d.Due), french.CivilDate(NextBusinessDay(d.Due)))
	if earliest := EarliestDue(j.message.Created, j.message.Lead); d.Due < earliest {
		j.that(false, "l’échéance du %s est trop proche ; la banque peut prélever à partir du %s",
			french.CivilDate(d.Due), french.CivilDate(earliest))
	}
}

func (j *judge) mandate(d Debit) {
	m := d.Mandate
	rumHolds := j.id("la référence du mandat (RUM)", m.RUM, 35)
	signed, err := time.Parse(dayForm, m.SignedOn)
	if j.that(err == nil, "la date de signature du mandat manque ou n’est pas une date") {
		j.that(m.SignedOn <= j.message.Created.In(clock.Paris).Format(dayForm), "le mandat est signé après la création du fichier")
		j.alive(d, signed)
	}
	if !rumHolds {
		return
	}
	j.that(d.Sequence != OneOff || m.LastUse == "", "le mandat %s est ponctuel et a déjà servi", m.RUM)
	j.that(d.Sequence != OneOff && d.Sequence != Final || j.oneOff[m.RUM] == 1, "le mandat %s est prélevé une dernière fois, plusieurs fois", m.RUM)
	if before, seen := j.accounts[m.RUM]; seen {
		j.that(before == d.IBAN, "le mandat %s prélève deux comptes", m.RUM)
	}
	j.accounts[m.RUM] = d.IBAN
	j.amendment(d)
}

// alive judges whether the mandate has lapsed at the due date.
func (j *judge) alive(d Debit, signed time.Time) {
	last, what := signed, "signature"
	if d.Mandate.LastUse != "" {
		used, err := time.Parse(dayForm, d.Mandate.LastUse)
		if !j.that(err == nil, "la date du dernier prélèvement n’est pas une date") {
			return
		}
		last, what = used, "dernier prélèvement"
	}
	end := last.AddDate(0, lapseMonths, 0).Format(dayForm)
	j.that(d.Due <= end, "le mandat %s n’a pas servi depuis %d mois (%s le %s) et n’est plus valable : il en faut un nouveau",
		d.Mandate.RUM, lapseMonths, what, french.CivilDate(last.Format(dayForm)))
}

func (j *judge) amendment(d Debit) {
	a := d.Mandate.Amendment
	if a == nil {
		return
	}
	j.that(*a != Amendment{}, "la modification du mandat ne dit pas ce qui a changé")
	j.that(a.IBAN == "" || !a.NewAccount, "la modification du mandat donne l’ancien compte de deux façons")
	if a.RUM != "" && j.id("l’ancienne référence du mandat", a.RUM, 35) {
		j.that(a.RUM != d.Mandate.RUM, "l’ancienne référence du mandat est aussi la nouvelle")
	}
	if a.IBAN != "" && j.iban("l’ancien IBAN", a.IBAN) {
		j.that(a.IBAN != d.IBAN, "l’ancien IBAN est aussi le nouveau")
	}
	if a.ICS != "" {
		j.ics("l’ancien ICS", a.ICS)
	}
	if a.CreditorName != "" {
		j.name("l’ancien nom du créancier", a.CreditorName)
	}
}

// iban judges an account number that must be written without spaces.
func (j *judge) iban(what, iban string) bool {
	canonical, err := ReadIBAN(iban)
	if err == nil && canonical == iban {
		return true
	}
	j.wrong(what, err)
	return false
}

func (j *judge) ics(what, ics string) {
	if canonical, err := ReadICS(ics); err != nil || canonical != ics {
		j.wrong(what, err)
	}
}

// wrong notes that an identifier is not valid, or only badly written.
func (j *judge) wrong(what string, err error) {
	if err == nil {
		j.that(false, "%s s’écrit ici en capitales et sans espace", what)
		return
	}
	j.invalid(what+" n’est pas valable. ", err)
}

func (j *judge) id(what, id string, most int) bool {
	problem := idProblem(id, most)
	return j.that(problem == "", "%s %s", what, problem)
}

func (j *judge) name(what, name string) {
	written := Transliterate(name)
	if j.that(written != "", "%s manque, ou n’a aucune lettre que les banques acceptent", what) {
		j.that(len(written) <= 70, "%s a %d caractères, et le format en admet 70", what, len(written))
	}
}

func (j *judge) text(text string) {
	written := Transliterate(text)
	j.that(len(written) <= 140, "le libellé a %d caractères, et le format en admet 140", len(written))
}

var countryShape = regexp.MustCompile(`^[A-Z]{2}$`)

func (j *judge) address(a *Address) {
	if a == nil {
		return
	}
	town := Transliterate(a.Town)
	j.that(town != "" && countryShape.MatchString(a.Country),
		"l’adresse doit avoir une ville et un pays en deux lettres (règle en vigueur depuis le 15 novembre 2026) ; sinon, n’en donnez aucune")
	for _, part := range []struct {
		what, text string
		most       int
	}{
		{"la voie", a.Street, 70}, {"le numéro", a.Number, 16}, {"le code postal", a.PostCode, 16}, {"la ville", a.Town, 35},
	} {
		n := len(Transliterate(part.text))
		j.that(n <= part.most, "dans l’adresse, %s a %d caractères, et le format en admet %d", part.what, n, part.most)
	}
}
