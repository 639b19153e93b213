package lang

import (
	"strings"
	"testing"
)

func TestCheckDepth(t *testing.T) {
	for _, c := range []struct {
		name, src string
		fits      bool
	}{
		{"as many open brackets as allowed", strings.Repeat("[", maxNesting), true},
		{"one bracket more", strings.Repeat("[", maxNesting+1), false},
		{"brackets of all kinds count together", strings.Repeat("[{(", maxNesting/3+1), false},
		{"brackets that are closed again", strings.Repeat("[]", 2*maxNesting), true},
		{"a bracket that was never opened", strings.Repeat("]", 2*maxNesting), true},
		{"as many operators as allowed", strings.Repeat("!", maxOperators), true},
		{"one operator more", strings.Repeat("!", maxOperators+1), false},
		{"spaces between operators", strings.Repeat("- ", maxOperators+1), false},
		{"operators with values between", strings.Repeat("1-", maxOperators+1), true},
		{"conditions", strings.Repeat("a?b:", maxOperators+1), false},
	} {
		if err := CheckDepth([]byte(c.src)); (err == nil) != c.fits {
			t.Errorf("%s: CheckDepth = %v, want it to fit: %v", c.name, err, c.fits)
		}
	}
}
