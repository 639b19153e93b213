package state

import (
	"fmt"

	"github.com/cfplan/cfplan/internal/english"
)

// Refusal is the kind of an [EditError]. Its text is a summary for people.
type Refusal string

const (
	// NotOwned refuses an address or an ID that the state does not have.
	NotOwned Refusal = "No such address in the state"
	// NotMovable refuses an address that does not fit the record to move.
	NotMovable Refusal = "Address cannot be moved"
	// SameAddress refuses to move a record to its own address.
	SameAddress Refusal = "Wrong usage"
	// AddressTaken refuses an address that already has its records.
	AddressTaken Refusal = "Address is taken"
	// RequestOpen refuses to touch a zone while the outcome of a request is unknown.
	RequestOpen Refusal = "An apply is not settled"
	// NothingToForget refuses a name that is neither a zone nor an address of the state.
	NothingToForget Refusal = "Nothing to remove"
)

// EditError reports why an edit by hand, such as state mv, was refused. The state was
// not changed.
type EditError struct {
	Refusal Refusal
	// Problem is what is wrong, as a clause without a full stop.
	Problem string
	// Next is what to do, in whole sentences.
	Next string
}

// Error returns only the problem.
func (e *EditError) Error() string { return e.Problem }

func refuse(kind Refusal, next, format string, args ...any) error {
	return &EditError{Refusal: kind, Problem: fmt.Sprintf(format, args...), Next: next}
}

// requestOpen refuses to touch a zone whose journal is open. hint is one more sentence,
// or empty.
func requestOpen(zone string, j *Journal, hint string) error {
	next := "The run is still working, or was cut off: the next cfplan apply reads the zone and records what took " +
		"effect. Nothing was changed."
	if hint != "" {
		next += " " + hint
	}
	return refuse(RequestOpen, next, "%s: the run of %s sent a request at %s, and its outcome is not recorded", zone,
		j.Who, english.Second(j.At))
}
