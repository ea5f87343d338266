package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"text/tabwriter"

	files "pupitre/demo"
	"pupitre/internal/demo"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/mail"
	"pupitre/internal/web/mailbox"
)

type demoCmd struct {
	Listen string `help:"Address to listen on." default:"127.0.0.1:8080" env:"PUPITRE_LISTEN"`
	Data   string `help:"Folder where the school is kept and found again; a temporary one by default." type:"path" placeholder:"DIR"`
	Fresh  bool   `help:"Make the school anew in --data."`
	bounds
}

// mailsShown is how many mails the demonstration remembers.
const mailsShown = 5000

// Run seeds the made-up school unless it is there already, and serves it until
// ctx ends.
func (c *demoCmd) Run(ctx context.Context, out streams) (err error) {
	dir := c.Data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "pupitre-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	} else if c.Fresh {
		if err := forget(dir); err != nil {
			return err
		}
	}
	k, err := place{Data: dir}.open(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	log := slog.New(slog.NewTextHandler(out.err, &slog.HandlerOptions{Level: slog.LevelError}))
	s := settings{
		listen: c.Listen, publicURL: "http://" + c.Listen, mailFrom: "portail@ecole.example", outbox: mail.NewMemory(mailsShown),
		log: log, clock: clock.System(), bounds: c.bounds,
	}
	if s.secret, err = (place{Data: dir}).secret(""); err != nil {
		return err
	}
	if err := seed(ctx, k, s, out.out); err != nil {
		return err
	}
	s.extra = mailbox.Routes(s.outbox.(*mail.Memory))
	srv, err := start(ctx, k, s)
	if err != nil {
		return err
	}
	announce(out.out, "http://"+srv.address)
	return srv.wait(ctx)
}

// forget removes what an earlier demonstration left in dir, and nothing else.
func forget(dir string) error {
	for _, name := range []string{"pupitre.db", "pupitre.db-wal", "pupitre.db-shm", "documents", secretFile} {
		if err := os.RemoveAll(dir + string(os.PathSeparator) + name); err != nil {
			return err
		}
	}
	return nil
}

func seed(ctx context.Context, k *kept, s settings, out io.Writer) error {
	_, err := school.CurrentSeason(ctx, k.store)
	if err == nil {
		return nil // kept from an earlier run
	}
	if !errors.Is(err, fault.ErrNotFound) {
		return err
	}
	fmt.Fprintln(out, "L’école de démonstration se prépare : quelques secondes…")
	return demo.Seed(ctx, demo.Deps{
		Store: k.store, Blobs: k.blobs, Files: files.Files, Outbox: s.outbox.(*mail.Memory), Log: s.log, Now: s.clock.Now(),
		PublicURL: s.publicURL, MailFrom: s.mailFrom,
	})
}

func announce(out io.Writer, address string) {
	fmt.Fprintf(out, "\nPupitre, école de démonstration : %s\n\n", address)
	w := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  rôle\tidentifiant\tmot de passe")
	for _, l := range demo.Logins() {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", l.Role, l.Login, l.Password)
	}
	w.Flush()
	fmt.Fprintf(out, "\n  Les mails envoyés : %s/demo/courriers\n  Ctrl+C pour arrêter.\n", address)
}
