package sandbox

import (
	"strings"
	"time"
)

// SampleSeed returns three zones to try things with: example.com (free, a small company's site with
// oddities that grew over time), example.org (pro, mostly mail, some of it managed by Email Routing) and
// example.net (enterprise, few records). The addresses are reserved for documentation (RFC 5737, 3849).
func SampleSeed() Seed {
	return Seed{Zones: []Zone{sampleCom(), sampleOrg(), sampleNet()}}
}

// dated sets the times of the sample's records. They are fixed, so that every run is the same.
func dated(rs []Record) []Record {
	for i := range rs {
		rs[i].CreatedOn = time.Date(2025, 3, 4, 9, 30, i, 0, time.UTC)
		rs[i].ModifiedOn = rs[i].CreatedOn
	}
	return rs
}

func sampleZone(name, plan string, created time.Time, ns []string, rs ...[]Record) Zone {
	z := Zone{Name: name, Plan: plan, CreatedOn: created, ModifiedOn: created, NameServers: ns}
	for _, part := range rs {
		z.Records = append(z.Records, part...)
	}
	dated(z.Records)
	return z
}

// sampleKey is the public half of a 2048-bit key that signs nothing. Its TXT record needs two strings.
var sampleKey = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA" +
	strings.Repeat("c2FuZGJveCBzYW1wbGUga2V5IG9mIG5vIHVzZSBhdCBhbGwgZXhj", 6) + "ZXB0IGxlbmd0aAIDAQAB"

func dkim(key string) string {
	return quoteAll(splitLong([]string{"v=DKIM1; k=rsa; p=" + key}))
}

func sampleCom() Zone {
	web := []Record{
		{Type: "A", Name: "@", Content: "192.0.2.10", Proxied: true, Comment: "web 1"},
		{Type: "A", Name: "@", Content: "192.0.2.11", Proxied: true, Comment: "web 2"},
		{Type: "CNAME", Name: "www", Content: "example.com", Proxied: true},
		{Type: "A", Name: "api", Content: "198.51.100.20", TTL: 300},
		{Type: "AAAA", Name: "api", Content: "2001:db8:20::1", TTL: 300},
		{Type: "A", Name: "*.preview", Content: "198.51.100.30"},
		{Type: "CNAME", Name: "status", Content: "example-com.status.example.net", TTL: 3600},
		{Type: "CAA", Name: "@", Data: map[string]any{"flags": 0, "tag": "issue", "value": "letsencrypt.org"}},
		{Type: "CAA", Name: "@", Data: map[string]any{"flags": 0, "tag": "iodef", "value": "mailto:security@example.com"}},
		{Type: "SRV", Name: "_sip._tcp", TTL: 3600, Data: map[string]any{"priority": 10, "weight": 5, "port": 5060,
			"target": "sip.example.com"}},
		{Type: "A", Name: "sip", Content: "198.51.100.40", TTL: 3600},
	}

	mail := []Record{
		{Type: "MX", Name: "@", Content: "mx1.mail.example.net", Priority: 10, TTL: 3600},
		{Type: "MX", Name: "@", Content: "mx2.mail.example.net", Priority: 20, TTL: 3600},
		{Type: "TXT", Name: "@", Content: `"v=spf1 include:_spf.mail.example.net -all"`, TTL: 3600},
		{Type: "TXT", Name: "_dmarc", Content: `"v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"`, TTL: 3600},
		{Type: "TXT", Name: "mail._domainkey", Content: dkim(sampleKey), TTL: 3600},
	}

	// Records of the kind that every old zone collects: unquoted texts, a forgotten verification, a
	// certificate challenge, a target that no longer exists.
	oddities := []Record{
		{Type: "TXT", Name: "@", Content: "google-site-verification=dGhpcyBpcyBub3QgYSByZWFsIGNoZWNr"},
		{Type: "TXT", Name: "_acme-challenge", Content: "gfj9Xq4Rg85nM_left_behind_in_2023", TTL: 120,
			Comment: "left by a certificate run"},
		{Type: "CNAME", Name: "old-shop", Content: "shops.gone.example.org"},
		{Type: "A", Name: "vpn", Content: "203.0.113.77", TTL: 7200, Comment: "ask before you touch it"},
	}

	return sampleZone("example.com", "free", time.Date(2025, 1, 15, 8, 0, 0, 0, time.UTC),
		[]string{"anna.ns.cloudflare.com", "bert.ns.cloudflare.com"}, web, mail, oddities)
}

func sampleOrg() Zone {
	kept := func() map[string]any { return map[string]any{"email_routing": true, "read_only": true} }
	routing := []Record{
		{Type: "MX", Name: "@", Content: "route1.mx.cloudflare.net", Priority: 69, Meta: kept()},
		{Type: "MX", Name: "@", Content: "route2.mx.cloudflare.net", Priority: 99, Meta: kept()},
		{Type: "MX", Name: "@", Content: "route3.mx.cloudflare.net", Priority: 13, Meta: kept()},
		{Type: "TXT", Name: "@", Content: `"v=spf1 include:_spf.mx.cloudflare.net ~all"`, Meta: kept()},
		{Type: "TXT", Name: "cf2024-1._domainkey", Content: dkim(sampleKey), Meta: kept()},
	}

	mail := []Record{
		{Type: "MX", Name: "lists", Content: "lists.example.org", Priority: 10, TTL: 3600},
		{Type: "A", Name: "lists", Content: "203.0.113.25", TTL: 3600},
		{Type: "AAAA", Name: "lists", Content: "2001:db8:25::25", TTL: 3600},
		{Type: "TXT", Name: "lists", Content: `"v=spf1 a mx -all"`, TTL: 3600},
		{Type: "TXT", Name: "_dmarc", Content: `"v=DMARC1; p=reject; rua=mailto:dmarc@example.org; adkim=s"`, TTL: 3600},
		{Type: "TXT", Name: "s1._domainkey.lists", Content: dkim(sampleKey), TTL: 3600},
		{Type: "TXT", Name: "_mta-sts", Content: `"v=STSv1; id=20250304T093000"`, TTL: 3600},
		{Type: "CNAME", Name: "mta-sts", Content: "mta-sts.mail.example.net", Proxied: true},
		{Type: "TXT", Name: "_smtp._tls", Content: `"v=TLSRPTv1; rua=mailto:tls@example.org"`, TTL: 3600},
		{Type: "TLSA", Name: "_25._tcp.lists", TTL: 3600, Data: map[string]any{"usage": 3, "selector": 1, "matching_type": 1,
			"certificate": "8cb0fc6c527506a053f4f14c8464bebbd6dede2738d11468dd953d7d6a3021f1"}},
		{Type: "SRV", Name: "_imaps._tcp", TTL: 3600, Data: map[string]any{"priority": 0, "weight": 1, "port": 993,
			"target": "imap.example.org"}},
		{Type: "SRV", Name: "_pop3._tcp", TTL: 3600, Data: map[string]any{"priority": 0, "weight": 0, "port": 0, "target": "."}},
		{Type: "A", Name: "imap", Content: "203.0.113.93", TTL: 3600},
		// A name that neither sends nor receives mail (RFC 7505).
		{Type: "MX", Name: "www", Content: ".", Priority: 0},
	}

	web := []Record{
		{Type: "A", Name: "@", Content: "203.0.113.80", Proxied: true, Tags: []string{"team:web"}},
		{Type: "AAAA", Name: "@", Content: "2001:db8:80::80", Proxied: true, Tags: []string{"team:web"}},
		{Type: "A", Name: "www", Content: "203.0.113.80", Proxied: true, Tags: []string{"team:web"}},
		{Type: "HTTPS", Name: "shop", TTL: 300, Data: map[string]any{"priority": 1, "target": ".",
			"value": `alpn="h3,h2" ipv4hint="203.0.113.81"`}},
		{Type: "A", Name: "shop", Content: "203.0.113.81", TTL: 300, Tags: []string{"team:shop"}},
		{Type: "CNAME", Name: "cdn", Content: "example.org.cdn.example.net", TTL: 300, Settings: map[string]bool{"flatten_cname": true}},
	}

	return sampleZone("example.org", "pro", time.Date(2022, 6, 1, 12, 0, 0, 0, time.UTC),
		[]string{"cleo.ns.cloudflare.com", "dirk.ns.cloudflare.com"}, routing, mail, web)
}

func sampleNet() Zone {
	return sampleZone("example.net", "enterprise", time.Date(2020, 2, 2, 2, 2, 2, 0, time.UTC),
		[]string{"ella.ns.cloudflare.com", "finn.ns.cloudflare.com"}, []Record{
			{Type: "A", Name: "@", Content: "198.51.100.1", Proxied: true, Comment: "anycast front", Tags: []string{"owner:platform"}},
			{Type: "AAAA", Name: "@", Content: "2001:db8::1", Proxied: true, Comment: "anycast front", Tags: []string{"owner:platform"}},
			{Type: "A", Name: "fast", Content: "198.51.100.2", TTL: 30},
			{Type: "NS", Name: "lab", Content: "ns1.lab-dns.example.org", TTL: 86400},
			{Type: "NS", Name: "lab", Content: "ns2.lab-dns.example.org", TTL: 86400},
			{Type: "DS", Name: "lab", TTL: 86400, Data: map[string]any{"key_tag": 2371, "algorithm": 13, "digest_type": 2,
				"digest": "14d1cc3bbf3b6fb2e9b4fc3f7a5e5dc6a3f6f37f4d0f8e7d2b6f0c5a4e3d2c1b"}},
			{Type: "NAPTR", Name: "sip", TTL: 3600, Data: map[string]any{"order": 30, "preference": 100, "flags": "S",
				"service": "SIP+D2T", "regex": "", "replacement": "_sip._tcp.example.net."}},
			{Type: "LOC", Name: "hq", Data: map[string]any{
				"lat_degrees": 52, "lat_minutes": 22, "lat_seconds": 23.0, "lat_direction": "N",
				"long_degrees": 4, "long_minutes": 53, "long_seconds": 32.0, "long_direction": "E",
				"altitude": -2.0, "size": 10, "precision_horz": 100, "precision_vert": 10}},
		})
}
