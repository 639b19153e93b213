package sandbox

import (
	"fmt"
	"strings"
)

// maxString is the longest character string of RFC 1035, in bytes.
const maxString = 255

// normalizeTXT checks a TXT content and returns it as Cloudflare stores it: as sent, but with quoted strings
// over 255 bytes split. wire is the length of the result in a DNS message, in bytes. ok is false if the text
// is empty or its quotation marks are inconsistent.
func normalizeTXT(content string) (stored string, wire int, ok bool) {
	if !strings.HasPrefix(content, `"`) {
		// An unquoted text is stored byte for byte, however long it is.
		n := len(content)
		return content, n + (n+maxString-1)/maxString, n > 0 && !hasBareQuote(content)
	}

	parts, ok := characterStrings(content)
	if !ok || len(strings.Join(parts, "")) == 0 {
		return "", 0, false
	}
	split := splitLong(parts)
	for _, p := range split {
		wire += 1 + len(p)
	}
	if len(split) == len(parts) {
		return content, wire, true
	}
	return quoteAll(split), wire, true
}

// hasBareQuote reports whether s has a quotation mark that is not escaped.
func hasBareQuote(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return true
		}
	}
	return false
}

// characterStrings parses quoted strings that are separated by blanks (RFC 1035, section 5.1), and returns
// their values.
func characterStrings(s string) (parts []string, ok bool) {
	for s = strings.TrimLeft(s, " \t"); s != ""; s = strings.TrimLeft(s, " \t") {
		part, rest, ok := characterString(s)
		if !ok {
			return nil, false
		}
		parts, s = append(parts, part), rest
	}
	return parts, true
}

func characterString(s string) (part, rest string, ok bool) {
	if s[0] != '"' {
		return "", "", false
	}

	var b strings.Builder
	for i := 1; i < len(s); {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			c, n := escape(s[i:])
			if n == 0 {
				return "", "", false
			}
			b.WriteByte(c)
			i += n
		default:
			b.WriteByte(s[i])
			i++
		}
	}

	return "", "", false
}

// escape parses \DDD or \X at the start of s. It returns the byte and the length of the escape, or length 0
// if the escape is incomplete or out of range.
func escape(s string) (byte, int) {
	if len(s) < 2 {
		return 0, 0
	}
	if s[1] < '0' || s[1] > '9' {
		return s[1], 2
	}
	if len(s) < 4 {
		return 0, 0
	}

	n := 0
	for _, d := range []byte(s[1:4]) {
		if d < '0' || d > '9' {
			return 0, 0
		}
		n = n*10 + int(d-'0')
	}

	if n > 255 {
		return 0, 0
	}

	return byte(n), 4
}

func splitLong(parts []string) []string {
	var out []string
	for _, p := range parts {
		for len(p) > maxString {
			out = append(out, p[:maxString])
			p = p[maxString:]
		}
		out = append(out, p)
	}
	return out
}

// quoteAll returns strings in presentation form.
func quoteAll(parts []string) string {
	quoted := make([]string, len(parts))
	for i, p := range parts {
		quoted[i] = quote(p)
	}
	return strings.Join(quoted, " ")
}

func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(s) {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < 0x20 || c > 0x7e:
			fmt.Fprintf(&b, `\%03d`, c)
		default:
			b.WriteByte(c)
		}
	}

	b.WriteByte('"')
	return b.String()
}
