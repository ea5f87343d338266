package school

import (
	"strings"

	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/sepa"
)

// Creditor is who invoices are owed to, and how they are paid.
var Creditor = Group[School]{Settings: join(
	Under("Qui facture",
		Line("creancier_nom", "Créancier", "Sur les factures et le mandat de prélèvement. Vide"+french.Nbsp+": le nom de l’école.", 100, func(s *School) *string { return &s.CreditorName }),
		Line("creancier_adresse", "Son adresse", "Vide"+french.Nbsp+": celle de l’école.", 200, func(s *School) *string { return &s.CreditorAddress }),
		normal(Line("creancier_siret", "SIRET", "14 chiffres.", 20, func(s *School) *string { return &s.CreditorSIRET }), ReadSIRET),
	),
	Under("Ce que porte chaque facture",
		Line("creancier_tva", "Mention de TVA", "« TVA non applicable, article 256 B du CGI » pour une école publique. Vide"+french.Nbsp+": aucune.", 200, func(s *School) *string { return &s.CreditorTaxNote }),
		Area("creancier_recours", "Voies et délais de recours", "Au bas de la facture.", 1000, func(s *School) *string { return &s.CreditorAppeal }),
	),
	Under("Comment on paie",
		Line("cheque_ordre", "Ordre des chèques", "« Régie de recettes de l’école de musique ».", 100, func(s *School) *string { return &s.ChequeOrder }),
		normal(Line("creancier_iban", "IBAN du compte", "Celui de la régie. Il s’imprime sur les factures, avec un code à scanner pour le virement.", 42, func(s *School) *string { return &s.CreditorIBAN }), sepa.ReadIBAN),
		normal(Line("creancier_bic", "BIC", "", 14, func(s *School) *string { return &s.CreditorBIC }), sepa.ReadBIC),
		normal(Line("creancier_ics", "Identifiant du créancier (ICS)", "Pour les prélèvements.", 20, func(s *School) *string { return &s.CreditorICS }), readICS),
	),
)}

// normal keeps the value as read writes it; an empty one stays empty.
func normal[T any](s Setting[T], read func(string) (string, error)) Setting[T] {
	write := s.set
	s.set = func(t *T, v string) string {
		if v != "" {
			right, err := read(v)
			if err != nil {
				return err.Error()
			}
			v = right
		}
		return write(t, v)
	}
	return s
}

func readICS(v string) (string, error) {
	ics := strings.ToUpper(strings.ReplaceAll(v, " ", ""))
	if message := creditorNumber(ics); message != "" {
		return "", fault.Refuse(message)
	}
	return ics, nil
}

// ReadSIRET returns the establishment's number in 14 digits, or a French refusal
// (*fault.Invalid). Its last digit is Luhn's key; those of La Poste add up to a
// multiple of five instead.
func ReadSIRET(typed string) (string, error) {
	siret := strings.Join(strings.Fields(typed), "")
	if len(siret) != 14 || strings.Trim(siret, "0123456789") != "" {
		return "", fault.Refuse("Un SIRET a 14 chiffres" + french.Nbsp + ": recopiez-le de l’avis de situation.")
	}
	luhn, plain := 0, 0
	for i, c := range siret {
		n := int(c - '0')
		plain += n
		if i%2 == 0 { // fourteen digits: every second one from the left is doubled
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		luhn += n
	}
	if luhn%10 != 0 && !(strings.HasPrefix(siret, "356000000") && plain%5 == 0) {
		return "", fault.Refuse("Ce SIRET n’existe pas" + french.Nbsp + ": un chiffre est faux ou deux sont inversés.")
	}
	return siret, nil
}
