package letter

// MessageFacts: what the office wrote to a selection of families (R48).
type MessageFacts struct {
	School   School
	Subject  string
	Lines    []MessageLine
	Link     string // the portal
	TrialFor string // the family that would read it so, when who writes it tries it
}

// MessageLine is a paragraph of a message, or its button.
type MessageLine struct {
	Text   string
	Button bool // the way to the portal
	Item   bool // of a list
	Joined bool // to the item before
}

// Message writes it as the office did.
func Message(f MessageFacts) (Mail, error) { return compose("message", f.School, f) }
