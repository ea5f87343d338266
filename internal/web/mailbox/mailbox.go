// Package mailbox shows the mails that the demonstration would have sent; its
// routes exist in the demonstration only.
package mailbox

import (
	"strings"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/mail"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

const shownAtMost = 300

type pages struct{ outbox *mail.Memory }

// Routes are the mailbox's pages, open to whoever tries the demonstration.
func Routes(outbox *mail.Memory) []door.Route {
	p := pages{outbox}
	return []door.Route{
		door.Get("/demo/courriers", door.Public, actor.Everybody, "demo.mails", p.list),
		door.Get("/demo/courriers/{id}", door.Public, actor.Everybody, "demo.mail", p.show),
	}
}

type listPage struct {
	ui.Base
	Query string
	Mails []mail.Message
	More  int // how many older ones are not shown
}

func (p pages) list(v *door.Visit) error {
	page := listPage{Base: v.Base("Courriers de la démonstration"), Query: v.Query("q")}
	for _, m := range p.outbox.Last() {
		if page.Query != "" && !strings.Contains(strings.ToLower(m.To+" "+m.Subject), strings.ToLower(page.Query)) {
			continue
		}
		if len(page.Mails) == shownAtMost {
			page.More++
			continue
		}
		page.Mails = append(page.Mails, m)
	}
	return v.Show(200, list(page))
}

type mailPage struct {
	ui.Base
	Mail mail.Message
}

func (p pages) show(v *door.Visit) error {
	m, ok := p.outbox.Find(v.PathValue("id"))
	if !ok {
		return fault.ErrNotFound
	}
	return v.Show(200, show(mailPage{Base: v.Base(m.Subject), Mail: m}))
}
