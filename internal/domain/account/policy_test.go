package account_test

import (
	"strings"
	"testing"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/school"
)

func TestPolicy(t *testing.T) {
	family := account.Policy{Min: 8, Max: 20}
	staff := account.PolicyFor(actor.Secretary, school.School{PasswordMin: 8, PasswordMax: 20})
	for _, c := range []struct {
		what     string
		policy   account.Policy
		password string
		lacks    string // "" when it will do
	}{
		{"eight characters", family, "Violon12", ""},
		{"seven", family, "Violon1", "trop court"},
		{"twenty", family, "Violoncelle123456789", ""},
		{"twenty-one", family, "Violoncelle1234567890", "trop long"},
		{"no capital", family, "violon12", "majuscule"},
		{"no small letter", family, "VIOLON12", "minuscule"},
		{"no digit", family, "Violonss", "chiffre"},
		{"nothing but digits", family, "12345678", "une lettre majuscule et une lettre minuscule"},
		{"empty", family, "", "Choisissez"},
		{"accents count as letters", family, "Éàèùçô12", ""},
		{"accents count as one character", family, "Éàèùç12", "trop court"},
		{"staff with eleven", staff, "Violoncel27", "12 caractères au moins"},
		{"staff with twelve", staff, "Violoncell27", ""},
		{"staff with thirty", staff, "Violoncelle" + strings.Repeat("x", 17) + "27", ""},
		{"a stricter school", account.PolicyFor(actor.Family, school.School{PasswordMin: 14, PasswordMax: 40}), "Violoncell27", "14 caractères au moins"},
	} {
		got := c.policy.Refusal(c.password)
		if (got == "") != (c.lacks == "") || !strings.Contains(got, c.lacks) {
			t.Errorf("%s: got %q, want %q", c.what, got, c.lacks)
		}
	}
	if got, want := family.Words(), "De 8 à 20 caractères, avec au moins une lettre majuscule, une lettre minuscule et un chiffre."; got != want {
		t.Errorf("got %q", got)
	}
}
