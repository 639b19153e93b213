package state

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
)

// DefaultPath is where the local backend keeps the state if nothing else is said.
const DefaultPath = "cfplan.state.json"

// ConfigureLocal returns the local backend that a block with these attributes
// means. Relative paths start from dir. It reads and writes nothing yet.
func ConfigureLocal(attrs map[string]string, dir string) (*Local, error) {
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		if name != "path" {
			return nil, fmt.Errorf("backend \"local\" has no attribute %q; available: path", name)
		}
	}
	path := attrs["path"]
	if path == "" {
		path = DefaultPath
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	return NewLocal(path), nil
}
