package pes_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/pes"
	"pupitre/internal/platform/xmllint"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const schema = "testdata/schemas/PES_V2/Rev0/PES_Aller.xsd"

func on(day string) time.Time {
	t, err := time.Parse("2006-01-02", day)
	if err != nil {
		panic(err)
	}
	return t
}

func role() pes.Role {
	dupont := pes.Debtor{Reference: "F-4821", Title: pes.Madam, LastName: "DUPONT", FirstName: "Marie-Éléonore", Street: "12 RUE DES LILAS", PostCode: "44330", City: "VALLET"}
	return pes.Role{Version: pes.V517, File: "ROLE-2026-12", Software: "PUPITRE", Release: "PUPITRE 1",
		Body:    pes.Body{Post: "044000", SIRET: "20000000000001", Code: "300", Budget: "01", Label: "ÉCOLE DE MUSIQUE"},
		Written: on("2026-11-24"), Year: 2026, Number: 12, Issued: on("2026-11-24"), NoticeOn: on("2026-11-30"), Object: "Chœur & orchestre – octobre",
		Claims: []pes.Claim{
			{Number: 1, Object: "L’année 2026", Debt: 2026000001, Debtor: dupont, Lines: []pes.Line{
				{Object: "Cursus", Product: "MUS1", Account: pes.DefaultAccount, Cents: 4000},
				{Object: "Location <violon>", Product: "LOC", Account: pes.DefaultAccount, Cents: 1205}},
				Debit: &pes.Debit{On: on("2026-12-10"), Sequence: pes.Recurrent, Mandate: "EMI-2026-00001", SignedOn: on("2026-09-01"),
					Label: "FACTURE 2026000001", IBAN: "FR7630001007941234567890185", BIC: "BNPAFRPPXXX", Holder: "DUPONT Paul", OtherHolder: true}},
			{Number: 2, Debt: 2026000001, Period: 1, Debtor: pes.Debtor{Title: pes.Mister, LastName: "O'BRIEN", FirstName: "Seán", Building: "Flat 3", Street: "1 Quay Street",
				Locality: "Salthill", City: "H91 GALWAY", Country: 136}, Lines: []pes.Line{{Product: "MUS1", Account: pes.DefaultAccount, Cents: 1499}}},
		}}
}

func file(t testing.TB, r pes.Role) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pes.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestARoleIsValidAndGolden(t *testing.T) {
	got := file(t, role())
	if again := file(t, role()); !bytes.Equal(got, again) {
		t.Error("the same role gives other bytes")
	}
	xmllint.Valid(t, schema, got)
	const golden = "testdata/role.golden.xml"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the file has changed: look, then -update (%v)\n%s", err, got)
	}
}

// The schema does refuse: another bordereau's type is not valid.
func TestTheSchemaJudges(t *testing.T) {
	xmllint.Needed(t)
	bad := bytes.Replace(file(t, role()), []byte(`<TypBord V="06"/>`), []byte(`<TypBord V="09"/>`), 1)
	if xmllint.Check(schema, bad) == nil {
		t.Error("the schema takes a bordereau of type 09")
	}
}

func TestWhatIsRefused(t *testing.T) {
	rows := []struct {
		field, says string
		change      func(*pes.Role)
	}{
		{"role", "version", func(r *pes.Role) { r.Version = "5.12" }},
		{"role", "SIRET", func(r *pes.Role) { r.Body.SIRET = "123" }},
		{"role", "codique", func(r *pes.Role) { r.Body.Post = "44" }},
		{"role", "collectivité", func(r *pes.Role) { r.Body.Code = "000" }},
		{"role", "budget", func(r *pes.Role) { r.Body.Budget = "1" }},
		{"role", "numéro du rôle", func(r *pes.Role) { r.Number = 10_000_000 }},
		{"role", "précède", func(r *pes.Role) { r.NoticeOn = on("2026-11-23") }},
		{"role", "aucun article", func(r *pes.Role) { r.Claims = nil }},
		{"role", "161 caractères", func(r *pes.Role) { r.Object = strings.Repeat("é", 161) }},
		{"article-1", "sert déjà", func(r *pes.Role) { r.Claims[1].Number = 1 }},
		{"article-2", "numéro de dette", func(r *pes.Role) { r.Claims[1].Period = 0 }},
		{"article-2", "O'BRIEN Seán", func(r *pes.Role) { r.Claims[1].Lines[0].Cents = 0 }},
		{"article-2", "supérieur à zéro", func(r *pes.Role) { r.Claims[1].Lines[0].Cents = -5 }},
		{"article-2", "code produit", func(r *pes.Role) { r.Claims[1].Lines[0].Product = "MUSIQ" }},
		{"article-2", "code produit", func(r *pes.Role) { r.Claims[1].Lines[0].Product = "00" }},
		{"article-2", "aucune ligne", func(r *pes.Role) { r.Claims[1].Lines = nil }},
		{"article-1", "la ville a 39 caractères", func(r *pes.Role) { r.Claims[0].Debtor.City = strings.Repeat("a", 39) }},
		{"article-1", "« Ł »", func(r *pes.Role) { r.Claims[0].Debtor.LastName = "ŁUKASZ" }},
		{"article-1", "que le format", func(r *pes.Role) { r.Claims[0].Debtor.Street = "rue \x01" }},
		{"article-1", "la voie", func(r *pes.Role) { r.Claims[0].Debtor.Street = " " }},
		{"article-1", "ne dit rien", func(r *pes.Role) { r.Claims[0].Debtor.FirstName = "nc" }},
		{"article-1", "code postal", func(r *pes.Role) { r.Claims[0].Debtor.PostCode = "4433" }},
		{"article-1", "civilité", func(r *pes.Role) { r.Claims[0].Debtor.Title = "MLLE" }},
		{"article-1", "IBAN", func(r *pes.Role) { r.Claims[0].Debit.IBAN = "FR7630001007941234567890186" }},
		{"article-1", "BIC", func(r *pes.Role) { r.Claims[0].Debit.IBAN, r.Claims[0].Debit.BIC = "DE89370400440532013000", "" }},
		{"article-1", "mandat a 35", func(r *pes.Role) { r.Claims[0].Debit.Mandate = "ÉMI" }},
		{"article-1", "titulaire", func(r *pes.Role) { r.Claims[0].Debit.Holder = strings.Repeat("a", 33) }},
		{"article-1", "signé après", func(r *pes.Role) { r.Claims[0].Debit.SignedOn = on("2026-12-11") }},
	}
	for _, row := range rows {
		r := role()
		row.change(&r)
		var invalid *fault.Invalid
		var b bytes.Buffer
		err := pes.Write(&b, r)
		if !errors.As(err, &invalid) || len(invalid.Fields) != 1 || b.Len() != 0 {
			t.Errorf("%s: %v, %d bytes", row.says, err, b.Len())
			continue
		}
		if f := invalid.Fields[0]; f.Name != row.field && row.says != "sert déjà" || !strings.Contains(f.Message, row.says) {
			t.Errorf("%s: %+v", row.says, f)
		}
		if strings.HasPrefix(row.field, "article-1") && row.says != "sert déjà" && row.says != "ne dit rien" && row.says != "« Ł »" && !strings.Contains(invalid.Fields[0].Message, "DUPONT") {
			t.Errorf("%s names no debtor: %s", row.says, invalid.Fields[0].Message)
		}
	}
}

func TestClaimsBelowTheThresholdAreMarked(t *testing.T) {
	r := role()
	if small := r.BelowThreshold(); len(small) != 1 || small[0].Number != 2 {
		t.Errorf("%+v", small)
	}
	r.Claims[1].Lines[0].Cents = pes.Threshold
	if small := r.BelowThreshold(); len(small) != 0 {
		t.Errorf("15 € is marked: %+v", small)
	}
}

// Whatever Check takes: the header's sum is that of the claims, which is that
// of their lines, and the debits add up to the claim; the file is valid.
func TestSums(t *testing.T) {
	drawn := 0
	rapid.Check(t, func(t *rapid.T) {
		r := role()
		debit := r.Claims[0].Debit
		debtor := r.Claims[0].Debtor
		text := rapid.StringMatching(`[A-Za-zéÈ0-9'&<>". ’œ-]{0,30}`)
		r.Object, r.Claims = text.Draw(t, "object"), nil
		want := int64(0)
		for i := range rapid.IntRange(1, 5).Draw(t, "claims") {
			c := pes.Claim{Number: i + 1, Debt: int64(i + 1), Object: text.Draw(t, "claim"), Debtor: debtor}
			c.Debtor.City, c.Debtor.LastName = text.Draw(t, "city"), text.Draw(t, "name")
			for range rapid.IntRange(1, 4).Draw(t, "lines") {
				cents := rapid.Int64Range(1, 99_999_999_999).Draw(t, "cents")
				c.Lines = append(c.Lines, pes.Line{Product: "M1", Account: 588, Cents: cents})
				want += cents
			}
			if rapid.Bool().Draw(t, "debit") {
				c.Debit = debit
			}
			r.Claims = append(r.Claims, c)
		}
		var b bytes.Buffer
		if err := pes.Write(&b, r); err != nil {
			var invalid *fault.Invalid
			if !errors.As(err, &invalid) {
				t.Fatal(err)
			}
			return
		}
		total, lines, debits := sums(t, b.Bytes())
		if total != want || lines != want {
			t.Fatalf("header %d, lines %d, wanted %d", total, lines, want)
		}
		owed := int64(0)
		for _, c := range r.Claims {
			if c.Debit != nil {
				owed += c.Cents()
			}
		}
		if debits != owed {
			t.Fatalf("debits %d, wanted %d", debits, owed)
		}
		if drawn++; drawn%20 == 0 && xmllint.Check(schema, b.Bytes()) != nil {
			t.Fatalf("not valid: %v", xmllint.Check(schema, b.Bytes()))
		}
	})
	if drawn == 0 {
		t.Error("every drawn role was refused")
	}
}

// sums reads the amounts of a file: the header's, the lines', the debits'.
func sums(t interface{ Fatal(...any) }, file []byte) (total, lines, debits int64) {
	text, err := charmap.ISO8859_1.NewDecoder().Bytes(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n")
	decoder := xml.NewDecoder(strings.NewReader(rest))
	for {
		token, err := decoder.Token()
		if err != nil {
			return total, lines, debits
		}
		start, ok := token.(xml.StartElement)
		if !ok || len(start.Attr) == 0 {
			continue
		}
		var euros, cents int64
		_, _ = fmt.Sscanf(start.Attr[0].Value, "%d.%d", &euros, &cents)
		switch start.Name.Local {
		case "MtBordHt":
			total = euros*100 + cents
		case "MtHT":
			lines += euros*100 + cents
		case "MtPrel":
			debits += euros*100 + cents
		}
	}
}
