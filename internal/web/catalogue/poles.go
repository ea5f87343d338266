package catalogue

import (
	"net/url"
	"strings"

	"pupitre/internal/domain/account"
	taught "pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// polesPage lists the sites and the disciplines.
type polesPage struct {
	ui.Base
	Sites       []siteRow
	Disciplines []taught.Discipline // of this page
	Query       string
	Pager       ui.Pager
	Adding      editing // a new discipline
	Moved       string  // where a site has gone
	MovedID     string
	Direction   string
}

type siteRow struct {
	school.Site
	Courses, Places int64
}

// Poles shows the sites and the disciplines.
func (p *Pages) Poles(v *door.Visit) error {
	page, err := p.poles(v)
	if err != nil {
		return err
	}
	return v.Show(200, poles(page))
}

func (p *Pages) poles(v *door.Visit) (page polesPage, err error) {
	if page.Base, err = p.base(v, "Pôles et disciplines"); err != nil {
		return page, err
	}
	page.Adding = opened(disciplineSpecs, url.Values{}, 0)
	if page.Sites, err = p.siteRows(v); err != nil {
		return page, err
	}
	page.MovedID, page.Direction = v.Query("deplace"), v.Query("sens")
	for i, s := range page.Sites {
		if s.ID == page.MovedID {
			page.Moved = s.Name + "\u202f: ligne " + itoa(int64(i+1)) + " sur " + itoa(int64(len(page.Sites)))
		}
	}
	return page, p.disciplines(v, &page)
}

func (p *Pages) siteRows(v *door.Visit) ([]siteRow, error) {
	sites, err := p.sites(v.Ctx())
	if err != nil {
		return nil, err
	}
	offer, err := p.offer(v)
	if err != nil {
		return nil, err
	}
	places, err := enrolment.PlacesNow(v.Ctx(), p.store, v.Season)
	if err != nil {
		return nil, err
	}
	rows := make([]siteRow, len(sites))
	at := map[string]*siteRow{}
	for i, s := range sites {
		rows[i].Site = s
		at[s.ID] = &rows[i]
	}
	for i := range offer.Courses {
		c := &offer.Courses[i]
		row := at[c.SiteID]
		if row == nil || !c.CancelledAt.IsZero() {
			continue
		}
		row.Courses++
		for _, s := range c.Semesters {
			row.Places += places[enrolment.OfferingID(c.ID, s)].Capacity
		}
	}
	return rows, nil
}

func (p *Pages) disciplines(v *door.Visit, page *polesPage) error {
	all, err := taught.Disciplines(v.Ctx(), p.store, v.Season.ID)
	if err != nil {
		return err
	}
	page.Query = v.Query("q")
	var found []taught.Discipline
	for _, d := range all {
		if strings.Contains(french.Fold(d.Name), french.Fold(page.Query)) {
			found = append(found, d)
		}
	}
	at := pageOf(v)
	page.Pager = pager(at, int64(len(found)), func(n string) string { return link(root+"/poles", "q", page.Query, "page", n) })
	from := min((at-1)*pageSize, int64(len(found)))
	page.Disciplines = found[from:min(from+pageSize, int64(len(found)))]
	return nil
}

var siteSpecs = []spec{
	{Name: school.SiteName, Label: "Nom", Most: 200},
	{Name: school.SiteTown, Label: "Commune", Most: 200},
	{Name: school.SiteAddress, Label: "Adresse", Most: 200},
}

func siteValues(s school.Site) url.Values {
	return url.Values{school.SiteName: {s.Name}, school.SiteTown: {s.Town}, school.SiteAddress: {s.Address}}
}

// sitePage is the form of one site; its ID is "" for a new one.
type sitePage struct {
	ui.Base
	editing
	Site school.Site
}

func (p *Pages) site(v *door.Visit) (page sitePage, err error) {
	title := "Ajouter un pôle"
	if id := v.PathValue("site"); id != "" {
		sites, err := p.sites(v.Ctx())
		if err != nil {
			return page, err
		}
		if page.Site, err = school.SiteAmong(sites, id); err != nil {
			return page, err
		}
		title = page.Site.Name
	}
	page.editing = opened(siteSpecs, siteValues(page.Site), page.Site.Version)
	page.Base, err = p.base(v, title)
	return page, err
}

// Site shows the form of a site, or of a new one.
func (p *Pages) Site(v *door.Visit) error {
	page, err := p.site(v)
	if err != nil {
		return err
	}
	return v.Show(200, siteForm(page))
}

// SaveSite makes or changes a site.
func (p *Pages) SaveSite(v *door.Visit) error {
	page, err := p.site(v)
	if err != nil {
		return err
	}
	if page.editing, _, err = typed(v, siteSpecs, siteValues(page.Site)); err != nil {
		return err
	}
	var refused error
	if page.Invalid != nil {
		refused = page.Invalid
	} else {
		_, refused = school.SaveSite(v.Ctx(), p.store, v.Actor, v.Now, school.Site{ID: page.Site.ID, Name: page.of(school.SiteName),
			Town: page.of(school.SiteTown), Address: page.of(school.SiteAddress), Edited: school.Edited{Version: page.Version}})
	}
	if refused == nil {
		return v.Redirect(root+"/poles", done("«\u202f"+page.of(school.SiteName)+"\u202f» est enregistré", "Le journal le garde."))
	}
	status, up := page.refuse(refused, page.Site.Edited, siteValues(page.Site))
	if up != nil {
		return up
	}
	page.Errors = page.errors()
	return v.Show(status, siteForm(page))
}

// MoveSite moves a site up or down in the order of screens.
func (p *Pages) MoveSite(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	up, err := direction(form)
	if err != nil {
		return err
	}
	id := v.PathValue("site")
	if _, _, err = school.MoveSite(v.Ctx(), p.store, v.Actor, v.Now, id, up); err != nil {
		return err
	}
	return v.Redirect(link(root+"/poles", "deplace", id, "sens", form.Value("sens")))
}

// direction reads « Monter » or « Descendre ».
func direction(form door.Form) (up bool, err error) {
	switch form.Value("sens") {
	case "monter":
		return true, nil
	case "descendre":
		return false, nil
	default:
		return false, fault.Refuse("Choisissez «\u202fMonter\u202f» ou «\u202fDescendre\u202f».")
	}
}

// DeleteSite removes a site that nothing is at.
func (p *Pages) DeleteSite(v *door.Visit) error {
	version, err := deletion(v)
	if err != nil {
		return err
	}
	limited, err := account.LimitedTo(v.Ctx(), p.store, v.PathValue("site"))
	if err != nil {
		return err
	}
	if len(limited) > 0 {
		return fault.Refuse("Des comptes du personnel sont limités à ce pôle : " + french.List(limited) + ". Changez-les d’abord dans « Droits et comptes ».")
	}
	if err := enrolment.DeleteSite(v.Ctx(), p.store, v.Actor, v.Now, v.PathValue("site"), version); err != nil {
		return err
	}
	return v.Redirect(root+"/poles", done("Le pôle est retiré", "Le journal le garde."))
}

var disciplineSpecs = []spec{{Name: taught.DisciplineName, Label: "Nom", Most: 80}}

func disciplineValues(d taught.Discipline) url.Values {
	return url.Values{taught.DisciplineName: {d.Name}}
}

// AddDiscipline makes a discipline; a refusal shows the list again.
func (p *Pages) AddDiscipline(v *door.Visit) error {
	e, _, err := typed(v, disciplineSpecs, url.Values{})
	if err != nil {
		return err
	}
	var refused error
	if e.Invalid != nil {
		refused = e.Invalid
	} else {
		refused = taught.SaveDiscipline(v.Ctx(), p.store, v.Actor, v.Now, taught.Discipline{Name: e.of(taught.DisciplineName)})
	}
	if refused == nil {
		return v.Redirect(root+"/poles", done("«\u202f"+e.of(taught.DisciplineName)+"\u202f» est ajoutée", "Elle se choisit dans les cours et chez les enseignants."))
	}
	status, up := e.refuse(refused, school.Edited{}, url.Values{})
	if up != nil {
		return up
	}
	page, err := p.poles(v)
	if err != nil {
		return err
	}
	page.Adding, page.Errors = e, e.errors()
	return v.Show(status, poles(page))
}

// disciplinePage is the form of one discipline.
type disciplinePage struct {
	ui.Base
	editing
	Discipline taught.Discipline
}

func (p *Pages) discipline(v *door.Visit) (page disciplinePage, err error) {
	if page.Discipline, err = taught.DisciplineByID(v.Ctx(), p.store, v.PathValue("discipline")); err != nil {
		return page, err
	}
	page.editing = opened(disciplineSpecs, disciplineValues(page.Discipline), page.Discipline.Version)
	page.Base, err = p.base(v, page.Discipline.Name)
	return page, err
}

// Discipline shows the form of a discipline.
func (p *Pages) Discipline(v *door.Visit) error {
	page, err := p.discipline(v)
	if err != nil {
		return err
	}
	return v.Show(200, disciplineForm(page))
}

// SaveDiscipline renames a discipline.
func (p *Pages) SaveDiscipline(v *door.Visit) error {
	page, err := p.discipline(v)
	if err != nil {
		return err
	}
	if page.editing, _, err = typed(v, disciplineSpecs, disciplineValues(page.Discipline)); err != nil {
		return err
	}
	var refused error
	if page.Invalid != nil {
		refused = page.Invalid
	} else {
		refused = taught.SaveDiscipline(v.Ctx(), p.store, v.Actor, v.Now, taught.Discipline{ID: page.Discipline.ID, Name: page.of(taught.DisciplineName), Edited: school.Edited{Version: page.Version}})
	}
	if refused == nil {
		return v.Redirect(root+"/poles", done("«\u202f"+page.of(taught.DisciplineName)+"\u202f» est enregistrée", "Ses cours et ses enseignants la suivent."))
	}
	status, up := page.refuse(refused, page.Discipline.Edited, disciplineValues(page.Discipline))
	if up != nil {
		return up
	}
	page.Errors = page.errors()
	return v.Show(status, disciplineForm(page))
}

// DeleteDiscipline removes a discipline that no course is of.
func (p *Pages) DeleteDiscipline(v *door.Visit) error {
	version, err := deletion(v)
	if err != nil {
		return err
	}
	if err := taught.DeleteDiscipline(v.Ctx(), p.store, v.Actor, v.Now, v.PathValue("discipline"), version); err != nil {
		return err
	}
	return v.Redirect(root+"/poles", done("La discipline est retirée", "Le journal le garde."))
}
