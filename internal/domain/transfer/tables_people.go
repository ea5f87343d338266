package transfer

import (
	"time"
)

type householdRow struct {
	ID               string    `db:"id"`
	Address          string    `db:"address"`
	AddressExtra     string    `db:"address_extra"`
	Postcode         string    `db:"postcode"`
	Town             string    `db:"town"`
	BillingMode      int64     `db:"billing_mode"`
	MandateReference string    `db:"mandate_reference"`
	CheckedForSeason string    `db:"checked_for_season"`
	Candidate        bool      `db:"candidate"`
	CreatedAt        time.Time `db:"created_at"`
	Version          int64     `db:"version"`
}

type householdMeanRow struct {
	Household string `db:"household_id"`
	Mean      string `db:"mean"`
}

type guardianRow struct {
	ID          string `db:"id"`
	Household   string `db:"household_id"`
	Civility    string `db:"civility"`
	LastName    string `db:"last_name"`
	FirstName   string `db:"first_name"`
	Email       string `db:"email"`
	EmailFolded string `db:"email_folded"`
	Mobile      string `db:"mobile"`
	Phone       string `db:"phone"`
	Position    int64  `db:"position"`
	Search      string `db:"search"`
	SortName    string `db:"sort_name"`
}

type pupilRow struct {
	ID        string    `db:"id"`
	LastName  string    `db:"last_name"`
	FirstName string    `db:"first_name"`
	BirthDate string    `db:"birth_date"`
	LevelNow  string    `db:"level_now"`
	Guardian  string    `db:"guardian_id"`
	NewIn     string    `db:"new_in"`
	Apart     bool      `db:"apart"`
	CreatedAt time.Time `db:"created_at"`
	Version   int64     `db:"version"`
	Search    string    `db:"search"`
	SortName  string    `db:"sort_name"`
}

type pupilHouseholdRow struct {
	Pupil     string `db:"pupil_id"`
	Household string `db:"household_id"`
}

type pupilSeasonRow struct {
	Pupil           string    `db:"pupil_id"`
	Season          string    `db:"season_id"`
	Level           string    `db:"level"`
	ImageRight      string    `db:"image_right"`
	ImageAnsweredBy string    `db:"image_answered_by"`
	ImageAnsweredAt time.Time `db:"image_answered_at"`
	ImageHousehold  string    `db:"image_household_id"`
	Beginner        string    `db:"beginner"`
	NotInvited      bool      `db:"not_invited"`
}

type rollOverRow struct {
	Season       string    `db:"season_id"`
	From         string    `db:"from_season_id"`
	PreparedAt   time.Time `db:"prepared_at"`
	PreparedBy   string    `db:"prepared_by"`
	OnlyEnrolled bool      `db:"only_enrolled"`
	Copied       string    `db:"copied"`
	HandedOverAt time.Time `db:"handed_over_at"`
}

type rollOverPupilRow struct {
	Season        string `db:"season_id"`
	Pupil         string `db:"pupil_id"`
	LevelBefore   string `db:"level_before"`
	LevelAfter    string `db:"level_after"`
	CoursesBefore string `db:"courses_before"`
	CoursesAfter  string `db:"courses_after"`
	Invited       bool   `db:"invited"`
}

type pupilNoteRow struct {
	Pupil     string `db:"pupil_id"`
	Season    string `db:"season_id"`
	Household string `db:"household_id"`
	Note      string `db:"note"`
}

type householdChangeRow struct {
	ID        string    `db:"id"`
	Household string    `db:"household_id"`
	Pupil     string    `db:"pupil_id"`
	Field     string    `db:"field"`
	Before    string    `db:"before"`
	After     string    `db:"after"`
	At        time.Time `db:"at"`
	ChangedBy string    `db:"changed_by"`
	SeenAt    time.Time `db:"seen_at"`
	SeenBy    string    `db:"seen_by"`
	SeenBatch string    `db:"seen_batch"`
}

type householdMergeRow struct {
	ID        string    `db:"id"`
	Kept      string    `db:"kept_id"`
	Lost      string    `db:"lost_id"`
	KeptName  string    `db:"kept_name"`
	LostName  string    `db:"lost_name"`
	Login     string    `db:"login"`
	LostLogin string    `db:"lost_login"`
	MergedAt  time.Time `db:"merged_at"`
	MergedBy  string    `db:"merged_by"`
	Said      string    `db:"said"`
	Before    string    `db:"before"`
	After     string    `db:"after"`
	Lines     string    `db:"lines"`
	Mails     string    `db:"mails"`
	UndoneAt  time.Time `db:"undone_at"`
	UndoneBy  string    `db:"undone_by"`

	Application string `db:"application_id"`
}

type householdApartRow struct {
	First  string    `db:"first_id"`
	Second string    `db:"second_id"`
	SaidAt time.Time `db:"said_at"`
	SaidBy string    `db:"said_by"`
}

type pupilCourseRow struct {
	Pupil string `db:"pupil_id"`
	Code  string `db:"course_code"`
}

type accountRow struct {
	ID              string    `db:"id"`
	Login           string    `db:"login"`
	LoginFolded     string    `db:"login_folded"`
	Role            string    `db:"role"`
	Household       string    `db:"household_id"`
	Name            string    `db:"name"`
	Email           string    `db:"email"`
	DisabledAt      time.Time `db:"disabled_at"`
	CreatedAt       time.Time `db:"created_at"`
	LetterPrintedAt time.Time `db:"letter_printed_at"`
	LetterMailedAt  time.Time `db:"letter_mailed_at"`
	Site            string    `db:"site_id"`
	Teacher         string    `db:"teacher_id"`
}
