package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"github.com/cfplan/cfplan/internal/reconcile"
)

// streams are where a run reads from and writes to.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// ask puts a question. Only the word yes is a yes; the end of input is a no, and
// an interrupt ends the run.
func (s streams) ask(ctx context.Context, question string) (yes bool, err error) {
	_, _ = io.WriteString(s.out, question)
	answers := make(chan string, 1)
	go func() {
		// If no answer comes, this waits until the process ends.
		answer, err := bufio.NewReader(io.LimitReader(s.in, 1024)).ReadString('\n')
		if err != nil {
			_, _ = io.WriteString(s.out, "\n") // the input had no newline: end the line of the prompt
		}
		answers <- answer
	}()

	select {
	case answer := <-answers:
		return strings.TrimSpace(answer) == "yes", nil
	case <-ctx.Done():
		return false, fmt.Errorf("%w: nothing was changed", reconcile.ErrInterrupted)
	}
}

// lineWriter lets the log, the progress and the rest write to one stream, a line at a
// time.
type lineWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lineWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// file returns the file behind a stream.
func file(stream any) (*os.File, bool) {
	if l, ok := stream.(*lineWriter); ok {
		stream = l.w
	}
	f, ok := stream.(*os.File)
	return f, ok
}

func isTerminal(stream any) bool {
	f, ok := file(stream)
	return ok && term.IsTerminal(int(f.Fd()))
}

// width returns the columns of a terminal. It is 0 for anything else, which means that
// nothing is wrapped.
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
