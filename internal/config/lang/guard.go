package lang

import (
	"errors"
	"fmt"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// estimate returns an upper bound for the size of a function's result, in bytes, and the work of the call
// beyond reading its arguments. The arguments are known and have no marks.
type estimate func(b *Budget, args []cty.Value) (cost, error)

// cost is the cost of a call: the size of the result if it is a text, or of any other result, in bytes,
// and units of work.
type cost struct {
	text, value, work int
}

// guard returns f as a function that does not start if the budget does not allow the call.
func (b *Budget) guard(f fn, e estimate) fn {
	params := f.Params()
	for i := range params {
		params[i] = lenient(params[i])
	}
	rest := f.VarParam()
	if rest != nil {
		p := lenient(*rest)
		rest = &p
	}

	return function.New(&function.Spec{
		Params:   params,
		VarParam: rest,
		Type: func(args []cty.Value) (cty.Type, error) {
			if err := b.before(args, e); err != nil {
				return cty.DynamicPseudoType, err
			}
			t, err := f.ReturnTypeForValues(args)
			return t, withoutStack(err)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := f.Call(args)
			return v, withoutStack(err)
		},
	})
}

// withoutStack replaces the error of a function that panicked. cty recovers such panics, for example if setproduct
// gets elements of mixed types, and puts the stack of the program into the error.
func withoutStack(err error) error {
	var p function.PanicError
	if errors.As(err, &p) {
		return fmt.Errorf("the function cannot take these arguments: %v", p.Value)
	}
	return err
}

// lenient returns a parameter that accepts every value. The guarded function checks the value itself.
func lenient(p function.Parameter) function.Parameter {
	p.AllowNull, p.AllowUnknown, p.AllowDynamicType, p.AllowMarked = true, true, true, true
	return p
}

// before returns why the budget does not allow a call, or nil.
func (b *Budget) before(args []cty.Value, e estimate) error {
	plain := make([]cty.Value, len(args))
	for i, a := range args {
		plain[i], _ = a.UnmarkDeep()
		if !plain[i].IsWhollyKnown() || plain[i].IsNull() {
			return nil // the result is unknown, or the function itself reports an error
		}
	}

	c, err := e(b, plain)
	switch {
	case err != nil:
	case c.text > b.limits.text:
		err = b.tooLongText()
	case c.value > b.limits.value:
		err = b.tooLargeValue()
	}
	var large tooLarge
	if errors.As(err, &large) {
		b.refusals, b.refusal = b.refusals+1, large
		return fmt.Errorf("the result would be %w", large)
	}
	if err != nil {
		return err
	}

	b.spent += c.work
	if b.spent > b.limits.work {
		return fmt.Errorf("it would take more than what is left of the %s steps that are the budget of a configuration",
			thousands(b.limits.work))
	}
	return nil
}
