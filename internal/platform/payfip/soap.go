package payfip

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"pupitre/internal/platform/fault"
)

const namespace = "http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/PaiementSecuriseService"

// mostAnswer bounds what is read of an answer: they have some hundred bytes.
const mostAnswer = 256 << 10

type createCall struct {
	XMLName xml.Name   `xml:"p:creerPaiementSecurise"`
	Space   string     `xml:"xmlns:p,attr"`
	Args    createArgs `xml:"arg0"`
}

type createArgs struct {
	Year      string `xml:"exer"`
	Email     string `xml:"mel"`
	Cents     string `xml:"montant"`
	Creditor  string `xml:"numcli"`
	Object    string `xml:"objet"`
	Reference string `xml:"refdet"`
	Mode      string `xml:"saisie"`
	Notify    string `xml:"urlnotif"`
	Return    string `xml:"urlredirect"`
}

type createAnswer struct {
	Operation string `xml:"Body>creerPaiementSecuriseResponse>return>idOp"`
}

type detailCall struct {
	XMLName   xml.Name `xml:"p:recupererDetailPaiementSecurise"`
	Space     string   `xml:"xmlns:p,attr"`
	Operation string   `xml:"arg0>idOp"`
}

type detailAnswer struct {
	Operation string `xml:"Body>recupererDetailPaiementSecuriseResponse>return>idOp"`
	Date      string `xml:"Body>recupererDetailPaiementSecuriseResponse>return>dattrans"`
	Hour      string `xml:"Body>recupererDetailPaiementSecuriseResponse>return>heurtrans"`
	Year      string `xml:"Body>recupererDetailPaiementSecuriseResponse>return>exer"`
	Email     string `xml:"Body>recupererDetailPaiementSecuriseResponse>return>mel"`
	Cents     string `xml:"Body>recupererDetailPaiementSecuriseResponse>return>montant"`
	Proof     string `xml:"Body>recupererDetailPaiementSecuriseResponse>return>numauto"`
	Creditor  string `xml:"Body>recupererDetailPaiementSecuriseResponse>return>numcli"`
	Reference string `xml:"Body>recupererDetailPaiementSecuriseResponse>return>refdet"`
	Result    string `xml:"Body>recupererDetailPaiementSecuriseResponse>return>resultrans"`
	Mode      string `xml:"Body>recupererDetailPaiementSecuriseResponse>return>saisie"`
}

// call sends one request and reads its answer into answer. Every error is a
// *Fault, an *fault.Unavailable, or the caller's context's.
func (c *Client) call(ctx context.Context, request, answer any) error {
	body, err := xml.Marshal(request)
	if err != nil {
		return fmt.Errorf("payfip: writing a request: %w", err)
	}
	envelope := []byte(xml.Header + `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + string(body) + `</s:Body></s:Envelope>`)
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, c.service, bytes.NewReader(envelope))
	if err != nil {
		return fmt.Errorf("payfip: %w", err)
	}
	post.Header.Set("Content-Type", "text/xml; charset=utf-8")
	post.Header.Set("SOAPAction", `""`)
	response, err := c.http.Do(post)
	if err != nil {
		return lost(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer+1))
	switch {
	case err != nil:
		return lost(ctx, err)
	case len(text) > mostAnswer:
		return unavailable(errors.New("payfip: the answer is too long"))
	}
	if said := faultIn(text); said != nil {
		return said.err()
	}
	if response.StatusCode != http.StatusOK {
		return unavailable(fmt.Errorf("payfip: status %d", response.StatusCode))
	}
	if err := xml.Unmarshal(text, answer); err != nil {
		return unavailable(errors.New("payfip: the answer is not XML"))
	}
	return nil
}

func lost(ctx context.Context, err error) error {
	if cause := ctx.Err(); errors.Is(cause, context.Canceled) {
		return cause
	}
	return unavailable(err)
}

// unavailable is the error that a door shows as « come back later ».
func unavailable(cause error) error {
	return &fault.Unavailable{RetryAfter: time.Minute, Cause: cause,
		Message: "Le paiement en ligne PayFiP ne répond pas. Réessayez dans quelques minutes ou choisissez un autre moyen de paiement."}
}

// Kind is the sort of a fault.
type Kind string

// The sorts of faults, by their elements.
const (
	Refused  Kind = "FonctionnelleErreur"         // the request means nothing to PayFiP
	Broken   Kind = "TechDysfonctionnementErreur" // it failed there
	Down     Kind = "TechIndisponibiliteErreur"   // it is closed there
	Protocol Kind = "TechProtocolaireErreur"      // our message is not as it should be
)

// Fault is PayFiP's own « no ». Those of sorts Broken and Down come wrapped in
// an *fault.Unavailable: errors.As finds them. Its text has no free words of
// the answer, which may repeat what the payer typed.
type Fault struct {
	Kind  Kind
	Code  string // P1, P5…
	Label string // PayFiP's words, for the office; never logged
}

func (f *Fault) Error() string { return fmt.Sprintf("payfip: %s %.12q", f.Kind, f.Code) }

func (f *Fault) err() error {
	if f.Kind == Broken || f.Kind == Down {
		return unavailable(f)
	}
	return f
}

// Pending tells whether Detail failed because the operation has no result: not
// yet (P5), or not any more (P1, after the night).
func Pending(err error) bool {
	var f *Fault
	return errors.As(err, &f) && f.Kind == Refused && (f.Code == "P1" || f.Code == "P5")
}

// Lost tells whether an operation made that long ago will never have a result:
// it is Pending, and was not paid within its Lifetime. Anything else, a silent
// service above all, proves nothing.
func Lost(err error, age time.Duration) bool { return Pending(err) && age >= Settled }

// faultIn returns the fault that an answer holds, or nil.
func faultIn(text []byte) *Fault {
	type details struct {
		Code  string `xml:"code"`
		Label string `xml:"libelle"`
	}
	var e struct {
		Fault *struct {
			Code     string   `xml:"faultcode"`
			Refused  *details `xml:"detail>FonctionnelleErreur"`
			Broken   *details `xml:"detail>TechDysfonctionnementErreur"`
			Down     *details `xml:"detail>TechIndisponibiliteErreur"`
			Protocol *details `xml:"detail>TechProtocolaireErreur"`
		} `xml:"Body>Fault"`
	}
	if xml.Unmarshal(text, &e) != nil || e.Fault == nil {
		return nil
	}
	for kind, d := range map[Kind]*details{Refused: e.Fault.Refused, Broken: e.Fault.Broken, Down: e.Fault.Down, Protocol: e.Fault.Protocol} {
		if d != nil {
			return &Fault{Kind: kind, Code: d.Code, Label: d.Label}
		}
	}
	return &Fault{Kind: Broken, Code: e.Fault.Code}
}
