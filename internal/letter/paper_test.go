package letter

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/carlos7ags/folio/reader"
	"github.com/pdfcpu/pdfcpu/pkg/api"

	"pupitre/internal/platform/sepa"
)

var creditor = Party{Name: "Communauté de communes Sèvre & Loire", Street: "1 place du Champ de foire", PostalCode: "44330", City: "Vallet", Country: "France"}

var form = PedagogicalFormFacts{
	School: school, Season: "2027-2028", Family: "Claire Moreau", Identifier: "MOREAU-4821",
	Pupil: "Lucie Moreau", BirthDate: "14/03/2015", Level: "5e", AskBeginner: true, ReturnBefore: closing, Made: sent,
	Programmes: []FormProgramme{
		{Title: "Cursus Instrumental Enfant / ados", Rule: "Un instrument et une pratique collective ; en 5e, 4e ou 3e, un cours de culture musicale. Les 2 (ou 3 cours) sont inclus dans le tarif.", Sites: []FormSite{
			{Name: "Pôle Loire", Groups: []FormGroup{
				{Title: "Instrument", Courses: []string{"Accordéon", "Clarinette", "Flûte traversière", "Guitare", "Piano", "Violon", "Violoncelle"}},
				{Title: "Pratique collective", Courses: []string{"Chœur d’enfants, mardi 17 h", "Orchestre à cordes, mercredi 15 h"}},
				{Title: "Culture musicale", Courses: []string{"Culture musicale 1, vendredi 18 h"}}}},
			{Name: "Pôle Sèvre", Groups: []FormGroup{
				{Title: "Instrument", Courses: []string{"Batterie", "Cornet", "Guitare", "Harpe celtique", "Piano", "Saxophone", "Trombone", "Tuba"}},
				{Title: "Pratique collective", Courses: []string{"Harmonie junior, mercredi 17 h", "Atelier jazz, jeudi 18 h"}},
				{Title: "Culture musicale", Courses: []string{"Culture musicale 1, jeudi 17 h"}}}}}},
		{Title: "Parcours découverte", Rule: "Deux parcours différents, un au premier semestre et un au second.", Sites: []FormSite{
			{Name: "Pôle Loire", Groups: []FormGroup{{Title: "1er semestre", Courses: []string{"Parcours 1", "Parcours 2"}}, {Title: "2e semestre", Courses: []string{"Parcours 1", "Parcours 2"}}}},
			{Name: "Pôle Sèvre", Groups: []FormGroup{{Title: "1er semestre", Courses: []string{"Parcours 4", "Parcours 5"}}, {Title: "2e semestre", Courses: []string{"Parcours 4", "Parcours 5"}}}}}},
		{Title: "Pratiques collectives seules", Rule: "Une pratique ou plus, ouverte sans instrument.", Sites: []FormSite{
			{Name: "Pôle Loire", Groups: []FormGroup{{Title: "Pratique collective", Courses: []string{"Chœur d’enfants, mardi 17 h", "Chœur d’adultes, lundi 20 h"}}}},
			{Name: "Pôle Sèvre", Groups: []FormGroup{{Title: "Pratique collective", Courses: []string{"Chœur d’adolescents, jeudi 18 h"}}}}}},
	},
}

type paperRow struct {
	name  string
	pages int
	print func() ([]byte, error)
}

func paperRows() []paperRow {
	letter := IdentifierLetterFacts{School: school, Name: "Madame Moreau", Identifier: "MOREAU-4821", PortalURL: "portail.sevre-et-loire.example", Date: sent,
		Address: []string{"Madame Claire Moreau", "Appartement 12", "Résidence des Tilleuls", "3 rue de l’Église", "44330 VALLET"}}
	second := letter
	second.Name, second.Identifier = "", "DVORAK-0007"
	second.Address = []string{"Monsieur Jiří Dvořák", "Lieu-dit Les Œillets", "44190 CLISSON"}
	message := MessageLetterFacts{School: school, Name: "Claire Moreau", Address: letter.Address, Subject: "Il manque une pièce au dossier de Lucie", PortalURL: letter.PortalURL, Date: sent,
		Lines: []MessageLine{{Text: "Bonjour Claire Moreau,"}, {Text: "Le dossier de **Lucie** est reçu, incomplet. Il manque :"}, {Text: "RIB", Item: true}, {Text: "Mandat de prélèvement", Item: true, Joined: true},
			{Text: "Il prendra son rang à l’instant où la dernière sera déposée."}, {Button: true}, {Text: "Le secrétariat"}}}
	toSecond := message
	toSecond.Name, toSecond.Address = "Jiří Dvořák", second.Address
	toSecond.Lines = append([]MessageLine{{Text: "Bonjour Jiří Dvořák,"}}, message.Lines[1:]...)
	ack := AcknowledgementFacts{School: school, Season: "2027-2028", Number: "2027-00061", Family: "Claire Moreau", Identifier: "MOREAU-4821",
		Dossier: lucie, SentAt: sent, Text: "Règlement intérieur", Version: "2", AgreedBy: "Claire Moreau", AgreedAt: sent, Made: sent}
	waits := ack
	waits.Dossier = elise
	mandate := MandateFacts{School: school, Creditor: creditor, ICS: "FR72ZZZ123456", RUM: "SL-2027-000482",
		Debtor: Party{Name: "Claire Moreau", Street: "3 rue de l’Église", PostalCode: "44330", City: "Vallet"}, Made: sent}
	blank := mandate
	blank.Debtor, blank.RUM = Party{}, ""
	classes := ClassesFacts{School: school, Season: "2027-2028", Made: sent, Classes: []ClassFacts{
		{Title: "Orchestre 1er cycle", Site: "Pôle Sèvre", Slot: "mercredi, 17 h 30", Room: "Auditorium", Teacher: "Maud Tessier", Pupils: []ClassPupil{
			{Name: "Lucie Moreau", Age: 12, Level: "5e", Responsible: "Claire Moreau", Phone: "06 39 98 00 12", Emails: "claire.moreau@example.org"},
			{Name: "Jiří Dvořák", Responsible: "Anne Dvořák", Reserved: true}}},
		{Title: "Piano", Site: "Pôle Loire", Pupils: []ClassPupil{{Name: "Nathalie Clément", Age: 41, Level: "adulte", Responsible: "Nathalie Clément"}}}}}
	var labels []Label
	for i := range 26 {
		labels = append(labels, Label{fmt.Sprintf("Famille Moreau %d", i+1), "3 rue de l’Église", "44330 VALLET"})
	}
	invoice := InvoiceFacts{Number: "2027-0148", Season: "2027-2028", On: sent, Total: 415_20, Mode: "En 3 fois", Means: []string{"Chèques", "Chèques vacances"},
		Creditor: InvoiceCreditor{Name: "École de musique Sèvre & Loire", Address: school.Address, Phone: school.Phone, Email: school.Email, SIRET: "20099999700014",
			TaxNote: "TVA non applicable, article 256 B du code général des impôts", Appeal: "Cette facture peut être contestée devant le tribunal administratif de Nantes dans les deux mois de sa réception.",
			IBAN: sepa.FrenchIBAN(30001, 794, 1234567890), BIC: "BDFEFRPPCCT", Cheque: "Régie de recettes de l’école de musique"},
		Debtor: Party{Name: "Mme Claire Moreau", Street: "3 rue de l’Église", Extra: "bâtiment B", PostalCode: "44330", City: "Vallet"},
		Lines: []InvoiceLine{
			{Label: "Lucie Moreau", Amount: 403_20, Steps: []InvoiceStep{{"Cursus", "6e tranche", 448_00}, {"2e élève du foyer", "−10 %", -44_80}}},
			{Label: "Foyer", Amount: 12_00, Steps: []InvoiceStep{{Label: "Frais de dossier", Change: 12_00}}}},
		Plan: []InvoiceInstalment{{time.Date(2027, 10, 5, 0, 0, 0, 0, time.UTC), 138_40}, {time.Date(2028, 1, 5, 0, 0, 0, 0, time.UTC), 138_40}, {time.Date(2028, 4, 5, 0, 0, 0, 0, time.UTC), 138_40}}}
	debited := invoice
	debited.Debited, debited.Means = true, []string{"Prélèvement bancaire"}
	note := InvoiceFacts{Number: "2027-A0003", Note: true, Cancels: "2027-0148", Reason: "élève parti avant la rentrée", Season: "2027-2028", On: sent, Total: -415_20, Creditor: invoice.Creditor, Debtor: invoice.Debtor,
		Lines: []InvoiceLine{{Label: "Lucie Moreau", Amount: -403_20, Steps: []InvoiceStep{{"Annulation", "facture 2027-0148", -403_20}}}, {Label: "Foyer", Amount: -12_00, Steps: []InvoiceStep{{"Annulation", "facture 2027-0148", -12_00}}}}}
	settled := []SettledInvoice{{"2027-0148", "2027-2028", []string{"Lucie Moreau", "Malo Moreau"}, 415_20, 138_40}}
	receipt := ReceiptFacts{School: school, Number: "71", On: sent, Payer: "Mme Claire Moreau", Amount: 150_00, Means: "Chèque, Crédit Mutuel, 1204417", Settles: settled, Rest: 11_60}
	certificate := CertificateFacts{School: school, SIRET: "20099999700014", Year: "2027", Payer: invoice.Debtor, Settled: settled, Paid: 150_00, Made: sent}
	reminder := ReminderLetterFacts{PaymentReminderFacts: PaymentReminderFacts{School: school, Name: claire, Stage: 2, Due: dueOn, Total: 276_80}, SIRET: "20099999700014", IBAN: invoice.Creditor.IBAN,
		Cheque: invoice.Creditor.Cheque, Address: []string{"Mme Claire Moreau", "3 rue de l’Église", "44330 Vallet"}, Date: sent}
	last := reminder
	last.Stage, last.Address = 3, []string{"M. Jiří Dvořák", "44330 Vallet"}
	reminders := []ReminderLetterFacts{reminder, last}
	cheques := RemittanceFacts{School: school, Number: "2027-B0014", On: sent, Account: "FR76 1007 1750 0000 0010 0012 345", Total: 1_209_68, Items: []RemittanceItem{
		{Drawer: "Claire Moreau", Bank: "Crédit Mutuel", Reference: "1204417", Amount: 1_171_00}, {Drawer: "Jiří Dvořák", Bank: "La Banque Postale", Reference: "0088312", Amount: 38_68}}}
	vouchers := RemittanceFacts{School: school, Number: "2027-B0015", On: sent, Issuer: "ANCV", Total: 240_00, Items: []RemittanceItem{{Drawer: "Claire Moreau", Reference: "0417 à 0428", Amount: 240_00}}}
	return []paperRow{
		{"paper_identifier_letters", 2, func() ([]byte, error) { return IdentifierLetters([]IdentifierLetterFacts{letter, second}) }},
		{"paper_message_letters", 2, func() ([]byte, error) { return MessageLetters([]MessageLetterFacts{message, toSecond}) }},
		{"paper_acknowledgement", 1, func() ([]byte, error) { return Acknowledgement(ack) }},
		{"paper_acknowledgement-incomplete", 1, func() ([]byte, error) { return Acknowledgement(waits) }},
		{"paper_mandate", 1, func() ([]byte, error) { return Mandate(mandate) }},
		{"paper_mandate-blank", 1, func() ([]byte, error) { return Mandate(blank) }},
		{"paper_attendance_sheets", 2, func() ([]byte, error) { return AttendanceSheets(classes) }},
		{"paper_class_lists", 2, func() ([]byte, error) { return ClassLists(classes) }},
		{"paper_labels", 2, func() ([]byte, error) { return Labels(school, labels, sent) }},
		{"paper_invoice", 1, func() ([]byte, error) { return Invoice(invoice) }},
		{"paper_invoice-debited", 1, func() ([]byte, error) { return Invoice(debited) }},
		{"paper_invoice-credit_note", 1, func() ([]byte, error) { return Invoice(note) }},
		{"paper_receipt", 1, func() ([]byte, error) { return Receipt(receipt) }},
		{"paper_payment_certificate", 1, func() ([]byte, error) { return Certificate(certificate) }},
		{"paper_reminder_letters", 2, func() ([]byte, error) { return ReminderLetters(reminders) }},
		{"paper_remittance_slip", 1, func() ([]byte, error) { return RemittanceSlip(cheques) }},
		{"paper_remittance_slip-vouchers", 1, func() ([]byte, error) { return RemittanceSlip(vouchers) }},
		{"paper_pedagogical_form", 2, func() ([]byte, error) { return PedagogicalForm(form) }},
	}
}

func TestMain(m *testing.M) {
	api.DisableConfigDir() // or the validator writes one into the home folder
	os.Exit(m.Run())
}

func TestPapersReadAsReviewed(t *testing.T) {
	for _, r := range paperRows() {
		t.Run(r.name, func(t *testing.T) {
			file, err := r.print()
			if err != nil {
				t.Fatal(err)
			}
			if dir := os.Getenv("LETTER_PAPERS"); dir != "" { // to look at them
				if err := os.WriteFile(filepath.Join(dir, r.name+".pdf"), file, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := api.Validate(bytes.NewReader(file), nil); err != nil {
				t.Errorf("not a valid PDF: %v", err)
			}
			text, pages := pdfText(t, file)
			if pages != r.pages {
				t.Errorf("got %d pages, want %d", pages, r.pages)
			}
			golden(t, r.name, text)
		})
	}
}

func pdfText(t *testing.T, file []byte) (string, int) {
	t.Helper()
	doc, err := reader.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i := range doc.PageCount() {
		page, err := doc.Page(i)
		if err != nil {
			t.Fatal(err)
		}
		text, err := page.ExtractTextWithStrategy(&reader.LocationStrategy{})
		if err != nil {
			t.Fatal(err)
		}
		text = strings.ReplaceAll(strings.TrimSpace(text), " \n", "\n")
		fmt.Fprintf(&b, "page %d\n%s\n", i+1, text)
	}
	return b.String(), doc.PageCount()
}

func TestTheTownALetterIsWrittenFrom(t *testing.T) {
	for address, want := range map[string]string{
		"3 rue des Forges, 44430 Le Loroux-Bottereau": "Le Loroux-Bottereau",
		"12 rue 44330, 44190 Clisson CEDEX 2":         "Clisson",
		"1 place de l’Église 49600 Beaupréau":         "Beaupréau",
		"Mairie de Vallet":                            "",
		"44330":                                       "",
		"":                                            "",
	} {
		if got := (School{Address: address}).Town(); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func TestTheAddressShowsInTheWindow(t *testing.T) {
	lines := []string{"Madame", "Deux", "Dix", "Quatre", "Cinq", "Bourg"}
	for name, print := range map[string]func() ([]byte, error){
		"identifier": func() ([]byte, error) {
			return IdentifierLetters([]IdentifierLetterFacts{{School: school, Address: lines, Identifier: "X-1", Date: sent}})
		},
		"message": func() ([]byte, error) {
			return MessageLetters([]MessageLetterFacts{{School: school, Address: lines, Subject: "Fermeture", Date: sent}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := print()
			if err != nil {
				t.Fatal(err)
			}
			showsInTheWindow(t, file, lines)
		})
	}
}

// showsInTheWindow checks that the lines, and nothing else of the first page,
// are where the windows of DL and C5 envelopes show them.
func showsInTheWindow(t *testing.T, file []byte, lines []string) {
	t.Helper()
	const mm = 72 / 25.4
	const left, right, top, bottom = 100, 190, 56, 79 // wherever the sheet slides
	doc, err := reader.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	page, err := doc.Page(0)
	if err != nil {
		t.Fatal(err)
	}
	spans, err := page.TextSpans()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, s := range spans {
		x, y := s.X/mm, (page.Height-s.Y)/mm
		inside := x >= left && x <= right && y >= top && y <= bottom
		if slices.Contains(lines, strings.TrimSpace(s.Text)) {
			seen++
			if !inside {
				t.Errorf("%q is at %.0f, %.0f mm, outside the window", s.Text, x, y)
			}
		} else if inside && strings.TrimSpace(s.Text) != "" {
			t.Errorf("%q at %.0f, %.0f mm shows in the window", s.Text, x, y)
		}
	}
	if seen != len(lines) {
		t.Errorf("saw %d lines of the address, want %d", seen, len(lines))
	}
}

func TestALongAddressIsRefusedNotCut(t *testing.T) {
	_, err := IdentifierLetters([]IdentifierLetterFacts{{School: school, Identifier: "X-1", Address: make([]string, 7), Date: sent}})
	if err == nil || !strings.Contains(err.Error(), "X-1") {
		t.Errorf("got %v, want an error that names the family", err)
	}
	if _, err := IdentifierLetters(nil); err == nil {
		t.Error("no letter to print went unnoticed")
	}
}

func TestMarkupInAPaperIsPrintedNotRun(t *testing.T) {
	f := form
	f.Pupil = "<h1>Lucie</h1><script>x</script>"
	file, err := PedagogicalForm(f)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := pdfText(t, file); !strings.Contains(text, "<h1>Lucie</h1><script>x</script>") {
		t.Errorf("the name is not printed as it is:\n%s", text)
	}
}

func TestEveryFamilyHasOnePage(t *testing.T) {
	facts := make([]IdentifierLetterFacts, 250)
	for i := range facts {
		facts[i] = IdentifierLetterFacts{School: school, Address: []string{"Famille"}, Identifier: fmt.Sprintf("F-%03d", i), PortalURL: "p.example", Date: sent}
	}
	file, err := IdentifierLetters(facts)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := reader.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	if doc.PageCount() != len(facts) {
		t.Fatalf("got %d pages, want %d", doc.PageCount(), len(facts))
	}
	page, err := doc.Page(249)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := page.ExtractText(); err != nil || !strings.Contains(text, "F-249") {
		t.Errorf("the last page is not the last family's: %q, %v", text, err)
	}
}

func TestPapersArePrintedSideBySide(t *testing.T) {
	var wg sync.WaitGroup
	for _, r := range slices.Repeat(paperRows(), 3) {
		wg.Go(func() {
			if _, err := r.print(); err != nil {
				t.Errorf("%s: %v", r.name, err)
			}
		})
	}
	wg.Wait()
}
