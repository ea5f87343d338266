package sepa

import (
	"fmt"
	"io"
	"strings"
	"time"

	"pupitre/internal/platform/fault"
)

// Kind is when a debit came back.
type Kind string

// The kinds. A Reject moved no money; the bank has taken the amount of a Return or
// a Refund back. A Refund is asked by the debtor: within eight weeks (MD06) or,
// unauthorised, thirteen months (MD01).
const (
	Reject   Kind = "reject"
	Returned Kind = "return"
	Refund   Kind = "refund"
)

// Return is one debit that came back. The texts are the bank's: what it does not
// say is empty, and Reason may be one that ReasonOf does not know.
type Return struct {
	Kind          Kind
	EndToEndID    string // of the debit; empty when the bank has not kept it
	InstructionID string
	RUM           string
	Message       string // identifier of our message, of a reject
	Batch         string // and of its batch
	Cents         int64  // what was to be collected; 0 when the bank does not say
	Booked        int64  // what the bank took back, its charges included; 0 of a reject
	Reason        string // its code
	Said          string // what the bank adds in words
	On            string // when it was booked, or the report made
}

// Whole is a message or a batch of ours that the bank has refused with all its
// debits. It need not list them, and may list them among the returns besides.
type Whole struct {
	Message string
	Batch   string // empty: all of the message
	Reason  string
	Said    string
}

// Report is what a bank's file says of our debits.
type Report struct {
	Format  string // pain.002, camt.054 or camt.053
	ID      string // the bank's identifier of the file
	On      string // the day it was made
	Returns []Return
	Wholes  []Whole
	Pending int // returns announced and not booked yet: another file will say them
}

// ReadReturns reads a bank's file of any version: pain.002, camt.054 or camt.053.
// What it does not need it passes over. A refusal (*fault.Invalid) says in French
// what is wrong with the file; any other error is the reader's.
func ReadReturns(r io.Reader) (*Report, error) {
	root, err := readTree(r)
	if err != nil {
		return nil, err
	}
	var report *Report
	switch {
	case root.at("CstmrPmtStsRpt") != nil:
		report, err = readStatus(root.at("CstmrPmtStsRpt"))
	case root.at("BkToCstmrDbtCdtNtfctn") != nil:
		report, err = readBooked(root.at("BkToCstmrDbtCdtNtfctn"), "camt.054", "Ntfctn")
	case root.at("BkToCstmrStmt") != nil:
		report, err = readBooked(root.at("BkToCstmrStmt"), "camt.053", "Stmt")
	case root.at("CstmrDrctDbtInitn") != nil:
		return nil, fault.Refuse("Ce fichier est un ordre de prélèvement (pain.008), pas une réponse de la banque : choisissez un pain.002, un camt.054 ou un camt.053.")
	default:
		return nil, fault.Refuse("Ce fichier n’est pas un retour de prélèvements : choisissez le pain.002, le camt.054 ou le camt.053 que la banque donne.")
	}
	if err != nil {
		return nil, err
	}
	if report.ID == "" {
		return nil, fault.Refuse("Ce fichier n’a pas d’identifiant (MsgId) : demandez-le de nouveau à la banque.")
	}
	return report, nil
}

func reportOf(n *node, format string) *Report {
	return &Report{Format: format, ID: n.say("GrpHdr", "MsgId"), On: dayOf(n.say("GrpHdr", "CreDtTm"))}
}

// refused is the status of what the bank will not collect.
const refused = "RJCT"

// readStatus reads a pain.002: refusals before any money moved.
func readStatus(n *node) (*Report, error) {
	report := reportOf(n, "pain.002")
	message := ""
	for _, group := range n.all("OrgnlGrpInfAndSts") {
		message = group.say("OrgnlMsgId")
		if group.say("GrpSts") == refused {
			report.Wholes = append(report.Wholes, Whole{Message: message, Reason: statusReason(group), Said: statusWords(group)})
		}
	}
	for _, batch := range n.all("OrgnlPmtInfAndSts") {
		id := batch.say("OrgnlPmtInfId")
		if batch.say("PmtInfSts") == refused {
			report.Wholes = append(report.Wholes, Whole{message, id, statusReason(batch), statusWords(batch)})
		}
		if err := report.transactions(batch, message, id); err != nil {
			return nil, err
		}
	}
	return report, report.transactions(n, message, "") // some banks list them apart
}

func (report *Report) transactions(n *node, message, batch string) error {
	for _, t := range n.all("TxInfAndSts") {
		if status := t.say("TxSts"); status != refused && (status != "" || statusReason(t) == "") {
			continue // accepted, or still looked at
		}
		ret := Return{
			Kind: Reject, EndToEndID: given(t.say("OrgnlEndToEndId")), InstructionID: given(t.say("OrgnlInstrId")),
			RUM:     t.first("OrgnlTxRef>MndtRltdInf>MndtId", "OrgnlTxRef>MndtRltdInf>DrctDbtMndt>MndtId"),
			Message: message, Batch: batch, Reason: statusReason(t), Said: statusWords(t), On: report.On,
		}
		cents, err := centsOf(t.at("OrgnlTxRef", "Amt", "InstdAmt"), ret.EndToEndID)
		if err != nil {
			return err
		}
		ret.Cents = cents
		report.Returns = append(report.Returns, ret)
	}
	return nil
}

func statusReason(n *node) string {
	return n.first("StsRsnInf>Rsn>Cd", "StsRsnInf>Rsn>Prtry")
}

func statusWords(n *node) string { return words(n.at("StsRsnInf")) }

// words joins what the bank adds.
func words(n *node) string {
	var said []string
	for _, line := range n.all("AddtlInf") {
		if text := strings.TrimSpace(line.text); text != "" {
			said = append(said, text)
		}
	}
	return strings.Join(said, " ")
}

// readBooked reads a camt.054 or camt.053: amounts that the bank took back.
func readBooked(n *node, format, group string) (*Report, error) {
	report := reportOf(n, format)
	for _, g := range n.all(group) {
		for _, entry := range g.all("Ntry") {
			if err := report.entry(entry); err != nil {
				return nil, err
			}
		}
	}
	return report, nil
}

func (report *Report) entry(entry *node) error {
	on := dayOf(entry.first("BookgDt>Dt", "BookgDt>DtTm", "ValDt>Dt", "ValDt>DtTm"))
	if on == "" {
		on = report.On
	}
	var all []*node
	for _, details := range entry.all("NtryDtls") {
		all = append(all, details.all("TxDtls")...)
	}
	if len(all) == 0 {
		all = []*node{{}} // the bank gives no detail: somebody must look
	}
	for _, t := range all {
		if !takenBack(entry, t) {
			continue
		}
		if entry.first("Sts>Cd", "Sts") == "PDNG" {
			report.Pending++
			continue
		}
		ret, err := bookedReturn(t, on)
		if err != nil {
			return err
		}
		if ret.Booked == 0 && len(all) == 1 {
			if ret.Booked, err = centsOf(entry.at("Amt"), ret.EndToEndID); err != nil {
				return err
			}
		}
		if ret.Cents == 0 {
			ret.Cents = ret.Booked
		}
		report.Returns = append(report.Returns, ret)
	}
	return nil
}

// takenBack tells whether a booking is one of our debits come back: it costs us,
// and it has a reason or the bank's code says so.
func takenBack(entry, t *node) bool {
	direction := t.say("CdtDbtInd")
	if direction == "" {
		direction = entry.say("CdtDbtInd")
	}
	if direction == "CRDT" {
		return false
	}
	if t.at("RtrInf") != nil {
		return true
	}
	for _, n := range []*node{t, entry} {
		if n.say("BkTxCd", "Domn", "Fmly", "Cd") == "IDDT" {
			switch n.say("BkTxCd", "Domn", "Fmly", "SubFmlyCd") {
			case "UPDD", "PRDD":
				return true
			}
		}
	}
	return false
}

func bookedReturn(t *node, on string) (Return, error) {
	ret := Return{
		Kind: Returned, EndToEndID: given(t.say("Refs", "EndToEndId")), InstructionID: given(t.say("Refs", "InstrId")),
		RUM: given(t.say("Refs", "MndtId")), Reason: t.first("RtrInf>Rsn>Cd", "RtrInf>Rsn>Prtry"),
		Said: words(t.at("RtrInf")), On: on,
	}
	if ret.Reason == "MD06" || ret.Reason == "MD01" {
		ret.Kind = Refund
	}
	var err error
	if ret.Cents, err = centsOf(t.at("AmtDtls", "InstdAmt", "Amt"), ret.EndToEndID); err != nil {
		return ret, err
	}
	booked := t.at("Amt")
	if booked == nil {
		booked = t.at("AmtDtls", "TxAmt", "Amt")
	}
	ret.Booked, err = centsOf(booked, ret.EndToEndID)
	return ret, err
}

// given drops what banks write for a reference that they do not have.
func given(id string) string {
	if id == notProvided {
		return ""
	}
	return id
}

// dayOf is the day of a date or an instant, "" when it is none.
func dayOf(text string) string {
	if len(text) < len(dayForm) {
		return ""
	}
	if _, err := time.Parse(dayForm, text[:len(dayForm)]); err != nil {
		return ""
	}
	return text[:len(dayForm)]
}

// centsOf reads an amount of euros; none is 0.
func centsOf(n *node, of string) (int64, error) {
	if n == nil {
		return 0, nil
	}
	text := strings.TrimSpace(n.text)
	if n.currency != "" && n.currency != "EUR" {
		return 0, fault.Refuse(fmt.Sprintf("Le retour %s est en %s : seuls des euros ont été prélevés. Demandez à la banque ce qu’il en est.", ofDebit(of), cut(n.currency)))
	}
	whole, fraction, _ := strings.Cut(text, ".")
	fraction = strings.TrimRight(fraction, "0")
	if whole == "" || len(whole) > 11 || len(fraction) > 2 {
		return 0, badAmount(of, text)
	}
	cents := int64(0)
	for _, r := range whole + fraction + "00"[len(fraction):] {
		if r < '0' || r > '9' {
			return 0, badAmount(of, text)
		}
		cents = cents*10 + int64(r-'0')
	}
	return cents, nil
}

func badAmount(of, text string) error {
	return fault.Refuse(fmt.Sprintf("Le montant du retour %s n’est pas lisible : « %s ». Demandez de nouveau le fichier à la banque.", ofDebit(of), cut(text)))
}

func ofDebit(id string) string {
	if id == "" {
		return "d’un prélèvement sans référence"
	}
	return "de « " + cut(id) + " »"
}

// cut keeps a message short, whatever the file holds.
func cut(text string) string {
	runes := []rune(text)
	if len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return text
}
