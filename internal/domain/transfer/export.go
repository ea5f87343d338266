package transfer

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/db"
)

// Export writes the whole school into a new folder dir: its own files as an
// import reads them, lists for a reader, the deposits, and every row, so that
// an empty school restored from it exports the same bytes. The folder appears
// whole or not at all. It returns an error when dir exists and is not empty,
// or when a stored file is
// missing or no longer what was deposited.
func Export(ctx context.Context, store *db.Store, blobs blob.Store, dir string) error {
	if err := mustBeFree(dir); err != nil {
		return err
	}
	files, stored, err := gather(ctx, store)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return fmt.Errorf("export to %s: %w", dir, err)
	}
	unfinished, err := os.MkdirTemp(filepath.Dir(dir), ".export-")
	if err != nil {
		return fmt.Errorf("export to %s: %w", dir, err)
	}
	if err := write(ctx, unfinished, files, stored, blobs); err != nil {
		return errors.Join(err, os.RemoveAll(unfinished))
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, os.RemoveAll(unfinished))
	}
	return os.Rename(unfinished, dir)
}

func mustBeFree(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && len(entries) > 0 {
		return fmt.Errorf("le dossier %s n’est pas vide : donnez-en un nouveau", dir)
	}
	return err
}

// gather reads everything as it stands at one instant.
func gather(ctx context.Context, store *db.Store) (files map[string][]byte, stored []storedFile, err error) {
	err = store.Write(ctx, func(tx *db.Tx) error {
		if store.Engine() == db.PostgreSQL {
			if _, err := tx.Exec(ctx, `set transaction isolation level repeatable read`); err != nil {
				return err
			}
		}
		if files, err = schoolFiles(ctx, tx); err != nil {
			return err
		}
		if files[sumsFile], err = sumsOf(files); err != nil {
			return err
		}
		for _, t := range tables {
			if files[t.file()], err = t.dump(ctx, tx); err != nil {
				return err
			}
		}
		for name, list := range lists {
			if files[name], err = list(ctx, tx); err != nil {
				return fmt.Errorf("export %s: %w", name, err)
			}
		}
		stored, err = storedFiles(ctx, tx)
		return err
	})
	return files, stored, err
}

func write(ctx context.Context, dir string, files map[string][]byte, stored []storedFile, blobs blob.Store) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for name, data := range files {
		if err := root.MkdirAll(path.Dir(name), 0o700); err != nil {
			return err
		}
		if err := root.WriteFile(name, data, 0o600); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	for _, one := range stored {
		if err := copyOut(ctx, root, one, blobs); err != nil {
			return fmt.Errorf("export the file %s: %w", one.key, err)
		}
	}
	return nil
}

func copyOut(ctx context.Context, root *os.Root, one storedFile, blobs blob.Store) error {
	from, err := blobs.Open(ctx, one.key)
	if err != nil {
		return err
	}
	defer from.Close()
	if err := root.MkdirAll(path.Dir(one.path), 0o700); err != nil {
		return err
	}
	to, err := root.OpenFile(one.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(to, io.TeeReader(from, sum))
	if err = errors.Join(err, to.Close()); err == nil && !one.is(sum) {
		return errors.New("its content is not what was deposited")
	}
	return err
}
