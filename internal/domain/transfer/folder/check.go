package folder

import (
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"pupitre/internal/domain/school"
	"pupitre/internal/platform/sepa"
)

// schoolCheck judges ecole.toml once it is decoded.
type schoolCheck struct {
	*reader
	keys keyPositions
}

func (s *schoolCheck) fail(path, message string) {
	s.problem(SchoolFile, s.keys.line(path), path, message)
}

// filled refuses an empty or over-long text, or one with an invisible character.
func (s *schoolCheck) filled(path, v string, limit int) {
	if strings.TrimSpace(v) == "" {
		s.fail(path, "Cette valeur est obligatoire.")
		return
	}
	s.fits(path, v, limit)
}

func (s *schoolCheck) fits(path, v string, limit int) {
	if n := utf8.RuneCountInString(v); n > limit {
		s.fail(path, fmt.Sprintf("Cette valeur a %d caractères : %d au plus.", n, limit))
	}
	if strings.ContainsFunc(v, func(r rune) bool { return hidden(r) && r != '\n' && r != '\r' && r != '\t' }) {
		s.fail(path, "Cette valeur contient un caractère invisible ou illisible.")
	}
}

var codeForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

// codes checks that each code is well formed and stands once.
func (s *schoolCheck) codes(table string, codes []string) {
	for i, code := range codes {
		path := fmt.Sprintf("%s[%d].code", table, i)
		if !codeForm.MatchString(code) {
			s.fail(path, "« "+code+" » : un code a de 1 à 40 lettres minuscules sans accent, chiffres ou tirets.")
		} else if slices.Contains(codes[:i], code) {
			s.fail(path, "Le code « "+code+" » est là deux fois.")
		}
	}
}

func (s *schoolCheck) oneOf(path, v string, values ...string) {
	if !slices.Contains(values, v) {
		s.fail(path, "« "+v+" » : écrivez "+strings.Join(values, " ou ")+".")
	}
}

const (
	maxMessage = 2000
	maxBody    = 100_000
)

func (s *schoolCheck) all(school *School) {
	s.identity(school)
	s.sites(school.Sites)
	s.levelList("niveaux", school)
	s.programmes(school)
	s.billing(school)
	s.pieces(school)
	s.texts(school.Texts)
	s.downloads(school)
	s.policies(&school.Policies)
	s.creditor(&school.Creditor)
}

func (s *schoolCheck) identity(school *School) {
	s.filled("nom", school.Name, maxText)
	if school.ShortName == "" {
		school.ShortName = school.Name
	}
	s.fits("nom_court", school.ShortName, maxName)
	s.fits("adresse", school.Address, maxText)
	s.fits("telephone", school.Phone, maxCode)
	if _, ok := normalPhone(school.Phone); school.Phone != "" && !ok {
		s.fail("telephone", "« "+school.Phone+" » n’est pas un numéro de téléphone.")
	}
	if _, ok := plausibleEmail(school.Email); school.Email != "" && !ok {
		s.fail("email", "« "+school.Email+" » n’est pas une adresse mail.")
	}
	for path, v := range map[string]string{"site_web": school.Website, "preinscription_url": school.PreRegistrationURL} {
		if u, err := url.Parse(v); v != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
			s.fail(path, "« "+v+" » : une adresse commence par https://.")
		}
	}
	if school.Hue < 0 || school.Hue > 360 {
		s.fail("teinte", "La teinte est un nombre de 0 à 360.")
	}
	if school.Chroma < 0 || school.Chroma > 0.15 {
		s.fail("intensite", "L’intensité est un nombre de 0 à 0.15.")
	}
}

func (s *schoolCheck) sites(sites []Site) {
	if len(sites) == 0 {
		s.fail("poles", "Il faut au moins un pôle : [[poles]].")
	}
	var codes []string
	for i, site := range sites {
		codes = append(codes, site.Code)
		s.filled(fmt.Sprintf("poles[%d].nom", i), site.Name, maxName)
		s.fits(fmt.Sprintf("poles[%d].commune", i), site.City, maxName)
		s.fits(fmt.Sprintf("poles[%d].adresse", i), site.Address, maxText)
	}
	s.codes("poles", codes)
}

func (s *schoolCheck) levelList(path string, school *School) {
	for i, l := range school.Levels {
		s.filled(path, l, maxCode)
		if slices.ContainsFunc(school.Levels[:i], func(o string) bool { return levelKey(o) == levelKey(l) }) {
			s.fail(path, "Le niveau « "+l+" » est là deux fois.")
		}
	}
}

// levelsOf replaces each level by the school's spelling of it.
func (s *schoolCheck) levelsOf(path string, school *School, levels []string) {
	for i, v := range levels {
		if l := school.level(v); l != "" {
			levels[i] = l
		} else {
			s.fail(path, "« "+v+" » n’est pas un niveau de l’école : "+strings.Join(school.Levels, ", ")+".")
		}
	}
}

func (s *schoolCheck) programmes(school *School) {
	var codes []string
	for i, p := range school.Programmes {
		at := fmt.Sprintf("formules[%d]", i)
		codes = append(codes, p.Code)
		s.filled(at+".intitule", p.Title, maxText)
		s.fits(at+".message", p.Message, maxMessage)
		s.levelsOf(at+".niveaux", school, p.Levels)
		s.ages(at, p.AgeMin, p.AgeMax)
		if len(p.Lines) == 0 {
			s.fail(at, "Une formule a au moins une ligne : [[formules.lignes]].")
		}
		for j := range p.Lines {
			s.line(fmt.Sprintf("%s.lignes[%d]", at, j), school, &p.Lines[j])
		}
	}
	if len(codes) == 0 {
		s.fail("formules", "Il faut au moins une formule : [[formules]].")
	}
	s.codes("formules", codes)
}

func (s *schoolCheck) ages(at string, low, high int) {
	if low < 0 || high < 0 || low > 120 || high > 120 || high > 0 && low > high {
		s.fail(at+".age_max", "Les âges vont de 0 à 120, le minimum avant le maximum.")
	}
}

var typeNames = map[string]string{Eveil: "Éveil", Parcours: "Parcours", Instrument: "Instrument", Practice: "Pratique collective", Culture: "Culture musicale"}

func (s *schoolCheck) line(at string, school *School, l *Line) {
	var names []string
	for _, t := range l.Types {
		if typeNames[t] == "" {
			s.fail(at+".types", "« "+t+" » n’est pas un type de cours : eveil, parcours, instrument, pratique, culture.")
		}
		names = append(names, typeNames[t])
	}
	if len(names) == 0 {
		s.fail(at+".types", "Il faut au moins un type de cours.")
	}
	if l.Title == "" {
		l.Title = strings.Join(names, " ou ")
	}
	s.fits(at+".intitule", l.Title, maxText)
	s.levelsOf(at+".niveaux", school, l.Levels)
	if l.Min < 0 || l.Max < 0 || l.Max > 0 && l.Min > l.Max || l.Min > 20 || l.Max > 20 {
		s.fail(at+".max", "Le nombre de cours va de min à max (20 au plus) ; sans max, il n’y a pas de limite.")
	}
	if l.Semester < 0 || l.Semester > 2 {
		s.fail(at+".semestre", "Le semestre est 1 ou 2 ; sans semestre, tous conviennent.")
	}
}

func (s *schoolCheck) billing(school *School) {
	if len(school.BillingModes) == 0 {
		school.BillingModes = []BillingMode{{1, "En 1 fois – paiement en octobre"}}
	}
	seen := map[int]bool{}
	for _, m := range school.BillingModes {
		s.filled("facturation.modes", m.Label, maxText)
		if m.Instalments < 1 || m.Instalments > 12 || seen[m.Instalments] {
			s.fail("facturation.modes", "« fois » est un nombre de 1 à 12, chacun une seule fois.")
		}
		seen[m.Instalments] = true
	}
	var codes []string
	for _, m := range school.PaymentMeans {
		codes = append(codes, m.Code)
		s.filled("facturation.moyens", m.Label, maxText)
	}
	if len(codes) == 0 {
		s.fail("facturation.moyens", "Il faut au moins un moyen de paiement.")
	}
	s.codes("facturation.moyens", codes)
}

func (s *schoolCheck) pieces(school *School) {
	var codes []string
	for i := range school.Pieces {
		p, at := &school.Pieces[i], fmt.Sprintf("pieces[%d]", i)
		codes = append(codes, p.Code)
		s.filled(at+".nom", p.Name, maxText)
		s.fits(at+".aide", p.Help, maxMessage)
		s.fits(at+".consequence", p.Consequence, maxMessage)
		if p.Validity == "" {
			p.Validity = ValidSeason
		}
		s.oneOf(at+".pour", p.For, ForHousehold, ForPupil)
		s.oneOf(at+".validite", p.Validity, ValidSeason, ValidPermanent)
		s.template(at+".modele", p.Template)
		if p.Condition != "" && !slices.ContainsFunc(school.PaymentMeans, func(m PaymentMean) bool { return m.Code == p.Condition }) {
			s.fail(at+".condition", "« "+p.Condition+" » n’est pas le code d’un moyen de paiement.")
		}
	}
	s.codes("pieces", codes)
}

func (s *schoolCheck) template(path, v string) {
	if v != "" {
		s.oneOf(path, v, "mandat", "formulaire")
	}
}

func (s *schoolCheck) texts(texts []Text) {
	var codes []string
	for i, t := range texts {
		at := fmt.Sprintf("textes[%d]", i)
		codes = append(codes, t.Code)
		s.filled(at+".texte", t.Body, maxBody)
		s.fits(at+".titre", t.Title, maxText)
		s.filled(at+".version", t.Version, maxCode)
	}
	s.codes("textes", codes)
}

func (s *schoolCheck) downloads(school *School) {
	for i, d := range school.Downloads {
		at := fmt.Sprintf("documents[%d]", i)
		s.filled(at+".intitule", d.Title, maxText)
		s.template(at+".modele", d.Template)
		set := 0
		for _, v := range []string{d.File, d.Template, d.Text} {
			if v != "" {
				set++
			}
		}
		if set != 1 {
			s.fail(at, "Un document a un fichier, un modèle ou un texte : un seul des trois.")
		}
		if d.Text != "" && !slices.ContainsFunc(school.Texts, func(t Text) bool { return t.Code == d.Text }) {
			s.fail(at+".texte", "« "+d.Text+" » n’est pas le code d’un texte.")
		}
		if d.File == "" {
			continue
		}
		if info, err := fs.Stat(s.fsys, d.File); err != nil || !info.Mode().IsRegular() {
			s.fail(at+".fichier", "Le fichier « "+d.File+" » n’est pas dans le dossier.")
		}
	}
}

func (s *schoolCheck) policies(p *Policies) {
	for _, n := range []struct {
		key       string
		v, lo, hi int
	}{
		{"delai_piece_jours", p.PieceDelayDays, 1, 60}, {"delai_offre_jours", p.OfferDelayDays, 1, 30},
		{"mot_de_passe_min", p.PasswordMin, 8, 64}, {"mot_de_passe_max", p.PasswordMax, p.PasswordMin, 128},
		{"mot_de_passe_equipe_min", p.StaffPasswordMin, 12, 64}, {"session_minutes", p.SessionMinutes, 5, 24 * 60},
		{"journal_mois", p.AccessMonths, 6, 36},
	} {
		if n.v < n.lo || n.v > n.hi {
			s.fail("politiques."+n.key, fmt.Sprintf("Ce nombre va de %d à %d.", n.lo, n.hi))
		}
	}
	if _, ok := school.ParseReminderDays(p.ReminderDays); !ok {
		s.fail("politiques.relances_jours", "« "+p.ReminderDays+" » : écrivez \"10, 3\", des jours avant la clôture.")
	}
	s.oneOf("politiques.recuperation", p.Recovery, RecoverByPassword, RecoverByLink)
	if _, err := fmt.Sscanf(p.QuietHours, "%d-%d", &p.SendFrom, &p.SendTo); err != nil || p.SendFrom < 0 || p.SendTo > 24 || p.SendFrom >= p.SendTo {
		s.fail("politiques.heures_calmes", "« "+p.QuietHours+" » : écrivez \"8-20\", les heures entre lesquelles l’école écrit.")
	}
}

// maxAppeal is how long the ways of appeal may be, as on screen.
const maxAppeal = 1000

func (s *schoolCheck) creditor(c *Creditor) {
	c.ICS = strings.ReplaceAll(c.ICS, " ", "")
	s.fits("creancier.nom", c.Name, maxName)
	if c.ICS != "" && !school.IsCreditor(c.ICS) {
		s.fail("creancier.ics", "« "+c.ICS+" » n’est pas un identifiant de créancier SEPA (FR, deux chiffres de contrôle, ZZZ, six caractères).")
	}
	s.fits("creancier.adresse", c.Address, maxText)
	s.fits("creancier.tva", c.TaxNote, maxText)
	s.fits("creancier.recours", c.Appeal, maxAppeal)
	s.fits("creancier.cheque_ordre", c.ChequeOrder, maxName)
	for key, of := range map[string]struct {
		value *string
		read  func(string) (string, error)
	}{"creancier.siret": {&c.SIRET, school.ReadSIRET}, "creancier.iban": {&c.IBAN, sepa.ReadIBAN}, "creancier.bic": {&c.BIC, sepa.ReadBIC}} {
		if *of.value == "" {
			continue
		}
		right, err := of.read(*of.value)
		if err != nil {
			s.fail(key, err.Error())
			continue
		}
		*of.value = right
	}
}
