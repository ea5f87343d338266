// Pupitre runs a public music school: the portal of its families and the
// office that answers them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type commands struct {
	Serve   serveCmd   `cmd:"" help:"Serve the portal and the office of a school."`
	Demo    demoCmd    `cmd:"" help:"Serve the made-up school: nothing to set up, nothing sent outside."`
	Import  importCmd  `cmd:"" help:"Bring a school's files in (ecole.toml and CSV), all or nothing."`
	Export  exportCmd  `cmd:"" help:"Write everything out, to be imported again elsewhere."`
	Account accountCmd `cmd:"" help:"Accounts of the staff."`
	Bench   benchCmd   `cmd:"" help:"Measure this program on this machine, on a school of its own."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// streams is what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// Run runs one command and returns its exit code: 0, 1 when it failed, 2 when
// it was called wrongly. It ends when ctx does.
func Run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	var all commands
	exited := -1
	parser, err := kong.New(&all,
		kong.Name("pupitre"),
		kong.Description("Free software that runs a public music school."),
		kong.Writers(out, errs),
		kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(streams{in, out, errs}),
	)
	if err != nil {
		fmt.Fprintln(errs, "pupitre:", err)
		return 2
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help
	}
	if err != nil {
		fmt.Fprintln(errs, "pupitre:", err)
		return 2
	}
	if err := parsed.Run(); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(errs, "pupitre:", err)
		return 1
	}
	return 0
}
