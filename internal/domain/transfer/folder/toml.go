package folder

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"pupitre/internal/platform/clock"
)

// defaultLevels are those of the national school, used when ecole.toml names none.
var defaultLevels = []string{"non scolarisé", "PS", "MS", "GS", "CP", "CE1", "CE2", "CM1", "CM2",
	"6e", "5e", "4e", "3e", "2de", "1re", "Tle", "études supérieures", "adulte"}

// schoolFile is ecole.toml as written: dates are still text.
type schoolFile struct {
	School
	Season struct {
		Name   string `toml:"nom"`
		Start  any    `toml:"debut"`
		End    any    `toml:"fin"`
		AgesOn any    `toml:"date_ages"`
	} `toml:"saison"`
	Campaign struct {
		Opens          any `toml:"ouverture"`
		Closes         any `toml:"fermeture"`
		OffersEnd      any `toml:"fin_listes"`
		PartialRelease any `toml:"liberation_partielle"`
		Publishes      any `toml:"publication_cours"`
		Newcomers      any `toml:"nouveaux"`
		HandsOver      any `toml:"passage"`
	} `toml:"campagne"`
	Billing struct {
		Modes []BillingMode `toml:"modes"`
		Means []PaymentMean `toml:"moyens"`
	} `toml:"facturation"`
}

// readSchool fills Folder.School. What a broken file leaves unread keeps its default.
func (r *reader) readSchool() {
	school := &r.folder.School
	school.Levels = defaultLevels
	text, ok := r.text(SchoolFile)
	if !ok {
		return
	}
	file := schoolFile{School: School{Chroma: 0.085, Policies: Policies{
		PieceDelayDays: 7, OfferDelayDays: 3, PasswordMin: 8, PasswordMax: 20, StaffPasswordMin: 12,
		Recovery: RecoverByPassword, ShowRank: true, QuietHours: "8-20", SessionMinutes: 60, AccessMonths: 12,
	}}}
	meta, err := toml.Decode(text, &file)
	if err != nil {
		r.tomlError(err)
		return
	}
	keys := keyLines(text)
	for _, key := range meta.Undecoded() {
		path := key.String()
		r.problem(SchoolFile, keys.line(path), path, "Clé inconnue.")
	}
	s := &schoolCheck{reader: r, keys: keys}
	*school = file.School
	if len(school.Levels) == 0 {
		school.Levels = defaultLevels
	}
	school.BillingModes, school.PaymentMeans = file.Billing.Modes, file.Billing.Means
	s.season(file)
	s.campaign(file)
	s.all(school)
}

// wrongType is how the decoder tells that a value is not of its key's type.
var wrongType = regexp.MustCompile(`line (\d+) \(last key "([^"]*)"\): incompatible types`)

func (r *reader) tomlError(err error) {
	if bad := (toml.ParseError{}); errors.As(err, &bad) {
		r.problem(SchoolFile, bad.Position.Line, bad.LastKey, "Cette ligne ne suit pas la forme d’un fichier TOML (guillemets, crochets, signe =) : "+bad.Message)
		return
	}
	if m := wrongType.FindStringSubmatch(err.Error()); m != nil {
		line, _ := strconv.Atoi(m[1])
		r.problem(SchoolFile, line, m[2], "Cette valeur n’est pas de la bonne sorte (texte entre guillemets, nombre sans guillemets, true ou false, liste entre crochets).")
		return
	}
	r.problem(SchoolFile, 0, "", "Ce fichier TOML est illisible : "+err.Error())
}

func (s *schoolCheck) season(file schoolFile) {
	season := Season{
		Name:  file.Season.Name,
		Start: s.day("saison.debut", file.Season.Start), End: s.day("saison.fin", file.Season.End),
		AgesOn: s.day("saison.date_ages", file.Season.AgesOn),
	}
	s.filled("saison.nom", season.Name, maxCode)
	if season.Start.IsZero() {
		s.fail("saison.debut", "Il faut le premier jour de la saison.")
	} else if !season.End.After(season.Start) {
		s.fail("saison.fin", "Il faut le dernier jour de la saison, après le premier.")
	}
	if season.AgesOn.IsZero() && !season.Start.IsZero() {
		season.AgesOn = time.Date(season.Start.Year(), time.December, 31, 0, 0, 0, 0, time.UTC)
	}
	s.folder.School.Season = season
}

func (s *schoolCheck) campaign(file schoolFile) {
	c := Campaign{
		Opens: s.instant("campagne.ouverture", file.Campaign.Opens, false), Closes: s.instant("campagne.fermeture", file.Campaign.Closes, true),
		OffersEnd: s.instant("campagne.fin_listes", file.Campaign.OffersEnd, true), PartialRelease: s.instant("campagne.liberation_partielle", file.Campaign.PartialRelease, true),
		Publishes: s.instant("campagne.publication_cours", file.Campaign.Publishes, false),
		Newcomers: s.instant("campagne.nouveaux", file.Campaign.Newcomers, false), HandsOver: s.instant("campagne.passage", file.Campaign.HandsOver, false),
	}
	if !c.Opens.IsZero() && !c.Closes.IsZero() && !c.Closes.After(c.Opens) {
		s.fail("campagne.fermeture", "La fermeture est avant l’ouverture.")
	}
	if c.PartialRelease.IsZero() && !c.Closes.IsZero() {
		c.PartialRelease = c.Closes.In(clock.Paris).AddDate(0, 0, 30).UTC()
	}
	for key, t := range map[string]time.Time{"campagne.fin_listes": c.OffersEnd, "campagne.liberation_partielle": c.PartialRelease} {
		if !t.IsZero() && t.Before(c.Closes) {
			s.fail(key, "Cette date est avant la fermeture.")
		}
	}
	if !c.Newcomers.IsZero() && c.Newcomers.Before(c.Opens) {
		s.fail("campagne.nouveaux", "Les nouveaux élèves ne peuvent pas être envoyés avant l’ouverture.")
	}
	if !c.Newcomers.IsZero() && !c.Closes.IsZero() && !c.Newcomers.Before(c.Closes) {
		s.fail("campagne.nouveaux", "Cette date est après la fermeture : les nouveaux élèves ne pourraient rien envoyer.")
	}
	if !c.HandsOver.IsZero() && !c.Opens.IsZero() && c.HandsOver.After(c.Opens) {
		s.fail("campagne.passage", "Les familles préparent avant l’ouverture : cette date est après elle.")
	}
	s.folder.School.Campaign = c
}

// day reads a civil day, written as text or as a TOML date; nil gives the zero time.
func (s *schoolCheck) day(key string, v any) time.Time {
	switch v := v.(type) {
	case nil:
		return time.Time{}
	case time.Time:
		return time.Date(v.Year(), v.Month(), v.Day(), 0, 0, 0, 0, time.UTC)
	case string:
		if strings.TrimSpace(v) == "" {
			return time.Time{}
		}
		d, err := parseDay(strings.TrimSpace(v))
		if err != nil {
			s.fail(key, "« "+v+" » : "+err.Error())
		}
		return d
	}
	s.fail(key, "Une date s’écrit \"jj/mm/aaaa\".")
	return time.Time{}
}

// instant reads "jj/mm/aaaa" or "jj/mm/aaaa hh:mm", in Paris. A day without hour
// starts at 0:00, or ends at 23:59:59 when it is the last.
func (s *schoolCheck) instant(key string, v any, last bool) time.Time {
	hour, minute, second := 0, 0, 0
	if last {
		hour, minute, second = 23, 59, 59
	}
	switch t := v.(type) {
	case time.Time:
		switch t.Location().String() {
		case "date-local":
		case "datetime-local":
			hour, minute, second = t.Hour(), t.Minute(), t.Second()
		default: // with its own offset
			return t.UTC()
		}
	case string:
		var clockText string
		day, rest, _ := strings.Cut(strings.TrimSpace(t), " ")
		v, clockText = day, strings.TrimSpace(rest)
		if clockText != "" {
			h, err := time.Parse("15:04", strings.Replace(strings.ReplaceAll(clockText, " ", ""), "h", ":", 1))
			if err != nil {
				s.fail(key, fmt.Sprintf("« %s » : écrivez \"jj/mm/aaaa hh:mm\".", t))
			}
			hour, minute, second = h.Hour(), h.Minute(), 0
		}
	}
	d := s.day(key, v)
	if d.IsZero() {
		return d
	}
	return time.Date(d.Year(), d.Month(), d.Day(), hour, minute, second, 0, clock.Paris).UTC()
}
