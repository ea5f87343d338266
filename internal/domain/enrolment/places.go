package enrolment

import (
	"context"

	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
)

// Places is how an offering stands.
type Places struct {
	Offering  string `db:"id"`
	Course    string `db:"course_id"`
	Semester  int64  `db:"semester"`
	Capacity  int64  `db:"capacity"`
	Taken     int64  `db:"taken"`     // given or on offer
	Confirmed int64  `db:"confirmed"` // of dossiers « inscrit »
	Offered   int64  `db:"offered"`
	Waiting   int64  `db:"waiting"`
}

// Left is how many places a new request would find: none while others wait.
func (p Places) Left() int64 { return p.Capacity - p.Taken }

// PlacesNow is PlacesOf, out of memory while nobody moves (school.Season.Moves);
// season has just been read. What is returned is read only.
func PlacesNow(ctx context.Context, r db.Reader, season school.Season) (map[string]Places, error) {
	return db.Remember(ctx, r, placesKey{season.ID}, season.Moves, func(ctx context.Context) (map[string]Places, error) { return PlacesOf(ctx, r, season.ID) })
}

type placesKey struct{ season string }

// PlacesLeft is PlacesNow without Confirmed and Offered, which a family is not
// told: in the opening minute, when each page finds that somebody has moved, it
// counts those who wait and nobody else.
func PlacesLeft(ctx context.Context, r db.Reader, season school.Season) (map[string]Places, error) {
	return db.Remember(ctx, r, leftKey{season.ID}, season.Moves, func(ctx context.Context) (map[string]Places, error) {
		return placesBy(ctx, r, `select o.id, o.course_id, o.semester, o.capacity, o.taken, 0 as confirmed, 0 as offered,
				(select count(*) from request q where q.offering_id = o.id and q.state = 'waiting') as waiting
			from offering o where o.season_id = $1`, season.ID)
	})
}

type leftKey struct{ season string }

// PlacesOf returns every offering of the season, by offering id.
func PlacesOf(ctx context.Context, r db.Reader, season string) (map[string]Places, error) {
	return placesBy(ctx, r, `select o.id, o.course_id, o.semester, o.capacity, o.taken,
			coalesce(n.confirmed, 0) as confirmed, coalesce(n.offered, 0) as offered, coalesce(n.waiting, 0) as waiting
		from offering o left join (
			select q.offering_id,
				count(*) filter (where q.state = 'place' and d.state = 'enrolled') as confirmed,
				count(*) filter (where q.state = 'offered') as offered,
				count(*) filter (where q.state = 'waiting') as waiting
			from request q join dossier d on d.id = q.dossier_id
			where d.season_id = $1 and q.state in ('place', 'waiting', 'offered')
			group by q.offering_id) n on n.offering_id = o.id
		where o.season_id = $1`, season)
}

func placesBy(ctx context.Context, r db.Reader, text, season string) (map[string]Places, error) {
	rows, err := db.All[Places](ctx, r, text, season)
	if err != nil {
		return nil, err
	}
	all := map[string]Places{}
	for _, p := range rows {
		all[p.Offering] = p
	}
	return all, nil
}
