package papers

import (
	"bytes"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"pupitre/internal/platform/sepa"
)

var claire = Person{"Claire Moreau", "14 rue des Tonneliers", "44430 Le Loroux-Bottereau"}

func sheets() map[string]*Sheet {
	mandate := MandateFacts{
		Creditor: Creditor{"École de musique Sèvre & Loire", "3 rue des Forges, 44430 Le Loroux-Bottereau", "FR53ZZZ999999"},
		Debtor:   claire, Reference: "MOREAU4821-20270606", IBAN: IBAN(4821), Signed: time.Date(2027, 6, 6, 0, 0, 0, 0, time.UTC),
	}
	unsigned := mandate
	unsigned.Unsigned = true
	return map[string]*Sheet{
		"quotient": QuotientFamilial(claire, 812, time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC)),
		"rib":      RIB(claire, IBAN(4821)),
		"mandate":  Mandate(mandate),
		"unsigned": Mandate(unsigned),
		"holiday":  Holiday(),
	}
}

// Each paper opens in each form, differs from the others, and is the same when drawn again.
// PAPERS_DIR=folder keeps them to be looked at.
func TestPapersOpenAndDiffer(t *testing.T) {
	again := sheets()
	seen := map[string]string{}
	for name, s := range sheets() {
		photo, err := s.Photo(7)
		if err != nil {
			t.Fatal(err)
		}
		if other := seen[string(photo)]; other != "" {
			t.Errorf("%s and %s are the same picture", name, other)
		}
		seen[string(photo)] = name
		if second, err := again[name].Photo(7); err != nil || !bytes.Equal(photo, second) {
			t.Errorf("%s is not the same when drawn again (%v)", name, err)
		}
		keep(t, name+".jpg", photo)
		checkImage(t, name, photo, "jpeg")
		for ext, make := range map[string]func() ([]byte, error){
			"png":         s.PNG,
			"pdf":         s.PDF,
			"blurred.jpg": func() ([]byte, error) { return s.Blurred(7) },
		} {
			data, err := make()
			if err != nil {
				t.Fatalf("%s.%s: %v", name, ext, err)
			}
			keep(t, name+"."+ext, data)
			switch ext {
			case "pdf":
				if err := api.Validate(bytes.NewReader(data), nil); err != nil {
					t.Errorf("%s.pdf: %v", name, err)
				}
			case "png":
				checkImage(t, name, data, "png")
			default:
				checkImage(t, name, data, "jpeg")
			}
		}
	}
}

func checkImage(t *testing.T, name string, data []byte, want string) {
	t.Helper()
	c, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || format != want || c.Width != width || c.Height != height {
		t.Errorf("%s: got %s %d×%d (%v)", name, format, c.Width, c.Height, err)
	}
}

func keep(t *testing.T, name string, data []byte) {
	t.Helper()
	dir := os.Getenv("PAPERS_DIR")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestIBANsAreWellFormedAndOfNoBank(t *testing.T) {
	form := regexp.MustCompile(`^FR\d{2}99999\d{18}$`)
	seen := map[string]bool{}
	for n := range 2000 {
		iban := IBAN(n)
		if !form.MatchString(iban) || seen[iban] {
			t.Fatalf("%d gives %s", n, iban)
		}
		seen[iban] = true
		if !sepa.IsIBAN(iban) {
			t.Fatalf("%s is not well formed", iban)
		}
	}
}
