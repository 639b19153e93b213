package zonefile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
)

func TestZoneOf(t *testing.T) {
	for name, tt := range map[string]struct{ src, want string }{
		"a SOA with a full name":            {"example.com. IN SOA a. b. 1 2 3 4 5\n", "example.com"},
		"Cloudflare's, without a final dot": {";; SOA Record\nexample.com\t3600\tIN\tSOA\ta. b. 1 2 3 4 5\n", "example.com"},
		"relative to the origin":            {"$ORIGIN Example.COM.\n$TTL 60\n@ 60 SOA ( a. b.\n 1 2 3 4 5 )\n", "example.com"},
		"relative to a domain above":        {"$ORIGIN com.\nexample IN SOA a. b. 1 2 3 4 5\n$ORIGIN example.com.\n", "example.com"},
		"below the root":                    {"$ORIGIN .\n$TTL 60\nexample.com IN SOA a. b. 1 2 3 4 5\n", "example.com"},
		"the name from the line before":     {"example.com. 60 A 192.0.2.1\n  SOA a. b. 1 2 3 4 5\n", "example.com"},
		"only an $ORIGIN":                   {"$ORIGIN com.\n$ORIGIN example.com.\n$ORIGIN lab\nwww 60 A 192.0.2.1\n", "example.com"},
		"an SOA beside an $ORIGIN":          {"$ORIGIN lab.example.com.\nx A 192.0.2.1\n$ORIGIN example.com.\n@ SOA a. b. 1 2 3 4 5\n", "example.com"},
		"only relative names":               {"@ 60 SOA a. b. 1 2 3 4 5\nwww A 192.0.2.1\n", ""},
		"broken lines":                      {"a TXT \"\n$ORIGIN a..b\n$ORIGIN\n*.example.com. SOA a. b. 1 2 3 4 5\n)\n", ""},
		"nothing":                           {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ZoneOf(tt.src); got != tt.want {
				t.Errorf("ZoneOf(%q) = %q, want %q", tt.src, got, tt.want)
			}
		})
	}
}

// Skipped gets each record that Cloudflare cannot hold, with the value as the file spells it.
func TestLeaveOutReportsEachRecord(t *testing.T) {
	src := strings.Join([]string{
		"$TTL 60",
		"a HINFO \"PC\" \"Unix\"",
		"a CH TXT \"x\"",
		"b TYPE65280 \\# 1 00",
		"www.example.org. A 192.0.2.1",
		"  A 192.0.2.2",
		"c RRSIG A 13 2",
		"d RRSIG A 13 2",
		"e A 192.0.2.3",
	}, "\n")
	var got []string
	entries, problems := Parse(strings.NewReader(src), Options{
		Zone:     "example.com",
		File:     "main.zone",
		LeaveOut: true,
		Skipped: func(r dns.Record, _ string, line int) {
			got = append(got, fmt.Sprintf("%d %s %s %s", line, r.Name, r.Type, r.Content))
		},
	})
	want := []string{
		`2 a.example.com HINFO "PC" "Unix"`,
		`3 a.example.com CH TXT "x"`,
		`4 b.example.com TYPE65280 \# 1 00`,
		`5 www.example.org A 192.0.2.1`,
		`6 www.example.org A 192.0.2.2`,
		`7 c.example.com RRSIG A 13 2`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("skipped (-want +got)\n%s", diff)
	}
	if len(entries) != 1 {
		t.Errorf("entries = %v, want only the last record", entries)
	}
	for _, p := range problems {
		if p.Severity == dns.Error {
			t.Errorf("problem: %v", p)
		}
	}
}
