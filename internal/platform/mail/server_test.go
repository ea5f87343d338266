package mail_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
)

// script gives the answer to a verb; "hello" is the greeting, "." the end of
// the content. An empty answer hangs up; a verb without one is accepted.
type script map[string]string

// server is a mail server that answers as told; it encrypts when it has a
// configuration for it.
type server struct {
	listener net.Listener
	script   script
	tls      *tls.Config
	starttls bool
	serving  sync.WaitGroup
	mu       sync.Mutex
	lines    []string
}

func startServer(t *testing.T, s script) *server {
	t.Helper()
	return start(t, &server{script: s})
}

// startTLSServer offers STARTTLS, or encrypts from the first byte, or neither.
func startTLSServer(t *testing.T, config *tls.Config, offered, immediate bool) *server {
	t.Helper()
	srv := &server{script: script{"AUTH": "235 2.7.0 welcome"}, starttls: offered}
	if offered || immediate {
		srv.tls = config
	}
	return start(t, srv)
}

func start(t *testing.T, srv *server) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv.listener = listener
	srv.serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			srv.serving.Go(func() {
				if srv.tls != nil && !srv.starttls {
					conn = tls.Server(conn, srv.tls)
				}
				srv.talk(conn)
			})
		}
	})
	t.Cleanup(srv.close)
	return srv
}

func (s *server) close() {
	s.listener.Close()
	s.serving.Wait()
}

func (s *server) address() string { return s.listener.Addr().String() }

func (s *server) url(user string) string {
	if user != "" {
		user += "@"
	}
	return "smtp://" + user + s.address()
}

// urlAs names the server by another host, for a test that dials it by address.
func (s *server) urlAs(user, host string) string {
	_, port, _ := net.SplitHostPort(s.address())
	return "smtp://" + user + "@" + net.JoinHostPort(host, port)
}

// heard returns the lines received so far, contents left out.
func (s *server) heard() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n")
}

func (s *server) talk(conn net.Conn) {
	defer func() { conn.Close() }()
	answer := func(verb, usual string) bool {
		text, told := s.script[verb]
		if !told {
			text = usual
		}
		if text == "" {
			return false
		}
		fmt.Fprintf(conn, "%s\r\n", text)
		return true
	}
	if !answer("hello", "220 relay.exemple.test ESMTP") {
		return
	}
	in := bufio.NewScanner(conn)
	content := false
	for in.Scan() {
		line := in.Text()
		if content {
			if line == "." {
				content = false
				if !answer(".", "250 2.0.0 taken") {
					return
				}
			}
			continue
		}
		_, encrypted := conn.(*tls.Conn)
		s.mu.Lock()
		if encrypted {
			s.lines = append(s.lines, "encrypted: "+line)
		} else {
			s.lines = append(s.lines, line)
		}
		s.mu.Unlock()
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		verb, _, _ = strings.Cut(verb, ":")
		usual := "250 2.0.0 fine"
		switch verb {
		case "EHLO":
			usual = "250-relay.exemple.test\r\n250-AUTH PLAIN LOGIN\r\n250 ENHANCEDSTATUSCODES"
			if s.starttls && !encrypted {
				usual = strings.Replace(usual, "250 ", "250-STARTTLS\r\n250 ", 1)
			}
		case "STARTTLS":
			answer(verb, "220 2.0.0 go on")
			conn = tls.Server(conn, s.tls)
			in = bufio.NewScanner(conn)
			continue
		case "DATA":
			usual, content = "354 go on", true
		}
		if verb == "QUIT" {
			answer(verb, "221 2.0.0 goodbye")
			return
		}
		if !answer(verb, usual) {
			return
		}
	}
}
