package web_test

import (
	"net/url"
	"strconv"
)

// What the office's forms of « Cours et salles » send when they are filled in
// properly: each visitor's things have names of their own.

func newCourse(c *scene, who visitor) filling {
	return filling{form: fields("intitule", "Essai "+string(who), "reference", "ESSAI-"+string(who), "type", "instrument", "pole", c.site("loire"), "salle", "Salle 9",
		"jour", "2", "debut", "17:30", "age_min", "7", "places-0", "4")}
}

// heldCourse is a course of the whole year as it is held, in another room.
func heldCourse(c *scene, _ visitor) filling {
	id := c.text(`select c.id from course c join offering o on o.course_id = c.id where c.code = 'L-HAUTBOIS'`)
	f := fields("version", c.text(`select cast(version as text) from course where id = $1`, id), "salle", "Salle 9")
	for field, column := range map[string]string{"intitule": "title", "type": "kind", "discipline": "discipline", "pole": "site_id", "debut": "starts", "fin": "ends", "enseignant": "teacher"} {
		f.Set(field, c.text(`select `+column+` from course where id = $1`, id))
	}
	for field, column := range map[string]string{"jour": "weekday", "age_min": "age_min", "age_max": "age_max"} {
		if n := c.text(`select cast(`+column+` as text) from course where id = $1`, id); n != "0" {
			f.Set(field, n)
		}
	}
	f.Set("places-0", c.text(`select cast(capacity as text) from offering where course_id = $1`, id))
	f.Set("lu", url.Values{"places-0": f["places-0"]}.Encode())
	return filling{path: map[string]string{"course": id}, form: f}
}

// askedCourse is one that somebody has asked for.
func askedCourse(c *scene, _ visitor) filling {
	id := c.text(`select min(o.course_id) from request q join offering o on o.id = q.offering_id`)
	return filling{path: map[string]string{"course": id}, form: fields("version", c.text(`select cast(version as text) from course where id = $1`, id))}
}

func newProgramme(_ *scene, who visitor) filling {
	return filling{form: fields("intitule", "Formule "+string(who), "phrase", "Un essai.", "age_min", "7", "lignes", "1",
		"quoi-0", "instrument", "combien-0", "1-1", "nom-0", "Instrument", "action", "enregistrer")}
}

// heldProgramme is the cursus with its own rules, and another sentence.
func heldProgramme(c *scene, _ visitor) filling {
	f := fields("version", c.text(`select cast(version as text) from programme where code = 'cursus'`), "phrase", "Les cours sont compris dans le tarif.",
		"intitule", c.text(`select title from programme where code = 'cursus'`), "lignes", "3", "action", "enregistrer", "age_max", "17",
		"quoi-0", "instrument", "combien-0", "1-1", "quoi-1", "pratique", "combien-1", "1-1", "quoi-2", "culture", "combien-2", "1-1")
	f["seulement-2"] = []string{"5e", "4e", "3e"}
	return filling{form: f}
}

func newSite(_ *scene, who visitor) filling {
	return filling{form: fields("nom", "Pôle "+string(who), "commune", "Vallet", "adresse", "1 rue de l’Essai")}
}

func heldSite(c *scene, _ visitor) filling {
	return filling{form: fields("nom", "Pôle Loire", "commune", "Le Loroux-Bottereau", "adresse", "4 rue de l’Essai", "version", c.text(`select cast(version as text) from site where code = 'loire'`))}
}

func newDiscipline(_ *scene, who visitor) filling {
	return filling{form: fields("nom", "Discipline "+string(who))}
}

func heldDiscipline(c *scene, _ visitor) filling {
	f := version("discipline")(c, secretary).form
	f.Set("nom", "Renommée "+strconv.Itoa(len(c.text(`select name from discipline where id = $1`, c.usual("discipline")))))
	return filling{path: map[string]string{"discipline": c.usual("discipline")}, form: f}
}

func newTeacher(_ *scene, who visitor) filling {
	return filling{form: fields("nom", "Essai", "prenom", string(who), "email", string(who)+"@exemple.fr")}
}

func heldTeacher(c *scene, _ visitor) filling {
	f := version("teacher")(c, secretary).form
	f.Set("nom", c.text(`select last_name from teacher where id = $1`, c.usual("teacher")))
	f.Set("prenom", c.text(`select first_name from teacher where id = $1`, c.usual("teacher")))
	f.Set("email", "nouvelle@exemple.fr")
	return filling{form: f}
}

// version is the version of the scene's thing of that table.
func version(table string) func(*scene, visitor) filling {
	return func(c *scene, _ visitor) filling {
		return filling{form: url.Values{"version": {c.text(`select cast(version as text) from `+table+` where id = $1`, c.usual(table))}}}
	}
}
