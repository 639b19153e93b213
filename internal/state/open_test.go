package state_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
)

func TestOpen(t *testing.T) {
	dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "s.json")
	for _, c := range []struct {
		kind  string
		attrs map[string]string
		want  string
	}{
		{"local", nil, filepath.Join(dir, "cfplan.state.json")},
		{"", nil, filepath.Join(dir, "cfplan.state.json")},
		{"local", map[string]string{"path": ""}, filepath.Join(dir, "cfplan.state.json")},
		{"local", map[string]string{"path": "sub/s.json"}, filepath.Join(dir, "sub", "s.json")},
		{"local", map[string]string{"path": elsewhere}, elsewhere},
	} {
		s, err := state.Open(c.kind, c.attrs, dir)
		if err != nil || s.String() != c.want {
			t.Errorf("Open(%q, %v) = %v, %v, want %s", c.kind, c.attrs, s, err, c.want)
		}
	}
}

func TestOpenNamesWhatIsAvailable(t *testing.T) {
	for _, c := range []struct {
		kind  string
		attrs map[string]string
		says  []string
	}{
		{"s3", nil, []string{`"s3"`, `"local"`}},
		{"local", map[string]string{"path": "x", "pth": "y"}, []string{`"pth"`, "available: path"}},
	} {
		s, err := state.Open(c.kind, c.attrs, t.TempDir())
		for _, want := range c.says {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Open(%q, %v) = %v, %v, want an error with %s", c.kind, c.attrs, s, err, want)
			}
		}
	}
}
