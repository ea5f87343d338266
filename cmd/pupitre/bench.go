package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	files "pupitre/demo"
	"pupitre/internal/bench"
	"pupitre/internal/platform/db"
)

type benchCmd struct {
	Rush     benchRushCmd     `cmd:"" help:"Play the opening minute on a school of its own, measure it, and check that every promise was kept."`
	Pages    benchPagesCmd    `cmd:"" help:"Visit the pages that are opened most, in schools of growing size, beside a bare page."`
	Invoices benchInvoicesCmd `cmd:"" help:"Invoice a season of a school of its own, and print each invoice."`
	Faults   benchFaultsCmd   `cmd:"" help:"Kill the server, stop its database, cut its connection, fill its disk, take its documents, mails or clock away in the middle of a rush, and check that every promise was kept."`
}

type benchRushCmd struct {
	Families    int    `help:"Families, each with one pupil and its dossier." default:"5000"`
	Courses     int    `help:"Courses that they share, few of them wanted by many." default:"200"`
	Clients     int    `help:"Browsers that send at the same time." default:"64"`
	Machines    int    `help:"Server processes, on one PostgreSQL." default:"1"`
	DatabaseURL string `help:"PostgreSQL instead of SQLite; the bench makes a database of its own beside, and drops it." env:"PUPITRE_BENCH_DATABASE_URL" placeholder:"postgres://…"`
	JSON        bool   `name:"json" help:"Print one JSON object."`
}

// Run plays the rush; a promise broken is a failure.
func (c *benchRushCmd) Run(ctx context.Context, out streams) error {
	deps, err := benchDeps(out)
	if err != nil {
		return err
	}
	result, err := bench.Rush(ctx, deps, bench.RushOptions{
		Families: c.Families, Courses: c.Courses, Clients: c.Clients, Machines: c.Machines, DatabaseURL: c.DatabaseURL,
	})
	if err != nil {
		return err
	}
	if err := printed(out.out, c.JSON, result, result.Write); err != nil {
		return err
	}
	if result.Breaches > 0 {
		return fmt.Errorf("%d promises were broken", result.Breaches)
	}
	return nil
}

// benchDeps measures this very program.
func benchDeps(out streams) (bench.Deps, error) {
	program, err := os.Executable()
	deps := bench.Deps{Program: program, Open: db.Open, Files: files.Files, Progress: out.err}
	if f, ok := out.err.(*os.File); ok {
		info, err := f.Stat()
		deps.Terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return deps, err
}

// printed writes the result as one JSON object, or for a reader.
func printed(out io.Writer, asJSON bool, result any, write func(io.Writer)) error {
	if !asJSON {
		write(out)
		return nil
	}
	return json.NewEncoder(out).Encode(result)
}

type benchPagesCmd struct {
	Pupils      []int   `help:"Sizes of the schools that are visited." default:"300,3000,30000,300000"`
	Clients     int     `help:"Browsers of families at the same time." default:"64"`
	Secretaries int     `help:"Browsers of the office at the same time." default:"4"`
	Seconds     float64 `help:"How long each page is asked for." default:"3"`
	DatabaseURL string  `help:"PostgreSQL instead of SQLite; the bench makes databases of its own beside, and drops them." env:"PUPITRE_BENCH_DATABASE_URL" placeholder:"postgres://…"`
	JSON        bool    `name:"json" help:"Print one JSON object."`
}

// Run visits the pages, and prints the table of each size once it is measured.
func (c *benchPagesCmd) Run(ctx context.Context, out streams) error {
	deps, err := benchDeps(out)
	if err != nil {
		return err
	}
	o := bench.PagesOptions{
		Pupils: c.Pupils, Clients: c.Clients, Secretaries: c.Secretaries, Seconds: c.Seconds, DatabaseURL: c.DatabaseURL,
	}
	if !c.JSON {
		o.Tables = out.out
	}
	result, err := bench.Pages(ctx, deps, o)
	if c.JSON && len(result.Sizes) > 0 { // what was measured before it failed is still true
		err = errors.Join(err, json.NewEncoder(out.out).Encode(result))
	}
	return err
}

type benchInvoicesCmd struct {
	Invoices    int    `help:"About how many invoices are issued and printed." default:"5000"`
	Clients     int    `help:"Browsers of the régie that print at the same time." default:"4"`
	DatabaseURL string `help:"PostgreSQL instead of SQLite; the bench makes a database of its own beside, and drops it." env:"PUPITRE_BENCH_DATABASE_URL" placeholder:"postgres://…"`
	JSON        bool   `name:"json" help:"Print one JSON object."`
}

// Run invoices a season; a number that is missing is a failure.
func (c *benchInvoicesCmd) Run(ctx context.Context, out streams) error {
	deps, err := benchDeps(out)
	if err != nil {
		return err
	}
	result, err := bench.Invoices(ctx, deps, bench.InvoicesOptions{Invoices: c.Invoices, Clients: c.Clients, DatabaseURL: c.DatabaseURL})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return json.NewEncoder(out.out).Encode(result)
	default:
		result.Write(out.out)
		return nil
	}
}
