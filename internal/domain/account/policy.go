package account

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// The names of the fields that this room's messages stand at.
const (
	FieldLogin   = "identifiant"
	FieldEmail   = "mail"
	FieldCurrent = "actuel"
	FieldNew     = "nouveau"
	FieldName    = "nom"
)

// The staff's passwords, whatever the school sets for families.
const (
	staffMin = 12
	staffMax = 64
)

// Policy is what a password must be (R6), in characters.
type Policy struct{ Min, Max int64 }

// policies reads the school, whose own account may be made before it is
// imported: the zero School then, which takes the manual's defaults.
func policies(ctx context.Context, r db.Reader) (school.School, error) {
	s, err := school.Current(ctx, r)
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return school.School{}, fmt.Errorf("read the school's policies: %w", err)
	}
	return s, nil
}

// PolicyFor is the school's policy for the role.
func PolicyFor(role actor.Role, s school.School) Policy {
	p := Policy{Min: s.PasswordMin, Max: s.PasswordMax}
	if p.Max == 0 {
		p = Policy{Min: 8, Max: 20} // no school yet: the manual's
	}
	if role != actor.Family {
		p.Min, p.Max = max(p.Min, staffMin), max(p.Max, staffMax)
	}
	return p
}

// Words says the policy beside the field.
func (p Policy) Words() string {
	return fmt.Sprintf("De %d à %d caractères, avec au moins une lettre majuscule, une lettre minuscule et un chiffre.", p.Min, p.Max)
}

// Refusal says what the password lacks, "" when it will do.
func (p Policy) Refusal(password string) string {
	var lacks []string
	for _, need := range []struct {
		is   func(rune) bool
		what string
	}{
		{unicode.IsUpper, "une lettre majuscule"},
		{unicode.IsLower, "une lettre minuscule"},
		{unicode.IsDigit, "un chiffre"},
	} {
		if !strings.ContainsFunc(password, need.is) {
			lacks = append(lacks, need.what)
		}
	}
	n := int64(utf8.RuneCountInString(password))
	switch {
	case n == 0:
		return "Choisissez un mot de passe."
	case n < p.Min:
		return fmt.Sprintf("Ce mot de passe est trop court\u202f: %d caractères au moins.", p.Min)
	case n > p.Max:
		return fmt.Sprintf("Ce mot de passe est trop long\u202f: %d caractères au plus.", p.Max)
	case len(lacks) > 0:
		return "Il manque à ce mot de passe " + french.List(lacks) + "."
	}
	return ""
}

func (p Policy) check(password string) error {
	if words := p.Refusal(password); words != "" {
		return &fault.Invalid{Message: words, Fields: []fault.Field{{Name: FieldNew, Message: words}}}
	}
	return nil
}

// readable has no two characters that look alike in a letter or a mail.
const readable = "ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789"

// generate makes a password of 12 characters, or what the policy asks for.
func (p Policy) generate() string {
	length := min(max(12, p.Min), p.Max)
	for {
		var b strings.Builder
		for range length {
			b.WriteByte(readable[randomBelow(len(readable))])
		}
		if p.Refusal(b.String()) == "" {
			return b.String()
		}
	}
}

func randomBelow(n int) int {
	i, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return int(i.Int64())
}
