package mail

// DialFor makes s reach address under the name it was configured with.
func DialFor(s *Sender, address string) { s.address = address }
