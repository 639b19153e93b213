package reconcile

import (
	"github.com/cfplan/cfplan/internal/plan"
)

// digestTable has the digest of each change of a plan. Each is computed once, and looked up when
// the change is about to be made and when it is recorded.
type digestTable map[changeID]string

func digestAll(zones []plan.Zone) digestTable {
	out := digestTable{}
	for _, z := range zones {
		for _, c := range z.Changes {
			out[idOf(c)] = c.Digest()
		}
	}
	return out
}

func (t digestTable) digest(c plan.Change) string { return t[idOf(c)] }

func (t digestTable) digests(changes []plan.Change) []string {
	out := make([]string, len(changes))
	for i, c := range changes {
		out[i] = t.digest(c)
	}
	return out
}

// byZone returns the digests of the planned changes of each zone.
func (t digestTable) byZone(zones []plan.Zone) map[string][]string {
	out := make(map[string][]string, len(zones))
	for _, z := range zones {
		out[z.Name] = t.digests(z.Changes)
	}
	return out
}

// digestSet holds digests that were stored, so that their changes can be found in a plan that is read later.
type digestSet map[string]bool

func (s digestSet) add(digests []string) {
	for _, d := range digests {
		s[d] = true
	}
}

func (s digestSet) has(c plan.Change) bool { return len(s) > 0 && s[c.Digest()] }
