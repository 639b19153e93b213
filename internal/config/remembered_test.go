package config

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// loadText loads one file with options.
func loadText(t *testing.T, src string, o Options) (*Config, string, string) {
	t.Helper()
	dir := writeFiles(t, []txtar.File{{Name: "main.cf.hcl", Data: []byte(src)}})
	c, _, diags := Load(dir, o)
	var details []string
	for _, d := range diags {
		details = append(details, d.Detail)
	}
	return c, summaries(diags), strings.Join(details, "\n")
}

// throughJSON encodes variables as JSON and decodes them again, as a plan file does.
func throughJSON(t *testing.T, from map[string]Variable) map[string]Variable {
	t.Helper()
	out := map[string]Variable{}
	for name, v := range from {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := decodeNumbers(text)
		if err != nil {
			t.Fatal(err)
		}
		m := decoded.(map[string]any)
		v.Type, v.Value = m["Type"], m["Value"]
		out[name] = v
	}
	return out
}

func TestVariablesSurviveAPlanFile(t *testing.T) {
	const src = `
variable "text" { type = string }
variable "big" { type = number }
variable "list" { type = list(string) }
variable "set" { type = set(number) }
variable "object" {
  type = object({ a = string, b = optional(number), c = optional(bool, true) })
}
variable "any" {}
variable "null" { default = null }
variable "defaulted" { default = "d" }
output "all" {
  value = [var.text, var.big, var.list, var.set, var.object, jsonencode(var.any), var.null, var.defaulted]
}
`
	dir := writeFiles(t, []txtar.File{{Name: "v.cfvars", Data: []byte(`
text = "a\u202eb ##[x] <é>"
big = 123456789012345678901234567890.5
list = ["a", ""]
set = [3, 1, 2]
object = { a = "x" }
any = { n = null, l = [1, "2", { deep = true }], s = "" }
`)}})
	made, problems, _ := loadText(t, src, Options{VarFiles: []string{filepath.Join(dir, "v.cfvars")}})
	if problems != "" {
		t.Fatal(problems)
	}
	applied, problems, details := loadText(t, src, Options{Remembered: throughJSON(t, made.Variables)})
	if problems != "" {
		t.Fatal(problems, details)
	}
	if !reflect.DeepEqual(made.Outputs, applied.Outputs) {
		t.Errorf("with the remembered variables, the outputs are %v, want %v", applied.Outputs, made.Outputs)
	}
	if !reflect.DeepEqual(made.Variables["big"].Value, json.Number("123456789012345678901234567890.5")) {
		t.Errorf("the plan remembers the number %v, want every digit of it", made.Variables["big"].Value)
	}
	if want := []string{"any", "big", "list", "object", "set", "text"}; !reflect.DeepEqual(applied.Recalled, want) {
		t.Errorf("Recalled is %v, want %v", applied.Recalled, want)
	}
}

func TestPlansDoNotRememberSecrets(t *testing.T) {
	c, problems, _ := loadText(t, `
variable "secret" { sensitive = true }
variable "token" {}
variable "key" {}
variable "plain" {}
locals {
  indirect = "x${local.more}"
  more     = trimspace(var.key)
}
cloudflare {
  api_token = var["token"]
  api_key   = local.indirect
}
`, Options{Vars: []string{"secret=hunter1", "token=hunter2", "key=hunter3", "plain=hello"}})
	if problems != "" {
		t.Fatal(problems)
	}
	text, err := json.Marshal(c.Variables)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "hunter") || !strings.Contains(string(text), "hello") {
		t.Errorf("the variables of the plan contain a secret: %s", text)
	}
	for _, name := range []string{"secret", "token", "key"} {
		if v, ok := c.Variables[name]; !ok || !v.Sensitive {
			t.Errorf("the variable %s is %+v (%v), want it to be sensitive and without a value", name, v, ok)
		}
	}
}

func TestRememberedVariablesReplaceOnlyDefaults(t *testing.T) {
	text := func(value string) Variable { return Variable{Type: "string", Value: value} }
	for _, c := range []struct {
		name, src  string
		o          Options
		remembered Variable
		value      any
		summary    string
		named      bool
	}{
		{"no other source", `variable "v" {}`, Options{}, text("plan"), "plan", "", false},
		{"a default", `variable "v" { default = "default" }`, Options{}, text("plan"), "plan", "", false},
		{"equal", `variable "v" {}`, Options{Vars: []string{"v=plan"}}, text("plan"), "plan", "", false},
		{"another source", `variable "v" {}`, Options{Vars: []string{"v=own"}}, text("plan"),
			"own", "Variable differs from the plan", true},
		{"the environment", `variable "v" {}`, Options{Env: []string{"CFPLAN_VAR_v=own"}}, text("plan"),
			"own", "Variable differs from the plan", true},
		{"a default that differed", `variable "v" { default = "new" }`, Options{},
			Variable{Type: "string", Value: "old", Default: true}, "old", "Default has changed since the plan was made", true},
		{"null stands for the default", "variable \"v\" {\n default = \"d\"\n nullable = false\n type = string\n}",
			Options{VarFiles: []string{"NULL"}}, text("plan"), "plan", "", false},
		{"another spelling", "variable \"v\" { type = number }", Options{Vars: []string{"v=1.0"}},
			Variable{Type: "number", Value: json.Number("1")}, 1.0, "", false},
		{"another type", `variable "v" { type = list(string) }`, Options{}, text("plan"), nil, "Invalid value for variable", true},
		{"an unknown type", `variable "v" {}`, Options{}, Variable{Type: "car", Value: 1}, nil, "Invalid value for variable", true},
		{"a value of another type", `variable "v" {}`, Options{}, Variable{Type: "number", Value: "x"}, nil, "Invalid value for variable", true},
		{"no type at all", `variable "v" {}`, Options{}, Variable{Value: "x"}, nil, "Invalid value for variable", true},
		{"sensitive", `variable "v" {}`, Options{}, Variable{Sensitive: true}, nil, "No value for sensitive variable", true},
		{"sensitive with a default", `variable "v" { default = "d" }`, Options{}, Variable{Sensitive: true},
			nil, "No value for sensitive variable", true},
		{"sensitive by default", `variable "v" { default = "d" }`, Options{}, Variable{Sensitive: true, Default: true}, "d", "", false},
		{"sensitive, given again", `variable "v" {}`, Options{Vars: []string{"v=own"}}, Variable{Sensitive: true}, "own", "", false},
	} {
		if len(c.o.VarFiles) > 0 {
			dir := writeFiles(t, []txtar.File{{Name: "null.cfvars", Data: []byte("v = null\n")}})
			c.o.VarFiles = []string{filepath.Join(dir, "null.cfvars")}
		}
		c.o.Remembered = map[string]Variable{"v": c.remembered, "undeclared": text("x")}
		cfg, problems, details := loadText(t, c.src+"\noutput \"v\" { value = var.v }\n", c.o)
		if problems != c.summary || strings.Contains(details, `"v"`) != c.named {
			t.Errorf("%s: diagnostics are %q (%s), want %q", c.name, problems, details, c.summary)
		}
		if c.value != nil && (len(cfg.Outputs) != 1 || cfg.Outputs[0].Value != c.value) {
			t.Errorf("%s: the value is %+v, want %v", c.name, cfg.Outputs, c.value)
		}
	}
}

func TestASensitiveValueOfThePlanIsNotShown(t *testing.T) {
	// The variable became sensitive after the plan was made.
	dir := writeFiles(t, []txtar.File{{Name: "main.cf.hcl", Data: []byte(
		"variable \"v\" {\n type = number\n sensitive = true\n}\n")}})
	_, files, diags := Load(dir, Options{Remembered: map[string]Variable{"v": {Type: "string", Value: "hunter2"}}})
	if !diags.HasErrors() {
		t.Fatal("Load accepts the value as a number, want an error")
	}
	for name, f := range files {
		if strings.Contains(string(f.Bytes), "hunter2") {
			t.Errorf("the source %s shows the value", name)
		}
	}
	if strings.Contains(diags.Error(), "hunter2") {
		t.Error(diags)
	}
}
