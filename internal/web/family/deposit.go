package family

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/intake"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// The fields of the import.
const (
	fieldPaper = "document"
	fieldPhoto = "photo"
	fieldFile  = "fichier"
)

type depositPage struct {
	ui.Base
	Action  string
	Back    string
	BackTo  string // what it leads to
	Suite   string
	Papers  []ui.Option // value: code, or code:pupil
	Chosen  string
	Invalid *fault.Invalid
}

// ShowDeposit asks for a document; ?document=code&eleve=id chooses it (R14).
func (p *Pages) ShowDeposit(v *door.Visit) error {
	return p.showDeposit(v, nil, slotName(v.Query("document"), v.Query("eleve")), v.Query("suite"))
}

func slotName(paper, pupil string) string {
	if pupil == "" {
		return paper
	}
	return paper + ":" + pupil
}

// SendDeposit keeps the file and hands it in; pages sent together are one deposit.
func (p *Pages) SendDeposit(v *door.Visit) error {
	asked, suite := slotName(v.Query("document"), v.Query("eleve")), v.Query("suite")
	form, err := v.Form()
	if invalid, ok := door.AsInvalid(err); ok {
		return p.showDeposit(v, &fault.Invalid{Message: invalid.Message, Fields: []fault.Field{{Name: fieldFile, Message: invalid.Message}}}, asked, suite)
	}
	if err != nil {
		return err
	}
	chosen := form.Value(fieldPaper)
	before, err := p.dossiers(v)
	if err != nil {
		return err
	}
	name, err := p.deposit(v, chosen, append(form.Files(fieldPhoto), form.Files(fieldFile)...))
	if invalid, ok := door.AsInvalid(err); ok {
		return p.showDeposit(v, invalid, chosen, suite)
	}
	if unavailable, ok := door.AsUnavailable(v, err); ok {
		page, err := p.depositPage(v, fault.Refuse(unavailable.Message), chosen, suite)
		if err != nil {
			return err
		}
		return v.Show(http.StatusServiceUnavailable, depositView(page))
	}
	if err != nil {
		return err
	}
	flashes := []ui.Flash{{Kind: ui.MessageOK, Title: quoted(name) + " est importé", Text: "L’école va le vérifier. Vous pouvez le remplacer tant qu’elle ne l’a pas validé."}}
	return v.Redirect(next(suite, afterDeposit(chosen)), append(flashes, p.followed(v, before)...)...)
}

func afterDeposit(slot string) string {
	if _, pupil, ok := strings.Cut(slot, ":"); ok {
		return pupilPath(pupil) + "/documents"
	}
	return "/famille/documents"
}

// deposit checks, keeps and hands in the files, and returns the paper's name.
func (p *Pages) deposit(v *door.Visit, slot string, files []*multipart.FileHeader) (string, error) {
	options, err := p.depositOptions(v)
	if err != nil {
		return "", err
	}
	name := ""
	for _, o := range options {
		if o.Value == slot {
			name = o.Label
		}
	}
	var c fault.Check
	c.That(name != "", fieldPaper, "Choisissez le document dans la liste.")
	c.That(len(files) > 0, fieldFile, "Prenez une photo ou choisissez un fichier.")
	if err := c.Err(); err != nil {
		return "", err
	}
	release, err := p.uploads.take(v.Ctx(), v.Actor.Account)
	if err != nil {
		return "", err
	}
	defer release()
	if err := document.MayDeposit(v.Ctx(), p.store, v.Actor, v.Actor.Household, v.Now); err != nil {
		return "", err
	}
	file, err := p.uploads.read(v.Ctx(), files)
	if invalid, ok := door.AsInvalid(err); ok {
		return "", &fault.Invalid{Message: invalid.Message, Fields: []fault.Field{{Name: fieldFile, Message: invalid.Message}}}
	}
	if err != nil {
		return "", err
	}
	code, pupil, _ := strings.Cut(slot, ":")
	return name, p.keep(v, enrolment.Deposit{Household: v.Actor.Household, Pupil: pupil, Paper: code}, file)
}

// keep stores the file, then its row: a file without row is swept later.
func (p *Pages) keep(v *door.Visit, d enrolment.Deposit, file *intake.File) error {
	sum := sha256.Sum256(file.Data)
	key := "pieces/" + db.NewID() + file.Extension()
	if _, err := p.blobs.Put(v.Ctx(), key, bytes.NewReader(file.Data)); err != nil {
		return notStored(v.Ctx(), err)
	}
	d.File = document.File{
		Name: file.OriginalName, BlobKey: key, MediaType: file.MediaType(), Size: file.Size(), Pages: int64(file.Pages),
		SHA256: hex.EncodeToString(sum[:]),
	}
	_, err := p.registrar.Deposit(v.Ctx(), v.Actor, d)
	return err
}

// notStored says that the files cannot be reached, unless the reader has left.
func notStored(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	return &fault.Unavailable{
		RetryAfter: time.Minute, Cause: err,
		Message: "Les documents ne peuvent pas être enregistrés pour le moment. Recommencez dans une minute" + colon + "ce que vous aviez déjà envoyé est bien gardé.",
	}
}

func (p *Pages) showDeposit(v *door.Visit, invalid *fault.Invalid, chosen, suite string) error {
	page, err := p.depositPage(v, invalid, chosen, suite)
	if err != nil {
		return err
	}
	return v.Show(status(page.Base), depositView(page))
}

func (p *Pages) depositPage(v *door.Visit, invalid *fault.Invalid, chosen, suite string) (depositPage, error) {
	page := depositPage{Base: invalidBase(v, "Importer un document", invalid), Chosen: chosen, Suite: suite, Invalid: invalid}
	code, pupil, _ := strings.Cut(chosen, ":")
	query := url.Values{"document": {code}, "eleve": {pupil}, "suite": {suite}}
	page.Action = "/famille/importer?" + query.Encode()
	page.Back, page.BackTo = next(suite, afterDeposit(chosen)), "Documents fournis"
	if page.Back == suite {
		page.BackTo = "Revenir"
	}
	var err error
	page.Papers, err = p.depositOptions(v)
	return page, err
}

// depositOptions are the papers asked of the household and of its pupils.
func (p *Pages) depositOptions(v *door.Visit) ([]ui.Option, error) {
	papers, err := p.householdPapers(v)
	if err != nil {
		return nil, err
	}
	var options []ui.Option
	for _, paper := range papers {
		if mayReplace(paper) {
			options = append(options, ui.Option{Value: paper.Paper.Code, Label: paper.Paper.Name})
		}
	}
	registrations, err := p.registrations(v)
	if err != nil {
		return nil, err
	}
	for _, r := range registrations {
		for _, paper := range r.Papers {
			if paper.Paper.Audience == document.OfPupil && !r.Elsewhere && mayReplace(paper) {
				options = append(options, ui.Option{Value: slotName(paper.Paper.Code, r.Pupil.ID), Label: paper.Paper.Name + " – " + r.Pupil.FirstName})
			}
		}
	}
	return options, nil
}
