package lang

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// smallBudget returns a budget with low limits, which a test reaches quickly.
func smallBudget() *Budget {
	b := NewBudget()
	b.limits.text, b.limits.value, b.limits.kept = 10_000, 400_000, 1_000_000
	b.limits.work, b.limits.instances = 200_000, 1_000
	b.digits, b.textDigits, b.nesting = 50, 200, 20
	return b
}

// metering evaluates an expression that charges the budget.
func metering(t *testing.T, b *Budget, src string, vars map[string]cty.Value) (cty.Value, hcl.Diagnostics) {
	t.Helper()
	expr, diags := hclsyntax.ParseExpression([]byte(src), "main.cf.hcl", hcl.Pos{Line: 7, Column: 1})
	if diags.HasErrors() {
		t.Fatalf("%s: %v", src, diags)
	}
	ctx := &hcl.EvalContext{Functions: Functions(sample(t), b), Variables: vars}
	return b.MeterExpression(expr).Value(ctx)
}

// The test has an expression for each way to make something large from something small. Each error must name
// the line of the expression and the limit.
func TestBudgetRefusesExpressionsThatGrow(t *testing.T) {
	if testing.Short() {
		t.Skip("evaluates up to the limits: not with -short")
	}

	doubled := func(first, step string, times int) string {
		for range times {
			first = strings.ReplaceAll(step, "@", first)
		}
		return first
	}
	digits, long := strings.Repeat("1", 201), strings.Repeat("x", 5_000)
	nested := cty.EmptyTupleVal
	for range 25 {
		nested = cty.TupleVal([]cty.Value{nested})
	}
	vars := map[string]cty.Value{
		"long":   cty.StringVal(long),
		"list":   cty.ListVal([]cty.Value{cty.StringVal(long), cty.StringVal(long)}),
		"nested": nested,
		"map":    cty.MapVal(map[string]cty.Value{"a": cty.StringVal("b")}),
		"yaml":   cty.StringVal("a0: &a0 [x]\n" + doubledAliases(30)),
		"merge":  cty.StringVal("a: &a {" + strings.Repeat("b: 1, ", 100) + "}\nc:\n" + strings.Repeat("  - <<: *a\n", 100)),
	}
	const text, value, number = "budget of one text", "budget of one value", "budget of one number"
	const steps, nesting = "budget of a configuration", "budget of nesting"
	for _, c := range []struct{ expr, want string }{
		{`"${long}${long}${long}"`, text},
		{`"%{ for x in [1, 2, 3] }${long}%{ endfor }"`, text},
		{doubled(`"xxxxxxxx"`, `join("", [for x in [1, 2] : @])`, 11), text},
		{`[for i in range(1000) : long]`, value},
		{`[for i in range(1000) : "a text that stands in the source, and is long: ` + strings.Repeat("x", 400) + `"]`, value},
		{`{for i in range(1000) : "${i}" => long}`, value},
		{`range(30)[*] == [for x in range(30) : [for y in range(100) : long]]`, value},
		{`[[` + strings.Repeat("long, ", 50) + `], [` + strings.Repeat("list, ", 20) + `]]`, value},
		{`{ a = [for x in range(30) : long], b = [for x in range(30) : long], c = [for x in range(30) : long] }`, value},
		{`true ? [for x in range(50) : long] : [for x in range(50) : "${long}x"]`, value},
		{`concat(list, ` + strings.Repeat("list, ", 50) + `list)`, value},
		{`[for x in range(100) : x][*] == [for x in range(1000) : { a = range(1000) }]`, value},
		{`regexall("(((a{1,900}){1,1})x*)*b", "${long}${long}")`, steps},
		{`replace("${long}${long}", "/(a{1,900}x*)*b/", "")`, steps},
		{`templatestring("%%{ for x in r }$${s}%%{ endfor }", { r = range(100), s = long })`, text},
		{`1e60`, number},
		{`"${1e60}"`, number},
		{`map[1e60]`, number},
		{`{ 1e60 = 1 }`, number},
		{`1e40 * 1e40`, number},
		{`1e40 / 1e-40`, number},
		{`1e60 % 3`, number},
		{`jsondecode("[1e60]")`, number},
		{`yamldecode("- 1e60")`, number},
		{`pow(10, 60)`, number},
		{`parseint("` + strings.Repeat("9", 60) + `", 10)`, number},
		{`"` + digits + `" + 1`, "budget of a number in a text"},
		{doubled(`"1"`, `"${@}${@}"`, 8) + ` + 1`, "budget of a number in a text"},
		{`format("%1900000000s", "x")`, text},
		{`format("%99999999999999999999s", "x")`, text},
		{`format("%.1900000000f", 1)`, text},
		{`format("%s%s%[1]s", long, "x")`, text},
		{`formatlist("%9000s", range(90))`, value},
		{`indent(1000000000, "a\nb")`, text},
		{`join(long, ["", "", "", ""])`, text},
		{`replace(long, "x", long)`, text},
		{`replace(long, "/(x+)/", "$1$1$1")`, text},
		{`replace(long, "/x/", "abc")`, text},
		{`split("", "${long}${substr(long, 0, 4000)}")`, value},
		{`regexall("", long)`, value},
		{`setproduct(range(200), range(200))`, value},
		{doubled(`"\""`, `jsonencode(@)`, 14), text},
		{`yamldecode(yaml)`, value},
		{`yamldecode(merge)`, value},
		{`yamldecode("` + strings.Repeat("- ", 30) + `")`, "nested too deeply"},
		{`yamldecode("` + strings.Repeat("[", 30) + `")`, ""},
		{`jsondecode("` + strings.Repeat("[", 2*maxNesting) + `")`, "nested too deeply"},
		{`csvdecode("` + strings.Repeat(",", 9_000) + `")`, value},
		{`[nested]`, nesting},
		{`[for a in range(1000) : [for b in range(1000) : 1 if false]]`, steps},
		{`[for a in range(1000) : length([for b in range(1000) : b if false])]`, steps},
		{`{for a in range(1000) : a => 1 if length([for b in range(1000) : b if false]) > 0}`, steps},
		{`[for a in range(1000) : long == "${long}x"]`, steps},
		{`[for a in range(1000) : length([list, list, list, list])]`, steps},
		{doubled("1", "try(@, 1)", 30), steps},
		{`distinct(range(1000))`, steps},
		{`matchkeys(range(1000), range(1000), range(1000))`, steps},
		{`[for x in range(10) : trim(long, long)]`, steps},
		{`[for x in range(1000) : fileset(".", "*")]`, steps},
		{`regex("` + strings.Repeat("(a|b)", 20) + `{900}", "${long}${long}")`, steps},
		{`templatestring("%%{ for x in r }%%{ for y in r }%%{ endfor }%%{ endfor }", { r = range(1000) })`, steps},
	} {
		b := smallBudget()
		_, diags := metering(t, b, c.expr, vars)
		if !diags.HasErrors() {
			t.Errorf("%.80s gives no error, want one with %q", c.expr, c.want)
			continue
		}
		d := diags[0]
		inTemplate := strings.HasPrefix(c.expr, "templatestring") && d.Subject.Filename == "<template>"
		if !strings.Contains(d.Detail, c.want) || d.Subject.Start.Line != 7 && !inTemplate {
			t.Errorf("%.80s gives %v at %v, want %q in line 7", c.expr, d.Detail, d.Subject, c.want)
		}
		if len(diags) > 50 {
			t.Errorf("%.80s gives %d diagnostics, want at most 50", c.expr, len(diags))
		}
	}
}

// doubledAliases returns lines of YAML, each of which contains the line before it twice.
func doubledAliases(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	return b.String()
}

// The expressions look like those that the budget refuses, but stay within the limits.
func TestBudgetAllowsOrdinaryExpressions(t *testing.T) {
	if testing.Short() {
		t.Skip("long evaluations: not with -short")
	}

	for _, expr := range []string{
		`"${join("", [for i in range(100) : "xxxxxxxxxx"])}"`,
		`[for i in range(500) : [for j in range(2) : "x"]]`,
		`format("%[1]s %5s %-200s %s", "a", "b", "c", "100 per cent")`,
		`replace("a.b.c", "/[.]/", "-")`,
		`[for i in range(1000) : regex("^([a-z0-9-]{1,63}[.])+[a-z]{2,}$", "www.shop.example.com")]`,
		`yamldecode("a: &x {b: 1}\nc:\n  <<: *x\n  d: [*x, *x]")`,
		`jsondecode("{\"a\": [1, 2.5, 1e20]}")`,
		`1e40 + 1e40 - 1e-40`,
		`distinct([for i in range(100) : i % 3])`,
		`try(indent(1000000000, "\n"), "x")`,
		`can(format("%1900000000s", "x"))`,
		`length(setproduct(range(10), range(10)))`,
	} {
		if _, diags := metering(t, smallBudget(), expr, nil); diags.HasErrors() {
			t.Errorf("%s: %v", expr, diags)
		}
	}
}

// The test spends a budget with many expressions, none of which is large.
func TestManySmallExpressionsShareTheBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("evaluates up to the limits: not with -short")
	}

	src := ""
	for i := range 2_000 {
		src += fmt.Sprintf("a%d = join(\"\", [for x in range(50) : \"abcdefghij\"])\n", i)
	}
	for want, limit := range map[string]func(*limits){
		"100,000 steps":           func(l *limits) { l.work, l.kept = 100_000, 1<<30 },
		"bytes together":          func(l *limits) { l.work, l.kept = 1<<30, 300_000 },
		"20 values are too large": func(l *limits) { l.work, l.text = 1<<30, 100 },
	} {
		b := smallBudget()
		limit(&b.limits)
		diags := evaluateFile(t, b, "locals {\n"+src+"}\n")
		last := diags[len(diags)-1]
		if last != b.Exhausted() || !strings.Contains(last.Detail, want) || len(diags) > 2+b.limits.refusals {
			t.Errorf("diagnostics are %v, want the last one to contain %q", diags, want)
		}
	}
}

// Each block is repeated less often than the limit, but all blocks together exceed it.
func TestRepetitionsOfAllBlocksAreCountedTogether(t *testing.T) {
	for _, src := range []string{
		strings.Repeat("a {\n count = 300\n}\n", 5),
		strings.Repeat("a {\n for_each = [for i in range(300) : i]\n}\n", 5),
		strings.Repeat("zone {\n dynamic \"record\" {\n for_each = range(300)\n }\n}\n", 5),
	} {
		b := smallBudget()
		diags := evaluateFile(t, b, src)
		if len(diags) != 1 || !strings.Contains(diags[0].Detail, "more than 1,000 instances together") {
			t.Errorf("%.40s…: diagnostics %v, want one about instances", src, diags)
		}
	}
}

// evaluateFile evaluates each attribute of a file and returns all diagnostics.
func evaluateFile(t *testing.T, b *Budget, src string) hcl.Diagnostics {
	t.Helper()
	f, diags := hclsyntax.ParseConfig([]byte(src), "main.cf.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	b.Meter(f.Body)

	ctx := &hcl.EvalContext{Functions: Functions(sample(t), b)}
	var evaluate func(*hclsyntax.Body)
	evaluate = func(body *hclsyntax.Body) {
		for _, a := range body.Attributes {
			_, more := a.Expr.Value(ctx)
			diags = append(diags, more...)
		}
		for _, block := range body.Blocks {
			evaluate(block.Body)
		}
	}
	evaluate(f.Body.(*hclsyntax.Body))
	return diags
}
