package school

import (
	"context"
	"strings"
	"time"

	"pupitre/internal/platform/db"
)

// The kinds of text that the program itself looks for.
const (
	TextRules     = "reglement" // what « J’accepte » accepts
	TextAgreement = "accord"    // the sentence beside its box
)

// Text is one version of a text of the school, never edited once written: a
// change is a new version. Body is paragraphs separated by an empty line; it
// may be empty of title.
type Text struct {
	ID        string
	Kind      string
	Version   string
	Title     string
	Body      string
	CreatedAt time.Time
}

// textRow keeps the title as the body's first line, « # title ».
type textRow struct {
	ID        string    `db:"id"`
	Kind      string    `db:"kind"`
	Version   string    `db:"version"`
	Body      string    `db:"body"`
	CreatedAt time.Time `db:"created_at"`
}

func (t textRow) text() Text {
	out := Text{ID: t.ID, Kind: t.Kind, Version: t.Version, Body: t.Body, CreatedAt: t.CreatedAt}
	if rest, ok := strings.CutPrefix(t.Body, "# "); ok {
		out.Title, out.Body, _ = strings.Cut(rest, "\n\n")
	}
	return out
}

func (t Text) stored() string {
	if t.Title == "" {
		return t.Body
	}
	return "# " + t.Title + "\n\n" + t.Body
}

const texts = `select id, kind, version, body, created_at from school_text `

// LatestText returns the last version of a kind of text, or fault.ErrNotFound.
func LatestText(ctx context.Context, r db.Reader, kind string) (Text, error) {
	row, err := db.One[textRow](ctx, r, texts+`where kind = $1 order by created_at desc, id desc limit 1`, kind)
	return row.text(), err
}

// TextByID returns one version of a text, or fault.ErrNotFound.
func TextByID(ctx context.Context, r db.Reader, id string) (Text, error) {
	row, err := db.One[textRow](ctx, r, texts+`where id = $1`, id)
	return row.text(), err
}

// LatestTexts returns the last version of every kind, by kind.
func LatestTexts(ctx context.Context, r db.Reader) ([]Text, error) {
	rows, err := db.All[textRow](ctx, r, texts+`order by kind, created_at desc, id desc`)
	var latest []Text
	for _, row := range rows {
		if n := len(latest); n == 0 || latest[n-1].Kind != row.Kind {
			latest = append(latest, row.text())
		}
	}
	return latest, err
}

// The sources of a published document that is not a file.
const (
	templatePrefix = "modele-"
	textPrefix     = "texte-"
)

// PublishedDocument is an entry of « Documents à télécharger » (R8): a stored
// file, a blank that the program writes (Template), or a text of the school (TextKind).
type PublishedDocument struct {
	ID        string `db:"id"`
	Code      string `db:"code"`
	Title     string `db:"title"`
	FileName  string `db:"file_name"`
	BlobKey   string `db:"blob_key"` // "" when it is no stored file
	MediaType string `db:"media_type"`
	Size      int64  `db:"size"`
	Position  int64  `db:"position"`
}

// Template returns "mandate" or "pedagogical" for a blank that the program writes, else "".
func (d PublishedDocument) Template() string { return d.source(templatePrefix) }

// TextKind returns the kind of text behind the document, else "".
func (d PublishedDocument) TextKind() string { return d.source(textPrefix) }

func (d PublishedDocument) source(prefix string) string {
	code, ok := strings.CutPrefix(d.Code, prefix)
	if !ok || d.BlobKey != "" {
		return ""
	}
	return code
}

const published = `select id, code, title, file_name, blob_key, media_type, size, position from published_document `

// PublishedDocuments returns what the school publishes, in its order.
func PublishedDocuments(ctx context.Context, r db.Reader) ([]PublishedDocument, error) {
	return db.All[PublishedDocument](ctx, r, published+`order by position, code`)
}

// PublishedDocumentByCode returns one, or fault.ErrNotFound.
func PublishedDocumentByCode(ctx context.Context, r db.Reader, code string) (PublishedDocument, error) {
	return db.One[PublishedDocument](ctx, r, published+`where code = $1`, code)
}

// TemplateCode is the code of a published blank: "mandate" or "pedagogical".
func TemplateCode(template string) string { return templatePrefix + template }

// TextCode is the code of a published text of the school.
func TextCode(kind string) string { return textPrefix + kind }
