package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"pupitre/internal/domain/transfer"
)

type exportCmd struct {
	place
	Out string `arg:"" help:"New folder to write to." type:"path"`
}

// Run writes the whole school to the folder.
func (c *exportCmd) Run(ctx context.Context, io streams) error {
	if _, err := os.Stat(c.Data); c.Data != "" && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("le dossier %s n’existe pas", c.Data)
	}
	k, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	err = transfer.Export(ctx, k.store, k.blobs, c.Out)
	if errors.Is(err, transfer.ErrNoSchool) {
		return errors.New("il n’y a pas encore d’école à exporter ici")
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "École exportée dans %s\n", c.Out)
	return nil
}
