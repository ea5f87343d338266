package web_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestAFamilyTakesAllThatIsKeptAboutIt: what it typed, handed in and was told is
// in its archive, read by people and by programs; who of the staff did what is
// told by role only.
func TestAFamilyTakesAllThatIsKeptAboutIt(t *testing.T) {
	eachSeeded(t, func(s *seeded) {
		c := newScene(s)
		own := c.ask(request{path: "/famille/donnees.zip", cookie: c.familyCookie(c.own)})
		text := c.archiveText(own.body)
		h := c.household(c.own)
		wanted := []string{"vos-donnees.html", "donnees.json", "pieces/001-", h.Address, h.Guardians[0].Email, "Lucie Moreau", ownNote, "garde de votre foyer", "secrétariat"}
		wanted = append(wanted, c.column(`select file_name from deposit where household_id = $1`, c.own)...)
		for _, what := range wanted {
			if !strings.Contains(text, what) {
				t.Errorf("the archive does not tell %q", what)
			}
		}
		for _, name := range c.column(`select name from account where role <> 'family'`) {
			if strings.Contains(text, name) {
				t.Errorf("the archive names %s, of the staff", name)
			}
		}
		for _, secret := range append(c.column(`select password_hash from account where password_hash <> ''`), "argon2", "_hash") {
			if strings.Contains(text, secret) {
				t.Errorf("the archive tells %q", secret)
			}
		}
		var sections map[string][]map[string]any
		_, rest, _ := strings.Cut(text, "donnees.json\n")
		c.must(json.NewDecoder(strings.NewReader(rest)).Decode(&sections))
		if len(sections["foyer"]) != 1 || sections["foyer"][0]["address"] != h.Address || len(sections["pieces"]) == 0 || len(sections["dossiers"]) == 0 {
			t.Errorf("for a program: %v", sections)
		}
		// The office hands over the same.
		taken := c.ask(request{path: "/bureau/familles/" + c.own + "/donnees.zip", cookie: c.as(administrator, c.own)})
		if taken.status != 200 || !strings.Contains(c.archiveText(taken.body), h.Address) {
			t.Errorf("the administration is answered %d", taken.status)
		}
	})
}
