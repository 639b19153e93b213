package importer

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint/linttest"
)

// checkRoundTrip draws zones, writes them in a format and reads them again, which must give the same records.
// keep returns the parts of a record that the format can express.
func checkRoundTrip(t *testing.T, kind Kind, keep func(dns.Record) dns.Record, write func(dns.Zone) string) {
	t.Helper()
	rapid.Check(t, func(rt *rapid.T) {
		z := linttest.Zone(rt)
		if len(z.Records) == 0 {
			return
		}
		for i, r := range z.Records {
			z.Records[i] = keep(r)
		}
		text := write(z)
		zone := ""
		if kind == OctoDNS {
			zone = z.Name // the text does not name the zone
		}
		src, diags := readText(kind, zone, text)
		if hasErrors(diags) || len(src.Zones) != 1 || src.Zones[0].Name != z.Name {
			rt.Fatalf("%s, want the zone %s\n%s", spelledOut(diags), z.Name, text)
		}
		checkSame(rt, src.Zones[0].Records, z.Records, text)
	})
}

func checkSame(t *rapid.T, read []Record, written []dns.Record, text string) {
	var got, want []string
	for _, r := range read {
		got = append(got, recordText(r.Record))
	}
	for _, r := range written {
		want = append(want, recordText(r))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("got  %q\nwant %q\n%s", got, want, text)
	}
}

// plain returns the parts of a record that DNS itself can express.
func plain(r dns.Record) dns.Record {
	return dns.Record{Name: r.Name, Type: r.Type, Content: r.Content, Priority: r.Priority, TTL: r.TTL}
}

// inPresentation returns the value of a record in zone-file form, with host names without the final dot.
func inPresentation(r dns.Record) string {
	if r.Type == dns.MX {
		return r.PriorityText() + " " + r.Content
	}
	return r.Content
}
