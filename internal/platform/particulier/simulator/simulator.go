// Package simulator plays API Particulier's quotient familial with the
// administration's own examples (fictive persons). The tests of the client and
// the demonstration use it.
package simulator

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"pupitre/internal/platform/particulier"
)

// casesFile holds the examples, as one file: 27 by identity, 14 by FranceConnect.
//
//go:embed cases.json
var casesFile []byte

// Case is one example: who asks, and what is answered.
type Case struct {
	Name   string          `json:"name"`
	Mode   string          `json:"mode"`   // identity or franceconnect
	Params url.Values      `json:"params"` // of the query; by FranceConnect, who the token's person is
	Status int             `json:"status"`
	Answer json.RawMessage `json:"answer"`
}

// ByFranceConnect tells the two modes apart.
func (c Case) ByFranceConnect() bool { return c.Mode == "franceconnect" }

// Token is the access token that stands for the person of a case by FranceConnect.
func (c Case) Token() string { return "fc-" + c.Name }

// Cases returns the examples, in the order of their file.
func Cases() []Case {
	var cases []Case
	if err := json.Unmarshal(casesFile, &cases); err != nil {
		panic("particulier/simulator: " + err.Error()) // the file is the program's own
	}
	return cases
}

// Token is the habilitation's token that a simulator takes.
const Token = "jeton-de-simulation"

// Simulator is an http.Handler. Its fields are set before it serves.
type Simulator struct {
	RetryAfter string        // the header of an answer 429; none when empty
	Slow       time.Duration // waited before each answer

	cases []Case
	mu    sync.Mutex
	asked int
}

// New returns a simulator of all the examples.
func New() *Simulator { return &Simulator{cases: Cases()} }

// Asked returns how many questions have come.
func (s *Simulator) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked++
	s.mu.Unlock()
	select {
	case <-r.Context().Done():
		return
	case <-time.After(s.Slow):
	}
	query := r.URL.Query()
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	byFranceConnect := r.URL.Path == particulier.FranceConnectPath
	switch {
	case r.Method != http.MethodGet || !byFranceConnect && r.URL.Path != particulier.IdentityPath:
		http.NotFound(w, r)
	case token == "" || !byFranceConnect && token != Token:
		refuse(w, http.StatusUnauthorized, "00101", "Interdit")
	case len(query.Get("recipient")) != 14:
		refuse(w, http.StatusUnprocessableEntity, "00203", "Le paramètre recipient est obligatoire")
	case !byFranceConnect && !complete(query):
		refuse(w, http.StatusUnprocessableEntity, "00366", "Un ou plusieurs paramètres de civilité ne sont pas correctement formatés")
	default:
		s.answer(w, query, token, byFranceConnect)
	}
}

// parameters are those that the interface knows, of an identity.
var parameters = []string{"recipient", "nomNaissance", "nomUsage", "prenoms[]", "anneeDateNaissance", "moisDateNaissance", "jourDateNaissance",
	"sexeEtatCivil", "codeCogInseePaysNaissance", "codeCogInseeCommuneNaissance", "nomCommuneNaissance", "codeCogInseeDepartementNaissance", "annee", "mois"}

// complete tells whether a query is one of the interface's: what it demands is
// there, and nothing that it does not know.
func complete(query url.Values) bool {
	for name, values := range query {
		if !slices.Contains(parameters, name) || len(values) != 1 && name != "prenoms[]" {
			return false
		}
	}
	sex, names := query.Get("sexeEtatCivil"), len(query["prenoms[]"])
	return query.Get("nomNaissance") != "" && names >= 1 && names <= 3 && (sex == "M" || sex == "F") && len(query.Get("codeCogInseePaysNaissance")) == 5
}

// answer finds the case that says most of what is asked.
func (s *Simulator) answer(w http.ResponseWriter, query url.Values, token string, byFranceConnect bool) {
	var found *Case
	for i, c := range s.cases {
		fits := c.ByFranceConnect() == byFranceConnect
		if byFranceConnect {
			fits = fits && c.Token() == token
		} else {
			fits = fits && within(c.Params, query)
		}
		if fits && (found == nil || len(c.Params) > len(found.Params)) {
			found = &s.cases[i]
		}
	}
	if found == nil {
		refuse(w, http.StatusNotFound, "37003", "Dossier allocataire absent CNAV")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if found.Status == http.StatusTooManyRequests && s.RetryAfter != "" {
		w.Header().Set("Retry-After", s.RetryAfter)
	}
	w.WriteHeader(found.Status)
	_, _ = w.Write(found.Answer)
}

// within tells whether the query says all that the parameters say.
func within(parameters, query url.Values) bool {
	for name, values := range parameters {
		if !slices.Equal(values, query[name]) {
			return false
		}
	}
	return true
}

func refuse(w http.ResponseWriter, status int, code, title string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []map[string]any{{"code": code, "title": title, "detail": title, "source": nil, "meta": map[string]any{}}}})
}
