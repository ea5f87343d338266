package scenario_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/carlos7ags/folio/reader"

	"pupitre/internal/browser"
	"pupitre/internal/demo/papers"
)

// chosen is the password that families of these tests choose.
const chosen = "Clarinette2027"

// signIn types the identifiant and the password into « Connexion ».
func (s *school) signIn(p *browser.Page, login, password string) {
	s.t.Helper()
	p.Open(s.url + "/connexion")
	p.Type("#identifiant", login)
	p.Type("#mot_de_passe", password)
	p.ClickText("Se connecter")
}

// lostPassword goes through « Mot de passe perdu », from the address that
// families know, and returns the mail that comes of it.
func (s *school) lostPassword(p *browser.Page, login, email string) browser.Mail {
	s.t.Helper()
	p.Open(s.url + "/extranet/usager")
	p.WaitForText("Première connexion ?")
	p.ClickText("Mot de passe perdu")
	p.Type("#identifiant", login)
	p.Type("#mail", email)
	p.ClickText("Valider")
	p.WaitForText("Si ces informations correspondent à un compte, un mail vient de partir.")
	p.WaitForText("spams")
	return s.mail.WaitFor(email, "Votre nouveau mot de passe")
}

// line returns what follows the words on a line of the mail's text.
func line(t *testing.T, m browser.Mail, words string) string {
	t.Helper()
	for l := range strings.Lines(m.Text) {
		if rest, found := strings.CutPrefix(strings.TrimSpace(l), words); found {
			return strings.TrimSpace(rest)
		}
	}
	t.Fatalf("no line « %s… » in the mail « %s »:\n%s", words, m.Subject, m.Text)
	return ""
}

// firstSignIn takes the family from its identifiant to its own password, and
// returns the password that was mailed.
func (s *school) firstSignIn(p *browser.Page, login, email string) string {
	s.t.Helper()
	m := s.lostPassword(p, login, email)
	if got := line(s.t, m, "Identifiant : "); got != login {
		s.t.Errorf("the mail says identifiant %q, want %q", got, login)
	}
	mailed := line(s.t, m, "Mot de passe : ")
	s.signIn(p, login, mailed)
	p.WaitForText("Nouveau mot de passe")
	if got := path(p); got != "/mot-de-passe" {
		s.t.Errorf("signed in with the mailed password at %s, want the choice of one's own", got)
	}
	p.Open(s.url + "/famille/identite")
	if got := path(p); got != "/mot-de-passe" {
		s.t.Errorf("the mailed password opens %s", got)
	}
	p.Type("#nouveau", chosen)
	p.Type("#confirmation", chosen)
	p.ClickText("Enregistrer")
	p.WaitForText("Votre mot de passe est enregistré.")
	return mailed
}

// path is the path of the page's address.
func path(p *browser.Page) string {
	u, err := url.Parse(p.URL())
	if err != nil {
		return p.URL()
	}
	return u.Path
}

// identifiers reads the office's PDF of letters, and returns the identifiant
// of each family by its name in capitals.
func (s *school) identifiers(by staff) map[string]string {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Timeout: patience}
	s.post(client, "/connexion", url.Values{"identifiant": {by.login}, "mot_de_passe": {by.password}})
	letters := s.post(client, "/bureau/identifiants/lettres", url.Values{"lesquels": {"nouveaux"}})
	text := pdfText(s.t, letters)
	found := map[string]string{}
	for _, login := range regexp.MustCompile(`\b[A-Z]+-\d+\b`).FindAllString(text, -1) {
		name, _, _ := strings.Cut(login, "-")
		found[name] = login
	}
	return found
}

func (s *school) post(client *http.Client, path string, form url.Values) []byte {
	s.t.Helper()
	answer, err := client.PostForm(s.url+path, form)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		s.t.Fatalf("POST %s: %s, %v", path, answer.Status, err)
	}
	return body
}

func pdfText(t *testing.T, file []byte) string {
	t.Helper()
	doc, err := reader.Parse(file)
	if err != nil {
		t.Fatalf("%v\n%.200s", err, file)
	}
	var b bytes.Buffer
	for i := range doc.PageCount() {
		page, err := doc.Page(i)
		if err != nil {
			t.Fatal(err)
		}
		text, err := page.ExtractTextWithStrategy(&reader.LocationStrategy{})
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(text + "\n")
	}
	return b.String()
}

// deposit imports the files as the paper, on the page that is open.
func deposit(p *browser.Page, paper string, files ...string) {
	p.Choose("#document", paper)
	p.Upload("#fichier", files...)
	p.ClickText("Importer")
}

// file writes bytes to a file of that name.
func file(t *testing.T, name string, data []byte, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// heic is a picture as an iPhone takes it.
func heic(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "platform", "intake", "testdata", "small.heic"))
	return file(t, "IMG_2041.HEIC", data, err)
}

// mandate is a mandate filled in by hand, signed or not.
func mandate(f family, signed bool) *papers.Sheet {
	return papers.Mandate(papers.MandateFacts{
		Creditor: papers.Creditor{Name: "École de musique des Trois Rivières", Address: "2 quai des Mariniers, 44330 Vallet", ICS: "FR53ZZZ999999"},
		Debtor:   papers.Person{Name: f.firstName + " " + f.lastName, Address: "14 rue des Tonneliers", Town: "44430 Le Loroux-Bottereau"},
		IBAN:     papers.IBAN(7), Signed: time.Date(2027, 6, 8, 0, 0, 0, 0, time.UTC), Unsigned: !signed,
	})
}

// noErrors fails when a script threw or the browser refused something since
// the last look. A form shown again (422) is none.
func noErrors(t *testing.T, p *browser.Page) {
	t.Helper()
	for _, e := range p.Errors() {
		if !strings.Contains(e, "status of 422") {
			t.Errorf("%s: the browser reports %s", p.URL(), e)
		}
	}
}

// plain makes all spaces one, as a reader sees them.
func plain(s string) string { return strings.Join(strings.Fields(s), " ") }
