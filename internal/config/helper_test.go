package config

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/config/lang"
)

// declareText parses one file and returns its declarations, without a directory.
func declareText(t *testing.T, r *report, src string) *declarations {
	t.Helper()
	f, diags := parseText("main.cf.hcl", []byte(src))
	if diags.HasErrors() {
		t.Fatalf("%s: %v", src, diags)
	}
	r.files["main.cf.hcl"] = f
	return declare(r, []source{{body: f.Body, text: []byte(src)}})
}

// evalText evaluates one file as a module, without a directory.
func evalText(t *testing.T, r *report, src string, values map[string]cty.Value) module {
	t.Helper()
	tree := lang.OpenTree(t.TempDir(), "")
	t.Cleanup(tree.Close)

	budget := lang.NewBudget()
	from := givenValues{values: map[string]*given{}}
	for name, v := range values {
		from.values[name] = &given{value: v}
	}
	return evalModule(r, declareText(t, r, src), moduleInputs{
		given:     from,
		tree:      tree,
		functions: lang.Functions(tree, budget),
		budget:    budget,
		schemas:   recordSchemas{},
	})
}

func summaries(diags hcl.Diagnostics) string {
	var out []string
	for _, d := range diags {
		out = append(out, d.Summary)
	}
	return strings.Join(out, "; ")
}

func expression(t *testing.T, src string) hcl.Expression {
	t.Helper()
	expr, diags := hclsyntax.ParseExpression([]byte(src), "x.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %v", src, diags)
	}
	return expr
}
