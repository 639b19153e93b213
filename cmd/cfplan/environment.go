package main

import "strings"

// environment is the process's environment, as NAME=VALUE.
type environment []string

// get returns the last value of a variable, or "" if it is not set.
func (e environment) get(name string) string {
	for i := len(e) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(e[i], name+"="); ok {
			return value
		}
	}
	return ""
}

// namesLike returns the names of the variables with a prefix and a suffix.
func (e environment) namesLike(prefix, suffix string) []string {
	var out []string
	for _, entry := range e {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, prefix) && strings.HasSuffix(name, suffix) {
			out = append(out, name)
		}
	}
	return out
}

// or returns the first of two values that is not empty.
func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
