package personal

import (
	"reflect"
	"slices"
	"testing"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
)

const (
	inner   = "names rows to the program, and says nothing of anybody"
	staff   = "who of the staff: the role is told"
	derived = "made from another column, for searches"
)

// leftOut are the columns, or whole tables, that a household is not given, and why.
var leftOut = map[string]string{
	"household.id": inner, "household.version": inner, "guardian.id": inner, "guardian.household_id": inner, "guardian.position": inner,
	"household_payment_mean.household_id": inner, "pupil.id": inner, "pupil.version": inner, "pupil.guardian_id": "the responsible who is a pupil: both are told",
	"guardian.email_folded": derived, "guardian.search": derived, "guardian.sort_name": derived, "pupil.search": derived, "pupil.sort_name": derived,
	"guardian.pending_token_hash": "a secret", "guardian.pending_until": "of the secret", "pupil.new_in": "the season that the pupil comes with: told by its dossier",
	"pupil.apart": "the office keeps its two households apart: about the other one",
	"account.id":  inner, "account.household_id": inner, "account.role": "family", "account.login_folded": derived, "account.password_hash": "a secret",
	"account.temporary_until": "of a secret", "account.link_hash": "a secret", "account.link_until": "of a secret", "account.site_id": "of the staff", "account.teacher_id": "of the staff",
	"pupil_season.image_household_id": "the household that answered: what another one said is not shown",
	"pupil_note.household_id":         inner, "dossier.id": inner, "dossier.household_id": inner, "dossier.version": inner, "dossier.confirmed_by": staff,
	"dossier.hold_total_until": "of the refused paper's delay", "dossier.desk": "where the dossier waits in the office", "dossier.choose_again": "the same",
	"deposit.id": inner, "deposit.household_id": inner, "deposit.blob_key": inner, "deposit.sha256": "of the file, which is there", "deposit.version": inner, "deposit.reviewed_by": staff,
	"application.id": inner, "application.household_id": inner, "application.email_folded": derived, "application.draft_hash": "a secret", "application.link_hash": "a secret",
	"application.decided_by": staff, "application.version": inner,
	"request.id": inner, "request.seq": "the order of the list, of everybody", "request.jumped": "told by the journal", "request.offer_token_hash": "a secret", "request.line": inner, "request.created_at": "the same as received_at, by the program's clock",
	"invoice.id": inner, "invoice.household_id": inner, "invoice.payer_id": "who was invoiced: the household, or one that it was made one with", "invoice.cancels_id": inner,
	"invoice.cancelled_by": inner, "invoice.issued_by": staff, "invoice.digest": derived, "invoice_line.position": inner,
	"quotient.id": inner, "quotient.household_id": inner, "quotient.entered_by": staff, "quotient.withdrawn_by": staff,
	"reminder.id": inner, "reminder.household_id": inner, "reminder.made_by": staff,
	"payment.id": inner, "payment.household_id": inner, "payment.counters_id": "told by its reason", "payment.recorded_by": staff,
	"pupil_billing.version": inner, "pupil_billing.changed_at": "told by the journal", "pupil_billing.changed_by": staff, "cost_share.household_id": inner,
	"outgoing_mail.id": inner, "outgoing_mail.event_key": inner, "outgoing_mail.kind": inner, "outgoing_mail.household_id": inner, "outgoing_mail.dossier_id": inner, "outgoing_mail.is_secret": inner,
	"outgoing_mail.leaves_at": "told by sent_at", "outgoing_mail.answer_by": inner, "outgoing_mail.message_id": inner,
	"message_recipient.message_id": inner, "message_recipient.household_id": inner, "message_recipient.position": inner, "message_recipient.dossiers": inner,
	"household_change.id": inner, "household_change.household_id": inner, "household_change.pupil_id": "told by the field", "household_change.changed_by": "one of the household",
	"household_change.seen_by": staff, "household_change.seen_batch": inner,
	"journal.id": inner, "journal.actor_id": inner, "journal.actor_name": staff, "journal.household_id": inner, "journal.pupil_id": inner, "journal.dossier_id": inner, "journal.course_id": inner, "journal.subject": inner,
	"access_line.id": inner, "access_line.event": "the page's name in the program", "access_line.actor_id": inner, "access_line.actor_name": staff, "access_line.household_id": inner, "access_line.pupil_id": inner,
	"access_line.dossier_id": inner, "access_line.subject": inner, "access_line.said": "what a list was narrowed to", "access_line.row_count": inner, "access_line.slot": inner,
	"access_line.address": "of who opened it", "access_line.browser": "the same",
	"pupil_household": "which households a pupil has: those of the other are not told", "household_apart": "two households that are not one: about the other one",
	"roll_over_pupil": "the preparation of a season: what became of it is told by season",
}

// TestNothingIsForgotten: what a new table or column keeps about a household is
// given to it, or the reason is written above.
func TestNothingIsForgotten(t *testing.T) {
	store := dbtest.SQLite(t)
	type column struct {
		Table string `db:"t"`
		Name  string `db:"c"`
	}
	columns, err := db.All[column](t.Context(), store, `select m.name as t, c.name as c from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and
		(m.name in ('household', 'pupil', 'request') or exists (select 1 from pragma_table_info(m.name) i where i.name in ('household_id', 'pupil_id', 'guardian_id', 'first_id')))`)
	if err != nil || len(columns) < 100 {
		t.Fatalf("%d columns, %v", len(columns), err)
	}
	told := map[string]bool{}
	for _, s := range sections {
		for _, table := range s.tables {
			for i := range s.row.NumField() {
				told[table+"."+nameOf(s.row.Field(i))] = true
			}
		}
	}
	known := map[string]bool{}
	for _, c := range columns {
		name := c.Table + "." + c.Name
		known[name], known[c.Table] = true, true
		switch reason := leftOut[name] + leftOut[c.Table]; {
		case told[name] && reason != "":
			t.Errorf("%s is told, and left out", name)
		case !told[name] && reason == "":
			t.Errorf("%s is neither told to the household nor left out with a reason", name)
		}
	}
	for name := range leftOut {
		if !known[name] {
			t.Errorf("%s is left out, and there is no such column", name)
		}
	}
	for _, s := range sections {
		for _, table := range s.tables {
			if !slices.ContainsFunc(columns, func(c column) bool { return c.Table == table }) {
				t.Errorf("%s is of no table with a household", s.code)
			}
		}
	}
}

func nameOf(f reflect.StructField) string {
	if of := f.Tag.Get("of"); of != "" {
		return of
	}
	return f.Tag.Get("db")
}
