package lang

import (
	"errors"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// refusedFunctions returns stand-ins for Terraform's functions whose result differs from run to run. Their
// error says why cfplan does not have these functions.
func refusedFunctions() map[string]fn {
	const aTime = "write the time as a constant or give it as a variable"
	return map[string]fn{
		"timestamp":     refuse("timestamp", aTime),
		"plantimestamp": refuse("plantimestamp", aTime),
		"uuid":          refuse("uuid", "uuidv5 makes one from a name, always the same"),
		"bcrypt":        refuse("bcrypt", "sha256 makes a hash that stays the same"),
	}
}

// refuse returns a function that takes any arguments and always fails.
func refuse(name, instead string) fn {
	anyArguments := &function.Parameter{
		Name:             "args",
		Type:             cty.DynamicPseudoType,
		AllowNull:        true,
		AllowUnknown:     true,
		AllowDynamicType: true,
	}
	return dynamic(nil, anyArguments, func([]cty.Value) (cty.Value, error) {
		return cty.NilVal, errors.New(name + " is left out of cfplan, because its answer differs from run to run and " +
			"every plan would show a change; " + instead)
	})
}
