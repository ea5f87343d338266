package rollover

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/db"
)

// copy is one thing that the preparation wrote, and how it then stood.
type copyOf struct {
	Kind   string `json:"kind"` // as a sentence names it: « le cours »
	Code   string `json:"code"`
	Name   string `json:"name"`
	Digest string `json:"digest"`
}

// standing reads what the season holds, as the list of copies would keep it.
func standing(ctx context.Context, r db.Reader, season string) ([]copyOf, error) {
	s, err := school.SeasonByID(ctx, r, season)
	if err != nil {
		return nil, err
	}
	all := []copyOf{{"les dates", "", "de la saison " + s.Name, digest(school.ComingCampaign.Values(s))}}
	offer, err := catalogue.Of(ctx, r, season)
	if err != nil {
		return nil, err
	}
	for _, p := range offer.Programmes {
		name := p.Title
		p.ID = ""
		all = append(all, copyOf{"la formule", p.Code, name, digest(p)})
	}
	capacities, err := enrolment.CapacitiesOf(ctx, r, season)
	if err != nil {
		return nil, err
	}
	places := map[string][]enrolment.Capacity{}
	for _, c := range capacities {
		places[c.Course] = append(places[c.Course], enrolment.Capacity{Semester: c.Semester, Places: c.Places})
	}
	for _, c := range offer.Courses {
		held := places[c.ID]
		c.ID, c.Version = "", 0 // put back as it was, it is as it was
		all = append(all, copyOf{"le cours", c.Code, c.Title, digest(c, held)})
	}
	papers, err := document.Papers(ctx, r, season)
	for _, p := range papers {
		p.ID = ""
		all = append(all, copyOf{"la pièce", p.Code, p.Name, digest(p)})
	}
	if err != nil {
		return nil, err
	}
	prices, err := tariff.Of(ctx, r, season)
	if prices.Found() {
		all = append(all, copyOf{"les tarifs", "", "de la saison " + s.Name, digest(prices.Tariff)})
	}
	return all, err
}

func digest(things ...any) string {
	b, err := json.Marshal(things)
	if err != nil {
		panic(err) // plain structs of the rooms
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// since says in words what has changed of the list.
func since(then, now []copyOf) []string {
	was := map[string]copyOf{}
	for _, c := range then {
		was[c.Kind+c.Code] = c
	}
	var words []string
	for _, c := range now {
		before, known := was[c.Kind+c.Code]
		delete(was, c.Kind+c.Code)
		switch {
		case !known:
			words = append(words, fmt.Sprintf("%s « %s », ajouté depuis", c.Kind, c.Name))
		case before.Digest != c.Digest && c.Code == "":
			words = append(words, c.Kind+" "+c.Name)
		case before.Digest != c.Digest:
			words = append(words, fmt.Sprintf("%s « %s »", c.Kind, c.Name))
		}
	}
	for _, c := range then {
		if _, gone := was[c.Kind+c.Code]; gone {
			words = append(words, fmt.Sprintf("%s « %s », retiré depuis", c.Kind, c.Name))
		}
	}
	return words
}

// copyAll writes the copies, and returns the new id of each programme and course.
func copyAll(ctx context.Context, tx *db.Tx, from school.Season, to string, plan Plan) (map[string]string, error) {
	offer, err := catalogue.Of(ctx, tx, from.ID)
	if err != nil {
		return nil, err
	}
	ids := map[string]string{}
	if plan.Programmes {
		for _, p := range offer.Programmes {
			if ids[p.ID], err = catalogue.PutProgramme(ctx, tx, to, p); err != nil {
				return nil, err
			}
		}
		if err := tariff.Copy(ctx, tx, from.ID, to); err != nil {
			return nil, err
		}
	}
	if plan.Courses {
		if err := copyCourses(ctx, tx, from.ID, to, offer.Courses, ids); err != nil {
			return nil, err
		}
	}
	papers, err := document.Papers(ctx, tx, from.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range papers {
		if err := document.PutPaper(ctx, tx, to, p); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func copyCourses(ctx context.Context, tx *db.Tx, from, to string, courses []catalogue.Course, ids map[string]string) (err error) {
	capacities, err := enrolment.CapacitiesOf(ctx, tx, from)
	if err != nil {
		return err
	}
	for _, c := range courses {
		if !c.CancelledAt.IsZero() {
			continue
		}
		if ids[c.ID], err = catalogue.PutCourse(ctx, tx, to, c); err != nil {
			return err
		}
	}
	for _, c := range capacities {
		if copied := ids[c.Course]; copied != "" {
			if err := enrolment.PutOffering(ctx, tx, to, copied, c.Semester, c.Places); err != nil {
				return err
			}
		}
	}
	return nil
}
