package intake

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"regexp"

	"github.com/pdfcpu/pdfcpu/pkg/filter"

	"pupitre/internal/platform/fault"
)

const (
	// maxInflated bounds the bytes that all streams of a PDF may become: 30
	// scanned pages of A4 in shades of grey, uncompressed, at 300 dots an inch
	// (scanners mostly write JPEG, which counts as it is).
	maxInflated = 256 << 20
	maxStreams  = 10_000
	leastShare  = 128 << 10 // bytes
)

var streamStart = regexp.MustCompile(`stream\s+`)

// checkStreams inflates every stream of the file, wherever it lies, keeping
// nothing, before a library that would keep some opens the file. It returns how
// many bytes that library may make of one stream.
func checkStreams(data []byte) (share int64, err error) {
	budget, streams := int64(maxInflated), bytes.Count(data, []byte("stream"))-bytes.Count(data, []byte("endstream"))
	if streams > maxStreams {
		return 0, fault.Refuse(pdfBomb)
	}
	for at := 0; ; {
		found := streamStart.FindIndex(data[at:])
		if found == nil {
			return max(leastShare, maxInflated/int64(max(streams, 4))), nil
		}
		at += found[1]
		read, written, whole := inflate(data[at:], budget)
		if budget -= read + written; budget <= 0 {
			return 0, fault.Refuse(pdfBomb)
		}
		if whole {
			at += int(read)
		}
	}
}

// inflate counts what a zlib stream takes and gives, up to the limit; whole
// says that it ended by itself. Other bytes count nothing.
func inflate(data []byte, limit int64) (read, written int64, whole bool) {
	in := &byteCounter{Reader: bufio.NewReader(bytes.NewReader(data))}
	z, err := zlib.NewReader(in)
	if err != nil {
		return 0, 0, false
	}
	written, err = io.Copy(io.Discard, io.LimitReader(z, limit+1))
	return in.n, written, err == nil && written <= limit
}

// byteCounter counts what is read of it, byte by byte: the inflater takes no
// more than it needs from an io.ByteReader.
type byteCounter struct {
	*bufio.Reader
	n int64
}

func (c *byteCounter) ReadByte() (byte, error) {
	b, err := c.Reader.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

func (c *byteCounter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

func decodeLimit(err error) bool { return errors.Is(err, filter.ErrDecodeLimitExceeded) }
