package intake

import (
	"bytes"
	"context"
	"io"
)

// progressiveCost is how many times more memory a progressive JPEG needs: the
// decoder keeps every coefficient in four bytes until the last scan.
const progressiveCost = 4

// layers tells whether the JPEG is progressive, and how many scans its first
// image has: a few bytes a scan have the decoder go through all its pixels.
func layers(jpeg []byte) (progressive bool, scans int) {
	for rest := jpeg[2:]; len(rest) >= 4; {
		marker, length := rest[1], int(rest[2])<<8|int(rest[3])
		switch {
		case rest[0] != 0xff, marker == 0xff, marker == 0x00, marker >= 0xd0 && marker <= 0xd7, marker == 0x01:
			// coded pixels, or padding: on to the next marker
			next := bytes.IndexByte(rest[1:], 0xff)
			if next < 0 {
				return progressive, scans
			}
			rest = rest[1+next:]
			continue
		case marker == 0xd9:
			return progressive, scans
		case marker == 0xc2:
			progressive = true
		case marker == 0xda:
			scans++
		}
		rest = rest[min(2+length, len(rest)):]
	}
	return progressive, scans
}

// untilDone reads little at a time, until the context ends: what a decoder
// makes of a few bytes may take long.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	const little = 256
	return u.r.Read(p[:min(len(p), little)])
}
