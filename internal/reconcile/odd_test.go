package reconcile_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/reconcile"
	"github.com/cfplan/cfplan/internal/sandbox"
)

func oddDiagnostics(p *plan.Plan) []plan.Diagnostic {
	var out []plan.Diagnostic
	for _, d := range p.Diagnostics {
		if d.Summary == "Odd field in Cloudflare's answer" {
			out = append(out, d)
		}
	}
	return out
}

func TestAnOddFieldIsAWarningAndThePlanStaysLive(t *testing.T) {
	t.Parallel()
	desired := hosts("example.com", 2)
	for name, test := range map[string]struct {
		fault sandbox.Fault
		says  string
	}{
		"read":     {sandbox.OddField("h0.example.com", "ttl", `"300"`), "the field ttl is a string, read as the number in it, in A h0.example.com (ID "},
		"not read": {sandbox.OddField("h0.example.com", "meta", `"none"`), "the field meta is a string, so it is not known"},
		"both":     {sandbox.OddShapes(), "A h0.example.com (ID "},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sandbox.Zone{Name: "example.com"})
			w.apply(t, w.plan(t, desired))
			w.api.Fail(test.fault)
			var log bytes.Buffer
			w.Log = slog.New(slog.NewTextHandler(&log, nil))

			p := w.plan(t, desired)

			odd := oddDiagnostics(p)
			if p.Mode != plan.Live || p.HasChanges() || len(odd) != 1 {
				t.Fatalf("mode %s, changes %v, %d warnings, want a live plan without changes and one: %+v",
					p.Mode, p.HasChanges(), len(odd), p.Diagnostics)
			}
			if d := odd[0]; d.Severity != dns.Warning || !strings.HasPrefix(d.Detail, "example.com: ") || !strings.Contains(d.Detail, test.says) {
				t.Errorf("warning = %+v, want zone and %q", d, test.says)
			}
			if !strings.Contains(log.String(), "zone=example.com field=") || !strings.Contains(log.String(), "h0.example.com (ID ") {
				t.Errorf("log = %s, want zone, field and record", log.String())
			}
		})
	}
}

func TestAnOddFieldOfManyRecordsIsOneWarning(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "example.com"})
	desired := hosts("example.com", 30)
	w.apply(t, w.plan(t, desired))
	w.api.Fail(sandbox.OddField("", "ttl", `"300"`))

	odd := oddDiagnostics(w.plan(t, desired))

	if len(odd) != 1 || !strings.Contains(odd[0].Detail, " and 20 records more.") || strings.Count(odd[0].Detail, "(ID ") != 10 {
		t.Errorf("warnings = %+v, want one that names 10 records and counts the others", odd)
	}
}

// Only the zone whose record cannot be read is read-only.
func TestAnUnreadableRecordMakesItsZoneReadOnly(t *testing.T) {
	t.Parallel()
	one, two := hosts("one.example", 1), hosts("two.example", 1)
	for _, field := range []string{"name", "type", "content"} {
		w := newWorld(t, sandbox.Zone{Name: "one.example"}, sandbox.Zone{Name: "two.example"})
		w.apply(t, w.plan(t, one, two))
		w.api.Fail(sandbox.OddField("", field, "7").InZone("one.example").On("GET", "/dns_records"))
		var log bytes.Buffer
		w.Log = slog.New(slog.NewTextHandler(&log, nil))

		p := w.plan(t, one, two)

		if p.Mode != plan.ReadOnly || len(p.Degraded) != 1 || p.Zones[1].Source.Kind != plan.SourceLive {
			t.Fatalf("%s: mode %s, degraded %+v, two.example from %s", field, p.Mode, p.Degraded, p.Zones[1].Source.Kind)
		}
		d := p.Degraded[0]
		if want := "the field " + field + " cannot be read: it is a number"; d.Zone != "one.example" || d.Code != 0 ||
			!strings.Contains(d.Message, want) || !strings.Contains(d.Message, "(ID ") {
			t.Errorf("%s: degraded = %+v, want code 0 and %q", field, d, want)
		}
		if !strings.Contains(log.String(), "zone=one.example") || !strings.Contains(log.String(), "field "+field) {
			t.Errorf("%s: log = %s, want zone and field", field, log.String())
		}
	}
}

func mx(priority uint16, content string) dns.Record {
	return dns.Record{Name: "example.com", Type: dns.MX, Content: content, Priority: priority, TTL: 300,
		Declared: &dns.Declaration{Address: "example.com/MX/@", File: "dns.cf.hcl", Line: 7}}
}

// An MX record without a priority is not one with priority 0, and gets no priority that is not declared.
func TestAPlanInventsNoPriority(t *testing.T) {
	t.Parallel()
	noPriority := sandbox.OddField("", "priority", "").On("GET", "/dns_records")
	for name, test := range map[string]struct {
		record dns.Record
		want   string // the priority and the content at Cloudflare after the apply
	}{
		"declared with 0":               {mx(0, "mx.example.net"), "0 mx.example.net"},
		"declared with another":         {mx(20, "mx.example.net"), "20 mx.example.net"},
		"ignored":                       {ignoring(mx(0, "mx.example.net"), dns.AttrPriority), "10 mx.example.net"},
		"ignored, with another content": {ignoring(mx(0, "mx2.example.net"), dns.AttrPriority), "10 mx2.example.net"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sandbox.Zone{Name: "example.com"})
			w.apply(t, w.plan(t, dns.Zone{Name: "example.com", Records: []dns.Record{mx(10, "mx.example.net")}}))
			w.api.Fail(noPriority)

			p := w.plan(t, dns.Zone{Name: "example.com", Records: []dns.Record{test.record}})
			if odd := oddDiagnostics(p); len(odd) != 1 || !strings.Contains(odd[0].Detail, "the field priority is missing") {
				t.Errorf("warnings = %+v, want one about the priority", odd)
			}
			for _, c := range p.Zones[0].Changes {
				if c.Before.Priority != nil {
					t.Errorf("the plan says that the priority was %d", *c.Before.Priority)
				}
			}
			w.apply(t, p)

			if got := mxAt(w); got != test.want {
				t.Errorf("the zone has %s, want %s", got, test.want)
			}
		})
	}
}

func ignoring(r dns.Record, attrs ...dns.Attribute) dns.Record {
	declared := *r.Declared
	declared.IgnoreChanges = attrs
	r.Declared = &declared
	return r
}

func mxAt(w *world) string {
	for _, r := range w.api.Records("example.com") {
		if r.Type == "MX" {
			return fmt.Sprintf("%d %s", r.Priority, r.Content)
		}
	}
	return "no MX"
}

func TestARollbackInventsNoPriority(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Zone{Name: "example.com"})
	zone := func(rs ...dns.Record) dns.Zone { return dns.Zone{Name: "example.com", Records: rs} }
	w.apply(t, w.plan(t, zone(mx(10, "mx.example.net"))))

	w.api.Fail(sandbox.OddField("", "priority", "").On("GET", "/dns_records"))
	w.apply(t, w.plan(t, zone(mx(20, "mx2.example.net"))))
	w.api.ClearFaults()

	p, err := w.Rollback(context.Background(), 0, []dns.Zone{zone(mx(20, "mx2.example.net"))}, reconcile.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Zones[0].Changes {
		if c.After.Priority == nil {
			t.Errorf("the rollback of %s %s plans no priority", c.Type, c.Name)
		}
	}
	p.Seal()
	w.apply(t, p)
	if got := mxAt(w); got != "20 mx.example.net" {
		t.Errorf("the zone has %s, want the earlier content with the known priority, 20", got)
	}
}

func TestShortPagesWithoutTotalsAreFollowed(t *testing.T) {
	t.Parallel()
	for _, silent := range []bool{false, true} {
		w := newWorld(t, sandbox.Zone{Name: "example.com"})
		desired := hosts("example.com", 25)
		w.apply(t, w.plan(t, desired))
		w.api.Fail(sandbox.ClampedPages(10, silent))

		w.converged(t, desired)
	}
}

func TestAnOddCreatedRecordIsFoundInTheList(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"id", "name", "content"} {
		w := newWorld(t, sandbox.Zone{Name: "example.com"})
		desired := hosts("example.com", 2)
		p := w.plan(t, desired)
		w.api.Fail(sandbox.OddField("h0.example.com", field, "{}").On("POST", "/batch"))

		w.apply(t, p)

		w.converged(t, desired)
	}
}

// The log may be stored elsewhere, so a sensitive name must not be in it.
func TestASensitiveNameOfAnOddRecordIsNotLogged(t *testing.T) {
	t.Parallel()
	for _, fault := range []sandbox.Fault{sandbox.OddField("", "meta", "5"), sandbox.OddField("", "content", "5").On("GET", "/dns_records")} {
		w := newWorld(t, sandbox.Zone{Name: "example.com"})
		r := a("example.com", "hush-hush", "192.0.2.1")
		r.Declared.Sensitive = []dns.Attribute{dns.AttrName}
		desired := dns.Zone{Name: "example.com", Records: []dns.Record{r}}
		w.apply(t, w.plan(t, desired))
		w.api.Fail(fault)
		var log bytes.Buffer
		w.Log = slog.New(slog.NewTextHandler(&log, nil))

		w.plan(t, desired)

		if !strings.Contains(log.String(), "field") || strings.Contains(log.String(), "hush-hush") {
			t.Errorf("log = %s, want the field and not the name", log.String())
		}
	}
}
