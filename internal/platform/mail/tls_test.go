package mail_test

import (
	"crypto/tls"
	"net/http/httptest"
	"strings"
	"testing"

	"pupitre/internal/platform/mail"
)

// selfSigned is a certificate that no authority vouches for.
func selfSigned(t *testing.T) *tls.Config {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	return &tls.Config{Certificates: server.TLS.Certificates}
}

func TestEncryption(t *testing.T) {
	const away = "relay.exemple.test" // a name that is not loopback's
	rows := map[string]struct {
		url       string
		offered   bool // STARTTLS
		immediate bool // encrypted from the first byte
		fails     string
		encrypted bool
		signedIn  bool
	}{
		"offered on this machine, self-signed":             {url: "smtp://127.0.0.1", offered: true, encrypted: true},
		"not offered on this machine":                      {url: "smtp://127.0.0.1"},
		"with a password on this machine":                  {url: "smtp://school:s3cret@127.0.0.1", offered: true, encrypted: true, signedIn: true},
		"from the first byte on this machine":              {url: "smtps://school:s3cret@127.0.0.1", immediate: true, encrypted: true, signedIn: true},
		"offered elsewhere, vouched for by nobody":         {url: "smtp://" + away, offered: true, fails: "certificate"},
		"from the first byte, vouched for by nobody":       {url: "smtps://school:s3cret@" + away, immediate: true, fails: "certificate"},
		"with a password elsewhere, vouched for by nobody": {url: "smtp://school:s3cret@" + away, offered: true, fails: "certificate"},
		"with a password elsewhere, not offered":           {url: "smtp://school:s3cret@" + away, fails: "STARTTLS"},
		"without a password elsewhere, not offered":        {url: "smtp://" + away},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			server := startTLSServer(t, selfSigned(t), row.offered, row.immediate)
			s := dial(t, row.url)
			mail.DialFor(s, server.address())
			err := s.Send(t.Context(), message("a@exemple.test"))
			if row.fails != "" {
				if err == nil || !strings.Contains(err.Error(), row.fails) || mail.IsPermanent(err) {
					t.Errorf("got %v, want a failure of the moment with %q", err, row.fails)
				}
				if heard := server.heard(); strings.Contains(heard, "AUTH") || strings.Contains(heard, "MAIL") {
					t.Errorf("the server heard %q, want neither password nor mail", heard)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			heard := server.heard()
			if got := strings.Contains(heard, "encrypted: MAIL"); got != row.encrypted {
				t.Errorf("encrypted %t, want %t: %s", got, row.encrypted, heard)
			}
			if got := strings.Contains(heard, "encrypted: AUTH PLAIN"); got != row.signedIn {
				t.Errorf("signed in over encryption %t, want %t: %s", got, row.signedIn, heard)
			}
		})
	}
}
