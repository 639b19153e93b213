package state_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/state"
)

func TestBesideInsertsTheDocumentIntoTheName(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"cfplan.state.json", "cfplan.state.snapshots.json"},
		{"a.b/state", "a.b/state.snapshots"},
		{"dns.json", "dns.snapshots.json"},
	} {
		if got := state.DocSnapshots.Beside(c.name); got != c.want {
			t.Errorf("Beside(%q) = %q, want %q", c.name, got, c.want)
		}
		if got := state.DocState.Beside(c.name); got != c.name {
			t.Errorf("DocState.Beside(%q) = %q, want the same name", c.name, got)
		}
	}
}
