package plan_test

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

func TestGuardSaysWhyAChangeNoLongerFits(t *testing.T) {
	const www = "www.example.com"
	seen := []dns.Record{id("1", a(www, "192.0.2.1")), id("2", a("old.example.com", "192.0.2.1"))}
	z, _ := plan.Diff(plan.Input{
		Desired: dns.Zone{Name: zoneName, Records: []dns.Record{a(www, "192.0.2.2"), cname("new.example.com", "example.net")}},
		Seen:    dns.Zone{Name: zoneName, Records: seen},
		Owned:   map[string]string{"1": "", "2": ""},
	})

	for _, tt := range []struct {
		name string
		now  []dns.Record
		why  []string
	}{
		{"nothing happened", seen, nil},
		{"elsewhere in the zone", append([]dns.Record{id("9", txt("z.example.com", "hi"))}, seen...), nil},
		{"a new neighbour of the same name and type", append([]dns.Record{id("9", a(www, "192.0.2.9"))}, seen...), nil},
		{"changed value", []dns.Record{id("1", a(www, "192.0.2.7")), seen[1]}, []string{`content was "192.0.2.1" and is "192.0.2.7"`}},
		{"changed TTL", []dns.Record{id("1", ttl(60, a(www, "192.0.2.1"))), seen[1]}, []string{"ttl was 300 and is 60"}},
		{"deleted", seen[:1], []string{"it no longer exists"}},
		{"taken over by a product", []dns.Record{keptBy("Email Routing", seen[0]), seen[1]}, []string{"Email Routing now keeps it"}},
		{"created meanwhile", append([]dns.Record{id("9", cname("new.example.com", "example.net"))}, seen...), []string{"exists now"}},
		{"a conflict", append([]dns.Record{id("9", a("new.example.com", "192.0.2.9"))}, seen...), []string{"now conflicts with it"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stale := plan.Guard(z, dns.Zone{Name: zoneName, Records: tt.now})
			if len(stale) != len(tt.why) {
				t.Fatalf("Guard = %+v, want %d stale changes: %q", stale, len(tt.why), tt.why)
			}
			for i, s := range stale {
				if !strings.Contains(s.Why, tt.why[i]) {
					t.Errorf("Why = %q, want %q in it", s.Why, tt.why[i])
				}
			}
		})
	}
}
