package billing

import (
	"errors"
	"net/url"
	"strconv"

	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/quotient"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// The fields of the forms of an issue.
const (
	fieldWhich = "quoi" // whichReady or whichOdd
	fieldCount = "nombre"
	fieldTotal = "total"
	fieldPole  = "pole"

	whichReady = "pretes"
	whichOdd   = "telles-quelles"
)

// controlPage is « Facturer la saison »: what is ready, and what surprises.
type controlPage struct {
	ui.Base
	Season    school.Season
	Poles     []ui.Tab
	Pole      string
	May       bool // the visitor may issue
	Refusal   string
	All       []billing.Prepared
	Ready     billing.Shown
	Odd       []billing.Prepared // that surprise
	OddOnes   billing.Shown      // of those, what may be issued as it is
	Done      int64              // are invoiced already
	NoQF      int64
	Run       billing.Run
	HasRun    bool
	Passed    []billing.Passed
	LastMade  string // « 2027-0001 à 2027-0148 »
	HasPrices bool
}

func (c controlPage) scope() billing.Scope { return billing.Scope{Site: c.Pole} }

// readControl gathers what is to be invoiced.
func (p *Pages) readControl(v *door.Visit, pole string) (c controlPage, err error) {
	if c.Base, err = p.base(v, "Facturer la saison", invoicesPath); err != nil {
		return c, err
	}
	c.Season, c.May, c.Pole = v.Season, mayChange(v), pole
	if c.Season.ID == "" {
		return c, nil
	}
	c.Base.Title = "Facturer la saison " + c.Season.Name
	c.Poles = []ui.Tab{{Label: "Toute la saison", URL: issuePath, Current: pole == ""}}
	known := pole == ""
	for _, s := range v.Settings.Sites {
		c.Poles = append(c.Poles, ui.Tab{Label: s.Name, URL: issuePath + "?" + fieldPole + "=" + url.QueryEscape(s.ID), Current: s.ID == pole})
		known = known || s.ID == pole
	}
	if !known {
		return c, fault.ErrNotFound
	}
	if c.Run, c.HasRun, err = billing.LatestRun(v.Ctx(), p.store, v.Actor, c.Season.ID); err != nil {
		return c, err
	}
	if c.HasRun {
		if c.Passed, err = c.Run.Passed(); err != nil {
			return c, err
		}
	}
	c.All, err = billing.Prepare(v.Ctx(), p.store, v.Actor, v.Now, v.School, c.Season, c.scope())
	if invalid, is := door.AsInvalid(err); is { // no tariff yet
		c.Refusal = invalid.Message
		return c, nil
	}
	if err != nil {
		return c, err
	}
	c.HasPrices = true
	for _, prepared := range c.All {
		c.sort(prepared)
	}
	return c, nil
}

// sort puts what is prepared among what is ready, what surprises or what is done.
func (c *controlPage) sort(prepared billing.Prepared) {
	odd := prepared.Oddities()
	switch {
	case len(odd) == 0:
		c.Ready.Count, c.Ready.Total = c.Ready.Count+1, c.Ready.Total+prepared.Total
	case prepared.Invoiced != "":
		c.Done++
		return
	default:
		c.Odd = append(c.Odd, prepared)
		if !odd[0].Blocks {
			c.OddOnes.Count, c.OddOnes.Total = c.OddOnes.Count+1, c.OddOnes.Total+prepared.Total
		}
	}
	if prepared.Quotient != quotient.Valid {
		c.NoQF++
	}
}

// Control shows what is ready to be invoiced, and what surprises.
func (p *Pages) Control(v *door.Visit) error {
	c, err := p.readControl(v, v.Query(fieldPole))
	if err != nil {
		return err
	}
	return p.showControl(v, 200, c)
}

func (p *Pages) showControl(v *door.Visit, status int, c controlPage) error {
	if c.running() {
		c.Base.Refresh = 5
	}
	return v.Show(status, controlView(c))
}

func (c controlPage) running() bool { return c.HasRun && c.Run.UnderWay() && !c.Run.Suspended() }

// Issue begins to issue what the page has shown.
func (p *Pages) Issue(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	c, err := p.readControl(v, form.Value(fieldPole))
	if err != nil {
		return err
	}
	which := form.Value(fieldWhich)
	count, err1 := strconv.ParseInt(form.Value(fieldCount), 10, 64)
	total, err2 := strconv.ParseInt(form.Value(fieldTotal), 10, 64)
	if c.Season.ID == "" || which != whichReady && which != whichOdd || err1 != nil || err2 != nil {
		c.Refusal = "Choisissez ce qui est à émettre, puis recommencez."
		return p.showControl(v, 422, c)
	}
	said := "toute la saison"
	for _, t := range c.Poles {
		if t.Current && c.Pole != "" {
			said = t.Label
		}
	}
	if which == whichOdd {
		said += ", telles quelles"
	}
	_, err = p.books.Start(v.Ctx(), v.Actor, v.School, c.Season, c.scope(), which == whichOdd, billing.Shown{Count: count, Total: total}, said)
	var changed *billing.Changed
	var conflict *fault.Conflict
	switch {
	case errors.As(err, &changed):
		c.Refusal = changed.Error()
		return p.showControl(v, 409, c)
	case errors.As(err, &conflict):
		c.Refusal = conflict.Message
		return p.showControl(v, 409, c)
	case err != nil:
		invalid, err := refused(err)
		if err != nil {
			return err
		}
		c.Refusal = invalid.Message
		return p.showControl(v, 422, c)
	}
	return v.Redirect(c.here())
}

// here is the page's own address.
func (c controlPage) here() string {
	if c.Pole == "" {
		return issuePath
	}
	return issuePath + "?" + fieldPole + "=" + url.QueryEscape(c.Pole)
}

// Progress answers the fragment of how far the run is.
func (p *Pages) Progress(v *door.Visit) error {
	if !v.IsHTMX() {
		return v.Redirect(issuePath)
	}
	c := controlPage{May: mayChange(v)}
	var err error
	if c.Run, c.HasRun, err = billing.LatestRun(v.Ctx(), p.store, v.Actor, v.Season.ID); err != nil {
		return err
	}
	if c.HasRun {
		if c.Passed, err = c.Run.Passed(); err != nil {
			return err
		}
	}
	if !c.running() { // the lists are to be read anew
		v.W.Header().Set("HX-Refresh", "true")
	}
	return v.Show(200, runPanel(c))
}

// Suspend stops the run that is under way; Resume goes on with it.
func (p *Pages) Suspend(v *door.Visit) error { return p.turn(v, p.books.Suspend) }

// Resume goes on with the run that is suspended.
func (p *Pages) Resume(v *door.Visit) error { return p.turn(v, p.books.Resume) }

func (p *Pages) turn(v *door.Visit, act turning) error {
	run, found, err := billing.LatestRun(v.Ctx(), p.store, v.Actor, v.Season.ID)
	if err != nil || !found {
		return errors.Join(err, v.Redirect(issuePath))
	}
	if err := act(v.Ctx(), v.Actor, run.ID); err != nil {
		return err
	}
	return v.Redirect(issuePath)
}

// lead says who is to be invoiced.
func (c controlPage) lead() string {
	pupils := int64(0)
	for _, prepared := range c.All {
		for _, l := range prepared.Draft.Lines {
			if l.Pupil != "" {
				pupils++
			}
		}
	}
	return french.Count(int64(len(c.All)), "foyer", "foyers") + ", " + french.Count(pupils, "élève inscrit", "élèves inscrits") + "."
}
