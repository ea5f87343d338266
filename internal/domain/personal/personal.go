// Package personal gathers what the school keeps about a household, for the
// household itself: the right of access and of portability (RGPD, articles 15
// and 20; R50). A test holds that each column with something about a household
// or a pupil is in it, or named with the reason why not.
//
// Of a pupil with two households, it has what the one asked for has said and
// handed in, and nothing of the other. Members of the staff stand in it by their
// role: their names are not the household's data.
package personal

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/application"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Data is what is kept about a household at one instant.
type Data struct {
	Household string
	Sections  []Section
	Files     []File
}

// Section is one kind of data; its records are the oldest first.
type Section struct {
	Code    string // its name in the readable-by-machines form
	Title   string
	Records []Record
}

// Record is one record, field by field.
type Record []Field

// Field is one value: Value is what a program reads, Said what people read; it
// has no Label when only programs read it.
type Field struct {
	Code  string
	Label string
	Value any
	Said  string
}

// File is a deposited document, as it was handed in.
type File struct {
	Name    string `db:"file_name"` // unique among the household's
	BlobKey string `db:"blob_key"`
}

// Of gathers the data of the household: for its own account, and for who may
// take it away for it (actor.PersonalData). To anybody else it is
// fault.ErrNotFound.
func Of(ctx context.Context, r db.Reader, a actor.Actor, household string) (Data, error) {
	own := a.Role == actor.Family && a.Sees(household)
	if !own && !a.May(actor.Sees, actor.PersonalData) {
		return Data{}, fmt.Errorf("data of household %s: %w", household, fault.ErrNotFound)
	}
	found, err := db.All[string](ctx, r, `select id from household where id = $1`, household)
	if err != nil {
		return Data{}, err
	}
	if len(found) == 0 {
		return Data{}, fmt.Errorf("data of household %s: %w", household, fault.ErrNotFound)
	}
	d := Data{Household: household}
	courses, err := courseNames(ctx, r, household)
	if err != nil {
		return d, err
	}
	for _, s := range sections {
		records, err := s.read(ctx, r, household, courses)
		if err != nil {
			return d, fmt.Errorf("data of household %s, %s: %w", household, s.code, err)
		}
		d.Sections = append(d.Sections, Section{s.code, s.title, records})
	}
	d.Files, err = files(ctx, r, household)
	return d, err
}

// files are the household's deposits, the oldest first, each with a name of its own.
func files(ctx context.Context, r db.Reader, household string) ([]File, error) {
	all, err := db.All[File](ctx, r, `select file_name, blob_key from deposit where household_id = $1 order by id`, household)
	for i := range all {
		all[i].Name = fmt.Sprintf("%03d-%s", i+1, path.Base(all[i].Name))
	}
	return all, err
}

// JSON is the data as programs read it: by section, the records with the names
// of their fields.
func (d Data) JSON() ([]byte, error) {
	all := map[string][]map[string]any{}
	for _, s := range d.Sections {
		records := []map[string]any{}
		for _, r := range s.Records {
			fields := map[string]any{}
			for _, f := range r {
				fields[f.Code] = f.Value
			}
			records = append(records, fields)
		}
		all[s.Code] = records
	}
	text, err := json.MarshalIndent(all, "", "  ")
	return append(text, '\n'), err
}

// section reads one kind of data.
type section struct {
	code, title string
	tables      []string // whose columns its fields are
	row         reflect.Type
	read        func(ctx context.Context, r db.Reader, household string, courses map[string]string) ([]Record, error)
}

// sectionOf reads the rows of the query, whose $1 is the household, into T: its
// fields have the tags db (the column it is selected as), label, and of where
// that is not the name of the column that it tells.
func sectionOf[T any](code, title, query string, tables ...string) section {
	return section{code, title, tables, reflect.TypeFor[T](), func(ctx context.Context, r db.Reader, household string, courses map[string]string) ([]Record, error) {
		rows, err := db.All[T](ctx, r, query, household)
		var records []Record
		for _, row := range rows {
			records = append(records, recordOf(reflect.ValueOf(row), courses))
		}
		return records, err
	}}
}

// courseNames names the courses of the seasons that the household has dossiers
// and pré-inscriptions of, by id.
func courseNames(ctx context.Context, r db.Reader, household string) (map[string]string, error) {
	type course struct {
		ID   string `db:"id"`
		Name string `db:"name"`
	}
	all, err := db.All[course](ctx, r, `select id, title || ' (' || code || ')' as name from course
		where season_id in (select season_id from dossier where household_id = $1 union select season_id from application where household_id = $1)`, household)
	names := map[string]string{}
	for _, c := range all {
		names[c.ID] = c.Name
	}
	return names, err
}

// namesOf are the courses of a choice.
func namesOf(choice enrolment.Choice, courses map[string]string) []string {
	var names []string
	for _, w := range choice {
		name := courses[w.Course]
		if w.Semester > 0 {
			name += fmt.Sprintf(", semestre %d", w.Semester)
		}
		names = append(names, name)
	}
	return names
}

// typed is what a pré-inscription says, line by line.
func typed(f application.Form, courses map[string]string) string {
	lines := []string{"Élève" + colon + f.PupilName(), "Naissance" + colon + french.CivilDate(f.Pupil.BirthDate), "Niveau" + colon + school.Level(f.Pupil.Level).French(),
		"Cours" + colon + strings.Join(namesOf(f.Wishes, courses), ", "), "Remarque" + colon + f.Note,
		"Responsable" + colon + f.Responsible(), "Mail" + colon + f.Guardian.Email, "Portable" + colon + french.Phone(f.Guardian.Mobile),
		"Adresse" + colon + strings.Join([]string{f.Address, f.Postcode, f.Town}, " ")}
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.HasSuffix(strings.TrimSpace(l), ":") }), "\n")
}

const colon = french.Nbsp + ": "

// each has the query asked for each thing of the household, as its $1.
func (s section) each(of func(ctx context.Context, r db.Reader, household string) ([]string, error)) section {
	read := s.read
	s.read = func(ctx context.Context, r db.Reader, household string, courses map[string]string) (all []Record, err error) {
		things, err := of(ctx, r, household)
		if err != nil {
			return nil, err
		}
		for _, thing := range things {
			records, err := read(ctx, r, thing, courses)
			if err != nil {
				return nil, err
			}
			all = append(all, records...)
		}
		return all, nil
	}
	return s
}

func recordOf(row reflect.Value, courses map[string]string) Record {
	var record Record
	for i := range row.NumField() {
		f := row.Type().Field(i)
		value := row.Field(i).Interface()
		text := ""
		switch v := value.(type) {
		case time.Time:
			if v.IsZero() {
				value = nil
			}
		case enrolment.Choice:
			names := namesOf(v, courses)
			value, text = names, strings.Join(names, "\n")
		case application.Form:
			text = typed(v, courses)
		}
		if text == "" {
			text = said(value, f.Tag.Get("is"))
		}
		record = append(record, Field{Code: f.Tag.Get("db"), Label: f.Tag.Get("label"), Value: value, Said: text})
	}
	return record
}

// said writes a value in French; is tells what a text is.
func said(value any, is string) string {
	switch v := value.(type) {
	case nil, []string:
		return ""
	case time.Time:
		return v.In(clock.Paris).Format("02/01/2006 à 15 h 04")
	case bool:
		if v {
			return "oui"
		}
		return "non"
	case interface{ French() string }:
		return v.French()
	case string:
		return saidText(v, is)
	default:
		return fmt.Sprint(v)
	}
}

func saidText(text, is string) string {
	switch {
	case text == "":
		return ""
	case is == "day":
		return french.CivilDate(text)
	case is == "phone":
		return french.Phone(text)
	case is == "role":
		return actor.Role(text).French()
	case is == "answer":
		return map[string]string{"yes": "oui", "no": "non"}[text]
	default:
		return text
	}
}
