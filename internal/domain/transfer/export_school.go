package transfer

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/sheet"
)

// ErrNoSchool says that there is nothing to export.
var ErrNoSchool = errors.New("there is no school yet")

// schoolFiles writes the five files of a school, as an import reads them.
func schoolFiles(ctx context.Context, r db.Reader) (map[string][]byte, error) {
	season, err := school.CurrentSeason(ctx, r)
	if errors.Is(err, fault.ErrNotFound) {
		return nil, ErrNoSchool
	}
	if err != nil {
		return nil, err
	}
	offer, err := catalogue.Of(ctx, r, season.ID)
	if err != nil {
		return nil, err
	}
	x := &exporter{ctx: ctx, r: r, season: season, offer: offer}
	files := map[string][]byte{}
	for name, file := range map[string]func() ([]byte, error){
		folder.SchoolFile: x.schoolTOML, folder.HouseholdsFile: x.families, folder.PupilsFile: x.pupils, folder.CoursesFile: x.courses, folder.TeachersFile: x.teachers,
	} {
		if files[name], err = file(); err != nil {
			return nil, fmt.Errorf("export %s: %w", name, err)
		}
	}
	return files, nil
}

type exporter struct {
	ctx    context.Context
	r      db.Reader
	season school.Season
	offer  catalogue.Catalogue
}

// csvFile writes a CSV of the header and the rows, in UTF-8, separated by
// semicolons, in which a spreadsheet finds no formula.
func csvFile(header string, rows [][]string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = ';'
	if err := w.Write(strings.Split(header, ";")); err != nil {
		return nil, err
	}
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, text := range row {
			cells[i] = sheet.Cell(text)
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// families lists the households by identifiant, with their first responsible.
func (x *exporter) families() ([]byte, error) {
	accounts, err := account.Families(x.ctx, x.r)
	if err != nil {
		return nil, err
	}
	byIdentifier(accounts)
	var ids []string
	for _, a := range accounts {
		ids = append(ids, a.Household)
	}
	households, err := people.HouseholdsByID(x.ctx, x.r, Importer, ids)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, a := range accounts {
		h := households[a.Household]
		g := people.Guardian{}
		if len(h.Guardians) > 0 {
			g = h.Guardians[0]
		}
		rows = append(rows, []string{a.Login, g.Civility, g.LastName, g.FirstName, h.Address, h.AddressExtra, h.Postcode, h.Town, g.Mobile, g.Phone, g.Email})
	}
	return csvFile("identifiant;civilite;nom;prenom;adresse;complement;code_postal;ville;telephone_mobile;telephone_fixe;email", rows)
}

func byIdentifier(accounts []account.Account) {
	slices.SortFunc(accounts, func(a, b account.Account) int {
		return cmp.Or(cmp.Compare(french.Fold(a.Login), french.Fold(b.Login)), cmp.Compare(a.ID, b.ID))
	})
}

// pupils lists the pupils by family; the courses they have this year are named
// as far as the file of courses still has them.
func (x *exporter) pupils() ([]byte, error) {
	type link struct {
		people.Pupil
		Login string `db:"login"`
	}
	links, err := db.All[link](x.ctx, x.r, `select p.id, p.last_name, p.first_name, p.birth_date, p.level_now, p.guardian_id, p.version, a.login
		from pupil p
		join pupil_household ph on ph.pupil_id = p.id
		join household h on h.id = ph.household_id
		join account a on a.household_id = h.id
		order by p.id, h.created_at, h.id`)
	if err != nil {
		return nil, err
	}
	var all []link
	var ids []string
	for _, l := range links {
		if n := len(all); n > 0 && all[n-1].ID == l.ID {
			all[n-1].Login += "|" + l.Login
			continue
		}
		all, ids = append(all, l), append(ids, l.ID)
	}
	now, err := people.CoursesNow(x.ctx, x.r, ids)
	if err != nil {
		return nil, err
	}
	seasons, err := people.PupilSeasonsOf(x.ctx, x.r, ids, x.season.ID)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b link) int {
		return cmp.Or(cmp.Compare(french.Fold(a.Login), french.Fold(b.Login)), cmp.Compare(french.Fold(a.FullName()), french.Fold(b.FullName())), cmp.Compare(a.ID, b.ID))
	})
	var rows [][]string
	for _, p := range all {
		rows = append(rows, []string{p.Login, p.LastName, p.FirstName, french.CivilDate(p.BirthDate), school.Level(p.LevelNow).French(),
			strings.Join(x.known(now[p.ID]), "|"), ouiNon(seasons[p.ID].Beginner)})
	}
	return csvFile("famille;nom;prenom;date_naissance;niveau_scolaire;cours_actuels;debutant", rows)
}

func (x *exporter) known(codes []string) []string {
	return slices.DeleteFunc(slices.Clone(codes), func(code string) bool {
		return !slices.ContainsFunc(x.offer.Courses, func(c catalogue.Course) bool { return c.Code == code })
	})
}

func ouiNon(answer string) string {
	return map[string]string{people.Yes: "oui", people.No: "non"}[answer]
}

func (x *exporter) courses() ([]byte, error) {
	offered, err := offerings(x.ctx, x.r, x.season.ID)
	if err != nil {
		return nil, err
	}
	sites, err := school.Sites(x.ctx, x.r)
	if err != nil {
		return nil, err
	}
	codes := map[string]string{}
	for _, s := range sites {
		codes[s.ID] = s.Code
	}
	teachers, err := catalogue.Teachers(x.ctx, x.r)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(x.offer.Courses)
	slices.SortFunc(all, func(a, b catalogue.Course) int { return cmp.Compare(a.Code, b.Code) })
	var rows [][]string
	for _, c := range all {
		teacher := ""
		if slices.ContainsFunc(teachers, func(t catalogue.Teacher) bool { return t.FirstName+" "+t.LastName == c.Teacher }) {
			teacher = c.Teacher
		}
		capacity, semesters := placesColumns(offered[c.ID])
		rows = append(rows, []string{c.Code, c.Title, string(c.Kind), c.Discipline, codes[c.SiteID], capacity, semesters, french.Weekday(int(c.Weekday)), c.Starts, c.Ends,
			c.Room, teacher, yes(c.WithoutInstrument), yes(c.NoBeginner), number(c.AgeMin), number(c.AgeMax), strings.Join(levelWords(c.Levels), "|")})
	}
	return csvFile("code;intitule;type;discipline;pole;places;semestre;jour;debut;fin;salle;enseignant;sans_instrument;non_debutant;age_min;age_max;niveaux", rows)
}

// placesColumns writes places and semestre; where the semesters differ, the larger number.
func placesColumns(offered []offering) (capacity, semesters string) {
	var most int64
	var names []string
	for _, o := range offered {
		most = max(most, o.Capacity)
		if o.Semester > 0 {
			names = append(names, fmt.Sprint(o.Semester))
		}
	}
	return fmt.Sprint(most), strings.Join(names, "|")
}

func yes(v bool) string {
	if v {
		return "oui"
	}
	return ""
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func levelWords(codes []string) []string {
	var words []string
	for _, code := range codes {
		words = append(words, school.Level(code).French())
	}
	return words
}

func (x *exporter) teachers() ([]byte, error) {
	all, err := catalogue.Teachers(x.ctx, x.r)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b catalogue.Teacher) int {
		return cmp.Or(cmp.Compare(french.Fold(a.LastName+" "+a.FirstName), french.Fold(b.LastName+" "+b.FirstName)), cmp.Compare(a.ID, b.ID))
	})
	var rows [][]string
	for _, t := range all {
		rows = append(rows, []string{t.LastName, t.FirstName, t.Email, t.Disciplines})
	}
	return csvFile("nom;prenom;email;disciplines", rows)
}
