package enrolment

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pupitre/internal/domain/catalogue"
)

// TestEveryColumnOfADossierIsWrittenWhenItChanges changes each field alone: its
// column, and no other, is written. Those that name the dossier never change.
func TestEveryColumnOfADossierIsWrittenWhenItChanges(t *testing.T) {
	fixed := []string{"id", "number", "season_id", "pupil_id"}
	kind := reflect.TypeFor[Dossier]()
	for i := range kind.NumField() {
		was, is := Dossier{}, Dossier{}
		switch f := reflect.ValueOf(&is).Elem().Field(i); f.Interface().(type) {
		case time.Time:
			f.Set(reflect.ValueOf(time.Date(2027, 6, 8, 18, 0, 0, 0, time.UTC)))
		case Choice:
			f.Set(reflect.ValueOf(Choice{catalogue.Wish{Course: "piano"}}))
		default:
			switch f.Kind() {
			case reflect.String:
				f.SetString("x")
			case reflect.Int64:
				f.SetInt(1)
			case reflect.Bool:
				f.SetBool(true)
			default:
				t.Fatalf("a field of a kind unknown here: %s", kind.Field(i).Name)
			}
		}
		column := kind.Field(i).Tag.Get("db")
		var want, got []string
		if !slices.Contains(fixed, column) {
			want = []string{column}
		}
		for n, c := range writtenColumns {
			if changedColumns(&was, &is).has(n) {
				got = append(got, c.name)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s changed: %v is written, want %v", kind.Field(i).Name, got, want)
		}
	}
}
