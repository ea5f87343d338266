package tariff

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// What a form may have one more or one less of, named by its count's field.
var limits = map[string]int{BoundsField: MostBounds, LinesField: MostLines, RulesField: MostRules, ExtrasField: MostExtras}

// Add gives the form one more bracket, line, rule or extra, empty but for what
// most of them say; at the most there may be it changes nothing.
func Add(v url.Values, of string) url.Values {
	n := Counted(v, of, limits[of])
	if n >= limits[of] {
		return v
	}
	v = clone(v)
	v.Set(of, strconv.Itoa(n+1))
	switch of {
	case BoundsField:
		// The bracket above all stays the last: its prices move on.
		return renumbered(v, func(group string, numbers []int) ([]int, bool) {
			if group == "prix" && numbers[1] == n {
				return []int{numbers[0], n + 1}, true
			}
			return numbers, true
		})
	case LinesField:
		v.Set(LineField("methode", n), string(ByBracket))
		v.Set(LineField("par", n), string(Year))
	case RulesField:
		v.Set(RuleField("acte", n), string(Percent))
	case ExtrasField:
		v.Set(ExtraField("pour", n), string(Pupils))
		v.Set(ExtraField("par", n), string(Year))
	}
	return v
}

// groupsOf are the fields' first words of what a count's field counts.
var groupsOf = map[string][]string{LinesField: {"ligne", "prix"}, RulesField: {"regle"}, ExtrasField: {"supplement"}}

// Take takes the i-th bracket, line, rule or extra out of the form.
func Take(v url.Values, of string, i int) url.Values {
	n := Counted(v, of, limits[of])
	if i < 0 || i >= n {
		return v
	}
	v = clone(v)
	v.Set(of, strconv.Itoa(n-1))
	return renumbered(v, func(group string, numbers []int) ([]int, bool) {
		at := placeOf(of, group)
		if at < 0 || numbers[at] < i {
			return numbers, true
		}
		if numbers[at] == i {
			return nil, false
		}
		moved := slices.Clone(numbers)
		moved[at]--
		return moved, true
	})
}

// Lift moves the i-th line, rule or extra of the form one up.
func Lift(v url.Values, of string, i int) url.Values {
	if i < 1 || i >= Counted(v, of, limits[of]) {
		return v
	}
	return renumbered(clone(v), func(group string, numbers []int) ([]int, bool) {
		at := placeOf(of, group)
		if at < 0 || numbers[at] != i && numbers[at] != i-1 {
			return numbers, true
		}
		moved := slices.Clone(numbers)
		moved[at] = 2*i - 1 - numbers[at]
		return moved, true
	})
}

// placeOf says which of a field's numbers counts these: prix_2_3 is of line 2
// and of bracket 3; -1 is none.
func placeOf(of, group string) int {
	switch {
	case of == BoundsField && group == "borne":
		return 0
	case of == BoundsField && group == "prix":
		return 1
	case slices.Contains(groupsOf[of], group):
		return 0
	default:
		return -1
	}
}

// renumbered is the form with the numbers of its fields changed; what is not kept is left out.
func renumbered(v url.Values, change func(group string, numbers []int) (moved []int, keep bool)) url.Values {
	after := url.Values{}
	for field, held := range v {
		n := numbers(field)
		group, _, _ := strings.Cut(field, "_")
		if len(n) == 0 || group == "prix" && len(n) != 2 {
			after[field] = held
			continue
		}
		moved, keep := change(group, n)
		if !keep {
			continue
		}
		words := strings.Split(field, "_")
		words = words[:len(words)-len(n)]
		for _, m := range moved {
			words = append(words, strconv.Itoa(m))
		}
		after[strings.Join(words, "_")] = held
	}
	return after
}

func clone(v url.Values) url.Values {
	c := make(url.Values, len(v))
	for field, held := range v {
		c[field] = slices.Clone(held)
	}
	return c
}

// WithGrid is the form with another grid, as a file held it.
func WithGrid(v url.Values, bounds []int64, lines []Line) url.Values {
	after := url.Values{}
	for field, held := range v {
		if group, _, _ := strings.Cut(field, "_"); group != "ligne" && group != "prix" && group != "borne" {
			after[field] = held
		}
	}
	for field, held := range (Tariff{Bounds: bounds, Lines: lines}).Values(nil) {
		if group, _, _ := strings.Cut(field, "_"); group == "ligne" || group == "prix" || group == "borne" || field == BoundsField || field == LinesField {
			after[field] = held
		}
	}
	return after
}
