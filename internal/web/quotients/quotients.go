// Package quotients is the page of a household's quotient familial: what its
// attestations prove, entered by the office or the régie.
package quotients

import (
	"errors"
	"net/url"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/quotient"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const root = "/bureau/quotients"

const colon = french.Nbsp + ": "

// The fields of an attestation.
const (
	fieldValue  = "valeur"
	fieldMonth  = "mois"
	fieldIssuer = "organisme"
	fieldFrom   = "du"
	fieldUntil  = "au"
	fieldReason = "motif"
)

// longest is how long the reason of withdrawing one may be.
const longest = 200

// Pages answers the routes.
type Pages struct {
	store *db.Store
	clock clock.Clock
	frame func(*door.Visit, ui.Base) (ui.Base, error) // the office's
}

// New makes the pages.
func New(store *db.Store, clk clock.Clock, frame func(*door.Visit, ui.Base) (ui.Base, error)) *Pages {
	return &Pages{store, clk, frame}
}

// Routes is this door's part of the site map.
func (p *Pages) Routes() []door.Route {
	return []door.Route{
		door.Get(root+"/{household}", door.Office, actor.Quotients, "quotients", p.Show),
		door.Post(root+"/{household}", door.Office, actor.Quotients, "quotients.enter", p.Enter),
		door.Post(root+"/{household}/{quotient}/retirer", door.Office, actor.Quotients, "quotients.withdraw", p.Withdraw),
	}
}

// typed is the form of an attestation, as it was typed.
type typed struct{ Value, Month, Issuer, From, Until string }

type page struct {
	ui.Base
	Household string
	All       []quotient.Quotient
	Now       quotient.Quotient
	State     quotient.State
	Today     string
	May       bool
	Typed     typed
	Invalid   *fault.Invalid
	Refusal   string
	Back      string // the page it was come from
	BackTo    string
}

func (p *Pages) read(v *door.Visit) (q page, err error) {
	id := v.PathValue("household")
	if q.All, err = quotient.Of(v.Ctx(), p.store, v.Actor, id); err != nil {
		return q, err
	}
	name, err := p.name(v, id)
	if err != nil {
		return q, err
	}
	q.Household = id
	q.Today, q.May = v.Now.In(clock.Paris).Format(time.DateOnly), v.Actor.May(actor.Changes, actor.Quotients)
	q.Now, q.State = quotient.On(q.All, q.Today)
	q.Typed = typed{From: french.CivilDate(q.Today), Until: french.CivilDate(v.Season.EndsOn)}
	q.Back, q.BackTo = "/bureau/familles/"+url.PathEscape(id), "La famille"
	if !v.Actor.IsOffice() {
		q.Back, q.BackTo = "/bureau/comptes/"+url.PathEscape(id), "Son compte"
	}
	q.Base, err = p.frame(v, v.Base("Quotient familial, "+name))
	q.Base.Path = "/bureau/foyers"
	return q, err
}

// name is the household's: the régie, which sees no family's page, knows it by its account.
func (p *Pages) name(v *door.Visit, id string) (string, error) {
	if v.Actor.IsOffice() {
		h, err := people.HouseholdByID(v.Ctx(), p.store, v.Actor, id)
		return h.Name(), err
	}
	h, err := billing.HolderOf(v.Ctx(), p.store, v.Actor, id)
	return h.Name, err
}

// Show shows what proves the household's quotient.
func (p *Pages) Show(v *door.Visit) error {
	q, err := p.read(v)
	if err != nil {
		return err
	}
	return v.Show(200, view(q))
}

// quotient reads what was typed.
func (t typed) quotient(household string) (quotient.Quotient, error) {
	var c fault.Check
	value, is := tariff.ReadDecimal(t.Value, 2)
	c.That(is && value >= 0, fieldValue, "Écrivez le quotient de l’attestation, comme 845 ou 400,50.")
	month, err := time.Parse("1/2006", t.Month)
	c.That(err == nil, fieldMonth, "Écrivez le mois de l’attestation, comme 05/2027.")
	from, is := french.ReadDate(t.From)
	c.That(is, fieldFrom, "Écrivez la date, comme 01/09/2027.")
	until, is := french.ReadDate(t.Until)
	c.That(is, fieldUntil, "Écrivez la date, comme 31/08/2028.")
	return quotient.Quotient{Household: household, Value: value, Month: month.Format("2006-01"), Issuer: quotient.Issuer(t.Issuer), Source: quotient.Paper, From: from, Until: until}, c.Err()
}

// Enter keeps what an attestation on paper says.
func (p *Pages) Enter(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	q, err := p.read(v)
	if err != nil {
		return err
	}
	q.Typed = typed{form.Value(fieldValue), form.Value(fieldMonth), form.Value(fieldIssuer), form.Value(fieldFrom), form.Value(fieldUntil)}
	made, err := q.Typed.quotient(q.Household)
	if err == nil {
		err = p.store.Write(v.Ctx(), func(tx *db.Tx) error {
			made, err = quotient.Enter(v.Ctx(), tx, v.Actor, p.clock.Now(), made)
			return err
		})
	}
	if err != nil {
		return q.refuse(v, err)
	}
	return v.Redirect(root+"/"+url.PathEscape(q.Household), door.Done("Quotient"+colon+made.Words()))
}

// Withdraw says that an attestation was misread.
func (p *Pages) Withdraw(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	q, err := p.read(v)
	if err != nil {
		return err
	}
	var c fault.Check
	reason := form.Optional(&c, fieldReason, longest)
	if err = c.Err(); err == nil {
		err = p.store.Write(v.Ctx(), func(tx *db.Tx) error {
			return quotient.Withdraw(v.Ctx(), tx, v.Actor, p.clock.Now(), q.Household, v.PathValue("quotient"), reason)
		})
	}
	if err != nil {
		return q.refuse(v, err)
	}
	return v.Redirect(root+"/"+url.PathEscape(q.Household), door.Done("Quotient retiré"))
}

// refuse answers a form that was not taken; another error is returned.
func (q page) refuse(v *door.Visit, err error) error {
	var conflict *fault.Conflict
	if errors.As(err, &conflict) {
		q.Refusal = conflict.Message
		return v.Show(409, view(q))
	}
	invalid, is := door.AsInvalid(err)
	if !is {
		return err
	}
	q.Invalid, q.Base.Errors = invalid, door.FieldErrors(invalid)
	return v.Show(422, view(q))
}

func issuers() (all []ui.Option) {
	for _, i := range quotient.Issuers {
		all = append(all, ui.Option{Value: string(i), Label: string(i)})
	}
	return all
}

// state shows how one of them stands.
func (q page) state(of quotient.Quotient) (ui.StateKind, string) {
	switch {
	case !of.Stands():
		return ui.StateRejected, "Retiré"
	case of.ID == q.Now.ID && q.State == quotient.Valid:
		return ui.StateDone, "En vigueur"
	case of.Until < q.Today:
		return ui.StateTodo, "Expiré"
	case of.From > q.Today:
		return ui.StateNone, "Plus tard"
	default:
		return ui.StateNone, "Remplacé"
	}
}

// source says how it came, and by whom.
func source(q quotient.Quotient) string {
	if q.Source == quotient.API {
		return "API Particulier"
	}
	return "attestation lue par " + q.By
}

// withdrawPath is where one is withdrawn.
func withdrawPath(q quotient.Quotient) string {
	return root + "/" + url.PathEscape(q.Household) + "/" + url.PathEscape(q.ID) + "/retirer"
}
