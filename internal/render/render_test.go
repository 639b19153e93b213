package render_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
	"github.com/cfplan/cfplan/internal/risk"
)

var update = flag.Bool("update", false, "write the golden files again")

var made = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func a(name, content string) dns.Record {
	return dns.Record{Name: name + ".example.com", Type: dns.A, Content: content, TTL: 300}
}

func txt(name, text string) dns.Record {
	return dns.Record{Name: name + ".example.com", Type: dns.TXT, Content: `"` + text + `"`, TTL: 3600}
}

func mx(priority uint16, content string) dns.Record {
	return dns.Record{Name: "example.com", Type: dns.MX, Content: content, Priority: priority, TTL: dns.AutoTTL}
}

func at(line int, r dns.Record) dns.Record {
	r.Declared = &dns.Declaration{
		Address: "example.com/" + string(r.Type) + "/" + dns.RelativeName(r.Name, "example.com"),
		File:    "dns.cf.hcl",
		Line:    line,
	}
	return r
}

func id(id string, r dns.Record) dns.Record { r.ID = id; return r }

// diffed returns a plan of one zone. All seen records whose ID begins with "own" are owned.
func diffed(source plan.SourceKind, desired, seen []dns.Record) *plan.Plan {
	owned := map[string]string{}
	for _, r := range seen {
		if strings.HasPrefix(r.ID, "own") {
			owned[r.ID] = "example.com/" + string(r.Type) + "/" + dns.RelativeName(r.Name, "example.com")
		}
	}
	z, _ := plan.Diff(plan.Input{Desired: dns.Zone{Name: "example.com", Records: desired},
		Seen:  dns.Zone{Name: "example.com", ID: "z", Records: seen},
		Owned: owned, Source: plan.Source{Kind: source, FetchedAt: made.Add(-13 * time.Hour)}})
	return plan.New("0.1.0", made, []plan.Zone{risk.Assess(z, dns.Zone{}, seen, nil)}, nil, nil)
}

const (
	oldSPF = "v=spf1 include:_spf.example.net include:mail.example.org ~all"
	newSPF = "v=spf1 include:_spf.example.net include:_spf.example.org ip4:192.0.2.0/24 -all"
)

func allActions() *plan.Plan {
	proxied := a("shop", "192.0.2.7")
	proxied.Proxied, proxied.TTL = true, dns.AutoTTL
	noted := a("api", "198.51.100.1")
	noted.Comment, noted.Tags, noted.TTL = "reached directly", []string{"team:web"}, 60
	caa := dns.Record{Name: "example.com", Type: dns.CAA, Content: `0 issue "letsencrypt.org"`, TTL: 300}
	return diffed(plan.SourceLive,
		[]dns.Record{at(3, a("www", "192.0.2.2")), at(7, proxied), at(12, noted), at(20, mx(5, "mx1.example.net")),
			at(30, caa),
			at(40, txt("spf", newSPF)), at(50, txt("_dmarc", "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"))},
		[]dns.Record{id("own1", a("www", "192.0.2.1")), id("own2", a("shop", "192.0.2.7")),
			id("3", a("api", "198.51.100.1")),
			id("own4", mx(10, "mx1.example.net")), id("own5", a("old", "192.0.2.9")), id("own6", txt("spf", oldSPF)),
			id("own7", txt("_dmarc", "v=DMARC1; p=none; rua=mailto:dmarc@example.com")), id("8", a("other", "192.0.2.10")), keptBy("Email Routing", id("9", mx(1, "route1.mx.cloudflare.net")))})
}

func keptBy(product string, r dns.Record) dns.Record { r.ManagedBy = product; return r }

func readOnly() *plan.Plan {
	p := diffed(plan.SourceCache, []dns.Record{at(3, a("www", "192.0.2.2"))},
		[]dns.Record{id("own1", a("www", "192.0.2.1"))})
	p.Zones = append(p.Zones, plan.Zone{Name: "example.net",
		Source: plan.Source{Kind: plan.SourceCache, FetchedAt: made.Add(-72 * time.Hour)}},
		plan.Zone{Name: "example.org", Source: plan.Source{Kind: plan.SourceLive, FetchedAt: made}})
	for _, zone := range []string{"example.com", "example.net"} {
		p.Degraded = append(p.Degraded, plan.Degradation{Zone: zone, Code: 9109, HTTPStatus: 403, RayID: "8f00-AMS",
			Message:  "Cannot use the access token from location: 203.0.113.7",
			Cause:    "The token's filter does not include 203.0.113.7.",
			Guidance: []string{"Open My Profile → API Tokens.", "Add 203.0.113.7 to the filter."}})
	}
	return p
}

// trusted returns a plan with one zone for each kind of source that is not live.
func trusted() *plan.Plan {
	p := readOnly()
	old := &p.Zones[0]
	old.Source.AppliedAt = made.Add(-time.Hour)
	old.MarkPending([]string{old.Changes[0].Digest()})
	p.Zones[1].Source.AppliedAt = made.Add(-100 * time.Hour)
	p.Zones[1].Source.Since = &plan.Since{Pending: 1, Configured: 2}
	p.Zones[2].Source = plan.Source{Kind: plan.SourceDNS, FetchedAt: made,
		Servers:  []string{"ada.ns.cloudflare.com", "bob.ns.cloudflare.com"},
		NotShown: []string{"Comments, tags and settings are not in DNS: they are taken to be as declared."}}

	p.Zones = append(p.Zones, plan.Zone{Name: "sample.example",
		Source: plan.Source{Kind: plan.SourceSample, FetchedAt: made}})
	for i := range p.Zones {
		p.Zones[i].Source.Confidence = p.Zones[i].Source.Trust(made)
	}

	return p
}

// drifted returns a plan with changes made elsewhere in addition to the planned ones.
func drifted(only bool) *plan.Plan {
	last := map[string]dns.Record{
		"own1": a("www", "192.0.2.1"),
		"own2": a("gone", "192.0.2.8"),
		"own3": a("same", "192.0.2.3"),
	}
	changed := a("www", "192.0.2.99")
	changed.TTL = 60
	seen := []dns.Record{id("own1", changed), id("own3", a("same", "192.0.2.3"))}
	z, _ := plan.Diff(plan.Input{Desired: dns.Zone{Name: "example.com",
		Records: []dns.Record{at(3, a("www", "192.0.2.1")), at(4, a("same", "192.0.2.3")),
			at(5, a("gone", "192.0.2.8"))}},
		Seen: dns.Zone{Name: "example.com", ID: "z", Records: seen},
		Owned: map[string]string{
			"own1": "example.com/A/www",
			"own2": "example.com/A/gone",
			"own3": "example.com/A/same",
		}, Last: func(id string) (dns.Record, bool) { r, ok := last[id]; return r, ok },
		Source: plan.Source{Kind: plan.SourceLive, FetchedAt: made}})

	p := plan.New("0.1.0", made, []plan.Zone{risk.Assess(z, dns.Zone{}, seen, nil)}, nil, nil)
	if only {
		p.OnlyDrift()
	}

	return p
}

// ownership returns a plan that only changes what is owned, and by which block.
func ownership() *plan.Plan {
	p := diffed(plan.SourceLive, nil, nil)
	z := &p.Zones[0]
	values := plan.ValuesOf(a("www", "192.0.2.1"))
	z.Changes = []plan.Change{{
		Action:   plan.Forget,
		Address:  "example.com/A/www",
		Type:     dns.A,
		Name:     "www.example.com",
		RecordID: "1",
		Before:   values,
		After:    values,
		Risks:    []plan.Risk{},
	}}
	z.Moved = []plan.Move{{RecordID: "2", From: "example.com/A/api", To: `example.com/A/hosts["api"]`}}
	p.Recount()
	return p
}

// replacing returns a plan that takes over unmanaged records: one in place, two that make room.
func replacing() *plan.Plan {
	desired := []dns.Record{at(3, a("www", "192.0.2.1")), at(8, a("shop", "192.0.2.1"))}
	for i := range desired {
		desired[i].Declared.Replaces = true
	}
	return diffed(plan.SourceLive, desired, []dns.Record{
		id("1", a("www", "192.0.2.7")), id("2", a("www", "192.0.2.8")), id("3", dns.Record{
			Name: "shop.example.com", Type: dns.CNAME, Content: "shop.example.net", TTL: 300,
		}), id("4", mx(10, "mx1.example.net")),
	})
}

// notRefreshed returns a plan with one zone that has a change, and others that were not read.
func notRefreshed(n int) *plan.Plan {
	p := diffed(plan.SourceLive, []dns.Record{at(3, a("www", "192.0.2.2"))},
		[]dns.Record{id("own1", a("www", "192.0.2.1"))})
	for i := range n {
		p.Zones = append(p.Zones, plan.Zone{
			Name: fmt.Sprintf("z%d.example", i),
			Source: plan.Source{
				Kind:       plan.SourceCache,
				FetchedAt:  made.Add(-time.Duration(i+1) * time.Hour),
				Confidence: plan.High,
			},
			Summary: plan.Summary{Unchanged: 2, Unmanaged: 1, NotRefreshed: 1},
			Changes: []plan.Change{},
		})
	}
	return plan.New("0.1.0", made, p.Zones, nil, nil)
}

// notRefreshedAtAll returns a plan in which no zone has a change.
func notRefreshedAtAll(n int) *plan.Plan {
	p := notRefreshed(n)
	return plan.New("0.1.0", made, p.Zones[1:], nil, nil)
}

// notRefreshedReadOnly returns a plan in which the zone with a change was refused, too.
func notRefreshedReadOnly() *plan.Plan {
	p, refused := notRefreshed(2), readOnly()
	p.Zones[0] = refused.Zones[0]
	return plan.New("0.1.0", made, p.Zones, refused.Degraded[:1], nil)
}

func outputs() *plan.Plan {
	p := diffed(plan.SourceLive, nil, nil)
	p.Outputs = []plan.Output{{Name: "token", Sensitive: true}, {Name: "hosts", Value: []any{"a", "b\x1b[31m"}},
		{Name: "n", Value: 3}}
	return p
}

func TestGoldens(t *testing.T) {
	destroy := diffed(plan.SourceLive, nil, []dns.Record{id("own1", a("www", "192.0.2.1"))})
	sample := diffed(plan.SourceSample, []dns.Record{at(3, a("www", "192.0.2.2"))}, nil)
	risky := diffed(plan.SourceLive, nil, []dns.Record{id("own1", mx(10, "mx1.example.net"))})
	risky.Zones[0].Changes[0].Risks = []plan.Risk{{Level: "high", Text: "mail for example.com stops"}}

	for name, p := range map[string]*plan.Plan{
		"all_actions": allActions(), "read_only": readOnly(), "trust": trusted(), "destroy": destroy, "sample": sample, "risks": risky,
		"ownership": ownership(), "replacing": replacing(), "drift": drifted(false), "drift_only": drifted(true),
		"no_changes":        diffed(plan.SourceLive, []dns.Record{a("www", "192.0.2.1")}, []dns.Record{id("own1", a("www", "192.0.2.1"))}),
		"no_changes_cached": diffed(plan.SourceCache, nil, nil),
		"not_refreshed":     notRefreshed(997), "not_refreshed_few": notRefreshed(2), "not_refreshed_at_all": notRefreshedAtAll(1), "not_refreshed_read_only": notRefreshedReadOnly(),
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name+".txt", text(t, p, false))
			golden(t, name+".md", markdown(t, p))
		})
	}

	t.Run("color", func(t *testing.T) { golden(t, "color.txt", text(t, allActions(), true)) })
	t.Run("annotations", func(t *testing.T) {
		var b bytes.Buffer
		p := readOnly()
		p.Degraded[1].Message = "two\nlines, 100%\x1b[31m::error::owned"
		if err := render.GitHubNotices(&b, p); err != nil {
			t.Fatal(err)
		}
		golden(t, "annotations.txt", b.String())
	})

	t.Run("risks at their lines", func(t *testing.T) {
		var b bytes.Buffer
		p := allActions()
		p.Diagnostics = append(p.Diagnostics, plan.Diagnostic{
			Severity: dns.Warning,
			Summary:  "Look here",
			Detail:   "a, b: c\n100%",
			Position: &plan.Position{File: "a,b:c.cf.hcl", Line: 3},
		})
		if err := render.GitHubAnnotations(&b, p, func(f string) string { return "dns/" + f }); err != nil {
			t.Fatal(err)
		}
		golden(t, "annotations_risks.txt", b.String())
	})

	t.Run("replaced records at their lines", func(t *testing.T) {
		var b bytes.Buffer
		if err := render.GitHubAnnotations(&b, replacing(), func(f string) string { return f }); err != nil {
			t.Fatal(err)
		}
		golden(t, "annotations_replacing.txt", b.String())
	})

	t.Run("ten of a level", func(t *testing.T) {
		var b bytes.Buffer
		p := many(14, plan.Add, func(int) string { return "192.0.2.1" })
		for i := range p.Zones[0].Changes {
			p.Zones[0].Changes[i].Risks = []plan.Risk{{Level: plan.HighRisk, Text: fmt.Sprint("risk ", i)}}
		}
		if err := render.GitHubAnnotations(&b, p, func(f string) string { return f }); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(b.String(), "::warning "); n != 10 ||
			!strings.Contains(b.String(), "and 5 more of this level") {
			t.Errorf("%d annotations, want 10, the last of which counts the others:\n%s", n, b.String())
		}
	})

	t.Run("outputs", func(t *testing.T) {
		var b bytes.Buffer
		if err := render.Outputs(&b, outputs()); err != nil {
			t.Fatal(err)
		}
		golden(t, "outputs.txt", b.String())
	})
}

func text(t testing.TB, p *plan.Plan, color bool) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.Text(&b, p, render.TextOptions{Color: color}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func markdown(t testing.TB, p *plan.Plan) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.Markdown(&b, p, render.MarkdownOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}

	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}

	if got != string(want) {
		t.Errorf("%s is now:\n%s\nwant:\n%s", path, got, want)
	}
}

func TestSummaryIsTheLineThatScriptsLookFor(t *testing.T) {
	for _, tt := range []struct {
		p    *plan.Plan
		want string
	}{
		{&plan.Plan{Mode: plan.Live, Summary: plan.Summary{Add: 2, Change: 1}}, "Plan: 2 to add, 1 to change, 0 to destroy."},
		{&plan.Plan{Mode: plan.Live, Summary: plan.Summary{Adopt: 1, Destroy: 3}}, "Plan: 1 to adopt, 0 to add, 0 to change, 3 to destroy."},
		{&plan.Plan{Mode: plan.Live}, "No changes. Your zones match the configuration."},
	} {
		if got := render.Summary(tt.p); got != tt.want {
			t.Errorf("Summary(%+v) = %q, want %q", tt.p.Summary, got, tt.want)
		}
	}
}

func many(n int, action plan.Action, value func(int) string) *plan.Plan {
	z := plan.Zone{Name: "example.com", Source: plan.Source{Kind: plan.SourceLive}}
	for i := range n {
		r := a(fmt.Sprintf("host-number-%d", i), value(i))
		c := plan.Change{
			Action:     action,
			Address:    "example.com/A/x",
			Type:       r.Type,
			Name:       r.Name,
			DeclaredAt: &plan.Position{File: "dns.cf.hcl", Line: i},
		}
		if action != plan.Destroy {
			c.After = plan.ValuesOf(r)
		}
		if action != plan.Add {
			r.TTL, c.RecordID = 60, "x"
			c.Before = plan.ValuesOf(r)
		}
		z.Changes = append(z.Changes, c)
	}

	switch action {
	case plan.Add:
		z.Summary.Add = n
	case plan.Update:
		z.Summary.Change = n
	case plan.Destroy:
		z.Summary.Destroy = n
	}

	return plan.New("0.1.0", made, []plan.Zone{z}, nil, nil)
}

func TestMarkdownFitsIntoAComment(t *testing.T) {
	short := func(int) string { return "192.0.2.1" }
	long := func(i int) string { return strings.Repeat("x`|", 1300) + fmt.Sprint(i) }
	zones := func(n int) *plan.Plan {
		p := many(0, plan.Add, short)
		for i := range n {
			z := plan.Zone{
				Name:    fmt.Sprintf("zone-%d.example", i),
				Source:  plan.Source{Kind: plan.SourceCache},
				Changes: many(1, plan.Add, short).Zones[0].Changes,
			}
			p.Zones = append(p.Zones, z)
			p.Degraded = append(p.Degraded, plan.Degradation{
				Zone:     z.Name,
				Message:  fmt.Sprint("no ", i),
				Guidance: []string{strings.Repeat("do this ", 50)},
			})
		}
		p.Mode, p.Summary = plan.ReadOnly, plan.Summary{Add: n}
		return p
	}

	for name, p := range map[string]*plan.Plan{
		"10,000 adds": many(10000, plan.Add, short), "10,000 destroys": many(10000, plan.Destroy, short),
		"5,000 changes of long values": many(5000, plan.Update, long), "one huge value": many(1, plan.Add, func(int) string { return strings.Repeat("y", 100_000) }),
		"1,000 zones, each refused in its own way": zones(1000),
	} {
		out := markdown(t, p)
		if len(out) > 60_000 {
			t.Errorf("%s: the page has %d bytes, want at most %d", name, len(out), render.CommentSize)
		}
		if head := out[:200]; !strings.Contains(head, "live") && !strings.Contains(head, "READ-ONLY") {
			t.Errorf("%s: the top of the page lacks the verdict: %s", name, head)
		}
		if p.Summary.Destroy > 0 && !strings.Contains(out, fmt.Sprintf("%d records will be destroyed",
			p.Summary.Destroy)) {
			t.Errorf("%s: the destroys are not counted", name)
		}
		if !strings.Contains(out, "`cfplan show FILE` prints the whole plan") {
			t.Errorf("%s: the page does not say where the rest is", name)
		}
	}
}
