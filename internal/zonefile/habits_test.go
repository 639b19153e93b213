package zonefile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
)

// The files have lines that programs and providers write although no standard defines them, and records that
// Cloudflare cannot hold. An expected entry has the form "file:line name ttl type content …", an expected
// problem "line severity rule words".
func TestParseUnderstandsHabitsOfOtherPrograms(t *testing.T) {
	for name, tt := range map[string]struct {
		zone     string // example.com if empty
		src      string
		leaveOut bool
		want     []string
		problems []string
	}{
		"GoDaddy writes @ at the end of names": {
			src:  "$ORIGIN example.com.\n_xmpp._tcp.@ 3600 IN SRV 5 1 5269 chat.@\n",
			want: []string{"main.zone:2 _xmpp._tcp.example.com 3600 SRV 5 1 5269 chat.example.com"},
		},
		"Windows marks the records that clients registered": {
			src: "@ IN SOA dc1 hostmaster ( 118 900 600 86400 3600 ) ; default TTL\n@ NS dc1\n@ 600 A 192.0.2.10\ndc1 A 192.0.2.11\n" +
				"desk [AGE:3610560] 1200 A 192.0.2.77\n     [Age:3610560] 1200 AAAA 2001:db8::77\n",
			want: []string{"main.zone:3 example.com 600 A 192.0.2.10", "main.zone:4 dc1.example.com 3600 A 192.0.2.11",
				"main.zone:5 desk.example.com 1200 A 192.0.2.77", "main.zone:6 desk.example.com 1200 AAAA 2001:db8::77"},
		},
		"Windows has types of its own": {
			src: "@ 0 WINS L2 C900 ( 192.0.2.1 )\na 60 A 192.0.2.1\n", leaveOut: true,
			want:     []string{"main.zone:2 a.example.com 60 A 192.0.2.1"},
			problems: []string{`1 warning type The "WINS" record at "example.com" is left out.`},
		},
		"the minimum of the SOA is the TTL": {
			src:  "@ SOA a b 1 2h 3 4 1h30m\na A 192.0.2.1\nb 60 A 192.0.2.2\nc A 192.0.2.3\n",
			want: []string{"main.zone:2 a.example.com 5400 A 192.0.2.1", "main.zone:3 b.example.com 60 A 192.0.2.2", "main.zone:4 c.example.com 5400 A 192.0.2.3"},
		},
		"a minimum that Cloudflare does not accept": {
			src:      "@ SOA a b 1 2 3 4 5\na A 192.0.2.1\nb A 192.0.2.2\n",
			want:     []string{"main.zone:2 a.example.com 60 A 192.0.2.1", "main.zone:3 b.example.com 60 A 192.0.2.2"},
			problems: []string{"1 warning zonefile-minimum so cfplan uses 60."},
		},
		"the SOA has a TTL": {
			src:  "@ 7200 SOA a b 1 2 3 4 3600\na A 192.0.2.1\n",
			want: []string{"main.zone:2 a.example.com 7200 A 192.0.2.1"},
		},
		"the file has a TTL": {
			src:  "$TTL 300\n@ SOA a b 1 2 3 4 3600\na A 192.0.2.1\n",
			want: []string{"main.zone:3 a.example.com 300 A 192.0.2.1"},
		},
		"a truncated SOA has no minimum": {
			src:  "@ SOA a b 1 2 3 4\na A 192.0.2.1\n",
			want: []string{"main.zone:2 a.example.com 1 A 192.0.2.1 no-ttl"},
		},
		"Cloudflare omits the final dot of the SOA's owner": {
			src:  "example.com 3600 IN SOA a. b. 1 2 3 4 5\n  60 A 192.0.2.1\n",
			want: []string{"main.zone:2 example.com 60 A 192.0.2.1"},
		},
		"a delegated part of a /24, relative and full": {
			zone: "2.0.192.in-addr.arpa",
			src: "$TTL 1h\n0/25 NS ns1.example.net.\n128\\/25.2.0.192.in-addr.arpa. NS ns1.example.net.\n" +
				"$GENERATE 1-2 $ CNAME $.0/25.2.0.192.in-addr.arpa.\n3 CNAME 3.0/25\n",
			want: []string{"main.zone:2 0/25.2.0.192.in-addr.arpa 3600 NS ns1.example.net", "main.zone:3 128/25.2.0.192.in-addr.arpa 3600 NS ns1.example.net",
				"main.zone:4 1.2.0.192.in-addr.arpa 3600 CNAME 1.0/25.2.0.192.in-addr.arpa", "main.zone:4 2.2.0.192.in-addr.arpa 3600 CNAME 2.0/25.2.0.192.in-addr.arpa",
				"main.zone:5 3.2.0.192.in-addr.arpa 3600 CNAME 3.0/25.2.0.192.in-addr.arpa"},
		},
		"repeated records": {
			src:  "$TTL 300\nwww A 192.0.2.1 ; web\nwww A 192.0.2.1 ; web\nWWW 600 A 192.0.2.1 ; old\n",
			want: []string{`main.zone:2 www.example.com 300 A 192.0.2.1 comment="web"`},
			problems: []string{`4 warning zonefile-repeated A "www.example.com" has the same value at "main.zone":2 but differs in ttl and comment. ` +
				`The first one is kept.`},
		},
		"repeated records with different answers are kept for lint": {
			src:  "$TTL 300\n@ MX 10 mail\n@ MX 20 mail\n",
			want: []string{"main.zone:2 example.com 300 MX mail.example.com priority=10", "main.zone:3 example.com 300 MX mail.example.com priority=20"},
		},
		"repeated records with different answers are left out": {
			src: "$TTL 300\n@ MX 10 mail\n@ MX 20 mail\n", leaveOut: true,
			want:     []string{"main.zone:2 example.com 300 MX mail.example.com priority=10"},
			problems: []string{"3 warning zonefile-repeated differs in priority"},
		},
		"types that Cloudflare does not have": {
			src:      "$TTL 60\na A 192.0.2.1\na HINFO PC Unix\na TYPE65534 \\# 1 00\na RP . .\n",
			want:     []string{"main.zone:2 a.example.com 60 A 192.0.2.1"},
			problems: []string{"3 error type HINFO", "4 error type \"TYPE65534\". Remove the line.", "5 error type write its text as TXT"},
		},
		"types that Cloudflare does not have are left out": {
			src: "$TTL 60\na A 192.0.2.1\na..b 99999999999 HINFO PC Unix\na TYPE65534 \\# 1 00\na RP . .\n  TXT \"x\"\n", leaveOut: true,
			want: []string{"main.zone:2 a.example.com 60 A 192.0.2.1", "main.zone:6 a.example.com 60 TXT \"x\""},
			problems: []string{"3 warning type HINFO", `4 warning type The "TYPE65534" record at "a.example.com" is left out. Cloudflare's API cannot write`,
				"5 warning type You can write its text as TXT."},
		},
		"an invalid name is an error if a record needs it": {
			src: "a..b HINFO PC Unix\n  60 A 192.0.2.1\n  60 A 192.0.2.2\n", leaveOut: true,
			problems: []string{"1 warning type HINFO", "2 error name dots"},
		},
		"other classes and names outside of the zone are left out": {
			src: "$TTL 60\nversion CH TXT x\na A 192.0.2.1\nexample.net. A 192.0.2.1\n", leaveOut: true,
			want:     []string{"main.zone:3 a.example.com 60 A 192.0.2.1"},
			problems: []string{"2 warning zonefile-class only records of the class IN", "4 warning name-outside-zone not in the zone"},
		},
		"a signed zone gives one warning for each type": {
			src:      "$TTL 60\na A 192.0.2.1\na RRSIG A 13 3 60 x\nb A 192.0.2.1\nb RRSIG A 13 3 60 x\nb NSEC c A\n",
			want:     []string{"main.zone:2 a.example.com 60 A 192.0.2.1", "main.zone:4 b.example.com 60 A 192.0.2.1"},
			problems: []string{"3 warning zonefile-signature RRSIG", "6 warning zonefile-signature NSEC"},
		},
		"an unknown type is a mistake": {
			src: "a 60 AAA 192.0.2.1\n", leaveOut: true,
			problems: []string{"1 error type AAAA"},
		},
		"an empty file":  {src: "", problems: []string{"1 error zonefile-empty has no records"}},
		"only comments":  {src: "; moved\n$TTL 60\n", leaveOut: true, problems: []string{"1 error zonefile-empty has no records"}},
		"only the SOA":   {src: "@ SOA a b 1 2 3 4 5\n"},
		"only a mistake": {src: "a 60 A x\n", problems: []string{"1 error ipv4 not an IPv4 address"}},
		"the file of another zone": {
			src: "$ORIGIN example.net.\n@ SOA a b 1 2 3 4 5\n@ 60 A 192.0.2.1\n", leaveOut: true,
			problems: []string{"2 warning name-outside-zone", "3 warning name-outside-zone", `1 error zonefile-empty The first name in it is "example.net"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			zone := tt.zone
			if zone == "" {
				zone = "example.com"
			}
			entries, problems := Parse(strings.NewReader(tt.src), Options{Zone: zone, File: "main.zone", LeaveOut: tt.leaveOut})
			var got []string
			for _, e := range entries {
				got = append(got, entryLine(e))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			checkProblems(t, problems, tt.problems)
		})
	}
}

// checkProblems compares problems with expectations of the form "line severity rule words".
func checkProblems(t *testing.T, problems []Problem, want []string) {
	t.Helper()
	if len(problems) != len(want) {
		t.Fatalf("problems = %v, want %q", problems, want)
	}
	for i, p := range problems {
		severity := "warning"
		if p.Severity == dns.Error {
			severity = "error"
		}
		parts := strings.SplitN(want[i]+" ", " ", 4)
		place, words := strings.Join(parts[:3], " "), strings.TrimSpace(parts[3])
		if got := fmt.Sprintf("%d %s %s", p.Line, severity, p.Rule); got != place || !strings.Contains(p.Detail, words) {
			t.Errorf("problem %d = %s: %s, want %s", i, got, p.Detail, want[i])
		}
	}
}
