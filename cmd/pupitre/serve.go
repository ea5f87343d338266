package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/mail"
	"pupitre/internal/web/door"
)

type serveCmd struct {
	place
	Listen         string `help:"Address to listen on." default:"127.0.0.1:8080" env:"PUPITRE_LISTEN"`
	PublicURL      string `help:"Address that families type, used in mails and letters; https makes cookies Secure." env:"PUPITRE_PUBLIC_URL" placeholder:"https://…"`
	SMTPURL        string `name:"smtp-url" help:"Mail server: smtp://host:port (STARTTLS when offered) or smtps://user:password@host." default:"smtp://localhost:25" env:"PUPITRE_SMTP_URL"`
	MailFrom       string `help:"Sender of every mail." env:"PUPITRE_MAIL_FROM" placeholder:"ADDRESS"`
	TrustedProxies string `help:"Networks whose X-Forwarded headers are believed, separated by commas." env:"PUPITRE_TRUSTED_PROXIES" placeholder:"10.0.0.0/8,…"`
}

// Run serves until ctx ends.
func (c *serveCmd) Run(ctx context.Context, io streams) error {
	log := slog.New(slog.NewJSONHandler(io.err, nil))
	s, err := c.settings()
	if err != nil {
		return err
	}
	k, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	if _, err := school.CurrentSeason(ctx, k.store); errors.Is(err, fault.ErrNotFound) {
		return errors.New("this school is empty: bring its files in first with `pupitre import --data DIR FOLDER`")
	} else if err != nil {
		return err
	}
	s.log, s.clock = log, clock.System()
	srv, err := start(k, s)
	if err != nil {
		return err
	}
	log.Info("serving", "address", srv.address, "public", s.publicURL)
	return srv.wait(ctx)
}

// settings checks the flags: a bad one is refused with a sentence before
// anything is opened.
func (c *serveCmd) settings() (settings, error) {
	s := settings{listen: c.Listen, publicURL: strings.TrimRight(c.PublicURL, "/"), mailFrom: c.MailFrom}
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
