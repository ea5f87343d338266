package enrolment

import (
	"strings"
	"testing"
	"time"
)

// listed makes one of a list: « place », « offered », or « waiting » at that position.
func listed(name string, rank int64, state RequestState, position, minute int64) InLine {
	return InLine{
		RequestView: RequestView{Request: Request{ID: name, State: state, ReceivedAt: noon.Add(time.Duration(minute) * time.Minute)}, Position: position},
		PupilName:   name, Rank: rank, DossierState: Complete,
	}
}

var plainSpaces = strings.NewReplacer("\u202f", " ", "\u00a0", " ")

func TestEveryPlaceNotOfferedIsExplained(t *testing.T) {
	full := Places{Capacity: 2, Taken: 2, Waiting: 3}
	offering := Places{Capacity: 2, Taken: 2, Offered: 1, Waiting: 1}
	jumped := listed("Cyr", 9, Waiting, 1, 30)
	jumped.Jumped = 1
	onPaper := listed("Bo", 8, Waiting, 1, 1)
	onPaper.OnPaperAt = onPaper.ReceivedAt
	offered := listed("Ida", 4, Offered, 0, 4)
	offered.OfferedUntil = time.Date(2027, 6, 11, 21, 59, 0, 0, time.UTC)
	for _, row := range []struct {
		says   string
		places Places
		line   []InLine
		of     string
		want   []string
	}{
		{"the first of a full course", full, []InLine{listed("Ada", 1, Place, 0, 0), listed("Abel", 2, Place, 0, 2), listed("Bea", 3, Waiting, 1, 5)}, "Bea",
			[]string{"2 places : 2 réservées, aucune libre.", "La dernière place est allée à Abel (rang 2), demandée le samedi 5 juin à 14 h 02", "reçue le samedi 5 juin à 14 h 05", "Premier de la liste"}},
		{"one behind others, a jump among them", full, []InLine{listed("Ada", 1, Place, 0, 0), jumped, listed("Bea", 3, Waiting, 2, 5), listed("Zoé", 5, Waiting, 3, 6)}, "Zoé",
			[]string{"Attendent devant : Cyr (rang 9), hors de l’ordre et Bea (rang 3)."}},
		{"the one who jumped", full, []InLine{listed("Ada", 1, Place, 0, 0), jumped}, "Cyr", []string{"hors de l’ordre, par une décision du bureau"}},
		{"while a place is on offer", offering, []InLine{listed("Ada", 1, Place, 0, 0), offered, listed("Bea", 6, Waiting, 1, 5)}, "Bea",
			[]string{"1 réservée, 1 proposée, aucune libre.", "Une place est proposée à Ida (rang 4), réponse avant le vendredi 11 juin à 23 h 59"}},
		{"a dossier on paper that came too late to the office", full, []InLine{listed("Ada", 1, Place, 0, 0), listed("Abel", 2, Place, 0, 2), onPaper}, "Bo",
			[]string{"Son dossier papier, reçu le samedi 5 juin à 14 h 01, a été saisi quand les places étaient déjà données"}},
		{"a course without a place", Places{Waiting: 1}, []InLine{listed("Bea", 3, Waiting, 1, 5)}, "Bea", []string{"Ce cours n’a aucune place.", "Premier de la liste"}},
	} {
		t.Run(row.says, func(t *testing.T) {
			for _, l := range row.line {
				if l.ID != row.of {
					continue
				}
				got := plainSpaces.Replace(strings.Join(WhyWaiting(row.places, row.line, l), "\n"))
				for _, want := range row.want {
					if !strings.Contains(got, want) {
						t.Errorf("want %q in\n%s", want, got)
					}
				}
			}
		})
	}
	for _, row := range []struct {
		places Places
		ended  bool
		want   string
	}{
		{Places{Capacity: 7, Taken: 6}, false, "1 place libre. Personne n’attend : elle reste ouverte aux dossiers à venir."},
		{Places{Capacity: 7, Taken: 5}, true, "2 places libres. Les listes d’attente sont closes"},
		{Places{Capacity: 7, Taken: 7}, false, ""},
	} {
		if got := plainSpaces.Replace(WhyFree(row.places, row.ended)); !strings.HasPrefix(got, row.want) || row.want == "" && got != "" {
			t.Errorf("%+v: want %q, got %q", row.places, row.want, got)
		}
	}
}
