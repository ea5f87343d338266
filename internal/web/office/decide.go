package office

import (
	"strconv"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/report"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// decision is what every act about a paper reads: the dossier, the deposit,
// the version that was read.
type decision struct {
	form    door.Form
	group   report.Group
	dossier enrolment.Dossier
	deposit document.Deposit
	review  enrolment.Review
}

// decision reads the act; a deposit that is not the dossier's is not found.
func (p *Pages) decision(v *door.Visit) (d decision, err error) {
	if d.form, err = v.TypedForm("motif", "precision"); err != nil {
		return d, err
	}
	group, version := d.form.Value("file"), d.form.Value("version")
	if v.Query("version") != "" {
		group, version = v.Query("file"), v.Query("version")
	}
	d.group = report.GroupNamed(group)
	if d.dossier, err = enrolment.DossierByID(v.Ctx(), p.Store, v.Actor, v.PathValue("id")); err != nil {
		return d, err
	}
	if d.deposit, err = document.ByID(v.Ctx(), p.Store, v.Actor, v.PathValue("deposit")); err != nil {
		return d, err
	}
	if d.deposit.Household != d.dossier.Household || d.deposit.Pupil != "" && d.deposit.Pupil != d.dossier.Pupil {
		return d, fault.ErrNotFound
	}
	n, err := strconv.ParseInt(version, 10, 64)
	if err != nil {
		return d, fault.Refuse("Ce formulaire n’est pas complet. Rechargez la page et recommencez.")
	}
	d.review = enrolment.Review{Deposit: d.deposit.ID, Version: n}
	return d, nil
}

// explain names who changed the deposit meanwhile, and when.
func (p *Pages) explain(v *door.Visit, deposit string, err error) error {
	if !asConflict(err) {
		return err
	}
	now, failed := document.ByID(v.Ctx(), p.Store, v.Actor, deposit)
	switch {
	case failed != nil:
		return err
	case !now.ReplacedAt.IsZero():
		return &fault.Conflict{Message: "La famille a remplacé ce document le " + french.Moment(now.ReplacedAt) + ". Rien n’a été écrit\u202f: relisez le nouveau avant de décider."}
	case now.ReviewedBy != "":
		return &fault.Conflict{Message: now.ReviewedBy + " a déjà décidé de ce document le " + french.Moment(now.ReviewedAt) + "\u202f: «\u202f" + now.State.French() + "\u202f». Rien n’a été écrit."}
	}
	return err
}

// next leads on: the dossier's next paper to check, its confirmation, or the
// next dossier of the queue.
func (p *Pages) next(v *door.Visit, before enrolment.Dossier, group report.Group, flashes ...ui.Flash) error {
	page, err := p.after(v, before, group)
	if err != nil {
		return err
	}
	if before.Rank > 0 && page.D.Rank == 0 {
		return p.nextDossier(v, page, flashes...)
	}
	if page.toCheck() {
		return v.Redirect(page.url("piece", page.Shown.Deposit.ID), flashes...)
	}
	if s := page.step(); s == stepConfirm || s == stepList || s == stepType {
		return v.Redirect(page.url(), flashes...)
	}
	return p.nextDossier(v, page, flashes...)
}

// after is the dossier's review once it was decided, beside the neighbours that
// it had: one that has lost its rank leads on from where it stood.
func (p *Pages) after(v *door.Visit, before enrolment.Dossier, group report.Group) (reviewPage, error) {
	page, err := p.review(v, before.ID, "", group)
	if err == nil && before.Rank > 0 && page.D.Rank == 0 {
		page.Position, err = report.PositionOf(v.Ctx(), p.Store, v.Actor, v.Season.ID, group, before)
	}
	return page, err
}

func (p *Pages) nextDossier(v *door.Visit, page reviewPage, flashes ...ui.Flash) error {
	if page.Position.Next.ID != "" {
		return v.Redirect(page.neighbourURL(page.Position.Next), flashes...)
	}
	return v.Redirect(page.queueURL(), flashes...)
}

// Validate says that the paper is right.
func (p *Pages) Validate(v *door.Visit) error {
	d, err := p.decision(v)
	if err != nil {
		return err
	}
	if err := p.Registrar.Validate(v.Ctx(), v.Actor, d.review); err != nil {
		return p.explain(v, d.deposit.ID, err)
	}
	flash := done(p.paperName(v, d)+" validé", "")
	flash.UndoURL = d.undoURL()
	return p.next(v, d.dossier, d.group, flash)
}

// undoURL takes back the decision about the paper that has just been written.
func (d decision) undoURL() string {
	return link("/bureau/dossiers/"+d.dossier.ID+"/pieces/"+d.deposit.ID+"/annuler", "version", itoa(d.review.Version+1), "file", string(d.group))
}

// Undo takes a validation back, or a refusal whose mail has not left.
func (p *Pages) Undo(v *door.Visit) error {
	d, err := p.decision(v)
	if err != nil {
		return err
	}
	if err := p.Registrar.Undo(v.Ctx(), v.Actor, d.review); err != nil {
		return err
	}
	flash := done("Validation annulée", "La pièce est de nouveau à vérifier.")
	if d.deposit.State == document.Refused {
		flash = done("Refus annulé", "Le mail n’est pas parti. La pièce, le rang et les délais sont comme avant.")
	}
	page, err := p.review(v, d.dossier.ID, d.deposit.ID, d.group)
	if err != nil {
		return err
	}
	return v.Redirect(page.url("piece", d.deposit.ID), flash)
}

// Refuse refuses the paper with a reason.
func (p *Pages) Refuse(v *door.Visit) error {
	d, err := p.decision(v)
	if err != nil {
		return err
	}
	t := typed{Act: "refuser", Reason: d.form.Value("motif"), Text: d.form.Value("precision")}
	d.review.Reason, err = refusalReason(d.form)
	if err == nil {
		err = p.Registrar.Refuse(v.Ctx(), v.Actor, d.review)
	}
	if err != nil {
		return p.again(v, d, t, err)
	}
	after, err := enrolment.DossierByID(v.Ctx(), p.Store, v.Actor, d.dossier.ID)
	if err != nil {
		return err
	}
	text := p.mailOrCall(v, d.dossier.Household, "Le motif part par mail dans 10 secondes.")
	if !after.HoldUntil.IsZero() {
		text += " Rang et places gardés jusqu’au " + french.Moment(after.HoldUntil) + "."
	}
	flash := done(p.paperName(v, d)+" refusé", text)
	flash.UndoURL = d.undoURL()
	return p.next(v, d.dossier, d.group, flash)
}

// refusalReason makes the reason that the family reads of the form's choice.
func refusalReason(form door.Form) (string, error) {
	var c fault.Check
	text := form.Optional(&c, "precision", 300)
	chosen := form.Value("motif")
	label := ""
	for _, r := range reasons {
		if r.Value == chosen {
			label = r.Label
		}
	}
	c.That(label != "", "motif", "Choisissez un motif\u202f: la famille le lira.")
	if chosen == "4" {
		c.That(text != "", "precision", "Écrivez le motif\u202f: la famille le lira.")
		return text, c.Err()
	}
	if text != "" {
		label += "\u202f: " + text
	}
	return label, c.Err()
}

// Worthless declares the deposit « sans valeur ».
func (p *Pages) Worthless(v *door.Visit) error {
	d, err := p.decision(v)
	if err != nil {
		return err
	}
	var c fault.Check
	d.review.Reason = d.form.Required(&c, "motif", 300, "Écrivez pourquoi\u202f: la famille le lira.")
	sure(d.form, &c)
	if err = c.Err(); err == nil {
		err = p.Registrar.DeclareWorthless(v.Ctx(), v.Actor, d.review)
	}
	if err != nil {
		return p.again(v, d, typed{Act: "sans-valeur", Text: d.form.Value("motif")}, err)
	}
	return p.next(v, d.dossier, d.group, done(p.paperName(v, d)+" déclaré sans valeur", p.mailOrCall(v, d.dossier.Household, "La famille est prévenue par mail.")))
}

// again shows the review with what was typed, or passes the error up.
func (p *Pages) again(v *door.Visit, d decision, t typed, err error) error {
	invalid, err := refused(err)
	if invalid == nil {
		return p.explain(v, d.deposit.ID, err)
	}
	page, err := p.review(v, d.dossier.ID, d.deposit.ID, d.group)
	if err != nil {
		return err
	}
	t.Invalid = invalid
	page.Typed = t
	return page.show(v)
}

// paperName is the paper's name, for a message.
func (p *Pages) paperName(v *door.Visit, d decision) string {
	papers, err := document.Papers(v.Ctx(), p.Store, d.deposit.Season)
	if err == nil {
		for _, paper := range papers {
			if paper.Code == d.deposit.Paper {
				return paper.Name
			}
		}
	}
	return "Document"
}
