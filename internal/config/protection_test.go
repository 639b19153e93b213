package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

// protectedIn evaluates a configuration. It returns the addresses of protections in zones that are declared,
// and of those in zones that are no longer declared.
func protectedIn(t *testing.T, src string) (declared, undeclared []string) {
	t.Helper()
	r := newReport()
	m := evalText(t, r, src, nil)
	if diags := r.diagnostics(); diags.HasErrors() {
		t.Fatalf("%s: %v", src, diags)
	}
	addresses := func(list []dns.Protection) (out []string) {
		for _, p := range list {
			out = append(out, p.Address())
		}
		return out
	}
	for _, z := range m.zones {
		declared = append(declared, addresses(z.Policy.Protected)...)
	}
	return declared, addresses(m.protected)
}

func TestPreventDestroyProtectsBlocksWithoutInstances(t *testing.T) {
	const life = `lifecycle { prevent_destroy = true }`
	for _, c := range []struct {
		name, src            string
		declared, undeclared string
	}{
		{"a plain block", `zone "a.example" {
  record "A" "www" {
    content = "192.0.2.1"
    ` + life + `
  }
  record "A" "other" { content = "192.0.2.1" }
}`, "a.example/A/www", ""},
		{"without any instance", `zone "a.example" {
  record "A" "e" {
    for_each = toset([])
    name     = each.key
    content  = "192.0.2.1"
    ` + life + `
  }
  record "A" "c" {
    count   = 0
    content = "192.0.2.1"
    ` + life + `
  }
  record "A" "l" {
    content = []
    ` + life + `
  }
}`, "a.example/A/e a.example/A/c a.example/A/l", ""},
		{"by a local value", `locals { keep = true }
zone "a.example" {
  record "A" "www" {
    content = "192.0.2.1"
    lifecycle { prevent_destroy = local.keep }
  }
  record "A" "free" {
    content = "192.0.2.1"
    lifecycle { prevent_destroy = !local.keep }
  }
}`, "a.example/A/www", ""},
		{"dynamic blocks", `zone "a.example" {
  dynamic "record" {
    for_each = []
    labels   = ["A", "one"]
    content {
      content = "192.0.2.1"
      ` + life + `
    }
  }
  dynamic "record" {
    for_each = []
    iterator = host
    labels   = ["A", "host-${host.value}"]
    content {
      content = "192.0.2.1"
      ` + life + `
    }
  }
  dynamic "record" {
    for_each = {}
    labels   = [record.value.type, record.key]
    content {
      content = "192.0.2.1"
      dynamic "lifecycle" {
        for_each = [1]
        content { prevent_destroy = true }
      }
    }
  }
  dynamic "record" {
    for_each = []
    labels   = ["A", "free"]
    content { content = "192.0.2.1" }
  }
}`, "a.example/A/one a.example/A/host-* a.example/*/*", ""},
		{"zones of a for_each", `zone "z" {
  for_each = toset(["a"])
  name     = "${each.key}.Example."
  record "A" "www" {
    content = "192.0.2.1"
    ` + life + `
  }
}`, "a.example/A/www", "*.example/A/www"},
		{"no zone of a for_each", `zone "z" {
  for_each = toset([])
  name     = each.key
  dynamic "record" {
    for_each = ["x"]
    labels   = ["A", "${each.key}-${zone.name}-www"]
    content {
      content = "192.0.2.1"
      ` + life + `
    }
  }
}`, "", "*/A/*-*-www"},
	} {
		t.Run(c.name, func(t *testing.T) {
			declared, undeclared := protectedIn(t, c.src)
			if got := strings.Join(declared, " "); got != c.declared {
				t.Errorf("protected in declared zones: %s, want %s", got, c.declared)
			}
			if got := strings.Join(undeclared, " "); got != c.undeclared {
				t.Errorf("protected in zones that are no longer declared: %s, want %s", got, c.undeclared)
			}
		})
	}
}

func TestPreventDestroyMustNotDependOnAnElement(t *testing.T) {
	r := newReport()
	evalText(t, r, `zone "a.example" {
  dynamic "record" {
    for_each = { www = true }
    labels   = ["A", record.key]
    content {
      content = "192.0.2.1"
      lifecycle { prevent_destroy = record.value }
    }
  }
}`, nil)
	diags := r.diagnostics()
	if len(diags) != 1 || diags[0].Summary != "Invalid prevent_destroy" || diags[0].Subject.Start.Line != 7 {
		t.Errorf("diagnostics are %v, want one about prevent_destroy in line 7", diags)
	}
}

// The name of a wildcard record is one name. Its asterisk must not work as a pattern.
func TestAProtectedWildcardProtectsItsOwnNameOnly(t *testing.T) {
	r := newReport()
	m := evalText(t, r, `zone "a.example" {
  record "A" "*" {
    content = "192.0.2.1"
    lifecycle { prevent_destroy = true }
  }
}`, nil)
	covered := func(address string) bool {
		return slices.ContainsFunc(m.zones[0].Policy.Protected, func(p dns.Protection) bool {
			_, covered := dns.NewCoverage([]dns.Protection{p}, "a.example").First(address)
			return covered
		})
	}
	if !covered("a.example/A/*") || covered("a.example/A/www") {
		t.Error("the protection of the wildcard record does not cover exactly the records of its block")
	}
}
