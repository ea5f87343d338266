package family

// Impatient has an upload wait for no other of its account.
func (p *Pages) Impatient() { p.uploads.Patience = 0 }

// Hurried has every upload take too long to read.
func (p *Pages) Hurried() { p.uploads.Time = 0 }

// Hasty has « Valider » wait for no answer.
func (p *Pages) Hasty() { p.patience = 0 }

// Elsewhere has the pages be another machine's.
func (p *Pages) Elsewhere() { p.machine = "" }
