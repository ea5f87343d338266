package web

import "net/http"

var healthPaths = map[string]bool{"/livez": true, "/readyz": true, "/healthz": true}

// healthRoutes are what a balancer or a supervisor asks:
//   - /livez: does the process answer? It fails when it must be killed.
//   - /readyz: may it be sent visitors? No as soon as it is asked to stop, and
//     while its database does not answer.
//   - /healthz: does the database answer?
func healthRoutes(mux *http.ServeMux, c Config) {
	mux.HandleFunc("GET /livez", health(func(*http.Request) string { return "" }))
	mux.HandleFunc("GET /healthz", health(c.database))
	mux.HandleFunc("GET /readyz", health(func(r *http.Request) string {
		if c.Draining != nil && c.Draining() {
			return "stopping"
		}
		return c.database(r)
	}))
}

func (c Config) database(r *http.Request) string {
	if err := c.Store.Ping(r.Context()); err != nil {
		c.Log.ErrorContext(r.Context(), "the database does not answer", "error", err.Error())
		return "the database does not answer"
	}
	return ""
}

// health answers 200, or 503 with what is wrong.
func health(wrong func(*http.Request) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		text := wrong(r)
		if text == "" {
			text = "ok"
		} else {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_, _ = w.Write([]byte(text + "\n"))
	}
}
