package plan_test

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// collision plans declared records in a zone that has the records in seen, which cfplan does not manage. It
// returns the diagnostics.
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

func TestCollisionNamesAllConflictingRecordsOnce(t *testing.T) {
	const lab = "lab.example.com"
	declared := []dns.Record{ns(lab, "ns1.example.net"), ns(lab, "ns2.example.net")}
	seen := []dns.Record{id("1", txt(lab, "x")), id("2", a(lab, "192.0.2.1"))}

	diags := collision(declared, seen)
	if len(diags) != 1 {
		t.Fatalf("diagnostics = %+v, want one", diags)
	}
	for _, want := range []string{
		`A lab.example.com 192.0.2.1 and TXT lab.example.com "x"`,
		`To replace them in one step, write this in your record block: lifecycle { adopt = "replace" }.`,
		"To keep them instead, put this in place of your own record:",
		"\n\ndeclare A lab.example.com 192.0.2.1\ndeclare TXT",
	} {
		if !strings.Contains(diags[0].Detail, want) {
			t.Errorf("detail = %q, want %q in it", diags[0].Detail, want)
		}
	}
}

func TestCollisionWithAKeptRecordShowsNoDeclaration(t *testing.T) {
	const www = "www.example.com"
	kept := id("1", keptBy("Cloudflare Tunnel", cname(www, "x.example.net")))
	diags := collision([]dns.Record{a(www, "192.0.2.1")}, []dns.Record{kept})
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "turn Cloudflare Tunnel off") ||
		strings.Contains(diags[0].Detail, "declare CNAME") {
		t.Errorf("diagnostics = %+v, want the product and no declaration", diags)
	}
}

func TestCollisionNamesAtMostFiveRecords(t *testing.T) {
	const www = "www.example.com"
	var seen []dns.Record
	for _, last := range "123456789" {
		seen = append(seen, id(string(last), a(www, "192.0.2."+string(last))))
	}
	diags := collision([]dns.Record{cname(www, "x.example.net")}, seen)
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "A www.example.com 192.0.2.5 and 4 more, which") {
		t.Errorf("diagnostics = %+v, want five records and a count", diags)
	}
	if detail := diags[0].Detail; strings.Contains(detail, "declare A") || !strings.Contains(detail, "cfplan import example.com -out=-") {
		t.Errorf("detail = %q, want the command that writes all of the declarations", detail)
	}
}

// Package render would cut a long declaration.
func TestCollisionWithALongRecordShowsNoDeclaration(t *testing.T) {
	const lab = "lab.example.com"
	diags := collision([]dns.Record{ns(lab, "ns1.example.net")}, []dns.Record{id("1", txt(lab, strings.Repeat("x", 2000)))})
	if len(diags) != 1 || !strings.HasSuffix(diags[0].Detail, "cfplan import example.com -out=-.") {
		t.Errorf("diagnostics = %+v, want the command that writes the declaration", diags)
	}
}

// Declaring a record that an ignore block matches would not help: cfplan still ignores it.
func TestCollisionWithAnIgnoredRecordNamesTheIgnoreBlock(t *testing.T) {
	const www = "www.example.com"
	in := plan.Input{
		Desired: dns.Zone{Name: "example.com", Records: []dns.Record{cname(www, "x.example.net")},
			Policy: dns.Policy{Ignore: []dns.Pattern{{Name: "www"}}}},
		Seen:    dns.Zone{Name: "example.com", ID: "z", Records: []dns.Record{id("1", a(www, "192.0.2.1"))}},
		Declare: func([]dns.Record) string { return "declaration" },
	}
	for _, in.Desired.Policy.Ownership = range []dns.Ownership{dns.Managed, dns.Exclusive} {
		_, diags := plan.Diff(in)
		if len(diags) != 1 || !strings.Contains(diags[0].Detail, "An ignore block of the zone matches A www.example.com 192.0.2.1.") ||
			strings.Contains(diags[0].Detail, "declaration") {
			t.Errorf("%s: diagnostics = %+v, want the ignore block and no declaration", in.Desired.Policy.Ownership, diags)
		}
	}
}

func TestCollisionWithAnUnwritableTypeShowsNoDeclaration(t *testing.T) {
	const lab = "lab.example.com"
	odd := id("1", dns.Record{Name: lab, Type: "TYPE65534", Content: "x"})
	diags := collision([]dns.Record{ns(lab, "ns1.example.net")}, []dns.Record{odd, id("2", a(lab, "192.0.2.1"))})
	if len(diags) != 1 || !strings.HasSuffix(diags[0].Detail, "Delete them in the dashboard.") {
		t.Errorf("diagnostics = %+v, want no declaration of only one of them", diags)
	}
}
