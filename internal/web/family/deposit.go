package family

import (
	"net/http"
	"net/url"

	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
	"pupitre/internal/web/upload"
)

type depositPage struct {
	ui.Base
	upload.Form
	Back   string
	BackTo string // what it leads to
}

// ShowDeposit asks for a document; ?document=code&eleve=id chooses it (R14).
func (p *Pages) ShowDeposit(v *door.Visit) error {
	papers, err := p.papersToImport(v)
	if err != nil {
		return err
	}
	return p.showDeposit(v, http.StatusOK, papers, nil, upload.Value(v.Query("document"), v.Query("eleve")))
}

// SendDeposit keeps the file and hands it in; pages sent together are one deposit.
func (p *Pages) SendDeposit(v *door.Visit) error {
	papers, err := p.papersToImport(v)
	if err != nil {
		return err
	}
	before, err := p.dossiers(v)
	if err != nil {
		return err
	}
	sent, _, err := upload.Read(v, papers, upload.Value(v.Query("document"), v.Query("eleve")))
	if err == nil {
		err = sent.HandIn(v, p.uploads, v.Actor.Household, false)
	}
	if invalid, status := upload.Refusal(v, err); invalid != nil {
		return p.showDeposit(v, status, papers, invalid, sent.Chosen)
	}
	if err != nil {
		return err
	}
	flashes := []ui.Flash{{Kind: ui.MessageOK, Title: quoted(sent.Name) + " est importé", Text: "L’école va le vérifier. Vous pouvez le remplacer tant qu’elle ne l’a pas validé."}}
	return v.Redirect(next(v.Query("suite"), afterDeposit(sent.Chosen)), append(flashes, p.followed(v, before)...)...)
}

// papersToImport are the papers asked of the household and of its pupils that
// it may hand in.
func (p *Pages) papersToImport(v *door.Visit) ([]enrolment.PaperAsked, error) {
	papers, err := enrolment.PapersAsked(v.Ctx(), p.store, v.Actor, v.Actor.Household)
	return upload.Allowed(papers), err
}

func afterDeposit(chosen string) string {
	if _, pupil := upload.Split(chosen); pupil != "" {
		return pupilPath(pupil) + "/documents"
	}
	return "/famille/documents"
}

func (p *Pages) showDeposit(v *door.Visit, status int, papers []enrolment.PaperAsked, invalid *fault.Invalid, chosen string) error {
	suite := v.Query("suite")
	code, pupil := upload.Split(chosen)
	query := url.Values{"document": {code}, "eleve": {pupil}, "suite": {suite}}
	page := depositPage{
		Base: invalidBase(v, "Importer un document", invalid),
		Form: upload.Form{
			Action: "/famille/importer?" + query.Encode(), Papers: papers, Chosen: chosen, Invalid: invalid,
			Note: "Vous pourrez remplacer ce document tant que l’école ne l’a pas validé.",
		},
		Back: next(suite, afterDeposit(chosen)), BackTo: "Documents fournis",
	}
	if page.Back == suite {
		page.BackTo = "Revenir"
	}
	return v.Show(status, depositView(page))
}
