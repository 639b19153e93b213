package main

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/state"
	"github.com/cfplan/cfplan/internal/state/local"
)

// The user decides where a local state is. The configuration may come from a stranger, so it can
// only choose a path inside of the directory.

// statePathVariable names the local state in the environment.
const statePathVariable = "CFPLAN_STATE_PATH"

// choosePath takes the path of a local state from the environment if nothing else sets it. The
// state is confined to the directory, unless the operator sets the path, or names the same place.
func (l *locations) choosePath(s state.Settings) (out state.Settings, confined bool) {
	if named := l.env.get(statePathVariable); named != "" && s.Value("path").Value == "" {
		s = s.Over(state.Layer{Attributes: map[string]string{"path": named}})
	}

	given := s.Value("path")
	if given.Value == "" {
		return s, true
	}
	named := func(path string) bool { return l.statePath(path) == l.statePath(given.Value) }
	return s, !given.Origin.Operator() && !slices.ContainsFunc(s.Operators("path", statePathVariable), named)
}

// statePath returns the absolute path of a local state whose path is relative to the directory.
func (l *locations) statePath(path string) string {
	path = l.dir.path(path)
	if absolute, err := filepath.Abs(path); err == nil {
		return absolute
	}
	return filepath.Clean(path)
}

// confine keeps a local state inside of the directory if a file chose its path.
func (l *locations) confine(b state.Backend, p location) error {
	file, ok := b.(*local.Backend)
	if !ok || !p.confined {
		return nil
	}

	err := file.Confine(l.dir.root())
	var outside *local.OutsideError
	if errors.As(err, &outside) {
		return failure("State is outside of the directory",
			"The files of the configuration, or a link among them, put the state at %s, outside of %s. Only the "+
				"user may choose such a place: set %s=%s in the environment, or add -backend-config=path=%[4]s. "+
				"Nothing was read or written there.",
			outside.Path, outside.Within, statePathVariable, or(p.settings.Value("path").Value, outside.Path))
	}
	if err != nil {
		return failure("Backend cannot be used", "%v.", err)
	}
	return nil
}

// secretFiles are the environment variables that name files with credentials.
var secretFiles = []string{
	"CLOUDFLARE_API_TOKEN_FILE", "CFPLAN_STATE_IDENTITY_FILE",
	"AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE",
	"PGPASSFILE", "PGSERVICEFILE", "PGSSLKEY",
}

// withheld returns the files that expressions of the configuration must not read: the files of a
// local state, and files with credentials of this run.
func (l *locations) withheld(b *config.Backend) []string {
	var out []string
	for _, name := range slices.Concat(secretFiles, l.env.namesLike("CLOUDFLARE_API_TOKEN_", "_FILE")) {
		if path := l.env.get(name); path != "" {
			out = append(out, path, l.dir.path(path))
		}
	}

	attrs := map[string]string{}
	if b != nil {
		if b.Type != "local" {
			return append(out, l.optionFiles(attrs)...)
		}
		maps.Copy(attrs, b.Attributes)
	}
	out = append(out, l.optionFiles(attrs)...)
	return append(out, local.New(l.statePath(or(or(attrs["path"], l.env.get(statePathVariable)), state.DefaultName))).Files()...)
}

// optionFiles overrides attributes by the values of -backend-config and returns the files that
// hold these values. Mistakes in a file are reported when the state is opened.
func (l *locations) optionFiles(attrs map[string]string) []string {
	var out []string
	for _, option := range l.options {
		if name, value, ok := strings.Cut(option, "="); ok {
			attrs[strings.TrimSpace(name)] = value
			continue
		}
		path := l.dir.path(option)
		out = append(out, path)
		found, _, _ := config.BackendFile(option, path)
		maps.Copy(attrs, found)
	}
	return out
}
