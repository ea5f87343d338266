package document

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/school"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// PaperSettings is everything that the school says of a paper it asks.
var PaperSettings = school.NewGroup(soundPaper,
	school.Under("Le document",
		school.Required(school.Line("nom", "Nom", "", 100, func(p *Paper) *string { return &p.Name })),
		school.Area("aide", "Où le trouver", "Les familles le lisent sous le nom.", 500, func(p *Paper) *string { return &p.Help }),
		school.Area("consequence", "Ce qui arrive sans lui", "Par exemple"+french.Nbsp+": le tarif maximal sera appliqué.", 500, func(p *Paper) *string { return &p.Consequence }),
	),
	school.Under("À qui, et quand",
		picked("pour", "Demandé", func(p *Paper) string { return string(p.Audience) }, func(p *Paper, v string) { p.Audience = Audience(v) },
			school.Choice{Value: string(OfHousehold), Label: "à la famille, une fois"}, school.Choice{Value: string(OfPupil), Label: "pour chaque élève"}),
		school.Pick("condition", "Condition", "", func(p *Paper) *string { return &p.Condition },
			school.Choice{Value: "", Label: "toujours"}, school.Choice{Value: "debit", Label: "si le prélèvement est choisi"},
			school.Choice{Value: "on_paper", Label: "si le choix des cours est remis sur papier"}),
		school.Pick("validite", "Valable", "", func(p *Paper) *string { return &p.Validity },
			school.Choice{Value: "season", Label: "pour la saison"}, school.Choice{Value: "standing", Label: "une fois pour toutes, dès que validé"}),
		school.Tick("obligatoire", "Obligatoire", "Sans lui un dossier n’est pas complet"+french.Nbsp+": ni rang, ni place.", func(p *Paper) *bool { return &p.Required }),
		school.Pick("modele", "À télécharger vierge", "Le formulaire pédagogique tient lieu du choix.", func(p *Paper) *string { return &p.Template },
			school.Choice{Value: "", Label: "rien"}, school.Choice{Value: "mandate", Label: "le mandat de prélèvement"},
			school.Choice{Value: "pedagogical", Label: "le formulaire de réinscription pédagogique"}),
		school.Number("position", "Ordre à l’écran", "", 0, 999, func(p *Paper) *int64 { return &p.Position }),
	),
)

// picked is school.Pick for a text of a type of its own.
func picked(field, label string, get func(*Paper) string, set func(*Paper, string), choices ...school.Choice) school.Setting[Paper] {
	s := school.Pick(field, label, "", func(p *Paper) *string { return &p.Help }, choices...)
	return s.Instead(func(p Paper) string { return get(&p) }, set)
}

func soundPaper(p Paper, c *fault.Check) {
	c.That(p.Template != "pedagogical" || p.Condition == "on_paper", "condition", "Le formulaire pédagogique se demande si le choix des cours est remis sur papier.")
	c.That(p.Template != "pedagogical" || p.Required, "obligatoire", "Le formulaire pédagogique tient lieu du choix"+french.Nbsp+": il est obligatoire.")
	c.That(p.Template != "pedagogical" || p.Audience == OfPupil, "pour", "Le formulaire pédagogique est demandé pour chaque élève.")
	c.That(p.Condition != "on_paper" || p.Template == "pedagogical", "modele", "Cette condition est celle du formulaire pédagogique.")
	c.That(p.Template != "mandate" || p.Audience == OfHousehold, "pour", "Le mandat de prélèvement est demandé à la famille.")
}

// ByCode returns the paper of that code, or fault.ErrNotFound.
func ByCode(ctx context.Context, r db.Reader, season, code string) (Paper, error) {
	papers, err := Papers(ctx, r, season)
	for _, p := range papers {
		if p.Code == code {
			return p, nil
		}
	}
	if err == nil {
		err = fmt.Errorf("paper %s: %w", code, fault.ErrNotFound)
	}
	return Paper{}, err
}

// SavePaper saves a paper of the season, or makes one when code is "", and
// returns its code. What follows of it for the dossiers is enrolment's.
func SavePaper(ctx context.Context, tx *db.Tx, e school.Edit, season school.Season, code string, typed map[string]string) (string, []school.Difference, error) {
	now := Paper{}
	if code != "" {
		var err error
		if now, err = ByCode(ctx, tx, season.ID, code); err != nil {
			return "", nil, err
		}
	}
	e.Name = "Saison " + season.Name + ", pièce « " + strings.TrimSpace(typed["nom"]) + " »"
	if code == "" {
		fresh, err := freeCode(ctx, tx, season.ID, typed["nom"])
		if err != nil {
			return "", nil, err
		}
		code, e.Read = fresh, nil
	}
	e.Subject = Subject(season.ID, code)
	changes, err := PaperSettings.Apply(ctx, tx, e, now, typed, func(p Paper) error {
		if err := mayChange(ctx, tx, season.ID, code, now, p); err != nil {
			return err
		}
		p.Code = code
		return PutPaper(ctx, tx, season.ID, p)
	})
	return code, changes, err
}

// Subject is how the journal finds what changed of a paper.
func Subject(season, code string) string { return "paper:" + season + "/" + code }

var noWord = regexp.MustCompile(`[^a-z0-9]+`)

// freeCode makes a code of the name that no paper of any season has for another meaning.
func freeCode(ctx context.Context, r db.Reader, season, name string) (string, error) {
	code := strings.Trim(noWord.ReplaceAllString(french.Fold(name), "-"), "-")
	if code == "" {
		code = "piece"
	}
	taken, err := db.All[string](ctx, r, `select code from paper where season_id = $1 union select paper_code from deposit`, season)
	if err != nil {
		return "", err
	}
	is := map[string]bool{}
	for _, t := range taken {
		is[t] = true
	}
	free := code
	for n := 2; is[free]; n++ {
		free = fmt.Sprintf("%s-%d", code, n)
	}
	return free, nil
}

// mayChange refuses to turn a household's paper into the pupils' once some were handed in.
func mayChange(ctx context.Context, r db.Reader, season, code string, was, is Paper) error {
	if was.Code == "" || was.Audience == is.Audience {
		return nil
	}
	n, err := deposited(ctx, r, season, code)
	if err != nil || n == 0 {
		return err
	}
	const field = "pour"
	message := french.Count(n, "document est déjà déposé", "documents sont déjà déposés") + french.Nbsp + ": faites une autre pièce plutôt que de changer à qui celle-ci est demandée."
	return &fault.Invalid{Message: message, Fields: []fault.Field{{Name: field, Message: message}}}
}

func deposited(ctx context.Context, r db.Reader, season, code string) (int64, error) {
	return db.One[int64](ctx, r, `select count(*) from deposit where season_id = $1 and paper_code = $2`, season, code)
}

// RemovePaper asks a paper no more. It is refused once some were handed in.
func RemovePaper(ctx context.Context, tx *db.Tx, e school.Edit, season school.Season, code string) error {
	if !e.Actor.MaySettle() {
		return fault.ErrForbidden
	}
	p, err := ByCode(ctx, tx, season.ID, code)
	if err != nil {
		return err
	}
	n, err := deposited(ctx, tx, season.ID, code)
	if err != nil {
		return err
	}
	if n > 0 {
		return &fault.Conflict{Message: french.Count(n, "document est déjà déposé", "documents sont déjà déposés") + " pour « " + p.Name + " »" + french.Nbsp + ": ils ne se liraient plus. Rendez plutôt la pièce facultative."}
	}
	if _, err := tx.Exec(ctx, `delete from paper where season_id = $1 and code = $2`, season.ID, code); err != nil {
		return err
	}
	if err := school.Changed(ctx, tx); err != nil {
		return err
	}
	return journal.Append(ctx, tx, journal.By(e.Actor, e.Now, journal.Line{Event: "settings.removed", Subject: Subject(season.ID, code), Before: "pièce « " + p.Name + " »", After: "Saison " + season.Name + french.Nbsp + ": pièce retirée"}))
}
