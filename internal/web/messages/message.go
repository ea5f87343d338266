package messages

import (
	"strconv"
	"strings"
	"time"

	"pupitre/internal/domain/message"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// messagePage is a message that is planned, leaving or sent.
type messagePage struct {
	ui.Base
	message.Message
	message.Progress
	Words      []string // of its selection
	Sample     message.Letter
	Recipients []message.Recipient
	Outcome    message.Outcome
	Pager      ui.Pager
	Now        time.Time
}

func (m messagePage) path() string { return messagePath(m.ID) }

// under says how many it has left for, and what the departure counted anew.
func (m messagePage) under() string {
	switch {
	case !m.Departed():
		return "Programmé par " + m.ChangedBy + " pour " + french.Count(m.Counted, "famille", "familles") + ", comptées de nouveau au départ."
	case m.Families != m.Counted:
		return "Parti le " + french.Moment(m.DepartedAt) + " à " + french.Count(m.Families, "famille", "familles") + colon + "la sélection en comptait " + itoa(m.Counted) + " à la programmation."
	default:
		return "Parti le " + french.Moment(m.DepartedAt) + " à " + french.Count(m.Families, "famille", "familles") + "."
	}
}

// Waits tells whether its hour is still to come.
func (m messagePage) Waits() bool { return m.State == message.Planned && m.LeavesAt.After(m.Now) }

// underWay tells whether something is still to leave.
func (m messagePage) underWay() bool {
	return m.State == message.Leaving || m.State == message.Planned && !m.Waits() || m.State == message.Sent && m.Waiting() > 0
}

func (m messagePage) tabs() []ui.Tab {
	all := []ui.Tab{{Label: "Toutes", URL: m.path(), Count: int(m.Families)}}
	if m.ByMail {
		all = append(all, ui.Tab{Label: "En échec", URL: m.path() + "?suite=" + string(message.OnlyFailed), Count: int(m.Failed)},
			ui.Tab{Label: "Sans adresse", URL: m.path() + "?suite=" + string(message.NoAddress), Count: int(m.unaddressed())})
	}
	for i := range all {
		all[i].Current = all[i].URL == m.path() && m.Outcome == message.AnyOutcome || m.Outcome != "" && strings.HasSuffix(all[i].URL, string(m.Outcome))
	}
	return all
}

// Message shows what became of a message; a draft opens in the composer.
func (p *Pages) Message(v *door.Visit) error {
	page, err := p.read(v)
	if err != nil {
		return err
	}
	if page.IsDraft() {
		return p.compose(v, page.Message)
	}
	choices, err := p.choices(v)
	if err != nil {
		return err
	}
	page.Words = choices.words(page.Selection())
	if page.Sample, err = message.SampleOf(v.Ctx(), p.store, v.Actor, v.School, page.Message); err != nil {
		return err
	}
	at := number(v, "page")
	page.Recipients, err = message.Recipients(v.Ctx(), p.store, v.Actor, page.ID, page.Outcome, perPage, (at-1)*perPage)
	if err != nil {
		return err
	}
	page.paginate(at)
	if page.underWay() {
		page.Base.Refresh = 5
	}
	return v.Show(200, messageView(page))
}

func (m *messagePage) paginate(at int64) {
	total := m.Families
	switch m.Outcome {
	case message.OnlyFailed:
		total = m.Failed
	case message.NoAddress:
		total = m.unaddressed()
	}
	address := func(n int64) string {
		return m.path() + "?suite=" + string(m.Outcome) + "&page=" + strconv.FormatInt(n, 10)
	}
	m.Pager = ui.Pager{From: int((at-1)*perPage + 1), To: int(min(at*perPage, total)), Total: int(total)}
	if at > 1 {
		m.Pager.PreviousURL = address(at - 1)
	}
	if at*perPage < total {
		m.Pager.NextURL = address(at + 1)
	}
}

func (p *Pages) read(v *door.Visit) (page messagePage, err error) {
	if page.Message, err = message.ByID(v.Ctx(), p.store, v.Actor, v.PathValue("message")); err != nil {
		return page, err
	}
	if page.Progress, err = message.ProgressOf(v.Ctx(), p.store, v.Actor, page.ID); err != nil {
		return page, err
	}
	switch o := message.Outcome(v.Query("suite")); o {
	case message.OnlyFailed, message.NoAddress:
		page.Outcome = o
	}
	page.Now = v.Now
	page.Base, err = p.base(v, or(page.Heading(), "Message"))
	return page, err
}

// Progress answers the fragment of how far the sending is.
func (p *Pages) Progress(v *door.Visit) error {
	page, err := p.read(v)
	if err != nil {
		return err
	}
	if !v.IsHTMX() {
		return v.Redirect(page.path())
	}
	if !page.underWay() { // the list of families is to be read anew
		v.W.Header().Set("HX-Refresh", "true")
	}
	return v.Show(200, progressPanel(page))
}

// Recall makes a planned message a draft again.
func (p *Pages) Recall(v *door.Visit) error {
	id := v.PathValue("message")
	if err := p.messages.Recall(v.Ctx(), v.Actor, id); err != nil {
		return err
	}
	return v.Redirect(messagePath(id), done("Le départ est annulé", "Le message est de nouveau un brouillon."))
}

// Resend tries the addresses in failure again.
func (p *Pages) Resend(v *door.Visit) error {
	id := v.PathValue("message")
	n, err := p.messages.ResendFailed(v.Ctx(), v.Actor, v.School, id)
	if err != nil {
		return err
	}
	if n == 0 {
		return v.Redirect(messagePath(id), ui.Flash{Kind: ui.MessageInfo, Title: "Aucun mail à renvoyer", Text: "Rien n’est en échec, ou ces familles n’ont plus d’adresse."})
	}
	return v.Redirect(messagePath(id), done("Renvoyé à "+french.Count(int64(n), "famille", "familles"), "À l’adresse que chacune a maintenant."))
}

// Hide takes the message out of the portal.
func (p *Pages) Hide(v *door.Visit) error {
	id := v.PathValue("message")
	if err := p.messages.Hide(v.Ctx(), v.Actor, id); err != nil {
		return err
	}
	return v.Redirect(messagePath(id), done("Retiré du portail", "Les mails partis le restent."))
}

// Delete removes a draft or a template.
func (p *Pages) Delete(v *door.Visit) error {
	m, err := message.ByID(v.Ctx(), p.store, v.Actor, v.PathValue("message"))
	if err != nil {
		return err
	}
	if err := p.messages.Delete(v.Ctx(), v.Actor, m.ID); err != nil {
		return err
	}
	if m.State == message.Template {
		return v.Redirect(templatesPath, done("Modèle supprimé", ""))
	}
	return v.Redirect(root, done("Brouillon supprimé", ""))
}

// outcome says what became of the message for a family.
func outcome(m messagePage, r message.Recipient) string {
	switch {
	case r.PreparedAt.IsZero():
		return "à écrire"
	case !r.FailedAt.IsZero():
		return "refusé le " + french.ShortMoment(r.FailedAt)
	case !r.SentAt.IsZero():
		return "remis le " + french.ShortMoment(r.SentAt)
	case r.Mail != "":
		return "en route"
	case !r.PrintedAt.IsZero():
		return "lettre imprimée le " + french.ShortMoment(r.PrintedAt)
	case m.ByMail && r.Address == "":
		return "sans adresse"
	default:
		return "dans le portail"
	}
}
