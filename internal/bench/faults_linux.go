package bench

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// own gives the folder to whom PostgreSQL runs as: it refuses to be root.
func (c *cluster) own() error {
	if os.Geteuid() != 0 {
		return nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		return fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.Atoi(who.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(who.Gid)
	if err != nil {
		return err
	}
	c.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return os.Chown(c.dir, uid, gid)
}

// smallDisk is a file system of few megabytes, mounted on a folder.
type smallDisk struct{ dir string }

func mountSmallDisk(dir string) (*smallDisk, error) {
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=48m,mode=0700"); err != nil {
		return nil, fmt.Errorf("a small disk to be filled can only be mounted by root (or leave the fault out with --only): %w", err)
	}
	return &smallDisk{dir}, nil
}

func (d *smallDisk) filler() string { return filepath.Join(d.dir, "filler") }

// fill leaves so many bytes free.
func (d *smallDisk) fill(leave int64) error {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &stat); err != nil {
		return err
	}
	f, err := os.Create(d.filler())
	if err != nil {
		return err
	}
	block := make([]byte, 4096)
	for left := int64(stat.Bavail)*stat.Bsize - leave; left > 0 && err == nil; left -= int64(len(block)) {
		_, err = f.Write(block)
	}
	return errors.Join(err, f.Close())
}

func (d *smallDisk) empty() error { return os.Remove(d.filler()) }

func (d *smallDisk) close() error { return syscall.Unmount(d.dir, syscall.MNT_DETACH) }
