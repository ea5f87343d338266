package web_test

import (
	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/importing"
	spreadsheet "pupitre/internal/platform/sheet"
)

// fileOfNobody is a file that says nothing of anybody.
const fileOfNobody = "Nom responsable;Prénom responsable;Code postal\n;;44430\n"

// tried is a file of nobody that the office has sent and tried.
func (c *scene) tried() string {
	c.Helper()
	book, err := spreadsheet.Read([]byte(fileOfNobody))
	c.must(err)
	secretary := actor.Actor{Name: "Odile Batard", Role: actor.Secretary}
	imports := importing.New(c.store, c.clock, c.accounts, c.registrar)
	id, err := imports.Start(c.Context(), secretary, importing.Families, "", "familles.csv", book)
	c.must(err)
	c.must(imports.Try(c.Context(), secretary, id, 1))
	return id
}

// anImport is a form of an import, filled so: for who may act, a file that has
// just been tried; for the others the one that the scene keeps, so that
// nothing at all is written in their name.
func anImport(pairs ...string) func(*scene, visitor) filling {
	return func(c *scene, who visitor) filling {
		c.Helper()
		if !roleOf(who).May(actor.Changes, actor.Imports) {
			return keptImport(c, who)
		}
		return filling{path: map[string]string{"import": c.tried()}, form: fields(append([]string{"version", "2"}, pairs...)...)}
	}
}

// keptImport is the scene's, for an act that it refuses whoever asks.
func keptImport(c *scene, _ visitor) filling {
	return filling{path: map[string]string{"import": c.imported}, form: fields("version", "2")}
}
