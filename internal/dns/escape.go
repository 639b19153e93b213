package dns

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// quote writes bytes as one quoted string of a zone file (RFC 1035, section 5.1), of any length.
// Valid UTF-8 stays readable; control characters and invalid UTF-8 become \DDD.
func quote(s string) string {
	if plain(s) {
		return `"` + s + `"`
	}

	var b strings.Builder
	b.Grow(len(s) + 16)
	b.WriteByte('"')
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteByte(s[i])
		case r == utf8.RuneError && n == 1 || unicode.IsControl(r):
			writeDecimal(&b, s[i:i+n])
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	b.WriteByte('"')
	return b.String()
}

func writeDecimal(b *strings.Builder, s string) {
	for _, c := range []byte(s) {
		b.Write([]byte{'\\', '0' + c/100, '0' + c/10%10, '0' + c%10})
	}
}

// plain reports whether s is printable ASCII that needs no escape.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// unescape resolves the escapes \DDD and \X. ok is false if an escape is incomplete or greater than
// \255.
func unescape(s string) (text string, ok bool) {
	if strings.IndexByte(s, '\\') < 0 {
		return s, true
	}

	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			b = append(b, s[i])
			i++
			continue
		}

		c, n := escaped(s[i:])
		if n == 0 {
			return "", false
		}
		b = append(b, c)
		i += n
	}
	return string(b), true
}

// escaped returns the byte that the escape at the start of s stands for. n is the length of the
// escape, or 0 if it is invalid.
func escaped(s string) (c byte, n int) {
	if len(s) < 2 {
		return 0, 0
	}
	if s[1] < '0' || s[1] > '9' {
		return s[1], 2
	}

	if len(s) < 4 || !allDigits(s[1:4]) {
		return 0, 0
	}
	v := int(s[1]-'0')*100 + int(s[2]-'0')*10 + int(s[3]-'0')
	if v > 255 {
		return 0, 0
	}
	return byte(v), 4
}

// closing returns the index of the quotation mark that ends the quoted string at the start of s,
// or -1 if there is none.
func closing(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}
