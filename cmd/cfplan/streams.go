package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"github.com/cfplan/cfplan/internal/reconcile"
)

// streams are the input and the outputs of a run.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// ask asks a question. Only the word yes counts as yes. The end of input is a no, and an interrupt
// returns an error.
func (s streams) ask(ctx context.Context, question string) (yes bool, err error) {
	answer, err := s.answer(ctx, question, 1024)
	return answer == "yes", err
}

// answer asks a question and returns the line that the user enters, at most limit bytes, without
// blanks around it. At the end of input the line is empty. An interrupt returns an error.
func (s streams) answer(ctx context.Context, question string, limit int64) (string, error) {
	_, _ = io.WriteString(s.out, question)
	answers := make(chan string, 1)
	go func() {
		// If no answer comes, this waits until the process ends.
		answer, err := bufio.NewReader(io.LimitReader(s.in, limit)).ReadString('\n')
		if err != nil {
			_, _ = io.WriteString(s.out, "\n") // the input had no newline: end the line of the prompt
		}
		answers <- answer
	}()

	select {
	case answer := <-answers:
		return strings.TrimSpace(answer), nil
	case <-ctx.Done():
		return "", fmt.Errorf("%w: nothing was changed", reconcile.ErrInterrupted)
	}
}

// output is stdout. It remembers the first error, because many callers cannot return one, and
// refuses all writes after it.
type output struct {
	w io.Writer

	mu     sync.Mutex
	failed error
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failed != nil {
		return 0, o.failed
	}

	n, err := o.w.Write(p)
	o.failed = err
	return n, err
}

// failure returns the error of the first write that failed, or nil.
func (o *output) failure() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.failed
}

// outputError is an output that could not be written.
type outputError struct {
	err error
	// consequence is what the failure means for the command.
	consequence string
}

func (e *outputError) Error() string { return "the output could not be written: " + e.err.Error() }
func (e *outputError) Unwrap() error { return e.err }

// lineWriter lets the log, the progress and everything else write to one stream, a line at a time.
type lineWriter struct {
	mu sync.Mutex
	w  io.Writer
	// drawn is true if the current line is redrawn repeatedly, such as a progress line.
	drawn bool
	// muted is true once only the last message may be written.
	muted bool
}

func (l *lineWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.muted {
		return len(p), nil
	}

	line := p[bytes.LastIndexByte(p, '\n')+1:]
	if i := bytes.LastIndexByte(line, '\r'); i >= 0 {
		l.drawn = len(bytes.TrimPrefix(line[i+1:], eraseLine)) > 0
	} else if len(line) < len(p) {
		l.drawn = false
	}
	return l.w.Write(p)
}

// eraseLine erases from the cursor to the end of a terminal's line.
var eraseLine = []byte("\x1b[K")

// clear removes the line that is being drawn, and reports whether there was one.
func (l *lineWriter) clear() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.muted || !l.drawn {
		return false
	}
	_, _ = l.w.Write(append([]byte{'\r'}, eraseLine...))
	l.drawn = false
	return true
}

// mute discards everything written from now on, and returns the writer for the last message.
func (l *lineWriter) mute() *lineWriter {
	l.clear()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.muted = true
	return &lineWriter{w: l.w}
}

// file returns the file behind a stream.
func file(stream any) (*os.File, bool) {
	switch s := stream.(type) {
	case *lineWriter:
		return file(s.w)
	case *output:
		return file(s.w)
	}
	f, ok := stream.(*os.File)
	return f, ok
}

func isTerminal(stream any) bool {
	f, ok := file(stream)
	return ok && term.IsTerminal(int(f.Fd()))
}

// width returns the columns of a terminal, or 0 for anything else, which means that nothing is
// wrapped.
func width(stream any) int {
	f, ok := file(stream)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}
