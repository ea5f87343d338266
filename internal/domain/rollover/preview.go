package rollover

import (
	"context"
	"slices"
	"strings"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// Preview is what the preparation would come to, were the year to end as it stands.
type Preview struct {
	From, Name string
	Pupils     int // asked to re-register
	Households int
	Leaving    int // known and not asked
	Enrolled   int
	Levels     []LevelMove
	Adults     int // turn 18 before the day on which ages are counted
	Entering   []Entering
	TooOld     []string // who passes the age of the formula it is in
	Courses    int
	Incomplete int // copied without teacher, room or time
	Programmes int
	Papers     []PaperKept
	Unsettled  []string // what of the year still waits for someone
}

// LevelMove is how many pupils go from a level to the next.
type LevelMove struct {
	Now, Next school.Level
	Pupils    int
}

// Entering is how many pupils come to the levels at which their formula asks for more.
type Entering struct {
	Levels []string
	Asks   string // what
	Pupils int
}

// PaperKept is what becomes of a paper asked.
type PaperKept struct {
	Name     string
	Standing bool
	Kept     int
	Asked    int
}

// PreviewOf reads what the plan would come to.
func PreviewOf(ctx context.Context, r db.Reader, plan Plan) (Preview, error) {
	var v Preview
	from, err := current(ctx, r)
	if err != nil {
		return v, err
	}
	y, err := readYear(ctx, r, from)
	if err != nil {
		return v, err
	}
	plan = plan.Complete()
	v = y.preview(plan)
	v.From, v.Name = from.Name, plan.Season.Name
	v.Unsettled, err = enrolment.Unsettled(ctx, r, from.ID)
	return v, err
}

// year is what the school holds of the season that ends.
type yearHeld struct {
	season  school.Season
	pupils  []enrolment.InYear
	homes   map[string][]string // households by pupil
	debit   map[string]bool     // households that pay by direct debit
	held    map[document.Slot]bool
	offer   catalogue.Catalogue
	papers  []document.Paper
	without map[string]bool // courses to be completed
}

type pair struct {
	Pupil     string `db:"pupil_id"`
	Household string `db:"household_id"`
}

type slot struct {
	Household string `db:"household_id"`
	Pupil     string `db:"pupil_id"`
	Paper     string `db:"paper_code"`
}

func readYear(ctx context.Context, r db.Reader, from school.Season) (y yearHeld, err error) {
	y = yearHeld{season: from, homes: map[string][]string{}, debit: map[string]bool{}, held: map[document.Slot]bool{}}
	if y.pupils, err = enrolment.YearOf(ctx, r, from.ID); err != nil {
		return y, err
	}
	if y.offer, err = catalogue.Of(ctx, r, from.ID); err != nil {
		return y, err
	}
	if y.papers, err = document.Papers(ctx, r, from.ID); err != nil {
		return y, err
	}
	homes, err := db.All[pair](ctx, r, `select pupil_id, household_id from pupil_household order by pupil_id, household_id`)
	if err != nil {
		return y, err
	}
	for _, h := range homes {
		y.homes[h.Pupil] = append(y.homes[h.Pupil], h.Household)
	}
	debits, err := db.All[string](ctx, r, `select distinct h.household_id from household_payment_mean h join payment_mean m on m.code = h.mean where m.is_debit = true`)
	if err != nil {
		return y, err
	}
	for _, id := range debits {
		y.debit[id] = true
	}
	slots, err := db.All[slot](ctx, r, `select d.household_id, coalesce(d.pupil_id, '') as pupil_id, d.paper_code from deposit d
		join paper p on p.season_id = $1 and p.code = d.paper_code and p.validity = 'standing'
		where d.state = 'validated' and d.replaced_at is null`, from.ID)
	for _, s := range slots {
		y.held[document.Slot{Household: s.Household, Pupil: s.Pupil, Paper: s.Paper}] = true
	}
	return y, err
}

// levelIn is the level of the year that ends: as the family said, else what follows the year before.
func levelIn(p enrolment.InYear) school.Level {
	if p.Level != "" {
		return school.Level(p.Level)
	}
	return school.NextLevel(school.Level(p.LevelNow))
}

func (y yearHeld) preview(plan Plan) Preview {
	var v Preview
	homes := map[string]bool{}
	asked := map[string]bool{}
	moves := map[school.Level]int{}
	for _, p := range y.pupils {
		if p.Enrolled() {
			v.Enrolled++
		}
		if plan.OnlyEnrolled && !p.Enrolled() {
			v.Leaving++
			continue
		}
		v.Pupils++
		asked[p.Pupil] = true
		for _, h := range y.homes[p.Pupil] {
			homes[h] = true
		}
		if now := levelIn(p); now != "" {
			moves[now]++
		}
		if becomesAdult(p.BirthDate, y.season.AgesOn, plan.Season.AgesOn) {
			v.Adults++
		}
	}
	v.Households = len(homes)
	for _, l := range school.Levels {
		if moves[l] > 0 {
			v.Levels = append(v.Levels, LevelMove{l, school.NextLevel(l), moves[l]})
		}
	}
	y.rules(&v, plan, asked)
	y.copies(&v, plan)
	y.papersKept(&v, asked, homes)
	return v
}

func becomesAdult(birth, before, then string) bool {
	return birth != "" && then != "" && french.Age(birth, before) < 18 && french.Age(birth, then) >= 18
}

// rules counts those whose formula asks for more, or whom it no longer takes.
func (y yearHeld) rules(v *Preview, plan Plan, asked map[string]bool) {
	type line struct{ levels, asks string }
	counts, order := map[line]int{}, []line{}
	for _, p := range y.pupils {
		programme, ok := y.offer.Programme(p.Programme)
		if !ok || !asked[p.Pupil] || !p.Enrolled() {
			continue
		}
		now := levelIn(p)
		next := string(school.NextLevel(now))
		for _, l := range programme.Lines {
			if len(l.Levels) == 0 || l.Min == 0 || slices.Contains(l.Levels, string(now)) || !slices.Contains(l.Levels, next) {
				continue
			}
			key := line{next, l.Demand()}
			if counts[key] == 0 {
				order = append(order, key)
			}
			counts[key]++
		}
		if programme.AgeMax > 0 && p.BirthDate != "" && plan.Season.AgesOn != "" && int64(french.Age(p.BirthDate, plan.Season.AgesOn)) > programme.AgeMax {
			v.TooOld = append(v.TooOld, strings.TrimSpace(p.FirstName+" "+p.LastName))
		}
	}
	for _, key := range order {
		v.Entering = append(v.Entering, Entering{[]string{key.levels}, key.asks, counts[key]})
	}
	slices.SortFunc(v.TooOld, func(a, b string) int { return strings.Compare(french.Fold(a), french.Fold(b)) })
}

func (y yearHeld) copies(v *Preview, plan Plan) {
	if plan.Programmes {
		v.Programmes = len(y.offer.Programmes)
	}
	for _, c := range y.offer.Courses {
		if !plan.Courses || !c.CancelledAt.IsZero() {
			continue
		}
		v.Courses++
		if c.Teacher == "" || c.Room == "" || c.Slot() == "" {
			v.Incomplete++
		}
	}
}

func (y yearHeld) papersKept(v *Preview, pupils, homes map[string]bool) {
	for _, p := range y.papers {
		k := PaperKept{Name: p.Name, Standing: p.Validity == "standing"}
		count := func(household, pupil string) {
			switch {
			case p.Condition == "debit" && !y.debit[household], p.Condition == "on_paper":
			case k.Standing && y.held[document.Slot{Household: household, Pupil: pupil, Paper: p.Code}]:
				k.Kept++
			default:
				k.Asked++
			}
		}
		if p.Audience == document.OfHousehold {
			for h := range homes {
				count(h, "")
			}
		} else {
			for id := range pupils {
				for _, h := range y.homes[id] {
					count(h, id)
				}
			}
		}
		if p.Condition != "on_paper" {
			v.Papers = append(v.Papers, k)
		}
	}
}
