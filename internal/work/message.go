package work

import (
	"pupitre/internal/domain/message"
	"pupitre/internal/letter"
)

// writtenMessage is what the office wrote, as the family's mail.
func writtenMessage(e envelope) (letter.Mail, error) {
	var f message.Facts
	if err := e.facts(&f); err != nil {
		return letter.Mail{}, err
	}
	return letter.Message(e.message(f))
}

// triedMessage is the same, to who writes it.
func triedMessage(e envelope) (letter.Mail, error) {
	var f message.TrialFacts
	if err := e.facts(&f); err != nil {
		return letter.Mail{}, err
	}
	facts := e.message(f.Facts)
	facts.TrialFor = f.Name
	return letter.Message(facts)
}

func (e envelope) message(f message.Facts) letter.MessageFacts {
	facts := letter.MessageFacts{School: e.school, Subject: f.Subject, Link: e.home()}
	for i, line := range message.Lines(f.Body) {
		facts.Lines = append(facts.Lines, letter.MessageLine{Text: line.Text, Button: line.Button, Item: line.Item, Joined: line.Item && i > 0 && facts.Lines[i-1].Item})
	}
	return facts
}
