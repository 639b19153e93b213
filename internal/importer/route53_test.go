package importer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cfplan/cfplan/internal/dns"
)

// sets returns an answer with record sets, each on its own line.
func sets(lines ...string) string {
	return "{\"ResourceRecordSets\": [\n" + strings.Join(lines, ",\n") + "\n]}\n"
}

// set returns a record set with values in Route 53's form. more has further members.
func set(name, typ, more string, values ...string) string {
	var records []map[string]string
	for _, v := range values {
		records = append(records, map[string]string{"Value": v})
	}
	text, err := json.Marshal(records)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"Name": %q, "Type": %q, "TTL": 300, "ResourceRecords": %s%s}`, name, typ, text, more)
}

func alias(name, typ, target, more string) string {
	return fmt.Sprintf(`{"Name": %q, "Type": %q, "AliasTarget": {"HostedZoneId": "Z2", "DNSName": %q, "EvaluateTargetHealth": true}%s}`,
		name, typ, target, more)
}

func TestRoute53ReadsSets(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want []string
		left []string
		warn []string
	}{
		"octal escapes": {
			text: sets(set(`\052.example.com.`, "A", "", "192.0.2.1"), set(`\137sip.\137tcp.example.com.`, "SRV", "", `0 0 5060 \137a.example.net`),
				set("t.example.com.", "TXT", "", `"caf\303\251 \042 \\052 \" ;\073" "two"`), set(`\052.c.example.com.`, "CNAME", "", `\137x.example.net.`)),
			want: []string{"* 300 A 192.0.2.1", "_sip._tcp 300 SRV 0 0 5060 _a.example.net", `t 300 TXT "café \" \\052 \" ;;two"`, "*.c 300 CNAME _x.example.net"},
		},
		"several values": {
			text: sets(set("example.com.", "MX", "", "0 mx1.example.net", "20 mx2.example.net."), set("WWW.example.com", "A", "", "192.0.2.1", "192.0.2.2")),
			want: []string{"@ 300 MX 0 mx1.example.net", "@ 300 MX 20 mx2.example.net", "www 300 A 192.0.2.1", "www 300 A 192.0.2.2"},
		},
		"other types": {
			text: sets(set("example.com.", "CAA", "", `0 issue "letsencrypt.org"`, `0 issuewild ";"`), set("s.example.com.", "HTTPS", "", `1 . alpn="h2,h3"`),
				set("d.example.com.", "DS", "", "0 13 2 14D1CC3BBF3B6FB2E9B4FC3F7A5E5DC6A3F6F37F4D0F8E7D2B6F0C5A4E3D2C1B"), set("d.example.com.", "NS", "", "ns1.example.net.")),
			want: []string{`@ 300 CAA 0 issue "letsencrypt.org"`, `@ 300 CAA 0 issuewild ";"`, `s 300 HTTPS 1 . alpn="h2,h3"`,
				"d 300 DS 0 13 2 14d1cc3bbf3b6fb2e9b4fc3f7a5e5dc6a3f6f37f4d0f8e7d2b6f0c5a4e3d2c1b", "d 300 NS ns1.example.net"},
		},
		"aliases": {
			text: sets(alias("example.com.", "A", "d1.cloudfront.net.", ""), alias("example.com.", "AAAA", "D1.cloudfront.net", ""), set("example.com.", "MX", "", "10 mx.example.net"),
				alias("x.example.com.", "CNAME", "www.example.com.", ""), alias("t.example.com.", "TXT", "u.example.com.", "")),
			want: []string{"@ 1 CNAME d1.cloudfront.net", "@ 300 MX 10 mx.example.net", "x 1 CNAME www.example.com"},
			left: []string{`6 t TXT: an alias of the type "TXT", which has no counterpart`},
			warn: []string{`2 alias "A" at "example.com."`, `5 alias "CNAME" at "x.example.com."`},
		},
		"aliases beside other records": {
			text: sets(alias("a.example.com.", "A", "d1.cloudfront.net.", ""), set("a.example.com.", "AAAA", "", "2001:db8::1"),
				alias("b.example.com.", "A", "d1.cloudfront.net.", ""), alias("b.example.com.", "AAAA", "d2.cloudfront.net.", ""),
				alias("c.example.com.", "A", "d1.cloudfront.net.", ""), set("c.example.com.", "TXT", "", `"x"`)),
			want: []string{"a 300 AAAA 2001:db8::1", "c 1 CNAME d1.cloudfront.net", `c 300 TXT "x"`},
			left: []string{"2 a A: an alias, which cannot be a CNAME beside the other records of its name",
				"4 b A: an alias, which cannot be a CNAME beside the other records of its name", "5 b AAAA: an alias, which cannot be a CNAME beside the other records of its name"},
			warn: []string{`6 alias "A" at "c.example.com."`},
		},
		"policies": {
			text: sets(set("w.example.com.", "A", `, "SetIdentifier": "blue", "Weight": 0`, "192.0.2.1"), set("r.example.com.", "A", `, "SetIdentifier": "x", "Region": "eu-west-1"`, "192.0.2.1"),
				set("f.example.com.", "A", `, "SetIdentifier": "x", "Failover": "PRIMARY", "HealthCheckId": "y"`, "192.0.2.1"),
				set("g.example.com.", "A", `, "SetIdentifier": "x", "GeoLocation": {"CountryCode": "US", "SubdivisionCode": "CA"}`, "192.0.2.1"),
				set("p.example.com.", "A", `, "SetIdentifier": "x", "GeoProximityLocation": {"AWSRegion": "eu-west-1", "Bias": 2}`, "192.0.2.1"),
				set("c.example.com.", "A", `, "SetIdentifier": "x", "CidrRoutingConfig": {"CollectionId": "y", "LocationName": "home"}`, "192.0.2.1"),
				alias("w.example.com.", "A", "d1.cloudfront.net.", `, "SetIdentifier": "green", "Weight": 5`),
				set("t.example.com.", "A", `, "TrafficPolicyInstanceId": "z"`, "192.0.2.1"), set("a.example.com.", "A", "", "192.0.2.1")),
			want: []string{"a 300 A 192.0.2.1"},
			left: []string{`2 w A: the routing policy Weight 0, set "blue"`, `3 r A: the routing policy Region "eu-west-1", set "x"`,
				`4 f A: the routing policy Failover "PRIMARY", set "x", with a health check`, `5 g A: the routing policy GeoLocation "US-CA", set "x"`,
				`6 p A: the routing policy GeoProximityLocation "eu-west-1", set "x"`, `7 c A: the routing policy CidrRoutingConfig "home", set "x"`,
				`8 w A: the routing policy Weight 5, set "green"`, "9 t A: a traffic policy creates it"},
		},
		"several answers at once": {
			text: sets(set("m.example.com.", "A", `, "SetIdentifier": "a", "MultiValueAnswer": true, "HealthCheckId": "x"`, "192.0.2.1"),
				set("m.example.com.", "A", `, "SetIdentifier": "b", "MultiValueAnswer": true`, "192.0.2.2")),
			want: []string{"m 300 A 192.0.2.1", "m 300 A 192.0.2.2"},
			warn: []string{"2 without health checks"},
		},
		"left out": {
			text: sets(set("example.com.", "SOA", "", "a b 1 2 3 4 5"), set("example.com.", "NS", "", "ns-1.awsdns-01.com."), set("example.com.", "SPF", "", `"v=spf1 -all"`),
				set("www.example.org.", "A", "", "192.0.2.1"), set(`a\056b.example.com.`, "A", "", "192.0.2.1"), set("www.example.com.", "A", "", "192.0.2.1")),
			want: []string{"www 300 A 192.0.2.1"},
			left: []string{"2 @ SOA: Cloudflare answers for the zone's own SOA", "3 @ NS: Cloudflare answers for the zone's own NS",
				"4 @ SPF: Cloudflare has no records of this type", "5 www.example.org. A: its name is outside of the zone",
				`6 a\046b.example.com. A: its name is not one that Cloudflare can hold`},
		},
		"pages": {
			text: strings.Replace(sets(set("a.example.com.", "A", "", "192.0.2.1")), "{", `{"IsTruncated": true, "NextRecordName": "b", `, 1) +
				strings.Replace(sets(set("b.example.com.", "A", "", "192.0.2.1")), "{", `{"IsTruncated": false, `, 1),
			want: []string{"a 300 A 192.0.2.1", "b 300 A 192.0.2.1"},
		},
		"a list of sets": {text: "[" + set("a.example.com.", "A", "", "192.0.2.1") + "]", want: []string{"a 300 A 192.0.2.1"}},
		"missing pages": {
			text: strings.Replace(sets(set("a.example.com.", "A", "", "192.0.2.1")), "{", `{"NextToken": "x", `, 1),
			want: []string{"a 300 A 192.0.2.1"}, warn: []string{"0 more record sets follow"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			src, diags := readText(Route53, "example.com", tt.text)
			if hasErrors(diags) {
				t.Fatal(spelledOut(diags))
			}
			if diff := cmp.Diff(tt.want, briefs(src.Zones[0])); diff != "" {
				t.Errorf("records (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.left, briefLeft(src.Zones[0])); diff != "" {
				t.Errorf("left out (-want +got)\n%s", diff)
			}
			for i := range diags {
				diags[i].Severity = dns.Error // so that checkErrors compares them
			}
			checkErrors(t, diags, tt.warn)
		})
	}
}

func TestRoute53IsSilentOnAttributesOfCloudflare(t *testing.T) {
	plain := readGood(t, Route53, sets(set("a.example.com.", "A", "", "192.0.2.1"))).Records[0].Silent
	if !slices.Equal(plain, bareSource) {
		t.Errorf("silent = %v, want %v", plain, bareSource)
	}
	without := readGood(t, Route53, sets(alias("a.example.com.", "A", "x.example.net.", ""))).Records[0].Silent
	if !slices.Contains(without, dns.AttrTTL) {
		t.Errorf("for an alias, silent = %v, want the TTL too", without)
	}
}

func TestRoute53ReportsMistakesWithTheirLines(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"values": {
			sets(set("a.example.com.", "A", "", "192.0.2.300"), set("b.example.com.", "MX", "", "mx.example.net"), set("c.example.com.", "TXT", "", `"\303`)),
			[]string{`2 The "A" record at "a.example.com."`, "3 needs a priority", "4 quotation mark is missing"},
		},
		"members": {
			sets(`{"Name": 7}`, `"x"`, `{"Name": "a.example.com."}`, `{"Name": "a.example.com.", "Type": "A", "ResourceRecords": []}`,
				`{"Name": "a.example.com.", "Type": "A", "TTL": "300", "ResourceRecords": [{"Value": "secret"}]}`),
			[]string{"2 Name must not be a JSON number", "3 must be an object", "4 needs a Name, a Type", "5 needs a Name, a Type", "6 TTL must not be a JSON string"},
		},
		"another answer": {"\n{\"Things\": []}", []string{"2 has no ResourceRecordSets"}},
		"cut off":        {sets(set("a.example.com.", "A", "", "192.0.2.1"))[:60], []string{"2 cut off"}},
		"a cut key":      {`{"ResourceRecordSets":`, []string{"1 cut off"}},
		"text":           {"RESOURCERECORDSETS\twww.example.com.\t300\tA\n", []string{"1 not JSON"}},
		"another zone":   {sets(set("example.org.", "SOA", "", "a b 1 2 3 4 5"), set("www.example.org.", "A", "", "192.0.2.1")), []string{`0 It has records of "example.org"`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := readText(Route53, "example.com", tt.text)
			checkErrors(t, diags, tt.want)
		})
	}
	_, diags := readText(Route53, "", sets(set("www.example.org.", "A", "", "192.0.2.1")))
	checkErrors(t, diags[:1], []string{"2 Name the zone"})
}

// A file may have several hosted zones in a row, each with its SOA.
func TestRoute53ReadsSeveralZones(t *testing.T) {
	text := sets(set("lab.example.com.", "NS", "", "ns1.example.net."), set("example.com.", "SOA", "", "a b 1 2 3 4 5")) +
		sets(set("lab.example.com.", "SOA", "", "a b 1 2 3 4 5"), set("www.lab.example.com.", "A", "", "192.0.2.1")) +
		sets(set("x.lab.example.com.", "A", "", "192.0.2.1"))
	src, diags := readText(Route53, "", text)
	var got []string
	for _, z := range src.Zones {
		got = append(got, fmt.Sprintf("%s %d", z.Name, len(z.Records)))
	}
	if want := []string{"example.com 1", "lab.example.com 2"}; !slices.Equal(got, want) {
		t.Errorf("zones = %q, %s; want %q", got, spelledOut(diags), want)
	}
}

// octal returns a canonical text with the octal escapes of Route 53.
func octal(content string) string {
	var b strings.Builder
	for i := 0; i < len(content); i++ {
		switch c := content[i]; {
		case c == '\\' && content[i+1] >= '0' && content[i+1] <= '9':
			n := int(content[i+1]-'0')*100 + int(content[i+2]-'0')*10 + int(content[i+3]-'0')
			fmt.Fprintf(&b, `\%03o`, n)
			i += 3
		case c == '\\':
			b.WriteString(content[i : i+2])
			i++
		case c >= 0x80:
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func TestRoute53RoundTrip(t *testing.T) {
	checkRoundTrip(t, Route53, plain, func(z dns.Zone) string {
		lines := []string{set("example.com.", "SOA", "", "a b 1 2 3 4 5")}
		for _, r := range z.Records {
			name := strings.ReplaceAll(strings.ReplaceAll(r.Name, "*", `\052`), "_", `\137`)
			line := set(name+".", string(r.Type), "", octal(inPresentation(r)))
			lines = append(lines, strings.Replace(line, `"TTL": 300`, fmt.Sprintf(`"TTL": %d`, r.TTL), 1))
		}
		return sets(lines...)
	})
}
