package dns_test

import (
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

func TestDidYouMean(t *testing.T) {
	known := []string{"-detailed-exitcode", "-target", "-fail-at-once", "-fail-at-last", "ttl"}
	for given, want := range map[string]string{
		"-targt":         ` Did you mean "-target"?`,
		"-TARGET":        ` Did you mean "-target"?`,
		"-detailed-exit": ` Did you mean "-detailed-exitcode"?`,
		"-fail":          "", // two names begin with it, and neither is near
		"-de":            "",
		"ab":             "",
		"nothing-alike":  "",
	} {
		if got := dns.DidYouMean(given, known); got != want {
			t.Errorf("DidYouMean(%q) = %q, want %q", given, got, want)
		}
	}
}
