package office

import (
	"net/url"
	"strings"

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
	Filter report.Filter
	Sites  []school.Site
}

// Queue lists the dossiers in order of completeness.
func (p *Pages) Queue(v *door.Visit) error {
	base, err := p.base(v, "Dossiers")
	if err != nil {
		return err
	}
	base.Office.Keys = []ui.KeyEntry{{Keys: []string{"V"}, Text: "vérifier à la suite"}}
	page := queuePage{Base: base, Filter: report.Filter{
		Group: report.GroupNamed(v.Query("file")), Text: v.Query("texte"), Site: v.Query("pole"), Page: pageNumber(v),
	}}
	if page.Queue, err = p.counter.QueueOf(v.Ctx(), p.Store, v.Actor, v.Season, page.Filter); err != nil {
		return err
	}
	page.Sites = v.Settings.Sites
	return v.Show(200, queue(page))
}

func (q queuePage) url(group report.Group, page string) string {
	if group == report.ToCheck {
		group = ""
	}
	if page == "1" {
		page = ""
	}
	return link("/bureau/dossiers", "file", string(group), "texte", q.Filter.Text, "pole", q.Filter.Site, "page", page)
}

// narrowed is what the list is narrowed by, for the one that is taken away.
func (q queuePage) narrowed() url.Values {
	values := url.Values{"file": {string(q.Filter.Group)}}
	for name, value := range map[string]string{"texte": q.Filter.Text, "pole": q.Filter.Site} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values
}

func (q queuePage) tabs() []ui.Tab {
	var tabs []ui.Tab
	for _, g := range report.Groups {
		if g == report.ToChoose && q.Counts[g] == 0 && g != q.Filter.Group {
			continue // seldom, so shown when there are some
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
