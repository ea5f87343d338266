package office

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// paperPage enters a dossier that came on paper (R35).
type paperPage struct {
	ui.Base
	chooser
	Query      string
	Found      report.Found
	Reg        enrolment.Registration // its pupil's ID is "" before one is chosen
	Households []people.Household     // of the pupil
	Household  string
	Day, Hour  string
	Reason     string
	Modes      []school.BillingMode
	Means      []school.PaymentMean
	Mode       string
	Paid       []string // the means ticked
	Invalid    *fault.Invalid
}

// Paper leads from the pupil to the choice.
func (p *Pages) Paper(v *door.Visit) error {
	page, err := p.paper(v, v.Query("eleve"))
	if err != nil {
		return err
	}
	if page.Query = v.Query("q"); page.Query != "" && page.Reg.Pupil.ID == "" {
		if page.Found, err = report.Search(v.Ctx(), p.Store, v.Actor, v.Season.ID, page.Query, 20); err != nil {
			return err
		}
	}
	page.Programme, page.Site = v.Query("formule"), v.Query("pole")
	if page.Programme == "" {
		page.Programme, page.Site = page.Reg.Dossier.Programme, page.Reg.Dossier.Site
		page.Chosen = chosen(page.Reg.Dossier.Choice)
	}
	return v.Show(200, paperDossier(page))
}

func (p *Pages) paper(v *door.Visit, pupil string) (page paperPage, err error) {
	if page.Base, err = p.base(v, "Saisir un dossier papier"); err != nil || pupil == "" {
		return page, err
	}
	if page.Reg, err = enrolment.RegistrationOf(v.Ctx(), p.Store, v.Actor, pupil); err != nil {
		return page, err
	}
	page.Household = page.Reg.Household.ID
	ids, err := people.HouseholdsOf(v.Ctx(), p.Store, pupil)
	if err != nil {
		return page, err
	}
	households, err := people.HouseholdsByID(v.Ctx(), p.Store, v.Actor, ids)
	if err != nil {
		return page, err
	}
	for _, id := range ids {
		page.Households = append(page.Households, households[id])
	}
	if page.Modes, err = school.BillingModes(v.Ctx(), p.Store); err != nil {
		return page, err
	}
	if page.Means, err = school.PaymentMeans(v.Ctx(), p.Store); err != nil {
		return page, err
	}
	page.Paid = page.Reg.Household.Means
	if page.Reg.Household.BillingMode > 0 {
		page.Mode = itoa(page.Reg.Household.BillingMode)
	}
	page.chooser = chooser{Catalogue: page.Reg.Catalogue, Facts: page.Reg.Facts}
	page.Places, err = enrolment.PlacesNow(v.Ctx(), p.Store, v.Season)
	return page, err
}

func (p paperPage) householdOptions() []ui.Option {
	var options []ui.Option
	for _, h := range p.Households {
		options = append(options, ui.Option{Value: h.ID, Label: h.Name() + ", " + h.Town})
	}
	return options
}

func (p paperPage) modeOptions() []ui.Option {
	options := []ui.Option{{Value: "", Label: "Comme aujourd’hui, ou pas encore choisi"}}
	for _, m := range p.Modes {
		options = append(options, ui.Option{Value: itoa(m.Code), Label: m.Name})
	}
	return options
}

func (p paperPage) meanOptions() []ui.Option {
	var options []ui.Option
	for _, m := range p.Means {
		options = append(options, ui.Option{Value: m.Code, Label: m.Name, Checked: slices.Contains(p.Paid, m.Code)})
	}
	return options
}

func sameMeans(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// billing is what the paper says of how the family pays; nil when that changes nothing.
func (p paperPage) billing(c *fault.Check) *enrolment.Billing {
	household := people.Household{}
	for _, h := range p.Households {
		if h.ID == p.Household {
			household = h
		}
	}
	if (p.Mode == "" || p.Mode == itoa(household.BillingMode)) && sameMeans(p.Paid, household.Means) {
		return nil
	}
	mode, err := strconv.ParseInt(p.Mode, 10, 32)
	c.That(err == nil, people.FieldBilling, "Choisissez un mode de facturation.")
	return &enrolment.Billing{Mode: mode, Means: p.Paid}
}

// SavePaper enters the dossier: next rank, real time of receipt beside it. What
// it lacks is imported next.
func (p *Pages) SavePaper(v *door.Visit) error {
	form, err := v.TypedForm("motif")
	if err != nil {
		return err
	}
	pupil := form.Value("eleve")
	if pupil == "" {
		return fault.Refuse("Choisissez d’abord l’élève.")
	}
	page, err := p.paper(v, pupil)
	if err != nil {
		return err
	}
	var c fault.Check
	page.Programme, page.Site = form.Value("formule"), form.Value("pole")
	page.Day, page.Hour = form.Value("recu_le"), form.Value("recu_a")
	page.Reason = form.Required(&c, "motif", 300, "Dites pourquoi ce dossier est saisi par le secrétariat.")
	page.Household = or(form.Value("foyer"), page.Household)
	if !slices.ContainsFunc(page.Households, func(h people.Household) bool { return h.ID == page.Household }) {
		return fault.ErrNotFound
	}
	page.Mode, page.Paid = form.Value(people.FieldBilling), form.Values(people.FieldMeans)
	var billing *enrolment.Billing
	if form.Has(people.FieldBilling) {
		billing = page.billing(&c)
	}
	choice := wishes(form)
	page.Chosen = chosen(choice)
	at := receivedAt(&c, page.Day, page.Hour)
	if err = c.Err(); err == nil {
		err = p.Registrar.EnterPaper(v.Ctx(), v.Actor, page.Household, enrolment.OnPaper{
			NewChoice:  enrolment.NewChoice{Pupil: pupil, Programme: page.Programme, Site: page.Site, Wishes: choice, Reason: page.Reason},
			ReceivedAt: at, Billing: billing,
		})
	}
	invalid, err := refused(err)
	if err != nil {
		return err
	}
	if invalid != nil {
		page.Invalid, page.Base = invalid, withErrors(page.Base, invalid)
		return v.Show(422, paperDossier(page))
	}
	entered, err := enrolment.RegistrationOf(v.Ctx(), p.Store, v.Actor, pupil)
	if err != nil {
		return err
	}
	flash := done(fmt.Sprintf("%s saisi, rang %d", entered.Dossier.Label(), entered.Dossier.Rank),
		"Reçu sur papier le "+french.Moment(at)+". "+mailOrCall(entered.Household, "La famille reçoit un mail."))
	if len(entered.Missing) > 0 {
		flash.Text += " Il manque encore\u202f: " + french.List(names(entered.Missing)) + ". Importez ce que la famille a remis."
	}
	return v.Redirect(importAll(entered.Dossier, entered.Missing, "/bureau/dossiers/"+entered.Dossier.ID), flash)
}

func names(papers []document.Paper) []string {
	all := make([]string, len(papers))
	for i, paper := range papers {
		all[i] = paper.Name
	}
	return all
}

// receivedAt reads the day and the hour of receipt, in Paris.
func receivedAt(c *fault.Check, day, hour string) time.Time {
	iso, dayOK := french.ReadDate(day)
	c.That(dayOK, "recu_le", "Donnez le jour de réception, par exemple 08/06/2027.")
	hour = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "h", ":", "H", ":").Replace(hour)
	clockTime, err := time.Parse("15:4", strings.TrimSuffix(hour, ":")+map[bool]string{true: ":00"}[!strings.Contains(strings.TrimSuffix(hour, ":"), ":")])
	c.That(err == nil, "recu_a", "Donnez l’heure de réception, par exemple 10:30.")
	if !dayOK || err != nil {
		return time.Time{}
	}
	d, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return time.Time{}
	}
	return time.Date(d.Year(), d.Month(), d.Day(), clockTime.Hour(), clockTime.Minute(), 0, 0, clock.Paris).UTC()
}
