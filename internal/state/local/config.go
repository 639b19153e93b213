package local

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/cfplan/cfplan/internal/state"
)

// Configure returns the backend that a block with these settings describes. Relative
// paths start from dir. It reads and writes nothing yet.
func Configure(given state.Settings, dir string) (*Backend, error) {
	attrs := given.Attributes()
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		if name != "path" {
			return nil, fmt.Errorf("backend \"local\" has no attribute %q; available: path", name)
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
