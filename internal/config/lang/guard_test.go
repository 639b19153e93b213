package lang

import (
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"
)

// setproduct panics if the elements of an argument have types that cannot be unified. The error is for the author of
// the configuration, so it must not show the stack of the program.
func TestAPanicOfAFunctionIsAnErrorWithoutAStack(t *testing.T) {
	setproduct := Functions(nil, NewBudget())["setproduct"]
	mixed := cty.TupleVal([]cty.Value{cty.DynamicVal, cty.ObjectVal(map[string]cty.Value{"a": cty.NumberIntVal(1)})})
	_, err := setproduct.Call([]cty.Value{cty.TupleVal([]cty.Value{cty.StringVal("a")}), mixed})
	if err == nil || !strings.Contains(err.Error(), "cannot take these arguments: inconsistent list element types") {
		t.Errorf("setproduct = %v, want an error about its arguments", err)
	}
	if err != nil && strings.Contains(err.Error(), "goroutine") {
		t.Errorf("the error shows a stack:\n%v", err)
	}
}
