package door

import (
	"errors"
	"strconv"

	"pupitre/internal/platform/fault"
	"pupitre/internal/web/ui"
)

// AsInvalid tells whether err refuses what was typed, so that the handler
// shows the form again (422) instead of returning err.
func AsInvalid(err error) (*fault.Invalid, bool) {
	var invalid *fault.Invalid
	ok := errors.As(err, &invalid)
	return invalid, ok
}

// AsCrowded tells whether err says that too many ask at the same time, so that
// the handler shows the form again (503) after Visit.ComeBack.
func AsCrowded(err error) (*fault.Unavailable, bool) {
	var away *fault.Unavailable
	ok := errors.As(err, &away) && away.Cause == nil
	return away, ok
}

// ComeBack tells the client when to ask again, before Show.
func (v *Visit) ComeBack(away *fault.Unavailable) {
	v.W.Header().Set("Retry-After", strconv.FormatInt(retrySeconds(away.RetryAfter), 10))
}

// FieldErrors turns the messages into lines of an ErrorSummary; fields have
// their name as id. Without fields, the line is the message of the whole form.
func FieldErrors(invalid *fault.Invalid) []ui.FieldError {
	if invalid == nil {
		return nil
	}
	if len(invalid.Fields) == 0 {
		return []ui.FieldError{{Message: invalid.Message}}
	}
	lines := make([]ui.FieldError, len(invalid.Fields))
	for i, f := range invalid.Fields {
		lines[i] = ui.FieldError{ID: f.Name, Message: f.Message}
	}
	return lines
}
