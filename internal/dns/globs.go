package dns

import (
	"iter"
	"strings"
)

// Globs is a set of patterns as [Glob] takes them, each with a value, that finds those which match a text without trying
// them all; see [Shapes]. The zero value is empty.
type Globs[T any] struct {
	values map[string]*T
	shapes Shapes[globbed[T]]
}

type globbed[T any] struct {
	// pattern is empty if the shape says it all: it has no `?`.
	pattern string
	value   *T
}

// At returns the value of a pattern, to be filled in. A pattern that is new is added with the zero value.
func (g *Globs[T]) At(pattern string) *T {
	pattern = strings.ToLower(pattern)
	if value, known := g.values[pattern]; known {
		return value
	}

	value := new(T)
	if g.values == nil {
		g.values = map[string]*T{}
	}
	g.values[pattern] = value
	one := globbed[T]{value: value}
	if strings.Contains(pattern, "?") {
		one.pattern = pattern
	}
	g.shapes.Add(strings.Split(strings.ReplaceAll(pattern, "?", "*"), "*"), one)
	return value
}

// Match returns the values of the patterns that match the text.
func (g *Globs[T]) Match(text string) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		text = strings.ToLower(text)
		for one := range g.shapes.Match(text) {
			if one.pattern != "" && !Glob(one.pattern, text) {
				continue
			}
			if !yield(one.value) {
				return
			}
		}
	}
}

// Any reports whether a pattern matches the text.
func (g *Globs[T]) Any(text string) bool {
	for range g.Match(text) {
		return true
	}
	return false
}
