package catalogue

import (
	"net/url"
	"strconv"

	taught "pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type programmesPage struct {
	ui.Base
	Offer     taught.Catalogue
	Lacks     []taught.Lack
	Moved     string
	MovedID   string
	Direction string
}

// Programmes lists the formulas, in the order of the families' screen.
func (p *Pages) Programmes(v *door.Visit) error {
	base, err := p.base(v, "Formules")
	if err != nil {
		return err
	}
	page := programmesPage{Base: base, MovedID: v.Query("deplace"), Direction: v.Query("sens")}
	if page.Offer, err = p.offer(v); err != nil {
		return err
	}
	page.Lacks = page.Offer.Lacks()
	for i, f := range page.Offer.Programmes {
		if f.ID == page.MovedID {
			page.Moved = f.Title + "\u202f: ligne " + strconv.Itoa(i+1) + " sur " + strconv.Itoa(len(page.Offer.Programmes))
		}
	}
	return v.Show(200, programmes(page))
}

// programmeFieldLevels is the field of the programme's own levels.
const programmeFieldLevels = "niveaux"

var programmeSpecs = []spec{
	{Name: taught.ProgrammeTitle, Label: "Intitulé", Most: 120},
	{Name: taught.ProgrammeMessage, Label: "Phrase montrée à la famille", Most: 500},
	{Name: taught.CourseAgeMin, Label: "Âge, à partir de", Most: 3},
	{Name: taught.CourseAgeMax, Label: "Âge, jusqu’à", Most: 3},
	{Name: programmeFieldLevels, Label: "Niveaux", Words: taught.LevelWords},
	{Name: taught.ProgrammeLines, Label: "Ce que l’élève choisit", Words: func(values []string) string {
		if len(values) == 0 {
			return ""
		}
		return taught.Sentence(unpackLines(values[0]))
	}},
}

func programmeValues(p taught.Programme) url.Values {
	return url.Values{taught.ProgrammeTitle: {p.Title}, taught.ProgrammeMessage: {p.Message}, taught.CourseAgeMin: {count(p.AgeMin)},
		taught.CourseAgeMax: {count(p.AgeMax)}, programmeFieldLevels: p.Levels, taught.ProgrammeLines: {packLines(p.Lines)}}
}

// programmePage is the composer of one formula; its ID is "" for a new one.
type programmePage struct {
	ui.Base
	editing
	Offer     taught.Catalogue
	Programme taught.Programme // as it is held
	Lines     []taught.Line    // as they are composed
	Choosers  enrolment.Choosers
	Effect    *enrolment.Effect // of what was composed, when it changes the rules
	Lacks     []taught.Lack
	Refusing  []string // courses that refuse beginners
	Focus     string   // the field or button that keeps the focus
	Said      string   // where a line has gone
	Trial     trial
}

func (c programmePage) url() string { return root + "/formules/" + or(c.Programme.ID, "nouvelle") }

// composed is the programme as it would be saved.
func (c programmePage) composed() (taught.Programme, error) {
	var k fault.Check
	age := "Donnez un âge en années, par exemple 7."
	next := taught.Programme{ID: c.Programme.ID, Code: c.Programme.Code, Position: c.Programme.Position, Title: c.of(taught.ProgrammeTitle), Message: c.of(taught.ProgrammeMessage),
		AgeMin: c.number(&k, taught.CourseAgeMin, age), AgeMax: c.number(&k, taught.CourseAgeMax, age),
		Levels: levelsOf(c.Typed[programmeFieldLevels]), Lines: c.Lines, Edited: school.Edited{Version: c.Version}}
	return next, k.Err()
}

func (p *Pages) programme(v *door.Visit) (page programmePage, err error) {
	if err := noSeason(v); err != nil {
		return page, err
	}
	if page.Offer, err = p.offer(v); err != nil {
		return page, err
	}
	title, id := "Composer une formule", v.PathValue("programme")
	shown := taught.Programme{}
	if id != "" {
		var ok bool
		if page.Programme, ok = page.Offer.Programme(id); !ok {
			return page, fault.ErrNotFound
		}
		title, shown = page.Programme.Title, page.Programme
		if page.Choosers, err = enrolment.ChoosersOfProgramme(v.Ctx(), p.store, id); err != nil {
			return page, err
		}
	} else if like, ok := page.Offer.Programme(v.Query("comme")); ok {
		shown = like
		shown.Title += " (copie)"
	}
	page.editing, page.Lines = opened(programmeSpecs, programmeValues(shown), page.Programme.Version), shown.Lines
	page.Base, err = p.base(v, title)
	return page, err
}

// Programme shows the composer.
func (p *Pages) Programme(v *door.Visit) error {
	if v.Season.ID == "" {
		return v.Redirect(root, ui.Flash{Kind: ui.MessageInfo, Title: "Aucune saison n’est ouverte", Text: "Ouvrez d’abord une saison\u202f: les cours et les formules sont ceux d’une saison."})
	}
	page, err := p.programme(v)
	if err != nil {
		return err
	}
	if err := p.complete(v, &page, trialFields{}); err != nil {
		return err
	}
	return v.Show(200, programmeForm(page))
}

// complete adds what the composed formula would do, and what a pupil could choose.
func (p *Pages) complete(v *door.Visit, page *programmePage, t trialFields) error {
	next, _ := page.composed() // an age that is no number is 0 here, and refused at saving
	with := page.Offer.WithProgramme(next)
	for _, l := range with.Lacks() {
		if l.Programme == next.Title {
			page.Lacks = append(page.Lacks, l)
		}
	}
	for i := range page.Offer.Courses {
		x := &page.Offer.Courses[i]
		for _, s := range x.Semesters {
			if x.NoBeginner && x.CancelledAt.IsZero() && next.TakesSome(*x, s) {
				page.Refusing = append(page.Refusing, x.Title)
				break
			}
		}
	}
	if page.Programme.ID != "" && !page.Programme.SameRules(next) {
		e, err := enrolment.EffectOnProgramme(v.Ctx(), p.store, v.Season, page.Offer, with, page.Programme.ID)
		if err != nil {
			return err
		}
		page.Effect = &e
	}
	var err error
	page.Trial, err = p.try(v, with, next, t)
	return err
}

// SaveProgramme carries out the button of the composer: a step of the
// sentences, a try, or « Enregistrer ». A rule that sent dossiers would leave
// asks to be confirmed.
func (p *Pages) SaveProgramme(v *door.Visit) error {
	page, err := p.programme(v)
	if err != nil {
		return err
	}
	held := programmeValues(page.Programme)
	texts := append([]spec{}, programmeSpecs...)
	for i := range taught.MostLines + 1 {
		texts = append(texts, spec{Name: lineField(partLabel, i), Most: 80})
	}
	texts = append(texts, spec{Name: trialPupil, Most: 100}, spec{Name: trialAge, Most: 3})
	e, form, err := typed(v, texts, held)
	if err != nil {
		return err
	}
	e.Specs = programmeSpecs
	page.editing, page.Lines = e, readLines(form)
	if form.Value(keepField(taught.ProgrammeLines)) == theirs {
		page.Lines = page.Programme.Lines
	}
	action := form.Value("action")
	page.Lines, page.Focus, page.Said = step(page.Lines, action)
	page.Typed[taught.ProgrammeLines] = []string{packLines(page.Lines)}
	if err := p.complete(v, &page, readTrial(form)); err != nil {
		return err
	}
	if action != "enregistrer" {
		page.Errors = page.errors()
		return v.Show(status(page.Invalid), programmeForm(page))
	}
	return p.keepProgramme(v, page, held, form.Value("confirme"))
}

func status(invalid *fault.Invalid) int {
	if invalid != nil {
		return 422
	}
	return 200
}

func (p *Pages) keepProgramme(v *door.Visit, page programmePage, held url.Values, confirmed string) error {
	next, refused := page.composed()
	switch {
	case page.Invalid != nil:
		refused = page.Invalid
	case refused == nil && page.Version == page.Programme.Version && page.Effect != nil && page.Effect.Leave > 0 && confirmed != itoa(page.Effect.Leave):
		refused = page.Offer.CheckProgramme(next)
		if refused == nil {
			page.Focus = "confirme"
			return v.Show(422, programmeForm(page))
		}
	}
	if refused == nil {
		var id string
		if id, refused = p.registrar.SaveProgramme(v.Ctx(), v.Actor, next); refused == nil {
			return v.Redirect(root+"/formules/"+id, done("«\u202f"+next.Title+"\u202f» est enregistrée", "Le journal le garde. Aucun rang ne bouge."))
		}
	}
	code, up := page.refuse(refused, page.Programme.Edited, held)
	if up != nil {
		return up
	}
	page.Errors = page.errors()
	return v.Show(code, programmeForm(page))
}

// MoveProgramme moves a formula up or down in the order of screens.
func (p *Pages) MoveProgramme(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	up, err := direction(form)
	if err != nil {
		return err
	}
	id := v.PathValue("programme")
	if _, _, err = taught.MoveProgramme(v.Ctx(), p.store, v.Actor, v.Now, v.Season.ID, id, up); err != nil {
		return err
	}
	return v.Redirect(link(root+"/formules", "deplace", id, "sens", form.Value("sens")))
}

// DeleteProgramme removes a formula that no dossier follows.
func (p *Pages) DeleteProgramme(v *door.Visit) error {
	version, err := deletion(v)
	if err != nil {
		return err
	}
	if err := enrolment.DeleteProgramme(v.Ctx(), p.store, v.Actor, v.Now, v.Season.ID, v.PathValue("programme"), version); err != nil {
		return err
	}
	return v.Redirect(root+"/formules", done("La formule est retirée", "Le journal le garde."))
}
