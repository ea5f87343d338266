package importing

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pupitre/internal/domain/people"
	"pupitre/internal/platform/sheet"
)

// smallSchool holds the Moreau with Lucie, the Dubois with Tom, an adult.
func smallSchool() *held {
	h := &held{today: "2027-06-01", comesOfAge: "2027-09-13",
		households: map[string]people.Household{
			"m": {ID: "m", Postcode: "44430", Town: "Vallet", Version: 3, Guardians: []people.Guardian{{ID: "mg", HouseholdID: "m", LastName: "Moreau", FirstName: "Claire", Email: "claire@exemple.fr", Mobile: "0612003456"}}},
			"d": {ID: "d", Postcode: "44330", Town: "Clisson", Version: 1, Guardians: []people.Guardian{{ID: "dg", HouseholdID: "d", LastName: "Dubois", FirstName: "Anaïs", Email: "anais@exemple.fr"}}},
		},
		pupils: map[string]people.Pupil{
			"lucie": {ID: "lucie", LastName: "Moreau", FirstName: "Lucie", BirthDate: "2015-03-14", LevelNow: "CM2", Version: 1},
			"tom":   {ID: "tom", LastName: "Dubois", FirstName: "Tom", BirthDate: "2012-01-02", LevelNow: "6e", Version: 1},
		},
		homes:   map[string][]string{"lucie": {"m"}, "tom": {"d"}},
		login:   map[string]string{"m": "MOREAU-4821", "d": "DUBOIS-1234"},
		byLogin: map[string]string{"moreau-4821": "m", "dubois-1234": "d"},
	}
	h.see()
	return h
}

// table is a file as it is written in these tests: a header and rows, « ; » between cells.
func table(text string) ([]Column, []sheet.Row) {
	var rows []sheet.Row
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		rows = append(rows, sheet.Row{Line: i + 1, Cells: strings.Split(strings.TrimSpace(line), ";")})
	}
	return ColumnsOf(rows, 0), rows[1:]
}

func tried(kind Kind, text string, answers map[string]Answer) peoplePlan {
	columns, rows := table(text)
	var header []string
	for _, c := range columns {
		header = append(header, c.Title)
	}
	return judgePeople(kind, columns, Recognise(kind, header), answers, rows, smallSchool())
}

// saidOf writes a plan in a few words: what changes, then what is asked.
func saidOf(p trial) string {
	var all []string
	for _, c := range p.Changes {
		verb := "~"
		if c.Makes {
			verb = "+"
		}
		words := fmt.Sprintf("%d%s%s %s", c.Line, verb, c.What, c.Name)
		for _, d := range c.Diffs {
			words += fmt.Sprintf(" [%s: %s>%s]", d.Label, d.Before, d.After)
		}
		all = append(all, words)
	}
	for _, q := range p.Problems {
		sign := "?"
		if q.Blocks {
			sign = "!"
		}
		all = append(all, fmt.Sprintf("%d%s%s", q.Line, sign, q.What))
	}
	return strings.Join(all, " / ")
}

// couple is a file with two pupils a line.
const couple = "Nom responsable;Prénom responsable;Mail;CP;Enfant 1 nom;Enfant 1 prénom;Enfant 1 naissance;Enfant 2 nom;Enfant 2 prénom;Enfant 2 naissance\n"

const head = "Nom;Prénom;Né le;Classe;Nom responsable;Prénom responsable;Mail;Tél;CP;Ville\n"

func TestWhatAFileWouldDo(t *testing.T) {
	for _, row := range []struct {
		name, file, want string
		kind             Kind
		answers          map[string]string // « sort|value » → code
	}{
		{"a new family with two pupils, on two lines", head + "PETIT;Ana;01/02/2016;CE2;PETIT;Paul;paul@exemple.fr;0611111111;44120;Vertou\nPETIT;Léo;03/04/2018;GS;PETIT;Paul;paul@exemple.fr;;;",
			"2+foyer PETIT Paul / 2+élève PETIT Ana / 3+élève PETIT Léo", Families, nil},
		{"all is known already, accents and case aside", head + "MOREAU;LUCIE;14/03/2015;CM2;MOREAU;CLAIRE;CLAIRE@exemple.fr;06 12 00 34 56;44430;VALLET", "", Families, nil},
		{"an empty cell changes nothing", head + "Moreau;Lucie;14/03/2015;;Moreau;Claire;;;;", "", Families, nil},
		{"a new level and a new town", head + "Moreau;Lucie;14/03/2015;6e;Moreau;Claire;claire@exemple.fr;;44190;Gorges",
			"2~foyer Moreau Claire [code postal: 44430>44190] [commune: Vallet>Gorges] / 2~élève Moreau Lucie [niveau scolaire: CM2>6e] / 0?Déjà connus, avec d’autres valeurs que le fichier", Families, nil},
		{"known ones are left as they are", head + "Moreau;Lucie;14/03/2015;6e;Moreau;Claire;claire@exemple.fr;;44190;Gorges",
			"0?Déjà connus, avec d’autres valeurs que le fichier", Families, map[string]string{"connus|": keep}},
		{"a brother of a known pupil", head + "Moreau;Jules;01/09/2018;GS;Moreau;Claire;;;;", "2+élève Moreau Jules", Families, nil},
		{"a date that does not exist, and an unknown level", head + "Petit;Ana;31/02/2016;6ème B;Petit;Paul;;;;", "2!Cette date n’existe pas / 2!Niveau inconnu", Families, nil},
		{"both answered", head + "Petit;Ana;31/02/2016;6ème B;Petit;Paul;;;;", "2+foyer Petit Paul / 2+élève Petit Ana", Families,
			map[string]string{"naissance|31/02/2016": "read:28/02/2016", "niveau|6ÈME b": "read:6e"}},
		{"an answer that does not do either", head + "Petit;Ana;31/02/2016;;Petit;Paul;;;;", "2!«\u202f30/02/2016\u202f» ne convient pas. Cette date n’existe pas", Families,
			map[string]string{"naissance|31/02/2016": "read:30/02/2016"}},
		{"left empty", head + "Petit;Ana;31/02/2016;;Petit;Paul;;;;", "2+foyer Petit Paul / 2+élève Petit Ana", Families, map[string]string{"naissance|31/02/2016": asEmpty}},
		{"the lines are left out", head + "Petit;Ana;31/02/2016;zut;Petit;Paul;;;;", "", Families, map[string]string{"naissance|31/02/2016": skipLines}},
		{"a name is missing", head + ";Ana;01/02/2016;;Petit;Paul;;;;", "2!Le nom de l’élève est obligatoire", Families, nil},
		{"a minor without a responsible", head + "Petit;Ana;01/02/2016;;;;;;;", "2!Il manque le responsable de cet élève mineur, ou d’âge inconnu", Families, nil},
		{"an adult without a responsible is its own", head + "Petit;Ana;01/02/1980;adulte;;;ana@exemple.fr;;44120;",
			"2+foyer Petit Ana / 2+élève Petit Ana / 2?Même nom que l’élève, d’âge adulte\u202f: élève et responsable à la fois", Families, nil},
		{"an address without a name", head + "Petit;Ana;01/02/2016;;;;x@exemple.fr;;;", "2!Le nom du responsable est obligatoire pour une famille nouvelle", Families, nil},
		{"an address that says whose", head + "Dubois;Eva;01/02/2016;;;;anais@exemple.fr;;;", "2+élève Dubois Eva", Families, nil},
		{"an adult typed once", head + "Petit;Ana;01/02/1980;adulte;Petit;Ana;ana@exemple.fr;;44120;", "2+foyer Petit Ana / 2+élève Petit Ana / 2?Même nom que l’élève, d’âge adulte\u202f: élève et responsable à la fois", Families, nil},
		{"the same name with another address", head + "Moreau;Eva;01/02/2016;;Moreau;Claire;autre@exemple.fr;0699999999;75011;Paris",
			"2!Une famille de ce nom est déjà connue, avec une autre adresse mail ou un autre téléphone", Families, nil},
		{"it is another family", head + "Moreau;Eva;01/02/2016;;Moreau;Claire;autre@exemple.fr;;;", "2+foyer Moreau Claire / 2+élève Moreau Eva", Families,
			map[string]string{"foyer|Moreau Claire autre@exemple.fr": isOther}},
		{"it is the same family", head + "Moreau;Eva;01/02/2016;;Moreau;Claire;autre@exemple.fr;;;",
			"2~foyer Moreau Claire [adresse mail de Claire Moreau: claire@exemple.fr>autre@exemple.fr] / 2+élève Moreau Eva / 0?Déjà connus, avec d’autres valeurs que le fichier", Families,
			map[string]string{"foyer|Moreau Claire autre@exemple.fr": isSame + "m"}},
		{"the same child at another household", head + "Moreau;Lucie;14/03/2015;;Petit;Paul;p@exemple.fr;;;", "2+foyer Petit Paul / 2!Même enfant, sans doute, dans deux foyers\u202f: déjà au foyer Claire Moreau, MOREAU-4821, Vallet", Families, nil},
		{"it has two households", head + "Moreau;Lucie;14/03/2015;;Petit;Paul;p@exemple.fr;;;", "2+foyer Petit Paul / 2~élève Moreau Lucie [foyers: 1>2] / 0?Déjà connus, avec d’autres valeurs que le fichier", Families,
			map[string]string{"jumeau|Moreau Lucie 14/03/2015": isSame}},
		{"its line is left out, and its family with it", head + "Moreau;Lucie;14/03/2015;;Petit;Paul;p@exemple.fr;;;", "", Families, map[string]string{"jumeau|Moreau Lucie 14/03/2015": skipLines}},
		{"they are two pupils", head + "Moreau;Lucie;14/03/2015;;Petit;Paul;p@exemple.fr;;;", "2+foyer Petit Paul / 2+élève Moreau Lucie", Families,
			map[string]string{"jumeau|Moreau Lucie 14/03/2015": isOther}},
		{"a line is left out whole: the family and the first pupil that it makes", couple + "Petit;Paul;p@exemple.fr;44430;Petit;Ana;01/02/2016;Moreau;Lucie;14/03/2015", "", Families,
			map[string]string{"jumeau|Moreau Lucie 14/03/2015": skipLines}},
		{"a line is left out whole: what it changes of those that are known", couple + "Dubois;Anaïs;anais@exemple.fr;44120;Dubois;Tom;03/01/2012;Moreau;Lucie;14/03/2015", "", Families,
			map[string]string{"jumeau|Moreau Lucie 14/03/2015": skipLines, "date autre|Dubois Tom 03/01/2012": isSame + "tom"}},
		{"a line is left out whole: what the line before it has said stays", couple + "Petit;Paul;p@exemple.fr;44430;Petit;Ana;01/02/2016;;;\nPetit;Paul;p@exemple.fr;44120;Petit;Zoé;01/02/2018;Moreau;Lucie;14/03/2015",
			"2+foyer Petit Paul / 2+élève Petit Ana", Families, map[string]string{"jumeau|Moreau Lucie 14/03/2015": skipLines}},
		{"a line is left out whole: its family is made by the next line", couple + "Petit;Paul;p@exemple.fr;44430;Petit;Ana;01/02/2016;Moreau;Lucie;14/03/2015\nPetit;Paul;p@exemple.fr;44430;Petit;Zoé;01/02/2018;;;",
			"3+foyer Petit Paul / 3+élève Petit Zoé", Families, map[string]string{"jumeau|Moreau Lucie 14/03/2015": skipLines}},
		{"a line is left out whole: a telephone that it shares is nobody's", head + "Moreau;Lucie;14/03/2015;;Petit;Paul;p@exemple.fr;0611111111;;\nLa;Si;14/03/2016;;La;Eve;e@exemple.fr;0611111111;;",
			"3+foyer La Eve / 3+élève La Si", Families, map[string]string{"jumeau|Moreau Lucie 14/03/2015": skipLines}},
		{"twice in the file, in two households", head + "Fa;Do;14/03/2015;;Fa;Paul;p@exemple.fr;;;\nFa;Do;14/03/2015;;La;Eve;e@exemple.fr;;;",
			"2+foyer Fa Paul / 2+élève Fa Do / 3+foyer La Eve / 3!Même enfant, sans doute, dans deux foyers\u202f: déjà ligne 2", Families, nil},
		{"twice in the file, in one household", head + "Fa;Do;14/03/2015;;Fa;Paul;p@exemple.fr;;;\nFa;Do;14/03/2015;;Fa;Paul;p@exemple.fr;;;",
			"2+foyer Fa Paul / 2+élève Fa Do / 3?Déjà ligne 2\u202f: un seul élève est importé", Families, nil},
		{"another date of birth than the one known", head + "Moreau;Lucie;15/03/2015;;Moreau;Claire;;;;", "2!Cette famille a déjà un élève de ce nom, né le 14/03/2015", Families, nil},
		{"two lines of a family that differ", head + "Fa;Do;14/03/2015;;Fa;Paul;p@exemple.fr;;44430;\nFa;Ré;14/03/2016;;Fa;Paul;p@exemple.fr;;44120;",
			"2+foyer Fa Paul / 2+élève Fa Do / 3+élève Fa Ré / 3?Autre valeur ligne 2 pour la même famille\u202f: la première est gardée", Families, nil},
		{"two families with one telephone", head + "Fa;Do;14/03/2015;;Fa;Paul;p@exemple.fr;0611111111;;\nLa;Si;14/03/2016;;La;Eve;e@exemple.fr;06 11 11 11 11;;",
			"2+foyer Fa Paul / 2+élève Fa Do / 3+foyer La Eve / 3+élève La Si / 3?Même téléphone que la ligne 2, autre nom", Families, nil},
		{"a line that says nothing of anybody", head + ";;;;;;;;44430;Vallet", "", Families, nil},

		{"a family a line, two pupils in columns", "Identifiant;Nom;Prénom;Enfant 1 prénom;Enfant 1 nom;Enfant 2 nom;Enfant 2 prénom;Enfant 2 classe\nPETIT-44;Petit;Paul;Ana;Petit;Petit;Léo;CP",
			"2+foyer Petit Paul / 2+élève Petit Ana / 2+élève Petit Léo", Families, nil},
		{"an identifiant that cannot be one", "Identifiant;Nom;Prénom\na b;Petit;Paul", "2!De 4 à 40 lettres, chiffres, points ou tirets, sans espace.", Families, nil},
		{"a second responsible is added", "Identifiant;Nom mère;Prénom mère;Mail mère\nMOREAU-4821;Moreau;Karim;karim@exemple.fr",
			"0!Aucune colonne n’est le nom du responsable, ni celui de l’élève\u202f: choisissez-la.", Families, nil},
		{"a second responsible, with the first", "Nom père;Prénom père;Nom mère;Prénom mère;Mail mère\nMoreau;Claire;Petit;Karim;karim@exemple.fr",
			"2~foyer Moreau Claire [responsable: >Karim Petit] [adresse mail de Karim Petit: >karim@exemple.fr] / 0?Déjà connus, avec d’autres valeurs que le fichier", Families, nil},

		{"pupils of known families", "Identifiant;Nom;Prénom;DDN;Classe\nmoreau-4821;Moreau;Jules;01/09/2018;GS\nDUBOIS-1234;Dubois;Tom;02/01/2012;5e",
			"2+élève Moreau Jules / 3~élève Dubois Tom [niveau scolaire: 6e>5e] / 0?Déjà connus, avec d’autres valeurs que le fichier", Pupils, nil},
		{"by the address of the responsible", "Mail;Nom;Prénom;Classe\nANAIS@exemple.fr;Dubois;Tom;5e", "2~élève Dubois Tom [niveau scolaire: 6e>5e] / 0?Déjà connus, avec d’autres valeurs que le fichier", Pupils, nil},
		{"of a family that nobody knows", "Identifiant;Nom;Prénom\nPETIT-44;Petit;Ana", "2!Famille inconnue\u202f: importez-la d’abord, ou corrigez", Pupils, nil},
		{"without the column of the family", "Nom;Prénom\nPetit;Ana", "0!Aucune colonne ne dit la famille\u202f: choisissez laquelle est son identifiant, ou le nom ou l’adresse mail du responsable.", Pupils, nil},
	} {
		answers := map[string]Answer{}
		for to, code := range row.answers {
			sort, value, _ := strings.Cut(to, "|")
			answers[groupOf(sort, value)] = Answer{Code: code}
		}
		if got := saidOf(tried(row.kind, row.file, answers).trial); got != row.want {
			t.Errorf("%s:\n got %s\nwant %s", row.name, got, row.want)
		}
	}
}

// A question met first on a line that is left out is asked at the next one.
func TestAQuestionIsAskedWhereItStands(t *testing.T) {
	file := couple + "Petit;Paul;p@exemple.fr;;Petit;Ana;31/02/2016;Petit;;01/02/2018\nLa;Eve;e@exemple.fr;;La;Si;31/02/2016;;;"
	p := tried(Families, file, map[string]Answer{groupOf("missing eleve2.prenom", "Petit"): {Code: skipLines}})
	if len(p.Problems) != 1 || p.Problems[0].Line != 3 || p.Problems[0].First != 3 || p.Counts.Skipped != 1 {
		t.Errorf("%+v", p.Problems)
	}
}

// « Ce sont deux élèves » sets the one that is made apart: the registrar gives both a place.
func TestTwoPupilsAreSetApart(t *testing.T) {
	twin := groupOf("jumeau", "Moreau Lucie 14/03/2015")
	p := tried(Families, head+"Moreau;Lucie;14/03/2015;;Petit;Paul;p@exemple.fr;;;\nPetit;Ana;01/02/2016;;Petit;Paul;p@exemple.fr;;;", map[string]Answer{twin: {Code: isOther}})
	if len(p.pupils) != 2 || !p.pupils[0].Pupil.Apart || p.pupils[1].Pupil.Apart {
		t.Errorf("%+v", p.pupils)
	}
}

func TestOneAnswerServesEqualValues(t *testing.T) {
	file := head + "A;Un;01/02/2016;6ème B;A;Paul;a@exemple.fr;;;\nB;Deux;01/02/2016;6ème b;B;Paul;b@exemple.fr;;;\nC;Trois;01/02/2016;5ème C;C;Paul;c@exemple.fr;;;"
	p := tried(Families, file, nil)
	if len(p.Problems) != 3 || p.Problems[0].Group != p.Problems[1].Group || p.Problems[1].First != 2 || p.Problems[2].Group == p.Problems[0].Group || p.Counts.BlockedLines != 3 {
		t.Fatalf("%+v", p.Problems)
	}
	if ways := p.Problems[0].Ways; len(ways) == 0 || ways[0].Code != "read:6e" {
		t.Errorf("proposed: %+v", ways)
	}
	p = tried(Families, file, map[string]Answer{p.Problems[0].Group: {Code: "read:6e"}})
	if len(p.Problems) != 1 || p.Problems[0].Line != 4 || p.Counts.Pupils != 2 {
		t.Errorf("%s", saidOf(p.trial))
	}
}

// Whatever a file holds, a trial ends, says the same when it is done again, and
// never makes a pupil without a household.
func TestAnyFileIsJudged(t *testing.T) {
	cell := rapid.OneOf(rapid.SampledFrom([]string{"", "Moreau", "Lucie", "Claire", "14/03/2015", "31/02/2015", "6e", "6ème B", "claire@exemple.fr", "44430", "4443", "06 12", "MOREAU-4821"}), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]Kind{Families, Pupils}).Draw(t, "kind")
		columns, _ := table(head)
		var rows []sheet.Row
		for i := range rapid.IntRange(0, 6).Draw(t, "rows") {
			rows = append(rows, sheet.Row{Line: i + 2, Cells: rapid.SliceOfN(cell, 1, 10).Draw(t, "cells")})
		}
		var header []string
		for _, c := range columns {
			header = append(header, c.Title)
		}
		matching := Recognise(kind, header)
		p := judgePeople(kind, columns, matching, nil, rows, smallSchool())
		if again := judgePeople(kind, columns, matching, nil, rows, smallSchool()); p.digest() != again.digest() || saidOf(p.trial) != saidOf(again.trial) {
			t.Fatalf("two trials differ:\n%s\n%s", saidOf(p.trial), saidOf(again.trial))
		}
		for _, one := range p.pupils {
			if len(one.Homes) == 0 || one.Pupil.LastName == "" || one.Pupil.FirstName == "" {
				t.Fatalf("pupil %+v", one)
			}
		}
		for _, h := range p.households {
			if h.ID == "" || len(h.Guardians) == 0 || h.Guardians[0].LastName == "" || slices.Contains([]string{"m", "d"}, h.ID) {
				t.Fatalf("household %+v", h)
			}
		}
	})
}
