package review

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/cfplan/cfplan/internal/secret"
)

// longestText is the length in characters to which redactor.text cuts a text from outside.
const longestText = 300

// redactor prepares texts from outside for display, without the token.
type redactor struct{ known secret.Redactor }

func newRedactor(token string) redactor { return redactor{secret.NewRedactor(token)} }

// text turns a text from outside into one line without the token and without control characters.
func (r redactor) text(s string) string {
	s = strings.Join(strings.Fields(r.known.Strike(s)), " ")
	s = strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return unicode.ReplacementChar
		}
		return c
	}, s)
	if runes := []rune(s); len(runes) > longestText {
		return string(runes[:longestText-1]) + "…"
	}
	return s
}

// longestLink limits the address of a comment, in bytes.
const longestLink = 2048

// link returns the address of a comment, or "" if it is not safe to show: it has another scheme than http or https, a
// user name or a password, contains the token, or is too long.
func (r redactor) link(s string) string {
	u, err := url.Parse(s)
	if err != nil || len(s) > longestLink || u.Host == "" || u.User != nil ||
		(u.Scheme != "https" && u.Scheme != "http") || r.known.Strike(s) != s {
		return ""
	}
	return u.String()
}
