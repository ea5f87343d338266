package enrolment

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// unit is one transaction of the registrar: what was read of the database, each
// thing once, and what is to be written at its end.
type unit struct {
	ctx     context.Context
	tx      *db.Tx
	actor   actor.Actor // of the act in hand
	at      time.Time   // its instant: arrival, never before the last stamp
	arrived time.Time
	written int    // counts what was changed, to tell an act that failed half-done
	offers  offers // of the act in hand

	settings
	moves     int64
	nextRank  int64
	last      time.Time // the last stamp given
	seq       int64
	board     *Board
	jumpsRead bool
	listsTold int   // families told by this act that the lists have ended
	newcomers *bool // whether the season has any; nil before it is asked
	dossiers  map[string]*Dossier
	asRead    map[string]*Dossier // the dossiers as they were read
	ofPupil   map[string]string   // "" when it is known to have none
	facts
	requests  map[string]*Request
	ofDossier map[string][]*Request

	dirtyDossiers map[string]bool
	newRequests   []*Request
	dirtyRequests map[string]bool
	dirtyOffers   map[string]bool
	touched       map[string]bool // dossiers whose desk is to be judged anew
	newDesks      map[string]bool // dossiers whose desk has changed
	lines         []journal.Line
	mails         []correspondence.Mail
	answered      []string // events of the offers that stand no longer: nobody is to be called about them
	decisions     []decision
	atEnd         []func() error // once all is written; an error undoes it
}

type seasonLock struct {
	ID       string    `db:"id"`
	Moves    int64     `db:"moves"`
	NextRank int64     `db:"next_rank"`
	Last     time.Time `db:"last_at"`
}

// open takes the current season's row, and holds it to the end of the
// transaction. What the registrar kept serves if nobody has moved since.
func open(ctx context.Context, tx *db.Tx, kept memory) (*unit, error) {
	lock, err := db.One[seasonLock](ctx, tx, `update season set moves = moves + 1 where is_current = true
		returning id, moves, next_rank, last_at`)
	if err != nil {
		return nil, fmt.Errorf("take the season: %w", err)
	}
	return newUnit(ctx, tx, lock, kept)
}

func newUnit(ctx context.Context, tx *db.Tx, lock seasonLock, kept memory) (*unit, error) {
	u := &unit{
		ctx: ctx, tx: tx, moves: lock.Moves, nextRank: lock.NextRank, last: lock.Last, seq: lock.Moves * seqPerMove,
		dossiers: map[string]*Dossier{}, asRead: map[string]*Dossier{}, ofPupil: map[string]string{},
		facts:    noFacts(),
		requests: map[string]*Request{}, ofDossier: map[string][]*Request{},
		dirtyDossiers: map[string]bool{}, dirtyRequests: map[string]bool{}, dirtyOffers: map[string]bool{},
		touched: map[string]bool{}, newDesks: map[string]bool{},
	}
	if kept.goodFor(lock) {
		u.board, u.settings = kept.board, kept.settings
		return u, nil
	}
	u.board = &Board{Offerings: map[string]*Offering{}, Requests: map[string]*Asked{}}
	var err error
	u.settings, err = kept.settingsNow(ctx, tx, lock.ID)
	return u, err
}

// seqPerMove leaves room for the requests of one transaction, so that seq
// grows from one transaction to the next; one that asks for more moves on.
const seqPerMove = 8192

// take turns to the next act of the batch.
func (u *unit) take(a actor.Actor, arrived time.Time) {
	u.actor, u.arrived, u.at, u.offers = a, arrived, later(arrived, u.last), offers{}
}

// stamp gives the instant of a sending, a rank or a request: now, and always
// after the one given before, on whichever machine.
func (u *unit) stamp() time.Time {
	if !u.at.After(u.last) {
		u.at = u.last.Add(time.Microsecond)
	}
	u.last = u.at
	return u.at
}

func (u *unit) nextSeq() int64 {
	u.seq++
	return u.seq
}

// changed marks the dossier to be written.
func (u *unit) changed(d *Dossier) {
	u.written++
	d.UpdatedAt = u.at
	d.Version++
	u.dirtyDossiers[d.ID] = true
}

// told adds a line to the journal of the dossier.
func (u *unit) told(d *Dossier, event, before, after, reason string) {
	u.written++
	u.lines = append(u.lines, journal.By(u.actor, u.at, journal.Line{
		Event: event, Household: d.Household, Pupil: d.Pupil, Dossier: d.ID, Before: before, After: after, Reason: reason,
	}))
}

const dossierColumns = `id, number, season_id, pupil_id, household_id, state, programme_id, site_id, choice, on_paper_form, note,
	administrative, reason, text_id, agreed_by, sent_at, complete_at, rank, received_on_paper_at, hold_until, hold_total_until,
	confirmed_at, confirmed_by, reopened_until, withdrawal_asked_at, reminded_at, updated_at, version, desk, choose_again`

func (u *unit) load(where string, args ...any) ([]*Dossier, error) {
	rows, err := db.All[Dossier](u.ctx, u.tx, `select `+dossierColumns+` from dossier where `+where, args...)
	if err != nil {
		return nil, err
	}
	all := make([]*Dossier, 0, len(rows))
	for i := range rows {
		d := u.dossiers[rows[i].ID]
		if d == nil {
			d = &rows[i]
			u.know(d)
		}
		all = append(all, d)
	}
	return all, nil
}

func (u *unit) know(d *Dossier) {
	was := *d
	was.Choice = slices.Clone(d.Choice)
	u.dossiers[d.ID], u.asRead[d.ID], u.ofPupil[d.Pupil] = d, &was, d.ID
}

func (u *unit) dossier(id string) (*Dossier, error) {
	if d := u.dossiers[id]; d != nil {
		return d, nil
	}
	found, err := u.load(`id = $1`, id)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, notFound("dossier", id)
	}
	if found[0].Season != u.season.ID {
		return nil, &fault.Conflict{Message: "Ce dossier est d’une autre saison que celle des familles" + french.Nbsp + ": il se lit, il ne change plus."}
	}
	return found[0], nil
}

// dossierOf returns the pupil's dossier of the season, or nil.
func (u *unit) dossierOf(pupil string) (*Dossier, error) {
	err := u.read(pupil)
	return u.dossiers[u.ofPupil[pupil]], err
}

// dossiersOf returns the household's dossiers of the season, in the order of
// their « Valider »; those never sent come last.
func (u *unit) dossiersOf(household string) ([]*Dossier, error) {
	all, err := u.load(`season_id = $1 and household_id = $2`, u.season.ID, household)
	slices.SortFunc(all, bySending)
	return all, err
}

// bySending orders dossiers by their « Valider »; those never sent come last.
func bySending(a, b *Dossier) int {
	if a.SentAt.IsZero() != b.SentAt.IsZero() {
		if a.SentAt.IsZero() {
			return 1
		}
		return -1
	}
	return cmp.Or(a.SentAt.Compare(b.SentAt), cmp.Compare(a.Number, b.Number))
}

func (u *unit) asked(d *Dossier) ([]document.Paper, error) {
	if err := u.readPapers(); err != nil {
		return nil, err
	}
	h, err := u.household(d.Household)
	if err != nil {
		return nil, err
	}
	return askedOf(u.papers, h, u.means, d.OnPaperForm), nil
}

// askedOf lists the papers asked for a dossier: the household's, then the pupil's.
func askedOf(papers []document.Paper, h people.Household, debits map[string]bool, onPaper bool) []document.Paper {
	c := document.Circumstance{OnPaper: onPaper}
	for _, m := range h.Means {
		c.Debit = c.Debit || debits[m]
	}
	return append(document.AskedOf(papers, document.OfHousehold, c), document.AskedOf(papers, document.OfPupil, c)...)
}

// missing returns the required papers that the dossier lacks (R29).
func (u *unit) missing(d *Dossier) ([]document.Paper, error) {
	asked, err := u.asked(d)
	if err != nil {
		return nil, err
	}
	held, err := u.heldBy(d.Household)
	if err != nil {
		return nil, err
	}
	return held.Missing(asked, d.Household, d.Pupil), nil
}

const requestColumns = `id, dossier_id, offering_id, state, received_at, seq, jumped, offered_until, offer_token_hash, decided_at, line, created_at`

// requestsOf returns the dossier's active requests in the order of its choice.
func (u *unit) requestsOf(d *Dossier) ([]*Request, error) {
	if err := u.readRequests([]*Dossier{d}); err != nil {
		return nil, err
	}
	var active []*Request
	for _, r := range u.ofDossier[d.ID] {
		if r.State.Active() {
			active = append(active, r)
		}
	}
	return active, nil
}

func (u *unit) request(id string) (*Request, error) {
	if r := u.requests[id]; r != nil {
		return r, nil
	}
	r, err := db.One[Request](u.ctx, u.tx, `select `+requestColumns+` from request where id = $1`, id)
	if err != nil {
		return nil, err
	}
	d, err := u.dossier(r.Dossier)
	if err != nil {
		return nil, err
	}
	if _, err := u.requestsOf(d); err != nil {
		return nil, err
	}
	if u.requests[id] == nil {
		u.requests[id] = &r
	}
	return u.requests[id], nil
}
