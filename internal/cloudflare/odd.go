package cloudflare

import (
	"fmt"

	"github.com/cfplan/cfplan/internal/dns"
)

// Odd is a field of a record that does not have the documented form. The client still read the record as well
// as possible. Odd never contains the field's value, which may be a secret.
type Odd struct {
	// Record names the record for users, by type, name and ID.
	Record string
	// Field is the field's name in the API. A member of a field has a name like meta.read_only.
	Field string
	// What says what is odd and how the client read the field, such as "is a string, read as the number in
	// it".
	What string
}

// String returns the field and what is odd about it.
func (o Odd) String() string { return o.Field + " " + o.What }

// unreadableError means that an answer of the API, or a record in it, cannot be read.
type unreadableError struct{ why string }

func (e *unreadableError) Error() string { return e.why }

func unreadablef(format string, args ...any) error {
	return &unreadableError{fmt.Sprintf(format, args...)}
}

// errNoResult is the error for an answer that reports a success but has no result.
var errNoResult error = &unreadableError{"the answer has no result"}

// note adds an odd field.
func (w *wireRecord) note(field, what string) {
	w.odd = append(w.odd, Odd{Field: field, What: what})
}

// noted reports whether the field is already known to be odd.
func (w *wireRecord) noted(field string) bool {
	for _, o := range w.odd {
		if o.Field == field {
			return true
		}
	}
	return false
}

// oddities returns the odd fields of the record, with the record's name.
func (w *wireRecord) oddities() []Odd {
	for i := range w.odd {
		w.odd[i].Record = w.label()
	}
	return w.odd
}

// label returns words that name the record, from the fields that can be read.
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

// unreadable returns the error for a record whose field cannot be read but is needed to compare and change
// the record. If the client left the record out instead, the plan would create it again.
func (w *wireRecord) unreadable(field string) error {
	what := "is missing"
	if shape := w.shapes[field]; shape != "" {
		what = "is " + shape
	}
	return unreadablef("%s: the field %s cannot be read: it %s", w.label(), field, what)
}

// checkNumbers notes odd numbers in a record that was read.
func (w *wireRecord) checkNumbers(t dns.Type, v dns.Value) {
	if t == dns.MX && !v.HasPriority && !w.noted("priority") {
		w.note("priority", "is missing or not a priority, so it is not known")
	}
	if !w.Proxied && w.TTL != float64(w.ttl()) && !w.noted("ttl") {
		w.note("ttl", "is missing or not a number of seconds, "+takenFor["ttl"])
	}
}
