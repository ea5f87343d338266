package billing

import (
	"fmt"
	"strconv"

	"pupitre/internal/domain/billing"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const figuresPath = "/bureau/recettes"

// figuresPage is a season's money: the first page of the régie, and what the
// direction reads.
type figuresPage struct {
	ui.Base
	billing.Figures
	Season string
	Today  string
	Next   billing.Period // the month that may be closed, "" for none
	Loose  billing.Loose
}

// Figures shows a season's money in numbers.
func (p *Pages) Figures(v *door.Visit) error {
	season, err := p.season(v)
	if err != nil {
		return err
	}
	f := figuresPage{Season: season.Name, Today: today(v)}
	if f.Figures, err = billing.FiguresOf(v.Ctx(), p.store, v.Actor, season.ID, f.Today); err != nil {
		return err
	}
	month, err := billing.MonthOf(v.Ctx(), p.store, v.Actor, billing.PeriodOf(f.Today))
	if err != nil {
		return err
	}
	f.Loose = month.Loose
	next, err := billing.Next(v.Ctx(), p.store)
	if err != nil {
		return err
	}
	if next != "" && next.Last() < f.Today {
		f.Next = next
	}
	if f.Base, err = p.base(v, "Recettes "+season.Name, figuresPath); err != nil {
		return err
	}
	return v.Show(200, figuresView(f))
}

// tasks are what is to be done about money.
func (f figuresPage) tasks() (all []ui.Task) {
	if f.LateCount > 0 {
		all = append(all, ui.Task{Label: french.Count(f.LateCount, "facture en retard", "factures en retard"), Note: french.Euros(f.Standing.Late), URL: debtsPath, State: ui.StateTodo, Word: "Relancer"})
	}
	for _, words := range f.Loose.Words() {
		all = append(all, ui.Task{Label: words, URL: receiptsPath, State: ui.StateTodo, Word: "Voir"})
	}
	if f.Next != "" {
		all = append(all, ui.Task{Label: french.Sentence(french.CivilMonth(string(f.Next))) + " n’est pas clos", URL: monthPath(f.Next), State: ui.StateTodo, Word: "Clore"})
	}
	return all
}

// byMonth is what each month was to bring, paid or not.
func (f figuresPage) byMonth() (ui.Figure, []ui.PlotBar) {
	fig := ui.Figure{ID: "echeances", Title: "Échéances, mois par mois", Tall: true, Table: ui.FigureTable{Heads: []string{"Mois", "Attendu", "Réglé", "Reste", "Encaissé dans le mois"}}}
	var bars []ui.PlotBar
	due, paid := int64(0), int64(0)
	for _, m := range f.Months {
		name := french.Sentence(french.CivilMonth(string(m.Period)))
		if m.Due > 0 {
			bars = append(bars, ui.PlotBar{Name: name, Parts: [2]int64{m.Paid, m.Due - m.Paid}, Text: french.WholeEuros(m.Due)})
		}
		fig.Table.Rows = append(fig.Table.Rows, ui.FigureRow{Name: name, Cells: []ui.FigureCell{
			{Text: french.Euros(m.Due)}, {Text: french.Euros(m.Paid)}, {Text: french.Euros(m.Due - m.Paid)}, {Text: french.Euros(m.Received), URL: monthPath(m.Period)}}})
		if m.Period.Last() < f.Today {
			due, paid = due+m.Due, paid+m.Paid
		}
	}
	switch {
	case due == 0:
		fig.Says = "Aucune échéance n’est passée."
	case paid >= due:
		fig.Says = "Tout ce qui était dû est réglé."
	default:
		fig.Says = fmt.Sprintf("Des mois passés, %s sur %s sont réglés.", french.Euros(paid), french.Euros(due))
	}
	return fig, bars
}

// byWay is what came, by means.
func (f figuresPage) byWay() (ui.Figure, []ui.PlotBar) {
	fig := ui.Figure{ID: "moyens", Title: "Encaissé, par moyen de paiement", Says: "Rien n’est encaissé.", Table: ui.FigureTable{Heads: []string{"Moyen", "Encaissé", "Part"}}}
	var bars []ui.PlotBar
	all := int64(0)
	for _, w := range f.Ways {
		all += w.Received
	}
	for i, w := range f.Ways {
		name := wayWords(w.Way, "")
		bars = append(bars, ui.PlotBar{Name: name, Parts: [2]int64{max(0, w.Received), 0}, Text: french.WholeEuros(w.Received)})
		share := "–"
		if all > 0 {
			share = strconv.FormatInt((200*w.Received+all)/(2*all), 10) + "\u00a0%"
			if i == 0 {
				fig.Says = name + ", le premier, en apporte " + share + "."
			}
		}
		fig.Table.Rows = append(fig.Table.Rows, ui.FigureRow{Name: name, Cells: []ui.FigureCell{{Text: french.Euros(w.Received)}, {Text: share}}})
	}
	return fig, bars
}

// byAge is what is late, since when.
func (f figuresPage) byAge() (ui.Figure, []ui.PlotBar) {
	fig := ui.Figure{ID: "retards", Title: "En retard, depuis combien de temps", Says: "Rien n’est en retard.", Table: ui.FigureTable{Heads: []string{"Depuis", "Montant"}}}
	var bars []ui.PlotBar
	for _, l := range f.Figures.Late {
		name := fmt.Sprintf("%d à %d jours", l.From, l.To)
		if l.To == 0 {
			name = fmt.Sprintf("plus de %d jours", l.From-1)
		}
		bars = append(bars, ui.PlotBar{Name: name, Parts: [2]int64{l.Amount, 0}, Text: french.WholeEuros(l.Amount)})
		fig.Table.Rows = append(fig.Table.Rows, ui.FigureRow{Name: name, Cells: []ui.FigureCell{{Text: french.Euros(l.Amount), URL: lateURL(l.Amount)}}})
	}
	if f.Standing.Late > 0 {
		fig.Says = french.Euros(f.Standing.Late) + " en retard, de " + french.Count(f.LateCount, "facture", "factures") + "."
	}
	return fig, bars
}

func lateURL(amount int64) string {
	if amount == 0 {
		return ""
	}
	return debtsPath
}
