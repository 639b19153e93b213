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
	add(&z.Outside, dns.A, "www.example.com")
	return z
}

// If a scope leaves records to octoDNS, a filter by name makes it leave the others alone.
func TestOctoDNSKeepsWhatIsOutside(t *testing.T) {
	steps := releaseOctoDNS([]Zone{{Name: "example.net"}, shopZone()})
	if len(steps) != 5 || !strings.Contains(steps[1].Text, "Remove the zone example.net. from") {
		t.Fatalf("steps = %+v, want five, the second about example.net alone", steps)
	}
	for _, want := range []string{"2 records of example.com are outside of the scope", "leaves MX example.com alone too"} {
		if !strings.Contains(steps[2].Text, want) {
			t.Errorf("step = %q, want %q in it", steps[2].Text, want)
		}
	}

	var config struct {
		Processors map[string]struct {
			Class      string
			Rejectlist []string
		}
		Zones map[string]struct{ Processors []string }
	}
	if err := yaml.Unmarshal([]byte(steps[2].Code), &config); err != nil {
		t.Fatalf("%v:\n%s", err, steps[2].Code)
	}
	used := config.Zones["example.com."].Processors
	if len(used) != 1 || !strings.HasSuffix(config.Processors[used[0]].Class, ".NameRejectlistFilter") {
		t.Fatalf("the zone has the processors %q of %v", used, config.Processors)
	}
	if got, want := config.Processors[used[0]].Rejectlist, []string{"*.shop", "", "it's", "shop"}; !slices.Equal(got, want) {
		t.Errorf("rejectlist = %q, want %q", got, want)
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
	if strings.Contains(steps[1].Text, "alone too") {
		t.Errorf("step = %q, but no record outside of the scope has the name and the type of an imported record", steps[1].Text)
	}
}
