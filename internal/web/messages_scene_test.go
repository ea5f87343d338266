package web_test

import (
	"encoding/json"

	"pupitre/internal/domain/message"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/jobs"
)

// writeToOwn has the office write to the scene's household and nobody else, with
// what only it has in the text.
func (c *scene) writeToOwn() {
	c.Helper()
	season, err := school.CurrentSeason(c.Context(), c.store)
	c.must(err)
	rules, err := school.Current(c.Context(), c.store)
	c.must(err)
	rules.QuietUntil, rules.QuietFrom = 0, 24
	room := message.New(c.store, c.clock)
	m, err := room.Plan(c.Context(), c.secretary, season, rules, message.Typed{Subject: "Pour {responsable}", Body: "Bonjour {responsable},\n\n{élève}", InPortal: true,
		Selection: report.Selection{List: report.ListDossiers, Filter: report.Filter{Group: report.Everyone, Text: "quervelec"}}}, c.clock.Now(), 1)
	c.must(err)
	args, err := json.Marshal(map[string]any{"message": m.ID, "version": m.Version})
	c.must(err)
	c.set(`update message set state = 'leaving', departed_at = $1 where id = $2`, c.clock.Now(), m.ID)
	c.set(`insert into message_recipient (message_id, household_id, position, dossiers, address, subject, body) values ($1, $2, 0, '[]', '', '', '')`, m.ID, c.own)
	c.must(room.Depart(c.Context(), jobs.Job{Kind: message.DepartJob, RawArgs: string(args)}))
	c.message = m.ID
}
