package enrolment

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pupitre/internal/domain/actor"
	"pupitre/internal/domain/catalogue"
	"pupitre/internal/domain/document"
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
	var outcomes []Outcome
	err := r.submit(ctx, a, func(u *unit) error {
		outcomes = nil
		text, err := u.agreement(s)
		if err != nil {
			return err
		}
		// Judge all before writing any, so that what was refused has written nothing.
		var sent []*Dossier
		for _, pupil := range s.Pupils {
			d, again, err := u.judge(a, pupil)
			outcome := Outcome{Pupil: pupil, Err: err}
			if err != nil && !isInvalid(err) {
				return err
			}
			if d != nil {
				outcome.Dossier = d.ID
			}
			if err == nil && !again && !slices.Contains(sent, d) {
				sent = append(sent, d)
			}
			outcomes = append(outcomes, outcome)
		}
		return u.send(sent, text)
	})
	return outcomes, err
}

// agreement checks the box « J'accepte » against the text in force.
func (u *unit) agreement(s Submission) (string, error) {
	text, err := currentText(u.ctx, u.tx)
	if err != nil {
		return "", err
	}
	if !s.Agreed {
		return "", &fault.Invalid{Message: "Cochez « J’accepte » pour envoyer.", Fields: []fault.Field{{Name: "accord", Message: "Cochez « J’accepte » après avoir lu le règlement."}}}
	}
	if s.Text != text.ID {
		return "", &fault.Invalid{Message: "Le règlement a changé depuis l’ouverture de cette page.", Fields: []fault.Field{{Name: "accord", Message: "Relisez le règlement, puis cochez « J’accepte » de nouveau."}}}
	}
	return text.ID, nil
}

// judge returns the pupil's dossier ready to be sent, or again when it is sent
// already, or a fault.Invalid that says everything left to do.
func (u *unit) judge(a actor.Actor, pupil string) (d *Dossier, again bool, err error) {
	if _, _, err := people.PupilOf(u.ctx, u.tx, a, pupil); err != nil {
		return nil, false, err
	}
	if d, err = u.dossierOf(pupil); err != nil {
		return nil, false, err
	}
	if d == nil {
		return nil, false, &fault.Invalid{Message: "La réinscription n’est pas commencée.", Fields: []fault.Field{{Name: "administrative", Message: "Cochez « Réinscription administrative » pour commencer."}}}
	}
	if !a.Sees(d.Household) {
		if d.State.Sent() {
			return nil, false, fault.Refuse("Le dossier est déjà envoyé par l’autre foyer le " + french.Moment(d.SentAt) + ".")
		}
		return nil, false, fault.Refuse("Enregistrez d’abord vos choix pour cet élève.")
	}
	if d.State.Sent() {
		return d, true, nil
	}
	if err := u.campaign(d); err != nil {
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

// campaign refuses what arrives while the campaign is closed (R29, R36).
func (u *unit) campaign(d *Dossier) error {
	if u.season.IsOpen(u.arrived) || u.arrived.Before(d.ReopenedUntil) {
		return nil
	}
	if u.season.BeforeOpening(u.arrived) {
		return fault.Refuse("La campagne ouvre le " + french.Moment(u.season.OpensAt) + ". Votre dossier est gardé : vous pourrez le valider à cette minute.")
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
	inSeason, err := people.PupilSeasonOf(u.ctx, u.tx, d.Pupil, u.season.ID)
	if err != nil {
		return nil, err
	}
	fields := append(prefixed("famille.", people.MissingFamily(h)), prefixed("eleve.", people.MissingPupil(pupil, inSeason))...)
	if !d.Administrative {
		fields = append(fields, fault.Field{Name: "administrative", Message: "Cochez « Réinscription administrative »."})
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
	pupil, err := factsOf(u.ctx, u.tx, u.season, *c, d.Pupil)
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
	var households []string
	for _, d := range dossiers {
		before := d.State
		d.State, d.SentAt, d.Text, d.AgreedBy = Received, u.at, text, u.actor.Name
		u.changed(d)
		u.told(d, "dossier.sent", before.French(), Received.French(), "")
		missing, err := u.missing(d)
		if err != nil {
			return err
		}
		if len(missing) == 0 {
			if err := u.place(d); err != nil {
				return err
			}
		}
		t, err := u.toldDossier(d)
		if err != nil {
			return err
		}
		if told[d.Household] == nil {
			households = append(households, d.Household)
		}
		told[d.Household] = append(told[d.Household], t)
	}
	for _, h := range households {
		events := make([]string, len(told[h]))
		for i, t := range told[h] {
			events[i] = fmt.Sprintf("%s@%d", t.ID, u.at.UnixMilli())
		}
		if err := u.write(h, dossiers[0], MailReceived, strings.Join(events, "+"), Told{Dossiers: told[h]}, nil, zero); err != nil {
			return err
		}
	}
	return nil
}

// place ranks the dossier and asks for its courses.
func (u *unit) place(d *Dossier) error {
	u.rank(d)
	if d.OnPaperForm {
		return nil // its places are asked for when the office types the form in (R20a)
	}
	return u.ask(d, d.Choice, func() Asked { return Asked{ReceivedAt: d.CompleteAt} }, "")
}

func isInvalid(err error) bool {
	var invalid *fault.Invalid
	return asInvalid(err, &invalid)
}

// Recheck is what follows from any act that may make dossiers of a household
// complete, or incomplete (R29): a deposit, a change of means of payment, a
// paper no longer asked. lastPaper names what was deposited, "" for none.
func (u *unit) recheck(household, lastPaper string) error {
	dossiers, err := u.dossiersOf(household)
	if err != nil {
		return err
	}
	for _, d := range dossiers {
		missing, err := u.missing(d)
		if err != nil {
			return err
		}
		if err := u.follow(d, missing, lastPaper); err != nil {
			return err
		}
	}
	return nil
}

func (u *unit) follow(d *Dossier, missing []document.Paper, lastPaper string) error {
	switch {
	case len(missing) == 0 && (d.State == Received || d.State == Lapsed && !d.SentAt.IsZero()):
		return u.complete(d, lastPaper)
	case len(missing) == 0 && d.State == PaperRefused:
		d.State, d.HoldUntil = Complete, zero
		u.changed(d)
		u.told(d, "dossier.mended", PaperRefused.French(), Complete.French(), "")
		return nil
	case len(missing) > 0 && (d.State == Complete || d.State == OnList):
		return u.hold(d, MailNewlyRequired, Told{Paper: french.List(paperNames(missing)), Required: true}, "pièce devenue obligatoire")
	default:
		return nil
	}
}

// complete ranks a dossier at the instant its last required paper arrived, if
// the campaign still takes it and its choice still stands.
func (u *unit) complete(d *Dossier, lastPaper string) error {
	if u.campaign(d) != nil {
		return nil
	}
	breaches, err := u.breaches(d)
	if err != nil {
		return err
	}
	if len(breaches) > 0 {
		u.told(d, "dossier.not_ranked", d.State.French(), d.State.French(), breaches[0].Sentence())
		return nil
	}
	if err := u.place(d); err != nil {
		return err
	}
	return u.writeOf(d, MailBecameComplete, fmt.Sprintf("%s@%d", d.ID, d.Rank), Told{Paper: lastPaper})
}

// hold opens the delay of R32, or gives what is left of it, 48 hours at least.
func (u *unit) hold(d *Dossier, kind mailKind, told Told, reason string) error {
	leaves := u.at
	if kind == MailNewlyRequired {
		leaves = u.bySchool()
	}
	if d.HoldTotalUntil.IsZero() {
		d.HoldTotalUntil = endOfDelay(leaves, u.school.PaperDays)
		d.HoldUntil = d.HoldTotalUntil
	} else {
		d.HoldUntil = later(d.HoldTotalUntil, leaves.Add(48*time.Hour))
	}
	before := d.State
	d.State = PaperRefused
	u.changed(d)
	u.told(d, "dossier.held", before.French(), PaperRefused.French()+", jusqu’au "+french.Moment(d.HoldUntil), reason)
	told.Until = d.HoldUntil
	t, err := u.toldDossier(d)
	if err != nil {
		return err
	}
	told.Dossiers = []ToldDossier{t}
	return u.write(d.Household, d, kind, fmt.Sprintf("%s@%d", d.ID, u.at.UnixMicro()), told, nil, leaves)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
