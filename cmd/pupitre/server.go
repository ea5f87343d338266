package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/application"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/importing"
	"pupitre/internal/domain/merge"
	"pupitre/internal/domain/trail"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/jobs"
	"pupitre/internal/platform/mail"
	"pupitre/internal/web"
	"pupitre/internal/web/access"
	"pupitre/internal/web/allocation"
	webapplication "pupitre/internal/web/application"
	money "pupitre/internal/web/billing"
	"pupitre/internal/web/catalogue"
	"pupitre/internal/web/door"
	"pupitre/internal/web/family"
	"pupitre/internal/web/figures"
	"pupitre/internal/web/households"
	webimporting "pupitre/internal/web/importing"
	"pupitre/internal/web/lists"
	"pupitre/internal/web/merging"
	"pupitre/internal/web/messages"
	"pupitre/internal/web/office"
	"pupitre/internal/web/personal"
	"pupitre/internal/web/public"
	"pupitre/internal/web/quotients"
	settingspages "pupitre/internal/web/settings"
	"pupitre/internal/web/tariffs"
	webtrail "pupitre/internal/web/trail"
	"pupitre/internal/work"
)

// settings is what a server is started with.
type settings struct {
	listen    string
	publicURL string
	mailFrom  string
	outbox    mail.Outbox
	proxies   door.Proxies
	extra     []door.Route
	log       *slog.Logger
	clock     clock.Clock
	secret    string        // seals the secrets of second factors
	pause     time.Duration // between the signal to stop and the last new request
	bounds    bounds
}

// server is a school being served: HTTP, the registrar and the jobs.
type server struct {
	address   string
	http      *http.Server
	registrar *enrolment.Registrar
	runner    *jobs.Runner
	trail     *trail.Keeper
	log       *slog.Logger
	failed    chan error
	pause     time.Duration
	draining  atomic.Bool
}

// start builds everything and listens; the school's pages answer once it returns.
func start(ctx context.Context, k *kept, s settings) (*server, error) {
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return nil, fmt.Errorf("--listen: %w", err)
	}
	accounts := account.New(k.store, s.clock)
	err = errors.Join(accounts.ServeAt(s.publicURL), sealed(accounts.SealWith(ctx, s.secret)))
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	registrar := enrolment.NewRegistrar(k.store, s.clock)
	s.bounds.set(registrar, accounts)
	srv := &server{address: listener.Addr().String(), registrar: registrar, trail: trail.NewKeeper(k.store, s.clock, s.log), log: s.log, failed: make(chan error, 1), pause: s.pause}
	handler := web.New(web.Config{
		Store: k.store, Accounts: accounts, Clock: s.clock, Log: s.log, Extra: s.extra, Proxies: s.proxies,
		HTTPS: strings.HasPrefix(s.publicURL, "https://"), Version: version(),
		Pages: pages(k, s, accounts, registrar), Registrar: registrar, Draining: srv.draining.Load,
		Limits: s.bounds.limits(), Memory: s.bounds.memory(), Trail: srv.trail,
	})
	srv.http = &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 3 * time.Minute, WriteTimeout: 3 * time.Minute,
		IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	srv.runner = work.NewRunner(work.Deps{
		Store: k.store, Clock: s.clock, Log: s.log, Registrar: registrar, Accounts: accounts, Blobs: k.blobs,
		Outbox: s.outbox, PublicURL: s.publicURL, MailFrom: s.mailFrom,
	})
	go func() {
		if err := srv.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			srv.failed <- err
		}
	}()
	return srv, nil
}

// sealed says what to do about a key that does not open what was sealed.
func sealed(err error) error {
	if !errors.Is(err, account.ErrOtherKey) {
		return err
	}
	return fmt.Errorf("%w: give this machine the key that the school was served with before, in PUPITRE_SECRET_KEY or in the file %s of --data; if it is lost for good, `pupitre account forget-applications` lets the staff make new codes", err, secretFile)
}

// pages builds the pages of every audience.
func pages(k *kept, s settings, accounts *account.Accounts, registrar *enrolment.Registrar) web.Pages {
	desk := office.New(k.store, registrar, accounts, k.blobs, s.clock, s.publicURL)
	return web.Pages{
		Public:     public.New(k.store, accounts, office.Nav),
		Family:     family.New(k.store, registrar, k.blobs, s.clock, s.publicURL),
		Office:     desk,
		Access:     access.New(k.store, accounts, desk.Frame),
		Settings:   settingspages.New(k.store, registrar, s.clock, desk.Frame, work.Composer(s.publicURL)),
		Households: households.New(k.store, registrar, accounts, desk.Frame),
		Lists:      lists.New(k.store, s.publicURL, desk.Frame),
		Figures:    figures.New(k.store, desk.Frame),
		Messages:   messages.New(k.store, s.clock, s.publicURL, desk.Frame),

		Catalogue:   catalogue.New(k.store, registrar, desk.Frame),
		Allocation:  allocation.New(k.store, registrar, s.clock, desk.Frame),
		Application: webapplication.New(k.store, application.New(k.store, s.clock, accounts, registrar), merge.New(k.store, s.clock, accounts, registrar), desk.Frame),
		Tariffs:     tariffs.New(k.store, desk.Frame),
		Quotients:   quotients.New(k.store, s.clock, desk.Frame),
		Billing:     money.New(k.store, billing.New(k.store, s.clock), desk.Frame),
		Merging:     merging.New(k.store, merge.New(k.store, s.clock, accounts, registrar), desk.Frame),
		Importing:   webimporting.New(k.store, importing.New(k.store, s.clock, accounts, registrar), desk.Frame),
		Trail:       webtrail.New(k.store, desk.Frame),
		Personal:    personal.New(k.store, k.blobs),
	}
}
