package payfip_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/payfip"
	"pupitre/internal/platform/payfip/simulator"
	"pupitre/internal/platform/xmllint"
)

const schema = "testdata/PaiementSecuriseService_schema1.xsd"

// scene is a client, the service it speaks with, and a shop that is notified.
type scene struct {
	*payfip.Client
	service *simulator.Simulator
	shop    *httptest.Server
	mu      sync.Mutex
	told    []string
}

// newScene builds a scene; every body of the two directions is judged by the
// WSDL's schema when schema is true.
func newScene(t *testing.T, judged bool) *scene {
	t.Helper()
	s := &scene{service: simulator.New()}
	if judged {
		xmllint.Needed(t)
		s.service.Validate = func(_ string, body []byte) error { return xmllint.Check(schema, body) }
	}
	door := httptest.NewServer(s.service)
	s.shop = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		id, err := payfip.Notified(r.Form)
		if err != nil {
			t.Errorf("notification: %v", err)
		}
		s.mu.Lock()
		s.told = append(s.told, id)
		s.mu.Unlock()
	}))
	t.Cleanup(func() { door.Close(); s.shop.Close() })
	s.Client = client(t, door.URL, time.Minute)
	return s
}

func client(t *testing.T, address string, timeout time.Duration) *payfip.Client {
	t.Helper()
	c, err := payfip.New(payfip.Options{Service: address + simulator.ServicePath, Payment: address + simulator.PaymentPath, Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *scene) payment() payfip.Payment {
	return payfip.Payment{Creditor: "123456", Year: 2026, Reference: "FAC2026000001", Object: "FACTURE 2026000001", Cents: 4000,
		Email: "marie.dupont@example.org", Mode: payfip.Test, Notify: s.shop.URL + "/notif?a=1&b=2", Return: s.shop.URL + "/retour"}
}

func TestAPaymentOfEachEnd(t *testing.T) {
	s := newScene(t, true)
	ctx := t.Context()
	ended := time.Date(2026, 12, 1, 8, 5, 0, 0, time.UTC)
	s.service.Now = func() time.Time { return ended }
	for result, paid := range map[payfip.Result]bool{payfip.PaidByCard: true, payfip.PaidByDebit: true,
		payfip.CardRefused: false, payfip.DebitRefused: false, payfip.Abandoned: false} {
		p := s.payment()
		id, err := s.Create(ctx, p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = s.Detail(ctx, id); !payfip.Pending(err) || payfip.Lost(err, 19*time.Minute) || !payfip.Lost(err, 20*time.Minute) {
			t.Errorf("before its end: %v", err)
		}
		if err = s.service.End(ctx, id, result); err != nil {
			t.Fatal(err)
		}
		d, err := s.Detail(ctx, id)
		if err != nil || d.Result != result || d.Result.Paid() != paid || !d.Of(p) || d.Email != p.Email || d.Proof == "" == paid {
			t.Errorf("%s: %+v, %v", result, d, err)
		}
		if !d.At.Equal(ended) {
			t.Errorf("%s: it ended at %v", result, d.At)
		}
		other := p
		if other.Cents++; d.Of(other) {
			t.Error("a detail of another amount passes for this payment's")
		}
	}
	if err := s.service.Invalid(); err != nil {
		t.Error(err)
	}
}

// The simulator does refuse what the schema does not allow.
func TestTheSchemaJudges(t *testing.T) {
	s := newScene(t, true)
	for _, body := range []string{"<p:creerPaiementSecurise xmlns:p=\"http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/PaiementSecuriseService\"><arg0><mel>a@b.fr</mel><exer>2026</exer></arg0></p:creerPaiementSecurise>"} {
		answer := httptest.NewRecorder()
		s.service.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, simulator.ServicePath,
			strings.NewReader(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>`+body+`</s:Body></s:Envelope>`)))
		if answer.Code != http.StatusInternalServerError || s.service.Invalid() == nil {
			t.Errorf("fields in the wrong order: status %d, %v", answer.Code, s.service.Invalid())
		}
	}
}

func TestTextWithMarkupIsCarried(t *testing.T) {
	s := newScene(t, false)
	p := s.payment()
	p.Email = "a&b@example.org"
	id, err := s.Create(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.service.End(t.Context(), id, payfip.Abandoned); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Detail(t.Context(), id); err != nil || d.Email != p.Email || len(s.told) != 1 {
		t.Errorf("%+v, %v, notified %v", d, err, s.told)
	}
}

func TestNotificationsComeTwiceOrNever(t *testing.T) {
	for _, notices := range []int{0, 2} {
		s := newScene(t, false)
		s.service.Notices = notices
		id, err := s.Create(t.Context(), s.payment())
		if err != nil {
			t.Fatal(err)
		}
		page, err := http.Get(s.PayAt(id))
		if err != nil || page.StatusCode != http.StatusOK {
			t.Fatalf("the payer's page: %v", err)
		}
		text, _ := io.ReadAll(page.Body)
		_ = page.Body.Close()
		if !strings.Contains(string(text), "4000 centimes") {
			t.Errorf("the payer's page says no amount: %s", text)
		}
		back, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).
			PostForm(s.PayAt(id), url.Values{"idop": {id}, "result": {"P"}})
		if err != nil || back.Header.Get("Location") != s.payment().Return {
			t.Fatalf("the payer is not sent back: %v", err)
		}
		_ = back.Body.Close()
		if len(s.told) != notices {
			t.Errorf("%d notifications, wanted %d", len(s.told), notices)
		}
		for range 2 { // asked again, the same answer
			if d, err := s.Detail(t.Context(), id); err != nil || d.Result != payfip.PaidByCard {
				t.Errorf("%d notifications: %+v, %v", notices, d, err)
			}
		}
		if again := s.service.End(t.Context(), id, payfip.Abandoned); again == nil {
			t.Error("a payment ends twice")
		}
	}
}

func TestFaults(t *testing.T) {
	s := newScene(t, true)
	id, err := s.Create(t.Context(), s.payment())
	if err != nil {
		t.Fatal(err)
	}
	s.service.Purge()
	if _, err = s.Detail(t.Context(), id); !payfip.Pending(err) || code(err) != "P1" {
		t.Errorf("after the night: %v", err)
	}
	rows := []struct {
		kind        payfip.Kind
		unavailable bool
	}{{payfip.Refused, false}, {payfip.Broken, true}, {payfip.Down, true}, {payfip.Protocol, false}}
	for _, row := range rows {
		s.service.FailNext(row.kind, "X9")
		_, err := s.Create(t.Context(), s.payment())
		var f *payfip.Fault
		var u *fault.Unavailable
		if !errors.As(err, &f) || f.Kind != row.kind || f.Code != "X9" || errors.As(err, &u) != row.unavailable {
			t.Errorf("%s: %v", row.kind, err)
		}
		if payfip.Pending(err) || payfip.Lost(err, time.Hour) || strings.Contains(err.Error(), "Simulation") {
			t.Errorf("%s: %v", row.kind, err)
		}
	}
	if err := s.service.Invalid(); err != nil {
		t.Error(err)
	}
}

func code(err error) string {
	var f *payfip.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

func TestASlowServiceIsUnavailable(t *testing.T) {
	s := newScene(t, false)
	slow := simulator.New()
	slow.Slow = time.Minute // the client does not wait for it
	door := httptest.NewServer(slow)
	defer door.Close()
	var u *fault.Unavailable
	_, err := client(t, door.URL, 50*time.Millisecond).Create(t.Context(), s.payment())
	if !errors.As(err, &u) || !strings.Contains(u.Message, "Réessayez") || payfip.Lost(err, time.Hour) {
		t.Errorf("slow: %v", err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := s.Create(gone, s.payment()); !errors.Is(err, context.Canceled) {
		t.Errorf("an asker who has left: %v", err)
	}
}

// Answers that are none of the contract's are « unavailable », never a result.
func TestOddAnswers(t *testing.T) {
	const start, end = `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>`, `</e:Body></e:Envelope>`
	detail := func(inner string) string {
		return start + `<recupererDetailPaiementSecuriseResponse><return>` + inner + `</return></recupererDetailPaiementSecuriseResponse>` + end
	}
	rows := map[string]struct {
		status int
		body   string
	}{
		"a page":             {200, "<html><p>Maintenance"},
		"nothing":            {200, ""},
		"a bad gateway":      {502, "Bad gateway"},
		"a redirection":      {302, ""},
		"an unknown result":  {200, detail(`<exer>2026</exer><idOp>11111111-2222</idOp><montant>4000</montant><resultrans>Q</resultrans>`)},
		"another operation":  {200, detail(`<exer>2026</exer><idOp>99999999-2222</idOp><montant>4000</montant><resultrans>P</resultrans>`)},
		"no amount":          {200, detail(`<exer>2026</exer><idOp>11111111-2222</idOp><resultrans>P</resultrans>`)},
		"a very long answer": {200, detail(strings.Repeat("<a/>", 100000))},
		"a fault of nothing": {500, start + `<e:Fault><faultcode>e:Server</faultcode></e:Fault>` + end},
	}
	for name, row := range rows {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://example.org/")
			w.WriteHeader(row.status)
			_, _ = io.WriteString(w, row.body)
		}))
		client, err := payfip.New(payfip.Options{Service: server.URL})
		if err != nil {
			t.Fatal(err)
		}
		var u *fault.Unavailable
		if _, err := client.Detail(t.Context(), "11111111-2222"); !errors.As(err, &u) {
			t.Errorf("%s: %v", name, err)
		}
		server.Close()
	}
}

func TestWhatIsCheckedBeforeSending(t *testing.T) {
	s := newScene(t, false)
	rows := []struct {
		field  string
		change func(*payfip.Payment)
	}{
		{"montant", func(p *payfip.Payment) { p.Cents = 99 }},
		{"montant", func(p *payfip.Payment) { p.Cents = -4000 }},
		{"montant", func(p *payfip.Payment) { p.Cents = 10000000 }},
		{"mel", func(p *payfip.Payment) { p.Email = "a@b.c" }},
		{"mel", func(p *payfip.Payment) { p.Email = strings.Repeat("a", 80) + "@b.fr" }},
		{"mel", func(p *payfip.Payment) { p.Email = "éléonore@example.org" }},
		{"mel", func(p *payfip.Payment) { p.Email = "deux@points@example.org" }},
		{"refdet", func(p *payfip.Payment) { p.Reference = "FAC-2026-1" }},
		{"refdet", func(p *payfip.Payment) { p.Reference = "" }},
		{"refdet", func(p *payfip.Payment) { p.Reference = strings.Repeat("1", 31) }},
		{"objet", func(p *payfip.Payment) { p.Object = "École" }},
		{"objet", func(p *payfip.Payment) { p.Object = strings.Repeat("A", 101) }},
		{"exer", func(p *payfip.Payment) { p.Year = 26 }},
		{"numcli", func(p *payfip.Payment) { p.Creditor = "12345" }},
		{"numcli", func(p *payfip.Payment) { p.Creditor = "12345A" }},
		{"saisie", func(p *payfip.Payment) { p.Mode = "A" }},
		{"urlnotif", func(p *payfip.Payment) { p.Notify = "/notif" }},
		{"urlredirect", func(p *payfip.Payment) { p.Return = "javascript:alert(1)" }},
	}
	for _, row := range rows {
		p := s.payment()
		row.change(&p)
		var invalid *fault.Invalid
		if _, err := s.Create(t.Context(), p); !errors.As(err, &invalid) || invalid.Of(row.field) == "" || len(invalid.Fields) != 1 {
			t.Errorf("%s of %+v: %v", row.field, p, err)
		}
	}
	if err := s.payment().Check(); err != nil {
		t.Error(err)
	}
}

func TestANotificationIsNotTrusted(t *testing.T) {
	rows := map[string]string{
		"idop=11111111-2222":                        "11111111-2222",
		"idOp=11111111-2222&resultrans=P&montant=1": "11111111-2222",
		"":                                  "",
		"idop=":                             "",
		"idop=a":                            "",
		"idop=11111111&idop=22222222":       "",
		"idop=1111'+or+1=1":                 "",
		"idop=" + strings.Repeat("1", 2000): "",
	}
	for query, want := range rows {
		values, _ := url.ParseQuery(query)
		if id, err := payfip.Notified(values); id != want || (err == nil) == (want == "") {
			t.Errorf("%.40s: %q, %v", query, id, err)
		}
	}
}

func TestOnlyHTTPSLeavesTheMachine(t *testing.T) {
	for _, address := range []string{"http://www.payfip.gouv.fr/", "www.payfip.gouv.fr", "::"} {
		if _, err := payfip.New(payfip.Options{Service: address}); err == nil {
			t.Errorf("%s is taken", address)
		}
	}
	client, err := payfip.New(payfip.Options{})
	if err != nil || client.PayAt("a b") != payfip.PaymentURL+"?idop=a+b" {
		t.Errorf("%v, %v", client, err)
	}
}
