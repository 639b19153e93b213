package genconfig_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/config"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/genconfig"
	"github.com/cfplan/cfplan/internal/lint"
	"github.com/cfplan/cfplan/internal/lint/linttest"
	"github.com/cfplan/cfplan/internal/plan"
)

func write(t testing.TB, z dns.Zone) (string, genconfig.Report) {
	t.Helper()
	var b bytes.Buffer
	report, err := genconfig.Write(&b, genconfig.ZoneOf(z))
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), report
}

// load reads the text as a configuration.
func load(t failer, text string) (dns.Zone, hcl.Diagnostics) {
	t.Helper()
	dir, err := os.MkdirTemp("", "genconfig-*")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "zone.cf.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _, diags := config.Load(dir, config.Options{})
	if diags.HasErrors() || len(c.Zones) != 1 {
		return dns.Zone{}, diags
	}
	return c.Zones[0], diags
}

// said returns the records of a zone without IDs and declarations, with comments as HCL holds them.
func said(z dns.Zone) []dns.Record {
	out := make([]dns.Record, len(z.Records))
	for i, r := range z.Records {
		r.ID, r.Declared = "", nil
		r.Comment = cty.StringVal(r.Comment).AsString()
		out[i] = r
	}
	slices.SortFunc(out, dns.Compare)
	return out
}

func TestWrittenRecordsAreReadBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		z := linttest.Zone(rt)
		text, report := write(t, z)
		if report.Written != len(z.Records) {
			rt.Fatalf("Write wrote %d of %d records, want all; left out: %v", report.Written, len(z.Records), report.Left)
		}
		if formatted := config.Format([]byte(text)); string(formatted) != text {
			rt.Fatalf("the text is not in canonical format:\n%s", text)
		}
		got, diags := load(t, text)
		if diags.HasErrors() {
			rt.Fatalf("%v\n%s", diags, text)
		}
		if !slices.EqualFunc(said(got), said(z), dns.Record.Equal) {
			rt.Fatalf("got %+v\nwant %+v\n%s", said(got), said(z), text)
		}
		checkAddresses(rt, got, text)
		checkNothingToDo(rt, got, z, text)
	})
}

// checkAddresses checks that no two blocks share an address. The records of one block may.
func checkAddresses(t *rapid.T, z dns.Zone, text string) {
	lines := map[string]int{}
	for _, r := range z.Records {
		d := r.Declared
		if line, ok := lines[d.Address]; ok && line != d.Line {
			t.Fatalf("two blocks have the address %s\n%s", d.Address, text)
		}
		lines[d.Address] = d.Line
	}
}

// checkNothingToDo checks that the plan right after an import adopts all records and writes nothing, not even
// a comment that HCL cannot hold.
func checkNothingToDo(t *rapid.T, declared, live dns.Zone, text string) {
	p, diags := plan.Diff(plan.Input{Desired: declared, Seen: live, Source: plan.Source{Kind: plan.SourceLive}})
	if len(diags) > 0 || p.Summary.Adopt != len(live.Records) {
		t.Fatalf("the plan after the import has %+v, %v; want %d adoptions and no diagnostics\n%s", p.Summary, diags, len(live.Records), text)
	}
	for _, c := range p.Changes {
		if c.Writes() {
			t.Fatalf("the plan after the import would %s %s: %v\n%s", c.Action, c.Address, c.Changed(), text)
		}
	}
}

func TestOrderOfRecordsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		z := linttest.Zone(rt)
		want, _ := write(t, z)
		before := slices.Clone(z.Records)
		shuffled := z
		shuffled.Records = rapid.Permutation(z.Records).Draw(rt, "order")
		if got, _ := write(t, shuffled); got != want {
			rt.Fatalf("in another order, Write gives\n%s\nwant\n%s", got, want)
		}
		if !slices.EqualFunc(z.Records, before, dns.Record.Equal) {
			rt.Fatal("Write modified the zone")
		}
	})
}

// The API may answer with any record.
func TestAnyLiveRecordsGiveAReadableFile(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		z := dns.Zone{Name: linttest.ZoneName}
		anything := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) }),
			rapid.SampledFrom([]string{"a\n}\nzone \"x.org\" {", "*/", "${file(\"/etc/passwd\")}", "\"", "example.com"}))
		for i := range rapid.IntRange(0, 8).Draw(rt, "n") {
			r := dns.Record{ID: fmt.Sprint(i), Name: anything.Draw(rt, "name"), Type: dns.Type(anything.Draw(rt, "type")), Content: anything.Draw(rt, "content"),
				TTL: rapid.Int().Draw(rt, "ttl"), Comment: anything.Draw(rt, "comment"), ManagedBy: rapid.SampledFrom([]string{"", "x\ny"}).Draw(rt, "by")}
			if rapid.Bool().Draw(rt, "plausible") {
				r.Name, r.TTL = rapid.SampledFrom([]string{"a.", "b."}).Draw(rt, "label")+linttest.ZoneName, dns.AutoTTL
				r.Type = rapid.SampledFrom(dns.Types()).Draw(rt, "known type")
			}
			z.Records = append(z.Records, r)
		}
		text, report := write(t, z)
		got, diags := load(t, text)
		if diags.HasErrors() && !contradictory(z, report) {
			rt.Fatalf("%v\n%s", diags, text)
		}
		if !diags.HasErrors() && len(got.Records) != report.Written || report.Written+len(report.Left) != len(z.Records) {
			rt.Fatalf("of %d records, Write wrote %d and left out %d, and %d were read back\n%s",
				len(z.Records), report.Written, len(report.Left), len(got.Records), text)
		}
	})
}

// contradictory reports whether the written records conflict with each other. Package config then refuses the
// text, and rightly.
func contradictory(z dns.Zone, report genconfig.Report) bool {
	z.Records = slices.DeleteFunc(slices.Clone(z.Records), func(r dns.Record) bool {
		return slices.ContainsFunc(report.Left, func(o genconfig.Omission) bool { return o.Record.ID == r.ID })
	})
	return slices.ContainsFunc(lint.Zone(z), func(p lint.ZoneProblem) bool { return p.Severity == dns.Error })
}
