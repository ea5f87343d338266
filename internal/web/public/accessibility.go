package public

import (
	"net/http"

	"pupitre/internal/web/door"
)

// AccessibilityForm is the page « Accessibilité »: the reader's settings and
// the declaration.
func (p *Pages) AccessibilityForm(v *door.Visit) error {
	return v.Show(http.StatusOK, accessibilityPage(p.layout(v), v.Base("Accessibilité"), v.School))
}

// Accessibility keeps the settings in this browser.
func (p *Pages) Accessibility(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	v.KeepPrefs(door.PrefsOf(form.Value))
	return v.Redirect("/accessibilite", door.Done("Vos réglages sont enregistrés sur cet appareil."))
}
