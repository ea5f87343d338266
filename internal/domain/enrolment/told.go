package enrolment

import (
	"fmt"
	"time"

	"pupitre/internal/domain/correspondence"
	"pupitre/internal/domain/document"
	"pupitre/internal/domain/people"
	"pupitre/internal/domain/school"
)

// The mails that enrolment enqueues; work/send_mail.go writes each.
const (
	MailReceived        correspondence.Kind = "received"
	MailBecameComplete  correspondence.Kind = "became_complete"
	MailNotRanked       correspondence.Kind = "not_ranked"
	MailEnteredByOffice correspondence.Kind = "entered_by_office"
	MailChangedChoice   correspondence.Kind = "changed_choice"
	MailEnrolled        correspondence.Kind = "enrolled"
	MailOnList          correspondence.Kind = "on_waiting_list"
	MailPaperRefused    correspondence.Kind = "paper_refused"
	MailPaperWorthless  correspondence.Kind = "paper_worthless"
	MailNewlyRequired   correspondence.Kind = "newly_required"
	MailDelayEnded      correspondence.Kind = "delay_ended"
	MailPlaceOffered    correspondence.Kind = "place_offered"
	MailOfferAccepted   correspondence.Kind = "offer_accepted"
	MailOfferDeclined   correspondence.Kind = "offer_declined"
	MailOfferEnded      correspondence.Kind = "offer_ended"
	MailListsClosed     correspondence.Kind = "lists_closed"
	MailPartlyFull      correspondence.Kind = "partly_full"
	MailPartlyReleased  correspondence.Kind = "partly_released"
	MailWithdrawn       correspondence.Kind = "withdrawn"
	MailWithdrawalAns   correspondence.Kind = "withdrawal_answered"
	MailTurnedDown      correspondence.Kind = "turned_down"
	MailCourseCancelled correspondence.Kind = "course_cancelled"
	MailCampaignClosed  correspondence.Kind = "campaign_closed"
	MailMissingPapers   correspondence.Kind = "missing_papers"
)

// Told is what a mail says, frozen when it is enqueued. Each kind uses the
// fields it needs.
type Told struct {
	Name      string        `json:"name"` // whom it is written to
	At        time.Time     `json:"at"`
	Dossiers  []ToldDossier `json:"dossiers,omitempty"`
	Course    *ToldPlace    `json:"course,omitempty"`
	Kept      []ToldPlace   `json:"kept,omitempty"`
	GivenUp   []string      `json:"given_up,omitempty"`
	Whole     bool          `json:"whole,omitempty"`
	Accepted  bool          `json:"accepted,omitempty"`
	Paper     string        `json:"paper,omitempty"`
	PaperCode string        `json:"paper_code,omitempty"` // of the paper to hand in, the first when several
	Required  bool          `json:"required,omitempty"`
	Cost      string        `json:"cost,omitempty"` // what a refused optional paper costs
	Reason    string        `json:"reason,omitempty"`
	Left      []string      `json:"left,omitempty"` // sentences: what keeps a dossier from its rank
	Until     time.Time     `json:"until,omitempty"`
	OnPaperAt time.Time     `json:"on_paper_at,omitempty"`
}

// ToldDossier is a dossier as it stands when the mail is enqueued.
type ToldDossier struct {
	ID             string      `json:"id"`
	Number         string      `json:"number"`
	Pupil          string      `json:"pupil"`
	Programme      string      `json:"programme"`
	Site           string      `json:"site"`
	Rank           int64       `json:"rank"`
	CompleteAt     time.Time   `json:"complete_at"`
	Places         []ToldPlace `json:"places"`
	Missing        []string    `json:"missing"`
	CompleteBefore time.Time   `json:"complete_before"`
	GroupsLater    bool        `json:"groups_later"`
}

// ToldPlace is one request for a course.
type ToldPlace struct {
	Course   string       `json:"course"`
	Semester int64        `json:"semester"`
	State    RequestState `json:"state"`
	Position int64        `json:"position"`
	Until    time.Time    `json:"until"`
}

// OfferLink is the secret of an offer's mail.
type OfferLink struct {
	Token string `json:"token"`
}

func (u *unit) toldPlace(r *Request) (ToldPlace, error) {
	course, semester, err := u.courseOf(r.Offering)
	if err != nil {
		return ToldPlace{}, err
	}
	title := course.Title
	if slot := course.Slot(); slot != "" {
		title += ", " + slot
	}
	return ToldPlace{Course: title, Semester: semester, State: r.State, Position: u.board.Position(r.ID), Until: r.OfferedUntil}, nil
}

func (u *unit) toldPlaces(d *Dossier) ([]ToldPlace, error) {
	requests, err := u.requestsOf(d)
	if err != nil {
		return nil, err
	}
	var places []ToldPlace
	for _, r := range requests {
		if err := u.bring(r.Offering); err != nil {
			return nil, err
		}
		p, err := u.toldPlace(r)
		if err != nil {
			return nil, err
		}
		places = append(places, p)
	}
	return places, nil
}

func (u *unit) toldDossier(d *Dossier) (ToldDossier, error) {
	t := ToldDossier{ID: d.ID, Number: d.Label(), Rank: d.Rank, CompleteAt: d.CompleteAt}
	pupil, err := u.pupil(d.Pupil)
	if err != nil {
		return t, err
	}
	t.Pupil = pupil.FullName()
	c, err := u.offer()
	if err != nil {
		return t, err
	}
	if p, ok := c.Programme(d.Programme); ok {
		t.Programme = p.Title
		for _, l := range p.Lines {
			t.GroupsLater = t.GroupsLater || l.Semester > 0
		}
	}
	t.Site = c.SiteName(d.Site)
	if t.Places, err = u.toldPlaces(d); err != nil {
		return t, err
	}
	if !d.State.Ranked() {
		t.CompleteBefore = later(u.season.ClosesAt, d.ReopenedUntil)
	}
	if d.State == Received {
		missing, err := u.missing(d)
		if err != nil {
			return t, err
		}
		t.Missing = paperNames(missing)
	}
	return t, nil
}

func paperNames(papers []document.Paper) []string {
	var names []string
	for _, p := range papers {
		names = append(names, p.Name)
	}
	return names
}

// write enqueues one mail to each responsible of the household that has an
// address, or the call of the office when none has. event is unique to what
// happened.
func (u *unit) write(household string, d *Dossier, kind correspondence.Kind, event string, told Told, secret any, leaves time.Time) error {
	h, err := u.household(household)
	if err != nil {
		return err
	}
	u.written++
	told.At = u.at
	m := correspondence.Mail{Event: string(kind) + ":" + event, Kind: kind, Household: household}
	if d != nil {
		m.Dossier = d.ID
	}
	addresses := eachAddress(h)
	if len(addresses) == 0 && !ownActs[kind] {
		m.Call, m.AnswerBy = told.call(kind)
		m.LeavesAt = leaves
		u.mails = append(u.mails, m)
	}
	m.Secret, m.LeavesAt = secret, leaves
	for _, g := range addresses {
		told.Name = g.FullName()
		m.Recipient, m.Facts = g.Email, told
		u.mails = append(u.mails, m)
	}
	return nil
}

// eachAddress returns one responsible for each address of the household.
func eachAddress(h people.Household) []people.Guardian {
	var all []people.Guardian
	for _, address := range h.Emails() {
		for _, g := range h.Guardians {
			if g.Email == address {
				all = append(all, g)
				break
			}
		}
	}
	return all
}

// event names what has just changed the dossier, as no other change of it is named.
func (d *Dossier) event() string { return fmt.Sprintf("%s@%d", d.ID, d.Version) }

// writeOf enqueues a mail about the dossier as it stands now.
func (u *unit) writeOf(d *Dossier, kind correspondence.Kind, event string, told Told) error {
	return u.writeAt(d, kind, event, told, zero)
}

// writeAt is writeOf for a mail that leaves later.
func (u *unit) writeAt(d *Dossier, kind correspondence.Kind, event string, told Told, leaves time.Time) error {
	t, err := u.toldDossier(d)
	if err != nil {
		return err
	}
	told.Dossiers = []ToldDossier{t}
	return u.write(d.Household, d, kind, event, told, nil, leaves)
}

// writeOffer enqueues the mail of an offered place: the school's own accord, so
// within the hours it keeps.
func (u *unit) writeOffer(d *Dossier, r *Request, token string, leaves time.Time) error {
	told, err := u.toldOffer(d, r)
	if err != nil {
		return err
	}
	return u.write(d.Household, d, MailPlaceOffered, r.ID, told, OfferLink{token}, leaves)
}

// offerEvent is the event of the mail of an offered place.
func offerEvent(request string) string { return string(MailPlaceOffered) + ":" + request }

func (u *unit) toldOffer(d *Dossier, r *Request) (Told, error) {
	t, err := u.toldDossier(d)
	if err != nil {
		return Told{}, err
	}
	place, err := u.toldPlace(r)
	if err != nil {
		return Told{}, err
	}
	told := Told{Dossiers: []ToldDossier{t}, Course: &place}
	for _, other := range t.Places {
		if other.Course != place.Course || other.Semester != place.Semester {
			told.Kept = append(told.Kept, other)
		}
	}
	return told, nil
}

// bySchool is when a mail of the school's own accord leaves (quiet hours).
func (u *unit) bySchool() time.Time { return school.QuietHours(u.at, u.school) }
