package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
)

// matchesAlone reports whether one target matches one record. It compares each part, without an index.
func (t Target) matchesAlone(zone, address string, typ dns.Type, name string) bool {
	around := dns.ModulesAround(labelIn(zone, address))
	if t.alone {
		inside := t.module && slices.ContainsFunc(around, func(path string) bool { return dns.Glob(t.text, path) })
		return inside || dns.Glob(t.zone, zone) || dns.Glob(t.zone, name)
	}

	label := t.label == "" || slices.ContainsFunc(labels(zone, labelIn(zone, address), name), func(l string) bool {
		return dns.Glob(t.label, l)
	})
	return dns.Glob(t.zone, zone) && dns.Glob(t.typ, string(typ)) && label
}

// selectsInAlone reports whether one target can match a record of a zone.
func (t Target) selectsInAlone(zone string) bool {
	if dns.Glob(t.zone, zone) || t.module {
		return true
	}
	return t.alone && (strings.HasSuffix(t.zone, "."+zone) || strings.Contains(t.zone, "*"))
}

func TestTargetSetMatchesWhatItsTargetsMatch(t *testing.T) {
	zones := rapid.SampledFrom([]string{"example.com", "shop.example.com", "example.org"})
	modules := []string{"", "module.a.", `module.a["k"].`, `module.a["k"].module.b[0].`, "module.b."}
	patterns := rapid.Custom(func(t *rapid.T) Target {
		zone := rapid.SampledFrom([]string{
			"example.com", "*.com", "www.example.com", "*", "shop.*", "a.b.example.org",
		}).Draw(t, "zone")
		text := zone + rapid.SampledFrom([]string{
			"", "/A", "/a*/w*", "/*/h", "/A/www", `/A/h["1"]`, "/MX/@", "/A/*.example.com",
			"/A/module.a.www", `/A/module.a["k"]`, `/A/module.a["k"].h`,
		}).Draw(t, "rest")
		text = rapid.SampledFrom([]string{
			text, text, "module.a", `module.a["k"]`, `module.a["k"].module.b`, "module.b", "module.*",
		}).Draw(t, "text")

		target, err := ParseTarget(text)
		if err != nil {
			t.Fatal(err)
		}
		return target
	})

	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(patterns, 1, 6).Draw(t, "targets")
		set, zone := newTargetSet(list), zones.Draw(t, "zone")
		typ := rapid.SampledFrom([]dns.Type{dns.A, dns.AAAA, dns.MX}).Draw(t, "type")
		module := rapid.SampledFrom(modules).Draw(t, "module")
		label := module + rapid.SampledFrom([]string{"www", "@", "h", `h["1"]`, `h["2"]`}).Draw(t, "label")
		name := rapid.SampledFrom([]string{"www.", "", "h-1."}).Draw(t, "name") + zone
		address := zone + "/" + string(typ) + "/" + label

		hits := set.tally()
		hits.record(zone, address, typ, name)
		inZone := set.tally()
		inZone.zone(zone)
		matches, selects := false, false
		for i, target := range list {
			match, in := target.matchesAlone(zone, address, typ, name), target.selectsInAlone(zone)
			if hits.used[i] != match || inZone.used[i] != in {
				t.Fatalf("%s: matches %s %s: %v, want %v; selects in the zone: %v, want %v",
					target, address, name, hits.used[i], match, inZone.used[i], in)
			}
			matches, selects = matches || match, selects || in
		}
		if set.match(zone, address, typ, name) != matches || set.inZone(zone) != selects {
			t.Fatalf("%v: matches %s %s: %v, want %v; selects in the zone: want %v",
				list, address, name, !matches, matches, selects)
		}
	})
}

// BenchmarkTargets plans 4,000 changes with 800 targets, each of which selects one change. x-one is the ratio of
// the time to the time with one target.
func BenchmarkTargets(b *testing.B) {
	const zone = "example.com"
	in := Input{Desired: dns.Zone{Name: zone}, Seen: dns.Zone{Name: zone}, Source: Source{Kind: SourceLive}}
	for i := range 4000 {
		in.Desired.Records = append(in.Desired.Records, dns.Record{
			Name: fmt.Sprintf("h%d.%s", i, zone), Type: dns.A, Content: "192.0.2.1", TTL: 300,
			Declared: &dns.Declaration{Address: fmt.Sprintf("%s/A/h%d", zone, i)},
		})
	}

	var list []Target
	for i := range 800 {
		target, err := ParseTarget(fmt.Sprintf("%s/A/h%d", zone, i))
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, target)
	}

	took := func(list []Target) time.Duration {
		start, selected := time.Now(), in
		selected.Selection = Select(list, nil)
		z, _ := Diff(selected)
		if len(z.Changes) != len(list) {
			b.Fatalf("%d changes, want %d", len(z.Changes), len(list))
		}
		if idle, _ := selected.Selection.Idle([]dns.Zone{in.Desired}, []Zone{z}, nil); len(idle) > 0 {
			b.Fatalf("Idle = %v, want none", idle)
		}
		return time.Since(start)
	}

	var all, one time.Duration
	for b.Loop() {
		all += took(list)
		one += took(list[:1])
	}
	b.ReportMetric(float64(all)/float64(one), "x-one")
}
