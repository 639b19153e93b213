package risk

import (
	"slices"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/dns/dnstest"
	"github.com/cfplan/cfplan/internal/plan"
)

// An exclusive zone has unmanaged records, too: records that it ignores, and records that a Cloudflare product keeps.
func TestJoiningUnmanagedRecordsOfAnExclusiveZoneIsARisk(t *testing.T) {
	live := dnstest.Records(t, "lab 300 A 192.0.2.1", "lab 300 A 192.0.2.2", "www 300 A 192.0.2.3", "m 300 MX 10 mx.example.net")
	live[3].ManagedBy = "Email Routing"
	declared := dns.Zone{
		Name: "example.com",
		Records: dnstest.Records(t, "lab 300 A 192.0.2.2", "lab 300 A 192.0.2.9", "www 300 A 192.0.2.3", "www 300 A 192.0.2.9",
			"m 300 MX 10 mx.example.org"),
		Policy: dns.Policy{Ownership: dns.Exclusive, Ignore: []dns.Pattern{{Name: "lab"}}},
	}
	for i := range declared.Records {
		declared.Records[i].ID = ""
	}

	z, _ := plan.Diff(plan.Input{Desired: declared, Seen: dns.Zone{Name: "example.com", ID: "z", Records: live}})
	var got []string
	for _, c := range Assess(z, declared, live, nil).Changes {
		for _, r := range c.Risks {
			if r.Rule == "joins-unmanaged" {
				got = append(got, r.Text)
			}
		}
	}
	want := []string{
		"lab.example.com keeps 1 other A record that cfplan does not manage, so the traffic is shared: 192.0.2.1.",
		"m.example.com keeps 1 other MX record that cfplan does not manage, so the mail is shared: 10 mx.example.net.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("risks = %q, want %q", got, want)
	}
}

// A live zone may have the same TXT record twice. Destroying one of the two loses nothing.
func TestDestroyingADuplicateIsNotARisk(t *testing.T) {
	live := dnstest.Records(t, `@ 300 TXT "google-site-verification=abc"`, `@ 60 TXT "google-site-verification=abc"`)
	declared := dns.Zone{Name: "example.com", Records: live[:1:1], Policy: dns.Policy{Ownership: dns.Exclusive}}
	z, _ := plan.Diff(plan.Input{Desired: declared, Seen: dns.Zone{Name: "example.com", ID: "z", Records: live}})
	if z.Summary.Destroy != 1 {
		t.Fatalf("changes = %+v, want one destroy", z.Changes)
	}
	for _, c := range Assess(z, declared, live, nil).Changes {
		if len(c.Risks) > 0 {
			t.Errorf("risks of %s %s = %+v, want none", c.Action, c.Name, c.Risks)
		}
	}
}

// replaced returns the risks of replacing a record that cfplan does not own with a declared one.
func replaced(t *testing.T, theirs, ours string) []plan.Risk {
	t.Helper()
	declared := dns.Zone{Name: "example.com", Records: dnstest.Records(t, ours)}
	declared.Records[0].ID, declared.Records[0].Declared = "", &dns.Declaration{Address: "example.com/A/www", Replaces: true}
	live := dnstest.Records(t, theirs)
	z, _ := plan.Diff(plan.Input{Desired: declared, Seen: dns.Zone{Name: "example.com", ID: "z", Records: live}})

	var out []plan.Risk
	for _, c := range Assess(z, declared, live, nil).Changes {
		out = append(out, c.Risks...)
	}
	return out
}

func TestReplacingAnUnmanagedRecordIsAHighRisk(t *testing.T) {
	for _, c := range []struct{ theirs, ours, text string }{
		{"www 300 A 192.0.2.7", "www 300 A 192.0.2.1", "is overwritten: A www.example.com 192.0.2.7."},
		{"www 300 CNAME x.example.net", "www 300 A 192.0.2.1", "is destroyed: CNAME www.example.com x.example.net."},
	} {
		risks := replaced(t, c.theirs, c.ours)
		if len(risks) != 1 || risks[0].Level != plan.HighRisk || !strings.Contains(risks[0].Text, c.text) {
			t.Errorf("%s by %s: risks = %+v, want one of level high with %q", c.theirs, c.ours, risks, c.text)
		}
	}
	if risks := replaced(t, "www 300 A 192.0.2.1", "www 60 A 192.0.2.1"); len(risks) > 0 {
		t.Errorf("adopting an equal record has the risks %+v, want none", risks)
	}
}
