package catalogue

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

var opening = time.Date(2027, 6, 1, 6, 0, 0, 0, time.UTC)

// seeded holds two seasons and two poles, Sèvre before Loire on screens.
func seeded(t *testing.T, store *db.Store) {
	t.Helper()
	write(t, store, func(ctx context.Context, tx *db.Tx) error {
		for _, s := range []string{"2026", "2027"} {
			if _, err := tx.Exec(ctx, `insert into season (id, name, starts_on, ends_on, ages_on, campaign_opens_at, is_current, next_rank, next_number, moves)
				values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, s, s, s+"-09-13", s+"-06-30", s+"-12-31", opening, s == "2027", 1, 1, 0); err != nil {
				return err
			}
		}
		for i, s := range []Site{{"sevre", "Pôle Sèvre", "Vallet"}, {"loire", "Pôle Loire", "Le Loroux-Bottereau"}} {
			if _, err := tx.Exec(ctx, `insert into site (id, code, name, town, address, position) values ($1, $2, $3, $4, $5, $6)`,
				s.ID, s.ID, s.Name, s.Town, "", i+1); err != nil {
				return err
			}
		}
		return nil
	})
}

func write(t *testing.T, store *db.Store, f func(context.Context, *db.Tx) error) {
	t.Helper()
	ctx := context.Background()
	if err := store.Write(ctx, func(tx *db.Tx) error { return f(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
}

func offer(ctx context.Context, tx *db.Tx, season, course string, semesters ...int64) error {
	for _, s := range semesters {
		if _, err := tx.Exec(ctx, `insert into offering (id, course_id, season_id, semester, capacity, taken) values ($1, $2, $3, $4, $5, $6)`,
			db.NewID(), course, season, s, 10, 0); err != nil {
			return err
		}
	}
	return nil
}

func read(t *testing.T, store *db.Store, season string) Catalogue {
	t.Helper()
	c, err := Of(context.Background(), store, season)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seeded(t, store)
		want := smallSchool()
		want.Sites = []Site{{"sevre", "Pôle Sèvre", "Vallet"}, {"loire", "Pôle Loire", "Le Loroux-Bottereau"}}
		write(t, store, func(ctx context.Context, tx *db.Tx) error {
			for i, p := range want.Programmes {
				id, err := PutProgramme(ctx, tx, "2027", p)
				if err != nil {
					return err
				}
				want.Programmes[i].ID, want.Programmes[i].Version = id, 1
			}
			for i, x := range want.Courses {
				x.Code = x.ID
				x.CancelledAt = time.Time{}
				x.Discipline, x.Ends, x.Room, x.Teacher = "Découverte", "23:00", "Salle 2", "Yann Le Floc’h"
				id, err := PutCourse(ctx, tx, "2027", x)
				if err != nil {
					return err
				}
				x.ID, x.Version = id, 1
				if err := offer(ctx, tx, "2027", id, x.Semesters...); err != nil {
					return err
				}
				want.Courses[i] = x
			}
			return nil
		})
		byTitle(want.Courses)
		got := read(t, store, "2027")
		if !reflect.DeepEqual(got.Sites, want.Sites) {
			t.Errorf("sites: want %+v, got %+v", want.Sites, got.Sites)
		}
		if !reflect.DeepEqual(got.Programmes, want.Programmes) {
			t.Errorf("programmes: want %+v, got %+v", want.Programmes, got.Programmes)
		}
		if !reflect.DeepEqual(got.Courses, want.Courses) {
			t.Errorf("courses: want %+v, got %+v", want.Courses, got.Courses)
		}
		if other := read(t, store, "2026"); len(other.Programmes)+len(other.Courses) != 0 {
			t.Errorf("another season: want nothing, got %+v", other)
		}
	})
}

func TestCoursesComeInAReadersOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seeded(t, store)
		write(t, store, func(ctx context.Context, tx *db.Tx) error {
			for _, x := range []Course{
				{Code: "1", Title: "Violon"}, {Code: "2", Title: "Éveil musical", Weekday: 4, Starts: "09:00"}, {Code: "3", Title: "alto"},
				{Code: "4", Title: "Éveil musical", Weekday: 3, Starts: "17:00"}, {Code: "5", Title: "Éveil musical", Weekday: 3, Starts: "09:30"}, {Code: "6", Title: "Flûte"},
			} {
				x.Kind, x.SiteID = Instrument, "loire"
				if _, err := PutCourse(ctx, tx, "2027", x); err != nil {
					return err
				}
			}
			return nil
		})
		var got string
		for _, x := range read(t, store, "2027").Courses {
			got += x.Code
		}
		if want := "354261"; got != want {
			t.Errorf("order: want %s, got %s", want, got)
		}
	})
}

func TestPutAgainReplacesUnderTheSameID(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seeded(t, store)
		p := Programme{Code: "cursus", Title: "Cursus", Lines: []Line{{Kinds: []Kind{Instrument}, Min: 1, Max: 1}, {Kinds: []Kind{Pratique}, Min: 1, Max: 1}}}
		x := Course{Code: "P", Title: "Piano", Kind: Instrument, SiteID: "loire", Levels: []string{"CP"}, NoBeginner: true, Discipline: "Piano"}
		var ids [2][2]string
		put := func(i int) {
			write(t, store, func(ctx context.Context, tx *db.Tx) (err error) {
				if ids[i][0], err = PutProgramme(ctx, tx, "2027", p); err != nil {
					return err
				}
				ids[i][1], err = PutCourse(ctx, tx, "2027", x)
				return err
			})
		}
		put(0)
		p.Title, p.AgeMax, p.Levels = "Cursus instrumental", 17, []string{"CM2", "6e"}
		p.Lines = []Line{{Label: "Instrument", Kinds: []Kind{Instrument, Culture}, Min: 0, Max: Unbounded, Semester: 2, DistinctTitles: true, WithoutInstrument: true, Levels: []string{"6e"}}}
		x.Title, x.SiteID, x.Levels, x.NoBeginner, x.AgeMin = "Piano 2", "sevre", nil, false, 9
		put(1)
		if ids[0] != ids[1] || ids[0][0] == "" {
			t.Fatalf("ids: want the same, got %v", ids)
		}
		p.ID, x.ID = ids[0][0], ids[0][1]
		p.Version, x.Version = 2, 2 // who has an older one open is told
		got := read(t, store, "2027")
		if !reflect.DeepEqual(got.Programmes, []Programme{p}) {
			t.Errorf("programme: want %+v, got %+v", p, got.Programmes)
		}
		if !reflect.DeepEqual(got.Courses, []Course{x}) {
			t.Errorf("course: want %+v, got %+v", x, got.Courses)
		}
	})
}

func TestACancelledCourseIsReadAndNoLongerOffered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seeded(t, store)
		at := opening.Add(time.Hour)
		var id string
		write(t, store, func(ctx context.Context, tx *db.Tx) (err error) {
			if id, err = PutCourse(ctx, tx, "2027", Course{Code: "C", Title: "Cor", Kind: Instrument, SiteID: "loire"}); err != nil {
				return err
			}
			if err := offer(ctx, tx, "2027", id, 0); err != nil {
				return err
			}
			return Cancel(ctx, tx, id, at)
		})
		c := read(t, store, "2027")
		x, ok := c.Course(id)
		if !ok || !x.CancelledAt.Equal(at) || x.Eligible(Pupil{Age: 10}) {
			t.Errorf("want it read, cancelled at %v and for nobody; got %v %+v", at, ok, x)
		}
	})
}

func TestACourseOfAnUnknownKindIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		seeded(t, store)
		ctx := context.Background()
		err := store.Write(ctx, func(tx *db.Tx) error {
			_, err := PutCourse(ctx, tx, "2027", Course{Code: "C", Title: "Danse", Kind: "danse", SiteID: "loire"})
			return err
		})
		if err == nil {
			t.Error("want an error, got none")
		}
		undone := errors.New("undone")
		if err := store.Write(ctx, func(tx *db.Tx) error {
			if _, err := PutProgramme(ctx, tx, "2027", programmes5()[0]); err != nil {
				return err
			}
			return undone
		}); !errors.Is(err, undone) {
			t.Errorf("want %v, got %v", undone, err)
		}
		if c := read(t, store, "2027"); len(c.Courses)+len(c.Programmes) != 0 {
			t.Errorf("want nothing kept, got %+v", c)
		}
	})
}

func TestTeachers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.Store) {
		write(t, store, func(ctx context.Context, tx *db.Tx) error {
			ids := map[string]string{}
			for _, teacher := range []Teacher{
				{LastName: "Zirnheld", FirstName: "Ève"}, {LastName: "Étienne", FirstName: "Ana", Disciplines: "Alto"}, {LastName: "Drouet", FirstName: "Jean"},
				{LastName: "Étienne", FirstName: "Ana", Email: "ana@exemple.fr", Disciplines: "Alto, violon"}, // put again
			} {
				teacher.ID = ids[teacher.LastName]
				id, err := PutTeacher(ctx, tx, teacher)
				if err != nil {
					return err
				}
				ids[teacher.LastName] = id
			}
			return nil
		})
		got, err := Teachers(context.Background(), store)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			got[i].ID, got[i].Version = "", 0
		}
		want := []Teacher{{LastName: "Drouet", FirstName: "Jean"}, {LastName: "Étienne", FirstName: "Ana", Email: "ana@exemple.fr", Disciplines: "Alto, violon"}, {LastName: "Zirnheld", FirstName: "Ève"}}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("want %+v, got %+v", want, got)
		}
	})
}
