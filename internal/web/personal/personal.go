// Package personal is the door of what the school keeps about a household, as
// one archive: for the household itself, and for who hands it over.
package personal

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"time"

	"pupitre/internal/domain/actor"
	rooms "pupitre/internal/domain/personal"
	"pupitre/internal/letter"
	"pupitre/internal/platform/blob"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/web/door"
)

// Pages answers the routes.
type Pages struct {
	store *db.Store
	blobs blob.Store
}

// New makes the pages.
func New(store *db.Store, blobs blob.Store) *Pages { return &Pages{store, blobs} }

// OwnPath is the address of a family's own archive.
const OwnPath = "/famille/donnees.zip"

// Routes is this door's part of the site map.
func (p *Pages) Routes() []door.Route {
	return []door.Route{
		door.Get(OwnPath, door.Family, actor.FamilyPages, "personal.own", p.Own),
		door.Get("/bureau/familles/{household}/donnees.zip", door.Office, actor.PersonalData, "personal.household", p.Household),
	}
}

// Own answers with what is kept about the visitor's household.
func (p *Pages) Own(v *door.Visit) error { return p.archive(v, v.Actor.Household) }

// Household answers with what is kept about the household named in the path.
func (p *Pages) Household(v *door.Visit) error { return p.archive(v, v.PathValue("household")) }

// archive is made whole before any of it leaves: a file that cannot be read is
// an answer that says so, and never half an archive.
func (p *Pages) archive(v *door.Visit, household string) error {
	data, err := rooms.Of(v.Ctx(), p.store, v.Actor, household)
	if err != nil {
		return err
	}
	made, err := os.CreateTemp("", "pupitre-donnees-*.zip")
	if err != nil {
		return err
	}
	defer os.Remove(made.Name())
	defer made.Close()
	if err := p.write(v.Ctx(), made, data, factsOf(v, data), v.Now); err != nil {
		return err
	}
	const name = "donnees-du-foyer.zip"
	if err := v.Take(name, 0); err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	http.ServeContent(v.W, v.R, "", time.Time{}, made)
	return nil
}

func (p *Pages) write(ctx context.Context, to io.Writer, data rooms.Data, facts letter.PersonalDataFacts, now time.Time) error {
	page, err := letter.PersonalData(facts)
	if err != nil {
		return err
	}
	values, err := data.JSON()
	if err != nil {
		return err
	}
	out := zip.NewWriter(to)
	for _, f := range []struct {
		name string
		body []byte
	}{{"vos-donnees.html", page}, {"donnees.json", values}} {
		w, err := out.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: now})
		if err != nil {
			return err
		}
		if _, err := w.Write(f.body); err != nil {
			return err
		}
	}
	for _, f := range data.Files {
		if err := p.add(ctx, out, f, now); err != nil {
			return err
		}
	}
	return out.Close()
}

// add copies a deposited file as it is: images and PDFs are small already.
func (p *Pages) add(ctx context.Context, out *zip.Writer, f rooms.File, now time.Time) error {
	file, err := p.blobs.Open(ctx, f.BlobKey)
	if err != nil {
		if ctx.Err() != nil || errors.Is(err, fault.ErrNotFound) {
			return fmt.Errorf("the deposit %s: %w", f.BlobKey, err)
		}
		return &fault.Unavailable{RetryAfter: time.Minute, Cause: err,
			Message: "Un document de cette archive ne peut pas être lu pour le moment. Recommencez dans une minute\u202f: il est bien gardé."}
	}
	defer file.Close()
	w, err := out.CreateHeader(&zip.FileHeader{Name: "pieces/" + f.Name, Method: zip.Store, Modified: now})
	if err != nil {
		return err
	}
	_, err = io.Copy(w, file)
	return err
}

func factsOf(v *door.Visit, data rooms.Data) letter.PersonalDataFacts {
	facts := letter.PersonalDataFacts{School: letter.School{Name: v.School.Name, Email: v.School.Email}, Made: v.Now, Files: len(data.Files)}
	for _, s := range data.Sections {
		section := letter.PersonalSection{Title: s.Title}
		for _, r := range s.Records {
			var fields []letter.PersonalField
			for _, f := range r {
				if f.Said != "" && f.Label != "" {
					fields = append(fields, letter.PersonalField{Label: f.Label, Said: f.Said})
				}
			}
			section.Records = append(section.Records, fields)
		}
		facts.Sections = append(facts.Sections, section)
	}
	return facts
}
