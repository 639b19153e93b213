package cloudflare

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/cfplan/cfplan/internal/secret"
)

// longestText is how many characters of a foreign text an error keeps.
const longestText = 300

// redactor makes texts that others wrote fit to be shown.
type redactor struct{ known secret.Redactor }

func newRedactor(c Credentials) redactor {
	return redactor{secret.NewRedactor(c.Token, c.Key, c.Email)}
}

// text makes a foreign text fit to be shown: no credentials, no control
// characters, not too long.
func (r redactor) text(s string) string {
	// Cut roughly first, as the text may be megabytes long; whatever this cuts
	// in two is far beyond what presentable keeps.
	s = s[:min(len(s), 64*longestText)]
	return presentable(r.known.Strike(s))
}

// err returns err as it is, or where its text holds a credential, an error with
// the rest of the text that still tells a cancelled context.
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

// presentable escapes what a terminal would act upon or not show, and cuts what
// is too long. It leaves its own results as they are.
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
