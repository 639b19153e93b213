package importer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// jsonWalk reads one JSON document, or several in a row, value by value. It does not decode a document as a
// whole, to save memory, and it knows the line of each value. Numbers are json.Number.
type jsonWalk struct {
	text []byte
	dec  *json.Decoder
	// start is where the document begins.
	start int
	// newlines is the number of newlines in the first counted bytes of the text.
	counted, newlines int
}

func newJSONWalk(text []byte) *jsonWalk {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	w := &jsonWalk{text: text, dec: json.NewDecoder(bytes.NewReader(text))}
	w.dec.UseNumber()
	return w
}

// next goes to the next document and reports whether there is one.
func (w *jsonWalk) next() bool {
	w.start = w.valueAt()
	return w.start < len(w.text)
}

// valueAt returns where the next value begins.
func (w *jsonWalk) valueAt() int {
	at := int(w.dec.InputOffset())
	for at < len(w.text) && bytes.IndexByte([]byte(" \t\r\n,:"), w.text[at]) >= 0 {
		at++
	}
	return at
}

// peek returns the first byte of the next value, or 0 at the end of the text.
func (w *jsonWalk) peek() byte {
	if at := w.valueAt(); at < len(w.text) {
		return w.text[at]
	}
	return 0
}

// shapeError reports a value that is valid JSON but not what the format requires.
type shapeError struct {
	line int
	// what says what is wrong, as a sentence.
	what string
}

func (e *shapeError) Error() string { return e.what }

// line returns the line of the next value.
func (w *jsonWalk) line() int {
	at := w.valueAt()
	if at > w.counted {
		w.newlines += bytes.Count(w.text[w.counted:at], []byte("\n"))
		w.counted = at
	}
	return w.newlines + 1
}

// object calls member for each member of the next value, which must be an object or null. member must read
// the member's value.
func (w *jsonWalk) object(name string, member func(key string) error) error {
	return w.each(name, '{', "an object", func() error {
		key, err := w.dec.Token()
		if err != nil {
			return err
		}
		return member(key.(string))
	})
}

// list calls element for each element of the next value, which must be a list or null. element must read the
// element.
func (w *jsonWalk) list(name string, element func() error) error {
	return w.each(name, '[', "a list", element)
}

func (w *jsonWalk) each(name string, opening json.Delim, shape string, visit func() error) error {
	line := w.line()
	token, err := w.dec.Token()
	switch {
	case err != nil:
		return err
	case token == nil:
		return nil
	case token != opening:
		return &shapeError{line, fmt.Sprintf("%s must be %s.", name, shape)}
	}

	for w.dec.More() {
		if err := visit(); err != nil {
			return err
		}
	}
	_, err = w.dec.Token()
	return err
}

// decode reads the next value. If it has another shape, the error is a *json.UnmarshalTypeError, and the walk can go on.
func (w *jsonWalk) decode(v any) error { return w.dec.Decode(v) }

// skip reads the next value and drops it.
func (w *jsonWalk) skip() error {
	var passed skippedJSON
	return w.dec.Decode(&passed)
}

// skippedJSON decodes from any value and keeps nothing of it.
type skippedJSON struct{}

// UnmarshalJSON does nothing.
func (*skippedJSON) UnmarshalJSON([]byte) error { return nil }

// end returns an error if more text follows the document.
func (w *jsonWalk) end() error {
	line := w.line()
	if _, err := w.dec.Token(); err != io.EOF {
		return &shapeError{line, "Something follows the end of the JSON document."}
	}
	return nil
}

// problem returns a diagnostic for an error of the walk. It quotes nothing of the document except a
// character.
func (w *jsonWalk) problem(file string, err error) plan.Diagnostic {
	d := plan.Diagnostic{Severity: dns.Error, Summary: "Unreadable JSON", Detail: err.Error()}
	line := 0
	if shape, ok := errors.AsType[*shapeError](err); ok {
		line = shape.line
	} else {
		d.Detail, line = w.syntax(err)
	}
	d.Position = &plan.Position{File: file, Line: line}
	return d
}

// syntax returns what is wrong with a document that is not JSON, and the line. It parses the document again,
// because the decoder counts the offset in its error from the last token.
func (w *jsonWalk) syntax(err error) (detail string, line int) {
	var whole skippedJSON
	syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(w.text[w.start:], &whole))
	if !ok {
		return fmt.Sprintf("The document cannot be read: %v.", err), w.line()
	}
	at := min(w.start+int(syntax.Offset), len(w.text))
	line = 1 + bytes.Count(w.text[:at], []byte("\n"))
	if at == len(w.text) {
		return "The JSON ends in the middle of a value: the file may have been cut off.", line
	}
	return fmt.Sprintf("The text is not JSON: %v.", syntax), line
}
