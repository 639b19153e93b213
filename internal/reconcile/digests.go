package reconcile

import (
	"slices"

	"github.com/cfplan/cfplan/internal/plan"
)

// digestSet holds changes by their digests, so that they can be found in another plan.
type digestSet map[string]bool

func setOf(changes []plan.Change) digestSet {
	out := make(digestSet, len(changes))
	out.add(digests(changes))
	return out
}

func (s digestSet) add(digests []string) {
	for _, d := range digests {
		s[d] = true
	}
}

func (s digestSet) has(c plan.Change) bool { return len(s) > 0 && s[c.Digest()] }

// without returns the changes that are not in the set.
func (s digestSet) without(changes []plan.Change) []plan.Change {
	if len(s) == 0 {
		return changes
	}
	return slices.DeleteFunc(slices.Clone(changes), s.has)
}

func digests(changes []plan.Change) []string {
	out := make([]string, len(changes))
	for i, c := range changes {
		out[i] = c.Digest()
	}
	return out
}
