package web_test

import (
	"fmt"
	"strconv"
	"strings"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/clock"
)

// aRequest is one in that state, with what its page is sent.
func aRequest(state string, pairs ...string) func(*scene, visitor) filling {
	return func(c *scene, _ visitor) filling {
		id := c.text(`select q.id from request q join dossier d on d.id = q.dossier_id join season s on s.id = d.season_id
			where q.state = $1 and s.is_current = true order by q.seq desc limit 1`, state)
		return filling{path: map[string]string{"request": id}, form: fields(pairs...)}
	}
}

// keepScenarios keeps some that each give a course which is asked for a place more.
func (c *scene) keepScenarios() {
	c.Helper()
	found := c.texts(3, `select id, cast(capacity as text), season_id from offering where taken > 0 and season_id = (select id from season where is_current = true)
		order by taken desc, id limit 1`)
	places, err := strconv.ParseInt(found[1], 10, 64)
	c.must(err)
	for n := range 8 { // the table of authorisations throws some away
		_, err := enrolment.SaveScenario(c.Context(), c.store, clock.System(), roleOf(secretary), enrolment.Scenario{
			Season: found[2], Name: fmt.Sprint("Une place de plus, ", n), Capacities: enrolment.Capacities{found[0]: places + 1}})
		c.must(err)
	}
}

// scenarioOf is one of them that is neither published nor thrown away.
func scenarioOf(c *scene) enrolment.Scenario {
	s, err := enrolment.ScenarioByID(c.Context(), c.store, roleOf(secretary), c.text(`select max(id) from scenario where published = '' and name like 'Une place%'`))
	c.must(err)
	return s
}

// aScenario is one of the scene's, with its version and more.
func aScenario(pairs ...string) func(*scene, visitor) filling {
	return func(c *scene, _ visitor) filling {
		s := scenarioOf(c)
		return filling{path: map[string]string{"scenario": s.ID}, form: fields(append([]string{"version", fmt.Sprint(s.Version)}, pairs...)...)}
	}
}

// changedScenario types another name, another mode and another number of places.
func changedScenario(c *scene, _ visitor) filling {
	s := scenarioOf(c)
	form := fields("version", fmt.Sprint(s.Version), "nom", "Deux de plus", "mode", "cloture", "delai", "10")
	for id, n := range s.Capacities {
		name := strings.ReplaceAll(id, "/", "-")
		form.Set("places-"+name, fmt.Sprint(n+1))
		form.Set("lues-"+name, fmt.Sprint(n-1))
	}
	return filling{path: map[string]string{"scenario": s.ID}, form: form}
}

// anAllocation is changedScenario without a scenario before it.
func anAllocation(c *scene, who visitor) filling {
	f := changedScenario(c, who)
	f.form.Del("version")
	f.path = nil
	return f
}
