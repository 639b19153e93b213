package render

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// spelled writes out the characters of a difference that look like the characters in their place on the other
// side, and spaces that only one side has, which may be at the end of a line. Otherwise a reader would see the
// same word twice.
func spelled(before, after []string) (b, a []string) {
	switch {
	case onlySpaces(before) && onlySpaces(after):
		return spaces(before), spaces(after)
	case len(before) == 0 || len(after) == 0 || plainASCII(before) && plainASCII(after):
		return before, after
	case norm.NFKC.String(strings.Join(before, "")) == norm.NFKC.String(strings.Join(after, "")):
		return codePoints(before), codePoints(after)
	case len(before) != len(after):
		return before, after
	}

	b, a = slices.Clone(before), slices.Clone(after)
	for i := range b {
		if mistakable(b[i], a[i]) {
			b[i], a[i] = codePoint(b[i]), codePoint(a[i])
		}
	}

	return b, a
}

func onlySpaces(list []string) bool {
	return !slices.ContainsFunc(list, func(u string) bool { return u != " " })
}

func spaces(list []string) []string { return slices.Repeat([]string{`\u{20}`}, len(list)) }

func plainASCII(list []string) bool {
	return !slices.ContainsFunc(list, func(u string) bool { return !isASCII(u[0]) || !isASCII(u[len(u)-1]) })
}

func codePoints(list []string) []string {
	out := make([]string, len(list))
	for i, u := range list {
		out[i] = codePoint(u)
	}
	return out
}

// codePoint writes out a character that is not ASCII, in the form of Escape.
func codePoint(unit string) string {
	var b strings.Builder
	for _, r := range unit {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u{%x}`, r)
		}
	}
	return b.String()
}

// mistakable reports whether a reader could mistake one character for the other. Unicode has a list of such
// characters (UTS #39). The rules here need less data, and report some pairs too many: letters of two scripts may
// look alike, and so may numbers and punctuation. Letters of the same script do not look alike, and neither do a
// letter with an accent and one without. Escapes and ASCII characters are unambiguous.
func mistakable(x, y string) bool {
	if x == y || plainASCII([]string{x, y}) || isEscape(x) || isEscape(y) {
		return false
	}

	dx, dy := norm.NFKD.String(x), norm.NFKD.String(y)
	if dx == dy {
		return true
	}

	rx, _ := utf8.DecodeRuneInString(dx)
	ry, _ := utf8.DecodeRuneInString(dy)
	switch {
	case rx < utf8.RuneSelf && ry < utf8.RuneSelf:
		return false
	case unicode.IsLetter(rx) && unicode.IsLetter(ry):
		return unicode.Is(unicode.Latin, rx) && unicode.Is(unicode.Latin, ry) || !oneScript(rx, ry)
	}

	return !unicode.Is(unicode.So, rx) && !unicode.Is(unicode.So, ry)
}

func isEscape(unit string) bool { return len(unit) > 1 && unit[0] == '\\' }

func oneScript(x, y rune) bool {
	for _, table := range unicode.Scripts {
		if unicode.Is(table, x) {
			return unicode.Is(table, y)
		}
	}
	return false
}
