package sepa

import (
	"strings"
	"testing"
	"time"
)

func TestTheSampleHasNoProblem(t *testing.T) {
	if problems := sample().Check(); len(problems) != 0 {
		t.Errorf("%q", problems)
	}
}

// Each row changes one thing of the sample; its second debit is Marie Dupont's.
func TestProblems(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	for name, c := range map[string]struct {
		change func(*Message, *Debit)
		want   string
	}{
		"no amount":               {func(_ *Message, d *Debit) { d.Cents = 0 }, "montant doit être positif, et il est de 0,00"},
		"a credit":                {func(_ *Message, d *Debit) { d.Cents = -1 }, "montant doit être positif"},
		"too much":                {func(_ *Message, d *Debit) { d.Cents = mostDebit + 1 }, "montant dépasse"},
		"a long name":             {func(_ *Message, d *Debit) { d.Name = long(71) }, "nom du titulaire a 71 caractères"},
		"a name long once spelt":  {func(_ *Message, d *Debit) { d.Name = strings.Repeat("œ", 36) }, "nom du titulaire a 72 caractères"},
		"a name of other letters": {func(_ *Message, d *Debit) { d.Name = "李小龍" }, "nom du titulaire manque"},
		"a long text":             {func(_ *Message, d *Debit) { d.Text = long(141) }, "libellé a 141 caractères"},
		"no reference":            {func(_ *Message, d *Debit) { d.EndToEndID = "" }, "Prélèvement n° 2 (Marie Dupont) : la référence de bout en bout manque"},
		"a long reference":        {func(_ *Message, d *Debit) { d.EndToEndID = long(36) }, "a 36 caractères, et le format en admet 35"},
		"a reference with //":     {func(_ *Message, d *Debit) { d.EndToEndID = "A//B" }, "ni avoir « // »"},
		"a space in it":           {func(_ *Message, d *Debit) { d.EndToEndID = "A B" }, "sans espace"},
		"an accent in it":         {func(_ *Message, d *Debit) { d.InstructionID = "É" }, "référence de l’instruction ne peut avoir que"},
		"a double":                {func(_ *Message, d *Debit) { d.EndToEndID = "2026000002" }, "sert à 2 prélèvements"},
		"another sequence":        {func(_ *Message, d *Debit) { d.Sequence = "FIRST" }, "n’est ni OOFF"},
		"a wrong IBAN":            {func(_ *Message, d *Debit) { d.IBAN = "FR7630001007941234567890158" }, "l’IBAN n’est pas valable. Cet IBAN n’existe pas"},
		"an IBAN with spaces":     {func(_ *Message, d *Debit) { d.IBAN = "FR76 30001007941234567890185" }, "s’écrit ici en capitales et sans espace"},
		"an account out of SEPA":  {func(_ *Message, d *Debit) { d.IBAN = "TN5910006035183598478831" }, "(TN) ne peut pas être prélevé"},
		"out of the EEA, no address": {func(_ *Message, d *Debit) { d.IBAN, d.BIC = "CH9300762011623852957", "UBSWCHZH80A" },
			"(CH) : l’adresse du débiteur est obligatoire"},
		"out of the EEA, no BIC": {func(_ *Message, d *Debit) {
			d.IBAN, d.BIC, d.Address = "CH9300762011623852957", "", &Address{Town: "Genève", Country: "CH"}
		}, "(CH) : le BIC est obligatoire"},
		"a false BIC":            {func(_ *Message, d *Debit) { d.BIC = "NOTPROVIDED" }, "le BIC n’est pas valable"},
		"an address, no town":    {func(_ *Message, d *Debit) { d.Address = &Address{Street: "1 rue X, 44330 Vallet", Country: "FR"} }, "une ville et un pays"},
		"an address, no country": {func(_ *Message, d *Debit) { d.Address = &Address{Town: "Vallet", Country: "France"} }, "pays en deux lettres"},
		"a long street":          {func(_ *Message, d *Debit) { d.Address = &Address{Street: long(71), Town: "V", Country: "FR"} }, "la voie a 71 caractères"},
		"a long town":            {func(_ *Message, d *Debit) { d.Address = &Address{Town: long(36), Country: "FR"} }, "la ville a 36 caractères"},
		"no due date":            {func(_ *Message, d *Debit) { d.Due = "" }, "date d’échéance manque"},
		"a Saturday":             {func(_ *Message, d *Debit) { d.Due = "2026-12-12" }, "12/12/2026 n’est pas un jour ouvré des banques ; le suivant est le"},
		"Christmas":              {func(_ *Message, d *Debit) { d.Due = "2026-12-25" }, "n’est pas un jour ouvré"},
		"too near":               {func(_ *Message, d *Debit) { d.Due = "2026-11-25" }, "trop proche ; la banque peut prélever à partir du"},
		"too near for the bank":  {func(m *Message, _ *Debit) { m.Lead = 15 }, "trop proche"},
		"past":                   {func(_ *Message, d *Debit) { d.Due = "2026-11-23" }, "trop proche"},
		"no RUM":                 {func(_ *Message, d *Debit) { d.Mandate.RUM = "" }, "(RUM) manque"},
		"a RUM with a space":     {func(_ *Message, d *Debit) { d.Mandate.RUM = "A 1" }, "(RUM) ne peut avoir que"},
		"no signature":           {func(_ *Message, d *Debit) { d.Mandate.SignedOn = "" }, "date de signature du mandat manque"},
		"signed tomorrow":        {func(_ *Message, d *Debit) { d.Mandate.SignedOn = "2026-11-25" }, "signé après la création"},
		"never used, lapsed":     {func(_ *Message, d *Debit) { d.Mandate.SignedOn = "2023-12-09" }, "n’a pas servi depuis 36 mois (signature le 09/12/2023)"},
		"used, lapsed":           {func(_ *Message, d *Debit) { d.Mandate.SignedOn, d.Mandate.LastUse = "2019-09-01", "2023-12-08" }, "(dernier prélèvement le"},
		"a one-off used again":   {func(_ *Message, d *Debit) { d.Sequence, d.Mandate.LastUse = OneOff, "2026-10-10" }, "ponctuel et a déjà servi"},
		"a last one twice": {func(m *Message, d *Debit) {
			d.Sequence = Final
			again := *d
			again.EndToEndID = "again"
			m.Debits = append(m.Debits, again)
		}, "une dernière fois, plusieurs fois"},
		"a mandate of two accounts": {func(_ *Message, d *Debit) { d.Mandate.RUM = "EDM-2025-00042" }, "prélève deux comptes"},
		"nothing amended":           {func(_ *Message, d *Debit) { d.Mandate.Amendment = &Amendment{} }, "ne dit pas ce qui a changé"},
		"amended two ways": {func(_ *Message, d *Debit) {
			d.Mandate.Amendment = &Amendment{IBAN: "DE87200500001234567890", NewAccount: true}
		}, "de deux façons"},
		"amended to the same": {func(_ *Message, d *Debit) { d.Mandate.Amendment = &Amendment{IBAN: d.IBAN} }, "l’ancien IBAN est aussi le nouveau"},
		"the same RUM":        {func(_ *Message, d *Debit) { d.Mandate.Amendment = &Amendment{RUM: d.Mandate.RUM} }, "est aussi la nouvelle"},
		"a false old ICS":     {func(_ *Message, d *Debit) { d.Mandate.Amendment = &Amendment{ICS: "FR73ZZZ123456"} }, "l’ancien ICS n’est pas valable"},
		"nothing to collect":  {func(m *Message, _ *Debit) { m.Debits = nil }, "aucun prélèvement"},
		"a long message id":   {func(m *Message, _ *Debit) { m.ID = long(32) }, "Fichier : son identifiant a 32 caractères"},
		"no instant":          {func(m *Message, _ *Debit) { m.Created = time.Time{} }, "date de création manque"},
		"no lead":             {func(m *Message, _ *Debit) { m.Lead = 0 }, "délai de la banque"},
		"a SIREN":             {func(m *Message, _ *Debit) { m.SIRET = "200000000" }, "SIRET de l’émetteur a 14 chiffres"},
		"no ICS":              {func(m *Message, _ *Debit) { m.Creditor.ICS = "" }, "Créancier : l’ICS n’est pas valable"},
		"the creditor's IBAN": {func(m *Message, _ *Debit) { m.Creditor.IBAN = "FR76" }, "Créancier : l’IBAN n’est pas valable"},
		"a holder, no address": {func(m *Message, _ *Debit) {
			m.Creditor.Holder, m.Creditor.Address = &Holder{"Régie", m.Creditor.IBAN}, nil
		}, "l’adresse de la trésorerie manque"},
	} {
		t.Run(name, func(t *testing.T) {
			m := sample()
			c.change(&m, &m.Debits[1])
			for _, p := range m.Check() {
				if strings.Contains(strings.ReplaceAll(p.Text, "\u00a0", " "), c.want) {
					if !strings.HasSuffix(p.Text, ".") {
						t.Errorf("no sentence: %s", p.Text)
					}
					return
				}
			}
			t.Errorf("%q is not said: %q", c.want, m.Check())
		})
	}
}

// Only what is wrong is said, at the debit that has it.
func TestAProblemNamesItsDebit(t *testing.T) {
	m := sample()
	m.Debits[0].Cents, m.Debits[3].Name = -5, ""
	problems := m.Check()
	if len(problems) != 2 || problems[0].EndToEndID != "2026000002" || problems[1].EndToEndID != "2026000004" ||
		!strings.HasPrefix(problems[0].Text, "Prélèvement 2026000002 (Paul Œuvré-Noël) : le montant") ||
		!strings.HasPrefix(problems[1].Text, "Prélèvement 2026000004 (sans nom) : ") {
		t.Errorf("%q", problems)
	}
}

func TestAMandateLivesToItsLastDay(t *testing.T) {
	m := sample()
	m.Debits[1].Mandate.SignedOn = "2023-12-10"
	if problems := m.Check(); len(problems) != 0 {
		t.Errorf("%q", problems)
	}
}

func TestEarliestDue(t *testing.T) {
	for _, c := range []struct {
		made string
		lead int
		want string
	}{
		{"2026-11-24T09:00:00Z", 1, "2026-11-25"},
		{"2026-11-24T23:30:00Z", 1, "2026-11-26"}, // the 25th already in Paris
		{"2026-11-27T09:00:00Z", 2, "2026-12-01"}, // over a week-end
		{"2026-12-24T09:00:00Z", 1, "2026-12-28"},
		{"2027-03-25T09:00:00Z", 3, "2027-04-01"}, // over Easter
		{"2026-11-24T09:00:00Z", 0, "2026-11-25"},
	} {
		made, err := time.Parse(time.RFC3339, c.made)
		if err != nil {
			t.Fatal(err)
		}
		if got := EarliestDue(made, c.lead); got != c.want {
			t.Errorf("%s, %d days: %s, want %s", c.made, c.lead, got, c.want)
		}
	}
}
