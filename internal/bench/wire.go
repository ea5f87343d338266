package bench

import (
	"io"
	"net"
	"sync"
)

// wire stands between the server and its database, to be cut.
type wire struct {
	listener net.Listener
	to       string
	talking  sync.WaitGroup

	mu     sync.Mutex
	down   bool
	frozen chan struct{} // closed while what is sent goes through
	open   map[net.Conn]bool
}

// openWire listens, and passes on to the address.
func openWire(to string) (*wire, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &wire{listener: listener, to: to, open: map[net.Conn]bool{}, frozen: make(chan struct{})}
	close(w.frozen)
	w.talking.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			w.talking.Go(func() { w.pass(conn) })
		}
	})
	return w, nil
}

func (w *wire) address() string { return w.listener.Addr().String() }

func (w *wire) pass(from net.Conn) {
	defer from.Close()
	if !w.keep(from) {
		return
	}
	defer w.drop(from)
	to, err := net.Dial("tcp", w.to)
	if err != nil {
		return
	}
	defer to.Close()
	if !w.keep(to) {
		return
	}
	defer w.drop(to)
	var both sync.WaitGroup
	for _, pair := range [][2]net.Conn{{from, to}, {to, from}} {
		both.Go(func() {
			// One side that ends ends the other.
			_, _ = io.Copy(gated{pair[1], w}, pair[0])
			pair[0].Close()
			pair[1].Close()
		})
	}
	both.Wait()
}

// gated writes once the wire is not frozen.
type gated struct {
	net.Conn
	wire *wire
}

func (g gated) Write(b []byte) (int, error) {
	g.wire.mu.Lock()
	through := g.wire.frozen
	g.wire.mu.Unlock()
	<-through
	return g.Conn.Write(b)
}

// keep notes the connection; a wire that is cut takes none.
func (w *wire) keep(conn net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.down {
		w.open[conn] = true
	}
	return !w.down
}

func (w *wire) drop(conn net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, conn)
}

// cut breaks every connection and takes none until mend.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = true
	for conn := range w.open {
		conn.Close()
	}
}

// freeze lets nothing through, and breaks nothing, until mend.
func (w *wire) freeze() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frozen = make(chan struct{})
}

func (w *wire) mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = false
	select {
	case <-w.frozen:
	default:
		close(w.frozen)
	}
}

func (w *wire) close() {
	w.mend()
	w.cut()
	w.listener.Close()
	w.talking.Wait()
}
