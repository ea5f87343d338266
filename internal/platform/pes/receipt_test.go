package pes_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/pes"
	"pupitre/internal/platform/xmllint"
)

const receiptSchema = "testdata/schemas/PES_V2/Rev0/PES_V2_Acquit_Autonome_V2.xsd"

func receipt(t testing.TB, name string) (pes.Receipt, []byte) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	r, err := pes.ReadReceipt(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return r, text
}

func TestAReceiptThatTakesAll(t *testing.T) {
	r, text := receipt(t, "acquit_ok.xml")
	xmllint.Valid(t, receiptSchema, text)
	if len(r.Elements) != 5 || r.File != "HELIOS_SIMU_ALR2_1477486132_1155762524.xml" || r.Body.SIRET != "20004910400025" || r.Written.Year() != 2015 {
		t.Errorf("%+v", r)
	}
	if e := r.Elements[0]; !e.OK || e.Number != 1847 || e.Year != 2015 {
		t.Errorf("%+v", e)
	}
	if o := r.Of(2015, 1847); o.Found { // an expense, no rôle
		t.Errorf("an expense passes for a rôle: %+v", o)
	}
}

func TestAReceiptThatRefusesByClaim(t *testing.T) {
	r, text := receipt(t, "acquit_ko.xml")
	xmllint.Valid(t, receiptSchema, text)
	o := r.Of(2026, 12)
	if !o.Found || o.Accepted || len(o.Anomalies) != 3 {
		t.Fatalf("%+v", o)
	}
	wanted := []struct {
		claim, line int64
		says        string
	}{{2, 1, "Code produit présent à tort"}, {3, 0, "déjà servi"}, {4, 0, "sans dire pourquoi."}}
	for i, w := range wanted {
		if a := o.Anomalies[i]; a.Claim != w.claim || a.Line != w.line || !strings.Contains(a.Message(), w.says) {
			t.Errorf("%+v: %s", a, a.Message())
		}
	}
	if o := r.Of(2026, 13); !o.Found || !o.Accepted || len(o.Anomalies) != 0 {
		t.Errorf("the other rôle: %+v", o)
	}
	if o := r.Of(2025, 12); o.Found {
		t.Errorf("another year's rôle: %+v", o)
	}
}

const head = `<?xml version="1.0"?><PES_ACQUIT><ACQUIT>`

func TestTheFirstFormAndTheFileAsAWhole(t *testing.T) {
	r, err := pes.ReadReceipt(strings.NewReader(head + `<ElementACQUIT><DomaineAck V="7"/><EtatAck V="false"/><ExerciceBord V="2026"/><NumBord V="12"/>` +
		`<NumPiece V="5"/><NumLigne V="2"/><NumAnoAck V="ERREUR_CUMUL_MONTANTS"/></ElementACQUIT></ACQUIT></PES_ACQUIT>`))
	if err != nil {
		t.Fatal(err)
	}
	if o := r.Of(2026, 12); o.Accepted || len(o.Anomalies) != 1 || o.Anomalies[0].Claim != 5 || o.Anomalies[0].Line != 2 {
		t.Errorf("the first form: %+v", o)
	}
	r, err = pes.ReadReceipt(strings.NewReader(head + `<ElementACQUIT><DomaineAck V="0"/><EtatAck V="0"/></ElementACQUIT></ACQUIT></PES_ACQUIT>`))
	if err != nil {
		t.Fatal(err)
	}
	if o := r.Of(2026, 12); !o.Found || o.Accepted || len(o.Anomalies) != 1 {
		t.Errorf("a file refused as a whole: %+v", o)
	}
}

func TestWhatIsNoReceipt(t *testing.T) {
	rows := map[string]string{
		"nothing":       "",
		"a text":        "bonjour",
		"another file":  `<n:PES_Aller xmlns:n="x"/>`,
		"no element":    head + `</ACQUIT></PES_ACQUIT>`,
		"no state":      head + `<ElementACQUIT><DomaineAck V="7"/></ElementACQUIT></ACQUIT></PES_ACQUIT>`,
		"no domain":     head + `<ElementACQUIT><EtatAck V="1"/></ElementACQUIT></ACQUIT></PES_ACQUIT>`,
		"a bad number":  head + `<ElementACQUIT><DomaineAck V="7"/><EtatAck V="1"/><NumBord V="-1"/></ElementACQUIT></ACQUIT></PES_ACQUIT>`,
		"cut":           head + `<ElementACQUIT><DomaineAck V="7"/>`,
		"an encoding":   `<?xml version="1.0" encoding="EBCDIC"?><PES_ACQUIT/>`,
		"an entity":     `<!DOCTYPE a [<!ENTITY b "c">]><PES_ACQUIT>&b;</PES_ACQUIT>`,
		"far too long":  head + strings.Repeat(" ", 33<<20),
		"its role only": string(file(t, role())),
	}
	for name, text := range rows {
		var invalid *fault.Invalid
		if r, err := pes.ReadReceipt(strings.NewReader(text)); !errors.As(err, &invalid) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

// Whatever comes: no panic, a French refusal or a receipt with verdicts, in
// which an accepted rôle has no anomaly and a refused one has a reason.
func FuzzReadReceipt(f *testing.F) {
	for _, name := range []string{"acquit_ok.xml", "acquit_ko.xml"} {
		_, text := receipt(f, name)
		f.Add(text)
	}
	f.Add([]byte(head + `<ElementACQUIT><DomaineAck V="0"/><EtatAck V="0"/></ElementACQUIT></ACQUIT></PES_ACQUIT>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := pes.ReadReceipt(bytes.NewReader(text))
		var invalid *fault.Invalid
		if err != nil {
			if !errors.As(err, &invalid) {
				t.Fatalf("an error of ours: %v", err)
			}
			return
		}
		for _, e := range r.Elements {
			if o := r.Of(e.Year, e.Number); o.Accepted != (o.Found && len(o.Anomalies) == 0) {
				t.Fatalf("%+v", o)
			}
			for _, a := range e.Anomalies {
				if a.Message() == "" || a.Claim < 0 || a.Line < 0 {
					t.Fatalf("%+v", a)
				}
			}
		}
	})
}
