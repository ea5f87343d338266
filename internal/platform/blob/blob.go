// Package blob keeps files under keys that the program chooses. A file is
// there whole or not at all, and streams in both directions.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"
	"time"
)

// Store keeps files by key. A key is made of lower-case letters, digits,
// `-`, `.` and `/`, at most 200 bytes, without an empty part or one that
// starts with a dot; any other key gives ErrKey.
type Store interface {
	// Put keeps what r gives under the key, replacing what was there, and
	// returns its size in bytes. When it returns without error the file
	// survives a power cut; with one, what was there before is untouched.
	Put(ctx context.Context, key string, r io.Reader) (int64, error)
	// Open returns the file, which the caller closes, or an error that wraps
	// fault.ErrNotFound.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, error)
	// Delete removes the file; one that is absent is no error.
	Delete(ctx context.Context, key string) error
	// Keys lists every file, in no order. It stops at the first error.
	Keys(ctx context.Context) iter.Seq2[KeyInfo, error]
	// Sweep removes what Puts that never ended left behind before the instant,
	// and returns how many. It never touches a kept file.
	Sweep(ctx context.Context, before time.Time) (int, error)
	// Close lets go of the store; its files stay.
	Close() error
}

// Open opens the store that where names: a folder of this machine, or
// s3://bucket?endpoint=…&region=… for a bucket that machines share.
func Open(ctx context.Context, where string) (Store, error) {
	if IsS3(where) {
		return S3(ctx, where)
	}
	return Disk(where)
}

// IsS3 tells whether where names a bucket.
func IsS3(where string) bool { return strings.HasPrefix(where, "s3://") }

// KeyInfo describes a kept file.
type KeyInfo struct {
	Key      string
	Size     int64     // bytes
	Modified time.Time // UTC
}

// ErrKey says that a key is not one that a Store takes: a fault of the program.
var ErrKey = errors.New("not a blob key")

const maxKey = 200 // with its folder's name below the 255 bytes of every file system

var keyShape = regexp.MustCompile(`^[a-z0-9-][a-z0-9.-]*(/[a-z0-9-][a-z0-9.-]*)*$`)

func checkKey(key string) error {
	if len(key) > maxKey || !keyShape.MatchString(key) || strings.Contains(key, "..") {
		return fmt.Errorf("%w: %q", ErrKey, key)
	}
	return nil
}
