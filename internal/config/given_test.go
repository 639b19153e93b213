package config

import (
	"path/filepath"
	"testing"

	"github.com/zclconf/go-cty/cty"
	"golang.org/x/tools/txtar"

	"github.com/cfplan/cfplan/internal/config/lang"
)

func TestTheLastGivenValueWins(t *testing.T) {
	dir := writeFiles(t, []txtar.File{
		{Name: "a.auto.cfvars", Data: []byte("b = 2\nc = 2\nd = 2\ne = 2\n")},
		{Name: "b.auto.cfvars.json", Data: []byte(`{"c": 2.5, "d": 3, "e": 3}`)},
		{Name: "c.auto.cfvars", Data: []byte("c = 3\n")},
		{Name: "x.cfvars", Data: []byte("d = 4\ne = 4\n")},
		{Name: "x.json", Data: []byte(`{"e": 5}`)},
	})
	o := Options{
		Env:      []string{"CFPLAN_VAR_a=1", "CFPLAN_VAR_b=1", "CFPLAN_VAR_undeclared=1", "a=7"},
		VarFiles: []string{filepath.Join(dir, "x.cfvars"), filepath.Join(dir, "x.json")},
		Vars:     []string{"f=1", "f=6"},
	}
	r := newReport()
	d := declareText(t, r, `
variable "a" { type = any }
variable "b" { type = any }
variable "c" { type = any }
variable "d" { type = any }
variable "e" { type = any }
variable "f" { type = any }
variable "g" { type = any }
`)
	got := readGiven(r, openedTree(t, dir), lang.NewBudget(), d, dir, o)

	if len(r.diagnostics()) > 0 || got.incomplete {
		t.Fatalf("readGiven reports %v, incomplete %v, want nothing and false", r.diagnostics(), got.incomplete)
	}
	for name, want := range map[string]int64{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6} {
		if g := got.values[name]; g == nil || !g.value.RawEquals(cty.NumberIntVal(want)) {
			t.Errorf("the variable %s gets %+v, want %d", name, g, want)
		}
	}
	if got.values["g"] != nil || len(got.values) != 6 {
		t.Errorf("the given values are %v, want values for a to f only", got.values)
	}
}

func TestReadGivenReportsMistakes(t *testing.T) {
	dir := writeFiles(t, []txtar.File{
		{Name: "unknown.cfvars", Data: []byte("nmae = \"hunter2\"\n")},
		{Name: "broken.cfvars", Data: []byte("name = [\n")},
	})
	for _, c := range []struct {
		o          Options
		want       string
		incomplete bool
	}{
		{Options{Vars: []string{"name"}}, "Invalid -var option", false},
		{Options{Vars: []string{"nmae=x"}}, "Value for undeclared variable", false},
		{Options{Vars: []string{"list=["}}, "Missing expression", false},
		{Options{Vars: []string{"name=["}}, "", false}, // for a string variable, the text is the value
		{Options{VarFiles: []string{filepath.Join(dir, "unknown.cfvars")}}, "Value for undeclared variable", false},
		{Options{VarFiles: []string{filepath.Join(dir, "nosuch.cfvars")}}, "Cannot read file", true},
	} {
		r := newReport()
		d := declareText(t, r, "variable \"name\" { type = string }\nvariable \"list\" { type = list(string) }\n")
		got := readGiven(r, openedTree(t, dir), lang.NewBudget(), d, t.TempDir(), c.o)
		if s := summaries(r.diagnostics()); s != c.want || got.incomplete != c.incomplete {
			t.Errorf("%+v: readGiven reports %q, incomplete %v, want %q, %v", c.o, s, got.incomplete, c.want, c.incomplete)
		}
	}

	r := newReport()
	got := readGiven(r, openedTree(t, dir), lang.NewBudget(), declareText(t, r, "variable \"name\" {}"), t.TempDir(), Options{VarFiles: []string{filepath.Join(dir, "broken.cfvars")}})
	if !r.list.HasErrors() || !got.incomplete {
		t.Errorf("a broken file: readGiven reports %v, incomplete %v, want a syntax error and true", r.list, got.incomplete)
	}
}

func TestEvalVariables(t *testing.T) {
	number, null := cty.NumberIntVal(7), cty.NullVal(cty.DynamicPseudoType)
	for _, c := range []struct {
		name, block string
		given       *given
		incomplete  bool
		want        cty.Value
		says        string
	}{
		{"given", `type = string`, &given{value: number}, false, cty.StringVal("7"), ""},
		{"default", `default = "d"`, nil, false, cty.StringVal("d"), ""},
		{"given over default", `default = "d"`, &given{value: number}, false, number, ""},
		{"null", `default = "d"`, &given{value: null}, false, null, ""},
		{"null is not allowed", "default = \"d\"\n  nullable = false", &given{value: null}, false, cty.StringVal("d"), ""},
		{"null without default", `nullable = false`, &given{value: null}, false, cty.DynamicVal, "Invalid value for variable"},
		{"wrong type", `type = list(string)`, &given{value: number}, false, cty.DynamicVal, "Invalid value for variable"},
		{"missing", ``, nil, false, cty.DynamicVal, "No value for required variable"},
		{"may be in a broken file", ``, nil, true, cty.DynamicVal, ""},
		{"reported before", `type = string`, &given{value: cty.DynamicVal, broken: true}, false, cty.DynamicVal, ""},
	} {
		r := newReport()
		d := declareText(t, r, "variable \"v\" {\n  "+c.block+"\n}\n")
		from := givenValues{values: map[string]*given{}, incomplete: c.incomplete}
		if c.given != nil {
			from.values["v"] = c.given
		}
		got, unset := evalVariables(r, lang.NewBudget(), d.variables, from, false)
		if v := got.GetAttr("v"); !v.RawEquals(c.want) || unset != 0 {
			t.Errorf("%s: the value is %#v, unset is %d, want %#v and 0", c.name, v, unset, c.want)
		}
		if s := summaries(r.diagnostics()); s != c.says {
			t.Errorf("%s: diagnostics %q, want %q", c.name, s, c.says)
		}
	}
}

func TestVariablesMayBeUnset(t *testing.T) {
	r := newReport()
	d := declareText(t, r,
		"variable \"a\" { type = string }\nvariable \"b\" { sensitive = true }\nvariable \"c\" { default = 1 }\n")
	got, unset := evalVariables(r, lang.NewBudget(), d.variables, givenValues{}, true)

	if unset != 2 || len(r.diagnostics()) > 0 {
		t.Errorf("unset is %d, diagnostics are %v, want 2 and none", unset, r.diagnostics())
	}
	if v := got.GetAttr("a"); v.IsKnown() || v.Type() != cty.String {
		t.Errorf("a = %#v, want an unknown string", v)
	}
	if v := got.GetAttr("b"); !v.IsMarked() {
		t.Errorf("b = %#v, want a sensitive value", v)
	}
}

func openedTree(t *testing.T, dir string) *lang.Tree {
	t.Helper()
	tree := lang.OpenTree(dir, "")
	t.Cleanup(tree.Close)
	return tree
}
