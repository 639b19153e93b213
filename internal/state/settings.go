package state

import (
	"fmt"
	"maps"
	"slices"
)

// Settings are the settings of a backend, each with its origin. They are not a map, because the origin
// decides where credentials may go; see [Settings.MaySend].
type Settings struct {
	layers     []Layer
	env        func(string) string
	changeable func(path string) bool
}

// Layer is the set of attributes that one place gives.
type Layer struct {
	Origin     Origin
	Attributes map[string]string
	// Lines has the lines of the attributes in the origin's file; it may be nil.
	Lines map[string]int
}

// Origin says who gives a setting. The zero Origin is the operator, who runs cfplan: the environment, the
// command line, and files outside of the configuration.
type Origin struct {
	// File is the file that gives the setting, if those who may change the configuration may change that file.
	File string
	// Line is its line, or 0.
	Line int
	// Private is true for a file whose content is not known to everyone who may change the configuration,
	// such as a file that a job writes for -backend-config.
	Private bool
}

// Operator reports whether the operator gives the setting.
func (o Origin) Operator() bool { return o.File == "" }

func (o Origin) String() string {
	switch {
	case o.Operator():
		return "the environment or the command line"
	case o.Line > 0:
		return fmt.Sprintf("%s line %d", o.File, o.Line)
	default:
		return o.File
	}
}

// NewSettings returns the settings in an environment. A later layer overrides the layers before it. A
// variable of the environment counts only if no layer gives a value.
func NewSettings(env func(string) string, layers ...Layer) Settings {
	return Settings{layers: layers, env: env}
}

// WithChangeable returns the settings with a function that reports whether those who may change the
// configuration may change a file.
func (s Settings) WithChangeable(changeable func(path string) bool) Settings {
	s.changeable = changeable
	return s
}

// Changeable reports whether those who may change the configuration may change a file. Then the file's
// content does not count as the operator's, even if the operator names the file.
func (s Settings) Changeable(path string) bool {
	return path != "" && s.changeable != nil && s.changeable(path)
}

// Over returns the settings with additional layers that override them.
func (s Settings) Over(layers ...Layer) Settings {
	s.layers = append(slices.Clone(s.layers), layers...)
	return s
}

// Attributes returns the attributes of all layers.
func (s Settings) Attributes() map[string]string {
	out := map[string]string{}
	for _, l := range s.layers {
		maps.Copy(out, l.Attributes)
	}
	return out
}

// Env returns the value of a variable of the environment.
func (s Settings) Env(name string) string {
	if s.env == nil {
		return ""
	}
	return s.env(name)
}

// Given is the value of a setting. It is empty if nothing gives one.
type Given struct {
	Value  string
	Origin Origin
	// Name is the name of the attribute or of the variable.
	Name string
}

// String returns the name of the setting and its origin, but not the value, which may be secret.
func (g Given) String() string {
	if g.Origin.Operator() {
		return g.Name
	}
	return fmt.Sprintf("%s in %s", g.Name, g.Origin)
}

// Value returns an attribute. If it is missing or empty, Value returns the first of the variables that is set.
func (s Settings) Value(name string, variables ...string) Given {
	for _, l := range slices.Backward(s.layers) {
		if v, ok := l.Attributes[name]; ok {
			if v == "" {
				break
			}
			return l.given(name, v)
		}
	}

	for _, variable := range variables {
		if v := s.Env(variable); v != "" {
			return Given{Value: v, Name: variable}
		}
	}

	return Given{Name: name}
}

func (l Layer) given(name, value string) Given {
	g := Given{Value: value, Origin: l.Origin, Name: name}
	if !g.Origin.Operator() {
		g.Origin.Line = l.Lines[name]
	}
	return g
}

// Operators returns every value that the operator gives to a setting, even if another value overrides it.
func (s Settings) Operators(name string, variables ...string) []string {
	var out []string
	for _, l := range s.layers {
		if v := l.Attributes[name]; v != "" && l.Origin.Operator() {
			out = append(out, v)
		}
	}

	for _, variable := range variables {
		if v := s.Env(variable); v != "" {
			out = append(out, v)
		}
	}

	return out
}
