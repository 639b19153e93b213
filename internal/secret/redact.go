package secret

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
)

// Struck stands where a credential was.
const Struck = "[redacted]"

// shortest keeps a placeholder such as "x" from being struck out of every word. The
// credentials of Cloudflare, GitHub and GitLab have 20 characters and more.
const shortest = 6

// Redactor strikes known credentials out of what others wrote: a server may echo what it
// was sent, and errors and logs go to places where no credential may be. The zero value
// knows none.
type Redactor struct {
	// credentials come longest first.
	credentials []string
	forms       []form
}

// form is one way in which a credential can be written.
type form struct {
	text []rune
	// base64 says that the text is the part of a text in base64 that the credential alone
	// decides. Before and after tell whether the next character depends on it too.
	base64, before, after bool
}

// NewRedactor returns a redactor of the credentials that are long enough.
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

// inBase64 returns the form of a text inside of a longer one that was encoded, with shift
// more bytes in front of it than a multiple of three.
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

// Strike replaces each credential, also one that is written with the escapes of URLs, JSON
// or HTML, or that is a part of a text in base64.
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

// find looks for a form that begins at an index of a text. It returns the part of the
// text to be struck out; end is 0 if there is none.
func (r Redactor) find(s string, at int) (start, end int) {
	for _, f := range r.forms {
		if n := f.match(s[at:]); n > 0 {
			start, end = f.widen(s, at, at+n)
			return start, end
		}
	}
	return 0, 0
}

// match returns the length of the form at the start of a text, or 0.
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

// widen adds the characters of base64 on both sides that hold a part of the credential,
// and the signs that fill up the end.
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

// otherAlphabet is spelling for the two characters that base64 in URLs writes differently.
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

// blanks returns the length of the line breaks and blanks at the start of a text, also of
// escaped ones.
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
