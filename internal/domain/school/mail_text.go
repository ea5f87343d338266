package school

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
)

// MailTrial is a mail that somebody of the office sends to itself, to see it.
const MailTrial correspondence.Kind = "mail_trial"

// TrialFacts is a trial as it was written when it was asked for.
type TrialFacts struct {
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html"`
}

// MailText is one version of the school's own words for a mail, never edited
// once written: a change is a new version. Without words it goes back to the
// product's own.
type MailText struct {
	ID        string    `db:"id"`
	Kind      string    `db:"kind"`
	Version   int64     `db:"version"`
	Subject   string    `db:"subject"`
	Body      string    `db:"body"`
	CreatedAt time.Time `db:"created_at"`
	CreatedBy string    `db:"created_by"`
}

// IsOriginal tells whether the mail says what the product says again.
func (t MailText) IsOriginal() bool { return t.Subject == "" && t.Body == "" }

// MailTexts are all versions by kind, the last first.
type MailTexts map[string][]MailText

// InForce is the version of the mail that was in force at that instant; false
// when the mail then said what the product says.
func (all MailTexts) InForce(kind string, at time.Time) (MailText, bool) {
	for _, t := range all[kind] {
		if !t.CreatedAt.After(at) {
			return t, !t.IsOriginal()
		}
	}
	return MailText{}, false
}

// Latest is the last version of the mail; false when it says what the product says.
func (all MailTexts) Latest(kind string) (MailText, bool) {
	if len(all[kind]) == 0 {
		return MailText{}, false
	}
	return all[kind][0], !all[kind][0].IsOriginal()
}

// AllMailTexts reads every version.
func AllMailTexts(ctx context.Context, r db.Reader) (MailTexts, error) {
	rows, err := db.All[MailText](ctx, r, `select id, kind, version, subject, body, created_at, created_by from mail_text order by kind, version desc`)
	all := MailTexts{}
	for _, t := range rows {
		all[t.Kind] = append(all[t.Kind], t)
	}
	return all, err
}

type mailTextsKey struct{}

// Sender returns the school and the words of its mails, these out of memory as
// long as nobody has changed a setting: one query for each mail that leaves.
func Sender(ctx context.Context, r db.Reader) (School, MailTexts, error) {
	s, err := db.One[struct {
		School
		Settings int64 `db:"settings_version"`
	}](ctx, r, `select settings_version, `+schoolColumns+` from school`)
	if err != nil {
		return School{}, nil, err
	}
	texts, err := db.Remember(ctx, r, mailTextsKey{}, s.Settings, func(ctx context.Context) (MailTexts, error) { return AllMailTexts(ctx, r) })
	return s.School, texts, err
}

// MailForm is a mail's words as their form shows them.
var MailForm = Group[MailText]{Settings: Under("Le mail",
	Required(Line("objet", "Objet", "", 200, func(t *MailText) *string { return &t.Subject })),
	Required(Area("texte", "Texte", "", 10_000, func(t *MailText) *string { return &t.Body })),
)}

// Wordable is a mail whose words can be changed: the product's own, and what
// refuses words that it cannot leave with.
type Wordable struct {
	Kind, Title string
	Original    MailText
	Check       func(subject, body string) error
}

// now is what the mail says when it is about to be changed. It takes the row of
// the settings first: of two who save at once, the second reads what the first wrote.
func (w Wordable) now(ctx context.Context, tx *db.Tx) (shown MailText, version int64, err error) {
	if err := Changed(ctx, tx); err != nil {
		return MailText{}, 0, err
	}
	last, found, err := db.Maybe[MailText](ctx, tx, `select id, kind, version, subject, body, created_at, created_by from mail_text
		where kind = $1 order by version desc limit 1`, w.Kind)
	if err != nil || !found || last.IsOriginal() {
		return w.Original, last.Version, err
	}
	return last, last.Version, nil
}

// SaveMailText writes the next version of the mail's words. It returns *Stale,
// *fault.Invalid, of Check as well, or fault.ErrForbidden.
func SaveMailText(ctx context.Context, tx *db.Tx, e Edit, w Wordable, typed map[string]string) ([]Difference, error) {
	now, version, err := w.now(ctx, tx)
	if err != nil {
		return nil, err
	}
	e.Subject, e.Name = "mail:"+w.Kind, w.Title
	return MailForm.Apply(ctx, tx, e, now, typed, func(next MailText) error {
		if err := w.Check(next.Subject, next.Body); err != nil {
			return err
		}
		next.Kind, next.Version = w.Kind, version+1
		return addMailText(ctx, tx, e, next)
	})
}

// RestoreMailText has the mail say what the product says again. It returns
// *Stale, fault.ErrForbidden, or fault.Conflict when it says so already.
func RestoreMailText(ctx context.Context, tx *db.Tx, e Edit, w Wordable) error {
	if !e.Actor.MaySettle() {
		return fault.ErrForbidden
	}
	now, version, err := w.now(ctx, tx)
	if err != nil {
		return err
	}
	e.Subject, e.Name = "mail:"+w.Kind, w.Title
	held := MailForm.Values(now)
	if since := MailForm.Differences(e.Read, held); e.Read != nil && len(since) > 0 {
		return stale(ctx, tx, e, since, held)
	}
	if now.Version == 0 {
		return &fault.Conflict{Message: "Ce mail a déjà son texte d’origine."}
	}
	if err := addMailText(ctx, tx, e, MailText{Kind: w.Kind, Version: version + 1}); err != nil {
		return err
	}
	return journal.Append(ctx, tx, journal.By(e.Actor, e.Now, journal.Line{
		Event: "settings.changed", Subject: e.Subject, Before: now.Subject, After: e.Name + ", retour au texte d’origine",
	}))
}

func addMailText(ctx context.Context, tx *db.Tx, e Edit, t MailText) error {
	_, err := tx.Exec(ctx, `insert into mail_text (id, kind, version, subject, body, created_at, created_by) values ($1, $2, $3, $4, $5, $6, $7)`,
		db.NewID(), t.Kind, t.Version, t.Subject, t.Body, e.Now, e.Actor.Name)
	if err != nil {
		return fmt.Errorf("write the words of %s: %w", t.Kind, err)
	}
	return Changed(ctx, tx)
}

// SendTrial enqueues a mail to the one who asks to see it.
func SendTrial(ctx context.Context, tx *db.Tx, now time.Time, to string, f TrialFacts) error {
	return correspondence.Enqueue(ctx, tx, now, correspondence.Mail{Event: string(MailTrial) + ":" + db.NewID(), Recipient: to, Kind: MailTrial, Facts: f})
}
