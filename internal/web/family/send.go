package family

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/choosing"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// agreement is the box « J’accepte »: which text, which version.
type agreement struct {
	Text    school.Text
	Before  string // the school's sentence after « J’accepte », up to the text's title
	After   string // and from there on
	Ticked  bool
	Message string // at the box
}

func (p *Pages) agreement(v *door.Visit) (a agreement, err error) {
	if a.Text, err = school.LatestText(v.Ctx(), p.store, school.TextRules); err != nil {
		return a, err
	}
	said, err := school.LatestText(v.Ctx(), p.store, school.TextAgreement)
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return a, err
	}
	a.say(strings.TrimSpace(said.Body))
	return a, nil
}

// say cuts the school's sentence around the title of the text, which is a
// link; a sentence that does not name it is followed by it.
func (a *agreement) say(sentence string) {
	rest := strings.TrimSpace(strings.TrimPrefix(strings.ReplaceAll(sentence, "'", "’"), "J’accepte"))
	before, after, found := strings.Cut(rest, agreementTitle(*a))
	switch {
	case rest == "":
		a.Before, a.After = " le ", "."
	case found:
		a.Before, a.After = " "+before, after
	default:
		a.Before, a.After = " "+strings.TrimSuffix(rest, ".")+" (", ")."
	}
}

// leftLine is something that keeps the dossier from being sent, with the page that mends it.
type leftLine struct{ Text, URL string }

type sendPage struct {
	ui.Base
	Head    wizardHead
	Refused string // why, above the errors
	Left    []leftLine
	Missing []string
	Full    []string // the courses that have no place left
	Pupil   []ui.RecapRow
	Family  []ui.RecapRow
	Note    string
	Agree   agreement
	Price   string // for the year, without a valid attestation; "" when it is not known
	Others  bool   // other pupils are ready too
}

// ShowSend shows everything to read again, then « J’accepte » and « Valider » (R20).
func (p *Pages) ShowSend(v *door.Visit) error {
	r, sent, err := p.draft(v)
	if err != nil || sent {
		return err
	}
	return p.showSend(v, r, nil, false)
}

// Send is « Valider » for one pupil. The registrar judges everything, so
// nothing is read before it is asked: who arrives first is queued first (R29, R30).
func (p *Pages) Send(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	pupil, agreed := v.PathValue("pupil"), form.Has("accord")
	sending, err := p.registrar.Send(v.Ctx(), v.Actor, enrolment.Submission{Pupils: []string{pupil}, Text: form.Value("texte"), Agreed: agreed})
	if err != nil {
		return err
	}
	if !p.answered(v, sending) {
		return p.wait(v, sending, wizardPath(pupil)+"/attente", url.Values{})
	}
	return p.sent(v, pupil, sending, agreed)
}

// sent shows what the registrar has answered for the pupil.
func (p *Pages) sent(v *door.Visit, pupil string, sending *enrolment.Sending, agreed bool) error {
	outcomes, err := sending.Outcomes()
	if err == nil && len(outcomes) == 1 {
		err = outcomes[0].Err
	}
	if v.R.Method == http.MethodGet {
		err = lostIfOurs(err) // the form that was sent is no longer in this request
	}
	if invalid, ok := door.AsInvalid(err); ok {
		return p.refusedSend(v, invalid, agreed)
	}
	if err != nil {
		return err
	}
	return v.Redirect(wizardPath(pupil) + "/confirmation")
}

// refusedSend shows what is left to do, on the page that was sent.
func (p *Pages) refusedSend(v *door.Visit, invalid *fault.Invalid, agreed bool) error {
	r, err := p.registration(v)
	if err != nil {
		return err
	}
	if r.Elsewhere {
		return v.Redirect(wizardPath(r.Pupil.ID))
	}
	return p.showSend(v, r, invalid, agreed)
}

func (p *Pages) showSend(v *door.Visit, r enrolment.Registration, invalid *fault.Invalid, agreed bool) error {
	page := sendPage{Base: v.Base(saidOf(r, "Réinscription, l’envoi")), Head: headOf(v, r, stepSend), Left: leftOf(r), Missing: paperNames(r.Missing), Note: r.Dossier.Note}
	if r.Dossier.OnPaperForm || len(r.Breaches) == 0 {
		full, err := p.full(v, r)
		if err != nil {
			return err
		}
		page.Pupil, page.Full = append(pupilRows(r), choiceRows(r, full)...), fullLines(r, full)
	} else {
		page.Pupil = append(pupilRows(r), ui.RecapRow{Term: "Cours", Text: "À choisir", EditURL: stepCourses.path(r.Pupil.ID)})
	}
	billing, err := p.billingRows(v, r.Household, "/famille/identite?suite="+stepSend.path(r.Pupil.ID))
	if err != nil {
		return err
	}
	page.Family = append(householdRows(r.Household, "/famille/identite?suite="+stepSend.path(r.Pupil.ID)), billing...)
	page.Family = append(page.Family, papersRow(r))
	if page.Agree, err = p.agreement(v); err != nil {
		return err
	}
	page.Agree.Ticked, page.Agree.Message = agreed, invalid.Of("accord")
	page.Errors, page.Refused = sendErrors(invalid, page.Left), "La demande n’est pas envoyée"
	if invalid != nil && len(invalid.Fields) > 0 {
		page.Refused = invalid.Message
	}
	price, err := enrolment.PriceOf(v.Ctx(), p.store, v.Actor, r.Season, r.Household, tariff.Quotient{})
	if err != nil {
		return err
	}
	page.Price = yearly(price, r.Pupil.ID)
	if page.Others, err = p.othersReady(v, r.Pupil.ID); err != nil {
		return err
	}
	return v.Show(status(page.Base), sendView(page))
}

// othersReady tells whether another pupil of the household could be sent as well.
func (p *Pages) othersReady(v *door.Visit, pupil string) (bool, error) {
	dossiers, err := p.dossiers(v)
	if err != nil {
		return false, err
	}
	for other, d := range dossiers {
		if other == pupil || d.State != enrolment.Draft || !d.Administrative {
			continue
		}
		r, err := enrolment.RegistrationOf(v.Ctx(), p.store, v.Actor, other)
		if err != nil || isReady(r) {
			return err == nil, err
		}
	}
	return false, nil
}

// sendErrors leads each message to what mends it: the box on this page, or the
// page of what is left, as the dossier stands now.
func sendErrors(invalid *fault.Invalid, left []leftLine) []ui.FieldError {
	lines := door.FieldErrors(invalid)
	if len(left) == 0 { // mended meanwhile, in another tab
		for i := range lines {
			if lines[i].ID != "accord" {
				lines[i].ID = ""
			}
		}
	}
	if len(lines) == 0 || len(left) == 0 {
		return lines
	}
	lines = slices.DeleteFunc(lines, func(e ui.FieldError) bool { return e.ID != "accord" && e.ID != "" })
	for _, l := range left {
		lines = append(lines, ui.FieldError{Message: l.Text, URL: l.URL})
	}
	return lines
}

// leftOf lists what keeps the dossier from being sent, papers apart.
func leftOf(r enrolment.Registration) []leftLine {
	var left []leftLine
	for _, f := range people.MissingFamily(r.Household) {
		left = append(left, leftLine{"Famille" + colon + fieldLabel(f.Name) + ". " + f.Message, "/famille/identite?suite=" + stepSend.path(r.Pupil.ID) + "#" + f.Name})
	}
	if !r.Dossier.Administrative {
		left = append(left, leftLine{saidOf(r, "Cochez « Réinscription administrative »."), stepPupil.path(r.Pupil.ID)})
	}
	for _, f := range people.MissingPupil(r.Pupil, r.InSeason) {
		left = append(left, leftLine{r.Pupil.FirstName + colon + fieldLabel(f.Name) + ". " + f.Message, stepPupil.path(r.Pupil.ID)})
	}
	switch {
	case r.Dossier.OnPaperForm:
	case r.Dossier.ID == "" || r.Programme.ID == "":
		left = append(left, leftLine{"Choisissez les cours.", stepCourses.path(r.Pupil.ID)})
	default:
		for _, b := range r.Breaches {
			left = append(left, leftLine{b.Sentence(), stepCourses.path(r.Pupil.ID)})
		}
	}
	return left
}

func fieldLabel(name string) string {
	labels := map[string]string{
		people.FieldLastName: "Nom", people.FieldFirstName: "Prénom", people.FieldAddress: "Adresse", people.FieldPostcode: "Code postal",
		people.FieldTown: "Commune", people.FieldMobile: "Téléphone", people.FieldEmail: "Adresse mail", people.FieldBilling: "Mode de facturation",
		people.FieldMeans: "Moyens de paiement", people.FieldBirthDate: "Date de naissance", people.FieldLevel: "Niveau scolaire", people.FieldImageRight: "Droit à l’image",
	}
	return labels[name]
}

func pupilRows(r enrolment.Registration) []ui.RecapRow {
	edit := stepPupil.path(r.Pupil.ID)
	image := map[string]string{people.Yes: "Oui", people.No: "Non"}[r.InSeason.ImageRight]
	return []ui.RecapRow{
		{Term: "Élève", Text: r.Pupil.FullName(), Note: school.LevelWords(school.Level(r.InSeason.Level), school.Level(r.Pupil.LevelNow)), EditURL: edit},
		{Term: "Date de naissance", Text: orTodo(french.CivilDate(r.Pupil.BirthDate)), EditURL: edit},
		{Term: "Droit à l’image", Text: orTodo(image), EditURL: edit},
	}
}

func orTodo(s string) string {
	if s == "" {
		return "À répondre"
	}
	return s
}

// choiceRows are the formule, the pole and the courses of the draft, with what
// is said of those that are full.
func choiceRows(r enrolment.Registration, full map[string]fullCourse) []ui.RecapRow {
	edit := stepCourses.path(r.Pupil.ID)
	if r.Dossier.OnPaperForm {
		return []ui.RecapRow{{Term: "Cours", Text: "Sur formulaire papier", EditURL: edit}}
	}
	rows := []ui.RecapRow{
		{Term: "Formule", Text: r.Programme.Title, EditURL: edit + "?formule=choisir"},
		{Term: "Pôle", Text: r.Catalogue.SiteName(r.Dossier.Site), EditURL: edit},
	}
	for _, w := range r.Dossier.Choice {
		course, ok := r.Catalogue.Course(w.Course)
		if !ok {
			continue
		}
		view := enrolment.RequestView{Title: course.Title, Semester: w.Semester}
		rows = append(rows, ui.RecapRow{Term: kindTerm(course), Text: view.FullTitle(), Note: joinNonEmpty(". ", course.Slot(), full[choosing.WishValue(w)].Waits), EditURL: edit})
	}
	return rows
}

func kindTerm(c catalogue.Course) string { return sentence(c.Kind.French()) }

func papersRow(r enrolment.Registration) ui.RecapRow {
	there := 0
	for _, paper := range r.Papers {
		if !toProvide(paper) {
			there++
		}
	}
	row := ui.RecapRow{Term: "Documents", Text: fmt.Sprintf("%s sur %d", french.Count(int64(there), "importé", "importés"), len(r.Papers)), EditURL: stepPapers.path(r.Pupil.ID)}
	if len(r.Papers) == 0 {
		row.Text = "Aucun n’est demandé"
	}
	if len(r.Missing) > 0 {
		row.Note = "Il manque" + colon + french.List(paperNames(r.Missing))
	}
	return row
}
