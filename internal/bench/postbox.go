package bench

import (
	"bufio"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"sync"
)

// postbox is a mail server that takes everything and counts it by Message-ID.
type postbox struct {
	listener net.Listener
	talking  sync.WaitGroup

	mu    sync.Mutex
	taken map[string]int
}

func openPostbox() (*postbox, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &postbox{listener: listener, taken: map[string]int{}}
	p.talking.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			p.talking.Go(func() { p.talk(conn) })
		}
	})
	return p, nil
}

func (p *postbox) url() string { return "smtp://" + p.listener.Addr().String() }

func (p *postbox) close() {
	p.listener.Close()
	p.talking.Wait()
}

// count is how many different mails came, and how many came twice.
func (p *postbox) count() (mails, again int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.taken {
		again += n - 1
	}
	return len(p.taken), again
}

func (p *postbox) talk(conn net.Conn) {
	defer conn.Close()
	in := textproto.NewReader(bufio.NewReader(conn))
	say := func(text string) { fmt.Fprintf(conn, "%s\r\n", text) }
	say("220 bench ESMTP")
	for {
		line, err := in.ReadLine()
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch verb {
		case "DATA":
			say("354 go on")
			lines, err := in.ReadDotLines()
			if err != nil {
				return
			}
			p.take(lines)
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 well")
		}
	}
}

func (p *postbox) take(lines []string) {
	for _, line := range lines {
		if line == "" {
			return
		}
		if name, id, found := strings.Cut(line, ":"); found && strings.EqualFold(name, "Message-ID") {
			p.mu.Lock()
			p.taken[strings.TrimSpace(id)]++
			p.mu.Unlock()
			return
		}
	}
}
