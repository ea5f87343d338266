package bench

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strconv"

	"pupitre/internal/domain/catalogue"
)

// writeRows writes a CSV file as French spreadsheets do.
func writeRows(path string, rows [][]string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	w.Comma = ';'
	return errors.Join(w.WriteAll(rows), f.Close())
}

// kinds of ten courses in a row: what a music school has.
var kinds = []catalogue.Kind{
	catalogue.Eveil, catalogue.Parcours, catalogue.Instrument, catalogue.Instrument, catalogue.Instrument, catalogue.Instrument,
	catalogue.Pratique, catalogue.Pratique, catalogue.Pratique, catalogue.Culture,
}

// courseRows are n courses, ten by ten at each pôle, of 3 to 14 places.
func courseRows(n int) [][]string {
	rows := [][]string{{"code", "intitule", "type", "discipline", "pole", "places", "semestre", "jour", "debut", "fin", "sans_instrument"}}
	days := []string{"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
	for i := range n {
		kind, semester, open := kinds[i%len(kinds)], "", "non"
		if kind == catalogue.Parcours {
			semester = "1|2"
		}
		if kind == catalogue.Pratique {
			open = "oui"
		}
		hour := 14 + i%6
		rows = append(rows, []string{
			fmt.Sprintf("C-%04d", i+1), fmt.Sprintf("Cours n° %d", i+1), string(kind), "Discipline " + strconv.Itoa(1+i%25), []string{"Loire", "Sèvre"}[i/10%2],
			strconv.Itoa(3 + i*7%12), semester, days[i%len(days)], fmt.Sprintf("%d:00", hour), fmt.Sprintf("%d:45", hour), open,
		})
	}
	return rows
}

var (
	lastNames  = []string{"Moreau", "Abelard", "Bretin", "Cormier", "Douillard", "Évin", "Forget", "Guérin", "Hamon", "Jaunasse", "Le Goff", "Maillard", "Olive", "Pageau", "Rialland", "Terrien", "Viaud"}
	firstNames = []string{"Anne", "Léo", "Chloé", "Étienne", "Françoise", "Gaël", "Inès", "Jules", "Manon", "Noé", "Rose", "Zoé", "Maëlys"}
)

func familyLogin(i int) string { return fmt.Sprintf("BANC-%06d", i+1) }

func householdRows(n int) [][]string {
	rows := [][]string{{"identifiant", "civilite", "nom", "prenom", "adresse", "code_postal", "ville", "telephone_mobile", "email"}}
	for i := range n {
		rows = append(rows, []string{
			familyLogin(i), "Mme", lastNames[i%len(lastNames)], firstNames[i%len(firstNames)], fmt.Sprintf("%d rue Haute", 1+i%300), "44430", "Le Landreau",
			fmt.Sprintf("06%08d", i), fmt.Sprintf("famille%d@exemple.fr", i+1),
		})
	}
	return rows
}

// ages are the years of birth and levels of ten pupils in a row; the formula
// that each chooses follows (formulaOf).
var ages = []struct{ birth, level string }{
	{"2022", "MS"}, {"2022", "MS"}, {"2017", "CE2"}, {"2016", "CM1"}, {"2019", "CP"},
	{"2018", "CE1"}, {"2017", "CE2"}, {"2016", "CM1"}, {"2018", "CE1"}, {"2015", "6e"},
}

func pupilRows(n int) [][]string {
	rows := [][]string{{"famille", "nom", "prenom", "date_naissance", "niveau_scolaire", "cours_actuels"}}
	for i := range n {
		age := ages[i%len(ages)]
		rows = append(rows, []string{
			familyLogin(i), lastNames[i%len(lastNames)], firstNames[(i/3)%len(firstNames)], fmt.Sprintf("%02d/%02d/%s", 1+i%28, 1+i%12, age.birth), age.level, "",
		})
	}
	return rows
}
