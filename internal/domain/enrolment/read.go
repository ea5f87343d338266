package enrolment

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// RequestView is a request as a screen shows it.
type RequestView struct {
	Request
	CourseID string
	Title    string
	Kind     catalogue.Kind
	Slot     string
	Semester int64
	Position int64 // in its list, from 1; 0 when it does not wait
}

// Standing is where the request stands in the words of R31: « place réservée »,
// « liste d’attente, n° 3 ».
func (v RequestView) Standing() string {
	if v.State == Waiting {
		return fmt.Sprintf("liste d’attente, n° %d", v.Position)
	}
	return v.State.French()
}

// FullTitle is the course with its semester.
func (v RequestView) FullTitle() string {
	return courseTitle(catalogue.Course{Title: v.Title}, v.Semester)
}

type requestRow struct {
	Request
	Position int64 `db:"position"`
}

const requestsWithPosition = `select ` + requestColumns + `,
	case when state = 'waiting' then (select count(*) from request o where o.offering_id = q.offering_id and o.state = 'waiting'
		and ((o.jumped > 0 and (q.jumped = 0 or o.jumped < q.jumped))
			or (o.jumped = q.jumped and (o.received_at < q.received_at or (o.received_at = q.received_at and o.seq < q.seq))))) + 1
	else 0 end as position
	from request q `

// RequestsOf returns the active requests of each dossier, in the order of its choice.
func RequestsOf(ctx context.Context, r db.Reader, c catalogue.Catalogue, dossiers ...string) (map[string][]RequestView, error) {
	rows, err := db.All[requestRow](ctx, r, requestsWithPosition+`where dossier_id in (select value from json_each(cast($1 as text)))
		and state in ('place', 'waiting', 'offered') order by dossier_id, line, seq`, db.IDs(dossiers))
	if err != nil {
		return nil, err
	}
	views := map[string][]RequestView{}
	for _, row := range rows {
		views[row.Dossier] = append(views[row.Dossier], viewOf(c, row.Request, row.Position))
	}
	return views, nil
}

func viewOf(c catalogue.Catalogue, r Request, position int64) RequestView {
	id, semester := splitOffering(r.Offering)
	course, _ := c.Course(id)
	return RequestView{Request: r, CourseID: id, Title: course.Title, Kind: course.Kind, Slot: course.Slot(), Semester: semester, Position: position}
}

// DossiersOf returns the dossiers of the household's pupils for the season, by
// pupil, those sent by another household included; fault.ErrNotFound unless the
// actor sees the household.
func DossiersOf(ctx context.Context, r db.Reader, a actor.Actor, household string) (map[string]Dossier, error) {
	if !a.Sees(household) {
		return nil, notFound("household", household)
	}
	rows, err := db.All[Dossier](ctx, r, `select `+prefixedColumns("d.", dossierColumns)+` from dossier d
		join pupil_household ph on ph.pupil_id = d.pupil_id join season s on s.id = d.season_id
		where ph.household_id = $1 and s.is_current = true`, household)
	if err != nil {
		return nil, err
	}
	byPupil := map[string]Dossier{}
	for _, d := range rows {
		if !a.Sees(d.Household) {
			d.hide()
		}
		byPupil[d.Pupil] = d
	}
	return byPupil, nil
}

// hide takes out what the pupil's other household may not read: it sees
// choices, rank and state.
func (d *Dossier) hide() { d.Note, d.Reason, d.AgreedBy, d.ConfirmedBy = "", "", "", "" }

// DossierByID returns a dossier for the office; fault.ErrForbidden for others.
func DossierByID(ctx context.Context, r db.Reader, a actor.Actor, id string) (Dossier, error) {
	if !a.IsOffice() && a.Role != actor.SystemRole {
		return Dossier{}, fault.ErrForbidden
	}
	return db.One[Dossier](ctx, r, `select `+dossierColumns+` from dossier where id = $1`, id)
}

// RanksGiven is the highest rank that the season has given: a rank lost since
// is counted, as it is never given again.
func RanksGiven(ctx context.Context, r db.Reader, season string) (int64, error) {
	return db.One[int64](ctx, r, `select next_rank - 1 from season where id = $1`, season)
}

// InLine is one request of an offering as the office reads its list.
type InLine struct {
	RequestView
	DossierNumber int64
	DossierState  State
	Rank          int64
	Household     string
	PupilID       string
	PupilName     string
	PupilFirst    string
	PupilLast     string
	OnPaperAt     time.Time
	Programme     string
}

type inLineRow struct {
	Request
	Position  int64     `db:"position"`
	Number    int64     `db:"number"`
	DState    State     `db:"dossier_state"`
	Rank      int64     `db:"rank"`
	Household string    `db:"household_id"`
	Pupil     string    `db:"pupil_id"`
	First     string    `db:"first_name"`
	Last      string    `db:"last_name"`
	OnPaperAt time.Time `db:"received_on_paper_at"`
	Programme string    `db:"programme_id"`
}

// LineOf returns who holds a place in the offering, who is offered one and who
// waits, in that order and in the order of the list.
func LineOf(ctx context.Context, r db.Reader, a actor.Actor, c catalogue.Catalogue, offering string) ([]InLine, error) {
	lines, err := LinesOf(ctx, r, a, c, offering)
	return lines[offering], err
}

// LinesOf is LineOf of several offerings, read at once.
func LinesOf(ctx context.Context, r db.Reader, a actor.Actor, c catalogue.Catalogue, offerings ...string) (map[string][]InLine, error) {
	if !a.IsOffice() {
		return nil, fault.ErrForbidden
	}
	rows, err := db.All[inLineRow](ctx, r, `select `+prefixedColumns("q.", requestColumns)+`, q.position, d.number, d.state as dossier_state,
			d.rank, d.household_id, d.pupil_id, p.first_name, p.last_name, d.received_on_paper_at, d.programme_id
		from (`+requestsWithPosition+`where offering_id in (select value from json_each(cast($1 as text))) and state in ('place', 'waiting', 'offered')) q
		join dossier d on d.id = q.dossier_id join pupil p on p.id = d.pupil_id
		order by q.offering_id, case q.state when 'place' then 0 when 'offered' then 1 else 2 end, q.position, q.received_at, q.seq`, db.IDs(offerings))
	if err != nil {
		return nil, err
	}
	lines := map[string][]InLine{}
	for _, row := range rows {
		lines[row.Offering] = append(lines[row.Offering], inLine(c, row))
	}
	return lines, nil
}

// OfferingsAskedBy returns, by programme, the offerings that the season's dossiers
// ask for; out of memory while nobody moves, and read only.
func OfferingsAskedBy(ctx context.Context, r db.Reader, season school.Season) (map[string][]string, error) {
	return db.Remember(ctx, r, askedKey{season.ID}, season.Moves, func(ctx context.Context) (map[string][]string, error) {
		type row struct {
			Programme string `db:"programme_id"`
			Offering  string `db:"offering_id"`
		}
		rows, err := db.All[row](ctx, r, `select distinct d.programme_id, q.offering_id from request q join dossier d on d.id = q.dossier_id
			where d.season_id = $1 and q.state in ('place', 'waiting', 'offered')`, season.ID)
		by := map[string][]string{}
		for _, x := range rows {
			by[x.Programme] = append(by[x.Programme], x.Offering)
		}
		return by, err
	})
}

type askedKey struct{ season string }

// RequestByID returns one request for the office.
func RequestByID(ctx context.Context, r db.Reader, a actor.Actor, id string) (Request, error) {
	if !a.IsOffice() {
		return Request{}, fault.ErrForbidden
	}
	return db.One[Request](ctx, r, `select `+requestColumns+` from request where id = $1`, id)
}

// Left is a dossier that a cancelled course has left.
type Left struct {
	InLine
	Waited      bool // it waited for a place; else it had one, or was offered one
	ChosenAgain bool // the course is no longer in its choice
}

// LeftBy returns whose requests for the offering ended as its course was
// cancelled, those with a place first, each in the order of asking.
func LeftBy(ctx context.Context, r db.Reader, a actor.Actor, course catalogue.Course, semester int64) ([]Left, error) {
	if !a.IsOffice() {
		return nil, fault.ErrForbidden
	}
	type row struct {
		inLineRow
		Has bool `db:"has"`
	}
	rows, err := db.All[row](ctx, r, `select `+prefixedColumns("q.", requestColumns)+`, 0 as position, d.number, d.state as dossier_state,
			d.rank, d.household_id, d.pupil_id, p.first_name, p.last_name, d.received_on_paper_at, d.programme_id, d.choice like $1 as has
		from request q join dossier d on d.id = q.dossier_id join pupil p on p.id = d.pupil_id
		where q.offering_id = $2 and q.decided_at = $3 and q.state in ('returned', 'ended')
		order by case q.state when 'returned' then 0 else 1 end, q.received_at, q.seq`,
		"%"+course.ID+"%", OfferingID(course.ID, semester), course.CancelledAt)
	if err != nil {
		return nil, err
	}
	var all []Left
	for _, one := range rows {
		all = append(all, Left{inLine(catalogue.Catalogue{Courses: []catalogue.Course{course}}, one.inLineRow), one.State == Ended, !one.Has})
	}
	return all, nil
}

func inLine(c catalogue.Catalogue, row inLineRow) InLine {
	return inLineOf(viewOf(c, row.Request, row.Position), row)
}

func inLineOf(view RequestView, row inLineRow) InLine {
	return InLine{
		RequestView: view, DossierNumber: row.Number, DossierState: row.DState, Rank: row.Rank,
		Household: row.Household, PupilID: row.Pupil, PupilName: row.First + " " + row.Last, PupilFirst: row.First, PupilLast: row.Last, OnPaperAt: row.OnPaperAt, Programme: row.Programme,
	}
}

func offerOf(ctx context.Context, r db.Reader, row Request) (Offer, error) {
	var o Offer
	d, err := db.One[Dossier](ctx, r, `select `+dossierColumns+` from dossier where id = $1`, row.Dossier)
	if err != nil {
		return o, err
	}
	c, err := catalogue.Of(ctx, r, d.Season)
	if err != nil {
		return o, err
	}
	p, _, err := people.PupilOf(ctx, r, actor.System, d.Pupil)
	if err != nil {
		return o, err
	}
	id, semester := splitOffering(row.Offering)
	course, _ := c.Course(id)
	requests, err := RequestsOf(ctx, r, c, d.ID)
	if err != nil {
		return o, err
	}
	o = Offer{
		Request: row, Dossier: d, PupilFirst: p.FirstName, PupilName: p.FullName(), Course: course.Title, Slot: course.Slot(),
		Teacher: course.Teacher, Site: c.SiteName(course.SiteID), Semester: semester,
		Answered: row.State != Offered, AnsweredWith: row.State,
	}
	for _, v := range requests[d.ID] {
		if v.ID != row.ID {
			o.Kept = append(o.Kept, v)
		}
	}
	return o, nil
}

// CoursesReaders counts the pupils enrolled in the season, whose families read
// their courses once these are published (R19).
func CoursesReaders(ctx context.Context, r db.Reader, season string) (int64, error) {
	return db.One[int64](ctx, r, `select count(*) from dossier where season_id = $1 and state = 'enrolled'`, season)
}
