//go:build !linux

package bench

import "errors"

func (c *cluster) own() error { return nil }

type smallDisk struct{}

func mountSmallDisk(string) (*smallDisk, error) {
	return nil, errors.New("a small disk to be filled is mounted on Linux only: leave the fault out with --only")
}

func (*smallDisk) fill(int64) error { return nil }
func (*smallDisk) empty() error     { return nil }
func (*smallDisk) close() error     { return nil }
