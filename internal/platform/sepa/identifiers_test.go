package sepa

import (
	"strings"
	"testing"
)

func TestIBAN(t *testing.T) {
	for _, c := range []struct{ typed, want, refusal string }{
		{"FR76 3000 1007 9412 3456 7890 185", "FR7630001007941234567890185", ""},
		{"fr1420041010050500013m02606", "FR1420041010050500013M02606", ""},
		{"FR14-2004-1010-0505-0001-3M02-606", "FR1420041010050500013M02606", ""},
		{"DE87200500001234567890", "DE87200500001234567890", ""},
		{"GB29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819", ""},
		{"CH93 0076 2011 6238 5295 7", "CH9300762011623852957", ""},
		{"BE68 5390 0754 7034", "BE68539007547034", ""},
		{"MT84 MALT 0110 0001 2345 MTLC AST0 01S", "MT84MALT011000012345MTLCAST001S", ""},
		{"MC58 1122 2000 0101 2345 6789 030", "MC5811222000010123456789030", ""},
		{"", "", "L’IBAN manque"},
		{" \u00a0", "", "L’IBAN manque"},
		{"FR7630001007941234567890158", "", "deux sont inversés"}, // 58 for 85
		{"FR763000100794123456789018", "", "27 caractères, et celui-ci en a 26"},
		{"FR76300010079412345678901855", "", "en a 28"},
		{"QQ7630001007941234567890185", "", "Aucun IBAN ne commence par QQ"},
		{"7630001007941234567890185", "", "commence par deux lettres"},
		{"FR76é3000100794123456789018", "", "que des lettres et des chiffres"},
		{"FR" + strings.Repeat("9", 500), "", "commence par deux lettres"},
	} {
		got, err := ReadIBAN(c.typed)
		said(t, c.typed, got, c.want, err, c.refusal)
	}
	if IsIBAN("FR76 3000 1007 9412 3456 7890 185") || !IsIBAN("FR7630001007941234567890185") {
		t.Error("IsIBAN asks for the canonical form")
	}
}

func said(t *testing.T, typed, got, want string, err error, refusal string) {
	t.Helper()
	switch {
	case refusal == "" && (err != nil || got != want):
		t.Errorf("%q: %q, %v; want %q", typed, got, err, want)
	case refusal != "" && (err == nil || !strings.Contains(err.Error(), refusal)):
		t.Errorf("%q: %q, %v; want the refusal %q", typed, got, err, refusal)
	}
}

// An IBAN whose own key is right may hold a wrong RIB key: both are checked.
func TestRIBKey(t *testing.T) {
	bban := "30001007941234567890184" // its key is 85
	iban := "FR" + twoDigits(98-mod97(bban+"FR00")) + bban
	if _, err := ReadIBAN(iban); err == nil || !strings.Contains(err.Error(), "clé RIB") {
		t.Errorf("%s: %v", iban, err)
	}
	for bban, want := range map[string]bool{
		"30001007941234567890185": true, "20041010050500013M02606": true, "20041010050500013D02606": true, // D and M are both 4
		"20041010050500013N02606": false, "30001007941234567890186": false, "3000100794123456789018": false, "A0001007941234567890185": false,
	} {
		if ribKeyHolds(bban) != want {
			t.Errorf("%s: %v", bban, !want)
		}
	}
	for letters, worth := range map[string]int{"AJ": 1, "BKS": 2, "CLT": 3, "DMU": 4, "ENV": 5, "FOW": 6, "GPX": 7, "HQY": 8, "IRZ": 9} {
		for _, r := range letters {
			if ribDigit(r) != worth {
				t.Errorf("%c is worth %d", r, ribDigit(r))
			}
		}
	}
	if got := FrenchIBAN(30001, 794, 12345678901); got != "FR7630001007941234567890185" {
		t.Errorf("made %s", got)
	}
}

func twoDigits(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }

func TestBIC(t *testing.T) {
	for _, c := range []struct{ typed, want, refusal string }{
		{"agri fr pp 847", "AGRIFRPP847", ""},
		{"TRPUFRP1XXX", "TRPUFRP1XXX", ""},
		{"BNPAFRPP", "BNPAFRPP", ""},
		{"NOTPROVIDED", "", "8 ou 11"},
		{"BNPAFRPPX", "", "8 ou 11"},
		{"BNP1FRPP", "", "8 ou 11"},
		{"", "", "8 ou 11"},
	} {
		got, err := ReadBIC(c.typed)
		said(t, c.typed, got, c.want, err, c.refusal)
	}
}

func TestICS(t *testing.T) {
	for _, c := range []struct{ typed, want, refusal string }{
		{"DE98ZZZ09999999999", "DE98ZZZ09999999999", ""},
		{"DE98ABC09999999999", "DE98ABC09999999999", ""}, // the business code is not checked
		{"fr72 zzz 123456", "FR72ZZZ123456", ""},
		{"FR73ZZZ123456", "", "clé de cet ICS"},
		{"FR72ZZZ1234567", "", "13 caractères, et celui-ci en a 14"},
		{"ZZZ123456", "", "s’écrit comme"},
		{"", "", "s’écrit comme"},
	} {
		got, err := ReadICS(c.typed)
		said(t, c.typed, got, c.want, err, c.refusal)
	}
}

func TestRUM(t *testing.T) {
	for rum, refusal := range map[string]string{
		"EDM-2026-00001":        "",
		"MOREAU4821-20270606":   "",
		"a/b?c:(d).,'+":         "",
		strings.Repeat("A", 35): "",
		strings.Repeat("A", 36): "36 caractères, et le format en admet 35",
		"":                      "manque",
		"EDM 2026":              "sans espace",
		"ÉCOLE-1":               "sans accent",
		"EDM_1":                 "sans accent",
		"/EDM":                  "ni commencer ni finir",
		"EDM/":                  "ni commencer ni finir",
		"EDM//1":                "ni avoir",
	} {
		err := CheckRUM(rum)
		said(t, rum, "", "", err, refusal)
	}
}

func TestTransliterate(t *testing.T) {
	for text, want := range map[string]string{
		"Noël Œuvré":                "Noel OEuvre",
		"François-Régis d’Août":     "Francois-Regis d'Aout",
		"Maëlys Çağlar Ñuñez":       "Maelys Caglar Nunez",
		"Lætitia Straße":            "Laetitia Strasse",
		"Łukasz Øyvind Đặng":        "Lukasz Oyvind Dang",
		"école n° 12 « Les Lilas »": "ecole no 12 Les Lilas",
		"Martin & fils":             "Martin + fils",
		"12,50 €":                   "12,50 EUR",
		"a\tb\u00a0c\u202fd\n e":    "a b c d e",
		"n\u0303 e\u0301":           "n e",
		"李小龍":                       "",
		"Anna 李":                    "Anna",
		"/-?:().,'+ 0aZ":            "/-?:().,'+ 0aZ",
		"<b>|\\*#%=$£":              "b",
		"ﬁnale":                     "finale",
		"\xff\xfe":                  "",
		"Jean\u00adPaul":            "Jean Paul",
	} {
		got := Transliterate(text)
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if !IsWritable(got) || Transliterate(got) != got {
			t.Errorf("%q: %q is not at rest", text, got)
		}
	}
	if IsWritable("é") || IsWritable("a_b") {
		t.Error("the charset has neither accents nor _")
	}
}

func TestBusinessDays(t *testing.T) {
	for day, want := range map[string]bool{
		"2026-12-01": true, "2026-12-05": false, "2026-12-06": false, // a Tuesday, a Saturday, a Sunday
		"2026-12-24": true, "2026-12-25": false, "2026-12-26": false, "2026-12-31": true, "2027-01-01": false,
		"2027-03-26": false, "2027-03-29": false, "2027-03-30": true, // Good Friday, Easter Monday
		"2026-04-03": false, "2026-04-06": false, "2025-04-18": false, "2025-04-21": false, "2024-03-29": false, "2024-04-01": false,
		"2026-05-01": false, "2026-05-08": true, "2026-07-14": true, "2026-11-11": true, // holidays of France, not of TARGET
		"2026-02-30": false, "": false, "demain": false,
	} {
		if IsBusinessDay(day) != want {
			t.Errorf("%s: %v", day, !want)
		}
	}
	for day, want := range map[string]string{
		"2026-12-25": "2026-12-28", "2027-01-01": "2027-01-04", "2027-03-26": "2027-03-30", "2026-12-10": "2026-12-10", "x": "",
	} {
		if got := NextBusinessDay(day); got != want {
			t.Errorf("after %s: %q, want %s", day, got, want)
		}
	}
	for year, want := range map[int]string{1943: "04-25", 1954: "04-18", 1981: "04-19", 2008: "03-23", 2024: "03-31", 2025: "04-20", 2026: "04-05", 2027: "03-28", 2038: "04-25", 2100: "03-28"} {
		if got := easterOf(year).Format("01-02"); got != want {
			t.Errorf("Easter %d: %s, want %s", year, got, want)
		}
	}
}
