package db

import "sync"

// memory is what a store remembers of its database, each thing with the version
// at which it was read.
type memory struct {
	mu     sync.Mutex
	things map[any]*thing
}

type thing struct {
	mu      sync.Mutex // while it is read, too: those who come meanwhile would read the same
	known   bool
	version int64
	value   any
}

// Remember returns what read returns, which is asked only when the thing was
// not read at this version. A version is a number in the database that every
// write of the thing moves on in its own transaction, and that the caller has
// just read: so whatever another machine has changed is seen. What is returned
// is shared: nobody changes it. what is a comparable value of a type that is
// used with one T only.
//
// Within a transaction nothing is remembered: what it has read may yet be undone.
func Remember[T any](r Reader, what any, version int64, read func() (T, error)) (T, error) {
	s, ok := r.(*Store)
	if !ok {
		return read()
	}
	t := s.memory.of(what)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known && t.version == version {
		return t.value.(T), nil
	}
	value, err := read()
	if err == nil {
		t.known, t.version, t.value = true, version, value
	}
	return value, err
}

func (m *memory) of(what any) *thing {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.things[what]
	if t == nil {
		t = &thing{}
		if m.things == nil {
			m.things = map[any]*thing{}
		}
		m.things[what] = t
	}
	return t
}
