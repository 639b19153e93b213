package cloudflare

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/cfplan/cfplan/internal/secret"
)

// longestText is the largest number of characters that an error keeps of a text from outside.
const longestText = 300

// redactor makes texts from outside safe to show.
type redactor struct{ known secret.Redactor }

func newRedactor(c Credentials) redactor {
	return redactor{secret.NewRedactor(c.Token, c.Key, c.Email)}
}

// text makes a text from outside safe to show: without credentials and control characters, and not too long.
func (r redactor) text(s string) string {
	// The text may be megabytes long, so cut it roughly first. If this cuts a credential in two, the rest of
	// it is far beyond the part that presentable keeps.
	s = s[:min(len(s), 64*longestText)]
	return presentable(r.known.Strike(s))
}

// err returns err unchanged if its text contains no credential. Otherwise it returns an error with the
// redacted text, which still wraps the error of a context.
func (r redactor) err(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if clean := r.text(text); clean != text {
		return &redactedError{clean, contextCause(err)}
	}
	return err
}

type redactedError struct {
	text  string
	cause error
}

func (e *redactedError) Error() string { return e.text }
func (e *redactedError) Unwrap() error { return e.cause }

func contextCause(err error) error {
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, cause) {
			return cause
		}
	}
	return nil
}

// presentable escapes characters that a terminal would interpret or not show, and cuts a long text. Applied
// to its own result, it changes nothing.
func presentable(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n == longestText {
			return string([]rune(b.String())[:longestText-1]) + "…"
		}
		piece := string(r)
		if !unicode.IsPrint(r) {
			piece = fmt.Sprintf(`\u%04x`, r)
		}
		if n += len([]rune(piece)); n > longestText {
			return string([]rune(b.String() + piece)[:longestText-1]) + "…"
		}
		b.WriteString(piece)
	}

	return b.String()
}
