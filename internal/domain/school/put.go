package school

import (
	"context"
	"fmt"
	"time"

	"pupitre/internal/platform/db"
)

// Changed says that what the school has laid down has changed: the school, its
// seasons, sites, texts, means of payment, billing modes, published documents,
// catalogue or papers asked. On every machine registrars keep them in memory
// until a season moves, and pages until Season.Settings does. It is called with
// each write of these, in its transaction.
func Changed(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `update season set moves = moves + 1`); err != nil {
		return fmt.Errorf("tell the registrars: %w", err)
	}
	if _, err := tx.Exec(ctx, `update school set settings_version = settings_version + 1`); err != nil {
		return fmt.Errorf("tell the pages: %w", err)
	}
	return nil
}

// changed is Changed after a write that may have failed.
func changed(ctx context.Context, tx *db.Tx, err error) error {
	if err != nil {
		return err
	}
	return Changed(ctx, tx)
}

// New is a school of which nothing is known yet, with the policies of the manual.
func New() School {
	return School{
		ID: "school", Recovery: RecoverByPassword, PasswordMin: 8, PasswordMax: 20, SessionMinutes: 60, PaperDays: 7, OfferDays: 3,
		QuietFrom: 20, QuietUntil: 8, RankShown: true, Accessibility: "non conforme",
	}
}

// Put writes the school, making it when there is none. No months of the journal
// of accesses are UsualAccessMonths.
func Put(ctx context.Context, tx *db.Tx, s School) error {
	if err := Changed(ctx, tx); err != nil { // the seasons' rows before the school's, as the registrar takes them
		return err
	}
	if s.AccessMonths == 0 {
		s.AccessMonths = UsualAccessMonths
	}
	_, err := tx.Exec(ctx, `insert into school
		(id, name, short_name, address, phone, email, website, pre_enrolment_url, hue, creditor_name, creditor_ics, recovery,
			password_min, password_max, session_minutes, paper_days, offer_days, quiet_from, quiet_until, rank_shown, accessibility, quiet_sundays, reminder_days, access_months,
			creditor_siret, creditor_address, creditor_iban, creditor_bic, creditor_tax_note, creditor_appeal, cheque_order)
		values ('school', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)
		on conflict (id) do update
		set name = excluded.name, short_name = excluded.short_name, address = excluded.address, phone = excluded.phone,
			email = excluded.email, website = excluded.website, pre_enrolment_url = excluded.pre_enrolment_url, hue = excluded.hue,
			creditor_name = excluded.creditor_name, creditor_ics = excluded.creditor_ics, recovery = excluded.recovery,
			password_min = excluded.password_min, password_max = excluded.password_max, session_minutes = excluded.session_minutes,
			paper_days = excluded.paper_days, offer_days = excluded.offer_days, quiet_from = excluded.quiet_from,
			quiet_until = excluded.quiet_until, rank_shown = excluded.rank_shown, accessibility = excluded.accessibility, quiet_sundays = excluded.quiet_sundays, reminder_days = excluded.reminder_days,
			access_months = excluded.access_months, creditor_siret = excluded.creditor_siret, creditor_address = excluded.creditor_address,
			creditor_iban = excluded.creditor_iban, creditor_bic = excluded.creditor_bic, creditor_tax_note = excluded.creditor_tax_note,
			creditor_appeal = excluded.creditor_appeal, cheque_order = excluded.cheque_order`,
		s.Name, s.ShortName, s.Address, s.Phone, s.Email, s.Website, s.PreEnrolmentURL, s.Hue, s.CreditorName, s.CreditorICS, s.Recovery,
		s.PasswordMin, s.PasswordMax, s.SessionMinutes, s.PaperDays, s.OfferDays, s.QuietFrom, s.QuietUntil, s.RankShown, s.Accessibility, s.QuietSundays, s.ReminderDays, s.AccessMonths,
		s.CreditorSIRET, s.CreditorAddress, s.CreditorIBAN, s.CreditorBIC, s.CreditorTaxNote, s.CreditorAppeal, s.ChequeOrder)
	return err
}

// RequireSecondFactor lays down whether the staff must have a second factor.
func RequireSecondFactor(ctx context.Context, tx *db.Tx, must bool) error {
	if err := Changed(ctx, tx); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `update school set second_factor = $1`, must)
	return err
}

// PutSeason writes a season's name, days and campaign, making it when its id is
// unknown. A new one becomes the current one; which one is, is MakeCurrent's to
// say of those that exist. What the registrar keeps in the same row (ranks,
// last instant) is not touched.
func PutSeason(ctx context.Context, tx *db.Tx, s Season) error {
	n, err := putSeason(ctx, tx, s)
	if err != nil || n > 0 {
		return changed(ctx, tx, err)
	}
	if err := AddSeason(ctx, tx, s); err != nil {
		return err
	}
	return MakeCurrent(ctx, tx, s.ID)
}

func putSeason(ctx context.Context, tx *db.Tx, s Season) (int64, error) {
	n, err := tx.Exec(ctx, `update season set name = $1, starts_on = $2, ends_on = $3, ages_on = $4, campaign_opens_at = $5, campaign_closes_at = $6,
			lists_end_at = $7, partial_release_at = $8, courses_published_at = $9, newcomers_open_at = $10, hands_over_at = $11
		where id = $12`,
		s.Name, s.StartsOn, s.EndsOn, s.AgesOn, s.OpensAt, s.ClosesAt, s.ListsEndAt, s.PartialReleaseAt, s.CoursesPublishedAt, s.NewcomersOpenAt, s.HandsOverAt, s.ID)
	return n, changed(ctx, tx, err)
}

// AddSeason makes a season that is not the current one.
func AddSeason(ctx context.Context, tx *db.Tx, s Season) error {
	_, err := tx.Exec(ctx, `insert into season
		(id, name, starts_on, ends_on, ages_on, campaign_opens_at, campaign_closes_at, lists_end_at, partial_release_at,
			courses_published_at, newcomers_open_at, hands_over_at, is_current, next_rank, next_number, moves)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, false, 1, 1, 0)`,
		s.ID, s.Name, s.StartsOn, s.EndsOn, s.AgesOn, s.OpensAt, s.ClosesAt, s.ListsEndAt, s.PartialReleaseAt, s.CoursesPublishedAt, s.NewcomersOpenAt, s.HandsOverAt)
	return changed(ctx, tx, err)
}

// MakeCurrent makes the season the one that families register for.
func MakeCurrent(ctx context.Context, tx *db.Tx, season string) error {
	_, err := tx.Exec(ctx, `update season set is_current = case when id = $1 then true else false end`, season)
	return changed(ctx, tx, err)
}

// RemoveSeason removes a season that nothing hangs on any more.
func RemoveSeason(ctx context.Context, tx *db.Tx, season string) error {
	_, err := tx.Exec(ctx, `delete from season where id = $1`, season)
	return changed(ctx, tx, err)
}

// PutSite writes a site by its code, for an import, and returns its id.
func PutSite(ctx context.Context, tx *db.Tx, s Site) (string, error) {
	id, err := db.One[string](ctx, tx, `insert into site (id, code, name, town, address, position)
		values ($1, $2, $3, $4, $5, $6)
		on conflict (code) do update
		set name = excluded.name, town = excluded.town, address = excluded.address, position = excluded.position,
			version = site.version + 1, changed_at = null, changed_by = ''
		returning id`, db.NewID(), s.Code, s.Name, s.Town, s.Address, s.Position)
	return id, changed(ctx, tx, err)
}

// PutPaymentMean writes a means of payment by its code.
func PutPaymentMean(ctx context.Context, tx *db.Tx, m PaymentMean) error {
	_, err := tx.Exec(ctx, `insert into payment_mean (code, name, is_debit, position) values ($1, $2, $3, $4)
		on conflict (code) do update set name = excluded.name, is_debit = excluded.is_debit, position = excluded.position`,
		m.Code, m.Name, m.IsDebit, m.Position)
	return changed(ctx, tx, err)
}

// PutBillingMode writes a billing mode by its number of instalments.
func PutBillingMode(ctx context.Context, tx *db.Tx, m BillingMode) error {
	_, err := tx.Exec(ctx, `insert into billing_mode (code, name, position) values ($1, $2, $3)
		on conflict (code) do update set name = excluded.name, position = excluded.position`, m.Code, m.Name, m.Position)
	return changed(ctx, tx, err)
}

// AddText adds a version of a text, unless its kind and version exist already:
// a text that may have been accepted is never edited.
func AddText(ctx context.Context, tx *db.Tx, now time.Time, t Text) error {
	_, err := tx.Exec(ctx, `insert into school_text (id, kind, version, body, created_at) values ($1, $2, $3, $4, $5)
		on conflict (kind, version) do nothing`, db.NewID(), t.Kind, t.Version, t.stored(), now)
	return changed(ctx, tx, err)
}

// TextVersion returns a version of a text, or fault.ErrNotFound.
func TextVersion(ctx context.Context, r db.Reader, kind, version string) (Text, error) {
	row, err := db.One[textRow](ctx, r, texts+`where kind = $1 and version = $2`, kind, version)
	return row.text(), err
}

// PutPublishedDocument writes an entry of « Documents à télécharger » by its code.
func PutPublishedDocument(ctx context.Context, tx *db.Tx, d PublishedDocument) error {
	_, err := tx.Exec(ctx, `insert into published_document (id, code, title, file_name, blob_key, media_type, size, position)
		values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (code) do update
		set title = excluded.title, file_name = excluded.file_name, blob_key = excluded.blob_key, media_type = excluded.media_type,
			size = excluded.size, position = excluded.position`,
		db.NewID(), d.Code, d.Title, d.FileName, d.BlobKey, d.MediaType, d.Size, d.Position)
	return changed(ctx, tx, err)
}
