// Package wire relays TCP connections and breaks them on request: what a
// network does between a server and what it needs. Tests and the bench use it.
package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
)

// Wire stands between a client and the address that it relays to.
type Wire struct {
	listener net.Listener
	to       string
	talking  sync.WaitGroup

	mu     sync.Mutex
	down   bool
	frozen chan struct{} // closed while what is sent goes through
	open   map[net.Conn]bool
	next   string // what the client says when its answer is lost; "" never
	loss   Loss
	losses int
}

// Loss is what is lost when a client says a certain thing.
type Loss int

// What may be lost.
const (
	Answer   Loss = iota // it arrives and is done; the connection breaks before the answer
	Question             // it never arrives, and the other side does not learn that the client has gone
	Silence              // it arrives and is done; then nothing goes through any more
)

// Open listens on a free port of this machine and relays to the address, of a
// TCP port or, when it begins with a slash, of a socket of the system.
func Open(to string) (*Wire, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &Wire{listener: listener, to: to, open: map[net.Conn]bool{}, frozen: make(chan struct{})}
	close(w.frozen)
	w.talking.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			w.talking.Go(func() { w.relay(conn) })
		}
	})
	return w, nil
}

// Address is where clients connect.
func (w *Wire) Address() string { return w.listener.Addr().String() }

// Cut breaks every connection and takes none until Mend.
func (w *Wire) Cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = true
	for conn := range w.open {
		conn.Close()
	}
}

// Freeze lets nothing through until Mend, neither what is said nor that
// somebody has gone, and breaks nothing: a machine that vanished.
func (w *Wire) Freeze() {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.frozen:
		w.frozen = make(chan struct{})
	default: // it is already
	}
}

// Mend has everything go through again.
func (w *Wire) Mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = false
	w.thaw()
}

// Lose loses the answer, or the question itself, the next time a client says
// what contains the text.
func (w *Wire) Lose(what Loss, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next, w.loss = text, what
}

// Lost is how often Lose has happened.
func (w *Wire) Lost() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.losses
}

// Close breaks everything for good.
func (w *Wire) Close() {
	w.Cut()
	w.mu.Lock()
	w.thaw()
	w.mu.Unlock()
	w.listener.Close()
	w.talking.Wait()
}

func (w *Wire) thaw() {
	select {
	case <-w.frozen:
	default:
		close(w.frozen)
	}
}

// through waits until what is sent goes through.
func (w *Wire) through() {
	w.mu.Lock()
	frozen := w.frozen
	w.mu.Unlock()
	<-frozen
}

func (w *Wire) relay(client net.Conn) {
	defer client.Close()
	if !w.keep(client) {
		return
	}
	defer w.drop(client)
	network := "tcp"
	if strings.HasPrefix(w.to, "/") {
		network = "unix"
	}
	server, err := net.Dial(network, w.to)
	if err != nil {
		return
	}
	defer server.Close()
	if !w.keep(server) {
		return
	}
	defer w.drop(server)
	p := &pair{wire: w, client: client, server: server}
	var both sync.WaitGroup
	both.Go(func() { p.pass(client, server, p.said) })
	both.Go(func() { p.pass(server, client, p.answered) })
	both.Wait()
}

// pair is one connection and where it leads.
type pair struct {
	wire           *Wire
	client, server net.Conn
	deaf           atomic.Bool // the answer that comes now is lost
}

// pass copies until one side has gone, which ends the other.
func (p *pair) pass(from, to net.Conn, goesOn func([]byte) error) {
	_, err := io.Copy(writer(func(piece []byte) (int, error) {
		p.wire.through()
		if err := goesOn(piece); err != nil {
			return 0, err
		}
		return to.Write(piece)
	}), from)
	p.wire.through()
	from.Close()
	if !errors.Is(err, errUntold) {
		to.Close()
	}
}

var (
	errUntold = errors.New("the client goes, and the server is not told")
	errDeaf   = errors.New("the answer is lost")
)

func (p *pair) said(piece []byte) error {
	switch loss, now := p.wire.loses(piece); {
	case now && loss == Question:
		return errUntold
	case now && loss == Silence:
		p.wire.Freeze()
	case now:
		p.deaf.Store(true)
	}
	return nil
}

func (p *pair) answered([]byte) error {
	if p.deaf.Load() {
		return errDeaf
	}
	return nil
}

func (w *Wire) loses(piece []byte) (Loss, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next == "" || !bytes.Contains(piece, []byte(w.next)) {
		return 0, false
	}
	w.next = ""
	w.losses++
	return w.loss, true
}

type writer func([]byte) (int, error)

func (f writer) Write(piece []byte) (int, error) { return f(piece) }

// keep notes the connection; a wire that is cut takes none.
func (w *Wire) keep(conn net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.down {
		w.open[conn] = true
	}
	return !w.down
}

func (w *Wire) drop(conn net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, conn)
}
