package people

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// Apart is how far a version goes when two households are made one. Undone, it
// comes back to what it was: a page read meanwhile must not pass for one read since.
const Apart = 1000

// Union is two households made one. What it says to take is the lost one's,
// instead of the kept one's.
type Union struct {
	Kept, Lost string
	Season     string // the current one

	Address, Billing, Means, Mandate bool

	Guardians []SamePerson // responsibles who are one; the lost household's others follow the kept one's
	Becomes   map[string]string
}

// SamePerson is a responsible of each household who are one.
type SamePerson struct {
	Kept, Lost                           Guardian
	Civility, Name, Email, Mobile, Phone bool // take the lost one's
}

// merged is the kept responsible with what is taken of the lost one.
func (s SamePerson) merged() Guardian {
	g := s.Kept
	if s.Civility {
		g.Civility = s.Lost.Civility
	}
	if s.Name {
		g.LastName, g.FirstName = s.Lost.LastName, s.Lost.FirstName
	}
	if s.Email {
		g.Email = s.Lost.Email
	}
	if s.Mobile {
		g.Mobile = s.Lost.Mobile
	}
	if s.Phone {
		g.Phone = s.Lost.Phone
	}
	return g
}

// Merged is the household as Unite leaves it; its responsibles in order.
func (u Union) Merged(kept, lost Household) Household {
	if u.Address {
		kept.Address, kept.AddressExtra, kept.Postcode, kept.Town = lost.Address, lost.AddressExtra, lost.Postcode, lost.Town
	}
	if u.Billing {
		kept.BillingMode = lost.BillingMode
	}
	if u.Means {
		kept.Means = lost.Means
	}
	if u.Mandate {
		kept.MandateReference = lost.MandateReference
	}
	if lost.CheckedForSeason == u.Season {
		kept.CheckedForSeason = u.Season
	}
	kept.Guardians = slices.Clone(kept.Guardians)
	for i, g := range kept.Guardians {
		for _, s := range u.Guardians {
			if s.Kept.ID == g.ID {
				kept.Guardians[i] = s.merged()
			}
		}
	}
	for _, g := range lost.Guardians {
		if !slices.ContainsFunc(u.Guardians, func(s SamePerson) bool { return s.Lost.ID == g.ID }) {
			g.HouseholdID, g.Position = kept.ID, int64(len(kept.Guardians))
			kept.Guardians = append(kept.Guardians, g)
		}
	}
	return kept
}

// Hold keeps two households, their responsibles and pupils from being changed by
// anyone else until the transaction ends.
func Hold(ctx context.Context, tx *db.Tx, households ...string) error {
	list := db.IDs(households)
	if _, err := tx.Exec(ctx, `update household set version = version where id in (select value from json_each(cast($1 as text)))`, list); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `update pupil set version = version where id in (select ph.pupil_id from pupil_household ph
		where ph.household_id in (select value from json_each(cast($1 as text))))`, list)
	return err
}

// Unite makes the two households one: the lost one, the responsibles and the
// pupils who are another are no more. It judges nothing and writes no journal;
// the dossiers, deposits and account of the lost one are no longer its own.
func Unite(ctx context.Context, tx *db.Tx, kept, lost Household, in Union) error {
	if err := putMerged(ctx, tx, in.Merged(kept, lost), in); err != nil {
		return fmt.Errorf("merge household %s: %w", lost.ID, err)
	}
	homes, err := db.All[link](ctx, tx, `select pupil_id, household_id from pupil_household where pupil_id in
		(select ph.pupil_id from pupil_household ph where ph.household_id = $1) order by pupil_id, household_id`, lost.ID)
	if err != nil {
		return err
	}
	if err := uniteNotes(ctx, tx, homes, in); err != nil {
		return err
	}
	for _, h := range homes {
		if h.Household == lost.ID {
			if err := movePupil(ctx, tx, h.Pupil, homes, in); err != nil {
				return fmt.Errorf("move pupil %s: %w", h.Pupil, err)
			}
		}
	}
	if err := rehouseApart(ctx, tx, lost.ID, kept.ID); err != nil {
		return err
	}
	for _, text := range []string{
		`update household_change set household_id = $1 where household_id = $2`,
		`update pupil_season set image_household_id = $1 where image_household_id = $2 and pupil_id in (select pupil_id from pupil_household where household_id = $1)`,
	} {
		if _, err := tx.Exec(ctx, text, kept.ID, lost.ID); err != nil {
			return err
		}
	}
	for _, text := range []string{
		`delete from household_payment_mean where household_id = $1`,
		`delete from household where id = $1`,
	} {
		if _, err := tx.Exec(ctx, text, lost.ID); err != nil {
			return err
		}
	}
	return nil
}

func putMerged(ctx context.Context, tx *db.Tx, h Household, in Union) error {
	if _, err := tx.Exec(ctx, `update household set address = $1, address_extra = $2, postcode = $3, town = $4, billing_mode = $5,
		mandate_reference = $6, checked_for_season = $7, version = version + $8 where id = $9`,
		h.Address, h.AddressExtra, h.Postcode, h.Town, h.BillingMode, h.MandateReference, h.CheckedForSeason, int64(Apart), h.ID); err != nil {
		return err
	}
	if in.Means {
		if err := replaceMeans(ctx, tx, h.ID, h.Means); err != nil {
			return err
		}
	}
	for _, s := range in.Guardians {
		if _, err := tx.Exec(ctx, `update pupil set guardian_id = $1 where guardian_id = $2`, s.Kept.ID, s.Lost.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from guardian where id = $1`, s.Lost.ID); err != nil {
			return err
		}
	}
	for _, g := range h.Guardians {
		if _, err := tx.Exec(ctx, `update guardian set household_id = $1, position = $2, email = $3, email_folded = $4 where id = $5`,
			h.ID, g.Position, g.Email, french.Fold(g.Email), g.ID); err != nil {
			return err
		}
		if !slices.ContainsFunc(in.Guardians, func(s SamePerson) bool { return s.Kept.ID == g.ID }) {
			continue
		}
		if err := updateGuardian(ctx, tx, g); err != nil {
			return err
		}
		if err := renameAdultPupil(ctx, tx, g); err != nil {
			return err
		}
	}
	return nil
}

// movePupil makes the pupil of the lost household one of the kept, or the pupil
// of it that it is.
func movePupil(ctx context.Context, tx *db.Tx, pupil string, homes []link, in Union) error {
	to, other := in.Becomes[pupil]
	if !other {
		if _, err := tx.Exec(ctx, `update pupil_household set household_id = $1 where pupil_id = $2 and household_id = $3`, in.Kept, pupil, in.Lost); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `update pupil set version = version + $1 where id = $2`, int64(Apart), pupil)
		return err
	}
	for _, h := range homes {
		if h.Pupil != pupil || h.Household == in.Lost {
			continue
		}
		if _, err := tx.Exec(ctx, `insert into pupil_household (pupil_id, household_id) values ($1, $2) on conflict (pupil_id, household_id) do nothing`, to, h.Household); err != nil {
			return err
		}
	}
	if err := onePupil(ctx, tx, pupil, to); err != nil {
		return err
	}
	if err := oneAnswer(ctx, tx, pupil, to); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update household_change set pupil_id = $1 where pupil_id = $2 and household_id in (select household_id from pupil_household where pupil_id in ($1, $2))`, to, pupil); err != nil {
		return err
	}
	return forgetPupil(ctx, tx, pupil)
}

// onePupil fills what the pupil lacks with what is known of it twice.
func onePupil(ctx context.Context, tx *db.Tx, from, to string) error {
	if _, err := tx.Exec(ctx, `update pupil set
			birth_date = case when birth_date = '' then (select o.birth_date from pupil o where o.id = $1) else birth_date end,
			level_now = case when level_now = '' then (select o.level_now from pupil o where o.id = $1) else level_now end,
			guardian_id = coalesce(guardian_id, (select o.guardian_id from pupil o where o.id = $1)),
			new_in = case when exists (select 1 from pupil o where o.id = $1 and o.new_in = '') then '' else new_in end,
			version = version + $2
		where id = $3`, from, int64(Apart), to); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `insert into pupil_course_now (pupil_id, course_code) select cast($1 as text), course_code from pupil_course_now where pupil_id = $2
		on conflict (pupil_id, course_code) do nothing`, to, from)
	return err
}

// oneAnswer fills what the pupil has not answered, in each season, with what
// was answered of it twice.
func oneAnswer(ctx context.Context, tx *db.Tx, from, to string) error {
	rows, err := db.All[PupilSeason](ctx, tx, pupilSeasons+`where pupil_id in ($1, $2)`, from, to)
	if err != nil {
		return err
	}
	held := map[string]PupilSeason{}
	for _, ps := range rows {
		if ps.PupilID == to {
			held[ps.SeasonID] = ps
		}
	}
	for _, ps := range rows {
		if ps.PupilID == to {
			continue
		}
		is, answered := held[ps.SeasonID]
		if !answered {
			is = PupilSeason{PupilID: to, SeasonID: ps.SeasonID, NotInvited: ps.NotInvited}
		}
		if is.Level == "" {
			is.Level = ps.Level
		}
		if is.Beginner == "" {
			is.Beginner = ps.Beginner
		}
		if is.ImageRight == "" {
			is.ImageRight, is.ImageAnsweredBy, is.ImageAnsweredAt, is.ImageHousehold = ps.ImageRight, ps.ImageAnsweredBy, ps.ImageAnsweredAt, ps.ImageHousehold
		}
		if err := putPupilSeason(ctx, tx, is); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update pupil_season set not_invited = $1 where pupil_id = $2 and season_id = $3`, is.NotInvited && ps.NotInvited, to, ps.SeasonID); err != nil {
			return err
		}
	}
	return nil
}

// uniteNotes makes the notes of the lost household's pupils the kept one's; two
// of one pupil and season become one text.
func uniteNotes(ctx context.Context, tx *db.Tx, homes []link, in Union) error {
	var ids []string
	for _, h := range homes {
		ids = append(ids, h.Pupil, in.Becomes[h.Pupil])
	}
	type note struct {
		Pupil     string `db:"pupil_id"`
		Season    string `db:"season_id"`
		Household string `db:"household_id"`
		Note      string `db:"note"`
	}
	rows, err := db.All[note](ctx, tx, `select pupil_id, season_id, household_id, note from pupil_note
		where pupil_id in (select value from json_each(cast($1 as text))) order by season_id, household_id, pupil_id`, db.IDs(ids))
	if err != nil {
		return err
	}
	held := map[note][]string{}
	for _, n := range rows {
		at := note{Pupil: n.Pupil, Season: n.Season, Household: n.Household}
		if n.Household == in.Lost {
			at.Household = in.Kept
		}
		if to, other := in.Becomes[n.Pupil]; other {
			at.Pupil = to
		}
		if !slices.Contains(held[at], n.Note) {
			held[at] = append(held[at], n.Note)
		}
		if at.Pupil == n.Pupil && at.Household == n.Household {
			continue
		}
		if err := putNote(ctx, tx, n.Pupil, n.Season, n.Household, ""); err != nil {
			return err
		}
	}
	for at, notes := range held {
		slices.Sort(notes)
		if err := putNote(ctx, tx, at.Pupil, at.Season, at.Household, strings.Join(notes, "\n")); err != nil {
			return err
		}
	}
	return nil
}

// Shared returns the pupils of both households.
func Shared(ctx context.Context, r db.Reader, household, other string) ([]Pupil, error) {
	return db.All[Pupil](ctx, r, pupils+`join pupil_household a on a.pupil_id = p.id and a.household_id = $1
		join pupil_household b on b.pupil_id = p.id and b.household_id = $2 order by p.birth_date, p.id`, household, other)
}

// SameChild tells whether two pupils have one name, whatever its accents and
// capitals, and no two dates of birth.
func SameChild(a, b Pupil) bool {
	return a.searched() == b.searched() && (a.BirthDate == b.BirthDate || a.BirthDate == "" || b.BirthDate == "")
}

// SamePersonAs tells whether two responsibles have one name, whatever its
// accents and capitals.
func (g Guardian) SamePersonAs(o Guardian) bool {
	return sortName(g.LastName, g.FirstName) == sortName(o.LastName, o.FirstName)
}

// MadeAt is when the household was made.
func MadeAt(ctx context.Context, r db.Reader, household string) (time.Time, error) {
	return db.One[time.Time](ctx, r, `select created_at from household where id = $1`, household)
}
