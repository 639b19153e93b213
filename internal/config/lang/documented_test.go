package lang

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// documented returns the text of docs/functions.md.
func documented(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../../docs/functions.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDocumentedResultsAreTrue(t *testing.T) {
	rows := regexp.MustCompile("(?m)^\\| `(.+)` \\| `(.+)` \\|$").FindAllStringSubmatch(documented(t), -1)
	tree := sample(t)
	results := 0
	for _, row := range rows {
		expr, want := row[1], row[2]
		if !strings.Contains(expr, "(") {
			continue
		}
		results++
		v, diags := eval(t, tree, expr)
		if diags.HasErrors() {
			t.Errorf("%s: %v", expr, diags)
		} else if got := v.AsString(); got != want {
			t.Errorf("%s = %s, want %s", expr, got, want)
		}
	}
	if results < 10 {
		t.Errorf("found %d results in docs/functions.md, want at least 10", results)
	}
}

func TestEveryFunctionIsDocumented(t *testing.T) {
	text := documented(t)
	functions := Functions(sample(t), NewBudget())
	for name := range functions {
		if !strings.HasPrefix(name, "core::") && !strings.Contains(text, "`"+name+"`") {
			t.Errorf("docs/functions.md does not name %s", name)
		}
	}

	_, list, _ := strings.Cut(text, "## Terraform's")
	list, _, _ = strings.Cut(list, "What is different:")
	for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(list, -1) {
		if _, ok := functions[name[1]]; !ok {
			t.Errorf("docs/functions.md names the function %s, which does not exist", name[1])
		}
	}
}
