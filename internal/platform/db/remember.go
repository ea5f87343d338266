package db

import (
	"context"
	"errors"
	"sync"
)

// memory is what a store remembers of its database, each thing with the version
// at which it was read.
type memory struct {
	mu     sync.Mutex
	things map[any]*thing
}

type thing struct {
	mu      sync.Mutex
	known   bool
	version int64
	value   any
	reading *reading // the one under way, of the newest version asked for
}

// reading is one that is under way: those who come meanwhile would read the same.
type reading struct {
	version int64
	done    chan struct{} // closed once value and err stand
	value   any
	err     error
}

// errBroken is the outcome of a reading that panicked.
var errBroken = errors.New("the reading broke off")

// Remember returns what read returns, which is asked only when the thing was
// not read at this version. A version is a number in the database that every
// write of the thing moves on in its own transaction, and that the caller has
// just read: so whatever another machine has changed is seen. What is returned
// is shared: nobody changes it. what is a comparable value of a type that is
// used with one T only.
//
// Those who ask while it is read wait, until their ctx ends, and share the
// outcome, an error as well; so what is read for them all does not end with the
// ctx of the one who reads. Within a transaction nothing is remembered: what it
// has read may yet be undone.
func Remember[T any](ctx context.Context, r Reader, what any, version int64, read func(context.Context) (T, error)) (T, error) {
	s, ok := r.(*Store)
	if !ok {
		return read(ctx)
	}
	t := s.memory.of(what)
	value, found, under, mine := t.find(version)
	switch {
	case found:
		return value.(T), nil
	case under == nil: // an older version than the one that is being read
		return read(ctx)
	case mine:
		under.err = errBroken
		defer t.finish(under)
		got, err := read(context.WithoutCancel(ctx))
		under.value, under.err = got, err
		return got, err
	}
	var none T
	select {
	case <-under.done:
		if under.err != nil {
			return none, under.err
		}
		return under.value.(T), nil
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

// find returns the value at this version, or the reading of it that is under
// way, which is the caller's own to do when nobody reads it yet.
func (t *thing) find(version int64) (value any, found bool, under *reading, mine bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.known && t.version == version:
		return t.value, true, nil, false
	case t.reading != nil && t.reading.version > version:
		return nil, false, nil, false
	case t.reading != nil && t.reading.version == version:
		return nil, false, t.reading, false
	}
	t.reading = &reading{version: version, done: make(chan struct{})}
	return nil, false, t.reading, true
}

// finish tells those who wait, and remembers unless a newer version has been
// asked for meanwhile.
func (t *thing) finish(r *reading) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.reading == r {
		t.reading = nil
		if r.err == nil {
			t.known, t.version, t.value = true, r.version, r.value
		}
	}
	close(r.done)
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
