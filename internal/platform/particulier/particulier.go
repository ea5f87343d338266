// Package particulier asks API Particulier (v3) for the quotient familial that
// the CAF or the MSA has counted for a family.
//
// Its answer is of one month, and may be another tomorrow: who keeps it keeps
// the month, the provider and how it was obtained with it. Whatever fails here
// leaves the paper way open: no error says that a family has no right to
// anything. No error and no log holds what was asked about whom.
package particulier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/fault"
)

// Production is the service's address.
const Production = "https://particulier.api.gouv.fr"

// The pages of the service, below its address.
const (
	IdentityPath      = "/v3/dss/quotient_familial/identite"
	FranceConnectPath = "/v3/dss/quotient_familial/france_connect"
)

// perSecond is what one client asks at most: half of what a token may.
const perSecond = 10

// defaultWait is how long a client keeps quiet after « too many requests »
// without a delay; longestWait bounds the delay that is given. Who goes on
// asking is banned for 12 hours.
const (
	defaultWait = time.Minute
	longestWait = 24 * time.Hour
)

// ErrNoAllowance says that no file was found under this identity: the family
// has no allowance, or is not found by what was typed, or another parent holds
// the file.
var ErrNoAllowance = errors.New("particulier: no allowance is found under this identity")

// Options says who asks, and where.
type Options struct {
	Address   string        // Production when empty
	Token     string        // of the habilitation; valid 18 months
	Recipient string        // the SIRET, 14 digits, of the body that the data is for
	Timeout   time.Duration // of one call; 15 seconds when zero
	Clock     clock.Clock   // the machine's when nil
}

// Client asks the service. It is safe for several at once; what it remembers of
// a refusal is its own, so a process has one for a token.
type Client struct {
	options Options
	http    *http.Client
	pace    *rate.Limiter

	mu    sync.Mutex
	quiet time.Time // no question leaves before
}

// New returns a client. It refuses an address that is not https, but for this
// machine's own, where a simulator may answer.
func New(o Options) (*Client, error) {
	if o.Address == "" {
		o.Address = Production
	}
	if o.Timeout == 0 {
		o.Timeout = 15 * time.Second
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	u, err := url.Parse(o.Address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost" {
		return nil, errors.New("particulier: the address is not https")
	}
	if !digits(o.Recipient, 14) {
		return nil, errors.New("particulier: the recipient is no SIRET of 14 digits")
	}
	o.Address = strings.TrimRight(o.Address, "/")
	return &Client{options: o, pace: rate.NewLimiter(perSecond, perSecond), http: &http.Client{
		Timeout:       o.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// ByIdentity asks by the civil status of the one who holds the family's file;
// the other members cannot be asked by. A Person that Check refuses is not sent.
//
// Errors: an *fault.Invalid; ErrNoAllowance; an *fault.Unavailable, with
// RetryAfter when the service has said how long; the caller's context's.
func (c *Client) ByIdentity(ctx context.Context, p Person, m Month) (Answer, error) {
	if err := p.Check(); err != nil {
		return Answer{}, err
	}
	return c.ask(ctx, IdentityPath, c.options.Token, p.values(), m)
}

// ByFranceConnect asks as the person who has just come in by FranceConnect,
// with the access token that it gave: it lives about a minute. Errors are those
// of ByIdentity.
func (c *Client) ByFranceConnect(ctx context.Context, accessToken string, m Month) (Answer, error) {
	return c.ask(ctx, FranceConnectPath, accessToken, url.Values{}, m)
}

func (c *Client) ask(ctx context.Context, path, token string, values url.Values, m Month) (Answer, error) {
	if err := m.check(); err != nil {
		return Answer{}, err
	}
	if wait := c.wait(); wait > 0 {
		return Answer{}, unavailable(wait, errors.New("particulier: told to wait"))
	}
	if err := c.pace.Wait(ctx); err != nil {
		return Answer{}, lost(ctx, err)
	}
	values.Set("recipient", c.options.Recipient)
	if m != (Month{}) {
		values.Set("annee", strconv.Itoa(m.Year))
		values.Set("mois", strconv.Itoa(m.Month))
	}
	get, err := http.NewRequestWithContext(ctx, http.MethodGet, c.options.Address+path+"?"+values.Encode(), nil)
	if err != nil {
		return Answer{}, errors.New("particulier: no request can be made") // err holds the address
	}
	get.Header.Set("Authorization", "Bearer "+token)
	get.Header.Set("Accept", "application/json")
	response, err := c.http.Do(get)
	if err != nil {
		return Answer{}, lost(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	return c.read(ctx, response)
}

// badIdentity is the code of a civil status that the service cannot use; what
// else it cannot use is of our making.
const badIdentity = "00366"

// mostAnswer bounds what is read of an answer: they have a few thousand bytes.
const mostAnswer = 256 << 10

func (c *Client) read(ctx context.Context, response *http.Response) (Answer, error) {
	if response.StatusCode == http.StatusTooManyRequests {
		return Answer{}, unavailable(c.keepQuiet(response.Header.Get("Retry-After")), errors.New("particulier: too many requests"))
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer+1))
	if err != nil {
		return Answer{}, lost(ctx, err)
	}
	var said struct {
		Data   *Answer `json:"data"`
		Errors []struct {
			Code string `json:"code"`
		} `json:"errors"`
	}
	if len(text) > mostAnswer || json.Unmarshal(text, &said) != nil {
		return Answer{}, unavailable(0, &Refusal{Status: response.StatusCode})
	}
	refusal := &Refusal{Status: response.StatusCode}
	if len(said.Errors) > 0 {
		refusal.Code = said.Errors[0].Code
	}
	switch {
	case response.StatusCode == http.StatusOK && said.Data != nil && said.Data.Quotient.plausible():
		return *said.Data, nil
	case response.StatusCode == http.StatusNotFound && refusal.Code != "": // an API's, not a proxy's
		return Answer{}, ErrNoAllowance
	case response.StatusCode == http.StatusUnprocessableEntity && refusal.Code == badIdentity:
		return Answer{}, &fault.Invalid{Message: "La CAF ou la MSA n’accepte pas cet état civil : vérifiez le nom, les prénoms et le lieu de naissance."}
	default: // of 200 too, when the token's habilitation hides the quotient
		return Answer{}, unavailable(0, refusal)
	}
}

// wait returns how long this client still keeps quiet.
func (c *Client) wait() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.quiet.Sub(c.options.Clock.Now())
}

// keepQuiet obeys a Retry-After, in seconds or as a date.
func (c *Client) keepQuiet(header string) time.Duration {
	now, wait := c.options.Clock.Now(), defaultWait
	if seconds, err := strconv.ParseInt(header, 10, 32); err == nil && seconds > 0 {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(header); err == nil && at.After(now) {
		wait = at.Sub(now)
	}
	wait = min(wait, longestWait)
	c.mu.Lock()
	defer c.mu.Unlock()
	if until := now.Add(wait); until.After(c.quiet) {
		c.quiet = until
	}
	return wait
}

// Refusal is the service's « no », inside an *fault.Unavailable: a token that
// has expired (401), a habilitation that does not reach (403), a failure there.
// It holds the code alone: the words may repeat what was asked.
type Refusal struct {
	Status int
	Code   string
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("particulier: status %d, code %.8q", r.Status, r.Code)
}

// TokenRefused tells whether the service refused the token itself: somebody has
// to renew it, waiting does not help.
func TokenRefused(err error) bool {
	var r *Refusal
	return errors.As(err, &r) && (r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden)
}

func unavailable(wait time.Duration, cause error) error {
	return &fault.Unavailable{RetryAfter: max(wait, time.Minute), Cause: cause,
		Message: "Le quotient familial ne peut pas être lu auprès de la CAF ou de la MSA pour le moment. Réessayez plus tard, ou joignez l’attestation de quotient familial."}
}

// lost is a question without answer. The net's error repeats the address, with
// what was asked: only what is inside it stays.
func lost(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	return unavailable(0, err)
}
