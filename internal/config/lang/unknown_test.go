package lang

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// A function must not fail for an unknown argument, as from a variable without a value. The result for a sensitive
// argument must be marked as sensitive.
func TestFunctionsAcceptUnknownAndSensitiveArguments(t *testing.T) {
	ctx := &hcl.EvalContext{Functions: Functions(sample(t), NewBudget()), Variables: map[string]cty.Value{
		"unknown": cty.UnknownVal(cty.String),
		"secret":  cty.StringVal("x.txt").Mark(Sensitive),
	}}
	for src, want := range map[string]struct{ known, marked bool }{
		`coalesce(unknown, "x")`:                   {false, false},
		`lookup({ a = unknown }, "b", 1)`:          {false, false},
		`length([unknown])`:                        {false, false},
		`templatestring("$${x}", { x = unknown })`: {false, false},
		`file(unknown)`:                            {false, false},
		`file(secret)`:                             {true, true},
		`sha256(secret)`:                           {true, true},
		`length([secret])`:                         {true, true},
		`nonsensitive(secret)`:                     {true, false},
		`sensitive("x")`:                           {true, true},
	} {
		expr, diags := hclsyntax.ParseExpression([]byte(src), "x.hcl", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatalf("%s: %v", src, diags)
		}
		v, diags := expr.Value(ctx)
		if diags.HasErrors() || v.IsWhollyKnown() != want.known || v.ContainsMarked() != want.marked {
			t.Errorf("%s = %#v (%v), want known %v, sensitive %v", src, v, diags, want.known, want.marked)
		}
	}
}
