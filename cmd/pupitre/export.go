package main

import (
	"context"
	"errors"
	"fmt"

	"pupitre/internal/domain/transfer"
	"pupitre/internal/platform/fault"
)

type exportCmd struct {
	place
	Out string `arg:"" help:"New folder to write to." type:"path"`
}

// Run writes the whole school to the folder.
func (c *exportCmd) Run(ctx context.Context, io streams) error {
	k, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	err = transfer.Export(ctx, k.store, k.blobs, c.Out)
	if errors.Is(err, fault.ErrNotFound) {
		return errors.New("il n’y a pas d’école à exporter ici, ou un document déposé manque : " + err.Error())
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "École exportée dans %s\n", c.Out)
	return nil
}
