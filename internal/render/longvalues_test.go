package render_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"

	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
	"github.com/cfplan/cfplan/internal/render"
)

// dkim returns a DKIM record with a key of 2048 bits, with the usual beginning and end.
func dkim(seed uint64) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	random := rand.New(rand.NewPCG(seed, 0))
	var b strings.Builder
	for range 342 {
		b.WriteByte(alphabet[random.IntN(len(alphabet))])
	}
	return "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA" + b.String() + "wIDAQAB"
}

// spf returns an SPF record with many senders.
func spf(hosts ...string) string {
	return "v=spf1 include:" + strings.Join(hosts, ".example.net include:") + ".example.net -all"
}

// updated returns a plan that changes the first record of each pair into the second.
func updated(pairs ...[2]dns.Record) *plan.Plan {
	var desired, seen []dns.Record
	for i, p := range pairs {
		seen = append(seen, id(fmt.Sprint("own", i), p[0]))
		desired = append(desired, at(i+1, p[1]))
	}
	return diffed(plan.SourceLive, desired, seen)
}

func noted(comment string, r dns.Record) dns.Record { r.Comment = comment; return r }

func longValues() *plan.Plan {
	hosts := strings.Fields("mail crm shop news desk bank docs jobs help test east west north south")
	swapped := append([]string{hosts[0], hosts[2], hosts[1]}, hosts[3:]...)
	key := dkim(1)
	typo := key[:200] + "!" + key[201:300] + "?" + key[301:]
	caa := func(value string) dns.Record {
		return dns.Record{Name: "caa.example.com", Type: dns.CAA, Content: `0 issue "` + value + `"`, TTL: 300}
	}

	verification := "site-verification=" + strings.Repeat("0123456789abcdef", 14)

	return updated(
		[2]dns.Record{txt("k1._domainkey", key), txt("k1._domainkey", typo)},
		[2]dns.Record{txt("k2._domainkey", key), txt("k2._domainkey", dkim(2))},
		[2]dns.Record{txt("spf1", spf(hosts...)), txt("spf1", spf(append(hosts[:13:13], "other")...))},
		[2]dns.Record{txt("spf2", spf(hosts...)), txt("spf2", spf(swapped...))},
		[2]dns.Record{txt("spf3", spf(hosts...)), txt("spf3", spf(hosts[:13]...))},
		[2]dns.Record{caa("ca.example; validationmethods=dns-01; accounturi=https://ca.example/acct/1"),
			caa("ca.example; validationmethods=dns-01; accounturi=https://ca.example/acct/2")},
		[2]dns.Record{txt("end", verification+"a"), txt("end", verification+"b")},
		[2]dns.Record{txt("space", "one two"), txt("space", "one  two")},
		[2]dns.Record{txt("case", "Sales"), txt("case", "sales")},
		[2]dns.Record{txt("script", "example"), txt("script", "ex\u0430mple")},
		[2]dns.Record{txt("hidden", "example"), txt("hidden", "exam\u200bple")},
		[2]dns.Record{txt("other", "the old text says this, in more than fifty characters"),
			txt("other", "a new one has nothing in common with what stood here")},
		[2]dns.Record{noted("call us", a("quotes", "192.0.2.1")), noted(`"call us"`, a("quotes", "192.0.2.1"))},
	)
}

func TestLongValuesShowTheirDifferences(t *testing.T) {
	golden(t, "long_values.txt", text(t, longValues(), false))
	golden(t, "long_values_color.txt", text(t, longValues(), true))
	var b bytes.Buffer
	if err := render.GitHubAnnotations(&b, longValues(), func(f string) string { return f }); err != nil {
		t.Fatal(err)
	}

	for _, z := range longValues().Zones {
		for _, c := range z.Changes {
			b.WriteString(render.Line(c) + "\n")
		}
	}

	golden(t, "long_values_lines.txt", b.String())
}

// Each side of a cut value must fit on one line, so that the two sides are aligned below each other.
func TestEachSideOfACutValueFitsOnALine(t *testing.T) {
	p := updated([2]dns.Record{txt("k", dkim(1)), txt("k", dkim(2))})
	for _, width := range []int{60, 80, 120, 172} {
		var b bytes.Buffer
		if err := render.Text(&b, p, render.TextOptions{Width: width}); err != nil {
			t.Fatal(err)
		}

		sides := regexp.MustCompile(`(?m)^ +[-+] [^r].*$`).FindAllString(b.String(), -1)
		if len(sides) != 2 {
			t.Fatalf("%d columns: the sides are on the lines %q, want two lines", width, sides)
		}

		for _, line := range sides {
			if n := ansi.StringWidth(line); n > width || n < width-12 {
				t.Errorf("%d columns: a side has %d, want nearly all of them: %s", width, n, line)
			}
		}
	}
}

func TestAnnotationsAreBounded(t *testing.T) {
	huge := strings.Repeat("x\u200b\u0301%:,\n", 20_000)
	p := updated([2]dns.Record{a("www", "192.0.2.1"), a("www", "192.0.2.2")})
	c := &p.Zones[0].Changes[0]
	c.Name, c.Before.Content, c.After.Content, c.DeclaredAt.File = huge, huge+"a", huge+"b", huge
	c.Risks = []plan.Risk{{Level: plan.HighRisk, Text: huge, Check: huge}}
	p.Diagnostics = []plan.Diagnostic{{Severity: dns.Warning, Summary: huge, Detail: huge, Position: c.DeclaredAt}}
	p.Mode, p.Degraded = plan.ReadOnly, []plan.Degradation{{
		Zone:     huge,
		Message:  huge,
		Cause:    huge,
		Guidance: []string{huge},
	}}

	var b bytes.Buffer
	if err := render.GitHubAnnotations(&b, p, func(f string) string { return f }); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\n"); n != 3 {
		t.Errorf("%d lines, want one for each of three annotations", n)
	}

	for line := range strings.Lines(b.String()) {
		if n := len(line); n > 20_000 {
			t.Errorf("an annotation has %d bytes, want at most 20,000: %.200s…", n, line)
		}
	}
}

func TestAPlanThatCannotBeAppliedSaysWould(t *testing.T) {
	readOnly, faulty := updated([2]dns.Record{mx(10, "a.example.net"), mx(10, "b.example.net")}), longValues()
	readOnly.Mode = plan.ReadOnly
	faulty.Diagnostics = []plan.Diagnostic{{Severity: dns.Error, Summary: "x"}}

	for _, p := range []*plan.Plan{readOnly, faulty} {
		out := text(t, p, false)
		if strings.Contains(out, " will be ") || !strings.Contains(out, " would be updated in-place") {
			t.Errorf("a plan that cannot be applied says what will happen:\n%s", out)
		}

		risks := regexp.MustCompile(`(?m)^ +! .*|^Risks: .*`).FindAllString(out, -1)
		for _, line := range risks {
			if !strings.Contains(line, "if it were applied") {
				t.Errorf("a plan that cannot be applied has the line %q, want \"if it were applied\" in it", line)
			}
		}

		if len(risks) < 2 {
			t.Errorf("want a risk and the count of risks in:\n%s", out)
		}
	}
}

func TestRisksAreCountedByLevel(t *testing.T) {
	p := updated([2]dns.Record{a("www", "192.0.2.1"), a("www", "192.0.2.2")})
	levels := func(list ...plan.RiskLevel) (out []plan.Risk) {
		for _, l := range list {
			out = append(out, plan.Risk{Level: l, Text: "x"})
		}
		return out
	}

	for _, c := range []struct {
		ofZone, ofChange []plan.Risk
		want             string
	}{
		{nil, nil, ""},
		{nil, levels("low"), "Risks: 1 low.\n"},
		{levels("high"), levels("low", "medium", "low", "high"), "Risks: 2 high, 1 medium, 2 low.\n"},
		{nil, levels("other"), ""},
	} {
		p.Zones[0].Risks, p.Zones[0].Changes[0].Risks = c.ofZone, c.ofChange
		if _, end, _ := strings.Cut(text(t, p, false), "to destroy.\n"); end != c.want {
			t.Errorf("risks of the zone %v and of the change %v: the text ends in %q, want %q", c.ofZone, c.ofChange, end, c.want)
		}
	}
}
