package web

import (
	"runtime/metrics"
	"sync"
	"time"

	"pupitre/internal/platform/fault"
)

// measuredEvery is how long a reading of the memory in use is good for.
const measuredEvery = 100 * time.Millisecond

// memory is the guard of the memory in use: past its bound no page is begun.
type memory struct {
	most uint64 // bytes; 0 is no bound

	mu      sync.Mutex
	read    time.Time
	samples []metrics.Sample
	inUse   uint64
}

func newMemory(most uint64) *memory {
	return &memory{most: most, samples: []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}}
}

var errFull = &fault.Unavailable{RetryAfter: 10 * time.Second, Message: "Trop de personnes utilisent le portail en ce moment. Recommencez dans une dizaine de secondes."}

// guard returns fault.Unavailable while more memory is in use than the bound.
func (m *memory) guard() error {
	if m.most == 0 || m.now() <= m.most {
		return nil
	}
	return errFull
}

func (m *memory) now() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at := time.Now(); m.read.IsZero() || at.Sub(m.read) >= measuredEvery {
		m.read = at
		metrics.Read(m.samples)
		m.inUse = m.samples[0].Value.Uint64() - m.samples[1].Value.Uint64()
	}
	return m.inUse
}
