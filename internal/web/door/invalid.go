package door

import (
	"errors"

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
