package ui

import (
	"strconv"

	"pupitre/internal/platform/fault"
)

// MessageKind is the colour of a message and, with it, who has to act.
type MessageKind string

// Yellow (MessageTodo) says that the reader must act, and nothing else.
const (
	MessageInfo   MessageKind = ""
	MessageAccent MessageKind = "accent"
	MessageOK     MessageKind = "ok"
	MessageError  MessageKind = "non"
	MessageTodo   MessageKind = "afaire"
)

func (k MessageKind) icon() string {
	switch k {
	case MessageOK:
		return "check"
	case MessageError, MessageTodo:
		return "alert"
	default:
		return "info"
	}
}

// FieldError is a line of an error summary: the id of the field it leads to
// ("" when it belongs to the whole form) and what to do. What is mended on
// another page leads to its URL instead.
type FieldError struct {
	ID      string
	Message string
	URL     string
}

// FieldErrors turns a refusal into the lines of an error summary; a refusal
// without fields gives its sentence. A nil one gives none.
func FieldErrors(invalid *fault.Invalid) []FieldError {
	if invalid == nil {
		return nil
	}
	if len(invalid.Fields) == 0 {
		return []FieldError{{Message: invalid.Message}}
	}
	errors := make([]FieldError, 0, len(invalid.Fields))
	for _, field := range invalid.Fields {
		errors = append(errors, FieldError{ID: field.Name, Message: field.Message})
	}
	return errors
}

func summaryTitle(title string, errors []FieldError) string {
	switch {
	case title != "":
		return title
	case len(errors) == 1 && errors[0].ID == "":
		return "À corriger"
	case len(errors) == 1:
		return "1 champ à corriger avant d’enregistrer"
	default:
		return strconv.Itoa(len(errors)) + " champs à corriger avant d’enregistrer"
	}
}
