package merge

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/transfer"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Side is one of the two households, as it stands.
type Side struct {
	people.Household
	Account  account.Account // its ID is "" without one
	Pupils   []people.Pupil
	Dossiers []enrolment.Dossier // of every season, the current one's first
	Lines    int                 // of the journal
	Mails    int
	ToSee    int // changes that the family made and the office has not seen
	MadeAt   time.Time
}

// Field is a value that the two households do not share: which one stays.
type Field struct {
	Name       string
	Label      string
	Kept, Lost string // in words, "" when it has none
	Take       bool   // the lost one's stays
}

// Person is a responsible of the lost household: one of the kept one's, or another.
type Person struct {
	Name   string
	Lost   people.Guardian
	Same   people.Guardian // its ID is "" for another person
	Fields []Field         // of who is the same
}

// Twin is a pupil of each household who looks like one child.
type Twin struct {
	Name       string
	Kept, Lost people.Pupil
	Said       string // OneSame, Apart, or "" before it is said
}

// Outdone is a deposit that becomes an older version of one that stands.
type Outdone struct {
	Paper        string
	Pupil        string // "" for a household's paper
	Stays, Older document.Deposit
}

// Preview is what making two households one would come to.
type Preview struct {
	Kept, Lost Side
	Seen       string // what it was read from: another one says that something has changed
	Fields     []Field
	Persons    []Person
	Twins      []Twin
	Outdone    []Outdone
	Deposits   int // of the lost household
	Drafts     []enrolment.Dossier
	Obstacles  []Obstacle

	season  school.Season
	union   people.Union
	reunion document.Reunion
	pupils  []string
}

// Names of the fields of a household.
const (
	FieldAddress = "adresse"
	FieldBilling = "facturation"
	FieldMeans   = "moyens"
	FieldMandate = "mandat"
	FieldAccount = "identifiant"
)

// PreviewOf reads what the choice would come to. It returns fault.ErrNotFound
// when a household is none, *fault.Invalid when they are not two. Office only.
func PreviewOf(ctx context.Context, r db.Reader, by actor.Actor, c Choice) (Preview, error) {
	var v Preview
	if !by.May(actor.Changes, actor.Merges) {
		return v, fault.ErrForbidden
	}
	if c.Kept == c.Lost {
		return v, fault.Refuse("Choisissez un autre foyer que celui-ci.")
	}
	var err error
	if v.season, err = school.CurrentSeason(ctx, r); err != nil && !isNotFound(err) {
		return v, err
	}
	if v.Kept, err = sideOf(ctx, r, by, c.Kept); err != nil {
		return v, err
	}
	if v.Lost, err = sideOf(ctx, r, by, c.Lost); err != nil {
		return v, err
	}
	w, err := wordsOf(ctx, r, v.season)
	if err != nil {
		return v, err
	}
	v.compare(c, w)
	if err := v.papers(ctx, r, w); err != nil {
		return v, err
	}
	if err := v.seen(ctx, r); err != nil {
		return v, err
	}
	return v, v.hinder(ctx, r, by, w)
}

func sideOf(ctx context.Context, r db.Reader, by actor.Actor, household string) (s Side, err error) {
	if s.Household, err = people.HouseholdByID(ctx, r, by, household); err != nil {
		return s, err
	}
	if s.MadeAt, err = people.MadeAt(ctx, r, household); err != nil {
		return s, err
	}
	accounts, err := account.OfHouseholds(ctx, r, household)
	if err != nil {
		return s, err
	}
	s.Account = accounts[household]
	if s.Pupils, err = people.PupilsOf(ctx, r, household); err != nil {
		return s, err
	}
	if s.Dossiers, err = enrolment.HouseholdDossiers(ctx, r, by, []string{household}); err != nil {
		return s, err
	}
	changes, err := people.ChangesOf(ctx, r, by, household)
	if err != nil {
		return s, err
	}
	s.ToSee = len(changes)
	lines, err := journal.LinesOf(ctx, r, household)
	if err != nil {
		return s, err
	}
	mails, err := correspondence.MailsOf(ctx, r, household)
	s.Lines, s.Mails = len(lines), len(mails)
	return s, err
}

// compare finds what differs, and what the choice says of it.
func (v *Preview) compare(c Choice, w words) {
	newer := v.newer()
	pick := func(name, label, kept, lost string) Field {
		return field(c, name, label, kept, lost, newer)
	}
	all := []Field{
		pick(FieldAddress, "Adresse", address(v.Kept.Household), address(v.Lost.Household)),
		pick(FieldBilling, "Facturation", w.modes[v.Kept.BillingMode], w.modes[v.Lost.BillingMode]),
		pick(FieldMeans, "Moyens de paiement", w.meansOf(v.Kept.Means), w.meansOf(v.Lost.Means)),
		pick(FieldMandate, "RUM du mandat de prélèvement", v.Kept.MandateReference, v.Lost.MandateReference),
	}
	v.union = people.Union{
		Kept: v.Kept.ID, Lost: v.Lost.ID, Season: v.season.ID, Becomes: map[string]string{},
		Address: all[0].Take, Billing: all[1].Take, Means: all[2].Take, Mandate: all[3].Take,
	}
	login := field(c, FieldAccount, "Identifiant qui continue", v.Kept.Account.Login, v.Lost.Account.Login, v.Lost.Account.HasPassword && !v.Kept.Account.HasPassword)
	for _, f := range append(all, login) {
		if f.Kept != f.Lost {
			v.Fields = append(v.Fields, f)
		}
	}
	v.persons(c, newer)
	v.twins(c)
}

// newer tells whether what the lost household says is the fresher: confirmed for
// the season alone, else made later.
func (v *Preview) newer() bool {
	kept, lost := v.Kept.CheckedForSeason == v.season.ID, v.Lost.CheckedForSeason == v.season.ID
	if kept != lost {
		return lost
	}
	return v.Lost.MadeAt.After(v.Kept.MadeAt)
}

// field takes what the choice says, else the value that is there, else the newer.
func field(c Choice, name, label, kept, lost string, newer bool) Field {
	f := Field{Name: name, Label: label, Kept: kept, Lost: lost}
	switch said := c.Said[name]; {
	case kept == lost:
	case said == OfKept, said == OfLost:
		f.Take = said == OfLost
	default:
		f.Take = kept == "" || lost != "" && newer
	}
	return f
}

// Account is the account that goes on signing in, and the one that does not.
func (v Preview) Account() (goesOn, shut account.Account) {
	goesOn, shut = v.Kept.Account, v.Lost.Account
	for _, f := range v.Fields {
		if f.Name == FieldAccount && f.Take {
			goesOn, shut = shut, goesOn
		}
	}
	return goesOn, shut
}

// persons pairs the responsibles: by what is said, else by their names.
func (v *Preview) persons(c Choice, newer bool) {
	taken := map[string]bool{}
	for i, lost := range v.Lost.Guardians {
		p := Person{Name: fmt.Sprintf("personne_%d", i+1), Lost: lost}
		said, spoken := c.Said[p.Name]
		for _, kept := range v.Kept.Guardians {
			if !taken[kept.ID] && p.Same.ID == "" && (spoken && said == kept.ID || !spoken && kept.SamePersonAs(lost)) {
				p.Same = kept
			}
		}
		if p.Same.ID != "" {
			taken[p.Same.ID] = true
			s := people.SamePerson{Kept: p.Same, Lost: lost}
			for _, one := range []struct {
				name, label, kept, lost string
				take                    *bool
			}{
				{"civilite", "Civilité", p.Same.Civility, lost.Civility, &s.Civility},
				{"nom", "Nom", p.Same.FullName(), lost.FullName(), &s.Name},
				{"email", "Adresse mail", p.Same.Email, lost.Email, &s.Email},
				{"mobile", "Téléphone mobile", p.Same.Mobile, lost.Mobile, &s.Mobile},
				{"fixe", "Téléphone fixe", p.Same.Phone, lost.Phone, &s.Phone},
			} {
				f := field(c, fmt.Sprintf("%s_%d", one.name, i+1), one.label, one.kept, one.lost, newer)
				*one.take = f.Take
				if f.Kept != f.Lost {
					p.Fields = append(p.Fields, f)
				}
			}
			v.union.Guardians = append(v.union.Guardians, s)
		}
		v.Persons = append(v.Persons, p)
	}
}

// twins pairs the pupils who look like one child; which, the office says.
func (v *Preview) twins(c Choice) {
	taken := map[string]bool{}
	for i, lost := range v.Lost.Pupils {
		for _, kept := range v.Kept.Pupils {
			if kept.ID == lost.ID || taken[kept.ID] || !alike(kept, lost) && !v.sameAdult(kept, lost) {
				continue
			}
			taken[kept.ID] = true
			t := Twin{Name: fmt.Sprintf("enfant_%d", i+1), Kept: kept, Lost: lost}
			if said := c.Said[t.Name]; said == OneSame || said == Apart {
				t.Said = said
			}
			if t.Said == OneSame {
				v.union.Becomes[lost.ID] = kept.ID
			}
			v.Twins = append(v.Twins, t)
			break
		}
	}
}

// sameAdult tells whether both are the own pupil of one responsible.
func (v *Preview) sameAdult(kept, lost people.Pupil) bool {
	return kept.GuardianID != "" && slices.ContainsFunc(v.union.Guardians, func(s people.SamePerson) bool {
		return s.Kept.ID == kept.GuardianID && s.Lost.ID == lost.GuardianID
	})
}

// papers says which deposits stand.
func (v *Preview) papers(ctx context.Context, r db.Reader, w words) error {
	v.reunion = document.Reunion{Kept: v.Kept.ID, Lost: v.Lost.ID, Becomes: v.union.Becomes, Standing: w.standing}
	current, err := v.reunion.Current(ctx, r)
	if err != nil {
		return err
	}
	stand, outdone := v.reunion.Settle(current)
	names := map[string]string{}
	for _, p := range append(slices.Clone(v.Kept.Pupils), v.Lost.Pupils...) {
		names[p.ID] = p.FullName()
	}
	for _, older := range outdone {
		o := Outdone{Paper: cmp.Or(w.papers[older.Paper], older.Paper), Pupil: names[older.Pupil], Older: older}
		for _, d := range stand {
			if d.Paper == older.Paper && d.Pupil == older.Pupil && d.Household == older.Household && (d.Season == older.Season || w.standing[d.Paper]) {
				o.Stays = d
			}
		}
		v.Outdone = append(v.Outdone, o)
	}
	for _, d := range current {
		if d.Household == v.Lost.ID {
			v.Deposits++
		}
	}
	return v.wouldLack(w, current, stand)
}

// seen notes what the preview was read from.
func (v *Preview) seen(ctx context.Context, r db.Reader) error {
	for _, p := range append(slices.Clone(v.Kept.Pupils), v.Lost.Pupils...) {
		v.pupils = append(v.pupils, p.ID)
	}
	read := slices.DeleteFunc(v.scope(), func(p transfer.Pick) bool { return p.Table == notices }) // nothing of it is chosen
	part, err := transfer.PartOf(ctx, r, read)
	if err != nil {
		return err
	}
	text, err := part.Text()
	sum := sha256.Sum256([]byte(v.Kept.ID + v.Lost.ID + text))
	v.Seen = hex.EncodeToString(sum[:12])
	return err
}

// Season is the season that families register for, "" without one.
func (v Preview) Season() string { return v.season.ID }

// PupilName names a pupil of either household.
func (v Preview) PupilName(id string) string {
	for _, p := range append(slices.Clone(v.Kept.Pupils), v.Lost.Pupils...) {
		if p.ID == id {
			return p.FullName()
		}
	}
	return ""
}

// Mails says to which addresses the school writes afterwards, and which of those
// it writes to now it does not any more.
func (v Preview) Mails() (to, no []string) {
	to = v.union.Merged(v.Kept.Household, v.Lost.Household).Emails()
	for _, was := range append(v.Kept.Emails(), v.Lost.Emails()...) {
		if !slices.ContainsFunc(append(slices.Clone(to), no...), func(is string) bool { return french.Fold(is) == french.Fold(was) }) {
			no = append(no, was)
		}
	}
	return to, no
}
