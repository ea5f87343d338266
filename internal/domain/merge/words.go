package merge

import (
	"context"
	"errors"
	"slices"
	"strings"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// words are the school's names, and what decides which papers are asked.
type words struct {
	modes    map[int64]string
	means    []school.PaymentMean
	papers   map[string]string // by code
	standing map[string]bool   // papers that stay valid from one season to the next
	enrolment.Askings
}

func wordsOf(ctx context.Context, r db.Reader, season school.Season) (w words, err error) {
	modes, err := school.BillingModes(ctx, r)
	if err != nil {
		return w, err
	}
	w.modes, w.papers, w.standing = map[int64]string{}, map[string]string{}, map[string]bool{}
	for _, m := range modes {
		w.modes[m.Code] = m.Name
	}
	if w.means, err = school.PaymentMeans(ctx, r); err != nil {
		return w, err
	}
	if w.Askings, err = enrolment.AskingsOf(ctx, r, season.ID); err != nil {
		return w, err
	}
	for _, p := range w.Papers {
		w.papers[p.Code], w.standing[p.Code] = p.Name, p.Validity == "standing"
	}
	return w, nil
}

func (w words) meansOf(codes []string) string {
	var names []string
	for _, m := range w.means {
		if slices.Contains(codes, m.Code) {
			names = append(names, m.Name)
		}
	}
	return strings.Join(names, ", ")
}

func address(h people.Household) string {
	parts := []string{h.Address, h.AddressExtra, strings.TrimSpace(h.Postcode + " " + h.Town)}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// alike tells whether the two may be one child: one name, or one first name and
// one date of birth.
func alike(a, b people.Pupil) bool {
	return people.SameChild(a, b) || a.BirthDate != "" && a.BirthDate == b.BirthDate && french.Fold(a.FirstName) == french.Fold(b.FirstName)
}

func isNotFound(err error) bool { return errors.Is(err, fault.ErrNotFound) }

func paperNames(ctx context.Context, r db.Reader) (map[string]string, error) {
	season, err := school.CurrentSeason(ctx, r)
	if err != nil && !isNotFound(err) {
		return nil, err
	}
	w, err := wordsOf(ctx, r, season)
	return w.papers, err
}
