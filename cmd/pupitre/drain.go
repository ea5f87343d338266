package main

import (
	"context"
	"errors"
	"time"
)

// How a machine leaves, counted from the signal: it says so on /readyz and takes
// no new job; after the pause, in which the balancer notices, it takes no new
// connection and finishes the requests it has, then its jobs and the registrar.
// What is not done at its time is cut: it is gone within 20 s.
const (
	requestsEnd = 15 * time.Second
	jobsEnd     = 17 * time.Second
	actsEnd     = 19 * time.Second
	maxPause    = 10 * time.Second
	// usualPause lets a balancer that asks every second miss two answers.
	usualPause = 3 * time.Second
)

// wait runs the jobs and serves until ctx ends, then finishes what it has.
func (s *server) wait(ctx context.Context) error {
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	worked := make(chan error, 1)
	go func() { worked <- s.runner.Run(working) }()
	select {
	case <-ctx.Done():
		return s.leave(stopWork, worked)
	case err := <-s.failed:
		return errors.Join(err, s.leave(stopWork, worked))
	}
}

func (s *server) leave(stopWork func(), worked <-chan error) error {
	s.log.Info("stopping", "pause", s.pause.String())
	began := time.Now()
	s.draining.Store(true)
	stopWork()
	time.Sleep(s.pause)

	closing, cancel := context.WithDeadline(context.Background(), began.Add(requestsEnd))
	defer cancel()
	err := s.http.Shutdown(closing)
	if err != nil {
		s.log.Warn("requests cut", "error", err.Error())
		err = s.http.Close()
	}
	select {
	case ended := <-worked:
		err = errors.Join(err, ended)
	case <-time.After(time.Until(began.Add(jobsEnd))):
		s.log.Warn("a job under way is left to be taken over")
	}
	closed := make(chan struct{})
	go func() { s.registrar.Close(); close(closed) }()
	select {
	case <-closed:
	case <-time.After(time.Until(began.Add(actsEnd))):
		err = errors.Join(err, errors.New("the registrar did not stop"))
	}
	s.trail.Close()
	s.log.Info("stopped", "ms", time.Since(began).Milliseconds())
	return err
}
