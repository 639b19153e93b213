package cloudflare

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/cfplan/cfplan/internal/secret"
)

// longestText is the number of characters of a foreign text that an error keeps.
const longestText = 300

// redactor makes texts from others safe to show.
type redactor struct{ known secret.Redactor }

func newRedactor(c Credentials) redactor {
	return redactor{secret.NewRedactor(c.Token, c.Key, c.Email)}
}

// text makes a foreign text safe to show: it has no credentials and no control characters, and is not too long.
func (r redactor) text(s string) string {
	// The text may be megabytes long, so cut it roughly first. A credential that this cuts in two is far
	// beyond what presentable keeps.
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

// presentable escapes characters that a terminal would act on or not show, and cuts a long text. It leaves
// its own results unchanged.
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
