package message

import (
	"slices"
	"strings"

	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/blank"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Field is what stands in a message for a fact of the household, as {Name}.
type Field struct {
	Name string
	Says string
	of   func(facts) string
}

// facts are what the fields are filled in from.
type facts struct {
	report.Correspondent
	school school.School
	season school.Season
	titles func(programme string) string
}

// LinkField stands alone on its line: a button that opens the portal.
const LinkField = "lien du portail"

// Fields are all of them, in the order in which they are offered.
var Fields = []Field{
	{"responsable", "prénom et nom du responsable à qui l’on écrit", func(f facts) string { return f.Family.Name() }},
	{"prénom de l’élève", "un seul, ou « Lucie et Malo »", func(f facts) string { return f.pupils(true) }},
	{"élève", "prénom et nom", func(f facts) string { return f.pupils(false) }},
	{"pièces manquantes", "les pièces obligatoires qui ne sont pas remises", facts.missing},
	{"clôture", "jour et heure de la fin de la campagne", func(f facts) string {
		if f.season.ClosesAt.IsZero() {
			return ""
		}
		return french.Moment(f.season.ClosesAt)
	}},
	{"formule", "celle du dossier", func(f facts) string { return f.of(func(d report.Row) string { return f.titles(d.ProgrammeID) }) }},
	{"cours", "ceux du dossier", func(f facts) string { return f.of(courses) }},
	{"pôle", "celui du dossier", func(f facts) string { return f.of(func(d report.Row) string { return d.Site }) }},
	{"dossier", "son numéro", func(f facts) string { return f.of(report.Row.Label) }},
	{"rang", "« 12e », quand le dossier en a un", func(f facts) string {
		return f.of(func(d report.Row) string {
			if d.Rank == 0 {
				return ""
			}
			return french.Ordinal(d.Rank)
		})
	}},
	{"état", "« reçu, incomplet », « liste d’attente »…", func(f facts) string { return f.of(func(d report.Row) string { return d.State.French() }) }},
	{"saison", "", func(f facts) string { return f.season.Name }},
	{"identifiant", "celui de la famille ; jamais son mot de passe", func(f facts) string { return f.Login }},
	{"école", "", func(f facts) string { return f.school.Name }},
	{"téléphone de l’école", "", func(f facts) string { return french.Phone(f.school.Phone) }},
	{LinkField, "un bouton, seul sur sa ligne", func(facts) string { return Link }},
}

// Link is the line of a written message that its reader sees as a button; no
// text can hold it otherwise.
const Link = "\u2063lien\u2063"

// fieldNamed finds a field as people type it: without regard to case, accents
// and the shape of the apostrophe.
func fieldNamed(name string) (Field, bool) {
	i := slices.IndexFunc(Fields, func(f Field) bool { return blank.Same(f.Name, name) })
	if i < 0 {
		return Field{}, false
	}
	return Fields[i], true
}

func (f facts) pupils(first bool) string {
	var names []string
	for _, p := range f.Pupils {
		name := p.FirstName
		if !first {
			name = p.FullName()
		}
		names = append(names, name)
	}
	return french.List(names)
}

// of says something of each dossier: once when they say the same, else by pupil.
func (f facts) of(say func(report.Row) string) string {
	var said, each []string
	for _, d := range f.Dossiers {
		text := say(d)
		if text == "" {
			continue
		}
		if !slices.Contains(said, text) {
			said = append(said, text)
		}
		each = append(each, text+" ("+d.FirstName+")")
	}
	if len(said) < 2 {
		return french.List(said)
	}
	return french.List(each)
}

func (f facts) missing() string {
	return f.of(func(d report.Row) string { return french.List(d.Missing()) })
}

func courses(d report.Row) string {
	var titles []string
	for _, c := range d.Courses {
		if !c.Cancelled {
			titles = append(titles, c.Title)
		}
	}
	return french.List(titles)
}

// written is a text with its fields filled in, and those that had nothing to say.
func (f facts) written(text string) (filled string, empty []string) {
	text = blank.Elide(text, func(name string) string {
		if field, known := fieldNamed(name); known {
			return field.of(f)
		}
		return ""
	})
	filled = blank.Fill(text, func(name string) string {
		field, known := fieldNamed(name)
		if !known { // refused when it was saved
			return "{" + name + "}"
		}
		value := strings.Join(strings.Fields(field.of(f)), " ")
		if value == "" && !slices.Contains(empty, field.Name) {
			empty = append(empty, field.Name)
		}
		return value
	})
	return filled, empty
}

// checkText refuses fields that do not exist, by name.
func checkText(c *fault.Check, field, text string) {
	for _, name := range blank.Names(text) {
		_, known := fieldNamed(name)
		c.That(known, field, "Le champ « {"+name+"} » n’existe pas. Prenez un champ de la liste, ou retirez les accolades.")
	}
	if field == FieldSubject {
		for _, name := range blank.Names(text) {
			f, _ := fieldNamed(name)
			c.That(f.Name != LinkField, field, "Le lien du portail ne tient pas dans un objet"+french.Nbsp+": mettez-le dans le texte.")
		}
		return
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		for _, name := range blank.Names(line) {
			if f, _ := fieldNamed(name); f.Name == LinkField && strings.TrimSpace(strings.Trim(line, "{}")) != name {
				c.Add(field, "« {"+LinkField+"} » est un bouton"+french.Nbsp+": mettez-le seul sur sa ligne.")
			}
		}
	}
}
