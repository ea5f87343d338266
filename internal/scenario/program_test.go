// Package scenario_test runs whole journeys: the built program as a process of
// its own, a real Chromium, a real mail server.
package scenario_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pupitre/internal/browser"
)

// program is the built binary.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) (code int) {
	dir, err := os.MkdirTemp("", "pupitre-scenario-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		demonstration.end()
		os.RemoveAll(dir)
	}()
	program = filepath.Join(dir, "pupitre")
	if out, err := exec.Command("go", "build", "-o", program, "pupitre/cmd/pupitre").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	demonstration.dir = filepath.Join(dir, "demo")
	return m.Run()
}

// patience bounds what a process or a page has to do, on a busy machine.
const patience = 45 * time.Second

// command runs a command of the program to its end and returns what it said.
func command(t *testing.T, input string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), program, args...)
	c.Stdin = strings.NewReader(input)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("pupitre %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// server is the program, serving.
type server struct {
	url   string
	cmd   *exec.Cmd
	said  *output
	ended chan struct{} // closed once it has ended
	err   error         // how it ended
}

// launch starts the program with the arguments, listening on the address or,
// when it is "", on a free port, and returns once it says that it is ready.
func launch(address, ready string, args ...string) (*server, error) {
	if address != "" {
		return launchAt(address, ready, args...)
	}
	for tries := 1; ; tries++ {
		free, err := freeAddress()
		if err != nil {
			return nil, err
		}
		s, err := launchAt(free, ready, args...)
		if err == nil || tries == 3 || !strings.Contains(err.Error(), "address already in use") { // somebody else was faster
			return s, err
		}
	}
}

func launchAt(address, ready string, args ...string) (*server, error) {
	s := &server{url: "http://" + address, said: &output{changed: make(chan struct{})}, ended: make(chan struct{})}
	s.cmd = exec.Command(program, append(args, "--listen", address)...)
	s.cmd.Stdout, s.cmd.Stderr = s.said, s.said
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	timeout, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	for {
		text, changed := s.said.now()
		if strings.Contains(text, ready) {
			return s, nil
		}
		select {
		case <-changed:
		case <-s.ended:
			return nil, fmt.Errorf("pupitre %s ended: %v\n%s", strings.Join(args, " "), s.err, s.said)
		case <-timeout.Done():
			s.kill()
			return nil, fmt.Errorf("pupitre %s is not ready\n%s", strings.Join(args, " "), s.said)
		}
	}
}

// kill ends the process at once, as a power failure would.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may have ended already
	<-s.ended
}

// terminate asks the process to stop, and returns at once.
func (s *server) terminate(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// stop asks the process to stop and waits until it has, without an error.
func (s *server) stop(t *testing.T) {
	t.Helper()
	s.terminate(t)
	select {
	case <-s.ended:
	case <-time.After(patience):
		t.Fatalf("the server does not stop\n%s", s.said)
	}
	if s.err != nil {
		t.Errorf("the server stopped with %v\n%s", s.err, s.said)
	}
}

// serve starts the program with the arguments on a free port, and kills it
// when the test ends, showing what it said when the test failed.
func serve(t *testing.T, ready string, args ...string) *server {
	t.Helper()
	return serveOn(t, "", ready, args...)
}

// serveOn is serve at that address; "" is a free one.
func serveOn(t *testing.T, address, ready string, args ...string) *server {
	t.Helper()
	s, err := launch(address, ready, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("the server said:\n%s", s.said.tail())
		}
	})
	return s
}

// freeAddress is an address of this machine that nobody listens on.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// output collects what a process says.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{} // closed at the next word
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.changed)
	o.changed = make(chan struct{})
	return o.text.Write(b)
}

func (o *output) now() (string, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String(), o.changed
}

func (o *output) String() string {
	text, _ := o.now()
	return text
}

func (o *output) tail() string {
	const most = 1500
	text := o.String()
	return text[max(0, len(text)-most):]
}

// made is the demonstration school, started by the first test that asks for it
// and kept for the others.
type made struct {
	dir    string
	once   sync.Once
	server *server
	err    error
}

var demonstration made

// demo returns the demonstration school, being served.
func demo(t *testing.T) *server {
	t.Helper()
	d := &demonstration
	d.once.Do(func() { d.server, d.err = launch("", "/demo/courriers", "demo", "--data", d.dir) })
	if d.err != nil {
		t.Fatal(d.err)
	}
	select {
	case <-d.server.ended:
		t.Fatalf("the demonstration has ended: %v\n%s", d.server.err, d.server.said.tail())
	default:
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the demonstration said:\n%s", d.server.said.tail())
		}
	})
	return d.server
}

func (d *made) end() {
	if d.server != nil {
		d.server.kill()
	}
}

// device opens a page of that width, as on a device of its own.
func device(b *browser.Browser, width, height int) *browser.Page {
	p := b.Page()
	p.Patience = patience
	p.Viewport(width, height)
	return p
}

// phone is a page as families have it.
func phone(b *browser.Browser) *browser.Page { return device(b, 390, 844) }

// desk is a page as the office has it.
func desk(b *browser.Browser) *browser.Page { return device(b, 1440, 900) }
