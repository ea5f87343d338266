package family_test

import (
	"strings"
	"testing"

	"pupitre/internal/domain/enrolment"
)

const moreau = "MOREAU-4821"

// walk takes Lucie Moreau from the home page to « Valider ».
func walk(s *site, v *visitor, lucie string) page {
	wizard := "/eleves/" + lucie + "/reinscription"
	identity := v.get("/famille/identite")
	v.expect(v.submit(identity, "/famille/identite", "facturation", "3", "moyens", "cheques"), 303, "/famille/identite")
	v.expect(v.get(wizard), 303, wizard+"/eleve") // saved with nothing missing, it is checked
	v.expect(v.submit(v.get(wizard+"/famille"), wizard+"/famille"), 303, wizard+"/eleve")
	v.expect(v.submit(v.get(wizard+"/eleve"), wizard+"/eleve", "administrative", "oui", "niveau", "5e", "droit_image", "yes"), 303, wizard+"/cours")
	v.expect(v.post(wizard+"/cours", "action", "formule", "formule", s.programme("cursus")), 303, wizard+"/cours")
	courses := v.get(wizard + "/cours")
	if got := courses.Find("input[type=radio]:checked").Length(); got < 3 {
		s.t.Fatalf("« comme cette année » checks %d radios, want the pole, the instrument and the practice", got)
	}
	culture := courses.Find(`label[data-pole="loire"] input[name="ligne-2"]`).First().AttrOr("value", "")
	v.expect(v.submit(courses, wizard+"/cours", "ligne-2", culture, "note", "Covoiturage le mercredi"), 303, wizard+"/pieces")
	v.expect(v.get(wizard), 303, wizard+"/envoi")
	send := v.get(wizard + "/envoi")
	if n := strings.Count(send.text(), "J’accepte"); n != 1 {
		s.t.Errorf("« J’accepte » is written %d times, want once: %s", n, send.text())
	}
	if text := v.get("/textes/" + s.text()); !strings.Contains(text.text(), "Version 2027-1") {
		s.t.Errorf("the text's version is not told on its page: %s", text.text())
	}
	return send
}

// expect checks the code and where the answer leads.
func (v *visitor) expect(p page, code int, to string) {
	v.s.t.Helper()
	if p.code != code || p.to() != to {
		v.s.t.Fatalf("got %d to %q, want %d to %q: %s", p.code, p.to(), code, to, p.text())
	}
}

func TestAFamilyReRegistersItsPupil(t *testing.T) {
	each(t, func(s *site) {
		v, lucie := s.as(moreau), s.pupil(moreau, "Lucie")
		wizard := "/eleves/" + lucie + "/reinscription"
		send := walk(s, v, lucie)
		if p := v.submit(send, wizard+"/envoi"); p.code != 422 || !strings.Contains(p.text(), "Cochez « J’accepte »") {
			t.Fatalf("without « J’accepte »: got %d %s", p.code, p.text())
		}
		v.expect(v.submit(send, wizard+"/envoi", "accord", "oui"), 303, wizard+"/confirmation")
		confirmation := v.get(wizard + "/confirmation")
		for _, want := range []string{"Demande prise en compte", "mardi 8 juin à 22 h 05 min 00 s", "1er", "sur 1 à ce jour", "Place réservée", "Vous réinscrire"} {
			if !strings.Contains(confirmation.text(), want) {
				t.Errorf("the confirmation does not say %q: %s", want, confirmation.text())
			}
		}
		// A double click changes nothing.
		v.expect(v.submit(send, wizard+"/envoi", "accord", "oui"), 303, wizard+"/confirmation")
		if r := s.registration(moreau, lucie); r.Dossier.Rank != 1 || len(r.Requests) != 3 || r.Dossier.Note != "Covoiturage le mercredi" {
			t.Errorf("rank %d, %d requests, note %q", r.Dossier.Rank, len(r.Requests), r.Dossier.Note)
		}
		if p := v.get(wizard); !strings.Contains(p.text(), "Votre dossier est complet depuis le mardi 8 juin à 22 h 05 min 00 s") {
			t.Errorf("the clock of R31: %s", p.text())
		}
		for _, pdf := range []string{wizard + "/accuse.pdf", wizard + "/formulaire.pdf", "/famille/mandat.pdf", "/famille/mandat-vierge.pdf"} {
			if p := v.get(pdf); p.code != 200 || !strings.HasPrefix(string(p.body), "%PDF-") {
				t.Errorf("%s: got %d", pdf, p.code)
			}
		}
	})
}

func TestADraftIsKeptEvenWhenItBreaksARule(t *testing.T) {
	each(t, func(s *site) {
		v, lucie := s.as(moreau), s.pupil(moreau, "Lucie")
		wizard := "/eleves/" + lucie + "/reinscription"
		v.post(wizard+"/eleve", "administrative", "oui", "niveau", "5e", "droit_image", "no")
		v.post(wizard+"/cours", "action", "formule", "formule", s.programme("cursus"))
		violin := enrolment.OfferingID(s.course("S-VIOLON"), 0)
		p := v.post(wizard+"/cours", "pole", s.pole("Pôle Loire"), "ligne-0", violin, "note", "Jeudi impossible")
		if p.code != 422 || !strings.HasPrefix(p.Find("title").Text(), "Erreur") {
			t.Fatalf("got %d %s", p.code, p.Find("title").Text())
		}
		for _, want := range []string{"Ce qui était coché ailleurs est retiré", "(Pôle Sèvre)", "Il manque un cours"} {
			if !strings.Contains(p.text(), want) {
				t.Errorf("the page does not say %q: %s", want, p.text())
			}
		}
		if got := p.Find("textarea[name=note]").Text(); got != "Jeudi impossible" {
			t.Errorf("the note comes back as %q", got)
		}
		r := s.registration(moreau, lucie)
		if r.Dossier.State != enrolment.Draft || len(r.Dossier.Choice) != 0 || r.Dossier.Site != s.pole("Pôle Loire") || r.Dossier.Note != "Jeudi impossible" {
			t.Errorf("the draft holds %+v", r.Dossier)
		}
	})
}
