package lang

import (
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The sources are just inside or just outside each bound.
func TestCheckSource(t *testing.T) {
	const nested, chain = maxNesting - 1, maxChain
	repeat := strings.Repeat
	for _, c := range []struct {
		name, src string
		fits      bool
	}{
		{"as many open brackets as allowed", repeat("(", nested), true},
		{"one bracket more", repeat("(", nested+1), false},
		{"brackets of all kinds count together", repeat("[{(", nested/3+1), false},
		{"texts in texts", repeat(`"${`, nested/2+1), false},
		{"heredocs in heredocs", repeat("<<A\n${", nested/2+1), false},
		{"brackets that are closed again", repeat("[],", 2*chain), true},
		{"a bracket that was never opened", repeat("],", 2*chain), true},
		{"brackets in texts, which close nothing", "a = " + repeat(`["]", `, nested+1), false},
		{"brackets in comments, which close nothing", "a = " + repeat("[ # ]\n", nested+1), false},
		{"brackets in heredocs, which close nothing", "a = " + repeat("[<<A\n]\nA\n,", nested+1), false},
		{"brackets in texts, which open nothing", "a = [" + repeat(`"[{(", `, nested+1), true},
		{"brackets in comments, which open nothing", repeat("# [{(!\n", 2*chain), true},
		{"brackets in an escaped sequence", `a = "` + repeat(`$${[`, nested+1) + `"`, true},

		{"as many operators as allowed", "a = " + repeat("!", chain), true},
		{"one operator more", "a = " + repeat("!", chain+1), false},
		{"spaces between operators", "a = " + repeat("- ", chain+1), false},
		{"operators with values between", "a = " + repeat("1-", chain+1), false},
		{"conditions", "a = " + repeat("a?b:", chain+1), false},
		{"attributes", "a = " + repeat("a.", chain+1), false},
		{"indexes", "a = b" + repeat("[c]", chain+1), false},
		{"splats", "a = b" + repeat("[*]", chain+1), false},
		{"operators of levels add up", "a = " + repeat("1 + "+repeat("1 + ", 50)+"(", chain/51+1), false},
		{"directives", `a = "` + repeat("%{ if true }", chain+1) + `"`, false},
		{"directives that end", `a = "` + repeat("%{ if true }%{ endif }", chain+1) + `"`, true},
		{"operators of many elements", "a = [" + repeat("1+1+1,\n", chain) + "]", true},
		{"operators of many lines", repeat("a = 1+1+1\n", chain), true},
		{"operators in a text", `a = "` + repeat("+/-*?!.", chain) + `"`, true},
		{"dashes of names", "a = " + repeat("a-b-c-d,", chain), true},
		{"dots of numbers", "a = [" + repeat("1.5e-3,", chain) + "]", true},

		{"blocks of several lines", repeat("a \"b\" {\n c {}\n} # d\n", 3*maxLoose), true},
		{"as many blocks on one line as allowed", repeat("a { b = 1 }\n", maxLoose), true},
		{"one more", repeat("a { b = 1 }\n", maxLoose+1), false},
		{"objects on one line", repeat("a = { b = 1 }\n", 2*maxLoose), true},
		{"objects that end after an item", repeat("a = {\n b = 1 }\n", 2*maxLoose), true},
		{"blocks that end after a mistake", repeat("a {\n b = ) }\n", maxLoose+1), false},
		{"blocks in which one hides the end", repeat("x {\n a { b = ) }\n }\n", maxLoose+1), false},
		{"brackets that hide the end", repeat("x {\n b = ( ]\n }\n", maxLoose+1), false},
		{"a long number", "a = " + repeat("1", maxDigits), true},
		{"one digit more", "a = " + repeat("1", maxDigits+1), false},
		{"a comment without end", "/* a", false},
		{"a comment with an end", "/* a */", true},
		{"a name that is not ASCII", "ä = " + repeat("(", nested+1), false},
	} {
		err := CheckSource([]byte(c.src))
		var deep depthError
		if (err == nil) != c.fits || err != nil && !errors.As(err, &deep) {
			t.Errorf("%s: CheckSource = %v, want it accepted: %v", c.name, err, c.fits)
		}
	}
}

func TestCheckJSON(t *testing.T) {
	const nested, chain = maxNesting - 1, maxChain
	repeat := strings.Repeat
	for _, c := range []struct {
		name, src string
		fits      bool
	}{
		{"as many open brackets as allowed", repeat(`[`, nested), true},
		{"one bracket more", repeat(`[`, nested+1), false},
		{"objects", repeat(`{"a":`, nested+1), false},
		{"brackets in texts", repeat(`["]",`, nested+1), false},
		{"brackets after an escaped mark", repeat(`["\"]",`, nested+1), false},
		{"brackets after a quotation mark that combines with a format character", `["` + "\u0600" + repeat(`"[`, nested+1), true},
		{"a control character ends a text", `["` + "\n" + repeat("[", nested+1), false},
		{"texts with brackets", repeat(`"[{(",`, nested+1), true},
		{"a template", `"${` + repeat(`[`, nested+1) + `"`, false},
		{"an escaped template", `"\u0024{` + repeat(`\u005b`, nested+1) + `"`, false},
		{"directives", `"` + repeat("%{ if true }", chain+1) + `"`, false},
		{"the name of a property", `{"${` + repeat(`[`, nested+1) + `": 1}`, false},
		{"a long number", repeat("1", maxDigits+1), false},
	} {
		if err := CheckJSON([]byte(c.src)); (err == nil) != c.fits {
			t.Errorf("%s: CheckJSON = %v, want it accepted: %v", c.name, err, c.fits)
		}
	}
}

func TestDepthErrorsNameTheLine(t *testing.T) {
	for src, want := range map[string]int{
		"a = 1\n\nb = " + strings.Repeat("[", 2*maxNesting): 3,
		"# ä\nä = " + strings.Repeat("[", 2*maxNesting):     2,
	} {
		var deep depthError
		if err := CheckSource([]byte(src)); !errors.As(err, &deep) || deep.line != want {
			t.Errorf("CheckSource(%.20q…) = %v, want line %d", src, err, want)
		}
	}
}

// hclTokens are sources that contain every kind of token that the scanner distinguishes.
var hclTokens = []string{
	"a {\n b = ) }\n", "x \"y\" { z = [1, 2.5e-3, a.b.*.c, d[*].e] }",
	"a = \"x ${ b ? \"c\" : \"%{ if d }e%{ else }f%{ endif }\" } $${ %%{ \\\" \\\\ $\" \n",
	"a = <<-EOT\n  x $ % $${y} ${ {\n a = 1 } } z\n  EOT\n", "a = <<A\n$A\nA \nA\n", "a = <<A\n\n${1}\r\nA\r\n",
	"/* { */ # [\n// (\n", "a = -b - c-d && !e || f != g == h >= i <= j < k > l % m", "a = [for x in y : x... if z]",
	"{ a = ~} ~ }", "\"a\nb\"", "a = 1..2 1.e 1e+ 1e+5 1...", "a::b(c...)", "<<", "<<-1\n", "$", "%", "\"$", "\"\\", "ä = 1",
	"\"\\\r\"", "<<A\n\r\rA\n", "<<A\n$", "\xff\"\xe2\"", "=> == = ! | & ||& ^ ; ' `", "\"${~ a ~}\"", "%{~ if a ~}", "$$${a}",
}

func FuzzScanner(f *testing.F) {
	for _, src := range hclTokens {
		for k := range int(ofTemplate) + 1 {
			f.Add([]byte(src), k)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte, k int) {
		if k < 0 || k > int(ofTemplate) {
			return
		}
		compareWithHCL(t, src, sourceKind(k))
	})
}

func TestScannerAgreesWithHCL(t *testing.T) {
	for _, src := range hclTokens {
		for _, more := range hclTokens {
			for k := ofSource; k <= ofTemplate; k++ {
				compareWithHCL(t, []byte(src+more), k)
			}
		}
	}
}

// compareWithHCL checks that our scanner and hcl's tokens lead to the same state at the end of a source.
func compareWithHCL(t *testing.T, src []byte, k sourceKind) {
	t.Helper()
	got := newScanner(src, k)
	for got.pos < len(src) && !got.unsure {
		if got.token() != "" {
			return // refused
		}
	}
	if got.unsure {
		return
	}

	want := newScanner(nil, k)
	if err := want.follow(got.exact()); err != nil {
		return
	}
	if !slicesEqual(got.levels, want.levels) || got.chain != want.chain || got.loose != want.loose {
		t.Errorf("%q as kind %d: our scanner ends with the levels %v and %d loose, hcl's with %v and %d",
			src, k, got.levels, got.loose, want.levels, want.loose)
	}
}

func slicesEqual(a, b []level) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// The test parses and evaluates sources that are just inside the bounds. Nothing may overflow the stack.
func TestSourcesInsideTheBoundsDoNotOverflowTheStack(t *testing.T) {
	const nested, chain = maxNesting - 2, maxChain - 1
	repeat := strings.Repeat
	for _, src := range []string{
		repeat("[", nested) + repeat("]", nested),
		repeat("{a=", nested) + "1" + repeat("}", nested),
		repeat("abs(", nested) + "1" + repeat(")", nested),
		repeat(`"${`, nested/2) + "1" + repeat(`}"`, nested/2),
		repeat("[for x in [1] : ", nested/2) + "1" + repeat("]", nested/2),
		repeat("!", chain) + "true",
		repeat("1-", chain) + "1",
		repeat("true ? 1 : ", chain) + "1",
		"1" + repeat("[*]", nested),
		`"` + repeat("%{ if true }", nested) + repeat("%{ endif }", nested) + `"`,
		`"` + repeat("%{ for x in [1] }", nested) + repeat("%{ endfor }", nested) + `"`,
	} {
		if err := CheckExpression([]byte(src)); err != nil {
			t.Errorf("%.20s…: %v", src, err)
		}
		expr, diags := hclsyntax.ParseExpression([]byte(src), "x", hcl.InitialPos)
		if diags.HasErrors() {
			t.Errorf("%.20s…: %v", src, diags[0])
			continue
		}
		expr.Variables()
		_, _ = expr.Value(&hcl.EvalContext{Functions: numberFunctions()})
	}
}
