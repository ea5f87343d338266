package family

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type sendAllPage struct {
	ui.Base
	Pupils   []readyPupil
	NotReady []leftLine
	Agree    agreement
	Warning  string
}

type readyPupil struct {
	ID, Name, Text string
	Missing        string
	Full           []string // the courses that have no place left
	Up, Down       string   // the order with this pupil moved, "" at an end
	Error          string
}

// ShowSendAll lists the pupils that are ready, in the order their ranks would
// follow; ?ordre=id,id changes it (R30).
func (p *Pages) ShowSendAll(v *door.Visit) error {
	return p.showSendAll(v, strings.Split(v.Query("ordre"), ","), nil, nil, false)
}

// SendAll is « Valider pour tous »: one answer for each pupil.
func (p *Pages) SendAll(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	order, agreed := form.Values("eleve"), form.Has("accord")
	sending, err := p.registrar.Send(v.Ctx(), v.Actor, enrolment.Submission{Pupils: order, Text: form.Value("texte"), Agreed: agreed})
	if err != nil {
		return err
	}
	if !p.answered(v, sending) {
		return p.wait(v, sending, "/reinscription/attente", url.Values{"eleves": {strings.Join(order, ",")}})
	}
	return p.sentAll(v, order, sending, agreed)
}

// sentAll shows what the registrar has answered for the pupils, in that order.
func (p *Pages) sentAll(v *door.Visit, order []string, sending *enrolment.Sending, agreed bool) error {
	outcomes, err := sending.Outcomes()
	if v.R.Method == http.MethodGet {
		err = lostIfOurs(err)
	}
	if invalid, ok := door.AsInvalid(err); ok {
		return p.showSendAll(v, order, invalid, nil, agreed)
	}
	if err != nil {
		return err
	}
	refused := map[string]*fault.Invalid{}
	for _, o := range outcomes {
		if invalid, ok := door.AsInvalid(o.Err); ok {
			refused[o.Pupil] = invalid
		} else if o.Err != nil {
			return o.Err
		}
	}
	if len(refused) > 0 || len(outcomes) == 0 {
		return p.showSendAll(v, order, &fault.Invalid{Message: "Tout n’est pas envoyé."}, refused, agreed)
	}
	return v.Redirect("/reinscription/confirmation?eleves=" + strings.Join(order, ","))
}

func (p *Pages) showSendAll(v *door.Visit, order []string, invalid *fault.Invalid, refused map[string]*fault.Invalid, agreed bool) error {
	registrations, err := p.registrations(v)
	if err != nil {
		return err
	}
	page := sendAllPage{Base: invalidBase(v, "Valider pour tous", invalid)}
	if len(registrations) > 0 {
		page.Warning = headOf(v, registrations[0], stepSend).Warning
	}
	var ready []enrolment.Registration
	for _, r := range registrations {
		switch {
		case isReady(r):
			ready = append(ready, r)
		case isDraft(r):
			page.NotReady = append(page.NotReady, leftLine{called(r.Pupil) + colon + nextStep(r).does(), wizardPath(r.Pupil.ID)})
		}
	}
	slices.SortStableFunc(ready, func(a, b enrolment.Registration) int { return placeIn(order, a.Pupil.ID) - placeIn(order, b.Pupil.ID) })
	for i, r := range ready {
		one := readyPupil{ID: r.Pupil.ID, Name: called(r.Pupil), Text: choiceText(r), Up: swapped(ready, i-1), Down: swapped(ready, i)}
		if len(r.Missing) > 0 {
			one.Missing = "Il manque" + colon + french.List(paperNames(r.Missing)) + ". Ce dossier sera reçu, incomplet."
		}
		full, err := p.full(v, r)
		if err != nil {
			return err
		}
		one.Full = fullLines(r, full)
		if why := refused[r.Pupil.ID]; why != nil {
			one.Error = refusal(why)
		}
		page.Pupils = append(page.Pupils, one)
	}
	if page.Agree, err = p.agreement(v); err != nil {
		return err
	}
	page.Agree.Ticked, page.Agree.Message = agreed, invalid.Of("accord")
	return v.Show(status(page.Base), sendAllView(page))
}

// placeIn is where the pupil stands in the order; those not named come last.
func placeIn(order []string, pupil string) int {
	if i := slices.Index(order, pupil); i >= 0 {
		return i
	}
	return len(order)
}

// swapped is the address of the order where i and i+1 have changed places.
func swapped(ready []enrolment.Registration, i int) string {
	if i < 0 || i+1 >= len(ready) {
		return ""
	}
	ids := make([]string, len(ready))
	for j, r := range ready {
		ids[j] = r.Pupil.ID
	}
	ids[i], ids[i+1] = ids[i+1], ids[i]
	return "/reinscription/envoi?ordre=" + strings.Join(ids, ",")
}

func refusal(invalid *fault.Invalid) string {
	parts := []string{invalid.Message}
	for _, f := range invalid.Fields {
		parts = append(parts, f.Message)
	}
	return strings.Join(parts, " ")
}

// choiceText is the draft's choice on one line.
func choiceText(r enrolment.Registration) string {
	if r.Dossier.OnPaperForm {
		return "Cours sur formulaire papier"
	}
	var titles []string
	for _, w := range r.Dossier.Choice {
		if course, ok := r.Catalogue.Course(w.Course); ok {
			titles = append(titles, enrolment.RequestView{Title: course.Title, Semester: w.Semester}.FullTitle())
		}
	}
	return joinNonEmpty(colon, r.Catalogue.SiteName(r.Dossier.Site), strings.Join(titles, ", "))
}

// lower starts with a small letter, to go inside a sentence.
func lower(s string) string {
	if s == "" {
		return ""
	}
	first := []rune(s)[0]
	return strings.ToLower(string(first)) + s[len(string(first)):]
}
