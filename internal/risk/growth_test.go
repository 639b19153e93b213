package risk

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// crowded returns n changes of records of one type, all at one name: half of them destroy, half of them add. It also
// returns the records before the changes.
func crowded(typ dns.Type, name string, n int) (plan.Zone, []dns.Record) {
	content := map[dns.Type]string{
		dns.TXT: `"v=spf1 ip4:10.0.%d.%d -all"`,
		dns.MX:  "mx%d-%d.example.com",
		dns.NS:  "ns%d-%d.example.net",
		dns.CAA: `0 issue "ca%d-%d.example"`,
		dns.A:   "10.0.%d.%d",
	}[typ]
	if strings.HasPrefix(name, "_dmarc.") {
		content = `"v=DMARC1; p=none; rua=mailto:a%d.%d@example.com"`
	}

	z := plan.Zone{Name: "example.com"}
	var seen []dns.Record
	for i := range n {
		r := dns.Record{Name: name, Type: typ, Content: fmt.Sprintf(content, i/250, i%250), TTL: 300}
		c := plan.Change{Action: plan.Add, Type: typ, Name: name, After: plan.ValuesOf(r)}
		if i%2 == 0 {
			r.ID = fmt.Sprint("id", i)
			seen = append(seen, r)
			c.Action, c.RecordID, c.Before, c.After = plan.Destroy, r.ID, plan.ValuesOf(r), nil
		}
		z.Changes = append(z.Changes, c)
	}
	return z, seen
}

var crowds = []struct {
	typ  dns.Type
	name string
}{
	{dns.TXT, "example.com"},
	{dns.TXT, "_dmarc.example.com"},
	{dns.MX, "example.com"},
	{dns.NS, "sub.example.com"},
	{dns.CAA, "example.com"},
	{dns.A, "*.example.com"},
}

// The memory that the rules allocate for a change must not depend on the number of records at its name.
func TestRisksOfManyRecordsAtOneNameGrowLinearly(t *testing.T) {
	allocated := func(z plan.Zone, seen []dns.Record) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		Assess(z, dns.Zone{}, seen, nil)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	for _, c := range crowds {
		few, many := allocated(crowded(c.typ, c.name, 200)), allocated(crowded(c.typ, c.name, 800))
		if most := 6 * few; many > most {
			t.Errorf("%s at %s: 200 changes allocate %d bytes and 800 allocate %d, want at most %d",
				c.typ, c.name, few, many, most)
		}
	}
}

func TestRiskTextListsAtMostFiveIssuers(t *testing.T) {
	z, seen := crowded(dns.CAA, "example.com", 100)
	for i := range z.Changes {
		z.Changes[i].Action, z.Changes[i].RecordID = plan.Add, ""
		if z.Changes[i].After == nil {
			z.Changes[i].After, z.Changes[i].Before = z.Changes[i].Before, nil
		}
	}
	seen = seen[:0]

	want := "Only ca0-0.example, ca0-1.example, ca0-10.example, ca0-11.example, ca0-12.example and 95 others " +
		"may issue certificates for example.com from now on."
	for _, c := range Assess(z, dns.Zone{}, seen, nil).Changes {
		if len(c.Risks) != 1 || c.Risks[0].Text != want {
			t.Fatalf("risks: %+v, want %q", c.Risks, want)
		}
	}
}

// BenchmarkCrowded assesses 4,000 changes at one name, and then 2,000. x-half is the ratio of the two times.
func BenchmarkCrowded(b *testing.B) {
	assess := func(z plan.Zone, seen []dns.Record) { Assess(z, dns.Zone{}, seen, nil) }
	for _, c := range crowds {
		b.Run(string(c.typ)+"-"+c.name, func(b *testing.B) {
			var whole, half time.Duration
			for b.Loop() {
				start := time.Now()
				assess(crowded(c.typ, c.name, 4000))
				middle := time.Now()
				assess(crowded(c.typ, c.name, 2000))
				whole += middle.Sub(start)
				half += time.Since(middle)
			}
			b.ReportMetric(float64(whole)/float64(half), "x-half")
		})
	}
}
