package ui_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"pupitre/internal/platform/fault"
	"pupitre/internal/web/ui"
	"pupitre/internal/web/ui/specimen"
)

func render(t *testing.T, component templ.Component) *goquery.Document {
	t.Helper()
	var html strings.Builder
	if err := component.Render(context.Background(), &html); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func text(selection *goquery.Selection) string {
	return strings.Join(strings.Fields(selection.Text()), " ")
}

// eachPage runs a check on every specimen.
func eachPage(t *testing.T, check func(t *testing.T, doc *goquery.Document)) {
	for path, page := range specimen.Pages() {
		t.Run(path, func(t *testing.T) { check(t, render(t, page)) })
	}
}

func TestPagesObeyTheContentPolicy(t *testing.T) {
	eachPage(t, func(t *testing.T, doc *goquery.Document) {
		doc.Find("*").Each(func(_ int, element *goquery.Selection) {
			for _, attribute := range element.Nodes[0].Attr {
				if attribute.Key == "style" || strings.HasPrefix(attribute.Key, "on") {
					t.Errorf("<%s> carries %s=%q", goquery.NodeName(element), attribute.Key, attribute.Val)
				}
			}
		})
		doc.Find("script").Each(func(_ int, script *goquery.Selection) {
			if src, _ := script.Attr("src"); !strings.HasPrefix(src, "/static/") || strings.TrimSpace(script.Text()) != "" {
				t.Errorf("inline or foreign script %q", src)
			}
		})
		if doc.Find("style").Length() > 0 {
			t.Error("inline <style>")
		}
	})
}

func TestEveryControlHasItsLabel(t *testing.T) {
	eachPage(t, func(t *testing.T, doc *goquery.Document) {
		doc.Find("input, select, textarea").Each(func(_ int, control *goquery.Selection) {
			if kind, _ := control.Attr("type"); kind == "hidden" {
				return
			}
			id, _ := control.Attr("id")
			name, _ := control.Attr("aria-label")
			labelled := name != "" || control.Closest("label").Length() > 0 || id != "" && doc.Find(`label[for="`+id+`"]`).Length() == 1
			if !labelled {
				t.Errorf("control %q has no label", control.AttrOr("name", "?"))
			}
		})
	})
}

func TestReferencesLeadSomewhere(t *testing.T) {
	eachPage(t, func(t *testing.T, doc *goquery.Document) {
		seen := map[string]int{}
		doc.Find("[id]").Each(func(_ int, element *goquery.Selection) { seen[element.AttrOr("id", "")]++ })
		for id, count := range seen {
			if count != 1 {
				t.Errorf("id %q is used %d times", id, count)
			}
		}
		for _, attribute := range []string{"for", "aria-describedby", "aria-labelledby", "aria-controls"} {
			doc.Find("[" + attribute + "]").Each(func(_ int, element *goquery.Selection) {
				for _, id := range strings.Fields(element.AttrOr(attribute, "")) {
					if seen[id] == 0 {
						t.Errorf("%s=%q leads nowhere", attribute, id)
					}
				}
			})
		}
		doc.Find(`a[href^="#"]`).Each(func(_ int, link *goquery.Selection) {
			if id := link.AttrOr("href", "")[1:]; seen[id] == 0 {
				t.Errorf("link to #%s leads nowhere", id)
			}
		})
	})
}

func TestPagesHaveOneHeadingOneMainAndALanguage(t *testing.T) {
	eachPage(t, func(t *testing.T, doc *goquery.Document) {
		for selector, want := range map[string]int{"h1": 1, "main": 1, `html[lang="fr"]`: 1, "title": 1, "a.evitement": 1} {
			if got := doc.Find(selector).Length(); got != want {
				t.Errorf("%d %s, want %d", got, selector, want)
			}
		}
	})
}

func TestFieldSaysWhatItExpects(t *testing.T) {
	tests := []struct {
		name      string
		field     ui.Field
		label     string
		described string
		required  bool
		invalid   bool
	}{
		{"required", ui.Field{Name: "nom", Label: "Nom", Required: true}, "Nom obligatoire", "", true, false},
		{"optional", ui.Field{Name: "nom", Label: "Nom"}, "Nom facultatif", "", false, false},
		{"sign-in, without the word", ui.Field{Name: "nom", Label: "Nom", Required: true, NoWord: true}, "Nom", "", true, false},
		{"with help", ui.Field{Name: "nom", Label: "Nom", Help: "Celui de la carte"}, "Nom facultatif", "nom-a", false, false},
		{"wrong, with help", ui.Field{Name: "nom", Label: "Nom", Help: "Celui de la carte", Error: "Renseignez le nom", Required: true}, "Nom obligatoire", "nom-e nom-a", true, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc := render(t, ui.TextField(test.field))
			if got := text(doc.Find(`label[for="nom"]`)); got != test.label {
				t.Errorf("label %q, want %q", got, test.label)
			}
			control := doc.Find("input#nom")
			if got := control.AttrOr("aria-describedby", ""); got != test.described {
				t.Errorf("aria-describedby %q, want %q", got, test.described)
			}
			if _, got := control.Attr("required"); got != test.required {
				t.Errorf("required %t, want %t", got, test.required)
			}
			if got := control.AttrOr("aria-invalid", "") == "true"; got != test.invalid {
				t.Errorf("aria-invalid %t, want %t", got, test.invalid)
			}
		})
	}
}

func TestMessageStandsBetweenLabelAndField(t *testing.T) {
	doc := render(t, ui.TextField(ui.Field{Name: "cp", Label: "Code postal", Error: "5 chiffres"}))
	var order []string
	doc.Find(".champ").Children().Each(func(_ int, child *goquery.Selection) { order = append(order, goquery.NodeName(child)) })
	if got, want := strings.Join(order, " "), "label p input"; got != want {
		t.Errorf("order %q, want %q", got, want)
	}
}

func TestChoicesCarryGroupAndFirstTarget(t *testing.T) {
	doc := render(t, ui.Radios(
		ui.Field{Name: "mode", Label: "Mode", Error: "Choisissez un mode", Required: true, Value: "3"},
		[]ui.Option{{Value: "1", Label: "En 1 fois"}, {Value: "3", Label: "En 3 fois"}}))
	group := doc.Find("fieldset[role=radiogroup]")
	if got := group.AttrOr("aria-describedby", ""); got != "mode-e" {
		t.Errorf("aria-describedby %q, want mode-e", got)
	}
	if got := text(group.Find("legend")); got != "Mode obligatoire" {
		t.Errorf("legend %q, want « Mode obligatoire »", got)
	}
	if got := doc.Find("input#mode").AttrOr("value", ""); got != "1" {
		t.Errorf("the summary leads to option %q, want the first", got)
	}
	if got := doc.Find("input[checked]").AttrOr("value", ""); got != "3" {
		t.Errorf("checked option %q, want 3", got)
	}
}

func TestPasswordIsNeverWrittenBack(t *testing.T) {
	doc := render(t, ui.PasswordField(ui.Field{Name: "mdp", Label: "Mot de passe", Value: "Secret123"}))
	if html, err := doc.Html(); err != nil || strings.Contains(html, "Secret123") {
		t.Errorf("the page holds the password (err %v)", err)
	}
}

func TestWhatIsTypedIsText(t *testing.T) {
	const attack = `"><script>alert(1)</script>`
	for name, component := range map[string]templ.Component{
		"text":     ui.TextField(ui.Field{Name: "n", Label: attack, Value: attack, Help: attack, Error: attack}),
		"textarea": ui.Textarea(ui.Field{Name: "n", Label: "N", Value: "</textarea>" + attack}),
		"radios":   ui.Radios(ui.Field{Name: "n", Label: attack}, []ui.Option{{Value: attack, Label: attack, Note: attack, Side: attack}}),
		"select":   ui.Select(ui.Field{Name: "n", Label: "N"}, []ui.Option{{Value: attack, Label: attack, Group: attack}}),
		"message":  ui.Message(ui.MessageInfo, attack),
		"summary":  ui.ErrorSummary(attack, []ui.FieldError{{ID: attack, Message: attack}}),
		"recap":    ui.Recap([]ui.RecapRow{{Term: attack, Text: attack, Note: attack, EditURL: "javascript:alert(1)"}}),
		"page":     ui.PlainPage(ui.Base{Title: attack, SchoolName: attack, SchoolShort: attack, Ecole: attack}),
	} {
		t.Run(name, func(t *testing.T) {
			doc := render(t, component)
			if doc.Find("script:not([src])").Length() > 0 {
				t.Error("a script got through")
			}
			if doc.Find(`[href^="javascript:"]`).Length() > 0 {
				t.Error("a script address got through")
			}
		})
	}
}

func TestTitleOfAPageWithErrors(t *testing.T) {
	page := ui.PlainPage(ui.Base{Title: "Identité", SchoolName: "École", Errors: []ui.FieldError{{ID: "nom", Message: "Renseignez le nom"}}})
	if got, want := render(t, page).Find("title").Text(), "Erreur\u202f: Identité — École"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
}

func TestErrorSummary(t *testing.T) {
	refusal := &fault.Invalid{Message: "Refusé", Fields: []fault.Field{{Name: "tel", Message: "Renseignez un numéro"}, {Name: "cp", Message: "5 chiffres"}}}
	doc := render(t, ui.ErrorSummary("", ui.FieldErrors(refusal)))
	if got, want := text(doc.Find("h2")), "2 champs à corriger avant d’enregistrer"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
	if got := doc.Find(`[role="alert"][tabindex="-1"][data-foyer] a[href="#tel"]`).Text(); got != "Renseignez un numéro" {
		t.Errorf("link %q to the first field", got)
	}
	if got := render(t, ui.ErrorSummary("", ui.FieldErrors(nil))).Find("div").Length(); got != 0 {
		t.Errorf("%d boxes without an error, want none", got)
	}
	if got := text(render(t, ui.ErrorSummary("", ui.FieldErrors(fault.Refuse("La campagne est fermée.")))).Find("li")); got != "La campagne est fermée." {
		t.Errorf("line %q for a refusal of the whole form", got)
	}
}

func TestPreferencesReachThePage(t *testing.T) {
	page := ui.PlainPage(ui.Base{Ecole: "sapin", Prefs: ui.Prefs{Texte: "grand", Theme: "sombre"}})
	html := render(t, page).Find("html")
	for attribute, want := range map[string]string{"data-ecole": "sapin", "data-texte": "grand", "data-theme": "sombre"} {
		if got := html.AttrOr(attribute, ""); got != want {
			t.Errorf("%s = %q, want %q", attribute, got, want)
		}
	}
	if _, found := html.Attr("data-contraste"); found {
		t.Error("an unset preference is written")
	}
}

func TestCurrentEntryOfTheMenu(t *testing.T) {
	for path, want := range map[string]string{"/accueil": "Accueil", "/famille/documents": "Famille", "/eleves": "Élèves", "/accessibilite": ""} {
		doc := render(t, ui.FamilyPage(ui.Base{Path: path}))
		if got := text(doc.Find(`.nav a[aria-current="page"]`)); got != want {
			t.Errorf("%s: current entry %q, want %q", path, got, want)
		}
		if got := text(doc.Find(`.nav-bas a[aria-current="page"]`)); got != want {
			t.Errorf("%s: current entry at the bottom %q, want %q", path, got, want)
		}
	}
}

func TestSigningOutIsAPost(t *testing.T) {
	for name, page := range map[string]templ.Component{"family": ui.FamilyPage(ui.Base{}), "office": ui.OfficePage(ui.Base{})} {
		doc := render(t, page)
		if got := text(doc.Find(`form[method="post"][action="/deconnexion"] button`)); got != "Se déconnecter" {
			t.Errorf("%s: sign-out button %q", name, got)
		}
	}
}

func TestPlaces(t *testing.T) {
	tests := []struct {
		name     string
		count    ui.PlaceCount
		heads    int
		bars     int
		sentence string
		figure   string
	}{
		{"nine enrolled, one free, none waiting", ui.PlaceCount{Confirmed: 9, Free: 1}, 10, 0, "9 inscrits, 1 libre", "9\u00a0/\u00a010"},
		{"full, one offered, eight waiting", ui.PlaceCount{Confirmed: 1, Offered: 1, Waiting: 8}, 2 + 5, 0, "1 inscrit, 1 place proposée, 8 en attente", "2\u00a0/\u00a02"},
		{"more than fourteen places", ui.PlaceCount{Confirmed: 10, ToVerify: 2, Free: 3}, 0, 1, "10 inscrits, 2 places réservées, dossiers à vérifier, 3 libres", "12\u00a0/\u00a015"},
		{"no place at all", ui.PlaceCount{}, 0, 0, "aucune place", "0\u00a0/\u00a00"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc := render(t, ui.Places(test.count))
			if got := doc.Find("i.n").Length(); got != test.heads {
				t.Errorf("%d noteheads, want %d", got, test.heads)
			}
			if got := doc.Find("svg.barre-svg").Length(); got != test.bars {
				t.Errorf("%d bars, want %d", got, test.bars)
			}
			if got := text(doc.Find(".lecteur")); got != test.sentence {
				t.Errorf("sentence %q, want %q", got, test.sentence)
			}
			if got := test.count.Figure(); got != test.figure {
				t.Errorf("figure %q, want %q", got, test.figure)
			}
			if doc.Find(".double-barre").Length() != 1 {
				t.Error("no double barline")
			}
		})
	}
}

func TestStepsSayWhereOneIs(t *testing.T) {
	doc := render(t, ui.Steps("Étapes", []string{"Famille", "Élève", "Envoi"}, 1))
	want := []string{"Famille (terminée)", "Élève (étape en cours)", "Envoi (à venir)"}
	got := doc.Find("li").Map(func(_ int, step *goquery.Selection) string { return text(step) })
	if !slices.Equal(got, want) {
		t.Errorf("steps %q, want %q", got, want)
	}
	if got := text(doc.Find(`[aria-current="step"]`)); got != "Élève (étape en cours)" {
		t.Errorf("current step %q", got)
	}
}

func TestStatesSayTheirWord(t *testing.T) {
	if got := text(render(t, ui.State(ui.StateRejected, "")).Find(".etat")); got != "Refusé" {
		t.Errorf("word %q, want the kind's own", got)
	}
	doc := render(t, ui.State(ui.StateDone, "Fait"))
	if got := text(doc.Find(".etat.ok")); got != "Fait" {
		t.Errorf("word %q, want the caller's", got)
	}
	if doc.Find(`i.n.pleine[aria-hidden="true"]`).Length() != 1 {
		t.Error("no filled notehead")
	}
}

func TestKeysAreShownOnTheirButton(t *testing.T) {
	doc := render(t, ui.Button(ui.ButtonSpec{Label: "Valider", Key: "v"}))
	button := doc.Find(`button[data-touche="v"][aria-keyshortcuts="V"]`)
	if got := text(button.Find(`kbd[aria-hidden="true"]`)); got != "V" {
		t.Errorf("key shown %q, want V", got)
	}
}

func TestEveryIconOfTheSpecimensIsDrawn(t *testing.T) {
	eachPage(t, func(t *testing.T, doc *goquery.Document) {
		doc.Find("svg.ico").Each(func(_ int, icon *goquery.Selection) {
			if icon.Children().Length() == 0 {
				t.Errorf("an empty icon in %q", text(icon.Parent()))
			}
		})
	})
}
