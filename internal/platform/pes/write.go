package pes

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// Write checks the role and writes its file, in ISO-8859-1. The same role gives
// the same bytes. Nothing is written when Check refuses.
func Write(w io.Writer, r Role) error {
	if err := r.Check(); err != nil {
		return err
	}
	buffered := bufio.NewWriter(w)
	latin := transform.NewWriter(buffered, charmap.ISO8859_1.NewEncoder())
	out := &writer{w: latin}
	out.role(r)
	if out.err == nil {
		out.err = latin.Close()
	}
	if out.err == nil {
		out.err = buffered.Flush()
	}
	if out.err != nil {
		return fmt.Errorf("pes: writing: %w", out.err)
	}
	return nil
}

// writer writes elements; the first error stays.
type writer struct {
	w   io.Writer
	err error
}

func (w *writer) raw(text string) {
	if w.err == nil {
		_, w.err = io.WriteString(w.w, text)
	}
}

// in writes an element around what inner writes.
func (w *writer) in(name string, inner func()) {
	w.raw("<" + name + ">")
	inner()
	w.raw("</" + name + ">\n")
}

// v writes an element that has its value in the attribute V.
func (w *writer) v(name, value string) {
	w.raw("<" + name + ` V="`)
	if w.err == nil {
		w.err = xml.EscapeText(w.w, []byte(clean(value)))
	}
	w.raw(`"/>`)
}

// maybe writes v unless there is no value.
func (w *writer) maybe(name, value string) {
	if clean(value) != "" {
		w.v(name, value)
	}
}

func (w *writer) number(name string, n int64) { w.v(name, strconv.FormatInt(n, 10)) }

func (w *writer) amount(name string, cents int64) {
	w.v(name, fmt.Sprintf("%d.%02d", cents/100, cents%100))
}

func (w *writer) role(r Role) {
	w.raw(`<?xml version="1.0" encoding="ISO-8859-1"?>` + "\n" + `<n:PES_Aller xmlns:n="http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller">` + "\n")
	w.in("Enveloppe", func() {
		w.in("Parametres", func() { w.v("Version", "2"); w.v("TypFic", "PESORMC"); w.v("NomFic", r.File) })
		w.in("Emetteur", func() { w.v("Sigle", r.Software); w.v("Adresse", r.Release) })
	})
	w.in("EnTetePES", func() {
		w.v("DteStr", day(r.Written))
		w.v("IdPost", r.Body.Post)
		w.v("IdColl", r.Body.SIRET)
		w.v("CodCol", r.Body.Code)
		w.v("CodBud", r.Body.Budget)
		w.maybe("LibelleColBud", r.Body.Label)
	})
	w.in("PES_RecetteAller", func() {
		w.in("EnTeteRecette", func() { w.v("IdVer", "2"); w.v("InfoDematerialisee", "0") })
		w.in("Bordereau", func() {
			w.header(r)
			for _, c := range r.Claims {
				w.in("Piece", func() { w.claim(c) })
			}
		})
	})
	w.raw("</n:PES_Aller>\n")
}

func (w *writer) header(r Role) {
	w.in("BlocBordereau", func() {
		w.number("Exer", int64(r.Year))
		w.number("IdBord", int64(r.Number))
		w.v("DteBordEm", day(r.Issued))
		w.v("TypBord", "06")
		w.number("NbrPce", int64(len(r.Claims)))
		w.amount("MtBordHt", r.Cents())
		if !r.NoticeOn.IsZero() {
			w.v("DteAsp", day(r.NoticeOn))
		}
		w.maybe("Objet", r.Object)
	})
}

func (w *writer) claim(c Claim) {
	w.in("BlocPiece", func() {
		w.number("IdPce", int64(c.Number))
		w.v("TypPce", "15")
		w.v("NatPce", "01")
		w.maybe("ObjPce", c.Object)
		w.number("NumDette", c.Debt)
		w.number("Per", int64(c.Period))
	})
	for i, l := range c.Lines {
		w.in("LigneDePiece", func() {
			w.in("BlocLignePiece", func() {
				w.line(i+1, l)
				if c.Debit != nil {
					w.debit(*c.Debit, l.Cents)
				}
			})
			w.debtor(c)
		})
	}
}

func (w *writer) line(number int, l Line) {
	w.in("InfoLignePiece", func() {
		w.number("IdLigne", int64(number))
		w.maybe("ObjLignePce", l.Object)
		w.v("CodProdLoc", l.Product)
		w.number("Nature", l.Account)
		w.v("Majo", "0")
		w.v("TvaIntraCom", "0")
		w.amount("MtHT", l.Cents)
	})
}

// debit writes a line's share of the debit: the lines of a claim say the same,
// but for the amount, and the Treasury adds them up.
func (w *writer) debit(d Debit, cents int64) {
	w.in("InfoPrelevementSEPA", func() {
		w.v("NatPrel", "01")
		w.v("PerPrel", "07")
		w.v("DtePrel", day(d.On))
		w.amount("MtPrel", cents)
		w.v("SequencePres", string(d.Sequence))
		w.v("DateSignMandat", day(d.SignedOn))
		w.v("RefUniMdt", d.Mandate)
		w.maybe("LibPrel", d.Label)
		if d.OtherHolder {
			w.v("TitCpteDiff", "1")
		}
	})
}

// debtor is written with each line of his claim.
func (w *writer) debtor(c Claim) {
	d := c.Debtor
	w.in("Tiers", func() {
		w.in("InfoTiers", func() {
			w.maybe("RefTiers", d.Reference)
			w.v("CatTiers", "01")
			w.v("NatJur", "01")
			w.v("TypTiers", "01")
			w.v("Civilite", string(d.Title))
			w.v("Nom", d.LastName)
			w.v("Prenom", d.FirstName)
		})
		w.in("Adresse", func() {
			w.v("TypAdr", "1")
			w.maybe("Adr1", d.Building)
			w.v("Adr2", d.Street)
			w.maybe("Adr3", d.Locality)
			if d.Country == 0 {
				w.v("CP", d.PostCode)
				w.v("Ville", d.City)
				w.v("CodRes", "0")
			} else {
				w.v("CP", "99999")
				w.v("Ville", d.City)
				w.v("CodRes", "1")
				w.v("CodPays", fmt.Sprintf("%03d", d.Country))
			}
		})
		if c.Debit != nil {
			w.in("CpteBancaire", func() {
				w.maybe("BIC", c.Debit.BIC)
				w.v("IBAN", c.Debit.IBAN)
				w.v("TitCpte", c.Debit.Holder)
			})
		}
	})
}
