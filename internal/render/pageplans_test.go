package render_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/risk"
)

// pagePlans returns the plans with which the page is tested, by name.
func pagePlans() map[string]*plan.Plan {
	return map[string]*plan.Plan{
		"live":        allActions(),
		"large":       large(2300, 12),
		"readonly":    trusted(),
		"diagnostics": withDiagnostics(),
		"long":        longContents(),
		"none":        diffed(plan.SourceLive, []dns.Record{a("www", "192.0.2.1")}, []dns.Record{id("own1", a("www", "192.0.2.1"))}),
		"risky":       onlyRisks(),
		"adoptions":   onlyAdoptions(),
		"ownership":   ownership(),
		"replacing":   replacing(),
		"drift":       drifted(false),
		"driftonly":   drifted(true),
		"notread":     notRefreshed(997),
		"destroy":     destroyed(),
	}
}

// large returns a plan with n changes in the given number of zones: most change an address, and there are some of
// every other kind.
func large(n, zones int) *plan.Plan {
	var list []plan.Zone
	for i := range zones {
		count := n / zones
		if i < n%zones {
			count++
		}
		list = append(list, largeZone(fmt.Sprintf("zone-%02d.example", i+1), count))
	}
	return plan.New("0.1.0", made, list, nil, nil)
}

// largeZone returns a zone with one change for each number below n.
func largeZone(name string, n int) plan.Zone {
	var desired, seen []dns.Record
	owned := map[string]string{}
	for i := range n {
		label := fmt.Sprintf("host-%d.eu", i)
		before := dns.Record{Name: label + "." + name, Type: dns.A, Content: fmt.Sprintf("192.0.2.%d", i%250), TTL: 300}
		after := before
		after.Content = fmt.Sprintf("198.51.100.%d", i%250)
		switch i % 23 {
		case 3:
			before.Type, before.Content = dns.TXT, fmt.Sprintf(`"v=spf1 include:_spf.example.net ip4:192.0.2.%d -all"`, i%250)
			after.Type, after.Content = dns.TXT, fmt.Sprintf(`"v=spf1 include:_spf.example.net ip4:198.51.100.%d -all"`, i%250)
		case 7:
			before.Type, before.Content = dns.CNAME, "target.example.net"
			after = before
			after.TTL = 3600
		}

		after.Declared = &dns.Declaration{
			Address: name + "/" + string(after.Type) + "/" + label,
			File:    "zones/" + name + ".cf.hcl",
			Line:    4*i + 3,
		}
		before.ID = fmt.Sprintf("id%d", i)
		if i%11 != 5 { // an add
			seen = append(seen, before)
		}
		if i%11 != 5 && i%29 != 12 {
			owned[before.ID] = name + "/" + string(before.Type) + "/" + label
		}
		if i%29 == 12 { // an adoption
			after.Content = before.Content
		}
		if i%41 != 20 { // a destroy
			desired = append(desired, after)
		}
	}

	z, _ := plan.Diff(plan.Input{
		Desired: dns.Zone{Name: name, Records: desired},
		Seen:    dns.Zone{Name: name, ID: "z", Records: seen},
		Owned:   owned,
		Source:  plan.Source{Kind: plan.SourceLive, FetchedAt: made},
	})

	return risk.Assess(z, dns.Zone{}, seen, nil)
}

// withDiagnostics returns a plan with errors and warnings, many of them with one summary.
func withDiagnostics() *plan.Plan {
	p := allActions()
	p.Diagnostics = []plan.Diagnostic{
		{
			Severity: dns.Error, Summary: "Record collides with an unmanaged one", Position: &plan.Position{File: "dns.cf.hcl", Line: 32},
			Detail: "CNAME www.example.com www.example.edu cannot stand beside CNAME www.example.com example.com, which cfplan does not manage. " +
				"To replace it in one step, write this in your record block: lifecycle { adopt = " +
				"\"replace\" }. To keep it instead, put this in place of your own record:\n\n" +
				"  record \"CNAME\" \"www\" {\n    content = \"example.com\"\n    proxied = true\n  }",
		},
		{
			Severity: dns.Warning,
			Summary:  "Zone is kept by another product",
			Detail:   "Email Routing keeps 1 record of example.com.",
		},
	}

	for i := range 30 {
		p.Diagnostics = append(p.Diagnostics, plan.Diagnostic{
			Severity: dns.Warning, Summary: "TTL is raised", Position: &plan.Position{File: "zone.db", Line: 10 + i},
			Detail: fmt.Sprintf("The TTL of host-%d.example.com was 30, and Cloudflare takes 60 and more.", i),
		})
	}

	return p
}

// keyOf returns a key of length characters. Each seed gives another key.
func keyOf(seed, length int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var b strings.Builder
	x := uint32(seed)*2654435761 + 1
	for range length {
		x = x*1664525 + 1013904223
		b.WriteByte(alphabet[x>>26])
	}
	return b.String()
}

// longContents returns a plan whose keys and policies change in one character, in a part, or completely.
func longContents() *plan.Plan {
	key, other := keyOf(1, 392), keyOf(2, 392)
	typo := key[:200] + "x" + key[201:]
	part := key[:100] + keyOf(3, 40) + key[140:]
	long := "v=spf1 " + strings.Repeat("ip4:192.0.2.0/24 include:_spf.example.net ", 40)
	name := func(s string) string { return s + "._domainkey" }

	return diffed(plan.SourceLive,
		[]dns.Record{
			at(3, txt(name("typo"), "v=DKIM1; k=rsa; p="+typo)), at(7, txt(name("part"), "v=DKIM1; k=rsa; p="+part)),
			at(12, txt(name("whole"), "v=DKIM1; k=rsa; p="+other)), at(20, txt("long", long+"-all")),
			at(30, txt(name("new"), "v=DKIM1; k=rsa; p="+key)), at(40, a(strings.Repeat("very-long-label-", 3)+"x."+strings.Repeat("another-label-", 4)+"x", "192.0.2.12")),
		},
		[]dns.Record{
			id("own1", txt(name("typo"), "v=DKIM1; k=rsa; p="+key)), id("own2", txt(name("part"), "v=DKIM1; k=rsa; p="+key)),
			id("own3", txt(name("whole"), "v=DKIM1; k=rsa; p="+key)), id("own4", txt("long", long+"~all")),
			id("own6", a(strings.Repeat("very-long-label-", 3)+"x."+strings.Repeat("another-label-", 4)+"x", "192.0.2.11")),
		})
}

// onlyRisks returns a plan that only has destroys, each with a risk.
func onlyRisks() *plan.Plan {
	return diffed(plan.SourceLive, nil, []dns.Record{
		id("own1", mx(10, "mx1.example.net")), id("own2", mx(20, "mx2.example.net")), id("own3", txt("_dmarc", "v=DMARC1; p=reject")),
		id("own4", a("www", "192.0.2.1")), id("own5", dns.Record{Name: "example.com", Type: dns.A, Content: "192.0.2.1", TTL: 300}),
		id("own6", txt("mail._domainkey", "v=DKIM1; p="+keyOf(1, 216))),
	})
}

// destroyed returns a plan of the command destroy, for three zones.
func destroyed() *plan.Plan {
	p := onlyRisks()
	for _, name := range []string{"example.net", "example.org"} {
		r := dns.Record{
			Name:    "www." + name,
			Type:    dns.CNAME,
			Content: "example.com",
			TTL:     dns.AutoTTL,
			Proxied: true,
			ID:      "own",
		}
		z, _ := plan.Diff(plan.Input{
			Desired: dns.Zone{Name: name},
			Seen:    dns.Zone{Name: name, ID: "z", Records: []dns.Record{r}},
			Owned:   map[string]string{"own": name + "/CNAME/www"},
			Source:  plan.Source{Kind: plan.SourceLive, FetchedAt: made},
		})
		p.Zones = append(p.Zones, risk.Assess(z, dns.Zone{}, []dns.Record{r}, nil))
	}

	p = plan.New("0.1.0", made, p.Zones, nil, nil)
	p.Destroy = true
	return p
}

// onlyAdoptions returns a plan of existing records: 40 that are equal to their declaration, and 2 that change.
func onlyAdoptions() *plan.Plan {
	var desired, seen []dns.Record
	for i := range 42 {
		r := a(fmt.Sprintf("host-%d", i), fmt.Sprintf("192.0.2.%d", i))
		seen = append(seen, id(fmt.Sprint(i), r))
		if i%20 == 1 {
			r.TTL = 60
		}
		desired = append(desired, at(4*i+1, r))
	}

	p := diffed(plan.SourceLive, desired, seen)
	p.Zones[0].Source.FetchedAt = made.Add(-time.Minute)
	return p
}
