package dns

import (
	"iter"
	"strings"
)

// Globs is a set of [Glob] patterns, each with a value. It finds the patterns that match a text without trying every
// pattern; see [Shapes]. The zero value is empty.
type Globs[T any] struct {
	values map[string]*T
	shapes Shapes[globbed[T]]
}

type globbed[T any] struct {
	// pattern is empty if the pattern has no `?`. A match of the shape is then a match of the pattern.
	pattern string
	value   *T
}

// At returns a pointer to the value of a pattern. It adds a pattern that is new, with the zero value.
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

// Any reports whether at least one pattern matches the text.
func (g *Globs[T]) Any(text string) bool {
	for range g.Match(text) {
		return true
	}
	return false
}
