// Package linttest draws zones that Cloudflare can hold, for the property tests of other packages.
package linttest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
	"github.com/cfplan/cfplan/internal/lint"
)

// ZoneName is the name of every zone that Zone draws.
const ZoneName = "example.com"

// The generators draw from small sets, so that zones have several records of one name and series of names. They
// include values that are easy to get wrong: names that look like full names, words of HCL, punycode.
var (
	genName = rapid.OneOf(
		rapid.SampledFrom([]string{"", "", "www.", "*.", "a.b.", "_dmarc.", "_sip._tcp.", "mail.", "for.", "null.", "0.",
			"apex-2.", "www-2.", "hosts.", "aliases.", "host.", "dkim.", "mx1.", "example.com.", "www.example.com.", "xn--mnchen-3ya."}),
		rapid.Map(rapid.IntRange(1, 12), func(n int) string { return fmt.Sprintf("host-%d.", n) }),
		rapid.Map(rapid.IntRange(1, 12), func(n int) string { return fmt.Sprintf("%d.dc%d.", n, n%2) }),
		rapid.Map(rapid.StringMatching(`[a-z]{1,2}`), func(s string) string { return s + "._domainkey." }),
		rapid.StringMatching(`[a-z_]{1,3}\.`),
	)
	genTTL     = rapid.SampledFrom([]int{1, 1, 300, 300, 300, 60, 86400})
	genComment = rapid.OneOf(
		rapid.SampledFrom([]string{"", "", "", "", "web", "${a} %{b} \"c\" \\ $${ %%{", "tab\tübel\u202e", "e\u0301"}),
		rapid.StringN(0, 20, 100).Filter(func(s string) bool { return !strings.ContainsAny(s, "\r\n") }),
	)
	genTags = rapid.SampledFrom([][]string{nil, nil, nil, {"team:web"}, {"a", "team:${x}"}})
	genHost = rapid.SampledFrom([]string{
		"example.com", "t1.example.net", "t2.example.net", "mx1.example.net", "mx1.example.org", "a_b.xn--mnchen-3ya.de",
	})
	genText = rapid.OneOf(
		rapid.SampledFrom([]string{
			"v=spf1 -all", `v=DMARC1; p=none`, "${x}", "$${x}", "$$${x}", "%{if}", "%%{x}", `"a" "b"`, `a"`, ` "a"`, `\`, `\300`,
			" blank ", "e\u0301", "日本", "\u202e",
			"(((((((((((((((((((((((((((((", "{${${${${${${${${${${${${${${${${", "\x00\xff", "a\nb", "# no comment", "/*",
		}),
		rapid.StringN(1, 40, 300),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 1, 40), func(b []byte) string { return string(b) }),
	)
	genPrintable = rapid.OneOf(
		rapid.SampledFrom([]string{"", "a", "${x} %{y}", `"\`, "e\u0301", "日本"}),
		rapid.StringMatching(`[ -~]{0,20}`),
	)
	genHex    = rapid.StringMatching(`([0-9a-f][0-9a-f]){1,40}`)
	genBase64 = rapid.StringMatching(`([A-Za-z0-9+/]{4}){1,20}`)
	genParams = rapid.SampledFrom([]string{
		"", `alpn="h2"`, `mandatory="alpn,port" alpn="h3" port="8443"`, `dohpath="/q{?dns}"`, `key7777="a\ b\;\"\\\000"`,
	})
	genAddress  = rapid.Map(rapid.IntRange(1, 5), func(n int) string { return fmt.Sprintf("192.0.2.%d", n) })
	genAddress6 = rapid.Map(rapid.IntRange(1, 5), func(n int) string { return fmt.Sprintf("2001:db8::%d", n) })
)

// Zone draws a zone with up to 40 records of all types. The zone can be declared without errors. The records have
// different IDs.
func Zone(t *rapid.T) dns.Zone {
	z := dns.Zone{Name: ZoneName}
	for i, r := range rapid.SliceOfN(rapid.Custom(genRecord), 0, 40).Draw(t, "records") {
		r.ID = fmt.Sprintf("%032x", i)
		grown := z
		grown.Records = append(slices.Clone(z.Records), r)
		if declarable(grown) {
			z = grown
		}
	}
	return z
}

func declarable(z dns.Zone) bool {
	last := z.Records[len(z.Records)-1]
	bad := func(p *dns.Problem) bool { return p.Severity == dns.Error }
	return !(last.Type == dns.NS && last.Name == z.Name) &&
		!slices.ContainsFunc(lint.Record(last, z.Name), bad) &&
		!slices.ContainsFunc(lint.Zone(z), func(p lint.ZoneProblem) bool { return bad(p.Problem) })
}

func genRecord(t *rapid.T) dns.Record {
	r := dns.Record{Name: genName.Draw(t, "name") + ZoneName, TTL: genTTL.Draw(t, "ttl"),
		Comment: genComment.Draw(t, "comment"), Tags: genTags.Draw(t, "tags")}
	frequent := []dns.Type{dns.A, dns.A, dns.AAAA, dns.CNAME, dns.MX, dns.MX, dns.TXT, dns.TXT}
	r.Type = rapid.SampledFrom(append(frequent, dns.Types()...)).Draw(t, "type")
	v := genValue(t, r.Type)
	r.Content, r.Priority = v.Content, v.Priority
	if r.Type.Proxiable() {
		if r.Proxied = rapid.Bool().Draw(t, "proxied"); r.Proxied {
			r.TTL = dns.AutoTTL
		}
		r.Settings.IPv4Only = rapid.IntRange(0, 9).Draw(t, "ipv4") == 0
		r.Settings.FlattenCNAME = r.Type == dns.CNAME && rapid.Bool().Draw(t, "flatten")
		r.PrivateRouting = r.Proxied && r.Type != dns.CNAME && rapid.IntRange(0, 9).Draw(t, "private") == 0
	}
	return r.Stored()
}

func genValue(t *rapid.T, typ dns.Type) dns.Value {
	text := ""
	switch typ {
	case dns.A:
		text = genAddress.Draw(t, "address")
	case dns.AAAA:
		text = genAddress6.Draw(t, "address")
	case dns.CNAME, dns.NS, dns.PTR:
		text = genHost.Draw(t, "host")
	case dns.MX:
		text = fmt.Sprintf("%d %s", rapid.IntRange(0, 2).Draw(t, "priority")*10, genHost.Draw(t, "host"))
	case dns.TXT:
		text = decimal(genText.Draw(t, "text"))
	case dns.OPENPGPKEY:
		text = genBase64.Draw(t, "key")
	default:
		return genData(t, typ)
	}
	v, p := dns.ParseContent(typ, text)
	if p != nil {
		t.Fatalf("%s %q: %v", typ, text, p)
	}
	return v
}

func decimal(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, `\%03d`, c)
	}
	return `"` + b.String() + `"`
}

func genData(t *rapid.T, typ dns.Type) dns.Value {
	data := map[string]any{}
	for _, f := range dns.Fields(typ) {
		data[f.Name] = genField(t, typ, f)
	}
	v, problems := dns.ParseData(typ, data)
	if len(problems) > 0 {
		t.Fatalf("%s %v: %v", typ, data, problems[0])
	}
	return v
}

func genField(t *rapid.T, typ dns.Type, f dns.Field) any {
	label := string(typ) + " " + f.Name
	switch {
	case f.Fraction:
		n := rapid.Float64Range(f.Min, f.Max).Draw(t, label)
		return math.Trunc(n*100) / 100
	case f.Number && f.Name == "lat_degrees", f.Number && f.Name == "long_degrees":
		return rapid.IntRange(0, 89).Draw(t, label)
	case f.Number:
		return rapid.IntRange(int(f.Min), int(f.Max)).Draw(t, label)
	}
	switch f.Name {
	case "lat_direction":
		return rapid.SampledFrom([]string{"N", "S"}).Draw(t, label)
	case "long_direction":
		return rapid.SampledFrom([]string{"E", "W"}).Draw(t, label)
	case "tag":
		return rapid.SampledFrom([]string{"issue", "iodef"}).Draw(t, label)
	case "digest", "fingerprint":
		return genHex.Draw(t, label)
	case "certificate", "public_key":
		if typ == dns.TLSA || typ == dns.SMIMEA {
			return genHex.Draw(t, label)
		}
		return genBase64.Draw(t, label)
	case "replacement":
		return genHost.Draw(t, label)
	case "target":
		if typ != dns.URI {
			return genHost.Draw(t, label)
		}
	case "value":
		if typ != dns.CAA {
			return genParams.Draw(t, label)
		}
	}
	return genPrintable.Draw(t, label)
}
