package plan

import (
	"bytes"
	"encoding/json"
)

// Variable is the value of a variable that the plan was made with. Apply evaluates the
// configuration with it.
type Variable struct {
	// Type is written as cty does, as "string" or ["list","string"]; nil if the plan does not
	// remember the value.
	Type any `json:"type,omitempty"`
	// Value is JSON as decoded, with numbers as json.Number, so that they keep their digits.
	Value any `json:"value"`
	// Sensitive: the plan does not remember the value.
	Sensitive bool `json:"sensitive,omitempty"`
	// Hidden: the value is remembered but must not be shown, because a sensitive attribute has it.
	Hidden bool `json:"hidden,omitempty"`
	// Default: the value was the variable's default.
	Default bool `json:"default,omitempty"`
}

// UnmarshalJSON decodes a variable and keeps every digit of its numbers.
func (v *Variable) UnmarshalJSON(text []byte) error {
	type plain Variable // without this method
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	d.DisallowUnknownFields() // as Decode does
	return d.Decode((*plain)(v))
}
