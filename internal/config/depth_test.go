package config

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestDeepNestingIsRefused loads what would overflow the parser's stack.
func TestDeepNestingIsRefused(t *testing.T) {
	cases := []struct{ name, src string }{
		{"main.cf.hcl", "locals { a = " + strings.Repeat("[", 200_000)},
		{"main.cf.hcl", "locals { a = " + strings.Repeat("{a=", 200_000)},
		{"main.cf.hcl", "locals { a = " + strings.Repeat("abs(", 200_000)},
		{"main.cf.hcl", "locals { a = \"" + strings.Repeat("${\"", 200_000)},
		{"main.cf.hcl", "locals { a = " + strings.Repeat("! ", 2_000_000) + "true }"},
		{"main.cf.hcl", "locals { a = " + strings.Repeat("1?1:", 2_000_000) + "1 }"},
		{"main.cf.hcl", strings.Repeat("a {\n", 200_000)},
		{"main.cf.json", strings.Repeat("[", 200_000)},
		{"main.cf.json", strings.Repeat(`{"a":`, 200_000)},
	}
	for _, c := range cases {
		_, _, diags := Load(writeFiles(t, []txtar.File{{Name: c.name, Data: []byte(c.src)}}), Options{})
		if len(diags) != 1 || !strings.Contains(diags[0].Detail, "nested too deeply") {
			t.Errorf("%.30s…: diagnostics %v, want one about nesting", c.src, diags)
		}
	}
	deep := "${" + strings.Repeat("[", 200_000)
	dir := writeFiles(t, []txtar.File{
		{Name: "main.cf.hcl", Data: []byte(`output "x" { value = templatefile("deep.tpl", {}) }`)},
		{Name: "deep.tpl", Data: []byte(deep)},
	})
	if _, _, diags := Load(dir, Options{}); len(diags) != 1 || !strings.Contains(diags[0].Detail, "nested too deeply") {
		t.Errorf("template: diagnostics %v, want one about nesting", diags)
	}
}

// TestOrdinaryNestingIsFine has more brackets than any bound, but not at once.
func TestOrdinaryNestingIsFine(t *testing.T) {
	src := "locals {\n" + strings.Repeat("  # (one) [two] {three} -- why not?\n", 50_000) +
		"  a = " + strings.Repeat("[", 500) + strings.Repeat("]", 500) + "\n}\n"
	if _, _, diags := load(t, src, Options{}); len(diags) > 0 {
		t.Errorf("diagnostics %v, want none", diags)
	}
}
