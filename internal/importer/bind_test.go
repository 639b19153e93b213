package importer

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/plan"
)

// readText reads a text as a source of the zone, or of the zone that the text names if zone is "".
func readText(kind Kind, zone, text string) (*Source, []plan.Diagnostic) {
	return Read(kind, Input{Name: "in.dat", Text: []byte(text), Zone: zone})
}

// readGood reads a valid text and returns its only zone.
func readGood(t *testing.T, kind Kind, text string) Zone {
	t.Helper()
	src, diags := readText(kind, "example.com", text)
	if hasErrors(diags) || len(src.Zones) != 1 {
		t.Fatalf("Read(%s, %q): %+v, %s; want one zone", kind, text, src, spelledOut(diags))
	}
	return src.Zones[0]
}

// brief returns a record on one line: name, TTL, type and value, then its other attributes.
func brief(r Record) string {
	s := fmt.Sprintf("%s %d %s ", dns.RelativeName(r.Record.Name, "example.com"), r.Record.TTL, r.Record.Type)
	if r.Record.Type == dns.MX {
		s += fmt.Sprintf("%d ", r.Record.Priority)
	}
	s += r.Record.Content
	if r.Record.Proxied {
		s += " proxied"
	}
	if r.Record.Comment != "" {
		s += fmt.Sprintf(" comment=%q", r.Record.Comment)
	}
	if len(r.Record.Tags) > 0 {
		s += fmt.Sprintf(" tags=%q", r.Record.Tags)
	}
	if len(r.Notes) > 0 {
		s += fmt.Sprintf(" notes=%q", r.Notes)
	}
	return s
}

func briefs(z Zone) []string {
	var out []string
	for _, r := range z.Records {
		out = append(out, brief(r))
	}
	return out
}

// briefLeft returns the records that are left out, one line each.
func briefLeft(z Zone) []string {
	var out []string
	for _, l := range z.Left {
		line := 0
		if l.At.Position != nil {
			line = l.At.Line
		}
		out = append(out, fmt.Sprintf("%d %s %s: %s", line, dns.RelativeName(l.Record.Name, "example.com"), l.Record.Type, l.Reason))
	}
	return out
}

func TestBINDReadsAttributesOnlyFromExports(t *testing.T) {
	all := []dns.Attribute{dns.AttrProxied, dns.AttrComment, dns.AttrTags, dns.AttrSettings, dns.AttrPrivateRouting}
	for name, tt := range map[string]struct {
		text   string
		want   string
		silent []dns.Attribute
	}{
		"a remark of another program": {
			text: "a 60 A 192.0.2.1 ; the old server", want: `a 60 A 192.0.2.1 notes=["the old server"]`, silent: all,
		},
		"no TTL at all": {
			text: "a A 192.0.2.1", want: "a 1 A 192.0.2.1", silent: append([]dns.Attribute{dns.AttrTTL}, all...),
		},
		"a TTL for Enterprise zones": {text: "a 30 A 192.0.2.1", want: "a 30 A 192.0.2.1", silent: all},
		"a TTL that is too short":    {text: "a 29 A 192.0.2.1", want: "a 60 A 192.0.2.1", silent: all},
		"Cloudflare's export": {
			text: "a 1 IN A 192.0.2.1 ; web cf_tags=team:web,cf-proxied:true", want: `a 1 A 192.0.2.1 proxied comment="web" tags=["team:web"]`,
			silent: []dns.Attribute{dns.AttrSettings, dns.AttrPrivateRouting},
		},
		"Cloudflare's export, not proxied": {
			text: "a 60 IN A 192.0.2.1 ; cf_tags=cf-proxied:false", want: "a 60 A 192.0.2.1",
			silent: []dns.Attribute{dns.AttrSettings, dns.AttrPrivateRouting},
		},
		"cfplan's export": {
			text: "; Zone example.com, written by cfplan.\na 60 MX 0 mx.example.net. ; mail", want: `a 60 MX 0 mx.example.net comment="mail"`,
			silent: []dns.Attribute{dns.AttrProxied},
		},
	} {
		t.Run(name, func(t *testing.T) {
			z := readGood(t, BIND, tt.text+"\n")
			if got := briefs(z); !slices.Equal(got, []string{tt.want}) {
				t.Errorf("records = %q, want %q", got, tt.want)
			}
			if diff := cmp.Diff(tt.silent, z.Records[0].Silent); diff != "" {
				t.Errorf("silent (-want +got)\n%s", diff)
			}
		})
	}
}

func TestBINDLeavesOutRecordsThatCloudflareCannotHold(t *testing.T) {
	z := readGood(t, BIND, strings.Join([]string{
		"@ 60 SOA a. b. 1 2 3 4 5",
		"@ NS ns1.old.example.",
		"sub NS ns1.example.net.",
		"a HINFO PC Unix",
		"b TYPE65280 \\# 1 00",
		"c CH TXT x",
		"www.example.org. A 192.0.2.1",
		"d RRSIG A 13 2",
		"sub A 192.0.2.2",
		"e CNAME e",
		"f A 192.0.2.3",
	}, "\n"))
	want := []string{
		"1 @ SOA: Cloudflare answers for the zone's own SOA",
		"2 @ NS: Cloudflare answers for the zone's own NS",
		"4 a HINFO: Cloudflare has no records of this type",
		"5 b TYPE65280: Cloudflare has no records of this type",
		"6 c CH TXT: its class is not IN",
		"7 www.example.org A: its name is outside of the zone",
		"8 d RRSIG: Cloudflare has no records of this type",
		"10 e CNAME: Cloudflare cannot hold it",
		"9 sub A: it has no effect at a delegated name",
	}
	if diff := cmp.Diff(want, briefLeft(z)); diff != "" {
		t.Errorf("left out (-want +got)\n%s", diff)
	}
	if got := briefs(z); !slices.Equal(got, []string{"sub 60 NS ns1.example.net", "f 60 A 192.0.2.3"}) {
		t.Errorf("records = %q, want only those of sub and f", got)
	}
}

func TestBINDFindsItsZone(t *testing.T) {
	for name, tt := range map[string]struct{ zone, text, want, fails string }{
		"named by the SOA":  {text: "example.org. 60 SOA a. b. 1 2 3 4 5\nwww A 192.0.2.1\nx.example.org. A 192.0.2.1\n", want: "example.org"},
		"the origin":        {text: "$ORIGIN example.org.\nwww 60 A 192.0.2.1\n", want: "example.org"},
		"named by the user": {zone: "example.net", text: "@ 60 SOA a. b. 1 2 3 4 5\nwww A 192.0.2.1\n", want: "example.net"},
		"not named":         {text: "@ 60 SOA a. b. 1 2 3 4 5\nwww A 192.0.2.1\n", fails: "Name the zone"},
		"another one":       {zone: "example.net", text: "$ORIGIN example.org.\nwww 60 A 192.0.2.1\n", fails: "is it the file of another zone?"},
		"without records":   {zone: "example.net", text: "; moved\n", fails: "has no records"},
		"another kind":      {zone: "example.net", text: `{"terraform_version":"1"}`, fails: "-from=terraform"},
		"a broken line":     {zone: "example.net", text: "a 60 A 192.0.2.1\nb 60 A 192.0.2\n", fails: "192.0.2"},
		"nothing to import": {zone: "example.net", text: "@ 60 SOA a. b. 1 2 3 4 5\na HINFO PC Unix\n", fails: "describes no record"},
	} {
		t.Run(name, func(t *testing.T) {
			src, diags := readText(BIND, tt.zone, tt.text)
			if tt.fails != "" {
				if !hasErrors(diags) || !strings.Contains(spelledOut(diags), tt.fails) {
					t.Errorf("diagnostics: %s\nwant an error with %q", spelledOut(diags), tt.fails)
				}
				return
			}
			if hasErrors(diags) || len(src.Zones) != 1 || src.Zones[0].Name != tt.want {
				t.Errorf("zones = %+v, %s; want %s", src, spelledOut(diags), tt.want)
			}
		})
	}
}

func TestBINDIncludesFilesBelowItsDirectory(t *testing.T) {
	dir := fstest.MapFS{
		"parts/mail.zone": {Data: []byte("@ MX 10 mx.example.net.\n$INCLUDE more.zone\n")},
		"parts/more.zone": {Data: []byte("more A 192.0.2.9 ; here\n")},
	}
	in := Input{Name: "some/dir/db.example.com", Dir: dir, Zone: "example.com"}
	in.Text = []byte("$TTL 60\n$INCLUDE parts/mail.zone\n")
	src, diags := Read(BIND, in)
	if hasErrors(diags) {
		t.Fatal(spelledOut(diags))
	}
	want := []string{"@ 60 MX 10 mx.example.net", `more 60 A 192.0.2.9 notes=["here"]`}
	if got := briefs(src.Zones[0]); !slices.Equal(got, want) {
		t.Errorf("records = %q, want %q", got, want)
	}
	if at := src.Zones[0].Records[1].At; at.File != "some/dir/parts/more.zone" || at.Line != 1 {
		t.Errorf("origin = %+v, want line 1 of some/dir/parts/more.zone", at.Position)
	}

	for text, want := range map[string]string{
		"$INCLUDE ../other.zone\n": "is not below the zone file's directory",
		"$INCLUDE /etc/passwd\n":   "is not below the zone file's directory",
		"$INCLUDE none.zone\n":     "none.zone",
	} {
		in.Text = []byte(text)
		if _, diags := Read(BIND, in); !hasErrors(diags) || !strings.Contains(spelledOut(diags), want) {
			t.Errorf("%s: %s, want %q", text, spelledOut(diags), want)
		}
	}
	in.Text, in.Dir, in.Name = []byte("$INCLUDE x\n"), nil, "standard input"
	if _, diags := Read(BIND, in); !strings.Contains(spelledOut(diags), "knows no directory from which to read") {
		t.Errorf("$INCLUDE from a pipe: %s, want an error that says that no directory is known", spelledOut(diags))
	}
}

func TestBINDRoundTrip(t *testing.T) {
	checkRoundTrip(t, BIND, plain, func(z dns.Zone) string {
		text := "$ORIGIN .\nexample.com 60 IN SOA a b 1 2 3 4 5\n"
		for _, r := range z.Records {
			text += fmt.Sprintf("%s %d IN %s %s\n", r.Name, r.TTL, r.Type, inPresentation(r))
		}
		return text
	})
}
