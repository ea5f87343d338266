package importing

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"pupitre/internal/domain/importing"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// version is the one that the form was read at.
func version(form door.Form) int64 {
	n, _ := strconv.ParseInt(form.Value(fieldVersion), 10, 64)
	return n
}

// answer goes back to the import, or shows it again with why nothing was done
// and what was typed.
func (p *Pages) answer(v *door.Visit, err error, typed filePage) error {
	if err == nil {
		return v.Redirect(urlOf(v.PathValue("import")))
	}
	sentence, status := asRefused(err)
	if sentence == "" {
		return err
	}
	i, readErr := p.read(v)
	if readErr != nil {
		return readErr
	}
	if typed.matching != nil {
		i = i.Matched(typed.matching)
	}
	typed.Import, typed.Refused, typed.Page = i, sentence, max(1, typed.Page)
	if invalid, ok := door.AsInvalid(err); ok && len(invalid.Fields) > 0 {
		typed.Invalid, typed.Refused = invalid, ""
	}
	return p.file(v, status, typed)
}

// Lay reads another sheet, or takes another line for that of titles.
func (p *Pages) Lay(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return p.answer(v, err, filePage{})
	}
	n, _ := strconv.ParseInt(form.Value(fieldSheet), 10, 64)
	line, _ := strconv.Atoi(form.Value(fieldHeader))
	id, at := v.PathValue("import"), version(form)
	if err = p.imports.Lay(v.Ctx(), v.Actor, id, at, n, line); err == nil {
		err = p.imports.Try(v.Ctx(), v.Actor, id, at+1)
	}
	return p.answer(v, err, filePage{})
}

// Match keeps which column is what, and tries the file.
func (p *Pages) Match(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return p.answer(v, err, filePage{})
	}
	i, err := p.read(v)
	if err != nil {
		return err
	}
	matching := make([]string, len(i.Columns()))
	for n := range matching {
		matching[n] = form.Value(importing.ColumnField(n))
	}
	return p.answer(v, p.imports.Match(v.Ctx(), v.Actor, i.ID, version(form), matching), filePage{matching: matching})
}

// Answer keeps the answers to the problems of one page, and tries the file.
func (p *Pages) Answer(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return p.answer(v, err, filePage{})
	}
	id, page := v.PathValue("import"), number(form.Value(fieldPage))
	problems, err := importing.ProblemsOf(v.Ctx(), p.store, v.Actor, id, page-1)
	if err != nil {
		return err
	}
	answers := map[string]importing.Answer{}
	typed := filePage{Page: page, Typed: map[string]string{}}
	for _, q := range problems {
		if q.Group == "" {
			continue
		}
		chosen, text := form.Value(answerField(q)), form.Value(textField(q))
		typed.Typed[answerField(q)], typed.Typed[textField(q)] = chosen, text
		if a, ok := answerOf(q, chosen, text); ok {
			answers[q.Group] = a
		}
	}
	if taken := form.Value(fieldTake); taken != "" {
		answers = map[string]importing.Answer{}
		if n := slices.IndexFunc(problems, func(q importing.Problem) bool { return q.Group == taken && len(q.Ways) > 0 }); n >= 0 {
			answers[taken], _ = answerOf(problems[n], problems[n].Ways[0].Code, "")
		}
	}
	if group := form.Value(fieldTakeOut); group != "" {
		answers = map[string]importing.Answer{group: {}}
	}
	return p.answer(v, p.imports.Answer(v.Ctx(), v.Actor, id, version(form), answers), typed)
}

func answerField(q importing.Problem) string { return "reponse-" + q.Group }
func textField(q importing.Problem) string   { return "valeur-" + q.Group }

// answerOf is what was chosen or typed for a problem; only what was proposed counts.
func answerOf(q importing.Problem, chosen, text string) (importing.Answer, bool) {
	a := importing.Answer{Column: q.Column, Value: q.Value}
	if text != "" && q.Typed {
		a.Code, a.Label = importing.ReadAs(text), "Lire «\u202f"+text+"\u202f»"
		return a, true
	}
	n := slices.IndexFunc(q.Ways, func(w importing.Way) bool { return w.Code == chosen })
	if n < 0 {
		return a, false
	}
	a.Code, a.Label = q.Ways[n].Code, q.Ways[n].Label
	return a, true
}

// Try tries the file on what the school holds now.
func (p *Pages) Try(v *door.Visit) error {
	form, err := v.Form()
	if err == nil {
		err = p.imports.Try(v.Ctx(), v.Actor, v.PathValue("import"), version(form))
	}
	return p.answer(v, err, filePage{})
}

// Do has the import done.
func (p *Pages) Do(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return p.answer(v, err, filePage{})
	}
	id := v.PathValue("import")
	if err = p.imports.Ask(v.Ctx(), v.Actor, id, version(form)); err == nil {
		p.settled(v, id)
	}
	return p.answer(v, err, filePage{})
}

// Undo takes back what the import wrote.
func (p *Pages) Undo(v *door.Visit) error {
	return p.answer(v, p.imports.Undo(v.Ctx(), v.Actor, v.PathValue("import")), filePage{})
}

// GiveUp forgets a file that was not imported.
func (p *Pages) GiveUp(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return p.answer(v, err, filePage{})
	}
	if err := p.imports.GiveUp(v.Ctx(), v.Actor, v.PathValue("import"), version(form)); err != nil {
		return p.answer(v, err, filePage{})
	}
	return v.Redirect(path, door.Done("Fichier oublié. Rien n’a été importé."))
}

// columnsOf are the file's columns as the page shows them.
func columnsOf(page filePage) []column {
	matching, titles := page.Matching(), page.Import.Columns()
	var header []string
	for _, c := range titles {
		header = append(header, c.Title)
	}
	known := importing.Recognise(page.Kind, header)
	all := make([]column, len(titles))
	for n, c := range titles {
		code := ""
		if n < len(matching) {
			code = matching[n]
		}
		state := columnState{ui.StateDone, "Choisie"}
		switch {
		case code == importing.Unchosen:
			state = columnState{ui.StateTodo, "À choisir"}
		case code == importing.LeaveOut:
			state = columnState{ui.StateNone, "Laissée"}
		case code == known[n]:
			state.Word = "Reconnue"
		}
		field := importing.ColumnField(n)
		all[n] = column{c, field, code, state, page.Invalid.Of(field)}
	}
	return all
}

func (c column) samples() string { return strings.Join(c.Samples, " · ") }

// fields are what a column may be.
func fields(kind importing.Kind, code string) []ui.Option {
	var all []ui.Option
	if code == importing.Unchosen {
		all = append(all, ui.Option{Value: importing.Unchosen, Label: "Choisir…"})
	}
	all = append(all, ui.Option{Value: importing.LeaveOut, Label: "Ne pas importer"})
	for _, f := range importing.FieldsOf(kind) {
		all = append(all, ui.Option{Value: f.Code, Label: f.Label})
	}
	return all
}

// answersOf are those given to the file, in the order of columns and values.
func answersOf(i importing.Import) []givenAnswer {
	all := i.Answers()
	var given []givenAnswer
	for _, group := range slices.Sorted(maps.Keys(all)) {
		given = append(given, givenAnswer{group, all[group]})
	}
	slices.SortStableFunc(given, func(a, b givenAnswer) int { return strings.Compare(a.Column+"\x1f"+a.Value, b.Column+"\x1f"+b.Value) })
	return given
}

// proposed is the likeliest value that a problem's is a slip of.
func proposed(q importing.Problem) (label string, ok bool) {
	if len(q.Ways) == 0 || !importing.IsRead(q.Ways[0].Code) {
		return "", false
	}
	return "Partout\u202f: " + strings.ToLower(q.Ways[0].Label[:1]) + q.Ways[0].Label[1:], true
}

// ways are the answers to a problem, « Choisir… » first while none holds.
func ways(q importing.Problem) []ui.Option {
	var all []ui.Option
	if q.Given == "" {
		all = append(all, ui.Option{Label: "Choisir…"})
	}
	for _, w := range q.Ways {
		all = append(all, ui.Option{Value: w.Code, Label: w.Label})
	}
	return all
}
