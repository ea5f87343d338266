package upload

import (
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// The fields of the import.
const (
	fieldPaper = "document"
	fieldPhoto = "photo"
	fieldFile  = "fichier"
)

const accepted = "application/pdf,image/jpeg,image/png,image/heic,image/heif,.heic,.heif"

// Form is « Importer » (R14) as the page shows it.
type Form struct {
	Action  string
	Papers  []enrolment.PaperAsked // that may be chosen
	Chosen  string                 // the value of one of them, see Value
	Note    string                 // the line below the button
	Invalid *fault.Invalid
}

// Value names a paper in the form: its code, or code:pupil.
func Value(paper, pupil string) string {
	if pupil == "" {
		return paper
	}
	return paper + ":" + pupil
}

// Split is the reverse of Value.
func Split(value string) (paper, pupil string) {
	paper, pupil, _ = strings.Cut(value, ":")
	return paper, pupil
}

// Name is the paper's name, with its pupil's first name.
func Name(a enrolment.PaperAsked) string {
	if a.Pupil.ID == "" {
		return a.Paper.Name
	}
	return a.Paper.Name + " – " + a.Pupil.FirstName
}

// Allowed keeps the papers that the family may hand in, or hand in again (R14):
// what is « Validé » for the season is the office's to replace.
func Allowed(papers []enrolment.PaperAsked) []enrolment.PaperAsked {
	return slices.DeleteFunc(slices.Clone(papers), func(a enrolment.PaperAsked) bool { return !MayReplace(a.PaperStatus) })
}

// MayReplace tells whether the family may hand in another version (R14).
func MayReplace(s enrolment.PaperStatus) bool {
	return s.Deposit.State != document.Validated || s.Paper.Validity == "standing"
}

func (f Form) options() []ui.Option {
	options := make([]ui.Option, len(f.Papers))
	for i, a := range f.Papers {
		options[i] = ui.Option{Value: Value(a.Paper.Code, a.Pupil.ID), Label: Name(a)}
	}
	return options
}

// Sent is what the form posted.
type Sent struct {
	Chosen string
	Name   string // of the paper chosen
	files  []*multipart.FileHeader
}

// Read reads the form posted: chosen is what the address asks for, which
// stands when the body could not be read. It returns *fault.Invalid when no
// paper of the list or no file is chosen, with what was chosen in Sent.
func Read(v *door.Visit, papers []enrolment.PaperAsked, chosen string) (Sent, door.Form, error) {
	form, err := v.Form()
	if invalid, ok := door.AsInvalid(err); ok {
		return Sent{Chosen: chosen}, form, atFile(invalid)
	}
	if err != nil {
		return Sent{}, form, err
	}
	sent := Sent{Chosen: form.Value(fieldPaper), files: append(form.Files(fieldPhoto), form.Files(fieldFile)...)}
	for _, a := range papers {
		if Value(a.Paper.Code, a.Pupil.ID) == sent.Chosen {
			sent.Name = Name(a)
		}
	}
	var c fault.Check
	c.That(sent.Name != "", fieldPaper, "Choisissez le document dans la liste.")
	c.That(len(sent.files) > 0, fieldFile, "Prenez une photo ou choisissez un fichier.")
	return sent, form, c.Err()
}

// HandIn deposits what was sent for the household; see Uploads.HandIn.
func (s Sent) HandIn(v *door.Visit, u *Uploads, household string, checked bool) error {
	paper, pupil := Split(s.Chosen)
	return u.HandIn(v, enrolment.Deposit{Household: household, Pupil: pupil, Paper: paper, Checked: checked}, s.files)
}

// Refusal tells whether the form comes back, with which status: what was typed
// is refused (422), or cannot be stored for now (503).
func Refusal(v *door.Visit, err error) (*fault.Invalid, int) {
	if invalid, ok := door.AsInvalid(err); ok {
		return invalid, http.StatusUnprocessableEntity
	}
	if unavailable, ok := door.AsUnavailable(v, err); ok {
		return &fault.Invalid{Message: unavailable.Message}, http.StatusServiceUnavailable
	}
	return nil, 0
}

// Title heads the error summary of the page that shows the form again.
func Title(errors []ui.FieldError) string {
	if len(errors) == 1 {
		return "Le document n’a pas été importé"
	}
	return ""
}
