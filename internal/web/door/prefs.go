package door

import (
	"net/http"
	"net/url"
	"slices"

	"pupitre/internal/web/ui"
)

const prefsCookie = "pupitre_affichage"

// choices are the values of each « Accessibilité » setting beside the school's own look.
var choices = map[string][]string{
	"texte":      {"grand", "tres-grand"},
	"police":     {"lisible", "dys"},
	"espacement": {"large"},
	"theme":      {"clair", "sombre"},
	"contraste":  {"fort"},
	"mouvement":  {"reduit"},
}

// PrefsOf reads the settings from named values; anything unknown is the
// school's own look.
func PrefsOf(value func(name string) string) ui.Prefs {
	known := func(name string) string {
		if v := value(name); slices.Contains(choices[name], v) {
			return v
		}
		return ""
	}
	return ui.Prefs{
		Texte: known("texte"), Police: known("police"), Espacement: known("espacement"),
		Theme: known("theme"), Contraste: known("contraste"), Mouvement: known("mouvement"),
	}
}

// prefs returns the settings this browser keeps.
func (v *Visit) prefs() ui.Prefs {
	c, err := v.R.Cookie(cookieName(prefsCookie, v.Secure))
	if err != nil {
		return ui.Prefs{}
	}
	values, err := url.ParseQuery(c.Value)
	if err != nil {
		return ui.Prefs{}
	}
	return PrefsOf(values.Get)
}

// KeepPrefs leaves the settings in the browser for a year.
func (v *Visit) KeepPrefs(p ui.Prefs) {
	values := url.Values{}
	for name, value := range map[string]string{
		"texte": p.Texte, "police": p.Police, "espacement": p.Espacement,
		"theme": p.Theme, "contraste": p.Contraste, "mouvement": p.Mouvement,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	http.SetCookie(v.W, v.cookie(prefsCookie, values.Encode(), 365*24*3600))
}
