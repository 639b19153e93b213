package main

import (
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// colour reports whether w is to get colour: a terminal is, unless -no-color or
// NO_COLOR (no-color.org) or a dumb terminal says otherwise; anything else is
// only where CLICOLOR_FORCE asks for it.
func (a *app) colour(w io.Writer) bool {
	switch {
	case a.flags.noColor || a.getenv("NO_COLOR") != "":
		return false
	case a.getenv("CLICOLOR_FORCE") != "" && a.getenv("CLICOLOR_FORCE") != "0":
		return true
	default:
		return isTerminal(w) && a.getenv("TERM") != "dumb"
	}
}

func isTerminal(w any) bool {
	f, ok := file(w)
	return ok && term.IsTerminal(int(f.Fd()))
}

// inTurn lets the log, the progress and the rest write to one stream, a line at a
// time.
type inTurn struct {
	mu sync.Mutex
	w  io.Writer
}

func (t *inTurn) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.w.Write(p)
}

// file is what a stream is in the end.
func file(w any) (*os.File, bool) {
	if t, ok := w.(*inTurn); ok {
		w = t.w
	}
	f, ok := w.(*os.File)
	return f, ok
}

// width is the terminal's, 0 where w is none: then nothing is wrapped.
func width(w io.Writer) int {
	f, ok := file(w)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}
