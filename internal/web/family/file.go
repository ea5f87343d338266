package family

import (
	"errors"
	"mime"
	"net/http"
	"time"

	"pupitre/internal/domain/document"
	"pupitre/internal/domain/school"
	"pupitre/internal/letter"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
)

// What a stored file may do in the reader's browser: nothing. A PDF viewer
// does not start in a sandbox, and needs its own styles.
const (
	imagePolicy = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
	pdfPolicy   = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
)

// ShowDeposited streams a deposited file: to the family that handed it in, and
// to the office.
func (p *Pages) ShowDeposited(v *door.Visit) error {
	d, err := document.ByID(v.Ctx(), p.store, v.Actor, v.PathValue("deposit"))
	if err != nil {
		return err
	}
	if err := v.Take(d.FileName, 0); err != nil {
		return err
	}
	return p.stream(v, d.BlobKey, d.FileName, d.MediaType)
}

func (p *Pages) stream(v *door.Visit, key, name, mediaType string) error {
	file, err := p.blobs.Open(v.Ctx(), key)
	if errors.Is(err, fault.ErrNotFound) || err != nil && v.Ctx().Err() != nil {
		return err
	}
	if err != nil {
		return &fault.Unavailable{
			RetryAfter: time.Minute, Cause: err,
			Message: "Ce document ne peut pas être lu pour le moment. Recommencez dans une minute" + colon + "il est bien gardé.",
		}
	}
	defer file.Close()
	closed(v.W.Header(), name, mediaType)
	http.ServeContent(v.W, v.R, "", time.Time{}, file)
	return nil
}

// closed sets the headers of a file shown as it is.
func closed(h http.Header, name, mediaType string) {
	policy := imagePolicy
	if mediaType == "application/pdf" {
		policy = pdfPolicy
	}
	h.Set("Content-Type", mediaType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": name}))
}

// sendPDF answers with a PDF that the program has just written.
func sendPDF(v *door.Visit, name string, data []byte) error {
	closed(v.W.Header(), name, "application/pdf")
	// A reader who leaves in the middle is no fault of ours.
	_, _ = v.W.Write(data)
	return nil
}

// letterSchool is what letters say of the school.
func (p *Pages) letterSchool(s school.School) letter.School {
	return letter.School{Name: s.Name, ShortName: s.ShortName, Phone: s.Phone, Email: s.Email, Address: s.Address, URL: p.publicURL}
}
