package office

import (
	"net/url"
	"strings"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type queuePage struct {
	ui.Base
	report.Queue
	Filter    report.Filter
	Sites     []school.Site
	Catalogue catalogue.Catalogue
}

// Queue lists the dossiers in order of completeness.
func (p *Pages) Queue(v *door.Visit) error {
	base, err := p.base(v, "Dossiers")
	if err != nil {
		return err
	}
	base.Office.Keys = []ui.KeyEntry{{Keys: []string{"V"}, Text: "vérifier à la suite"}}
	page := queuePage{Base: base, Filter: report.FilterFrom(v.Query)}
	page.Filter.Page = pageNumber(v)
	if page.Queue, err = p.counter.QueueOf(v.Ctx(), p.Store, v.Actor, v.Season, page.Filter); err != nil {
		return err
	}
	page.Sites = v.Settings.Sites
	if page.Catalogue, err = catalogue.InForce(v.Ctx(), p.Store, v.Season); err != nil {
		return err
	}
	return v.Show(200, queue(page))
}

func (q queuePage) url(group report.Group, page string) string {
	if group == report.ToCheck {
		group = ""
	}
	if page == "1" {
		page = ""
	}
	parts := q.Filter.Parts()
	return link("/bureau/dossiers", "file", string(group), "texte", parts["texte"], "pole", parts["pole"], "formule", parts["formule"], "cours", parts["cours"],
		"commune", parts["commune"], "nouveau", parts["nouveau"], "age", parts["age"], "page", page)
}

// narrowed is what the list is narrowed by, for the one that is taken away.
func (q queuePage) narrowed() url.Values {
	values := url.Values{}
	for name, value := range q.Filter.Parts() {
		values.Set(name, value)
	}
	return values
}

// narrowing is a part of the filter that no field of the page shows.
type narrowing struct{ name, value, says, without string }

// more are the parts that came with an address, a figure's for one.
func (q queuePage) more() []narrowing {
	var all []narrowing
	add := func(name, says string, without report.Filter) {
		if value := q.Filter.Parts()[name]; value != "" {
			bare := queuePage{Filter: without}
			all = append(all, narrowing{name, value, says, bare.url(without.Group, "")})
		}
	}
	f := q.Filter
	f.Programme = ""
	programme, _ := q.Catalogue.Programme(q.Filter.Programme)
	add("formule", "Formule\u202f: "+programme.Title, f)
	f = q.Filter
	f.Course = ""
	course, _ := q.Catalogue.Course(q.Filter.Course)
	add("cours", "Cours\u202f: "+course.Title, f)
	f = q.Filter
	f.Town = ""
	add("commune", "Commune\u202f: "+q.Filter.Town, f)
	f = q.Filter
	f.New = ""
	says := "Nouveaux élèves"
	if q.Filter.New == report.No {
		says = "Élèves de cette année"
	}
	add("nouveau", says, f)
	f = q.Filter
	f.Ages = ""
	add("age", "Âge\u202f: "+q.Filter.Ages.French(), f)
	return all
}

func (q queuePage) tabs() []ui.Tab {
	var tabs []ui.Tab
	for _, g := range report.Groups {
		if g != q.Filter.Group && (g == report.Ranked || g == report.ToChoose && q.Counts[g] == 0) {
			continue // the first is for figures; the other seldom has any
		}
		tabs = append(tabs, ui.Tab{Label: g.French(), URL: q.url(g, ""), Count: int(q.Counts[g]), Current: g == q.Filter.Group})
	}
	return tabs
}

func (q queuePage) siteOptions() []ui.Option {
	options := []ui.Option{{Value: "", Label: "Les deux pôles", Checked: q.Filter.Site == ""}}
	if len(q.Sites) != 2 {
		options[0].Label = "Tous les pôles"
	}
	for _, s := range q.Sites {
		options = append(options, ui.Option{Value: s.ID, Label: s.Name})
	}
	return options
}

// Pager says which lines are shown.
func (q queuePage) pager() ui.Pager {
	return pager(q.Queue.Page, report.PageSize, q.Total, func(page string) string { return q.url(q.Filter.Group, page) })
}

// table describes the list; only dossiers ready to be confirmed can be ticked.
func (q queuePage) table() ui.TableSpec {
	spec := ui.TableSpec{Caption: "Dossiers, " + q.Filter.Group.French() + ", par rang", Queue: true, Columns: []ui.Column{
		{Label: "Rang", Num: true, Sort: "ascending"}, {Label: "Dossier", Num: true}, {Label: "Élève"}, {Label: "Cours demandés"},
		{Label: "Pôle"}, {Label: "Pièces"}, {Label: q.when()},
	}}
	if q.Filter.Group == report.Ready {
		spec.CheckAll = "s"
	}
	return spec
}

func (q queuePage) when() string {
	if q.Filter.Group == report.Incomplete {
		return "Envoyé le"
	}
	return "Complet le"
}

func (q queuePage) empty() (title, text string) {
	switch {
	case q.Filter.Text != "":
		return "Aucun dossier pour « " + q.Filter.Text + " »", "La recherche ignore accents et majuscules. Voyez aussi le filtre « Tous »."
	case q.Filter.Group == report.ToCheck:
		return "Rien à vérifier", "Le prochain dossier complet arrivera ici, au rang suivant."
	case q.Filter.Group == report.Ready:
		return "Aucun dossier prêt à confirmer", "Un dossier arrive ici quand ses pièces obligatoires sont validées et que chaque cours a sa place."
	case q.Filter.Group == report.ToChoose:
		return "Aucune famille n’a à choisir à nouveau", "Un dossier arrive ici quand un de ses cours est annulé, ou qu’il manque un cours à sa formule sans que rien n’attende."
	case q.Filter.Group == report.Incomplete:
		return "Aucun dossier incomplet", "Un dossier envoyé sans une pièce obligatoire arrive ici, sans rang."
	case q.Filter.Group == report.OnFamily:
		return "Aucune pièce attendue", "Un dossier dont une pièce obligatoire est refusée, ou l’est devenue après son rang, attend ici, rang et places gardés pendant le délai."
	default:
		return "Aucun dossier", "Les dossiers arrivent ici quand les familles les envoient."
	}
}

func when(r report.Row) string {
	if !r.CompleteAt.IsZero() {
		return french.ShortMoment(r.CompleteAt)
	}
	if !r.SentAt.IsZero() {
		return french.ShortMoment(r.SentAt)
	}
	return "–"
}

func rankOf(rank int64) string {
	if rank == 0 {
		return "–"
	}
	return itoa(rank)
}

// mark is how a paper's state is drawn beside a dossier: yellow is the office's
// turn, blue the family's, green is done.
type mark struct {
	shape ui.HeadShape
	class string // of the list
	tint  ui.Colour
	words string
}

func markOf(s enrolment.PaperStatus) mark {
	switch s.Deposit.State {
	case document.Provided:
		return mark{ui.HeadHalf, "v", ui.ColourYellow, "à vérifier"}
	case document.Validated:
		return mark{ui.HeadFull, "", ui.ColourGreen, "validé"}
	case document.Refused, document.Worthless, document.Expired:
		return mark{ui.HeadCross, "x", ui.ColourBlue, "à remplacer par la famille"}
	default:
		if !s.Paper.Required {
			return mark{ui.HeadRest, "s", ui.ColourMuted, "non fourni, facultatif"}
		}
		return mark{ui.HeadHollow, "f", ui.ColourBlue, "attendu de la famille"}
	}
}

// paperWords counts the papers in words: « 2 à vérifier, 1 validé ».
func paperWords(papers []enrolment.PaperStatus) string {
	counts := map[string]int64{}
	var order []string
	for _, s := range papers {
		w := markOf(s).words
		if counts[w] == 0 {
			order = append(order, w)
		}
		counts[w]++
	}
	var parts []string
	for _, w := range order {
		parts = append(parts, itoa(counts[w])+" "+w)
	}
	return strings.Join(parts, ", ")
}
