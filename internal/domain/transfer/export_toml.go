package transfer

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/french"
)

// tomlWriter writes keys and tables; an empty value is left out.
type tomlWriter struct{ strings.Builder }

func (w *tomlWriter) table(name string) { w.WriteString("\n" + name + "\n") }

func (w *tomlWriter) text(key, v string) {
	switch {
	case v == "":
	case strings.Contains(v, "\n"):
		w.line(key, `"""`+"\n"+strings.ReplaceAll(strings.ReplaceAll(quoted(v), `\n`, "\n"), "\r", `\r`)+`"""`)
	default:
		w.line(key, `"`+quoted(v)+`"`)
	}
}

func (w *tomlWriter) line(key, v string) { w.WriteString(key + " = " + v + "\n") }

func (w *tomlWriter) number(key string, v int64) {
	if v != 0 {
		w.line(key, strconv.FormatInt(v, 10))
	}
}

func (w *tomlWriter) yes(key string, v bool) {
	if v {
		w.line(key, "true")
	}
}

func (w *tomlWriter) day(key, iso string) { w.text(key, french.CivilDate(iso)) }

func (w *tomlWriter) instant(key string, at time.Time) {
	if !at.IsZero() {
		w.line(key, at.In(clock.Paris).Format(time.RFC3339Nano))
	}
}

func (w *tomlWriter) words(key string, all []string) {
	if len(all) == 0 {
		return
	}
	var parts []string
	for _, v := range all {
		parts = append(parts, `"`+quoted(v)+`"`)
	}
	w.line(key, "["+strings.Join(parts, ", ")+"]")
}

// quoted escapes a text for TOML's quotation marks.
func quoted(v string) string {
	var b strings.Builder
	for _, r := range v {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func (x *exporter) schoolTOML() ([]byte, error) {
	w := &tomlWriter{}
	w.WriteString("# L’école telle qu’elle était au moment de l’export. Chaque clé est décrite dans docs/import.md.\n\n")
	s, err := school.Current(x.ctx, x.r)
	if err != nil {
		return nil, err
	}
	x.identity(w, s)
	if err := x.places(w); err != nil {
		return nil, err
	}
	x.campaign(w)
	x.programmes(w)
	means, err := school.PaymentMeans(x.ctx, x.r)
	if err != nil {
		return nil, err
	}
	if err := x.papers(w, means); err != nil {
		return nil, err
	}
	if err := x.billing(w, means); err != nil {
		return nil, err
	}
	x.policies(w, s)
	if err := x.texts(w); err != nil {
		return nil, err
	}
	return []byte(w.String()), nil
}

func (x *exporter) identity(w *tomlWriter, s school.School) {
	w.text("nom", s.Name)
	w.text("nom_court", s.ShortName)
	w.text("adresse", s.Address)
	w.text("telephone", s.Phone)
	w.text("email", s.Email)
	w.text("site_web", s.Website)
	w.text("preinscription_url", s.PreEnrolmentURL)
	if hue, chroma, ok := s.Colour(); ok {
		w.line("teinte", strconv.Itoa(hue))
		w.line("intensite", decimal(chroma))
	}
	var all []string
	for _, l := range school.Levels {
		all = append(all, l.French())
	}
	w.words("niveaux", all)
}

// decimal writes a number that TOML takes for one with a fraction.
func decimal(v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

func (x *exporter) places(w *tomlWriter) error {
	sites, err := school.Sites(x.ctx, x.r)
	for _, s := range sites {
		w.table("[[poles]]")
		w.text("code", s.Code)
		w.text("nom", s.Name)
		w.text("commune", s.Town)
		w.text("adresse", s.Address)
	}
	return err
}

func (x *exporter) campaign(w *tomlWriter) {
	w.table("[saison]")
	w.text("nom", x.season.Name)
	w.day("debut", x.season.StartsOn)
	w.day("fin", x.season.EndsOn)
	w.day("date_ages", x.season.AgesOn)
	w.table("[campagne]")
	w.instant("ouverture", x.season.OpensAt)
	w.instant("fermeture", x.season.ClosesAt)
	w.instant("fin_listes", x.season.ListsEndAt)
	w.instant("liberation_partielle", x.season.PartialReleaseAt)
	w.instant("publication_cours", x.season.CoursesPublishedAt)
	w.instant("nouveaux", x.season.NewcomersOpenAt)
	w.instant("passage", x.season.HandsOverAt)
}

func (x *exporter) programmes(w *tomlWriter) {
	for _, p := range x.offer.Programmes {
		w.table("[[formules]]")
		w.text("code", p.Code)
		w.text("intitule", p.Title)
		w.text("message", p.Message)
		w.number("age_min", p.AgeMin)
		w.number("age_max", p.AgeMax)
		w.words("niveaux", levelWords(p.Levels))
		for _, l := range p.Lines {
			w.table("[[formules.lignes]]")
			x.line(w, l)
		}
	}
}

func (x *exporter) line(w *tomlWriter, l catalogue.Line) {
	w.text("intitule", l.Label)
	var kinds []string
	for _, k := range l.Kinds {
		kinds = append(kinds, string(k))
	}
	w.words("types", kinds)
	w.number("min", l.Min)
	if l.Max < catalogue.Unbounded {
		w.number("max", l.Max)
	}
	w.words("niveaux", levelWords(l.Levels))
	w.number("semestre", l.Semester)
	w.yes("differents", l.DistinctTitles)
	w.yes("sans_instrument", l.WithoutInstrument)
}

var templateWords = map[string]string{"mandate": "mandat", "pedagogical": "formulaire"}

func (x *exporter) papers(w *tomlWriter, means []school.PaymentMean) error {
	debit := ""
	for _, m := range means {
		if m.IsDebit {
			debit = m.Code
		}
	}
	all, err := document.Papers(x.ctx, x.r, x.season.ID)
	for _, p := range all {
		w.table("[[pieces]]")
		w.text("code", p.Code)
		w.text("nom", p.Name)
		w.text("pour", map[document.Audience]string{document.OfHousehold: folder.ForHousehold, document.OfPupil: folder.ForPupil}[p.Audience])
		w.yes("obligatoire", p.Required)
		if p.Condition == "debit" {
			w.text("condition", debit)
		}
		w.text("validite", map[string]string{"season": folder.ValidSeason, "standing": folder.ValidPermanent}[p.Validity])
		w.text("modele", templateWords[p.Template])
		w.text("aide", p.Help)
		w.text("consequence", p.Consequence)
	}
	return err
}

func (x *exporter) billing(w *tomlWriter, means []school.PaymentMean) error {
	modes, err := school.BillingModes(x.ctx, x.r)
	if err != nil {
		return err
	}
	for _, m := range modes {
		w.table("[[facturation.modes]]")
		w.number("fois", m.Code)
		w.text("intitule", m.Name)
	}
	for _, m := range means {
		w.table("[[facturation.moyens]]")
		w.text("code", m.Code)
		w.text("intitule", m.Name)
	}
	return nil
}

func (x *exporter) policies(w *tomlWriter, s school.School) {
	if s.CreditorName+s.CreditorICS+s.CreditorSIRET+s.CreditorAddress+s.CreditorIBAN+s.CreditorBIC+s.CreditorTaxNote+s.CreditorAppeal+s.ChequeOrder != "" {
		w.table("[creancier]")
		w.text("nom", s.CreditorName)
		w.text("adresse", s.CreditorAddress)
		w.text("siret", s.CreditorSIRET)
		w.text("ics", s.CreditorICS)
		w.text("iban", s.CreditorIBAN)
		w.text("bic", s.CreditorBIC)
		w.text("tva", s.CreditorTaxNote)
		w.text("recours", s.CreditorAppeal)
		w.text("cheque_ordre", s.ChequeOrder)
	}
	w.table("[politiques]")
	w.number("delai_piece_jours", s.PaperDays)
	w.number("delai_offre_jours", s.OfferDays)
	w.number("mot_de_passe_min", s.PasswordMin)
	w.number("mot_de_passe_max", s.PasswordMax)
	recovery := folder.RecoverByPassword
	if s.Recovery == school.RecoverByLink {
		recovery = folder.RecoverByLink
	}
	w.text("recuperation", recovery)
	w.line("rang_visible", strconv.FormatBool(s.RankShown))
	w.text("heures_calmes", fmt.Sprintf("%d-%d", s.QuietUntil, s.QuietFrom))
	w.line("dimanches_calmes", strconv.FormatBool(s.QuietSundays))
	w.text("relances_jours", s.ReminderDays)
	w.number("session_minutes", s.SessionMinutes)
	w.number("journal_mois", s.AccessMonths)
}

func (x *exporter) texts(w *tomlWriter) error {
	texts, err := school.LatestTexts(x.ctx, x.r)
	if err != nil {
		return err
	}
	for _, t := range texts {
		w.table("[[textes]]")
		w.text("code", t.Kind)
		w.text("version", t.Version)
		w.text("titre", t.Title)
		w.text("texte", t.Body)
	}
	documents, err := school.PublishedDocuments(x.ctx, x.r)
	for _, d := range documents {
		w.table("[[documents]]")
		w.text("intitule", d.Title)
		w.text("modele", templateWords[d.Template()])
		w.text("texte", d.TextKind())
		if d.BlobKey != "" {
			w.text("fichier", publishedPath(d.FileName))
		}
	}
	return err
}
