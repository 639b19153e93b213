package state_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/state"
)

func TestNamesOfDocuments(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"cfplan.state.json", "cfplan.state.snapshots.json"},
		{"a.b/state", "a.b/state.snapshots"},
		{"dns.json", "dns.snapshots.json"},
	} {
		if got := state.DocSnapshots.Beside(c.name); got != c.want {
			t.Errorf("Beside(%q) = %q, want %q", c.name, got, c.want)
		}
		if got := state.DocState.Beside(c.name); got != c.name {
			t.Errorf("the state beside %q = %q, want itself", c.name, got)
		}
	}
}
