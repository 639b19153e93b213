package reconcile

import (
	"slices"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// changeID identifies a change within its plan: by its record or, for an add, by the record that it adds.
// Unlike [plan.Change.Digest], it means nothing outside of that plan.
type changeID struct {
	recordID string
	record   dns.Key // without content if there is an ID
}

func idOf(c plan.Change) changeID {
	if c.Action == plan.Add {
		return changeID{record: c.AfterRecord().Key()}
	}
	return changeID{c.RecordID, dns.Key{Name: c.Name, Type: c.Type}}
}

// changeSet is a subset of the changes of a plan.
type changeSet map[changeID]bool

func setOf(changes []plan.Change) changeSet {
	out := make(changeSet, len(changes))
	for _, c := range changes {
		out[idOf(c)] = true
	}
	return out
}

func (s changeSet) has(c plan.Change) bool { return s[idOf(c)] }

// without returns the changes that are not in the set.
func (s changeSet) without(changes []plan.Change) []plan.Change {
	if len(s) == 0 {
		return changes
	}
	return slices.DeleteFunc(slices.Clone(changes), s.has)
}
