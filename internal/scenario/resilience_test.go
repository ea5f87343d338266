package scenario_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pupitre/internal/browser"
)

// TestWhatWasAnsweredSurvivesACrash kills the server as soon as a family has
// read its confirmation: rank and place are there when it starts again, and
// the mail arrives, once for whoever reads it.
func TestWhatWasAnsweredSurvivesACrash(t *testing.T) {
	t.Parallel()
	gautier, hervouet := newFamily("Gautier", "Inès", "Jeanne"), newFamily("Hervouet", "Louis", "Tom")
	s := newSchool(t, gautier, hervouet)
	logins := s.identifiers(s.secretary())
	b := browser.Start(t)
	p, q := phone(b), phone(b)
	s.firstSignIn(p, logins["GAUTIER"], gautier.email)
	s.firstSignIn(q, logins["HERVOUET"], hervouet.email)
	s.joinOrchestra(p)
	s.kill()
	p.WaitForText("1er dossier complet reçu") // what it has read stays on its screen
	at := instant.FindString(plain(p.Text("main")))

	s.restart()
	p.Open(s.url + "/accueil") // the session has survived too
	p.ClickText("Réinscription")
	p.WaitForText("1er dossier complet reçu")
	p.WaitForText("Place réservée")
	if got := plain(p.Text("main")); !strings.Contains(got, at) || at == "" {
		t.Errorf("after the crash the dossier is not complete since %q any more:\n%s", at, got)
	}
	first := s.mail.WaitFor(gautier.email, "Demande reçue")
	if !strings.Contains(plain(first.Text), at) {
		t.Errorf("the mail does not say %q:\n%s", at, first.Text)
	}
	// The next family's mail has left: so has any second copy of the first's.
	s.joinOrchestra(q)
	q.WaitForText("2e dossier complet reçu")
	q.WaitForText("Liste d’attente, n° 1")
	s.mail.WaitFor(hervouet.email, "Demande reçue")
	var ids []string
	for _, m := range s.mail.All(gautier.email) {
		if strings.HasPrefix(plain(m.Subject), "Demande reçue") {
			ids = append(ids, m.MessageID)
		}
	}
	if ids = slices.Compact(ids); len(ids) != 1 {
		t.Errorf("the family got « Demande reçue » under %d names: %q", len(ids), ids)
	}
}

// TestTheThrottleSurvivesARestart: wrong passwords are counted across a crash.
func TestTheThrottleSurvivesARestart(t *testing.T) {
	t.Parallel()
	f := newFamily("Jolivet", "Rose", "Anna")
	s := newSchool(t, f)
	login := s.identifiers(s.secretary())["JOLIVET"]
	p := phone(browser.Start(t))
	mailed := s.firstSignIn(p, login, f.email)
	p.ClickText("Se déconnecter")
	try := func(password string) (int, string) {
		t.Helper()
		answer, err := http.PostForm(s.url+"/connexion", url.Values{"identifiant": {login}, "mot_de_passe": {password}})
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(body)
	}
	tries := 0
	for status := 0; status != http.StatusTooManyRequests; tries++ {
		if status, _ = try(mailed); tries > 20 {
			t.Fatalf("%d wrong passwords and no limit: %d", tries, status)
		}
	}
	s.kill()
	s.restart()
	if status, body := try(chosen); status != http.StatusTooManyRequests || !strings.Contains(body, "Réessayez à") {
		t.Errorf("after a restart the right password is answered %d, want 429 and when to try again", status)
	}
	s.signIn(p, login, chosen)
	p.WaitForText("Trop d’essais ont été faits. Réessayez à")
}

// TestStoppingFinishesWhatIsUnderWay asks the server to stop while a form is
// on its way: the form is answered, nobody else comes in, and it stops well.
func TestStoppingFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	s := newSchool(t, newFamily("Lucas", "Maud", "Paul"))
	host := strings.TrimPrefix(s.url, "http://")
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	body := url.Values{"identifiant": {"LUCAS-0001"}, "mail": {"maud@exemple.fr"}}.Encode()
	head := "POST /mot-de-passe-perdu HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
		"Expect: 100-continue\r\nConnection: close\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n"
	if _, err := io.WriteString(connection, head); err != nil {
		t.Fatal(err)
	}
	goOn := make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n"))
	if _, err := io.ReadFull(connection, goOn); err != nil || !strings.Contains(string(goOn), "100 Continue") {
		t.Fatalf("the server does not read the form: %q, %v", goOn, err)
	}
	s.terminate(t)
	waitFor(t, func() bool { return strings.Contains(s.said.String(), `"msg":"stopping"`) })
	waitFor(t, func() bool {
		other, err := net.Dial("tcp", host)
		if err == nil {
			other.Close()
		}
		return err != nil
	})
	if _, err := io.WriteString(connection, body); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(connection)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 303 ") {
		t.Errorf("the form under way is answered %q, %v, want 303", answer, err)
	}
	<-s.ended
	if s.err != nil {
		t.Errorf("the server stopped with %v\n%s", s.err, s.said.tail())
	}
}

// TestABadSettingIsRefusedWithASentence starts the program wrongly.
func TestABadSettingIsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		args []string
		want string
	}{
		{"nowhere to keep it", []string{"serve"}, "--data DIR"},
		{"a mail server of the web", []string{"serve", "--data", t.TempDir(), "--smtp-url", "https://mail.exemple.fr"}, "smtp://"},
		{"an address without host", []string{"serve", "--data", t.TempDir(), "--public-url", "portail.exemple.fr"}, "--public-url must be"},
		{"a proxy that is none", []string{"serve", "--data", t.TempDir(), "--trusted-proxies", "bureau"}, "--trusted-proxies"},
		{"no secret key for several machines", []string{"serve", "--database-url", "postgres://localhost/ecole", "--blob-url", "s3://ecole"}, "PUPITRE_SECRET_KEY"},
		{"a secret key too short", []string{"serve", "--data", t.TempDir(), "--secret-key", "court"}, "32 characters"},
		{"another database", []string{"serve", "--data", t.TempDir(), "--database-url", "mysql://localhost/ecole"}, "postgres://"},
	} {
		t.Run(row.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			out, err := exec.CommandContext(ctx, program, row.args...).CombinedOutput()
			if err == nil || ctx.Err() != nil {
				t.Fatalf("it started: %v\n%s", ctx.Err(), out)
			}
			if !strings.Contains(string(out), row.want) || strings.Count(string(out), "\n") > 2 {
				t.Errorf("it says %q, want a sentence with %q", out, row.want)
			}
		})
	}
}
