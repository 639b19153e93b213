package local_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
	"github.com/cfplan/cfplan/internal/state/statetest"
)

func TestConfigureResolvesThePath(t *testing.T) {
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
		b, err := local.Configure(statetest.Given(c.attrs, nil), dir)
		if err != nil || b.Place(state.DocState) != c.want {
			t.Errorf("Configure(%v) = %v, %v, want %s", c.attrs, b, err, c.want)
		}
	}
}

func TestConfigureNamesTheAttributes(t *testing.T) {
	b, err := local.Configure(statetest.Given(map[string]string{"path": "x", "pth": "y"}, nil), t.TempDir())
	if err == nil || !strings.Contains(err.Error(), `"pth"`) || !strings.Contains(err.Error(), "available: path") {
		t.Errorf("Configure = %v, %v, want an error that names pth and path", b, err)
	}
}
