package zonefile

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
)

// FuzzParse parses arbitrary bytes as a zone file that may include itself. Parse must not panic or exceed
// its limits, and every problem must have a line. If there are no problems, Write must write a file from
// which Parse returns the same records.
func FuzzParse(f *testing.F) {
	for _, src := range []string{
		"$TTL 1h\n@ IN SOA a. b. ( 1 2 ; x\n 3 4 5 )\n@ NS ada.ns.cloudflare.com.\nwww 60 IN A 192.0.2.1 ; c cf_tags=a:\"b\",cf-proxied:true\n",
		"$ORIGIN sub\n$GENERATE 1-3/2 h${1,2,x} 60 TXT \"$\" \\$\n$INCLUDE main.zone\n;cfplan-record: @ CNAME x\n",
		"example.com 1w IN SOA a b 1 2 3 4 1h\n_x._tcp.@ [AGE:1] SRV 1 2 3 y.@\n@ NS ns1.old.\na A 192.0.2.1\nA 60 A 192.0.2.1\n",
		"a TYPE65 \\# 3 000100\nb LOC 1 N 1 E 0\nc NAPTR 1 2 \"\" \"\" \"!a!b!\" .\nd HTTPS 1 . alpn=\"h2\" key9\n",
	} {
		f.Add(src)
	}

	f.Fuzz(func(t *testing.T, src string) {
		o := Options{
			Zone:     "example.com",
			File:     "main.zone",
			Include:  func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(src)), nil },
			LeaveOut: len(src)%2 == 0,
		}
		entries, problems := Parse(strings.NewReader(src), o)
		for _, p := range problems {
			if p.Line < 1 || p.File == "" || p.Summary == "" || p.Detail == "" {
				t.Errorf("the problem %v is incomplete", p)
			}
		}

		z := dns.Zone{Name: "example.com"}
		var want, got []string
		keys := map[dns.Key]bool{}
		for _, e := range entries {
			keys[e.Key()] = true
			z.Records = append(z.Records, e.Record)
			want = append(want, fmt.Sprintf("%+v", e.Record))
		}
		if len(problems) > 0 || len(entries) > 1000 || len(keys) < len(entries) { // Write writes repeated records only once
			return
		}

		again, problems := Parse(strings.NewReader(written(t, z, WriteOptions{})), Options{Zone: z.Name})
		for _, e := range again {
			got = append(got, fmt.Sprintf("%+v", e.Record))
		}
		if diff := cmp.Diff(sorted(want), sorted(got)); diff != "" || len(problems) > 0 {
			t.Errorf("%v (-want +got)\n%s", problems, diff)
		}
	})
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }
