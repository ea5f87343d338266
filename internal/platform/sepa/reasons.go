package sepa

// Action is what a reason code asks of the creditor, besides opening the amount
// again, keeping the original collection and telling the debtor.
type Action int

// The actions. ByHand is also the answer to a code that we do not know.
const (
	ByHand       Action = iota // somebody reads it and decides, with the debtor
	FixAccount                 // another account, or the right one, then it may be presented
	StopMandate                // the mandate is not used any more
	PresentAgain               // as it is, later
	OurFault                   // the file or its data: mend them, the debtor did nothing
)

// Reason is what a code of a returned debit means.
type Reason struct {
	Code   string
	Label  string // French, as families and the office read it
	Action Action
}

// Reasons lists the codes that are known, in their order.
func Reasons() []Reason { return append([]Reason(nil), reasons...) }

// ReasonOf returns the meaning of the code; of one that is not known, a Reason
// that says so and leaves the decision to somebody.
func ReasonOf(code string) Reason {
	for _, r := range reasons {
		if r.Code == code {
			return r
		}
	}
	if code == "" {
		return Reason{Label: "La banque n’a pas donné de motif", Action: ByHand}
	}
	return Reason{Code: code, Label: "Motif " + code + ", qui n’est pas connu : demandez à la banque ce qu’il veut dire", Action: ByHand}
}

var reasons = []Reason{
	{"AC01", "Numéro de compte inexact", FixAccount},
	{"AC04", "Compte clos", FixAccount},
	{"AC06", "Compte bloqué", StopMandate},
	{"AC13", "Compte qui ne peut pas être prélevé ainsi (compte d’entreprise ou de particulier)", StopMandate},
	{"AG01", "Compte qui n’admet pas les prélèvements", StopMandate},
	{"AG02", "Opération inexacte : la séquence du prélèvement ne convient pas", OurFault},
	{"AM04", "Provision insuffisante", PresentAgain},
	{"AM05", "Prélèvement présenté deux fois", OurFault},
	{"BE05", "Créancier que la banque ne reconnaît pas (ICS)", OurFault},
	{"CNOR", "Banque du créancier non inscrite à ce BIC", OurFault},
	{"DNOR", "Banque du débiteur non inscrite à ce BIC", FixAccount},
	{"FF01", "Fichier dont le format est refusé", OurFault},
	{"MD01", "Aucun mandat valable : prélèvement contesté comme non autorisé", StopMandate},
	{"MD02", "Données du mandat manquantes ou inexactes", OurFault},
	{"MD06", "Remboursement demandé par le débiteur (dans les huit semaines)", ByHand},
	{"MD07", "Titulaire du compte décédé", StopMandate},
	{"MS02", "Refus du débiteur", StopMandate},
	{"MS03", "Motif que la banque ne donne pas", ByHand},
	{"RC01", "BIC inexact", FixAccount},
	{"RR01", "Compte ou identifiant du débiteur manquant", OurFault},
	{"RR02", "Nom ou adresse du débiteur manquant", OurFault},
	{"RR03", "Nom ou adresse du créancier manquant", OurFault},
	{"RR04", "Motif réglementaire", OurFault},
	{"SL01", "Le débiteur a limité les prélèvements de son compte à sa banque", StopMandate},
}
