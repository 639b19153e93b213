package lint

import (
	"strings"
	"testing"

	"github.com/cfplan/cfplan/internal/dns"
)

// These zones have the records that providers recommend, and records that almost trigger each check. No check
// may report them: false warnings cost trust.
func TestValidZonesHaveNoProblems(t *testing.T) {
	for name, z := range map[string]dns.Zone{
		"mail at Google": zone(t, `
			@ MX 1 smtp.google.com
			@ TXT v=spf1 include:_spf.google.com ~all
			@ TXT google-site-verification=rXOxyZounnZasA8Z7oaD3c14JdjS9aKSWvsR1EbUSIQ
			google._domainkey TXT v=DKIM1; k=rsa; p=`+"QUJD"+`
			_dmarc TXT v=DMARC1; p=quarantine; sp=none; pct=50; rua=mailto:a@example.com,mailto:b@example.net!10m; ruf=mailto:c@example.com; fo=1:d:s; adkim=s; aspf=r; ri=86400
			_mta-sts TXT v=STSv1; id=20260101T000000;
			mta-sts A! 192.0.2.1
			_smtp._tls TXT v=TLSRPTv1; rua=mailto:tls@example.com,https://tls.example.net/report`),
		"mail at Microsoft": zone(t, `
			@ MX 0 example-com.mail.protection.outlook.com
			@ TXT v=spf1 include:spf.protection.outlook.com -all
			@ TXT MS=ms12345678
			autodiscover CNAME autodiscover.outlook.com
			selector1._domainkey CNAME selector1-example-com._domainkey.example.onmicrosoft.com
			_sip._tls SRV 100 1 443 sipdir.online.lync.com
			_sipfederationtls._tcp SRV 100 1 5061 sipfed.online.lync.com
			enterpriseregistration CNAME enterpriseregistration.windows.net`),
		"other texts": zone(t, `
			x._domainkey TXT "v=DKIM1;k=rsa;t=y:s;s=email;h=sha256;n=a note;p="
			y._domainkey TXT k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
			z._domainkey TXT p=QUJD RA==
			_domainkey TXT o=~
			_adsp._domainkey TXT dkim=all
			example.net._report._dmarc TXT v=DMARC1
			_dmarc.shop TXT v=DMARC1;p=reject;
			_dmarc TXT some other text
			_acme-challenge TXT gfj9Xq-Rg85nM
			_acme-challenge TXT another-token
			default._bimi TXT v=BIMI1; l=https://example.com/logo.svg
			s1.dkim TXT v=DKIM1; p=
			strict.dmarc TXT v=DMARC1; p=reject
			spf TXT v=spf10 is not ours`),
		"SPF": zone(t, `
			@ TXT v=spf1 a mx a:host.example.net a/24 mx:example.net/24//64 a//64 ip4:192.0.2.1 ip4:192.0.2.0/24 ip6:2001:db8::1 ip6:2001:db8::/32 -all
			b TXT V=SPF1 redirect=_spf.example.net
			c TXT v=spf1 exists:%{ir}.%{v}._spf.%{d2} include:%{d}.example.net ?all
			d TXT v=spf1
			e TXT v=spf1 include:_spf.example.net. exp=explain._spf.%{d} moo=unknown-modifier ~all
			f TXT v=spf1   -ALL
			g TXT v=spf1 -exists:%{l}._user.%{d} +mx -all`),
		"CAA": zone(t, `
			@ CAA 0 issue letsencrypt.org
			@ CAA 0 issue "letsencrypt.org; validationmethods=dns-01; accounturi=https://acme-v02.api.letsencrypt.org/acme/acct/1"
			@ CAA 0 issue ";"
			@ CAA 0 issuewild ""
			@ CAA 128 issuemail ";"
			@ CAA 0 issuevmc digicert.com
			@ CAA 0 iodef mailto:ca@example.com
			@ CAA 0 iodef https://ca.example.com/report
			@ CAA 0 contactemail ca@example.com
			@ CAA 0 contactphone "+1 555 0100"`),
		"delegations": zone(t, `
			sub NS ns1.sub.example.com
			sub NS ns2.example.net
			sub DS 2371 13 2 `+sha256Hex+`
			ns1.sub A 192.0.2.1
			ns1.sub AAAA 2001:db8::1
			subway A 192.0.2.2
			@ A! 192.0.2.2
			_acme-challenge NS acme1.example.net
			_acme-challenge NS acme2.example.net`),
		"owners": zone(t, `
			*._tcp SRV 1 1 1 a.example.net
			_sip._udp.office SRV 1 1 5060 sip.example.net
			_443._tcp TLSA 3 1 1 `+sha256Hex+`
			*._tcp.mail TLSA 3 1 1 `+sha256Hex+`
			_853._quic.ns TLSA 3 1 1 `+sha256Hex+`
			* TLSA 3 1 1 `+sha256Hex+`
			`+strings.Repeat("0d", 28)+`._openpgpkey OPENPGPKEY QUJD
			`+strings.Repeat("0d", 28)+`._smimecert SMIMEA 3 0 1 `+sha256Hex+`
			_kerberos URI 10 1 "krb5srv:m:tcp:kdc.example.com"
			_ftp._tcp URI 10 1 "ftp://ftp.example.com/public"
			under_score A! 192.0.2.1
			_x CNAME example.net`),
		"services": zone(t, `
			@ HTTPS 1 . alpn="h3,h2" ipv4hint=192.0.2.1
			@ HTTPS 2 backup.example.net alpn=h2
			alias HTTPS 0 www.example.net
			self HTTPS 1 self.example.com alpn=h2
			_dns SVCB 1 dns.example.net alpn=dot
			@ NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .
			@ NAPTR 100 20 "u" "E2U+mail" "#^.*$#mailto:x\\#y@example.com#i" .
			@ NAPTR 100 30 "s" "SIP+D2T" "" _sip._tcp.example.com`),
		"aliases": zone(t, `
			@ CNAME apex.example.net
			@ MX 10 mail.example.net
			@ TXT v=spf1 -all
			www CNAME! example.com
			a CNAME b.example.com
			b CNAME c.example.com
			mail A 192.0.2.1
			shop MX 10 mail.example.com
			blog MX 10 example.com
			* CNAME www.example.com`),
		"sets": zone(t, `
			@ A 192.0.2.1
			@ A 192.0.2.2
			@ AAAA~ 2001:db8::1
			@ TXT~ x
			two A! 192.0.2.1
			two AAAA! 2001:db8::1
			none MX 0 .

			two TXT x`),
		"an exclusive zone": exclusive(zone(t, `
			@ MX 10 mail.example.com
			mail A 192.0.2.1
			www CNAME example.com
			x CNAME a.dev.example.com
			*.dev A 192.0.2.1
			y CNAME host.sub.example.com
			sub NS ns.sub.example.com
			sub NS ns.example.net
			ns.sub A 192.0.2.3
			z CNAME example.net
			out MX 10 notexample.com
			@ HTTPS 1 . alpn=h2
			ptr PTR gone.example.com`)),
		"keys": zone(t, `
			a DS 2371 13 4 `+sha256Hex+sha1Hex[:32]+`
			a NS ns1.example.net
			a NS ns2.example.net
			k DNSKEY 257 3 8 AwEAAQ==
			s SSHFP 4 2 `+sha256Hex+`
			s SSHFP 1 1 `+sha1Hex+`
			c CERT PKIX 0 0 QUJD`),
	} {
		for rule, p := range problemsByRule(z) {
			t.Errorf("%s: %s: %v", name, rule, p)
		}
	}
}

func TestIgnoredTargetIsNotReportedAsMissing(t *testing.T) {
	z := exclusive(zone(t, "www CNAME app.example.com"))
	if problemsByRule(z)["target-missing"] == nil {
		t.Fatal("Zone does not report target-missing for app, which is not declared")
	}
	z.Policy.Ignore = []dns.Pattern{{Name: "app"}}
	if p := problemsByRule(z)["target-missing"]; p != nil {
		t.Errorf("Zone reports %v, but app is ignored and may exist", p)
	}
}

func TestNameServerBelowItsDelegationNeedsAnAddress(t *testing.T) {
	z := exclusive(zone(t, "sub NS ns1.sub.example.com\nsub NS ns2.example.net"))
	if problemsByRule(z)["target-missing"] == nil {
		t.Error("Zone does not report that ns1.sub.example.com has no address")
	}
}

func TestTierReportsOnlyLimitsOfAKnownTier(t *testing.T) {
	many := dns.Zone{Name: "example.com", Records: make([]dns.Record, 3501)}
	for i := range many.Records {
		many.Records[i] = dns.Record{TTL: 1}
	}
	for _, tt := range []struct {
		tier dns.Tier
		rule string
		r    dns.Record
		want bool
	}{
		{"", "tier-tags", dns.Record{Tags: []string{"a"}, TTL: 1}, false},
		{"new", "tier-tags", dns.Record{Tags: []string{"a"}, TTL: 1}, false},
		{"free", "tier-tags", dns.Record{Tags: []string{"a"}, TTL: 1}, true},
		{"pro", "tier-tags", dns.Record{Tags: []string{"a"}, TTL: 1}, false},
		{"free", "tier-comment", dns.Record{Comment: strings.Repeat("ü", 100), TTL: 1}, false},
		{"free", "tier-comment", dns.Record{Comment: strings.Repeat("ü", 101), TTL: 1}, true},
		{"pro", "tier-comment", dns.Record{Comment: strings.Repeat("ü", 101), TTL: 1}, false},
		{"pro", "tier-ttl", dns.Record{TTL: 59}, true},
		{"pro", "tier-ttl", dns.Record{TTL: 60}, false},
		{"enterprise", "tier-ttl", dns.Record{TTL: 30}, false},
		{"free", "tier-flatten", dns.Record{TTL: 1, Settings: dns.Settings{FlattenCNAME: true}}, true},
		{"business", "tier-flatten", dns.Record{TTL: 1, Settings: dns.Settings{FlattenCNAME: true}}, false},
	} {
		found := false
		for _, p := range Tier(dns.Zone{Name: "example.com", Records: []dns.Record{tt.r}}, tt.tier) {
			found = found || p.Rule == tt.rule
		}
		if found != tt.want {
			t.Errorf("Tier(%+v, %q) reports %s: %v, want %v", tt.r, tt.tier, tt.rule, found, tt.want)
		}
	}

	for tier, want := range map[dns.Tier]int{"": 0, "free": 1, "pro": 1, "enterprise": 0} {
		if got := Tier(many, tier); len(got) != want {
			t.Errorf("Tier of 3501 records in the tier %q = %v, want %d problems", tier, got, want)
		}
	}
	if got := Tier(dns.Zone{Records: many.Records[:3500]}, "pro"); len(got) != 0 {
		t.Errorf("Tier of 3500 records in the tier pro = %v, want no problems", got)
	}
}

// "The plan" always means the plan that cfplan makes, so texts about Cloudflare's plans must name them in full.
func TestTierTextsNameCloudflaresPlanInFull(t *testing.T) {
	z := dns.Zone{Name: "example.com", Records: make([]dns.Record, 201)}
	for i := range z.Records {
		z.Records[i] = dns.Record{
			TTL:      30,
			Comment:  strings.Repeat("x", 101),
			Tags:     []string{"a"},
			Settings: dns.Settings{FlattenCNAME: true},
		}
	}

	rules := map[string]bool{}
	for _, p := range Tier(z, dns.Free) {
		rules[p.Rule] = true
		if !strings.Contains(p.Detail, "Cloudflare's Free plan") {
			t.Errorf("%s: %q does not name Cloudflare's Free plan", p.Rule, p.Detail)
		}
		if without := strings.ReplaceAll(p.Summary+" "+p.Detail, "Cloudflare's Free plan", ""); strings.Contains(without, "the plan") {
			t.Errorf("%s: %q could mean the plan that cfplan makes", p.Rule, without)
		}
	}
	if len(rules) != 5 {
		t.Errorf("Tier reports %v, want all five limits", rules)
	}
}
