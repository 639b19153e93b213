package lang

import (
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// dynamic makes a function whose result may have any type. The function calls impl only if all arguments
// are wholly known; otherwise the result is unknown.
func dynamic(params []function.Parameter, rest *function.Parameter, impl func([]cty.Value) (cty.Value, error)) fn {
	return function.New(&function.Spec{
		Params:   params,
		VarParam: rest,
		Type:     function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			for _, a := range args {
				if !a.IsWhollyKnown() {
					return cty.DynamicVal, nil
				}
			}
			return impl(args)
		},
	})
}

// textual makes a function that takes texts and returns a text. names are the names of its
// parameters.
func textual(impl func(args ...string) (string, error), names ...string) fn {
	return ofTexts(cty.String, func(args ...string) (cty.Value, error) {
		s, err := impl(args...)
		return cty.StringVal(s), err
	}, names...)
}

// ofTexts makes a function that takes texts and returns a value of a given type.
func ofTexts(result cty.Type, impl func(args ...string) (cty.Value, error), names ...string) fn {
	params := make([]function.Parameter, len(names))
	for i, n := range names {
		params[i] = text(n)
	}

	return function.New(&function.Spec{
		Params: params,
		Type:   function.StaticReturnType(result),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			texts := make([]string, len(args))
			for i, a := range args {
				texts[i] = a.AsString()
			}
			return impl(texts...)
		},
	})
}

// text, number and anything are parameters that are neither null nor sensitive.

func text(name string) function.Parameter {
	return function.Parameter{Name: name, Type: cty.String}
}

func number(name string) function.Parameter {
	return function.Parameter{Name: name, Type: cty.Number}
}

func anything(name string) function.Parameter {
	return function.Parameter{Name: name, Type: cty.DynamicPseudoType, AllowDynamicType: true}
}
