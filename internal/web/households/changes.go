package households

import (
	"context"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/people"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// changesPage is « À vérifier »: what families have changed, a family a line.
type changesPage struct {
	ui.Base
	Families []changedFamily
	Next     string
}

type changedFamily struct {
	Household people.Household
	Changes   []people.Change
	Pupils    map[string]people.Pupil
}

// until is the last of the changes read: what comes after it is not seen.
func (c changedFamily) until() string { return Until(c.Changes) }

// Until is the instant up to which « C’est vu » holds.
func Until(changes []people.Change) string {
	var last time.Time
	for _, c := range changes {
		if c.At.After(last) {
			last = c.At
		}
	}
	return last.UTC().Format(time.RFC3339Nano)
}

// SeeURL is where « C’est vu » posts.
func SeeURL(household string) string { return changesPath + "/" + household + "/vu" }

// Changes lists what families have changed of what the office must know.
func (p *Pages) Changes(v *door.Visit) (err error) {
	var page changesPage
	if page.Base, err = p.base(v, "À vérifier"); err != nil {
		return err
	}
	page.Base.Office.Keys = []ui.KeyEntry{{Keys: []string{"V"}, Text: "c’est vu"}, {Keys: []string{"U"}, Text: "annuler"}}
	all, err := people.ChangesToSee(v.Ctx(), p.Store, v.Actor, report.Only(v.Actor), v.Query("apres"), linesOfAPage+1)
	if err != nil {
		return err
	}
	if len(all) > linesOfAPage {
		all = all[:linesOfAPage]
		page.Next = link(changesPath, "apres", all[linesOfAPage-1].ID)
	}
	page.Families, err = p.byFamily(v, all)
	if err != nil {
		return err
	}
	return v.Show(200, changesView(page))
}

// byFamily gathers the changes of each family, in the order of its first one.
func (p *Pages) byFamily(v *door.Visit, all []people.Change) ([]changedFamily, error) {
	var households, pupils []string
	for _, c := range all {
		households, pupils = append(households, c.Household), append(pupils, c.Pupil)
	}
	found, err := people.HouseholdsByID(v.Ctx(), p.Store, v.Actor, households)
	if err != nil {
		return nil, err
	}
	names, err := people.PupilsByID(v.Ctx(), p.Store, pupils)
	var families []changedFamily
	for _, c := range all {
		i := slices.IndexFunc(families, func(f changedFamily) bool { return f.Household.ID == c.Household })
		if i < 0 {
			i = len(families)
			families = append(families, changedFamily{Household: found[c.Household], Pupils: names})
		}
		families[i].Changes = append(families[i].Changes, c)
	}
	return families, err
}

// See notes that the office has seen what it read; one click takes it back.
func (p *Pages) See(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	household := v.PathValue("household")
	h, err := people.HouseholdByID(v.Ctx(), p.Store, v.Actor, household)
	if err != nil {
		return err
	}
	until, err := time.Parse(time.RFC3339Nano, form.Value("jusqu_a"))
	if err != nil {
		return fault.Refuse("Relisez la liste, puis choisissez à nouveau « C’est vu ».")
	}
	var n int64
	var batch string
	if err := p.Store.Write(v.Ctx(), func(tx *db.Tx) (err error) {
		n, batch, err = people.See(v.Ctx(), tx, v.Now, v.Actor, household, until)
		return err
	}); err != nil {
		return err
	}
	return v.Redirect(v.Back(changesPath), ui.Flash{Kind: ui.MessageOK, Title: french.Count(n, "changement vu", "changements vus") + ", foyer " + h.Name(),
		UndoURL: link(changesPath+"/"+household+"/annuler", "lot", batch)})
}

const fieldChange = "changement"

// PutBack puts the former value of one change back. The means of payment may
// complete a dossier or ask for a paper, so the registrar runs the write.
func (p *Pages) PutBack(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	household := v.PathValue("household")
	if _, err := people.HouseholdByID(v.Ctx(), p.Store, v.Actor, household); err != nil {
		return err
	}
	if form.Value(fieldChange) == "" {
		return fault.Refuse("Relisez la liste, puis choisissez à nouveau « Revenir à l’ancien ».")
	}
	var c people.Change
	if err := p.Registrar.Alter(v.Ctx(), v.Actor, household, func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = people.PutBack(ctx, tx, v.Now, v.Actor, household, form.Value(fieldChange))
		return err
	}); err != nil {
		return err
	}
	flash := door.Done("Ancienne valeur remise" + french.Nbsp + ": " + c.Field)
	flash.Text = "C’est de nouveau «" + french.Nbsp + value(c, c.Before) + french.Nbsp + "»."
	if strings.HasPrefix(c.Field, "e-mail") {
		flash.Text += " L’adresse qu’elle remplace est prévenue."
	}
	return v.Redirect(v.Back(changesPath), flash)
}

// Unsee puts what was seen back in the list.
func (p *Pages) Unsee(v *door.Visit) error {
	household := v.PathValue("household")
	if _, err := people.HouseholdByID(v.Ctx(), p.Store, v.Actor, household); err != nil {
		return err
	}
	if err := p.Store.Write(v.Ctx(), func(tx *db.Tx) error {
		return people.Unsee(v.Ctx(), tx, v.Now, v.Actor, household, v.Query("lot"))
	}); err != nil {
		return err
	}
	return v.Redirect(v.Back(changesPath), door.Done("Les changements sont à vérifier de nouveau"))
}
