package intake

import (
	"context"
	"fmt"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/filter"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"pupitre/internal/platform/fault"
)

// What acts by itself, wherever it is met: scripts, triggers, scripted forms,
// attached files.
var activeKeys = []string{"AA", "JS", "JavaScript", "XFA", "EF", "EmbeddedFiles"}

// Actions that run something, fetch something or send something away.
// Links to a page and to a web address stay.
var activeActions = []string{
	"JavaScript", "Launch", "SubmitForm", "ImportData", "GoToR", "GoToE",
	"Rendition", "RichMediaExecute", "Movie", "Sound",
}

// inspect walks every object of the PDF, takes active content out, counts the
// pieces and refuses bombs.
func inspect(ctx context.Context, doc *model.Context) (removed int, err error) {
	s := &scrubber{doc: doc}
	budget := int64(maxInflated)
	for number, entry := range doc.Table {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if entry == nil || entry.Free {
			continue
		}
		object, err := doc.Dereference(*types.NewIndirectRef(number, 0))
		if err != nil {
			return 0, fmt.Errorf("object %d: %w", number, err)
		}
		s.scrub(object, 0)
		if stream, ok := object.(types.StreamDict); ok {
			if budget, err = checkStream(stream, budget); err != nil {
				return 0, err
			}
		}
	}
	if s.tooDeep {
		return 0, fault.Refuse(pdfDamaged)
	}
	return s.removed, nil
}

type scrubber struct {
	doc     *model.Context
	removed int
	tooDeep bool
}

func (s *scrubber) scrub(object types.Object, depth int) {
	if depth > maxPDFDepth {
		s.tooDeep = true
		return
	}
	switch o := object.(type) {
	case types.Dict:
		s.scrubDict(o, depth)
	case types.StreamDict:
		s.scrubDict(o.Dict, depth)
	case types.ObjectStreamDict:
		s.scrubDict(o.Dict, depth)
	case types.Array:
		for i, element := range o {
			if s.active(element) {
				o[i] = nil
				s.removed++
				continue
			}
			s.scrub(element, depth+1)
		}
	}
}

func (s *scrubber) scrubDict(d types.Dict, depth int) {
	for key, value := range d {
		if slices.Contains(activeKeys, key) || s.active(value) {
			delete(d, key)
			s.removed++
			continue
		}
		s.scrub(value, depth+1)
	}
}

// active says whether the value is an action that must go.
func (s *scrubber) active(value types.Object) bool {
	target, err := s.doc.Dereference(value)
	if err != nil {
		return false
	}
	d, ok := target.(types.Dict)
	if !ok {
		return false
	}
	if kind := d.NameEntry("Type"); kind != nil && *kind != "Action" {
		return false
	}
	action := d.NameEntry("S")
	return action != nil && slices.Contains(activeActions, *action)
}

// checkStream refuses an image of too many pixels, and counts the streams that
// checkStreams could not see through: those that are not only zlib.
func checkStream(stream types.StreamDict, budget int64) (int64, error) {
	width, height := stream.IntEntry("Width"), stream.IntEntry("Height")
	if stream.Image() && width != nil && height != nil && *height > 0 && *width > 2*maxPixels / *height {
		return 0, fault.Refuse(pdfBomb)
	}
	filters := stream.FilterPipeline
	if len(filters) == 0 || len(filters) == 1 && filters[0].Name == filter.Flate {
		return budget, nil
	}
	copied := stream // decoding fills in a field; the copy is dropped
	err := copied.DecodeWithLimit(min(budget, maxInflated/4))
	if decodeLimit(err) {
		return 0, fault.Refuse(pdfBomb)
	}
	return budget - int64(len(copied.Content)), nil
}
