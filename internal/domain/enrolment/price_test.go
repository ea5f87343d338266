package enrolment

import (
	"slices"
	"testing"

	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
)

func TestTheCaseOfAHousehold(t *testing.T) {
	q := tariff.Quotient{Value: 84500, Valid: true}
	home := HomeOf([]PricedPupil{
		{Pupil: "a", FirstName: "Ada", LastName: "Moreau", BirthDate: "2015-03-14", Level: school.Fifth, Programme: "cursus"},
		{Pupil: "b", FirstName: "Bea", LastName: "Moreau", BirthDate: "2005-12-31", Level: school.Higher, Programme: "adultes"},
		{Pupil: "c", FirstName: "Cyr", LastName: "Moreau", Programme: "cursus"},
	}, "2027-12-31", true, q)
	want := []tariff.Pupil{
		{Key: "a", Name: "Ada Moreau", Programme: "cursus", Age: 12},
		{Key: "b", Name: "Bea Moreau", Programme: "adultes", Age: 22, Student: true},
		{Key: "c", Name: "Cyr Moreau", Programme: "cursus", Age: tariff.UnknownAge},
	}
	if !home.Outside || home.Quotient != q || !slices.EqualFunc(home.Pupils, want, func(a, b tariff.Pupil) bool {
		return a.Key == b.Key && a.Name == b.Name && a.Programme == b.Programme && a.Age == b.Age && a.Student == b.Student && a.Rented == nil
	}) {
		t.Errorf("got %+v", home)
	}
}
