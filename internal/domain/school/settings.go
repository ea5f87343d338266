package school

import (
	"context"

	"pupitre/internal/platform/db"
)

// Settings is what the school has laid down beside its catalogue and the papers
// asked, each list in the school's order.
type Settings struct {
	School    School
	Sites     []Site
	Means     []PaymentMean
	Modes     []BillingMode
	Published []PublishedDocument
}

// SettingsOf returns the settings in force, out of memory while Season.Settings
// stands; season has just been read. They are read only. The error is
// fault.ErrNotFound before the first import.
func SettingsOf(ctx context.Context, r db.Reader, season Season) (Settings, error) {
	return InForce(ctx, r, settingsKey{}, season, func(ctx context.Context) (Settings, error) { return readSettings(ctx, r) })
}

type settingsKey struct{}

// InForce is db.Remember for what Changed tells of: read is asked when the
// settings have changed since, on whichever machine.
func InForce[T any](ctx context.Context, r db.Reader, what any, season Season, read func(context.Context) (T, error)) (T, error) {
	if season.Settings == 0 { // no school has said anything yet
		return read(ctx)
	}
	return db.Remember(ctx, r, what, season.Settings, read)
}

func readSettings(ctx context.Context, r db.Reader) (s Settings, err error) {
	if s.School, err = Current(ctx, r); err != nil {
		return s, err
	}
	if s.Sites, err = Sites(ctx, r); err != nil {
		return s, err
	}
	if s.Means, err = PaymentMeans(ctx, r); err != nil {
		return s, err
	}
	if s.Modes, err = BillingModes(ctx, r); err != nil {
		return s, err
	}
	s.Published, err = PublishedDocuments(ctx, r)
	return s, err
}
