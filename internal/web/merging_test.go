package web_test

import (
	"net/url"
	"regexp"
	"strings"

	"pupitre/internal/domain/people"
	"pupitre/internal/platform/db"
)

// What only the double of the first household has.
const (
	doubleName   = "Doublonnet"
	doubleMobile = "0639981357"
	doubleFile   = "rib-doublonnet.pdf"
)

// addDouble makes a household with a pupil, a paper and an account of its own.
func (c *scene) addDouble() string {
	c.Helper()
	h := people.Household{ID: db.NewID(), Address: "3 impasse " + doubleName, Postcode: "44330", Town: "Vallet", BillingMode: 1, MandateReference: "RUM-" + doubleName}
	h.Guardians = []people.Guardian{{ID: db.NewID(), HouseholdID: h.ID, LastName: doubleName, FirstName: "Rose", Email: "rose@doublonnet.exemple.fr", Mobile: doubleMobile}}
	c.must(c.store.Write(c.Context(), func(tx *db.Tx) error {
		if err := people.PutHousehold(c.Context(), tx, shown, h); err != nil {
			return err
		}
		if err := people.PutPupil(c.Context(), tx, shown, people.Pupil{ID: db.NewID(), LastName: doubleName, FirstName: "Nino", BirthDate: "2020-03-04"}, []string{h.ID}, nil); err != nil {
			return err
		}
		_, err := c.accounts.CreateFamily(c.Context(), tx, c.secretary, h.ID, "", doubleName)
		return err
	}))
	c.deposit(h.ID, "quotient-familial", doubleFile)
	return h.ID
}

// mergesADouble merges the first household with a double of it, as the office
// does on screen, and undoes it: all along the second household of the pupils
// reads nothing that is not its own, and the office is led to what became of what.
func (c *scene) mergesADouble(private []string) {
	c.Helper()
	double := c.addDouble()
	secrets := append(private, doubleName, strings.ToLower(doubleName), doubleMobile, "06 39 98 13 57", doubleFile)
	page := "/bureau/familles/" + double + "/fusion"
	preview := c.ask(request{path: page + "?avec=" + c.own + "&garde=" + c.own, cookie: c.as(secretary, c.own)})
	seen := regexp.MustCompile(`name="vu" value="([^"]+)"`).FindStringSubmatch(preview.body)
	if preview.status != 200 || seen == nil || !strings.Contains(preview.body, "Rangs, places et listes") && !strings.Contains(preview.body, "Ce qui va se passer") {
		c.Fatalf("the preview: got %d%s", preview.status, said(preview))
	}
	form := url.Values{"avec": {c.own}, "garde": {c.own}, "vu": {seen[1]}}
	if answer := c.ask(request{path: page, cookie: c.as(secretary, c.own), form: form}); answer.status != 303 || !strings.HasSuffix(answer.location, c.own) {
		c.Fatalf("merge: got %d %s%s", answer.status, answer.location, said(answer))
	}
	c.read(c.other, secrets)
	c.mailsKeep(c.other, secrets)
	for _, path := range []string{page, "/bureau/familles/" + double} {
		if answer := c.ask(request{path: path, cookie: c.as(secretary, c.own)}); answer.status != 303 || !strings.HasSuffix(answer.location, c.own) {
			c.Errorf("%s: got %d %s, want the household that it became", path, answer.status, answer.location)
		}
	}
	if answer := c.ask(request{path: page, cookie: c.as(secretary, c.own), form: form}); answer.status != 303 || !strings.HasSuffix(answer.location, c.own) {
		c.Errorf("merged twice: got %d %s", answer.status, answer.location)
	}
	if home := c.ask(request{path: "/accueil", cookie: c.familyCookie(c.own)}); home.status != 200 || !strings.Contains(home.body, "Nino") {
		c.Errorf("the first household does not have the double's pupil: got %d", home.status)
	}

	id := c.text(`select id from household_merge where lost_id = $1`, double)
	if answer := c.ask(request{path: "/bureau/familles/" + c.own, cookie: c.as(secretary, c.own)}); !strings.Contains(answer.body, "/bureau/fusions/"+id) {
		c.Error("the journal does not lead to the undoing")
	}
	if answer := c.ask(request{path: "/bureau/fusions/" + id + "/annuler", cookie: c.as(secretary, c.own), form: url.Values{}}); answer.status != 303 {
		c.Errorf("undo: got %d%s", answer.status, said(answer))
	}
	c.read(c.other, secrets)
	c.read(c.own, []string{doubleName, doubleMobile, doubleFile})
}
