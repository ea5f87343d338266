package enrolment

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// PublicationDelay is how long the mails of a publication wait at least: until
// they leave, it can be undone.
const PublicationDelay = 10 * time.Minute

// MailsLeave is when the mails of a publication made now leave (quiet hours).
func MailsLeave(now time.Time, s school.School) time.Time {
	return school.QuietHours(now.Add(PublicationDelay), s)
}

// Publication applies a scenario. Shown is what the page said it would do.
type Publication struct {
	Scenario string
	Version  int64
	Shown    []Step
	Reason   string // compulsory when a step serves somebody out of order
}

// Publish does, in one act, what the scenario's dry run shows: it opens the
// places and offers them. Places given or offered stay (Board.Rehearse). It is
// refused, naming what differs, when what it would do now is not what was shown.
func (r *Registrar) Publish(ctx context.Context, a actor.Actor, in Publication) (done Published, err error) {
	err = r.submit(ctx, a, func(u *unit) error {
		s, steps, err := u.toPublish(in)
		if err != nil {
			return err
		}
		if err := u.readOffered(steps); err != nil {
			return err
		}
		u.offers = offers{days: s.Days, wait: PublicationDelay}
		done = Published{LeavesAt: MailsLeave(u.at, u.school), Steps: steps}
		for _, step := range steps {
			if err := u.publish(step, s, in.Reason); err != nil {
				return err
			}
		}
		return u.published(s, done, in.Reason)
	})
	return done, err
}

// toPublish rehearses the scenario on the board as it stands now.
func (u *unit) toPublish(in Publication) (s Scenario, steps []Step, err error) {
	if !u.actor.IsOffice() {
		return s, nil, fault.ErrForbidden
	}
	if s, err = ScenarioByID(u.ctx, u.tx, u.actor, in.Scenario); err != nil {
		return s, nil, err
	}
	if err := s.stillAsRead(in.Version); err != nil {
		return s, nil, err
	}
	if s.Season != u.season.ID {
		return s, nil, &fault.Conflict{Message: "Ce scénario est d’une autre saison que celle des familles" + french.Nbsp + ": il ne se publie pas."}
	}
	c, err := u.offer()
	if err != nil {
		return s, nil, err
	}
	plan := s.PlanIn(*c)
	if err := u.bring(slices.Sorted(maps.Keys(plan.Capacities))...); err != nil {
		return s, nil, err
	}
	turns, err := u.turns(plan)
	if err != nil {
		return s, nil, err
	}
	_, steps, refused := u.board.Rehearse(plan, turns)
	if err := u.asShown(in.Shown, steps, refused); err != nil {
		return s, nil, err
	}
	if len(steps) == 0 {
		return s, nil, fault.Refuse("Ce scénario ne change rien aux places d’aujourd’hui" + french.Nbsp + ": il n’y a rien à publier.")
	}
	if slices.ContainsFunc(steps, func(s Step) bool { return len(s.Jumps) > 0 }) && strings.TrimSpace(in.Reason) == "" {
		return s, nil, needReason()
	}
	return s, steps, nil
}

// turns reads when the dossiers that wait for the plan's courses take their turn.
func (u *unit) turns(p Plan) (map[string]Turn, error) {
	type row struct {
		Request  string    `db:"id"`
		OnPaper  time.Time `db:"received_on_paper_at"`
		Complete time.Time `db:"complete_at"`
		Rank     int64     `db:"rank"`
	}
	turns := map[string]Turn{}
	if !p.AtClosing {
		return turns, nil
	}
	rows, err := db.All[row](u.ctx, u.tx, `select q.id, d.received_on_paper_at, d.complete_at, d.rank from request q join dossier d on d.id = q.dossier_id
		where q.state = 'waiting' and q.offering_id in (select value from json_each(cast($1 as text)))`, db.IDs(slices.Sorted(maps.Keys(p.Capacities))))
	for _, q := range rows {
		turns[q.Request] = turnOf(q.OnPaper, q.Complete, q.Rank)
	}
	return turns, err
}

// asShown refuses steps that are not those the page showed, and says in what.
func (u *unit) asShown(shown, steps []Step, refused []TooFew) error {
	if len(refused) > 0 {
		title, err := u.titleOf(refused[0].Offering)
		if err != nil {
			return err
		}
		return &fault.Conflict{Message: title + french.Nbsp + ": " + french.Count(refused[0].Taken, "place est prise ou proposée", "places sont prises ou proposées") +
			", le scénario n’en garde que " + strconv.FormatInt(refused[0].Wanted, 10) + ". Rien n’est publié" + french.Nbsp + ": modifiez-le."}
	}
	var said []string
	for _, d := range differ(shown, steps) {
		words, err := u.sayDiffer(d)
		if err != nil {
			return err
		}
		said = append(said, words)
	}
	if len(said) == 0 {
		return nil
	}
	if n := len(said); n > 5 {
		said = append(said[:5], "et "+french.Count(int64(n-5), "autre différence", "autres différences"))
	}
	return &fault.Conflict{Message: "Les places ont bougé depuis que vous avez lu cet essai" + french.Nbsp + ": " + strings.Join(said, french.Nbsp+"; ") + ". Rien n’est publié" + french.Nbsp + ": relisez le nouvel essai."}
}

// differs is one thing that a publication would do otherwise than was shown.
type differs struct {
	offering string
	request  string // whose offer it is; "" when it is the capacity
	now      bool   // it would be offered, and was not shown so
	from     int64  // the capacity there is now
}

// differ compares what was shown with what would be done now.
func differ(shown, steps []Step) (all []differs) {
	was := map[string]Step{}
	for _, s := range shown {
		was[s.Offering] = s
	}
	for _, s := range steps {
		w, known := was[s.Offering]
		delete(was, s.Offering)
		if !known || w.From != s.From || w.To != s.To {
			all = append(all, differs{offering: s.Offering, from: s.From})
			continue
		}
		if slices.Equal(w.Offers, s.Offers) && slices.Equal(w.Jumps, s.Jumps) {
			continue
		}
		found := len(all)
		for _, id := range s.Offers {
			if !slices.Contains(w.Offers, id) {
				all = append(all, differs{offering: s.Offering, request: id, now: true})
			}
		}
		for _, id := range w.Offers {
			if !slices.Contains(s.Offers, id) {
				all = append(all, differs{offering: s.Offering, request: id})
			}
		}
		if len(all) == found { // the same ones, in another order
			all = append(all, differs{offering: s.Offering, from: s.From})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(was)) {
		all = append(all, differs{offering: id, from: was[id].To})
	}
	return all
}

func (u *unit) sayDiffer(d differs) (string, error) {
	title, err := u.titleOf(d.offering)
	if err != nil {
		return "", err
	}
	if d.request == "" {
		return title + " est à " + french.Count(d.from, "place", "places") + ", ou sa liste a changé d’ordre", nil
	}
	name := "une demande retirée"
	row, err := u.request(d.request)
	switch {
	case err == nil:
		dossier, err := u.dossier(row.Dossier)
		if err != nil {
			return "", err
		}
		pupil, err := u.pupil(dossier.Pupil)
		if err != nil {
			return "", err
		}
		name = pupil.FullName()
	case !errors.Is(err, fault.ErrNotFound):
		return "", err
	}
	if d.now {
		return name + " aurait maintenant une place en " + title, nil
	}
	return name + " n’aurait plus de place en " + title, nil
}

func (u *unit) titleOf(offering string) (string, error) {
	course, semester, err := u.courseOf(offering)
	if errors.Is(err, fault.ErrNotFound) {
		return "un cours retiré", nil
	}
	if err != nil {
		return "", err
	}
	c, err := u.offer()
	if err != nil {
		return "", err
	}
	return courseTitle(course, semester) + " (" + c.SiteName(course.SiteID) + ")", nil
}

// readOffered reads at once all about those who will be offered a place.
func (u *unit) readOffered(steps []Step) error {
	var requests []string
	for _, s := range steps {
		requests = append(requests, s.Offers...)
	}
	dossiers, err := u.load(`id in (select dossier_id from request where id in (select value from json_each(cast($1 as text))))`, db.IDs(requests))
	if err != nil {
		return err
	}
	pupils := make([]string, len(dossiers))
	for i, d := range dossiers {
		pupils[i] = d.Pupil
	}
	return u.read(pupils...)
}

func (u *unit) publish(step Step, s Scenario, reason string) error {
	for _, request := range step.Jumps {
		if _, err := u.obey(Jump{request}, "hors de l’ordre"+french.Nbsp+": "+reason); err != nil {
			return err
		}
	}
	return u.setCapacity(step.Offering, step.To, "scénario « "+s.Name+" » publié")
}

func (u *unit) published(s Scenario, done Published, reason string) error {
	kept, err := json.Marshal(done)
	if err != nil {
		return err
	}
	u.written++
	if _, err := u.tx.Exec(u.ctx, `update scenario set published_at = $1, published_by = $2, published = $3, version = version + 1 where id = $4`,
		u.at, u.actor.Name, string(kept), s.ID); err != nil {
		return err
	}
	u.lines = append(u.lines, journal.By(u.actor, u.at, journal.Line{
		Event: "places.published", Subject: s.Subject(), Before: "scénario « " + s.Name + " »", After: "publié" + french.Nbsp + ": " + done.Says(), Reason: reason,
	}))
	return nil
}

// Offers is how many places the publication offered.
func (p Published) Offers() (n int64) {
	for _, s := range p.Steps {
		n += int64(len(s.Offers))
	}
	return n
}

// Says is what was done, in a few words.
func (p Published) Says() string {
	return french.Count(p.Offers(), "place proposée", "places proposées") + ", " + french.Count(int64(len(p.Steps)), "capacité changée", "capacités changées")
}
