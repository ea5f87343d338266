package sepa

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/fault"
)

// notProvided stands for a BIC that is not known: as Othr/Id, never as BICFI.
const notProvided = "NOTPROVIDED"

// sameMandateNewAccount is what the original account is called when it is not told.
const sameMandateNewAccount = "SMNDA"

// Write writes the file. A message that Check finds fault with is refused whole
// (*fault.Invalid, a field for each problem), and nothing is written.
func (m Message) Write(w io.Writer) error {
	if problems := m.Check(); len(problems) > 0 {
		refusal := fault.Refuse("Le fichier de prélèvements ne peut pas être fait : corrigez d’abord ce qui suit.")
		for _, p := range problems {
			refusal.Fields = append(refusal.Fields, fault.Field{Name: p.EndToEndID, Message: p.Text})
		}
		return refusal
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", " ")
	if err := encoder.Encode(m.document()); err != nil {
		return fmt.Errorf("writing pain.008: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type document struct {
	XMLName xml.Name     `xml:"urn:iso:std:iso:20022:tech:xsd:pain.008.001.08 Document"`
	Header  header       `xml:"CstmrDrctDbtInitn>GrpHdr"`
	Batches []batchGroup `xml:"CstmrDrctDbtInitn>PmtInf"`
}

type header struct {
	ID      string `xml:"MsgId"`
	Created string `xml:"CreDtTm"`
	Count   int    `xml:"NbOfTxs"`
	Sum     string `xml:"CtrlSum"`
	Sender  party  `xml:"InitgPty"`
}

type batchGroup struct {
	ID         string      `xml:"PmtInfId"`
	Method     string      `xml:"PmtMtd"`
	Count      int         `xml:"NbOfTxs"`
	Sum        string      `xml:"CtrlSum"`
	Service    string      `xml:"PmtTpInf>SvcLvl>Cd"`
	Instrument string      `xml:"PmtTpInf>LclInstrm>Cd"`
	Sequence   Sequence    `xml:"PmtTpInf>SeqTp"`
	Due        string      `xml:"ReqdColltnDt"`
	Creditor   party       `xml:"Cdtr"`
	Account    account     `xml:"CdtrAcct"`
	Agent      agent       `xml:"CdtrAgt"`
	Ultimate   *party      `xml:"UltmtCdtr"`
	Charges    string      `xml:"ChrgBr"`
	Scheme     party       `xml:"CdtrSchmeId"`
	Debits     []debitElem `xml:"DrctDbtTxInf"`
}

type debitElem struct {
	InstructionID string  `xml:"PmtId>InstrId,omitempty"`
	EndToEndID    string  `xml:"PmtId>EndToEndId"`
	Amount        amount  `xml:"InstdAmt"`
	Mandate       mandate `xml:"DrctDbtTx>MndtRltdInf"`
	Agent         agent   `xml:"DbtrAgt"`
	Debtor        party   `xml:"Dbtr"`
	Account       account `xml:"DbtrAcct"`
	Text          *string `xml:"RmtInf>Ustrd"`
}

type amount struct {
	Currency string `xml:"Ccy,attr"`
	Value    string `xml:",chardata"`
}

type mandate struct {
	RUM      string `xml:"MndtId"`
	SignedOn string `xml:"DtOfSgntr"`
	Amended  string `xml:"AmdmntInd,omitempty"`
	Was      *was   `xml:"AmdmntInfDtls"`
}

type was struct {
	RUM     string   `xml:"OrgnlMndtId,omitempty"`
	Scheme  *party   `xml:"OrgnlCdtrSchmeId"`
	Account *account `xml:"OrgnlDbtrAcct"`
}

type party struct {
	Name    string   `xml:"Nm,omitempty"`
	Address *address `xml:"PstlAdr"`
	Org     *other   `xml:"Id>OrgId>Othr"`
	Private *other   `xml:"Id>PrvtId>Othr"`
}

type address struct {
	Street   string `xml:"StrtNm,omitempty"`
	Number   string `xml:"BldgNb,omitempty"`
	PostCode string `xml:"PstCd,omitempty"`
	Town     string `xml:"TwnNm"`
	Country  string `xml:"Ctry"`
}

type other struct {
	ID     string  `xml:"Id"`
	Scheme *string `xml:"SchmeNm>Prtry"`
}

type account struct {
	IBAN  string `xml:"Id>IBAN,omitempty"`
	Other *other `xml:"Id>Othr"`
}

type agent struct {
	BIC   string `xml:"FinInstnId>BICFI,omitempty"`
	Other *other `xml:"FinInstnId>Othr"`
}

func (m Message) document() document {
	d := document{Header: header{
		ID: m.ID, Created: m.Created.In(clock.Paris).Format("2006-01-02T15:04:05"),
		Count: len(m.Debits), Sum: decimal(m.Cents()),
		Sender: party{Name: Transliterate(m.sender())},
	}}
	if m.SIRET != "" {
		d.Header.Sender.Org = &other{m.SIRET, unlessEmpty("SIRET")}
	}
	for _, b := range m.Batches() {
		d.Batches = append(d.Batches, m.Creditor.group(b))
	}
	return d
}

func (m Message) sender() string {
	if m.Sender != "" {
		return m.Sender
	}
	return m.Creditor.Name
}

func (c Creditor) group(b Batch) batchGroup {
	g := batchGroup{
		ID: b.ID, Method: "DD", Count: len(b.Debits), Sum: decimal(b.Cents()),
		Service: "SEPA", Instrument: "CORE", Sequence: b.Sequence, Due: b.Due,
		Creditor: party{Name: Transliterate(c.Name), Address: c.Address.element()},
		Account:  account{IBAN: c.IBAN}, Agent: agentOf(c.BIC),
		Charges: "SLEV", Scheme: schemeOf("", c.ICS),
	}
	if c.Holder != nil {
		g.Ultimate = &party{Name: Transliterate(c.Holder.Name), Org: &other{ID: c.Holder.IBAN}}
	}
	for _, d := range b.Debits {
		g.Debits = append(g.Debits, d.element())
	}
	return g
}

func (d Debit) element() debitElem {
	e := debitElem{
		InstructionID: d.InstructionID, EndToEndID: d.EndToEndID, Amount: amount{"EUR", decimal(d.Cents)},
		Mandate: mandate{RUM: d.Mandate.RUM, SignedOn: d.Mandate.SignedOn},
		Agent:   agentOf(d.BIC), Debtor: party{Name: Transliterate(d.Name), Address: d.Address.element()},
		Account: account{IBAN: d.IBAN}, Text: unlessEmpty(Transliterate(d.Text)),
	}
	if a := d.Mandate.Amendment; a != nil {
		e.Mandate.Amended, e.Mandate.Was = "true", a.element()
	}
	return e
}

func (a Amendment) element() *was {
	w := &was{RUM: a.RUM}
	if a.ICS != "" || a.CreditorName != "" {
		scheme := schemeOf(Transliterate(a.CreditorName), a.ICS)
		w.Scheme = &scheme
	}
	switch {
	case a.NewAccount:
		w.Account = &account{Other: &other{ID: sameMandateNewAccount}}
	case a.IBAN != "":
		w.Account = &account{IBAN: a.IBAN}
	}
	return w
}

func (a *Address) element() *address {
	if a == nil {
		return nil
	}
	return &address{Transliterate(a.Street), Transliterate(a.Number), Transliterate(a.PostCode), Transliterate(a.Town), a.Country}
}

func schemeOf(name, ics string) party {
	p := party{Name: name}
	if ics != "" {
		p.Private = &other{ics, unlessEmpty("SEPA")}
	}
	return p
}

func agentOf(bic string) agent {
	if bic == "" {
		return agent{Other: &other{ID: notProvided}}
	}
	return agent{BIC: bic}
}

// unlessEmpty leaves out an element, and those around it, that would be empty.
func unlessEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func decimal(cents int64) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) }

func sortBatches(batches []Batch) {
	slices.SortFunc(batches, func(a, b Batch) int {
		if byDue := strings.Compare(a.Due, b.Due); byDue != 0 {
			return byDue
		}
		return slices.Index(sequences, a.Sequence) - slices.Index(sequences, b.Sequence)
	})
}
