package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"golang.org/x/sync/semaphore"

	"pupitre/internal/platform/fault"
)

const (
	pdfTime     = 30 * time.Second
	pdfAtOnce   = 2
	pdfTail     = 4096 // bytes at the end in which a whole PDF says %%EOF
	maxObjects  = 300_000
	maxPDFDepth = 100
)

// checking bounds how many PDFs are open at one time.
var checking = semaphore.NewWeighted(pdfAtOnce)

func init() { api.DisableConfigDir() } // pdfcpu would write a folder in the user's home

// pdfSettings are pdfcpu's, held to what an upload may need, and off the
// network. share bounds the bytes it makes of one stream.
func pdfSettings(share int64) *model.Configuration {
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationRelaxed
	conf.Offline = true
	conf.Optimize = false
	conf.OptimizeBeforeWriting = false
	conf.CreateBookmarks = false
	conf.Limits = model.ResourceLimits{
		MaxStreamBytes: MaxJoined, MaxDecodeBytes: share,
		MaxImagePixels: 2 * maxPixels, MaxImageBytes: 2 * maxPixels * bytesAPixel,
		MaxObjectCount: maxObjects, MaxXRefEntries: maxObjects,
		MaxObjectStreamCount: maxObjects, MaxObjectStreamFirst: 4 << 20,
		MaxRecursionDepth: maxPDFDepth,
	}
	return conf
}

func takePDF(ctx context.Context, data []byte) (*File, error) {
	if !bytes.Contains(data[max(0, len(data)-pdfTail):], []byte("%%EOF")) {
		return nil, fault.Refuse(pdfTruncated)
	}
	return withPDF(ctx, func(ctx context.Context) (*File, error) {
		share, err := checkStreams(data)
		if err != nil {
			return nil, err
		}
		kept, pages, err := disarm(ctx, data, share)
		if err != nil {
			return nil, err
		}
		return &File{Kind: PDF, Pages: pages, Data: kept}, nil
	})
}

func withPDF(ctx context.Context, f func(context.Context) (*File, error)) (*File, error) {
	return inTurn(ctx, checking, pdfTime, pdfDamaged, pdfBomb, f)
}

// disarm returns the PDF without active content, the very bytes when it has
// none, and its number of pages.
func disarm(ctx context.Context, data []byte, share int64) ([]byte, int, error) {
	doc, removed, err := openPDF(ctx, data, share)
	if err != nil {
		return nil, 0, err
	}
	if removed == 0 {
		return data, doc.PageCount, nil
	}
	var out bytes.Buffer
	if err := api.WriteContext(doc, &out); err != nil {
		return nil, 0, fmt.Errorf("rewrite pdf: %w", err)
	}
	again, left, err := openPDF(ctx, out.Bytes(), maxInflated/4)
	if err != nil {
		return nil, 0, fmt.Errorf("read rewritten pdf: %w", err)
	}
	if left != 0 || again.PageCount != doc.PageCount || out.Len() > MaxJoined {
		return nil, 0, errors.New("pdf cannot be disarmed")
	}
	return out.Bytes(), again.PageCount, nil
}

// openPDF reads and validates the PDF, its active content taken out, and
// returns how many pieces of it there were.
func openPDF(ctx context.Context, data []byte, share int64) (*model.Context, int, error) {
	if encryptedInTrailer(data) {
		return nil, 0, fault.Refuse(pdfEncrypted)
	}
	doc, err := pdfcpu.ReadWithContext(ctx, bytes.NewReader(data), pdfSettings(share))
	if err != nil {
		return nil, 0, readError(err)
	}
	if doc.Encrypt != nil || doc.E != nil {
		return nil, 0, fault.Refuse(pdfEncrypted)
	}
	removed, err := inspect(ctx, doc)
	if err != nil {
		return nil, 0, err
	}
	if err := api.ValidateContext(doc); err != nil {
		return nil, 0, readError(err)
	}
	if err := doc.EnsurePageCount(); err != nil {
		return nil, 0, fmt.Errorf("count pages: %w", err)
	}
	switch {
	case doc.PageCount < 1:
		return nil, 0, fault.Refuse(pdfNoPage)
	case doc.PageCount > MaxPages:
		return nil, 0, fault.Refuse(pdfTooLong)
	}
	return doc, removed, nil
}

var trailerEncrypt = regexp.MustCompile(`trailer[^%]*?/Encrypt[\s<\d]`)

// encryptedInTrailer sees the encryption dictionaries written into the trailer
// itself, which pdfcpu passes over.
func encryptedInTrailer(data []byte) bool { return trailerEncrypt.Match(data) }

func readError(err error) error {
	switch {
	case errors.Is(err, pdfcpu.ErrWrongPassword), errors.Is(err, pdfcpu.ErrEncrypted),
		errors.Is(err, pdfcpu.ErrOwnerPasswordRequired):
		return fault.Refuse(pdfEncrypted)
	case decodeLimit(err):
		return fault.Refuse(pdfBomb)
	}
	return fmt.Errorf("read pdf: %w", err)
}
