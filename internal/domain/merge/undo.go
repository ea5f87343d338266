package merge

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/transfer"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Undo makes the two households two again, each as it was. It returns
// *fault.Conflict, naming it, when something that the merge moved has changed
// since. Office only.
func (m *Merges) Undo(ctx context.Context, by actor.Actor, id string) error {
	merged, err := Of(ctx, m.store, by, id)
	if err != nil {
		return err
	}
	resettle := m.registrar.Resettle
	if merged.IsAttachment() {
		resettle = m.registrar.TakeBackRehousing
	}
	return resettle(ctx, by, []string{merged.Kept, merged.Lost}, func(ctx context.Context, tx *db.Tx, at time.Time) error {
		if err := hold(ctx, tx, merged.Kept); err != nil {
			return err
		}
		merged, err := Of(ctx, tx, by, id) // another may have undone it meanwhile
		if err != nil {
			return err
		}
		why, turned, err := merged.since(ctx, tx, by)
		if err != nil {
			return err
		}
		if why != "" {
			return &fault.Conflict{Message: merged.noLonger() + french.Nbsp + ": " + why + "."}
		}
		return m.undo(ctx, tx, at, by, merged, turned)
	})
}

func (m *Merges) undo(ctx context.Context, tx *db.Tx, at time.Time, by actor.Actor, merged Merged, turned []transfer.Turned) error {
	if err := transfer.TakeBack(ctx, tx, turned); err != nil {
		return err
	}
	var lines, mails []string
	if err := json.Unmarshal([]byte(merged.Lines), &lines); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(merged.Mails), &mails); err != nil {
		return err
	}
	if err := journal.Rehouse(ctx, tx, lines, merged.Lost); err != nil {
		return err
	}
	if err := correspondence.Rehouse(ctx, tx, mails, merged.Lost); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update household_merge set undone_at = $1, undone_by = $2 where id = $3`, at, by.Name, merged.ID); err != nil {
		return err
	}
	return merged.tell(ctx, tx, at, by)
}

// noLonger says that it is not undone any more.
func (m Merged) noLonger() string {
	if m.IsAttachment() {
		return "Le rattachement ne s’annule plus"
	}
	return "La fusion ne s’annule plus"
}

// tell writes in the journal of both households that they are two again.
func (m Merged) tell(ctx context.Context, tx *db.Tx, at time.Time, by actor.Actor) error {
	event, before, after := "household.merge_undone", "un seul foyer", "Fusion annulée"+french.Nbsp+": de nouveau deux foyers, "+m.KeptName+" et "+m.LostName
	if m.IsAttachment() {
		event, before, after = "household.attachment_undone", "rattachée au foyer "+m.KeptName, "Rattachement annulé"+french.Nbsp+": la pré-inscription de "+m.LostName+" attend de nouveau une réponse"
	}
	var told []journal.Line
	for _, household := range []string{m.Kept, m.Lost} {
		told = append(told, journal.By(by, at, journal.Line{Event: event, Household: household, Subject: SubjectOf(m.ID), Before: before, After: after}))
	}
	return journal.Append(ctx, tx, told...)
}

// HoldsUp says in words why the merge is not undone any more, "" when it is.
// Office only.
func HoldsUp(ctx context.Context, r db.Reader, by actor.Actor, merged Merged) (string, error) {
	why, _, err := merged.since(ctx, r, by)
	return why, err
}

// since says what has changed of what the merge moved, and lists what it turned.
func (m Merged) since(ctx context.Context, r db.Reader, by actor.Actor) (why string, turned []transfer.Turned, err error) {
	if m.Undone() {
		return "c’est déjà annulé", nil, nil
	}
	if again, merged, err := Into(ctx, r, by, m.Kept); err != nil || merged {
		return "le foyer " + m.KeptName + " a été fusionné depuis avec un autre, " + again.KeptName, nil, err
	}
	before, err := transfer.ReadPart(m.Before)
	if err != nil {
		return "", nil, err
	}
	after, err := transfer.ReadPart(m.After)
	if err != nil {
		return "", nil, err
	}
	of := m.of(before)
	now, err := transfer.PartOf(ctx, r, scope([]string{m.Kept, m.Lost}, of.pupils, of.accounts))
	if err != nil {
		return "", nil, err
	}
	turned = before.Since(after)
	changed := touching(turned, after.Since(now), of)
	if len(changed) == 0 {
		return "", turned, nil
	}
	names, err := m.naming(ctx, r, by, changed)
	return "depuis, " + french.List(names) + " " + french.Noun(int64(len(names)), "a changé", "ont changé"), turned, err
}

// known is what the merge was about.
type known struct {
	pupils   []string // of both households
	moved    []string // of the lost one, and those that they are
	accounts []string
}

func (m Merged) of(before transfer.Part) (k known) {
	turned := (transfer.Part{}).Since(before)
	for _, t := range turned {
		switch t.Table {
		case "pupil":
			k.pupils = append(k.pupils, t.Column("id"))
		case "account":
			k.accounts = append(k.accounts, t.Column("id"))
		case "pupil_household":
			if t.Column("household_id") == m.Lost {
				k.moved = append(k.moved, t.Column("pupil_id"))
			}
		}
	}
	return k
}

// books are the tables of what is invoiced and paid: once an account has moved,
// whatever has come to it since holds the undoing up, for it may have settled what
// the other household owed.
var books = []string{"invoice", "instalment", "payment", "allocation", "reminder"}

// touching keeps the changes of what the merge turned, and what has come since
// to a pupil or an account that it moved. That a family has read a message since
// is none.
func touching(turned, since []transfer.Turned, of known) []transfer.Turned {
	for _, t := range turned { // the pupil that another one became has turned too
		if t.Table == "pupil" && t.After != nil {
			of.moved = append(of.moved, t.Column("id"))
		}
	}
	account := slices.ContainsFunc(turned, func(t transfer.Turned) bool { return slices.Contains(books, t.Table) })
	return slices.DeleteFunc(slices.Clone(since), func(s transfer.Turned) bool {
		if account && slices.Contains(books, s.Table) {
			return false
		}
		if s.Table == notices && s.Only("read_at") {
			return true
		}
		if slices.ContainsFunc(turned, func(t transfer.Turned) bool { return t.Table == s.Table && t.Key == s.Key }) {
			return false
		}
		return s.Before != nil || !slices.Contains(of.moved, s.Column("pupil_id"))
	})
}
