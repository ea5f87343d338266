package enrolment

import (
	"context"

	"pupitre/internal/domain/actor"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/fault"
	"pupitre/internal/platform/french"
)

// Offer is what the page of an offered place shows; the link of its mail needs
// no sign-in and serves for this answer alone (R33).
type Offer struct {
	Request      Request
	Dossier      Dossier
	PupilFirst   string
	PupilName    string
	Course       string
	Slot         string
	Teacher      string
	Site         string
	Semester     int64
	Kept         []RequestView // the rest of the dossier
	Answered     bool          // it is no longer open
	AnsweredWith RequestState
}

// OfferOf returns the offer that the token opens, or fault.ErrNotFound. Once
// answered, or ended, it still opens, to say so.
func OfferOf(ctx context.Context, r db.Reader, token string) (Offer, error) {
	row, err := db.One[Request](ctx, r, `select `+requestColumns+` from request where offer_token_hash = $1 and offer_token_hash <> ''`, hashOf(token))
	if err != nil {
		return Offer{}, err
	}
	return offerOf(ctx, r, row)
}

// OfferAnswer is the answer to an offer, by the token of its mail or by the
// family signed in.
type OfferAnswer struct {
	Token   string // or Request with an actor who sees the household
	Request string
	Accept  bool
}

// Answer accepts or declines an offered place. Declined, it goes to the next in
// line; the dossier leaves that one list and keeps the rest.
func (r *Registrar) Answer(ctx context.Context, a actor.Actor, in OfferAnswer) error {
	return r.submit(ctx, a, func(u *unit) error {
		row, err := u.offered(a, in)
		if err != nil {
			return err
		}
		if in.Accept && row.State == Place || !in.Accept && row.State == Declined {
			return nil // answered so already
		}
		if row.State != Offered {
			return &fault.Conflict{Message: "Cette place n’est plus proposée" + french.Nbsp + ": elle est « " + row.State.French() + " »."}
		}
		if err := u.bring(row.Offering); err != nil {
			return err
		}
		d, err := u.dossier(row.Dossier)
		if err != nil {
			return err
		}
		told, err := u.toldOffer(d, row)
		if err != nil {
			return err
		}
		if in.Accept {
			return u.acceptOffer(d, row, told)
		}
		if _, err := u.obey(Leave{row.ID, Declined}, "place déclinée par la famille"); err != nil {
			return err
		}
		u.forget(d, row)
		return u.write(d.Household, d, MailOfferDeclined, row.ID, told, nil, zero)
	})
}

func (u *unit) offered(a actor.Actor, in OfferAnswer) (*Request, error) {
	if in.Token != "" {
		id, err := db.One[string](u.ctx, u.tx, `select id from request where offer_token_hash = $1 and offer_token_hash <> ''`, hashOf(in.Token))
		if err != nil {
			return nil, err
		}
		return u.request(id)
	}
	row, err := u.request(in.Request)
	if err != nil {
		return nil, err
	}
	d, err := u.dossier(row.Dossier)
	if err != nil {
		return nil, err
	}
	if !a.Sees(d.Household) {
		return nil, notFound("request", in.Request)
	}
	return row, nil
}

func (u *unit) acceptOffer(d *Dossier, row *Request, told Told) error {
	if _, err := u.obey(Accept{row.ID}, "place acceptée"); err != nil {
		return err
	}
	if err := u.settled(d); err != nil {
		return err
	}
	place, err := u.toldPlace(row)
	if err != nil {
		return err
	}
	told.Course = &place
	return u.write(d.Household, d, MailOfferAccepted, row.ID, told, nil, zero)
}

// settled puts a dossier that waited back before the office once all its courses have a place.
func (u *unit) settled(d *Dossier) error {
	if d.State != OnList {
		return nil
	}
	whole, err := u.whole(d)
	if err != nil || !whole {
		return err
	}
	d.State = Complete
	u.changed(d)
	u.told(d, "dossier.settled", OnList.French(), "à confirmer", "")
	return nil
}

// forget takes the course of a declined offer out of the dossier's choice.
func (u *unit) forget(d *Dossier, r *Request) {
	course, semester := splitOffering(r.Offering)
	var left Choice
	for _, w := range d.Choice {
		if w.Course != course || w.Semester != semester {
			left = append(left, w)
		}
	}
	d.Choice = left
	u.changed(d)
}

// EndOffers ends the offers whose delay has run out, and offers their places
// to the next in line (a job). It returns how many ended.
func (r *Registrar) EndOffers(ctx context.Context) (int, error) {
	n := 0
	err := r.submit(ctx, actor.System, func(u *unit) error {
		n = 0
		due, err := db.All[string](u.ctx, u.tx, `select id from request where state = 'offered' and offered_until < $1
			and offering_id in (select id from offering where season_id = $2) order by offered_until, seq`, u.at, u.season.ID)
		if err != nil {
			return err
		}
		for _, id := range due {
			row, err := u.request(id)
			if err != nil {
				return err
			}
			if row.State != Offered {
				continue // answered just before, in this very batch
			}
			d, err := u.dossier(row.Dossier)
			if err != nil {
				return err
			}
			if err := u.bring(row.Offering); err != nil {
				return err
			}
			told, err := u.toldOffer(d, row)
			if err != nil {
				return err
			}
			if _, err := u.obey(Leave{id, Declined}, "sans réponse dans le délai"); err != nil {
				return err
			}
			u.forget(d, row)
			if err := u.write(d.Household, d, MailOfferEnded, id, told, nil, u.bySchool()); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}
