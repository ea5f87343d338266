package people

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// MaxNewPupils is how many pupils new to the school a household may add in a season.
const MaxNewPupils = 6

// Newcomer is a pupil new to the school, as typed; BirthDate is jj/mm/aaaa.
type Newcomer struct {
	LastName  string
	FirstName string
	BirthDate string
	Level     string // a school.Level code
	Beginner  string // Yes, No or "" when not asked
}

// Check returns the newcomer tidied, its date as 2006-01-02, or a *fault.Invalid
// with a message at each field. Without full, the name may be missing: it is
// that of a responsible who is typed later.
func (n Newcomer) Check(now time.Time, full bool) (Newcomer, error) {
	f := &form{spared: map[string]bool{FieldLastName: !full, FieldFirstName: !full}}
	checked := n.check(f, now)
	return checked, f.Err()
}

func (n Newcomer) check(f *form, now time.Time) Newcomer {
	p := PupilForm{LastName: tidy(n.LastName), FirstName: tidy(n.FirstName), BirthDate: n.BirthDate, Level: n.Level, ImageRight: No, Beginner: n.Beginner}
	f.filled(FieldFirstName, p.FirstName, maxName)
	f.filled(FieldLastName, p.LastName, maxName)
	f.pupilAnswers(&p, now.In(clock.Paris).Format(time.DateOnly))
	return Newcomer{LastName: p.LastName, FirstName: p.FirstName, BirthDate: p.BirthDate, Level: p.Level, Beginner: p.Beginner}
}

// Postcode returns the postcode tidied, or a *fault.Invalid at FieldPostcode.
func Postcode(v string) (string, error) {
	f := &form{}
	v = f.postcode(tidy(v))
	return v, f.Err()
}

// Candidate is who asks for a place from outside (R37): a responsible, its
// household, and the pupil, who is that responsible when Self is true.
type Candidate struct {
	Pupil       Newcomer
	Self        bool
	Guardian    GuardianForm
	Address     string
	Postcode    string
	Town        string
	BillingMode int64
	Means       []string
	ImageRight  string
}

// CheckContact returns the candidate with everything but its pupil tidied, or a
// *fault.Invalid with a message at each field, those of « Identité ».
func (c Candidate) CheckContact(ctx context.Context, r db.Reader) (Candidate, error) {
	words, err := wordsOf(ctx, r)
	if err != nil {
		return c, err
	}
	h := HouseholdForm{Address: c.Address, Postcode: c.Postcode, Town: c.Town, BillingMode: c.BillingMode, Means: c.Means, Guardians: []GuardianForm{c.Guardian}}
	h, refused := h.check(words.modes, words.means, nil)
	f := &form{}
	if invalid, ok := refused.(*fault.Invalid); ok {
		if len(invalid.Fields) == 0 {
			return c, invalid
		}
		for _, field := range invalid.Fields {
			f.Add(field.Name, field.Message)
		}
	} else if refused != nil {
		return c, refused
	}
	if f.That(c.ImageRight != "", FieldImageRight, "Répondez oui ou non.") {
		f.oneOf(FieldImageRight, c.ImageRight, Yes, No)
	}
	c.Guardian, c.Address, c.Postcode, c.Town = h.Guardians[0], h.Address, h.Postcode, h.Town
	return c, f.Err()
}

// AddCandidate makes the household, its responsible and its pupil, new to the
// school in the season. What it is given was checked, and its address confirmed.
// It returns the ids of both.
func AddCandidate(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, season string, c Candidate) (household, pupil string, err error) {
	h := Household{
		ID: db.NewID(), Address: c.Address, Postcode: c.Postcode, Town: c.Town, BillingMode: c.BillingMode, CheckedForSeason: season,
		Guardians: []Guardian{{
			ID: db.NewID(), Civility: c.Guardian.Civility, LastName: c.Guardian.LastName, FirstName: c.Guardian.FirstName, Email: c.Guardian.Email,
			Mobile: c.Guardian.Mobile, Phone: c.Guardian.Phone,
		}},
	}
	h.Guardians[0].HouseholdID = h.ID
	if err := PutHousehold(ctx, tx, now, h); err != nil {
		return "", "", err
	}
	if _, err := tx.Exec(ctx, `update household set candidate = true where id = $1`, h.ID); err != nil {
		return "", "", err
	}
	if err := replaceMeans(ctx, tx, h.ID, c.Means); err != nil {
		return "", "", err
	}
	a.Household = h.ID
	guardian := ""
	if c.Self {
		guardian = h.Guardians[0].ID
	}
	if pupil, err = addNewcomer(ctx, tx, now, a, season, h.ID, guardian, c.Pupil, c.ImageRight); err != nil {
		return "", "", err
	}
	return h.ID, pupil, journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "household.candidate", Household: h.ID, Pupil: pupil, After: h.Name()}))
}

// AddNewPupil adds a pupil new to the school to the actor's household (R37) and
// returns its id. It returns *fault.Invalid with a message at each field, also
// for a pupil that the household has already.
func AddNewPupil(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, season, household string, n Newcomer) (string, error) {
	if _, err := HouseholdByID(ctx, tx, a, household); err != nil {
		return "", err
	}
	n, err := n.Check(now, true)
	if err != nil {
		return "", err
	}
	known, err := PupilsOf(ctx, tx, household)
	if err != nil {
		return "", err
	}
	added := 0
	for _, p := range known {
		if p.NewIn == season {
			added++
		}
		if p.searched() == n.pupil().searched() && p.BirthDate == n.BirthDate {
			f := &form{}
			f.Add(FieldFirstName, p.FirstName+" est déjà parmi vos élèves"+french.Nbsp+": ouvrez sa page depuis «"+french.Nbsp+"Élèves"+french.Nbsp+"».")
			return "", f.Err()
		}
	}
	if added >= MaxNewPupils {
		return "", fault.Refuse(fmt.Sprintf("Vous avez déjà ajouté %d élèves cette saison"+french.Nbsp+": appelez le secrétariat pour les suivants.", added))
	}
	return addNewcomer(ctx, tx, now, a, season, household, "", n, "")
}

func (n Newcomer) pupil() Pupil {
	return Pupil{LastName: n.LastName, FirstName: n.FirstName, BirthDate: n.BirthDate}
}

func addNewcomer(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, season, household, guardian string, n Newcomer, imageRight string) (string, error) {
	p := n.pupil()
	p.ID, p.GuardianID = db.NewID(), guardian
	if err := PutPupil(ctx, tx, now, p, []string{household}, nil); err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, `update pupil set new_in = $1 where id = $2`, season, p.ID); err != nil {
		return "", err
	}
	ps := PupilSeason{PupilID: p.ID, SeasonID: season, Level: n.Level, Beginner: n.Beginner}
	if imageRight != "" {
		ps.ImageRight, ps.ImageAnsweredBy, ps.ImageAnsweredAt, ps.ImageHousehold = imageRight, a.Name, now, household
	}
	if err := putPupilSeason(ctx, tx, ps); err != nil {
		return "", err
	}
	return p.ID, journal.Append(ctx, tx, journal.By(a, now, journal.Line{
		Event: "pupil.added", Household: household, Pupil: p.ID, After: p.FullName() + ", " + french.CivilDate(p.BirthDate),
	}))
}

// Welcome makes a candidate household one of the families.
func Welcome(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, household string) error {
	n, err := tx.Exec(ctx, `update household set candidate = false where id = $1 and candidate = true`, household)
	if err == nil && n == 0 {
		err = &fault.Conflict{Message: "Cette demande a déjà reçu une réponse. Rechargez la page."}
	}
	if err != nil {
		return err
	}
	return journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "household.accepted", Household: household, After: "famille acceptée"}))
}

// TwinsOf returns the other pupils with the pupil's name, whatever its accents
// and capitals, and its date of birth.
func TwinsOf(ctx context.Context, r db.Reader, p Pupil) ([]Pupil, error) {
	return db.All[Pupil](ctx, r, pupils+`where p.birth_date = $1 and p.birth_date <> '' and p.search = $2 and p.id <> $3 order by p.created_at, p.id`,
		p.BirthDate, p.searched(), p.ID)
}

// SetApart says that the pupil is not the one of the same name and date of birth.
func SetApart(ctx context.Context, tx *db.Tx, pupil string) error {
	_, err := tx.Exec(ctx, `update pupil set apart = true where id = $1`, pupil)
	return err
}

// BornOn returns the pupils with one of these dates of birth, for who looks for
// near names among them.
func BornOn(ctx context.Context, r db.Reader, dates []string) ([]Pupil, error) {
	return db.All[Pupil](ctx, r, pupils+`where p.birth_date in (select value from json_each(cast($1 as text))) and p.birth_date <> '' order by p.created_at, p.id`, db.IDs(dates))
}

// JoinHousehold moves the newcomer into a known household, as its pupil, or as
// the pupil known there, when known is not empty: the newcomer's answers for
// the season become that pupil's where it has none. The newcomer is then gone,
// and so is the candidate household, whose dossier and deposits are no longer
// its own. The caller has checked that all of it may be.
func JoinHousehold(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, newcomer, candidate, household, known, season string) error {
	if known == "" {
		if _, err := tx.Exec(ctx, `insert into pupil_household (pupil_id, household_id) values ($1, $2) on conflict (pupil_id, household_id) do nothing`, newcomer, household); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update pupil set guardian_id = null where id = $1`, newcomer); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update pupil_season set image_household_id = $1 where pupil_id = $2 and image_household_id = $3`, household, newcomer, candidate); err != nil {
			return err
		}
	} else if err := becomeKnown(ctx, tx, newcomer, household, known, season); err != nil {
		return err
	}
	pupil := newcomer
	if known != "" {
		pupil = known
		if err := forgetPupil(ctx, tx, newcomer); err != nil {
			return err
		}
	}
	for _, text := range []string{
		`delete from pupil_household where household_id = $1`,
		`delete from pupil_note where household_id = $1`,
		`delete from guardian where household_id = $1`,
		`delete from household_payment_mean where household_id = $1`,
		`delete from household where id = $1`,
	} {
		if _, err := tx.Exec(ctx, text, candidate); err != nil {
			return err
		}
	}
	return journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: "pupil.joined", Household: household, Pupil: pupil, After: "rattaché depuis une pré-inscription"}))
}

func becomeKnown(ctx context.Context, tx *db.Tx, newcomer, household, known, season string) error {
	was, err := PupilSeasonOf(ctx, tx, known, season)
	if err != nil {
		return err
	}
	is, err := PupilSeasonOf(ctx, tx, newcomer, season)
	if err != nil {
		return err
	}
	if was.Level == "" {
		was.Level = is.Level
	}
	if was.Beginner == "" {
		was.Beginner = is.Beginner
	}
	if was.ImageRight == "" {
		was.ImageRight, was.ImageAnsweredBy, was.ImageAnsweredAt, was.ImageHousehold = is.ImageRight, is.ImageAnsweredBy, is.ImageAnsweredAt, household
	}
	return putPupilSeason(ctx, tx, was)
}

// ForgetHouseholds deletes the households and their pupils, of whom no other
// room keeps anything any more.
func ForgetHouseholds(ctx context.Context, tx *db.Tx, households, pupils []string) error {
	for _, id := range pupils {
		if err := forgetPupil(ctx, tx, id); err != nil {
			return fmt.Errorf("forget a pupil: %w", err)
		}
	}
	const these = ` in (select value from json_each(cast($1 as text)))`
	for _, text := range []string{
		`delete from household_change where household_id` + these,
		`delete from pupil_note where household_id` + these,
		`delete from guardian where household_id` + these,
		`delete from household_payment_mean where household_id` + these,
		`delete from household where id` + these,
	} {
		if _, err := tx.Exec(ctx, text, db.IDs(households)); err != nil {
			return fmt.Errorf("forget households: %w", err)
		}
	}
	return nil
}

func forgetPupil(ctx context.Context, tx *db.Tx, pupil string) error {
	for _, text := range []string{
		`delete from pupil_note where pupil_id = $1`,
		`delete from pupil_season where pupil_id = $1`,
		`delete from pupil_course_now where pupil_id = $1`,
		`delete from pupil_household where pupil_id = $1`,
		`delete from pupil where id = $1`,
	} {
		if _, err := tx.Exec(ctx, text, pupil); err != nil {
			return err
		}
	}
	return nil
}
