package transfer

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"pupitre/internal/domain/school"
	"pupitre/internal/domain/transfer/folder"
	"pupitre/internal/platform/clock"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

type schoolFields struct {
	Name            string `json:"nom"`
	ShortName       string `json:"nom_court"`
	Address         string `json:"adresse"`
	Phone           string `json:"telephone"`
	Email           string `json:"email"`
	Website         string `json:"site_web"`
	PreEnrolmentURL string `json:"preinscription_url"`
	Hue             string `json:"teinte"`
	CreditorName    string `json:"creancier.nom"`
	CreditorICS     string `json:"creancier.ics"`
	CreditorSIRET   string `json:"creancier.siret"`
	CreditorAddress string `json:"creancier.adresse"`
	CreditorIBAN    string `json:"creancier.iban"`
	CreditorBIC     string `json:"creancier.bic"`
	CreditorTaxNote string `json:"creancier.tva"`
	CreditorAppeal  string `json:"creancier.recours"`
	ChequeOrder     string `json:"creancier.cheque_ordre"`
	Recovery        string `json:"politiques.recuperation"`
	PasswordMin     int64  `json:"politiques.mot_de_passe_min"`
	PasswordMax     int64  `json:"politiques.mot_de_passe_max"`
	SessionMinutes  int64  `json:"politiques.session_minutes"`
	AccessMonths    int64  `json:"politiques.journal_mois"`
	PaperDays       int64  `json:"politiques.delai_piece_jours"`
	OfferDays       int64  `json:"politiques.delai_offre_jours"`
	QuietFrom       int64  `json:"politiques.heures_calmes_debut"`
	QuietUntil      int64  `json:"politiques.heures_calmes_fin"`
	QuietSundays    bool   `json:"politiques.dimanches_calmes"`
	ReminderDays    string `json:"politiques.relances_jours"`
	RankShown       bool   `json:"politiques.rang_visible"`
}

func schoolOf(f schoolFields, accessibility string) school.School {
	return school.School{
		ID: "school", Name: f.Name, ShortName: f.ShortName, Address: f.Address, Phone: f.Phone, Email: f.Email, Website: f.Website,
		PreEnrolmentURL: f.PreEnrolmentURL, Hue: f.Hue, CreditorName: f.CreditorName, CreditorICS: f.CreditorICS, CreditorSIRET: f.CreditorSIRET, CreditorAddress: f.CreditorAddress,
		CreditorIBAN: f.CreditorIBAN, CreditorBIC: f.CreditorBIC, CreditorTaxNote: f.CreditorTaxNote, CreditorAppeal: f.CreditorAppeal, ChequeOrder: f.ChequeOrder, Recovery: f.Recovery,
		PasswordMin: f.PasswordMin, PasswordMax: f.PasswordMax, SessionMinutes: f.SessionMinutes, PaperDays: f.PaperDays, OfferDays: f.OfferDays,
		QuietFrom: f.QuietFrom, QuietUntil: f.QuietUntil, QuietSundays: f.QuietSundays, ReminderDays: f.ReminderDays, RankShown: f.RankShown, AccessMonths: f.AccessMonths, Accessibility: accessibility,
	}
}

func fieldsOfSchool(s school.School) schoolFields {
	return schoolFields{
		Name: s.Name, ShortName: s.ShortName, Address: s.Address, Phone: s.Phone, Email: s.Email, Website: s.Website,
		PreEnrolmentURL: s.PreEnrolmentURL, Hue: s.Hue, CreditorName: s.CreditorName, CreditorICS: s.CreditorICS, CreditorSIRET: s.CreditorSIRET, CreditorAddress: s.CreditorAddress,
		CreditorIBAN: s.CreditorIBAN, CreditorBIC: s.CreditorBIC, CreditorTaxNote: s.CreditorTaxNote, CreditorAppeal: s.CreditorAppeal, ChequeOrder: s.ChequeOrder, Recovery: s.Recovery,
		PasswordMin: s.PasswordMin, PasswordMax: s.PasswordMax, SessionMinutes: s.SessionMinutes, PaperDays: s.PaperDays, OfferDays: s.OfferDays,
		QuietFrom: s.QuietFrom, QuietUntil: s.QuietUntil, QuietSundays: s.QuietSundays, ReminderDays: s.ReminderDays, RankShown: s.RankShown,
		AccessMonths: s.AccessMonths,
	}
}

func incomingSchool(s folder.School) schoolFields {
	recovery := school.RecoverByPassword
	if s.Policies.Recovery == folder.RecoverByLink {
		recovery = school.RecoverByLink
	}
	return schoolFields{
		Name: s.Name, ShortName: s.ShortName, Address: s.Address, Phone: s.Phone, Email: s.Email, Website: s.Website,
		PreEnrolmentURL: s.PreRegistrationURL, Hue: school.Colour(s.Hue, s.Chroma), CreditorName: s.Creditor.Name, CreditorICS: s.Creditor.ICS, CreditorSIRET: s.Creditor.SIRET, CreditorAddress: s.Creditor.Address,
		CreditorIBAN: s.Creditor.IBAN, CreditorBIC: s.Creditor.BIC, CreditorTaxNote: s.Creditor.TaxNote, CreditorAppeal: s.Creditor.Appeal, ChequeOrder: s.Creditor.ChequeOrder,
		Recovery: recovery, PasswordMin: int64(s.Policies.PasswordMin), PasswordMax: int64(s.Policies.PasswordMax),
		SessionMinutes: int64(s.Policies.SessionMinutes), PaperDays: int64(s.Policies.PieceDelayDays), OfferDays: int64(s.Policies.OfferDelayDays),
		QuietFrom: int64(s.Policies.SendTo), QuietUntil: int64(s.Policies.SendFrom), QuietSundays: s.Policies.QuietSundays, ReminderDays: s.Policies.ReminderDays, RankShown: s.Policies.ShowRank,
		AccessMonths: int64(s.Policies.AccessMonths),
	}
}

const noneYet = "non conforme" // the state of accessibility before an audit

func (im *importer) school() error {
	t := thing{kind: "school", key: "school", id: "school", what: "école", name: "École", file: folder.SchoolFile}
	var now *schoolFields
	accessibility := noneYet
	s, err := school.Current(im.ctx, im.tx)
	if err == nil {
		f := fieldsOfSchool(s)
		now, accessibility = &f, s.Accessibility
	} else if !errors.Is(err, fault.ErrNotFound) {
		return err
	}
	settled, c := settle(im, t, now, incomingSchool(im.folder.School))
	if c != unchanged {
		if err := school.Put(im.ctx, im.tx, schoolOf(settled, accessibility)); err != nil {
			return err
		}
	}
	for _, part := range []func() error{im.seasons, im.sitesIn, im.billing} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

type seasonFields struct {
	StartsOn         string    `json:"saison.debut"`
	EndsOn           string    `json:"saison.fin"`
	AgesOn           string    `json:"saison.date_ages"`
	OpensAt          time.Time `json:"campagne.ouverture"`
	ClosesAt         time.Time `json:"campagne.fermeture"`
	ListsEndAt       time.Time `json:"campagne.fin_listes"`
	PartialReleaseAt time.Time `json:"campagne.liberation_partielle"`
	PublishedAt      time.Time `json:"campagne.publication_cours"`
	NewcomersOpenAt  time.Time `json:"campagne.nouveaux"`
	HandsOverAt      time.Time `json:"campagne.passage"`
}

// seasons takes the season of that name, or makes it. A campaign without
// opening date is open from the day of the first import on.
func (im *importer) seasons() error {
	in := im.folder.School.Season
	c := im.folder.School.Campaign
	incoming := seasonFields{iso(in.Start), iso(in.End), iso(in.AgesOn), c.Opens, c.Closes, c.OffersEnd, c.PartialRelease, c.Publishes, c.Newcomers, c.HandsOver}
	t := thing{kind: "season", key: in.Name, what: "saisons", name: "Saison " + in.Name, file: folder.SchoolFile}
	all, err := school.Seasons(im.ctx, im.tx)
	if err != nil {
		return err
	}
	im.season = school.Season{ID: db.NewID(), Name: in.Name}
	var now *seasonFields
	for _, s := range all {
		if s.Name == in.Name {
			im.season = s
			now = &seasonFields{s.StartsOn, s.EndsOn, s.AgesOn, s.OpensAt, s.ClosesAt, s.ListsEndAt, s.PartialReleaseAt, s.CoursesPublishedAt, s.NewcomersOpenAt, s.HandsOverAt}
		}
	}
	if incoming.OpensAt.IsZero() {
		incoming.OpensAt = im.season.OpensAt
		if now == nil {
			local := im.now.In(clock.Paris)
			incoming.OpensAt = time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, clock.Paris).UTC()
		}
	}
	t.id = im.season.ID
	f, changed := settle(im, t, now, incoming)
	im.season.StartsOn, im.season.EndsOn, im.season.AgesOn = f.StartsOn, f.EndsOn, f.AgesOn
	im.season.OpensAt, im.season.ClosesAt, im.season.ListsEndAt, im.season.PartialReleaseAt = f.OpensAt, f.ClosesAt, f.ListsEndAt, f.PartialReleaseAt
	im.season.CoursesPublishedAt, im.season.NewcomersOpenAt, im.season.HandsOverAt = f.PublishedAt, f.NewcomersOpenAt, f.HandsOverAt
	if changed == unchanged {
		return nil
	}
	return school.PutSeason(im.ctx, im.tx, im.season)
}

func iso(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return day.Format(time.DateOnly)
}

type siteFields struct {
	Name     string `json:"nom"`
	Town     string `json:"commune"`
	Address  string `json:"adresse"`
	Position int64  `json:"position"`
}

func (im *importer) sitesIn() error {
	all, err := school.Sites(im.ctx, im.tx)
	if err != nil {
		return err
	}
	im.sites = map[string]string{}
	heldNow := map[string]siteFields{}
	for _, s := range all {
		im.sites[s.Code] = s.ID
		heldNow[s.Code] = siteFields{s.Name, s.Town, s.Address, s.Position}
	}
	for i, s := range im.folder.School.Sites {
		t := thing{kind: "site", key: s.Code, id: s.Code, what: "pôles", name: s.Name, file: folder.SchoolFile}
		if im.sites[s.Code] == "" && im.removed(t) {
			continue
		}
		f, c := settle(im, t, of(heldNow, s.Code), siteFields{s.Name, s.City, s.Address, int64(i)})
		if c == unchanged {
			continue
		}
		if im.sites[s.Code], err = school.PutSite(im.ctx, im.tx, school.Site{Code: s.Code, Name: f.Name, Town: f.Town, Address: f.Address, Position: f.Position}); err != nil {
			return err
		}
	}
	return nil
}

// of returns the entry of the key, nil when there is none.
func of[K comparable, T any](held map[K]T, key K) *T {
	if v, ok := held[key]; ok {
		return &v
	}
	return nil
}

type choiceFields struct {
	Name     string `json:"intitule"`
	IsDebit  bool   `json:"prelevement"`
	Position int64  `json:"position"`
}

// billing takes the modes and the means. The debit is the means that a mandate is asked for.
func (im *importer) billing() error {
	modes, err := school.BillingModes(im.ctx, im.tx)
	if err != nil {
		return err
	}
	heldModes := map[int64]choiceFields{}
	for _, m := range modes {
		heldModes[m.Code] = choiceFields{Name: m.Name, Position: m.Position}
	}
	for i, m := range im.folder.School.BillingModes {
		key := fmt.Sprint(m.Instalments)
		t := thing{kind: "billing_mode", key: key, id: key, what: "modes de facturation", name: m.Label, file: folder.SchoolFile}
		f, c := settle(im, t, of(heldModes, int64(m.Instalments)), choiceFields{Name: m.Label, Position: int64(i)})
		if c == unchanged {
			continue
		}
		if err := school.PutBillingMode(im.ctx, im.tx, school.BillingMode{Code: int64(m.Instalments), Name: f.Name, Position: f.Position}); err != nil {
			return err
		}
	}
	return im.means()
}

func (im *importer) means() error {
	means, err := school.PaymentMeans(im.ctx, im.tx)
	if err != nil {
		return err
	}
	heldNow := map[string]choiceFields{}
	for _, m := range means {
		heldNow[m.Code] = choiceFields{m.Name, m.IsDebit, m.Position}
	}
	im.debit = debitOf(im.folder.School)
	for i, m := range im.folder.School.PaymentMeans {
		t := thing{kind: "payment_mean", key: m.Code, id: m.Code, what: "moyens de paiement", name: m.Label, file: folder.SchoolFile}
		f, c := settle(im, t, of(heldNow, m.Code), choiceFields{m.Label, m.Code == im.debit, int64(i)})
		if c == unchanged {
			continue
		}
		if err := school.PutPaymentMean(im.ctx, im.tx, school.PaymentMean{Code: m.Code, Name: f.Name, IsDebit: f.IsDebit, Position: f.Position}); err != nil {
			return err
		}
	}
	return nil
}

// debitOf returns the code of the means that a mandate is asked for, else one
// that is called a debit, else "".
func debitOf(s folder.School) string {
	for _, p := range s.Pieces {
		if p.Template == "mandat" && p.Condition != "" {
			return p.Condition
		}
	}
	for _, m := range s.PaymentMeans {
		if strings.HasPrefix(french.Fold(m.Code), "prelevement") {
			return m.Code
		}
	}
	return ""
}

// texts adds the versions that are new; one that exists is never edited.
func (im *importer) texts() error {
	for _, in := range im.folder.School.Texts {
		text := school.Text{Kind: in.Code, Version: in.Version, Title: strings.TrimSpace(in.Title), Body: strings.TrimSpace(in.Body)}
		heldNow, err := school.TextVersion(im.ctx, im.tx, in.Code, in.Version)
		switch {
		case errors.Is(err, fault.ErrNotFound):
			im.report.count("textes", created)
			if err := school.AddText(im.ctx, im.tx, im.now, text); err != nil {
				return err
			}
		case err != nil:
			return err
		case heldNow.Body != text.Body || heldNow.Title != text.Title:
			im.problem(folder.SchoolFile, 0, "textes", "Le texte « "+in.Code+" » existe déjà dans cette version avec d’autres mots : donnez-lui une nouvelle version.")
		default:
			im.report.count("textes", unchanged)
		}
	}
	return nil
}
