package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"runtime"
	"strings"
	"time"

	"pupitre/internal/platform/fault"
)

const unfinished = "tmp" // the folder of files that are still being written

// DiskStore is a Store in one folder. Kept files lie in sub-folders named by
// the first two characters of the key's SHA-256 (keys often begin alike), the
// slashes of the key written `_`, which no key has.
type DiskStore struct{ root *os.Root }

var _ Store = (*DiskStore)(nil)

// Disk opens the store of the folder, which it makes when absent. Several
// processes may use one folder. Nothing outside it is reached, even by a
// symbolic link.
func Disk(dir string) (*DiskStore, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make blob folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open blob folder: %w", err)
	}
	d := &DiskStore{root}
	if err := d.folder(unfinished); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return d, nil
}

// Close implements Store.
func (d *DiskStore) Close() error { return d.root.Close() }

// Put implements Store: a temporary name, fsync, rename, fsync of the folder.
func (d *DiskStore) Put(ctx context.Context, key string, r io.Reader) (int64, error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	size, err := d.put(ctx, key, r)
	if err != nil {
		return 0, fmt.Errorf("put blob %s: %w", key, err)
	}
	return size, nil
}

func (d *DiskStore) put(ctx context.Context, key string, r io.Reader) (int64, error) {
	temporary := path.Join(unfinished, rand.Text())
	size, err := d.write(temporary, untilDone{ctx, r})
	if err == nil {
		err = d.folder(path.Dir(place(key)))
	}
	if err == nil {
		err = d.root.Rename(temporary, place(key))
	}
	if err != nil {
		return 0, errors.Join(err, absentIsFine(d.root.Remove(temporary)))
	}
	return size, d.sync(path.Dir(place(key)))
}

func (d *DiskStore) write(name string, r io.Reader) (size int64, err error) {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if size, err = io.Copy(f, r); err != nil {
		return 0, err
	}
	return size, f.Sync()
}

// Open implements Store.
func (d *DiskStore) Open(_ context.Context, key string) (io.ReadSeekCloser, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	f, err := d.root.Open(place(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open blob %s: %w", key, fault.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("open blob %s: %w", key, err)
	}
	return f, nil
}

// Delete implements Store.
func (d *DiskStore) Delete(_ context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	err := d.root.Remove(place(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = d.sync(path.Dir(place(key)))
	}
	if err != nil {
		return fmt.Errorf("delete blob %s: %w", key, err)
	}
	return nil
}

// Keys implements Store. A file that the store did not name is passed over.
func (d *DiskStore) Keys(ctx context.Context) iter.Seq2[KeyInfo, error] {
	return func(yield func(KeyInfo, error) bool) {
		err := fs.WalkDir(d.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			if name == unfinished {
				return fs.SkipDir
			}
			key := strings.ReplaceAll(path.Base(name), "_", "/")
			if !entry.Type().IsRegular() || checkKey(key) != nil || place(key) != name {
				return nil
			}
			info, err := entry.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil // deleted since the folder was read
			}
			if err != nil {
				return err
			}
			if !yield(KeyInfo{key, info.Size(), info.ModTime().UTC()}, nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(KeyInfo{}, fmt.Errorf("list blobs: %w", err))
		}
	}
}

// Sweep implements Store.
func (d *DiskStore) Sweep(ctx context.Context, before time.Time) (int, error) {
	entries, err := fs.ReadDir(d.root.FS(), unfinished)
	if err != nil {
		return 0, fmt.Errorf("sweep blobs: %w", err)
	}
	swept := 0
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return swept, err
		}
		info, err := entry.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue // ended since the folder was read, or still young
		}
		if err := absentIsFine(d.root.Remove(path.Join(unfinished, entry.Name()))); err != nil {
			return swept, fmt.Errorf("sweep blobs: %w", err)
		}
		swept++
	}
	return swept, nil
}

// place is where the file of a key lies in the folder.
func place(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:1]) + "/" + strings.ReplaceAll(key, "/", "_")
}

// folder makes a sub-folder that survives a power cut.
func (d *DiskStore) folder(name string) error {
	switch err := d.root.Mkdir(name, 0o700); {
	case err == nil:
		return d.sync(".")
	case errors.Is(err, fs.ErrExist):
		return nil
	default:
		return err
	}
}

func (d *DiskStore) sync(folder string) error {
	if runtime.GOOS == "windows" {
		return nil // a folder cannot be flushed there
	}
	f, err := d.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func absentIsFine(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// untilDone reads until the context ends.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
