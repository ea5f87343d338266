package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"pupitre/internal/platform/db"
)

// machine is `pupitre serve` as a process of its own.
type machine struct {
	site  string
	cmd   *exec.Cmd
	ready chan string   // the address, once it serves
	ended chan struct{} // closed once it has ended
	err   error         // how it ended

	mu       sync.Mutex
	arrivals []arrival // of every « Valider », as its log tells
	wrongs   []string  // its log's errors
	last     []byte    // the last line, for whoever asks why it ended
}

// arrival is when a « Valider » reached the first middleware. The log names no
// pupil: the request's number, which the proxy gives, is the pupil's id here.
type arrival struct {
	pupil string
	at    time.Time
}

// patience bounds how long a machine may take to serve, and to stop.
const patience = time.Minute

// serve starts a machine on the lot, its mails going to smtp.
func (d Deps) serve(ctx context.Context, l lot, smtp string, flags ...string) (*machine, error) {
	args := []string{
		"serve", "--data", l.dir, "--listen", "127.0.0.1:0", "--public-url", "http://ecole.exemple.fr", "--smtp-url", smtp,
		"--mail-from", "portail@ecole.exemple.fr", "--trusted-proxies", "127.0.0.1",
	}
	if db.IsPostgres(l.where) {
		args = append(args, "--database-url", l.where)
	}
	if l.bucket != "" {
		args = append(args, "--blob-url", l.bucket)
	}
	args = append(args, flags...)
	m := &machine{cmd: exec.Command(d.Program, args...), ready: make(chan string, 1), ended: make(chan struct{})}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PUPITRE_") {
			m.cmd.Env = append(m.cmd.Env, v)
		}
	}
	if l.bucket != "" { // ours asks for none
		m.cmd.Env = append(m.cmd.Env, "AWS_ACCESS_KEY_ID=bench", "AWS_SECRET_ACCESS_KEY=bench")
	}
	log, err := m.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := m.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s serve: %w", d.Program, err)
	}
	go func() {
		defer close(m.ended)
		lines := bufio.NewScanner(log)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			m.heard(lines.Bytes())
		}
		m.err = errors.Join(lines.Err(), m.cmd.Wait())
	}()
	select {
	case address := <-m.ready:
		m.site = "http://" + address
		return m, nil
	case <-m.ended:
		return nil, fmt.Errorf("pupitre serve ended: %w: %s", m.err, m.last)
	case <-ctx.Done():
	case <-time.After(patience):
	}
	return nil, errors.Join(fmt.Errorf("pupitre serve did not begin: %w", context.Cause(ctx)), m.stop())
}

// heard reads a line of the machine's log.
func (m *machine) heard(line []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = append(m.last[:0], line...)
	valider := bytes.Contains(line, []byte(sendSuffix)) && bytes.Contains(line, []byte(`POST`))
	if !valider && !bytes.Contains(line, []byte(`"ERROR"`)) && !bytes.Contains(line, []byte(`"serving"`)) {
		return
	}
	var said struct{ Level, Msg, Address, Request, Arrived string }
	if err := json.Unmarshal(line, &said); err != nil {
		return // not a line of the log: a panic's
	}
	switch {
	case said.Msg == "serving":
		m.ready <- said.Address
	case said.Level == "ERROR":
		m.wrongs = append(m.wrongs, string(line))
	case valider:
		if at, err := time.Parse(time.RFC3339Nano, said.Arrived); err == nil {
			m.arrivals = append(m.arrivals, arrival{said.Request, at})
		}
	}
}

// peak is the most memory that the process has held, in MB, as the system
// counts it; 0 where it does not.
func (m *machine) peak() float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "VmHWM:" {
			kb, _ := strconv.ParseFloat(words[1], 64)
			return kb / 1024
		}
	}
	return 0
}

// stop ends the machine as an operator does, and returns once it has ended.
func (m *machine) stop() error {
	_ = m.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-m.ended:
	case <-time.After(patience):
		_ = m.cmd.Process.Kill()
		<-m.ended
	}
	return m.err
}
