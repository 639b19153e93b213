package state

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
)

// DefaultPath is where the local backend keeps the state if nothing else is said.
const DefaultPath = "cfplan.state.json"

// Open returns the store that a `backend "KIND" { … }` block names with its
// attributes; an empty kind is the local one. Relative paths start from dir. It
// reads and writes nothing yet.
func Open(kind string, attrs map[string]string, dir string) (Store, error) {
	switch kind {
	case "", "local":
		return openLocal(attrs, dir)
	default:
		return nil, fmt.Errorf("there is no backend %q; available: \"local\"", kind)
	}
}

func openLocal(attrs map[string]string, dir string) (Store, error) {
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
	return OpenLocal(path), nil
}
