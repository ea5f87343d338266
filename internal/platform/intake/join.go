package intake

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"path"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"pupitre/internal/platform/fault"
)

const (
	pageSide        = 2600 // pixels of the longer side of a page: 220 dots an inch on A4
	a4Short, a4Long = 595, 842
)

// Join makes one PDF of files that Read returned, in their order, an image
// filling an A4 page; one file alone comes back as it is. The PDF bears the
// first file's name. Its errors are those of Read.
func Join(ctx context.Context, files []*File) (*File, error) {
	switch len(files) {
	case 0:
		return nil, fault.Refuse(joinedNothing)
	case 1:
		return files[0], nil
	}
	if err := Fit(files); err != nil {
		return nil, err
	}
	pages := 0
	for _, f := range files {
		pages += f.Pages
	}
	parts := make([]io.ReadSeeker, len(files))
	share := int64(maxInflated)
	for i, f := range files {
		part, err := asPDF(ctx, f)
		if err != nil {
			return nil, refused(err, joinedFailed)
		}
		own, err := checkStreams(part)
		if err != nil {
			return nil, err
		}
		share, parts[i] = min(share, own), bytes.NewReader(part)
	}
	joined, err := withPDF(ctx, func(ctx context.Context) (*File, error) { return merge(parts, pages, share) })
	if err != nil {
		return nil, err
	}
	name := files[0].OriginalName
	joined.OriginalName = CleanName(strings.TrimSuffix(name, path.Ext(name)) + ".pdf")
	return joined, nil
}

// Fit returns nil, or the *fault.Invalid of Join for files whose pages or bytes
// are together too many: what comes after them need not be read.
func Fit(files []*File) error {
	pages, size := 0, int64(0)
	for _, f := range files {
		pages += f.Pages
		size += f.Size()
	}
	switch {
	case pages > MaxPages:
		return fault.Refuse(joinedTooLong)
	case size > 2*MaxJoined:
		return fault.Refuse(joinedTooBig)
	}
	return nil
}

func merge(parts []io.ReadSeeker, pages int, share int64) (*File, error) {
	var out bytes.Buffer
	if err := api.MergeRaw(parts, &out, false, pdfSettings(share)); err != nil {
		return nil, fault.Refuse(joinedFailed)
	}
	if out.Len() > MaxJoined {
		return nil, fault.Refuse(joinedTooBig)
	}
	got, err := api.PageCount(bytes.NewReader(out.Bytes()), pdfSettings(maxInflated/4))
	if err != nil || got != pages {
		return nil, fault.Refuse(joinedFailed)
	}
	return &File{Kind: PDF, Pages: pages, Data: out.Bytes()}, nil
}

// asPDF is the file's PDF. pdfcpu joins no PDF 2.0 to an older one; such a
// file is announced as 1.7, which its pages almost always are.
func asPDF(ctx context.Context, f *File) ([]byte, error) {
	if f.Kind != PDF {
		return imagePDF(ctx, f)
	}
	if !startsWith(f.Data, "%PDF-2.0") {
		return f.Data, nil
	}
	older := bytes.Clone(f.Data)
	copy(older, "%PDF-1.7")
	return older, nil
}

// imagePDF is one A4 page, upright or lying as the image is.
func imagePDF(ctx context.Context, f *File) ([]byte, error) {
	page, err := pageImage(ctx, f)
	if err != nil {
		return nil, err
	}
	var encoded, out bytes.Buffer
	if err := jpeg.Encode(&encoded, page, &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	layout := pdfcpu.DefaultImportConfig()
	layout.Pos, layout.Scale = types.Center, 1
	layout.PageDim = &types.Dim{Width: a4Short, Height: a4Long}
	if page.Bounds().Dx() > page.Bounds().Dy() {
		layout.PageDim = &types.Dim{Width: a4Long, Height: a4Short}
	}
	if err := api.ImportImages(nil, &out, []io.Reader{&encoded}, layout, pdfSettings(maxInflated/4)); err != nil {
		return nil, fmt.Errorf("lay image on a page: %w", err)
	}
	return out.Bytes(), nil
}

func pageImage(ctx context.Context, f *File) (image.Image, error) {
	decodeConfig, decode := jpeg.DecodeConfig, jpeg.Decode
	if f.Kind == PNG {
		decodeConfig, decode = png.DecodeConfig, png.Decode
	}
	cfg, err := decodeConfig(bytes.NewReader(f.Data))
	if err != nil {
		return nil, err
	}
	release, err := reserve(ctx, cfg.Width, cfg.Height, weightOf(cfg.ColorModel))
	if err != nil {
		return nil, err
	}
	defer release()
	img, err := decode(bytes.NewReader(f.Data))
	if err != nil {
		return nil, err
	}
	return onWhite(shrink(img, pageSide)), nil
}
