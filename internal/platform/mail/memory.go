package mail

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// Memory is an outbox that keeps the last messages and sends nothing. It
// refuses what a Sender would refuse before dialling.
type Memory struct {
	mu   sync.Mutex
	size int
	kept []Message // oldest first
}

// NewMemory keeps the last size messages.
func NewMemory(size int) *Memory { return &Memory{size: size} }

// Send keeps m; a message sent again under the same ID replaces the first.
func (o *Memory) Send(_ context.Context, m Message) error {
	if _, err := m.build("nobody@localhost"); err != nil {
		return fmt.Errorf("send mail %s: %w", m.ID, err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if i := slices.IndexFunc(o.kept, func(k Message) bool { return k.ID == m.ID }); i >= 0 {
		o.kept[i] = m
		return nil
	}
	o.kept = append(o.kept, m)
	if over := len(o.kept) - o.size; over > 0 {
		o.kept = slices.Delete(o.kept, 0, over)
	}
	return nil
}

// Last returns what is kept, the newest first.
func (o *Memory) Last() []Message {
	o.mu.Lock()
	defer o.mu.Unlock()
	last := slices.Clone(o.kept)
	slices.Reverse(last)
	return last
}

// Find returns the kept message of that ID, and whether there is one.
func (o *Memory) Find(id string) (Message, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range o.kept {
		if m.ID == id {
			return m, true
		}
	}
	return Message{}, false
}
