package genconfig_test

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/cloudflare"
	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint/linttest"
	"github.com/cfplan/cfplan/internal/sandbox"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a zone's text with testdata/NAME.cf.hcl and reads the text back.
func golden(t *testing.T, name string, z dns.Zone) {
	t.Helper()
	got, report := write(t, z)
	path := filepath.Join("testdata", name+".cf.hcl")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the text of %s differs (-want +got):\n%s", name, diff)
	}
	back, diags := load(t, got)
	if diags.HasErrors() || len(back.Records) != report.Written {
		t.Errorf("%s: %d records were read back, want %d as written: %v", name, len(back.Records), report.Written, diags)
	}
}

// The sample zones come from the API, as for cfplan import.
func TestSampleZonesReadLikeWrittenByHand(t *testing.T) {
	api := httptest.NewServer(sandbox.New(sandbox.Options{Seed: sandbox.SampleSeed()}))
	defer api.Close()
	client := cloudflare.New(cloudflare.Options{BaseURL: api.URL + "/client/v4", Credentials: cloudflare.Credentials{Token: "token"}})
	for _, name := range []string{"example.com", "example.org", "example.net"} {
		found, err := client.FindZones(context.Background(), []string{name})
		if err != nil || len(found[name]) != 1 {
			t.Fatalf("FindZones(%s) = %v, %v; want one zone", name, found, err)
		}
		z := found[name][0]
		if z.Records, err = client.Records(context.Background(), z.ID); err != nil {
			t.Fatal(err)
		}
		golden(t, name, z)
	}
}

// zoneOf returns a zone from lines of NAME TYPE CONTENT. The names are relative to the zone.
func zoneOf(t *testing.T, text string) dns.Zone {
	t.Helper()
	z := dns.Zone{Name: linttest.ZoneName}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		words := strings.SplitN(strings.TrimSpace(line), " ", 3)
		name, p := dns.AbsoluteName(words[0], linttest.ZoneName)
		if p != nil {
			t.Fatal(p)
		}
		v, p := dns.ParseContent(dns.Type(words[1]), words[2])
		if p != nil {
			t.Fatalf("%s: %v", line, p)
		}
		z.Records = append(z.Records, dns.Record{Name: name, Type: dns.Type(words[1]), Content: v.Content, Priority: v.Priority, TTL: 300})
	}
	return z
}

func TestManySimilarRecordsShareABlock(t *testing.T) {
	var lines strings.Builder
	for i := 1; i <= 11; i++ {
		fmt.Fprintf(&lines, "host-%d A 192.0.2.%d\nhost-%d AAAA 2001:db8::%d\n", i, i, i, i)
	}
	for _, name := range []string{"blog", "docs", "shop", "www"} {
		fmt.Fprintf(&lines, "%s CNAME example.com\n", name)
	}
	for i, name := range []string{"amber", "birch", "cedar", "daisy", "elder", "fern", "gorse", "heath", "iris", "juniper"} {
		fmt.Fprintf(&lines, "%s A 198.51.100.%d\n%s TXT v=spf1 -all\n", name, i, name+".mail")
	}
	for i, selector := range []string{"k1", "k2", "s1", "s2"} {
		fmt.Fprintf(&lines, "%s._domainkey CNAME dkim%d.mail.example.net\n", selector, i)
	}
	lines.WriteString(`@ MX 1 aspmx.l.google.com
@ MX 5 alt1.aspmx.l.google.com
@ MX 5 alt2.aspmx.l.google.com
lists MX 10 mx1.mail.example.net
lists MX 20 mx2.mail.example.net
host SSHFP 4 2 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
host SSHFP 1 2 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
`)
	golden(t, "many", zoneOf(t, lines.String()))
}

// The zone has contents that users paste, and contents that attackers want them to paste.
func TestHostileContentsAreEscaped(t *testing.T) {
	z := zoneOf(t, `
@ TXT ${file("/etc/passwd")} %{ if true }
@ TXT "quoted \"inside\" and \\ back"
@ TXT "bytes \000\255 and a line\010break"
@ TXT $$${x}
@ TXT ((((((((((((((((((((((((((((((((((((((
e TXT "caf`+"e\u0301"+`"
for A 192.0.2.1
null A 192.0.2.1
true A 192.0.2.1
0 A 192.0.2.1
example.com.example.com. A 192.0.2.2
www CNAME xn--mnchen-3ya.de
a URI 1 2 "https://example.com/?q=${x}&\"y\""
b NAPTR 1 2 "u" "E2U+sip" "!^.*$!sip:\\1@example.com!" .
c HTTPS 1 . alpn="h2" dohpath="/q{?dns}"
`)
	z.Records = append(z.Records,
		dns.Record{Name: "commented.example.com", Type: dns.A, Content: "192.0.2.3", TTL: 300, Comment: "\"${x}\" \u202egnihtyreve\u202c e\u0301", Tags: []string{"a:${b}"}},
		dns.Record{Name: "example.com", Type: dns.NS, Content: "ns.example.net", TTL: 300},
		dns.Record{Name: "x.example.com", Type: "WALLET", Content: "a\n}\nzone \"example.org\" {}", TTL: 300},
		dns.Record{Name: "x\n}.example.com", Type: dns.A, Content: "192.0.2.4", TTL: 300},
		dns.Record{Name: "y.example.com", Type: dns.TXT, Content: `""`, TTL: 300},
		dns.Record{Name: "z.example.com", Type: dns.A, Content: "192.0.2.5", TTL: 300, ManagedBy: "Cloudflare\nTunnel"},
	)
	golden(t, "hostile", z)
}

func TestNamesAreInNaturalOrder(t *testing.T) {
	text, _ := write(t, zoneOf(t, `
_dmarc TXT a
_sip._tcp SRV 1 2 3 a.example.net
www A 192.0.2.1
h10 A 192.0.2.2
h9 A 192.0.2.3
*.h9 A 192.0.2.4
h9 TXT b
@ TXT c
@ A 192.0.2.5
_25._tcp.www TLSA 3 1 1 8cb0fc6c527506a053f4f14c8464bebbd6dede2738d11468dd953d7d6a3021f1
example.com.example.com. A 192.0.2.6
`))
	var got []string
	for _, m := range regexp.MustCompile(`record "(.*)" "(.*)" `).FindAllStringSubmatch(text, -1) {
		got = append(got, m[2]+" "+m[1])
	}
	want := []string{"@ A", "@ TXT", "example.com.example.com A", "h9 A", "h9 TXT", "*.h9 A", "h10 A", "www A",
		"_dmarc TXT", "_sip._tcp SRV", "_25._tcp.www TLSA"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
