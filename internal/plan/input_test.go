package plan

import (
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/dns/dnstest"
)

// inputOf returns the input for a plan that turns the records in before, all of them owned, into the records in
// after.
func inputOf(t *testing.T, before, after []string) Input {
	t.Helper()
	seen := dnstest.Records(t, before...)
	owned := map[string]string{}
	for _, r := range seen {
		owned[r.ID] = "example.com/" + string(r.Type) + "/" + dns.RelativeName(r.Name, "example.com")
	}
	desired := dnstest.Records(t, after...)
	for i := range desired {
		desired[i].ID = ""
	}

	return Input{
		Desired: dns.Zone{Name: "example.com", Records: desired},
		Seen:    dns.Zone{Name: "example.com", ID: "z", Records: seen},
		Owned:   owned,
		Source:  Source{Kind: SourceLive},
	}
}
