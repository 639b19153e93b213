package dns_test

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
)

func TestContentsHaveNoErrors(t *testing.T) {
	for _, r := range dns.Contents() {
		r.Name, r.TTL = "a.example.com", dns.AutoTTL
		for _, p := range lint.Record(r, "example.com") {
			// Some examples are shorter than real values, which is only a warning.
			if p.Severity == dns.Error {
				t.Errorf("%s %s: %v", r.Type, r.Content, p)
			}
		}
	}
}

func TestDocumentedExamplesHaveNoProblems(t *testing.T) {
	for _, r := range dns.Described() {
		r.Name, r.TTL = ownerOf(r.Type), dns.AutoTTL
		for _, p := range lint.Record(r, "example.com") {
			t.Errorf("the example of %s in docs/records.md has a problem, want none: %v", r.Type, p)
		}
	}
}

// ownerOf returns a name at which clients look for records of a type.
func ownerOf(t dns.Type) string {
	switch t {
	case dns.SRV, dns.URI:
		return "_sip._tcp.example.com"
	case dns.TLSA:
		return "_443._tcp.example.com"
	case dns.OPENPGPKEY:
		return strings.Repeat("0d", 28) + "._openpgpkey.example.com"
	case dns.SMIMEA:
		return strings.Repeat("0d", 28) + "._smimecert.example.com"
	}
	return "sub.example.com"
}
