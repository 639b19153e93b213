package plan

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

// protection protects a block of example.com.
func protection(zone dns.Shape, label string) dns.Protection {
	return dns.Protection{Zone: zone, Type: dns.Shape{"A"}, Label: dns.Shape{label}, File: "main.cf.hcl", Line: 7}
}

// A block keeps its records although it no longer declares them.
func TestAProtectedBlockKeepsTheInstancesThatAreGone(t *testing.T) {
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
					t.Errorf("diagnostics: %+v", diags)
				}
				return
			}
			if len(diags) != 1 || diags[0].Severity != dns.Error || !strings.Contains(diags[0].Detail, "prevent_destroy") {
				t.Fatalf("diagnostics: %+v, want an error about prevent_destroy", diags)
			}
			if at := diags[0].Position; at == nil || *at != (Position{File: "main.cf.hcl", Line: 7}) {
				t.Errorf("it points at %+v, want the block", at)
			}
		})
	}
}
