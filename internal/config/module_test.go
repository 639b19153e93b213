package config

import (
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/cfplan/cfplan/internal/dns"
)

func TestAModuleIsAFunctionOfItsInputs(t *testing.T) {
	const src = `
variable "name" {}
locals { mail = "mail.${var.name}" }
zone "a" {
  name = var.name
  record "MX" "@" {
    content  = local.mail
    priority = 10
  }
}
output "mail" { value = local.mail }
`
	for _, name := range []string{"example.com", "example.org"} {
		r := newReport()
		m := evalText(t, r, src, map[string]cty.Value{"name": cty.StringVal(name)})
		if len(r.diagnostics()) > 0 {
			t.Fatal(r.diagnostics())
		}
		if len(m.zones) != 1 || m.zones[0].Name != name || m.zones[0].Records[0].Content != "mail."+name {
			t.Errorf("zones are %+v, want %s with its MX", m.zones, name)
		}
		if len(m.outputs) != 1 || m.outputs[0].Value != "mail."+name {
			t.Errorf("outputs are %+v, want mail.%s", m.outputs, name)
		}
	}
}

func TestSettingsReachZones(t *testing.T) {
	r := newReport()
	d := declareText(t, r, "cfplan {\n  ignore_warnings = [\"proxied-ttl\"]\n  limits {\n    max_destroy = 3\n  }\n}\n"+
		"zone \"a.com\" {\n  limits {\n    max_destroy = \"50%\"\n  }\n}\nzone \"b.com\" {\n"+
		"  record \"A\" \"a\" {\n    content = \"192.0.2.1\"\n    proxied = true\n    ttl = 300\n  }\n}\n")
	s := readSettings(r, d.settings, "1.0.0")
	zones := joinZones(r, evalModule(r, d, moduleInputs{settings: s, schemas: recordSchemas{}}).zones, s.maxDestroy)

	if len(r.diagnostics()) > 0 {
		t.Errorf("diagnostics are %v, want none, because the warning is switched off", r.diagnostics())
	}
	half, _ := dns.ParseLimit("50%")
	three, _ := dns.ParseLimit("3")
	if a, b := zones[0].Policy.MaxDestroy, zones[1].Policy.MaxDestroy; *a != half || *b != three {
		t.Errorf("max_destroy is %v and %v, want the zone's own 50%% and the configuration's 3", a, b)
	}
}

func TestCheckZones(t *testing.T) {
	const conflict = "zone \"a.com\" {\n  record \"CNAME\" \"a\" { content = \"x.com\" }\n" +
		"  record \"A\" \"a\" { content = \"192.0.2.1\" }\n}\n"
	for _, c := range []struct {
		name, src string
		want      string
		zones     int
	}{
		{"in order", "zone \"b.com\" {}\nzone \"a.com\" {}\n", "", 2},
		{"in two blocks", "zone \"a.com\" {}\nzone \"A.com.\" {}\n", "", 1},
		{"records in conflict across blocks", "zone \"a.com\" {\n  record \"CNAME\" \"a\" { content = \"x.com\" }\n}\n" +
			"zone \"a.com\" {\n  record \"A\" \"a\" { content = \"192.0.2.1\" }\n}\n", "CNAME beside addresses", 1},
		{"records in conflict", conflict, "CNAME beside addresses", 1},
	} {
		r := newReport()
		m := evalText(t, r, c.src, nil)
		zones := checkZones(joinZones(r, m.zones, nil), false)
		if s := summaries(r.diagnostics()); s != c.want || len(zones) != c.zones {
			t.Errorf("%s: %d zones with the diagnostics %q, want %d with %q", c.name, len(zones), s, c.zones, c.want)
		}
		if len(zones) == 2 && zones[0].Name != "a.com" {
			t.Errorf("%s: zones are %v, want a.com first", c.name, zones)
		}
	}
}

// Some variables have no value. A record that is left out because of such a variable could conflict with
// other records, or resolve a conflict.
func TestUncertainZonesAreNotChecked(t *testing.T) {
	const src = `
variable "v" { type = string }
zone "a.com" {
  record "CNAME" "a" { content = "x.com" }
  record "A" "a" { content = "192.0.2.1" }
  record "TXT" "b" { content = var.v }
}
zone "b.com" {
  record "CNAME" "a" { content = "x.com" }
  record "A" "a" { content = "192.0.2.1" }
}
`
	r := newReport()
	d := declareText(t, r, src)
	m := evalModule(r, d, moduleInputs{mayBeUnset: true, schemas: recordSchemas{}})
	zones := checkZones(joinZones(r, m.zones, nil), m.unset > 0)

	if m.unset != 1 || len(zones) != 2 || len(zones[0].Records) != 2 {
		t.Errorf("unset is %d, zones are %v, want 1 and two zones with two records each", m.unset, zones)
	}
	diags := r.diagnostics()
	if s := summaries(diags); s != "CNAME beside addresses" || diags[0].Subject.Start.Line < 8 {
		t.Errorf("diagnostics are %v, want only the conflict in b.com", diags)
	}
}
