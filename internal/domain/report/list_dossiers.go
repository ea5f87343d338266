package report

import (
	"strings"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
	"pupitre/internal/platform/sheet"
)

// contactColumns are how a family is reached; contacts are their cells.
var contactColumns = []sheet.Column{text("Responsable", 26), text("Portable", 16), text("Fixe", 16), text("Mails", 34)}

func contacts(h people.Household) []any {
	var first people.Guardian
	if len(h.Guardians) > 0 {
		first = h.Guardians[0]
	}
	return []any{h.Name(), french.Phone(first.Mobile), french.Phone(first.Phone), strings.Join(h.Emails(), ", ")}
}

// dossiers lists those of the group as the queue does.
func (l lister) dossiers() (sheet.Table, error) {
	columns := []sheet.Column{text("Rang", 8), text("Numéro", 10), text("Reçu complet le", 20), text("État", 20), text("Nom", 20), text("Prénom", 16),
		text("Formule", 34), text("Pôle", 14), text("Cours", 50), text("Pièces à fournir", 40), text("À noter", 30)}
	ids, err := l.dossierIDs()
	return sheet.Table{Columns: append(columns, contactColumns...), Rows: rowsOf(ids, l.dossierRows)}, err
}

// dossierIDs are the dossiers of the filter, in the order of the queue.
func (l lister) dossierIDs() ([]string, error) {
	q, err := l.narrowed(l.ctx, l.r, l.scope, l.season)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, p := range l.Group.parts() {
		part := q.and(p.in)
		some, err := db.All[string](l.ctx, l.r, `select d.id from dossier d where `+part.conditions()+p.order.by(false), part.args...)
		if err != nil {
			return nil, err
		}
		ids = append(ids, some...)
	}
	return ids, nil
}

// rows reads the dossiers with their papers and families, in the order of the ids.
func (l lister) rows(ids []string) ([]Addressed, error) {
	rows, err := db.All[Row](l.ctx, l.r, `select `+rowColumns+` from dossier d join pupil p on p.id = d.pupil_id
		where d.id in (select value from json_each(cast($1 as text)))`, db.IDs(ids))
	if err != nil {
		return nil, err
	}
	rows = byID(ids, rows, func(r Row) string { return r.ID })
	if err := fill(l.ctx, l.r, l.a, l.season, rows); err != nil {
		return nil, err
	}
	return addressed(l.ctx, l.r, l.a, rows)
}

func (l lister) dossierRows(ids []string) ([][]any, error) {
	rows, err := l.rows(ids)
	lines := make([][]any, 0, len(rows))
	for _, d := range rows {
		var rank any
		if d.Rank > 0 {
			rank = d.Rank
		}
		programme, _ := l.catalogue.Programme(d.ProgrammeID)
		lines = append(lines, append([]any{rank, d.Label(), d.CompleteAt, d.State.French(), d.LastName, d.FirstName, programme.Title, d.Site,
			french.List(titles(d.Courses)), french.List(d.missing()), french.List(d.Badges())}, contacts(d.Family)...))
	}
	return lines, err
}

func titles(courses []CourseName) []string {
	var all []string
	for _, c := range courses {
		title := c.Title
		if c.Cancelled {
			title += " (annulé)"
		}
		all = append(all, title)
	}
	return all
}

// noAnswer lists the pupils of whom nothing was heard.
func (l lister) noAnswer() (sheet.Table, error) {
	columns := []sheet.Column{text("Nom", 20), text("Prénom", 16), text("Identifiant", 18), text("Première connexion", 12), text("Brouillon", 10)}
	silent, err := NoAnswer(l.ctx, l.r, l.a, l.season.ID, 0, 0)
	rows := make([][]any, len(silent))
	for i, s := range silent {
		rows[i] = append([]any{s.LastName, s.FirstName, s.Login, s.SignedIn, s.State == enrolment.Draft}, contacts(s.Contacts)...)
	}
	return sheet.Table{Columns: append(columns, contactColumns...), Rows: these(rows)}, err
}

// identifiers lists the families that have never asked for a password.
func (l lister) identifiers() (sheet.Table, error) {
	columns := []sheet.Column{text("Nom", 20), text("Prénom", 16), text("Identifiant", 18), text("Commune", 20), text("Mail", 30),
		text("Lettre imprimée le", 20), text("Mail envoyé le", 20), text("Dossier envoyé", 10)}
	never, err := NeverSignedIn(l.ctx, l.r, l.a)
	rows := make([][]any, len(never))
	for i, n := range never {
		rows[i] = []any{n.LastName, n.FirstName, n.Login, n.Town, n.Email, n.LetterPrintedAt, n.LetterMailedAt, n.Sent}
	}
	return sheet.Table{Columns: columns, Rows: these(rows)}, err
}

// level names a level by its code, "" when it is not known.
func level(code string) string {
	if code == "" {
		return ""
	}
	return school.Level(code).French()
}
