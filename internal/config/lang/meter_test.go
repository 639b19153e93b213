package lang

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"
)

// expressionOf draws an expression of the language. It may contain mistakes.
func expressionOf(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		forms := []string{
			"1", "2.5", "1e9", `"a"`, `"b\nc"`, "true", "false", "null", "s", "n", "l", "o.a", `o["b"]`, "l[0]", "u", "m.k", "x", "secret",
		}
		if depth > 0 {
			forms = append(forms,
				"@ + @", "@ * @", "@ / @", "@ % @",
				"@ - @", "@ == @", "@ != @", "@ < @", "@ && @", "@ || @", "!@", "-@", "(@)", "@ ? @ : @",
				"[@, @]", "{ a = @, b = @ }", "{ (@) = @ }", `{ "${@}" = @ }`, `"${@}"`, `"x${@}y${@}"`, "[@][0]", "[@, @][*]", "o[*].a",
				"[for x in @ : @]", "[for i, x in @ : [i, @] if @]", "{for x in @ : @ => @}", "{for x in @ : @ => @...}",
				`"%{ if @ }${@}%{ else }z%{ endif }"`, `"%{ for x in @ }${x}${@}%{ endfor }"`,
				"length(@)", "concat([@], [@])", "try(@, @)", "can(@)", "tostring(@)", "toset([@, @])", "tolist(@)", "tomap({ a = @ })",
				"merge({ a = @ }, { b = @ })", "flatten([@, [@]])", `format("%v-%s", @, @)`, "join(@, [@, @])", "jsonencode(@)",
				"jsondecode(jsonencode(@))", "yamldecode(yamlencode(@))", "concat(@...)", "coalesce(@, @)", "sensitive(@)", "nosuch(@)",
				"setproduct([@], [@, @])", "distinct([@, @])", `replace(@, "a", @)`, "convert(@, string)", `templatestring("<$${x}>", { x = @ })`,
			)
		}
		form := rapid.SampledFrom(forms).Draw(t, "form")
		for strings.Contains(form, "@") {
			form = strings.Replace(form, "@", expressionOf(depth-1).Draw(t, "inner"), 1)
		}
		return form
	})
}

func generatedContext(t testing.TB, b *Budget) *hcl.EvalContext {
	tree := OpenTree(t.TempDir(), "/home/me")
	t.Cleanup(tree.Close)
	return &hcl.EvalContext{Functions: Functions(tree, b), Variables: map[string]cty.Value{
		"s":      cty.StringVal("text"),
		"n":      cty.NumberIntVal(7),
		"l":      cty.ListVal([]cty.Value{cty.StringVal("p"), cty.StringVal("q")}),
		"o":      cty.ObjectVal(map[string]cty.Value{"a": cty.NumberIntVal(1), "b": cty.EmptyTupleVal}),
		"m":      cty.MapVal(map[string]cty.Value{"k": cty.True}),
		"u":      cty.UnknownVal(cty.String),
		"x":      cty.StringVal("outer"),
		"secret": cty.StringVal("hush").Mark(Sensitive),
	}}
}

// The test compares generated expressions with and without a budget.
func TestMeteringChangesNothing(t *testing.T) {
	ctx := generatedContext(t, NewBudget())
	rapid.Check(t, func(rt *rapid.T) {
		src := expressionOf(3).Draw(rt, "expression")
		plain, diags := hclsyntax.ParseExpression([]byte(src), "x", hcl.InitialPos)
		if diags.HasErrors() {
			rt.Skip("not an expression")
		}
		again, _ := hclsyntax.ParseExpression([]byte(src), "x", hcl.InitialPos)
		metered := NewBudget().MeterExpression(again)
		if got, want := places(metered.Variables()), places(plain.Variables()); got != want {
			rt.Errorf("%s: the metered expression refers to %s, want %s", src, got, want)
		}
		if metered.Range() != plain.Range() {
			rt.Errorf("%s: the metered expression has the range %v, want %v", src, metered.Range(), plain.Range())
		}

		got, gotDiags := metered.Value(ctx)
		want, wantDiags := plain.Value(ctx)
		if !got.RawEquals(want) || gotDiags.Error() != wantDiags.Error() {
			rt.Errorf("%s\n = %#v, %v\nwant %#v, %v", src, got, gotDiags, want, wantDiags)
		}
	})
}

func places(variables []hcl.Traversal) string {
	var out []string
	for _, t := range variables {
		out = append(out, t.RootName()+" "+t.SourceRange().String())
	}
	return strings.Join(out, ", ")
}

// TestMeteringJSONChangesNothing is like TestMeteringChangesNothing, for templates in JSON.
func TestMeteringJSONChangesNothing(t *testing.T) {
	ctx := generatedContext(t, NewBudget())
	rapid.Check(t, func(rt *rapid.T) {
		text := func(label string) string {
			return fmt.Sprintf("%q", "${"+expressionOf(2).Draw(rt, label)+"}")
		}
		src := fmt.Sprintf(`{"a": [%s, 1, null, {"b": %s, %s: true}], "c": "plain", "for_each": %s}`,
			text("a"), text("b"), strings.NewReplacer("secret", "s", "sensitive(", "tostring(").Replace(text("key")), text("for_each"))
		f, diags := hcljson.Parse([]byte(src), "x.json")
		if diags.HasErrors() {
			rt.Skip("not JSON")
		}

		plain, _ := f.Body.JustAttributes()
		metered, _ := NewBudget().Meter(f.Body).JustAttributes()
		for name, a := range plain {
			for _, in := range []*hcl.EvalContext{ctx, nil} {
				got, gotDiags := metered[name].Expr.Value(in)
				want, wantDiags := a.Expr.Value(in)
				if !got.RawEquals(want) || gotDiags.Error() != wantDiags.Error() {
					rt.Errorf("%s in %s\n = %#v, %v\nwant %#v, %v", name, src, got, gotDiags, want, wantDiags)
				}
			}
		}
	})
}

// FuzzBudget evaluates arbitrary expressions with low limits. The evaluation must end, and the values must be
// within the limits.
func FuzzBudget(f *testing.F) {
	for _, src := range []string{
		`[for a in range(1000) : [for b in range(1000) : "${a}${b}"]]`,
		`indent(1000000000, "\n")`,
		`format("%*1900000000s", "x")`,
		`jsonencode(jsonencode(jsonencode("\"\\")))`,
		`yamldecode("a: &a [1]\nb: [*a, *a]")`,
		`try(setproduct(range(999), range(999)), 1e999999 * 1e999999)`,
		`"%{ for x in range(1000) }${jsonencode(range(1000))}%{ endfor }"`,
		`replace("aaaa", "/(a*)/", "$1$1$1$1$1")`,
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if CheckExpression([]byte(src)) != nil {
			return
		}
		expr, diags := hclsyntax.ParseExpression([]byte(src), "x", hcl.InitialPos)
		if diags.HasErrors() {
			return
		}
		b := smallBudget()
		v, diags := b.MeterExpression(expr).Value(generatedContext(t, b))
		if diags.HasErrors() {
			return
		}
		if size, err := b.size(v); err != nil || size > 2*b.limits.value {
			t.Errorf("%q has a value of %d bytes (%v), want one within the limits", src, size, err)
		}
	})
}
