package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/cfplan/cfplan/internal/reconcile"
)

const (
	// quiet is how long an operation may take before its progress is shown.
	quiet = time.Second
	// A line of a terminal is rewritten often; a log gets a line now and then.
	everyOnTerminal = 200 * time.Millisecond
	everyInLog      = 10 * time.Second
)

// progress shows on stderr how far a slow operation has come: on a terminal as a bar
// with the rate and the time that is left, otherwise as a line now and then.
type progress struct {
	print    *printer
	now      func() time.Time
	terminal bool

	mu   sync.Mutex
	last reconcile.Progress
	// bar shows the current operation; nil in a log, and before the first step.
	bar *progressbar.ProgressBar
	// held says what the operation waits for, until till.
	held string
	till time.Time
	// written reports whether the line of the terminal has something on it.
	written bool
}

func newProgress(p *printer, now func() time.Time) *progress {
	return &progress{print: p, now: now, terminal: isTerminal(p.err)}
}

// during runs an operation and shows its progress once it has taken a second. The line is
// cleared when during returns.
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
	switch {
	case p.last.Total == 0:
	case p.bar != nil:
		p.bar.Describe(p.words())
		_ = p.bar.Set(min(p.last.Done, p.last.Total)) // draws it; a terminal that is gone shows nothing
		p.written = true
	default:
		p.print.errorf("%s: %d of %d %s\n", p.words(), p.last.Done, p.last.Total, unit(p.last.Doing))
	}
}

// unit names what is counted.
func unit(doing string) string {
	if doing == "applying" {
		return "records"
	}
	return "zones"
}

// words returns what the operation does, how many zones are done, and what it waits for.
func (p *progress) words() string {
	text := p.last.Doing
	if p.last.Zones > 1 {
		text += fmt.Sprintf(" (%d of %d zones)", p.last.ZonesDone, p.last.Zones)
	}
	if p.now().Before(p.till) {
		text += fmt.Sprintf(", waiting until %s: %s", p.till.Format("15:04:05"), p.held)
	}
	return text
}

func (p *progress) step(s reconcile.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.terminal && s.Doing != p.last.Doing {
		p.erase()
		p.bar = p.newBar(s)
	}
	p.last = s
}

// newBar returns a bar that counts the time from now on. It draws nothing yet.
func (p *progress) newBar(s reconcile.Progress) *progressbar.ProgressBar {
	return progressbar.NewOptions(s.Total,
		progressbar.OptionSetWriter(p.print.err),
		progressbar.OptionSetWidth(20),
		progressbar.OptionShowCount(),
		progressbar.OptionShowIts(),
		progressbar.OptionSetItsString(unit(s.Doing)),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionUseANSICodes(true))
}

// waiting shows at once what the operation waits for: a log would say nothing for
// minutes.
func (p *progress) waiting(reason string, until time.Time) {
	p.mu.Lock()
	p.held, p.till = reason, until
	bar := p.bar != nil
	if !bar {
		p.print.errorf("waiting until %s: %s\n", until.Format("15:04:05"), reason)
	}
	p.mu.Unlock()
	if bar {
		p.show()
	}
}

// clear removes the line, so that what follows starts on a new one.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	p.last, p.bar = reconcile.Progress{}, nil
}

// aside prints something else while an operation is under way: nothing is drawn meanwhile, and the line is cleared
// before.
func (p *progress) aside(print func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	print()
}

func (p *progress) erase() {
	if p.written {
		p.print.errorf("\r\x1b[K")
		p.written = false
	}
}
