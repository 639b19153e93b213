package lang

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// FuzzEvaluate evaluates arbitrary expressions. No function may panic, whatever its
// arguments are.
func FuzzEvaluate(f *testing.F) {
	for _, src := range []string{
		`cidrsubnets("10.0.0.0/8", 8, 4)`,
		`cidrhost("2001:db8::/32", -1)`,
		`templatestring("$${x}", { x = 1 })`,
		`lookup({ a = 1 }, "a", null)`,
		`fileset(".", "{a,[!b]}**/?")`,
		`matchkeys([1], ["a"], ["a"])`,
		`transpose({ a = ["b", null] })`,
		`file("../../etc/passwd")`,
		`one(toset([null]))`,
		`spf({ include = ["a.example"], ip6 = [null], mx = true, all = "-all" })`,
		`dmarc({ p = "none", rua = ["a@b.example"], fo = [1, "d"], pct = "7" })`,
		`dkim("AAAA")`,
		`fqdn("*.x", "example.com.")`,
		`reverse_name("2001:db8::/32")`,
		`core::coalesce(null, 1, "x")`,
		`textdecodebase64("5A==", "UTF-16")`,
	} {
		f.Add(src)
	}
	tree := OpenTree(f.TempDir(), "/home/me")
	f.Cleanup(tree.Close)
	f.Fuzz(func(t *testing.T, src string) {
		if CheckExpression([]byte(src)) != nil {
			return
		}
		expr, diags := hclsyntax.ParseExpression([]byte(src), "x.hcl", hcl.InitialPos)
		if diags.HasErrors() {
			return
		}
		b := smallBudget()
		ctx := &hcl.EvalContext{Functions: Functions(tree, b)}
		_, _ = b.MeterExpression(expr).Value(ctx) // the test accepts a value or an error, but no panic
	})
}
