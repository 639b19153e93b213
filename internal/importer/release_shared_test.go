package importer

import (
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/cfplan/cfplan/internal/dns"
)

// shopZone returns a zone of which the other tool keeps some records.
func shopZone() Zone {
	z := Zone{Name: "example.com"}
	add := func(to *[]Record, typ dns.Type, name string) {
		r := Record{}
		r.Record.Type, r.Record.Name = typ, name
		*to = append(*to, r)
	}
	add(&z.Records, dns.TXT, "shop.example.com")
	add(&z.Records, dns.A, "shop.example.com")
	add(&z.Records, dns.A, "shop.example.com")
	add(&z.Records, dns.CNAME, "*.shop.example.com")
	add(&z.Records, dns.A, "example.com")
	add(&z.Records, dns.TXT, "it's.example.com")
	add(&z.Outside, dns.MX, "example.com")
	add(&z.Outside, dns.MX, "example.com")
	add(&z.Outside, dns.A, "www.example.com")
	return z
}

// If a scope leaves records to octoDNS, a filter by name makes it leave the others alone.
func TestOctoDNSKeepsWhatIsOutside(t *testing.T) {
	steps := releaseOctoDNS([]Zone{{Name: "example.net"}, shopZone()})
	if len(steps) != 5 || !strings.Contains(steps[1].Text, "Remove the zone example.net. from") {
		t.Fatalf("steps = %+v, want five, the second about example.net alone", steps)
	}
	for _, want := range []string{"3 records of example.com are outside of the scope", "leaves MX example.com alone, too."} {
		if !strings.Contains(steps[2].Text, want) {
			t.Errorf("step = %q, want %q in it", steps[2].Text, want)
		}
	}

	if got, want := rejectlist(t, steps[2]), []string{"*.shop", "", "it's", "shop"}; !slices.Equal(got, want) {
		t.Errorf("rejectlist = %q, want %q", got, want)
	}
}

// rejectlist returns the list of the filter that a step adds to octoDNS's configuration.
func rejectlist(t *testing.T, step Step) []string {
	t.Helper()
	var config struct {
		Processors map[string]struct {
			Class      string
			Rejectlist []string
		}
		Zones map[string]struct{ Processors []string }
	}
	if err := yaml.Unmarshal([]byte(step.Code), &config); err != nil {
		t.Fatalf("%v:\n%s", err, step.Code)
	}

	for _, zone := range config.Zones {
		if len(zone.Processors) != 1 || !strings.HasSuffix(config.Processors[zone.Processors[0]].Class, ".NameRejectlistFilter") {
			break
		}
		return config.Processors[zone.Processors[0]].Rejectlist
	}
	t.Fatalf("no zone has one filter:\n%s", step.Code)
	return nil
}

// octoDNS takes a name that begins with a slash for a regular expression.
func TestOctoDNSFilterMatchesOnlyTheName(t *testing.T) {
	z := Zone{Name: "2.0.192.in-addr.arpa", Outside: []Record{{}}}
	for _, name := range []string{"/25", "/a.b", "0/25"} {
		r := Record{}
		r.Record.Name = name + "." + z.Name
		z.Records = append(z.Records, r)
	}
	if got, want := rejectlist(t, filterInOctoDNS(z)), []string{"/^/25$/", `/^/a\.b$/`, "0/25"}; !slices.Equal(got, want) {
		t.Errorf("rejectlist = %q, want %q", got, want)
	}
}

// Two filters with one name would be one filter, and octoDNS would destroy the records of the other zone.
func TestOctoDNSFiltersOfTwoZonesDiffer(t *testing.T) {
	one, other := shopZone(), shopZone()
	one.Name, other.Name = "a-b.example", "a.b.example"
	first := func(z Zone) string {
		before, _, _ := strings.Cut(filterInOctoDNS(z).Code, "class:")
		return before
	}
	if first(one) == first(other) {
		t.Errorf("both zones have the filter\n%s", first(one))
	}
}

// A zone of which nothing was imported stays with the other tool as it is.
func TestReleaseSkipsZonesOutsideOfTheScope(t *testing.T) {
	stays := shopZone()
	stays.Name, stays.Records = "example.org", nil
	for name, release := range map[string]func([]Zone) []Step{"octoDNS": releaseOctoDNS, "DNSControl": releaseDNSControl} {
		src := &Source{release: release}
		if steps := src.Release([]Zone{stays}); steps != nil {
			t.Errorf("%s: steps = %+v, want none", name, steps)
		}
		for _, step := range src.Release([]Zone{stays, shopZone()}) {
			if strings.Contains(step.Text+step.Code, stays.Name) {
				t.Errorf("%s: step = %+v, want nothing about %s", name, step, stays.Name)
			}
		}
	}
}

// If a scope leaves records to DNSControl, it ignores the others by name and type.
func TestDNSControlKeepsWhatIsOutside(t *testing.T) {
	steps := releaseDNSControl([]Zone{shopZone()})
	if len(steps) != 4 || strings.Contains(steps[1].Text, "Delete the D(") {
		t.Fatalf("steps = %+v, want four, none of which deletes the zone", steps)
	}
	want := `IGNORE("\\*.shop", "CNAME"),
IGNORE("@", "A"),
IGNORE("it's", "TXT"),
IGNORE("shop", "A,TXT"),
`
	if steps[1].Code != want {
		t.Errorf("code =\n%swant\n%s", steps[1].Code, want)
	}
}
