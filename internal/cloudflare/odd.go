package cloudflare

import (
	"fmt"

	"github.com/cfplan/cfplan/internal/dns"
)

// Odd is a field of a record that is not as the API describes it. The record was read all the same, as well as that
// could be done. It never holds the field's value, which may be a secret.
type Odd struct {
	// Record names the record for people: type, name and ID.
	Record string
	// Field is the field's name in the API; a member of a field is written as meta.read_only.
	Field string
	// What says what is odd and how it was read, such as "is a string, read as the number in it".
	What string
}

// String returns the field and what is odd about it.
func (o Odd) String() string { return o.Field + " " + o.What }

// unreadableError is an answer, or a record in one, that cannot be read although it is one of the API.
type unreadableError struct{ why string }

func (e *unreadableError) Error() string { return e.why }

func unreadablef(format string, args ...any) error {
	return &unreadableError{fmt.Sprintf(format, args...)}
}

// errNoResult is an answer that calls itself a success and has nothing else.
var errNoResult error = &unreadableError{"the answer has no result"}

// note adds an odd field.
func (w *wireRecord) note(field, what string) {
	w.odd = append(w.odd, Odd{Field: field, What: what})
}

// noted reports whether the field is known to be odd already.
func (w *wireRecord) noted(field string) bool {
	for _, o := range w.odd {
		if o.Field == field {
			return true
		}
	}
	return false
}

// oddities returns what is odd in the record, with its name.
func (w *wireRecord) oddities() []Odd {
	for i := range w.odd {
		w.odd[i].Record = w.label()
	}
	return w.odd
}

// label names the record by what can be read of it.
func (w *wireRecord) label() string {
	text := func(s, instead string) string {
		if s == "" {
			return instead
		}
		return presentable(s)
	}
	return fmt.Sprintf("%s %s (ID %s)",
		text(w.Type, "record"), text(canonicalName(w.Name), "without a name"), text(w.ID, "unknown"))
}

// unreadable is the error of a record that can be neither compared nor changed without the field. To leave the record
// out would make a plan that creates it once more.
func (w *wireRecord) unreadable(field string) error {
	what := "is missing"
	if shape := w.shapes[field]; shape != "" {
		what = "is " + shape
	}
	return unreadablef("%s: the field %s cannot be read: it %s", w.label(), field, what)
}

// checkNumbers notes what is odd in the numbers of a record that was read.
func (w *wireRecord) checkNumbers(t dns.Type, v dns.Value) {
	if t == dns.MX && !v.HasPriority && !w.noted("priority") {
		w.note("priority", "is missing or not a priority, so that it is not known")
	}
	if !w.Proxied && w.TTL != float64(w.ttl()) && !w.noted("ttl") {
		w.note("ttl", "is missing or not a number of seconds, "+takenFor["ttl"])
	}
}
