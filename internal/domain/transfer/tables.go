package transfer

import (
	"time"

	"pupitre/internal/domain/billing"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/importing"
	"pupitre/internal/domain/journal"
	"pupitre/internal/domain/quotient"
	"pupitre/internal/domain/school"
)

// tables lists what a full export holds, in the order in which it can be
// restored. No password, session, token or throttle is among it, nor a mail
// with a secret that has not left.
var tables = []table{
	tableOf[school.School]("school"),
	tableOf[seasonRow]("season"),
	tableOf[school.Site]("site"),
	tableOf[textRow]("school_text"),
	tableOf[school.MailText]("mail_text"),
	tableOf[school.PaymentMean]("payment_mean"),
	tableOf[school.BillingMode]("billing_mode"),
	tableOf[school.PublishedDocument]("published_document"),
	tableOf[householdRow]("household"),
	tableOf[householdMeanRow]("household_payment_mean"),
	tableOf[guardianRow]("guardian").always("pending_email", "").always("pending_token_hash", ""),
	tableOf[pupilRow]("pupil").nullable("guardian_id"),
	tableOf[pupilHouseholdRow]("pupil_household"),
	tableOf[pupilSeasonRow]("pupil_season"),
	tableOf[pupilNoteRow]("pupil_note"),
	tableOf[pupilCourseRow]("pupil_course_now"),
	tableOf[rollOverRow]("roll_over"),
	tableOf[rollOverPupilRow]("roll_over_pupil"),
	tableOf[householdChangeRow]("household_change"),
	tableOf[householdMergeRow]("household_merge"),
	tableOf[householdApartRow]("household_apart"),
	tableOf[remembered]("imported"),
	tableOf[disciplineRow]("discipline"),
	tableOf[teacherRow]("teacher"),
	tableOf[accountRow]("account").nullable("household_id", "site_id", "teacher_id").always("password_hash", "").always("link_hash", ""),
	tableOf[programmeRow]("programme"),
	tableOf[programmeLineRow]("programme_line"),
	tableOf[tariffRow]("tariff"),
	tableOf[courseRow]("course"),
	tableOf[paperRow]("paper"),
	tableOf[document.Deposit]("deposit").nullable("pupil_id"),
	tableOf[offeringRow]("offering"),
	tableOf[dossierRow]("dossier").nullable("programme_id", "site_id", "text_id", "rank"),
	tableOf[requestRow]("request").always("offer_token_hash", ""),
	tableOf[scenarioRow]("scenario"),
	tableOf[applicationRow]("application").nullable("household_id", "pupil_id").always("draft_hash", "").always("link_hash", ""),
	tableOf[messageRow]("message"),
	tableOf[messageRecipientRow]("message_recipient"),
	tableOf[billingNumberRow]("billing_number"),
	tableOf[billing.Invoice]("invoice").nullable("cancels_id"),
	tableOf[invoiceLineRow]("invoice_line").nullable("pupil_id"),
	tableOf[billing.Instalment]("instalment"),
	tableOf[billing.Entry]("payment").nullable("counters_id"),
	tableOf[billing.Allocation]("allocation"),
	tableOf[billing.Closing]("closing"),
	tableOf[quotient.Quotient]("quotient"),
	tableOf[billing.Reminder]("reminder"),
	tableOf[billing.Remittance]("remittance"),
	tableOf[remittancePaymentRow]("remittance_payment"),
	tableOf[pupilBillingRow]("pupil_billing"),
	tableOf[costShareRow]("cost_share"),
	tableOf[billing.Run]("invoice_run"),
	tableOf[importing.Import]("import_file"),
	tableOf[importPageRow]("import_page"),
	tableOf[journal.Line]("journal"),
	tableOf[mailRow]("outgoing_mail").only("not (is_secret = true and sent_at is null)"),
	tableOf[jobRow]("job").only("done_at is null and secret = ''").always("secret", ""),
}

type seasonRow struct {
	ID                 string    `db:"id"`
	Name               string    `db:"name"`
	StartsOn           string    `db:"starts_on"`
	EndsOn             string    `db:"ends_on"`
	AgesOn             string    `db:"ages_on"`
	OpensAt            time.Time `db:"campaign_opens_at"`
	ClosesAt           time.Time `db:"campaign_closes_at"`
	ListsEndAt         time.Time `db:"lists_end_at"`
	PartialReleaseAt   time.Time `db:"partial_release_at"`
	CoursesPublishedAt time.Time `db:"courses_published_at"`
	ClosedToldAt       time.Time `db:"closed_told_at"`
	ListsEndedAt       time.Time `db:"lists_ended_at"`
	NewcomersOpenAt    time.Time `db:"newcomers_open_at"`
	HandsOverAt        time.Time `db:"hands_over_at"`
	IsCurrent          bool      `db:"is_current"`
	NextRank           int64     `db:"next_rank"`
	NextNumber         int64     `db:"next_number"`
	LastAt             time.Time `db:"last_at"`
	Moves              int64     `db:"moves"`
}

type textRow struct {
	ID        string    `db:"id"`
	Kind      string    `db:"kind"`
	Version   string    `db:"version"`
	Body      string    `db:"body"`
	CreatedAt time.Time `db:"created_at"`
}

type disciplineRow struct {
	ID   string `db:"id"`
	Name string `db:"name"`
	school.Edited
}

type teacherRow struct {
	ID          string `db:"id"`
	LastName    string `db:"last_name"`
	FirstName   string `db:"first_name"`
	Email       string `db:"email"`
	Disciplines string `db:"disciplines"`
	Search      string `db:"search"`
	school.Edited
}

type programmeRow struct {
	ID       string `db:"id"`
	Season   string `db:"season_id"`
	Code     string `db:"code"`
	Title    string `db:"title"`
	Message  string `db:"message"`
	AgeMin   int64  `db:"age_min"`
	AgeMax   int64  `db:"age_max"`
	Levels   string `db:"levels"`
	Position int64  `db:"position"`
	school.Edited
}

type programmeLineRow struct {
	Programme         string `db:"programme_id"`
	Position          int64  `db:"position"`
	Label             string `db:"label"`
	Kinds             string `db:"kinds"`
	Min               int64  `db:"min"`
	Max               int64  `db:"max"`
	Levels            string `db:"levels"`
	Semester          int64  `db:"semester"`
	DistinctTitles    bool   `db:"distinct_titles"`
	WithoutInstrument bool   `db:"without_instrument"`
}

type courseRow struct {
	ID                string    `db:"id"`
	Season            string    `db:"season_id"`
	Code              string    `db:"code"`
	Title             string    `db:"title"`
	Kind              string    `db:"kind"`
	Discipline        string    `db:"discipline"`
	Site              string    `db:"site_id"`
	Weekday           int64     `db:"weekday"`
	Starts            string    `db:"starts"`
	Ends              string    `db:"ends"`
	Room              string    `db:"room"`
	Teacher           string    `db:"teacher"`
	WithoutInstrument bool      `db:"without_instrument"`
	NoBeginner        bool      `db:"no_beginner"`
	AgeMin            int64     `db:"age_min"`
	AgeMax            int64     `db:"age_max"`
	Levels            string    `db:"levels"`
	CancelledAt       time.Time `db:"cancelled_at"`
	school.Edited
}

type paperRow struct {
	ID          string `db:"id"`
	Season      string `db:"season_id"`
	Code        string `db:"code"`
	Name        string `db:"name"`
	Audience    string `db:"audience"`
	Required    bool   `db:"required"`
	Condition   string `db:"condition"`
	Validity    string `db:"validity"`
	Help        string `db:"help"`
	Consequence string `db:"consequence"`
	Template    string `db:"template"`
	Position    int64  `db:"position"`
}

type tariffRow struct {
	Season  string `db:"season_id"`
	Content string `db:"content"`
	school.Edited
}

type offeringRow struct {
	ID       string `db:"id"`
	Course   string `db:"course_id"`
	Season   string `db:"season_id"`
	Semester int64  `db:"semester"`
	Capacity int64  `db:"capacity"`
	Taken    int64  `db:"taken"`
}

type dossierRow struct {
	ID                string    `db:"id"`
	Number            int64     `db:"number"`
	Season            string    `db:"season_id"`
	Pupil             string    `db:"pupil_id"`
	Household         string    `db:"household_id"`
	State             string    `db:"state"`
	Programme         string    `db:"programme_id"`
	Site              string    `db:"site_id"`
	Choice            string    `db:"choice"`
	OnPaperForm       bool      `db:"on_paper_form"`
	Note              string    `db:"note"`
	Administrative    bool      `db:"administrative"`
	Reason            string    `db:"reason"`
	Text              string    `db:"text_id"`
	AgreedBy          string    `db:"agreed_by"`
	SentAt            time.Time `db:"sent_at"`
	CompleteAt        time.Time `db:"complete_at"`
	Rank              int64     `db:"rank"`
	ReceivedOnPaperAt time.Time `db:"received_on_paper_at"`
	HoldUntil         time.Time `db:"hold_until"`
	HoldTotalUntil    time.Time `db:"hold_total_until"`
	ConfirmedAt       time.Time `db:"confirmed_at"`
	ConfirmedBy       string    `db:"confirmed_by"`
	ReopenedUntil     time.Time `db:"reopened_until"`
	WithdrawalAskedAt time.Time `db:"withdrawal_asked_at"`
	RemindedAt        time.Time `db:"reminded_at"`
	UpdatedAt         time.Time `db:"updated_at"`
	Version           int64     `db:"version"`
}

type requestRow struct {
	ID           string    `db:"id"`
	Dossier      string    `db:"dossier_id"`
	Offering     string    `db:"offering_id"`
	State        string    `db:"state"`
	ReceivedAt   time.Time `db:"received_at"`
	Seq          int64     `db:"seq"`
	Jumped       int64     `db:"jumped"`
	OfferedUntil time.Time `db:"offered_until"`
	DecidedAt    time.Time `db:"decided_at"`
	Line         int64     `db:"line"`
	CreatedAt    time.Time `db:"created_at"`
}

type scenarioRow struct {
	ID          string    `db:"id"`
	Season      string    `db:"season_id"`
	Name        string    `db:"name"`
	AtClosing   bool      `db:"at_closing"`
	Capacities  string    `db:"capacities"`
	Days        int64     `db:"offer_days"`
	CreatedAt   time.Time `db:"created_at"`
	CreatedBy   string    `db:"created_by"`
	UpdatedAt   time.Time `db:"updated_at"`
	UpdatedBy   string    `db:"updated_by"`
	Version     int64     `db:"version"`
	PublishedAt time.Time `db:"published_at"`
	PublishedBy string    `db:"published_by"`
	Published   string    `db:"published"`
}

// applicationRow leaves the links behind: new ones are asked for by e-mail.
type applicationRow struct {
	ID          string    `db:"id"`
	Season      string    `db:"season_id"`
	State       string    `db:"state"`
	Form        string    `db:"form"`
	EmailFolded string    `db:"email_folded"`
	Household   string    `db:"household_id"`
	Pupil       string    `db:"pupil_id"`
	SentAt      time.Time `db:"sent_at"`
	ConfirmedAt time.Time `db:"confirmed_at"`
	DecidedAt   time.Time `db:"decided_at"`
	DecidedBy   string    `db:"decided_by"`
	Reason      string    `db:"reason"`
	CreatedAt   time.Time `db:"created_at"`
	TouchedAt   time.Time `db:"touched_at"`
	Version     int64     `db:"version"`
}

type importPageRow struct {
	Import  string `db:"import_id"`
	Part    string `db:"part"`
	Page    int64  `db:"page"`
	Content string `db:"content"`
}

type mailRow struct {
	ID        string    `db:"id"`
	EventKey  string    `db:"event_key"`
	Recipient string    `db:"recipient"`
	Kind      string    `db:"kind"`
	Household string    `db:"household_id"`
	Dossier   string    `db:"dossier_id"`
	Subject   string    `db:"subject"`
	IsSecret  bool      `db:"is_secret"`
	QueuedAt  time.Time `db:"queued_at"`
	LeavesAt  time.Time `db:"leaves_at"`
	SentAt    time.Time `db:"sent_at"`
	FailedAt  time.Time `db:"failed_at"`
	LastError string    `db:"last_error"`
	AnswerBy  time.Time `db:"answer_by"`
	Message   string    `db:"message_id"`
}

type messageRow struct {
	ID         string    `db:"id"`
	Season     string    `db:"season_id"`
	State      string    `db:"state"`
	Subject    string    `db:"subject"`
	Body       string    `db:"body"`
	Selection  string    `db:"selection"`
	ByMail     bool      `db:"by_mail"`
	InPortal   bool      `db:"in_portal"`
	Counted    int64     `db:"counted"`
	LeavesAt   time.Time `db:"leaves_at"`
	DepartedAt time.Time `db:"departed_at"`
	CreatedBy  string    `db:"created_by"`
	CreatedAt  time.Time `db:"created_at"`
	school.Edited
}

type messageRecipientRow struct {
	Message    string    `db:"message_id"`
	Household  string    `db:"household_id"`
	Position   int64     `db:"position"`
	Dossiers   string    `db:"dossiers"`
	Address    string    `db:"address"`
	Subject    string    `db:"subject"`
	Body       string    `db:"body"`
	PreparedAt time.Time `db:"prepared_at"`
	ReadAt     time.Time `db:"read_at"`
	PrintedAt  time.Time `db:"printed_at"`
}

// jobRow is work not yet done; its lease stays behind.
type jobRow struct {
	ID        string    `db:"id"`
	Kind      string    `db:"kind"`
	Key       string    `db:"key"`
	Args      string    `db:"args"`
	RunAt     time.Time `db:"run_at"`
	Attempts  int64     `db:"attempts"`
	LastError string    `db:"last_error"`
	CreatedAt time.Time `db:"created_at"`
	DeadAt    time.Time `db:"dead_at"`
}
