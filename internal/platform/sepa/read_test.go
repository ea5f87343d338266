package sepa

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pupitre/internal/platform/fault"
)

func read(t *testing.T, text string) *Report {
	t.Helper()
	report, err := ReadReturns(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func file(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func same(t *testing.T, got *Report, want Report) {
	t.Helper()
	if got.Format != want.Format || got.ID != want.ID || got.On != want.On || got.Pending != want.Pending ||
		!slices.Equal(got.Returns, want.Returns) || !slices.Equal(got.Wholes, want.Wholes) {
		t.Errorf("got  %+v\nwant %+v", *got, want)
	}
}

func TestReject(t *testing.T) {
	want := Report{Format: "pain.002", ID: "BANK-1", On: "2026-11-25", Returns: []Return{{
		Kind: Reject, EndToEndID: "2026000001", Message: "EDM-2026-12-001", Batch: "EDM-2026-12-001-FRST", Reason: "AC04", On: "2026-11-25",
	}}}
	text := file(t, "pain.002.reject.xml")
	same(t, read(t, text), want)
	// Another version, a prefix, an encoding, a mark at the beginning: read alike.
	same(t, read(t, strings.ReplaceAll(text, "pain.002.001.11", "pain.002.001.03")), want)
	same(t, read(t, "\ufeff"+text), want)
	same(t, read(t, strings.Replace(text, "UTF-8", "ISO-8859-1", 1)), want)
	prefixed := strings.NewReplacer("</", "</p:", "<?", "<?", "<", "<p:", "xmlns=", "xmlns:p=").Replace(text)
	same(t, read(t, prefixed), want)
}

const statusHead = `<Document><CstmrPmtStsRpt><GrpHdr><MsgId>B2</MsgId><CreDtTm>2026-12-08T08:00:00+01:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>M1</OrgnlMsgId>`

func TestStatusOfManyKinds(t *testing.T) {
	same(t, read(t, statusHead+`<GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>M1-1</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Prtry>X9</Prtry></Rsn><AddtlInf>refus</AddtlInf><AddtlInf>total</AddtlInf></StsRsnInf></OrgnlPmtInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>M1-2</OrgnlPmtInfId>
<TxInfAndSts><OrgnlEndToEndId>E1</OrgnlEndToEndId><TxSts>ACSP</TxSts></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>E2</OrgnlEndToEndId><TxSts>PDNG</TxSts><StsRsnInf><Rsn><Cd>MS03</Cd></Rsn></StsRsnInf></TxInfAndSts>
<TxInfAndSts><OrgnlInstrId>I3</OrgnlInstrId><OrgnlEndToEndId>E3</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AM04</Cd></Rsn><AddtlInf>provision</AddtlInf></StsRsnInf>
<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">56.5</InstdAmt></Amt><MndtRltdInf><MndtId>R3</MndtId></MndtRltdInf></OrgnlTxRef></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>NOTPROVIDED</OrgnlEndToEndId><StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf></TxInfAndSts>
</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>`), Report{
		Format: "pain.002", ID: "B2", On: "2026-12-08",
		Wholes: []Whole{{Message: "M1", Batch: "M1-1", Reason: "X9", Said: "refus total"}},
		Returns: []Return{
			{Kind: Reject, EndToEndID: "E3", InstructionID: "I3", RUM: "R3", Message: "M1", Batch: "M1-2", Cents: 5650, Reason: "AM04", Said: "provision", On: "2026-12-08"},
			{Kind: Reject, Message: "M1", Batch: "M1-2", Reason: "AC01", On: "2026-12-08"},
		},
	})
	same(t, read(t, statusHead+`<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>`),
		Report{Format: "pain.002", ID: "B2", On: "2026-12-08", Wholes: []Whole{{Message: "M1", Reason: "FF01"}}})
	same(t, read(t, statusHead+`<GrpSts>ACCP</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>`), Report{Format: "pain.002", ID: "B2", On: "2026-12-08"})
}

func TestRefund(t *testing.T) {
	text := file(t, "camt.054.refund.xml")
	want := Report{Format: "camt.054", ID: "N1", On: "2026-12-15", Returns: []Return{{
		Kind: Refund, EndToEndID: "2026000002", RUM: "EDM-2025-00042", Cents: 12000, Booked: 12000, Reason: "MD06", On: "2026-12-15",
	}}}
	same(t, read(t, text), want)
	same(t, read(t, strings.ReplaceAll(text, "camt.054.001.08", "camt.054.001.02")), want)
	statement := strings.NewReplacer("BkToCstmrDbtCdtNtfctn", "BkToCstmrStmt", "Ntfctn>", "Stmt>", "camt.054", "camt.053").Replace(text)
	want.Format = "camt.053"
	same(t, read(t, statement), want)
}

func TestBookings(t *testing.T) {
	same(t, read(t, `<Document><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N2</MsgId><CreDtTm>2026-12-16T00:00:00</CreDtTm></GrpHdr><Ntfctn>
<Ntry><Amt Ccy="EUR">61.10</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-12-14</Dt></BookgDt><NtryDtls>
<TxDtls><Refs><InstrId>I1</InstrId><EndToEndId>E1</EndToEndId></Refs><AmtDtls><InstdAmt><Amt Ccy="EUR">56.00</Amt></InstdAmt><TxAmt><Amt Ccy="EUR">57.10</Amt></TxAmt></AmtDtls><RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>CLOS</AddtlInf></RtrInf></TxDtls>
<TxDtls><Refs><EndToEndId>E2</EndToEndId></Refs><Amt Ccy="EUR">4</Amt><RtrInf><Rsn><Cd>MD01</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">9.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts><NtryDtls><TxDtls><RtrInf/></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">70.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls><TxDtls><Refs><EndToEndId>a transfer of ours</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">71.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls><TxDtls><Refs><EndToEndId>our refund come back</EndToEndId></Refs><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="USD">72.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>
<Ntry><Amt Ccy="EUR">12.34</Amt><CdtDbtInd>DBIT</CdtDbtInd><ValDt><DtTm>2026-12-15T10:00:00</DtTm></ValDt><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>UPDD</SubFmlyCd></Fmly></Domn></BkTxCd></Ntry>
</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`), Report{
		Format: "camt.054", ID: "N2", On: "2026-12-16", Pending: 1,
		Returns: []Return{
			{Kind: Returned, EndToEndID: "E1", InstructionID: "I1", Cents: 5600, Booked: 5710, Reason: "AC04", Said: "CLOS", On: "2026-12-14"},
			{Kind: Refund, EndToEndID: "E2", Cents: 400, Booked: 400, Reason: "MD01", On: "2026-12-14"},
			{Kind: Returned, Cents: 1234, Booked: 1234, On: "2026-12-15"}, // no detail: somebody must look
		},
	})
}

func TestFilesThatAreRefused(t *testing.T) {
	refund := file(t, "camt.054.refund.xml")
	deep := strings.Repeat("<a>", mostDepth+1) + strings.Repeat("</a>", mostDepth+1)
	for name, c := range map[string]struct{ text, want string }{
		"nothing":         {"", "vide"},
		"text":            {"Relevé;du;mois\n", "pas du XML"},
		"a PDF":           {"%PDF-1.7\n<<\x00>>", "pas du XML lisible"},
		"cut":             {refund[:len(refund)/2], "incomplet"},
		"web page":        {"<html><body>Session expirée</body></html>", "pas un retour de prélèvements"},
		"our own file":    {file(t, "pain.008.example.xml"), "ordre de prélèvement (pain.008)"},
		"an entity":       {`<!DOCTYPE D [<!ENTITY a "b">]><Document>&a;</Document>`, "DOCTYPE"},
		"entity, no type": {`<Document>&a;</Document>`, "pas du XML lisible"},
		"too deep":        {deep, "trop d’éléments"},
		"too many":        {"<a>" + strings.Repeat("<b/>", mostElements) + "</a>", "trop d’éléments"},
		"too long a text": {"<a>" + strings.Repeat("x", mostText+1) + "</a>", "texte trop long"},
		"too big":         {"<a>" + strings.Repeat(" ", mostBytes) + "</a>", "16 Mo"},
		"two documents":   {refund + refund[strings.Index(refund, "<Document"):], "deux documents"},
		"an encoding":     {strings.Replace(refund, "UTF-8", "EBCDIC", 1), "pas du XML lisible"},
		"version 1.1":     {strings.Replace(refund, `version="1.0"`, `version="1.1"`, 1), "pas du XML lisible"},
		"UTF-16":          {"\xff\xfe<\x00D\x00>\x00", "pas du XML"},
		"status, a franc": {statusHead + `</OrgnlGrpInfAndSts><TxInfAndSts><TxSts>RJCT</TxSts><OrgnlTxRef><Amt><InstdAmt Ccy="FRF">1</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts></CstmrPmtStsRpt></Document>`, "Le retour d’un prélèvement sans référence est en FRF"},
		"no identifier":   {strings.Replace(refund, "<MsgId>N1</MsgId>", "", 1), "identifiant"},
		"a currency":      {strings.ReplaceAll(refund, `"EUR"`, `"CHF"`), "« 2026000002 » est en CHF"},
		"no amount":       {strings.ReplaceAll(refund, "120.00", "cent vingt"), "« cent vingt »"},
		"a debt":          {strings.ReplaceAll(refund, "120.00", "-120.00"), "pas lisible"},
		"a tenth of cent": {strings.ReplaceAll(refund, "120.00", "120.001"), "pas lisible"},
		"a huge amount":   {strings.ReplaceAll(refund, "120.00", strings.Repeat("9", 30)), "pas lisible"},
		"accents, cut":    {strings.ReplaceAll(refund, "120.00", strings.Repeat("é", 60)), strings.Repeat("é", 40) + "… »"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadReturns(strings.NewReader(c.text))
			var refused *fault.Invalid
			if !errors.As(err, &refused) || !strings.Contains(refused.Message, c.want) {
				t.Errorf("%v; want %q", err, c.want)
			}
		})
	}
	broken := errors.New("disk")
	if _, err := ReadReturns(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("the reader's error is lost: %v", err)
	}
}

// Every code of docs and its class, as the Treasury's and banks' lists say.
func TestReasons(t *testing.T) {
	classes := map[Action]string{
		FixAccount:   "AC01 AC04 RC01 DNOR",
		StopMandate:  "MD01 MD07 SL01 MS02 AC06 AC13 AG01",
		PresentAgain: "AM04",
		OurFault:     "AM05 BE05 FF01 RR01 RR02 RR03 RR04 AG02 CNOR MD02",
		ByHand:       "MD06 MS03",
	}
	count := 0
	for action, codes := range classes {
		for _, code := range strings.Fields(codes) {
			count++
			if r := ReasonOf(code); r.Action != action || r.Code != code || r.Label == "" {
				t.Errorf("%s: %+v, want action %d", code, r, action)
			}
		}
	}
	if len(Reasons()) != count {
		t.Errorf("%d codes, %d of them tested", len(Reasons()), count)
	}
	if r := ReasonOf("ZZ99"); r.Action != ByHand || !strings.Contains(r.Label, "ZZ99") {
		t.Errorf("%+v", r)
	}
	if r := ReasonOf(""); r.Action != ByHand || r.Label == "" {
		t.Errorf("%+v", r)
	}
}

// holds fails unless what was read keeps its promises, whatever the file.
func holds(t *testing.T, report *Report, err error) {
	var refused *fault.Invalid
	switch {
	case err == nil && report == nil:
		t.Fatal("neither a report nor an error")
	case err != nil && (report != nil || !errors.As(err, &refused) || refused.Message == ""):
		t.Fatalf("%+v, %v", report, err)
	case err != nil:
		return
	}
	if report.ID == "" || report.Format == "" {
		t.Fatalf("%+v", report)
	}
	for _, r := range report.Returns {
		if r.Cents < 0 || r.Booked < 0 || r.EndToEndID == notProvided || (r.Kind == Reject) != (report.Format == "pain.002") || r.On != "" && len(r.On) != 10 {
			t.Fatalf("%+v", r)
		}
	}
}

func FuzzStatus(f *testing.F) {
	f.Add([]byte(file(f, "pain.002.reject.xml")))
	f.Add([]byte(statusHead + `<GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts><TxInfAndSts><TxSts>RJCT</TxSts></TxInfAndSts></CstmrPmtStsRpt></Document>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		report, err := ReadReturns(strings.NewReader(string(text)))
		holds(t, report, err)
	})
}

func FuzzBooked(f *testing.F) {
	f.Add([]byte(file(f, "camt.054.refund.xml")))
	f.Add([]byte(`<D><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Ntry><Amt Ccy="EUR">1</Amt><NtryDtls><TxDtls><RtrInf/><Amt>1.5</Amt></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></D>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		report, err := ReadReturns(strings.NewReader(string(text)))
		holds(t, report, err)
	})
}
