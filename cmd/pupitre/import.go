package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"pupitre/internal/domain/account"
	"pupitre/internal/domain/transfer"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/french"
)

type importCmd struct {
	place
	DryRun bool   `help:"Read everything, list every problem, write nothing."`
	Folder string `arg:"" help:"Folder with ecole.toml, familles.csv, eleves.csv, cours.csv and enseignants.csv, or an export." type:"existingdir"`
}

// Run brings the folder in, or lists on standard output why it cannot.
func (c *importCmd) Run(ctx context.Context, io streams) error {
	root, err := os.OpenRoot(c.Folder)
	if err != nil {
		return err
	}
	defer root.Close()
	k, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	report, err := c.bringIn(ctx, transfer.Deps{
		Store: k.store, Blobs: k.blobs, Accounts: account.New(k.store, clock.System()), Clock: clock.System(), Files: root.FS(),
	})
	if no := (*transfer.Refused)(nil); errors.As(err, &no) {
		return refused(io.out, no.Problems)
	}
	if err != nil {
		return err
	}
	tell(io.out, report)
	return nil
}

// bringIn restores an export into an empty school, whatever its files for a
// reader have become, and imports any other folder.
func (c *importCmd) bringIn(ctx context.Context, deps transfer.Deps) (transfer.Report, error) {
	restorable, err := transfer.Restorable(ctx, deps)
	if err != nil {
		return transfer.Report{}, err
	}
	if restorable {
		return transfer.Restore(ctx, deps, c.DryRun)
	}
	files, problems := folder.Read(deps.Files)
	if len(problems) > 0 {
		return transfer.Report{}, &transfer.Refused{Problems: problems}
	}
	return transfer.Import(ctx, deps, files, c.DryRun)
}

// refused lists the problems, one a line, and returns the error that ends the command.
func refused(out io.Writer, problems []folder.Problem) error {
	for _, p := range problems {
		fmt.Fprintln(out, transfer.Sentence(p))
	}
	return fmt.Errorf("%s : rien n’a été importé", french.Count(int64(len(problems)), "problème", "problèmes"))
}

// tell writes what the import did, or would do.
func tell(out io.Writer, r transfer.Report) {
	for _, w := range r.Warnings {
		fmt.Fprintln(out, "À vérifier : "+transfer.Sentence(w))
	}
	for _, k := range r.Kept {
		if k.Field == "" {
			fmt.Fprintf(out, "Gardé tel qu’à l’écran : %s, encore dans %s, %s\n", k.What, where(k), k.Held)
			continue
		}
		fmt.Fprintf(out, "Gardé tel qu’à l’écran : %s, %s : « %s » dans %s, « %s » à l’écran\n", k.What, k.Field, k.InFile, where(k), k.Held)
	}
	for _, m := range r.Identifiers {
		fmt.Fprintf(out, "Identifiant créé : %s pour %s\n", m.Identifier, m.Family)
	}
	for _, c := range r.Counts {
		fmt.Fprintln(out, c.What+" : "+c.Words())
	}
	if n := int64(r.Followed.Ranked); n > 0 {
		fmt.Fprintln(out, "Pièce plus demandée : "+french.Count(n, "dossier devient complet et prend son rang", "dossiers deviennent complets et prennent leur rang")+".")
	}
	if n := int64(r.Followed.Held); n > 0 {
		fmt.Fprintln(out, "Pièce devenue obligatoire : "+french.Count(n, "dossier la doit, sa famille reçoit un mail", "dossiers la doivent, leurs familles reçoivent un mail")+".")
	}
	switch {
	case r.DryRun:
		fmt.Fprintln(out, "Essai : rien n’a été écrit.")
	case r.Restored:
		fmt.Fprintln(out, "Export rétabli. Chacun choisit un nouveau mot de passe : les mots de passe ne sont pas exportés.")
	case !r.Changed():
		fmt.Fprintln(out, "Rien n’a changé.")
	default:
		fmt.Fprintln(out, "Import terminé.")
	}
}

func where(k transfer.Kept) string {
	if k.Line == 0 {
		return k.File
	}
	return fmt.Sprintf("%s, ligne %d", k.File, k.Line)
}
