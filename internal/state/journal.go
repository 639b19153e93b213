package state

import (
	"errors"
	"fmt"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
)

// Journal is a request that is about to be sent, or was sent and has no known outcome.
// It is in the state from before the request until the outcome is recorded, so that a
// run that is killed in between leaves a note of what may have happened.
type Journal struct {
	At         time.Time   `json:"at"`
	Who        string      `json:"who"`
	Operations []Operation `json:"operations"`
}

// Action is the effect of an operation on a record at Cloudflare.
type Action string

// These are the actions.
const (
	Add     Action = "add"
	Change  Action = "change"
	Destroy Action = "destroy"
)

// Operation is one of the changes of a request.
type Operation struct {
	Action  Action `json:"action"`
	Address string `json:"address"`
	// Record is the record after the operation or, if the operation destroys it, before. It has an ID
	// unless the operation adds it.
	Record dns.Record `json:"record"`
	// Forget is true if cfplan no longer owns the record afterwards.
	Forget bool `json:"forget,omitempty"`
	// Digest identifies the change of the plan, so that the history can say whether it was made.
	Digest string `json:"digest,omitempty"`
	// Sensitive lists the attributes of the record that must not be shown.
	Sensitive []dns.Attribute `json:"sensitive,omitempty"`
	// LetGo is [Owned].LetGo of the record.
	LetGo bool `json:"let_go,omitempty"`
}

func validateJournal(j *Journal) error {
	if err := validateTime(j.At); err != nil {
		return err
	}
	for _, o := range j.Operations {
		if err := validateOperation(o); err != nil {
			return err
		}
	}
	return nil
}

func validateOperation(o Operation) error {
	switch {
	case o.Action != Add && o.Action != Change && o.Action != Destroy:
		return fmt.Errorf("the operation %q is unknown", o.Action)
	case o.Record.Name == "" || o.Record.Type == "":
		return errors.New("an operation has a record without a name or type")
	case (o.Record.ID == "") != (o.Action == Add):
		return fmt.Errorf("the operation %q of %s has an ID that it must not have, or its ID is missing",
			o.Action, o.Record.Mask(o.Sensitive).Name)
	case !validKey(o.Record.ID) && o.Action != Add:
		return fmt.Errorf("%q is not a record ID", o.Record.ID)
	default:
		return nil
	}
}
