package scenario_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"pupitre/internal/browser"
	seed "pupitre/internal/demo"
)

// cleared is a dossier that the secretary has answered.
type cleared struct {
	url, label string
	last       string // the last thing done to it: the words of a button
}

// TestASecretaryClearsTenDossiersByKeyboardAlone signs in, goes down the queue
// and answers it with V, R and a digit, U, J and K.
func TestASecretaryClearsTenDossiersByKeyboardAlone(t *testing.T) {
	p := desk(browser.Start(t))
	k := keyboard{t, p}
	k.signIn(demo(t).url, "secretariat@exemple.fr", seed.StaffPassword)
	p.WaitForText("Tableau de bord")
	k.leadsOn("v")
	p.WaitForText("Vérifier à la suite")
	k.lookAround()

	k.leadsOn("v")
	k.backAndForth()
	undone, refusals := false, 0
	var done []cleared
	for len(done) < 10 {
		c := cleared{url: strings.Split(p.URL(), "?")[0], label: k.label()}
		refuse := len(done)%3 == 2 || refusals == 0
		for k.label() == c.label {
			switch {
			case k.shows("button[form=valider]") && refuse && !strings.Contains(p.Text(".decision h2"), "Quotient"): // a required one
				if refusals == 0 {
					k.refuseTwice()
				} else {
					k.refuse()
				}
				c.last, refuse = "Refuser", false
				refusals++
			case k.shows("button[form=valider]"):
				k.leadsOn("v")
				c.last = "Valider"
				if !undone && k.label() == c.label {
					k.undo()
					undone = true
				}
			default:
				c.last = p.Text("form[action$='/confirmer'] button[data-touche=v]")
				k.leadsOn("v")
			}
		}
		done = append(done, c)
	}
	if !undone {
		t.Error("nothing was undone")
	}
	checkCleared(t, p, done)
	noErrors(t, p)
}

// checkCleared opens each dossier again: it stands as it was answered.
func checkCleared(t *testing.T, p *browser.Page, done []cleared) {
	t.Helper()
	stands := map[string]int{}
	for _, c := range done {
		p.Open(c.url)
		text := p.Text("#eleve")
		standing := plain(browser.Eval[string](p, `document.querySelector('#eleve').previousElementSibling.innerText`))
		state := standing[strings.LastIndex(standing, "· ")+len("· "):]
		stands[state]++
		want := map[string]string{"Confirmer l’inscription": "inscrit", "Mettre en liste d’attente": "en liste d’attente", "Refuser": "pièce refusée"}[plain(strings.TrimSuffix(c.last, "V"))]
		if want != "" && state != want {
			t.Errorf("%s (%s) is « %s » after « %s », want « %s »", c.label, text, state, c.last, want)
		}
		for _, left := range []string{"button[form=valider]", "form[action$='/confirmer'] button[data-touche=v]"} {
			if browser.Eval[bool](p, "!!document.querySelector(`"+left+"`)") {
				t.Errorf("%s (%s) still waits for a decision: %s", c.label, text, left)
			}
		}
	}
	if stands["inscrit"] < 3 || stands["pièce refusée"] < 1 {
		t.Errorf("the ten dossiers stand as %v, want some enrolled and some refused", stands)
	}
}

// keyboard is all that the secretary touches.
type keyboard struct {
	t *testing.T
	p *browser.Page
}

// typed strikes the text, a key at a time.
func (k keyboard) typed(text string) {
	k.t.Helper()
	for _, r := range text {
		k.p.Press(string(r))
	}
}

// reach presses Tab until the element has the focus.
func (k keyboard) reach(selector string) {
	k.t.Helper()
	for range 60 {
		k.p.Press("Tab")
		if browser.Eval[bool](k.p, "document.activeElement.matches(`"+selector+"`)") {
			return
		}
	}
	k.t.Fatalf("Tab does not reach %s", selector)
}

func (k keyboard) signIn(url, login, password string) {
	k.t.Helper()
	k.p.Open(url + "/connexion")
	k.reach("#identifiant")
	k.typed(login)
	k.reach("#mot_de_passe")
	k.typed(password)
	k.leadsOn("Enter")
}

// leadsOn strikes the key and waits for the page that comes of it.
func (k keyboard) leadsOn(keys ...string) {
	k.t.Helper()
	browser.Eval[bool](k.p, `document.documentElement.setAttribute('data-before', '') || true`)
	k.p.Press(keys...)
	k.p.WaitGone("html[data-before]")
	k.p.WaitFor("main")
}

func (k keyboard) shows(selector string) bool {
	k.t.Helper()
	return browser.Eval[bool](k.p, "[...document.querySelectorAll(`"+selector+"`)].some(seen)")
}

var dossierLabel = regexp.MustCompile(`D-\d+`)

// label is the number of the dossier that is open.
func (k keyboard) label() string {
	k.t.Helper()
	return dossierLabel.FindString(k.p.Text(".gauche div"))
}

// lookAround goes down and up the queue, and opens the list of keys.
func (k keyboard) lookAround() {
	k.t.Helper()
	here := func() string {
		k.t.Helper()
		return browser.Eval[string](k.p, `document.activeElement.innerText`)
	}
	k.p.Press("j")
	first := here()
	k.p.Press("j")
	second := here()
	k.p.Press("k")
	if third := here(); first == "" || second == first || third != first {
		k.t.Errorf("J, J, K lead to %q, %q, %q", first, second, third)
	}
	k.p.Press("?")
	k.p.WaitFor("dialog#touches")
	k.p.Press("Escape")
	k.p.WaitGone("dialog#touches")
}

// backAndForth goes to the next dossier and comes back.
func (k keyboard) backAndForth() {
	k.t.Helper()
	first := k.label()
	k.leadsOn("j")
	if second := k.label(); second == first || second == "" {
		k.t.Errorf("J leads from %s to %q", first, second)
	}
	k.leadsOn("k")
	if again := k.label(); again != first {
		k.t.Errorf("K leads back to %s, want %s", again, first)
	}
}

// refuse strikes R, then the digit of a reason, then Enter.
func (k keyboard) refuse() {
	k.t.Helper()
	k.p.Press("r", "1")
	if !browser.Eval[bool](k.p, `document.querySelector("[name=motif][value='1']").checked`) {
		k.t.Fatal("1 does not choose the first reason")
	}
	k.leadsOn("Enter")
	k.p.WaitForText("refusé")
}

// refuseTwice takes the refusal back before its mail leaves, then decides again.
func (k keyboard) refuseTwice() {
	k.t.Helper()
	k.refuse()
	k.leadsOn("u")
	k.p.WaitForText("Refus annulé")
	if !k.shows("button[form=valider]") {
		k.t.Error("the paper whose refusal was taken back is not to be checked again")
	}
	k.refuse()
}

// undo takes the validation back, and gives it again.
func (k keyboard) undo() {
	k.t.Helper()
	k.leadsOn("u")
	k.p.WaitForText("Validation annulée")
	if !k.shows("button[form=valider]") {
		k.t.Error("the paper undone is not to be checked again")
	}
	k.leadsOn("v")
}

// TestTheKeyboardScenarioClicksNowhere reads the file above: a click in it would
// prove less than it says.
func TestTheKeyboardScenarioClicksNowhere(t *testing.T) {
	text, err := os.ReadFile("office_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, mouse := range []string{".Cli" + "ck", ".cli" + "ck", "Mou" + "se", ".Ty" + "pe(", ".Cho" + "ose(", ".foc" + "us", ".Up" + "load", ".sub" + "mit"} {
		if strings.Contains(string(text), mouse) {
			t.Errorf("the file uses %s", mouse)
		}
	}
}
