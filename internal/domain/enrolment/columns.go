package enrolment

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// dossierColumn is a column of the dossier that the registrar writes.
type dossierColumn struct {
	name    string
	changed func(was, is *Dossier) bool
	value   func(*Dossier) any
}

func columnOf[T comparable](name string, of func(*Dossier) T, kept func(T) any) dossierColumn {
	return dossierColumn{name, func(was, is *Dossier) bool { return of(was) != of(is) }, func(d *Dossier) any { return kept(of(d)) }}
}

func asIs[T any](v T) any { return v }

// writtenColumns are all but those that never change. Their order numbers them
// in a columnSet.
var writtenColumns = []dossierColumn{
	columnOf("household_id", func(d *Dossier) string { return d.Household }, asIs),
	columnOf("state", func(d *Dossier) State { return d.State }, asIs),
	columnOf("programme_id", func(d *Dossier) string { return d.Programme }, orNull),
	columnOf("site_id", func(d *Dossier) string { return d.Site }, orNull),
	{"choice", func(was, is *Dossier) bool { return !slices.Equal(was.Choice, is.Choice) }, func(d *Dossier) any { return d.Choice.text() }},
	columnOf("on_paper_form", func(d *Dossier) bool { return d.OnPaperForm }, asIs),
	columnOf("note", func(d *Dossier) string { return d.Note }, asIs),
	columnOf("administrative", func(d *Dossier) bool { return d.Administrative }, asIs),
	columnOf("reason", func(d *Dossier) string { return d.Reason }, asIs),
	columnOf("text_id", func(d *Dossier) string { return d.Text }, orNull),
	columnOf("agreed_by", func(d *Dossier) string { return d.AgreedBy }, asIs),
	columnOf("sent_at", func(d *Dossier) time.Time { return d.SentAt }, asIs),
	columnOf("complete_at", func(d *Dossier) time.Time { return d.CompleteAt }, asIs),
	columnOf("rank", func(d *Dossier) int64 { return d.Rank }, rankOrNull),
	columnOf("received_on_paper_at", func(d *Dossier) time.Time { return d.ReceivedOnPaperAt }, asIs),
	columnOf("hold_until", func(d *Dossier) time.Time { return d.HoldUntil }, asIs),
	columnOf("hold_total_until", func(d *Dossier) time.Time { return d.HoldTotalUntil }, asIs),
	columnOf("confirmed_at", func(d *Dossier) time.Time { return d.ConfirmedAt }, asIs),
	columnOf("confirmed_by", func(d *Dossier) string { return d.ConfirmedBy }, asIs),
	columnOf("reopened_until", func(d *Dossier) time.Time { return d.ReopenedUntil }, asIs),
	columnOf("withdrawal_asked_at", func(d *Dossier) time.Time { return d.WithdrawalAskedAt }, asIs),
	columnOf("reminded_at", func(d *Dossier) time.Time { return d.RemindedAt }, asIs),
	columnOf("updated_at", func(d *Dossier) time.Time { return d.UpdatedAt }, asIs),
	columnOf("version", func(d *Dossier) int64 { return d.Version }, asIs),
	columnOf("desk", func(d *Dossier) Desk { return d.Desk }, func(desk Desk) any { return orNull(string(desk)) }),
	columnOf("choose_again", func(d *Dossier) bool { return d.ChooseAgain }, asIs),
}

// columnSet has bit i for writtenColumns[i].
type columnSet uint32

// changedColumns are those that differ. What has not changed is not written:
// each column costs its checks and the entries of its indexes.
func changedColumns(was, is *Dossier) columnSet {
	var set columnSet
	for i, c := range writtenColumns {
		if c.changed(was, is) {
			set |= 1 << i
		}
	}
	return set
}

func (set columnSet) has(i int) bool { return set&(1<<i) != 0 }

// update is the statement that writes these columns of a dossier, in the order
// of arguments; there are few such sets.
func (set columnSet) update() string {
	if text, ok := updates.Load(set); ok {
		return text.(string)
	}
	var b strings.Builder
	n := 0
	for i, c := range writtenColumns {
		if set.has(i) {
			n++
			fmt.Fprintf(&b, ", %s = $%d", c.name, n)
		}
	}
	text := fmt.Sprintf("update dossier set %s where id = $%d and version = $%d", strings.TrimPrefix(b.String(), ", "), n+1, n+2)
	updates.Store(set, text)
	return text
}

var updates sync.Map // columnSet → text

func (set columnSet) arguments(was, is *Dossier) []any {
	args := make([]any, 0, 12)
	for i, c := range writtenColumns {
		if set.has(i) {
			args = append(args, c.value(is))
		}
	}
	return append(args, is.ID, was.Version)
}
