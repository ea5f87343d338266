package door

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/ui"
)

var errWrongRole = fmt.Errorf("wrong role: %w", fault.ErrForbidden)

func notFound(*Visit) error { return fault.ErrNotFound }

// refusal is the page of an error: what happened and what to do, never the
// error's own text.
type refusal struct {
	status  int
	title   string
	text    string
	fields  []fault.Field
	request string  // number to quote, for an error of ours
	again   *resend // what was typed, to be sent again; nil when nothing was, or it may not be kept
}

func refusalFor(err error) refusal {
	var invalid *fault.Invalid
	var conflict *fault.Conflict
	var busy *fault.Busy
	var away *fault.Unavailable
	switch {
	case errors.As(err, &invalid):
		return refusal{status: http.StatusUnprocessableEntity, title: "Votre saisie n’a pas été enregistrée", text: invalid.Message, fields: invalid.Fields}
	case errors.As(err, &conflict):
		return refusal{status: http.StatusConflict, title: "La situation a changé entre-temps", text: conflict.Message}
	case errors.As(err, &busy):
		return refusal{status: http.StatusTooManyRequests, title: "Un peu de patience", text: busy.Message}
	case errors.As(err, &away):
		return refusal{status: http.StatusServiceUnavailable, title: "Un peu de patience", text: away.Message}
	case errors.Is(err, fault.ErrNotFound):
		return refusal{status: http.StatusNotFound, title: "Page introuvable", text: "Cette page n’existe pas, ou n’est pas dans votre espace."}
	case errors.Is(err, fault.ErrForbidden):
		return refusal{status: http.StatusForbidden, title: "Page réservée", text: "Votre compte n’ouvre pas cette page."}
	default:
		return refusal{status: http.StatusInternalServerError, title: "Une erreur est survenue", text: "Ce n’est pas de votre fait. Recommencez dans un instant\u202f; ce qui était enregistré l’est toujours."}
	}
}

// refuse shows the page of the error, and logs once what is ours.
func (s *Site) refuse(v *Visit, err error) {
	if errors.Is(err, context.Canceled) && v.Ctx().Err() != nil {
		return // the reader has left
	}
	r := refusalFor(err)
	if r.status == http.StatusInternalServerError {
		r.request = RequestID(v.Ctx())
	}
	if r.status == http.StatusInternalServerError || failedOurs(err) {
		v.logFailure(err)
	}
	if after, told := retryAfter(err); told {
		v.retryAfter(after)
		if !db.MayBeKept(err) { // that one might be done twice
			r.again = v.resend()
		}
	}
	v.W.Header().Set("Cache-Control", "no-store")
	page := plainRefusal(v.Base(r.title), r, v.Back(HomeOf(v.Actor.Role)), v.School.Phone)
	if base, framed := s.framed(v, r); framed {
		page = officeRefusal(base, r, v.Back(HomeOf(v.Actor.Role)), v.School.Phone)
	}
	if err := v.Show(r.status, page); err != nil {
		s.Log.ErrorContext(v.Ctx(), "error page failed", "request", r.request, "error", err.Error())
		http.Error(v.W, r.title, r.status)
	}
}

// AsUnavailable tells whether err says that a part does not answer, so that the
// handler shows its form again (503) instead of returning err. It logs what
// failed, and tells the browser when to come back.
func AsUnavailable(v *Visit, err error) (*fault.Unavailable, bool) {
	var away *fault.Unavailable
	if !errors.As(err, &away) {
		return nil, false
	}
	if away.Cause != nil {
		v.logFailure(err)
	}
	v.retryAfter(away.RetryAfter)
	return away, true
}

func (v *Visit) logFailure(err error) {
	v.log.ErrorContext(v.Ctx(), "request failed", "request", RequestID(v.Ctx()), "route", v.route.Pattern(), "account", v.Actor.Account, "error", err.Error())
}

func (v *Visit) retryAfter(d time.Duration) {
	v.W.Header().Set("Retry-After", strconv.FormatInt(retrySeconds(d), 10))
}

// failedOurs tells whether something of ours failed, and is not merely crowded.
func failedOurs(err error) bool {
	var away *fault.Unavailable
	return errors.As(err, &away) && away.Cause != nil
}

// retryAfter is when to come back, if the error says so.
func retryAfter(err error) (time.Duration, bool) {
	var busy *fault.Busy
	if errors.As(err, &busy) {
		return busy.RetryAfter, true
	}
	var away *fault.Unavailable
	if errors.As(err, &away) {
		return away.RetryAfter, true
	}
	return 0, false
}

// framed is the office's frame, for whoever may use its menu; a page that says
// that something is down reads nothing more.
func (s *Site) framed(v *Visit, r refusal) (ui.Base, bool) {
	if s.Frame == nil || r.status >= http.StatusInternalServerError || !v.Actor.IsOffice() || v.Limited {
		return ui.Base{}, false
	}
	base, err := s.Frame(v, v.Base(r.title))
	return base, err == nil
}

// RefusalPage answers with the page of an error of ours, for what fails before
// or outside a route (a panic).
func (s *Site) RefusalPage(w http.ResponseWriter, r *http.Request, err error) {
	v := &Visit{W: w, R: r, Now: s.Clock.Now(), log: s.Log}
	s.place(v)
	_ = s.readSchool(v) // the page does without
	s.refuse(v, err)
}
