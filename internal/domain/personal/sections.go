package personal

import (
	"context"
	"time"

	"pupitre/internal/domain/application"
	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/domain/quotient"
	"pupitre/internal/domain/school"
	"pupitre/internal/domain/tariff"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/french"
)

type home struct {
	Address   string    `db:"address" label:"Adresse"`
	Extra     string    `db:"address_extra" label:"Complément d’adresse"`
	Postcode  string    `db:"postcode" label:"Code postal"`
	Town      string    `db:"town" label:"Commune"`
	Mode      int64     `db:"billing_mode" label:"Paiement, en combien de fois"`
	Mandate   string    `db:"mandate_reference" label:"Référence du mandat de prélèvement"`
	Checked   string    `db:"season" of:"checked_for_season" label:"Coordonnées vérifiées pour"`
	Candidate bool      `db:"candidate" label:"Pré-inscription en cours"`
	CreatedAt time.Time `db:"created_at" label:"Connu depuis"`
}

type mean struct {
	Name string `db:"name" of:"mean" label:"Moyen de paiement"`
}

type guardian struct {
	Civility  string `db:"civility" label:"Civilité"`
	LastName  string `db:"last_name" label:"Nom"`
	FirstName string `db:"first_name" label:"Prénom"`
	Email     string `db:"email" label:"Mail"`
	Pending   string `db:"pending_email" label:"Mail à confirmer"`
	Mobile    string `db:"mobile" label:"Portable" is:"phone"`
	Phone     string `db:"phone" label:"Téléphone" is:"phone"`
}

type login struct {
	Login     string    `db:"login" label:"Identifiant"`
	Name      string    `db:"name" label:"Nom du compte"`
	Email     string    `db:"email" label:"Mail du compte"`
	CreatedAt time.Time `db:"created_at" label:"Créé le"`
	Changed   time.Time `db:"password_changed_at" label:"Mot de passe choisi le"`
	Printed   time.Time `db:"letter_printed_at" label:"Lettre d’identifiant imprimée le"`
	Mailed    time.Time `db:"letter_mailed_at" label:"Identifiant envoyé par mail le"`
	Disabled  time.Time `db:"disabled_at" label:"Fermé le"`
}

type device struct {
	Device    string    `db:"device" label:"Appareil"`
	CreatedAt time.Time `db:"created_at" label:"Connecté le"`
	SeenAt    time.Time `db:"seen_at" label:"Vu la dernière fois le"`
}

type pupil struct {
	LastName  string       `db:"last_name" label:"Nom"`
	FirstName string       `db:"first_name" label:"Prénom"`
	BirthDate string       `db:"birth_date" label:"Date de naissance" is:"day"`
	Level     school.Level `db:"level_now" label:"Niveau scolaire"`
	CreatedAt time.Time    `db:"created_at" label:"Connu depuis"`
}

type season struct {
	Pupil      string       `db:"pupil" of:"pupil_id" label:"Élève"`
	Season     string       `db:"season" of:"season_id" label:"Saison"`
	Level      school.Level `db:"level" label:"Niveau scolaire"`
	Beginner   string       `db:"beginner" label:"Débutant" is:"answer"`
	ImageRight string       `db:"image_right" label:"Droit à l’image" is:"answer"`
	AnsweredBy string       `db:"image_answered_by" label:"Répondu par"`
	AnsweredAt time.Time    `db:"image_answered_at" label:"Répondu le"`
	NotInvited bool         `db:"not_invited" label:"Passe par la pré-inscription"`
}

type note struct {
	Pupil  string `db:"pupil" of:"pupil_id" label:"Élève"`
	Season string `db:"season" of:"season_id" label:"Saison"`
	Note   string `db:"note" label:"Ce que vous avez écrit à l’école"`
}

type course struct {
	Pupil string `db:"pupil" of:"pupil_id" label:"Élève"`
	Code  string `db:"course_code" label:"Cours suivi cette saison"`
}

type dossier struct {
	Number     int64            `db:"number" label:"Numéro"`
	Pupil      string           `db:"pupil" of:"pupil_id" label:"Élève"`
	Season     string           `db:"season" of:"season_id" label:"Saison"`
	State      enrolment.State  `db:"state" label:"État"`
	Programme  string           `db:"programme" of:"programme_id" label:"Formule"`
	Site       string           `db:"site" of:"site_id" label:"Pôle"`
	Choice     enrolment.Choice `db:"choice" label:"Cours choisis"`
	OnPaper    bool             `db:"on_paper_form" label:"Choix fait sur papier"`
	Note       string           `db:"note" label:"Ce que vous avez écrit"`
	Admin      bool             `db:"administrative" label:"Réinscription administrative"`
	Reason     string           `db:"reason" label:"Motif"`
	Text       string           `db:"text" of:"text_id" label:"Règlement accepté"`
	AgreedBy   string           `db:"agreed_by" label:"Accepté par"`
	SentAt     time.Time        `db:"sent_at" label:"Validé le"`
	CompleteAt time.Time        `db:"complete_at" label:"Complet le"`
	Rank       int64            `db:"rank" label:"Rang"`
	OnPaperAt  time.Time        `db:"received_on_paper_at" label:"Reçu sur papier le"`
	Confirmed  time.Time        `db:"confirmed_at" label:"Confirmé le"`
	HoldUntil  time.Time        `db:"hold_until" label:"Pièce à remplacer avant le"`
	Reopened   time.Time        `db:"reopened_until" label:"Rouvert jusqu’au"`
	Asked      time.Time        `db:"withdrawal_asked_at" label:"Renoncement demandé le"`
	Reminded   time.Time        `db:"reminded_at" label:"Relancé le"`
	UpdatedAt  time.Time        `db:"updated_at" label:"Changé le"`
}

type request struct {
	Number     int64                  `db:"number" of:"dossier_id" label:"Dossier"`
	Course     string                 `db:"course" of:"offering_id" label:"Cours demandé"`
	State      enrolment.RequestState `db:"state" label:"État"`
	ReceivedAt time.Time              `db:"received_at" label:"Demandé le"`
	Offered    time.Time              `db:"offered_until" label:"Place proposée jusqu’au"`
	DecidedAt  time.Time              `db:"decided_at" label:"Décidé le"`
}

type deposit struct {
	Paper       string         `db:"paper" of:"paper_code" label:"Pièce"`
	Pupil       string         `db:"pupil" of:"pupil_id" label:"Élève"`
	Season      string         `db:"season" of:"season_id" label:"Saison"`
	FileName    string         `db:"file_name" label:"Fichier"`
	MediaType   string         `db:"media_type" label:"Format"`
	Size        int64          `db:"size" label:"Taille en octets"`
	Pages       int64          `db:"pages" label:"Pages"`
	State       document.State `db:"state" label:"État"`
	Reason      string         `db:"reason" label:"Motif"`
	By          string         `db:"deposited_by" label:"Importé par"`
	ByOffice    bool           `db:"deposited_by_office" label:"Remis au secrétariat"`
	DepositedAt time.Time      `db:"deposited_at" label:"Importé le"`
	ReviewedAt  time.Time      `db:"reviewed_at" label:"Vérifié le"`
	ReplacedAt  time.Time      `db:"replaced_at" label:"Remplacé le"`
}

type asked struct {
	Season      string            `db:"season" of:"season_id" label:"Saison"`
	Pupil       string            `db:"pupil" of:"pupil_id" label:"Élève"`
	State       application.State `db:"state" label:"État"`
	Form        application.Form  `db:"form" label:"Ce que vous avez saisi"`
	SentAt      time.Time         `db:"sent_at" label:"Envoyée le"`
	ConfirmedAt time.Time         `db:"confirmed_at" label:"Adresse confirmée le"`
	DecidedAt   time.Time         `db:"decided_at" label:"Réponse le"`
	Reason      string            `db:"reason" label:"Réponse"`
	CreatedAt   time.Time         `db:"created_at" label:"Commencée le"`
	TouchedAt   time.Time         `db:"touched_at" label:"Changée le"`
}

type invoice struct {
	Series   billing.Series `db:"series" label:"Nature"`
	Year     int64          `db:"year" label:"Année"`
	Number   int64          `db:"number" label:"Numéro"`
	Season   string         `db:"season" of:"season_id" label:"Saison"`
	On       string         `db:"issued_on" label:"Émise le" is:"day"`
	Total    cents          `db:"total" label:"Total"`
	Reason   string         `db:"reason" label:"Motif"`
	Content  string         `db:"content"` // for programs: the archive’s reader has the lines
	IssuedAt time.Time      `db:"issued_at"`
}

type invoiceLine struct {
	Number int64  `db:"number" of:"invoice_id" label:"Facture"`
	Pupil  string `db:"pupil" of:"pupil_id" label:"Élève"`
	Label  string `db:"label" label:"Ligne"`
	Steps  string `db:"steps"` // for programs
	Amount cents  `db:"amount" label:"Montant"`
}

type payment struct {
	Number    int64        `db:"number" label:"Écriture"`
	Kind      billing.Kind `db:"kind" label:"Nature"`
	Way       billing.Way  `db:"way" label:"Moyen"`
	Amount    cents        `db:"amount" label:"Montant"`
	On        string       `db:"paid_on" label:"Au" is:"day"`
	Bank      string       `db:"bank" label:"Banque"`
	DepositOn string       `db:"deposit_on" label:"À remettre à partir du" is:"day"`
	Reference string       `db:"reference" label:"Référence"`
	Issuer    string       `db:"issuer" label:"Organisme"`
	Reason    string       `db:"reason" label:"Motif"`
	At        time.Time    `db:"recorded_at" label:"Saisi le"`
}

type reminder struct {
	Stage   int64      `db:"stage" label:"Étape"`
	By      billing.By `db:"way" label:"Par"`
	Amount  cents      `db:"amount" label:"Montant"`
	Oldest  string     `db:"oldest_on" label:"En retard depuis le" is:"day"`
	Content string     `db:"content" label:"Échéances"`
	On      string     `db:"made_on" label:"Le" is:"day"`
	At      time.Time  `db:"made_at" label:"Faite le"`
}

type attested struct {
	Value     cents           `db:"value" label:"Quotient"`
	Month     string          `db:"month" label:"Mois"`
	Issuer    quotient.Issuer `db:"issuer" label:"Organisme"`
	Source    quotient.Source `db:"source" label:"Source"`
	From      string          `db:"valid_from" label:"Valable du" is:"day"`
	Until     string          `db:"valid_until" label:"Au" is:"day"`
	At        time.Time       `db:"entered_at" label:"Saisi le"`
	Withdrawn time.Time       `db:"withdrawn_at" label:"Retiré le"`
	Reason    string          `db:"reason" label:"Motif"`
}

type stay struct {
	Pupil   string `db:"pupil" of:"pupil_id" label:"Élève"`
	Season  string `db:"season" of:"season_id" label:"Saison"`
	Arrives string `db:"arrives_on" label:"Premier jour" is:"day"`
	Leaves  string `db:"leaves_on" label:"Dernier jour" is:"day"`
	Excused bool   `db:"excused" label:"Départ pour un motif reconnu"`
	Rented  string `db:"rented" label:"Instruments loués"`
}

type share struct {
	Pupil   string `db:"pupil" of:"pupil_id" label:"Élève"`
	Season  string `db:"season" of:"season_id" label:"Saison"`
	Percent part   `db:"percent" label:"Votre part"`
}

// cents is an amount.
type cents int64

func (c cents) French() string { return french.Euros(int64(c)) }

// part is hundredths of a percent.
type part int64

func (p part) French() string { return tariff.WriteDecimal(int64(p), 2) + french.Nbsp + "%" }

type mail struct {
	Recipient string    `db:"recipient" label:"À"`
	Subject   string    `db:"subject" label:"Objet"`
	QueuedAt  time.Time `db:"queued_at" label:"Écrit le"`
	SentAt    time.Time `db:"sent_at" label:"Parti le"`
	FailedAt  time.Time `db:"failed_at" label:"Revenu le"`
	Error     string    `db:"last_error" label:"Pourquoi"`
}

type message struct {
	Address  string    `db:"address" label:"Adresse de la lettre"`
	Subject  string    `db:"subject" label:"Objet"`
	Body     string    `db:"body" label:"Message"`
	Prepared time.Time `db:"prepared_at" label:"Préparé le"`
	ReadAt   time.Time `db:"read_at" label:"Lu le"`
	Printed  time.Time `db:"printed_at" label:"Imprimé le"`
}

type change struct {
	Field  string    `db:"field" label:"Donnée"`
	Before string    `db:"before" label:"Avant"`
	After  string    `db:"after" label:"Après"`
	At     time.Time `db:"at" label:"Changée le"`
	SeenAt time.Time `db:"seen_at" label:"Vue par le secrétariat le"`
}

type line struct {
	At     time.Time `db:"at" label:"Quand"`
	Role   string    `db:"role" of:"actor_role" label:"Qui" is:"role"`
	Event  string    `db:"event"` // for programs
	Before string    `db:"before" label:"Avant"`
	After  string    `db:"after" label:"Après"`
	Reason string    `db:"reason" label:"Motif"`
}

type access struct {
	At   time.Time `db:"at" label:"Quand"`
	Role string    `db:"role" of:"actor_role" label:"Qui" is:"role"`
	What string    `db:"what" of:"kind" label:"Quoi"`
}

const (
	pupilName  = `coalesce((select p.first_name || ' ' || p.last_name from pupil p where p.id = x.pupil_id), '') as pupil`
	seasonName = `coalesce((select s.name from season s where s.id = x.season_id), '') as season`
	ours       = `(select h.pupil_id from pupil_household h where h.household_id = $1)`
)

// dossiersOf lists the household's dossiers, some a season. Only the requests
// that stand are found by their dossier (request_active): what became of the
// others is told by the journal.
func dossiersOf(ctx context.Context, r db.Reader, household string) ([]string, error) {
	return db.All[string](ctx, r, `select id from dossier where household_id = $1 order by season_id, number`, household)
}

// sections are in the order in which a household reads them.
var sections = []section{
	sectionOf[home]("foyer", "Votre foyer", `select address, address_extra, postcode, town, billing_mode, mandate_reference,
		coalesce((select s.name from season s where s.id = x.checked_for_season), '') as season, candidate, created_at from household x where id = $1`, "household"),
	sectionOf[mean]("moyens_de_paiement", "Vos moyens de paiement", `select p.name from household_payment_mean x join payment_mean p on p.code = x.mean
		where x.household_id = $1 order by p.name`, "household_payment_mean"),
	sectionOf[guardian]("responsables", "Les responsables", `select civility, last_name, first_name, email, pending_email, mobile, phone from guardian x
		where household_id = $1 order by position`, "guardian"),
	sectionOf[login]("compte", "Votre compte", `select login, name, email, created_at, password_changed_at, letter_printed_at, letter_mailed_at, disabled_at
		from account x where household_id = $1`, "account"),
	sectionOf[device]("connexions", "Appareils connectés", `select x.device, x.created_at, x.seen_at from session x join account a on a.id = x.account_id
		where a.household_id = $1 order by x.created_at`),
	sectionOf[pupil]("eleves", "Les élèves", `select last_name, first_name, birth_date, level_now, created_at from pupil x where id in `+ours+` order by birth_date, id`, "pupil"),
	sectionOf[season]("eleves_par_saison", "Les élèves, saison par saison", `select `+pupilName+`, `+seasonName+`, level, beginner,
		case when image_household_id in ('', $1) then image_right else '' end as image_right,
		case when image_household_id in ('', $1) then image_answered_by else '' end as image_answered_by,
		case when image_household_id in ('', $1) then image_answered_at else null end as image_answered_at, not_invited
		from pupil_season x where pupil_id in `+ours+` order by season_id, pupil_id`, "pupil_season"),
	sectionOf[note]("notes", "Ce que vous avez écrit sur un élève", `select `+pupilName+`, `+seasonName+`, note from pupil_note x
		where household_id = $1 and pupil_id in `+ours+` order by season_id, pupil_id`, "pupil_note"),
	sectionOf[course]("cours_suivis", "Les cours suivis", `select `+pupilName+`, course_code from pupil_course_now x where pupil_id in `+ours+` order by pupil_id, course_code`, "pupil_course_now"),
	sectionOf[dossier]("dossiers", "Les dossiers d’inscription", `select number, `+pupilName+`, `+seasonName+`, state,
		coalesce((select p.title from programme p where p.id = x.programme_id), '') as programme, coalesce((select s.name from site s where s.id = x.site_id), '') as site,
		choice, on_paper_form, note, administrative, reason, coalesce((select t.kind || ' ' || t.version from school_text t where t.id = x.text_id), '') as text, agreed_by,
		sent_at, complete_at, coalesce(rank, 0) as rank, received_on_paper_at, confirmed_at, hold_until, reopened_until, withdrawal_asked_at, reminded_at, updated_at
		from dossier x where household_id = $1 order by season_id, number`, "dossier"),
	sectionOf[request]("demandes", "Les cours demandés, en cours", `select d.number, c.title || ' (' || c.code || ')' as course, x.state, x.received_at, x.offered_until, x.decided_at
		from request x join dossier d on d.id = x.dossier_id join offering o on o.id = x.offering_id join course c on c.id = o.course_id
		where x.dossier_id = $1 and x.state in ('place', 'waiting', 'offered') order by x.seq`, "request").each(dossiersOf),
	sectionOf[deposit]("pieces", "Les pièces déposées", `select coalesce((select p.name from paper p where p.code = x.paper_code and p.season_id = x.season_id), x.paper_code) as paper,
		`+pupilName+`, `+seasonName+`, file_name, media_type, size, pages, state, reason, case when deposited_by_office then '' else deposited_by end as deposited_by,
		deposited_by_office, deposited_at, reviewed_at, replaced_at from deposit x where household_id = $1 order by id`, "deposit"),
	sectionOf[asked]("pre_inscriptions", "Les pré-inscriptions", `select `+seasonName+`, `+pupilName+`, state, form, sent_at, confirmed_at, decided_at, reason, created_at, touched_at
		from application x where household_id = $1 order by id`, "application"),
	sectionOf[invoice]("factures", "Les factures et les avoirs", `select series, year, number, `+seasonName+`, issued_on, total, reason, content, issued_at from invoice x
		where household_id = $1 order by issued_at, id`, "invoice"),
	sectionOf[invoiceLine]("lignes_de_factures", "Les lignes des factures", `select i.number, `+pupilName+`, x.label, x.steps, x.amount from invoice_line x
		join invoice i on i.id = x.invoice_id where i.household_id = $1 order by i.issued_at, i.id, x.position`, "invoice_line"),
	sectionOf[payment]("paiements", "Les paiements", `select number, kind, way, amount, paid_on, bank, deposit_on, reference, issuer, reason, recorded_at from payment x
		where household_id = $1 order by number`, "payment"),
	sectionOf[reminder]("relances", "Les relances", `select stage, way, amount, oldest_on, content, made_on, made_at from reminder x
		where household_id = $1 order by made_at, id`, "reminder"),
	sectionOf[attested]("quotients", "Le quotient familial", `select value, month, issuer, source, valid_from, valid_until, entered_at, withdrawn_at, reason from quotient x
		where household_id = $1 order by entered_at, id`, "quotient"),
	sectionOf[stay]("facturation", "La facturation d’un élève", `select `+pupilName+`, `+seasonName+`, arrives_on, leaves_on, excused, rented from pupil_billing x
		where pupil_id in `+ours+` order by season_id, pupil_id`, "pupil_billing"),
	sectionOf[share]("parts", "Les parts que vous payez", `select `+pupilName+`, `+seasonName+`, percent from cost_share x where household_id = $1
		order by season_id, pupil_id`, "cost_share"),
	sectionOf[mail]("mails", "Les mails que l’école vous a écrits", `select recipient, subject, queued_at, sent_at, failed_at, last_error from outgoing_mail x
		where household_id = $1 order by id`, "outgoing_mail"),
	sectionOf[message]("messages", "Les messages de l’école", `select address, subject, body, prepared_at, read_at, printed_at from message_recipient x
		where household_id = $1 order by message_id`, "message_recipient"),
	sectionOf[change]("changements", "Ce que vous avez changé", `select field, before, after, at, seen_at from household_change x where household_id = $1 order by id`, "household_change"),
	sectionOf[line]("journal", "Ce qui a été fait", `select at, actor_role as role, event, before, after, reason from journal x
		where household_id = $1 and event not like 'household.merge%' and event not in ('account.disabled', 'account.enabled') order by id`, "journal"),
	sectionOf[access]("acces", "Qui a ouvert vos données", `select at, actor_role as role,
		case kind when 'file' then 'a pris un fichier' when 'session' then 'connexion' else 'a ouvert une page' end as what
		from access_line x where household_id <> '' and household_id = $1 order by id`, "access_line"),
}
