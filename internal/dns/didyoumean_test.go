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
		"-fail":          "", // the beginning of two, and not near either
		"-de":            "",
		"ab":             "",
		"nothing-alike":  "",
	} {
		if got := dns.DidYouMean(given, known); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}
