package state

import (
	"errors"
	"fmt"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
)

// Journal is a request that is about to be sent, or was and has no known outcome.
// It stands in the state from before the request until its outcome is recorded, so
// that a run which was killed in between leaves word of what may have happened.
type Journal struct {
	At         time.Time   `json:"at"`
	Who        string      `json:"who"`
	Operations []Operation `json:"operations"`
}

// Operation is one of the changes of a request.
type Operation struct {
	// Action is "add", "change" or "destroy".
	Action  string `json:"action"`
	Address string `json:"address"`
	// Record is what it says afterwards, for a destroy what it said before. It has
	// an ID but for an add.
	Record dns.Record `json:"record"`
	// Forget tells that the record is not cfplan's afterwards.
	Forget bool `json:"forget,omitempty"`
}

func validateJournal(j *Journal) error {
	if err := validateTime(j.At); err != nil {
		return err
	}
	for _, o := range j.Operations {
		switch {
		case o.Action != "add" && o.Action != "change" && o.Action != "destroy":
			return fmt.Errorf("an operation %q is not known", o.Action)
		case o.Record.Name == "" || o.Record.Type == "":
			return errors.New("an operation has a record without name or type")
		case (o.Record.ID == "") != (o.Action == "add"):
			return fmt.Errorf("the operation %q of %s has an ID that it must not have, or lacks one", o.Action, o.Record.Name)
		case !validKey(o.Record.ID) && o.Action != "add":
			return fmt.Errorf("the record ID %q is none", o.Record.ID)
		}
	}
	return nil
}
