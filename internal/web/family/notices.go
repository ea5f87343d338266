package family

import (
	"pupitre/internal/domain/message"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// onHome is how many of the school's messages the home page shows.
const onHome = 3

// mostNotices is how many « Messages » lists.
const mostNotices = 100

// notices puts the school's last messages on the home page, the unread ones said so.
func (p *Pages) notices(v *door.Visit, page *homePage) error {
	all, err := message.Notices(v.Ctx(), p.store, v.Actor, onHome+1)
	page.MoreNotices = len(all) > onHome
	page.Notices = noticeTasks(all[:min(len(all), onHome)])
	return err
}

func noticePath(id string) string { return "/messages/" + id }

func noticeTasks(all []message.Notice) []ui.Task {
	var tasks []ui.Task
	for _, n := range all {
		t := ui.Task{Label: n.Subject, URL: noticePath(n.ID), Note: french.Day(n.At), State: ui.StateTodo, Word: "À lire"}
		if !n.ReadAt.IsZero() {
			t.State, t.Word = ui.StateDone, "Lu"
		}
		tasks = append(tasks, t)
	}
	return tasks
}

type noticesPage struct {
	ui.Base
	Notices []ui.Task
}

// ShowNotices lists what the school wrote to the household.
func (p *Pages) ShowNotices(v *door.Visit) error {
	all, err := message.Notices(v.Ctx(), p.store, v.Actor, mostNotices)
	if err != nil {
		return err
	}
	page := noticesPage{v.Base("Messages"), noticeTasks(all)}
	page.Base.Path = "/accueil"
	return v.Show(200, noticesView(page))
}

type noticePage struct {
	ui.Base
	message.Notice
}

// ShowNotice shows one of them. What marks it as read is its own button, which
// a page that is in sight presses by itself.
func (p *Pages) ShowNotice(v *door.Visit) error {
	n, err := message.NoticeOf(v.Ctx(), p.store, v.Actor, v.PathValue("message"))
	if err != nil {
		return err
	}
	page := noticePage{v.Base(n.Subject), n}
	page.Base.Path = "/accueil"
	return v.Show(200, noticeView(page))
}

// ReadNotice notes that the household has read it.
func (p *Pages) ReadNotice(v *door.Visit) error {
	n, err := message.New(p.store, p.clock).MarkRead(v.Ctx(), v.Actor, v.PathValue("message"))
	if err != nil {
		return err
	}
	if v.IsHTMX() {
		return v.Show(200, noticeRead(n))
	}
	return v.Redirect("/messages", door.Done("C’est noté, vous avez lu ce message"))
}

func (p noticePage) lines() []ui.WrittenLine {
	var all []ui.WrittenLine
	for _, l := range message.Lines(p.Body) {
		all = append(all, ui.WrittenLine(l))
	}
	return all
}
