// Package merging is the office's merge of two households: the other one is
// found, what it would come to is shown, and it is done or undone.
package merging

import (
	"errors"
	"fmt"
	"net/url"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/application"
	"pupitre/internal/domain/merge"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const (
	familiesPath = "/bureau/foyers"
	mergesPath   = "/bureau/fusions"

	applicationsPath = "/bureau/pre-inscriptions" // another door's
)

// Pages answers the routes of merges.
type Pages struct {
	store  *db.Store
	merges *merge.Merges
	frame  func(*door.Visit, ui.Base) (ui.Base, error)
}

// New opens the pages; frame adds the office's menu.
func New(store *db.Store, merges *merge.Merges, frame func(*door.Visit, ui.Base) (ui.Base, error)) *Pages {
	return &Pages{store: store, merges: merges, frame: frame}
}

// Routes is the part of the site map that is about merges.
func (p *Pages) Routes() []door.Route {
	get := func(path, name string, h door.Handler) door.Route {
		return door.Get(path, door.Office, actor.Merges, "merging."+name, h)
	}
	post := func(path, name string, h door.Handler) door.Route {
		return door.Post(path, door.Office, actor.Merges, "merging."+name, h)
	}
	return []door.Route{
		get("/bureau/familles/{household}/fusion", "preview", p.Preview),
		post("/bureau/familles/{household}/fusion", "merge", p.Merge),
		post("/bureau/familles/{household}/differents", "apart", p.SayApart),
		post("/bureau/familles/{household}/differents/annuler", "apart-back", p.TakeApartBack),
		get(mergesPath+"/{merge}", "one", p.One),
		post(mergesPath+"/{merge}/annuler", "undo", p.Undo),
	}
}

func (p *Pages) base(v *door.Visit, title string) (ui.Base, error) {
	base, err := p.frame(v, v.Base(title))
	base.Path = familiesPath
	return base, err
}

func familyURL(id string) string { return "/bureau/familles/" + url.PathEscape(id) }

// URL is where the household's merge begins; other is the one it is merged with, "" before it is found.
func URL(household, other string) string {
	path := familyURL(household) + "/fusion"
	if other != "" {
		path += "?avec=" + url.QueryEscape(other)
	}
	return path
}

// MergeURL is the page of one merge.
func MergeURL(id string) string { return mergesPath + "/" + url.PathEscape(id) }

// The fields of the form, beside those of merge.Preview.
const (
	fieldWith = "avec"
	fieldKept = "garde"
	fieldSeen = "vu"
)

// page is the way to a merge: the other household is sought, then compared.
type page struct {
	ui.Base
	H       people.Household
	Query   string
	Found   []report.Hit
	Alike   []application.Resemblance
	Apart   []apart       // households said not to be this one
	With    string        // the other household, "" before it is chosen
	V       merge.Preview // of both
	Refusal string        // why nothing was done
}

// apart is a household said not to be this one.
type apart struct {
	people.ApartFrom
	Name string
}

// mostFound is how many families the search shows.
const mostFound = 12

// choice reads how the office wants the two to be made one.
func choice(household string, said func(string) string) (c merge.Choice) {
	c.Kept, c.Lost, c.Seen, c.Said = household, said(fieldWith), said(fieldSeen), map[string]string{}
	if c.Lost != "" && said(fieldKept) == c.Lost {
		c.Kept, c.Lost = c.Lost, c.Kept
	}
	for _, name := range names {
		if value := said(name); value != "" {
			c.Said[name] = value
		}
	}
	return c
}

// mostPeople is how many responsibles, or pupils, of a household a form asks about.
const mostPeople = 20

// names are the fields that the preview may ask for.
var names = func() []string {
	all := []string{merge.FieldAddress, merge.FieldBilling, merge.FieldMeans, merge.FieldMandate, merge.FieldAccount}
	for i := 1; i <= mostPeople; i++ {
		for _, name := range []string{"personne", "civilite", "nom", "email", "mobile", "fixe", "enfant"} {
			all = append(all, fmt.Sprintf("%s_%d", name, i))
		}
	}
	return all
}()

// Preview seeks the other household, and shows what merging the two would come to.
func (p *Pages) Preview(v *door.Visit) error {
	household := v.PathValue("household")
	if moved, err := p.moved(v, household, v.Query(fieldWith)); moved || err != nil {
		return err
	}
	shown, err := p.page(v, choice(household, v.Query))
	if invalid, ok := door.AsInvalid(err); ok {
		shown.Refusal, shown.With = invalid.Message, ""
		return v.Show(422, view(shown))
	}
	if err != nil {
		return err
	}
	return v.Show(200, view(shown))
}

// moved leads to the household that one of these has become a part of.
func (p *Pages) moved(v *door.Visit, households ...string) (bool, error) {
	for _, household := range households {
		merged, found, err := merge.Into(v.Ctx(), p.store, v.Actor, household)
		if err != nil {
			return false, err
		}
		if found {
			return true, v.Redirect(familyURL(merged.Kept), ui.Flash{Kind: ui.MessageInfo, Title: "Déjà fusionné", Text: merged.Words()})
		}
	}
	return false, nil
}

func (p *Pages) page(v *door.Visit, c merge.Choice) (shown page, err error) {
	household := v.PathValue("household")
	if shown.H, err = people.HouseholdByID(v.Ctx(), p.store, v.Actor, household); err != nil {
		return shown, err
	}
	if shown.Base, err = p.base(v, "Fusionner le foyer "+shown.H.Name()); err != nil {
		return shown, err
	}
	shown.Query = v.Query("q")
	if shown.With = c.Lost; c.Kept != household {
		shown.With = c.Kept
	}
	if shown.With == "" {
		return shown, p.seek(v, &shown)
	}
	if shown.V, err = merge.PreviewOf(v.Ctx(), p.store, v.Actor, c); err != nil {
		return shown, err
	}
	shown.Apart, err = p.apart(v, household, shown.With)
	return shown, err
}

// seek finds families by what is typed, and those that look like this one.
func (p *Pages) seek(v *door.Visit, shown *page) error {
	pupils, err := people.PupilsOf(v.Ctx(), p.store, shown.H.ID)
	if err != nil {
		return err
	}
	if shown.Apart, err = p.apart(v, shown.H.ID, ""); err != nil {
		return err
	}
	if shown.Alike, err = application.Resembling(v.Ctx(), p.store, v.Actor, v.Season.ID, shown.H, pupils); err != nil || shown.Query == "" {
		return err
	}
	found, err := report.Search(v.Ctx(), p.store, v.Actor, v.Season.ID, shown.Query, mostFound)
	for _, h := range found.Families {
		if h.Household != shown.H.ID {
			shown.Found = append(shown.Found, h)
		}
	}
	return err
}

// Merge makes the two households one.
func (p *Pages) Merge(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	household := v.PathValue("household")
	if moved, err := p.moved(v, household, form.Value(fieldWith)); moved || err != nil {
		return err
	}
	if form.Value(fieldWith) == "" {
		return fault.Refuse("Choisissez d’abord l’autre foyer.")
	}
	c := choice(household, form.Value)
	if _, err := merge.PreviewOf(v.Ctx(), p.store, v.Actor, c); err != nil { // neither is another's to name
		return err
	}
	id, err := p.merges.Merge(v.Ctx(), v.Actor, c)
	if err != nil {
		return p.again(v, c, err)
	}
	merged, err := merge.Of(v.Ctx(), p.store, v.Actor, id)
	if err != nil {
		return err
	}
	return v.Redirect(familyURL(merged.Kept), ui.Flash{
		Kind: ui.MessageOK, Title: "Foyer " + merged.LostName + " fusionné avec le foyer " + merged.KeptName,
		Text: "Rangs et places n’ont pas bougé. La fusion s’annule ici, ou plus tard depuis le journal.", UndoURL: MergeURL(id) + "/annuler",
	})
}

// again shows the preview as it now is, with what was chosen and why nothing was done.
func (p *Pages) again(v *door.Visit, c merge.Choice, refused error) error {
	status, message := 409, ""
	var conflict *fault.Conflict
	if invalid, ok := door.AsInvalid(refused); ok {
		status, message = 422, invalid.Message
	} else if errors.As(refused, &conflict) {
		message = conflict.Message
	} else {
		return refused
	}
	shown, err := p.page(v, c)
	if errors.Is(err, fault.ErrNotFound) {
		return refused
	}
	if err != nil {
		return err
	}
	shown.Refusal = message
	return v.Show(status, view(shown))
}

// onePage is a merge that was done.
type onePage struct {
	ui.Base
	M    merge.Merged
	Held string // why it is not undone any more, "" when it is
}

func (o onePage) title() string {
	if o.M.IsAttachment() {
		return "Rattachement de " + o.M.LostName + " au foyer " + o.M.KeptName
	}
	return "Fusion des foyers " + o.M.KeptName + " et " + o.M.LostName
}

// One shows a merge, and how it is undone.
func (p *Pages) One(v *door.Visit) error {
	shown, err := p.one(v)
	if err != nil {
		return err
	}
	return v.Show(200, oneView(shown))
}

func (p *Pages) one(v *door.Visit) (shown onePage, err error) {
	if shown.M, err = merge.Of(v.Ctx(), p.store, v.Actor, v.PathValue("merge")); err != nil {
		return shown, err
	}
	if shown.Held, err = merge.HoldsUp(v.Ctx(), p.store, v.Actor, shown.M); err != nil {
		return shown, err
	}
	shown.Base, err = p.base(v, shown.title())
	return shown, err
}

// Undo makes the households two again.
func (p *Pages) Undo(v *door.Visit) error {
	merged, err := merge.Of(v.Ctx(), p.store, v.Actor, v.PathValue("merge"))
	if err != nil {
		return err
	}
	err = p.merges.Undo(v.Ctx(), v.Actor, merged.ID)
	var conflict *fault.Conflict
	if errors.As(err, &conflict) {
		shown, err := p.one(v)
		if err != nil {
			return err
		}
		if shown.Held == "" {
			shown.Held = conflict.Message
		}
		return v.Show(409, oneView(shown))
	}
	if err != nil {
		return err
	}
	if merged.IsAttachment() {
		return v.Redirect(applicationsPath+"/"+merged.Application, ui.Flash{Kind: ui.MessageOK, Title: "Rattachement annulé", Text: "La demande attend de nouveau une réponse, avec son dossier, son rang et ses places. La famille avait été prévenue par mail" + french.Nbsp + ": répondez-lui."})
	}
	return v.Redirect(familyURL(merged.Kept), ui.Flash{Kind: ui.MessageOK, Title: "Fusion annulée", Text: "Les foyers " + merged.KeptName + " et " + merged.LostName + " sont de nouveau deux, chacun comme avant" + french.Nbsp + ": fiches, papiers, dossiers, identifiants."})
}
