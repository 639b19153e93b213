package state_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
)

func TestConfigureLocal(t *testing.T) {
	dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "s.json")
	for _, c := range []struct {
		attrs map[string]string
		want  string
	}{
		{nil, filepath.Join(dir, "cfplan.state.json")},
		{map[string]string{"path": ""}, filepath.Join(dir, "cfplan.state.json")},
		{map[string]string{"path": "sub/s.json"}, filepath.Join(dir, "sub", "s.json")},
		{map[string]string{"path": elsewhere}, elsewhere},
	} {
		b, err := state.ConfigureLocal(c.attrs, dir)
		if err != nil || b.Place(state.DocState) != c.want {
			t.Errorf("ConfigureLocal(%v) = %v, %v, want %s", c.attrs, b, err, c.want)
		}
	}
}

func TestConfigureLocalNamesWhatIsAvailable(t *testing.T) {
	b, err := state.ConfigureLocal(map[string]string{"path": "x", "pth": "y"}, t.TempDir())
	if err == nil || !strings.Contains(err.Error(), `"pth"`) || !strings.Contains(err.Error(), "available: path") {
		t.Errorf("ConfigureLocal = %v, %v, want an error with both attributes", b, err)
	}
}

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
