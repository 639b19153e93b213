package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

// manyAt returns n records of a type at one name of example.com.
func manyAt(name string, typ dns.Type, content string, n int) []dns.Record {
	var out []dns.Record
	for i := range n {
		out = append(out, dns.Record{
			ID:      fmt.Sprint(name, i),
			Name:    name + ".example.com",
			Type:    typ,
			Content: fmt.Sprintf(content, i),
			TTL:     300,
		})
	}
	return out
}

// Each of many declared records collides with each of many live records. There must be one diagnostic for their name.
func TestManyCollisionsAtOneNameAreReportedOnce(t *testing.T) {
	in := Input{
		Desired: dns.Zone{Name: "example.com", Records: manyAt("www", dns.NS, "ns%d.example.net", 30)},
		Seen: dns.Zone{Name: "example.com", Records: append(
			manyAt("www", dns.A, "192.0.2.%d", 40),
			manyAt("www", dns.AAAA, "2001:db8::%x", 1)...,
		)},
		Source: Source{Kind: SourceLive},
	}
	_, diags := Diff(in)
	if len(diags) != 1 {
		t.Fatalf("%d diagnostics, want one: %+v", len(diags), diags)
	}
	want := "A www.example.com 192.0.2.11, A www.example.com 192.0.2.12 and 36 more, which"
	if !strings.Contains(diags[0].Detail, want) {
		t.Errorf("the detail is %q, want %q in it", diags[0].Detail, want)
	}
}

// For each name, Guard remembers only two records of each type. It must still find every conflict.
func TestGuardFindsAConflictAmongManyRecords(t *testing.T) {
	live := manyAt("www", dns.A, "192.0.2.%d", 40)
	change := func(destroyed int) Zone {
		z := Zone{Name: "example.com"}
		for _, r := range live[:destroyed] {
			z.Changes = append(z.Changes, Change{
				Action:   Destroy,
				Type:     r.Type,
				Name:     r.Name,
				RecordID: r.ID,
				Before:   ValuesOf(r),
			})
		}
		alias := dns.Record{Name: "www.example.com", Type: dns.CNAME, Content: "web.example.net", TTL: 300}
		z.Changes = append(z.Changes, Change{Action: Add, Type: alias.Type, Name: alias.Name, After: ValuesOf(alias)})
		return z
	}

	now := dns.Zone{Name: "example.com", Records: live}
	if stale := Guard(change(40), now); len(stale) > 0 {
		t.Errorf("an alias that replaces all addresses: %+v, want no conflict", stale)
	}
	if stale := Guard(change(39), now); len(stale) != 1 || stale[0].Why != "A www.example.com 192.0.2.39 now conflicts with it" {
		t.Errorf("an alias that replaces all addresses but one: %+v, want the conflict with that one", stale)
	}
}
