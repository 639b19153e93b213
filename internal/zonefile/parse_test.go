package zonefile

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
)

// parse parses a zone file of example.com, which may include the other files.
func parse(src string, others map[string]string) (entries []Entry, problems []Problem, skipped []string) {
	o := Options{
		Zone: "example.com",
		File: "main.zone",
		Skipped: func(r dns.Record, file string, line int) {
			skipped = append(skipped, fmt.Sprintf("%s:%d %s", file, line, r.Type))
		},
		Include: func(name string) (io.ReadCloser, error) {
			text, ok := others[name]
			if !ok {
				return nil, fmt.Errorf("no file %q", name)
			}
			return io.NopCloser(strings.NewReader(text)), nil
		},
	}
	entries, problems = Parse(strings.NewReader(src), o)
	return entries, problems, skipped
}

// entryLine formats an entry as one line, for comparison.
func entryLine(e Entry) string {
	s := fmt.Sprintf("%s:%d %s %d %s %s", e.File, e.Line, e.Name, e.TTL, e.Type, e.Content)
	if e.Type == dns.MX {
		s += fmt.Sprintf(" priority=%d", e.Priority)
	}
	if !e.HasTTL {
		s += " no-ttl"
	}
	if e.HasProxied {
		s += fmt.Sprintf(" proxied=%v", e.Proxied)
	}
	if e.Comment != "" {
		s += fmt.Sprintf(" comment=%q", e.Comment)
	}
	if e.Tags != nil {
		s += fmt.Sprintf(" tags=%q", e.Tags)
	}
	if e.Settings != (dns.Settings{}) {
		s += fmt.Sprintf(" settings=%+v", e.Settings)
	}
	return s
}

// An expected entry has the form "file:line name ttl type content …".
func TestParse(t *testing.T) {
	for name, tt := range map[string]struct {
		src  string
		with map[string]string
		want []string
	}{
		"names": {src: "@ 60 IN A 192.0.2.1\nwww 60 IN A 192.0.2.1\nFULL.Example.Com. 60 IN A 192.0.2.1\n\\042.w 60 A 192.0.2.1\nbücher 60 A 192.0.2.1\n  AAAA 2001:DB8::0:1\n",
			want: []string{"main.zone:1 example.com 60 A 192.0.2.1", "main.zone:2 www.example.com 60 A 192.0.2.1",
				"main.zone:3 full.example.com 60 A 192.0.2.1", "main.zone:4 *.w.example.com 60 A 192.0.2.1",
				"main.zone:5 xn--bcher-kva.example.com 60 A 192.0.2.1", "main.zone:6 xn--bcher-kva.example.com 60 AAAA 2001:db8::1"}},
		"header in any order": {src: "a in 60 a 192.0.2.1\na 60 IN a 192.0.2.2\na CLASS1 TYPE1 192.0.2.3\na A 192.0.2.4\n",
			want: []string{"main.zone:1 a.example.com 60 A 192.0.2.1", "main.zone:2 a.example.com 60 A 192.0.2.2",
				"main.zone:3 a.example.com 60 A 192.0.2.3", "main.zone:4 a.example.com 60 A 192.0.2.4"}},
		"no TTL": {src: "a A 192.0.2.1\nb 60 A 192.0.2.1\nc A 192.0.2.1\n$TTL 1h30m\nd A 192.0.2.1\ne 1 A 192.0.2.1\nf A 192.0.2.1\n",
			want: []string{"main.zone:1 a.example.com 1 A 192.0.2.1 no-ttl", "main.zone:2 b.example.com 60 A 192.0.2.1",
				"main.zone:3 c.example.com 60 A 192.0.2.1", "main.zone:5 d.example.com 5400 A 192.0.2.1",
				"main.zone:6 e.example.com 1 A 192.0.2.1", "main.zone:7 f.example.com 5400 A 192.0.2.1"}},
		"origin": {src: "$TTL 60\n$ORIGIN sub\n@ MX 5 mx\nb CNAME @\n$ORIGIN .\nx.example.com CNAME host.example.net\n$ORIGIN com.\ny.example SRV 1 2 3 .\n",
			want: []string{"main.zone:3 sub.example.com 60 MX mx.sub.example.com priority=5", "main.zone:4 b.sub.example.com 60 CNAME sub.example.com",
				"main.zone:6 x.example.com 60 CNAME host.example.net", "main.zone:8 y.example.com 60 SRV 1 2 3 ."}},
		"parentheses, comments, line ends": {src: "\ufeff; zone\r\n$TTL 60\r\na ( TXT ; why\r\n \"one\" ; two\r\n\"three;(\" ) ; four\r\n\r\n  ; nothing\r\n\tTXT \"x\"",
			want: []string{"main.zone:3 a.example.com 60 TXT \"onethree;(\" comment=\"four\"", "main.zone:8 a.example.com 60 TXT \"x\""}},
		"texts": {src: "$TTL 60\na TXT bare\na TXT \"a\\\"b\\\\c\\065\"\na TXT a\\;b\na TXT \"\" \"x\"\na TXT \"ü\"\n",
			want: []string{`main.zone:2 a.example.com 60 TXT "bare"`, `main.zone:3 a.example.com 60 TXT "a\"b\\cA"`,
				`main.zone:4 a.example.com 60 TXT "a;b"`, `main.zone:5 a.example.com 60 TXT "x"`, `main.zone:6 a.example.com 60 TXT "ü"`}},
		"types": {src: `$TTL 60
t CAA 0 ISSUE letsencrypt.org
t CERT PKIX 1 RSASHA256 AQ ID
t DNSKEY 257 3 13 mdss wUyr
t DS 1 13 2 14D1CC3BBF3B6FB2E9B4FC3F7A5E5DC6A3F6F37F4D0F8E7D2B6F0C5A4E3D2C1B
t HTTPS 1 svc port=853 alpn="h2,h3"
t SVCB 0 svc.example.net.
t LOC 52 22 23.123 N 4 53 32 E -2m
t NAPTR 30 100 S "SIP+D2T" "" _sip._tcp
t NS ns1.example.net.
t OPENPGPKEY AQ ID
t PTR host
t SSHFP 4 2 ABCD
t TLSA 3 1 1 AB CD
t SMIMEA 3 1 1 ABCD
t SRV 1 2 3 host
t URI 10 1 "https://example.com/?a=b;c"
t TYPE65 \# 3 0001 00
`, want: []string{
			`main.zone:2 t.example.com 60 CAA 0 issue "letsencrypt.org"`,
			`main.zone:3 t.example.com 60 CERT 1 1 8 AQID`,
			`main.zone:4 t.example.com 60 DNSKEY 257 3 13 mdsswUyr`,
			`main.zone:5 t.example.com 60 DS 1 13 2 14d1cc3bbf3b6fb2e9b4fc3f7a5e5dc6a3f6f37f4d0f8e7d2b6f0c5a4e3d2c1b`,
			`main.zone:6 t.example.com 60 HTTPS 1 svc.example.com alpn="h2,h3" port="853"`,
			`main.zone:7 t.example.com 60 SVCB 0 svc.example.net`,
			`main.zone:8 t.example.com 60 LOC 52 22 23.123 N 4 53 32.000 E -2.00 1.00 10000.00 10.00`,
			`main.zone:9 t.example.com 60 NAPTR 30 100 "S" "SIP+D2T" "" _sip._tcp.example.com`,
			`main.zone:10 t.example.com 60 NS ns1.example.net`,
			`main.zone:11 t.example.com 60 OPENPGPKEY AQID`,
			`main.zone:12 t.example.com 60 PTR host.example.com`,
			`main.zone:13 t.example.com 60 SSHFP 4 2 abcd`,
			`main.zone:14 t.example.com 60 TLSA 3 1 1 abcd`,
			`main.zone:15 t.example.com 60 SMIMEA 3 1 1 abcd`,
			`main.zone:16 t.example.com 60 SRV 1 2 3 host.example.com`,
			`main.zone:17 t.example.com 60 URI 10 1 "https://example.com/?a=b;c"`,
			`main.zone:18 t.example.com 60 HTTPS 1 .`,
		}},
		"Cloudflare's notes": {src: `$TTL 60
a A 192.0.2.1 ; just a comment
b A 192.0.2.1 ; this comment contains cf_tags= as text cf_tags=
c A 192.0.2.1 ; comment cf_tags=important,Ticket:THIS-12345,cf-proxied:true
d A 192.0.2.1 ;   cf_tags=tag3:"value,with,commas",tag4:"with \"escaped\" marks",e:"",f:
e CNAME a ; cf_tags=test:1,cf-flatten-cname,cf-proxied:false
f A 192.0.2.1 ;
g A 192.0.2.1 ; cf_tags=cf-ipv4-only,cf-proxied:true
h A 192.0.2.1 ; C:\path \010 x
`, want: []string{
			`main.zone:2 a.example.com 60 A 192.0.2.1 comment="just a comment"`,
			`main.zone:3 b.example.com 60 A 192.0.2.1 comment="this comment contains cf_tags= as text"`,
			`main.zone:4 c.example.com 1 A 192.0.2.1 proxied=true comment="comment" tags=["important" "ticket:THIS-12345"]`,
			`main.zone:5 d.example.com 60 A 192.0.2.1 tags=["e" "f:" "tag3:value,with,commas" "tag4:with \"escaped\" marks"]`,
			`main.zone:6 e.example.com 60 CNAME a.example.com proxied=false tags=["test:1"] settings={FlattenCNAME:true IPv4Only:false IPv6Only:false}`,
			`main.zone:7 f.example.com 60 A 192.0.2.1`,
			`main.zone:8 g.example.com 1 A 192.0.2.1 proxied=true settings={FlattenCNAME:false IPv4Only:true IPv6Only:false}`,
			`main.zone:9 h.example.com 60 A 192.0.2.1 comment="C:\\path \n x"`,
		}},
		"records for cfplan only": {src: "$TTL 60\n;cfplan-record: @ 60 IN CNAME example.net. ; note\n",
			want: []string{`main.zone:2 example.com 60 CNAME example.net comment="note"`}},
		"generate": {src: "$TTL 60\n$GENERATE 9-11/2 host$ A 192.0.2.$ ; pool\n$GENERATE 1-1 h${1,3,d} 300 IN TXT \"\\$ $$ ${-1} ${9,0,X}\"\n  A 192.0.2.7\n",
			want: []string{`main.zone:2 host9.example.com 60 A 192.0.2.9 comment="pool"`, `main.zone:2 host11.example.com 60 A 192.0.2.11 comment="pool"`,
				`main.zone:3 h002.example.com 300 TXT "$ $ 0 A"`, `main.zone:4 h002.example.com 60 A 192.0.2.7`}},
		"include": {src: "$TTL 60\na A 192.0.2.1\n$INCLUDE sub/hosts.zone in\n  A 192.0.2.3\n$INCLUDE \"sub/more.zone\"\nb CNAME x\n",
			with: map[string]string{"sub/hosts.zone": "x A 192.0.2.2\n$ORIGIN deep\n$INCLUDE more.zone\n", "sub/more.zone": "$TTL 120\nm A 192.0.2.4\n"},
			want: []string{"main.zone:2 a.example.com 60 A 192.0.2.1", "sub/hosts.zone:1 x.in.example.com 60 A 192.0.2.2",
				"sub/more.zone:2 m.deep.in.example.com 120 A 192.0.2.4", "main.zone:4 a.example.com 120 A 192.0.2.3",
				"sub/more.zone:2 m.example.com 120 A 192.0.2.4", "main.zone:6 b.example.com 120 CNAME x.example.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			entries, problems, _ := parse(tt.src, tt.with)
			var got []string
			for _, e := range entries {
				got = append(got, entryLine(e))
			}
			for _, p := range problems {
				t.Errorf("problem: %v", p)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Parse skips the records that Cloudflare makes itself, without checking them: the SOA and the zone's own
// name servers, even those of another provider. It keeps an NS that is marked as an ordinary record.
func TestParseSkipsTheSOAAndTheZonesNameServers(t *testing.T) {
	entries, problems, skipped := parse(`@ 3600 IN SOA ada.ns.cloudflare.com. dns.cloudflare.com. (
  1 ; serial
  10000 2400 604800 1800 )
@ 86400 IN NS ADA.ns.cloudflare.com.
@ 86400 IN NS ns1.example.net. ; cf_tags=cf-name-server
@ 99999999999 IN NS not..a.name. ; cf_tags=x:"
@ 86400 IN NS ns2.example.net. ; cf_tags=cf-name-server:false
sub 86400 IN NS ada.ns.cloudflare.com.
`, nil)
	if diff := cmp.Diff([]string{"main.zone:1 SOA", "main.zone:4 NS", "main.zone:5 NS", "main.zone:6 NS"}, skipped); diff != "" {
		t.Errorf("skipped (-want +got)\n%s", diff)
	}
	if len(problems) > 0 || len(entries) != 2 || entries[0].Content != "ns2.example.net" || entries[1].Name != "sub.example.com" {
		t.Errorf("Parse returns %v and the problems %v, want the marked NS and the NS of sub", entries, problems)
	}
}

// An expected problem has the form "file:line rule words".
func TestParseReportsEachMistakeAndReadsTheOtherRecords(t *testing.T) {
	for name, tt := range map[string]struct {
		src  string
		want []string
		kept int
	}{
		"several": {"$TTL 60\na A 192.0.2.300\nb A 192.0.2.1\nc AAAA 192.0.2.1\nd MX mail\ne CAA x\n",
			[]string{"main.zone:2 ipv4 not an IPv4 address", "main.zone:4 ipv6 use an A record", "main.zone:5 data priority", "main.zone:6 presentation tag is missing"}, 1},
		"quotation mark": {"$TTL 60\na TXT \"open\nb A 192.0.2.1\nc TXT x\"y\"\n", []string{"main.zone:2 zonefile-syntax closing quotation mark", "main.zone:4 presentation in the middle"}, 1},
		"parenthesis":    {"$TTL 60\nc A ) 192.0.2.1\na TXT ( \"x\"\n  \"y\"\nb A 192.0.2.1\nd A 192.0.2.1\n", []string{"main.zone:2 zonefile-syntax without an opening", "main.zone:3 zonefile-syntax not closed"}, 2},
		"backslash":      {"a 60 A 192.0.2.1\\\nb 60 A 192.0.2.1\n", []string{"main.zone:1 zonefile-syntax ends with a backslash"}, 1},
		"unclosed in parentheses": {"$TTL 60\na TXT (\n \"x\"\n \"y\n )\nb A 192.0.2.1\n",
			[]string{"main.zone:4 zonefile-syntax closing quotation mark", "main.zone:5 zonefile-syntax without an opening"}, 1},
		"unsupported types": {"$TTL 60\na SPF \"v=spf1 -all\"\nb DNAME x\nc RP a b\nd ALIAS x\ne WKS x\nf RRSIG A 8 2\ng AAA 192.0.2.1\nh A 192.0.2.1\n",
			[]string{"main.zone:2 type as TXT", "main.zone:3 type CNAME", "main.zone:4 type RP", "main.zone:5 type CNAME", "main.zone:6 type Remove the line.", "main.zone:7 zonefile-signature signs zones itself", "main.zone:8 type AAAA"}, 1},
		"names": {"  A 192.0.2.1\n$TTL 60\nexample.net. A 192.0.2.1\n  A 192.0.2.2\na..b A 192.0.2.1\nx\\.y A 192.0.2.1\n",
			[]string{"main.zone:1 zonefile-syntax begins with a blank", "main.zone:3 name-outside-zone not in the zone", "main.zone:5 name dots", "main.zone:6 name backslash"}, 0},
		"header": {"a CH TXT x\na 99999999999 A 192.0.2.1\na\na A\na 192.0.2.1\n$TTL 1y\n",
			[]string{"main.zone:1 zonefile-class only records of the class IN", "main.zone:2 ttl 2147483647", "main.zone:3 zonefile-syntax type", "main.zone:4 zonefile-syntax after the type", "main.zone:5 type type follows", "main.zone:6 ttl not a TTL"}, 0},
		"directives": {"$FOO\n$ORIGIN\n$ORIGIN a..b\n$TTL 1 2\n$INCLUDE\n$INCLUDE none\n$GENERATE 1-2 a A\n$GENERATE 2-1 a A 192.0.2.1\n$GENERATE 1-2/0 a A 192.0.2.1\n$GENERATE 1 a A 192.0.2.1\n$GENERATE 1-2 a$ A 192.0.2.${1,2,n}\n$GENERATE 1-9 a$ A 192.0.2.300\n$GENERATE 1-2 a A ${0\n$GENERATE 1-2 a A ${-5}\n",
			[]string{"main.zone:1 zonefile-directive $ORIGIN, $TTL", "main.zone:2 zonefile-directive takes a name", "main.zone:3 name dots", "main.zone:4 zonefile-directive time to live", "main.zone:5 zonefile-directive file", "main.zone:6 zonefile-include no file \"none\"",
				"main.zone:7 zonefile-directive range", "main.zone:8 zonefile-generate greater than its last", "main.zone:9 zonefile-generate step", "main.zone:10 zonefile-generate hyphen", "main.zone:11 zonefile-generate base", "main.zone:12 ipv4 192.0.2.300", "main.zone:13 zonefile-generate closing brace", "main.zone:14 zonefile-generate below 0"}, 0},
		"notes": {"$TTL 60\na A 192.0.2.1 ; cf_tags=a:\"x\nb A 192.0.2.1 ; cf_tags=a:\"x\"y\nc A 192.0.2.1 ; cf_tags=cf-new:1\n",
			[]string{"main.zone:2 tags quoted value", "main.zone:3 tags after the closing", "main.zone:4 tags cf-new:1"}, 1},
		"bare words":   {"a 60 TXT v=spf1 -all\n", []string{"main.zone:1 zonefile-text drops the blanks"}, 1},
		"generic form": {"a 60 A \\# 3 0a0000\n", []string{"main.zone:1 presentation hexadecimal"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			entries, problems, _ := parse(tt.src, nil)
			if len(entries) != tt.kept {
				t.Errorf("Parse returns %d records, want %d: %v", len(entries), tt.kept, entries)
			}
			if len(problems) != len(tt.want) {
				t.Fatalf("Parse reports %d problems, want %d:\n%v", len(problems), len(tt.want), problems)
			}
			for i, p := range problems {
				place, words, _ := strings.Cut(tt.want[i], " ")
				rule, words, _ := strings.Cut(words, " ")
				if fmt.Sprintf("%s:%d", p.File, p.Line) != place || p.Rule != rule || !strings.Contains(p.Summary+": "+p.Detail, words) {
					t.Errorf("problem %d = %s (%s), want %s", i, p, p.Rule, tt.want[i])
				}
			}
		})
	}
}

func TestReadErrorIsAProblem(t *testing.T) {
	_, problems := Parse(io.MultiReader(strings.NewReader("a A"), failing{}), Options{Zone: "example.com", File: "x"})
	if len(problems) != 1 || problems[0].Rule != "zonefile-read" || problems[0].Line != 1 ||
		!strings.Contains(problems[0].Detail, `"x": the disk is gone`) {
		t.Errorf("problems = %v, want one read error", problems)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, fmt.Errorf("the disk is gone") }
