package plan_test

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// collision plans declared records in a zone with others that cfplan does not manage, and returns the errors.
func collision(declared, seen []dns.Record) []plan.Diagnostic {
	_, diags := plan.Diff(plan.Input{
		Desired: dns.Zone{Name: "example.com", Records: declared},
		Seen:    dns.Zone{Name: "example.com", ID: "z", Records: seen},
		Declare: func(records []dns.Record) string {
			var b strings.Builder
			for _, r := range records {
				b.WriteString("declare " + plan.Describe(r) + "\n")
			}
			return b.String()
		},
	})
	return diags
}

func TestACollisionNamesAllThatIsInTheWayOnce(t *testing.T) {
	const lab = "lab.example.com"
	declared := []dns.Record{ns(lab, "ns1.example.net"), ns(lab, "ns2.example.net")}
	seen := []dns.Record{id("1", txt(lab, "x")), id("2", a(lab, "192.0.2.1"))}

	diags := collision(declared, seen)
	if len(diags) != 1 {
		t.Fatalf("diagnostics = %+v, want one", diags)
	}
	for _, want := range []string{
		`A lab.example.com 192.0.2.1 and TXT lab.example.com "x"`,
		"Delete it in the dashboard, or take it over first",
		"\n\ndeclare A lab.example.com 192.0.2.1\ndeclare TXT",
	} {
		if !strings.Contains(diags[0].Detail, want) {
			t.Errorf("detail = %q, want %q in it", diags[0].Detail, want)
		}
	}
}

func TestACollisionWithWhatAProductKeepsShowsNoDeclaration(t *testing.T) {
	const www = "www.example.com"
	diags := collision([]dns.Record{a(www, "192.0.2.1")}, []dns.Record{id("1", keptBy("Cloudflare Tunnel", cname(www, "x.example.net")))})
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "turn Cloudflare Tunnel off") || strings.Contains(diags[0].Detail, "declare CNAME") {
		t.Errorf("diagnostics = %+v, want the product and no declaration", diags)
	}
}

func TestACollisionNamesAFew(t *testing.T) {
	const www = "www.example.com"
	var seen []dns.Record
	for _, last := range "123456789" {
		seen = append(seen, id(string(last), a(www, "192.0.2."+string(last))))
	}
	diags := collision([]dns.Record{cname(www, "x.example.net")}, seen)
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "A www.example.com 192.0.2.5 and 4 more, which") {
		t.Errorf("diagnostics = %+v, want five records and a count", diags)
	}
}
