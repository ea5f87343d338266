package enrolment

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Resettle lets move change whose the dossiers and papers of these households
// are, in one act of the registrar: nobody asks for a place, hands in a paper or
// is answered meanwhile. It gives no rank and moves no place: it returns
// *fault.Conflict, and nothing is written, when a dossier that was sent would
// lack a paper more, or less, than before. Office only.
func (r *Registrar) Resettle(ctx context.Context, a actor.Actor, households []string, move func(ctx context.Context, tx *db.Tx, at time.Time) error) error {
	return r.resettle(ctx, a, households, sameStanding, move)
}

// TakeBackRehousing is Resettle for what undoes Rehouse: a dossier may lack fewer
// papers than before, and no longer wait for one that the other household alone
// was asked for. Its rank and its places are the same.
func (r *Registrar) TakeBackRehousing(ctx context.Context, a actor.Actor, households []string, move func(ctx context.Context, tx *db.Tx, at time.Time) error) error {
	return r.resettle(ctx, a, households, sameClaims, move)
}

func (r *Registrar) resettle(ctx context.Context, a actor.Actor, households []string, same func(before, after map[string]standing) error, move func(ctx context.Context, tx *db.Tx, at time.Time) error) error {
	err := r.submit(ctx, a, func(u *unit) error {
		if !a.IsOffice() {
			return fault.ErrForbidden
		}
		if u.hasWrittenOf(households) {
			return errMoved // the other act of the batch first
		}
		before, err := u.standingOf(households)
		if err != nil {
			return err
		}
		var after map[string]standing
		refused := u.apart(func(ctx context.Context, tx *db.Tx) error {
			if err := move(ctx, tx, u.at); err != nil {
				return err
			}
			u.readAnew(before)
			if after, err = u.standingOf(households); err != nil {
				return err
			}
			return same(before, after)
		})
		if refused != nil {
			u.readAnew(after)
			return refused
		}
		u.written++
		for id := range after {
			u.touch(u.dossiers[id])
		}
		return nil
	})
	return householdsMoved(err)
}

// householdsMoved says in words that another act kept this one from being done.
func householdsMoved(err error) error {
	if errors.Is(err, errMoved) {
		err = &fault.Conflict{Message: "Un dossier de ces foyers vient de changer" + french.Nbsp + ": rien n’est fait. Relisez la page, puis recommencez."}
	}
	return err
}

// hasWrittenOf tells whether an act of the same batch has still to write
// something of the households.
func (u *unit) hasWrittenOf(households []string) bool {
	return slices.ContainsFunc(u.lines, func(l journal.Line) bool { return slices.Contains(households, l.Household) }) ||
		slices.ContainsFunc(u.mails, func(m correspondence.Mail) bool { return slices.Contains(households, m.Household) }) ||
		slices.ContainsFunc(idsOf(u.dirtyDossiers), func(id string) bool { return slices.Contains(households, u.dossiers[id].Household) })
}

func idsOf(set map[string]bool) []string {
	var all []string
	for id := range set {
		all = append(all, id)
	}
	return all
}

// standing is what no resettling changes of a dossier.
type standing struct {
	label   string
	state   State
	rank    int64
	at      time.Time
	asked   string // the courses it has a request for
	missing []document.Paper
}

func (u *unit) standingOf(households []string) (map[string]standing, error) {
	all := map[string]standing{}
	for _, household := range households {
		dossiers, err := u.dossiersOf(household)
		if err != nil {
			return nil, err
		}
		if err := u.readHouseholds(householdsOf(dossiers)...); err != nil {
			return nil, err
		}
		for _, d := range dossiers {
			s := standing{label: d.Label(), state: d.State, rank: d.Rank, at: d.CompleteAt}
			requests, err := u.requestsOf(d)
			if err != nil {
				return nil, err
			}
			for _, q := range requests {
				s.asked += q.ID + " " + string(q.State) + ";"
			}
			if d.mayComplete() {
				if s.missing, err = u.missing(d); err != nil {
					return nil, err
				}
			}
			all[d.ID] = s
		}
	}
	return all, nil
}

// mayComplete tells whether the papers that the dossier lacks matter.
func (d *Dossier) mayComplete() bool {
	return d.State.Sent() || d.State == Lapsed && !d.SentAt.IsZero()
}

// sameStanding refuses whatever is more than another household for a dossier.
func sameStanding(before, after map[string]standing) error {
	for id, was := range before {
		is, still := after[id]
		switch {
		case !still && (was.state != Draft || was.rank > 0):
			return &fault.Conflict{Message: "Le dossier " + was.label + " serait perdu" + french.Nbsp + ": rien n’est fait."}
		case !still:
		case was.state != is.state || was.rank != is.rank || !was.at.Equal(is.at) || was.asked != is.asked:
			return &fault.Conflict{Message: "Le rang ou les places du dossier " + was.label + " changeraient" + french.Nbsp + ": rien n’est fait."}
		default:
			if why := MissingTurns(was.label, was.missing, is.missing); why != "" {
				return &fault.Conflict{Message: why}
			}
		}
	}
	return nil
}

// sameClaims refuses whatever changes a rank or a place, and a state that the
// papers of the dossier deny.
func sameClaims(before, after map[string]standing) error {
	for id, was := range before {
		is, still := after[id]
		if !still {
			if err := sameStanding(map[string]standing{id: was}, after); err != nil {
				return err
			}
			continue
		}
		mended := was.state == PaperRefused && (is.state == Complete || is.state == OnList) && len(is.missing) == 0
		if mended {
			was.state = is.state
		}
		if len(without(is.missing, was.missing)) == 0 && (is.state != Received || len(is.missing) > 0) {
			was.missing = is.missing
		}
		if err := sameStanding(map[string]standing{id: was}, after); err != nil {
			return err
		}
	}
	return nil
}

// MissingTurns says in words how the papers that a dossier lacks would not be
// the same, "" when they are.
func MissingTurns(label string, before, after []document.Paper) string {
	more, less := without(after, before), without(before, after)
	switch {
	case len(more) > 0:
		return "Il manquerait au dossier " + label + french.Nbsp + ": " + french.List(paperNames(more)) + "."
	case len(less) > 0:
		return "Il manque au dossier " + label + french.Nbsp + ": " + french.List(paperNames(less)) + ", que l’autre foyer a fourni ou dont il n’a pas besoin."
	default:
		return ""
	}
}

func without(papers, others []document.Paper) []document.Paper {
	return slices.DeleteFunc(slices.Clone(papers), func(p document.Paper) bool {
		return slices.ContainsFunc(others, func(q document.Paper) bool { return q.Code == p.Code })
	})
}

// readAnew has the dossiers, and all that is known of households and pupils, read anew.
func (u *unit) readAnew(dossiers map[string]standing) {
	for id := range dossiers {
		if d := u.dossiers[id]; d != nil {
			delete(u.ofPupil, d.Pupil)
			delete(u.dossiers, id)
			delete(u.asRead, id)
		}
	}
	u.facts = noFacts()
}

// HouseholdDossiers returns the dossiers of these households, of every season,
// the newest season first. Office only.
func HouseholdDossiers(ctx context.Context, r db.Reader, a actor.Actor, households []string) ([]Dossier, error) {
	if !a.IsOffice() {
		return nil, fault.ErrForbidden
	}
	return db.All[Dossier](ctx, r, `select `+ofDossiers+` from dossier d join season s on s.id = d.season_id
		where d.household_id in (select value from json_each(cast($1 as text))) order by s.is_current desc, s.starts_on desc, d.number`, db.IDs(households))
}

var ofDossiers = "d." + strings.Join(strings.Fields(strings.ReplaceAll(dossierColumns, ",", " ")), ", d.")

// DossiersOfEverySeason returns the dossiers of these pupils, of every season.
// Office only.
func DossiersOfEverySeason(ctx context.Context, r db.Reader, a actor.Actor, pupils []string) ([]Dossier, error) {
	if !a.IsOffice() {
		return nil, fault.ErrForbidden
	}
	return ofPupils(ctx, r, pupils)
}

func ofPupils(ctx context.Context, r db.Reader, pupils []string) ([]Dossier, error) {
	return db.All[Dossier](ctx, r, `select `+dossierColumns+` from dossier
		where season_id in (select id from season) and pupil_id in (select value from json_each(cast($1 as text))) order by season_id, number`, db.IDs(pupils))
}

// Untouched tells whether the dossier is a draft and nothing more: it may be
// left for another one of its pupil.
func (d Dossier) Untouched() bool { return d.State == Draft && d.SentAt.IsZero() && d.Rank == 0 }

// Rehoming is two households whose dossiers become those of one: the pupils of
// the lost one are by what each becomes, when it is not itself.
type Rehoming struct {
	Lost, Kept string
	Becomes    map[string]string
}

// Rehome gives the dossiers of the lost household to the kept one, in every
// season, within Resettle. Of two dossiers of one pupil in a season, the
// untouched draft goes; the caller has seen to there being one.
func Rehome(ctx context.Context, tx *db.Tx, in Rehoming) error {
	for from, to := range in.Becomes {
		both, err := ofPupils(ctx, tx, []string{from, to})
		if err != nil {
			return err
		}
		if err := leaveDrafts(ctx, tx, both, from); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update dossier set pupil_id = $1 where season_id in (select id from season) and pupil_id = $2`, to, from); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `update dossier set household_id = $1 where household_id = $2`, in.Kept, in.Lost)
	return err
}

// leaveDrafts deletes, of two dossiers of a season, the one that is only begun;
// of two such, the newcomer's.
func leaveDrafts(ctx context.Context, tx *db.Tx, both []Dossier, from string) error {
	for _, d := range both {
		i := slices.IndexFunc(both, func(o Dossier) bool { return o.Season == d.Season && o.Pupil != d.Pupil })
		if i < 0 || !d.Untouched() || both[i].Untouched() && d.Pupil != from {
			continue
		}
		if _, err := tx.Exec(ctx, `delete from dossier where id = $1`, d.ID); err != nil {
			return err
		}
	}
	return nil
}

// Askings is what decides which papers a dossier is asked for.
type Askings struct {
	Papers []document.Paper
	Debits map[string]bool // which means of payment are debits
}

// AskingsOf reads the papers asked in the season, and which means are debits.
func AskingsOf(ctx context.Context, r db.Reader, season string) (a Askings, err error) {
	if a.Papers, err = document.Papers(ctx, r, season); err != nil {
		return a, err
	}
	means, err := school.PaymentMeans(ctx, r)
	a.Debits = map[string]bool{}
	for _, m := range means {
		a.Debits[m.Code] = m.IsDebit
	}
	return a, err
}

// Lacked returns the required papers that the dossier would lack if it were the
// household's, which holds these.
func (a Askings) Lacked(d Dossier, h people.Household, held document.Held) []document.Paper {
	if !d.mayComplete() {
		return nil
	}
	return held.Missing(askedOf(a.Papers, h, a.Debits, d.OnPaperForm), h.ID, d.Pupil)
}

// HoldDossiers keeps the drafts of these households from being saved by anyone
// else until the transaction ends.
func HoldDossiers(ctx context.Context, tx *db.Tx, households ...string) error {
	_, err := tx.Exec(ctx, `update dossier set version = version where household_id in (select value from json_each(cast($1 as text)))`, db.IDs(households))
	return err
}
