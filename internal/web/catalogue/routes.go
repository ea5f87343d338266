package catalogue

import (
	"pupitre/internal/domain/actor"
	"pupitre/internal/web/door"
)

// longForm lets a text pasted by mistake come back with its form, instead of
// being cut off before it is read.
const longForm = 1 << 20

// Routes is this door's part of the site map.
func (p *Pages) Routes() []door.Route {
	get := func(path, name string, h door.Handler) door.Route {
		return door.Get(root+path, door.Office, actor.Catalogue, "catalogue."+name, h)
	}
	post := func(path, name string, h door.Handler) door.Route {
		return door.Upload(root+path, door.Office, actor.Catalogue, "catalogue."+name, longForm, h)
	}
	return []door.Route{
		get("", "courses", p.Courses),
		post("/capacites", "capacities", p.Capacities),
		get("/cours/nouveau", "new-course", p.Course).ForChange(),
		post("/cours/nouveau", "make-course", p.SaveCourse),
		get("/cours/{course}", "course", p.Course),
		post("/cours/{course}", "save-course", p.SaveCourse),
		post("/cours/{course}/supprimer", "delete-course", p.DeleteCourse),

		get("/formules", "programmes", p.Programmes),
		get("/formules/nouvelle", "new-programme", p.Programme).ForChange(),
		post("/formules/nouvelle", "make-programme", p.SaveProgramme),
		get("/formules/{programme}", "programme", p.Programme),
		post("/formules/{programme}", "save-programme", p.SaveProgramme),
		post("/formules/{programme}/ordre", "move-programme", p.MoveProgramme),
		post("/formules/{programme}/supprimer", "delete-programme", p.DeleteProgramme),

		get("/poles", "sites", p.Poles),
		get("/poles/nouveau", "new-site", p.Site).ForChange(),
		post("/poles/nouveau", "make-site", p.SaveSite),
		get("/poles/{site}", "site", p.Site),
		post("/poles/{site}", "save-site", p.SaveSite),
		post("/poles/{site}/ordre", "move-site", p.MoveSite),
		post("/poles/{site}/supprimer", "delete-site", p.DeleteSite),
		post("/disciplines", "make-discipline", p.AddDiscipline),
		get("/disciplines/{discipline}", "discipline", p.Discipline),
		post("/disciplines/{discipline}", "save-discipline", p.SaveDiscipline),
		post("/disciplines/{discipline}/supprimer", "delete-discipline", p.DeleteDiscipline),

		get("/enseignants", "teachers", p.Teachers),
		get("/enseignants/nouveau", "new-teacher", p.Teacher).ForChange(),
		post("/enseignants/nouveau", "make-teacher", p.SaveTeacher),
		get("/enseignants/{teacher}", "teacher", p.Teacher),
		post("/enseignants/{teacher}", "save-teacher", p.SaveTeacher),
		post("/enseignants/{teacher}/supprimer", "delete-teacher", p.DeleteTeacher),
	}
}
