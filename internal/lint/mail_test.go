package lint

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/cfplan/cfplan/internal/dns"
)

// Each case has a name, the text at that name, the check, and a part of the message.
func TestMalformedMailTextsAreReported(t *testing.T) {
	for _, tt := range []struct{ name, text, rule, says string }{
		{"@", "v=spf1include:a.example.net", "spf", "v=spf1 and a space"},
		{"@", " v=spf1 -all", "spf", "nothing before"},
		{"@", `"v=spf1 -all`[1:] + ";", "spf", `"all;"`},
		{"@", "v=spf1\t-all", "spf", "v=spf1 and a space"},
		{"@", "v=spf1 incldue:a.example.net -all", "spf", `Did you mean "include"?`},
		{"@", "v=spf1 ipv4:192.0.2.1 -all", "spf", `Did you mean "ip4"?`},
		{"@", "v=spf1 ip4=192.0.2.1 -all", "spf", "with a colon"},
		{"@", "v=spf1 -include=a.example.net", "spf", "with a colon"},
		{"@", "v=spf1 redirect:a.example.net", "spf", "equals sign"},
		{"@", "v=spf1 include:a.example.netinclude:b.example.net -all", "spf", "is not a domain"},
		{"@", "v=spf1 include:google -all", "spf", "full domain"},
		{"@", "v=spf1 include -all", "spf", "needs a domain"},
		{"@", "v=spf1 include: -all", "spf", "needs a domain"},
		{"@", "v=spf1 exists -all", "spf", "needs a domain"},
		{"@", "v=spf1 redirect=", "spf", "needs a domain"},
		{"@", "v=spf1 ip4 -all", "spf", "needs an address"},
		{"@", "v=spf1 ip4:192.0.2 -all", "spf", "not an address"},
		{"@", "v=spf1 ip4:192.0.2.0/33 -all", "spf", "not an address"},
		{"@", "v=spf1 ip4:2001:db8::1 -all", "spf", "write ip6"},
		{"@", "v=spf1 ip6:192.0.2.1 -all", "spf", "write ip4"},
		{"@", "v=spf1 ip6:fe80::1%eth0 -all", "spf", "not an address"},
		{"@", "v=spf1 ip4:192.0.2.1, ip4:192.0.2.2 -all", "spf", "not an address"},
		{"@", "v=spf1 a/33 -all", "spf", "prefix length"},
		{"@", "v=spf1 mx//129 -all", "spf", "prefix length"},
		{"@", "v=spf1 mx/24/64 -all", "spf", "prefix length"},
		{"@", "v=spf1 ptr/24 -all", "spf", "prefix length"},
		{"@", "v=spf1 -all:x", "spf", "Nothing may follow"},
		{"@", "v=spf1 mx –all", "spf", "not a hyphen"},
		{"@", "v=spf1 redirect=a.example.net redirect=b.example.net", "spf", "2 times"},
		{"@", "v=spf1 1x=y -all", "spf", "neither"},
		{"@", "v=spf1 -", "spf", "no mechanism"},
		{"@", "v=spf1 all", "spf-all", "every server"},
		{"@", "v=spf1 mx -all redirect=a.example.net", "spf-unreachable", "redirect"},
		{"dmarc", "v=DMARC1; p=none", "dmarc-name", "_dmarc"},
		{"s.domainkey", "v=DKIM1; p=", "dkim-name", "_domainkey"},
		{"_dmarc", "v=DMARC1", "dmarc", "no policy"},
		{"_dmarc", "v=DMARC1; p=Refuse", "dmarc", "none, quarantine, reject"},
		{"_dmarc", "p=reject", "dmarc", "must begin with v=DMARC1"},
		{"_dmarc", "v=dmarc1; p=none", "dmarc", "exactly this spelling"},
		{"_dmarc", `v=DMARC1\; p=none`, "dmarc", "backslash"},
		{"_dmarc", "v=DMARC1 p=none", "dmarc", "exactly this spelling"},
		{"_dmarc", "v=DMARC1; p=none; rua=a@example.com", "dmarc", "mailto:"},
		{"_dmarc", "v=DMARC1; p=none; rua=mailto:a@example.com, b@example.com", "dmarc", "mailto:"},
		{"_dmarc", "v=DMARC1; p=none; ruf=mailto:example.com", "dmarc", "mail address"},
		{"_dmarc", "v=DMARC1; p=none; pct=101", "dmarc", "0 to 100"},
		{"_dmarc", "v=DMARC1; p=none; ri=day", "dmarc", "seconds"},
		{"_dmarc", "v=DMARC1; p=none; fo=2", "dmarc", "colons"},
		{"_dmarc", "v=DMARC1; p=none; adkim=strict", "dmarc", "r, s"},
		{"_dmarc", "v=DMARC1; p=none; p=reject", "dmarc", "twice"},
		{"_dmarc", "v=DMARC1; p=none; rau=mailto:a@example.com", "dmarc", `Did you mean "rua"?`},
		{"_dmarc", "v=DMARC1; p=none; reject", "dmarc", "NAME=VALUE"},
		{"s._domainkey", "v=DKIM1; k=dsa; p=QUJD", "dkim", "rsa or ed25519"},
		{"s._domainkey", "v=DKIM1; k=rsa; p=-----BEGIN PUBLIC KEY-----", "dkim", "base64"},
		{"s._domainkey", `v=DKIM1\; p=QUJD`, "dkim", "backslash"},
		{"s._domainkey", "k=rsa; v=DKIM1; p=QUJD", "dkim", "begin with v=DKIM1"},
		{"s._domainkey", "v=DKIM2; p=QUJD", "dkim", "begin with v=DKIM1"},
		{"s._domainkey", "k=rsa", "dkim", "no key"},
		{"s._domainkey", "k=ed25519; p=QUJD", "dkim", "32 bytes"},
		{"s._domainkey", "v=DKIM1; h=md5; p=", "dkim", "sha256"},
		{"s._domainkey", "v=DKIM1; s=mail; p=", "dkim", "email"},
		{"s._domainkey", "hello", "dkim", "NAME=VALUE"},
		{"_mta-sts", "v=STSv1; id=2026-01-01", "mta-sts", "letters and digits"},
		{"_mta-sts", "v=STSv1; id=" + strings.Repeat("1", 33), "mta-sts", "up to 32"},
		{"_mta-sts", "v=sts1; id=1", "mta-sts", "v=STSv1"},
		{"_smtp._tls", "v=TLSRPTv1", "tls-rpt", "no address"},
		{"_smtp._tls", "v=TLSRPTv1; rua=http://example.com", "tls-rpt", "https://"},
	} {
		name, _ := dns.AbsoluteName(tt.name, "example.com")
		r := record(t, dns.TXT, name, quote(tt.text))
		var got *dns.Problem
		for _, p := range Record(r, "example.com") {
			if p.Rule == tt.rule {
				got = p
			}
		}
		if got == nil || !strings.Contains(got.Detail, tt.says) {
			t.Errorf("the text %[2]q at %[1]s: the check %[4]s reports %[3]v, want a detail with %[5]q", tt.name, tt.text, got, tt.rule, tt.says)
		}
	}
}

func TestSPFLookupsAreCountedThroughIncludes(t *testing.T) {
	ten := strings.Repeat("a:h.example.net ", 10)
	for _, tt := range []struct {
		title, zone string
		want        int
	}{
		{"ten lookups of its own", "@ TXT v=spf1 " + ten + "-all", 0},
		{"an include of a record with nine", "@ TXT v=spf1 include:_spf.example.com -all\n_spf TXT v=spf1 " + ten[:9*16] + "-all", 0},
		{"an include of a record with ten", "@ TXT v=spf1 include:_SPF.example.com. -all\n_spf TXT v=spf1 " + ten + "-all", 1},
		{"a redirect to a record with ten", "@ TXT v=spf1 redirect=_spf.example.com\n_spf TXT v=spf1 " + ten + "-all", 1},
		{"a redirect beside all, which is ignored", "@ TXT v=spf1 redirect=_spf.example.com -all\n_spf TXT v=spf1 " + ten + "-all", 0},
		{"the same include twice", "@ TXT v=spf1 include:_spf.example.com include:_spf.example.com -all\n_spf TXT v=spf1 " + ten[:5*16] + "-all", 1},
		{"a record that includes itself", "@ TXT v=spf1 include:example.com -all", 1},
		{"two records that include each other", "a TXT v=spf1 include:b.example.com -all\nb TXT v=spf1 include:a.example.com -all", 2},
		{"includes from outside the zone", "@ TXT v=spf1 include:a.example.net include:b.example.net -all", 0},
		{"many terms without lookups", "@ TXT v=spf1 " + strings.Repeat("ip4:192.0.2.1 ", 20) + "-all", 0},
	} {
		got := 0
		for _, p := range Zone(zone(t, tt.zone)) {
			if p.Rule == "spf-lookups" {
				got++
			}
		}
		if got != tt.want {
			t.Errorf("%s: Zone reports spf-lookups %d times, want %d", tt.title, got, tt.want)
		}
	}
}

func TestValidSPFHasNoProblems(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(
			rapid.SampledFrom([]string{
				"a", "mx", "a/24", "mx//64", "ip4:192.0.2.0/24", "ip6:2001:db8::/32",
				"exists:%{i}.example.net", "?a:x.example.net/16//48",
			}),
			rapid.Custom(func(t *rapid.T) string { return "include:" + hosts.Draw(t, "host") }),
		)
		text := "v=spf1 " + strings.Join(rapid.SliceOfN(word, 0, 8).Draw(t, "terms"), " ") + " -all"
		v, p := dns.ParseContent(dns.TXT, quote(text))
		if p != nil {
			t.Fatal(p)
		}
		for _, p := range Record(dns.Record{Name: "example.com", Type: dns.TXT, Content: v.Content, TTL: 1}, "example.com") {
			t.Fatalf("%q: %v", text, p)
		}
	})
}
