package tariff

import (
	"strings"
	"unicode"

	"pupitre/internal/platform/french"
)

// Ceilings of what may be typed: far above any school's, far below an overflow.
const (
	mostCents = 100_000_00
	mostRate  = 10_000_000 // a thousand percent, in millionths
)

// round brings a fraction to the nearest amount that the rounding allows; half
// goes up. num is not negative, den is positive.
func (r Rounding) round(num, den int64) int64 {
	unit := int64(1)
	if r == ToEuro {
		unit = 100
	}
	den *= unit
	return (2*num + den) / (2 * den) * unit
}

// ReadDecimal reads « 345 », « 345,5 », « 1 234,50 € », « −10 % » with at most
// places decimals, as a whole number of the last of them.
func ReadDecimal(s string, places int) (int64, bool) {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || r == '€' || r == '%':
			return -1
		case r == '−':
			return '-'
		case r == ',':
			return '.'
		}
		return r
	}, s)
	negative := strings.HasPrefix(s, "-")
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+"), ".")
	if whole == "" || len(whole) > 9 || len(fraction) > places {
		return 0, false
	}
	n := int64(0)
	for _, r := range whole + fraction + strings.Repeat("0", places-len(fraction)) {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = n*10 + int64(r-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}

// WriteDecimal writes the number as ReadDecimal reads it, without useless zeros.
func WriteDecimal(n int64, places int) string {
	sign := ""
	if n < 0 {
		sign, n = "−", -n
	}
	digits := pad(n, places+1)
	whole, fraction := digits[:len(digits)-places], strings.TrimRight(digits[len(digits)-places:], "0")
	if fraction == "" {
		return sign + whole
	}
	return sign + whole + "," + fraction
}

// WritePrice is WriteDecimal of cents, with both decimals or none: « 345 », « 345,50 ».
func WritePrice(cents int64) string {
	if cents%100 == 0 {
		return WriteDecimal(cents, 2)
	}
	sign := ""
	if cents < 0 {
		sign, cents = "−", -cents
	}
	return sign + pad(cents/100, 1) + "," + pad(cents%100, 2)
}

func pad(n int64, digits int) string {
	s := itoa(n)
	if len(s) < digits {
		s = strings.Repeat("0", digits-len(s)) + s
	}
	return s
}

// fields are the runs of letters and digits.
func fields(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func join(words []string) string { return strings.Join(words, " ") }

func euros(cents int64) string { return french.Euros(cents) }
