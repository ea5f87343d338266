package messages

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"pupitre/internal/domain/message"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
)

func TestTheButtonSaysWhatItDoesToHowMany(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2027, 6, 9, hour, 0, 0, 0, clock.Paris) }
	for name, row := range map[string]struct {
		now    time.Time
		leaves string
		count  int64
		want   string
	}{
		"at once":              {at(10), "", 131, "Envoyer à 131 familles"},
		"one family":           {at(10), "", 1, "Envoyer à 1 famille"},
		"in quiet hours":       {at(21), "", 131, "Programmer l’envoi à 131 familles"},
		"at another moment":    {at(10), later, 131, "Programmer l’envoi à 131 familles"},
		"an empty selection":   {at(10), "", 0, "Envoyer"},
		"empty, at 9 at night": {at(21), "", 0, "Envoyer"},
	} {
		t.Run(name, func(t *testing.T) {
			c := composer{Now: row.now, Leaves: row.leaves, Count: row.count, School: school.School{QuietFrom: 20, QuietUntil: 8}}
			if got := strings.ReplaceAll(c.sendLabel(), "\u202f", " "); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

// What is typed is followed by how many it goes to, in each place that says it;
// of the button only the words change, or a click begun on it would be lost.
func TestWhatIsTypedIsFollowedWhereverItIsCounted(t *testing.T) {
	c := composer{Count: 131, Dossiers: 137, Reached: 128, Now: time.Date(2027, 6, 9, 10, 0, 0, 0, clock.Paris), School: school.School{QuietFrom: 20, QuietUntil: 8},
		Choices: choices{names: map[string]string{"s": "Pôle Sèvre"}},
		Typed:   message.Typed{ByMail: true, Selection: report.Selection{List: report.ListDossiers, Filter: report.Filter{Group: report.Incomplete, Site: "s"}}}}
	var out bytes.Buffer
	if err := effectFragment(c).Render(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<div id="a-qui" hx-swap-oob="true">`, "137 dossiers · 131 familles", "Pôle Sèvre",
		`<span id="mots-envoi" hx-swap-oob="innerHTML">Envoyer à 131 familles</span>`, "128 familles recevront le mail", "3 n’ont pas d’adresse confirmée",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
}
