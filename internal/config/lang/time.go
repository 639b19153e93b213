package lang

import (
	"time"

	"github.com/zclconf/go-cty/cty"
)

// timeCompareFunc returns -1, 0 or 1 if the first time is earlier than, equal to or later than the
// second.
var timeCompareFunc = ofTexts(cty.Number, func(args ...string) (cty.Value, error) {
	a, err := time.Parse(time.RFC3339, args[0])
	if err != nil {
		return cty.NilVal, err
	}
	b, err := time.Parse(time.RFC3339, args[1])
	if err != nil {
		return cty.NilVal, err
	}
	return cty.NumberIntVal(int64(a.Compare(b))), nil
}, "timestamp_a", "timestamp_b")
