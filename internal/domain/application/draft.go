package application

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// The mails of this room.
const (
	MailConfirm  correspondence.Kind = "confirm_application"  // LinkFacts, secret LinkToken
	MailResume   correspondence.Kind = "resume_application"   // LinkFacts, secret LinkToken
	MailAnswer   correspondence.Kind = "application_answer"   // AnswerFacts
	MailRefused  correspondence.Kind = "application_refused"  // AnswerFacts
	MailAttached correspondence.Kind = "application_attached" // AnswerFacts
)

// LinkFacts is what a mail with a link says.
type LinkFacts struct {
	Name      string    `json:"name"`
	Pupil     string    `json:"pupil"` // first name; "" while it is not known
	Address   string    `json:"address"`
	OpensAt   time.Time `json:"opens_at,omitempty"` // when the link may be used, if not yet
	KeptUntil time.Time `json:"kept_until"`
	Confirmed bool      `json:"confirmed,omitempty"` // the link opens what has its rank already
}

// LinkToken is the secret of a mail with a link.
type LinkToken struct {
	Token  string `json:"token"`
	Mailed bool   `json:"mailed"` // it is the one that confirms
}

// KeptDays is how long what is not confirmed is kept after it was last touched.
const KeptDays = 15

// The fields of the form that are not of « Identité ».
const (
	FieldFor    = "pour"
	FieldAccord = "accord"
)

var closedToEdits = &fault.Conflict{Message: "Cette demande est déjà envoyée et confirmée" + french.Nbsp + ": elle ne se modifie plus ici. Rouvrez-la par le lien reçu par mail."}

// PupilStep is the first step: for whom, and who it is.
type PupilStep struct {
	Self     bool
	Pupil    people.Newcomer // its date is jj/mm/aaaa
	Postcode string
}

func (s PupilStep) check(now time.Time) (PupilStep, error) {
	var c fault.Check
	var refused error
	if s.Self {
		s.Pupil.FirstName, s.Pupil.LastName = "", ""
	}
	s.Pupil, refused = s.Pupil.Check(now, !s.Self)
	if err := gather(&c, refused); err != nil {
		return s, err
	}
	s.Postcode, refused = people.Postcode(s.Postcode)
	if err := gather(&c, refused); err != nil {
		return s, err
	}
	if s.Self && s.Pupil.BirthDate != "" {
		c.That(french.Age(s.Pupil.BirthDate, now.Format(time.DateOnly)) >= 18, FieldFor, "«"+french.Nbsp+"Moi-même"+french.Nbsp+"» s’adresse aux adultes"+french.Nbsp+": un responsable inscrit un mineur.")
	}
	return s, c.Err()
}

// gather adds the fields of a refusal; any other error comes back.
func gather(c *fault.Check, err error) error {
	var invalid *fault.Invalid
	if err == nil || errors.As(err, &invalid) && len(invalid.Fields) > 0 {
		if invalid != nil {
			for _, f := range invalid.Fields {
				c.Add(f.Name, f.Message)
			}
		}
		return nil
	}
	return err
}

// Begin keeps the first step and returns the token by which the browser goes
// on. It returns *fault.Invalid, or *fault.Busy when the network address has
// begun too many.
func (a *Applications) Begin(ctx context.Context, season school.Season, address string, step PupilStep) (token string, err error) {
	now := a.clock.Now()
	if err := Taken(season, now); err != nil {
		return "", err
	}
	if step, err = step.check(now); err != nil {
		return "", err
	}
	if err := a.accounts.MayApply(ctx, address); err != nil {
		return "", err
	}
	token = rand.Text() + rand.Text()
	f := Form{Self: step.Self, Pupil: step.Pupil, Postcode: step.Postcode}
	return token, a.store.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into application (id, season_id, state, form, email_folded, draft_hash, link_hash, decided_by, reason, created_at, touched_at, version)
			values ($1, $2, $3, $4, '', $5, '', '', '', $6, $6, 1)`, db.NewID(), season.ID, string(Draft), f.text(), hashed(token), now)
		return err
	})
}

// edit changes the form of one that is not confirmed.
func (a *Applications) edit(ctx context.Context, token string, change func(tx *db.Tx, app *Application) error) error {
	return a.store.Write(ctx, func(tx *db.Tx) error {
		app, _, err := find(ctx, tx, token)
		if err != nil {
			return err
		}
		if app.State != Draft && app.State != Sent {
			return closedToEdits
		}
		if err := change(tx, &app); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update application set form = $1, touched_at = $2, version = version + 1 where id = $3 and version = $4 and state in ('draft', 'sent')`,
			app.Form.text(), a.clock.Now(), app.ID, app.Version)
		if err == nil && n == 0 {
			err = closedToEdits
		}
		return err
	})
}

// SavePupil keeps the first step again.
func (a *Applications) SavePupil(ctx context.Context, token string, step PupilStep) error {
	step, err := step.check(a.clock.Now())
	if err != nil {
		return err
	}
	return a.edit(ctx, token, func(_ *db.Tx, app *Application) error {
		step.Pupil.Beginner = app.Form.Pupil.Beginner
		app.Form.Self, app.Form.Pupil, app.Form.Postcode = step.Self, step.Pupil, step.Postcode
		return nil
	})
}

// CourseStep is the second step, kept even when it breaks a rule.
type CourseStep struct {
	Programme string
	Site      string
	Wishes    enrolment.Choice
	Note      string
	Beginner  string // people.Yes, people.No or ""
}

// SaveCourses keeps the second step.
func (a *Applications) SaveCourses(ctx context.Context, token string, step CourseStep) error {
	if len([]rune(step.Note)) > 2000 {
		return &fault.Invalid{Message: "Ce texte est trop long.", Fields: []fault.Field{{Name: "note", Message: "Gardez 2000 caractères au plus."}}}
	}
	return a.edit(ctx, token, func(_ *db.Tx, app *Application) error {
		app.Form.Programme, app.Form.Site, app.Form.Wishes, app.Form.Note = step.Programme, step.Site, step.Wishes, step.Note
		app.Form.Pupil.Beginner = step.Beginner
		return nil
	})
}

// ContactStep is the last step: who asks, how it pays, and the agreement.
type ContactStep struct {
	Guardian    people.GuardianForm
	Address     string
	Town        string
	BillingMode int64
	Means       []string
	ImageRight  string
	Text        string // id of the text shown beside the box
	Agreed      bool
}

func (s ContactStep) in(f Form) Form {
	f.Guardian, f.Address, f.Town, f.BillingMode, f.Means, f.ImageRight, f.Text = s.Guardian, s.Address, s.Town, s.BillingMode, s.Means, s.ImageRight, s.Text
	return f
}

// Send keeps the last step and mails the link that confirms the address: until
// then there is no rank. The link mailed before is void. It returns
// *fault.Invalid with a message at each field, those of the other steps
// prefixed « eleve. » and « cours », *fault.Busy when too many links are asked for.
func (a *Applications) Send(ctx context.Context, token, address string, season school.Season, step ContactStep) error {
	app, _, err := a.Find(ctx, token)
	if err != nil {
		return err
	}
	if app.State != Draft && app.State != Sent {
		return closedToEdits
	}
	if err := Taken(season, a.clock.Now()); err != nil {
		return err
	}
	checked, err := step.in(app.Form).candidate().CheckContact(ctx, a.store)
	var c fault.Check
	if err := gather(&c, err); err != nil {
		return err
	}
	text, err := school.LatestText(ctx, a.store, school.TextRules)
	if err != nil {
		return err
	}
	c.That(step.Agreed, FieldAccord, "Cochez « J’accepte » après avoir lu le règlement.")
	c.That(!step.Agreed || step.Text == text.ID, FieldAccord, "Le règlement a changé depuis l’ouverture de cette page. Relisez-le, puis cochez « J’accepte » de nouveau.")
	left, err := a.leftBefore(ctx, season, app.Form)
	if err != nil {
		return err
	}
	for _, f := range left {
		c.Add(f.Name, f.Message)
	}
	if err := c.Err(); err != nil {
		return err
	}
	if err := a.accounts.MayMailLink(ctx, checked.Guardian.Email, address); err != nil {
		return err
	}
	step.Guardian, step.Address, step.Town = checked.Guardian, checked.Address, checked.Town
	return a.edit(ctx, token, func(tx *db.Tx, app *Application) error {
		app.Form = step.in(app.Form)
		return a.mailConfirmation(ctx, tx, season, app)
	})
}

// mailConfirmation gives the pré-inscription a new link and mails it.
func (a *Applications) mailConfirmation(ctx context.Context, tx *db.Tx, season school.Season, app *Application) error {
	now, link := a.clock.Now(), rand.Text()+rand.Text()
	if _, err := tx.Exec(ctx, `update application set state = $1, email_folded = $2, link_hash = $3, sent_at = $4 where id = $5`,
		string(Sent), french.Fold(app.Form.Guardian.Email), hashed(link), now, app.ID); err != nil {
		return err
	}
	facts := a.linkFacts(season, app.Form)
	return correspondence.Enqueue(ctx, tx, now, correspondence.Mail{
		Event: "application:" + hashed(link), Recipient: app.Form.Guardian.Email, Kind: MailConfirm, Facts: facts, Secret: LinkToken{link, true},
	})
}

func (a *Applications) linkFacts(season school.Season, f Form) LinkFacts {
	f = f.named()
	facts := LinkFacts{Name: f.Responsible(), Pupil: f.Pupil.FirstName, Address: f.Guardian.Email, KeptUntil: a.keptUntil(season, a.clock.Now())}
	if opens := enrolment.NewcomersOpenAt(season); a.clock.Now().Before(opens) {
		facts.OpensAt = opens
	}
	return facts
}

// keptUntil is when what is touched now is forgotten, if nobody confirms it.
func (a *Applications) keptUntil(season school.Season, touched time.Time) time.Time {
	if opens := enrolment.NewcomersOpenAt(season); touched.Before(opens) {
		touched = opens
	}
	return touched.AddDate(0, 0, KeptDays)
}

// leftBefore lists what is left of the first two steps.
func (a *Applications) leftBefore(ctx context.Context, season school.Season, f Form) ([]fault.Field, error) {
	c, err := catalogue.InForce(ctx, a.store, season)
	if err != nil {
		return nil, err
	}
	programme, ok := c.Programme(f.Programme)
	if !ok {
		return []fault.Field{{Name: "cours", Message: "Revenez à l’étape « Les cours » et choisissez une formule."}}, nil
	}
	if f.Site == "" {
		return []fault.Field{{Name: "cours", Message: "Revenez à l’étape « Les cours » et choisissez un pôle."}}, nil
	}
	var fields []fault.Field
	for _, b := range c.Judge(programme, f.Facts(season), f.Site, f.Wishes) {
		fields = append(fields, fault.Field{Name: "cours", Message: b.Sentence()})
	}
	return fields, nil
}

// MailAgain mails the link that confirms once more, in place of the last one.
func (a *Applications) MailAgain(ctx context.Context, token, address string, season school.Season) error {
	app, _, err := a.Find(ctx, token)
	if err != nil {
		return err
	}
	if app.State != Sent {
		return closedToEdits
	}
	if err := a.accounts.MayMailLink(ctx, app.Form.Guardian.Email, address); err != nil {
		return err
	}
	return a.edit(ctx, token, func(tx *db.Tx, app *Application) error { return a.mailConfirmation(ctx, tx, season, app) })
}

// MailDraft mails a link by which the form is gone on with. It confirms
// nothing. It returns *fault.Invalid for a bad address, *fault.Busy as Send.
func (a *Applications) MailDraft(ctx context.Context, token, email, address string, season school.Season) error {
	email, ok := people.NormalEmail(email)
	var c fault.Check
	c.That(ok, people.FieldEmail, "Une adresse mail s’écrit comme nom@exemple.fr, sans accent.")
	if err := c.Err(); err != nil {
		return err
	}
	app, mailed, err := a.Find(ctx, token)
	if err != nil {
		return err
	}
	if app.State != Draft && app.State != Sent || mailed {
		return closedToEdits
	}
	if err := a.accounts.MayMailLink(ctx, email, address); err != nil {
		return err
	}
	return a.edit(ctx, token, func(tx *db.Tx, app *Application) error {
		facts := a.linkFacts(season, app.Form)
		facts.Address, facts.OpensAt = email, time.Time{}
		return correspondence.Enqueue(ctx, tx, a.clock.Now(), correspondence.Mail{
			Event: "application_draft:" + db.NewID(), Recipient: email, Kind: MailResume, Facts: facts, Secret: LinkToken{token, false},
		})
	})
}

// MailLinks mails new links to what the address has asked for and the office
// has not answered; to nothing and nobody when there is none: who asks learns
// nothing. It returns *fault.Invalid for a bad address, *fault.Busy as Send.
func (a *Applications) MailLinks(ctx context.Context, email, address string) error {
	email, ok := people.NormalEmail(email)
	var c fault.Check
	c.That(ok, people.FieldEmail, "Une adresse mail s’écrit comme nom@exemple.fr, sans accent.")
	if err := c.Err(); err != nil {
		return err
	}
	if err := a.accounts.MayMailLink(ctx, email, address); err != nil {
		return err
	}
	return a.store.Write(ctx, func(tx *db.Tx) error {
		apps, err := db.All[Application](ctx, tx, applications+`where email_folded = $1 and state in ('sent', 'held', 'confirmed') order by id limit 6`, french.Fold(email))
		if err != nil {
			return err
		}
		for i := range apps {
			if err := a.mailLink(ctx, tx, &apps[i]); err != nil {
				return fmt.Errorf("mail the link of pré-inscription %s: %w", apps[i].ID, err)
			}
		}
		return nil
	})
}

func (a *Applications) mailLink(ctx context.Context, tx *db.Tx, app *Application) error {
	season, err := school.SeasonByID(ctx, tx, app.Season)
	if err != nil {
		return err
	}
	if app.State == Sent {
		return a.mailConfirmation(ctx, tx, season, app)
	}
	link := rand.Text() + rand.Text()
	if _, err := tx.Exec(ctx, `update application set link_hash = $1 where id = $2`, hashed(link), app.ID); err != nil {
		return err
	}
	facts := a.linkFacts(season, app.Form)
	facts.Confirmed, facts.OpensAt = true, time.Time{}
	return correspondence.Enqueue(ctx, tx, a.clock.Now(), correspondence.Mail{
		Event: "application:" + hashed(link), Recipient: app.Form.Guardian.Email, Kind: MailResume, Household: app.Household, Facts: facts, Secret: LinkToken{link, true},
	})
}
