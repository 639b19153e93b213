package zonefile

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Users print zone files to terminals and to the logs of CI jobs, and the records may be hostile. The
// functions in this file escape characters that a terminal would obey or hide. They also escape "##[":
// GitHub's runner takes it as the beginning of a command anywhere in a line.

// command is the beginning of a command for GitHub's runner.
const command = "##["

// hidden returns how many bytes at the start of s must be escaped, or 0.
func hidden(s string) int {
	if strings.HasPrefix(s, command) {
		return 1
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 || !unicode.IsPrint(r) && r != '\t' {
		return n
	}
	return 0
}

// visible writes the hidden bytes of a value in presentation form as \DDD. Every reader understands the
// result as the same value (RFC 1035, section 5.1).
func visible(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		escape := 0
		if s[i] == '\\' && i+1 < len(s) {
			escape = 1
		}

		switch n := hidden(s[i+escape:]); {
		case n > 0: // the \DDD replaces the hidden character and a backslash before it
			decimal(&b, s[i+escape:i+escape+n])
			i += escape + n
		case escape > 0 && strings.HasPrefix(s[i+1:], "#"):
			decimal(&b, "#")
			i += 2
		default:
			_, size := utf8.DecodeRuneInString(s[i+escape:])
			b.WriteString(s[i : i+escape+size])
			i += escape + size
		}
	}
	return b.String()
}

// decimal writes each byte as \DDD.
func decimal(b *strings.Builder, s string) {
	for _, c := range []byte(s) {
		fmt.Fprintf(b, `\%03d`, c)
	}
}

// comment returns a text for a comment that only people read: on one line, with a question mark in place
// of each hidden character.
func comment(s string) string {
	var b strings.Builder
	for i, r := range s {
		if hidden(s[i:]) > 0 || r == '\t' {
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// visibleJSON writes hidden characters of a JSON string as \u escapes.
func visibleJSON(s string) string {
	var b strings.Builder
	for i, r := range s {
		if hidden(s[i:]) == 0 {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
