package plan

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

// protection returns a block of A records with prevent_destroy.
func protection(zone dns.Shape, label string) dns.Protection {
	return dns.Protection{Zone: zone, Type: dns.Shape{"A"}, Label: dns.Shape{label}, File: "main.cf.hcl", Line: 7}
}

// A block with prevent_destroy protects its records even if it no longer declares them.
func TestPreventDestroyProtectsRemovedInstances(t *testing.T) {
	here, elsewhere := dns.Shape{"example.com"}, dns.Shape{"example.net"}
	for _, c := range []struct {
		name, owner string
		blocks      []dns.Protection
		destroy     bool
		protected   bool
	}{
		{"an instance", `example.com/A/h["1"]`, []dns.Protection{protection(here, "h")}, false, true},
		{"a counted instance", "example.com/A/h[1]", []dns.Protection{protection(here, "h")}, false, true},
		{"a value of a list", "example.com/A/h", []dns.Protection{protection(here, "h")}, false, true},
		{"by destroy", "example.com/A/h", []dns.Protection{protection(here, "h")}, true, true},
		{"a zone of a shape", "example.com/A/h", []dns.Protection{protection(dns.AnyShape(), "h")}, false, true},
		{"another block", "example.com/A/h", []dns.Protection{protection(here, "other")}, false, false},
		{"another zone's block", "example.com/A/h", []dns.Protection{protection(elsewhere, "h")}, false, false},
		{"the block is gone", "example.com/A/h", nil, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			z, diags := shrink(1, 0, func(in *Input) {
				in.Owned["0"] = c.owner
				in.Desired.Policy.Protected = c.blocks
				in.Destroy = c.destroy
			})
			if z.Summary.Destroy != 1 {
				t.Fatalf("%d destroys, want 1", z.Summary.Destroy)
			}

			if !c.protected {
				if len(diags) > 0 {
					t.Errorf("diagnostics: %+v, want none", diags)
				}
				return
			}
			if len(diags) != 1 || diags[0].Severity != dns.Error || !strings.Contains(diags[0].Detail, "prevent_destroy") {
				t.Fatalf("diagnostics: %+v, want an error about prevent_destroy", diags)
			}
			if at := diags[0].Position; at == nil || *at != (Position{File: "main.cf.hcl", Line: 7}) {
				t.Errorf("position = %+v, want that of the block: main.cf.hcl:7", at)
			}
		})
	}
}

// If a protected address becomes an alias in the same block, the plan destroys the address, just as if the
// instance were removed.
func TestPreventDestroyForbidsAChangeOfTheType(t *testing.T) {
	alias := func(label, name string, protected bool) dns.Record {
		return dns.Record{Name: name, Type: dns.CNAME, Content: "target.example.net", TTL: 300,
			Declared: &dns.Declaration{Address: "example.com/CNAME/" + label, PreventDestroy: protected}}
	}
	for _, c := range []struct {
		name     string
		declared dns.Record
		refused  bool
	}{
		{"protected", alias("h", "h0.example.com", true), true},
		{"no longer protected", alias("h", "h0.example.com", false), false},
		{"another block", alias("other", "h0.example.com", true), false},
		{"another name", alias("h", "h9.example.com", true), false},
		{"a type that can stand beside it", dns.Record{Name: "h0.example.com", Type: dns.TXT, Content: `"x"`, TTL: 300,
			Declared: &dns.Declaration{Address: "example.com/TXT/h", PreventDestroy: true}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var in Input
			z, diags := shrink(1, 0, func(i *Input) {
				i.Desired.Records = append(i.Desired.Records, c.declared)
				in = *i
			})
			if z.Summary.Destroy != 1 || len(diags) > 0 != c.refused {
				t.Errorf("%d destroys, diagnostics: %+v; want one destroy, refused: %t", z.Summary.Destroy, diags, c.refused)
			}
			b := Bounds{Declared: in.Desired, Live: in.Seen, Owned: in.Owned}
			if why := Admissible(z, b); len(why) > 0 != c.refused {
				t.Errorf("Admissible = %+v, want refused: %t", why, c.refused)
			}
			b.Rollback, b.Back = true, z.Changes
			if why := Admissible(z, b); len(why) > 0 {
				t.Errorf("Admissible of the rollback = %+v, want nothing", why)
			}
		})
	}
}
