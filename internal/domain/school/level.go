package school

import "slices"

// Level is the code of a school level (R18), from the youngest.
type Level string

// The levels of R18.
const (
	NotAtSchool Level = "non_scolarise"
	PS          Level = "PS"
	MS          Level = "MS"
	GS          Level = "GS"
	CP          Level = "CP"
	CE1         Level = "CE1"
	CE2         Level = "CE2"
	CM1         Level = "CM1"
	CM2         Level = "CM2"
	Sixth       Level = "6e"
	Fifth       Level = "5e"
	Fourth      Level = "4e"
	Third       Level = "3e"
	Second      Level = "2de"
	First       Level = "1re"
	Final       Level = "Tle"
	Higher      Level = "sup"
	Adult       Level = "adulte"
)

// Levels lists every level, from the youngest.
var Levels = []Level{NotAtSchool, PS, MS, GS, CP, CE1, CE2, CM1, CM2, Sixth, Fifth, Fourth, Third, Second, First, Final, Higher, Adult}

// IsLevel tells whether code is one of Levels.
func IsLevel(code string) bool { return slices.Contains(Levels, Level(code)) }

// French returns the level as screens say it.
func (l Level) French() string {
	switch l {
	case NotAtSchool:
		return "non scolarisé"
	case Higher:
		return "études supérieures"
	default:
		return string(l)
	}
}

// Coming is the level of the coming season as a sentence says it: « 5e à la
// rentrée », but « adulte »; "" for none.
func (l Level) Coming() string {
	switch l {
	case "":
		return ""
	case Adult, NotAtSchool:
		return l.French()
	default:
		return l.French() + " à la rentrée"
	}
}

// LevelWords says a pupil's level: the coming season's where it is known
// (« 5e à la rentrée »), else this year's (« 6e cette année »).
func LevelWords(coming, now Level) string {
	switch {
	case coming != "":
		return coming.Coming()
	case now == "" || now == Adult || now == NotAtSchool:
		return now.French()
	default:
		return now.French() + " cette année"
	}
}

// LevelNamed returns the level of a French label as French writes it, "" when it is none.
func LevelNamed(label string) Level {
	for _, l := range Levels {
		if l.French() == label {
			return l
		}
	}
	return ""
}

// NextLevel proposes the coming season's level: CM2 → 6e, Tle → études
// supérieures; the last two stay, and so does what is no level.
func NextLevel(l Level) Level {
	i := slices.Index(Levels, l)
	if i < 0 || l == Higher || l == Adult {
		return l
	}
	return Levels[i+1]
}
