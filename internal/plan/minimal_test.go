package plan

import (
	"strings"
	"testing"
	"time"
)

// unread returns a zone that a plan with minimal refresh did not read.
func unread() Zone {
	return Zone{
		Name:    "example.net",
		Source:  Source{Kind: SourceCache},
		Summary: Summary{Unchanged: 2, NotRefreshed: 1},
		Changes: []Change{},
	}
}

func TestNotRefreshedZoneDoesNotMakeThePlanReadOnly(t *testing.T) {
	live := Zone{Name: "example.com", Source: Source{Kind: SourceLive}}
	cached := unread()
	cached.Summary.NotRefreshed = 0
	changed := unread()
	changed.Changes = []Change{addOf("new.example.net", "192.0.2.3")}

	for _, c := range []struct {
		name  string
		zones []Zone
		want  Mode
	}{
		{"beside a live one", []Zone{live, unread()}, Live},
		{"alone", []Zone{unread()}, Live},
		{"beside one that was compared with its snapshot", []Zone{live, unread(), cachedAs(cached, "example.org")}, ReadOnly},
	} {
		p := New("0.0.0", time.Unix(1767225600, 0), c.zones, nil, nil)
		if p.Mode != c.want {
			t.Errorf("%s: the plan is %s, want %s", c.name, p.Mode, c.want)
		}
		if err := p.WellFormed(); err != nil {
			t.Errorf("%s: WellFormed = %v, want nil", c.name, err)
		}
	}

	if p := New("0.0.0", time.Unix(1767225600, 0), []Zone{live, changed}, nil, nil); p.Mode != ReadOnly {
		t.Errorf("with a change that was planned from a snapshot, the plan is %s, want read-only", p.Mode)
	}
}

func cachedAs(z Zone, name string) Zone { z.Name = name; return z }

func TestNotRefreshedCountsZones(t *testing.T) {
	live := Zone{Name: "example.com", Source: Source{Kind: SourceLive}, Changes: []Change{addOf("new.example.com", "192.0.2.3")}}
	p := New("0.0.0", time.Unix(1767225600, 0), []Zone{live, unread(), cachedAs(unread(), "example.org")}, nil, nil)
	p.Recount()
	want := Summary{Add: 1, Unchanged: 4, NotRefreshed: 2}
	if zones := p.ZonesNotRefreshed(); p.Summary != want || len(zones) != 2 || zones[0].Name != "example.net" {
		t.Errorf("summary = %+v, zones %v; want %+v and two zones", p.Summary, zones, want)
	}
}

// cfplan skips reading a zone only if the zone has nothing to do. A plan that says otherwise is forged.
func TestForgedChangesInAZoneThatWasNotReadAreRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Plan, *Zone)
		why    string
	}{
		{"honest", func(*Plan, *Zone) {}, ""},
		{"counted twice", func(_ *Plan, z *Zone) { z.Summary.NotRefreshed = 2 }, "once"},
		{"negative", func(_ *Plan, z *Zone) { z.Summary.NotRefreshed = -1 }, "once"},
		{"live", func(_ *Plan, z *Zone) { z.Source.Kind = SourceLive }, "snapshot"},
		{"by its name servers", func(_ *Plan, z *Zone) { z.Source.Kind = SourceDNS }, "snapshot"},
		{"a change", func(_ *Plan, z *Zone) { z.Changes = []Change{addOf("new.example.net", "192.0.2.3")} }, "something to do"},
		{"a move", func(_ *Plan, z *Zone) {
			z.Moved = []Move{{RecordID: "1", From: "example.net/A/a", To: "example.net/A/b"}}
		}, "something to do"},
		{"a mark", func(_ *Plan, z *Zone) { z.Marked = []Mark{{RecordID: "1"}} }, "something to do"},
		{"drift", func(_ *Plan, z *Zone) { z.Drift = []Change{addOf("new.example.net", "192.0.2.3")} }, "something to do"},
		{"a risk", func(_ *Plan, z *Zone) { z.Risks = []Risk{{Level: HighRisk}} }, "something to do"},
		{"left out", func(_ *Plan, z *Zone) { z.LeftOut = 1 }, "something to do"},
		{"a destroy", func(p *Plan, _ *Zone) { p.Destroy = true }, "not read"},
		{"a rollback", func(p *Plan, _ *Zone) { p.Rollback = 1 }, "not read"},
		{"drift alone", func(p *Plan, _ *Zone) { p.RefreshOnly = true }, "not read"},
	} {
		p := New("0.0.0", time.Unix(1767225600, 0), []Zone{unread()}, nil, nil)
		c.change(p, &p.Zones[0])
		p.Recount()
		err := p.WellFormed()
		if (err == nil) != (c.why == "") || err != nil && !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: WellFormed = %v, want an error with %q (none if empty)", c.name, err, c.why)
		}
	}
}
