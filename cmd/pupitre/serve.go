package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/mail"
	"pupitre/internal/web/door"
)

type serveCmd struct {
	place
	bounds
	Listen         string         `help:"Address to listen on." default:"127.0.0.1:8080" env:"PUPITRE_LISTEN"`
	PublicURL      string         `help:"Address that families type, used in mails and letters; https makes cookies Secure." env:"PUPITRE_PUBLIC_URL" placeholder:"https://…"`
	SMTPURL        string         `name:"smtp-url" help:"Mail server: smtp://host:port (STARTTLS when offered) or smtps://user:password@host." default:"smtp://localhost:25" env:"PUPITRE_SMTP_URL"`
	MailFrom       string         `help:"Sender of every mail." env:"PUPITRE_MAIL_FROM" placeholder:"ADDRESS"`
	TrustedProxies string         `help:"Networks whose X-Forwarded headers are believed, separated by commas." env:"PUPITRE_TRUSTED_PROXIES" placeholder:"10.0.0.0/8,…"`
	SecretKey      string         `help:"What seals the secrets of second factors: 32 characters or more, the same on every machine; rather in the environment. By default the file secret.key of --data, made when absent." env:"PUPITRE_SECRET_KEY" placeholder:"TEXT"`
	DrainPause     *time.Duration `help:"How long /readyz says 503 before new requests are refused, on SIGTERM; 3s with --database-url, else 0." env:"PUPITRE_DRAIN_PAUSE" placeholder:"DURATION"`
	LogFormat      string         `help:"How the log is written: json or text." enum:"json,text" default:"json" env:"PUPITRE_LOG_FORMAT"`
}

// Validate checks the flags before anything is opened.
func (c *serveCmd) Validate() error {
	if err := errors.Join(c.place.Validate(), c.bounds.Validate()); err != nil {
		return err
	}
	return c.checkSecret(c.SecretKey)
}

// Run serves until ctx ends.
func (c *serveCmd) Run(ctx context.Context, streams streams) error {
	log := c.log(streams)
	s, err := c.settings()
	if err != nil {
		return err
	}
	alone, err := c.alone(ctx)
	if err != nil {
		return err
	}
	defer alone.Close()
	k, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	k.store.Bound(c.DatabasePatience)
	s.log, s.clock = log, clock.System()
	if s.secret, err = c.secret(c.SecretKey); err != nil {
		return err
	}
	if err := offerInstallation(ctx, k, s, streams.out); err != nil {
		return err
	}
	srv, err := start(ctx, k, s)
	if err != nil {
		return err
	}
	log.Info("serving", "address", srv.address, "public", s.publicURL)
	return srv.wait(ctx)
}

// offerInstallation prints, while the school has no account of its staff, the
// one-time address where the first one is made. It goes to nobody else, and to
// no log.
func offerInstallation(ctx context.Context, k *kept, s settings, out io.Writer) error {
	token, err := account.New(k.store, s.clock).OpenInstallation(ctx)
	if err == nil && token != "" {
		fmt.Fprintf(out, "first installation: open %s%s%s (serves once)\n", s.publicURL, account.InstallPath, token)
	}
	return err
}

// alone makes sure that no other server has this SQLite database: its order of
// arrival is kept by one process. On PostgreSQL any number of machines serve.
func (c *serveCmd) alone(ctx context.Context) (io.Closer, error) {
	if c.DatabaseURL != "" {
		return io.NopCloser(nil), nil
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("the folder of --data: %w", err)
	}
	held, err := db.Alone(ctx, filepath.Join(c.Data, "serving.lock"))
	if errors.Is(err, db.ErrNotAlone) {
		return nil, fmt.Errorf("another `pupitre serve` already serves %s: stop it first, or use PostgreSQL (--database-url) to serve from several machines", c.Data)
	}
	return held, err
}

// log writes one line a fact, with the addresses of people hidden.
func (c *serveCmd) log(to streams) *slog.Logger {
	options := &slog.HandlerOptions{ReplaceAttr: hideAddresses}
	if c.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(to.err, options))
	}
	return slog.New(slog.NewJSONHandler(to.err, options))
}

var mailAddress = regexp.MustCompile(`[\pL\pN._%+'-]+@[\pL\pN-]+(\.[\pL\pN-]+)+`)

// hideAddresses takes the mail addresses out of what others wrote: the answer
// of a mail server names its recipient.
func hideAddresses(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case string:
		a.Value = slog.StringValue(withoutAddresses(v))
	case error:
		a.Value = slog.StringValue(withoutAddresses(v.Error()))
	}
	return a
}

func withoutAddresses(text string) string {
	if !strings.Contains(text, "@") { // as nearly all: a request has ten such values
		return text
	}
	return mailAddress.ReplaceAllString(text, "(address)")
}

// settings checks the flags: a bad one is refused with a sentence before
// anything is opened.
func (c *serveCmd) settings() (settings, error) {
	s := settings{listen: c.Listen, publicURL: strings.TrimRight(c.PublicURL, "/"), mailFrom: c.MailFrom, bounds: c.bounds}
	switch {
	case c.DrainPause != nil && (*c.DrainPause < 0 || *c.DrainPause > maxPause):
		return s, fmt.Errorf("--drain-pause must be between 0s and %s, not %s", maxPause, *c.DrainPause)
	case c.DrainPause != nil:
		s.pause = *c.DrainPause
	case c.DatabaseURL != "":
		s.pause = usualPause
	}
	if s.publicURL == "" {
		s.publicURL = "http://" + c.Listen
	}
	u, err := url.Parse(s.publicURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return s, fmt.Errorf("--public-url must be http:// or https:// and a host, not %q", c.PublicURL)
	}
	if s.mailFrom == "" {
		s.mailFrom = "pupitre@" + u.Hostname()
	}
	if s.proxies, err = door.ParseProxies(c.TrustedProxies); err != nil {
		return s, fmt.Errorf("--trusted-proxies: %w", err)
	}
	if s.outbox, err = mail.Dial(c.SMTPURL, s.mailFrom); err != nil {
		return s, fmt.Errorf("--smtp-url, --mail-from: %w", err)
	}
	return s, nil
}
