package school

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Identity is who the school is, as families read it.
var Identity = Group[School]{Settings: join(
	Under("L’école",
		Required(Line("nom", "Nom", "", 200, func(s *School) *string { return &s.Name })),
		Required(Line("nom_court", "Nom court", "En haut des pages, dans l’objet des mails.", 100, func(s *School) *string { return &s.ShortName })),
		Line("adresse", "Adresse", "", 200, func(s *School) *string { return &s.Address }),
		checked(Line("telephone", "Téléphone", "", 40, func(s *School) *string { return &s.Phone }), TelKind, phoneNumber),
		checked(Line("email", "E-mail", "Les familles y répondent.", 200, func(s *School) *string { return &s.Email }), EmailKind, mailAddress),
		checked(Line("site_web", "Site", "", 200, func(s *School) *string { return &s.Website }), LineKind, webAddress),
		checked(Line("preinscription_url", "Adresse de pré-inscription", "Si elle se fait ailleurs que dans ce portail.", 200, func(s *School) *string { return &s.PreEnrolmentURL }), LineKind, webAddress),
	),
	Under("La couleur des écrans",
		colour("teinte", "Teinte", "Un angle de 0 à 360"+french.Nbsp+": 25 brique, 150 sapin, 250 ardoise, 345 grenat. Vide"+french.Nbsp+": la couleur de Pupitre.", 0),
		colour("intensite", "Intensité", "De 0 à 0,15"+french.Nbsp+"; 0,085 d’ordinaire.", 1),
	),
	Under("Ce que dit le pied des pages",
		Pick("accessibilite", "Déclaration d’accessibilité", "Selon le dernier audit.", func(s *School) *string { return &s.Accessibility },
			Choice{"non conforme", "non conforme", ""}, Choice{"partiellement conforme", "partiellement conforme", ""}, Choice{"totalement conforme", "totalement conforme", ""}),
	),
)}

// Policies are the rules of the house: delays, passwords, what families see.
var Policies = Group[School]{Settings: join(
	Under("Les délais",
		Number("delai_piece_jours", "Pour remplacer une pièce refusée", "En jours, jusqu’à 23 h 59.", 1, 60, func(s *School) *int64 { return &s.PaperDays }),
		Number("delai_offre_jours", "Pour répondre à une place proposée", "En jours.", 1, 30, func(s *School) *int64 { return &s.OfferDays }),
	),
	Under("Quand l’école écrit d’elle-même",
		Number("heures_calmes_fin", "À partir de", "Heure de Paris. Une réponse à ce qu’une famille vient de faire part toujours aussitôt.", 0, 23, func(s *School) *int64 { return &s.QuietUntil }),
		Number("heures_calmes_debut", "Jusqu’à", "", 1, 24, func(s *School) *int64 { return &s.QuietFrom }),
		Tick("dimanches_calmes", "Rien le dimanche", "Ce qui devait partir un dimanche part le lundi.", func(s *School) *bool { return &s.QuietSundays }),
	),
	Under("Pièces manquantes",
		checked(Line("relances_jours", "Relancer d’office, avant la clôture", "En jours"+french.Nbsp+": « 10, 3 ». Une fois par jour dit, à qui il manque une pièce obligatoire. Vide"+french.Nbsp+": jamais.", 40, func(s *School) *string { return &s.ReminderDays }), LineKind, reminderDays),
	),
	Under("Ce que voient les familles",
		Tick("rang_visible", "Le rang de leur dossier", "Les familles lisent leur rang dès que le dossier est complet.", func(s *School) *bool { return &s.RankShown }),
	),
	Under("Mots de passe et sessions",
		Number("mot_de_passe_min", "Au moins", "Caractères, pour les familles. L’équipe"+french.Nbsp+": 12 au moins.", 8, 64, func(s *School) *int64 { return &s.PasswordMin }),
		Number("mot_de_passe_max", "Au plus", "", 8, 128, func(s *School) *int64 { return &s.PasswordMax }),
		Pick("recuperation", "Mot de passe perdu", "", func(s *School) *string { return &s.Recovery },
			Choice{RecoverByPassword, "un mot de passe provisoire par mail", "L’ancien ne vaut plus dès la demande."},
			Choice{RecoverByLink, "un lien à usage unique par mail", "L’ancien vaut jusqu’au nouveau."}),
		Number("session_minutes", "Durée d’une session", "En minutes sans rien faire"+french.Nbsp+"; ensuite il faut se reconnecter.", 5, 1440, func(s *School) *int64 { return &s.SessionMinutes }),
		Number("journal_mois", "Journal des accès", "En mois"+french.Nbsp+": ce qui est plus ancien est effacé chaque jour. La CNIL conseille de 6 à 12.", 6, 36, func(s *School) *int64 { return &s.AccessMonths }),
	),
), whole: func(s School, c *fault.Check) {
	c.That(s.PasswordMin <= s.PasswordMax, "mot_de_passe_max", "Au plus ne peut pas être moins que au moins.")
	c.That(s.QuietUntil < s.QuietFrom, "heures_calmes_debut", "La fin de la journée vient après son début"+french.Nbsp+": de 8 à 20, par exemple.")
}}

func join[T any](groups ...[]Setting[T]) []Setting[T] {
	var all []Setting[T]
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}

// colour is the hue (0) or the strength (1) of the screens.
func colour(field, label, help string, part int) Setting[School] {
	s := Line(field, label, help, 8, func(s *School) *string { return &s.Hue })
	s.Get = func(s School) string {
		hue, chroma, ok := s.Colour()
		switch {
		case !ok:
			return ""
		case part == 0:
			return strconv.Itoa(hue)
		default:
			return strings.Replace(strconv.FormatFloat(chroma, 'f', -1, 64), ".", ",", 1)
		}
	}
	s.set = func(to *School, v string) string {
		hue, chroma, ok := to.Colour()
		if !ok {
			chroma = usualChroma
		}
		if part == 0 {
			if v == "" {
				to.Hue = ""
				return ""
			}
			n, err := strconv.Atoi(v)
			if err != nil || n < 0 || n > 360 {
				return "Écrivez un nombre de 0 à 360."
			}
			to.Hue = Colour(n, chroma)
			return ""
		}
		if to.Hue == "" {
			return ""
		}
		if v == "" {
			to.Hue = Colour(hue, usualChroma)
			return ""
		}
		f, err := strconv.ParseFloat(strings.Replace(v, ",", ".", 1), 64)
		if err != nil || !(f >= 0 && f <= 0.15) {
			return "Écrivez un nombre de 0 à 0,15."
		}
		to.Hue = Colour(hue, f)
		return ""
	}
	return s
}

const usualChroma = 0.085

// Beginning is a school before anybody has said anything of it.
var Beginning = School{
	ID: "school", Recovery: RecoverByPassword, PasswordMin: 8, PasswordMax: 20, SessionMinutes: 60, PaperDays: 7, OfferDays: 3,
	QuietFrom: 20, QuietUntil: 8, RankShown: true, AccessMonths: UsualAccessMonths, Accessibility: "non conforme",
}

// UsualAccessMonths is how many months the journal of accesses is kept, unless
// the school says otherwise.
const UsualAccessMonths = 12

// SaveSchool saves one group of the school's settings; the first save makes the
// school. It returns *Stale, *fault.Invalid or fault.ErrForbidden.
func SaveSchool(ctx context.Context, tx *db.Tx, g Group[School], e Edit, typed map[string]string) ([]Difference, error) {
	now, err := Current(ctx, tx)
	if errors.Is(err, fault.ErrNotFound) {
		now, err = Beginning, nil
	}
	if err != nil {
		return nil, err
	}
	e.Subject, e.Name = "school", "École"
	return g.Apply(ctx, tx, e, now, typed, func(s School) error { return Put(ctx, tx, s) })
}
