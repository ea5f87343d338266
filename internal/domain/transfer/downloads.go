package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"

	"pupitre/internal/domain/school"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/french"
)

// maxDownload bounds a document that the school publishes, in bytes.
const maxDownload = 50 << 20

// keepDownloads stores the files that the school publishes, before the rows
// that name them, and describes them by file name. With dryRun nothing is stored.
func keepDownloads(ctx context.Context, deps Deps, f *folder.Folder, dryRun bool) (map[string]school.PublishedDocument, error) {
	kept := map[string]school.PublishedDocument{}
	for _, d := range f.School.Downloads {
		if d.File == "" {
			continue
		}
		data, err := fs.ReadFile(deps.Files, d.File)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", d.File, err)
		}
		if len(data) > maxDownload {
			return nil, &Refused{Problems: []folder.Problem{{File: d.File, Message: "Ce document dépasse 50 Mo."}}}
		}
		sum := sha256.Sum256(data)
		doc := school.PublishedDocument{Code: "fichier-" + slug(d.File), FileName: path.Base(d.File), MediaType: mediaType(d.File, data), Size: int64(len(data)),
			BlobKey: "published/" + hex.EncodeToString(sum[:])}
		if !dryRun {
			if _, err := deps.Blobs.Put(ctx, doc.BlobKey, bytes.NewReader(data)); err != nil {
				return nil, err
			}
		}
		kept[d.File] = doc
	}
	return kept, nil
}

func mediaType(name string, data []byte) string {
	if t := mime.TypeByExtension(strings.ToLower(path.Ext(name))); t != "" {
		return t
	}
	return http.DetectContentType(data)
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

func slug(s string) string {
	return strings.Trim(notSlug.ReplaceAllString(french.Fold(path.Base(s)), "-"), "-")
}

type publicationFields struct {
	Title     string `json:"intitule"`
	FileName  string `json:"fichier"`
	BlobKey   string `json:"contenu"`
	MediaType string `json:"type"`
	Size      int64  `json:"taille"`
	Position  int64  `json:"position"`
}

// publications takes « Documents à télécharger ».
func (im *importer) publications() error {
	all, err := school.PublishedDocuments(im.ctx, im.tx)
	if err != nil {
		return err
	}
	heldNow := map[string]publicationFields{}
	for _, d := range all {
		heldNow[d.Code] = publicationFields{d.Title, d.FileName, d.BlobKey, d.MediaType, d.Size, d.Position}
	}
	for i, in := range im.folder.School.Downloads {
		d := im.downloads[in.File]
		switch {
		case in.Template != "":
			d.Code = school.TemplateCode(templates[in.Template])
		case in.Text != "":
			d.Code = school.TextCode(in.Text)
		}
		t := thing{kind: "published_document", key: d.Code, id: d.Code, what: "documents à télécharger", name: in.Title, file: folder.SchoolFile}
		f, c := settle(im, t, of(heldNow, d.Code), publicationFields{in.Title, d.FileName, d.BlobKey, d.MediaType, d.Size, int64(i)})
		if c == unchanged {
			continue
		}
		if err := school.PutPublishedDocument(im.ctx, im.tx, school.PublishedDocument{Code: d.Code, Title: f.Title, FileName: f.FileName,
			BlobKey: f.BlobKey, MediaType: f.MediaType, Size: f.Size, Position: f.Position}); err != nil {
			return err
		}
	}
	return nil
}
