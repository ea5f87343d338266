// Package payfip speaks with PayFiP, the Treasury's page of online payment, by
// its SOAP web service (PaiementSecuriseService).
//
// A payment is made in four steps: Create announces it and answers its
// operation; the payer's browser is sent to PayAt(operation); PayFiP calls the
// notification address with the operation, which says nothing but that
// something happened (Notified); Detail alone says what. A notification may
// come twice, or never: who asked for a payment asks for its detail too when
// the payer comes back, and later while it is Pending.
package payfip

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/platform/fault"
)

// The addresses of the service in production, and of its tests: the mode of a
// payment tells them apart.
const (
	ServiceURL = "https://www.payfip.gouv.fr/tpa/services/securite"
	PaymentURL = "https://www.payfip.gouv.fr/tpa/paiementws.web"
)

// Lifetime is how long the payer may take; Settled is when an operation
// without a result has none to come any more.
const (
	Lifetime = 15 * time.Minute
	Settled  = 20 * time.Minute
)

// Options says where the service is. What is left empty has the value of
// production.
type Options struct {
	Service string        // where the web service answers
	Payment string        // where the payer's browser is sent
	Timeout time.Duration // of one call; 20 seconds when zero
}

// Client calls the web service. It is safe for several at once.
type Client struct {
	service, payment string
	http             *http.Client
}

// New returns a client. It refuses addresses that are not https, but for this
// machine's own, where a simulator may answer.
func New(o Options) (*Client, error) {
	if o.Service == "" {
		o.Service = ServiceURL
	}
	if o.Payment == "" {
		o.Payment = PaymentURL
	}
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	for _, address := range []string{o.Service, o.Payment} {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			return nil, fmt.Errorf("payfip: %q is no address", address)
		}
		if u.Scheme != "https" && u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost" {
			return nil, fmt.Errorf("payfip: %q is not https", address)
		}
	}
	return &Client{service: o.Service, payment: o.Payment, http: &http.Client{
		Timeout:       o.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Create announces a payment and returns its operation (idOp). A payment that
// Check refuses is not sent.
//
// When the answer is lost, so is the operation: nobody can pay it, and Create
// may be called again.
func (c *Client) Create(ctx context.Context, p Payment) (string, error) {
	if err := p.Check(); err != nil {
		return "", err
	}
	var answer createAnswer
	if err := c.call(ctx, createCall{Space: namespace, Args: p.args()}, &answer); err != nil {
		return "", err
	}
	if !plausible(answer.Operation) {
		return "", unavailable(errors.New("payfip: the answer names no operation"))
	}
	return answer.Operation, nil
}

// PayAt is where the payer's browser is sent.
func (c *Client) PayAt(operation string) string {
	separator := "?"
	if strings.Contains(c.payment, "?") {
		separator = "&"
	}
	return c.payment + separator + "idop=" + url.QueryEscape(operation)
}

// Detail asks what became of a payment. Pending(err) is true while the payer
// has not finished, or when he never will: see Lost.
func (c *Client) Detail(ctx context.Context, operation string) (Detail, error) {
	if !plausible(operation) {
		return Detail{}, fault.Refuse("Ce paiement n’existe pas.")
	}
	var answer detailAnswer
	if err := c.call(ctx, detailCall{Space: namespace, Operation: operation}, &answer); err != nil {
		return Detail{}, err
	}
	detail, err := answer.detail()
	if err == nil && detail.Operation != operation {
		err = errors.New("payfip: the answer is about another operation")
	}
	if err != nil {
		return Detail{}, unavailable(err)
	}
	return detail, nil
}

// Notified returns the operation that a notification names, from its form or
// query. It is all that may be taken from it: anybody can send one. Whoever
// receives it asks for the Detail, whatever else the call says.
func Notified(values url.Values) (string, error) {
	for name, given := range values {
		if !strings.EqualFold(name, "idop") {
			continue
		}
		if len(given) == 1 && plausible(given[0]) {
			return given[0], nil
		}
		break
	}
	return "", fault.Refuse("Cette notification de paiement ne désigne aucune opération.")
}

// plausible tells whether a text may be an operation: PayFiP makes them as
// UUIDs, which is not promised anywhere.
func plausible(operation string) bool {
	if len(operation) < 8 || len(operation) > 80 {
		return false
	}
	for _, r := range operation {
		if !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-') {
			return false
		}
	}
	return true
}

// Result is how a payment ended.
type Result string

// The five ends.
const (
	PaidByCard   Result = "P" // final
	PaidByDebit  Result = "V" // a single debit: its bank may still reject it
	CardRefused  Result = "R"
	DebitRefused Result = "Z"
	Abandoned    Result = "A"
)

// Paid tells whether money comes. A debit's is not certain: see PaidByDebit.
func (r Result) Paid() bool { return r == PaidByCard || r == PaidByDebit }

// Detail is what PayFiP says of a payment that has ended.
type Detail struct {
	Operation string
	Result    Result
	Cents     int64
	Creditor  string // numcli
	Year      int    // exer
	Reference string // refdet
	Email     string
	Mode      Mode
	Proof     string    // the number of the authorisation (numauto), "" when there is none
	At        time.Time // the hour is that of Paris; zero when it was not said
}

// Of tells whether the detail is about the payment that was asked for: same
// creditor, year, reference, amount and mode. One that is not is never booked.
func (d Detail) Of(p Payment) bool {
	return d.Creditor == p.Creditor && d.Year == p.Year && d.Reference == p.Reference && d.Cents == p.Cents && d.Mode == p.Mode
}

func (a detailAnswer) detail() (Detail, error) {
	d := Detail{Operation: a.Operation, Result: Result(a.Result), Creditor: a.Creditor, Reference: a.Reference,
		Email: a.Email, Mode: Mode(a.Mode), Proof: a.Proof, At: momentOf(a.Date, a.Hour)}
	switch d.Result {
	case PaidByCard, PaidByDebit, CardRefused, DebitRefused, Abandoned:
	default:
		return d, fmt.Errorf("payfip: unknown result %.8q", a.Result)
	}
	var err error
	if d.Cents, err = strconv.ParseInt(a.Cents, 10, 64); err != nil || d.Cents < 0 {
		return d, errors.New("payfip: the amount is no number of cents")
	}
	if d.Year, err = strconv.Atoi(a.Year); err != nil {
		return d, errors.New("payfip: the year is no number")
	}
	return d, nil
}

// momentOf reads the day (ddmmyyyy) and the hour (hhmm) of a payment.
func momentOf(day, hour string) time.Time {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return time.Time{}
	}
	at, err := time.ParseInLocation("020120061504", day+hour, paris)
	if err != nil {
		return time.Time{}
	}
	return at
}
