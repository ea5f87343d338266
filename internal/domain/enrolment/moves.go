package enrolment

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

func notFound(what, id string) error { return fmt.Errorf("%s %s: %w", what, id, fault.ErrNotFound) }

type offeringRow struct {
	ID       string `db:"id"`
	Capacity int64  `db:"capacity"`
	Taken    int64  `db:"taken"`
	Closed   bool   `db:"closed"`
}

// bring puts the offerings on the board, with every active request for them.
func (u *unit) bring(offerings ...string) error {
	var absent []string
	for _, id := range offerings {
		if u.board.Offerings[id] == nil {
			absent = append(absent, id)
		}
	}
	if len(absent) == 0 {
		return nil
	}
	rows, err := db.All[offeringRow](u.ctx, u.tx, `select o.id, o.capacity, o.taken,
			(s.lists_ended_at is not null or c.cancelled_at is not null) as closed
		from offering o join season s on s.id = o.season_id join course c on c.id = o.course_id
		where o.id in (select value from json_each(cast($1 as text))) and o.season_id = $2`, db.IDs(absent), u.season.ID)
	if err != nil {
		return err
	}
	for _, o := range rows {
		u.board.Offerings[o.ID] = &Offering{Capacity: o.Capacity, Taken: o.Taken, Closed: o.Closed}
	}
	requests, err := db.All[Request](u.ctx, u.tx, `select `+requestColumns+` from request
		where offering_id in (select value from json_each(cast($1 as text))) and state in ('place', 'waiting', 'offered')`, db.IDs(absent))
	if err != nil {
		return err
	}
	for _, r := range requests {
		a := &Asked{r.ID, r.Offering, r.State, r.ReceivedAt, r.Seq, r.Jumped}
		u.board.Requests[r.ID] = a
		if r.State == Waiting {
			u.board.enqueue(u.board.Offerings[r.Offering], a)
		}
	}
	if !u.jumpsRead && u.board.Jumps == 0 {
		u.jumpsRead = true
		u.board.Jumps, err = db.One[int64](u.ctx, u.tx, `select coalesce(max(jumped), 0) from request where jumped > 0`)
	}
	return err
}

// obey applies the command to the board and carries every change into the
// requests, the journal and the mails.
func (u *unit) obey(c Command, reason string) ([]Change, error) {
	changes, err := u.board.Apply(c)
	var refused *CannotApply
	if errors.As(err, &refused) {
		return nil, &fault.Conflict{Message: "La situation de ce cours a changé entre-temps. Rechargez la page."}
	}
	if err != nil {
		return nil, err
	}
	u.written++
	for _, change := range changes {
		if err := u.carry(change, reason); err != nil {
			return nil, err
		}
	}
	return changes, nil
}

func (u *unit) carry(c Change, reason string) error {
	if c.From.holds() != c.To.holds() {
		u.dirtyOffers[c.Offering] = true
	}
	r, err := u.request(c.Request)
	if err != nil {
		return err
	}
	r.State, r.Jumped = c.To, c.Jumped
	if c.From != "" {
		u.dirtyRequests[r.ID] = true
		r.DecidedAt = u.at
	}
	if c.From == Offered {
		u.answered = append(u.answered, offerEvent(r.ID))
		if c.To == Waiting { // taken back: it is as if it had never been made
			r.OfferedUntil, r.TokenHash = zero, ""
		}
	}
	d, err := u.dossier(r.Dossier)
	if err != nil {
		return err
	}
	course, semester, err := u.courseOf(c.Offering)
	if err != nil {
		return err
	}
	u.lines = append(u.lines, journal.By(u.actor, u.at, journal.Line{
		Event: "request." + string(c.To), Household: d.Household, Pupil: d.Pupil, Dossier: d.ID, Course: course.ID,
		Before: c.From.French(), After: courseTitle(course, semester) + french.Nbsp + ": " + u.standing(c), Reason: reason,
	}))
	if c.To == Offered {
		return u.propose(d, r)
	}
	return nil
}

// standing is the state in words, with the position of one that waits.
func (u *unit) standing(c Change) string {
	if c.To == Waiting {
		return fmt.Sprintf("liste d’attente, n° %d", u.board.Position(c.Request))
	}
	return c.To.French()
}

// French is the state of a request as screens and the journal say it.
func (s RequestState) French() string {
	switch s {
	case Place:
		return "place réservée"
	case Waiting:
		return "liste d’attente"
	case Offered:
		return "place proposée"
	case Declined:
		return "déclinée"
	case Returned:
		return "rendue"
	case Ended:
		return "liste close"
	default:
		return ""
	}
}

func (u *unit) courseOf(offering string) (catalogue.Course, int64, error) {
	id, semester := splitOffering(offering)
	c, err := u.offer()
	if err != nil {
		return catalogue.Course{}, 0, err
	}
	course, ok := c.Course(id)
	if !ok {
		return course, 0, notFound("course of offering", offering)
	}
	return course, semester, nil
}

// OfferingID names the places of a course in a semester (0: the whole year).
func OfferingID(course string, semester int64) string { return fmt.Sprintf("%s/%d", course, semester) }

// offerings are the ids of what is chosen, in the same order.
func (c Choice) offerings() []string {
	ids := make([]string, len(c))
	for i, w := range c {
		ids[i] = OfferingID(w.Course, w.Semester)
	}
	return ids
}

func splitOffering(id string) (course string, semester int64) {
	course, s, _ := strings.Cut(id, "/")
	if len(s) == 1 {
		semester = int64(s[0] - '0')
	}
	return course, semester
}

func courseTitle(c catalogue.Course, semester int64) string { return inSemester(c.Title, semester) }

// inSemester adds the semester to a course's title when it is not the whole year.
func inSemester(title string, semester int64) string {
	switch semester {
	case 1:
		return title + " (1er semestre)"
	case 2:
		return title + " (2e semestre)"
	default:
		return title
	}
}

// propose gives an offer its delay, which starts when the mail leaves (quiet
// hours), and the token of the page it opens.
func (u *unit) propose(d *Dossier, r *Request) error {
	leaves := school.QuietHours(u.at.Add(u.offers.wait), u.school)
	days := u.offers.days
	if days == 0 {
		days = u.school.OfferDays
	}
	r.OfferedUntil = school.EndOfDay(leaves, days)
	token, hash := newToken()
	r.TokenHash = hash
	return u.writeOffer(d, r, token, leaves)
}

func newToken() (token, hash string) {
	b := make([]byte, 24)
	if _, err := rand.Read(b); err != nil {
		panic(err) // crypto/rand does not fail
	}
	token = hex.EncodeToString(b)
	return token, hashOf(token)
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// ask asks for each wish of the dossier, received at the given instant.
func (u *unit) ask(d *Dossier, wishes Choice, receivedAt time.Time, reason string) error {
	offerings := wishes.offerings()
	if err := u.bring(offerings...); err != nil {
		return err
	}
	if _, err := u.requestsOf(d); err != nil {
		return err
	}
	for i := range wishes {
		a := Asked{ID: db.NewID(), Offering: offerings[i], ReceivedAt: receivedAt, Seq: u.nextSeq()}
		row := &Request{
			ID: a.ID, Dossier: d.ID, Offering: a.Offering, ReceivedAt: a.ReceivedAt, Seq: a.Seq,
			Line: int64(i), CreatedAt: u.at,
		}
		u.requests[row.ID] = row
		u.ofDossier[d.ID] = append(u.ofDossier[d.ID], row)
		u.newRequests = append(u.newRequests, row)
		if _, err := u.obey(Ask{a}, reason); err != nil {
			return err
		}
	}
	return nil
}

// giveBack ends the dossier's active requests; their places go to the next in line.
func (u *unit) giveBack(d *Dossier, to RequestState, reason string, which ...*Request) error {
	if which == nil {
		var err error
		if which, err = u.requestsOf(d); err != nil {
			return err
		}
	}
	for _, r := range which {
		if err := u.bring(r.Offering); err != nil {
			return err
		}
		if _, err := u.obey(Leave{r.ID, to}, reason); err != nil {
			return err
		}
	}
	return nil
}

// rank gives the dossier the next rank of the season, and the stamp at which it
// became complete: its « Valider », or the arrival of its last paper.
func (u *unit) rank(d *Dossier, at time.Time) {
	d.Rank = u.nextRank
	u.nextRank++
	d.CompleteAt = at
	d.State = Complete
	u.changed(d)
	u.told(d, "dossier.ranked", "", fmt.Sprintf("rang %d", d.Rank), "")
}

// anew forgets what belonged to an earlier sending of the dossier.
func (d *Dossier) anew() {
	d.HoldUntil, d.HoldTotalUntil, d.ReceivedOnPaperAt, d.RemindedAt = zero, zero, zero, zero
	d.ConfirmedAt, d.ConfirmedBy, d.WithdrawalAskedAt, d.Reason = zero, "", zero, ""
}

// unrank takes rank, places and waiting positions away: they stay in the journal.
func (u *unit) unrank(d *Dossier, to State, event, reason string) error {
	if err := u.giveBack(d, Returned, reason); err != nil {
		return err
	}
	before := d.State.French()
	if d.Rank > 0 {
		before += fmt.Sprintf(", rang %d", d.Rank)
	}
	d.Rank, d.CompleteAt = 0, zero
	d.anew()
	d.State = to
	u.changed(d)
	u.told(d, event, before, to.French(), reason)
	return nil
}
