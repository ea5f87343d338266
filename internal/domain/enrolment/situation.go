package enrolment

import (
	"context"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// Situation is the real places of a season, and who asks for them: what a dry
// run starts from.
type Situation struct {
	Board *Board
	Line  map[string]InLine // every active request, by id; Position is not set
	Turns map[string]Turn   // of each request's dossier
}

type situated struct {
	inLineRow
	CompleteAt time.Time `db:"complete_at"`
}

// SituationOf reads the season's active requests, all at once.
func SituationOf(ctx context.Context, r db.Reader, a actor.Actor, c catalogue.Catalogue, season string) (s Situation, err error) {
	if !a.IsOffice() {
		return s, fault.ErrForbidden
	}
	s = Situation{&Board{Offerings: map[string]*Offering{}, Requests: map[string]*Asked{}}, map[string]InLine{}, map[string]Turn{}}
	offerings, err := db.All[offeringRow](ctx, r, offeringsOf, season)
	if err != nil {
		return s, err
	}
	for _, o := range offerings {
		s.Board.Offerings[o.ID] = &Offering{Capacity: o.Capacity, Taken: o.Taken, Closed: o.Closed}
	}
	rows, err := db.All[situated](ctx, r, `select `+prefixedColumns("q.", requestColumns)+`, 0 as position, d.number, d.state as dossier_state,
			d.rank, d.household_id, d.pupil_id, p.first_name, p.last_name, d.received_on_paper_at, d.programme_id, d.complete_at
		from request q join dossier d on d.id = q.dossier_id join pupil p on p.id = d.pupil_id
		where d.season_id = $1 and q.state in ('place', 'waiting', 'offered') order by q.seq`, season)
	if err != nil {
		return s, err
	}
	titles := map[string]RequestView{} // of each offering: a course is searched once
	for _, row := range rows {
		s.Board.hold(row.Request)
		view, known := titles[row.Offering]
		if !known {
			view = viewOf(c, row.Request, 0)
			titles[row.Offering] = view
		}
		view.Request = row.Request
		s.Line[row.ID] = inLineOf(view, row.inLineRow)
		s.Turns[row.ID] = turnOf(row.OnPaperAt, row.CompleteAt, row.Rank)
	}
	return s, nil
}

func turnOf(onPaper, complete time.Time, rank int64) Turn {
	if !onPaper.IsZero() {
		complete = onPaper
	}
	return Turn{complete, rank}
}

// Totals is what a board comes to.
type Totals struct {
	Held, Waiting int64 // requests
	Whole         int64 // dossiers of which no request waits
	ManyDays      int64 // families whose places are on two days a week or more
}

// TotalsOf counts a board of the situation: the real one, or a dry run's.
func (s Situation) TotalsOf(b *Board, c catalogue.Catalogue) (t Totals) {
	weekday := map[string]int64{}
	for _, course := range c.Courses {
		weekday[course.ID] = course.Weekday
	}
	waits, days, many := map[string]bool{}, map[string]int64{}, map[string]bool{}
	for id, l := range s.Line {
		if !b.Requests[id].State.holds() {
			t.Waiting++
			waits[l.Dossier] = true
			continue
		}
		t.Held++
		if !waits[l.Dossier] {
			waits[l.Dossier] = false
		}
		switch day := weekday[l.CourseID]; {
		case day == 0:
		case days[l.Household] == 0:
			days[l.Household] = day
		case days[l.Household] != day:
			many[l.Household] = true
		}
	}
	for _, one := range waits {
		if !one {
			t.Whole++
		}
	}
	t.ManyDays = int64(len(many))
	return t
}

// PlacesOn is how every offering stands on a board of the situation.
func (s Situation) PlacesOn(b *Board) map[string]Places {
	all := make(map[string]Places, len(b.Offerings))
	for id, o := range b.Offerings {
		course, semester := splitOffering(id)
		all[id] = Places{Offering: id, Course: course, Semester: semester, Capacity: o.Capacity, Taken: o.Taken, Waiting: int64(len(o.Queue))}
	}
	for id, l := range s.Line {
		p := all[l.Offering]
		switch b.Requests[id].State {
		case Offered:
			p.Offered++
		case Place:
			if l.DossierState == Enrolled {
				p.Confirmed++
			}
		}
		all[l.Offering] = p
	}
	return all
}
