// Package intake turns an uploaded file into one that is safe to keep and to
// show: its content decides what it is, never its name, and what may harm or
// tell too much (a bomb, a script, where a photograph was taken) does not come
// through. A file that is not taken gives a *fault.Invalid whose French
// sentence says what to do.
package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"pupitre/internal/platform/fault"
)

// The limits of one upload and of what Join makes.
const (
	MaxSize   = 10 << 20 // bytes: 10 Mo, counted in the uploader's favour
	MaxJoined = 30 << 20 // bytes
	MaxPages  = 60
	maxPixels = 50_000_000
	maxScans  = 100  // of a JPEG: cameras and editors write ten
	maxSide   = 4000 // pixels of the longer side of a kept image
)

// Kind is what a kept file is.
type Kind string

// The kinds that are kept. An HEIC image is kept as JPEG.
const (
	PDF  Kind = "pdf"
	JPEG Kind = "jpeg"
	PNG  Kind = "png"
)

// File is an upload made safe to keep.
type File struct {
	Kind         Kind
	Pages        int    // 1 for an image
	Data         []byte // what to keep; not the bytes received, unless an inactive PDF
	OriginalName string // see CleanName
}

// Size is the length of Data in bytes.
func (f *File) Size() int64 { return int64(len(f.Data)) }

// MediaType is the value for a Content-Type header.
func (f *File) MediaType() string {
	if f.Kind == PDF {
		return "application/pdf"
	}
	return "image/" + string(f.Kind)
}

// Extension is the ending for a file name, with its dot.
func (f *File) Extension() string {
	if f.Kind == JPEG {
		return ".jpg"
	}
	return "." + string(f.Kind)
}

// Read takes one upload of at most MaxSize. It returns a *fault.Invalid when
// the file cannot be taken, *fault.Busy when too many others are being read, the
// context's error when it ended first, or the error of r. A PDF comes back as it was, or rewritten without its scripts,
// automatic actions and attachments when it has some; an image is decoded,
// turned upright, made at most 4000 pixels long and encoded anew.
func Read(ctx context.Context, name string, r io.Reader) (*File, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	if len(data) > MaxSize {
		return nil, fault.Refuse(tooBig)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	file, err := guard(damaged, func() (*File, error) { return take(ctx, data) })
	if err != nil {
		return nil, err
	}
	file.OriginalName = CleanName(name)
	return file, nil
}

func take(ctx context.Context, data []byte) (*File, error) {
	switch format := sniff(data); format {
	case formatPDF:
		return takePDF(ctx, data)
	case formatJPEG:
		return takeJPEG(ctx, data)
	case formatPNG:
		return takePNG(ctx, data)
	case formatHEIC:
		return takeHEIC(ctx, data)
	default:
		return nil, fault.Refuse(string(format))
	}
}

// guard runs what calls a library on an unknown file: a panic there becomes
// the refusal.
func guard[T any](refusal string, f func() (T, error)) (result T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Refuse(refusal)
		}
	}()
	return f()
}

// refused returns err when it is already a refusal, a request to come back
// later or the end of a context, else the refusal.
func refused(err error, refusal string) error {
	var invalid *fault.Invalid
	var busy *fault.Busy
	if errors.As(err, &invalid) || errors.As(err, &busy) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fault.Refuse(refusal)
}

func startsWith(data []byte, prefixes ...string) bool {
	for _, p := range prefixes {
		if bytes.HasPrefix(data, []byte(p)) {
			return true
		}
	}
	return false
}
