package work

import (
	"strings"
	"unicode"

	"pupitre/internal/domain/application"
	"pupitre/internal/letter"
)

// The pages that mailed links open.
const (
	draftPath = "/pre-inscription/demande/"
	linkPath  = "/pre-inscription/lien/"
)

// onlyName is a name that anybody has typed for an address that may be a
// stranger's: letters, or nothing.
func onlyName(s string) string {
	strange := func(r rune) bool { return !unicode.IsLetter(r) && !strings.ContainsRune(" -'’", r) }
	if len([]rune(s)) > 40 || strings.ContainsFunc(s, strange) {
		return ""
	}
	return s
}

func applicationLink(write func(letter.ApplicationLinkFacts) (letter.Mail, error)) func(envelope) (letter.Mail, error) {
	return func(e envelope) (letter.Mail, error) {
		var f application.LinkFacts
		var s application.LinkToken
		if err := e.read(&f, &s); err != nil {
			return letter.Mail{}, err
		}
		link := e.url + linkPath + s.Token
		if !s.Mailed {
			link = e.url + draftPath + s.Token + "/cours"
		}
		return write(letter.ApplicationLinkFacts{
			School: e.school, Name: onlyName(f.Name), Pupil: onlyName(f.Pupil), Link: link, OpensAt: f.OpensAt, KeptUntil: f.KeptUntil, Confirmed: f.Confirmed,
		})
	}
}

func applicationAnswer(write func(letter.ApplicationAnswerFacts) (letter.Mail, error)) func(envelope) (letter.Mail, error) {
	return func(e envelope) (letter.Mail, error) {
		var f application.AnswerFacts
		if err := e.facts(&f); err != nil {
			return letter.Mail{}, err
		}
		facts := letter.ApplicationAnswerFacts{School: e.school, Name: f.Name, Pupil: f.Pupil, Link: e.url + "/connexion"}
		for _, line := range strings.Split(f.Text, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				facts.Paragraphs = append(facts.Paragraphs, line)
			}
		}
		return write(facts)
	}
}
