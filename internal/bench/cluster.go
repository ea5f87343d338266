package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

// cluster is a throwaway PostgreSQL of the bench's own, to be stopped at will.
type cluster struct {
	bin, dir string
	port     int
	as       *syscall.SysProcAttr // nil: as we are
}

// openCluster makes one and starts it.
func openCluster(ctx context.Context) (*cluster, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		path, err := exec.LookPath("initdb")
		if err != nil {
			return nil, errors.New("the faults of PostgreSQL need its initdb and pg_ctl: install the package postgresql")
		}
		found = []string{path}
	}
	dir, err := os.MkdirTemp("", "pupitre-cluster-")
	if err != nil {
		return nil, err
	}
	c := &cluster{bin: filepath.Dir(found[len(found)-1]), dir: dir}
	if err := c.own(); err != nil {
		return nil, errors.Join(err, c.close(ctx))
	}
	if c.port, err = freePort(); err != nil {
		return nil, errors.Join(err, c.close(ctx))
	}
	if err := c.run(ctx, "initdb", "-D", c.data(), "-U", "pupitre", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"); err != nil {
		return nil, errors.Join(err, c.close(ctx))
	}
	if err := c.start(ctx); err != nil {
		return nil, errors.Join(err, c.close(ctx))
	}
	return c, nil
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

func (c *cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *cluster) address() string { return "127.0.0.1:" + strconv.Itoa(c.port) }

func (c *cluster) url() string {
	return "postgres://pupitre@" + c.address() + "/postgres?sslmode=disable"
}

func (c *cluster) run(ctx context.Context, command string, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, command), args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = c.as
	log, err := os.CreateTemp("", "pupitre-cluster-*.log") // a pipe would wait for the server, which keeps it
	if err != nil {
		return err
	}
	defer os.Remove(log.Name())
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(log.Name())
		return fmt.Errorf("%s: %w\n%s", command, err, said)
	}
	return nil
}

func (c *cluster) start(ctx context.Context) error {
	options := fmt.Sprintf("-c listen_addresses=127.0.0.1 -p %d -k %s -c max_connections=100", c.port, c.dir)
	return c.run(ctx, "pg_ctl", "-D", c.data(), "-w", "-t", "120", "-l", filepath.Join(c.dir, "log"), "-o", options, "start")
}

// stop ends it at once, as a power failure would: nothing is written any more.
func (c *cluster) stop(ctx context.Context) error {
	return c.run(ctx, "pg_ctl", "-D", c.data(), "-w", "-m", "immediate", "stop")
}

func (c *cluster) close(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	var err error
	if _, running := os.Stat(filepath.Join(c.data(), "postmaster.pid")); running == nil {
		err = c.stop(ctx)
	}
	return errors.Join(err, os.RemoveAll(c.dir))
}
