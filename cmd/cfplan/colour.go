package main

import (
	"io"
	"os"

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
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// width is the terminal's, 0 where w is none: then nothing is wrapped.
func width(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}
