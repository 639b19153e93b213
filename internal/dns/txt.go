package dns

import (
	"strings"
	"unicode/utf8"
)

// maxString is the greatest length of a character string (RFC 1035, section 3.3), in bytes.
const maxString = 255

// canonicalTXT parses a text, which may be quoted, in several chunks, or bare, and writes it as one
// quoted string.
func canonicalTXT(s string) (string, *Problem) {
	text, p := readTXT(s)
	switch {
	case p != nil:
		return "", p
	case text == "":
		return "", invalidTXT(s, "It is empty, and Cloudflare refuses an empty text.")
	case len(text)+2 == len(s) && plain(text) && s[0] == '"':
		return s, nil // s is already canonical: avoid a copy
	}
	return quote(text), nil
}

// TXTValue returns the text of a canonical TXT content, without quotation marks and escapes. It
// returns anything else unchanged.
func TXTValue(content string) string {
	if text, p := readTXT(content); p == nil {
		return text
	}
	return content
}

// readTXT resolves quotation marks and escapes. It returns s unchanged if s does not begin with a quotation
// mark, or is only a quotation mark.
func readTXT(s string) (string, *Problem) {
	trimmed := strings.Trim(s, " \t\r\n")
	if !strings.HasPrefix(trimmed, `"`) || trimmed == `"` {
		return s, nil
	}

	var b strings.Builder
	for rest := trimmed; rest != ""; rest = strings.TrimLeft(rest, " \t\r\n") {
		if rest[0] != '"' {
			return "", invalidTXT(s, "It begins with a quotation mark, but there is text outside of the quotation marks. "+
				`Write one pair around the whole text, and a quotation mark inside it as \".`)
		}
		end := closing(rest)
		if end < 0 {
			return "", invalidTXT(s, "Its last quotation mark is missing.")
		}

		chunk, ok := unescape(rest[1:end])
		if !ok {
			return "", invalidTXT(s, "A backslash in quotation marks begins an escape: write "+
				`\\ for a backslash, \" for a quotation mark, or \ and three digits from 000 to 255 for a byte.`)
		}
		if end+1 == len(rest) && b.Len() == 0 {
			return chunk, nil
		}
		b.WriteString(chunk)
		rest = rest[end+1:]
	}
	return b.String(), nil
}

// liveTXT is like canonicalTXT for a live record, but never fails: Cloudflare stores a content as it was
// sent, with any quoting.
func liveTXT(s string) string {
	if content, p := canonicalTXT(s); p == nil {
		return content
	}
	if text, p := readTXT(s); p == nil {
		return quote(text)
	}
	return quote(s)
}

// chunks splits a canonical text into quoted strings of at most 255 bytes each. It does not split in
// the middle of a character.
func chunks(content string) string {
	if len(content) <= maxString+2 {
		return content
	}

	text := TXTValue(content)
	var out []string
	for len(text) > maxString {
		cut := boundary(text)
		out = append(out, quote(text[:cut]))
		text = text[cut:]
	}
	return strings.Join(append(out, quote(text)), " ")
}

// boundary returns the length of the longest first chunk of text that ends between two characters.
// Invalid UTF-8 may be split anywhere.
func boundary(text string) int {
	for cut := maxString; cut > maxString-utf8.UTFMax; cut-- {
		if utf8.RuneStart(text[cut]) {
			return cut
		}
	}
	return maxString
}

func invalidTXT(s, why string) *Problem {
	return fault("txt", AttrContent, "Invalid text", "%s is not the text of a TXT record. %s", Show(s), why)
}
