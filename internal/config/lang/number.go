package lang

import (
	"errors"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// WholeNumber returns a known number as an int. ok is false if the number is not whole or does not fit.
func WholeNumber(v cty.Value) (n int, ok bool) {
	f := v.AsBigFloat()
	wide, accuracy := f.Int64()
	return int(wide), f.IsInt() && accuracy == 0 && int64(int(wide)) == wide
}

var sumFunc = dynamic([]function.Parameter{anything("list")}, nil, func(args []cty.Value) (cty.Value, error) {
	numbers, err := elementsAs(args[0], cty.Number)
	if err != nil {
		return cty.NilVal, err
	}
	if len(numbers) == 0 {
		return cty.NilVal, errors.New("cannot sum an empty list")
	}

	total := cty.Zero
	for _, n := range numbers {
		total = total.Add(n)
	}
	return total, nil
})
