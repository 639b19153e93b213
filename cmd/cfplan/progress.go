package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/cfplan/cfplan/internal/reconcile"
)

const (
	// quiet is how long an operation may take before anything is said of it.
	quiet = time.Second
	// A terminal's line is rewritten often; a log gets a line now and then.
	everyOnTerminal = 200 * time.Millisecond
	everyInLog      = 10 * time.Second
)

// progress shows on stderr how far a slow operation has come.
type progress struct {
	app      *app
	terminal bool

	mu      sync.Mutex
	last    reconcile.Progress
	written bool // the terminal's line has something on it
}

func (a *app) newProgress() *progress { return &progress{app: a, terminal: isTerminal(a.err)} }

// during runs an operation and shows its progress once it has taken a second. The
// line is gone when during returns.
func (p *progress) during(operation func()) {
	done, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		p.loop(done)
	}()
	operation()
	close(done)
	<-gone
	p.clear()
}

func (p *progress) loop(done <-chan struct{}) {
	every := everyInLog
	if p.terminal {
		every = everyOnTerminal
	}
	next := time.NewTimer(quiet)
	defer next.Stop()
	for {
		select {
		case <-done:
			return
		case <-next.C:
			p.show()
			next.Reset(every)
		}
	}
}

func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last.Total == 0 {
		return
	}
	noun := "zones"
	if p.last.Doing == "applying" {
		noun = "records"
	}
	p.line(fmt.Sprintf("%s: %d of %d %s", p.last.Doing, p.last.Done, p.last.Total, noun))
}

// line writes one line of progress; p.mu is held.
func (p *progress) line(text string) {
	if p.terminal {
		p.app.errorf("\r\x1b[K%s", text)
		p.written = true
		return
	}
	p.app.errorf("%s\n", text)
}

func (p *progress) step(s reconcile.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = s
}

func (p *progress) waiting(reason string, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.line(fmt.Sprintf("waiting until %s: %s", until.Format("15:04:05"), reason))
}

// clear takes the line away, so that what follows starts on a fresh one.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.written {
		p.app.errorf("\r\x1b[K")
		p.written = false
	}
	p.last = reconcile.Progress{}
}
