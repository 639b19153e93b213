package config

import "testing"

func TestDeclareSortsBlocksByKind(t *testing.T) {
	r := newReport()
	d := declareText(t, r, `
variable "a" {}
locals {
  y = 1
  x = 2
}
zone "example.com" {}
zone "example.org" {}
output "o" { value = 1 }
cfplan {}
cloudflare {}
`)
	if len(r.diagnostics()) > 0 {
		t.Fatal(r.diagnostics())
	}
	if len(d.variables) != 1 || len(d.zones) != 2 || len(d.outputs) != 1 || len(d.settings) != 1 || len(d.cloudflare) != 1 {
		t.Errorf("declared %+v, want 1 variable, 2 zones, 1 output, 1 cfplan and 1 cloudflare block", d)
	}
	if len(d.locals) != 2 || d.locals[0].Name != "y" || d.locals[1].Name != "x" {
		t.Errorf("locals %v, want y and x, in the order of the file", d.locals)
	}
}

func TestDeclareReportsNames(t *testing.T) {
	for src, want := range map[string]string{
		"variable \"a\" {}\nvariable \"a\" {}":             "Duplicate variable",
		"variable \"1\" {}":                                "Invalid name of variable",
		"locals { a = 1 }\nlocals { a = 2 }":               "Duplicate local value",
		"resource \"cloudflare_dns_record\" \"a\" {}":      "Unsupported block \"resource\"",
		"record \"A\" \"a\" {}":                            "Unsupported block \"record\"",
		"variable \"a\" { default = 1 }\nlocals { a = 1 }": "", // var.a and local.a are different names
	} {
		r := newReport()
		declareText(t, r, src)
		if got := summaries(r.diagnostics()); got != want {
			t.Errorf("%s: diagnostics %q, want %q", src, got, want)
		}
	}
}

// The syntax error of a broken file has been reported. Nothing else about the file is certain, so only its names count.
func TestDeclareTakesNamesFromBrokenFiles(t *testing.T) {
	f, diags := parseText("a.cf.hcl", []byte("variable \"a\" {\n  nosuch = 1\n}\nzone \"x.com\" {}\nvariable \"b\" {\n"))
	if !diags.HasErrors() {
		t.Fatal("parseText reports no syntax error, want one")
	}
	r := newReport()
	d := declare(r, []source{{body: f.Body, broken: true}})

	if len(r.diagnostics()) > 0 {
		t.Errorf("diagnostics %v, want none", r.diagnostics())
	}
	if _, ok := d.names.variables["a"]; !ok || !d.names.incomplete || len(d.zones) != 0 {
		t.Errorf("declared %+v with names %+v, want only the variable a, and incomplete names", d, d.names)
	}
}

// Mistakes in a broken file are not reported, but a later diagnostic can show any of its lines.
func TestSecretDefaultsOfBrokenFilesAreHidden(t *testing.T) {
	const text = "variable \"a\" {\n  sensitive = true\n  default = \"hunter2\"\n}\n"
	f, _ := parseText("a.cf.hcl", []byte(text))
	r := newReport()
	r.files["a.cf.hcl"] = f
	declare(r, []source{{body: f.Body, broken: true}})

	if got := string(r.files["a.cf.hcl"].Bytes); got != "variable \"a\" {\n  sensitive = true\n  default = *********\n}\n" {
		t.Errorf("the file is shown as %q", got)
	}
}

// A broken file may declare locals and variables, even if no other file declares any.
func TestNamesOfBrokenFilesAreUncertain(t *testing.T) {
	r := newReport()
	refs := references{names: declare(r, []source{{broken: true}}).names}
	for _, src := range []string{"local.x", "var.x"} {
		if expr := expression(t, src); !refs.uncertain(expr) {
			t.Errorf("%s is certain, want it uncertain", src)
		}
	}
}
