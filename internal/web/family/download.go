package family

import (
	"strings"

	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
	"pupitre/internal/letter"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

type textPage struct {
	ui.Base
	Text       school.Text
	Paragraphs []string
}

// ShowDownload hands out what the school publishes (R8): a file, a blank form or a text.
func (p *Pages) ShowDownload(v *door.Visit) error {
	d, err := school.PublishedDocumentByCode(v.Ctx(), p.store, v.PathValue("code"))
	if err != nil {
		return err
	}
	switch {
	case d.BlobKey != "":
		return p.stream(v, d.BlobKey, d.FileName, d.MediaType)
	case d.Template() == "mandate":
		return p.ShowBlankMandate(v)
	case d.Template() == "pedagogical":
		return p.showBlankForm(v)
	case d.TextKind() != "":
		text, err := school.LatestText(v.Ctx(), p.store, d.TextKind())
		if err != nil {
			return err
		}
		return showText(v, text)
	default:
		return fault.ErrNotFound
	}
}

// ShowText shows one version of a text of the school: the one that « J’accepte » names.
func (p *Pages) ShowText(v *door.Visit) error {
	text, err := school.TextByID(v.Ctx(), p.store, v.PathValue("text"))
	if err != nil {
		return err
	}
	return showText(v, text)
}

func showText(v *door.Visit, text school.Text) error {
	title := text.Title
	if title == "" {
		title = "Texte de l’école"
	}
	page := textPage{Base: v.Base(title), Text: text, Paragraphs: strings.Split(strings.TrimSpace(text.Body), "\n\n")}
	page.Text.Title = title
	return v.Show(200, textView(page))
}

// ShowMandate prints the household's debit mandate, with its reference, allotted once.
func (p *Pages) ShowMandate(v *door.Visit) error {
	h, err := p.household(v)
	if err != nil {
		return err
	}
	reference := h.MandateReference
	if reference == "" {
		err := p.store.Write(v.Ctx(), func(tx *db.Tx) (err error) {
			reference, err = people.AllotMandateReference(v.Ctx(), tx, v.Now, v.Actor, h.ID)
			return err
		})
		if err != nil {
			return err
		}
	}
	debtor := letter.Party{Name: h.Name(), Street: h.Address, Extra: h.AddressExtra, PostalCode: h.Postcode, City: h.Town, Country: "France"}
	return p.mandate(v, "mandat-de-prelevement.pdf", reference, debtor)
}

// ShowBlankMandate prints the mandate with lines to fill in.
func (p *Pages) ShowBlankMandate(v *door.Visit) error {
	return p.mandate(v, "mandat-de-prelevement-vierge.pdf", "", letter.Party{})
}

func (p *Pages) mandate(v *door.Visit, name, reference string, debtor letter.Party) error {
	out, err := letter.Mandate(letter.MandateFacts{
		School: p.letterSchool(v.School), Creditor: creditor(v.School), ICS: v.School.CreditorICS, RUM: reference, Debtor: debtor, Made: v.Now,
	})
	if err != nil {
		return err
	}
	return sendPDF(v, name, out)
}

// creditor is the school as a party; its address is one line, « rue, code ville ».
func creditor(s school.School) letter.Party {
	name := s.CreditorName
	if name == "" {
		name = s.Name
	}
	party := letter.Party{Name: name, Street: s.Address, Country: "France"}
	if i := strings.LastIndex(s.Address, ","); i >= 0 {
		party.Street = strings.TrimSpace(s.Address[:i])
		party.PostalCode, party.City, _ = strings.Cut(strings.TrimSpace(s.Address[i+1:]), " ")
	}
	return party
}
