package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// parting is how long a run that writes nothing may take to end by itself after an interrupt: to
	// close its servers, to remove temporary files, and to print its error.
	parting = 500 * time.Millisecond
	// lastWords is how long the last message may take. A pipe without a reader must not keep the
	// process alive.
	lastWords = 200 * time.Millisecond
)

// interruptible handles SIGINT and SIGTERM in the same way. The first one cancels the context that interruptible
// returns. What happens then depends only on s.writing, whatever the command:
//
//   - If nothing is being written, the process ends with 130. Most operations watch the context and end by themselves.
//     The others, such as an evaluation or a read of stdin, are cut off by exit a moment later.
//   - If something is being written, it is finished and recorded. The exit code is 130 too, unless nothing else was
//     left to do. A second signal ends the process at once; the state is replaced as a whole, so even then it is not
//     half written.
//
// end must be called with the exit code of the run, and returns the exit code of the process.
func interruptible(s *services, exit func(code int)) (_ context.Context, end func(code int) int) {
	ctx, cancel := context.WithCancel(context.Background())
	signals, ended := make(chan os.Signal, 2), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)

	var interrupted, stopped atomic.Bool
	go func() {
		select {
		case <-signals:
		case <-ended:
			return
		}
		var giveUp <-chan time.Time // never, if the run is writing
		s.writing.Interrupt(func(writing bool) {
			within(lastWords, func() { announce(s.print, writing) })
			interrupted.Store(true)
			if !writing {
				stopped.Store(true)
				giveUp = time.After(parting)
			}
			cancel()
		})

		select {
		case <-signals:
		case <-giveUp:
		case <-ended:
			return
		}
		sayLast(s.print, func(p *printer) { p.report(abandoned(s)) })
		exit(exitInterrupted)
	}()
	return ctx, func(code int) int {
		signal.Stop(signals)
		close(ended)
		cancel()
		if stopped.Load() || interrupted.Load() && code != exitDone {
			return exitInterrupted
		}
		return code
	}
}

// announce says what the first interrupt does.
func announce(p *printer, writing bool) {
	if w, ok := p.err.(*lineWriter); ok && !w.clear() && isTerminal(w) {
		_, _ = io.WriteString(w, "\n") // the terminal has shown ^C
	}
	if writing {
		p.errorf("Interrupt received. Finishing what is under way; interrupt again to stop at once.\n")
	}
}

// abandoned returns the error of a run that is ended from outside.
func abandoned(s *services) error {
	remains := s.writing.Remains()
	if len(remains) == 0 {
		return failure("Interrupted", "The run was stopped before it was done. Nothing was being written.")
	}
	return failure("Interrupted", "The run was stopped at once, while it was writing. "+
		"The next run finds out what was done and goes on from there.\n%s", strings.Join(remains, "\n"))
}

// sayLast prints the last message of the process and silences everything else, such as a progress
// line.
func sayLast(p *printer, say func(*printer)) {
	within(lastWords, func() {
		last := *p
		if w, ok := p.err.(*lineWriter); ok {
			last.err = w.mute()
		}
		say(&last)
	})
}

// within waits until f is done, but at most d.
func within(d time.Duration, f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(d):
	}
}
