package lint

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
)

// Digests and a key that have valid lengths.
const (
	sha256Hex = "0d6fce9a0b3c4d5e6f708192a3b4c5d6e7f80910213243546576879809acbdce"
	sha1Hex   = "f6a07b3e6f2f9a1d8b7c6d5e4f3a2b1c0d9e8f70"
	pgp       = "mQINBFit2jsBEADrbl5vjVxYeAE0g0IDYCBpHirv1Sjlqxx5gjtPhb2YhvyDMXjq"
)

// hosts draws host names.
var hosts = rapid.StringMatching(`[a-z_][a-z0-9_-]{0,10}(\.[a-z0-9_-]{1,10}){0,3}\.[a-z]{2,6}`)

// quote writes a text as one quoted string of a zone file.
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// checkWording checks that a problem is in the list of checks and that its texts can be shown to a user.
func checkWording(t *testing.T, p *dns.Problem) {
	t.Helper()
	if c, ok := FindCheck(p.Rule); !ok || c.Severity != p.Severity {
		t.Errorf("%s %q is not in the list of checks", p.Severity, p.Rule)
	}
	if p.Summary == "" || p.Detail == "" || len(p.Detail) > 2000 || !utf8.ValidString(p.Detail) ||
		strings.ContainsFunc(p.Error(), unicode.IsControl) {
		t.Errorf("the texts of the problem %+v cannot be shown to a user", *p)
	}
}
