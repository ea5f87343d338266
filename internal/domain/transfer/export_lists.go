package transfer

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strconv"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/db"
)

// lists are the files of an export that a person reads; their rows are also in
// the data that is restored.
var lists = map[string]func(context.Context, db.Reader) ([]byte, error){
	"comptes.csv":  accountsList,
	"dossiers.csv": dossiersList,
	"places.csv":   placesList,
	"pieces.csv":   depositsList,
}

// moment writes an instant in RFC 3339 with milliseconds, UTC, "" when there is none.
func moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}

type accountLine struct {
	Login    string     `db:"login"`
	Role     actor.Role `db:"role"`
	Name     string     `db:"name"`
	Email    string     `db:"email"`
	Created  time.Time  `db:"created_at"`
	Disabled time.Time  `db:"disabled_at"`
	Printed  time.Time  `db:"letter_printed_at"`
	Mailed   time.Time  `db:"letter_mailed_at"`
}

func accountsList(ctx context.Context, r db.Reader) ([]byte, error) {
	all, err := db.All[accountLine](ctx, r, `select login, role, name, email, created_at, disabled_at, letter_printed_at, letter_mailed_at from account`)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, a := range all {
		rows = append(rows, []string{a.Login, a.Role.French(), a.Name, a.Email, moment(a.Created), moment(a.Disabled), moment(a.Printed), moment(a.Mailed)})
	}
	return csvFile("identifiant;role;nom;email;cree_le;desactive_le;lettre_imprimee_le;lettre_envoyee_le", inOrder(rows))
}

type dossierLine struct {
	Rank       int64           `db:"rank"`
	Number     int64           `db:"number"`
	CompleteAt time.Time       `db:"complete_at"`
	Login      string          `db:"login"`
	LastName   string          `db:"last_name"`
	FirstName  string          `db:"first_name"`
	Programme  string          `db:"programme"`
	Site       string          `db:"site"`
	State      enrolment.State `db:"state"`
}

// dossiersList lists the season's dossiers by rank, those without one last, by number.
func dossiersList(ctx context.Context, r db.Reader) ([]byte, error) {
	all, err := db.All[dossierLine](ctx, r, `select d.rank, d.number, d.complete_at, d.state, coalesce(a.login, '') as login,
			p.last_name, p.first_name, coalesce(f.code, '') as programme, coalesce(s.code, '') as site
		from dossier d
		join season on season.id = d.season_id and season.is_current = true
		join pupil p on p.id = d.pupil_id
		left join account a on a.household_id = d.household_id
		left join programme f on f.id = d.programme_id
		left join site s on s.id = d.site_id
		order by case when d.rank is null then 1 else 0 end, d.rank, d.number`)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, d := range all {
		rows = append(rows, []string{number(d.Rank), moment(d.CompleteAt), d.Login, d.LastName, d.FirstName, d.Programme, d.Site, d.State.French()})
	}
	return csvFile("rang;complet_le;famille;eleve_nom;eleve_prenom;formule;pole;etat", rows)
}

type placeLine struct {
	Course    string                 `db:"code"`
	Semester  int64                  `db:"semester"`
	Offering  string                 `db:"offering_id"`
	Rank      int64                  `db:"rank"`
	LastName  string                 `db:"last_name"`
	FirstName string                 `db:"first_name"`
	State     enrolment.RequestState `db:"state"`
}

// placesList lists every request by course: places and offers first, then the
// waiting list in its order, then what ended.
func placesList(ctx context.Context, r db.Reader) ([]byte, error) {
	all, err := db.All[placeLine](ctx, r, `select c.code, o.semester, q.offering_id, d.rank, p.last_name, p.first_name, q.state
		from request q
		join offering o on o.id = q.offering_id
		join course c on c.id = o.course_id
		join season on season.id = o.season_id and season.is_current = true
		join dossier d on d.id = q.dossier_id
		join pupil p on p.id = d.pupil_id
		order by c.id, o.semester,
			case q.state when 'place' then 0 when 'offered' then 1 when 'waiting' then 2 else 3 end,
			case when q.jumped > 0 then 0 else 1 end, q.jumped, q.received_at, q.seq, q.id`)
	if err != nil {
		return nil, err
	}
	waiting := map[string]int64{}
	var rows [][]string
	for _, q := range all {
		var position int64
		if q.State == enrolment.Waiting {
			waiting[q.Offering]++
			position = waiting[q.Offering]
		}
		rows = append(rows, []string{q.Course, number(q.Rank), q.LastName, q.FirstName, requestWords[q.State], number(position)})
	}
	return csvFile("cours;dossier_rang;eleve_nom;eleve_prenom;etat;position", byFirst(rows))
}

var requestWords = map[enrolment.RequestState]string{
	enrolment.Place: "place", enrolment.Waiting: "attente", enrolment.Offered: "proposée",
	enrolment.Declined: "déclinée", enrolment.Returned: "rendue", enrolment.Ended: "liste close",
}

type depositLine struct {
	Key       string         `db:"blob_key"`
	Login     string         `db:"login"`
	LastName  string         `db:"last_name"`
	FirstName string         `db:"first_name"`
	Paper     string         `db:"paper_code"`
	State     document.State `db:"state"`
	At        time.Time      `db:"deposited_at"`
	Replaced  time.Time      `db:"replaced_at"`
	FileName  string         `db:"file_name"`
	Size      int64          `db:"size"`
}

// depositsList tells whose each file of the folder pieces is.
func depositsList(ctx context.Context, r db.Reader) ([]byte, error) {
	all, err := db.All[depositLine](ctx, r, `select d.blob_key, coalesce(a.login, '') as login, coalesce(p.last_name, '') as last_name,
			coalesce(p.first_name, '') as first_name, d.paper_code, d.state, d.deposited_at, d.replaced_at, d.file_name, d.size
		from deposit d
		left join account a on a.household_id = d.household_id
		left join pupil p on p.id = d.pupil_id`)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, d := range all {
		rows = append(rows, []string{path.Join(paperFolder, d.Key), d.Login, d.LastName, d.FirstName, d.Paper, stateWords(d.State), moment(d.At), moment(d.Replaced), d.FileName, strconv.FormatInt(d.Size, 10)})
	}
	return csvFile("fichier;famille;eleve_nom;eleve_prenom;piece;etat;depose_le;remplace_le;nom_du_fichier;octets", inOrder(rows))
}

func stateWords(s document.State) string {
	if s == document.Worthless {
		return "Sans valeur"
	}
	return s.French()
}

// inOrder sorts the rows by all their cells, so that no engine's order shows.
func inOrder(rows [][]string) [][]string {
	slices.SortFunc(rows, slices.Compare)
	return rows
}

// byFirst sorts the rows by their first cell and keeps their order within it.
func byFirst(rows [][]string) [][]string {
	slices.SortStableFunc(rows, func(a, b []string) int { return cmp.Compare(a[0], b[0]) })
	return rows
}
