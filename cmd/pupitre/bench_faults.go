package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"pupitre/internal/bench"
)

type benchFaultsCmd struct {
	Families int           `help:"Families that send while each fault happens." default:"400"`
	Clients  int           `help:"Browsers that send at the same time." default:"32"`
	Kills    int           `help:"How often the server is killed in one rush, or its commits lost." default:"20"`
	Cut      time.Duration `help:"How long the database, or the store of documents, is out of reach." default:"10s"`
	Only     []string      `help:"Only these: killed, database-stopped, connection-cut, connection-silent, commits-lost, disk-full, documents-away, mails-away, clock-set-back." placeholder:"NAME,…"`
	JSON     bool          `name:"json" help:"Print JSON."`
}

// Run plays the faults; a promise broken is a failure.
func (c *benchFaultsCmd) Run(ctx context.Context, out streams) error {
	deps, err := benchDeps(out)
	if err != nil {
		return err
	}
	results, err := bench.Faults(ctx, deps, bench.FaultOptions{Families: c.Families, Clients: c.Clients, Kills: c.Kills, Cut: c.Cut, Only: c.Only})
	if err := printed(out.out, c.JSON, results, func(w io.Writer) { bench.WriteFaults(w, results) }); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	for _, r := range results {
		if r.Breaches > 0 {
			return fmt.Errorf("%s on %s: %d promises were broken", r.Fault, r.Engine, r.Breaches)
		}
	}
	return nil
}
