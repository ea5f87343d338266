package family_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"pupitre/internal/browser"
	"pupitre/internal/domain/enrolment"
	"pupitre/internal/platform/db"
	"pupitre/internal/platform/db/dbtest"
	"pupitre/internal/web/family"
)

// hold keeps the registrar busy until release is called, and « Valider » from
// waiting for it.
func (s *site) hold() (release func()) {
	s.t.Helper()
	s.rebuilt(s.disk(), (*family.Pages).Hasty)
	busy, free, done := make(chan bool), make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		err := s.registrar.Alter(context.Background(), s.secretary, s.actor(moreau).Household, func(context.Context, *db.Tx) error { close(busy); <-free; return nil })
		if err != nil {
			s.t.Error(err)
		}
	}()
	<-busy
	release = sync.OnceFunc(func() { close(free); <-done })
	s.t.Cleanup(release)
	return release
}

// answered waits until the submission of the pupils, sent before, is answered.
func (s *site) answered(login string, pupils ...string) {
	s.t.Helper()
	if sending := s.registrar.SendingOf(s.actor(login), pupils); sending != nil {
		sending.Answered(s.t.Context())
	}
}

func (v *visitor) poll(path string) page {
	v.s.t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("HX-Request", "true")
	return v.do(r)
}

func TestADemandThatWaitsSaysSinceWhenAndFinishesByItself(t *testing.T) {
	each(t, func(s *site) {
		v, wizard := s.as(moreau), ""
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		wizard = "/eleves/" + lucie + "/reinscription"
		form := v.get(wizard + "/envoi")
		release := s.hold()
		first := v.submit(form, wizard+"/envoi", "accord", "oui")
		if first.code != 303 || !strings.HasPrefix(first.to(), wizard+"/attente?arrivee=") {
			t.Fatalf("got %d to %q", first.code, first.to())
		}
		s.clock.Add(3 * time.Second)
		if again := v.submit(form, wizard+"/envoi", "accord", "oui"); again.to() != first.to() {
			t.Errorf("a second click leads to %q, want the first one's %q", again.to(), first.to())
		}
		page := v.get(first.to())
		page.says(t, "Votre demande est arrivée à 22 h 05 min 00 s, elle attend son tour.")
		if page.code != 200 || page.Find(`[hx-get][hx-trigger="every 2s"]`).Length() != 1 || !strings.Contains(string(page.body), `<noscript><meta http-equiv="refresh" content="3"`) {
			t.Errorf("got %d, and the page does not look again by itself: %s", page.code, page.body)
		}
		if p := v.poll(first.to()); p.code != 204 || p.header.Get("HX-Redirect") != "" {
			t.Errorf("while it waits, a look is answered %d to %q", p.code, p.header.Get("HX-Redirect"))
		}
		release()
		s.answered(moreau, lucie)
		if p := v.poll(first.to()); p.header.Get("HX-Redirect") != wizard+"/confirmation" {
			t.Errorf("once received, a look leads to %q", p.header.Get("HX-Redirect"))
		}
		v.expect(v.get(first.to()), 303, wizard+"/confirmation")
		v.get(wizard+"/confirmation").says(t, "mardi 8 juin à 22 h 05 min 00 s", "1er")
	})
}

func TestSeveralThatWait(t *testing.T) {
	each(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		malo := s.ready(moreau, "Malo", "GS", "eveil", "L-EVEIL-1")
		form := v.get("/reinscription/envoi?ordre=" + malo + "," + lucie)
		release := s.hold()
		sent := v.submit(form, "/reinscription/envoi", "accord", "oui")
		if sent.code != 303 || !strings.HasPrefix(sent.to(), "/reinscription/attente?") {
			t.Fatalf("got %d to %q", sent.code, sent.to())
		}
		v.get(sent.to()).says(t, "elle attend son tour")
		release()
		s.answered(moreau, malo, lucie)
		v.expect(v.get(sent.to()), 303, "/reinscription/confirmation?eleves="+malo+","+lucie)
		if r := s.registration(moreau, malo); r.Dossier.Rank != 1 {
			t.Errorf("the first in the order shown has rank %d", r.Dossier.Rank)
		}
	})
}

func TestWhatWasRefusedWhileNobodyWaitedIsShown(t *testing.T) {
	each(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		wizard := "/eleves/" + lucie + "/reinscription"
		form := v.get(wizard + "/envoi")
		no := false
		s.must(enrolment.SaveDraft(t.Context(), s.store, s.clock, s.actor(moreau), lucie, enrolment.DraftStep{Administrative: &no}))
		release := s.hold()
		sent := v.submit(form, wizard+"/envoi", "accord", "oui")
		release()
		s.answered(moreau, lucie)
		page := v.get(sent.to())
		if page.code != 422 || page.Find(`input[name=accord][checked]`).Length() != 1 {
			t.Errorf("got %d, « J’accepte » kept %d times", page.code, page.Find(`input[name=accord][checked]`).Length())
		}
		page.says(t, "Cochez « Réinscription administrative ».")
	})
}

// A restart forgets what waited: it was never received, and the page says so.
func TestWhatARestartHasForgottenIsNotSaidToBeReceived(t *testing.T) {
	each(t, func(s *site) {
		v := s.as(moreau)
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		malo := s.ready(moreau, "Malo", "GS", "eveil", "L-EVEIL-1")
		wizard := "/eleves/" + lucie + "/reinscription"
		ticket := fmt.Sprintf("arrivee=%d&serveur=avant", evening.UnixMicro())
		one, all := wizard+"/attente?"+ticket, "/reinscription/attente?eleves="+lucie+","+malo+"&"+ticket
		for _, path := range []string{one, all} {
			page := v.get(path)
			page.says(t, "Votre demande est arrivée à 22 h 05 min 00 s. Elle n’est pas encore enregistrée.")
			page.saysNot(t, "attend son tour.")
		}
		s.clock.Add(31 * time.Second)
		for path, to := range map[string]string{one: wizard + "/envoi", all: "/reinscription/envoi"} {
			page := v.get(path)
			page.says(t, "Votre demande n’a pas été enregistrée", "validez de nouveau")
			if page.code != 422 || page.Find(`form[action="`+to+`"] input[name=accord][checked]`).Length() != 1 {
				t.Errorf("%s: got %d, and the form is not kept", path, page.code)
			}
			if p := v.poll(path); p.header.Get("HX-Redirect") != path {
				t.Errorf("a look at %s leads to %q", path, p.header.Get("HX-Redirect"))
			}
		}
		v.expect(v.submit(v.get(one), wizard+"/envoi"), 303, wizard+"/confirmation")
		v.expect(v.get(wizard+"/attente"), 303, wizard+"/confirmation")
		v.expect(v.get("/eleves/"+malo+"/reinscription/attente"), 303, "/eleves/"+malo+"/reinscription/confirmation")
	})
}

func TestPastTheBoundTheFormIsKeptToBeSentAgain(t *testing.T) {
	each(t, func(s *site) {
		lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
		malo := s.ready(moreau, "Malo", "GS", "eveil", "L-EVEIL-1")
		v, wizard := s.as(moreau), "/eleves/"+lucie+"/reinscription"
		send, other := v.get(wizard+"/envoi"), v.get("/eleves/"+malo+"/reinscription/envoi")
		release := s.hold()
		s.registrar.Bound(1)
		v.submit(other, "/eleves/"+malo+"/reinscription/envoi", "accord", "oui")
		full := v.submit(send, wizard+"/envoi", "accord", "oui")
		if full.code != 503 || full.header.Get("Retry-After") != "5" {
			t.Fatalf("got %d, Retry-After %q", full.code, full.header.Get("Retry-After"))
		}
		full.says(t, "Trop de demandes arrivent en même temps", "Ce que vous avez saisi est gardé dans cette page.")
		release()
		s.answered(moreau, malo)
		sent := v.submit(full, wizard+"/envoi")
		s.answered(moreau, lucie)
		if r := s.registration(moreau, lucie); r.Dossier.Rank != 2 {
			t.Errorf("sent again from that page: got %d, rank %d", sent.code, r.Dossier.Rank)
		}
	})
}

func TestThePageThatWaitsInABrowser(t *testing.T) {
	s := newSite(t, dbtest.SQLite(t))
	lucie := s.ready(moreau, "Lucie", "6e", "cursus", "L-VIOLONCELLE", "L-CORDES")
	release := s.hold()
	url := s.served(moreau)
	b := browser.Start(t)
	var pages []*browser.Page
	for _, scripts := range []bool{true, false} {
		p := b.Page()
		pages = append(pages, p)
		p.Scripts(scripts)
		p.Open(url + "/eleves/" + lucie + "/reinscription/envoi")
		p.Click("input[name=accord]")
		p.ClickText("Valider")
		p.WaitForText("elle attend son tour")
	}
	look(t, pages[0], url, strings.TrimPrefix(pages[0].URL(), url))
	release()
	for _, p := range pages {
		p.WaitForText("Demande prise en compte")
	}
}
