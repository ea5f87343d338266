package application

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Group is a part of the office's queue.
type Group string

// The groups of the queue.
const (
	ToAnswer    Group = ""          // held and confirmed
	Unconfirmed Group = "attente"   // their address is not confirmed
	Answered    Group = "repondues" // accepted, attached, refused
)

// GroupNamed reads a group from an address; ToAnswer when it is none.
func GroupNamed(s string) Group {
	if g := Group(s); g == Unconfirmed || g == Answered {
		return g
	}
	return ToAnswer
}

func (g Group) states() []State {
	switch g {
	case Unconfirmed:
		return []State{Sent}
	case Answered:
		return []State{Accepted, Attached, Refused}
	default:
		return []State{Held, Confirmed}
	}
}

// Counts is how many pré-inscriptions each group has.
type Counts map[Group]int64

// CountsOf counts the groups of the season. Office only.
func CountsOf(ctx context.Context, r db.Reader, by actor.Actor, season string) (Counts, error) {
	if !by.IsOffice() {
		return nil, fault.ErrForbidden
	}
	type row struct {
		State State `db:"state"`
		N     int64 `db:"n"`
	}
	rows, err := db.All[row](ctx, r, `select state, count(*) as n from application where season_id = $1 and state <> 'draft' group by state`, season)
	counts := Counts{}
	for _, g := range []Group{ToAnswer, Unconfirmed, Answered} {
		for _, row := range rows {
			if slices.Contains(g.states(), row.State) {
				counts[g] += row.N
			}
		}
	}
	return counts, err
}

// Waiting is how many pré-inscriptions of the season await an answer. Office only.
func Waiting(ctx context.Context, r db.Reader, by actor.Actor, season string) (int64, error) {
	if !by.IsOffice() {
		return 0, fault.ErrForbidden
	}
	return db.One[int64](ctx, r, `select count(*) from application where season_id = $1 and state in ('held', 'confirmed')`, season)
}

// Entry is one pré-inscription as the office reads it.
type Entry struct {
	Application
	Dossier enrolment.Dossier // its ID is "" without one
	Alike   []Likeness
}

// Likeness is something of the school that the pré-inscription resembles.
type Likeness struct {
	Household people.Household
	Pupil     people.Pupil // its ID is "" when only the family is alike
	Dossier   enrolment.Dossier
	Why       []string // « même nom et même date de naissance »
	Strong    bool     // the same child, or the same e-mail
}

// SameChild tells whether the pupil has the name and the date of birth.
func (l Likeness) SameChild() bool { return slices.Contains(l.Why, sameChild) }

// Queue lists a group, in the order in which they were confirmed, with what each
// resembles at first sight: the same child, the same e-mail. Office only.
func Queue(ctx context.Context, r db.Reader, by actor.Actor, season string, g Group, limit, offset int64) ([]Entry, error) {
	if !by.IsOffice() {
		return nil, fault.ErrForbidden
	}
	order := `confirmed_at, id`
	switch g {
	case Unconfirmed:
		order = `sent_at desc, id`
	case Answered:
		order = `decided_at desc, id`
	}
	apps, err := db.All[Application](ctx, r, applications+`where season_id = $1 and state in (select value from json_each(cast($2 as text)))
		order by `+order+` limit $3 offset $4`, season, db.IDs(g.states()), limit, offset)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(apps))
	for i, app := range apps {
		entries[i] = Entry{Application: app}
	}
	if err := addDossiers(ctx, r, season, entries); err != nil || g != ToAnswer {
		return entries, err
	}
	return entries, addLikeness(ctx, r, by, season, entries, false)
}

// EntryOf is one pré-inscription with everything that it resembles: also near
// names, the same address. Office only; one that was not sent is not found.
func EntryOf(ctx context.Context, r db.Reader, by actor.Actor, id string) (Entry, error) {
	if !by.IsOffice() {
		return Entry{}, fault.ErrForbidden
	}
	app, err := db.One[Application](ctx, r, applications+`where id = $1 and state <> 'draft'`, id)
	if err != nil {
		return Entry{}, err
	}
	entries := []Entry{{Application: app}}
	if err := addDossiers(ctx, r, app.Season, entries); err != nil {
		return Entry{}, err
	}
	if app.State.Open() {
		err = addLikeness(ctx, r, by, app.Season, entries, true)
	}
	return entries[0], err
}

func addDossiers(ctx context.Context, r db.Reader, season string, entries []Entry) error {
	var pupils []string
	for _, e := range entries {
		if e.Pupil != "" {
			pupils = append(pupils, e.Pupil)
		}
	}
	found, err := enrolment.DossiersOfPupils(ctx, r, season, pupils)
	for i := range entries {
		entries[i].Dossier = found[entries[i].Pupil]
	}
	return err
}

// Why two are alike, in words.
const (
	sameChild   = "même enfant\u202f: nom et date de naissance"
	nearChild   = "nom proche, même date de naissance"
	sameEmail   = "même adresse mail"
	samePhone   = "même téléphone"
	sameAddress = "même adresse postale"
)

// alike gathers what an entry resembles.
type alike struct {
	entry *Entry
	found []*Likeness
}

// at returns the likeness of the household and pupil, made when there is none.
func (a *alike) at(household, pupil string) *Likeness {
	for _, l := range a.found {
		if l.Household.ID == household && (l.Pupil.ID == pupil || pupil == "") {
			return l
		}
	}
	l := &Likeness{Household: people.Household{ID: household}, Pupil: people.Pupil{ID: pupil}}
	a.found = append(a.found, l)
	return l
}

func addLikeness(ctx context.Context, r db.Reader, by actor.Actor, season string, entries []Entry, all bool) error {
	found := make([]alike, len(entries))
	for i := range entries {
		found[i].entry = &entries[i]
	}
	if err := alikeChildren(ctx, r, found); err != nil {
		return err
	}
	if err := alikeFamilies(ctx, r, found, all); err != nil {
		return err
	}
	return fillAlike(ctx, r, by, season, found)
}

func alikeChildren(ctx context.Context, r db.Reader, found []alike) error {
	var dates []string
	for _, a := range found {
		dates = append(dates, a.entry.Form.Pupil.BirthDate)
	}
	born, err := people.BornOn(ctx, r, dates)
	if err != nil {
		return err
	}
	for i := range found {
		a := &found[i]
		f := a.entry.Form.named()
		for _, p := range born {
			if p.ID == a.entry.Pupil || p.BirthDate != f.Pupil.BirthDate {
				continue
			}
			why := ""
			switch near := distance(f.PupilName(), p.FullName()); {
			case near == 0:
				why = sameChild
			case near <= 2 || french.Fold(p.FirstName) == french.Fold(f.Pupil.FirstName):
				why = nearChild
			default:
				continue
			}
			homes, err := people.HouseholdsOf(ctx, r, p.ID)
			if err != nil {
				return err
			}
			for _, h := range homes {
				l := a.at(h, p.ID)
				l.Pupil, l.Why, l.Strong = p, append(l.Why, why), why == sameChild
			}
		}
	}
	return nil
}

type reached struct {
	Household string `db:"household_id"`
	Email     string `db:"email_folded"`
	Mobile    string `db:"mobile"`
	Phone     string `db:"phone"`
	Address   string `db:"address"`
}

func alikeFamilies(ctx context.Context, r db.Reader, found []alike, all bool) error {
	for i := range found {
		a := &found[i]
		f := a.entry.Form
		email := french.Fold(f.Guardian.Email)
		const reaches = `select g.household_id, g.email_folded, g.mobile, g.phone, h.address from guardian g join household h on h.id = g.household_id `
		rows, err := db.All[reached](ctx, r, reaches+`where g.email_folded = $1 and g.email_folded <> '' and g.household_id <> $2`, email, a.entry.Household)
		if err != nil {
			return err
		}
		if all {
			more, err := db.All[reached](ctx, r, reaches+`where g.household_id <> $1 and g.email_folded <> $2
				and (h.postcode = $3 and h.postcode <> '' or g.mobile = $4 and g.mobile <> '')`, a.entry.Household, email, f.Postcode, f.Guardian.Mobile)
			if err != nil {
				return err
			}
			rows = append(rows, more...)
		}
		for _, row := range rows {
			a.family(row, email)
		}
	}
	return nil
}

// family notes what the household has in common with who asks.
func (a *alike) family(row reached, email string) {
	f := a.entry.Form
	note := func(why string, strong bool) {
		l := a.at(row.Household, "")
		if !slices.Contains(l.Why, why) {
			l.Why = append(l.Why, why)
		}
		l.Strong = l.Strong || strong
	}
	if row.Email == email {
		note(sameEmail, true)
	}
	if phone := f.Guardian.Mobile; phone != "" && (row.Mobile == phone || row.Phone == phone) {
		note(samePhone, false)
	}
	if street := streetOf(f.Address); street != "" && street == streetOf(row.Address) {
		note(sameAddress, false)
	}
}

// streetOf is an address as two people write it alike.
func streetOf(s string) string {
	return strings.Join(strings.FieldsFunc(french.Fold(s), func(r rune) bool { return strings.ContainsRune(" ,.;-'’", r) }), " ")
}

func fillAlike(ctx context.Context, r db.Reader, by actor.Actor, season string, found []alike) error {
	var households, pupils []string
	for _, a := range found {
		for _, l := range a.found {
			households = append(households, l.Household.ID)
			if l.Pupil.ID != "" {
				pupils = append(pupils, l.Pupil.ID)
			}
		}
	}
	if len(households) == 0 {
		return nil
	}
	known, err := people.HouseholdsByID(ctx, r, by, households)
	if err != nil {
		return err
	}
	dossiers, err := enrolment.DossiersOfPupils(ctx, r, season, pupils)
	if err != nil {
		return fmt.Errorf("dossiers of those alike: %w", err)
	}
	for _, a := range found {
		for _, l := range a.found {
			l.Household, l.Dossier = known[l.Household.ID], dossiers[l.Pupil.ID]
			a.entry.Alike = append(a.entry.Alike, *l)
		}
		slices.SortStableFunc(a.entry.Alike, func(x, y Likeness) int {
			if x.Strong != y.Strong {
				return map[bool]int{true: -1, false: 1}[x.Strong]
			}
			return len(y.Why) - len(x.Why)
		})
	}
	return nil
}
