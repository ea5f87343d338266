package family

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// patience is how long « Valider » waits for its answer before the page says
// that the request waits for its turn. The act goes on.
const patience = time.Second

// unknownFor is how long a page that waits looks for its answer on a machine
// that does not know the submission: another machine may still hold it.
const unknownFor = 30 * time.Second

const (
	titleOne = "Votre demande attend son tour"
	titleAll = "Vos demandes attendent leur tour"
)

type waitingPage struct {
	ui.Base
	URL     string // of the page itself
	Text    string
	Seconds int // between two looks
}

// answered waits a moment for the answer.
func (p *Pages) answered(v *door.Visit, s *enrolment.Sending) bool {
	waiting, cancel := context.WithTimeout(v.Ctx(), p.patience)
	defer cancel()
	return s.Answered(waiting)
}

// wait leads to the page that waits for the answer.
func (p *Pages) wait(v *door.Visit, s *enrolment.Sending, path string, query url.Values) error {
	query.Set("arrivee", strconv.FormatInt(s.Arrived().UnixMicro(), 10))
	query.Set("serveur", p.machine)
	return v.Redirect(path + "?" + query.Encode())
}

// ShowWaiting says since when a submission waits, and leads to its answer once
// it is there: the confirmation, or the form with what kept it from being received.
func (p *Pages) ShowWaiting(v *door.Visit) error {
	sending := p.registrar.SendingOf(v.Actor, []string{v.PathValue("pupil")})
	if sending != nil && !sending.IsAnswered() {
		return p.showWaiting(v, titleOne, sending.Arrived(), true)
	}
	r, err := p.registration(v)
	if err != nil {
		return err
	}
	switch arrived, asked := ticket(v); {
	case r.Elsewhere || r.Dossier.State.Sent() || sending == nil && !asked:
		return v.Redirect(wizardPath(r.Pupil.ID) + "/confirmation")
	case sending == nil && p.mayBeElsewhere(v, arrived):
		return p.showWaiting(v, titleOne, arrived, false)
	case v.IsHTMX():
		return v.Redirect(v.R.URL.RequestURI())
	case sending == nil:
		return p.showSend(v, r, lost(), true)
	default:
		return p.sent(v, r.Pupil.ID, sending, true)
	}
}

// ShowWaitingAll is ShowWaiting after « Valider pour tous »: the dossiers of ?eleves=id,id.
func (p *Pages) ShowWaitingAll(v *door.Visit) error {
	order := strings.Split(v.Query("eleves"), ",")
	sending := p.registrar.SendingOf(v.Actor, order)
	if sending != nil && !sending.IsAnswered() {
		return p.showWaiting(v, titleAll, sending.Arrived(), true)
	}
	received, err := p.received(v, order)
	if err != nil {
		return err
	}
	switch arrived, asked := ticket(v); {
	case received || sending == nil && !asked:
		return v.Redirect("/reinscription/confirmation?eleves=" + strings.Join(order, ","))
	case sending == nil && p.mayBeElsewhere(v, arrived):
		return p.showWaiting(v, titleAll, arrived, false)
	case v.IsHTMX():
		return v.Redirect(v.R.URL.RequestURI())
	case sending == nil:
		return p.showSendAll(v, order, lost(), nil, true)
	default:
		return p.sentAll(v, order, sending, true)
	}
}

// received tells whether all these pupils' dossiers have been sent.
func (p *Pages) received(v *door.Visit, pupils []string) (bool, error) {
	dossiers, err := p.dossiers(v)
	if err != nil {
		return false, err
	}
	for _, pupil := range pupils {
		if !dossiers[pupil].State.Sent() {
			return false, nil
		}
	}
	return true, nil
}

// ticket is when the submission of the page arrived, as its address says.
func ticket(v *door.Visit) (arrived time.Time, told bool) {
	micro, err := strconv.ParseInt(v.Query("arrivee"), 10, 64)
	return time.UnixMicro(micro), err == nil
}

// mayBeElsewhere tells whether the submission may wait on another machine.
func (p *Pages) mayBeElsewhere(v *door.Visit, arrived time.Time) bool {
	since := v.Now.Sub(arrived)
	return v.Query("serveur") != p.machine && since >= 0 && since < unknownFor
}

// lost refuses what a restart of the server has forgotten: it was never received.
func lost() *fault.Invalid {
	return &fault.Invalid{Message: "Votre demande n’a pas été enregistrée", Fields: []fault.Field{
		{Name: "accord", Message: "Votre demande n’a pas été enregistrée" + french.Nbsp + ": validez de nouveau. Ce que vous avez saisi est gardé."},
	}}
}

// lostIfOurs is lost for what failed on our side, and err itself for a refusal.
func lostIfOurs(err error) error {
	var away *fault.Unavailable
	if errors.As(err, &away) {
		return lost()
	}
	return err
}

// showWaiting answers a page that looks again with nothing new.
func (p *Pages) showWaiting(v *door.Visit, title string, arrived time.Time, known bool) error {
	if v.IsHTMX() {
		v.W.WriteHeader(http.StatusNoContent)
		return nil
	}
	page := waitingPage{Base: v.Base(title), URL: v.R.URL.RequestURI(), Seconds: min(2+p.registrar.Sendings()/200, 15)}
	page.Text = "Votre demande est arrivée à " + french.HourSecond(arrived) + ", elle attend son tour."
	if !known {
		page.Text = "Votre demande est arrivée à " + french.HourSecond(arrived) + ". Elle n’est pas encore enregistrée."
	}
	page.Refresh = page.Seconds + 1
	return v.Show(http.StatusOK, waitingView(page))
}

func every(seconds int) string { return fmt.Sprintf("every %ds", seconds) }
