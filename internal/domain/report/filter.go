package report

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

// Filter narrows the queue, a list or whom a message goes to. Text is searched
// in the pupil's and responsibles' names and the dossier's number; Site,
// Programme and Course are ids; Page counts from 1. What is empty leaves all.
type Filter struct {
	Group     Group
	Text      string
	Site      string
	Programme string
	Course    string // asked for: with a place, one on offer, or waiting
	Town      string // of the household, as it is written
	New       string // Yes: without a course at the school this year; No: with one
	Ages      Ages
	Page      int64
}

// The answers of Filter.New.
const (
	Yes = "oui"
	No  = "non"
)

// Ages is a band of ages on the season's day for ages, both ends in it:
// « 6-7 », « 66- »; "" is all.
type Ages string

// ends are the first and the last age, 200 when there is none.
func (a Ages) ends() (first, last int, ok bool) {
	from, to, found := strings.Cut(string(a), "-")
	first, err := strconv.Atoi(from)
	if !found || err != nil || first < 0 || first > 200 {
		return 0, 0, false
	}
	if to == "" {
		return first, 200, true
	}
	last, err = strconv.Atoi(to)
	return first, last, err == nil && last >= first && last <= 200
}

// French is the band in words: « 6 à 7 ans ».
func (a Ages) French() string {
	first, last, ok := a.ends()
	switch {
	case !ok:
		return ""
	case last == 200:
		return fmt.Sprintf("%d ans et plus", first)
	case first == last:
		return fmt.Sprintf("%d ans", first)
	}
	return fmt.Sprintf("%d à %d ans", first, last)
}

// born are the dates of birth of the band: after the first one, up to the other.
func (a Ages) born(on string) (after, until string, ok bool) {
	first, last, ok := a.ends()
	day, err := time.Parse(time.DateOnly, on)
	if !ok || err != nil {
		return "", "", false
	}
	return day.AddDate(-last-1, 0, 0).Format(time.DateOnly), day.AddDate(-first, 0, 0).Format(time.DateOnly), true
}

// FilterFrom is the filter whose parts have these values, by the names of Parts.
func FilterFrom(value func(name string) string) Filter {
	f := Filter{Group: GroupNamed(value("file")), Text: value("texte"), Site: value("pole"), Programme: value("formule"), Course: value("cours"), Town: value("commune"), New: value("nouveau")}
	if ages := Ages(value("age")); ages.French() != "" {
		f.Ages = ages
	}
	return f
}

// Parts are the filter's parts that narrow, by name, its page apart.
func (f Filter) Parts() map[string]string {
	parts := map[string]string{}
	for name, value := range map[string]string{
		"file": string(f.Group), "texte": f.Text, "pole": f.Site, "formule": f.Programme, "cours": f.Course, "commune": f.Town, "nouveau": f.New, "age": string(f.Ages),
	} {
		if value != "" {
			parts[name] = value
		}
	}
	return parts
}

// bySite tells whether nothing but the group and the pole narrows the filter.
func (f Filter) bySite() bool {
	return f == Filter{Group: f.Group, Site: f.Site, Page: f.Page}
}

// narrowed is the query of the season's dossiers of the scope that the filter
// leaves, its group apart. The words are looked for once, whatever is then read of the
// dossiers that have them.
func (f Filter) narrowed(ctx context.Context, r db.Reader, s scope, season school.Season) (query, error) {
	var q query
	q.with(`d.season_id = ?`, season.ID)
	s.pupils(&q, "d.pupil_id")
	if f.Site != "" {
		q.with(`d.site_id = ?`, f.Site)
	}
	if f.Programme != "" {
		q.with(`d.programme_id = ?`, f.Programme)
	}
	if f.Course != "" {
		q.with(`exists (select 1 from request q join offering o on o.id = q.offering_id
			where q.dossier_id = d.id and o.course_id = ? and q.state in ('place', 'waiting', 'offered'))`, f.Course)
	}
	if f.Town != "" {
		q.with(`exists (select 1 from household h where h.id = d.household_id and h.town = ?)`, f.Town)
	}
	switch f.New {
	case Yes:
		q.with(`not exists (select 1 from pupil_course_now n where n.pupil_id = d.pupil_id)`)
	case No:
		q.with(`exists (select 1 from pupil_course_now n where n.pupil_id = d.pupil_id)`)
	}
	if after, until, ok := f.Ages.born(season.AgesOn); ok {
		q.with(`exists (select 1 from pupil b where b.id = d.pupil_id and b.birth_date > ? and b.birth_date <= ?)`, after, until)
	}
	words := strings.Fields(french.Fold(f.Text))
	if len(words) == 0 {
		return q, nil
	}
	ids, err := withWords(ctx, r, season.ID, words[:min(len(words), 6)])
	q.with(`d.id in (select value from json_each(cast(? as text)))`, db.IDs(ids))
	return q, err
}
