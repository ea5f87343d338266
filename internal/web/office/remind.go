package office

import (
	"time"

	"pupitre/internal/domain/report"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// remindPage lists the families about to be reminded of what their dossiers lack.
type remindPage struct {
	ui.Base
	Due     []report.Reminder
	Lately  []report.Reminder // reminded a short time ago: left alone
	Leaves  time.Time
	AtOnce  bool
	Unheard int64 // families due without an address
}

func incompleteURL() string { return link("/bureau/dossiers", "file", string(report.Incomplete)) }

// Remind shows whom « Relancer les incomplets » writes to, and what each lacks.
func (p *Pages) Remind(v *door.Visit) error {
	base, err := p.base(v, "Relancer les incomplets")
	if err != nil {
		return err
	}
	base.Path = "/bureau/dossiers"
	page := remindPage{Base: base, Leaves: school.QuietHours(v.Now, v.School)}
	page.AtOnce = page.Leaves.Equal(v.Now)
	all, err := report.Reminders(v.Ctx(), p.Store, v.Actor, v.Season, v.Now)
	if err != nil {
		return err
	}
	for _, r := range all {
		switch {
		case !r.RemindedAt.IsZero():
			page.Lately = append(page.Lately, r)
		default:
			page.Due = append(page.Due, r)
			if len(r.Family.Emails()) == 0 {
				page.Unheard++
			}
		}
	}
	return v.Show(200, remind(page))
}

func (r remindPage) button() string {
	return "Relancer " + french.Count(int64(len(r.Due)), "famille", "familles")
}

// words say how many are written to, and when.
func (r remindPage) words() string {
	s := french.Count(int64(len(r.Due))-r.Unheard, "famille reçoit", "familles reçoivent") + " un mail qui nomme ce qui manque, "
	if r.AtOnce {
		s += "aussitôt."
	} else {
		s += "le " + french.Moment(r.Leaves) + "."
	}
	return s + unheard(r.Unheard)
}

// SendReminders writes to the families that were read on the page before.
func (p *Pages) SendReminders(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	n, err := p.Registrar.RemindIncomplete(v.Ctx(), v.Actor, form.Values("foyer")...)
	if err != nil {
		return err
	}
	if n == 0 {
		return v.Redirect(incompleteURL(), ui.Flash{Kind: ui.MessageInfo, Title: "Aucune famille à relancer", Text: "Leurs dossiers sont complets, ou elles ont été relancées il y a moins de 3 jours."})
	}
	leaves := school.QuietHours(v.Now, v.School)
	when := "Les mails partent aussitôt."
	if !leaves.Equal(v.Now) {
		when = "Les mails partent le " + french.Moment(leaves) + "."
	}
	return v.Redirect(incompleteURL(), done(french.Count(int64(n), "famille relancée", "familles relancées"), when))
}
