package plan

import (
	"bytes"
	"encoding/json"
)

// Variable is a variable of the configuration with the value that the plan used. Apply evaluates the configuration
// with the same value.
type Variable struct {
	// Type is the type in cty's JSON form, such as "string" or ["list","string"]. It is nil if the plan lacks the
	// value.
	Type any `json:"type,omitempty"`
	// Value is the decoded JSON value. Numbers in it are of type json.Number, so that they keep their digits.
	Value any `json:"value"`
	// Sensitive reports whether the plan lacks the value because it is sensitive.
	Sensitive bool `json:"sensitive,omitempty"`
	// Hidden reports whether the plan has the value but must not show it, because a sensitive
	// attribute has the same value.
	Hidden bool `json:"hidden,omitempty"`
	// Default reports whether the value is the variable's default.
	Default bool `json:"default,omitempty"`
}

// UnmarshalJSON decodes a variable and keeps every digit of its numbers.
func (v *Variable) UnmarshalJSON(text []byte) error {
	type plain Variable // has no UnmarshalJSON, so Decode does not call this method again
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	d.DisallowUnknownFields() // as Decode does
	return d.Decode((*plain)(v))
}
