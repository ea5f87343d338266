package school

import (
	"context"
	"errors"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Wording is a text of the school that the program shows somewhere, and where.
type Wording struct {
	Kind, Name, Where string
}

// Wordings are those that every school has; others are only its own.
var Wordings = []Wording{
	{TextRules, "Règlement intérieur", "Ce que la case « J’accepte » accepte. Une nouvelle version est demandée à qui n’a pas encore envoyé son dossier ; les autres gardent celle qu’ils ont acceptée."},
	{TextAgreement, "Phrase de l’accord", "À côté de la case « J’accepte », avant « Valider »."},
	{"mentions-legales", "Mentions légales", "La page de ce nom, au pied de toutes les autres."},
	{"donnees-personnelles", "Données personnelles", "La page de ce nom, au pied de toutes les autres."},
	{"tarifs", "Tarifs", "Parmi les documents à télécharger, si l’école les y publie."},
}

// WordingOf is the one of that kind; a text of the school's own is called by
// its title.
func WordingOf(t Text) Wording {
	for _, w := range Wordings {
		if w.Kind == t.Kind {
			return w
		}
	}
	name := t.Title
	if name == "" {
		name = t.Kind
	}
	return Wording{Kind: t.Kind, Name: name, Where: "Parmi les documents à télécharger, si l’école l’y publie."}
}

// TextForm is a text as its form shows it: saving it writes a new version.
var TextForm = Group[Text]{Settings: Under("La version en vigueur",
	Line("titre", "Titre", "En tête du texte.", 200, func(t *Text) *string { return &t.Title }),
	Required(Line("version", "Version", "Gardée avec chaque accord"+french.Nbsp+": 2027-1, puis 2027-2.", 40, func(t *Text) *string { return &t.Version })),
	Required(Area("texte", "Texte", "Une ligne vide sépare deux paragraphes.", 100_000, func(t *Text) *string { return &t.Body })),
)}

// VersionsOf returns every version of a kind of text, the last first.
func VersionsOf(ctx context.Context, r db.Reader, kind string) ([]Text, error) {
	rows, err := db.All[textRow](ctx, r, texts+`where kind = $1 order by created_at desc, id desc`, kind)
	all := make([]Text, len(rows))
	for i, row := range rows {
		all[i] = row.text()
	}
	return all, err
}

// SaveText writes the next version of the kind of text. One that may have been
// accepted is never edited: a name of version that was used is refused. It
// returns *Stale, *fault.Invalid or fault.ErrForbidden.
func SaveText(ctx context.Context, tx *db.Tx, e Edit, kind string, typed map[string]string) ([]Difference, error) {
	now, err := LatestText(ctx, tx, kind)
	if errors.Is(err, fault.ErrNotFound) {
		now, err = Text{Kind: kind}, nil
	}
	if err != nil {
		return nil, err
	}
	e.Subject, e.Name = "text:"+kind, WordingOf(now).Name
	return TextForm.Apply(ctx, tx, e, now, typed, func(next Text) error {
		_, err := TextVersion(ctx, tx, kind, next.Version)
		switch {
		case err == nil:
			return &fault.Invalid{Message: "Cette version existe déjà.", Fields: []fault.Field{{Name: "version",
				Message: "La version " + next.Version + " existe déjà, et a pu être acceptée" + french.Nbsp + ": donnez un autre nom à celle-ci."}}}
		case !errors.Is(err, fault.ErrNotFound):
			return err
		}
		return AddText(ctx, tx, e.Now, next)
	})
}
