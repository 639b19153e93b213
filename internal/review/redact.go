package review

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode"
)

// longestText is how many characters of a foreign text are kept.
const longestText = 300

// shortestSecret keeps a placeholder such as "x" from being struck out of every
// word. Tokens of both forges have 20 characters and more.
const shortestSecret = 6

// redactor is the token, which it strikes out of what others wrote: a server may
// echo what it was sent.
type redactor string

// strike takes the token out, however it is spelt in a URL or in JSON.
func (r redactor) strike(s string) string {
	if len(r) < shortestSecret {
		return s
	}
	quoted, _ := json.Marshal(string(r)) // a string can always be marshalled
	for _, form := range []string{string(r), url.QueryEscape(string(r)), url.PathEscape(string(r)), strings.Trim(string(quoted), `"`)} {
		s = strings.ReplaceAll(s, form, "[redacted]")
	}
	return s
}

// text makes a foreign text one line without token and control characters.
func (r redactor) text(s string) string {
	s = strings.Join(strings.Fields(r.strike(s)), " ")
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

// longestLink bounds the address of a comment, in bytes.
const longestLink = 2048

// link returns the address of a comment, "" for what is no address that people
// could be sent to.
func (r redactor) link(s string) string {
	u, err := url.Parse(s)
	if err != nil || len(s) > longestLink || u.Host == "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") || r.strike(s) != s {
		return ""
	}
	return u.String()
}
