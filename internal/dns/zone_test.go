package dns_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

func TestStricter(t *testing.T) {
	one := dns.Policy{
		Ownership: dns.Exclusive,
		Ignore:    []dns.Pattern{{Name: "a"}},
		Protected: []dns.Protection{{Label: dns.Shape{"a"}}},
		File:      "main.cf.hcl",
	}
	two := dns.Policy{
		Ownership: dns.Managed,
		Ignore:    []dns.Pattern{{Name: "b"}},
		Protected: []dns.Protection{{Label: dns.Shape{"b"}}},
	}
	for _, got := range []dns.Policy{one.Stricter(two), two.Stricter(one)} {
		if got.Ownership != dns.Managed || len(got.Ignore) != 2 || len(got.Protected) != 2 {
			t.Errorf("the stricter policy is %+v, want managed with everything that either ignores or protects", got)
		}
	}
	if got := one.Stricter(one).Ownership; got != dns.Exclusive {
		t.Errorf("ownership = %q, want exclusive if both say so", got)
	}
	if len(one.Ignore) != 1 || len(two.Protected) != 1 {
		t.Error("a policy was modified")
	}
}
