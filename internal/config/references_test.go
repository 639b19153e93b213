package config

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

func TestReferences(t *testing.T) {
	n := &names{
		variables: map[string]hcl.Range{"address": {}},
		locals:    map[string]hcl.Range{"hosts": {}},
	}
	module, zone := references{names: n}, references{names: n, zone: true}
	each, count := references{names: n, each: true}, references{names: n, count: true}
	for _, c := range []struct {
		src  string
		in   references
		says string
	}{
		{`var.address`, module, ""},
		{`var["address"]`, module, ""},
		{`local.hosts[var.address]`, module, ""},
		{`path.module`, module, ""},
		{`convert("1", number)`, module, ""},
		{`zone.name`, zone, ""},
		{`each.value.x`, each, ""},
		{`count.index`, count, ""},
		{`[for v in local.hosts: v]`, module, ""},
		{`var.adress`, module, `Did you mean "address"?`},
		{`local.address`, module, "Declare it with locals { address = … }"},
		{`var`, module, "cannot be used as a whole"},
		{`path.cwd`, module, ""},
		{`path.home`, module, "it has module, root and cwd"},
		{`zone.name`, module, "only inside a zone block"},
		{`zone.id`, zone, `no attribute "id"`},
		{`each.key`, count, "has a for_each argument"},
		{`count.index`, each, "has a count argument"},
		{`address`, module, "Did you mean var.address?"},
		{`hosts`, module, "Did you mean local.hosts?"},
		{`www`, module, "put it in quotation marks"},
	} {
		diags := c.in.check(expression(t, c.src))
		switch {
		case c.says == "" && len(diags) > 0:
			t.Errorf("%s: check reports %v, want nothing", c.src, diags)
		case c.says != "" && (len(diags) != 1 || !strings.Contains(diags[0].Detail, c.says)):
			t.Errorf("%s: check reports %v, want %q", c.src, diags, c.says)
		}
	}
}

// A file that could not be read may declare an unknown name.
func TestNamesOfUnreadableFilesAreUncertain(t *testing.T) {
	refs := references{names: &names{
		variables:  map[string]hcl.Range{"a": {}},
		locals:     map[string]hcl.Range{},
		incomplete: true,
	}}
	for src, want := range map[string]bool{
		`var.a`:             false,
		`var.b`:             true,
		`"${local.b}.x"`:    true,
		`path.module`:       false,
		`"text"`:            false,
		`[var.a, var["b"]]`: true,
	} {
		expr := expression(t, src)
		if diags := refs.check(expr); len(diags) > 0 {
			t.Errorf("%s: check reports %v, want nothing", src, diags)
		}
		if got := refs.uncertain(expr); got != want {
			t.Errorf("%s: uncertain = %v, want %v", src, got, want)
		}
	}
}
