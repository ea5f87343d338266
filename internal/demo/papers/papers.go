package papers

import (
	"fmt"
	"image"
	"time"

	"pupitre/internal/platform/sepa"
)

// Person is who a paper is about.
type Person struct {
	Name    string // "Claire Moreau"
	Address string // "14 rue des Tonneliers"
	Town    string // "44430 Le Loroux-Bottereau"
}

// Creditor is the school on a mandate.
type Creditor struct{ Name, Address, ICS string }

var months = []string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}

func monthName(t time.Time) string { return fmt.Sprintf("%s %d", months[t.Month()-1], t.Year()) }

// QuotientFamilial is an attestation giving the quotient in euros for a month.
func QuotientFamilial(p Person, quotient int, month time.Time) *Sheet {
	s := newSheet()
	s.letterhead(blue, "Caisse d’allocations familiales", "Modèle inventé, sans valeur")
	s.addressee(p)
	s.write(heading, ink, "Attestation de quotient familial")
	s.skip(10)
	s.field("Allocataire", strong, ink, p.Name)
	s.field("Numéro d’allocataire", digits, ink, fmt.Sprintf("%07d", hash(p.Name)%10_000_000))
	s.field("Période", strong, ink, monthName(month))
	s.skip(20)
	box := image.Rect(margin, s.y, width-margin, s.y+120)
	s.fill(box, pale)
	s.frame(box, blue)
	s.at(margin+30, s.y+72, body, ink, "Votre quotient familial :")
	s.at(margin+330, s.y+78, large, blue, fmt.Sprintf("%d €", quotient))
	s.skip(170)
	s.write(body, ink,
		"Il a été calculé d’après vos revenus et les prestations du mois de "+monthName(month)+".",
		"Cette attestation est établie à la demande de l’allocataire, pour faire",
		"valoir ce que de droit.")
	s.skip(20)
	s.write(body, ink, "Le 1er "+monthName(month)+", pour la directrice.")
	return s
}

// addressee writes the address where a window envelope shows it.
func (s *Sheet) addressee(p Person) {
	for i, line := range []string{p.Name, p.Address, p.Town} {
		s.at(width/2+30, 190+i*24, body, ink, line)
	}
	s.y = 330
}

// RIB is a bank account's identity; iban has no spaces.
func RIB(p Person, iban string) *Sheet {
	s := newSheet()
	s.letterhead(green, "Banque du Vignoble", "Établissement inventé – agence de Vallet")
	s.write(heading, ink, "Relevé d’identité bancaire")
	s.skip(10)
	s.field("Titulaire du compte", strong, ink, p.Name)
	s.field("", body, ink, p.Address)
	s.field("", body, ink, p.Town)
	s.skip(20)
	box := image.Rect(margin, s.y-10, width-margin, s.y+110)
	s.fill(box, pale)
	for i, cell := range [][2]string{{"Code banque", iban[4:9]}, {"Code guichet", iban[9:14]}, {"Numéro de compte", iban[14:25]}, {"Clé RIB", iban[25:27]}} {
		x := margin + 20 + []int{0, 150, 300, 520}[i]
		s.at(x, s.y+30, small, grey, cell[0])
		s.at(x, s.y+65, digits, ink, cell[1])
	}
	s.skip(160)
	s.field("IBAN", digits, ink, grouped(iban))
	s.field("BIC", digits, ink, "BVIGFR2NXXX")
	s.field("Domiciliation", body, ink, "Vallet")
	return s
}

// MandateFacts is what a direct debit mandate carries.
type MandateFacts struct {
	Creditor  Creditor
	Debtor    Person
	Reference string // the RUM
	IBAN      string // without spaces
	Signed    time.Time
	Unsigned  bool // filled in, but the signature is forgotten
}

// Mandate is a mandate filled in by hand and signed, unless Unsigned.
func Mandate(m MandateFacts) *Sheet {
	s := newSheet()
	s.letterhead(ink, "Mandat de prélèvement SEPA", "Paiement récurrent")
	s.field("Référence du mandat", digits, ink, m.Reference)
	s.field("Créancier", strong, ink, m.Creditor.Name)
	s.field("", body, ink, m.Creditor.Address)
	s.field("ICS", digits, ink, m.Creditor.ICS)
	s.skip(15)
	s.write(small, ink,
		"En signant ce mandat, vous autorisez le créancier à envoyer des instructions à votre banque pour débiter votre",
		"compte, et votre banque à débiter votre compte conformément à ces instructions.")
	s.skip(20)
	s.field("Débiteur", byHand, penInk, m.Debtor.Name)
	s.field("Adresse", byHand, penInk, m.Debtor.Address)
	s.field("", byHand, penInk, m.Debtor.Town)
	s.field("IBAN", byHand, penInk, grouped(m.IBAN))
	s.skip(15)
	town := m.Debtor.Town
	if len(town) > 6 {
		town = town[6:]
	}
	s.field("Fait à", byHand, penInk, town)
	s.field("Le", byHand, penInk, m.Signed.Format("02/01/2006"))
	s.skip(10)
	s.at(margin, s.y, body, grey, "Signature")
	box := image.Rect(margin+220, s.y-20, margin+560, s.y+140)
	s.frame(box, grey)
	if !m.Unsigned {
		s.sign(box, m.Debtor.Name)
	}
	return s
}

// grouped writes an IBAN in groups of four.
func grouped(iban string) string {
	out := ""
	for i, r := range iban {
		if i > 0 && i%4 == 0 {
			out += " "
		}
		out += string(r)
	}
	return out
}

// IBAN makes the n-th made-up account: French, of a bank code that no bank has,
// with right check digits and clé RIB. n goes from 0 to 99 999 999.
func IBAN(n int) string {
	const bank, branch = 99999, 44
	return sepa.FrenchIBAN(bank, branch, 100_000_000+n)
}
