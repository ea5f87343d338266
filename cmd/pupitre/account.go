package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/french"
)

type accountCmd struct {
	Create  accountCreateCmd  `cmd:"" help:"Make an account; the password is read from standard input."`
	List    accountListCmd    `cmd:"" help:"List the accounts of the staff."`
	Disable accountDisableCmd `cmd:"" help:"Close an account and end its sessions."`
	Forget  accountForgetCmd  `cmd:"" name:"forget-applications" help:"When the secret key is lost: take the applications of codes of the whole staff away."`
}

// roles are the words of --role.
var roles = map[string]actor.Role{
	"secretariat": actor.Secretary, "direction": actor.Director, "administration": actor.Administrator,
	"enseignant": actor.Teacher, "regie": actor.Bursar,
}

// operator acts for whoever runs commands on the machine.
var operator = actor.Actor{Name: "Console", Role: actor.SystemRole}

type accountCreateCmd struct {
	place
	Role  string `help:"secretariat, direction, administration, enseignant or regie." required:"" enum:"secretariat,direction,administration,enseignant,regie"`
	Name  string `help:"Name shown to colleagues and in the journal." required:""`
	Email string `help:"Address, which is also the identifiant." required:""`
}

// Run makes the account.
func (c *accountCreateCmd) Run(ctx context.Context, io streams) error {
	password, err := readPassword(io.in)
	if err != nil {
		return err
	}
	k, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	made, err := account.New(k.store, clock.System()).CreateStaff(ctx, operator, roles[c.Role], c.Name, c.Email, password)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s: %s (%s)\n", made.Login, made.Name, made.Role.French())
	return nil
}

func readPassword(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, 1<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.New("give the password on standard input")
	}
	return line, nil
}

type accountListCmd struct{ place }

// Run lists the staff's accounts.
func (c *accountListCmd) Run(ctx context.Context, io streams) error {
	k, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	all, err := account.Staff(ctx, k.store)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "identifiant\tnom\trôle\tdésactivé")
	for _, a := range all {
		disabled := ""
		if !a.DisabledAt.IsZero() {
			disabled = french.ShortDate(a.DisabledAt)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", a.Login, a.Name, a.Role.French(), disabled)
	}
	return w.Flush()
}

type accountDisableCmd struct {
	place
	Login string `arg:"" help:"Identifiant of the account."`
}

// Run closes the account.
func (c *accountDisableCmd) Run(ctx context.Context, io streams) error {
	k, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	found, err := account.ByLogin(ctx, k.store, c.Login)
	if err != nil {
		return fmt.Errorf("no account %q: `pupitre account list` shows those there are", c.Login)
	}
	if err := account.New(k.store, clock.System()).Disable(ctx, operator, found.ID); err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s is disabled\n", found.Login)
	return nil
}

type accountForgetCmd struct{ place }

// Run takes the applications away; the next start takes whatever key it is given.
func (c *accountForgetCmd) Run(ctx context.Context, io streams) error {
	k, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	n, err := account.New(k.store, clock.System()).ForgetApplications(ctx, operator)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%d accounts have lost their application of codes, and are told by mail\n", n)
	return nil
}
