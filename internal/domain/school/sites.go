package school

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/journal"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// The fields of a site's form.
const (
	SiteName    = "nom"
	SiteTown    = "commune"
	SiteAddress = "adresse"
)

// SaveSite makes the site (ID "") or changes the one that was read at its
// Version, and returns its id. It returns *fault.Invalid for what must be
// mended, *fault.Conflict when somebody has changed the site since. Its code and
// position are not touched. Office only.
func SaveSite(ctx context.Context, store *db.Store, a actor.Actor, now time.Time, s Site) (string, error) {
	if !a.IsOffice() {
		return "", fault.ErrForbidden
	}
	err := store.Write(ctx, func(tx *db.Tx) (err error) {
		if err := Changed(ctx, tx); err != nil { // the seasons' rows first, as the registrar takes them
			return err
		}
		all, err := Sites(ctx, tx)
		if err != nil {
			return err
		}
		if err := checkSite(s, all); err != nil {
			return err
		}
		if s.ID == "" {
			s.ID, err = makeSite(ctx, tx, a, now, s, all)
			return err
		}
		return changeSite(ctx, tx, a, now, s, all)
	})
	return s.ID, err
}

func checkSite(s Site, all []Site) error {
	var c fault.Check
	c.That(s.Name != "", SiteName, "Écrivez le nom du pôle, par exemple «\u202fPôle Loire\u202f».")
	c.That(s.Town != "", SiteTown, "Écrivez la commune, par exemple «\u202fLe Pallet\u202f».")
	for _, other := range all {
		c.That(other.ID == s.ID || french.Fold(other.Name) != french.Fold(s.Name), SiteName, "Un pôle porte déjà ce nom. Donnez-en un autre.")
	}
	for field, value := range map[string]string{SiteName: s.Name, SiteTown: s.Town, SiteAddress: s.Address} {
		c.That(utf8.RuneCountInString(value) <= 200, field, "200 caractères au plus.")
	}
	return c.Err()
}

func makeSite(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, s Site, all []Site) (string, error) {
	codes, last := map[string]bool{}, int64(-1)
	for _, other := range all {
		codes[other.Code], last = true, max(last, other.Position)
	}
	id := db.NewID()
	_, err := tx.Exec(ctx, `insert into site (id, code, name, town, address, position, version, changed_at, changed_by) values ($1, $2, $3, $4, $5, $6, 1, $7, $8)`,
		id, FreeCode(s.Name, codes), s.Name, s.Town, s.Address, last+1, now, a.Name)
	if err := changed(ctx, tx, err); err != nil {
		return "", fmt.Errorf("make site %s: %w", s.Name, err)
	}
	return id, signed(ctx, tx, a, now, "site.made", "", s.Name+"\u202f: ajouté")
}

func changeSite(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, s Site, all []Site) error {
	held, err := SiteAmong(all, s.ID)
	if err != nil {
		return err
	}
	if err := held.Against(s.Version); err != nil {
		return err
	}
	before, after := journal.Changes(journal.Field{Label: "nom", Before: held.Name, After: s.Name},
		journal.Field{Label: "commune", Before: held.Town, After: s.Town}, journal.Field{Label: "adresse", Before: held.Address, After: s.Address})
	if after == "" {
		return nil
	}
	_, err = tx.Exec(ctx, `update site set name = $1, town = $2, address = $3, version = version + 1, changed_at = $4, changed_by = $5 where id = $6`,
		s.Name, s.Town, s.Address, now, a.Name, s.ID)
	if err := changed(ctx, tx, err); err != nil {
		return fmt.Errorf("change site %s: %w", s.ID, err)
	}
	return signed(ctx, tx, a, now, "site.changed", held.Name+", "+before, s.Name+", "+after)
}

// MoveSite moves the site one step up or down in the school's order, and
// returns its place from 1 and how many there are. Office only.
func MoveSite(ctx context.Context, store *db.Store, a actor.Actor, now time.Time, id string, up bool) (place, of int, err error) {
	if !a.IsOffice() {
		return 0, 0, fault.ErrForbidden
	}
	err = store.Write(ctx, func(tx *db.Tx) error {
		if err := Changed(ctx, tx); err != nil {
			return err
		}
		all, err := Sites(ctx, tx)
		if err != nil {
			return err
		}
		moved, err := SiteAmong(all, id)
		if err != nil {
			return err
		}
		var ids []string
		for _, s := range all {
			ids = append(ids, s.ID)
		}
		place, of = Step(ids, id, up), len(ids)
		for i, id := range ids {
			if _, err := tx.Exec(ctx, `update site set position = $1 where id = $2 and position <> $1`, i, id); err != nil {
				return err
			}
		}
		return signed(ctx, tx, a, now, "site.moved", "", fmt.Sprintf("%s\u202f: %dᵉ de la liste", moved.Name, place))
	})
	return place, of, err
}

// SiteAmong returns the site of that id, or fault.ErrNotFound.
func SiteAmong(all []Site, id string) (Site, error) {
	for _, s := range all {
		if s.ID == id {
			return s, nil
		}
	}
	return Site{}, fmt.Errorf("site %s: %w", id, fault.ErrNotFound)
}

// Step moves the id one step up or down in the list, if there is room, and
// returns its place from 1 on.
func Step(ids []string, id string, up bool) int {
	for i := range ids {
		if ids[i] != id {
			continue
		}
		to := i + 1
		if up {
			to = i - 1
		}
		if to < 0 || to >= len(ids) {
			return i + 1
		}
		ids[i], ids[to] = ids[to], ids[i]
		return to + 1
	}
	return 0
}

// FreeCode makes a code of the words that is not among the taken ones: « pole-loire ».
func FreeCode(words string, taken map[string]bool) string {
	var b strings.Builder
	for _, r := range french.Fold(words) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	code := strings.Trim(b.String()[:min(b.Len(), 40)], "-")
	if code == "" {
		code = "sans-nom"
	}
	free := code
	for n := 2; taken[free]; n++ {
		free = fmt.Sprintf("%s-%d", code, n)
	}
	return free
}

func signed(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, event, before, after string) error {
	return journal.Append(ctx, tx, journal.By(a, now, journal.Line{Event: event, Before: before, After: after}))
}

// BringSite makes a site of that name for an import, in its transaction; its town
// is said on screen afterwards.
func BringSite(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, name string) (Site, error) {
	all, err := Sites(ctx, tx)
	if err != nil {
		return Site{}, err
	}
	id, err := makeSite(ctx, tx, a, now, Site{Name: name}, all)
	if err != nil {
		return Site{}, err
	}
	if all, err = Sites(ctx, tx); err != nil {
		return Site{}, err
	}
	return SiteAmong(all, id)
}

// TakeSiteBack forgets a site that BringSite made; its caller has seen that
// nothing is at it any more.
func TakeSiteBack(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, s Site) error {
	_, err := tx.Exec(ctx, `delete from site where id = $1`, s.ID)
	if err := changed(ctx, tx, err); err != nil {
		return err
	}
	return signed(ctx, tx, a, now, "site.removed", s.Name, s.Name+"\u202f: retiré")
}
