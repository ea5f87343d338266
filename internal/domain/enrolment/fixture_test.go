package enrolment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

var office = actor.Actor{Account: "a-martin", Name: "Mme Martin", Role: actor.Secretary}

// tb is what a *testing.T, a *testing.B and a *rapid.T can do.
type tb interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// paris reads « 2006-01-02 15:04 » as it is said in Paris.
func paris(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Paris)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// world is a small school in the middle of its campaign, in a season of its own.
type world struct {
	tb
	ctx        context.Context
	store      *db.Store
	clock      *clock.Moved
	reg        *Registrar
	season     school.Season
	text       string
	sites      map[string]string
	programmes map[string]string
	courses    map[string]string
}

// family is a household with its account and its pupils by first name.
type family struct {
	actor.Actor
	pupils map[string]string
}

var worlds int

// newWorld seeds a season whose campaign runs from 1 to 20 June 2027; it is
// Saturday 5 June, ten o'clock.
func newWorld(t tb, store *db.Store) *world {
	t.Helper()
	worlds++
	w := &world{
		tb: t, ctx: context.Background(), store: store, clock: clock.At(paris("2027-06-05 10:00")),
		sites: map[string]string{}, programmes: map[string]string{}, courses: map[string]string{},
	}
	w.season = school.Season{
		ID: db.NewID(), Name: fmt.Sprintf("2027-2028, n° %d", worlds), StartsOn: "2027-09-01", EndsOn: "2028-07-05", AgesOn: "2027-12-31",
		OpensAt: paris("2027-06-01 08:00"), ClosesAt: paris("2027-06-20 20:00"), PartialReleaseAt: paris("2027-07-20 12:00"), ListsEndAt: paris("2027-10-15 12:00"),
	}
	w.write(w.seed)
	text, err := school.LatestText(w.ctx, store, school.TextRules)
	w.must(err)
	w.text = text.ID
	w.start()
	return w
}

func (w *world) start() { w.reg = NewRegistrar(w.store, w.clock) }

func (w *world) stop() { w.reg.Close() }

func (w *world) write(f func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	w.must(w.store.Write(w.ctx, func(tx *db.Tx) error { return f(w.ctx, tx) }))
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) seed(ctx context.Context, tx *db.Tx) error {
	now := w.clock.Now()
	steps := []error{
		school.Put(ctx, tx, school.School{Name: "École de musique", ShortName: "L’école", Phone: "0240000000", Email: "ecole@example.org", Recovery: school.RecoverByPassword,
			PasswordMin: 8, PasswordMax: 20, SessionMinutes: 60, PaperDays: 7, OfferDays: 3, QuietFrom: 20, QuietUntil: 8, RankShown: true, Accessibility: "non conforme"}),
		school.PutSeason(ctx, tx, w.season),
		school.PutPaymentMean(ctx, tx, school.PaymentMean{Code: "cheque", Name: "chèques", Position: 1}),
		school.PutPaymentMean(ctx, tx, school.PaymentMean{Code: "debit", Name: "prélèvement bancaire", IsDebit: true, Position: 2}),
		school.PutBillingMode(ctx, tx, school.BillingMode{Code: 1, Name: "En 1 fois"}),
		school.AddText(ctx, tx, now, school.Text{Kind: school.TextRules, Version: "1", Title: "Règlement", Body: "Soyez à l’heure."}),
		document.PutPaper(ctx, tx, w.season.ID, document.Paper{Code: "qf", Name: "Attestation Quotient Familial", Audience: document.OfHousehold, Validity: "season", Consequence: "le tarif maximal sera appliqué", Position: 1}),
		document.PutPaper(ctx, tx, w.season.ID, document.Paper{Code: "rib", Name: "RIB", Audience: document.OfHousehold, Required: true, Condition: "debit", Validity: "standing", Position: 2}),
		document.PutPaper(ctx, tx, w.season.ID, document.Paper{Code: "assurance", Name: "Assurance scolaire", Audience: document.OfPupil, Required: true, Validity: "season", Position: 3}),
		document.PutPaper(ctx, tx, w.season.ID, document.Paper{Code: "formulaire", Name: "Formulaire pédagogique", Audience: document.OfPupil, Required: true, Condition: "on_paper", Validity: "season", Position: 4}),
	}
	if err := errors.Join(steps...); err != nil {
		return err
	}
	for i, code := range []string{"loire", "sevre"} {
		id, err := school.PutSite(ctx, tx, school.Site{Code: code, Name: "Pôle " + code, Position: int64(i)})
		if err != nil {
			return err
		}
		w.sites[code] = id
	}
	for i, p := range []catalogue.Programme{
		{Code: "eveil", Title: "Éveil musical", Lines: []catalogue.Line{{Kinds: []catalogue.Kind{catalogue.Eveil}, Min: 1, Max: 1}}},
		{Code: "cursus", Title: "Cursus", Lines: []catalogue.Line{
			{Kinds: []catalogue.Kind{catalogue.Instrument}, Min: 1, Max: 1}, {Kinds: []catalogue.Kind{catalogue.Pratique}, Min: 1, Max: 1}}},
		{Code: "parcours", Title: "Parcours découverte", Lines: []catalogue.Line{
			{Kinds: []catalogue.Kind{catalogue.Parcours}, Min: 1, Max: 1, Semester: 1, DistinctTitles: true},
			{Kinds: []catalogue.Kind{catalogue.Parcours}, Min: 1, Max: 1, Semester: 2, DistinctTitles: true}}},
		{Code: "seules", Title: "Pratiques seules", Lines: []catalogue.Line{{Kinds: []catalogue.Kind{catalogue.Pratique}, Min: 1, Max: catalogue.Unbounded, WithoutInstrument: true}}},
	} {
		p.Position = int64(i)
		id, err := catalogue.PutProgramme(ctx, tx, w.season.ID, p)
		if err != nil {
			return err
		}
		w.programmes[p.Code] = id
	}
	for _, c := range []struct {
		code      string
		kind      catalogue.Kind
		site      string
		places    int64
		semesters []int64
	}{
		{"jardin", catalogue.Eveil, "loire", 1, []int64{0}},
		{"comptines", catalogue.Eveil, "loire", 2, []int64{0}},
		{"piano", catalogue.Instrument, "loire", 2, []int64{0}},
		{"alto", catalogue.Instrument, "loire", 1, []int64{0}},
		{"choeur", catalogue.Pratique, "loire", 2, []int64{0}},
		{"orchestre", catalogue.Pratique, "loire", 1, []int64{0}},
		{"cordes", catalogue.Parcours, "loire", 1, []int64{1, 2}},
		{"vents", catalogue.Parcours, "loire", 1, []int64{1, 2}},
		{"flute", catalogue.Instrument, "sevre", 2, []int64{0}},
	} {
		if _, err := w.course(ctx, tx, c.code, c.kind, c.site, c.places, c.semesters...); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) course(ctx context.Context, tx *db.Tx, code string, kind catalogue.Kind, site string, places int64, semesters ...int64) (string, error) {
	id, err := catalogue.PutCourse(ctx, tx, w.season.ID, catalogue.Course{Code: code, Title: "Cours " + code, Kind: kind, SiteID: w.sites[site], WithoutInstrument: kind == catalogue.Pratique})
	w.courses[code] = id
	for _, s := range semesters {
		err = errors.Join(err, PutOffering(ctx, tx, w.season.ID, id, s, places))
	}
	return id, err
}

// family makes a household that pays by cheque, with everything yellow filled in.
func (w *world) family(name string, pupils ...string) family {
	w.Helper()
	f := newFamily(name)
	w.write(func(ctx context.Context, tx *db.Tx) error {
		return w.putFamily(ctx, tx, f, name, pupils...)
	})
	return f
}

func newFamily(name string) family {
	return family{actor.Actor{Account: "a-" + name, Name: "Mme " + name, Role: actor.Family, Household: db.NewID()}, map[string]string{}}
}

func (w *world) putFamily(ctx context.Context, tx *db.Tx, f family, name string, pupils ...string) error {
	now := w.clock.Now()
	if err := people.PutHousehold(ctx, tx, now, people.Household{ID: f.Household, Address: "1 rue Haute", Postcode: "44430", Town: "Le Landreau", BillingMode: 1,
		Guardians: []people.Guardian{{ID: db.NewID(), HouseholdID: f.Household, LastName: name, FirstName: "Anne", Email: strings.ToLower(name) + "@example.org", Mobile: "0600000000"}},
	}); err != nil {
		return err
	}
	if err := means("cheque")(f)(ctx, tx); err != nil {
		return err
	}
	for _, first := range pupils {
		id := db.NewID()
		f.pupils[first] = id
		if err := people.PutPupil(ctx, tx, now, people.Pupil{ID: id, LastName: name, FirstName: first, BirthDate: "2017-03-04"}, []string{f.Household}, nil); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `insert into pupil_season (pupil_id, season_id, level, image_right, image_answered_by, beginner)
			values ($1, $2, 'CM1', 'yes', $3, 'no')`, id, w.season.ID, f.Name); err != nil {
			return err
		}
	}
	return nil
}

// means sets how the household pays.
func means(codes ...string) func(f family) func(ctx context.Context, tx *db.Tx) error {
	return func(f family) func(ctx context.Context, tx *db.Tx) error {
		return func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `delete from household_payment_mean where household_id = $1`, f.Household)
			for _, c := range codes {
				_, again := tx.Exec(ctx, `insert into household_payment_mean (household_id, mean) values ($1, $2)`, f.Household, c)
				err = errors.Join(err, again)
			}
			return err
		}
	}
}

// asks puts a paper in place of the season's of that code, as an import does.
func (w *world) asks(paper document.Paper) (followed Followed) {
	w.Helper()
	w.write(func(ctx context.Context, tx *db.Tx) (err error) {
		followed, err = Following(ctx, tx, office, w.clock.Now(), func() error { return document.PutPaper(ctx, tx, w.season.ID, paper) })
		return err
	})
	return followed
}

// wishes reads « piano choeur », or « cordes/1 vents/2 ».
func (w *world) wishes(courses string) Choice {
	w.Helper()
	var all Choice
	for _, word := range strings.Fields(courses) {
		code, semester := splitOffering(word)
		id := w.courses[code]
		if id == "" {
			w.Fatalf("no course %q", code)
		}
		all = append(all, catalogue.Wish{Course: id, Semester: semester})
	}
	return all
}

func (w *world) offering(course string) string {
	c := w.wishes(course)
	return OfferingID(c[0].Course, c[0].Semester)
}

func (w *world) choice(f family, pupil, programme, courses string) NewChoice {
	return NewChoice{Pupil: f.pupils[pupil], Programme: w.programmes[programme], Site: w.sites["loire"], Wishes: w.wishes(courses)}
}

// prepare drafts the pupil's choice and ticks the box.
func (w *world) prepare(f family, pupil, programme, courses string) {
	w.Helper()
	yes, choice := true, w.choice(f, pupil, programme, courses)
	w.must(SaveDraft(w.ctx, w.store, w.clock, f.Actor, f.pupils[pupil], DraftStep{Administrative: &yes, Choice: &choice}))
}

// deposit hands in a paper: « assurance » of a pupil, or « qf » of the household ("").
func (w *world) deposit(f family, pupil, paper string) string {
	w.Helper()
	id, err := w.reg.Deposit(w.ctx, f.Actor, w.paper(f, pupil, paper))
	w.must(err)
	return id
}

func (w *world) paper(f family, pupil, paper string) Deposit {
	return Deposit{Household: f.Household, Pupil: f.pupils[pupil], Paper: paper, File: document.File{Name: paper + ".pdf", BlobKey: db.NewID(), MediaType: "application/pdf", Size: 1, Pages: 1}}
}

// send is « Valider » for the pupils in that order, expected to be accepted.
func (w *world) send(f family, pupils ...string) {
	w.Helper()
	for _, o := range w.submit(f, pupils...) {
		w.must(o.Err)
	}
}

func (w *world) submit(f family, pupils ...string) []Outcome {
	w.Helper()
	outcomes, err := w.reg.Submit(w.ctx, f.Actor, w.submission(f, pupils...))
	w.must(err)
	return outcomes
}

func (w *world) submission(f family, pupils ...string) Submission {
	s := Submission{Text: w.text, Agreed: true}
	for _, p := range pupils {
		s.Pupils = append(s.Pupils, f.pupils[p])
	}
	return s
}

// sent is a family of one pupil, Léo, whose complete dossier is sent a minute later.
func (w *world) sent(name, programme, courses string) family {
	w.Helper()
	f := w.family(name, "Léo")
	w.prepare(f, "Léo", programme, courses)
	w.deposit(f, "Léo", "assurance")
	w.clock.Add(time.Minute)
	w.send(f, "Léo")
	return f
}

// review opens the current deposit of the paper, as the office does.
func (w *world) review(f family, pupil, paper, reason string) Review {
	w.Helper()
	held, err := document.HeldBy(w.ctx, w.store, w.season.ID, f.Household)
	w.must(err)
	d, ok := held[document.Slot{Household: f.Household, Pupil: f.pupils[pupil], Paper: paper}]
	if !ok {
		w.Fatalf("no deposit of %s", paper)
	}
	return Review{Deposit: d.ID, Version: d.Version, Reason: reason}
}

func (w *world) validate(f family, pupil, paper string) {
	w.Helper()
	w.must(w.reg.Validate(w.ctx, office, w.review(f, pupil, paper, "")))
}

func (w *world) refuse(f family, pupil, paper string) {
	w.Helper()
	w.must(w.reg.Refuse(w.ctx, office, w.review(f, pupil, paper, "illisible")))
}

func (w *world) dossier(f family, pupil string) Dossier {
	w.Helper()
	d, err := db.One[Dossier](w.ctx, w.store, `select `+dossierColumns+` from dossier where season_id = $1 and pupil_id = $2`, w.season.ID, f.pupils[pupil])
	w.must(err)
	return d
}

// requests returns the dossier's requests by course, ended ones too; the last of each.
// version is that of the pupil as it is stored.
func (w *world) version(f family, pupil string) int64 {
	w.Helper()
	p, _, err := people.PupilOf(w.ctx, w.store, office, f.pupils[pupil])
	w.must(err)
	return p.Version
}

func (w *world) requests(f family, pupil string) map[string]Request {
	w.Helper()
	rows, err := db.All[Request](w.ctx, w.store, `select `+requestColumns+` from request where dossier_id = $1 order by seq`, w.dossier(f, pupil).ID)
	w.must(err)
	all := map[string]Request{}
	for _, r := range rows {
		all[w.named(r.Offering)] = r
	}
	return all
}

// named is the offering as the tests call it: « piano », « cordes/1 ».
func (w *world) named(offering string) string {
	id, semester := splitOffering(offering)
	for code, course := range w.courses {
		if course == id && semester == 0 {
			return code
		} else if course == id {
			return fmt.Sprintf("%s/%d", code, semester)
		}
	}
	return offering
}

// stands writes how the dossier stands: « complete n° 2: choeur place, piano waiting 1 ».
func (w *world) stands(f family, pupil string) string {
	w.Helper()
	d := w.dossier(f, pupil)
	c, err := catalogue.Of(w.ctx, w.store, w.season.ID)
	w.must(err)
	views, err := RequestsOf(w.ctx, w.store, c, d.ID)
	w.must(err)
	out := string(d.State)
	if d.Rank > 0 {
		out += fmt.Sprintf(" n° %d", d.Rank)
	}
	var parts []string
	for _, v := range views[d.ID] {
		part := w.named(v.Offering) + " " + string(v.State)
		if v.State == Waiting {
			part += fmt.Sprintf(" %d", v.Position)
		}
		parts = append(parts, part)
	}
	slices.Sort(parts)
	if len(parts) > 0 {
		out += ": " + strings.Join(parts, ", ")
	}
	return out
}

func (w *world) wantStands(f family, pupil, want string) {
	w.Helper()
	if got := w.stands(f, pupil); got != want {
		w.Errorf("%s of %s: want %q, got %q", pupil, f.Name, want, got)
	}
}

// mail is one mail enqueued, with what it tells.
type mail struct {
	Kind     string    `db:"kind"`
	Event    string    `db:"event_key"`
	To       string    `db:"recipient"`
	Leaves   time.Time `db:"leaves_at"`
	ArgsText string    `db:"args"`
	Secret   string    `db:"secret"`
}

// mails returns the kinds of mail written to the household, in the order they were enqueued.
func (w *world) mails(f family) []mail {
	w.Helper()
	all, err := db.All[mail](w.ctx, w.store, `select m.kind, m.event_key, m.recipient, m.leaves_at, j.args, j.secret from outgoing_mail m
		join job j on j.key = 'mail:' || m.id where m.household_id = $1 order by m.id`, f.Household)
	w.must(err)
	return all
}

func (w *world) wantMails(f family, want ...string) {
	w.Helper()
	var got []string
	for _, m := range w.mails(f) {
		got = append(got, m.Kind)
	}
	if !slices.Equal(got, want) {
		w.Errorf("mails to %s: want %v, got %v", f.Name, want, got)
	}
}

func (w *world) lastMail(f family) mail {
	w.Helper()
	all := w.mails(f)
	if len(all) == 0 {
		w.Fatalf("no mail to %s", f.Name)
	}
	return all[len(all)-1]
}

// wantRefused expects a fault.Invalid or fault.Conflict that says the words.
func wantRefused(t tb, err error, words string) {
	t.Helper()
	var invalid *fault.Invalid
	var conflict *fault.Conflict
	if !errors.As(err, &invalid) && !errors.As(err, &conflict) {
		t.Errorf("want a refusal that says %q, got %v", words, err)
	} else if !strings.Contains(err.Error(), words) {
		t.Errorf("want a refusal that says %q, got %q", words, err)
	}
}

// wantSound checks what must hold in the database at any moment.
func (w *world) wantSound() {
	w.Helper()
	board, err := BoardOf(w.ctx, w.store, w.season.ID)
	w.must(err)
	if err := board.Check(); err != nil {
		w.Errorf("the board: %v", err)
	}
	type ranked struct {
		After string    `db:"after"`
		At    time.Time `db:"at"`
	}
	lines, err := db.All[ranked](w.ctx, w.store, `select j.after, j.at from journal j join dossier d on d.id = j.dossier_id
		where j.event = 'dossier.ranked' and d.season_id = $1 order by j.at, j.id`, w.season.ID)
	w.must(err)
	for i, line := range lines {
		if want := fmt.Sprintf("rang %d", i+1); line.After != want {
			w.Errorf("line %d of the ranks given: want %q, got %q", i+1, want, line.After)
		}
	}
	dossiers, err := db.All[Dossier](w.ctx, w.store, `select `+dossierColumns+` from dossier where season_id = $1 order by rank`, w.season.ID)
	w.must(err)
	active, err := db.All[string](w.ctx, w.store, `select distinct q.dossier_id from request q join dossier d on d.id = q.dossier_id
		where d.season_id = $1 and q.state in ('place', 'waiting', 'offered')`, w.season.ID)
	w.must(err)
	var last time.Time
	for _, d := range dossiers {
		switch {
		case (d.Rank > 0) != d.State.Ranked() || (d.Rank > 0) == d.CompleteAt.IsZero():
			w.Errorf("%s is %s with rank %d, complete at %v", d.Label(), d.State, d.Rank, d.CompleteAt)
		case d.Rank > 0 && !d.CompleteAt.After(last):
			w.Errorf("%s, rank %d, is complete at %v, not after the rank before at %v", d.Label(), d.Rank, d.CompleteAt, last)
		case d.Rank == 0 && slices.Contains(active, d.ID):
			w.Errorf("%s has no rank and holds requests", d.Label())
		case (d.State == PaperRefused) == d.HoldUntil.IsZero():
			w.Errorf("%s is %s with a delay to %v", d.Label(), d.State, d.HoldUntil)
		}
		if d.Rank > 0 {
			last = d.CompleteAt
		}
	}
	w.wantDesks(dossiers)
}

// wantAgain checks whether each family must choose again for Léo.
func (w *world) wantAgain(want bool, families ...family) {
	w.Helper()
	for _, f := range families {
		stored := w.dossier(f, "Léo").ChooseAgain
		v, err := RegistrationOf(w.ctx, w.store, f.Actor, f.pupils["Léo"])
		w.must(err)
		if stored != want || v.MustChooseAgain() != want {
			w.Errorf("%s must choose again: want %v, stored %v, shown %v", f.Name, want, stored, v.MustChooseAgain())
		}
	}
}

// wantDesks compares the desk stored of each dossier with the one judged anew,
// on all that is stored.
func (w *world) wantDesks(stored []Dossier) {
	w.Helper()
	undone := errors.New("only judged")
	err := w.store.Write(w.ctx, func(tx *db.Tx) error {
		u, err := newUnit(w.ctx, tx, seasonLock{ID: w.season.ID}, memory{})
		if err != nil {
			return err
		}
		for _, d := range stored {
			anew, err := u.dossier(d.ID)
			if err != nil {
				return err
			}
			desk, err := u.judgeDesk(anew)
			if err != nil {
				return err
			}
			if desk != d.Desk {
				w.Errorf("%s, %s, is stored as %q, judged anew as %q", d.Label(), d.State, d.Desk, desk)
			}
			if again, err := u.judgeAgain(anew); err != nil || again != d.ChooseAgain {
				w.Errorf("%s, %s, to choose again is stored as %v, judged anew as %v, %v", d.Label(), d.State, d.ChooseAgain, again, err)
			}
		}
		return undone
	})
	if !errors.Is(err, undone) {
		w.Errorf("judge the desks anew: %v", err)
	}
}

type act struct {
	says string
	test func(w *world)
}
