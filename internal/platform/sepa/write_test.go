package sepa

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/xmllint"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const schemas = "testdata/schemas/"

// sample is a file with every kind of debit.
func sample() Message {
	return Message{
		ID: "EDM-2026-12-001", Created: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), Lead: 2,
		Sender: "Régie de l’école de musique", SIRET: "20000000000001",
		Creditor: Creditor{
			Name: "Régie de l’école de musique", ICS: "FR72ZZZ123456", IBAN: "FR7610071750000000100012302", BIC: "TRPUFRP1XXX",
			Address: &Address{"Place du Bourg", "1", "44330", "Vallet", "FR"},
		},
		Debits: []Debit{
			{EndToEndID: "2026000002", Sequence: Recurrent, Due: "2026-12-10", Cents: 12000, Name: "Paul Œuvré-Noël", IBAN: "FR1420041010050500013M02606",
				Mandate: Mandate{RUM: "EDM-2025-00042", SignedOn: "2025-09-03", LastUse: "2026-11-10"}, Text: "École de musique, facture n° 2026000002",
				Address: &Address{"Rue de la Loire", "3 bis", "44430", "Le Loroux-Bottereau", "FR"}},
			{EndToEndID: "2026000001", InstructionID: "I-1", Sequence: First, Due: "2026-12-10", Cents: 4001, Name: "Marie Dupont", IBAN: "FR7630001007941234567890185",
				BIC: "BDFEFRPP", Mandate: Mandate{RUM: "EDM-2026-00001", SignedOn: "2026-09-01"}},
			{EndToEndID: "2026000003", Sequence: Recurrent, Due: "2026-12-10", Cents: 7, Name: "Hans Müller", IBAN: "DE87200500001234567890",
				Mandate: Mandate{RUM: "EDM-2024-00007", SignedOn: "2024-09-03", LastUse: "2026-10-12",
					Amendment: &Amendment{RUM: "EDM-OLD-7", IBAN: "FR7630001007941234567890185", ICS: "DE98ZZZ09999999999", CreditorName: "École de Vallet"}}},
			{EndToEndID: "2026000004", Sequence: OneOff, Due: "2027-01-04", Cents: 99_999_999_999, Name: "Ueli Frei", IBAN: "CH9300762011623852957", BIC: "UBSWCHZH80A",
				Mandate: Mandate{RUM: "EDM-2026-00002", SignedOn: "2026-11-24"}, Address: &Address{Town: "Genève", Country: "CH"}},
			{EndToEndID: "2026000005", Sequence: Final, Due: "2026-12-09", Cents: 100, Name: "Zoé <& \"fils\">", IBAN: "FR7630001007941234567890185",
				Mandate: Mandate{RUM: "EDM-2026-00003", SignedOn: "2026-10-01", LastUse: "2026-11-10", Amendment: &Amendment{NewAccount: true}}},
		},
	}
}

func written(t testing.TB, m Message) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatalf("%v\n%+v", err, m.Check())
	}
	return b.Bytes()
}

func TestWrittenFileIsTheGoldenOne(t *testing.T) {
	got := written(t, sample())
	const golden = "testdata/pain.008.golden.xml"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the file has changed: look, then -update (%v)\n%s", err, got)
	}
	xmllint.Valid(t, schemas+"pain.008.001.08.xsd", got)
	if again := written(t, sample()); !bytes.Equal(got, again) {
		t.Error("the same message gives other bytes")
	}
	for _, never := range []string{"AdrLine", "InstrPrty", "<BICFI>NOTPROVIDED"} {
		if bytes.Contains(got, []byte(never)) {
			t.Errorf("the file holds %s", never)
		}
	}
}

func TestTheSchemasJudge(t *testing.T) {
	for schema, file := range map[string]string{
		"pain.008.001.08.xsd": "pain.008.example.xml", "pain.002.001.11.xsd": "pain.002.reject.xml", "camt.054.001.08.xsd": "camt.054.refund.xml",
	} {
		document, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		xmllint.Valid(t, schemas+schema, document)
		if xmllint.Check(schemas+schema, bytes.ReplaceAll(document, []byte("MsgId"), []byte("MessageId"))) == nil {
			t.Errorf("%s takes anything", schema)
		}
	}
}

func TestTreasuryAccount(t *testing.T) {
	m := sample()
	m.Creditor.Name, m.Creditor.Holder = "Trésorerie de Vallet", &Holder{"Régie école de musique", "FR7610071750000000100012302"}
	got := written(t, m)
	xmllint.Valid(t, schemas+"pain.008.001.08.xsd", got)
	text := strings.Join(strings.Fields(string(got)), "")
	for _, want := range []string{
		"<Cdtr><Nm>TresoreriedeVallet</Nm><PstlAdr><StrtNm>PlaceduBourg</StrtNm>",
		"<UltmtCdtr><Nm>Regieecoledemusique</Nm><Id><OrgId><Othr><Id>FR7610071750000000100012302</Id></Othr></OrgId></Id></UltmtCdtr>",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("missing: %s", want)
		}
	}
	// In Paris it is the next day already.
	if name := TreasuryFileName("044012", time.Date(2026, 12, 9, 23, 30, 0, 0, time.UTC), 7); name != "044012-DFT-SDD-26344-007" {
		t.Error(name)
	}
}

func TestAFileWithProblemsIsNotWritten(t *testing.T) {
	m := sample()
	m.Debits[1].Cents = 0
	var b bytes.Buffer
	err := m.Write(&b)
	var refused *fault.Invalid
	if !errors.As(err, &refused) || len(refused.Fields) != 1 || refused.Fields[0].Name != "2026000001" || b.Len() != 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
}

// totals are what a file says of itself, read by another way than it was written.
type totals struct {
	Count   int    `xml:"CstmrDrctDbtInitn>GrpHdr>NbOfTxs"`
	Sum     string `xml:"CstmrDrctDbtInitn>GrpHdr>CtrlSum"`
	Batches []struct {
		ID     string   `xml:"PmtInfId"`
		Count  int      `xml:"NbOfTxs"`
		Sum    string   `xml:"CtrlSum"`
		Seq    string   `xml:"PmtTpInf>SeqTp"`
		Due    string   `xml:"ReqdColltnDt"`
		Amount []string `xml:"DrctDbtTxInf>InstdAmt"`
		End    []string `xml:"DrctDbtTxInf>PmtId>EndToEndId"`
		Name   []string `xml:"DrctDbtTxInf>Dbtr>Nm"`
	} `xml:"CstmrDrctDbtInitn>PmtInf"`
}

func inCents(t *rapid.T, text string) int64 {
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil || len(fraction) != 2 {
		t.Fatalf("%q is no amount", text)
	}
	return n
}

func TestAnyMessageAddsUp(t *testing.T) {
	folder := t.TempDir()
	drawn := 0
	rapid.Check(t, func(t *rapid.T) {
		m := draw(t)
		var b bytes.Buffer
		if err := m.Write(&b); err != nil {
			t.Fatalf("%v", err)
		}
		addsUp(t, m, b.Bytes())
		if drawn++; drawn <= 12 {
			if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%d.xml", drawn)), b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	})
	files, err := filepath.Glob(folder + "/*.xml")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d files to judge, %v", len(files), err)
	}
	xmllint.Needed(t)
	if err := xmllint.CheckFiles(schemas+"pain.008.001.08.xsd", files...); err != nil {
		t.Fatal(err)
	}
}

func addsUp(t *rapid.T, m Message, file []byte) {
	var got totals
	if err := xml.Unmarshal(file, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]Debit{}
	for _, d := range m.Debits {
		want[d.EndToEndID] = d
	}
	count, all, groups, ids := 0, int64(0), map[string]bool{}, map[string]bool{}
	for _, b := range got.Batches {
		sum := int64(0)
		for i, end := range b.End {
			d, known := want[end]
			cents := inCents(t, b.Amount[i])
			if !known || cents != d.Cents || string(d.Sequence) != b.Seq || d.Due != b.Due || b.Name[i] != Transliterate(d.Name) {
				t.Fatalf("%s is not as given: %+v", end, b)
			}
			delete(want, end)
			sum += cents
		}
		if b.Count != len(b.End) || inCents(t, b.Sum) != sum || b.Count == 0 {
			t.Fatalf("the batch %s does not add up", b.ID)
		}
		if groups[b.Seq+b.Due] || ids[b.ID] || len(b.ID) > 35 {
			t.Fatalf("the batch %s, %s of %s is there twice", b.ID, b.Seq, b.Due)
		}
		groups[b.Seq+b.Due], ids[b.ID] = true, true
		count, all = count+b.Count, all+sum
	}
	if len(want) != 0 || got.Count != count || inCents(t, got.Sum) != all {
		t.Fatalf("the message does not add up: %d left, %d for %d, %s for %d", len(want), got.Count, count, got.Sum, all)
	}
}

// draw makes a message that any bank should take.
func draw(t *rapid.T) Message {
	m := sample()
	m.ID = rapid.StringMatching(`[A-Z0-9-]{1,31}`).Draw(t, "message")
	m.Debits = nil
	address := rapid.Custom(func(t *rapid.T) *Address {
		return &Address{
			Street: rapid.StringMatching(`[A-Za-zéï’ ]{0,60}`).Draw(t, "street"), Number: rapid.StringMatching(`[0-9]{0,4}( bis)?`).Draw(t, "number"),
			PostCode: "44330", Town: rapid.StringMatching(`[A-Z][a-zéœ]{0,12}`).Draw(t, "town"), Country: "FR",
		}
	})
	for i := range rapid.IntRange(1, 30).Draw(t, "debits") {
		d := Debit{
			EndToEndID: fmt.Sprintf("E%d", i), Sequence: rapid.SampledFrom(sequences).Draw(t, "sequence"),
			Due:   NextBusinessDay(m.Created.AddDate(0, 0, rapid.IntRange(5, 40).Draw(t, "days")).Format(dayForm)),
			Cents: rapid.Int64Range(1, mostDebit).Draw(t, "cents"), Name: rapid.StringMatching(`[A-Za-zÉœß] ?[a-zA-Z0-9<>&"'é ]{0,50}`).Draw(t, "name"),
			IBAN:    FrenchIBAN(99999, 44, rapid.IntRange(0, 99_999_999_999).Draw(t, "account")),
			Mandate: Mandate{RUM: fmt.Sprintf("R%d", i), SignedOn: "2026-09-01"}, Text: rapid.StringN(0, 40, 100).Draw(t, "text"),
		}
		if len(Transliterate(d.Text)) > 140 {
			d.Text = ""
		}
		if rapid.Bool().Draw(t, "addressed") {
			d.Address = address.Draw(t, "address")
		}
		if rapid.Bool().Draw(t, "amended") {
			d.Mandate.Amendment = &Amendment{NewAccount: rapid.Bool().Draw(t, "account changed"), RUM: "OLD"}
		}
		m.Debits = append(m.Debits, d)
	}
	return m
}
