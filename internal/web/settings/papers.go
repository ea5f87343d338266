package settings

import (
	"fmt"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type papersPage struct {
	page
	Season school.Season
	Rows   []paperRow
	NewURL string
	Other  ui.Tab // the other season's papers; its URL is "" when there is none
}

type paperRow struct {
	document.Paper
	URL   string
	Reach enrolment.Reach
}

// newPaper stands for the code of a paper that does not exist yet.
const newPaper = "nouvelle"

// Papers lists what the season asks, of whom, and how many dossiers that is.
func (p *Pages) Papers(v *door.Visit) error {
	if v.Season.ID == "" && v.Query("saison") == "" {
		return firstSeason(v)
	}
	season, err := p.season(v)
	if err != nil {
		return err
	}
	s := papersPage{Season: season, NewURL: of(papersPath+"/"+newPaper, v, season)}
	if s.page, err = p.page(v, papersPath, "Pièces demandées", nil); err != nil {
		return err
	}
	papers, err := document.Papers(v.Ctx(), p.Store, season.ID)
	if err != nil {
		return err
	}
	for _, paper := range papers {
		row := paperRow{Paper: paper, URL: of(papersPath+"/"+paper.Code, v, season)}
		if row.Reach, err = enrolment.ReachOf(v.Ctx(), p.Store, season.ID, paper); err != nil {
			return err
		}
		s.Rows = append(s.Rows, row)
	}
	other, found, err := p.otherSeason(v, season)
	if found {
		s.Other = ui.Tab{Label: "Les pièces de la saison " + other.Name, URL: of(papersPath, v, other)}
	}
	if err != nil {
		return err
	}
	return v.Show(200, papersView(s))
}

// paper is the one that the page is about; one that is new has no code.
func (p *Pages) paper(v *door.Visit, season school.Season) (document.Paper, error) {
	code := v.PathValue("code")
	if code != newPaper {
		return document.ByCode(v.Ctx(), p.Store, season.ID, code)
	}
	papers, err := document.Papers(v.Ctx(), p.Store, season.ID)
	return document.Paper{Audience: document.OfHousehold, Validity: "season", Position: int64(len(papers))}, err
}

// Paper shows one paper; as a fragment, what the paper as it is typed would concern.
func (p *Pages) Paper(v *door.Visit) error {
	season, err := p.season(v)
	if err != nil {
		return err
	}
	paper, err := p.paper(v, season)
	if err != nil {
		return err
	}
	if v.IsHTMX() {
		values := map[string]string{}
		for _, s := range document.PaperSettings.Settings {
			values[s.Field] = v.Query(s.Field)
		}
		typed, _ := document.PaperSettings.Read(paper, values) // what is wrong is said when it is sent
		side, err := p.paperSide(v, season, paper, typed)
		if err != nil {
			return err
		}
		return v.Show(200, paperPanel(side))
	}
	values := document.PaperSettings.Values(paper)
	return p.paperForm(v, season, paper, values, values, nil, nil)
}

type paperSide struct {
	Paper     document.Paper
	Words     []string
	RemoveURL string
}

func (p *Pages) paperSide(v *door.Visit, season school.Season, held, typed document.Paper) (paperSide, error) {
	reach, err := enrolment.ReachOf(v.Ctx(), p.Store, season.ID, typed)
	s := paperSide{Paper: held, Words: reachWords(typed, reach, held.Code != "" && held.Required, v.School.PaperDays)}
	if held.Code != "" {
		s.RemoveURL = of(papersPath+"/"+held.Code+"/retirer", v, season)
	}
	return s, err
}

// reachWords says of whom the paper is asked and what its lack does.
func reachWords(p document.Paper, r enrolment.Reach, wasRequired bool, days int64) []string {
	whom := "Demandé à la famille, une fois"
	if p.Audience == document.OfPupil {
		whom = "Demandé pour chaque élève"
	}
	switch p.Condition {
	case "debit":
		whom += ", si le prélèvement est parmi ses moyens de paiement"
	case "on_paper":
		whom += ", si le choix des cours est remis sur papier"
	}
	if p.Validity == "standing" {
		whom += ". Une fois validé, il vaut pour les saisons suivantes."
	} else {
		whom += ", à chaque saison."
	}
	words := []string{whom, fmt.Sprintf("%s cette saison, et %s.", french.Count(r.Asked, "dossier envoyé est concerné", "dossiers envoyés sont concernés"), french.Count(r.Deposited, "l’a déjà déposé", "l’ont déjà déposé"))}
	switch {
	case p.Required && !wasRequired && r.Ranked > 0:
		words = append(words, fmt.Sprintf("%s : leurs familles sont prévenues par mail, avec %s pour le déposer. Rang et places sont gardés jusque-là.",
			french.Count(r.Ranked, "dossier déjà complet ne l’a pas", "dossiers déjà complets ne l’ont pas"), french.Count(days, "jour", "jours")))
	case p.Required && !wasRequired:
		words = append(words, "Devenu obligatoire, il n’arrête aucun dossier déjà complet.")
	case p.Required:
		words = append(words, "Sans lui un dossier n’est pas complet.")
	case wasRequired:
		words = append(words, "Devenu facultatif, les dossiers auxquels il manquait seul prennent rang aussitôt, dans l’ordre de leur « Valider ».")
	}
	return words
}

func (p *Pages) paperForm(v *door.Visit, season school.Season, paper document.Paper, read, values map[string]string, invalid *fault.Invalid, stale *school.Stale) error {
	title := "Nouvelle pièce"
	if paper.Code != "" {
		title = paper.Name
	}
	page, err := p.page(v, papersPath, title, invalid)
	if err != nil {
		return err
	}
	typed, _ := document.PaperSettings.Read(paper, values)
	side, err := p.paperSide(v, season, paper, typed)
	if err != nil {
		return err
	}
	action := of(papersPath+"/"+v.PathValue("code"), v, season)
	f := settingsForm{page: page, Title: title, Lead: "Saison " + season.Name + ".", Action: action, Rows: rowsOf(document.PaperSettings, values, invalid), Read: shownNow(read),
		Stale: stale, Submit: "Enregistrer", Side: paperPanel(side), Live: action, Back: ui.Tab{Label: "Pièces demandées", URL: of(papersPath, v, season)}}
	return v.Show(status(invalid, stale), settingsView(f))
}

// SavePaper saves the paper, or makes it; the dossiers follow.
func (p *Pages) SavePaper(v *door.Visit) error {
	form, err := v.TypedForm(names(document.PaperSettings)...)
	if err != nil {
		return err
	}
	season, err := p.season(v)
	if err != nil {
		return err
	}
	paper, err := p.paper(v, season)
	if err != nil {
		return err
	}
	given, err := typed(document.PaperSettings, form)
	e := p.edit(v, form)
	var changes []school.Difference
	var followed enrolment.Followed
	if err == nil {
		err = p.Store.Write(v.Ctx(), func(tx *db.Tx) (err error) {
			_, changes, followed, err = enrolment.SavePaper(v.Ctx(), tx, e, season, paper.Code, given)
			return err
		})
	}
	invalid, stale, err := outcome(err)
	switch {
	case err != nil:
		return err
	case stale != nil:
		return p.paperForm(v, season, paper, stale.Now, merged(e.Read, given, stale), nil, stale)
	case invalid != nil:
		read := e.Read
		if read == nil {
			read = document.PaperSettings.Values(paper)
		}
		return p.paperForm(v, season, paper, read, given, invalid, nil)
	}
	return v.Redirect(of(papersPath, v, season), withFollowed(changesWords(changes), followed))
}

// RemovePaper asks it no more.
func (p *Pages) RemovePaper(v *door.Visit) error {
	season, err := p.season(v)
	if err != nil {
		return err
	}
	var followed enrolment.Followed
	if err := p.Store.Write(v.Ctx(), func(tx *db.Tx) (err error) {
		followed, err = enrolment.RemovePaper(v.Ctx(), tx, school.Edit{Actor: v.Actor, Now: p.Clock.Now()}, season, v.PathValue("code"))
		return err
	}); err != nil {
		return err
	}
	return v.Redirect(of(papersPath, v, season), withFollowed(done("La pièce n’est plus demandée", "Le journal le garde."), followed))
}

func withFollowed(flash ui.Flash, f enrolment.Followed) ui.Flash {
	if f.Held > 0 {
		flash.Text += " " + french.Count(int64(f.Held), "dossier doit la fournir : sa famille est prévenue.", "dossiers doivent la fournir : leurs familles sont prévenues.")
	}
	if f.Ranked > 0 {
		flash.Text += " " + french.Count(int64(f.Ranked), "dossier devient complet et prend rang.", "dossiers deviennent complets et prennent rang.")
	}
	return flash
}
