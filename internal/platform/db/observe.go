package db

// Statement is one that was run: its text and its arguments, as the engine took
// them.
type Statement struct {
	Text string
	Args []any
}

// Observe has every statement of the store told to tell before it runs, from
// any goroutine; nil ends it. With it a test reads the plans of what pages and
// acts run.
func (s *Store) Observe(tell func(Statement)) {
	if tell == nil {
		s.observed.Store(nil)
		return
	}
	s.observed.Store(&tell)
}

// run is the text and the arguments as the engine takes them, told to whoever
// observes.
func (s *Store) run(text string, args []any) (string, []any) {
	text, args = statement(s.engine, text, args)
	if tell := s.observed.Load(); tell != nil {
		(*tell)(Statement{text, args})
	}
	return text, args
}
