package lang

import (
	"testing"

	"github.com/zclconf/go-cty/cty"
)

func TestWholeNumber(t *testing.T) {
	for text, want := range map[string]struct {
		n  int
		ok bool
	}{
		"0":                    {0, true},
		"-7":                   {-7, true},
		"1.0":                  {1, true},
		"1.5":                  {1, false},
		"1e3":                  {1000, true},
		"2147483647":           {2147483647, true},
		"9223372036854775808":  {0, false},
		"-9223372036854775809": {0, false},
	} {
		n, ok := WholeNumber(cty.MustParseNumberVal(text))
		if ok != want.ok || ok && n != want.n {
			t.Errorf("WholeNumber(%s) = %d, %v, want %d, %v", text, n, ok, want.n, want.ok)
		}
	}
}
