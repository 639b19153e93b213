package local

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/state"
)

// Attributes returns the names of the attributes of a block `backend "local"`.
func Attributes() []string { return []string{"path"} }

// Configure returns the backend that a block with these settings describes. Relative paths start from dir. It
// reads and writes nothing.
func Configure(given state.Settings, dir string) (*Backend, error) {
	attrs := given.Attributes()
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		if !slices.Contains(Attributes(), name) {
			return nil, fmt.Errorf("backend \"local\" has no attribute %q; available: %s", name,
				strings.Join(Attributes(), ", "))
		}
	}

	path := attrs["path"]
	if path == "" {
		path = state.DefaultName
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}

	return New(path), nil
}
