package messages

import (
	"slices"
	"strings"

	"pupitre/internal/domain/message"
	"pupitre/internal/domain/people"
	"pupitre/internal/letter"
	"pupitre/internal/platform/french"
	"pupitre/internal/web/door"
	"pupitre/internal/web/ui"
)

// mostLetters is how many letters one file holds.
const mostLetters = 500

const (
	fieldWhich = "lesquelles"
	everyone   = "toutes"
)

// Letters prints the message for the families without an e-mail address, as one
// PDF in the order of the postcode, and notes it.
func (p *Pages) Letters(v *door.Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	m, err := message.ByID(v.Ctx(), p.store, v.Actor, v.PathValue("message"))
	if err != nil {
		return err
	}
	written, err := message.ToPrint(v.Ctx(), p.store, v.Actor, m.ID, form.Value(fieldWhich) == everyone, mostLetters)
	if err != nil {
		return err
	}
	facts, printed, err := p.letterFacts(v, written)
	if err != nil {
		return err
	}
	if len(facts) == 0 {
		return v.Redirect(messagePath(m.ID)+"?suite="+string(message.NoAddress), nothingToPrint(written))
	}
	body, err := letter.MessageLetters(facts)
	if err != nil {
		return err
	}
	if err := p.messages.Printed(v.Ctx(), v.Actor, m.ID, printed); err != nil {
		return err
	}
	return v.Attach("application/pdf", "lettres-message.pdf", len(facts), body)
}

func nothingToPrint(written []message.Written) ui.Flash {
	f := ui.Flash{Kind: ui.MessageInfo, Title: "Aucune lettre à imprimer"}
	if n := int64(len(written)); n > 0 {
		f.Text = french.Count(n, "famille n’a pas non plus d’adresse postale", "familles n’ont pas non plus d’adresse postale") + colon + "appelez-les."
	}
	return f
}

// letterFacts are the letters of those that have a postal address, in the order
// of the postcode: what the post likes.
func (p *Pages) letterFacts(v *door.Visit, written []message.Written) (facts []letter.MessageLetterFacts, printed []string, err error) {
	ids := make([]string, len(written))
	for i, w := range written {
		ids[i] = w.Household
	}
	homes, err := people.HouseholdsByID(v.Ctx(), p.store, v.Actor, ids)
	if err != nil {
		return nil, nil, err
	}
	written = slices.DeleteFunc(written, func(w message.Written) bool {
		return homes[w.Household].Address == "" || homes[w.Household].Postcode == ""
	})
	slices.SortStableFunc(written, func(a, b message.Written) int {
		return strings.Compare(homes[a.Household].Postcode, homes[b.Household].Postcode)
	})
	for _, w := range written {
		h := homes[w.Household]
		f := letter.MessageLetterFacts{School: p.letterhead(v), Name: h.Name(), Address: h.AddressLines(), Subject: w.Subject, PortalURL: p.publicURL, Date: v.Now}
		for _, l := range message.Lines(w.Body) {
			f.Lines = append(f.Lines, letter.MessageLine{Text: l.Text, Button: l.Button, Item: l.Item})
		}
		facts, printed = append(facts, f), append(printed, w.Household)
	}
	return facts, printed, nil
}

func (p *Pages) letterhead(v *door.Visit) letter.School {
	s := v.School
	return letter.School{Name: s.Name, ShortName: s.ShortName, Phone: french.Phone(s.Phone), Email: s.Email, Address: s.Address, URL: p.publicURL}
}

// toPrint is how many letters are left to print.
func (m messagePage) toPrint() int64 { return max(0, m.unaddressed()-m.Printed) }

// unaddressed is how many families a message by mail has no address of.
func (m messagePage) unaddressed() int64 {
	if !m.ByMail {
		return 0
	}
	return m.Ready - m.Mails
}
