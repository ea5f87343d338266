package web_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
	"pupitre/internal/web"
	"pupitre/internal/web/door"
)

// share gives the scene's pupils a second household: the other family's.
func (c *scene) share() {
	c.Helper()
	for _, id := range []string{c.sent, c.draft} {
		pupil, _, err := people.PupilOf(c.Context(), c.store, c.secretary, id)
		c.must(err)
		now, err := people.CoursesNow(c.Context(), c.store, []string{id})
		c.must(err)
		c.must(c.store.Write(c.Context(), func(tx *db.Tx) error {
			return people.PutPupil(c.Context(), tx, shown, pupil, []string{c.own, c.other}, now[id])
		}))
	}
	// What is the pupil's is no secret between them; its name is not one.
	c.markers = slices.DeleteFunc(c.markers, func(m string) bool { return m == "Lucie Moreau" || m == "Malo Moreau" })
}

// familyPages are the addresses of every page of the families, those of a
// pupil for both pupils.
func (c *scene) familyPages() []string {
	var all []string
	for _, r := range web.SiteMap(c.pages()) {
		if r.Method != "GET" || r.Audience != door.Family || strings.Contains(r.Path, "{deposit}") || strings.Contains(r.Path, "{request}") {
			continue
		}
		path := strings.NewReplacer("{code}", c.usual("code"), "{text}", c.usual("text")).Replace(r.Path)
		if !strings.Contains(path, "{pupil}") {
			all = append(all, path)
			continue
		}
		for _, pupil := range []string{c.sent, c.draft} {
			all = append(all, strings.Replace(path, "{pupil}", pupil, 1))
		}
	}
	return all
}

// read visits every page of the families; none fails, none tells a marker.
func (c *scene) read(household string, markers []string) {
	c.Helper()
	c.markers = markers
	for _, path := range append(c.familyPages(), "/reinscription/confirmation?eleves="+c.sent+","+c.draft) {
		answer := c.ask(request{path: path, cookie: c.familyCookie(household)})
		if answer.status >= 500 {
			c.Errorf("%s: got %d", path, answer.status)
		}
		if leaked := c.leaks(answer); len(leaked) > 0 {
			c.Errorf("%s tells the other household's %q", path, leaked)
		}
	}
}

// privateTo is what the household's other one may not read, as it is in the
// seeded school: who it is, where, its mandate, its papers, how it pays.
func (c *scene) privateTo(household string) []string {
	c.Helper()
	h := c.household(household)
	markers := append(c.column(`select distinct file_name from deposit where household_id = $1 and file_name like '%other%'`, household), h.MandateReference)
	markers = append(markers, h.Address, c.text(`select login from account where household_id = $1`, household))
	for _, g := range h.Guardians {
		markers = append(markers, g.Email, french.Phone(g.Mobile), g.Mobile, french.Phone(g.Phone), g.Phone)
	}
	return slices.DeleteFunc(markers, func(m string) bool { return m == "" })
}

// TestHouseholdsOfOnePupilKeepTheirSecrets: each sees the pupil; neither sees
// the other's address, telephones, e-mail, papers, note, and neither touches
// the dossier that the other has sent.
func TestHouseholdsOfOnePupilKeepTheirSecrets(t *testing.T) {
	eachSeeded(t, func(s *seeded) {
		c := newScene(s)
		c.share()
		// Lucie's form on paper is the first household's: its deposit too.
		onPaper := true
		c.must(enrolment.SaveDraft(c.Context(), c.store, c.clock, c.family(c.own), c.draft, enrolment.DraftStep{OnPaperForm: &onPaper}))
		c.deposit(c.own, "formulaire:"+c.draft, ownFile)
		private := append(c.markers, ownNote, "Grand-mère")
		c.markOther()

		for _, pupil := range []string{c.sent, c.draft} {
			for _, household := range []string{c.own, c.other} {
				if answer := c.ask(request{path: "/eleves/" + pupil + "/identite", cookie: c.familyCookie(household)}); answer.status != 200 {
					c.Errorf("each household sees the pupil: got %d", answer.status)
				}
			}
		}
		c.read(c.other, private)
		for _, deposit := range []string{c.usual("deposit"), c.text(`select id from deposit where pupil_id = $1`, c.draft)} {
			if answer := c.ask(request{path: "/pieces/" + deposit, cookie: c.familyCookie(c.other)}); answer.status != 404 {
				c.Errorf("the other household's deposit: got %d", answer.status)
			}
		}
		for _, deposit := range c.column(`select id from deposit where household_id = $1`, c.other) {
			if answer := c.ask(request{path: "/pieces/" + deposit, cookie: c.familyCookie(c.own)}); answer.status != 404 {
				c.Errorf("the first household opens the second's deposit: got %d", answer.status)
			}
		}
		c.actOnTheOthersDossier()
		c.markers = private
		c.read(c.other, private)
		c.read(c.own, c.privateTo(c.other))

		// The second household goes on with the draft: what the first wrote is gone from it.
		c.takeOver()
		c.read(c.other, private)
		c.read(c.own, c.privateTo(c.other))
		c.mailsKeep(c.other, private)
		c.mailsKeep(c.own, c.privateTo(c.other))

		// Made one with a double of itself, the first household tells the second nothing more.
		c.mergesADouble(private)
		c.applicationsApart()
	})
}

// What only the second household has.
const (
	otherMandate = "RUM-2027-KERGUELEN"
	otherFile    = "attestation-other-kerguelen.pdf"
)

// markOther gives the second household a mandate and a paper of its own, and
// another way to pay than the first one's.
func (c *scene) markOther() {
	c.Helper()
	c.must(c.store.Write(c.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(c.Context(), `update household set mandate_reference = $1 where id = $2`, otherMandate, c.other)
		return err
	}))
	c.deposit(c.other, "quotient-familial", otherFile)
	if markers := c.privateTo(c.other); !slices.Contains(markers, otherMandate) || !slices.Contains(markers, otherFile) {
		c.Fatalf("the second household's markers are %q", markers)
	}
}

// mailsKeep reads every mail written to the household: none tells a marker.
func (c *scene) mailsKeep(household string, markers []string) {
	c.Helper()
	c.runJobs()
	read, addresses := 0, c.household(household).Emails()
	for _, m := range c.outbox.Last() {
		if !slices.ContainsFunc(addresses, func(a string) bool { return strings.Contains(m.To, a) }) {
			continue
		}
		read++
		for _, marker := range markers {
			if strings.Contains(m.Subject+m.Text+m.HTML, marker) {
				c.Errorf("the mail « %s » tells the other household's %q", m.Subject, marker)
			}
		}
	}
	if read == 0 {
		c.Errorf("no mail to %q was read", addresses)
	}
}

// actOnTheOthersDossier posts, as the second household, every act about the
// dossier that the first has sent.
func (c *scene) actOnTheOthersDossier() {
	c.Helper()
	before := c.writes()
	for _, act := range []struct {
		path string
		form url.Values
	}{
		{"/reinscription/famille", fields()},
		{"/reinscription/eleve", c.pupilFields(c.sent)},
		{"/reinscription/eleve", fields("action", "non", "raison", "Chez l’autre parent")},
		{"/reinscription/revient", fields()},
		{"/reinscription/cours", fields("action", "papier")},
		{"/reinscription/cours", fields("action", "formule", "formule", c.text(`select id from programme order by position limit 1`))},
		{"/reinscription/envoi", fields("accord", "oui", "texte", c.rules())},
		{"/reinscription/changer", fields("action", "valider")},
		{"/reinscription/renoncer", fields("raison", "Chez l’autre parent")},
		{"/reinscription/renoncer", fields("demande", c.text(`select q.id from request q join dossier d on d.id = q.dossier_id where d.pupil_id = $1 limit 1`, c.sent))},
	} {
		answer := c.ask(request{path: "/eleves/" + c.sent + act.path, cookie: c.familyCookie(c.other), form: act.form})
		if answer.status >= 500 || answer.status == 200 {
			c.Errorf("%s %v: got %d", act.path, act.form, answer.status)
		}
		if leaked := c.leaks(answer); len(leaked) > 0 {
			c.Errorf("%s tells the other household's %q", act.path, leaked)
		}
	}
	answer := c.ask(request{path: "/reinscription/envoi", cookie: c.familyCookie(c.other), form: fields("eleve", c.sent, "accord", "oui", "texte", c.rules())})
	if leaked := c.leaks(answer); answer.status != 422 || len(leaked) > 0 {
		c.Errorf("« Valider pour tous » with a dossier sent by the other household: got %d, tells %q", answer.status, leaked)
	}
	c.unchanged("acts about a dossier that the other household has sent", before)
}

// takeOver chooses, as the second household, for the pupil whose dossier is a draft.
func (c *scene) takeOver() {
	c.Helper()
	programme := c.text(`select id from programme where code = 'cursus'`)
	answer := c.ask(request{path: "/eleves/" + c.draft + "/reinscription/cours", cookie: c.familyCookie(c.other), form: fields("action", "formule", "formule", programme)})
	if answer.status != 303 {
		c.Fatalf("the second household goes on: got %d%s", answer.status, said(answer))
	}
	note := c.texts(2, `select household_id, note from dossier where pupil_id = $1`, c.draft)
	if note[0] != c.other || note[1] != "" {
		c.Errorf("the draft is of %s, its note is %q", note[0], note[1])
	}
}

// column are the values of a query of one column.
func (c *scene) column(query string, args ...any) []string {
	c.Helper()
	values, err := db.All[string](c.Context(), c.store, query, args...)
	c.must(err)
	return values
}
