// Package simulator plays PayFiP: the SOAP service, the payer's page and the
// notifications. The tests of the client and the demonstration use it; no
// money moves.
package simulator

import (
	"context"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"pupitre/internal/platform/payfip"
)

// Where a simulator answers, below its root.
const (
	ServicePath = "/tpa/services/securite"
	PaymentPath = "/tpa/paiementws.web"
)

// Simulator is an http.Handler. Its fields are set before it serves.
type Simulator struct {
	Notices  int                               // how many notifications a payment sends: 0, 1 or 2
	Slow     time.Duration                     // waited before each SOAP answer
	Validate func(kind string, b []byte) error // judges each SOAP body, "request" or "answer", when given
	Now      func() time.Time                  // the machine's clock when nil
	Client   *http.Client                      // sends the notifications; the default one when nil

	mu         sync.Mutex
	operations map[string]*operation
	next       *payfip.Fault // what the next call is answered
	invalid    []error
}

type operation struct {
	asked  createArgs
	result payfip.Result // "" until it ends
	ended  time.Time
	purged bool
}

// New returns a simulator that sends one notification a payment.
func New() *Simulator {
	return &Simulator{Notices: 1, operations: map[string]*operation{}}
}

// FailNext answers the next SOAP call with a fault.
func (s *Simulator) FailNext(kind payfip.Kind, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = &payfip.Fault{Kind: kind, Code: code, Label: "Simulation"}
}

// Purge forgets the operations as PayFiP does at night: asking for one is a fault P1.
func (s *Simulator) Purge() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.operations {
		o.purged = true
	}
}

// Invalid returns what Validate has found so far.
func (s *Simulator) Invalid() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.invalid...)
}

// End ends a payment as the payer's choice would, and sends the notifications.
// It ends once: a second result is refused.
func (s *Simulator) End(ctx context.Context, id string, result payfip.Result) error {
	s.mu.Lock()
	o := s.operations[id]
	if o == nil || o.result != "" {
		s.mu.Unlock()
		return errors.New("simulator: no such payment, or it has ended")
	}
	o.result, o.ended = result, s.now()
	notify := o.asked.Notify
	s.mu.Unlock()
	for range s.Notices {
		if err := s.notify(ctx, notify, id); err != nil {
			return err
		}
	}
	return nil
}

func (s *Simulator) notify(ctx context.Context, address, id string) error {
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(url.Values{"idOp": {id}}.Encode()))
	if err != nil {
		return err
	}
	post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := s.Client
	if client == nil {
		client = http.DefaultClient
	}
	answer, err := client.Do(post)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

func (s *Simulator) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == ServicePath && r.Method == http.MethodPost:
		s.soap(w, r)
	case r.URL.Path == PaymentPath && r.Method == http.MethodGet:
		s.page(w, r)
	case r.URL.Path == PaymentPath && r.Method == http.MethodPost:
		s.choose(w, r)
	default:
		http.NotFound(w, r)
	}
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

func (s *Simulator) soap(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Body struct {
			Inner  []byte `xml:",innerxml"`
			Create *struct {
				Args createArgs `xml:"arg0"`
			} `xml:"creerPaiementSecurise"`
			Detail *struct {
				Operation string `xml:"arg0>idOp"`
			} `xml:"recupererDetailPaiementSecurise"`
		} `xml:"Body"`
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if err != nil {
		return
	}
	select {
	case <-r.Context().Done():
		return
	case <-time.After(s.Slow):
	}
	failed := &payfip.Fault{Kind: payfip.Protocol, Code: "SOAP", Label: "Message illisible"}
	answer := ""
	if xml.Unmarshal(text, &asked) == nil && s.valid("request", asked.Body.Inner) {
		s.mu.Lock()
		switch {
		case s.next != nil:
			failed, s.next = s.next, nil
		case asked.Body.Create != nil:
			answer, failed = s.create(asked.Body.Create.Args)
		case asked.Body.Detail != nil:
			answer, failed = s.detail(asked.Body.Detail.Operation)
		}
		s.mu.Unlock()
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	if failed != nil {
		body := fmt.Sprintf(`<p:%s xmlns:p="%s"><code>%s</code><descriptif>%s</descriptif><libelle>%s</libelle><severite>2</severite></p:%[1]s>`,
			failed.Kind, namespace, escape(failed.Code), escape(failed.Label), escape(failed.Label))
		s.valid("answer", []byte(body))
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, envelope(`<s:Fault><faultcode>s:Server</faultcode><faultstring>Erreur</faultstring><detail>`+body+`</detail></s:Fault>`))
		return
	}
	s.valid("answer", []byte(answer))
	_, _ = io.WriteString(w, envelope(answer))
}

func (s *Simulator) valid(kind string, body []byte) bool {
	if s.Validate == nil {
		return true
	}
	err := s.Validate(kind, body)
	if err != nil {
		s.mu.Lock()
		s.invalid = append(s.invalid, err)
		s.mu.Unlock()
	}
	return err == nil
}

func (s *Simulator) create(a createArgs) (string, *payfip.Fault) {
	if len(a.Creditor) != 6 || a.Reference == "" || a.Cents == "" || a.Email == "" || len(a.Year) != 4 {
		return "", &payfip.Fault{Kind: payfip.Refused, Code: "T1", Label: "Une donnée obligatoire manque"}
	}
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	id := fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
	s.operations[id] = &operation{asked: a}
	return fmt.Sprintf(`<p:creerPaiementSecuriseResponse xmlns:p="%s"><return><idOp>%s</idOp></return></p:creerPaiementSecuriseResponse>`, namespace, id), nil
}

func (s *Simulator) detail(id string) (string, *payfip.Fault) {
	o := s.operations[id]
	switch {
	case o == nil || o.purged:
		return "", &payfip.Fault{Kind: payfip.Refused, Code: "P1", Label: "IdOp incorrect"}
	case o.result == "":
		return "", &payfip.Fault{Kind: payfip.Refused, Code: "P5", Label: "Résultat de la transaction non connu"}
	}
	at, proof := o.ended, ""
	if paris, err := time.LoadLocation("Europe/Paris"); err == nil {
		at = at.In(paris)
	}
	if o.result.Paid() {
		proof = "<numauto>SIMU" + id[:6] + "</numauto>"
	}
	return fmt.Sprintf(`<p:recupererDetailPaiementSecuriseResponse xmlns:p="%s"><return><dattrans>%s</dattrans><exer>%s</exer><heurtrans>%s</heurtrans>`+
		`<idOp>%s</idOp><mel>%s</mel><montant>%s</montant>%s<numcli>%s</numcli><objet>%s</objet><refdet>%s</refdet><resultrans>%s</resultrans><saisie>%s</saisie>`+
		`</return></p:recupererDetailPaiementSecuriseResponse>`,
		namespace, at.Format("02012006"), escape(o.asked.Year), at.Format("1504"), id, escape(o.asked.Email), escape(o.asked.Cents), proof,
		escape(o.asked.Creditor), escape(o.asked.Object), escape(o.asked.Reference), o.result, escape(o.asked.Mode)), nil
}

const namespace = "http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/PaiementSecuriseService"

func envelope(body string) string {
	return xml.Header + `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + body + `</s:Body></s:Envelope>`
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}
