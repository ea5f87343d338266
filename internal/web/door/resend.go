package door

import (
	"maps"
	"net/http"
	"slices"
)

// resend is a form that could not be taken, to be sent again as it was typed.
type resend struct {
	action string
	fields []typed
	files  bool // it had files, which a page cannot keep
}

type typed struct{ name, value string }

// resend is what was typed into the visit's form; nil when the visit sent none,
// or on a public page, whose forms hold passwords: no page shows one again.
func (v *Visit) resend() *resend {
	if v.R.Method != http.MethodPost || v.route.Audience == Public || !v.route.Needs() {
		return nil
	}
	if v.route.maxBody() > PlainForm {
		return &resend{files: true}
	}
	form, err := v.Form()
	if err != nil {
		return nil
	}
	again := &resend{action: v.R.URL.RequestURI(), files: len(form.files) > 0}
	for _, name := range slices.Sorted(maps.Keys(form.values)) {
		for _, value := range form.values[name] {
			again.fields = append(again.fields, typed{name, value})
		}
	}
	return again
}
