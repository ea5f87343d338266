// Package clock gives the time. Rooms never call time.Now: a test and the
// demonstration move the clock by hand.
package clock

import (
	"sync"
	"time"
	_ "time/tzdata" // the binary carries its own zones: Paris must exist on any machine
)

// Clock tells the instant, in UTC, rounded down to the microsecond (what both engines keep).
type Clock interface{ Now() time.Time }

type system struct{}

// System is the machine's clock.
func System() Clock { return system{} }

func (system) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Moved is a clock that stands still until it is set or moved.
type Moved struct {
	mu  sync.Mutex
	now time.Time
}

// At makes a Moved clock standing at t.
func At(t time.Time) *Moved { return &Moved{now: t.UTC().Truncate(time.Microsecond)} }

// Now returns where the clock stands.
func (c *Moved) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock to t.
func (c *Moved) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t.UTC().Truncate(time.Microsecond)
}

// Add moves the clock by d.
func (c *Moved) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Paris is the zone of every school's dates and delays.
var Paris = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err) // tzdata is embedded above
	}
	return loc
}()
