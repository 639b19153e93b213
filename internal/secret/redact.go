package secret

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
)

// Struck replaces a credential.
const Struck = "[redacted]"

// shortest is the length in bytes of the shortest credential that is struck out. Without this bound, a
// placeholder such as "x" would be struck out of every word. Credentials of Cloudflare, GitHub and GitLab
// have 20 characters or more.
const shortest = 6

// Redactor strikes known credentials out of texts from outside. A server may echo what it received, and its
// words end up in errors and logs, where no credential may appear. The zero value knows no credentials.
type Redactor struct {
	// credentials are sorted by length, the longest first.
	credentials []string
	forms       []form
}

// form is one way in which a credential can be written.
type form struct {
	text []rune
	// base64 reports whether text is a piece of a longer text in base64. text then has only the characters
	// that depend on the credential alone. before and after report whether the character next to them also
	// depends on the credential.
	base64, before, after bool
}

// NewRedactor returns a redactor for the credentials that are at least shortest bytes long. It ignores the others.
func NewRedactor(credentials ...string) Redactor {
	known := slices.DeleteFunc(slices.Clone(credentials), func(s string) bool { return len(s) < shortest })
	slices.SortFunc(known, func(a, b string) int { return cmp.Compare(len(b), len(a)) })

	r := Redactor{credentials: known}
	for _, s := range known {
		r.forms = append(r.forms, form{text: []rune(s)})
		for shift := range 3 {
			r.forms = append(r.forms, inBase64(s, shift))
		}
	}
	return r
}

// inBase64 returns the form of s inside a longer text in base64. shift is the number of bytes before s,
// modulo 3.
func inBase64(s string, shift int) form {
	code := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), s...))
	first := (8*shift + 5) / 6
	last := 8 * (shift + len(s)) / 6
	return form{
		text:   []rune(code[first:last]),
		base64: true,
		before: shift > 0,
		after:  (shift+len(s))%3 != 0,
	}
}

// Strike replaces each credential with [Struck]. It also finds a credential that is written with the escapes of
// URLs, JSON or HTML, or that is part of a text in base64.
func (r Redactor) Strike(s string) string {
	for _, credential := range r.credentials {
		s = strings.ReplaceAll(s, credential, Struck)
	}

	var b strings.Builder
	done := 0
	for i := 0; i < len(s); i++ {
		start, end := r.find(s[done:], i-done)
		if end == 0 {
			continue
		}
		b.WriteString(s[done:done+start] + Struck)
		done += end
		i = done - 1
	}
	if done == 0 {
		return s
	}
	return b.String() + s[done:]
}

// find looks for a form that begins at s[at]. It returns the bounds of the part of s to strike out, or an end
// of 0 if no form begins there.
func (r Redactor) find(s string, at int) (start, end int) {
	for _, f := range r.forms {
		if n := f.match(s[at:]); n > 0 {
			start, end = f.widen(s, at, at+n)
			return start, end
		}
	}
	return 0, 0
}

// match returns how many bytes of s the form takes at its start, or 0 if s does not begin with it.
func (f form) match(s string) int {
	n := 0
	for i, r := range f.text {
		if f.base64 && i > 0 {
			n += blanks(s[n:])
		}
		length := spelling(s[n:], r)
		if length == 0 && f.base64 {
			length = otherAlphabet(s[n:], r)
		}
		if length == 0 {
			return 0
		}
		n += length
	}

	return n
}

// widen extends a match in base64 by the adjacent characters that encode a part of the credential, and by the
// padding at the end.
func (f form) widen(s string, start, end int) (int, int) {
	if f.before {
		start = len(strings.TrimRight(s[:start], "\r\n \t"))
		start -= min(1, start)
	}

	if f.after {
		end += blanks(s[end:])
		if end < len(s) {
			end += max(1, spelling(s[end:], '+'), spelling(s[end:], '/'))
		}
		for n := spelling(s[end:], '='); n > 0; n = spelling(s[end:], '=') {
			end += n
		}
	}

	return start, end
}

// otherAlphabet is like spelling, for the two characters that the URL alphabet of base64 writes differently.
func otherAlphabet(s string, r rune) int {
	switch r {
	case '+':
		return spelling(s, '-')
	case '/':
		return spelling(s, '_')
	default:
		return 0
	}
}

// blanks returns the length of the white space at the start of s, including escaped line breaks.
func blanks(s string) int {
	n := 0
	for n < len(s) {
		switch {
		case strings.IndexByte(" \t\r\n", s[n]) >= 0:
			n++
		case strings.HasPrefix(s[n:], `\n`), strings.HasPrefix(s[n:], `\r`):
			n += 2
		default:
			return n
		}
	}
	return n
}
