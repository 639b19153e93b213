package secret

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// spelling returns how many bytes at the start of s spell the character r, or 0 if s begins with something else.
// r may be escaped as in a URL, once or twice, or as in JSON or HTML.
func spelling(s string, r rune) int {
	if s == "" {
		return 0
	}

	n := 0
	switch s[0] {
	case '%':
		n = percents(s, r)
	case '\\':
		n = backslashed(s, r)
	case '&':
		n = entity(s, r)
	case '+':
		if r == ' ' {
			return 1
		}
	}
	if n > 0 {
		return n
	}
	if got, size := utf8.DecodeRuneInString(s); got == r {
		return size
	}
	return 0
}

// percents is spelling for URLs: %XX for each byte of the character, or %25XX if it is escaped twice.
func percents(s string, r rune) int {
	n := 0
	for _, c := range []byte(string(r)) {
		if !strings.HasPrefix(s[n:], "%") {
			return 0
		}
		n++
		code, ok := hex(s[n:], 2)
		if ok && code == '%' && c != '%' {
			n += 2
			code, ok = hex(s[n:], 2)
		}
		if !ok || code != uint64(c) {
			return 0
		}
		n += 2
	}

	return n
}

// backslashed is spelling for JSON: \uXXXX, or the character itself if JSON may escape it, after any number of
// backslashes.
func backslashed(s string, r rune) int {
	n := len(s) - len(strings.TrimLeft(s, `\`))
	if code, ok := hex(strings.TrimPrefix(s[n:], "u"), 4); ok && s[n] == 'u' && code == uint64(r) {
		return n + 5
	}

	switch {
	case r == '\\' && n > 1:
		return 2
	case (r == '"' || r == '/') && strings.HasPrefix(s[n:], string(r)):
		return n + 1
	default:
		return 0
	}
}

// entity is spelling for HTML: &#N; and &#xN;.
func entity(s string, r rune) int {
	end := strings.IndexByte(s[:min(len(s), 12)], ';')
	if end < 0 || !strings.HasPrefix(s, "&#") {
		return 0
	}

	digits, base := s[2:end], 10
	if strings.HasPrefix(strings.ToLower(digits), "x") {
		digits, base = digits[1:], 16
	}
	if code, err := strconv.ParseUint(digits, base, 32); err != nil || code != uint64(r) {
		return 0
	}
	return end + 1
}

// hex reads the first digits bytes of s as a hexadecimal number.
func hex(s string, digits int) (uint64, bool) {
	if len(s) < digits {
		return 0, false
	}
	code, err := strconv.ParseUint(s[:digits], 16, 32)
	return code, err == nil
}
