package config

import (
	"testing"

	"github.com/zclconf/go-cty/cty"
)

func TestEvalLocals(t *testing.T) {
	for src, want := range map[string]string{
		"locals {\n  a = local.b\n  b = local.c\n  c = 7\n}":                      "",
		"locals {\n  a = local.a\n}":                                              "Cycle of local values",
		"locals {\n  a = local.b\n  b = local.c\n  c = local.a\n}":                "Cycle of local values",
		"locals {\n  a = local.b\n  b = local.a\n  c = local.d\n  d = local.c\n}": "Cycle of local values; Cycle of local values",
		"locals {\n  a = local.nosuch\n}":                                         "Reference to undeclared local value",
		"locals {\n  a = each.key\n}":                                             "Reference to \"each\" out of place",
		"locals {\n  a = 1 + \"x\"\n  b = local.a\n}":                             "Invalid operand",
		"locals {\n  a = local[\"b\"]\n  b = 7\n}":                                "",
		"locals {\n  a = [for b in [1]: local.b]\n  b = 7\n}":                     "",
		"locals {\n  a = local\n}":                                                "Invalid reference",
	} {
		r := newReport()
		d := declareText(t, r, src)
		evalNodes(r, localNodes(r, d.locals), newEvalContext(d.names, paths{module: "sub"}, nil, cty.EmptyObjectVal))
		if got := summaries(r.diagnostics()); got != want {
			t.Errorf("%s: diagnostics are %q, want %q", src, got, want)
		}
	}
}

func TestLocalsSeeEachOther(t *testing.T) {
	r := newReport()
	d := declareText(t, r, "locals {\n  a = \"${local.b}!\"\n  b = \"${local.c}${var.v}\"\n  c = path.module\n}")
	d.names.variables["v"] = d.names.locals["a"]
	variables := cty.ObjectVal(map[string]cty.Value{"v": cty.StringVal("v")})

	s := evalNodes(r, localNodes(r, d.locals), newEvalContext(d.names, paths{module: "sub"}, nil, variables))
	got, _ := s.eval(expression(t, "local.a"))
	if len(r.diagnostics()) > 0 || !got.RawEquals(cty.StringVal("subv!")) {
		t.Errorf("local.a is %#v, diagnostics are %v, want subv!", got, r.diagnostics())
	}
}
