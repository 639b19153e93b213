package config

import (
	"os"
	"strings"
)

// The names of files decide what they are. Configuration is in .cf.hcl and .cf.json, values
// of variables in .cfvars and .cfvars.json. Hidden files, such as those that editors make, are
// neither.

// FileNames returns the names of a directory's configuration files in order.
func FileNames(dir string) ([]string, error) { return namesIn(dir, IsFileName) }

// IsFileName reports whether a file with this name, without its directory, is a part of its
// directory's configuration.
func IsFileName(name string) bool { return isConfiguration(name) && !isHidden(name) }

// CanFormat reports whether Format is for files with this name: configuration and values of
// variables, but not in JSON.
func CanFormat(name string) bool {
	return strings.HasSuffix(name, ".cf.hcl") || strings.HasSuffix(name, ".cfvars")
}

// isAutoValueFile reports whether a file gives values to variables without being named on
// the command line.
func isAutoValueFile(name string) bool {
	return strings.HasSuffix(strings.TrimSuffix(name, ".json"), ".auto.cfvars") && !isHidden(name)
}

func isConfiguration(name string) bool {
	return strings.HasSuffix(name, ".cf.hcl") || strings.HasSuffix(name, ".cf.json")
}

func isHidden(name string) bool { return strings.HasPrefix(name, ".") }

// namesIn returns the names of a directory's files that are wanted, in order.
func namesIn(dir string, wanted func(name string) bool) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}

	var out []string
	for _, e := range entries {
		if !e.IsDir() && wanted(e.Name()) {
			out = append(out, e.Name())
		}
	}
	return out, nil
}
