package config

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// The sources would overflow the stack of the parser or the evaluation.
func TestDeepNestingIsRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("a large file: not with -short")
	}

	cases := []struct{ name, src string }{
		{"main.cf.hcl", "locals { a = " + strings.Repeat("[", 200_000)},
		{"main.cf.hcl", "locals { a = " + strings.Repeat("{a=", 200_000)},
		{"main.cf.hcl", "locals { a = " + strings.Repeat("abs(", 200_000)},
		{"main.cf.hcl", "locals { a = \"" + strings.Repeat("${\"", 200_000)},
		{"main.cf.hcl", "locals { a = " + strings.Repeat("! ", 2_000_000) + "true }"},
		{"main.cf.hcl", "locals { a = " + strings.Repeat("1?1:", 2_000_000) + "1 }"},
		{"main.cf.hcl", "locals { a = " + strings.Repeat("1-", 300_000) + "1 }"},
		{"main.cf.hcl", "locals { a = b" + strings.Repeat("[*]", 200_000) + " }"},
		{"main.cf.hcl", "locals { a = \"" + strings.Repeat("%{if true}", 100_000) + "\" }"},
		{"main.cf.hcl", "locals { a = [" + strings.Repeat(`["]", `, 200_000)},
		{"main.cf.hcl", strings.Repeat("a {\n", 200_000)},
		{"main.cf.hcl", "variable \"a\" {}\nlocals { a = " + strings.Repeat("(", 200_000)},
		{"a.auto.cfvars", "a = " + strings.Repeat("[", 200_000)},
		{"main.cf.json", `{"locals": {"a": "${` + strings.Repeat(`\u005b`, 200_000) + `"}}`},
		{"main.cf.json", `{"variable": {"a": {"type": "` + strings.Repeat("list(", 200_000) + `"}}}`},
		{"main.cf.json", strings.Repeat("[", 200_000)},
		{"main.cf.json", strings.Repeat(`{"a":`, 200_000)},
	}
	for _, c := range cases {
		dir := writeFiles(t, []txtar.File{{Name: "z.cf.hcl", Data: []byte("locals {}\n")}, {Name: c.name, Data: []byte(c.src)}})
		_, _, diags := Load(dir, Options{})
		if len(diags) != 1 || !strings.Contains(diags[0].Detail, "nested too deeply") {
			t.Errorf("%.30s…: Load reports %v, want one error about nesting", c.src, diags)
		}
	}
	deep := "${" + strings.Repeat("[", 200_000)
	dir := writeFiles(t, []txtar.File{
		{Name: "main.cf.hcl", Data: []byte(`output "x" { value = templatefile("deep.tpl", {}) }`)},
		{Name: "deep.tpl", Data: []byte(deep)},
	})
	if _, _, diags := Load(dir, Options{}); len(diags) != 1 || !strings.Contains(diags[0].Detail, "nested too deeply") {
		t.Errorf("template: Load reports %v, want one error about nesting", diags)
	}
}

// The command line gives a deeply nested expression as the value of a variable.
func TestDeepValuesOfVariablesAreRefused(t *testing.T) {
	o := Options{Vars: []string{"a=" + strings.Repeat("[", 200_000)}}
	_, _, diags := load(t, "variable \"a\" { type = list(string) }\n", o)
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "nested too deeply") {
		t.Errorf("diagnostics %v, want one about nesting", diags)
	}
}

// The configuration has more brackets and operators than any limit allows at one place, but at many places.
func TestOrdinaryNestingIsAccepted(t *testing.T) {
	if testing.Short() {
		t.Skip("loads tens of thousands of brackets: not with -short")
	}

	repeat := strings.Repeat
	src := "locals {\n" + repeat("  # (one) [two] {three} -- why not?\n", 50_000) +
		"  a = " + repeat("[", 500) + repeat("]", 500) + "\n" +
		"  b = [" + repeat("\"x\",\n", 10_000) + "]\n" +
		"  c = [" + repeat("\"a.${local.d}-b\", ", 2_000) + "]\n" +
		"  d = true" + repeat(" || false", 300) + "\n" +
		"  e = " + repeat("false ? 1 : ", 300) + "1\n" +
		"  f = \"" + repeat("Zm9v/+==", 10_000) + "\"\n}\n"
	if _, _, diags := load(t, src, Options{}); len(diags) > 0 {
		t.Errorf("diagnostics %v, want none", diags)
	}
}
