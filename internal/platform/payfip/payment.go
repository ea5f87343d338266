package payfip

import (
	"net/url"
	"strconv"
	"unicode/utf8"

	"pupitre/internal/platform/fault"
)

// Mode says what a payment is for.
type Mode string

// The modes of the web service.
const (
	Test       Mode = "T" // no money moves
	Activation Mode = "X" // the one real payment that opens the account at PayFiP
	Production Mode = "W"
)

// Payment is what the payer is asked for.
type Payment struct {
	Creditor  string // numcli: the number, of 6 digits, that PayFiP gave the creditor
	Year      int    // exer: the year that the debt belongs to
	Reference string // refdet: letters and digits, 30 at most
	Object    string // objet: what the payer reads; letters without accents, digits, spaces, 100 at most
	Cents     int64  // montant: 1 € at least
	Email     string // mel: where PayFiP sends the receipt
	Mode      Mode   // saisie
	Notify    string // urlnotif: what PayFiP calls
	Return    string // urlredirect: where the payer's browser comes back
}

// Check says in French what PayFiP would refuse, at the fields named montant,
// mel, refdet, objet, exer, numcli, saisie, urlnotif and urlredirect: an
// *fault.Invalid, or nil.
func (p Payment) Check() error {
	var c fault.Check
	c.That(p.Cents >= 100, "montant", "Le paiement en ligne commence à 1 €.")
	c.That(p.Cents <= 9999999, "montant", "Le paiement en ligne s’arrête à 99 999,99 €.")
	c.That(looksLikeEmail(p.Email), "mel", "Indiquez une adresse électronique de 6 à 80 caractères, sans accent.")
	c.That(within(p.Reference, 1, 30, alphanumeric), "refdet",
		"La référence du paiement a 30 caractères au plus : des lettres sans accent et des chiffres.")
	c.That(within(p.Object, 1, 100, func(r rune) bool { return r == ' ' || alphanumeric(r) }), "objet",
		"L’objet du paiement a 100 caractères au plus : des lettres sans accent, des chiffres et des espaces.")
	c.That(p.Year >= 2000 && p.Year <= 9999, "exer", "Indiquez l’exercice par une année à quatre chiffres.")
	c.That(len(p.Creditor) == 6 && within(p.Creditor, 6, 6, digit), "numcli",
		"Le numéro de client PayFiP a six chiffres : il figure sur le formulaire d’adhésion.")
	c.That(p.Mode == Test || p.Mode == Activation || p.Mode == Production, "saisie",
		"Choisissez le mode de PayFiP : test, activation ou production.")
	c.That(address(p.Notify), "urlnotif", "L’adresse de notification n’est pas une adresse web complète de 250 caractères au plus.")
	c.That(address(p.Return), "urlredirect", "L’adresse de retour n’est pas une adresse web complète de 250 caractères au plus.")
	return c.Err()
}

func (p Payment) args() createArgs {
	return createArgs{Year: strconv.Itoa(p.Year), Email: p.Email, Cents: strconv.FormatInt(p.Cents, 10), Creditor: p.Creditor,
		Object: p.Object, Reference: p.Reference, Mode: string(p.Mode), Notify: p.Notify, Return: p.Return}
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

func alphanumeric(r rune) bool {
	return digit(r) || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

func within(text string, least, most int, allowed func(rune) bool) bool {
	if n := utf8.RuneCountInString(text); n < least || n > most {
		return false
	}
	for _, r := range text {
		if !allowed(r) {
			return false
		}
	}
	return true
}

// looksLikeEmail asks what PayFiP asks: 6 to 80 characters, one @ with
// something on both sides, a dot after it.
func looksLikeEmail(text string) bool {
	at, dot := -1, -1
	for i, r := range text {
		switch {
		case r == '@' && at >= 0, r <= ' ', r > '~':
			return false
		case r == '@':
			at = i
		case r == '.':
			dot = i
		}
	}
	return len(text) >= 6 && len(text) <= 80 && at > 0 && dot > at+1 && dot < len(text)-1
}

func address(text string) bool {
	u, err := url.Parse(text)
	return err == nil && len(text) <= 250 && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
