package office

import (
	"slices"
	"strings"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// confirmPage lists the dossiers about to be confirmed, and who will be written to.
type confirmPage struct {
	ui.Base
	Rows []report.Addressed
}

func readyURL() string { return link("/bureau/dossiers", "file", string(report.Ready)) }

// ToConfirm shows the dossiers ticked, or all that are ready, before they are
// confirmed.
func (p *Pages) ToConfirm(v *door.Visit) error {
	base, err := p.base(v, "Confirmer des inscriptions")
	if err != nil {
		return err
	}
	base.Path = "/bureau/dossiers"
	var ticked []string
	if v.Query("tous") == "" {
		if ticked = v.R.URL.Query()["s"]; len(ticked) == 0 {
			return v.Redirect(readyURL(), nothingTicked())
		}
	}
	page := confirmPage{Base: base}
	if page.Rows, err = report.ReadyToConfirm(v.Ctx(), p.Store, v.Actor, v.Season, ticked...); err != nil {
		return err
	}
	return v.Show(200, toConfirm(page))
}

func nothingTicked() ui.Flash {
	return ui.Flash{Kind: ui.MessageInfo, Title: "Aucun dossier à confirmer", Text: "Cochez des dossiers, ou choisissez « Confirmer tous les dossiers prêts »."}
}

// button says how many it confirms.
func (c confirmPage) button() string {
	return "Confirmer " + french.Count(int64(len(c.Rows)), "inscription", "inscriptions")
}

// mails says how many families are written to, and when.
func (c confirmPage) mails() string {
	var families, silent []string
	for _, r := range c.Rows {
		list := &families
		if len(r.Family.Emails()) == 0 {
			list = &silent
		}
		if !slices.Contains(*list, r.Household) {
			*list = append(*list, r.Household)
		}
	}
	return french.Count(int64(len(families)), "famille reçoit", "familles reçoivent") +
		" un mail pour chaque élève, 10 secondes après\u202f; d’ici là, tout s’annule." + unheard(int64(len(silent)))
}

// ConfirmReady confirms the dossiers that were read on the page before (R33).
func (p *Pages) ConfirmReady(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	read := slices.Compact(slices.Sorted(slices.Values(form.Values("s"))))
	if len(read) == 0 {
		return v.Redirect(readyURL(), nothingTicked())
	}
	confirmed, err := p.Registrar.ConfirmReady(v.Ctx(), v.Actor, read...)
	if err != nil {
		return err
	}
	if len(confirmed.Dossiers) == 0 {
		if _, err := enrolment.DossierByID(v.Ctx(), p.Store, v.Actor, read[0]); err != nil {
			return err
		}
	}
	n, left := int64(len(confirmed.Dossiers)), int64(len(read)-len(confirmed.Dossiers))
	f := done(french.Count(n, "inscription confirmée", "inscriptions confirmées"), "Les mails partent dans 10 secondes.")
	if n > 0 {
		f.UndoURL = "/bureau/confirmations/" + confirmed.Batch + "/annuler"
	} else {
		f.Text = ""
	}
	if left > 0 {
		f.Kind = ui.MessageInfo
		f.Text = strings.TrimSpace(f.Text + " " + french.Count(left, "dossier avait changé et n’est pas confirmé", "dossiers avaient changé et ne sont pas confirmés") + "\u202f: relisez la liste.")
	}
	return v.Redirect(readyURL(), f)
}

// TakeBackAll takes back what was confirmed at once, as far as its mails have
// not left.
func (p *Pages) TakeBackAll(v *door.Visit) error {
	taken, err := p.Registrar.TakeBackAll(v.Ctx(), v.Actor, v.PathValue("batch"))
	if err != nil {
		return err
	}
	f := done(french.Count(int64(taken.N), "confirmation annulée", "confirmations annulées"), "Leurs mails ne sont pas partis.")
	if len(taken.Left) > 0 {
		f.Kind = ui.MessageInfo
		if taken.N == 0 {
			f.Title, f.Text = "Rien n’est annulé", ""
		}
		named := taken.Left
		if len(named) > 10 {
			named = append(slices.Clone(named[:10]), "et "+french.Count(int64(len(taken.Left)-10), "autre", "autres"))
		}
		f.Text = strings.TrimSpace(f.Text + " Restent inscrits, leur mail est parti ou ils ont changé depuis\u202f: " + strings.Join(named, ", ") + ".")
	}
	return v.Redirect(readyURL(), f)
}
