package render

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Escape makes a value safe to show on one line of a terminal. It writes control characters, line breaks, bytes
// that are not UTF-8, and characters that are invisible or change the direction of text as escapes such as \u{1b}.
// It also escapes the old form of a workflow command, "##[name]", which GitHub's runner recognizes anywhere in a
// line of the log.
func Escape(s string) string { return escape(s, func(rune) bool { return false }) }

// EscapeText is Escape for text of several lines: it keeps line breaks and tabs. No line of the result is a
// workflow command.
func EscapeText(s string) string {
	s = escape(s, func(r rune) bool { return r == '\n' || r == '\t' })
	if !strings.Contains(s, "::") {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = defuse(l)
	}
	return strings.Join(lines, "\n")
}

// defuse escapes the first colon of a line that begins with two colons, because GitHub's runner would take the
// line for a command.
func defuse(line string) string {
	if !strings.HasPrefix(strings.TrimSpace(ansi.Strip(line)), "::") {
		return line
	}
	return strings.Replace(line, "::", `\u{3a}:`, 1)
}

func escape(s string, keep func(rune) bool) string {
	if harmless(s) {
		return s
	}

	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '#' && strings.HasPrefix(s[i+1:], "#["):
			b.WriteString(`\u{23}`)
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case keep(r) || shown(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		default:
			fmt.Fprintf(&b, `\u{%x}`, r)
		}

		i += size
	}

	return b.String()
}

// Mask replaces each byte that Escape would escape by a question mark, except for line ends and tabs. It keeps the
// length, so that byte offsets into a source text stay valid.
func Mask(text []byte) []byte {
	out := slices.Clone(text)
	for i := 0; i < len(out); {
		r, size := utf8.DecodeRune(out[i:])
		broken := r == utf8.RuneError && size == 1
		hidden := !shown(r) && r != '\n' && r != '\r' && r != '\t'
		bad := broken || hidden || bytes.HasPrefix(out[i:], []byte("##["))
		if bad && r == '#' {
			out[i+1] = '?'
		} else if bad {
			for j := range size {
				out[i+j] = '?'
			}
		}

		i += size
	}

	return out
}

// harmless is a fast path for plain ASCII, which nearly all values are.
func harmless(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return !strings.Contains(s, "##[")
}

// shown reports whether a character is visible and has no other effect. Format characters (Cf) are not: these are
// bidirectional controls, zero-width characters and soft hyphens. Spaces other than the ordinary space are not
// either, because they look like it.
func shown(r rune) bool {
	switch {
	case r == ' ':
		return true
	case r == '\u2800', unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Variation_Selector, r):
		return false
	default:
		return unicode.IsGraphic(r) && !unicode.Is(unicode.Zs, r) &&
			!unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
	}
}
