package tariffs

import (
	"errors"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/sheet"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// The fields of the form beside those of the tariff.
const (
	fieldVersion = "version"
	fieldAct     = "faire" // the button that was pressed
	fieldRead    = "lu"    // the form as it was read
	keepPrefix   = "garder-"
	keepTheirs   = "sien"
	keepMine     = "mien"
)

// moved is what somebody else has changed since the form was read.
type moved struct {
	Who  string
	Rows []movedRow
}

// movedRow is a field that differs: theirs before, mine after.
type movedRow struct {
	tariff.Difference
	KeepMine bool // it is what was typed: the other is kept where nothing was
}

// Save keeps what was typed; the other buttons give the form a line more or
// less, and keep nothing.
func (p *Pages) Save(v *door.Visit) error {
	g, err := p.read(v)
	if err != nil {
		return err
	}
	if g.Season.ID == "" {
		return noSeason()
	}
	form, err := v.WholeForm()
	if err != nil {
		return err
	}
	g.Version, _ = strconv.ParseInt(form.Value(fieldVersion), 10, 64)
	g.Read, _ = url.ParseQuery(form.Value(fieldRead))
	g.Values = chosen(form, g.Held.Values(g.Known.Modes))
	if act := form.Value(fieldAct); act != "" && act != "enregistrer" {
		var ok bool
		if g.Values, g.Note, ok = edited(g.Values, act); !ok {
			return fault.Refuse("Rechargez la page, puis recommencez.")
		}
		return p.show(v, 200, g)
	}
	if err := form.Strange(form.Names()...); err != nil {
		return p.refuse(v, g, err)
	}
	next, err := tariff.Read(g.Values, g.Known)
	if err == nil {
		err = p.store.Write(v.Ctx(), func(tx *db.Tx) error {
			return tariff.Save(v.Ctx(), tx, v.Actor, v.Now, g.Season, g.Version, next)
		})
	} else if g.Version != g.Held.Version {
		err = errors.Join(err, g.Held.Against(g.Version)) // who else has changed it comes first
	}
	if err != nil {
		return p.refuse(v, g, err)
	}
	return v.Redirect(g.here(), ui.Flash{Kind: ui.MessageOK, Title: "Tarifs enregistrés", Text: "Aucune facture ne change" + "\u202f" + ": les tarifs servent aux prochains calculs."})
}

// chosen is what was typed, but for the fields of which another's version was chosen.
func chosen(form door.Form, held url.Values) url.Values {
	values := url.Values{}
	for _, name := range form.Names() {
		if !slices.Contains([]string{fieldVersion, fieldAct, fieldRead}, name) && !strings.HasPrefix(name, keepPrefix) {
			values[name] = slices.Clone(form.Values(name))
		}
	}
	for _, name := range form.Names() { // also of what this form did not show
		if field, choice := strings.CutPrefix(name, keepPrefix); choice && form.Value(name) == keepTheirs {
			values[field] = slices.Clone(held[field])
		}
	}
	return values
}

// edited does what a button beside « Enregistrer » asks of the form: « ajouter-lignes »,
// « retirer-regles-2 », « monter-regles-2 ».
func edited(values url.Values, act string) (after url.Values, note string, ok bool) {
	verb, rest, _ := strings.Cut(act, "-")
	of, number, _ := strings.Cut(rest, "-")
	if !slices.Contains([]string{tariff.BoundsField, tariff.LinesField, tariff.RulesField, tariff.ExtrasField}, of) {
		return values, "", false
	}
	i, err := strconv.Atoi(number)
	switch {
	case verb == "ajouter":
		return tariff.Add(values, of), "Ajouté. Complétez, puis enregistrez.", true
	case verb == "retirer" && err == nil:
		return tariff.Take(values, of, i), "Retiré de la page. Enregistrez pour que cela compte.", true
	case verb == "monter" && err == nil:
		return tariff.Lift(values, of, i), "Déplacé. Enregistrez pour que cela compte.", true
	default:
		return values, "", false
	}
}

// refuse shows the form again with what was typed, and why it was not kept.
func (p *Pages) refuse(v *door.Visit, g page, err error) error {
	var conflict *fault.Conflict
	if errors.As(err, &conflict) {
		now, err := tariff.Of(v.Ctx(), p.store, g.Season.ID)
		if err != nil {
			return err
		}
		theirs := now.Values(g.Known.Modes)
		g.Moved = &moved{Who: now.Who()}
		for _, d := range tariff.Differences(theirs, g.Values) {
			g.Moved.Rows = append(g.Moved.Rows, movedRow{d, !slices.Equal(g.Values[d.Field], g.Read[d.Field])})
		}
		g.Held, g.Version, g.Read = now, now.Version, theirs
		return p.show(v, 409, g)
	}
	if invalid, ok := door.AsInvalid(err); ok {
		g.Invalid = invalid
		return p.show(v, 422, g)
	}
	return err
}

// Import reads a grid out of a file into the form; nothing is kept before
// « Enregistrer ».
func (p *Pages) Import(v *door.Visit) error {
	g, err := p.read(v)
	if err != nil {
		return err
	}
	if g.Season.ID == "" {
		return noSeason()
	}
	bounds, lines, err := gridOf(v, g.Known)
	if invalid, ok := door.AsInvalid(err); ok {
		if len(invalid.Fields) == 0 {
			invalid = &fault.Invalid{Message: invalid.Message, Fields: []fault.Field{{Name: tariff.GridField, Message: invalid.Message}}}
		}
		g.File = invalid
		return p.show(v, 422, g)
	}
	if err != nil {
		return err
	}
	g.Values = tariff.WithGrid(g.Values, bounds, lines)
	if _, err := tariff.Read(g.Values, g.Known); err != nil {
		g.Invalid, _ = door.AsInvalid(err)
	}
	g.Note = "La grille du fichier est dans la page, et n’est pas encore enregistrée. Relisez-la, puis enregistrez."
	return p.show(v, 200, g)
}

func gridOf(v *door.Visit, known tariff.Known) ([]int64, []tariff.Line, error) {
	form, err := v.Form()
	if err != nil {
		return nil, nil, err
	}
	files := form.Files(tariff.GridField)
	if len(files) == 0 {
		return nil, nil, fault.Refuse("Choisissez un fichier CSV ou XLSX.")
	}
	f, err := files[0].Open()
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostFile+1))
	if err != nil {
		return nil, nil, err
	}
	book, err := sheet.Read(data)
	if err != nil {
		return nil, nil, err
	}
	if len(book.Grids) == 0 {
		return nil, nil, fault.Refuse("Ce classeur n’a aucune feuille à lire.")
	}
	return tariff.ReadGrid(book.Grids[0].Rows, known)
}

// others are the seasons beside this one.
func others(all []school.Season, here string) []school.Season {
	return slices.DeleteFunc(slices.Clone(all), func(s school.Season) bool { return s.ID == here })
}
