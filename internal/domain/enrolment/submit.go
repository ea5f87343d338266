package enrolment

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/people"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Submission is « Valider »: the pupils in the order shown (one, or all that
// are ready), and the text that « J'accepte » accepted.
type Submission struct {
	Pupils []string
	Text   string // id of the text shown beside the box
	Agreed bool
}

// Outcome is the answer for one pupil. Err is a fault.Invalid when this one was
// refused: one pupil's answer never holds up another's (R20b).
type Outcome struct {
	Pupil   string
	Dossier string
	Err     error
}

// Submit sends the pupils' dossiers (R29, R30). Each is judged again on what is
// stored, at the time of arrival: complete, it gets its rank and places;
// lacking a required paper, it is received. A dossier already sent answers as
// it stands: a double click changes nothing.
func (r *Registrar) Submit(ctx context.Context, a actor.Actor, s Submission) ([]Outcome, error) {
	w, err := r.Send(ctx, a, s)
	if err != nil {
		return nil, err
	}
	w.Answered(context.WithoutCancel(ctx)) // once queued, its asker must learn what became of it
	return w.Outcomes()
}

// submit judges all before it writes any, so that what was refused has written
// nothing. It tells how many dossiers it received.
func (u *unit) submit(a actor.Actor, s Submission) (outcomes []Outcome, received int, err error) {
	var sent []*Dossier
	for _, pupil := range s.Pupils {
		d, again, err := u.judge(a, pupil)
		outcome := Outcome{Pupil: pupil, Err: err}
		if err != nil && !isInvalid(err) {
			return outcomes, 0, err
		}
		if d != nil {
			outcome.Dossier = d.ID
		}
		if err == nil && !again && !slices.Contains(sent, d) {
			sent = append(sent, d)
		}
		outcomes = append(outcomes, outcome)
	}
	if len(sent) == 0 {
		return outcomes, 0, nil
	}
	text, err := u.agreement(s)
	if err != nil {
		return outcomes, 0, err
	}
	return outcomes, len(sent), u.send(sent, text)
}

// agreement checks the box « J'accepte » against the text in force.
func (u *unit) agreement(s Submission) (string, error) {
	text, err := u.textInForce()
	if err != nil {
		return "", err
	}
	if !s.Agreed {
		return "", &fault.Invalid{Message: "Cochez « J’accepte » pour envoyer.", Fields: []fault.Field{{Name: "accord", Message: "Cochez « J’accepte » après avoir lu le règlement."}}}
	}
	if s.Text != text {
		return "", &fault.Invalid{Message: "Le règlement a changé depuis l’ouverture de cette page.", Fields: []fault.Field{{Name: "accord", Message: "Relisez le règlement, puis cochez « J’accepte » de nouveau."}}}
	}
	return text, nil
}

// judge returns the pupil's dossier ready to be sent, or again when it is sent
// already, or a fault.Invalid that says everything left to do.
func (u *unit) judge(a actor.Actor, pupil string) (d *Dossier, again bool, err error) {
	if err := u.seen(a, pupil); err != nil {
		return nil, false, err
	}
	if d, err = u.dossierOf(pupil); err != nil {
		return nil, false, err
	}
	if d == nil {
		return nil, false, u.notBegun(pupil)
	}
	switch {
	case !a.Sees(d.Household) && d.State.Sent():
		return nil, false, sentByTheOther(*d, u.isNew(pupil))
	case !a.Sees(d.Household):
		return nil, false, fault.Refuse("Enregistrez d’abord vos choix pour cet élève.")
	case d.State.Sent():
		return d, true, nil
	case d.State == NotReturning:
		return d, false, fault.Refuse("Vous avez répondu « " + oneOf(u.isNew(pupil), "Ne s’inscrit pas", "Ne se réinscrit pas") + " » pour cet élève" + french.Nbsp + ": annulez d’abord cette réponse.")
	}
	if u.inSeason[pupil].NotInvited && !a.IsOffice() {
		return d, false, notInvited(u.pupils[pupil], u.school.Phone)
	}
	if err := u.campaign(d); err != nil {
		return d, false, err
	}
	if err := u.oneDossier(d); err != nil {
		return d, false, err
	}
	fields, err := u.left(d)
	if err != nil {
		return d, false, err
	}
	if len(fields) > 0 {
		return d, false, &fault.Invalid{Message: "Il reste à compléter avant de valider.", Fields: fields}
	}
	return d, false, nil
}

// isNew tells whether the pupil, read before, is new to the school.
func (u *unit) isNew(pupil string) bool { return u.pupils[pupil].IsNewIn(u.season.ID) }

// oneOf is what is said of a pupil who is new to the school, or of one who comes back.
func oneOf(isNew bool, newcomer, returning string) string {
	if isNew {
		return newcomer
	}
	return returning
}

// administrativeBox is the box that begins the dossier, as the family reads it.
func administrativeBox(isNew bool) string {
	return oneOf(isNew, "Inscription administrative", "Réinscription administrative")
}

// notBegun refuses to send what nobody has begun.
func (u *unit) notBegun(pupil string) error {
	isNew := u.isNew(pupil)
	return &fault.Invalid{Message: oneOf(isNew, "L’inscription", "La réinscription") + " n’est pas commencée.",
		Fields: []fault.Field{{Name: "administrative", Message: "Cochez « " + administrativeBox(isNew) + " » pour commencer."}}}
}

// sentByTheOther refuses the act of a household whose pupil's other one has sent the dossier.
func sentByTheOther(d Dossier, isNew bool) error {
	return fault.Refuse(oneOf(isNew, "L’inscription", "La réinscription") + " est déjà envoyée par l’autre foyer le " + french.Moment(d.SentAt) + ".")
}

// notInvited refuses the re-registration of who was not enrolled the year before (R10).
func notInvited(p people.Pupil, phone string) error {
	return fault.Refuse(p.FullName() + " n’était pas inscrit l’an dernier" + french.Nbsp + ": son inscription passe par la pré-inscription. Si c’est une erreur, appelez le secrétariat au " + french.Phone(phone) + ".")
}

// campaign refuses what arrives while the campaign is closed (R29, R36).
func (u *unit) campaign(d *Dossier) error {
	opens, err := u.opensFor(d)
	if err != nil {
		return err
	}
	if u.season.IsOpen(u.arrived) && !u.arrived.Before(opens) {
		return nil
	}
	if u.season.IsOpen(u.arrived) {
		return fault.Refuse("Les inscriptions de nouveaux élèves ouvrent le " + french.Moment(opens) + ". Votre dossier est gardé : vous pourrez le valider à cette minute.")
	}
	if u.season.BeforeOpening(u.arrived) {
		return fault.Refuse("La campagne ouvre le " + french.Moment(u.season.OpensAt) + ". Votre dossier est gardé : vous pourrez le valider à cette minute.")
	}
	if u.arrived.Before(d.ReopenedUntil) {
		return nil
	}
	return fault.Refuse("La campagne est close depuis le " + french.Moment(u.season.ClosesAt) + ". Appelez le secrétariat au " + french.Phone(u.school.Phone) + ".")
}

// left lists what keeps the dossier from being sent, papers excepted: yellow
// fields, the box, and the rules of the formula. Field names are those of the
// pages that mend them.
func (u *unit) left(d *Dossier) ([]fault.Field, error) {
	h, err := u.household(d.Household)
	if err != nil {
		return nil, err
	}
	pupil, err := u.pupil(d.Pupil)
	if err != nil {
		return nil, err
	}
	fields := append(prefixed("famille.", people.MissingFamily(h)), prefixed("eleve.", people.MissingPupil(pupil, u.inSeason[d.Pupil]))...)
	if !d.Administrative {
		fields = append(fields, fault.Field{Name: "administrative", Message: "Cochez « " + administrativeBox(u.isNew(d.Pupil)) + " »."})
	}
	breaches, err := u.breaches(d)
	if err != nil {
		return nil, err
	}
	for _, b := range breaches {
		fields = append(fields, fault.Field{Name: "cours", Message: b.Sentence()})
	}
	return fields, nil
}

func prefixed(prefix string, fields []fault.Field) []fault.Field {
	out := make([]fault.Field, len(fields))
	for i, f := range fields {
		out[i] = fault.Field{Name: prefix + f.Name, Message: f.Message}
	}
	return out
}

// breaches judges the dossier's choice by the rules of its formula (§5).
func (u *unit) breaches(d *Dossier) ([]catalogue.Breach, error) {
	if d.OnPaperForm {
		return nil, nil // the form stands for the choice (R20a)
	}
	c, err := u.offer()
	if err != nil {
		return nil, err
	}
	pupil, err := u.factsOf(d.Pupil, *c)
	if err != nil {
		return nil, err
	}
	return judgeChoice(*c, pupil, *d), nil
}

func judgeChoice(c catalogue.Catalogue, pupil catalogue.Pupil, d Dossier) []catalogue.Breach {
	p, ok := c.Programme(d.Programme)
	if !ok {
		return []catalogue.Breach{{Rule: "R24", Message: "Choisissez une formule."}}
	}
	if d.Site == "" {
		return []catalogue.Breach{{Rule: "R27", Message: "Choisissez un pôle : tous les cours d’un même élève ont lieu sur un seul pôle."}}
	}
	return c.Judge(p, pupil, d.Site, d.Choice)
}

// send receives the judged dossiers, gives those that are complete their rank
// in that order, and writes the family one mail for all.
func (u *unit) send(dossiers []*Dossier, text string) error {
	told := map[string][]ToldDossier{}
	first := map[string]*Dossier{}
	var households []string
	for _, d := range dossiers {
		before := d.State
		d.anew()
		d.State, d.SentAt, d.Text, d.AgreedBy = Received, u.stamp(), text, u.actor.Name
		u.changed(d)
		u.told(d, "dossier.sent", before.French(), Received.French(), "")
		missing, err := u.missing(d)
		if err != nil {
			return err
		}
		if len(missing) == 0 {
			if err := u.place(d, d.SentAt); err != nil {
				return err
			}
		}
		t, err := u.toldDossier(d)
		if err != nil {
			return err
		}
		if told[d.Household] == nil {
			households = append(households, d.Household)
			first[d.Household] = d
		}
		told[d.Household] = append(told[d.Household], t)
	}
	for _, h := range households {
		events := make([]string, len(told[h]))
		for i, t := range told[h] {
			events[i] = fmt.Sprintf("%d@%s", u.dossiers[t.ID].SentAt.UnixMicro(), t.ID) // in the order of time, so that a rush fills few pages of the index
		}
		if err := u.write(h, first[h], MailReceived, strings.Join(events, "+"), Told{Dossiers: told[h]}, nil, zero); err != nil {
			return err
		}
	}
	return nil
}

// place ranks the dossier, complete at that stamp, and asks for its courses.
func (u *unit) place(d *Dossier, at time.Time) error {
	u.rank(d, at)
	if d.OnPaperForm {
		return nil // its places are asked for when the office types the form in (R20a)
	}
	return u.ask(d, d.Choice, d.CompleteAt, "")
}

func isInvalid(err error) bool {
	var invalid *fault.Invalid
	return asInvalid(err, &invalid)
}
