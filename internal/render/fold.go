package render

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// narrowest is the smallest width of a terminal for which lines are folded.
const narrowest = 40

// fold breaks lines that are too long for the terminal between words, and indents the rest of the line. It does not
// break a word that is too long, because a user may want to copy it.
func fold(text string, width int) string { return foldTo(text, width, 4) }

// foldTo is fold with deeper as the number of columns by which the rest of a line is indented.
func foldTo(text string, width, deeper int) string {
	if width < narrowest {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		whole := strings.TrimSuffix(line, "\n")
		b.WriteString(foldLine(whole, width, deeper) + line[len(whole):])
	}
	return b.String()
}

func foldLine(line string, width, deeper int) string {
	if ansi.StringWidth(line) <= width {
		return line
	}

	body := strings.TrimLeft(line, " ")
	indent := len(line) - len(body)
	inner := strings.Repeat(" ", min(indent+deeper, width/2))
	first, rest, _ := strings.Cut(body, " ")
	var done strings.Builder
	current, column := line[:indent]+first, indent+ansi.StringWidth(first)
	for word := range strings.SplitSeq(rest, " ") {
		n := ansi.StringWidth(word)
		if column+1+n > width {
			done.WriteString(strings.TrimRight(current, " ") + "\n")
			current, column = inner+word, len(inner)+n
			continue
		}
		current, column = current+" "+word, column+1+n
	}

	return done.String() + current
}
