package people

import (
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// The names of form fields, which are those of fault.Field. A responsible
// after the first has its rank as suffix: FieldOf(FieldEmail, 1) is email_2.
const (
	FieldCivility     = "civilite"
	FieldLastName     = "nom"
	FieldFirstName    = "prenom"
	FieldAddress      = "adresse"
	FieldAddressExtra = "complement"
	FieldPostcode     = "code_postal"
	FieldTown         = "ville"
	FieldMobile       = "telephone_mobile"
	FieldPhone        = "telephone_fixe"
	FieldEmail        = "email"
	FieldBilling      = "facturation"
	FieldMeans        = "moyens"
	FieldBirthDate    = "date_naissance"
	FieldLevel        = "niveau"
	FieldImageRight   = "droit_image"
	FieldBeginner     = "debutant"
	FieldTeacherNote  = "remarque"
)

// FieldOf names the field of the responsible at the position.
func FieldOf(field string, position int64) string {
	if position == 0 {
		return field
	}
	return fmt.Sprintf("%s_%d", field, position+1)
}

// HouseholdForm is « Identité » with the billing at its foot, as typed.
type HouseholdForm struct {
	HouseholdID  string
	Version      int64 // the one read before typing
	Address      string
	AddressExtra string
	Postcode     string
	Town         string
	Guardians    []GuardianForm
	BillingMode  int64
	Means        []string
}

// GuardianForm is one responsible, as typed; ID is empty for one to add.
type GuardianForm struct {
	ID        string
	Civility  string
	LastName  string
	FirstName string
	Email     string
	Mobile    string
	Phone     string
}

// PupilForm is a pupil's « Identité » with the season's questions, as typed.
// BirthDate is jj/mm/aaaa.
type PupilForm struct {
	PupilID     string
	Version     int64
	SeasonID    string
	LastName    string
	FirstName   string
	BirthDate   string
	Level       string
	ImageRight  string
	Beginner    string
	TeacherNote string
}

const (
	maxName  = 100
	maxText  = 200
	maxEmail = 254
	maxNote  = 1000
)

// MaxGuardians is how many responsibles a household may have.
const MaxGuardians = 4

const required = "Ce champ est obligatoire."

// tidy trims a value of one line, makes its runs of spaces one, in NFC.
func tidy(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }

// tidyNote keeps the line breaks of a text area.
func tidyNote(s string) string {
	return strings.TrimSpace(norm.NFC.String(strings.ReplaceAll(s, "\r\n", "\n")))
}

// form gathers the messages at the fields of one form; spared are the yellow
// fields that may be empty in it.
type form struct {
	fault.Check
	spared map[string]bool
}

// text refuses an over-long value or one with an invisible character.
func (f *form) text(field, v string, limit int) {
	if n := utf8.RuneCountInString(v); n > limit {
		f.Add(field, fmt.Sprintf("Ce texte a %d caractères : %d au plus.", n, limit))
	} else if !utf8.ValidString(v) || strings.ContainsFunc(v, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		f.Add(field, "Ce texte contient un caractère invisible. Retapez-le.")
	}
}

// given tells whether the field has a value, and refuses one that is empty and
// not spared.
func (f *form) given(field, v string) bool {
	return v != "" || !f.spared[field] && f.That(false, field, required)
}

// filled is text of a yellow field.
func (f *form) filled(field, v string, limit int) {
	if f.given(field, v) {
		f.text(field, v, limit)
	}
}

func (f *form) oneOf(field, v string, values ...string) {
	for _, one := range values {
		if v == one {
			return
		}
	}
	f.Add(field, "Choisissez une des réponses proposées.")
}

var postcodeForm = regexp.MustCompile(`^\d{5}$`)

func (f *form) postcode(v string) string {
	v = strings.ReplaceAll(v, " ", "")
	if f.given(FieldPostcode, v) {
		f.That(postcodeForm.MatchString(v), FieldPostcode, "Un code postal a cinq chiffres.")
	}
	return v
}

var (
	phoneSigns  = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ".", "", "-", "", "/", "", "(0)", "", "(", "", ")", "")
	frenchPhone = regexp.MustCompile(`^0[1-9]\d{8}$`)
	abroadPhone = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
)

// NormalPhone returns a telephone number as 0612345678, or +41791234567 for abroad; false when it is none.
func NormalPhone(v string) (string, bool) {
	n := phoneSigns.Replace(v)
	if rest, ok := strings.CutPrefix(n, "00"); ok {
		n = "+" + rest
	}
	if rest, ok := strings.CutPrefix(n, "+33"); ok {
		n = "0" + strings.TrimPrefix(rest, "0")
	}
	return n, frenchPhone.MatchString(n) || abroadPhone.MatchString(n)
}

func (f *form) phone(field, v string) string {
	if v == "" {
		return ""
	}
	n, ok := NormalPhone(v)
	if !f.That(ok, field, "Un numéro a dix chiffres, ou commence par + et l’indicatif du pays.") {
		return v
	}
	return n
}

// An accented address is a slip of the keyboard, and one that most mail servers refuse.
var emailForm = regexp.MustCompile(`^[!-~]+@[A-Za-z\d]([A-Za-z\d-]*[A-Za-z\d])?(\.[A-Za-z\d]([A-Za-z\d-]*[A-Za-z\d])?)+$`)

// NormalEmail returns the address with its domain in lower case; false when it is none.
func NormalEmail(v string) (string, bool) {
	a, err := mail.ParseAddress(v)
	at := strings.LastIndex(v, "@")
	if err != nil || a.Address != v || at < 1 || len(v) > maxEmail || !emailForm.MatchString(v) {
		return v, false
	}
	return v[:at+1] + strings.ToLower(v[at+1:]), true
}

func (f *form) email(field, v string) string {
	if v == "" {
		return ""
	}
	a, ok := NormalEmail(v)
	f.That(ok, field, "Une adresse mail s’écrit comme nom@exemple.fr, sans accent.")
	return a
}

var tooManyGuardians = fault.Refuse(fmt.Sprintf("Une famille a de un à %d responsables.", MaxGuardians))

// roomFor refuses to add a responsible to a household that has all it may
// have, be they in the form or not.
func (h HouseholdForm) roomFor(held Household) error {
	added := 0
	for _, g := range h.Guardians {
		if g.ID == "" {
			added++
		}
	}
	if added > 0 && len(held.Guardians)+added > MaxGuardians {
		return tooManyGuardians
	}
	return nil
}

// check returns the form tidied, or a *fault.Invalid with a message at each field.
func (h HouseholdForm) check(modes []school.BillingMode, means []school.PaymentMean, spared map[string]bool) (HouseholdForm, error) {
	f := &form{spared: spared}
	if len(h.Guardians) == 0 || len(h.Guardians) > MaxGuardians {
		return h, tooManyGuardians
	}
	h.Guardians = append([]GuardianForm(nil), h.Guardians...)
	for i := range h.Guardians {
		h.Guardians[i].check(f, int64(i))
	}
	h.Address, h.AddressExtra, h.Postcode, h.Town = tidy(h.Address), tidy(h.AddressExtra), tidy(h.Postcode), tidy(h.Town)
	f.filled(FieldAddress, h.Address, maxText)
	f.text(FieldAddressExtra, h.AddressExtra, maxText)
	h.Postcode = f.postcode(h.Postcode)
	f.filled(FieldTown, h.Town, maxName)
	f.billing(h.BillingMode, h.Means, modes, means)
	return h, f.Err()
}

func (g *GuardianForm) check(f *form, position int64) {
	at := func(field string) string { return FieldOf(field, position) }
	g.Civility, g.LastName, g.FirstName = tidy(g.Civility), tidy(g.LastName), tidy(g.FirstName)
	f.oneOf(at(FieldCivility), g.Civility, "", "M.", "Mme")
	f.filled(at(FieldLastName), g.LastName, maxName)
	f.filled(at(FieldFirstName), g.FirstName, maxName)
	g.Mobile, g.Phone = f.phone(at(FieldMobile), tidy(g.Mobile)), f.phone(at(FieldPhone), tidy(g.Phone))
	if position == 0 {
		f.That(g.Mobile+g.Phone != "" || f.spared[FieldMobile], at(FieldMobile), "Il faut au moins un numéro, de préférence un mobile.")
		f.given(FieldEmail, tidy(g.Email))
	}
	g.Email = f.email(at(FieldEmail), tidy(g.Email))
}

func (f *form) billing(mode int64, chosen []string, modes []school.BillingMode, means []school.PaymentMean) {
	known := false
	for _, m := range modes {
		known = known || m.Code == mode
	}
	f.That(known || mode == 0 && f.spared[FieldBilling], FieldBilling, "Choisissez un mode de facturation.")
	if len(chosen) == 0 && f.spared[FieldMeans] {
		return
	}
	if !f.That(len(chosen) > 0, FieldMeans, "Choisissez au moins un moyen de paiement.") {
		return
	}
	codes := map[string]bool{}
	for _, m := range means {
		codes[m.Code] = true
	}
	for _, code := range chosen {
		if !f.That(codes[code], FieldMeans, "Choisissez parmi les moyens de paiement de l’école.") {
			return
		}
	}
}

// check returns the form tidied, its date as 2006-01-02, or a *fault.Invalid.
// today (2006-01-02) bounds the date of birth.
func (p PupilForm) check(today string) (PupilForm, error) {
	f := &form{}
	p.LastName, p.FirstName, p.TeacherNote = tidy(p.LastName), tidy(p.FirstName), tidyNote(p.TeacherNote)
	f.filled(FieldLastName, p.LastName, maxName)
	f.filled(FieldFirstName, p.FirstName, maxName)
	f.pupilAnswers(&p, today)
	f.text(FieldTeacherNote, p.TeacherNote, maxNote)
	return p, f.Err()
}

// pupilAnswers checks what is asked of every pupil beside its name.
func (f *form) pupilAnswers(p *PupilForm, today string) {
	p.BirthDate = f.birthDate(tidy(p.BirthDate), today)
	if f.That(p.Level != "", FieldLevel, "Choisissez le niveau de la saison à venir.") {
		f.That(school.IsLevel(p.Level), FieldLevel, "Choisissez un niveau de la liste.")
	}
	if f.That(p.ImageRight != "", FieldImageRight, "Répondez oui ou non.") {
		f.oneOf(FieldImageRight, p.ImageRight, Yes, No)
	}
	f.oneOf(FieldBeginner, p.Beginner, "", Yes, No)
}

func (f *form) birthDate(v, today string) string {
	if !f.That(v != "", FieldBirthDate, required) {
		return ""
	}
	iso, ok := french.ReadDate(v)
	if f.That(ok, FieldBirthDate, "Une date s’écrit jj/mm/aaaa, comme 14/03/2015.") {
		f.That(iso <= today, FieldBirthDate, "Cette date est à venir.")
	}
	return iso
}

// MissingFamily returns a message for each yellow field of the family that is
// empty (R9). A new address that is not yet confirmed does not count (R11).
func MissingFamily(h Household) []fault.Field {
	f := &form{}
	g := Guardian{}
	if len(h.Guardians) > 0 {
		g = h.Guardians[0]
	}
	f.That(g.LastName != "", FieldLastName, required)
	f.That(g.FirstName != "", FieldFirstName, required)
	f.That(h.Address != "", FieldAddress, required)
	f.That(h.Postcode != "", FieldPostcode, required)
	f.That(h.Town != "", FieldTown, required)
	f.That(g.Mobile+g.Phone != "", FieldMobile, "Il faut au moins un numéro, de préférence un mobile.")
	if g.PendingEmail != "" {
		f.That(g.Email != "", FieldEmail, "Confirmez votre adresse mail : ouvrez le message envoyé à "+g.PendingEmail+".")
	} else {
		f.That(g.Email != "", FieldEmail, required)
	}
	f.That(h.BillingMode != 0, FieldBilling, "Choisissez un mode de facturation.")
	f.That(len(h.Means) > 0, FieldMeans, "Choisissez au moins un moyen de paiement.")
	return f.fields()
}

// Spared are the yellow fields that the actor may leave as empty as they are:
// none for a family, while the office corrects what a family that writes on
// paper has not wholly given.
func Spared(a actor.Actor, h Household) map[string]bool {
	spared := map[string]bool{}
	if a.IsOffice() {
		for _, f := range MissingFamily(h) {
			spared[f.Name] = true
		}
	}
	return spared
}

// MissingPupil returns a message for each yellow field of the pupil that is
// empty, level and image right being asked anew each season (R9).
func MissingPupil(p Pupil, ps PupilSeason) []fault.Field {
	f := &form{}
	f.That(p.LastName != "", FieldLastName, required)
	f.That(p.FirstName != "", FieldFirstName, required)
	f.That(p.BirthDate != "", FieldBirthDate, required)
	f.That(ps.Level != "", FieldLevel, "Choisissez le niveau de la saison à venir.")
	f.That(ps.ImageRight != "", FieldImageRight, "Répondez oui ou non.")
	return f.fields()
}

func (f *form) fields() []fault.Field {
	if err, ok := f.Err().(*fault.Invalid); ok {
		return err.Fields
	}
	return nil
}
