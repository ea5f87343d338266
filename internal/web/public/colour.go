package public

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"

	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
)

var colourName = regexp.MustCompile(`^(\d{1,3})-(0(?:\.\d{1,4})?)\.css$`)

// Colour is the style sheet of one colour of a school, named by its hue and
// its strength: « 345-0.085.css ». It never changes under its name.
func (p *Pages) Colour(v *door.Visit) error {
	found := colourName.FindStringSubmatch(v.PathValue("colour"))
	if found == nil {
		return fault.ErrNotFound
	}
	hue, err := strconv.Atoi(found[1])
	if err != nil || hue > 360 {
		return fault.ErrNotFound
	}
	header := v.W.Header()
	header.Set("Content-Type", "text/css; charset=utf-8")
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	v.W.WriteHeader(http.StatusOK)
	_, _ = fmt.Fprintf(v.W, ":root{--accent-h:%d;--accent-c:%s}\n", hue, found[2])
	return nil
}
