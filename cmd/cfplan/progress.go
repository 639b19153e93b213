package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/cfplan/cfplan/internal/english"
	"github.com/cfplan/cfplan/internal/parallel"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/render"
)

const (
	// quiet is the time after which a log gets its first line about an operation.
	quiet = time.Second
	// The line on a terminal is updated often; a log gets a line only occasionally.
	everyOnTerminal = 200 * time.Millisecond
	everyInLog      = 10 * time.Second
	// patient is the time after which the elapsed time of an operation is shown.
	patient = 5 * time.Second
)

// progress shows on stderr how far an operation has come. On a terminal it updates one line, from
// the beginning; otherwise it prints a line now and then.
type progress struct {
	print    *printer
	now      func() time.Time
	terminal bool

	mu sync.Mutex
	// running is true while an operation is under way, so that lines may be drawn.
	running bool
	last    reconcile.Progress
	// estimate is for the activity in last, which began at since.
	estimate estimate
	since    time.Time
	// held is what the operation waits for, until the time till.
	held string
	till time.Time
	// written is true if the line on the terminal is not empty.
	written bool
}

func newProgress(p *printer, now func() time.Time) *progress {
	return &progress{
		print:    p,
		now:      now,
		terminal: isTerminal(p.err) && p.env.get("TERM") != "dumb",
	}
}

// during runs an operation and shows its progress. The line of a terminal is cleared when
// during returns.
func (p *progress) during(operation func()) {
	p.begin()
	done, drawing := make(chan struct{}), parallel.New(1)
	drawing.Go(func() error {
		p.loop(done)
		return nil
	})
	defer func() {
		close(done)
		_ = drawing.Wait() // it does not fail
		p.end()
	}()

	operation()
}

func (p *progress) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()

	p.running, p.last = true, reconcile.Progress{}
}

// end erases the line, so that what follows starts on an empty one.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()

	p.erase()
	p.running = false
}

func (p *progress) loop(done <-chan struct{}) {
	first, every := quiet, everyInLog
	if p.terminal {
		first, every = everyOnTerminal, everyOnTerminal
	}

	next := time.NewTimer(first)
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

// step records a step. A terminal shows at once that another activity has begun.
func (p *progress) step(s reconcile.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()

	another := s.Doing != p.last.Doing
	if another {
		p.since, p.estimate = p.now(), estimate{}
	}
	p.last = s
	p.estimate.note(p.now(), s.Done)
	if another && p.terminal {
		p.draw()
	}
}

// show writes the current progress of the operation.
func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()

	switch {
	case !p.running || p.last.Doing == "":
	case p.terminal:
		p.draw()
	default:
		p.print.errorf("%s\n", p.line())
	}
}

// draw redraws the line on the terminal. The caller holds the mutex.
func (p *progress) draw() {
	if !p.running {
		return
	}
	line := p.line()
	if columns := width(p.print.err); columns > 0 {
		line = ansi.Truncate(line, columns-1, "…") // a line that wraps could not be erased
	}
	p.print.errorf("\r%s\x1b[K", line)
	p.written = true
}

// line returns what the operation does, how far it is, how long it may still take, and what it waits
// for.
func (p *progress) line() string {
	now, line := p.now(), activity(p.last)
	if left, known := p.estimate.left(now, p.last.Total); known {
		line += ", about " + roughly(left) + " left"
	} else if taken := now.Sub(p.since); taken >= patient {
		line += fmt.Sprintf(" (%s so far)", roughly(taken))
	}

	if now.Before(p.till) {
		line += fmt.Sprintf(", waiting until %s: %s", p.till.Format(time.TimeOnly), p.held)
	}
	return line
}

// activity says what is being done. One zone is named instead of counted.
func activity(s reconcile.Progress) string {
	zones := english.Count(s.Total, "zone")
	if s.Total == 1 && s.Zone != "" {
		zones = render.Escape(s.Zone)
	}

	switch {
	case s.Doing == reconcile.ReadingState:
		return "Reading the state…"
	case s.Doing == reconcile.LookingUp:
		return fmt.Sprintf("Looking up %s…", zones)
	case s.Doing == reconcile.Applying && s.Zones > 1:
		return fmt.Sprintf("Applying: %d of %s, %d of %d zones done",
			s.Done, english.Count(s.Total, "change"), s.ZonesDone, s.Zones)
	case s.Doing == reconcile.Applying:
		return fmt.Sprintf("Applying: %d of %s", s.Done, english.Count(s.Total, "change"))
	case s.Doing == reconcile.Asking && s.Total == 1:
		return fmt.Sprintf("Asking the name servers of %s…", zones)
	case s.Total == 1:
		return fmt.Sprintf("%s %s…", s.Doing, zones)
	default:
		return fmt.Sprintf("%s: %d of %s", s.Doing, s.Done, zones)
	}
}

// waiting shows at once what the operation waits for; otherwise a log would be silent for minutes.
func (p *progress) waiting(reason string, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()

	p.held, p.till = reason, until
	if p.terminal && p.running && p.last.Doing != "" {
		p.draw()
		return
	}
	p.print.errorf("waiting until %s: %s\n", until.Format(time.TimeOnly), reason)
}

// aside prints something else during an operation: it erases the line first, and nothing is drawn
// meanwhile.
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
