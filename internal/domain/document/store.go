package document

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

type paperRow struct {
	ID          string `db:"id"`
	Code        string `db:"code"`
	Name        string `db:"name"`
	Audience    string `db:"audience"`
	Required    bool   `db:"required"`
	Condition   string `db:"condition"`
	Validity    string `db:"validity"`
	Help        string `db:"help"`
	Consequence string `db:"consequence"`
	Template    string `db:"template"`
	Position    int64  `db:"position"`
}

// Papers lists the papers of the season in their order.
func Papers(ctx context.Context, r db.Reader, season string) ([]Paper, error) {
	rows, err := db.All[paperRow](ctx, r, `select id, code, name, audience, required, condition, validity, help, consequence, template, position
		from paper where season_id = $1 order by position, name`, season)
	papers := make([]Paper, 0, len(rows))
	for _, p := range rows {
		papers = append(papers, Paper{p.ID, p.Code, p.Name, Audience(p.Audience), p.Required, p.Condition, p.Validity, p.Help, p.Consequence, p.Template, p.Position})
	}
	return papers, err
}

// InForce is Papers, out of memory while Season.Settings stands; season has just
// been read. What is returned is read only.
func InForce(ctx context.Context, r db.Reader, season school.Season) ([]Paper, error) {
	return school.InForce(ctx, r, inForceKey{season.ID}, season, func(ctx context.Context) ([]Paper, error) { return Papers(ctx, r, season.ID) })
}

type inForceKey struct{ season string }

// PutPaper writes the paper of that code in the season.
func PutPaper(ctx context.Context, tx *db.Tx, season string, p Paper) error {
	_, err := tx.Exec(ctx, `insert into paper (id, season_id, code, name, audience, required, condition, validity, help, consequence, template, position)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		on conflict (season_id, code) do update set name = excluded.name, audience = excluded.audience, required = excluded.required,
			condition = excluded.condition, validity = excluded.validity, help = excluded.help, consequence = excluded.consequence,
			template = excluded.template, position = excluded.position`,
		db.NewID(), season, p.Code, p.Name, string(p.Audience), p.Required, p.Condition, p.Validity, p.Help, p.Consequence, p.Template, p.Position)
	if err != nil {
		return fmt.Errorf("put paper %s: %w", p.Code, err)
	}
	return school.Changed(ctx, tx)
}

const depositColumns = `id, paper_code, season_id, household_id, pupil_id, file_name, blob_key, media_type, size, pages, sha256,
	state, reason, deposited_by, deposited_by_office, deposited_at, reviewed_by, reviewed_at, replaced_at, version`

// HeldBy returns the current deposits of the households: those of the season,
// and those of a standing paper validated in an earlier one.
func HeldBy(ctx context.Context, r db.Reader, season string, households ...string) (Held, error) {
	deposits, err := db.All[Deposit](ctx, r, `select `+depositColumns+` from deposit d
		where household_id in (select value from json_each(cast($1 as text))) and replaced_at is null
			and (season_id = $2 or state = 'validated' and exists
				(select 1 from paper p where p.season_id = $2 and p.code = d.paper_code and p.validity = 'standing'))
		order by deposited_at`, db.IDs(households), season)
	if err != nil {
		return nil, err
	}
	held := Held{}
	for _, d := range deposits {
		held[Slot{d.Household, d.Pupil, d.Paper}] = d
	}
	return held, nil
}

// ByID returns the deposit, or fault.ErrNotFound when the actor may not see it.
func ByID(ctx context.Context, r db.Reader, a actor.Actor, id string) (Deposit, error) {
	d, err := db.One[Deposit](ctx, r, `select `+depositColumns+` from deposit where id = $1`, id)
	if err != nil {
		return d, err
	}
	if !a.Sees(d.Household) {
		return Deposit{}, fmt.Errorf("deposit %s: %w", id, fault.ErrNotFound)
	}
	return d, nil
}

// Versions returns every deposit of the slot, newest first: the office reads the older ones (R14).
func Versions(ctx context.Context, r db.Reader, a actor.Actor, slot Slot) ([]Deposit, error) {
	if !a.IsOffice() {
		return nil, fault.ErrForbidden
	}
	return db.All[Deposit](ctx, r, `select `+depositColumns+` from deposit
		where household_id = $1 and coalesce(pupil_id, '') = $2 and paper_code = $3 order by deposited_at desc, id desc`,
		slot.Household, slot.Pupil, slot.Paper)
}

// BlobKeys returns the key of every stored file: what else is in the store is an orphan.
func BlobKeys(ctx context.Context, r db.Reader) ([]string, error) {
	return db.All[string](ctx, r, `select blob_key from deposit union all select blob_key from published_document`)
}

// DailyDeposits is how many documents a household may hand in within 24 hours.
const DailyDeposits = 30

// MayDeposit returns *fault.Busy when the household has handed in its
// DailyDeposits; the office is not bounded.
func MayDeposit(ctx context.Context, r db.Reader, a actor.Actor, household string, now time.Time) error {
	if a.IsOffice() {
		return nil
	}
	n, err := db.One[int64](ctx, r, `select count(*) from deposit where household_id = $1 and deposited_at > $2`, household, now.Add(-24*time.Hour))
	if err != nil {
		return fmt.Errorf("count the deposits of household %s: %w", household, err)
	}
	if n >= DailyDeposits {
		return &fault.Busy{RetryAfter: time.Hour, Message: fmt.Sprintf("Vous avez importé %d documents en 24 heures, le maximum. Revenez demain, ou apportez vos documents au secrétariat.", n)}
	}
	return nil
}

// File is what a door has read, checked and stored before the deposit is written.
type File struct {
	Name      string
	BlobKey   string
	MediaType string
	Size      int64
	Pages     int64
	SHA256    string
}

// Put writes a deposit and retires the one it replaces (R14: replaced, never
// deleted); the office's is marked as handed in for the family. A paper already « Validé » for the season is not replaced.
func Put(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, season string, p Paper, slot Slot, f File) (string, error) {
	if !a.Sees(slot.Household) {
		return "", fmt.Errorf("deposit for household %s: %w", slot.Household, fault.ErrNotFound)
	}
	if p.Audience == OfHousehold {
		slot.Pupil = ""
	}
	held, err := HeldBy(ctx, tx, season, slot.Household)
	if err != nil {
		return "", err
	}
	if held[slot].State == Validated && p.Validity == "season" && !a.IsOffice() {
		return "", fault.Refuse("Le document « " + p.Name + " » est déjà validé par l’école. Pour le remplacer, appelez le secrétariat.")
	}
	if _, err := tx.Exec(ctx, `update deposit set replaced_at = $1 where household_id = $2 and coalesce(pupil_id, '') = $3 and paper_code = $4 and replaced_at is null`,
		now, slot.Household, slot.Pupil, slot.Paper); err != nil {
		return "", err
	}
	id := db.NewID()
	if err := insert(ctx, tx, Deposit{
		ID: id, Paper: slot.Paper, Season: season, Household: slot.Household, Pupil: slot.Pupil, FileName: f.Name, BlobKey: f.BlobKey,
		MediaType: f.MediaType, Size: f.Size, Pages: f.Pages, SHA256: f.SHA256, State: Provided, DepositedBy: a.Name, ByOffice: a.IsOffice(), DepositedAt: now, Version: 1,
	}); err != nil {
		return "", fmt.Errorf("deposit %s for household %s: %w", slot.Paper, slot.Household, err)
	}
	after := p.Name + french.Nbsp + ": Fourni"
	if a.IsOffice() {
		after += ", déposé par " + a.Name + " pour la famille"
	}
	return id, journal.Append(ctx, tx, journal.By(a, now, journal.Line{
		Event: "document.deposited", Household: slot.Household, Pupil: slot.Pupil, Before: held[slot].State.French(), After: after,
	}))
}

func insert(ctx context.Context, tx *db.Tx, d Deposit) error {
	var pupil any
	if d.Pupil != "" {
		pupil = d.Pupil
	}
	_, err := tx.Exec(ctx, `insert into deposit (`+depositColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		d.ID, d.Paper, d.Season, d.Household, pupil, d.FileName, d.BlobKey, d.MediaType, d.Size, d.Pages, d.SHA256,
		string(d.State), d.Reason, d.DepositedBy, d.ByOffice, d.DepositedAt, d.ReviewedBy, d.ReviewedAt, d.ReplacedAt, d.Version)
	return err
}

// mayBecome tells whether the office may decide so of a deposit in that state:
// what it refused may still be validated, what is worthless stays so.
func mayBecome(from, to State) bool {
	switch from {
	case Provided:
		return to != Provided
	case Validated:
		return to != Validated
	case Refused:
		return to == Validated || to == Worthless
	default:
		return false
	}
}

// Decide notes the office's decision of a deposit: Validated, Refused or
// Worthless (with a reason), or Provided again to undo. version is the one the
// office read: fault.Conflict when the deposit has changed since.
func Decide(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, id string, version int64, to State, reason string) (Deposit, error) {
	if !a.IsOffice() {
		return Deposit{}, fault.ErrForbidden
	}
	d, err := ByID(ctx, tx, a, id)
	if err != nil {
		return d, err
	}
	reason = strings.TrimSpace(reason)
	if (to == Refused || to == Worthless) && reason == "" {
		return d, &fault.Invalid{Message: "Dites pourquoi ce document ne convient pas.", Fields: []fault.Field{{Name: "motif", Message: "Choisissez ou écrivez un motif" + french.Nbsp + ": la famille le lira."}}}
	}
	if d.Version != version || !d.ReplacedAt.IsZero() || !mayBecome(d.State, to) {
		return d, &fault.Conflict{Message: "Ce document a changé depuis que vous l’avez ouvert. Relisez-le avant de décider."}
	}
	reviewedBy, reviewedAt := a.Name, now
	if to == Provided {
		reviewedBy, reviewedAt = "", time.Time{}
	}
	if _, err := tx.Exec(ctx, `update deposit set state = $1, reason = $2, reviewed_by = $3, reviewed_at = $4, version = version + 1 where id = $5`,
		string(to), reason, reviewedBy, reviewedAt, id); err != nil {
		return d, fmt.Errorf("decide of deposit %s: %w", id, err)
	}
	name, err := db.One[string](ctx, tx, `select name from paper where season_id = $1 and code = $2`, d.Season, d.Paper)
	if err != nil {
		return d, err
	}
	before := d.State
	d.State, d.Reason, d.ReviewedBy, d.ReviewedAt, d.Version = to, reason, reviewedBy, reviewedAt, d.Version+1
	after := to.French()
	if to == Worthless {
		after = "Sans valeur"
	}
	return d, journal.Append(ctx, tx, journal.By(a, now, journal.Line{
		Event: "document." + string(to), Household: d.Household, Pupil: d.Pupil,
		Before: name + french.Nbsp + ": " + before.French(), After: name + french.Nbsp + ": " + after, Reason: reason,
	}))
}

// TakeBack puts the deposit back as before stands, when it still is at that
// version: fault.Conflict when it has changed or was replaced since.
func TakeBack(ctx context.Context, tx *db.Tx, now time.Time, a actor.Actor, before Deposit, version int64) error {
	if !a.IsOffice() {
		return fault.ErrForbidden
	}
	n, err := tx.Exec(ctx, `update deposit set state = $1, reason = $2, reviewed_by = $3, reviewed_at = $4, version = version + 1
		where id = $5 and version = $6 and replaced_at is null`,
		string(before.State), before.Reason, before.ReviewedBy, before.ReviewedAt, before.ID, version)
	if err != nil {
		return fmt.Errorf("take back the decision of deposit %s: %w", before.ID, err)
	}
	if n == 0 {
		return &fault.Conflict{Message: "Ce document a changé depuis" + french.Nbsp + ": rien n’est annulé. Relisez-le avant de décider."}
	}
	name, err := db.One[string](ctx, tx, `select name from paper where season_id = $1 and code = $2`, before.Season, before.Paper)
	if err != nil {
		return err
	}
	return journal.Append(ctx, tx, journal.By(a, now, journal.Line{
		Event: "document.taken_back", Household: before.Household, Pupil: before.Pupil,
		Before: name + french.Nbsp + ": " + Refused.French(), After: name + french.Nbsp + ": " + before.State.French(), Reason: "refus annulé avant le départ du mail",
	}))
}

// RemoveSeason takes away the papers asked in a season for which none was handed in.
func RemoveSeason(ctx context.Context, tx *db.Tx, season string) error {
	if _, err := tx.Exec(ctx, `delete from paper where season_id = $1`, season); err != nil {
		return fmt.Errorf("remove the papers of season %s: %w", season, err)
	}
	return school.Changed(ctx, tx)
}
