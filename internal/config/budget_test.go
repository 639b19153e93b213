package config

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestBudgetsAcceptLargeConfigurations loads large configurations. The budget must not refuse any of them.
func TestBudgetsAcceptLargeConfigurations(t *testing.T) {
	if testing.Short() {
		t.Skip("loads 100,000 records and data files of 10 MB")
	}
	const n = 100_000
	var csv, yaml strings.Builder
	csv.WriteString("name,address,comment\n")
	yaml.WriteString("hosts:\n")
	for i := 0; csv.Len() < 10_000_000; i++ {
		fmt.Fprintf(&csv, "host%d,192.0.%d.%d,the host with the number %d in the list\n", i, i/256%256, i%256, i)
	}
	for i := 0; yaml.Len() < 10_000_000; i++ {
		fmt.Fprintf(&yaml, "  - name: host%d\n    address: 192.0.%d.%d\n    proxied: true\n", i, i/256%256, i%256)
	}

	for name, src := range map[string]string{
		"for_each over a set": fmt.Sprintf(`zone "example.com" {
  record "A" "x" {
    for_each = toset(flatten([for a in range(%d) : [for b in range(1000) : "h${a}-${b}"]]))
    name     = each.key
    content  = "192.0.2.1"
    comment  = "${each.key} of ${zone.name}: ${upper(each.value)}"
  }
}`, n/1000),
		"YAML": "output \"o\" { value = length(yamldecode(file(\"hosts.yaml\")).hosts) }",
		"CSV":  "output \"o\" { value = length({for h in csvdecode(file(\"hosts.csv\")) : h.name => h.address}) }",
	} {
		dir := writeFiles(t, []txtar.File{
			{Name: "main.cf.hcl", Data: []byte(src + "\n")},
			{Name: "hosts.csv", Data: []byte(csv.String())},
			{Name: "hosts.yaml", Data: []byte(yaml.String())},
		})
		c, _, diags := Load(dir, Options{})
		if diags.HasErrors() {
			t.Errorf("%s: %v", name, diags)
		}
		if strings.HasPrefix(name, "for_each") && len(c.Zones[0].Records) != n {
			t.Errorf("%s: Load returns %d records, want %d", name, len(c.Zones[0].Records), n)
		}
	}
}

// TestExhaustionIsReported hides the budget's error in functions that accept errors. All values that are
// evaluated later must be unknown, without further errors.
func TestExhaustionIsReported(t *testing.T) {
	c, _, diags := load(t, `
locals {
  hidden = try([for a in range(100) : indent(1000000000, "a\nb")], "x")
  more   = can([for a in range(100) : indent(1000000000, "a\nb")])
}
output "o" { value = local.hidden }
zone "example.com" {
  record "A" "www" { content = upper(local.hidden) }
}
`, Options{})
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "more than 20 values are too large") {
		t.Errorf("diagnostics are %v, want one about values that are too large", diags)
	}
	if len(c.Outputs) > 0 {
		t.Errorf("outputs are %v, want none", c.Outputs)
	}
}

func TestLongChainsOfLocalsAreRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("evaluates a chain up to the limit: not with -short")
	}

	src := "locals {\n"
	for i := range maxChain + 1 {
		src += fmt.Sprintf(" a%05d = local.a%05d\n", i, i+1)
	}
	_, _, diags := load(t, src+fmt.Sprintf(" a%05d = 1\n}\n", maxChain+1), Options{})
	for _, d := range diags {
		if d.Summary != "Too long chain of local values" {
			t.Errorf("Load reports %v, want only errors about chains", d)
		}
	}
	if len(diags) == 0 {
		t.Error("Load reports nothing, want an error about a chain")
	}
}
